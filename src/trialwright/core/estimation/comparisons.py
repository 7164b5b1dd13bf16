"""Comparing groups: survival by log-rank, two-by-two tables, means.

Decided here: which published test is computed, when it is exact, and when there is nothing to test. All p values
are two-sided. Not here: ranks (`ranks`), whether a comparison was planned (the protocol says so). Read `log_rank`
first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from trialwright.core.estimation.survival import kaplan_meier
from trialwright.core.estimation.values import (
    Column,
    Estimate,
    Interval,
    Mean,
    NotEstimable,
    confidence_level,
    finite_column,
    number_or,
)

ROUNDING = 1e-10
"""What is smaller than this part of the whole variance is rounding, not a degree of freedom."""


@dataclass(frozen=True)
class LogRank:
    """Observed and expected events by group, chi-square, its degrees of freedom, and p."""

    groups: tuple[Any, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    chi2: Estimate
    degrees: int
    p: Estimate


@dataclass(frozen=True)
class FisherTest:
    """Fisher's exact p and the conditional odds ratio with its limits."""

    p: Estimate
    odds_ratio: Estimate
    lower: Estimate
    upper: Estimate
    level: float


@dataclass(frozen=True)
class Difference:
    """First mean minus second, Welch's interval and test; in the unit of the values."""

    difference: Estimate
    interval: Interval
    degrees: Estimate
    p: Estimate


def log_rank(times: ArrayLike, events: ArrayLike, groups: Sequence[Any]) -> LogRank:
    """Do the groups differ in time to event? (Mantel's log-rank test, any number of groups).

    >>> log_rank([1, 2, 3], [1, 1, 1], ["A", "A", "A"]).p
    NotEstimable(because='fewer than two groups have subjects')
    """
    spans, failed = finite_column(times, "Times"), finite_column(events, "Events") == 1
    if len(groups) != len(spans):
        raise ValueError(f"{len(spans)} times came with {len(groups)} group names; each time needs one.")
    if any(group is None for group in groups):
        alone = sum(group is None for group in groups)
        raise ValueError(
            f"{alone} of {len(groups)} subjects has no group and cannot be compared; leave it out, say so."
        )
    names = tuple(sorted(set(groups)))
    pooled = kaplan_meier(spans, events)
    member = np.array([[group == name for group in groups] for name in names], dtype=bool).reshape(
        len(names), len(spans)
    )
    row = np.searchsorted(pooled.time, spans, side="right") - 1
    width = len(pooled.time)
    died = np.array([np.bincount(row[who & failed], minlength=width) for who in member]).reshape(len(names), width)
    leaving = np.array([np.bincount(row[who], minlength=width) for who in member]).reshape(len(names), width)
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    expected = (at_risk * (pooled.events / np.maximum(pooled.at_risk, 1))).sum(axis=1)
    observed = died.sum(axis=1)
    chi2, degrees, p = _mantel(observed - expected, at_risk, pooled.at_risk, pooled.events)
    return LogRank(names, tuple(map(int, observed)), tuple(map(float, expected)), chi2, degrees, p)


def _mantel(excess: Column, at_risk: Any, everyone: Any, deaths: Any) -> tuple[Estimate, int, Estimate]:
    """The quadratic form of observed minus expected in its hypergeometric variance, and its rank."""
    if len(excess) < 2:
        none = NotEstimable("fewer than two groups have subjects")
        return none, 0, none
    tied = deaths * np.where(everyone > 1, (everyone - deaths) / np.maximum(everyone - 1, 1), 0.0)
    share = at_risk / everyone
    variance = np.diag((share * tied).sum(axis=1)) - (share * tied) @ share.T
    degrees = int(np.linalg.matrix_rank(variance, tol=ROUNDING * variance.trace(), hermitian=True))
    if degrees == 0:
        none = NotEstimable("no event happened while two groups were at risk")
        return none, 0, none
    chi2 = float(excess @ np.linalg.pinv(variance, rcond=ROUNDING, hermitian=True) @ excess)
    return chi2, degrees, float(stats.chi2.sf(chi2, degrees))


def fisher_exact(first: tuple[int, int], second: tuple[int, int], level: float = 0.95) -> FisherTest:
    """Do two groups (each: with, without) differ in a proportion? Fisher's exact test and conditional odds ratio.

    >>> fisher_exact((0, 0), (3, 2)).p
    NotEstimable(because='a row or a column of the table is empty')
    """
    table = np.array([first, second])
    if table.shape != (2, 2) or not np.issubdtype(table.dtype, np.integer) or (table < 0).any():
        raise ValueError(f"A two-by-two table holds four counts, none negative, not {first} and {second}.")
    confidence_level(level)
    if (table.sum(axis=0) == 0).any() or (table.sum(axis=1) == 0).any():
        none = NotEstimable("a row or a column of the table is empty")
        return FisherTest(none, none, none, none, level)
    ratio = stats.contingency.odds_ratio(table)
    limits = ratio.confidence_interval(confidence_level=level)
    unbounded = "a cell is zero, so the odds ratio has no upper bound"
    return FisherTest(
        float(stats.fisher_exact(table).pvalue),
        number_or(ratio.statistic, unbounded),
        float(limits.low),
        number_or(limits.high, unbounded),
        level,
    )


def mean_with_interval(values: ArrayLike, level: float = 0.95) -> Mean:
    """The mean with Student's t interval; one value has a mean and no interval."""
    column = finite_column(values, "Values")
    confidence_level(level)
    n = len(column)
    if n == 0:
        none = NotEstimable("there are no values")
        return Mean(0, none, none, none, none, level)
    mean = float(column.mean())
    if n == 1:
        none = NotEstimable("one value has no spread")
        return Mean(1, mean, none, none, none, level)
    spread = _spread(column)
    half = float(stats.t.isf((1 - level) / 2, n - 1)) * spread / sqrt(n)
    return Mean(n, mean, spread, mean - half, mean + half, level)


def difference_of_means(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> Difference:
    """First mean minus second, with Welch's interval: the two variances need not be equal."""
    a, b = finite_column(first, "Values of the first group"), finite_column(second, "Values of the second group")
    confidence_level(level)
    if len(a) == 0 or len(b) == 0:
        none = NotEstimable("a group has no values")
        return Difference(none, Interval(none, none, level), none, none)
    difference = float(a.mean() - b.mean())
    if len(a) < 2 or len(b) < 2 or _spread(a) == _spread(b) == 0:
        none = NotEstimable("the groups show no spread")
        return Difference(difference, Interval(none, none, level), none, none)
    parts = [_spread(column) ** 2 / len(column) for column in (a, b)]
    error, share = sqrt(sum(parts)), parts[0] / sum(parts)
    degrees = 1 / (share**2 / (len(a) - 1) + (1 - share) ** 2 / (len(b) - 1))
    half = float(stats.t.isf((1 - level) / 2, degrees)) * error
    p = 2 * float(stats.t.sf(abs(difference) / error, degrees))
    return Difference(difference, Interval(difference - half, difference + half, level), degrees, p)


def _spread(column: Column) -> float:
    """The standard deviation; of equal values exactly 0, though their mean may be rounded to another number."""
    return float(column.std(ddof=1)) if np.ptp(column) else 0.0
