"""Ranks: did paired values change, does one group tend to higher values, and by how much?

Decided here: when a rank test is exact (fewer than 50 values in each group, tied or not: ties are counted as they
are), otherwise the normal approximation corrected for ties and continuity; the shift of Hodges and Lehmann (1963) and
its interval as R's `wilcox.test` gives them. R has no exact test where values are tied; ask for `exact=False` to get
its number. Not here: rank correlation (`correlation`). Read `mann_whitney` first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from trialwright.core.estimation.values import Column, Estimate, NotEstimable, confidence_level, finite_column

EXACT_RANKS = 50
"""Rank tests are exact below this number in each group, the bound of R's `wilcox.test`."""

ALL_PAIRS = 2_000_000
"""Up to this many differences are laid out and sorted; beyond, the shift is found by halving."""

EXACT = "exact"
NORMAL = "normal, continuity corrected"
NOT_EXACT = NotEstimable("the limits are not exact")


@dataclass(frozen=True)
class RankTest:
    """A rank test: its statistic, p, how p was found (exact or normal), and how many values it used.

    `shift` is the Hodges-Lehmann estimate (first minus second, or after minus before) in the unit of the values, with
    limits; `interval` says how these were found (exact where no values are tied, otherwise normal). Exact limits keep a
    level of their own, `attained`, since few values leave few levels to choose from.
    """

    n: int
    statistic: Estimate
    p: Estimate
    method: str
    shift: Estimate
    lower: Estimate
    upper: Estimate
    level: float
    interval: str = "none"
    attained: Estimate = NOT_EXACT


class _Null(NamedTuple):
    """The chances of 0, 1, 2 … when there is no shift."""

    chances: Column

    def at_most(self, value: float) -> float:
        return float(self.chances[: int(value) + 1].sum()) if value >= 0 else 0.0

    def two_sided(self, value: float) -> float:
        low, high = float(self.chances[: round(value) + 1].sum()), float(self.chances[round(value) :].sum())
        return min(1.0, 2 * min(low, high))

    def quantile(self, p: float) -> int:
        """The least value that is not exceeded with a chance of `p` or more."""
        return int(np.searchsorted(np.cumsum(self.chances), p * (1 - 64 * np.finfo(float).eps)))


class _Limits(NamedTuple):
    lower: Estimate
    upper: Estimate
    method: str
    attained: Estimate = NOT_EXACT


def signed_rank(before: ArrayLike, after: ArrayLike, level: float = 0.95, *, exact: bool | None = None) -> RankTest:
    """Did paired values change? (Wilcoxon signed-rank; pairs without change are left out).

    >>> found = signed_rank([10, 12, 9], [8, 9, 5])
    >>> found.p, found.shift
    (0.25, -3.0)
    """
    confidence_level(level)
    first, second = finite_column(before, "Values before"), finite_column(after, "Values after")
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values before came with {len(second)} after; pairs are compared.")
    return signed_rank_of(second - first, level, exact=exact)


def signed_rank_of(changes: ArrayLike, level: float = 0.95, *, exact: bool | None = None) -> RankTest:
    """Are changes more often upwards, or downwards? (`signed_rank` where the changes are known better than by floats).

    6.3 − 6.2 and 6.4 − 6.3 differ as floats and would not be tied; reckon such changes exactly and give them here.

    >>> signed_rank_of([0.1, 0.1, 0.1, -0.1]).p, signed_rank([6.2, 6.3, 6.4, 6.6], [6.3, 6.4, 6.5, 6.5]).p
    (0.625, 0.5)
    """
    confidence_level(level)
    change = finite_column(changes, "Changes")
    unchanged = bool((change == 0).any())
    change = change[change != 0]
    if len(change) == 0:
        none = NotEstimable("no pair changed")
        return RankTest(0, none, none, "none", none, none, none, level)
    ranks: Column = stats.rankdata(abs(change))
    rises = float(ranks[change > 0].sum())
    small = len(change) < EXACT_RANKS if exact is None else exact
    p = _null_of_signs(ranks).two_sided(2 * rises) if small else _p_of_normal(_z_of_signs(change, 0.0, correct=True))
    clean = small and not unchanged and len(np.unique(ranks)) == len(ranks)
    shift, limits = _paired_shift(change, level, exact=clean)
    return RankTest(len(change), rises, p, EXACT if small else NORMAL, shift, *limits[:2], level, *limits[2:])


