"""Time to event: the product-limit curve (Kaplan and Meier 1958), its limits, its median, numbers at risk.

Decided here, as R `survival` does: an event comes before a censoring at the same time; times that differ only
by rounding are one time; Greenwood variance; limits by log-log (default), log or plain; a quantile is the middle
of a step that lies flat on it; limits are missing once the curve is at 0, and by log-log while it is at 1.
The limits of a quantile invert the pointwise limits (Brookmeyer and Crowley 1982). Not here: what counts as an
event or a censoring (`core.endpoints`). Read `kaplan_meier` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from trialwright.core.estimation.values import Column, Estimate, NotEstimable, confidence_level, finite_column

Counts = NDArray[np.int64]
IntervalKind = Literal["log-log", "log", "plain"]

TOLERANCE = 1.5e-8
"""Closer than this, two times or two probabilities are the same (the square root of the double precision)."""

BLOCK = 32_768
"""Rows of a curve that are worked on together, so that what lies between stays in the processor's cache."""

LONG = 100_000
"""Columns longer than this are sorted in two steps."""

WHOLE = 10_000_000
"""Whole numbers below this are counted, not sorted; the tolerance cannot make two of them one."""

NO_SUBJECT = NotEstimable("no subject was followed")


@dataclass(frozen=True)
class SurvivalAt:
    """The curve at one time: probability of being event-free, its standard error and limits, and who is at risk."""

    time: float
    at_risk: int
    survival: Estimate
    std_error: Estimate
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True)
class Quantile:
    """The time by which a fraction `p` have had the event, with limits, in the unit of the times."""

    p: float
    estimate: Estimate
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """A product-limit curve: one row per distinct time, in the unit of the times given.

    `lower` and `upper` hold NaN where no limit exists, so that they can be drawn; the methods never return one.
    """

    n: int
    time: Column
    at_risk: Counts
    events: Counts
    censored: Counts
    survival: Column
    std_error: Column
    lower: Column
    upper: Column
    interval: IntervalKind
    level: float

    def survival_at(self, time: float) -> SurvivalAt:
        """The curve at a time; past the last observation there is no estimate unless the curve has reached 0."""
        a_time(time)
        row = int(np.searchsorted(self.time, time + TOLERANCE, side="right")) - 1
        at_risk = at_risk_at(self, time)
        if self.n == 0:
            return SurvivalAt(time, 0, NO_SUBJECT, NO_SUBJECT, NO_SUBJECT, NO_SUBJECT)
        if row < 0:
            limit = _limit(np.nan if self.interval == "log-log" else 1.0, 1.0)
            return SurvivalAt(time, at_risk, 1.0, 0.0, limit, limit)
        survival = float(self.survival[row])
        if time > self.time[-1] + TOLERANCE and survival > 0:
            none = NotEstimable("nobody was followed that long")
            return SurvivalAt(time, 0, none, none, none, none)
        error = float(self.std_error[row])
        return SurvivalAt(
            time,
            at_risk,
            survival,
            error if isfinite(error) else NotEstimable("the curve has reached 0"),
            _limit(float(self.lower[row]), survival),
            _limit(float(self.upper[row]), survival),
        )

    def quantile(self, p: float) -> Quantile:
        """The time by which a fraction `p` have had the event: the middle of the step where the curve lies flat on it.

        >>> flat = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).quantile(0.5)
        >>> flat.estimate, flat.lower, flat.upper.because
        (2.5, 1.0, 'the limit does not come down to 50%')
        """
        if not 0 < p < 1:
            raise ValueError(f"A quantile lies between 0 and 1, not at {p}; the median is 0.5.")
        if self.n == 0:
            return Quantile(p, NO_SUBJECT, NO_SUBJECT, NO_SUBJECT)
        return Quantile(
            p,
            _crossing(self.time, self.survival, p, "the curve does not come down to"),
            _crossing(self.time, self.lower, p, "the limit does not come down to"),
            _crossing(self.time, self.upper, p, "the limit does not come down to"),
        )

    def median(self) -> Quantile:
        """The median time with its limits."""
        return self.quantile(0.5)


