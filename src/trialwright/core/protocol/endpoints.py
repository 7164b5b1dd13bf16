"""What is measured in the end: endpoints with the attributes of an estimand (ICH E9(R1)), and how responses confirm.

An endpoint names its population, its variable, the intercurrent events with a strategy for each, and how it is summed
up; what it leaves unsaid is in `STRATEGIES`. A variant is the same endpoint with some of it otherwise, worked out
beside it. What each strategy does to a subject's time is in `core.endpoints`. Read `Endpoint`, then `Variant`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, ClassVar

from trialwright.core.conditions import Condition
from trialwright.core.protocol.clause import Clause
from trialwright.core.terms import Duration, Quantity


class Variable(Enum):
    """What an endpoint measures in one subject."""

    RESPONSE = "best response"
    DURATION_OF_RESPONSE = "duration of response"
    TIME_TO_EVENT = "time to event"
    WORST_GRADE = "worst grade"
    CHANGE = "change from baseline"
    VALUE = "value"
    PROPORTION = "proportion"


class Strategy(Enum):
    """How an estimand deals with an intercurrent event (ICH E9(R1), A.3.2)."""

    TREATMENT_POLICY = "treatment policy"
    HYPOTHETICAL = "hypothetical"
    COMPOSITE = "composite"
    WHILE_ON_TREATMENT = "while on treatment"


@dataclass(frozen=True, kw_only=True)
class Intercurrent:
    """An event after the start that bears on what is measured or what it means, and the strategy for it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    event: str
    strategy: Strategy


NEW_TREATMENT, STOPPED, CLAIMED, MISSED = (
    "new treatment",
    "treatment stopped",
    "clinical progression",
    "missed assessments",
)
INTERCURRENT: Mapping[str, str] = {
    NEW_TREATMENT: "another treatment of the disease is begun",
    STOPPED: "treatment is stopped before it is completed, for another reason than progression",
    CLAIMED: "progression is claimed and no assessment has documented it",
    MISSED: "more than one planned assessment in a row is missed before the event",
}
"""The intercurrent events a protocol can name, each in words; death is an event of a time or it is not (`events`)."""

_POLICY, _AS_IF, _EVENT, _UNTIL = Strategy
_ALL_FOUR = (_POLICY, _AS_IF, _EVENT, _UNTIL)
STRATEGIES: Mapping[Variable, Mapping[str, tuple[Strategy, ...]]] = {
    Variable.TIME_TO_EVENT: {
        NEW_TREATMENT: (_AS_IF, _POLICY, _EVENT, _UNTIL),
        STOPPED: _ALL_FOUR,
        CLAIMED: _ALL_FOUR,
        MISSED: (_AS_IF, _POLICY),
    },
    Variable.DURATION_OF_RESPONSE: {
        NEW_TREATMENT: (_AS_IF, _POLICY, _EVENT, _UNTIL),
        STOPPED: _ALL_FOUR,
        CLAIMED: _ALL_FOUR,
        MISSED: (_AS_IF, _POLICY),
    },
    Variable.RESPONSE: {NEW_TREATMENT: (_UNTIL, _POLICY)},
}
"""The strategies there can be for each event, by what is measured; the first holds where the protocol says nothing.

They are those of table A of the FDA guidance of 2007 (appendix 3).
"""


@dataclass(frozen=True, kw_only=True)
class Objective(Clause):
    """What the trial is to find out, and the endpoints that answer it (USDM Objective)."""

    level: str
    endpoints: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Variant(Clause):
    """The same endpoint with some of it otherwise, to see how far the choice matters; what it leaves out stays.

    `progression_on` and `interval` are as in `Endpoint`; of `intercurrent` only the events named are dealt with anew.
    """

    label: str
    population: str | None = None
    since: str | None = None
    intercurrent: tuple[Intercurrent, ...] = ()
    progression_on: str | None = None
    interval: str | None = None
    confirmed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class NullRate(Clause):
    """The rate up to which the treatment is taken for inactive: what the rate of the endpoint is tested against."""

    rate: Quantity

    @property
    def share(self) -> float:
        """The rate as a number between 0 and 1."""
        return float(self.rate.value) / (100 if self.rate.unit == "%" else 1)


