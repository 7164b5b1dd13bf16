"""A case told: what was recorded, the day asked about, what the program refused; and responses told by date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from trialwright.core.conduct import Trial
from trialwright.core.ledger import Event, SubjectRegistered
from trialwright.core.response import Assessment
from trialwright.core.subject import Case, StudyRecord, fold_study
from trialwright.core.terms import Finding, Response

SUBJECT, TELLER = "patient", "case"
Step = tuple[date, int, Event]
"""What happened, with its day and its place in the day."""


@dataclass(frozen=True)
class ToldResponses:
    """Responses by date as a case tells them, in the place of the instrument that would find them."""

    told: Mapping[date, Response]
    name: str = "told by the case"

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """The responses told, up to a day."""
        return tuple(Assessment(day, "", one, self.name) for day, one in sorted(self.told.items()) if day <= on)

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """Nothing is wrong with what is told."""
        return ()


@dataclass(frozen=True)
class Story:
    """A case told: the trial, what was recorded, the day asked about, and what the program refused."""

    trial: Trial
    version: str
    on: date
    events: tuple[Event, ...]
    refused: tuple[Finding, ...] = ()
    asked_to_register: SubjectRegistered | None = None
    record: StudyRecord = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "record", fold_study(self.events))
