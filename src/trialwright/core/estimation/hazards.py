"""Proportional hazards (Cox 1972): which covariates go with a higher or lower rate of the event?

Decided here: the partial likelihood with tied events after Efron (default) or Breslow, strata, Newton's method run
until the coefficients stand still, and the three tests of R's `coxph`. Where no finite maximum exists the answer says
so; R prints a large number and a warning. Not here: which covariates are looked at. Read `proportional_hazards`
first; the sums behind it are in `partial_likelihood`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, isfinite
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from trialwright.core.estimation.partial_likelihood import RiskSets, Ties, log_likelihood, risk_sets, slopes
from trialwright.core.estimation.survival import observations, two_sided_z
from trialwright.core.estimation.values import Column, Estimate, NotEstimable, confidence_level, finite_column

Matrix = NDArray[np.float64]

STILL = 1e-6
"""A step of Newton's method below this (in standard deviations of the covariate) is near the maximum; two more
steps, each of which squares the distance, bring it to the last digits."""

MOST_STEPS = 60
"""A likelihood with a finite maximum is there long before; one without gains about 1 on the log scale at each step."""

FLAT = 1e-13
"""A correlation of the coefficients this near to 1 is rounding: the likelihood is flat in some direction."""

NEW = 1e-9
"""A covariate that adds less than this part of its own information to those before it adds nothing."""


@dataclass(frozen=True)
class HazardRatio:
    """One covariate: its coefficient and the hazard ratio for one unit more, with Wald's test and limits."""

    name: str
    coefficient: Estimate
    std_error: Estimate
    ratio: Estimate
    lower: Estimate
    upper: Estimate
    z: Estimate
    p: Estimate


@dataclass(frozen=True)
class ModelTest:
    """A test of all covariates together: chi-square, degrees of freedom, p."""

    chi2: Estimate
    degrees: int
    p: Estimate


@dataclass(frozen=True)
class ProportionalHazards:
    """A fitted model; `log_likelihood` is the partial one, `null` without covariates."""

    n: int
    events: int
    ties: Ties
    ratios: tuple[HazardRatio, ...]
    null: Estimate
    log_likelihood: Estimate
    likelihood_ratio: ModelTest
    wald: ModelTest
    score: ModelTest
    level: float

    def of(self, name: str) -> HazardRatio:
        """The hazard ratio of one covariate."""
        return next(one for one in self.ratios if one.name == name)


class _Fit(NamedTuple):
    """Where the likelihood is highest; without a maximum (`why`) only its height and slope at 0 are known."""

    columns: list[int]
    null: float
    score: float
    beta: Column
    covariance: Matrix
    likelihood: float
    why: NotEstimable | None = None


@dataclass
class _Climb:
    """Where Newton's method stands: the coefficients, and the height, slope and curvature of the likelihood there."""

    sets: RiskSets
    beta: Column
    height: float = 0.0
    slope: Column = field(default_factory=lambda: np.zeros(0))
    curvature: Matrix = field(default_factory=lambda: np.zeros((0, 0)))
    first: Column = field(default_factory=lambda: np.zeros(0))

    def look(self) -> None:
        self.height, self.slope, self.curvature = slopes(self.sets, self.beta)

    def step(self) -> Column | None:
        """Newton's step; None where the curvature has gone flat."""
        own = np.diag(self.curvature)
        if not (np.isfinite(self.slope).all() and (own > NEW * self.first).all()):
            return None
        scale = np.sqrt(own)
        if len(own) and np.linalg.eigvalsh(self.curvature / np.outer(scale, scale))[0] < FLAT:
            return None
        found: Column = np.linalg.solve(self.curvature, self.slope).astype(np.float64)
        return found


def proportional_hazards(
    times: ArrayLike,
    events: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    strata: Sequence[Hashable] | None = None,
    ties: Ties = "efron",
    level: float = 0.95,
) -> ProportionalHazards:
    """Hazard ratios of covariates (numbers; a category as 0 and 1), each given the others, within strata.

    >>> model = proportional_hazards([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], {"x": [0, 2, 1, 1, 1, 0, 0]})
    >>> round(model.of("x").coefficient, 6), round(model.of("x").std_error, 6)
    (0.460778, 0.5628)
    """
    confidence_level(level)
    if ties not in get_args(Ties):
        raise ValueError(f"Tied events are treated after {' or '.join(get_args(Ties))}, not {ties!r}.")
    spans, failed = observations(times, events)
    table = _table(covariates, len(spans))
    places = _strata(strata, len(spans))
    spread = table.std(axis=0) if len(spans) else np.zeros(table.shape[1])
    reasons = _constant(tuple(covariates), spread, int(failed.sum()))
    kept = [i for i, name in enumerate(covariates) if name not in reasons]
    scaled = (table[:, kept] - table[:, kept].mean(axis=0)) / spread[kept] if kept else table[:, kept]
    sets = risk_sets(spans, failed, scaled, places, ties)
    kept, sets = _new_ones(kept, sets, tuple(covariates), reasons)
    fit = _maximum(sets, kept, tuple(covariates))
    if fit.why is not None:
        reasons |= dict.fromkeys([tuple(covariates)[i] for i in kept], fit.why)
    scaled_back = fit._replace(
        beta=fit.beta / spread[kept], covariance=fit.covariance / np.outer(spread[kept], spread[kept])
    )
    tests = _tests(scaled_back, reasons, int(failed.sum()))
    ratios = tuple(_ratio(name, i, scaled_back, reasons.get(name), level) for i, name in enumerate(covariates))
    return ProportionalHazards(len(spans), int(failed.sum()), ties, ratios, *tests, level)


