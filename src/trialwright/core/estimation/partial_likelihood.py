"""The partial likelihood of Cox's model: its height, slope and curvature at given coefficients.

Decided here: who is at risk at an event (all of the same stratum followed at least that long) and how events at the
same time share their risk: after Efron the risk of the m of them is taken off in m steps, after Breslow each event
has all of it. Not here: finding the maximum (`hazards`). Read `risk_sets` first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trialwright.core.estimation.survival import distinct_starts
from trialwright.core.estimation.values import Column

Matrix = NDArray[np.float64]
Places = NDArray[np.intp]
Ties = Literal["efron", "breslow"]


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Subjects ordered by stratum and then from the longest followed, so that a risk set is a run of them.

    `strata` says where each stratum begins. For each event: `first` and `last` bound its risk set, `group` is its tie
    group, `share` the part of that group's events whose risk is taken off.
    """

    covariates: Matrix
    died: NDArray[np.bool_]
    strata: Places
    first: Places
    last: Places
    group: Places
    share: Column

    def only(self, columns: list[int]) -> RiskSets:
        """The same subjects with some of the covariates."""
        return replace(self, covariates=self.covariates[:, columns])


def risk_sets(spans: Column, failed: NDArray[np.bool_], covariates: Matrix, strata: Places, ties: Ties) -> RiskSets:
    """Who is at risk at each event; times that differ only by rounding are one."""
    rank = _time_ranks(spans)
    order = np.lexsort((-rank, strata))
    rank, place, died = rank[order], strata[order], failed[order]
    key = place * (len(spans) + 1) - rank
    last = np.searchsorted(key, key[died], side="right") if len(key) else np.zeros(0, dtype=np.intp)
    first = np.searchsorted(place, place[died], side="left")
    group = np.unique(last, return_inverse=True)[1]
    share = _shares(group) if ties == "efron" else np.zeros(len(group))
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    return RiskSets(covariates[order], died, starts, first, last, group, share)


def _time_ranks(spans: Column) -> Places:
    order = np.argsort(spans, kind="stable")
    starts = distinct_starts(spans[order])
    rank = np.zeros(len(spans), dtype=np.intp)
    rank[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(spans)))
    return rank


def _shares(group: Places) -> Column:
    """For each event of a tie group of m: 0, 1/m, 2/m, …"""
    sizes = np.bincount(group)
    starts = np.cumsum(sizes) - sizes
    order = np.argsort(group, kind="stable")
    share = np.zeros(len(group))
    share[order] = (np.arange(len(group)) - np.repeat(starts, sizes)) / np.repeat(sizes, sizes)
    return share


def log_likelihood(sets: RiskSets, beta: Column) -> float:
    """The height of the log partial likelihood."""
    score, weight = _weights(sets, beta)
    with np.errstate(divide="ignore", invalid="ignore"):  # a step too far; its height is no number and is not taken
        return float(score[sets.died].sum() - np.log(_at_risk(sets, weight)).sum())


def slopes(sets: RiskSets, beta: Column) -> tuple[float, Column, Matrix]:
    """Height, slope and curvature (the information) of the log partial likelihood."""
    score, weight = _weights(sets, beta)
    x = sets.covariates
    with np.errstate(divide="ignore", invalid="ignore"):
        total = _at_risk(sets, weight)
        means = np.empty((len(total), x.shape[1]))
        curvature = np.empty((x.shape[1], x.shape[1]))
        for i in range(x.shape[1]):
            means[:, i] = _at_risk(sets, weight * x[:, i]) / total
            for j in range(i + 1):
                product = _at_risk(sets, weight * x[:, i] * x[:, j]) / total - means[:, i] * means[:, j]
                curvature[i, j] = curvature[j, i] = product.sum()
        height = float(score[sets.died].sum() - np.log(total).sum())
    return height, (x[sets.died] - means).sum(axis=0), curvature


def _weights(sets: RiskSets, beta: Column) -> tuple[Column, Column]:
    """The score of each subject, moved so that the greatest of each stratum is 0, and its exponential."""
    score: Column = sets.covariates @ beta
    if len(score):
        greatest = np.maximum.reduceat(score, sets.strata)
        score = score - np.repeat(greatest, np.diff(sets.strata, append=len(score)))
    return score, np.exp(score)


def _at_risk(sets: RiskSets, amount: Column) -> Column:
    """For each event the sum of an amount over its risk set, less the shared part of the events tied with it."""
    running = np.concatenate([[0.0], np.cumsum(amount)])
    tied = np.bincount(sets.group, amount[sets.died], minlength=1)
    return running[sets.last] - running[sets.first] - sets.share * tied[sets.group] if len(sets.group) else np.zeros(0)