def mann_whitney(first: ArrayLike, second: ArrayLike, level: float = 0.95, *, exact: bool | None = None) -> RankTest:
    """Does one group tend to higher values? (Wilcoxon rank sum; the statistic is U of the first group).

    >>> found = mann_whitney([7, 8, 9], [1, 2, 3])
    >>> found.p, found.shift
    (0.1, 6.0)
    """
    confidence_level(level)
    a, b = finite_column(first, "Values of the first group"), finite_column(second, "Values of the second group")
    total = len(a) + len(b)
    if len(a) == 0 or len(b) == 0:
        none = NotEstimable("a group has no values")
        return RankTest(total, none, none, "none", none, none, none, level)
    pooled = np.concatenate([a, b])
    if (pooled == pooled[0]).all():
        none = NotEstimable("all values are the same")
        return RankTest(total, len(a) * len(b) / 2, none, "none", 0.0, none, none, level)
    ranks: Column = stats.rankdata(pooled)
    above = float(ranks[: len(a)].sum()) - len(a) * (len(a) + 1) / 2
    small = max(len(a), len(b)) < EXACT_RANKS if exact is None else exact
    p = _p_of_groups(ranks, len(a), above) if small else _p_of_normal(_z_of_groups(a, b, 0.0, correct=True))
    clean = small and len(np.unique(pooled)) == total
    shift, limits = _shift_of_groups(a, b, level, exact=clean)
    return RankTest(total, above, p, EXACT if small else NORMAL, shift, *limits[:2], level, *limits[2:])


# ---- exact: every choice of signs, every choice of a group -----------------------------------------------------


def _null_of_signs(ranks: Column) -> _Null:
    """The sum of ranks over every choice of signs; ranks are doubled so that tied ones stay whole numbers."""
    chances = np.ones(1)
    for rank in np.rint(2 * ranks).astype(int):
        with_it = np.concatenate([np.zeros(rank), chances])
        with_it[: len(chances)] += chances
        chances = with_it / 2
    return _Null(chances)


def _p_of_groups(ranks: Column, size: int, above: float) -> float:
    """Every choice of a group of `size` among these ranks; doubled, and counted from the least possible sum."""
    doubled = np.rint(2 * ranks).astype(int)
    chances = _null_of_choice(doubled, size)
    return _Null(chances).two_sided(2 * above + size * (size + 1) - _least_sum(doubled, size))


def _least_sum(doubled: np.ndarray, size: int) -> int:
    return int(np.sort(doubled)[:size].sum())


def _null_of_choice(weights: np.ndarray, size: int) -> Column:
    """Chances of each sum of `size` of the weights, from the least one on."""
    ordered = np.sort(weights)
    low = ordered[0]
    spread = ordered - low
    most = int(spread[-size:].sum())
    ways = np.zeros((size + 1, most + 1))
    ways[0, 0] = 1.0
    for place, weight in enumerate(spread, 1):
        # Each step is an average over whether the value was chosen, so that nothing overflows.
        kept = ways[:-1, : most + 1 - weight].copy()
        ways[1:, weight:] += kept
        if place % 16 == 0:
            ways /= ways.max()
    chances: Column = ways[size] / ways[size].sum()
    return chances[int(spread[:size].sum()) :]


def _null_without_ties(first: int, second: int) -> _Null:
    """The chances of U = 0, 1, 2 … for two groups without ties."""
    return _Null(_null_of_choice(np.arange(1, first + second + 1), first))


# ---- the normal approximation ----------------------------------------------------------------------------------


def _ties(ranks: Column) -> float:
    counts = np.unique(ranks, return_counts=True)[1].astype(float)
    return float((counts**3 - counts).sum())


def _z_of_signs(change: Column, shift: float, *, correct: bool) -> float:
    """How far the sum of ranks of rises lies from its middle once everybody is moved by `shift`."""
    moved = change - shift
    moved = moved[moved != 0]
    n, ranks = len(moved), stats.rankdata(abs(moved))
    spread = sqrt(max(n * (n + 1) * (2 * n + 1) / 24 - _ties(ranks) / 48, 0.0))
    return _standardised(float(ranks[moved > 0].sum()) - n * (n + 1) / 4, spread, correct=correct)


def _z_of_groups(a: Column, b: Column, shift: float, *, correct: bool) -> float:
    """How far U lies from its middle once the first group is moved by `shift`."""
    m, n = len(a), len(b)
    ranks = stats.rankdata(np.concatenate([a - shift, b]))
    total = m + n
    spread = sqrt(max(m * n / 12 * (total + 1 - _ties(ranks) / (total * (total - 1))), 0.0))
    return _standardised(float(ranks[:m].sum()) - m * (m + 1) / 2 - m * n / 2, spread, correct=correct)


