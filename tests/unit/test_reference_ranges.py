"""Which limits of normal hold: by site, sex, age and the day a sample was drawn, and never by a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import UNITS, case, concept, day, limits
from trialwright.core.subject import limits_of, overlapping
from trialwright.core.terms import Quantity
from trialwright.core.toxicity import toxicity_findings
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.units import UNITS as ALL_UNITS


def ranges(*told: str):
    """ "2005-01-01 female 18-64 12 to 15": from a day, for a sex or "any", for ages or "any", hemoglobin in g/dL."""
    found = []
    for number, each in enumerate(told, 1):
        on, sex, ages, low, _, high = each.split()
        young, _, old = ages.partition("-")
        who = {"sex": None if sex == "any" else sex}
        if ages != "any":
            who |= {"age_from": int(young) if young else None, "age_to": int(old) if old else None}
        one = limits("hemoglobin", f"{low} g/dL", f"{high} g/dL", **who)
        found.append(replace(one, occurred=day(on), seq=number, id=f"e{number}"))
    return tuple(found)


def told(given, on: str = "2010-01-01", sex: str | None = "female", ages=frozenset({50})) -> str:
    low, high = limits_of(given, "hemoglobin", day(on), sex, ages)
    return f"{low.value if low else '?'} to {high.value if high else '?'}"


BY_SEX = ranges("2005-01-01 female any 12 to 15", "2005-01-01 male any 13.5 to 17.5")
BY_AGE = ranges("2005-01-01 any -17 11 to 16", "2005-01-01 any 18-64 12 to 16", "2005-01-01 any 65- 12 to 17")


@pytest.mark.parametrize(
    ("sex", "expected"), [("female", "12 to 15"), ("male", "13.5 to 17.5"), (None, "? to ?"), ("", "? to ?")]
)
def test_a_range_made_for_a_sex_holds_for_it_alone_and_a_sex_not_known_is_not_guessed(sex, expected):
    assert told(BY_SEX, sex=sex) == expected


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ({17}, "11 to 16"), ({18}, "12 to 16"), ({64}, "12 to 16"), ({65}, "12 to 17"), ({120}, "12 to 17"),
        ({0}, "11 to 16"), ({64, 65}, "12 to ?"), ({17, 18}, "? to 16"), (set(), "? to ?"),
    ],
)  # fmt: skip
def test_a_range_made_for_an_age_holds_for_it_alone_and_a_limit_is_told_where_every_possible_age_has_it(ages, expected):
    assert told(BY_AGE, ages=ages) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2004-12-31", "? to ?"), ("2005-01-01", "12 to 15"), ("2006-12-31", "12 to 15"), ("2007-01-01", "11 to 14")],
)
def test_a_range_holds_from_its_day_until_the_next_one(on, expected):
    assert told(ranges("2005-01-01 any any 12 to 15", "2007-01-01 any any 11 to 14"), on) == expected


@pytest.mark.parametrize(
    ("given", "sex", "expected"),
    [
        # of one day the one made for fewer people
        (ranges("2005-01-01 any any 12 to 17", "2005-01-01 female any 11 to 15"), "female", "11 to 15"),
        (ranges("2005-01-01 female any 11 to 15", "2005-01-01 any any 12 to 17"), "female", "11 to 15"),
        (ranges("2005-01-01 any any 12 to 17", "2005-01-01 female any 11 to 15"), "male", "12 to 17"),
        (ranges("2005-01-01 any any 12 to 17", "2005-01-01 female any 11 to 15"), None, "? to ?"),
        (ranges("2005-01-01 female any 11 to 15", "2005-01-01 female 40-60 10 to 15"), "female", "10 to 15"),
        # a newer one replaces all that fit
        (ranges("2005-01-01 female any 11 to 15", "2006-01-01 any any 12 to 17"), "female", "12 to 17"),
        (ranges("2005-01-01 any any 12 to 17", "2006-01-01 female any 11 to 15"), None, "? to ?"),
        # set again for the same people on the same day: the later entry
        (ranges("2005-01-01 female any 1 to 15", "2005-01-01 female any 11 to 15"), "female", "11 to 15"),
        # one entered late for an earlier day does not win over the newer one
        (ranges("2006-01-01 female any 11 to 15", "2005-01-01 female any 12 to 17"), "female", "11 to 15"),
        # the same for everybody, so that nothing need be known
        (ranges("2005-01-01 female any 12 to 15", "2005-01-01 male any 12 to 17", "2005-01-01 any any 12 to 16"), None,
         "12 to ?"),
    ],
)  # fmt: skip
def test_which_of_several_ranges_holds(given, sex, expected):
    assert told(given, sex=sex) == expected


OVERLAP = ranges("2005-01-01 any 18-60 12 to 15", "2005-01-01 any 50-70 12 to 16")


@pytest.mark.parametrize(
    ("age", "expected", "double"),
    [(49, "12 to 15", 0), (50, "12 to ?", 2), (60, "12 to ?", 2), (61, "12 to 16", 0)],
)
def test_two_ranges_that_overlap_and_disagree_leave_the_limit_unknown(age, expected, double):
    assert told(OVERLAP, ages={age}) == expected
    assert len(overlapping(OVERLAP, "hemoglobin", day("2010-01-01"), "female", {age})) == double


def test_ranges_that_overlap_and_agree_are_no_contradiction():
    agreed = ranges("2005-01-01 any 18-60 12 to 15", "2005-01-01 any 50-70 12 to 15")
    assert told(agreed, ages={55}) == "12 to 15"
    assert overlapping(agreed, "hemoglobin", day("2010-01-01"), None, ()) == ()
    assert overlapping((), "hemoglobin", day("2010-01-01"), None, ()) == ()


def test_another_analyte_has_no_range():
    assert limits_of(BY_SEX, "platelets", day("2010-01-01"), "female", {50}) == (None, None)


# --- the subject ---------------------------------------------------------------------------------------------------


def ages(items, on: str) -> list[int]:
    subject = case(items=items, on="2005-03-01", concepts={"age": concept("age")}, units=UNITS)
    return sorted(subject.facts(day("2030-01-01")).ages_on(day(on)))


@pytest.mark.parametrize(
    ("items", "on", "expected"),
    [
        # the birth date: the day before the birthday, the birthday
        ({"birth_date": "1940-06-15"}, "2005-06-14", [64]),
        ({"birth_date": "1940-06-15"}, "2005-06-15", [65]),
        ({"birth_date": "1940-06"}, "2005-06-15", [64, 65]),
        ({"birth_date": "1940"}, "2005-12-31", [65]),
        ({"birth_date": "1940"}, "2005-12-30", [64, 65]),
        # the age as stated on 2005-03-01
        ({"age on 2005-03-01": "64 years"}, "2005-03-01", [64]),
        ({"age on 2005-03-01": "64 years"}, "2005-03-02", [64, 65]),
        ({"age on 2005-03-01": "64 years"}, "2006-02-28", [64, 65]),
        ({"age on 2005-03-01": "64 years"}, "2006-03-01", [65]),
        ({"age on 2005-03-01": "64 years"}, "2006-03-02", [65, 66]),
        ({"age on 2005-03-01": "64 years"}, "2005-02-28", [63, 64]),
        ({"age on 2005-03-01": "64 years"}, "2004-03-01", [63]),
        ({"age on 2005-03-01": "64 years"}, "2004-02-29", [62, 63]),
        ({"age on 2005-03-01": "64.5 years"}, "2005-03-01", []),
        ({"age on 2005-03-01": "0 years"}, "2005-02-28", [0]),
        ({"birth_date": "1940-06-15", "age on 2005-03-01": "30 years"}, "2005-03-01", [64]),
        ({}, "2005-03-01", []),
    ],
)
def test_the_ages_a_subject_can_have_had_on_the_day_of_a_sample(items, on, expected):
    assert ages(items, on) == expected


def reading(drawn: str, site, items=None):
    told = {"sex": "female", "birth_date": "1940-06-15", f"hemoglobin on {drawn}": "11.5 g/dL", **(items or {})}
    return case(items=told, on="2005-01-01", ranges=site, concepts=CONCEPTS, units=ALL_UNITS)


@pytest.mark.parametrize(
    ("drawn", "low"), [("2005-06-14", "12"), ("2005-06-15", "11"), ("2006-12-31", "11"), ("2007-01-01", "10")]
)
def test_limits_are_those_of_the_day_of_the_sample_and_of_the_age_on_it(drawn, low):
    """The subject turns 65 on 2005-06-15; in 2007 the laboratory changes its range. Asked later, nothing moves."""
    site = ranges("2005-01-01 any -64 12 to 16", "2005-01-01 any 65- 11 to 16", "2007-01-01 any any 10 to 16")
    given = reading(drawn, site).facts(day("2020-01-01"))
    assert given.readings("hemoglobin")[0].low == Quantity.parse(f"{low} g/dL")


def test_a_grade_that_waits_for_the_right_range_names_both():
    site = ranges("2005-01-01 any 18-70 12 to 16", "2005-01-01 any 60-90 11 to 16")
    given = reading("2005-07-01", site)
    [finding] = toxicity_findings(given, CTCAE_3, day("2005-07-01"))
    assert "12 g/dL to 16 g/dL (event e1) and 11 g/dL to 16 g/dL (event e2)" in finding.do
    [alone] = toxicity_findings(reading("2005-07-01", ()), CTCAE_3, day("2005-07-01"))
    assert "disagree" not in alone.do
