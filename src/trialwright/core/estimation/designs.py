"""Simon's two-stage designs for a response rate: stop early when too few respond (Simon 1989).

Decided here: the exhaustive search for the optimal design (fewest expected subjects when the drug is inactive), the
minimax design (fewest subjects at most) and the admissible ones between them (Jung and others 2004). The search ends by
proof, not by a limit on the size. Not here: what is said after a stage (`two_stage`), the stopping gate in a running
trial (`core.conduct`). Read `simon_two_stage` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import stats

from trialwright.core.estimation.values import Column

LARGEST = 400
"""A design that needs more subjects than this is no early-phase design; the search says so."""


@dataclass(frozen=True)
class TwoStagePlan:
    """Stop after `n1` subjects if at most `r1` respond; call the drug inactive if at most `r` of `n` do."""

    r1: int
    n1: int
    r: int
    n: int

    def __str__(self) -> str:
        return f"{self.r1}/{self.n1}, {self.r}/{self.n}"


@dataclass(frozen=True)
class SimonDesign(TwoStagePlan):
    """A plan in two stages with its chances: `alpha` and `power` are the ones attained.

    `early_stop` and `expected_n` hold when the drug is inactive.
    """

    alpha: float
    power: float
    early_stop: float
    expected_n: float

    def __str__(self) -> str:
        return super().__str__()


@dataclass(frozen=True)
class SimonDesigns:
    """The two designs of Simon's paper for one hypothesis."""

    optimal: SimonDesign
    minimax: SimonDesign


@dataclass(frozen=True)
class AdmissibleDesign:
    """The best design where the greatest size weighs between `least` and `most`, the expected size the rest of 1.

    The minimax design is best up to a weight of 1, the optimal one from 0 on.
    """

    design: SimonDesign
    least: float
    most: float


class _Asked(NamedTuple):
    p0: float
    p1: float
    alpha: float
    beta: float


def simon_two_stage(p0: float, p1: float, alpha: float, beta: float) -> SimonDesigns:
    """Optimal and minimax designs to tell a response rate `p1` from `p0`, false positive `alpha`, negative `beta`.

    >>> designs = simon_two_stage(0.10, 0.30, 0.05, 0.20)
    >>> str(designs.optimal), str(designs.minimax)
    ('1/10, 5/29', '1/15, 5/25')
    """
    best = _best_of_each_size(_asked(p0, p1, alpha, beta))
    return SimonDesigns(optimal=min(best, key=lambda design: design.expected_n), minimax=best[0])


def admissible_designs(p0: float, p1: float, alpha: float, beta: float) -> tuple[AdmissibleDesign, ...]:
    """From the minimax to the optimal design, each that is best for some weight of the greatest size (Jung 2004).

    >>> [(str(one.design), round(one.least, 3)) for one in admissible_designs(0.10, 0.30, 0.05, 0.20)]
    [('1/15, 5/25', 0.732), ('1/12, 5/26', 0.482), ('1/11, 5/27', 0.293), ('1/10, 5/29', 0.0)]
    """
    hull: list[SimonDesign] = []
    for design in _best_of_each_size(_asked(p0, p1, alpha, beta)):
        if hull and design.expected_n >= hull[-1].expected_n:
            continue
        while len(hull) > 1 and _weight(hull[-2], hull[-1]) <= _weight(hull[-1], design):
            hull.pop()
        hull.append(design)
    bounds = [1.0, *(_weight(a, b) for a, b in pairwise(hull)), 0.0]
    return tuple(AdmissibleDesign(one, bounds[i + 1], bounds[i]) for i, one in enumerate(hull))


def _weight(smaller: SimonDesign, larger: SimonDesign) -> float:
    """The weight of the greatest size at which two designs are equally good."""
    slope = (smaller.expected_n - larger.expected_n) / (larger.n - smaller.n)
    return slope / (1 + slope)


def _asked(p0: float, p1: float, alpha: float, beta: float) -> _Asked:
    if not 0 < p0 < p1 < 1 or not 0 < alpha < 1 or not 0 < beta < 1:
        raise ValueError(
            "A two-stage design needs 0 < p0 < p1 < 1 and error rates "
            f"between 0 and 1, not p0 {p0}, p1 {p1}, {alpha}, {beta}."
        )
    return _Asked(p0, p1, alpha, beta)