@dataclass(frozen=True, kw_only=True)
class Endpoint(Clause):
    """A variable, its population, how it is summed up, and when it is ready (ICH E9(R1) attributes).

    `events` are progression, death or both, or response; `concepts` the values compared; `baseline` and `at`
    encounters. `against` groups subjects by response or by arm. `ready_when` is one of `READINESS`, `progression_on` of
    `PROGRESSION_DAYS`, `interval` of `INTERVALS`; `landmarks` are the times after which the rate is told; `confirmed`
    is whether a response counts only when a later assessment confirmed it; `null_rate` is what the rate is tested
    against.
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
    confirmed: bool = True
    intercurrent: tuple[Intercurrent, ...] = ()
    progression_on: str = "documented"
    interval: str = "log-log"
    landmarks: tuple[Duration, ...] = ()
    summary: str = ""
    concepts: tuple[str, ...] = ()
    condition: Condition | None = None
    baseline: str | None = None
    at: tuple[str, ...] = ()
    against: str | None = None
    sites: tuple[str, ...] = ()
    safety_days: int | None = None
    null_rate: NullRate | None = None
    variants: tuple[Variant, ...] = ()

    def strategy(self, event: str) -> Strategy:
        """How an intercurrent event is dealt with: as the protocol says, else the first of `STRATEGIES`.

        Of survival, where no assessment decides, nothing but death is asked: what else happens is passed over.
        """
        said = next((one.strategy for one in self.intercurrent if one.event == event), None)
        usual = STRATEGIES.get(self.variable, {}).get(event, (Strategy.TREATMENT_POLICY,))[0]
        return said or (usual if self.events != ("death",) else Strategy.TREATMENT_POLICY)

    def as_variant(self, variant: Variant) -> Endpoint:
        """The endpoint with what the variant has otherwise, under the variant's id and label."""
        named = {one.event for one in variant.intercurrent}
        kept = tuple(one for one in self.intercurrent if one.event not in named)
        given = {name: getattr(variant, name) for name in VARIED if getattr(variant, name) is not None}
        grounds = {name: getattr(variant, name) or getattr(self, name) for name in ("quotes", "source", "rests_on")}
        told = {"id": variant.id, "label": variant.label, "note": variant.note, **grounds, **given}
        made = replace(self, intercurrent=(*kept, *variant.intercurrent), variants=(), **told)
        object.__setattr__(made, "named", variant.named or self.named)
        return made

    def and_variants(self) -> tuple[Endpoint, ...]:
        """The endpoint and after it each of its variants, as endpoints."""
        return (self, *(self.as_variant(one) for one in self.variants))


def asked_of(endpoint: Endpoint) -> Mapping[str, tuple[Strategy, ...]]:
    """The intercurrent events that are asked of an endpoint, each with the strategies from which something follows.

    Of a first response only another treatment is asked; of survival no assessment is, so none can be missed.
    """
    possible = STRATEGIES.get(endpoint.variable, {})
    if endpoint.events == ("response",):
        return {NEW_TREATMENT: (_AS_IF, _POLICY, _UNTIL)}
    return {name: one for name, one in possible.items() if endpoint.events != ("death",) or name != MISSED}


VARIED = ("population", "since", "progression_on", "interval", "confirmed")
"""What a variant can have otherwise, beside intercurrent events."""
PROGRESSION_DAYS: Mapping[str, str] = {
    "documented": "on the first day on which it was documented",
    "next visit": "on the day of the assessment planned next, where it was documented between planned ones",
}
"""On which day progression counts."""
INTERVALS: tuple[str, ...] = ("log-log", "log", "plain")
"""The scale on which the limits of a curve are worked out."""
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
