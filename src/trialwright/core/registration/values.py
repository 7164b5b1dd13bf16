"""The small values of a registry record's life: statuses, dates with their type, limits, and what is to be updated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from trialwright.core.terms import Duration, PartialDate, Verdict


class Recruitment(Enum):
    """Recruitment status of a study or a site (ClinicalTrials.gov); a study runs through some of them, in any order."""

    NOT_YET_RECRUITING = "not yet recruiting"
    RECRUITING = "recruiting"
    ENROLLING_BY_INVITATION = "enrolling by invitation"
    ACTIVE_NOT_RECRUITING = "active, not recruiting"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


OPEN = (Recruitment.NOT_YET_RECRUITING, Recruitment.RECRUITING, Recruitment.ENROLLING_BY_INVITATION)
STOPPED = (Recruitment.SUSPENDED, Recruitment.TERMINATED, Recruitment.WITHDRAWN)
"""Statuses of a study that was stopped: the record says why."""
OVER = (Recruitment.TERMINATED, Recruitment.WITHDRAWN, Recruitment.COMPLETED)
"""Statuses after which nobody is treated or examined any more."""


@dataclass(frozen=True)
class Stands:
    """A recruitment status, the day since which it holds (None: not known), and what it follows from, in words."""

    status: Recruitment
    since: date | None
    because: str
    why_stopped: str = ""


@dataclass(frozen=True)
class Reached:
    """A day that the study reached, or what keeps it from being reached: `waiting` names who, or what.

    `known` is the day from which it could be known, where that is later: who was lost was seen last before.
    """

    on: date | None
    because: str
    waiting: tuple[str, ...] = ()
    known: date | None = None

    @property
    def since(self) -> date | None:
        """The day from which the registry can be told."""
        return self.known or self.on


@dataclass(frozen=True)
class PostedDate:
    """A date of the posted record, as precise as it is there; `actual` is None where the record has no type for it."""

    on: PartialDate
    actual: bool | None = None


@dataclass(frozen=True)
class Posted:
    """What the posted record says of the study's life; None is what it does not say.

    `unknown_status` is a status the registry set because nobody verified the record; `status` is the last that was
    known. `sites` are the statuses by the place's name, None where the record gives a place without one. `applies` is
    whether the law binds the study, with the reason in `applies_because`.
    """

    status: Recruitment | None = None
    unknown_status: bool = False
    why_stopped: str = ""
    verified: PartialDate | None = None
    last_update: PartialDate | None = None
    first_posted: PartialDate | None = None
    start: PostedDate | None = None
    primary_completion: PostedDate | None = None
    completion: PostedDate | None = None
    enrolled: int | None = None
    enrolled_actual: bool | None = None
    sites: Mapping[str, Recruitment | None] = field(default_factory=dict)
    results_submitted: date | None = None
    delay_certified: date | None = None
    applies: Verdict = Verdict.UNKNOWN
    applies_because: str = ""


@dataclass(frozen=True)
class RegistryLimit:
    """How long after something the registry must know it, by which rule.

    `started_from`: the rule holds for studies that started on or after this day.
    """

    within: Duration
    after: str
    source: str
    started_from: date | None = None


@dataclass(frozen=True)
class RegistryLimits:
    """The limits of a registry's law, by what they are for (`LIMITS`).

    Nothing was due before the law was `in_force`, nor ever of a study that reached its primary completion before.
    """

    name: str
    by: Mapping[str, RegistryLimit]
    in_force: date = date.min


LIMITS: tuple[str, ...] = (
    "registration",
    "overall status",
    "site status",
    "start date",
    "primary completion date",
    "completion date",
    "enrollment",
    "verification",
    "amendment",
    "results",
    "results after certification",
    "unknown status",
)
"""What a registry's law limits; a set of limits has one for each."""


@dataclass(frozen=True)
class Update:
    """One thing the record should be told: what it says, what it should say, since when, by when, and why.

    `due` is None where the law sets no day. `late` is unknown where the record is not precise enough to tell.
    """

    field: str
    says: str
    should_say: str
    since: date | None
    due: date | None
    late: Verdict
    because: str
    source: str

    def days_late(self, on: date) -> int:
        """Days since the last day on which it was in time; nothing before."""
        return max((on - self.due).days, 0) if self.due else 0
