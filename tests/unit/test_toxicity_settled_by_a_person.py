"""Where a table parts two grades of one number by symptoms, the event the investigator reported settles the grade."""

from __future__ import annotations

import pytest

from builders import case, course, day, limits
from trialwright.core.ledger import Missing
from trialwright.core.subject import Case
from trialwright.core.toxicity import toxicities, toxicity_findings, worst_grades
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v5 import CTCAE_5
from trialwright.standards.units import UNITS

RANGES = (limits("sodium", "135 mmol/L", "145 mmol/L"), limits("alt", None, "40 U/L"))
START = course(1, "2025-03-03")
SODIUM = {"sodium on 2025-03-03": "140 mmol/L", "sodium on 2025-03-17": "127 mmol/L"}


def subject(*events: dict, items: dict | None = None) -> Case:
    reported = {f"adverse_event/{number}": one for number, one in enumerate(events, 1)}
    return case(START, items={**(items or SODIUM), **reported}, concepts=CONCEPTS, units=UNITS, ranges=RANGES)


def event(grade, start: str = "2025-03-15", term: str = "Hyponatremia", **fields) -> dict:
    return {"term": term, "grade": grade, "start": start, "related": "yes", "serious": "no", **fields}


def last_sodium(given: Case) -> str:
    found = [one for one in toxicities(given, CTCAE_5, day("2025-03-20")) if one.laboratory]
    [low] = [one for one in found if one.term == "Hyponatremia" and str(one.onset) == "2025-03-17"]
    assert (low.grade is not None) == (len(low.possible) == 1)
    return " or ".join(str(grade.number) for grade in low.possible)


@pytest.mark.parametrize(
    ("events", "grade"),
    [
        ((), "2 or 3"),
        ((event(2),), "2"),
        ((event(3),), "3"),
        ((event(3, start="2025-03-17"),), "3"),
        ((event(3, start="2025-03-18"),), "2 or 3"),  # began the day after
        ((event(3, end="2025-03-17"),), "3"),
        ((event(3, end="2025-03-16"),), "2 or 3"),  # was over the day before
        ((event(3, term="Hypernatremia"),), "2 or 3"),
        ((event(4),), "2 or 3"),  # no grade that 127 mmol/L can have
        ((event(Missing("not_known")),), "2 or 3"),
        ((event(2), event(3)), "2 or 3"),
        ((event(2), event(2)), "2"),
        ((event(2), event(Missing("not_known"))), "2 or 3"),
    ],
)
def test_the_grade_of_the_event_going_on_that_day_settles_it_and_nothing_else_does(events, grade):
    assert last_sodium(subject(*events)) == grade


def test_until_it_is_settled_the_worst_grade_is_not_known_and_a_finding_says_what_to_report():
    given = subject()
    assert worst_grades(given, CTCAE_5, day("2025-03-20"), 30) == {"Hyponatremia": None}
    [finding] = toxicity_findings(given, CTCAE_5, day("2025-03-20"))
    assert "grade 2 or 3" in finding.says
    assert finding.do == (
        "Report Hyponatremia as an adverse event with its grade, which tells whether there are signs or symptoms."
    )
    settled = subject(event(2))
    assert {term: grade.number for term, grade in worst_grades(settled, CTCAE_5, day("2025-03-20"), 30).items()} == {
        "Hyponatremia": 2
    }
    assert toxicity_findings(settled, CTCAE_5, day("2025-03-20")) == ()


def test_what_a_laboratory_must_supply_is_not_settled_by_an_event():
    given = subject(event(1, term="ALT"), items={"alt on 2025-03-17": "50 U/L"})  # no value before treatment
    [value] = [one for one in toxicities(given, CTCAE_5, day("2025-03-20")) if one.laboratory]
    assert value.grade is None


def test_version_3_0_is_as_it_was():
    given = subject(event(3, term="Sodium, serum-low (hyponatremia)"))
    graded = [one for one in toxicities(given, CTCAE_3, day("2025-03-20")) if one.term == "Sodium, serum-low"]
    assert [(one.laboratory, one.grade.number) for one in graded] == [(True, 0), (False, 3), (True, 3)]
