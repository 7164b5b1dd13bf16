"""Eligibility: the whole answer of a criterion, of one that points to others, and of one that waits for a date."""

from __future__ import annotations

import pytest

from builders import case, day, protocol, registered
from trialwright.core.eligibility import CriterionAnswer, Eligibility, judge_eligibility
from trialwright.core.terms import Because, Evidence, Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ON = "2025-03-15"
ASK = [{"id": f"c{n}", "quotes": [f"criterion {n}"], "must": {"ask": f"q{n}"}} for n in range(2)]
SEE = {"id": "a", "quotes": ["as below"], "see": ["c0", "c1"]}
SEE_NOBODY = {**SEE, "see": ["c0", "c1", "nobody"]}


def judged(criteria: list[dict], items: dict | None = None, *events, on: str = ON) -> Eligibility:
    study = protocol(eligibility=criteria)
    return judge_eligibility(case(*events, protocol=study, items=items, on="2025-01-01"), day(on))


def saw(name: str, value: str) -> Evidence:
    return Evidence(name, value, "2025-01-01", "e1")


@pytest.mark.parametrize(
    ("words", "verdict", "told"),
    [
        ({}, M, "it restricts nothing"),
        ({"must": {"all": []}}, M, "it asks nothing of the subject"),
        ({"must_not": {"all": []}}, N, ""),
    ],
)
def test_a_criterion_that_asks_nothing_is_told_with_its_clause_and_its_words(words, verdict, told) -> None:
    answer = CriterionAnswer("sexes", verdict, (Because("sexes", "Sexes: all", told),))
    found = judged([{"id": "sexes", "quotes": ["Sexes: all"], **words}])
    assert found == Eligibility(day(ON), verdict, (answer,), None)


@pytest.mark.parametrize(
    ("criterion", "items", "verdict", "told", "evidence", "missing"),
    [
        # what decides is told, and nothing beside it
        (SEE, {"q0": "yes", "q1": "yes"}, M, "c0: q0 is yes on 2025-01-01; c1: q1 is yes on 2025-01-01",
         (saw("q0", "yes"), saw("q1", "yes")), ()),
        (SEE, {"q0": "no", "q1": "yes"}, N, "c0: q0 is no on 2025-01-01", (saw("q0", "no"),), ()),
        (SEE, {"q0": "no"}, N, "c0: q0 is no on 2025-01-01", (saw("q0", "no"),), ()),
        (SEE, {"q0": "yes"}, U, "c1: no q1 recorded", (), ("q1",)),
        (SEE_NOBODY, {"q0": "no"}, N, "c0: q0 is no on 2025-01-01", (saw("q0", "no"),), ()),
        (SEE_NOBODY, {"q0": "yes"}, U, "c1: no q1 recorded", (), ("q1", "what a points to")),
        (SEE_NOBODY, {"q0": "yes", "q1": "yes"}, U, "what a points to", (), ("what a points to",)),
    ],
)  # fmt: skip
def test_a_criterion_that_points_to_others_tells_what_decided(criterion, items, verdict, told, evidence, missing):
    answer = judged([criterion, *ASK], items).criteria[0]
    assert answer == CriterionAnswer("a", verdict, (Because("a", "as below", told),), evidence, missing)


@pytest.mark.parametrize(
    ("on", "word", "until"),
    [
        ("2025-03-15", "not eligible", "2025-03-24"),
        ("2025-03-23", "not eligible", "2025-03-24"),
        ("2025-03-24", "eligible", None),
        ("2025-03-25", "eligible", None),
    ],
)
def test_so_many_days_since_a_date_are_over_on_a_day_that_is_told(on, word, until) -> None:
    """14 days after the first dose planned for 10 March is 24 March."""
    waits = [{"id": "wait", "must": {"elapsed": "first_dose", "is": "14 days"}}]
    found = judged(waits, None, registered("2025-03-08", planned_first_dose="2025-03-10"), on=on)
    assert (found.word, found.holds_until) == (word, day(until) if until else None)
    unplanned = judged(waits, on=on)
    assert (unplanned.word, unplanned.holds_until) == ("undetermined", None)


@pytest.mark.parametrize(
    ("on", "word", "until"),
    [
        ("2025-03-15", "not eligible", "2025-03-16"),
        ("2025-03-16", "eligible", "2025-03-21"),
        ("2025-03-20", "eligible", "2025-03-21"),
        # its history of 10 March lies in 10 to 14 days before until 24 March
        ("2025-03-21", "not eligible", "2025-03-25"),
    ],
)
def test_an_episode_counts_from_the_near_end_of_its_time_to_the_far_one(on, word, until) -> None:
    """10 to 14 days after one day of therapy on 6 March are 16 to 20 March."""
    criterion = {"id": "had", "must": {"had": "prior_therapy", "between": "10-14 days"}}
    study = protocol(eligibility=[criterion], reviews=[{"of": "prior_therapy", "valid_for": "28 days"}])
    therapy = {"code": "x", "start": "2025-03-06", "end": "2025-03-06"}
    items = {"prior_therapy/1": therapy, "prior_therapy_review on 2025-03-10": "listed"}
    found = judge_eligibility(case(protocol=study, items=items, on="2025-01-01"), day(on))
    assert (found.word, found.holds_until) == (word, day(until))
