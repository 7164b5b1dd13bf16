"""Simon's two-stage designs for a response rate: stop early when too few respond (Simon 1989).

Decided here: the exhaustive search for the optimal design (fewest expected subjects when the drug is inactive) and
the minimax design (fewest subjects at most). The search ends by proof, not by a limit on the size. Not here: the
stopping gate in a running trial (`core.conduct`). Read `simon_two_stage` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import stats

from trialwright.core.estimation.values import Column

LARGEST = 400
"""A design that needs more subjects than this is no early-phase design; the search says so."""


@dataclass(frozen=True)
class SimonDesign:
    """Stop after `n1` subjects if at most `r1` respond; call the drug inactive if at most `r` of `n` do.

    `alpha` and `power` are the ones attained; `early_stop` and `expected_n` hold when the drug is inactive.
    """

    r1: int
    n1: int
    r: int
    n: int
    alpha: float
    power: float
    early_stop: float
    expected_n: float

    def __str__(self) -> str:
        return f"{self.r1}/{self.n1}, {self.r}/{self.n}"


@dataclass(frozen=True)
class SimonDesigns:
    """The two designs of Simon's paper for one hypothesis."""

    optimal: SimonDesign
    minimax: SimonDesign


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
    if not 0 < p0 < p1 < 1 or not 0 < alpha < 1 or not 0 < beta < 1:
        raise ValueError(
            "A two-stage design needs 0 < p0 < p1 < 1 and error rates "
            f"between 0 and 1, not p0 {p0}, p1 {p1}, {alpha}, {beta}."
        )
    asked = _Asked(p0, p1, alpha, beta)
    optimal: SimonDesign | None = None
    minimax: SimonDesign | None = None
    n = 2
    while n <= (LARGEST if optimal is None else _largest_worth_trying(asked, optimal.expected_n)):
        best = _best_of_size(asked, n, LARGEST if optimal is None else optimal.expected_n)
        if best is not None and (optimal is None or best.expected_n < optimal.expected_n):
            optimal = best
        minimax = minimax or best
        n += 1
    if optimal is None or minimax is None:
        raise ValueError(f"No two-stage design of up to {LARGEST} subjects meets these error rates.")
    return SimonDesigns(optimal, minimax)


def _largest_worth_trying(asked: _Asked, expected_n: float) -> int:
    """No larger n can beat `expected_n`: n1 + (1 - stop) (n - n1) with the greatest stop that the power allows."""
    n1 = np.arange(1, int(expected_n) + 1)
    most = stats.binom.ppf(asked.beta, n1, asked.p1)
    most = np.where(stats.binom.cdf(most, n1, asked.p1) <= asked.beta, most, most - 1)
    go_on = stats.binom.sf(most, n1, asked.p0)
    return int(np.max(n1 + (expected_n - n1) / np.maximum(go_on, 1e-12), initial=0.0))


def _best_of_size(asked: _Asked, n: int, bound: float) -> SimonDesign | None:
    """The design of `n` subjects with the fewest expected ones."""
    found = (_best_split(asked, n1, n) for n1 in range(1, min(n, int(bound) + 1)))
    return min((design for design in found if design), key=lambda design: design.expected_n, default=None)


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
    x, r = np.arange(n1 + 1), np.arange(n)
    first = stats.binom.pmf(x, n1, p)
    stop = np.cumsum(first)[:n1]
    second = stats.binom.cdf(r[None, :] - x[:, None], n - n1, p)
    at_least = np.cumsum((first[:, None] * second)[::-1], axis=0)[::-1]
    return stop[:, None] + at_least[1:, :], stop
