"""Competing events: the probability of one kind of event by a time, when another may come first.

Decided here: the estimator of Aalen and Johansen (1978) with the variance R's `survfit` gives for several states
(infinitesimal jackknife), and its limits. One minus Kaplan-Meier would count those as still at risk to whom it can no
longer happen. Not here: which events compete (`core.endpoints`). Read `cumulative_incidence` first.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trialwright.core.estimation.survival import (
    NO_SUBJECT,
    TOLERANCE,
    Counts,
    IntervalKind,
    a_time,
    distinct_starts,
    observations,
    pointwise_limits,
    two_sided_z,
)
from trialwright.core.estimation.values import Column, Estimate, NotEstimable, confidence_level


@dataclass(frozen=True)
class IncidenceAt:
    """The probability of having had the event by a time, with its standard error and limits."""

    time: float
    incidence: Estimate
    std_error: Estimate
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True, eq=False)
class Incidence:
    """The curve of one cause: a row per distinct time; limits are NaN where the method has none."""

    cause: Hashable
    events: Counts
    incidence: Column
    std_error: Column
    lower: Column
    upper: Column


@dataclass(frozen=True, eq=False)
class CumulativeIncidence:
    """One curve per cause over the same times; with `event_free` they add up to 1."""

    n: int
    time: Column
    at_risk: Counts
    censored: Counts
    event_free: Column
    curves: tuple[Incidence, ...]
    interval: IntervalKind
    level: float

    def curve(self, cause: Hashable) -> Incidence | None:
        """The curve of a cause; None where nobody had it, so that its incidence is 0 throughout."""
        return next((one for one in self.curves if one.cause == cause), None)

    def at(self, cause: Hashable, time: float) -> IncidenceAt:
        """The probability of the event by a time; past the last observation there is none unless all had an event."""
        a_time(time)
        if self.n == 0:
            return IncidenceAt(time, NO_SUBJECT, NO_SUBJECT, NO_SUBJECT, NO_SUBJECT)
        if time > self.time[-1] + TOLERANCE and self.event_free[-1] > 0:
            none = NotEstimable("nobody was followed that long")
            return IncidenceAt(time, none, none, none, none)
        row = int(np.searchsorted(self.time, time + TOLERANCE, side="right")) - 1
        found = self.curve(cause)
        if found is None or row < 0 or found.incidence[row] == 0:
            none = NotEstimable("there was no such event so far, where this method has no limits")
            return IncidenceAt(time, 0.0, 0.0, none, none)
        limits = (_limit(float(column[row])) for column in (found.lower, found.upper))
        return IncidenceAt(time, float(found.incidence[row]), float(found.std_error[row]), *limits)


class _Steps(NamedTuple):
    """What all causes share, a value per distinct time: at risk, event-free just before, hazard, and sums of it."""

    at_risk: Column
    before: Column
    hazard: Column
    after_all: Column
    row: NDArray[np.intp]
    beyond: Column


def cumulative_incidence(
    times: ArrayLike,
    causes: Sequence[Hashable | None],
    interval: IntervalKind = "log-log",
    level: float = 0.95,
) -> CumulativeIncidence:
    """The incidence of each cause over time; a subject without a cause (None) was censored.

    >>> found = cumulative_incidence([1, 2, 3, 4], ["relapse", "death", None, "relapse"])
    >>> found.at("relapse", 2).incidence, found.at("death", 4).incidence, found.at("relapse", 4).incidence
    (0.25, 0.25, 0.75)
    """
    if interval not in get_args(IntervalKind):
        raise ValueError(f"The interval is one of {', '.join(get_args(IntervalKind))}.")
    confidence_level(level)
    spans, failed = observations(times, [cause is not None for cause in causes])
    order = np.lexsort((~failed, spans))
    starts = distinct_starts(spans[order])
    row = np.zeros(len(spans), dtype=np.intp)
    row[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(spans)))
    at_risk, width = len(spans) - starts, len(starts)
    died = np.bincount(row[failed], minlength=width)
    steps = _steps(at_risk.astype(float), died.astype(float), row, failed)
    names = sorted({cause for cause in causes if cause is not None}, key=str)
    curves = tuple(_curve(cause, causes, steps, interval, two_sided_z(level)) for cause in names)
    left = np.bincount(row, minlength=width) - died
    free: Column = np.cumprod(1 - died / at_risk, dtype=np.float64)
    time = spans[order][starts]
    return CumulativeIncidence(len(spans), time, at_risk.astype(np.int64), left, free, curves, interval, level)


def _steps(at_risk: Column, died: Column, row: NDArray[np.intp], failed: NDArray[np.bool_]) -> _Steps:
    hazard = died / at_risk
    before = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])[: len(hazard)]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(died < at_risk, 1 / (at_risk - died), 0.0)
    after_all = np.cumsum(hazard * share)
    # How the curve after a subject's own time answers to the subject: by its event, less its part in earlier risk.
    beyond = np.where(failed, share[row], 0.0) - after_all[row]
    return _Steps(at_risk, before, hazard, after_all, row, beyond)


def _curve(
    cause: Hashable, causes: Sequence[Hashable | None], steps: _Steps, interval: IntervalKind, z: float
) -> Incidence:
    mine = np.array([each == cause for each in causes], dtype=bool)
    died = np.bincount(steps.row[mine], minlength=len(steps.at_risk))
    incidence: Column = np.cumsum(steps.before * died / steps.at_risk)
    error = _jackknife_error(incidence, died / steps.at_risk, mine, steps)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(error == 0, 0.0, error / incidence)
        inside = np.where(incidence > 0, incidence, np.nan if interval != "plain" else 0.0)
    lower, upper = pointwise_limits(inside, relative, interval, z)
    return Incidence(cause, died.astype(np.int64), incidence, error, lower, upper)


def _jackknife_error(incidence: Column, hazard: Column, mine: NDArray[np.bool_], steps: _Steps) -> Column:
    """The root of the summed squares of what each subject's weight does to the incidence at each time.

    A subject still followed past t moves it by `open_`; one who left at its own time moves it by its `own` part less
    `beyond` times what the incidence grew since. The squares are summed over subjects by running sums.
    """
    before_all = np.concatenate([[0.0], steps.after_all[:-1]])[: len(hazard)]
    open_ = np.cumsum(steps.before * hazard * (before_all - 1 / steps.at_risk))
    row, width = steps.row, len(hazard)
    own = open_[row] + np.where(mine, (steps.before / steps.at_risk)[row], 0.0)
    level = own + steps.beyond * incidence[row]
    squares = (np.bincount(row, w, minlength=width) for w in (level**2, level * steps.beyond, steps.beyond**2))
    constant, linear, square = (np.cumsum(each) for each in squares)
    followed = len(row) - np.cumsum(np.bincount(row, minlength=width))
    total = followed * open_**2 + constant - 2 * incidence * linear + incidence**2 * square
    return np.sqrt(np.maximum(total, 0.0))


def _limit(value: float) -> Estimate:
    return value if isfinite(value) else NotEstimable("everybody had this event, where this method has no limits")
