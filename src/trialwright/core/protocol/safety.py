"""What guards the subjects beside the dose: the time that counts, reports with a clock, stopping rules, and deviations.

Nothing here has a default number: a trial that names no rule has none. The gates of a design in stages stand beside
them, since the same counting answers both. Read `Safety`, then `ReportingRule` and `StoppingRule`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from trialwright.core.conditions import Condition
from trialwright.core.conditions.constructs import Limit
from trialwright.core.protocol.clause import Clause
from trialwright.core.terms import Duration, Quantity, Written


@dataclass(frozen=True)
class ReportingTime(Written):
    """How soon something is due: so many hours by the clock, or so many calendar days or weeks.

    >>> ReportingTime.parse("24 hours"), ReportingTime.parse("15 days")
    (ReportingTime(hours=24, days=None), ReportingTime(hours=None, days=15))
    """

    hours: int | None = None
    days: int | None = None

    @classmethod
    def parse(cls, text: object) -> ReportingTime:
        """Read "24 hours", "7 days" or "2 weeks"."""
        found = re.fullmatch(r"\s*(\d+)\s+hours?\s*", str(text))
        if found and int(found[1]) > 0:
            return cls(hours=int(found[1]))
        try:
            days = Duration.parse(text).days
        except ValueError:
            days = None
        if not days:
            raise ValueError(f"{text!r} is no time limit; write hours, days or weeks, such as 24 hours or 15 days")
        return cls(days=days)

    def __str__(self) -> str:
        count, unit = (self.hours, "hour") if self.hours is not None else (self.days, "day")
        return f"{count} {unit}{'' if count == 1 else 's'}"


class Recipient(Enum):
    """To whom a serious event is reported."""

    SPONSOR = "sponsor"
    ETHICS = "ethics"
    REGULATOR = "regulator"


class ReportKind(Enum):
    """Which report: the first one of an event, or a later one that completes it (ICH E2B)."""

    INITIAL = "initial"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, kw_only=True)
class EventIs:
    """What an adverse event must be for a clock to run; what is left out is not asked.

    `criteria` are those of seriousness (death, life-threatening, hospitalization, ...): one of them must be met.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    serious: bool | None = None
    related: bool | None = None
    expected: bool | None = None
    criteria: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    grade: Limit | None = None


@dataclass(frozen=True, kw_only=True)
class ReportingRule(Clause):
    """A clock that a serious event starts: what the event is, to whom it is reported, and how soon after awareness.

    `within_window` leaves out events that began after the safety time was over, unless they are related.
    """

    when: EventIs
    to: Recipient
    within: ReportingTime
    report: ReportKind = ReportKind.INITIAL
    within_window: bool = False


@dataclass(frozen=True, kw_only=True)
class SafetyWindow(Clause):
    """How long after the last dose, in days or weeks, what happens still counts as happening under treatment."""

    after: Duration

    def __post_init__(self) -> None:
        if self.after.days is None:
            raise ValueError(f"the safety time of {self.after} has no fixed number of days; write it in days or weeks")


class Population(Enum):
    """Of which subjects a rule counts."""

    REGISTERED = "registered"
    TREATED = "treated"
    EVALUABLE = "evaluable"


class Consequence(Enum):
    """What follows when a stopping rule is crossed."""

    SUSPEND = "suspend accrual"
    STOP = "stop accrual"


@dataclass(frozen=True, kw_only=True)
class StoppingRule(Clause):
    """When too many of the subjects have come to something, no more are registered.

    Counted are subjects whose data meet `counts`, and with `deaths` those who died, each up to `within` after the
    first dose where that is said. The rule is crossed by `at_least` subjects of the `first` so many (of all planned
    where it is left out), or by a `share` of those so far once there are `from_subjects` of them.
    """

    label: str = ""
    counts: Condition | None = None
    deaths: bool = False
    within: Duration | None = None
    of: Population = Population.TREATED
    first: int | None = None
    at_least: int | None = None
    share: Quantity | None = None
    from_subjects: int = 1
    then: Consequence = Consequence.SUSPEND


@dataclass(frozen=True, kw_only=True)
class Stage(Clause):
    """A gate of a design in stages (Simon 1989): after so many subjects go on only with more successes than this.

    The last stage is the end of the trial: more successes than `continue_if_more_than` call the drug active. While a
    gate waits for its subjects no more are registered, unless `pause` is false. A response counts when it was seen,
    with `confirmed` when it was confirmed; a subject counts as none `within` so long after the first dose, where that
    is said, else once it progressed, died or left.
    """

    after: int
    endpoint: str
    continue_if_more_than: int
    of: Population = Population.EVALUABLE
    within: Duration | None = None
    confirmed: bool = False
    pause: bool = True


@dataclass(frozen=True, kw_only=True)
class DeviationGrade(Clause):
    """How much a deviation of a kind weighs in this protocol, in place of the general rule.

    `of` names the clauses it holds for, every one where it is empty; `from_days` the days late from which on it holds.
    """

    kind: str
    severity: str
    of: tuple[str, ...] = ()
    from_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Safety:
    """The safety time, the clocks of serious events, the stopping rules, and how deviations weigh."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    window: SafetyWindow | None = None
    reporting: tuple[ReportingRule, ...] = ()
    stopping: tuple[StoppingRule, ...] = ()
    deviations: tuple[DeviationGrade, ...] = ()
