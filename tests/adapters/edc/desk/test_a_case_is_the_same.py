"""A subject's case is the same whether or not everything about the subject was judged before."""

from __future__ import annotations

from typing import Any

from trialwright.core.conduct import case_and_status, case_of


def test_a_case_by_itself_is_that_of_the_whole_status(running: Any) -> None:
    trial, record, day = running.trial, running.record, running.today
    for subject in sorted(record.subjects):
        assert case_of(trial, record, subject, day) == case_and_status(trial, record, subject, day)[0]