def _best_of_each_size(asked: _Asked) -> list[SimonDesign]:
    """For each size that has one, the design with the fewest expected subjects, up to where no size can do better."""
    best: list[SimonDesign] = []
    n, fewest = 2, float(LARGEST)
    while n <= (_largest_worth_trying(asked, fewest) if best else LARGEST):
        found = _best_of_size(asked, n, fewest)
        if found is not None:
            best.append(found)
            fewest = min(fewest, found.expected_n)
        n += 1
    if not best:
        raise ValueError(f"No two-stage design of up to {LARGEST} subjects meets these error rates.")
    return best


def _largest_worth_trying(asked: _Asked, expected_n: float) -> int:
    """No larger n can beat `expected_n`, even with the greatest early stop that the power allows."""
    n1 = np.arange(1, int(expected_n) + 1)
    return int(np.max(n1 + (expected_n - n1) / np.maximum(1 - _greatest_stop(asked)[n1], 1e-12), initial=0.0))


@lru_cache(maxsize=64)
def _greatest_stop(asked: _Asked) -> Column:
    """For each n1, the greatest chance to stop an inactive drug early that leaves an active one its power."""
    n1 = np.arange(LARGEST + 1)
    most = stats.binom.ppf(asked.beta, n1, asked.p1)
    most = np.where(stats.binom.cdf(most, n1, asked.p1) <= asked.beta, most, most - 1)
    stop: Column = stats.binom.cdf(most, n1, asked.p0)
    return stop


def _best_of_size(asked: _Asked, n: int, bound: float) -> SimonDesign | None:
    """The design of `n` subjects with the fewest expected ones, if these are fewer than the bound."""
    if not _large_enough(asked, n):
        return None
    best: SimonDesign | None = None
    n1 = np.arange(1, min(n, LARGEST + 1))
    fewest = n1 + (1 - _greatest_stop(asked)[n1]) * (n - n1)
    for size in n1[np.argsort(fewest, kind="stable")]:
        if fewest[size - 1] >= bound:
            break
        found = _best_split(asked, int(size), n)
        if found is not None and found.expected_n < bound:
            best, bound = found, found.expected_n
    return best


def _large_enough(asked: _Asked, n: int) -> bool:
    """Whether the best test of one stage (Neyman and Pearson) has the power; if not, no test of `n` subjects has."""
    least = int(stats.binom.isf(asked.alpha, n, asked.p0))
    surely = float(stats.binom.sf(least, n, asked.p1))
    part = (asked.alpha - float(stats.binom.sf(least, n, asked.p0))) / float(stats.binom.pmf(least, n, asked.p0))
    return surely + part * float(stats.binom.pmf(least, n, asked.p1)) >= 1 - asked.beta - 1e-9


def _best_split(asked: _Asked, n1: int, n: int) -> SimonDesign | None:
    """The design with a first stage of `n1`: for each r1 the least r within alpha, kept if the power is enough."""
    inactive, stop = _called_inactive(n1, n, asked.p0)
    missed, missed_early = _called_inactive(n1, n, asked.p1)
    within = 1 - inactive <= asked.alpha
    r = np.argmax(within, axis=1)
    rows = np.arange(n1)
    good = within[rows, r] & (missed[rows, r] <= asked.beta) & (missed_early <= asked.beta)
    if not good.any():
        return None
    r1 = int(np.flatnonzero(good)[-1])
    last = int(r[r1])
    return SimonDesign(
        r1=r1,
        n1=n1,
        r=last,
        n=n,
        alpha=float(1 - inactive[r1, last]),
        power=float(1 - missed[r1, last]),
        early_stop=float(stop[r1]),
        expected_n=float(n1 + (1 - stop[r1]) * (n - n1)),
    )


def _called_inactive(n1: int, n: int, p: float) -> tuple[Column, Column]:
    """Probability of calling the drug inactive for each (r1, r), and of stopping early for each r1 below n1."""
    first, later = _chances(n1, p)[0], _chances(n - n1, p)[1]
    stop = np.cumsum(first)[:n1]
    # Row x, column r: the chance of at most r - x responders in the second stage, as a window moving over it.
    padded = np.concatenate([np.zeros(n1), later, np.ones(n1)])
    second = np.lib.stride_tricks.sliding_window_view(padded, n)[n1::-1]
    at_least = np.cumsum((first[:, None] * second)[::-1], axis=0)[::-1]
    return stop[:, None] + at_least[1:, :], stop


@lru_cache(maxsize=1024)
def _chances(n: int, p: float) -> tuple[Column, Column]:
    """The chance of each number of responders among n, and of that many or fewer."""
    x = np.arange(n + 1)
    return stats.binom.pmf(x, n, p), stats.binom.cdf(x, n, p)
