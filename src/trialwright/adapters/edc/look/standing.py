"""How a visit or a specimen stands on a day, as pages say it: due while its window is open, overdue once it is over.

The core calls a visit overdue from the day after the one it was planned for, since later courses move with it, and
missed once its window is over. Whoever makes and enters visits asks something else: may it still be made in time, and
is anything of it recorded? Read `standing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from trialwright.adapters.edc.look.writing import day
from trialwright.core.schedule import Sample, Visit
from trialwright.core.schedule.visits import matched, visits
from trialwright.core.subject import Case

OPEN = ("due", "overdue")
"""What waits for somebody."""


@dataclass(frozen=True)
class Standing:
    """The word of a state, and in words until or since when."""

    state: str
    when: str = ""


def standing(case: Case, visit: Visit, on: date) -> Standing:
    """How a visit stands; one of which nothing is recorded is overdue from the day after its window on."""
    if visit.state not in (*OPEN, "missed"):
        return Standing(visit.state)
    over = visit.latest < on
    if visit.state == "missed" and visit.key in matched(case, on).of:
        return Standing("missed")
    state = "overdue" if over else "due"
    return Standing(state, when_of(visit, state))


class Windowed(Protocol):
    """Whatever has a last day of a window."""

    @property
    def latest(self) -> date:
        """The last day."""


def when_of(visit: Windowed, state: str) -> str:
    """In words until when a visit is due, or since when it is overdue."""
    if state == "due":
        return _("window until %(day)s") % {"day": day(visit.latest)}
    return _("since %(day)s") % {"day": day(overdue_since(visit))} if state == "overdue" else ""


def overdue_since(visit: Windowed) -> date:
    """The first day after the window."""
    return visit.latest + timedelta(days=1)


def unrecorded(case: Case, on: date) -> Iterator[Visit]:
    """Visits whose window is over and of which nobody recorded anything, not even that they were not made."""
    there = matched(case, on).of
    yield from (one for one in visits(case, on) if one.state == "missed" and one.key not in there)


def sample_state(sample: Sample, on: date) -> str:
    """The state of a planned specimen: one that was not taken is due as long as the window of its visit is open."""
    return "due" if sample.state == "overdue" and on <= sample.visit.latest else sample.state
