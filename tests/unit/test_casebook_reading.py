"""What is typed into a field: read where it can mean one thing, refused with the reading offered where it cannot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from builders import UNITS, case, protocol
from trialwright.core.casebook import Item, Typed, Unreadable, as_typed, read_day, read_number, read_typed, same
from trialwright.core.casebook.items import item_of
from trialwright.core.casebook.reading import read_time
from trialwright.core.ledger import Missing
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.terms import Quantity
from trialwright.standards.units import UNITS as ALL_UNITS


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1500", "1500"), ("0.82", "0.82"), ("0,82", "0.82"), (".5", "0.5"), (",5", "0.5"), ("3.20", "3.20"),
        ("3,2", "3.2"), ("12,5", "12.5"), ("0,500", "0.500"), ("1,2345", "1.2345"), ("1.500", "1.500"),
        ("−5", "-5"), ("- 5", "-5"), ("+5", "5"), ("007", "7"), ("\u00a01500 ", "1500"), ("1234,5", "1234.5"),
    ],
)  # fmt: skip
def test_a_number_that_means_one_thing_is_read_with_its_digits(typed: str, value: str) -> None:
    assert str(read_number(typed).value) == value


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1,500", "1500 or 1.500"), ("12,345", "12345 or 12.345"), ("999,999", "999999 or 999.999"),
        ("1,500,000", "thousands"), ("1.500.000", "thousands"), ("1'500", "thousands"), ("1,500.5", "thousands"),
        ("12 345", "two numbers"), ("12 3", "two numbers"), ("5.", "no number"), ("1..2", "no number"),
        ("1e3", "power"), ("1E-3", "power"), ("abc", "no number"), ("", "no number"), ("--5", "no number"),
        ("≤ 5", "more than a report"), ("<= 5", "more than a report"), ("5" * 31, "31 signs"), ("١٢", "no number"),
        ("½", "no number"), ("1500/mm3 2", None),
    ],
)  # fmt: skip
def test_a_number_that_can_mean_two_things_or_none_is_refused(typed: str, says: str | None) -> None:
    if says is None:
        assert read_number(typed).unit == "/mm3 2"  # which no table of units knows
        return
    with pytest.raises(Unreadable) as refused:
        read_number(typed)
    assert says in refused.value.says and refused.value.do


@pytest.mark.parametrize(
    ("typed", "bound", "value", "unit"),
    [
        ("<5", "<", "5", ""), ("> 300 U/L", ">", "300", "U/L"), ("1500 /mm3", "", "1500", "/mm3"),
        ("4.5x10^9/L", "", "4.5", "x10^9/L"), ("4.5 10*9/L", "", "4.5", "10*9/L"), ("4.5 ×10⁹/L", "", "4.5", "×10⁹/L"),
        ("12.3g/dL", "", "12.3", "g/dL"),
    ],
)  # fmt: skip
def test_what_stands_around_a_number_is_kept(typed: str, bound: str, value: str, unit: str) -> None:
    read = read_number(typed)
    assert (read.bound, str(read.value), read.unit) == (bound, value, unit)


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("2006", "2006"), ("2006-03", "2006-03"), ("2006-3", "2006-03"), ("2006-03-05", "2006-03-05"),
        ("5 Mar 2006", "2006-03-05"), ("05-MAR-2006", "2006-03-05"), ("5 March 2006", "2006-03-05"),
        ("Mar 5, 2006", "2006-03-05"), ("Mar 2006", "2006-03"), ("5 ene 2006", "2006-01-05"),
        ("2006 Mar 5", "2006-03-05"),
        ("?? Mar 2006", "2006-03"), ("UNK-MAR-2006", "2006-03"), ("UN UNK 2006", "2006"), ("? ? 2006", "2006"),
        ("13/7/2006", "2006-07-13"), ("7/13/2006", "2006-07-13"), ("5/5/2006", "2006-05-05"),
        ("2006/03/05", "2006-03-05"),
        ("29 Feb 2004", "2004-02-29"), ("31.12.2005", "2005-12-31"),
    ],
)  # fmt: skip
def test_a_date_is_read_as_far_as_it_is_known(typed: str, date: str) -> None:
    assert str(read_day(typed)) == date


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("5/7/2006", "5 Jul 2006 or 7 May 2006"), ("05.07.2006", "or"), ("5 Mar 06", "two digits"),
        ("5/7/06", "two digits"), ("30 Feb 2006", "no day 30"), ("2005-02-29", "no day 29"), ("2006-13", "no month 13"),
        ("31 Apr 2006", "no day 31"), ("tomorrow", "no date"), ("5 Mar", "no date"), ("Mar Apr 2006", "no date"),
        ("?/3/2006", "leaves open"), ("3 2006", "leaves open"), ("5 Mar 2006!", "no date"), ("0000-01", "no year"),
        ("1 2 3 2006", "no date"), ("13/13/2006", "no month 13"), ("", "no date"), ("٥ Mar 2006", "no date"),
    ],
)  # fmt: skip
def test_a_date_that_is_none_or_two_is_refused(typed: str, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_day(typed)
    assert says in refused.value.says and refused.value.do


@pytest.mark.parametrize(
    ("typed", "time"),
    [("9:05", "09:05"), ("14:30", "14:30"), ("2.30 pm", "14:30"), ("12:00 am", "00:00"), ("14h30", "14:30"),
     ("14:30:15", "14:30:15"), ("24:00", None), ("14:60", None), ("13:00 pm", None), ("930", None), ("noon", None)],
)  # fmt: skip
def test_a_time_of_day(typed: str, time: str | None) -> None:
    if time is None:
        with pytest.raises(Unreadable):
            read_time(typed)
    else:
        assert read_time(typed) == time


# --- an item ----------------------------------------------------------------------------------------------------------

LABORATORY = Concept(
    id="anc",
    label="Neutrophils",
    reference_range=True,
    fields=(
        Field(id="value", label="Neutrophils", kind=Kind.QUANTITY, unit="/mm3", plausible=("20", "300000")),
        Field(id="bound", label="Bound", kind=Kind.CODE, codes=("<", ">"), required=False),
    ),
)
OTHERS = Concept(
    id="others",
    label="Others",
    fields=(
        Field(id="dose", label="Dose", kind=Kind.QUANTITY),
        Field(id="scale", label="Pain", kind=Kind.QUANTITY, plausible=("0", "10")),
        Field(id="ratio", label="INR", kind=Kind.QUANTITY, unit="1"),
        Field(id="count", label="How many", kind=Kind.INTEGER),
        Field(id="sex", label="Sex", kind=Kind.CODE, codes=("female", "male")),
        Field(id="code", label="Code", kind=Kind.CODE),
        Field(id="sure", label="Sure", kind=Kind.YES_NO),
        Field(id="on", label="Date", kind=Kind.DATE),
        Field(id="time", label="Time", kind=Kind.TEXT),
        Field(id="words", label="Words", kind=Kind.TEXT),
    ),
)
HELD = case(
    concepts={"anc": LABORATORY, "others": OTHERS},
    protocol=protocol(sets=[{"id": "steroids", "of": "others", "codes": ["topical_steroid", "other_steroid"]}]),
    units=ALL_UNITS,
)


def item(field: str, concept: Concept = OTHERS) -> Item:
    named = next(one for one in concept.fields if one.id == field)
    return item_of(HELD, concept, named, "v1", date(2025, 3, 3))


@pytest.mark.parametrize(
    ("field", "text", "unit", "value"),
    [
        ("dose", "10", "mg", Quantity(Decimal(10), "mg")),
        ("dose", "10 mg", "", Quantity(Decimal(10), "mg")),
        ("dose", "10 mg", "mg", Quantity(Decimal(10), "mg")),
        ("scale", "7.5", "", Quantity(Decimal("7.5"), "1")),
        ("ratio", "1.1", "", Quantity(Decimal("1.1"), "1")),
        ("count", "3", "", 3),
        ("sex", "female", "", "female"),
        ("sex", "FEMALE", "", "female"),
        ("code", "topical steroid", "", "topical_steroid"),
        ("code", "something else", "", "something else"),
        ("sure", "Yes", "", "yes"),
        ("sure", "n", "", "no"),
        ("on", "Mar 2006", "", "2006-03"),
        ("time", "9:05", "", "09:05"),
        ("words", "  two  words \r\n more ", "", "two  words \n more"),
    ],
)
def test_each_kind_of_field_reads_what_is_typed(field: str, text: str, unit: str, value: object) -> None:
    read = read_typed(item(field), Typed(text, unit), ALL_UNITS)
    assert read.wrong is None and read.value == value


@pytest.mark.parametrize(
    ("field", "text", "unit", "says"),
    [
        ("dose", "10", "", "unit is missing"),
        ("dose", "10 mg", "g", "unit stands twice"),
        ("dose", "<10", "mg", "cannot be kept here"),
        ("count", "3.0", "", "no whole number"),
        ("count", "three", "", "no number"),
        ("count", "3 mg", "", "no whole number"),
        ("count", str(2**53), "", "larger than can be"),
        ("sex", "femal", "", "is 'female' meant"),
        ("sex", "x", "", "none of its answers"),
        ("sure", "maybe", "", "neither yes nor no"),
        ("on", "5/7/2006", "", "can be"),
        ("time", "late", "", "no time of day"),
        ("words", "a\x00b", "", "cannot be kept"),
        ("words", "a\u202eb", "", "nobody sees"),
        ("words", "x" * 4001, "", "more than are kept"),
    ],
)
def test_what_cannot_be_read_is_a_finding_at_the_item(field: str, text: str, unit: str, says: str) -> None:
    read = read_typed(item(field), Typed(text, unit), ALL_UNITS)
    assert read.value is None and read.wrong is not None
    assert read.wrong.about == f"others/v1/{field}" and says in read.wrong.says and read.wrong.do


def test_a_unit_that_measures_something_else_is_refused_and_one_that_converts_is_kept_as_typed() -> None:
    anc = item("value", LABORATORY)
    assert read_typed(anc, Typed("1.5", "10*9/L"), ALL_UNITS).value == Quantity(Decimal("1.5"), "10*9/L")
    wrong = read_typed(anc, Typed("1.5", "g/dL"), ALL_UNITS).wrong
    kelvin = read_typed(anc, Typed("4.5", "K/uL"), ALL_UNITS).wrong
    assert wrong and "measure" in wrong.do and kelvin and "kelvin" in kelvin.says


def test_below_the_limit_of_detection_keeps_the_sign_beside_the_number() -> None:
    read = read_typed(item("value", LABORATORY), Typed("<20", "/mm3"), ALL_UNITS)
    assert (read.value, read.bound) == (Quantity(Decimal(20), "/mm3"), "<")


@pytest.mark.parametrize(
    ("text", "missing", "value", "wrong"),
    [
        ("", "not_done", Missing("not_done"), False),
        ("", "not_known", Missing("not_known"), False),
        ("", "not_applicable", Missing("not_applicable"), False),
        ("", "", None, False),
        ("3", "not_done", None, True),
        ("", "redacted", None, True),
    ],
)
def test_a_value_is_given_or_it_is_said_why_there_is_none(text: str, missing: str, value: object, wrong: bool) -> None:
    read = read_typed(item("count"), Typed(text, "", missing), UNITS)
    assert read.value == value and (read.wrong is not None) is wrong


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (True, "yes", True), (False, "no", True), (3, "3", True), (3, Quantity(Decimal(3)), True),
        (Quantity(Decimal("3.20"), "mg"), Quantity(Decimal("3.2"), "mg"), True),
        (Quantity(Decimal(3), "mg"), Quantity(Decimal(3), "g"), False),
        (Missing("not_done"), Missing("not_known"), False), (Missing("not_done"), None, False), (None, "", False),
        ("a ", "a", True), ("a", "A", False),
    ],
)  # fmt: skip
def test_when_two_values_say_the_same(one: object, other: object, alike: bool) -> None:
    assert same(one, other) is alike  # type: ignore[arg-type]


def test_a_recorded_value_is_typed_as_it_would_be_read() -> None:
    assert as_typed(Quantity(Decimal("0.0000001"), "g")) == Typed("0.0000001", "g")
    assert as_typed(Quantity(Decimal(20), "/mm3"), "<") == Typed("<20", "/mm3")
    assert as_typed(Missing("not_done")) == Typed(missing="not_done") and as_typed(None) == Typed()


@pytest.mark.parametrize("typed", ["1899-12-31", "31 Dec 1899", "1899", "2200-01-01", "9999-12-31", "Jan 2200", "0001"])
def test_a_year_in_which_no_trial_lies_is_refused_before_anything_follows_from_it(typed) -> None:
    with pytest.raises(Unreadable, match="no trial lies in the year"):
        read_day(typed)


@pytest.mark.parametrize("typed", ["1900-01-01", "1900", "2199-12-31"])
def test_the_first_and_the_last_year_of_a_trial_are_read(typed) -> None:
    assert str(read_day(typed)) == typed
