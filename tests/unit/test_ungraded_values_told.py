"""A laboratory value that has no one grade: the whole finding, what to supply, which ranges of the site disagree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import case, course, day, limits
from trialwright.core.subject import Case
from trialwright.core.terms import Finding, Grade, Severity
from trialwright.core.toxicity import graded_readings, toxicities, toxicity_findings
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v5 import CTCAE_5
from trialwright.standards.units import UNITS

DISAGREE = "The site has ranges of one day that disagree:"
LLN = "Supply the laboratory's LLN of hemoglobin on 2025-03-17."


def ranges(*told: str, analyte: str = "hemoglobin", unit: str = "g/dL"):
    """ "female 18-64 12 to 15" for a sex or "any" and for ages; "-" where there is no limit."""
    found = []
    for number, each in enumerate(told, 1):
        sex, ages, low, _, high = each.split()
        young, _, old = ages.partition("-")
        low_high = [None if one == "-" else f"{one} {unit}" for one in (low, high)]
        who = {"sex": None if sex == "any" else sex, "age_from": int(young), "age_to": int(old)}
        found.append(replace(limits(analyte, *low_high, **who), seq=number, id=f"r{number}"))
    return tuple(found)


def subject(site, value: object = "9 g/dL", analyte: str = "hemoglobin", born: str = "1970-01-01") -> Case:
    items = {"sex": "female", "birth_date": born, f"{analyte} on 2025-03-17": value}
    return case(course(1, "2025-03-03"), items=items, ranges=site, concepts=CONCEPTS, units=UNITS)


def to_do(given: Case, table=CTCAE_3) -> list[str]:
    return [each.do for each in toxicity_findings(given, table, day("2025-03-20"))]


def test_a_value_without_its_limit_is_told_with_the_event_it_came_in_and_what_to_supply():
    assert toxicity_findings(subject((), "11 g/dL"), CTCAE_3, day("2025-03-20")) == (
        Finding(
            "e2",
            "Hemoglobin grade 0 or 1, not gradable further: "
            "hemoglobin 11 g/dL on 2025-03-17, limits of normal not known.",
            "What depends on this grade stands as unknown where its possible grades disagree.",
            LLN,
            severity=Severity.WARNING,
        ),
    )


def test_of_several_things_missing_each_is_named_once():
    assert to_do(subject((), "100 U/L", "alt"), CTCAE_5) == [
        "Supply the laboratory's ULN of alt on 2025-03-17, alt before treatment."
    ]


@pytest.mark.parametrize(
    ("site", "born", "told"),
    [
        # the woman of 55 fits both of the first two; those for men are not hers
        (("female 18-60 12 to 15", "female 50-70 11 to 16", "male 18-60 13 to 17", "male 50-70 14 to 18"), "1970-01-01",
         f"{LLN} {DISAGREE} 12 g/dL to 15 g/dL (event r1) and 11 g/dL to 16 g/dL (event r2); set the right one again."),
        (("any 18-60 12 to -", "any 50-70 - to 16"), "1970-01-01",
         f"{LLN} {DISAGREE} 12 g/dL to - (event r1) and - to 16 g/dL (event r2); set the right one again."),
        # at 40 she fits one range alone, and that one has no lower limit
        (("any 18-55 - to 16", "any 50-70 12 to 16"), "1985-01-01", LLN),
        ((), "1970-01-01", LLN),
    ],
)  # fmt: skip
def test_ranges_of_the_site_that_disagree_for_the_subject_are_named_with_their_events(site, born, told):
    assert to_do(subject(ranges(*site), "11 g/dL", born=born)) == [told]


def test_ranges_of_the_site_do_not_matter_where_the_report_has_both_limits():
    site = ranges("any 18-60 5 to 40", "any 50-70 5 to 45", analyte="alt", unit="U/L")
    printed = {"value": "100 U/L", "low": "5 U/L", "high": "40 U/L"}
    assert to_do(subject(site, printed, "alt"), CTCAE_5) == ["Supply alt before treatment."]
    half = {"value": "100 U/L", "high": "40 U/L"}
    assert to_do(subject(site, half, "alt"), CTCAE_5)


def test_the_ranges_named_are_those_of_the_site_the_subject_belonged_to_on_the_day_of_the_sample():
    given = subject(ranges("any 18-90 12 to 16"), "11 g/dL")
    before = replace(given.site, ranges=ranges("any 18-60 12 to 15", "any 50-70 11 to 16"))
    moved = replace(given, site=replace(given.site, earlier=((day("2025-03-18"), before),)))
    assert to_do(moved) == [
        f"{LLN} {DISAGREE} 12 g/dL to 15 g/dL (event r1) and 11 g/dL to 16 g/dL (event r2); set the right one again."
    ]


@pytest.mark.parametrize("dosed", [True, False])
@pytest.mark.parametrize("on", ["2025-03-02", "2025-03-03"])
def test_a_value_up_to_the_day_of_the_first_dose_is_graded_by_the_limits_of_normal_alone(on, dosed):
    """100 is 2.5 times the upper limit of 40, grade 1 of version 5.0; of itself it would be no multiple."""
    events = (course(1, "2025-03-03"),) if dosed else ()
    items = {f"alt on {on}": {"value": "100 U/L", "high": "40 U/L"}}
    given = case(*events, items=items, concepts=CONCEPTS, units=UNITS)
    [found] = toxicities(given, CTCAE_5, day("2025-03-20"))
    assert (found.grade and found.grade.number, found.possible) == (1, (Grade(1),))


def test_one_subject_asked_under_two_tables_is_graded_by_each():
    given = subject((), {"value": "11 g/dL", "low": "12 g/dL"})
    for _ in range(2):
        assert {one.standard for one in toxicities(given, CTCAE_3, day("2025-03-20"))} == {"CTCAE 3.0"}
        assert {one.standard for one in toxicities(given, CTCAE_5, day("2025-03-20"))} == {"CTCAE 5.0"}


@pytest.mark.parametrize(("sodium", "asks"), [("133 mmol/L", False), ("127 mmol/L", True)])
def test_whether_there_are_symptoms_is_asked_only_where_the_grade_turns_on_it(sodium, asks):
    """CTCAE v5 hyponatremia: below normal to 130 is grade 1, 125 to 129 grade 2 or 3 by symptoms."""
    graded = graded_readings(subject((), sodium, "sodium"), CTCAE_5, day("2025-03-20"))
    [missing] = [given.missing for term, _, _, given in graded if term.short == "Hyponatremia"]
    assert any("symptom" in one for one in missing) is asks, missing


@pytest.mark.parametrize(("before", "grades"), [("10 U/L", [2]), ("40 U/L", [2]), ("50 U/L", [0, 1, 2, 3, 4])])
def test_a_value_before_treatment_known_only_as_less_is_normal_where_all_it_can_be_is(before, grades):
    """CTCAE v5 ALT: 150 is 3.75 times the ULN of 40, grade 2 from a normal value; below 50 tells no multiple."""
    items = {"alt on 2025-02-20": {"value": before, "bound": "<"}, "alt on 2025-03-17": "150 U/L"}
    site = (limits("alt", None, "40 U/L"),)
    one = case(course(1, "2025-03-03"), items=items, ranges=site, concepts=CONCEPTS, units=UNITS)
    graded = graded_readings(one, CTCAE_5, day("2025-03-20"))
    [found] = [given for term, read, _, given in graded if term.analyte == "alt" and str(read.on) == "2025-03-17"]
    assert [grade.number for grade in found.possible] == grades
