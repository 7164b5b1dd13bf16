"""What decides about a subject: criteria, regimens with their dose rules, continuation, medication, obligations.

Read `Regimen` first: it holds the gates of a course, the rules that change a dose, and the limits of treatment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, ClassVar

from trialwright.core.conditions import ALWAYS, Condition
from trialwright.core.protocol.clause import Clause
from trialwright.core.terms import DaySpan, Duration, Quantity


@dataclass(frozen=True, kw_only=True)
class Criterion(Clause):
    """One eligibility criterion; met always means good for entry, whichever of must and must_not it is written as."""

    must: Condition | None = None
    must_not: Condition | None = None
    see: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DosePlan:
    """The dose of each course: start, a step up each course, the most, the least."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    start: Quantity
    step: Quantity | None = None
    maximum: Quantity | None = None
    floor: Quantity | None = None
    steps_up_after_reduction: bool = False


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Interrupt until a condition holds, then resume so much lower."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    until: Condition
    resume_lower_by: Quantity | None = None


@dataclass(frozen=True, kw_only=True)
class DoseAction:
    """What a dose rule does: exactly one of these.

    `reduce_by` and `resume_lower_by` count from the dose the course began with, so that one toxicity lowers it once.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    stop: str | None = None
    hold: Hold | None = None
    reduce_by: Quantity | None = None
    no_step_up: bool = False
    cap: Quantity | None = None
    warn: str | None = None


@dataclass(frozen=True, kw_only=True)
class DoseRule(Clause):
    """When a condition holds, do something about the dose."""

    when: Condition
    then: DoseAction


@dataclass(frozen=True, kw_only=True)
class Delay(Clause):
    """What happens when a course may not start: try again after `by`, stop after `at_most`."""

    by: Duration
    at_most: Duration
    then_stop: str


@dataclass(frozen=True, kw_only=True)
class CourseGate(Clause):
    """A condition for starting a course, or for releasing a dose; `first_course: false` leaves the first one out."""

    when: Condition
    first_course: bool = True


@dataclass(frozen=True, kw_only=True)
class CourseLimit(Clause):
    """No course may start whose `last_day` would fall later than `within` after the first dose."""

    within: Duration | None = None
    last_day: int | None = None
    courses: int | None = None
    reason: str = "completed"


class Frequency(Enum):
    """How often a dose is taken on a day of dosing (CDISC FREQ: QD, BID, TID, QID)."""

    QD = "once daily"
    BID = "twice daily"
    TID = "three times daily"
    QID = "four times daily"

    @property
    def per_day(self) -> int:
        """The number of intakes on a day of dosing."""
        return (*type(self),).index(self) + 1


@dataclass(frozen=True, kw_only=True)
class Stock:
    """When and where a strength can be had; days and sites that are left open are all of them."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    strength: Quantity
    since: date | None = None
    until: date | None = None
    sites: tuple[str, ...] = ()

    def holds(self, site: str, on: date) -> bool:
        """Whether it can be had at a site on a day."""
        in_time = (self.since is None or self.since <= on) and (self.until is None or on <= self.until)
        return in_time and (not self.sites or site in self.sites)


@dataclass(frozen=True, kw_only=True)
class Supply(Clause):
    """How much may be handed out at a time: `at_most`, and more before that is used up only where `refills`."""

    at_most: Duration
    refills: bool = False


@dataclass(frozen=True, kw_only=True)
class Regimen(Clause):
    """How one drug is given: dose of one intake, days and length of a course, and the rules that change them."""

    drug: str
    arms: tuple[str, ...] = ()
    route: str = ""
    frequency: Frequency = Frequency.QD
    cycle: Duration
    days: DaySpan
    dose: DosePlan
    start_course_when: tuple[CourseGate, ...] = ()
    release_when: tuple[CourseGate, ...] = ()
    delay: Delay | None = None
    limits: tuple[CourseLimit, ...] = ()
    rules: tuple[DoseRule, ...] = ()
    strengths: tuple[Quantity, ...] = ()
    stock: tuple[Stock, ...] = ()
    supply: Supply | None = None

    def strengths_at(self, site: str, on: date) -> tuple[Quantity, ...]:
        """The strengths that can be had at a site on a day; one without a line of stock always can."""
        return tuple(
            one
            for one in self.strengths
            if all(line.strength != one for line in self.stock)
            or any(line.strength == one and line.holds(site, on) for line in self.stock)
        )


@dataclass(frozen=True, kw_only=True)
class Continuation(Clause):
    """After an assessment: go on, go on for so many courses more, or take off treatment with a reason."""

    when: Condition = ALWAYS
    off_treatment: str | None = None
    courses_more: int | None = None
    may_continue: bool = False
    decide_after_course: int | None = None


@dataclass(frozen=True, kw_only=True)
class MedicationRule(Clause):
    """Medication that is prohibited while treatment lasts (or from registration on)."""

    prohibits: str
    allowed: tuple[str, ...] = ()
    during: str = "treatment"


@dataclass(frozen=True, kw_only=True)
class Obligation(Clause):
    """A duty of the subject that runs around treatment, such as contraception: from `before` to `after` it.

    `commitment` is the question under asks by which the subject promises it.
    """

    applies_when: Condition = ALWAYS
    commitment: str
    before: Duration | None = None
    after: Duration | None = None
