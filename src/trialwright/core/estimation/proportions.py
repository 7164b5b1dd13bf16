"""Response rates and other proportions: k of n with confidence limits.

Decided here: the exact interval (Clopper and Pearson 1934), the mid-p interval (Lancaster 1961), the score interval
(Wilson 1927) and the difference of two proportions (Newcombe 1998, method 10). Not here: who is counted
(`core.endpoints`). Read `exact_binomial` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from operator import index

from scipy import optimize, special, stats

from trialwright.core.estimation.values import Estimate, Interval, NotEstimable, confidence_level

NOBODY = NotEstimable("nobody is in the denominator")


@dataclass(frozen=True)
class Proportion:
    """`successes` of `n` as a fraction between 0 and 1, with limits and the name of their method."""

    successes: int
    n: int
    estimate: Estimate
    lower: Estimate
    upper: Estimate
    method: str
    level: float = 0.95


def exact_binomial(successes: int, n: int, level: float = 0.95) -> Proportion:
    """The proportion with its exact interval (Clopper-Pearson); with nobody counted there is none.

    >>> rate = exact_binomial(9, 32)
    >>> round(rate.lower, 4), round(rate.upper, 4)
    (0.1375, 0.4675)
    >>> exact_binomial(0, 0).estimate
    NotEstimable(because='nobody is in the denominator')
    """
    successes, n, tail = _counts(successes, n, level)
    if n == 0:
        return Proportion(0, 0, NOBODY, NOBODY, NOBODY, "Clopper-Pearson", level)
    lower = float(stats.beta.ppf(tail, successes, n - successes + 1)) if successes else 0.0
    upper = float(stats.beta.ppf(1 - tail, successes + 1, n - successes)) if successes < n else 1.0
    return Proportion(successes, n, successes / n, lower, upper, "Clopper-Pearson", level)


def exact_p(successes: int, n: int, null_rate: float) -> Estimate:
    """The chance of as many successes or more if the rate is that of an inactive drug; one-sided, as R's `binom.test`.

    >>> round(exact_p(9, 29, 0.1), 6), exact_p(0, 0, 0.1)
    (0.00155, NotEstimable(because='nobody is in the denominator'))
    """
    successes, n, _ = _counts(successes, n, 0.95)
    if not 0 < null_rate < 1:
        raise ValueError(f"The rate of an inactive drug lies between 0 and 1, not at {null_rate}.")
    return float(stats.binom.sf(successes - 1, n, null_rate)) if n else NOBODY


def wilson(successes: int, n: int, level: float = 0.95) -> Proportion:
    """The proportion with its score interval (Wilson), which is shorter than the exact one.

    >>> rate = wilson(9, 32)
    >>> round(rate.lower, 4), round(rate.upper, 4)
    (0.1556, 0.4537)
    """
    successes, n, tail = _counts(successes, n, level)
    if n == 0:
        return Proportion(0, 0, NOBODY, NOBODY, NOBODY, "Wilson", level)
    z2, rate = float(stats.norm.isf(tail)) ** 2, successes / n
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2 * (rate * (1 - rate) + z2 / (4 * n)) / n) / (1 + z2 / n)
    lower = max(0.0, middle - half) if successes else 0.0
    upper = min(1.0, middle + half) if successes < n else 1.0
    return Proportion(successes, n, rate, lower, upper, "Wilson", level)


def mid_p(successes: int, n: int, level: float = 0.95) -> Proportion:
    """The proportion with its mid-p interval: exact, but the count that was seen weighs half in each tail.

    It is shorter than the exact interval and may cover a little less than its level.

    >>> rate = mid_p(9, 32)
    >>> round(rate.lower, 4), round(rate.upper, 4)
    (0.1467, 0.4538)
    """
    successes, n, tail = _counts(successes, n, level)
    if n == 0:
        return Proportion(0, 0, NOBODY, NOBODY, NOBODY, "mid-p", level)
    lower = _mid_p_limit(successes, n, tail) if successes else 0.0
    upper = _mid_p_limit(successes, n, 1 - tail) if successes < n else 1.0
    return Proportion(successes, n, successes / n, lower, upper, "mid-p", level)


def _mid_p_limit(successes: int, n: int, chance: float) -> float:
    """The rate at which this many or more, the one seen counted half, have the given chance."""

    def excess(rate: float) -> float:
        as_many = float(special.betainc(successes, n - successes + 1, rate)) if successes else 1.0
        more = float(special.betainc(successes + 1, n - successes, rate)) if successes < n else 0.0
        return (as_many + more) / 2 - chance

    return float(optimize.brentq(excess, 0.0, 1.0, xtol=1e-300, rtol=1e-15))


def difference_of_proportions(
    first: tuple[int, int], second: tuple[int, int], level: float = 0.95
) -> tuple[Estimate, Interval]:
    """First minus second (each: successes, n) with Newcombe's interval from the two Wilson intervals.

    >>> difference, limits = difference_of_proportions((56, 70), (48, 80))
    >>> round(difference, 4), round(limits.lower, 4), round(limits.upper, 4)
    (0.2, 0.0524, 0.3339)
    """
    a, b = wilson(*first, level), wilson(*second, level)
    if a.n == 0 or b.n == 0:
        return NOBODY, Interval(NOBODY, NOBODY, level)
    (p, l1, u1), (q, l2, u2) = _numbers(a), _numbers(b)
    lower = (p - q) - sqrt((p - l1) ** 2 + (u2 - q) ** 2)
    upper = (p - q) + sqrt((u1 - p) ** 2 + (q - l2) ** 2)
    return p - q, Interval(lower, upper, level)


def _numbers(rate: Proportion) -> tuple[float, float, float]:
    estimate, lower, upper = rate.estimate, rate.lower, rate.upper
    assert isinstance(estimate, float)
    assert isinstance(lower, float)
    assert isinstance(upper, float)
    return estimate, lower, upper


def _counts(successes: int, n: int, level: float) -> tuple[int, int, float]:
    successes, n = index(successes), index(n)
    if not 0 <= successes <= n:
        raise ValueError(f"Successes must be whole numbers between 0 and the number counted, not {successes} of {n}.")
    return successes, n, (1 - confidence_level(level)) / 2
