"""What is measured in the end: endpoints with the attributes of an estimand (ICH E9(R1)), and how responses confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from trialwright.core.conditions import Condition
from trialwright.core.protocol.clause import Clause


class Variable(Enum):
    """What an endpoint measures in one subject."""

    RESPONSE = "best response"
    DURATION_OF_RESPONSE = "duration of response"
    TIME_TO_EVENT = "time to event"
    WORST_GRADE = "worst grade"
    CHANGE = "change from baseline"
    VALUE = "value"
    PROPORTION = "proportion"


@dataclass(frozen=True, kw_only=True)
class Objective(Clause):
    """What the trial is to find out, and the endpoints that answer it (USDM Objective)."""

    level: str
    endpoints: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Endpoint(Clause):
    """A variable, its population, how it is summed up, and when it is ready (ICH E9(R1) attributes).

    `events` are progression, death or both; `concepts` the values compared; `baseline` and `at` encounters.
    `against` groups subjects by response or by arm. `ready_when` is one of `READINESS`.
    """

    label: str
    level: str
    variable: Variable
    time_frame: str = ""
    ready_when: str = ""
    population: str = "treated"
    events: tuple[str, ...] = ()
    since: str = "first_dose"
    responders: tuple[str, ...] = ("CR", "PR")
    concepts: tuple[str, ...] = ()
    condition: Condition | None = None
    baseline: str | None = None
    at: tuple[str, ...] = ()
    against: str | None = None
    sites: tuple[str, ...] = ()
    safety_days: int | None = None


READINESS: Mapping[str, str] = {
    "all_progressed": "every treated subject has progressed",
    "all_progressed_or_dead": "every treated subject has progressed or died",
    "last_safety_day": "the safety time after the last subject's last dose is over",
    "encounter_done": "every treated subject has passed the last encounter named",
}
"""When the data of an endpoint are complete enough to be final."""


@dataclass(frozen=True, kw_only=True)
class ResponseRules(Clause):
    """How responses are confirmed and how a flare is handled, by the standard the protocol names."""

    confirm_after_days: int = 28
    stable_from_day: int = 28
    flare_courses: int = 0