def _table(covariates: Mapping[str, ArrayLike], n: int) -> Matrix:
    if not covariates:
        raise ValueError("A model of hazards needs at least one covariate.")
    columns = [finite_column(values, f"The values of {name}") for name, values in covariates.items()]
    for name, column in zip(covariates, columns, strict=True):
        if len(column) != n:
            raise ValueError(f"{n} times came with {len(column)} values of {name}; each subject needs one.")
    return np.column_stack(columns)


def _strata(strata: Sequence[Hashable] | None, n: int) -> NDArray[np.intp]:
    if strata is None:
        return np.zeros(n, dtype=np.intp)
    if len(strata) != n:
        raise ValueError(f"{n} times came with {len(strata)} strata; each subject needs one.")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in strata], dtype=np.intp)


def _constant(names: tuple[str, ...], spread: Column, events: int) -> dict[str, NotEstimable]:
    """Why a covariate cannot be looked at before anything is fitted."""
    if events == 0:
        return dict.fromkeys(names, NotEstimable("no event happened"))
    return {
        name: NotEstimable(f"{name} is the same in everybody")
        for name, one in zip(names, spread, strict=True)
        if not one > 0
    }


def _new_ones(
    kept: list[int], sets: RiskSets, names: tuple[str, ...], reasons: dict[str, NotEstimable]
) -> tuple[list[int], RiskSets]:
    """Leave out, in their order, covariates that tell nothing beyond those before them among subjects at risk."""
    curvature = slopes(sets, np.zeros(len(kept)))[2]
    taken: list[int] = []
    for place, column in enumerate(kept):
        before = curvature[np.ix_(taken, taken)]
        cross = curvature[taken, place]
        own = curvature[place, place]
        left = own - (cross @ np.linalg.solve(before, cross) if taken else 0.0)
        if own > NEW and left > NEW * own:
            taken.append(place)
        else:
            others = " among those at risk together" if own <= NEW else ", given the covariates before it"
            reasons[names[column]] = NotEstimable(f"{names[column]} does not differ{others}")
    return [kept[place] for place in taken], sets.only(taken)


def _maximum(sets: RiskSets, columns: list[int], names: tuple[str, ...]) -> _Fit:
    """Newton's method from 0, each step halved until the likelihood rises."""
    climb = _Climb(sets, np.zeros(len(columns)))
    climb.look()
    climb.first = np.diag(climb.curvature)
    here = _Fit(columns, climb.height, _quadratic(climb), climb.beta, climb.curvature, climb.height)
    near = 0
    for _ in range(MOST_STEPS):
        step = climb.step()
        if step is None:
            break
        near = near + 1 if np.max(abs(step), initial=0.0) < STILL * (1 + np.max(abs(climb.beta), initial=0.0)) else 0
        climb.beta = climb.beta + (step if near else _rising(climb, step))
        climb.look()
        if near == 3 and climb.step() is not None:
            covariance = np.linalg.inv(climb.curvature).astype(np.float64)
            return here._replace(beta=climb.beta, covariance=covariance, likelihood=climb.height)
    return here._replace(why=_no_maximum(climb, [names[i] for i in columns]))


def _quadratic(climb: _Climb) -> float:
    """Slope times inverse curvature times slope: the score test."""
    return float(climb.slope @ np.linalg.solve(climb.curvature, climb.slope)) if len(climb.slope) else 0.0


def _rising(climb: _Climb, step: Column) -> Column:
    for _ in range(30):
        height = log_likelihood(climb.sets, climb.beta + step)
        if isfinite(height) and height >= climb.height:
            break
        step = step / 2
    return step


def _no_maximum(climb: _Climb, names: list[str]) -> NotEstimable:
    """Which covariate runs away: the one that has gone farthest."""
    worst = names[int(np.argmax(abs(climb.beta)))]
    return NotEstimable(
        f"the likelihood rises without end with the coefficient of {worst}: its events lie all on one side"
    )


def _tests(
    fit: _Fit, reasons: Mapping[str, NotEstimable], events: int
) -> tuple[Estimate, Estimate, ModelTest, ModelTest, ModelTest]:
    """Both likelihoods, and the likelihood ratio, Wald and score tests; the last needs no maximum."""
    degrees = len(fit.columns)
    none = fit.why if fit.why is not None else next(iter(reasons.values()), NotEstimable("no covariate is left"))
    null: Estimate = fit.null if events else none
    if not degrees:
        nothing = ModelTest(none, 0, none)
        return null, none, nothing, nothing, nothing
    score = _test(fit.score, degrees)
    if fit.why is not None:
        return null, none, ModelTest(none, degrees, none), ModelTest(none, degrees, none), score
    wald = float(fit.beta @ np.linalg.solve(fit.covariance, fit.beta))
    return null, fit.likelihood, _test(2 * (fit.likelihood - fit.null), degrees), _test(wald, degrees), score


def _test(chi2: float, degrees: int) -> ModelTest:
    return ModelTest(chi2, degrees, float(stats.chi2.sf(chi2, degrees)))


def _ratio(name: str, column: int, fit: _Fit, why: NotEstimable | None, level: float) -> HazardRatio:
    if why is not None:
        return HazardRatio(name, why, why, why, why, why, why, why)
    row = fit.columns.index(column)
    beta, error = float(fit.beta[row]), float(np.sqrt(fit.covariance[row, row]))
    half, z = two_sided_z(level) * error, beta / error
    return HazardRatio(
        name, beta, error, _exp(beta), _exp(beta - half), _exp(beta + half), z, float(2 * stats.norm.sf(abs(z)))
    )


def _exp(value: float) -> Estimate:
    return exp(value) if value < 700 else NotEstimable("the hazard ratio is too large to be written")
