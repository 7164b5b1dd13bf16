"""Whatever happens in a trial: its registry record never runs ahead of the day, and an actual date stays."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import DRUG, changes
from conducting import activated, register, screened, study, trial, who
from trialwright.core.ledger import CourseStarted, Event, FormSubmitted, Said, StudyLeft, StudyStatusDeclared
from trialwright.core.registration import OVER, Posted, record_life, updates_due
from trialwright.core.terms import Quantity
from trialwright.standards.registration import FDAAA_801

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 200)


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Up to three subjects at two sites, some of whom left, and at most one declaration."""
    events: list[Event] = [activated(), activated("S02")]
    for number in range(draw(st.integers(0, 3))):
        came, site = FIRST + timedelta(days=draw(DAYS)), draw(st.sampled_from(["S01", "S02"]))
        name, on = f"{site}-00{number}", came.isoformat()
        dose = {"drug": DRUG, "course": 1, "dose": Quantity.parse("10 mg"), "said": Said("")}
        events += [screened(name, site), register(name, site, on=on), CourseStarted(**who(on, name, site), **dose)]
        if draw(st.booleans()):
            gone = (came + timedelta(days=draw(DAYS))).isoformat()
            seen = changes({f"anc on {gone}": "2000 /mm3"})
            events.append(FormSubmitted(**who(gone, name, site), form="f", items=seen))
            left = (date.fromisoformat(gone) + timedelta(days=draw(st.sampled_from([0, 30])))).isoformat()
            events.append(StudyLeft(**who(left, name, site), why="lost to follow-up"))
    if draw(st.booleans()):
        on = (FIRST + timedelta(days=draw(DAYS))).isoformat()
        status = draw(st.sampled_from(["closed to accrual", "terminated", "completed"]))
        events.append(StudyStatusDeclared(**{**who(on, None), "site": None}, status=status, why="so"))
    return events


@settings(max_examples=40)
@given(stories(), DAYS, DAYS)
def test_no_date_lies_after_the_day_asked_about_and_an_actual_one_stays(events, first, more) -> None:
    """Unless somebody is registered after the study was closed, which the door refuses and the ledger may hold."""
    record, days = study(*events), (FIRST + timedelta(days=first), FIRST + timedelta(days=first + more))
    before, after = (record_life(trial(), record, on) for on in days)
    for told in (before, after):
        dates = (told.start.on, told.primary_completion.on, told.completion.on, told.status.since, told.closed)
        assert all(one <= told.on for one in dates if one)
        assert (told.completion.on is None) or told.status.status in OVER
    assert before.start.on in (None, after.start.on)
    if before.registered == after.registered:
        assert before.primary_completion.on in (None, after.primary_completion.on)
        assert before.completion.on in (None, after.completion.on)


@settings(max_examples=40)
@given(stories(), DAYS)
def test_the_statuses_of_the_past_are_those_that_were_told_then(events, day) -> None:
    record, on = study(*events), FIRST + timedelta(days=day)
    whole = record_life(trial(), record, FIRST + timedelta(days=500)).history
    then = record_life(trial(), record, on).history
    assert [(one.status, one.since) for one in then] == [(one.status, one.since) for one in whole][: len(then)]


@settings(max_examples=40)
@given(stories(), DAYS)
def test_everything_to_be_told_has_its_reason_and_its_rule(events, day) -> None:
    life = record_life(trial(), study(*events), FIRST + timedelta(days=day))
    for one in updates_due(life, Posted(), FDAAA_801):
        assert one.field and one.because and one.source and one.says != one.should_say
        assert one.due is None or one.since is None or one.since <= one.due
