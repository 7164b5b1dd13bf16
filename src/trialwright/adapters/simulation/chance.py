"""Chance by name: every draw is a function of the seed and of what is drawn for whom, never of what was drawn before.

A number drawn for "S01-004, course 3, Fatigue" is the same whatever else happened and in whatever order it was asked
for, so that a rehearsal is the same on every machine, and one more patient changes none of those before. A draw is
the SHA-256 of the words, read as a fraction; `language.Draw` turns fractions into distributions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from statistics import NormalDist

_STANDARD = NormalDist()


@dataclass(frozen=True)
class Chance:
    """A source of chance for one seed and one thing."""

    words: str

    def of(self, *words: object) -> Chance:
        """The chance of something within this thing."""
        return Chance("|".join((self.words, *map(str, words))))

    def fraction(self, *words: object) -> float:
        """A fraction strictly between 0 and 1, even over that range."""
        drawn = sha256(self.of(*words).words.encode()).digest()
        return (int.from_bytes(drawn[:6], "big") + 0.5) / (1 << 48)

    def happens(self, share: float, *words: object) -> bool:
        """Whether something with this chance happens."""
        return self.fraction(*words) < share

    def normal(self, *words: object) -> float:
        """A number of the standard normal distribution."""
        return _STANDARD.inv_cdf(self.fraction(*words))

    def days(self, least: int, most: int, *words: object) -> int:
        """A whole number of days, both ends included."""
        return least + int(self.fraction(*words) * (most - least + 1))

    def tag(self, *words: object) -> str:
        """An opaque id: eight hexadecimal digits."""
        return sha256(self.of(*words).words.encode()).hexdigest()[:8]


# ---- from a fraction to a value (inverse distribution functions) ----------------------------------------------------


def normal(fraction: float, mean: float, deviation: float) -> float:
    """Normal, by mean and standard deviation."""
    return mean + deviation * _STANDARD.inv_cdf(fraction)


def lognormal(fraction: float, median: float, deviation: float) -> float:
    """Lognormal, by median and the standard deviation of the logarithm."""
    return median * math.exp(deviation * _STANDARD.inv_cdf(fraction))


def uniform(fraction: float, least: float, most: float) -> float:
    """Even between two ends."""
    return least + fraction * (most - least)


def weibull(fraction: float, median: float, shape: float) -> float:
    """Weibull, by median and shape; shape 1 is a constant hazard.

    >>> round(weibull(0.5, 8, 1.3), 9)
    8.0
    """
    return float(median * (-math.log1p(-fraction) / math.log(2)) ** (1 / shape))


def poisson(fraction: float, mean: float) -> float:
    """A count, by its mean."""
    count, term = 0, math.exp(-mean)
    reached = term
    while fraction > reached and count < 10_000:
        count += 1
        term *= mean / count
        reached += term
    return float(count)


def one_of(fraction: float, shares: Mapping[str, float]) -> str:
    """A word by its share; the shares need not add up to one."""
    left = fraction * sum(shares.values())
    for word, share in shares.items():
        left -= share
        if left < 0:
            return word
    return list(shares)[-1]
