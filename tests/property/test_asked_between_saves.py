"""What was asked of a subject before a save changes no answer after it: whatever is kept rests on nothing that changed.

A record that grows keeps what was worked out of its parts (observations put together, readings, grades, what was known
of an adverse event). The other way is the naive one: all events folded anew, nothing asked before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from generating_events import FIRST, SPAN, SUBJECT, events_of
from studies_at_hand import of_each_study, trial_of
from trialwright.core.conduct import Trial, case_and_status
from trialwright.core.oversight import automatic_queries
from trialwright.core.subject import StudyFold, StudyRecord, fold_study

days = st.integers(-30, SPAN + 60).map(lambda number: FIRST + timedelta(days=number))


def told(trial: Trial, study: StudyRecord, on: date) -> str:
    """Everything that holds for the subject, with the queries that its data raise."""
    case, status = case_and_status(trial, study, SUBJECT, on)
    return repr((status, case.graded, case.assessed, automatic_queries(case, status)))


@of_each_study
@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 40),
    asked=st.sets(st.integers(0, 60), max_size=8),
    on=st.lists(days, min_size=1, max_size=2),
)
def test_a_record_that_was_asked_as_it_grew_says_what_one_that_was_folded_at_once_says(
    folder, seed, count, asked, on
) -> None:
    trial = trial_of(folder)
    events = events_of(trial, seed, count)
    fold, kept = StudyFold(), []
    for place, event in enumerate(events):
        fold.take(event)
        if SUBJECT in fold.subjects and (place in asked or place == len(events) - 1):
            there = fold_study(events[: place + 1])
            grown = replace(there, subjects=dict(fold.subjects))
            kept.append((there, grown))
            assert told(trial, grown, on[0]) == told(trial, there, on[0])
    for there, grown in kept:  # also of a record that has grown since, and on another day
        assert told(trial, grown, on[-1]) == told(trial, there, on[-1])
