"""Of several visits with one label, lists of what is to be done say which."""

from __future__ import annotations

from collections import Counter
from typing import Any


def test_no_two_visits_of_a_patient_are_called_alike_among_what_is_to_be_done(running: Any) -> None:
    from trialwright.adapters.edc.work.errands import called
    from trialwright.core.conduct import case_of
    from trialwright.core.schedule.visits import visits

    several = 0
    for subject in running.record.subjects.values():
        planned = visits(case_of(running.trial, running.record, subject.subject, running.today), running.today)
        alike = Counter(one.encounter.label for one in planned)
        several += max(alike.values(), default=0) > 1
        assert not [name for name, times in Counter(map(called, planned)).items() if times > 1]
    assert several, "some visit comes again, or nothing was tried"
