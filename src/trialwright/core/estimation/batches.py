"""Many curves at once: the medians of thousands of simulated or resampled trials, with their limits.

Decided here: nothing that `survival` does not decide; the same rules for k curves of n subjects, in blocks that fit
the cache. A row in which two times differ only by rounding is handed to `kaplan_meier`. Read
`kaplan_meier_medians` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trialwright.core.estimation.survival import (
    NO_SUBJECT,
    TOLERANCE,
    IntervalKind,
    Quantile,
    kaplan_meier,
    pointwise_limits,
    sorted_observations,
    two_sided_z,
)
from trialwright.core.estimation.values import Column, Estimate, confidence_level, number_or

BLOCK = 24_000
"""Observations worked on together: a handful of columns of this length stay in the processor's cache."""

HALF = 0.5


@dataclass(frozen=True, eq=False)
class Medians:
    """The median of each curve with its limits, in the unit of the times; NaN where there is none, so that they can
    be counted and averaged; `of` gives one of them with its reason."""

    n: int
    estimate: Column
    lower: Column
    upper: Column
    interval: IntervalKind
    level: float

    def of(self, curve: int) -> Quantile:
        """The median of one curve, as `KaplanMeier.median` tells it."""
        reason = "does not come down to 50%"
        if self.n == 0:
            return Quantile(HALF, NO_SUBJECT, NO_SUBJECT, NO_SUBJECT)
        columns = ((self.estimate, "the curve"), (self.lower, "the limit"), (self.upper, "the limit"))
        found: list[Estimate] = [number_or(float(column[curve]), f"{what} {reason}") for column, what in columns]
        return Quantile(HALF, *found)


def kaplan_meier_medians(
    times: ArrayLike, events: ArrayLike, interval: IntervalKind = "log-log", level: float = 0.95
) -> Medians:
    """The medians of k product-limit curves: row i of times and events (k rows of n) is one curve.

    >>> medians = kaplan_meier_medians([[1, 2, 3, 4], [5, 6, 7, 8]], [[1, 1, 1, 1], [0, 0, 0, 1]])
    >>> medians.estimate.tolist()
    [2.5, 8.0]
    """
    if interval not in get_args(IntervalKind):
        raise ValueError(f"The interval is one of {', '.join(get_args(IntervalKind))}.")
    confidence_level(level)
    spans, failed = _rows(times, events)
    k, n = spans.shape
    found = np.full((3, k), np.nan)
    if n:
        step = max(1, BLOCK // n)
        for start in range(0, k, step):
            rows = slice(start, start + step)
            found[:, rows] = _block(spans[rows], failed[rows], interval, level)
    found.setflags(write=False)
    return Medians(n, found[0], found[1], found[2], interval, level)


def _rows(times: ArrayLike, events: ArrayLike) -> tuple[Column, NDArray[np.bool_]]:
    spans, marks = (np.asarray(table, dtype=np.float64) for table in (times, events))
    if spans.ndim != 2 or spans.shape != marks.shape:
        raise ValueError(
            f"Times of shape {spans.shape} came with event marks of shape {marks.shape}; both are k rows of n."
        )
    wrong = int((~(np.isfinite(spans) & (spans >= 0))).sum())
    if wrong:
        raise ValueError(f"{wrong} times are missing, infinite or negative; a batch holds complete rows only.")
    failed = marks == 1.0
    if not (failed | (marks == 0)).all():
        raise ValueError("Event marks are true or false (1 or 0); codes such as 1/2 have to be recoded.")
    return spans, failed


def _block(spans: Column, failed: NDArray[np.bool_], interval: IntervalKind, level: float) -> Column:
    """Estimate, lower and upper of each row of a block."""
    order, dead = sorted_observations(spans, failed)
    n = order.shape[1]
    gaps = np.diff(order, axis=1)
    # R measures rounding against the mean of the distinct times, which is nowhere above the greatest one.
    near = ((gaps > 0) & (gaps <= TOLERANCE * np.maximum(order[:, -1:], 1.0))).any(axis=1)
    last = np.ones(order.shape, dtype=bool)
    np.greater(gaps, 0, out=last[:, :-1])
    at_risk = np.arange(n, 0, -1.0)
    survival: Column = np.cumprod(1.0 - dead / at_risk, axis=1, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(dead, 1.0 / (at_risk * (at_risk - 1.0)), 0.0)
    error: Column = np.sqrt(np.cumsum(terms, axis=1, dtype=np.float64))
    lower, upper = pointwise_limits(survival, error, interval, two_sided_z(level))
    found = np.array([_crossings(order, curve, last) for curve in (survival, lower, upper)])
    for row in np.flatnonzero(near):
        found[:, row] = _alone(spans[row], failed[row], interval, level)
    return found


def _crossings(order: Column, curve: Column, last: NDArray[np.bool_]) -> Column:
    """When each curve has fallen to one half: the middle of the step where it lies flat there."""
    fallen = np.where(last, 1.0 - curve, np.nan)
    reached, any_reached = _first_at_least(fallen, HALF - TOLERANCE)
    passed, any_passed = _first_at_least(fallen, HALF + TOLERANCE)
    rows = np.arange(len(order))
    with np.errstate(invalid="ignore"):
        flat = np.abs(fallen[:, -1] - HALF) < TOLERANCE
    end = np.where(flat, order[:, -1], order[rows, passed])
    return np.where(any_reached & (any_passed | flat), (order[rows, reached] + end) / 2, np.nan)


def _first_at_least(fallen: Column, bound: float) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each row is lowest among what is at or above the bound, and whether anything is."""
    eligible = np.where(fallen >= bound, fallen, np.inf)
    column = eligible.argmin(axis=1)
    return column, eligible[np.arange(len(fallen)), column] < np.inf


def _alone(spans: Column, failed: NDArray[np.bool_], interval: IntervalKind, level: float) -> list[float]:
    median = kaplan_meier(spans, failed, interval, level).median()
    return [v if isinstance(v, float) else np.nan for v in (median.estimate, median.lower, median.upper)]
