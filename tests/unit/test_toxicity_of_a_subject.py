"""A subject's toxicities: laboratory values, reported events and their changes, and the worst grade under treatment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import case, condition, correction, course, day, ended, form, limits, taken
from trialwright.core.conditions import judge_condition
from trialwright.core.ledger import Missing
from trialwright.core.subject import Case
from trialwright.core.terms import Grade
from trialwright.core.toxicity import toxicities, toxicity_findings, worst_grades
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.units import UNITS

RANGES = (
    limits("anc", "1.8 10*9/L", "7.5 10*9/L"),
    limits("platelets", "150 10*9/L", "400 10*9/L"),
    limits("creatinine", "0.6 mg/dL", "1.2 mg/dL"),
)
START = course(1, "2025-03-03")
ANC = "Neutrophils/granulocytes"


def subject(*events, items=None, **others) -> Case:
    others.setdefault("ranges", RANGES)
    return case(*events, items=items, concepts=CONCEPTS, units=UNITS, **others)


def told(given: Case, on: str, term: str = "") -> list[tuple]:
    return [
        (one.term, one.grade and one.grade.number, str(one.onset), str(one.end or ""))
        for one in toxicities(given, CTCAE_3, day(on))
        if term in ("", one.term)
    ]


def worst(given: Case, on: str, safety_days: int = 30) -> dict[str, int | None]:
    found = worst_grades(given, CTCAE_3, day(on), safety_days)
    return {term: grade.number if grade else None for term, grade in found.items()}


def event(term: str, grade, start: str = "2025-03-10", **fields) -> dict:
    return {"term": term, "grade": grade, "start": start, "related": "yes", "serious": "no", **fields}


# --- laboratory ---------------------------------------------------------------------------------------------------


def test_a_laboratory_value_holds_until_the_day_before_the_next_one():
    given = subject(
        START,
        items={"anc on 2025-03-03": "2000 /mm3", "anc on 2025-03-10": "900 /mm3", "anc on 2025-03-17": "1600 /mm3"},
    )
    assert told(given, "2025-04-01", ANC) == [
        (ANC, 0, "2025-03-03", "2025-03-09"),
        (ANC, 3, "2025-03-10", "2025-03-16"),
        (ANC, 1, "2025-03-17", ""),
    ]
    assert told(given, "2025-03-10", ANC)[-1] == (ANC, 3, "2025-03-10", "")  # as known that day


def test_a_value_that_was_not_done_is_no_toxicity_and_does_not_end_the_one_before():
    given = subject(START, items={"anc on 2025-03-10": "900 /mm3", "anc on 2025-03-17": Missing("not_done")})
    assert told(given, "2025-04-01", ANC) == [(ANC, 3, "2025-03-10", "")]


def test_a_value_without_limits_of_normal_keeps_the_grades_it_can_have_and_is_a_finding():
    given = subject(START, items={"anc on 2025-03-10": "2000 /mm3"}, ranges=())
    [one] = [one for one in toxicities(given, CTCAE_3, day("2025-03-10")) if one.term == ANC]
    assert (one.grade, one.possible) == (None, (Grade(0), Grade(1)))
    [finding] = toxicity_findings(given, CTCAE_3, day("2025-03-10"))
    assert "LLN of anc" in finding.do


def test_the_limits_printed_on_the_report_win_over_those_of_the_site():
    items = {"anc/u1": {"value": "1600 /mm3", "low": "1500 /mm3", "on": "2025-03-10"}}
    assert told(subject(START, items=items), "2025-03-10", ANC) == [(ANC, 0, "2025-03-10", "")]


def test_a_correction_of_a_value_changes_the_grade():
    given = subject(
        START, form("2025-03-10", {"anc/u1/value": "90 /mm3"}), correction("2025-03-20", {"anc/u1/value": "9000 /mm3"})
    )
    assert [row[1] for row in told(given, "2025-03-10", ANC)] == [0]


# --- reported events ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reported", "term"),
    [
        ("Fatigue", "Fatigue"),
        ("fatigue (asthenia, lethargy, malaise)", "Fatigue"),
        ("Neutropenia", ANC),
        ("Pain - back", "Pain - back"),
        ("Pain - Other (Specify, __)", "Pain - Other"),
        ("Tumor flare", "Tumor flare"),
        ("Something new", "Something new"),
    ],
)
def test_a_reported_term_gets_the_name_of_the_table_whatever_way_it_is_written(reported, term):
    given = subject(START, items={"adverse_event/1": event(reported, 2)})
    assert told(given, "2025-03-20") == [(term, 2, "2025-03-10", "")]


@pytest.mark.parametrize(
    ("term", "grade", "counted"),
    [
        ("Fatigue", 1, 1),
        ("Fatigue", 4, 4),
        ("Fatigue", 5, None),  # version 3.0 has grades 1 to 4 for it
        ("Fatigue", "3", 3),
        ("Fatigue", 0, None),
        ("Fatigue", 6, None),
        ("Fatigue", "2.5", None),
        ("Fatigue", "severe", None),
        ("Fatigue", Missing("not_known"), None),
        ("Febrile neutropenia", 2, None),  # it begins at grade 3
        ("Febrile neutropenia", 3, 3),
        ("Something new", 5, 5),
        ("Something new", 6, None),
    ],
)
def test_a_grade_the_term_does_not_have_is_unknown_and_a_finding(term, grade, counted):
    given = subject(START, items={"adverse_event/1": event(term, grade)})
    assert told(given, "2025-03-20") == [(term, counted, "2025-03-10", "")]
    about_grade = [
        one for one in toxicity_findings(given, CTCAE_3, day("2025-03-20")) if "was reported with" in one.says
    ]
    assert len(about_grade) == (counted is None)


def test_a_term_the_table_lacks_is_kept_and_the_near_miss_is_offered():
    given = subject(START, items={"adverse_event/1": event("Pruritis", 2)})
    [finding] = toxicity_findings(given, CTCAE_3, day("2025-03-20"))
    assert "Pruritus" in finding.do
    assert told(given, "2025-03-20") == [("Pruritis", 2, "2025-03-10", "")]


def test_an_event_without_a_start_counts_from_the_day_it_was_entered_and_is_a_finding():
    given = subject(START, form("2025-03-12", {"adverse_event/1": {"term": "Fatigue", "grade": 2}}))
    assert told(given, "2025-03-20") == [("Fatigue", 2, "2025-03-12", "")]
    [finding] = toxicity_findings(given, CTCAE_3, day("2025-03-20"))
    assert "no start date" in finding.says


def test_a_later_entry_of_the_grade_is_a_change_from_that_day_and_nothing_later_is_known_before():
    given = subject(
        START,
        form("2025-03-10", {"adverse_event/1": event("Fatigue", 1)}),
        form("2025-03-17", {"adverse_event/1/grade": 3}),
        form("2025-03-24", {"adverse_event/1/grade": 2, "adverse_event/1/end": "2025-03-30"}),
    )
    assert told(given, "2025-04-10") == [
        ("Fatigue", 1, "2025-03-10", "2025-03-16"),
        ("Fatigue", 3, "2025-03-17", "2025-03-23"),
        ("Fatigue", 2, "2025-03-24", "2025-03-30"),
    ]
    assert [row[1] for row in told(given, "2025-03-17")] == [1, 3]
    assert [row[1] for row in told(given, "2025-03-16")] == [1]


def test_a_grade_entered_again_unchanged_is_no_change():
    given = subject(
        START,
        form("2025-03-10", {"adverse_event/1": event("Fatigue", 3)}),
        form("2025-03-31", {"adverse_event/1/grade": "3", "adverse_event/1/ongoing": "yes"}),
    )
    assert told(given, "2025-04-10") == [("Fatigue", 3, "2025-03-10", "")]


def test_an_event_that_is_only_said_to_be_over_was_over_by_the_day_that_was_entered():
    given = subject(
        START,
        form("2025-03-10", {"adverse_event/1": event("Fatigue", 3, ongoing="yes")}),
        form("2025-03-24", {"adverse_event/1/ongoing": "no"}),
    )
    assert told(given, "2025-04-10") == [("Fatigue", 3, "2025-03-10", "2025-03-24")]
    [finding] = toxicity_findings(given, CTCAE_3, day("2025-04-10"))
    assert "no end date" in finding.says


def test_a_correction_of_the_grade_replaces_what_was_wrong():
    given = subject(
        START,
        form("2025-03-10", {"adverse_event/1": event("Fatigue", 4)}),
        correction("2025-03-20", {"adverse_event/1/grade": 1}),
    )
    assert told(given, "2025-03-21") == [("Fatigue", 1, "2025-03-10", "")]


def test_an_event_without_a_name_still_counts_and_is_an_error():
    given = subject(START, items={"adverse_event/1": event(Missing("not_known"), 4)})
    assert told(given, "2025-03-20") == [("adverse event without a name", 4, "2025-03-10", "")]
    [finding] = toxicity_findings(given, CTCAE_3, day("2025-03-20"))
    assert finding.severity.value == "error"


def test_an_event_entered_by_mistake_and_emptied_by_a_correction_is_none():
    entered = event("Fatigue", 4)
    emptied = {f"adverse_event/1/{name}": None for name in entered}
    given = subject(START, form("2025-03-10", {"adverse_event/1": entered}), correction("2025-03-11", emptied))
    assert told(given, "2025-03-20") == []
    assert toxicity_findings(given, CTCAE_3, day("2025-03-20")) == ()


@pytest.mark.parametrize(("said", "related"), [("yes", True), ("no", False), (Missing("not_known"), None)])
def test_the_relation_to_treatment_is_as_the_investigator_says_and_unknown_stays_unknown(said, related):
    given = subject(START, items={"adverse_event/1": event("Fatigue", 2, related=said)})
    assert [one.related for one in toxicities(given, CTCAE_3, day("2025-03-20"))] == [related]


# --- the worst grade under treatment ------------------------------------------------------------------------------


def test_before_the_first_dose_nothing_is_treatment_emergent():
    given = subject(items={"adverse_event/1": event("Fatigue", 2), "anc on 2025-03-10": "900 /mm3"})
    assert worst(given, "2025-03-20") == {}


@pytest.mark.parametrize(
    ("before", "during", "grade"),
    [
        ("2000 /mm3", "900 /mm3", {ANC: 3}),
        ("1600 /mm3", "1600 /mm3", {}),  # grade 1 before and during
        ("1400 /mm3", "1600 /mm3", {}),  # better than before
        ("1600 /mm3", "1400 /mm3", {ANC: 2}),
        ("2000 /mm3", "2000 /mm3", {}),
        (None, "1600 /mm3", {ANC: 1}),  # nothing before: counted as absent then
    ],
)
def test_a_laboratory_grade_counts_where_it_is_worse_than_before_treatment(before, during, grade):
    items = {"anc on 2025-03-17": during, **({"anc on 2025-02-20": before} if before else {})}
    assert worst(subject(START, items=items), "2025-03-20") == grade


def test_the_last_value_up_to_the_day_of_the_first_dose_is_the_one_before_treatment():
    items = {"anc on 2025-02-20": "2000 /mm3", "anc on 2025-03-03": "1400 /mm3", "anc on 2025-03-17": "1200 /mm3"}
    assert worst(subject(START, items=items), "2025-03-20") == {}


def test_a_grade_that_is_not_known_and_could_be_the_worst_makes_the_worst_unknown():
    items = {"creatinine on 2025-02-20": "1.0 mg/dL", "creatinine on 2025-03-17": "3.0 mg/dL"}
    assert worst(subject(START, items=items), "2025-03-20") == {"Creatinine": 2}
    assert worst(subject(START, items=items, ranges=()), "2025-03-20") == {"Creatinine": None}


def test_a_grade_that_is_not_known_and_could_not_be_the_worst_does_not_matter():
    items = {"anc on 2025-02-20": "2000 /mm3", "anc on 2025-03-10": "900 /mm3", "anc on 2025-03-17": "2000 /mm3"}
    assert worst(subject(START, items=items, ranges=()), "2025-03-20") == {ANC: 3}


@pytest.mark.parametrize(
    ("start", "counted"),
    [
        ("2025-03-02", False),  # the day before the first dose
        ("2025-03-03", True),
        ("2025-07-15", True),  # 30 days after the last dose of 2025-06-15
        ("2025-07-16", False),
    ],
)
def test_an_event_counts_from_the_first_dose_to_the_end_of_the_safety_time(start, counted):
    given = subject(
        START,
        taken(1, "2025-03-03", "2025-06-15"),
        ended("2025-06-20", last_dose="2025-06-15"),
        items={"adverse_event/1": event("Fatigue", 3, start)},
    )
    assert worst(given, "2026-01-01") == ({"Fatigue": 3} if counted else {})


def test_without_a_safety_time_in_the_protocol_every_event_since_the_first_dose_counts():
    given = subject(
        START,
        taken(1, "2025-03-03", "2025-06-15"),
        ended("2025-06-20", last_dose="2025-06-15"),
        items={"adverse_event/1": event("Fatigue", 3, "2025-09-01")},
    )
    assert {term: grade.number for term, grade in worst_grades(given, CTCAE_3, day("2026-01-01"), None).items()} == {
        "Fatigue": 3
    }


def test_while_treatment_goes_on_every_event_since_the_first_dose_counts():
    given = subject(
        START, taken(1, "2025-03-03", "2025-03-23"), items={"adverse_event/1": event("Fatigue", 3, "2025-06-01")}
    )
    assert worst(given, "2025-06-02") == {"Fatigue": 3}


@pytest.mark.parametrize(
    ("before", "grade"),
    [
        (event("Fatigue", 2, "2025-02-01"), {}),  # still there at the first dose, and not worse after it
        (event("Fatigue", 1, "2025-02-01"), {"Fatigue": 2}),
        (event("Fatigue", 2, "2025-02-01", end="2025-02-20"), {"Fatigue": 2}),  # over before treatment
        (event("Fatigue", 2, "2025-02-01", end="2025-03-03"), {}),
        (event("Fatigue", Missing("not_known"), "2025-02-01"), {"Fatigue": None}),
    ],
)
def test_an_event_that_was_there_before_counts_only_where_it_is_worse(before, grade):
    items = {"adverse_event/1": before, "adverse_event/2": event("Fatigue", 2, "2025-03-10")}
    assert worst(subject(START, items=items), "2025-03-20") == grade


def test_an_event_that_worsens_under_treatment_counts_with_its_later_grade():
    given = subject(
        form("2025-02-20", {"adverse_event/1": event("Fatigue", 1, "2025-02-01")}),
        START,
        form("2025-03-17", {"adverse_event/1/grade": 3}),
    )
    assert worst(given, "2025-03-20") == {"Fatigue": 3}


def test_a_start_known_to_the_month_of_the_first_dose_counts():
    given = subject(START, items={"adverse_event/1": event("Fatigue", 3, "2025-03")})
    assert worst(given, "2025-03-20") == {"Fatigue": 3}


def test_a_reported_event_and_a_laboratory_value_of_one_term_are_one_term():
    given = subject(
        START, items={"anc on 2025-03-10": "1200 /mm3", "adverse_event/1": event("Neutropenia", 3, "2025-03-12")}
    )
    assert worst(given, "2025-03-20") == {ANC: 3}


# --- what a condition makes of it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [(">= 3", "not met"), (">= 2", "not met"), (">= 1", "unknown"), ("<= 1", "met"), ("<= 0", "unknown")],
)
def test_a_grade_that_is_0_or_1_decides_where_both_decide_alike(limit, verdict):
    given = subject(START, items={"anc on 2025-03-10": "2000 /mm3"}, ranges=())
    judged = replace(given, graded=toxicities(given, CTCAE_3, day("2025-03-10")))
    words = {"grade": ANC, "is": limit, "laboratory": True}
    assert judge_condition(condition(**words), judged.facts(day("2025-03-10"))).verdict.value == verdict


def test_each_value_is_graded_by_the_limits_in_force_at_the_site_on_its_day():
    later = limits("creatinine", "0.6 mg/dL", "1.0 mg/dL")
    moved = replace(later, occurred=day("2025-03-15"))
    items = {"creatinine on 2025-03-10": "1.2 mg/dL", "creatinine on 2025-03-17": "1.2 mg/dL"}
    given = subject(START, items=items, ranges=(*RANGES, moved))
    assert [row[1] for row in told(given, "2025-04-01", "Creatinine")] == [0, 1]


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [("Pain", "met"), ("pain", "met"), ("Pain - back", "met"), ("any", "met"), ("Fatigue", "unknown")],
)
def test_an_event_with_its_site_is_an_event_of_its_term(asked, verdict):
    given = subject(START, items={"adverse_event/1": event("Pain - back", 3)})
    judged = replace(given, graded=toxicities(given, CTCAE_3, day("2025-03-20")))
    answer = judge_condition(condition(**{"grade": asked, "is": ">= 3"}), judged.facts(day("2025-03-20")))
    assert answer.verdict.value == verdict  # nobody was asked for events in general, so another term stays unknown
