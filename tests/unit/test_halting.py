"""Registration goes on while the trial's own rules let it, and not while one is crossed, may be, or waits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import DRUG, changes, day, protocol
from conducting import STUDY, activated, counted, made, register, screened, study, trial, who
from trialwright.core.bundle import Standards
from trialwright.core.conduct import accrual_halts, refusals, subject_status, trial_status
from trialwright.core.conduct.halting import halts_since
from trialwright.core.ledger import AccrualResumed, AccrualSuspended, CourseStarted, FormSubmitted, Said
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.registration import Recruitment, record_life
from trialwright.core.terms import Quantity

RULE = {"id": "deaths", "quotes": ["too many deaths"], "label": "Deaths", "deaths": True, "first": 5, "at_least": 2}
COUNT = {
    "id": "low",
    "quotes": ["too low"],
    "counts": {"measure": "anc", "is": "< 500 /mm3"},
    "first": 5,
    "at_least": 1,
}
DEATH = Concept(id="death", label="death", fields=(Field(id="on", label="on", kind=Kind.DATE),), repeats=True)


def with_rule(rule: dict, planned: int = 9):
    own = replace(STUDY, safety=protocol(safety={"stopping": [rule]}).safety)
    own = replace(own, design=replace(own.design, accrual=replace(own.design.accrual, planned=planned)))
    told = trial(own)
    known = {**told.standards["1"].concepts, "death": DEATH, "anc": made("anc", Kind.QUANTITY, "/mm3")}
    return replace(told, standards={"1": Standards(told.standards["1"].units, known)})


UNDER = with_rule(RULE)


def treated(number: int, *, died: str = "", low: str = ""):
    """A registered and treated subject, who died on a day, or had a low count."""
    name = f"S01-00{number}"
    events = [screened(name), counted(subject=name), register(name)]
    events.append(
        CourseStarted(**who("2025-03-03", name), drug=DRUG, course=1, dose=Quantity.parse("10 mg"), said=Said(""))
    )
    told = {**({f"death/{number}": {"on": died}} if died else {}), **({f"anc on {low}": "400 /mm3"} if low else {})}
    return events + ([FormSubmitted(**who(died or low, name), form="f", items=changes(told))] if told else [])


START = (activated(), activated("S02"))
NEXT = "S01-009"


def refused(*events, on: str = "2025-04-10", under=UNDER) -> list[str]:
    """Why the next registration is refused."""
    new = [screened(NEXT), counted(on=on, subject=NEXT)]
    return [one.says for one in refusals(under, study(*START, *events, *new), register(NEXT, on=on))]


@pytest.mark.parametrize(("deaths", "halted"), [(1, False), (2, True), (3, True)])
def test_a_registration_below_at_and_above_the_limit_of_a_stopping_rule(deaths, halted) -> None:
    events = [one for number in range(1, 5) for one in treated(number, died="2025-04-01" if number <= deaths else "")]
    assert any("Registration is halted: Deaths" in says for says in refused(*events)) is halted


def test_a_rule_halts_from_the_day_it_is_crossed_and_not_before() -> None:
    events = [*treated(1, died="2025-04-01"), *treated(2, died="2025-04-05")]
    assert refused(*events, on="2025-04-04") == [] and refused(*events, on="2025-04-05") != []


def test_a_subject_without_data_keeps_the_next_one_out() -> None:
    known = treated(1, low="2025-03-10")
    assert "low" in refused(*known, under=with_rule(COUNT))[0]
    assert refused(*treated(1), under=with_rule(COUNT)) == [], "its first count is known and not low"
    blank = [one for one in treated(1) if not isinstance(one, FormSubmitted)]
    assert "may be crossed" in refused(*blank, under=with_rule(COUNT))[0]


def test_accrual_that_was_resumed_by_a_decision_goes_on_until_more_is_counted() -> None:
    events = [*treated(1, died="2025-04-01"), *treated(2, died="2025-04-02"), *treated(3)]
    whole = {**who("2025-04-03", None), "site": None}
    paused = [
        AccrualSuspended(**whole, why="deaths"),
        AccrualResumed(**{**whole, "occurred": day("2025-04-06")}, why="reviewed"),
    ]
    assert refused(*events, *paused) == []
    assert refused(*events, *paused, *treated(4, died="2025-04-08")) != []


def test_the_status_of_the_trial_tells_the_rule_and_the_halt() -> None:
    record = study(*START, *treated(1, died="2025-04-01"), *treated(2, died="2025-04-02"))
    told = trial_status(UNDER, record, day("2025-04-10"))
    assert told.monitored is not None and [one.state for one in told.monitored.stopping] == ["crossed"]
    assert [one.clause for one in told.findings] == ["deaths"]
    assert accrual_halts(trial(), record, day("2025-04-10")) == (), "a trial without rules is never halted"


@pytest.mark.parametrize(("subject", "over"), [("S01-001", False), ("S01-002", False), ("S01-003", True)])
def test_a_subject_registered_over_plan_has_the_deviation_and_those_before_have_none(subject, over) -> None:
    events = [one for number in (1, 2, 3) for one in treated(number)]
    found = subject_status(trial(), study(*START, *events), subject, day("2025-03-03")).deviations
    told = [(one.kind, one.severity, one.done) for one in found if one.kind == "registered over plan"]
    assert told == ([("registered over plan", "major", "number 3")] if over else [])


@pytest.mark.parametrize("on", ["2025-04-05", "2025-04-06", "2025-04-09", "2025-06-30", "2027-01-01"])
def test_since_when_the_rules_halt_registration_is_the_day_the_limit_was_reached(on) -> None:
    record = study(*START, *treated(1, died="2025-04-01"), *treated(2, died="2025-04-05"))
    found = halts_since(UNDER, record, day(on))
    assert found is not None and (found[0], found[2]) == (day("2025-04-05"), False)
    told = record_life(UNDER, record, day(on)).status
    assert (told.status, told.since) == (Recruitment.SUSPENDED, day("2025-04-05"))
    assert "Deaths" in told.why_stopped


def test_before_the_limit_and_after_a_decision_to_go_on_nothing_is_halted() -> None:
    record = study(*START, *treated(1, died="2025-04-01"), *treated(2, died="2025-04-05"))
    assert halts_since(UNDER, record, day("2025-04-04")) is None
    on = AccrualResumed(**{**who("2025-04-08", None), "site": None}, why="reviewed")
    resumed = study(*START, *treated(1, died="2025-04-01"), *treated(2, died="2025-04-05"), on)
    assert record_life(UNDER, resumed, day("2025-04-09")).status.status is Recruitment.RECRUITING
