"""Time to event by group: Kaplan-Meier curves with numbers at risk, medians, and the log-rank test between arms.

What is an event, and where and why observation ended, comes from `core.endpoints`; limits are on the endpoint's scale.
Times are told in months of 365.25 / 12 days. The variants of an endpoint are worked out from the same participants, and
what came first is told apart where several events count. Read `times_to_event`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from trialwright.core.analysis.people import DAYS_A_MONTH, Gathered, Person
from trialwright.core.endpoints import ROWS, TimeToEvent
from trialwright.core.estimation import (
    AtRisk,
    CumulativeIncidence,
    KaplanMeier,
    LogRank,
    Quantile,
    SurvivalAt,
    at_risk_table,
    cumulative_incidence,
    kaplan_meier,
    landmark_rates,
    log_rank,
)
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.terms import Duration

STEPS = (0.5, 1, 2, 3, 6, 12, 24, 60, 120)
"""Spacings of the times under a curve, in months; the first that gives at most MOST_TIMES is taken."""
MOST_TIMES = 10
USUAL = (6.0, 12.0, 24.0)
"""The landmarks told of an endpoint that names none, in months, as far as anybody was followed."""
MONTHS = {"months": 1, "years": 12}


@dataclass(frozen=True)
class Curve:
    """One group's curve, in months, with what stands beneath it; `rates` are at the endpoint's landmarks."""

    label: str
    curve: KaplanMeier
    median: Quantile
    events: int
    at_risk: tuple[AtRisk, ...]
    landmarks: tuple[SurvivalAt, ...]
    rates: tuple[SurvivalAt, ...] = ()


@dataclass(frozen=True)
class First:
    """What came first in a group, by kind of event, where several count: each with its incidence over time."""

    label: str
    kinds: tuple[tuple[str, int], ...]
    incidence: CumulativeIncidence


@dataclass(frozen=True)
class VariantAnalysis:
    """A variant of an endpoint beside it: a curve for each group, and every participant's time."""

    endpoint: Endpoint
    curves: tuple[Curve, ...]
    members: tuple[tuple[str, TimeToEvent], ...]


@dataclass(frozen=True)
class TimeAnalysis:
    """One endpoint: a curve for each group, every participant's time, and the test where there are arms.

    `at` are the landmarks in months, `firsts` what came first in each group, `variants` the endpoint's variants.
    """

    endpoint: Endpoint
    added: bool
    curves: tuple[Curve, ...]
    members: tuple[tuple[str, TimeToEvent], ...]
    test: LogRank | None
    ticks: tuple[float, ...]
    at: tuple[float, ...] = ()
    firsts: tuple[First, ...] = ()
    variants: tuple[VariantAnalysis, ...] = ()

    @property
    def n(self) -> int:
        """How many are followed for it."""
        return len(self.members)

    @property
    def events(self) -> int:
        """How many had the event."""
        return sum(time.event for _, time in self.members)

    @property
    def censored(self) -> int:
        """How many are censored."""
        return self.n - self.events


def times_to_event(gathered: Gathered) -> tuple[TimeAnalysis, ...]:
    """Every endpoint of the protocol that is a time, the duration of response among them."""
    asked = gathered.endpoints(Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE)
    return tuple(_time_to_event(gathered, endpoint) for endpoint in asked)


def _time_to_event(gathered: Gathered, endpoint: Endpoint) -> TimeAnalysis:
    by_group = [(group.label, _times(group.people, endpoint)) for group in gathered.groups]
    members = tuple((label, time) for label, times in by_group for time in times)
    longest = max((time.months for _, time in members), default=0.0)
    ticks, at = ticks_up_to(longest), landmarks_of(endpoint, longest)
    several = len(set(endpoint.events)) > 1
    return TimeAnalysis(
        endpoint=endpoint,
        added=endpoint in gathered.extra_endpoints,
        curves=tuple(_curve(label, times, endpoint, ticks, at) for label, times in by_group),
        members=members,
        test=_test(members) if len(by_group) > 1 else None,
        ticks=ticks,
        at=at,
        firsts=tuple(_first(label, times) for label, times in by_group) if several and members else (),
        variants=tuple(_variant(gathered, one, at) for one in endpoint.and_variants()[1:]),
    )


def _times(people: Iterable[Person], endpoint: Endpoint) -> list[TimeToEvent]:
    """The times of an endpoint, or of a variant of one, of those whom it concerns."""
    held = ({**one.times, **one.variants} for one in people)
    return [times[endpoint.id] for times in held if endpoint.id in times]


def _variant(gathered: Gathered, endpoint: Endpoint, at: tuple[float, ...]) -> VariantAnalysis:
    by_group = [(group.label, _times(group.people, endpoint)) for group in gathered.groups]
    return VariantAnalysis(
        endpoint=endpoint,
        curves=tuple(_curve(label, times, endpoint, (), at) for label, times in by_group),
        members=tuple((label, time) for label, times in by_group for time in times),
    )


def _curve(
    label: str, times: Sequence[TimeToEvent], endpoint: Endpoint, ticks: tuple[float, ...], at: tuple[float, ...]
) -> Curve:
    months, events = [time.months for time in times], [time.event for time in times]
    curve = kaplan_meier(months, events, endpoint.interval)  # type: ignore[arg-type]  # the loader knows the scales
    return Curve(
        label=label,
        curve=curve,
        median=curve.median(),
        events=sum(time.event for time in times),
        at_risk=at_risk_table(curve, ticks),
        landmarks=tuple(curve.survival_at(tick) for tick in ticks[1:]),
        rates=landmark_rates(curve, at),
    )


def _first(label: str, times: Sequence[TimeToEvent]) -> First:
    """Each kind of event as the first of them; who had another one first can have it no more."""
    kinds = [kind_of(time) for time in times]
    counted = tuple(
        (kind, kinds.count(kind)) for kind in dict.fromkeys(ROWS[one.row].kind for one in times if one.event)
    )
    return First(label, counted, cumulative_incidence([time.months for time in times], kinds))


def kind_of(time: TimeToEvent) -> str | None:
    """The kind of event a time ended by; None where it was censored."""
    return ROWS[time.row].kind if time.event else None


def landmarks_of(endpoint: Endpoint, longest: float) -> tuple[float, ...]:
    """The landmarks of an endpoint in months: its own, else the usual ones that anybody was followed for."""
    own = tuple(_months(one) for one in endpoint.landmarks)
    return own or tuple(one for one in USUAL if one <= longest)


def _months(landmark: Duration) -> float:
    days = landmark.days
    return float(landmark.count * MONTHS[landmark.unit]) if days is None else days / DAYS_A_MONTH


def _test(members: tuple[tuple[str, TimeToEvent], ...]) -> LogRank:
    times = [time for _, time in members]
    return log_rank([one.months for one in times], [one.event for one in times], [label for label, _ in members])


def ticks_up_to(longest: float) -> tuple[float, ...]:
    """Round times from 0 to just past the longest one.

    >>> ticks_up_to(13.2)
    (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0)
    >>> ticks_up_to(0)
    (0.0, 0.5)
    """
    step = next((each for each in STEPS if longest / each <= MOST_TIMES - 1), STEPS[-1])
    return tuple(float(place * step) for place in range(max(1, ceil(longest / step)) + 1))
