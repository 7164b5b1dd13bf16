"""Time to event by group: Kaplan-Meier curves with numbers at risk, medians, and the log-rank test between arms.

What is an event, and where and why observation ended, comes from `core.endpoints`. Limits are log-log; times are told
in months of 365.25 / 12 days. Read `times_to_event`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from trialwright.core.analysis.people import Gathered
from trialwright.core.endpoints import TimeToEvent
from trialwright.core.estimation import (
    AtRisk,
    KaplanMeier,
    LogRank,
    Quantile,
    SurvivalAt,
    at_risk_table,
    kaplan_meier,
    log_rank,
)
from trialwright.core.protocol import Endpoint, Variable

STEPS = (0.5, 1, 2, 3, 6, 12, 24, 60, 120)
"""Spacings of the times under a curve, in months; the first that gives at most MOST_TIMES is taken."""
MOST_TIMES = 10


@dataclass(frozen=True)
class Curve:
    """One group's curve, in months, with what stands beneath it."""

    label: str
    curve: KaplanMeier
    median: Quantile
    events: int
    at_risk: tuple[AtRisk, ...]
    landmarks: tuple[SurvivalAt, ...]


@dataclass(frozen=True)
class TimeAnalysis:
    """One endpoint: a curve for each group, every participant's time, and the test where there are arms."""

    endpoint: Endpoint
    added: bool
    curves: tuple[Curve, ...]
    members: tuple[tuple[str, TimeToEvent], ...]
    test: LogRank | None
    ticks: tuple[float, ...]

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
    by_group = [
        (group.label, [one.times[endpoint.id] for one in group.people if endpoint.id in one.times])
        for group in gathered.groups
    ]
    members = tuple((label, time) for label, times in by_group for time in times)
    ticks = ticks_up_to(max((time.months for _, time in members), default=0.0))
    return TimeAnalysis(
        endpoint=endpoint,
        added=endpoint in gathered.extra_endpoints,
        curves=tuple(_curve(label, times, ticks) for label, times in by_group),
        members=members,
        test=_test(members) if len(by_group) > 1 else None,
        ticks=ticks,
    )


def _curve(label: str, times: list[TimeToEvent], ticks: tuple[float, ...]) -> Curve:
    curve = kaplan_meier([time.months for time in times], [time.event for time in times])
    return Curve(
        label=label,
        curve=curve,
        median=curve.median(),
        events=sum(time.event for time in times),
        at_risk=at_risk_table(curve, ticks),
        landmarks=tuple(curve.survival_at(tick) for tick in ticks[1:]),
    )


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
