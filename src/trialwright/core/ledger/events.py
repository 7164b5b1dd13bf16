"""The kinds of event as frozen data, each saying what happened in the words of the trial; see the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from trialwright.core.terms import Quantity


@dataclass(frozen=True)
class Missing:
    """A value that is not there, and why: not_done, not_known, not_applicable, redacted."""

    code: str


Value = str | bool | int | Quantity | Missing | None


@dataclass(frozen=True)
class ItemPath:
    """Where an item belongs: concept, instance and field.

    >>> ItemPath.parse("anc/c1d1/value")
    ItemPath(concept='anc', instance='c1d1', field='value')
    """

    concept: str
    instance: str
    field: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "concept/instance/field"."""
        parts = text.split("/")
        if len(parts) != 3 or not all(parts):
            raise ValueError(f"{text!r} is not concept/instance/field")
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.concept}/{self.instance}/{self.field}"


@dataclass(frozen=True)
class Change:
    """One item that was entered (old is None) or changed."""

    path: str
    old: Value
    new: Value


@dataclass(frozen=True)
class Said:
    """What the program answered and the event rests on: verdict or dose, clauses, protocol and program version."""

    answer: str
    clauses: tuple[str, ...] = ()
    protocol: str = ""
    program: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event says. `occurred` is the clinical local date, `recorded` the instant it was written (UTC)."""

    actor: str
    role: str
    site: str | None
    occurred: date
    subject: str | None = None
    time: str = ""
    offset: str = ""
    zone: str = ""
    reason: str = ""
    protocol: str = ""
    id: str = ""
    seq: int = 0
    recorded: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StudyOpened(Event):
    """The first event of a study's ledger: which study, and whether the data are real or simulated, for ever."""

    study: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ProtocolActivated(Event):
    """A protocol version is in force at a site from this date on; registration uses it."""

    version: str
    file_hash: str
    approved_on: date


@dataclass(frozen=True, kw_only=True)
class ReferenceRangeSet(Event):
    """A laboratory's limits for an analyte at a site from this date on, for a sex and an age where they differ."""

    analyte: str
    low: Quantity | None = None
    high: Quantity | None = None
    sex: str | None = None
    age_from: int | None = None
    age_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class SubjectScreened(Event):
    """A person consented to be screened and was given a subject id."""

    version: str


@dataclass(frozen=True, kw_only=True)
class ScreeningFailed(Event):
    """Screening ended without registration."""

    said: Said
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class SubjectRegistered(Event):
    """Decision: the subject is on study, under the version in force at the site."""

    version: str
    planned_first_dose: date | None = None
    said: Said


@dataclass(frozen=True, kw_only=True)
class ArmAllocated(Event):
    """Decision: the subject's arm, from this place on the concealed list."""

    arm: str
    stratum: str = ""
    position: int = 0


@dataclass(frozen=True, kw_only=True)
class SubstudyJoined(Event):
    """The subject consented to a sub-study."""

    substudy: str


@dataclass(frozen=True, kw_only=True)
class SubjectMoved(Event):
    """The subject goes on under another protocol version from this date, after consent to it."""

    version: str


@dataclass(frozen=True, kw_only=True)
class FormSubmitted(Event):
    """Fact: items entered together, at an encounter or between."""

    form: str
    encounter: str = ""
    items: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class FormCorrected(Event):
    """Fact: items that were entered wrongly, with the reason of the correction."""

    form: str
    encounter: str = ""
    why: str
    items: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class CourseStarted(Event):
    """Decision: a course of a drug starts on this date at this dose; the date is day 1 of the course."""

    drug: str
    course: int
    dose: Quantity
    said: Said


@dataclass(frozen=True, kw_only=True)
class DoseReleased(Event):
    """Decision: so many days' supply of a drug was released to the subject."""

    drug: str
    course: int
    dose: Quantity
    days: int
    said: Said


@dataclass(frozen=True, kw_only=True)
class TreatmentEnded(Event):
    """Treatment is over for this reason; `last_dose` where one was taken."""

    why: str
    last_dose: date | None = None
    said: Said


@dataclass(frozen=True, kw_only=True)
class StudyLeft(Event):
    """The subject is off study: follow-up complete, lost, withdrawn or dead."""

    why: str


@dataclass(frozen=True, kw_only=True)
class QueryOpened(Event):
    """A question about an item."""

    item: str
    asks: str


@dataclass(frozen=True, kw_only=True)
class QueryAnswered(Event):
    """An answer to a question about an item."""

    item: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class QueryClosed(Event):
    """A question about an item is settled."""

    item: str


@dataclass(frozen=True, kw_only=True)
class Signed(Event):
    """Decision: a person signed this content, with this meaning."""

    meaning: str
    content_hash: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Locked(Event):
    """Decision: a subject's data may no longer change."""

    what: str


@dataclass(frozen=True, kw_only=True)
class Unlocked(Event):
    """Decision: a subject's data may change again, and why."""

    what: str
    why: str


KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        StudyOpened,
        ProtocolActivated,
        ReferenceRangeSet,
        SubjectScreened,
        ScreeningFailed,
        SubjectRegistered,
        ArmAllocated,
        SubstudyJoined,
        SubjectMoved,
        FormSubmitted,
        FormCorrected,
        CourseStarted,
        DoseReleased,
        TreatmentEnded,
        StudyLeft,
        QueryOpened,
        QueryAnswered,
        QueryClosed,
        Signed,
        Locked,
        Unlocked,
    )
}
"""Every kind of event by its name in the ledger."""
DECISIONS: tuple[type[Event], ...] = (
    SubjectRegistered,
    ArmAllocated,
    CourseStarted,
    DoseReleased,
    Signed,
    Locked,
    Unlocked,
)
"""Events the program guards: refused, with reasons, when a rule forbids them."""
