"""Units as sites type them: read exactly, converted exactly, or refused with the reason and the near miss."""

from decimal import Decimal
from fractions import Fraction

import pytest

from trialwright.core.terms import Quantity, UnitMismatch
from trialwright.standards.units import ANALYTES, UNITS, Analyte, exact_decimal, read_unit, rounded, ucum_code


def q(text: str) -> Quantity:
    return Quantity.parse(text)


@pytest.mark.parametrize(
    ("given", "unit", "value"),
    [
        ("1500 /mm3", "10*9/L", "1.5"),
        ("1,500 /mm3", "/uL", "1500"),
        ("3.0 10*9/L", "/mm3", "3000"),
        ("100000 /mm3", "10*9/L", "100"),
        ("4.5 10*3/uL", "10*9/L", "4.5"),
        ("4.5 10*6/uL", "10*12/L", "4.5"),
        ("900 {cells}/uL", "/mm3", "900"),
        ("1.2 /nL", "/uL", "1200"),
        ("2 g/dL", "g/L", "20"),
        ("1 mg/dL", "ug/mL", "10"),
        ("1 ng/mL", "ug/L", "1"),
        ("1 ng/mL", "pg/mL", "1000"),
        ("38.5 Cel", "[degF]", "101.3"),
        ("98.6 [degF]", "Cel", "37"),
        ("-40 Cel", "[degF]", "-40"),
        ("1 kg", "[lb_av]", "100000000/45359237"),
        ("12 [in_i]", "cm", "30.48"),
        ("1 m2", "cm2", "10000"),
        ("760 mm[Hg]", "kPa", "101.32472"),
        ("4 wk", "d", "28"),
        ("1 d", "min", "1440"),
        ("25 mg", "ug", "25000"),
        ("45 %", "L/L", "0.45"),
        ("1 ukat/L", "U/L", "60"),
        ("5 mg/kg", "ug/g", "5"),
        ("60 mL/min", "L/h", "3.6"),
        ("5 m[iU]/mL", "[iU]/L", "5"),
        ("1 mg/L", "mg/dL", "0.1"),
    ],
)
def test_converts_exactly(given, unit, value):
    assert UNITS.convert(q(given), unit) == Fraction(value)


@pytest.mark.parametrize(
    ("given", "unit", "analyte", "value"),
    [
        # mg/dL -> umol/L is 10,000 / molar mass.
        ("2.0 mg/dL", "umol/L", "creatinine", Fraction(20000) / Fraction("113.12")),
        ("2.2 mg/dL", "umol/L", "bilirubin", Fraction(22000) / Fraction("584.66")),
        ("10 g/dL", "mmol/L", "hemoglobin", Fraction(100000) / Fraction("16114.5")),
        ("90 mg/dL", "mmol/L", "glucose", Fraction(900) / Fraction("180.156")),
        ("4.0078 mg/dL", "mmol/L", "calcium", Fraction(1)),
        ("2 meq/L", "mmol/L", "calcium", Fraction(1)),
        ("140 meq/L", "mmol/L", "sodium", Fraction(140)),
        ("40 U/L", "[iU]/L", "alt", Fraction(40)),
        ("40 IU/L", "ukat/L", "AST", Fraction(2, 3)),
    ],
)
def test_converts_by_analyte(given, unit, analyte, value):
    assert UNITS.convert(q(given), unit, analyte) == value


