"""Whatever is typed, reading it never fails and never guesses; whatever is recorded is read back as it was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.casebook import Item, Typed, Unreadable, as_typed, read_day, read_number, read_typed, same
from trialwright.core.ledger import Missing
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.terms import PartialDate, Quantity
from trialwright.standards.units import UNITS

TYPED = st.text(max_size=40) | st.from_regex(r"[-+<>]?[0-9.,' ]{1,12}( ?[a-zA-Z/*0-9]{0,6})?", fullmatch=True)


def item(kind: Kind, **parts: object) -> Item:
    field = Field(id="value", label="A value", kind=kind, **parts)  # type: ignore[arg-type]
    return Item("thing/v1/value", Concept(id="thing", label="A thing", fields=(field,)), field, "A value")


ITEMS = [item(kind) for kind in Kind] + [item(Kind.QUANTITY, unit="/mm3"), item(Kind.CODE, codes=("a", "b"))]


@given(st.sampled_from(ITEMS), TYPED, st.sampled_from(["", "mg", "/mm3", "K/uL", "\x00"]), st.sampled_from(["", "x"]))
def test_reading_never_fails_and_gives_a_value_or_a_finding_or_nothing(
    one: Item, text: str, unit: str, missing: str
) -> None:
    read = read_typed(one, Typed(text, unit, missing), UNITS)
    assert read.wrong is None or (read.value is None and read.wrong.says and read.wrong.do)
    if read.value is not None:
        assert as_typed(read.value, read.bound).text


@given(TYPED)
def test_a_number_that_is_read_has_the_digits_that_were_typed(text: str) -> None:
    """Never rounded, never scaled: the digits of the number are those of the text, in their order."""
    try:
        number = read_number(text)
    except Unreadable:
        return
    typed = [sign for sign in text if sign in "0123456789"]
    digits = [sign for sign in f"{number.value:f}" if sign in "0123456789"]
    rest = [sign for sign in number.unit if sign in "0123456789"]
    own = typed[: len(typed) - len(rest)] if rest else typed
    assert "".join(digits).lstrip("0") == "".join(own).lstrip("0") or Decimal("".join(own) or "0") == 0


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(1, 3))
def test_a_date_is_read_back_as_far_as_it_was_known(day: date, parts: int) -> None:
    known = PartialDate(*(day.year, day.month, day.day)[:parts])
    assert read_day(str(known)) == known


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from("/.-"))
def test_day_and_month_as_numbers_are_never_taken_for_each_other(day: date, sign: str) -> None:
    text = f"{day.day}{sign}{day.month}{sign}{day.year}"
    try:
        assert read_day(text) == PartialDate(day.year, day.month, day.day)
    except Unreadable:
        assert day.day <= 12 and day.month <= 12 and day.day != day.month


NUMBERS = st.decimals(-1_000_000, 1_000_000, places=4).map(lambda number: number.normalize() + 0)
VALUES = (
    st.tuples(st.just(Kind.QUANTITY), NUMBERS.map(lambda number: Quantity(number, "mg")))
    | st.tuples(st.just(Kind.INTEGER), st.integers(-(2**53) + 1, 2**53 - 1))
    | st.tuples(st.just(Kind.YES_NO), st.booleans() | st.sampled_from(["yes", "no"]))
    | st.tuples(st.just(Kind.DATE), st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str))
    | st.tuples(st.just(Kind.TEXT), st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=30))
    | st.tuples(st.sampled_from(Kind), st.sampled_from(["not_done", "not_known", "not_applicable"]).map(Missing))
)


@given(VALUES)
def test_what_is_recorded_and_shown_is_read_back_as_the_same(told: tuple[Kind, object]) -> None:
    kind, value = told
    shown = as_typed(value)  # type: ignore[arg-type]
    read = read_typed(item(kind), shown, UNITS)
    if shown.empty:  # a text of blanks alone is none
        assert read.value is None
    else:
        assert read.wrong is None and same(read.value, value)  # type: ignore[arg-type]
