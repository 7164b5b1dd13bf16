"""What a rehearsal asks of the rules, and in which shape it is answered.

The simulation judges nothing: who may enter, what is due, which dose is given and whether treatment goes on is asked
of `Answers`, which the command line makes from the same functions that serve a real trial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from trialwright.core.ledger import Event, Said
from trialwright.core.subject import StudyRecord
from trialwright.core.terms import Finding, Quantity


@dataclass(frozen=True)
class Entering:
    """Whether a person may enter: eligible, not eligible or undetermined; the clauses that fail, the data missing."""

    word: str
    said: Said
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planned:
    """A visit not yet done: its key, encounter, due day and window; `gone` when its window has closed."""

    key: str
    encounter: str
    due: date
    earliest: date
    latest: date
    day_1: bool = False
    gone: bool = False


@dataclass(frozen=True)
class Dosing:
    """What to do about one drug today: give, hold, wait, rest, stop or none; what is said of the supply, if any."""

    action: str
    drug: str
    said: Said
    release: Said | None = None
    course: int | None = None
    dose: Quantity | None = None
    first: date | None = None
    last: date | None = None
    starts_course: bool = False
    next_check: date | None = None
    reason: str = ""
    missing: tuple[str, ...] = ()
    capsules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Going:
    """Whether treatment goes on: continue, may continue, off treatment or undecided."""

    action: str
    said: Said
    reason: str = ""


class Answers(Protocol):
    """The rules, as the simulation may ask them."""

    def entering(self, study: StudyRecord, subject: str, on: date) -> Entering:
        """Whether the person may enter on this day."""
        ...

    def visits(self, study: StudyRecord, subject: str, on: date) -> Sequence[Planned]:
        """The visits that are open or still to come, as planned on this day."""
        ...

    def doses(self, study: StudyRecord, subject: str, on: date) -> Sequence[Dosing]:
        """What to do about each drug on this day."""
        ...

    def going(self, study: StudyRecord, subject: str, on: date) -> Going:
        """Whether treatment goes on."""
        ...

    def refused(self, study: StudyRecord, event: Event) -> Sequence[Finding]:
        """Why a decision may not be taken; empty where it may."""
        ...
