"""Toxicities in detail: all fields of each kind, what an event settles, and what was there before treatment."""

from __future__ import annotations

import pytest

from builders import day, ended, form
from event_stories import TOLD, findings, one, row, spans, subject
from trialwright.core.conditions import Toxicity
from trialwright.core.ledger import Missing
from trialwright.core.response import Assessment, best_response
from trialwright.core.subject import Case
from trialwright.core.terms import Grade, PartialDate, Response
from trialwright.core.toxicity import (
    AdverseEvent,
    Graded,
    GradeSpan,
    graded_readings,
    toxicities,
    worst_grades,
)
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v5 import CTCAE_5

LATER = day("2025-06-01")


def on(text: str) -> PartialDate:
    return PartialDate.parse(day(text))


def test_a_laboratory_value_and_a_reported_event_are_toxicities_with_all_that_is_known_of_them():
    given = subject(
        form("2025-03-12", {"anc on 2025-03-11": {"value": "1400 /mm3", "low": "1800 /mm3"}, "adverse_event/1": TOLD}),
        form("2025-03-20", {"anc on 2025-03-19": {"value": "2000 /mm3"}}),
        form("2025-03-21", {"adverse_event_grade/1.1": {"event": "1", **row(3, "2025-03-15")}}),
    )
    neutrophils, table = "Neutrophils/granulocytes", CTCAE_3.standard
    two, three = Grade(2), Grade(3)
    told = {"term": "Fatigue", "related": True, "serious": False, "event": "e2", "standard": table}
    assert toxicities(given, CTCAE_3, LATER) == (
        Toxicity(**told, grade=two, onset=on("2025-03-10"), end=on("2025-03-14"), possible=(two,), adverse_event="1"),
        Toxicity(neutrophils, two, on("2025-03-11"), on("2025-03-18"), laboratory=True, event="e2", possible=(two,),
                 standard=table),
        Toxicity(**{**told, "event": "e2"}, grade=three, onset=on("2025-03-15"), possible=(three,), adverse_event="1"),
        Toxicity(neutrophils, None, on("2025-03-19"), laboratory=True, event="e3", possible=(Grade(0), Grade(1)),
                 standard=table),
    )  # fmt: skip


def test_a_grade_that_an_event_settled_lacks_nothing_and_says_so():
    reported = {"term": "Hyponatremia", "grade": 2, "start": "2025-03-15"}
    items = {"sodium on 2025-03-17": {"value": "127 mmol/L", "low": "135 mmol/L", "high": "145 mmol/L"}}
    given = subject(form("2025-03-17", {**items, "adverse_event/1": reported}))
    readings = graded_readings(given, CTCAE_5, LATER)
    [found] = [graded for term, _, _, graded in readings if term.short == "Hyponatremia"]
    assert found == Graded(
        Grade(2),
        "Hyponatremia grade 2 or 3, not gradable further: sodium 127 mmol/L on 2025-03-17, "
        "normal 135 mmol/L to 145 mmol/L; reported as grade 2",
        (),
        (Grade(2),),
    )


def worst(given: Case, safety_days: int = 30) -> dict[str, int | None]:
    found = worst_grades(given, CTCAE_3, day("2026-01-01"), safety_days)
    return {term: grade and grade.number for term, grade in found.items()}


@pytest.mark.parametrize(("start", "counted"), [("2025-07-20", True), ("2025-07-21", False)])
def test_where_no_last_dose_is_known_the_safety_time_runs_from_the_end_of_treatment(start, counted):
    """30 days after 20 June is 20 July."""
    given = subject(ended("2025-06-20"), form("2025-08-01", {"adverse_event/1": {**TOLD, "start": start}}))
    assert worst(given) == ({"Fatigue": 2} if counted else {})


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ((1, 2), {"Fatigue": 3}),
        ((2, 3), {}),
        # one of unknown grade may have been grade 3 to 5 before treatment, so that grade 3 need not be worse
        ((2, Missing("not_known")), {"Fatigue": None}),
    ],
)
def test_of_events_before_treatment_the_worst_that_each_can_have_been_is_held_against(before, expected):
    earlier = {f"adverse_event/{n}": {**TOLD, "grade": grade, "start": "2025-02-01"} for n, grade in enumerate(before)}
    given = subject(form("2025-03-12", {**earlier, "adverse_event/9": {**TOLD, "grade": 3}}))
    assert worst(given) == expected


