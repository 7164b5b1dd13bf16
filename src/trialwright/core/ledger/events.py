"""The kinds of event as frozen data, each saying what happened in the words of the trial; see the package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from trialwright.core.ledger.values import Change, Said, later
from trialwright.core.terms import Quantity

CONSENT_SCOPES = ("study", "treatment", "follow-up", "stored specimens", "public records")
"""What a person may consent to, and withdraw from, by itself; "study" is all of it."""


DECLARED_STATUSES = (
    "closed to accrual", "open to accrual", "enrolling by invitation", "primary completion", "terminated", "completed",
)  # fmt: skip
"""What a sponsor declares of the study, or of a site, that no other event tells.

Nobody more is registered; registration goes on after that; people are chosen beforehand; the last datum of the primary
outcome was collected; stopped early for good; concluded.
"""


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
    """A protocol version is in force at a site from this date on; registration uses it.

    `approved_on` to `approved_until` is the ethics approval; without an end it holds until it is said to have ended.
    An approval that was renewed is the same version activated again.
    """

    version: str
    file_hash: str
    approved_on: date
    approved_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class ApprovalEnded(Event):
    """The ethics approval at a site ended: of one version, or of every version where none is named."""

    version: str = ""
    why: str


@dataclass(frozen=True, kw_only=True)
class AccrualSuspended(Event):
    """Nobody is registered from this date on: at the event's site, or anywhere where it names none."""

    why: str


@dataclass(frozen=True, kw_only=True)
class AccrualResumed(Event):
    """Registration goes on from this date: at the event's site, or everywhere where it names none."""

    why: str = ""


@dataclass(frozen=True, kw_only=True)
class StudyStatusDeclared(Event):
    """The sponsor declares where the study stands, or the event's site: one of `DECLARED_STATUSES`, and why."""

    status: str
    why: str = ""


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
    """A person consented to be screened and was given a subject id; `rescreens` is an earlier id of the same person."""

    version: str
    rescreens: str = later("")


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    """The subject consented to this protocol version, to all of the study or to parts of it (`CONSENT_SCOPES`).

    `document` names the form that was signed. Consent given again takes back a withdrawal of the same part.
    """

    version: str
    scope: tuple[str, ...] = ("study",)
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    """The subject withdrew from all of the study or from parts of it (`CONSENT_SCOPES`)."""

    scope: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class SubjectTransferred(Event):
    """The subject belongs to another site from this date on; what was drawn before was drawn at the earlier one."""

    to: str
    why: str = ""


ELIGIBLE, UNDETERMINED = "eligible", "undetermined"
"""What the program said of who met every criterion; and of whom it was not known whether they do."""


@dataclass(frozen=True, kw_only=True)
class ScreeningFailed(Event):
    """Screening ended without registration."""

    said: Said
    why: str = ""

    @property
    def against(self) -> tuple[str, ...]:
        """The criteria that spoke against entry; none where the program named none and something else ended it."""
        return () if self.said.answer in (ELIGIBLE, UNDETERMINED) else self.said.clauses


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
    """Fact: items entered together, at an encounter or between.

    `definition` is the SHA-256 of the text that says what the form asked, where it was filled in by a form.
    """

    form: str
    encounter: str = ""
    items: tuple[Change, ...]
    definition: str = later("")


@dataclass(frozen=True, kw_only=True)
class FormCorrected(Event):
    """Fact: items that were entered wrongly, with the reason of the correction; `definition` as of the form."""

    form: str
    encounter: str = ""
    why: str
    items: tuple[Change, ...]
    definition: str = later("")


@dataclass(frozen=True, kw_only=True)
class CourseStarted(Event):
    """Decision: a course of a drug starts on this date at this dose; the date is day 1 of the course."""

    drug: str
    course: int
    dose: Quantity
    said: Said


@dataclass(frozen=True, kw_only=True)
class DoseReleased(Event):
    """Decision: so many days' supply of a drug was released to the subject.

    `capsules` are those handed out, each strength as "42 x 10 mg"; empty where nobody wrote down how many.
    """

    drug: str
    course: int
    dose: Quantity
    days: int
    said: Said
    capsules: tuple[str, ...] = later(())


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
class SubjectFound(Event):
    """A subject who was lost to follow-up was found again and is followed on."""

    why: str = ""


@dataclass(frozen=True, kw_only=True)
class EventVoided(Event):
    """An event was entered by mistake, or for the wrong subject: it counts no more, and stays in the history.

    `voids` is its id; `entered_again_as` the id of the event that says it rightly, for this subject or another. Voiding
    a voiding restores what it voided.
    """

    voids: str
    why: str
    entered_again_as: str = ""


@dataclass(frozen=True, kw_only=True)
class PayloadRedacted(Event):
    """What an event said was erased, because it must not be kept; `actor` asked for it, another person approved it.

    `redacts` is the event's id. `stands` is what of it is still known: its day, its codes, and each item that is gone
    with `Missing("redacted")` in its place, so that nobody takes the gap for a "no".
    """

    redacts: str
    approved_by: str
    approver_role: str
    stands: tuple[Change, ...] = ()
