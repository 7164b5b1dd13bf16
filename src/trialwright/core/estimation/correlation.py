"""Rank correlation: do two measurements on the same subjects rise and fall together?

Decided here: Spearman's rho and Kendall's tau-b with mid-ranks, and how p is found: exact over every pairing of a few
subjects (ties counted as they are), then what R's `cor.test` takes. R is not exact where values are tied; ask for
`exact=False` to get its number. Not here: comparing groups (`ranks`). Read `spearman` first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import exp, factorial, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from trialwright.core.estimation.values import Column, Estimate, NotEstimable, finite_column

ALL_PAIRINGS = 9
"""Up to this many subjects every pairing is counted, tied values or not."""

INVERSIONS = 50
"""Without ties, Kendall's test is exact below this number, the bound of R's `cor.test`."""

SERIES = 1290
"""Without ties, Spearman's p is taken from the series of AS 89 up to this number, as in R."""


@dataclass(frozen=True)
class RankCorrelation:
    """A rank correlation between -1 and 1, the statistic its p rests on, and how p was found."""

    n: int
    coefficient: Estimate
    statistic: Estimate
    p: Estimate
    method: str


def spearman(first: ArrayLike, second: ArrayLike, *, exact: bool | None = None) -> RankCorrelation:
    """Spearman's rank correlation; the statistic is (n³ - n)(1 - rho)/6, the sum of squared differences of ranks.

    >>> found = spearman([1, 2, 3, 4, 5], [2, 1, 3, 5, 4])
    >>> round(found.coefficient, 3), round(found.p, 4), found.method
    (0.8, 0.1333, 'exact')
    """
    ranks = _ranked(first, second)
    if isinstance(ranks, RankCorrelation):
        return ranks
    a, b = ranks
    n = len(a)
    rho = float(np.clip(np.corrcoef(a, b)[0, 1], -1.0, 1.0))
    distance = (n**3 - n) * (1 - rho) / 6
    p, method = _p_of_spearman(a, b, rho, distance, exact)
    return RankCorrelation(n, rho, distance, p, method)


def kendall(first: ArrayLike, second: ArrayLike, *, exact: bool | None = None) -> RankCorrelation:
    """Kendall's tau-b; the statistic is the number of pairs that agree less the number that do not.

    >>> found = kendall([1, 2, 3, 4, 5], [2, 1, 3, 5, 4])
    >>> round(found.coefficient, 3), found.statistic, round(found.p, 4)
    (0.6, 6.0, 0.2333)
    """
    ranks = _ranked(first, second)
    if isinstance(ranks, RankCorrelation):
        return ranks
    a, b = ranks
    n = len(a)
    agreed = _agreement(a, b)
    untied = [n * (n - 1) / 2 - sum(t * (t - 1) / 2 for t in _tie_sizes(column)) for column in (a, b)]
    tau = agreed / sqrt(untied[0] * untied[1])
    p, method = _p_of_kendall(a, b, agreed, exact)
    return RankCorrelation(n, float(np.clip(tau, -1.0, 1.0)), agreed, p, method)


def _ranked(first: ArrayLike, second: ArrayLike) -> tuple[Column, Column] | RankCorrelation:
    a, b = finite_column(first, "The first measurements"), finite_column(second, "The second measurements")
    if len(a) != len(b):
        raise ValueError(f"{len(a)} first measurements came with {len(b)} second ones; each subject needs both.")
    none = _nothing_to_correlate(a, b)
    if none is not None:
        return RankCorrelation(len(a), none, none, none, "none")
    return stats.rankdata(a), stats.rankdata(b)


def _nothing_to_correlate(a: Column, b: Column) -> NotEstimable | None:
    if len(a) < 3:
        return NotEstimable(f"{len(a)} subjects have both measurements; a correlation needs three")
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return NotEstimable("one of the two measurements is the same in everybody")
    return None


def _tied(a: Column, b: Column) -> bool:
    return min(len(np.unique(a)), len(np.unique(b))) < len(a)


def _tie_sizes(column: Column) -> list[float]:
    return [float(size) for size in np.unique(column, return_counts=True)[1]]


# ---- Spearman ----------------------------------------------------------------------------------------------------


def _p_of_spearman(a: Column, b: Column, rho: float, distance: float, exact: bool | None) -> tuple[float, str]:
    n = len(a)
    if exact is not False and n <= ALL_PAIRINGS:
        return _p_over_pairings(a, b, _products), "exact"
    if exact is not False and not _tied(a, b) and n <= SERIES:
        return _p_by_series(round(distance), n), "series of AS 89"
    return float(2 * stats.t.sf(abs(rho) / sqrt(max(1 - rho**2, 0.0) / (n - 2)), n - 2)) if abs(rho) < 1 else 0.0, "t"


