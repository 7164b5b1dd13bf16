"""What is read off a curve: rates at landmarks, numbers at risk, the area under it up to a time.

Decided here: that nothing is read past the last observation unless the curve has reached 0, and the normal interval
of a restricted mean (variance as in R's `survfit`). Not here: the curve itself and its quantiles (`survival`).
Read `landmark_rates` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from trialwright.core.estimation.survival import (
    NO_SUBJECT,
    TOLERANCE,
    KaplanMeier,
    SurvivalAt,
    a_time,
    at_risk_at,
    two_sided_z,
)
from trialwright.core.estimation.values import Estimate, NotEstimable, confidence_level


@dataclass(frozen=True)
class AtRisk:
    """Under a curve at one time: still at risk (just before it), and events and censorings up to and including it."""

    time: float
    at_risk: int
    events: int
    censored: int


@dataclass(frozen=True)
class RestrictedMean:
    """Mean event-free time up to `until`, its standard error and normal limits, in the unit of the times."""

    until: float
    mean: Estimate
    std_error: Estimate
    lower: Estimate
    upper: Estimate
    level: float


def landmark_rates(curve: KaplanMeier, times: Sequence[float]) -> tuple[SurvivalAt, ...]:
    """The probability of being event-free at each landmark, with its standard error and the curve's own limits.

    >>> from trialwright.core.estimation import kaplan_meier
    >>> [at.survival for at in landmark_rates(kaplan_meier([2, 5, 8, 9], [1, 1, 0, 0]), [1, 5])]
    [1.0, 0.5]
    """
    return tuple(curve.survival_at(time) for time in times)


def at_risk_table(curve: KaplanMeier, at: Sequence[float]) -> tuple[AtRisk, ...]:
    """The numbers under a curve: at risk just before each time, events and censorings up to and including it."""
    return tuple(_under(curve, a_time(time)) for time in at)


def restricted_mean(curve: KaplanMeier, until: float, level: float = 0.95) -> RestrictedMean:
    """The area under the curve up to a time; past the last observation there is none unless the curve has reached 0.

    >>> from trialwright.core.estimation import kaplan_meier
    >>> restricted_mean(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]), until=3).mean
    2.25
    """
    a_time(until)
    confidence_level(level)
    if curve.n == 0:
        return RestrictedMean(until, NO_SUBJECT, NO_SUBJECT, NO_SUBJECT, NO_SUBJECT, level)
    if until > curve.time[-1] + TOLERANCE and curve.survival[-1] > 0:
        none = NotEstimable("nobody was followed that long")
        return RestrictedMean(until, none, none, none, none, level)
    mean, error = _area(curve, until)
    if error == 0:
        none = NotEstimable("there was no event so far, where this method has no limits")
        return RestrictedMean(until, mean, error, none, none, level)
    half = two_sided_z(level) * error
    return RestrictedMean(until, mean, error, max(0.0, mean - half), min(until, mean + half), level)


def _area(curve: KaplanMeier, until: float) -> tuple[float, float]:
    """The area under the steps up to a time, and its standard error (Klein and Moeschberger 2003, 4.5.2)."""
    inside = curve.time <= until
    edges = np.concatenate([[0.0], curve.time[inside], [until]])
    areas = np.diff(edges) * np.concatenate([[1.0], curve.survival[inside]])
    beyond = np.cumsum(areas[:0:-1])[::-1]
    left = (curve.at_risk - curve.events)[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(left > 0, curve.events[inside] / (curve.at_risk[inside] * left.astype(float)), 0.0)
    return float(areas.sum()), sqrt(float((beyond**2 * hazard).sum()))


def _under(curve: KaplanMeier, time: float) -> AtRisk:
    row = int(np.searchsorted(curve.time, time + TOLERANCE, side="right"))
    events, censored = int(curve.events[:row].sum()), int(curve.censored[:row].sum())
    return AtRisk(time, at_risk_at(curve, time), events, censored)