def _standardised(distance: float, spread: float, *, correct: bool) -> float:
    if spread == 0:
        return float("nan")
    return float(distance - (np.sign(distance) / 2 if correct else 0.0)) / spread


def _p_of_normal(z: float) -> Estimate:
    if np.isnan(z):
        return NotEstimable("the ranks have no spread")
    return float(min(1.0, 2 * stats.norm.sf(abs(z))))


# ---- the shift and its interval --------------------------------------------------------------------------------


def _paired_shift(change: Column, level: float, *, exact: bool) -> tuple[Estimate, _Limits]:
    """The middle of the averages of every two changes (a change with itself too)."""
    n = len(change)
    if exact or n * n <= ALL_PAIRS:
        rows, columns = np.triu_indices(n)
        averages = np.sort(change[rows] + change[columns]) / 2
        shift = float(np.median(averages))
        if exact:
            null = _Null(_null_of_signs(np.arange(1.0, n + 1)).chances[::2])
            return shift, _order_limits(averages, null, level, "pairs")
    else:
        shift = _where_zero(lambda d: _z_of_signs(change, d, correct=False), float(change.min()), float(change.max()))
        averages = np.zeros(0)
    least, most = float(change.min()), float(change.max())
    z = _halving(lambda d: _z_of_signs(change, d, correct=True), least, most, averages)
    return shift, _normal_limits(z, least, most, level)


def _shift_of_groups(a: Column, b: Column, level: float, *, exact: bool) -> tuple[Estimate, _Limits]:
    """The middle of the differences of every two values, one of each group."""
    least, most = float(a.min() - b.max()), float(a.max() - b.min())
    if exact or len(a) * len(b) <= ALL_PAIRS:
        differences = np.sort((a[:, None] - b[None, :]).ravel())
        shift = float(np.median(differences))
        if exact:
            return shift, _order_limits(differences, _null_without_ties(len(a), len(b)), level, "values")
    else:
        shift = _where_zero(lambda d: _z_of_groups(a, b, d, correct=False), least, most)
        differences = np.zeros(0)
    z = _halving(lambda d: _z_of_groups(a, b, d, correct=True), least, most, differences)
    return shift, _normal_limits(z, least, most, level, inside=True)


def _order_limits(ordered: Column, null: _Null, level: float, what: str) -> _Limits:
    """The two order statistics that the exact test at this level just does not refuse.

    As in R, a level that few values cannot keep may be missed by half of what it leaves out, and no more.
    """
    out = 1 - level
    tail = max(null.quantile(out / 2), 1)
    attained = 1 - 2 * null.at_most(tail - 1)
    if 1 - attained > 1.5 * out:
        none = NotEstimable(f"there are too few {what} for an interval of {100 * level:g}%")
        return _Limits(none, none, "none")
    return _Limits(float(ordered[tail - 1]), float(ordered[len(ordered) - tail]), EXACT, attained)


def _normal_limits(
    crossing: Callable[[float], float | None], least: float, most: float, level: float, *, inside: bool = False
) -> _Limits:
    """The shifts at which the corrected test is just significant; `inside`: at worst the least and the most shift."""
    z = float(stats.norm.isf((1 - level) / 2))
    lower, upper = crossing(z), crossing(-z)
    if inside:
        return _Limits(least if lower is None else lower, most if upper is None else upper, NORMAL)
    if lower is None or upper is None:
        none = NotEstimable(f"there are too few pairs for an interval of {100 * level:g}%")
        return _Limits(none, none, "none")
    return _Limits(lower, upper, NORMAL)


def _halving(z: Callable[[float], float], least: float, most: float, steps: Column) -> Callable[[float], float | None]:
    """Where a statistic that falls with the shift passes a value: the range is halved until it is one number.

    The statistic falls at `steps` only, so where they are known the nearest of them is the answer.
    """

    def crossing(value: float) -> float | None:
        if not z(least) > value > z(most):
            return None
        low, high = least, most
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if z(middle) > value else (low, middle)
        return float(steps[np.argmin(abs(steps - high))]) if len(steps) else high

    return crossing


def _where_zero(z: Callable[[float], float], least: float, most: float) -> float:
    """The middle of the shifts at which the statistic is 0."""
    tiny, crossing = 1e-9, _halving(z, least, most, np.zeros(0))
    first, last = crossing(tiny), crossing(-tiny)
    return ((least if first is None else first) + (most if last is None else last)) / 2