@pytest.mark.parametrize(
    ("analyte", "unit", "chart"),
    # Conversion charts: creatinine 88.4, bilirubin 17.1, haemoglobin 0.6206, glucose 0.0555, urea nitrogen 0.357,
    # uric acid 59.48, cholesterol 0.02586, calcium 0.2495, magnesium 0.4114, phosphate 0.3229, iron 0.179.
    [
        ("creatinine", "umol/L", 88.4),
        ("bilirubin", "umol/L", 17.1),
        ("hemoglobin", "mmol/L", 0.0006206),
        ("glucose", "mmol/L", 0.0555),
        ("bun", "mmol/L", 0.357),
        ("uric_acid", "umol/L", 59.48),
        ("cholesterol", "mmol/L", 0.02586),
        ("calcium", "mmol/L", 0.2495),
        ("magnesium", "mmol/L", 0.4114),
        ("phosphate", "mmol/L", 0.3229),
        ("testosterone", "nmol/L", 34.67),
        ("cortisol", "nmol/L", 27.59),
    ],
)
def test_agrees_with_the_charts_to_their_rounding(analyte, unit, chart):
    per_mg = {"testosterone": "1 ng/mL", "cortisol": "1 ug/dL"}.get(analyte, "1 mg/dL")
    scale = {"testosterone": 10}.get(analyte, 1)
    found = UNITS.convert(q(per_mg), unit, analyte) * scale
    assert float(found) == pytest.approx(chart, rel=2e-3) or analyte == "hemoglobin"
    if analyte == "hemoglobin":
        assert float(UNITS.convert(q("1 g/dL"), "mmol/L", analyte)) == pytest.approx(0.6206, abs=5e-5)


# Standard atomic weights (abridged, IUPAC 2021): the molar masses again, from the formula.
WEIGHT = {
    "H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "Na": 22.990, "Mg": 24.305, "P": 30.974, "S": 32.06, "Cl": 35.45,
    "K": 39.098, "Ca": 40.078, "Fe": 55.845, "Li": 6.94, "I": 126.90,
}  # fmt: skip
FORMULA = {
    "creatinine": "C4 H7 N3 O1", "bilirubin": "C33 H36 N4 O6", "glucose": "C6 H12 O6", "urea": "C1 H4 N2 O1",
    "bun": "N2", "calcium": "Ca1", "magnesium": "Mg1", "phosphate": "P1", "sodium": "Na1", "potassium": "K1",
    "chloride": "Cl1", "bicarbonate": "H1 C1 O3", "uric_acid": "C5 H4 N4 O3", "cholesterol": "C27 H46 O1",
    "iron": "Fe1", "lactate": "C3 H6 O3", "ammonia": "N1 H3", "cortisol": "C21 H30 O5", "testosterone": "C19 H28 O2",
    "t4": "C15 H11 I4 N1 O4", "folate": "C19 H19 N7 O6", "vitamin_d": "C27 H44 O2", "methotrexate": "C20 H22 N8 O5",
    "lithium": "Li1",
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULA)
def test_molar_mass_is_the_sum_of_its_atoms(name):
    atoms = [part.rstrip("0123456789") for part in FORMULA[name].split()]
    counts = [int(part[len(atom) :]) for part, atom in zip(FORMULA[name].split(), atoms, strict=True)]
    total = sum(WEIGHT[atom] * count for atom, count in zip(atoms, counts, strict=True))
    assert float(ANALYTES[name].molar_mass) == pytest.approx(total, rel=1e-4)


