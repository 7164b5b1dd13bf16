"""What is recorded, folded once and kept up to date, and what the protocol says against events that are to come.

Read `Known`, then `Judging`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from trialwright.core import oversight
from trialwright.core.conduct import Trial
from trialwright.core.ledger import (
    Event,
    EventVoided,
    PayloadRedacted,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubjectTransferred,
)
from trialwright.core.people import RosterFold
from trialwright.core.subject import StudyFold, StudyRecord
from trialwright.core.terms import Finding
from trialwright.store.door import Door

BEARS_ON_OTHERS = (SubjectScreened, SubjectRegistered, SubjectMoved, SubjectTransferred, EventVoided, PayloadRedacted)
"""Events of a subject after which an answer about another subject may differ: counts, the same person, redactions."""


@dataclass
class Known:
    """What is recorded, folded: of the study, of its people, of the protocols in force."""

    fold: StudyFold
    door: Door
    roster: RosterFold
    system_seq: int = 0
    common: int = 0
    last: datetime | None = None

    def take(self, event: Event) -> None:
        """One more event of the study's chain."""
        self.fold.take(event)
        self.door.take((event,))
        self.roster.take(event)
        self.common += event.subject is None or isinstance(event, BEARS_ON_OTHERS)
        self.last = event.recorded or self.last


class Judging:
    """What the protocol says against an event, after everything recorded and the events before it, folded once each."""

    def __init__(self, trial: Trial, known: Callable[[], Known], record: Callable[[], StudyRecord]) -> None:
        self.trial, self.known, self.record, self.taken = trial, known, record, 0
        self.fold: StudyFold | None = None

    def __call__(self, before: Sequence[Event], event: Event) -> Sequence[Finding]:
        """Against this event; `before` are those of the call before and more."""
        record = self._with(before) if before else self.record()
        return oversight.refusals(self.trial, record, event)

    def _with(self, before: Sequence[Event]) -> StudyRecord:
        self.fold = self.fold or fork(self.known().fold)
        for one in before[self.taken :]:
            self.fold.take(one)
        self.taken = len(before)
        return self.fold.study


def snapshot(fold: StudyFold) -> StudyRecord:
    """The record as it stands now, which later events do not change."""
    study = fold.study
    return replace(study, sites=dict(study.sites), subjects=dict(study.subjects), own=tuple(study.own))


def fork(fold: StudyFold) -> StudyFold:
    """A copy that takes events of its own."""
    again = {name: list(ids) for name, ids in fold.named_again.items()}
    own, sites, subjects = list(fold.own), dict(fold.sites), dict(fold.subjects)
    return replace(fold, sites=sites, subjects=subjects, own=own, named_again=again)
