"""After a stage of a two-stage design: go on or stop, and what the responders then say about the rate.

Decided here: the decision in words; the unbiased estimate (Jung and Kim 2004); p, interval and median estimate that
know of the first look (Koyama and Chen 2008), also where the second stage is not of its planned size. The naive rate
with its exact interval (`proportions`) ignores that look. Not here: finding a design (`designs`), who is a responder.
Read `stage_decision` first, then `koyama_chen`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np
from scipy import optimize, stats

from trialwright.core.estimation.designs import TwoStagePlan
from trialwright.core.estimation.values import Estimate, NotEstimable, confidence_level

Decision = Literal["go on", "stop", "not yet", "active", "inactive"]

AS_PLANNED = "Koyama-Chen"
OTHER_SIZE = "Koyama-Chen, second stage not of its planned size"


@dataclass(frozen=True)
class StageDecision:
    """What the design says after so many evaluated: go on or stop after the first stage, active or inactive at the end,
    or not yet."""

    stage: int
    decision: Decision
    says: str


@dataclass(frozen=True)
class TwoStageInference:
    """p against the null rate, the median estimate of the rate and its limits, all knowing of the first look."""

    p: Estimate
    estimate: Estimate
    lower: Estimate
    upper: Estimate
    level: float
    method: str


def stage_decision(design: TwoStagePlan, responders: int, evaluated: int) -> StageDecision:
    """What the design says now; it is said as soon as it is certain, also before the stage is full.

    >>> stage_decision(TwoStagePlan(1, 10, 5, 29), responders=1, evaluated=10).says
    'stop: 1 of 10 responded, and more than 1 of 10 are needed to go on'
    """
    _possible(responders, evaluated)
    if evaluated <= design.n1 or responders <= design.r1:
        return _after(1, design.r1, design.n1, responders, evaluated)
    return _after(2, design.r, design.n, responders, evaluated)


def _after(stage: int, limit: int, size: int, responders: int, evaluated: int) -> StageDecision:
    yes, no, aim = (("go on", "stop", "to go on"), ("active", "inactive", "to call the drug active"))[stage - 1]
    seen = f"{responders} of {evaluated} responded, and more than {limit} of {size} are needed {aim}"
    if stage == 2 and evaluated > size:
        return StageDecision(2, "not yet", f"not by the plan: {seen}; take the p that knows of the size attained")
    if responders > limit:
        return StageDecision(stage, yes, f"{yes}: {seen}")  # type: ignore[arg-type]
    if responders + max(size - evaluated, 0) <= limit:
        return StageDecision(stage, no, f"{no}: {seen}")  # type: ignore[arg-type]
    return StageDecision(stage, "not yet", f"not yet: {seen}; {size - evaluated} more are to be evaluated")


def umvue(design: TwoStagePlan, responders: int, evaluated: int) -> Estimate:
    """The unbiased estimate of the rate with the least variance (Jung and Kim 2004).

    A second stage of another size than planned is taken at its size.

    >>> round(umvue(TwoStagePlan(1, 10, 5, 29), responders=9, evaluated=29), 4)
    0.3308
    """
    none = _unfinished(design, responders, evaluated)
    if none is not None:
        return none
    if evaluated == design.n1:
        return responders / design.n1
    n1, n2 = design.n1, evaluated - design.n1
    first = range(max(design.r1 + 1, responders - n2), min(n1, responders) + 1)
    last = [_choose(n2, responders - x) for x in first]
    ways = sum(_choose(n1, x) * rest for x, rest in zip(first, last, strict=True))
    return sum(_choose(n1 - 1, x - 1) * rest for x, rest in zip(first, last, strict=True)) / ways


def koyama_chen(
    design: TwoStagePlan,
    null_rate: float,
    responders: int,
    evaluated: int,
    first_stage: int | None = None,
    level: float = 0.95,
) -> TwoStageInference:
    """p, median estimate and interval of the rate after a two-stage design, from its ranking of outcomes.

    The limits are the rates at which p is half of what the level leaves out, and 1 less that half. Where the second
    stage is not of its planned size, the responders of the first stage are needed: p of the second stage alone is
    carried over to the plan as the rate that would have given it there, and the plan is judged at that rate.

    >>> found = koyama_chen(TwoStagePlan(1, 10, 5, 29), 0.1, 6, 29, level=0.90)
    >>> round(found.p, 4), round(found.lower, 3), round(found.upper, 3)
    (0.0471, 0.102, 0.401)
    """
    confidence_level(level)
    if not 0 < null_rate < 1:
        raise ValueError(f"The rate of an inactive drug lies between 0 and 1, not at {null_rate}.")
    _possible(responders, evaluated)
    method = AS_PLANNED if evaluated in (design.n1, design.n) else OTHER_SIZE
    p_at = _p_function(design, responders, evaluated, first_stage)
    if isinstance(p_at, NotEstimable):
        return TwoStageInference(p_at, p_at, p_at, p_at, level, method)
    tail = (1 - level) / 2
    estimate, lower, upper = (_rate_where(p_at, chance) for chance in (0.5, tail, 1 - tail))
    return TwoStageInference(min(1.0, p_at(null_rate)), estimate, lower, upper, level, method)


def _p_function(
    design: TwoStagePlan, responders: int, evaluated: int, first_stage: int | None
) -> Callable[[float], float] | NotEstimable:
    """The chance of an outcome at least as good, as a function of the rate."""
    none = _unfinished(design, responders, evaluated)
    if none is not None:
        return none
    if evaluated == design.n1:
        return lambda rate: float(stats.binom.sf(responders - 1, design.n1, rate))
    if evaluated == design.n:
        return lambda rate: _p_of_two_stages(design, responders, rate, rate)
    if first_stage is None:
        planned, attained = design.n - design.n1, evaluated - design.n1
        return NotEstimable(
            f"the second stage has {attained} subjects, not {planned} as planned; name the responders of the first"
        )
    return _p_of_other_size(design, responders, evaluated, first_stage)


def _p_of_two_stages(design: TwoStagePlan, responders: int, first_rate: float, second_rate: float) -> float:
    """Going on, and then at least this many in all; the second stage may be asked at a rate of its own."""
    first = np.arange(design.r1 + 1, design.n1 + 1)
    later = stats.binom.sf(responders - first - 1, design.n - design.n1, second_rate)
    return float((stats.binom.pmf(first, design.n1, first_rate) * later).sum())


def _p_of_other_size(
    design: TwoStagePlan, responders: int, evaluated: int, first_stage: int
) -> Callable[[float], float] | NotEstimable:
    if not design.r1 < first_stage <= min(design.n1, responders) or responders - first_stage > evaluated - design.n1:
        return NotEstimable(
            f"{first_stage} responders among the first {design.n1} do not fit with {responders} of {evaluated} in all"
        )
    needed, planned = design.r + 1 - first_stage, design.n - design.n1
    if needed > planned:
        return NotEstimable(f"after {first_stage} responders in the first stage the plan could not succeed any more")

    def p_at(rate: float) -> float:
        alone = float(stats.binom.sf(responders - first_stage - 1, evaluated - design.n1, rate))
        return _p_of_two_stages(design, design.r + 1, rate, _rate_with(alone, needed, planned))

    return p_at


def _rate_with(chance: float, needed: int, n: int) -> float:
    """The rate at which as many as are needed of n respond with a given chance; 0 where none are needed any more."""
    if needed <= 0:
        return 0.0
    first = float((chance / comb(n, needed)) ** (1 / needed))
    # For a rate this small the first term is all of the chance; the inverse beta function fails there.
    return first if first < 1e-9 else float(stats.beta.ppf(chance, needed, n - needed + 1))


def _rate_where(p_at: Callable[[float], float], chance: float) -> Estimate:
    if p_at(1e-12) >= chance:
        return NotEstimable("nobody responded, and every rate lets as good an outcome expect")
    if p_at(1.0) <= chance:
        return 1.0
    return float(optimize.brentq(lambda rate: p_at(rate) - chance, 0.0, 1.0, xtol=1e-15, rtol=1e-14))


def _unfinished(design: TwoStagePlan, responders: int, evaluated: int) -> NotEstimable | None:
    """Why there is nothing to infer yet, or not by this design."""
    _possible(responders, evaluated)
    if evaluated < design.n1:
        return NotEstimable(f"{evaluated} of the {design.n1} subjects of the first stage are evaluated")
    if evaluated == design.n1 and responders > design.r1:
        return NotEstimable("the trial goes on, and nobody of the second stage is evaluated")
    if evaluated > design.n1 and responders <= design.r1:
        return NotEstimable(f"with {responders} responders the design stops after {design.n1}, not after {evaluated}")
    return None


def _possible(responders: int, evaluated: int) -> None:
    if not 0 <= responders <= evaluated:
        raise ValueError(f"Responders lie between 0 and the number evaluated, not {responders} of {evaluated}.")


def _choose(n: int, k: int) -> int:
    return comb(n, k) if 0 <= k <= n else 0