def test_the_worst_grade_of_an_event_is_the_one_of_its_spans():
    spans = tuple(GradeSpan(Grade(n), on(f"2025-03-1{n}"), None, (n,), "CTCAE 3.0", "e1") for n in (2, 4, 3))
    event = AdverseEvent("1", "Fatigue", "Fatigue", on("2025-03-12"), None, spans)
    assert event.worst == Grade(4)


def test_a_response_that_no_assessment_confirmed_has_no_first_day():
    seen = [Assessment(day("2025-04-01"), "", Response.PR), Assessment(day("2025-05-01"), "", Response.SD)]
    assert best_response(seen, None, day("2025-03-03")).responded_on is None


# --- grades that are none -----------------------------------------------------------------------------------------


def test_a_row_without_a_grade_leaves_the_grade_unknown_from_its_day_on():
    row_without = {"adverse_event_grade/1.1": {"event": "1", "on": "2025-03-15"}}
    given = subject(form("2025-03-12", {"adverse_event/1": TOLD, **row_without}))
    assert spans(one(given)) == [(2, "2025-03-10", "2025-03-14"), (None, "2025-03-15", "")]
    assert findings(given) == ["Fatigue was reported with no grade in CTCAE 3.0."]


def test_a_later_entry_that_is_no_grade_leaves_it_unknown_until_the_next_one():
    given = subject(
        form("2025-03-12", {"adverse_event/1": TOLD}),
        form("2025-03-20", {"adverse_event/1/grade": "severe"}),
        form("2025-03-25", {"adverse_event/1/grade": 3}),
    )
    assert spans(one(given)) == [
        (2, "2025-03-10", "2025-03-19"),
        (None, "2025-03-20", "2025-03-24"),
        (3, "2025-03-25", ""),
    ]
    assert [each.event for each in one(given).spans] == ["e2", "e3", "e4"]


def test_where_one_of_two_grades_of_a_day_is_none_it_may_have_been_any():
    rows = {f"adverse_event_grade/1.{n}": {"event": "1", **row(grade, "2025-03-15")} for n, grade in ((1, 3), (2, "x"))}
    found = one(subject(form("2025-03-12", {"adverse_event/1": TOLD, **rows})))
    assert [(each.grade, each.possible) for each in found.spans] == [(Grade(2), (Grade(2),)), (None, ())]
    assert found.worst is None


@pytest.mark.parametrize(("asked", "grades"), [("2025-03-09", []), ("2025-03-11", [None]), ("2025-03-12", [2])])
def test_an_event_counts_from_its_first_day_and_has_no_grade_before_one_was_entered(asked, grades):
    """It began on 10 March and was entered on the 12th."""
    given = subject(form("2025-03-12", {"adverse_event/1": TOLD}))
    assert [each.grade and each.grade.number for each in toxicities(given, CTCAE_3, day(asked))] == grades


def test_a_first_grade_given_as_a_row_does_not_take_away_a_grade_entered_later():
    told = {"adverse_event/1": {**TOLD, "grade": Missing("not_known")}}
    first = {"adverse_event_grade/1.1": {"event": "1", **row(2, "2025-03-10")}}
    given = subject(form("2025-03-12", {**told, **first}), form("2025-03-20", {"adverse_event/1/grade": 3}))
    assert spans(one(given)) == [(2, "2025-03-10", "2025-03-19"), (3, "2025-03-20", "")]


def test_the_site_of_a_term_that_has_a_dash_itself_is_what_stands_after_the_last_one():
    given = subject(form("2025-03-12", {"adverse_event/1": {**TOLD, "term": "Pain - Other - back"}}))
    assert one(given).term == "Pain - Other - back"