def kaplan_meier(
    times: ArrayLike, events: ArrayLike, interval: IntervalKind = "log-log", level: float = 0.95
) -> KaplanMeier:
    """The product-limit curve of times (any unit, from 0) and events (true for an event, false for a censoring).

    >>> curve = kaplan_meier([6, 6, 6, 7, 10], [1, 1, 0, 1, 0])
    >>> [round(float(s), 3) for s in curve.survival]
    [0.6, 0.3, 0.3]
    """
    if interval not in get_args(IntervalKind):
        raise ValueError(f"The interval is one of {', '.join(get_args(IntervalKind))}.")
    confidence_level(level)
    spans, failed = observations(times, events)
    time, at_risk, died, censored = _life_table(spans, failed)
    left = at_risk - died
    survival: Column = left / at_risk
    np.cumprod(survival, out=survival)
    variance = _greenwood(at_risk, died, left)
    std_error, lower, upper = np.empty((3, len(time)))
    z = two_sided_z(level)
    for start in range(0, len(time), BLOCK):
        rows = slice(start, start + BLOCK)
        log_error = np.sqrt(variance[rows])
        with np.errstate(invalid="ignore"):
            std_error[rows] = survival[rows] * log_error  # NaN once the curve is at 0: 0 times infinity
        lower[rows], upper[rows] = pointwise_limits(survival[rows], log_error, interval, z)
    for column in (time, at_risk, died, censored, survival, std_error, lower, upper):
        column.setflags(write=False)
    return KaplanMeier(len(spans), time, at_risk, died, censored, survival, std_error, lower, upper, interval, level)


def a_time(time: float) -> float:
    """A time on a curve: finite and from 0 on."""
    if not isfinite(time) or time < 0:
        raise ValueError(f"A time on the curve is a finite number from 0 on, not {time}.")
    return float(time)


def observations(times: ArrayLike, events: ArrayLike) -> tuple[Column, NDArray[np.bool_]]:
    """Times and event marks as columns of one length; what cannot be a follow-up is refused."""
    spans = finite_column(times, "Times")
    if (
        isinstance(events, np.ndarray)
        and events.dtype == bool
        and events.shape == spans.shape
        and not (spans < 0).any()
    ):
        return spans, events
    marks = finite_column(events, "Events")
    if len(spans) != len(marks):
        raise ValueError(f"{len(spans)} times came with {len(marks)} event marks; each time needs one.")
    if (spans < 0).any():
        raise ValueError(f"{int((spans < 0).sum())} times are negative; time runs forward from the start.")
    if not ((marks == 0) | (marks == 1)).all():
        others = int((~((marks == 0) | (marks == 1))).sum())
        raise ValueError(
            f"{others} event marks are neither true nor false (1 or 0); codes such as 1/2 have to be recoded."
        )
    return spans, marks == 1.0


def _life_table(spans: Column, failed: NDArray[np.bool_]) -> tuple[Column, Counts, Counts, Counts]:
    """Distinct times with numbers at risk, events and censorings at each."""
    if len(spans) and spans.max() < min(WHOLE, 4 * len(spans) + 64):
        whole = spans.astype(np.int64)
        if (whole == spans).all():
            return _counted(whole, failed)
    order, dead = sorted_observations(spans, failed)
    starts = distinct_starts(order)
    if len(starts) == len(order):
        return order, np.arange(len(order), 0, -1), dead, 1 - dead
    died = np.add.reduceat(dead, starts)
    leaving = np.diff(starts, append=len(order))
    return order[starts], len(order) - starts, died, leaving - died


def _counted(whole: Counts, failed: NDArray[np.bool_]) -> tuple[Column, Counts, Counts, Counts]:
    """The life table of whole days, by counting instead of sorting."""
    leaving = np.bincount(whole)
    died = np.bincount(whole[failed], minlength=len(leaving))
    days = np.flatnonzero(leaving)
    leaving, died = leaving[days], died[days]
    at_risk = leaving[::-1].cumsum()[::-1].copy()
    return days.astype(np.float64), at_risk, died, leaving - died


