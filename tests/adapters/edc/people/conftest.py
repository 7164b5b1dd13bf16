"""A clock that is moved by hand, and somebody who was invited."""

from __future__ import annotations

from typing import Any

import pytest

from signing_in import Clock, Someone


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The application's time, moved by hand."""
    return Clock(monkeypatch)


@pytest.fixture
def someone(running: Any, clock: Clock) -> Someone:
    """An invited person who has done nothing yet."""
    return Someone(clock)