def test_every_molar_mass_but_haemoglobin_has_a_formula():
    masses = {a.molar_mass for a in ANALYTES.values() if a.molar_mass} - {ANALYTES["hemoglobin"].molar_mass}
    assert masses == {ANALYTES[name].molar_mass for name in FORMULA}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("mm³", "mm3"), ("/mm³", "/mm3"), ("/mm^3", "/mm3"), ("/ mm3", "/mm3"), ("cells/mm3", "{cells}/mm3"),
        ("cells/mm³", "{cells}/mm3"), ("per mm3", "/mm3"), ("/cumm", "/mm3"), ("cells/µL", "{cells}/uL"),
        ("/µL", "/uL"), ("/μL", "/uL"), ("/mcL", "/uL"), ("/ul", "/uL"),
        ("×10⁹/L", "10*9/L"), ("x10⁹/L", "10*9/L"), ("10⁹/L", "10*9/L"), ("10^9/L", "10^9/L"), ("x10E9/L", "10*9/L"),
        ("10e9/l", "10*9/l"), ("x 10^9/L", "10*9/L"), ("10**9/L", "10*9/L"), ("10^9 cells/L", "10*9.{cells}/L"),
        ("G/L", "10*9/L"), ("T/L", "10*12/L"), ("×10³/µL", "10*3/uL"), ("10^3/ul", "10^3/ul"),
        ("thousand/uL", "10*3/uL"), ("million/mm3", "10*6/mm3"), ("10⁻³/uL", "10*-3/uL"),
        ("µmol/L", "umol/L"), ("μmol/l", "umol/l"), ("mcg/mL", "ug/mL"), ("µg", "ug"), ("mg/dl", "mg/dL"),
        ("IU/L", "[iU]/L"), ("1e9/L", "10*9/L"), ("x 1000/mm3", "10*3/mm3"), ("mg/24h", "mg/d"), ("degrees C", "Cel"),
        ("mIU/mL", "m[iU]/mL"), ("µIU/mL", "u[iU]/mL"), ("mEq/L", "meq/L"), ("mM", "mmol/L"),
        ("°C", "Cel"), ("deg C", "Cel"), ("°F", "[degF]"), ("mmHg", "mm[Hg]"), ("lbs", "[lb_av]"), ("in", "[in_i]"),
        ("mL/min/1.73 m²", "mL/min/{1.73_m2}"), ("mL/min/1.73m2", "mL/min/{1.73_m2}"), ("kg/m²", "kg/m2"),
        ("mg/day", "mg/d"), ("days", "d"), ("hours", "h"), ("capsules", "{capsule}"), ("percent", "%"), ("g%", "g/dL"),
        ("cm²", "cm2"), ("mg/m^2", "mg/m2"), ("beats/min", "{beats}/min"),
    ],
)  # fmt: skip
def test_spellings_met_at_sites_have_one_code(typed, code):
    # ml, dl and uL are all UCUM, with a small or a capital litre: what matters is that the unit is the same.
    assert read_unit(typed) == read_unit(code) or (
        read_unit(typed).factor == read_unit(code).factor and read_unit(typed).dimension == read_unit(code).dimension
    )


def test_the_code_of_a_spelling_is_ucum():
    assert [ucum_code(t) for t in ("mg / dL", "10*9 /L", "10^9 / L", "g . m", "{red cells} / uL")] == [
        "mg/dL", "10*9/L", "10^9/L", "g.m", "{red cells}/uL",
    ]  # fmt: skip
    assert [ucum_code(t) for t in ("cells/mm³", "×10⁹/L", "µmol/L", "IU/L", "°C", "mmHg")] == [
        "{cells}/mm3", "10*9/L", "umol/L", "[iU]/L", "Cel", "mm[Hg]"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "never guessed"),
        ("   ", "never guessed"),
        ("K/uL", "kelvin"),
        ("K/µL", "kelvin"),
        ("K/mm3", "10\\*3"),
        ("K", "kelvin"),
        ("M/uL", "10\\*6/uL"),
        ("mo", "calendar months"),
        ("months", "calendar months"),
        ("a", "calendar years"),
        ("years", "calendar years"),
        ("mg/a", "calendar years"),
        ("109/L", "write that"),
        ("x109/L", "10\\*9/L"),
        ("103/uL", "10\\*3/uL"),
        ("Mg/dL", "write mg"),
        ("mg/dLL", "did you mean mg/dL"),
        ("MG/DL", "did you mean mg/dL"),
        ("umoll/L", "did you mean umol/L"),
        ("C", "did you mean Cel"),
        ("furlongs", "is not known"),
        ("E9/L", "did you mean 10\\*9/L"),
        ("x 2000/mm3", "is not known; write a UCUM code"),
        ("mg//dL", "is not known"),
        ("(mg/dL", "is not known"),
        ("0/uL", "is not known"),
        ("mCel", "is not known"),
        ("Cel/d", "is not known"),
        ("{cells", "is not known"),
        ("mg/", "is not known"),
        ("10*99999999/L", "is not known"),
        ("m99999999", "is not known"),
        ("g0", "is not known"),
    ],
)
def test_traps_and_unknown_units_are_refused_with_what_to_do(typed, says):
    with pytest.raises(UnitMismatch, match=says):
        read_unit(typed)
    assert not UNITS.known(typed)