def _p_by_series(distance: int, n: int) -> float:
    """Both tails by the Edgeworth series of Best and Roberts (1975, algorithm AS 89)."""
    if distance > (n**3 - n) / 6:
        return min(1.0, 2 * _series(distance, n, upper=True))
    return min(1.0, 2 * _series(distance + 2, n, upper=False))


def _series(distance: int, n: int, *, upper: bool) -> float:
    b = 1 / n
    x = (6 * (distance - 1) * b / (n**2 - 1.0) - 1) * sqrt(n - 1)
    y = x * x
    tail = y * b * (0.0879 + 0.0151 * b - y * (0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y)))
    more = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * (-0.0758 + b * (0.1033 + 0.3932 * b) - tail))
    more /= exp(y / 2)
    chance = float(stats.norm.sf(x)) + more if upper else float(stats.norm.cdf(x)) - more
    return min(max(chance, 0.0), 1.0)


def _products(rank: float, value: float, _: list[float]) -> float:
    """What a subject with this rank adds to the sum of products when it is given this value."""
    return 4 * rank * value


# ---- Kendall -----------------------------------------------------------------------------------------------------


def _agreement(a: Column, b: Column) -> float:
    """Pairs of subjects that agree in order, less those that do not."""
    order = np.argsort(a, kind="stable")
    a, b = a[order], b[order]
    return float(sum(np.sign(b[i + 1 :] - b[i])[a[i + 1 :] > a[i]].sum() for i in range(len(a) - 1)))


def _p_of_kendall(a: Column, b: Column, agreed: float, exact: bool | None) -> tuple[float, str]:
    n = len(a)
    if exact is not False and not _tied(a, b) and n < INVERSIONS:
        return _p_by_inversions(agreed, n), "exact"
    if exact is not False and n <= ALL_PAIRINGS:
        return _p_over_pairings(a, b, _agreements), "exact"
    return min(1.0, 2 * float(stats.norm.sf(abs(agreed) / sqrt(_variance(a, b))))), "normal"


def _p_by_inversions(agreed: float, n: int) -> float:
    """Without ties: orders of n by their number of inversions, both tails."""
    ways = [1]
    for size in range(2, n + 1):
        longer = [0] * (len(ways) + size - 1)
        for place, count in enumerate(ways):
            for more in range(size):
                longer[place + more] += count
        ways = longer
    seen = round((agreed + n * (n - 1) / 2) / 2)
    return float(min(1.0, 2 * min(sum(ways[: seen + 1]), sum(ways[seen:])) / factorial(n)))


def _variance(a: Column, b: Column) -> float:
    """The variance of the agreement when nothing is related (Kendall 1970), ties on both sides."""
    n = len(a)
    t, u = np.array(_tie_sizes(a)), np.array(_tie_sizes(b))
    both = [float((s * (s - 1) * (2 * s + 5)).sum()) for s in (t, u)]
    pairs = [float((s * (s - 1)).sum()) for s in (t, u)]
    triples = [float((s * (s - 1) * (s - 2)).sum()) for s in (t, u)]
    variance = (n * (n - 1) * (2 * n + 5) - both[0] - both[1]) / 18
    return variance + pairs[0] * pairs[1] / (2 * n * (n - 1)) + triples[0] * triples[1] / (9 * n * (n - 1) * (n - 2))


def _agreements(_: float, value: float, lower: list[float]) -> float:
    """What a subject adds when it is given this value while those of lower rank hold `lower`."""
    return float(sum((value > other) - (value < other) for other in lower))


# ---- every pairing -----------------------------------------------------------------------------------------------


def _p_over_pairings(a: Column, b: Column, adds: Callable[[float, float, list[float]], float]) -> float:
    """Every way to give the second values to the subjects: both tails of the sum of what each subject adds.

    Subjects with the same first value are given their values together; `ways` counts by values used and sum so far.
    """
    ranks, sizes = np.unique(a, return_counts=True)
    everything = frozenset(range(len(b)))
    ways: dict[frozenset[int], Counter[int]] = {frozenset(): Counter({0: 1})}
    for rank, size in zip(ranks, sizes, strict=True):
        longer: dict[frozenset[int], Counter[int]] = {}
        for used, sums in ways.items():
            lower = [float(b[i]) for i in used]
            for chosen in combinations(sorted(everything - used), int(size)):
                more = round(sum(adds(float(rank), float(b[i]), lower) for i in chosen))
                counter = longer.setdefault(used | set(chosen), Counter())
                for total, count in sums.items():
                    counter[total + more] += count
        ways = longer
    found = ways[everything]
    seen = _seen(a, b, ranks, adds)
    low = sum(count for total, count in found.items() if total <= seen)
    high = sum(count for total, count in found.items() if total >= seen)
    return min(1.0, 2 * min(low, high) / sum(found.values()))


def _seen(a: Column, b: Column, ranks: Column, adds: Callable[[float, float, list[float]], float]) -> int:
    each = (adds(float(x), float(y), [float(v) for v in b[a < x]]) for x, y in zip(a, b, strict=True))
    return round(sum(each))
