"""The shapes of an answer: a number, or the reason why there is none.

Decided here: what "not estimable" is, how a confidence level and a column of numbers are accepted, and the
summaries shared by the other modules. Not here: any estimate. Read `NotEstimable` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

Column: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class NotEstimable:
    """There is no honest number here, and this is why.

    It is no number and no "no": using it as either is refused.

    >>> f"{NotEstimable('no subject was treated')}"
    'not estimable (no subject was treated)'
    """

    because: str

    def __str__(self) -> str:
        return f"not estimable ({self.because})"

    def __bool__(self) -> bool:
        raise TypeError(f"A missing estimate ({self.because}) is neither true nor false; ask `estimable(value)`.")


Estimate: TypeAlias = float | NotEstimable


def estimable(value: Estimate) -> TypeGuard[float]:
    """Whether there is a number; it may well be 0.0, so never ask by truth."""
    return not isinstance(value, NotEstimable)


def number_or(value: float, because: str) -> Estimate:
    """The number where it is finite, otherwise the reason."""
    return float(value) if isfinite(value) else NotEstimable(because)


@dataclass(frozen=True)
class Interval:
    """Two confidence limits, in the unit of what they surround, and the level (0.95 is 95%)."""

    lower: Estimate
    upper: Estimate
    level: float


@dataclass(frozen=True)
class Mean:
    """A mean with its Student t interval; everything but `n` is in the unit of the values."""

    n: int
    mean: Estimate
    standard_deviation: Estimate
    lower: Estimate
    upper: Estimate
    level: float


def confidence_level(level: float) -> float:
    """A level between 0 and 1, both excluded; 95 for 95% is refused."""
    if not 0 < level < 1:
        raise ValueError(f"A confidence level lies between 0 and 1, such as 0.95, not at {level}.")
    return level


def finite_column(values: ArrayLike | Sequence[float], name: str) -> Column:
    """One column of finite numbers; a missing value has to be dealt with before estimation."""
    try:
        column = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers; a missing value cannot be estimated from.") from None
    if column.ndim != 1:
        raise ValueError(f"{name} must be one column, not {column.ndim} dimensions.")
    if not np.isfinite(column).all():
        raise ValueError(f"{name} hold {int((~np.isfinite(column)).sum())} missing or infinite numbers.")
    return column
