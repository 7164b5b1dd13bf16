"""One arm against a survival that was known before: did fewer have the event than the reference lets expect?

Decided here: the one-sample log-rank test (Breslow 1975, Woolson 1981), its variance corrected by Wu (2014), and the
ratio of observed to expected events with its exact Poisson limits. Not here: which reference is right; the protocol
gives it. Read `one_sample_log_rank` first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from trialwright.core.estimation.survival import NO_SUBJECT, observations
from trialwright.core.estimation.values import (
    Column,
    Estimate,
    NotEstimable,
    confidence_level,
    estimable,
    finite_column,
)

Reference = Callable[[Column], ArrayLike]
"""A survival known before: times to the probability of being event-free."""


@dataclass(frozen=True)
class OneSampleLogRank:
    """Events seen and expected, the tests between them, and their ratio with limits.

    `p` is two-sided; `p_fewer` is the chance of so few events or fewer were the reference true. `z_corrected` divides
    by the mean of observed and expected (Wu), which holds its level better in small trials.
    """

    n: int
    observed: int
    expected: Estimate
    z: Estimate
    chi2: Estimate
    p: Estimate
    p_fewer: Estimate
    z_corrected: Estimate
    p_corrected: Estimate
    ratio: Estimate
    lower: Estimate
    upper: Estimate
    level: float


def one_sample_log_rank(
    times: ArrayLike, events: ArrayLike, reference: Reference, level: float = 0.95
) -> OneSampleLogRank:
    """Did one arm have fewer or more events than a known survival lets expect?

    >>> found = one_sample_log_rank([2, 4, 6], [1, 0, 1], exponential_survival(median=4))
    >>> found.observed, round(found.expected, 3), round(found.p, 3)
    (2, 2.079, 0.956)
    """
    confidence_level(level)
    spans, failed = observations(times, events)
    seen, expected = int(failed.sum()), _expected(spans, reference)
    if not estimable(expected):
        no = expected
        return OneSampleLogRank(len(spans), seen, no, no, no, no, no, no, no, no, no, no, level)
    z, corrected = (seen - expected) / sqrt(expected), (seen - expected) / sqrt((seen + expected) / 2)
    lower = float(stats.chi2.ppf((1 - level) / 2, 2 * seen)) / 2 / expected if seen else 0.0
    return OneSampleLogRank(
        n=len(spans),
        observed=seen,
        expected=expected,
        z=z,
        chi2=z**2,
        p=float(2 * stats.norm.sf(abs(z))),
        p_fewer=float(stats.norm.cdf(z)),
        z_corrected=corrected,
        p_corrected=float(2 * stats.norm.sf(abs(corrected))),
        ratio=seen / expected,
        lower=lower,
        upper=float(stats.chi2.isf((1 - level) / 2, 2 * seen + 2)) / 2 / expected,
        level=level,
    )


def _expected(spans: Column, reference: Reference) -> Estimate:
    """The reference's cumulative hazard, summed over everybody's time."""
    if len(spans) == 0:
        return NO_SUBJECT
    known = finite_column(reference(spans), "The reference survival")
    if known.shape != spans.shape or not ((known >= 0) & (known <= 1)).all():
        raise ValueError("A reference survival gives each time one probability between 0 and 1.")
    if (known == 0).any():
        return NotEstimable(f"{int((known == 0).sum())} were followed past the end of the reference survival")
    expected = float(-np.log(known).sum())
    return expected if expected > 0 else NotEstimable("the reference expects no event in this follow-up")


def exponential_survival(*, median: float) -> Reference:
    """A constant hazard with this median, in the unit of the times.

    >>> exponential_survival(median=8)(np.array([0.0, 8.0, 16.0])).tolist()
    [1.0, 0.5, 0.25]
    """
    if not median > 0:
        raise ValueError(f"A median survival lies above 0, not at {median}.")
    return lambda times: 0.5 ** (times / median)


def survival_through(rates: Sequence[tuple[float, float]]) -> Reference:
    """A survival through published landmark rates (time, probability), with a constant hazard between two of them.

    Past the last of them it goes on with the last hazard.

    >>> survival_through([(12, 0.5), (24, 0.25)])(np.array([0.0, 6.0, 24.0])).round(4).tolist()
    [1.0, 0.7071, 0.25]
    """
    points = [(0.0, 1.0), *sorted(rates)]
    if len(points) < 2:
        raise ValueError("A reference survival needs at least one landmark rate.")
    for (start, before), (time, after) in pairwise(points):
        if not (time > start and 0 < after <= before):
            raise ValueError(f"Landmark rates fall with time and stay above 0; {after} at {time} does not.")
    at = np.array([time for time, _ in points])
    hazard = np.array([-log(rate) for _, rate in points])
    slope = (hazard[-1] - hazard[-2]) / (at[-1] - at[-2])
    return lambda times: np.exp(-np.interp(times, at, hazard) - slope * np.maximum(times - at[-1], 0.0))
