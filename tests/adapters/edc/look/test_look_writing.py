"""How dates, quantities and values are written on a page, in English and in Spanish."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from trialwright.adapters.edc.look import writing
from trialwright.core.ledger import Missing
from trialwright.core.terms import PartialDate, Quantity
from trialwright.standards.units.printed import printed_unit


@pytest.mark.parametrize(
    ("on", "english", "spanish"),
    [
        (date(2006, 7, 5), "5 Jul 2006", "5 jul 2006"),
        (PartialDate(2006, 7), "Jul 2006", "jul 2006"),
        (PartialDate(2006), "2006", "2006"),
        ("2006-07-05", "5 Jul 2006", "5 jul 2006"),
        ("next week", "next week", "next week"),
        (datetime(2006, 7, 5, 9, 4, tzinfo=UTC), "5 Jul 2006, 09:04", "5 jul 2006, 09:04"),
        (None, "not known", "no se sabe"),
    ],
)
def test_a_date_is_written_as_far_as_it_is_known(on, english, spanish) -> None:
    with translation.override("en"):
        assert writing.day(on) == english
    with translation.override("es"):
        assert writing.day(on) == spanish


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("0.820", "0.820"),
        ("1E+3", "1000"),
        ("12345.60", "12\u202f345.60"),
        ("-0.5", "−0.5"),
        ("1000", "1000"),
    ],
)
def test_a_number_keeps_its_point_and_its_digits_in_every_language(language, typed, written) -> None:
    with translation.override(language):
        assert writing.number(Decimal(typed)) == written


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_number_that_a_template_prints_keeps_its_point(language) -> None:
    from django.template import engines

    with translation.override(language):
        assert engines["django"].from_string("{{ a }} {{ b }}").render({"a": 0.5, "b": Decimal("1.50")}) == "0.5 1.50"


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("/mm3", "/mm³"), ("10*9/L", "×10⁹/L"), ("10*3/uL", "×10³/µL"), ("umol/L", "µmol/L"), ("mg/m2", "mg/m²"),
        ("mm[Hg]", "mmHg"), ("Cel", "°C"), ("1", ""), ("", ""), ("{score}", ""), ("U/L", "U/L"), ("ug/mL", "µg/mL"),
        ("mL/min", "mL/min"), ("[iU]/L", "IU/L"), ("%", "%"), ("cm2", "cm²"), ("a", "years"), ("kg/m2", "kg/m²"),
    ],
)  # fmt: skip
def test_a_unit_is_printed_as_people_write_it(code, printed) -> None:
    assert printed_unit(code) == printed


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Quantity.parse("0.82 10*9/L"), "0.82\u202f×10⁹/L"),
        (Quantity.parse("3"), "3"),
        (True, "yes"),
        (False, "no"),
        (Missing("not_done"), "not done"),
        (Missing("redacted"), "redacted"),
        (None, "no value"),
        ("words <b>", "words <b>"),
        (7, "7"),
    ],
)
def test_a_value_is_written_with_its_unit_or_with_why_there_is_none(value, written) -> None:
    with translation.override("en"):
        assert writing.value(value) == written


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (date(2006, 7, 17), date(2006, 7, 21), "17 Jul – 21 Jul 2006"),
        (date(2006, 12, 30), date(2007, 1, 2), "30 Dec 2006 – 2 Jan 2007"),
        (date(2006, 7, 17), date(2006, 7, 17), "17 Jul 2006"),
        (date(2006, 7, 17), None, "17 Jul 2006 – not known"),
    ],
)
def test_two_dates_share_their_year(first, last, written) -> None:
    with translation.override("en"):
        assert writing.span(first, last) == written


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("taken on 2006-07-05, not after", "taken on 5 Jul 2006, not after"),
        ("2006-07-05 to 2006-07-19.", "5 Jul 2006 to 19 Jul 2006."),
        ("(2006-07-05)", "(5 Jul 2006)"),
        ("2006-02-30 is no day", "2006-02-30 is no day"),
        ("at 2006-07-05T10:00:00Z", "at 2006-07-05T10:00:00Z"),
        ("parcel A-2006-07-05", "parcel A-2006-07-05"),
        ("prior_therapy of 2006", "prior therapy of 2006"),
        ("name_of@site_one.org and a/b_c/d", "name_of@site_one.org and a/b_c/d"),
        ("event 010d3119-3c20-709b-97e3-ca9f5e3c9df8", "event …3c9df8"),
        (None, ""),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sentence_of_the_core_is_english_and_shows_its_dates_as_a_page_does(language, said, written) -> None:
    with translation.override(language):
        assert writing.dated(said) == written