def sorted_observations(spans: Column, failed: NDArray[np.bool_]) -> tuple[Column, Counts]:
    """Times in order (along the last axis) with 1 for an event and 0 for a censoring, events first at the same time.

    The bits of a number from 0 on sort as the number does and leave the sign bit free: the mark travels there.
    """
    key = (spans + 0.0).view(np.uint64)
    key <<= np.uint64(1)
    key |= ~failed
    if key.size > LONG and key.ndim == 1:
        key = _roughly_in_order(key)
        key.sort(kind="stable")
    else:
        key.sort(axis=-1)
    dead = key & np.uint64(1)
    dead ^= np.uint64(1)
    key >>= np.uint64(1)
    return key.view(np.float64), dead.view(np.int64)


def _roughly_in_order(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Ordered by the first 16 bits in which they differ, by counting; what then compares has little left to do."""
    least = key.min()
    above = key - least
    above >>= np.uint64(max(int(key.max() - least).bit_length() - 16, 0))
    ordered: NDArray[np.uint64] = key[above.astype(np.uint16).argsort(kind="stable")]
    return ordered


def distinct_starts(order: Column) -> NDArray[np.intp]:
    """Where each distinct time begins in sorted times; a gap below the tolerance (or below it relative to the mean
    of the distinct times) is rounding, as in R's `timefix`."""
    if len(order) == 0:
        return np.zeros(0, dtype=np.intp)
    gaps = np.diff(order)
    first = np.concatenate([[True], gaps > 0])
    scale = max(1.0, float(order.mean() if first.all() else order[first].mean()))
    return np.flatnonzero(np.concatenate([[True], gaps > TOLERANCE * scale]))


def _greenwood(at_risk: Counts, died: Counts, left: Counts) -> Column:
    """Cumulative sum of d / (n (n - d)): the variance of log survival; infinite once nobody is left."""
    terms = left.astype(np.float64)
    terms *= at_risk
    with np.errstate(divide="ignore"):
        np.divide(died, terms, out=terms)
    return np.cumsum(terms, out=terms)


def two_sided_z(level: float) -> float:
    """The normal quantile of a two-sided interval at this level."""
    return float(stats.norm.isf((1 - level) / 2))


def pointwise_limits(survival: Column, error: Column, interval: IntervalKind, z: float) -> tuple[Column, Column]:
    """Pointwise limits from the standard error of log survival; NaN where the method has none.

    At 0 the error is infinite and at 1 it is 0, so that what has no limit comes out as NaN without being asked for.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if interval == "plain":
            half = z * error * survival
            return np.maximum(survival - half, 0.0), np.minimum(survival + half, 1.0)
        if interval == "log":
            inside = np.where(survival > 0, survival, np.nan)
            return inside * np.exp(-z * error), np.minimum(inside * np.exp(z * error), 1.0)
        log_survival = np.log(survival)
        widened = np.exp(-z * error / log_survival)
        return np.exp(log_survival * widened), np.exp(log_survival / widened)


def _crossing(time: Column, curve: Column, p: float, otherwise: str) -> Estimate:
    """When a step curve has fallen by `p`: the middle of the step where it lies flat there, as in R's `quantile`.

    Limits need not fall steadily; then, as in R, the value nearest below counts, at the first time it is taken.
    """
    fallen = 1.0 - curve
    reached = _first_at_least(fallen, p - TOLERANCE)
    if reached is None:
        return NotEstimable(f"{otherwise} {100 * (1 - p):g}%")
    passed = _first_at_least(fallen, p + TOLERANCE)
    flat_to_the_end = abs(fallen[-1] - p) < TOLERANCE
    if passed is None and not flat_to_the_end:
        return NotEstimable(f"{otherwise} {100 * (1 - p):g}%")
    end = time[-1] if flat_to_the_end or passed is None else time[passed]
    return float((time[reached] + end) / 2)


def _first_at_least(fallen: Column, bound: float) -> int | None:
    rows = np.flatnonzero(fallen >= bound)
    return int(rows[np.argmin(fallen[rows])]) if len(rows) else None


def _limit(value: float, survival: float) -> Estimate:
    if isfinite(value):
        return value
    where = "the curve has reached 0" if survival == 0 else "there was no event so far"
    return NotEstimable(f"{where}, where this method has no limits")


def at_risk_at(curve: KaplanMeier, time: float) -> int:
    """How many are still followed just before a time."""
    row = int(np.searchsorted(curve.time, time - TOLERANCE, side="left"))
    return int(curve.at_risk[row]) if row < len(curve.time) else 0
