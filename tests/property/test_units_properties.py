"""Conversions are exact: there and back is where one started, and a detour changes nothing."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.terms import Quantity, UnitMismatch
from trialwright.standards.units import UNITS, exact_decimal, read_unit

FAMILIES = [
    (None, ["/uL", "/mm3", "10*9/L", "10*3/uL", "10*6/uL", "{cells}/uL", "×10⁹/L"]),
    ("creatinine", ["mg/dL", "mg/L", "umol/L", "mmol/L", "ug/mL"]),
    ("calcium", ["mg/dL", "mmol/L", "meq/L"]),
    ("ast", ["U/L", "[iU]/L", "nkat/L", "ukat/L"]),
    (None, ["Cel", "[degF]"]),
    (None, ["kg", "g", "mg", "ug", "[lb_av]"]),
    (None, ["d", "wk", "h", "min"]),
    (None, ["mm[Hg]", "kPa"]),
    (None, ["cm2", "mm2", "m2"]),
    (None, ["1", "%", "{score}"]),
]
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=4)
JOURNEYS = st.sampled_from(FAMILIES).flatmap(
    lambda family: st.tuples(st.just(family[0]), *[st.sampled_from(family[1])] * 3)
)


def exactly(value: Fraction, unit: str) -> Quantity:
    """A quantity whose value is a fraction; the table reads nothing but its exact value."""
    return Quantity(value, unit)  # type: ignore[arg-type]


@given(DECIMALS, JOURNEYS)
def test_there_and_back_is_where_one_started(value, journey):
    analyte, a, b, _ = journey
    there = UNITS.convert(Quantity(value, a), b, analyte)
    assert UNITS.convert(exactly(there, b), a, analyte) == Fraction(value)


@given(DECIMALS, JOURNEYS)
def test_a_detour_changes_nothing(value, journey):
    analyte, a, b, c = journey
    detour = UNITS.convert(exactly(UNITS.convert(Quantity(value, a), b, analyte), b), c, analyte)
    assert detour == UNITS.convert(Quantity(value, a), c, analyte)


@given(DECIMALS, DECIMALS, JOURNEYS)
def test_order_does_not_depend_on_the_unit(one, other, journey):
    analyte, a, b, _ = journey
    first, second = (UNITS.convert(Quantity(v, a), b, analyte) for v in (one, other))
    assert (first < second, first == second) == (one < other, one == other)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_decimal_survives_as_a_fraction(value):
    assert exact_decimal(Fraction(value)) == value


def words_for(text: str) -> str:
    """Why a text is no unit; empty where it is one."""
    try:
        return "" if read_unit(text).factor > 0 else "not positive"
    except UnitMismatch as refused:
        return str(refused)


@given(st.text(max_size=20) | st.text(alphabet="mgkuLdl/.10*9()[]{}cells %-3UiCe", max_size=14))
def test_any_text_is_a_unit_or_is_refused_in_words(text):
    assert words_for(text) == "" or len(words_for(text)) > 20


def test_the_letters_of_a_value_never_matter():
    assert UNITS.convert(Quantity(Decimal("1.50E+3"), "/mm3"), "10*9/L") == Fraction(3, 2)