@pytest.mark.parametrize(
    ("given", "unit", "analyte"),
    [
        ("1 mg/dL", "Cel", None),
        ("1 mg/dL", "umol/L", None),
        ("1 mg/dL", "umol/L", "adhesion_molecules"),
        ("1 U/L", "[iU]/L", None),
        ("1 U/L", "[iU]/L", "hcg"),
        ("1 meq/L", "mmol/L", None),
        ("1", "mg/dL", "creatinine"),
        ("1 {capsule}", "{tablet}", None),
        ("1 {capsule}", "mg", None),
        ("1 {capsule}", "1", None),
        ("60 mL/min", "mL/min/{1.73_m2}", None),
        ("48 mmol/mol", "%", None),
        ("5 mg/kg", "%", None),
        ("5 mg/kg", "mg", None),
        ("10 mg", "mL", None),
        ("1 {flowers}/uL", "/uL", None),
        ("1 /uL", "/m2", None),
    ],
)
def test_units_of_different_things_do_not_convert(given, unit, analyte):
    with pytest.raises(UnitMismatch, match="do not convert"):
        UNITS.convert(q(given), unit, analyte)
    assert not UNITS.same_dimension(q(given).unit, unit, analyte)


def test_a_refusal_says_which_things_and_what_is_missing():
    with pytest.raises(UnitMismatch) as refused:
        UNITS.convert(q("2 mg/dL"), "umol/L")
    assert "mass per volume" in str(refused.value)
    assert "amount of substance per volume" in str(refused.value)
    assert "molar mass" in str(refused.value)
    assert "no analyte was named" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "limit", "analyte", "order"),
    [
        ("1499 /mm3", "1.5 10*9/L", None, -1),
        ("1500 /mm3", "1.5 10*9/L", None, 0),
        ("1501 /mm3", "1.5 10*9/L", None, 1),
        ("176 umol/L", "2.0 mg/dL", "creatinine", -1),
        ("177 umol/L", "2.0 mg/dL", "creatinine", 1),
        ("101.3 [degF]", "38.5 Cel", None, 0),
        ("0.3 g", "300 mg", None, 0),
    ],
)
def test_limits_are_compared_exactly_below_at_and_above(given, limit, analyte, order):
    assert UNITS.compare(q(given), q(limit), analyte) == order


def test_a_quantity_asks_the_table_itself():
    assert q("1,500 /mm3").in_unit("10*9/L", UNITS) == Fraction(3, 2)


def test_a_study_may_bring_its_own_analyte():
    mine = UNITS.with_analytes(marker_x=Analyte(molar_mass=Fraction(100)))
    assert mine.convert(q("1 mg/dL"), "umol/L", "marker x") == 100
    assert not UNITS.same_dimension("mg/dL", "umol/L", "marker_x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(3, 2), "1.5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(0), "0"),
        (Fraction(300), "300"),
        (Fraction(1, 3), None),
    ],
)
def test_a_converted_value_is_a_decimal_where_its_digits_end(value, expected):
    assert exact_decimal(value) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("value", "like", "shown"),
    [(Fraction("176.803"), "2.0", "180"), (Fraction("176.803"), "2.00", "177"), (Fraction(2, 3), "40.0", "0.667")],
)
def test_a_shown_value_keeps_the_precision_that_was_typed(value, like, shown):
    assert str(rounded(value, Decimal(like))) == shown
