"""An endpoint of everybody registered waits for everybody registered, also where nobody is given a drug."""

from __future__ import annotations

import pytest

from builders import case, day, form, protocol, registered, screened
from trialwright.core.endpoints import readiness

SURVEY = {
    "id": "survey",
    "label": "Survey",
    "epoch": "screening",
    "anchor": "registration",
    "offset": "1 day",
    "window": [0, 7],
    "collect": ["anc"],
    "source": "plan",
}
SLEEP = {
    "id": "sleep",
    "label": "Sleep",
    "level": "primary",
    "variable": "value",
    "population": "registered",
    "concepts": ["anc"],
    "at": ["survey"],
    "time_frame": "1 day",
    "ready_when": "encounter_done",
    "source": "plan",
}
STUDY = protocol(sources={"plan": "The plan"}, regimen=[], arms=[], encounters=[SURVEY], endpoints=[SLEEP])
ENTERED = (screened("2025-03-01"), registered("2025-03-03"))
DONE = form("2025-03-04", {"visit/survey": {"encounter": "survey", "on": "2025-03-04", "done": "yes"}}, "survey")


@pytest.mark.parametrize(("events", "waits"), [(ENTERED, ("S01-001",)), ((*ENTERED, DONE), ())])
def test_it_waits_for_the_visit_of_who_was_never_treated(events: tuple, waits: tuple[str, ...]) -> None:
    one = case(*events, protocol=STUDY, on="2025-03-05")
    found = readiness(STUDY.endpoints[0], [one], STUDY, day("2025-03-05"), accrual_over=True)
    assert (found.waiting, found.ready, found.of) == (waits, not waits, 1)
