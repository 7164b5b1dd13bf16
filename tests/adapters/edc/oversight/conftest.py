"""A site at work, and a patient of whom every page has something to show."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.edc.decisions.at_work import Site, at_work
from trialwright.core.conduct import subject_status
from trialwright.core.ledger import CourseStarted


@pytest.fixture
def site(running: Any) -> Site:
    """A site at work."""
    return at_work(running)


@pytest.fixture
def subject(running: Any) -> str:
    """A treated patient with a deviation."""
    on = running.today
    return next(
        name
        for name, record in sorted(running.record.subjects.items())
        if record.of_kind(CourseStarted) and subject_status(running.trial, running.record, name, on).deviations
    )
