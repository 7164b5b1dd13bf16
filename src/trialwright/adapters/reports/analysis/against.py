"""A rate against that of an inactive treatment, where the protocol says one: the exact test, and the design in stages.

After a design in two stages three things stand side by side: what ignores the first look (exact), the unbiased
estimate, and p, estimate and interval that know of it (`core.estimation.two_stage`), also where another number was
evaluated than planned. Whom the design counts is told by `core.monitoring`. Without a rate in the protocol there is
nothing here. Read `against`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.adapters.reports.analysis.proportions import proportions
from trialwright.adapters.reports.analysis.response import responses
from trialwright.adapters.reports.text import counted, listed
from trialwright.core.analysis.asking import counted as counted_of
from trialwright.core.analysis.people import Gathered
from trialwright.core.estimation import (
    Estimate,
    NotEstimable,
    Proportion,
    TwoStageInference,
    TwoStagePlan,
    exact_binomial,
    exact_p,
    koyama_chen,
    stage_decision,
    umvue,
)
from trialwright.core.monitoring import Attained, attained
from trialwright.core.protocol import Endpoint, NullRate, Stage, Variable

LEVEL = 0.95


@dataclass(frozen=True)
class Tested:
    """One group of the endpoint's population: the rate, and the chance of as many or more if nothing were better."""

    group: str
    rate: Proportion
    p: Estimate


@dataclass(frozen=True)
class AfterStages:
    """What a design in two stages came to: the decision in words, and the rate with and without regard to the look."""

    attained: Attained
    decision: str
    rate: Proportion
    p: Estimate
    unbiased: Estimate
    adjusted: TwoStageInference


@dataclass(frozen=True)
class Against:
    """One endpoint against the rate the protocol names; `after` only where its design has stages."""

    endpoint: Endpoint
    null: NullRate
    tests: tuple[Tested, ...]
    after: AfterStages | None = None


def against(gathered: Gathered) -> tuple[Against, ...]:
    """Every endpoint with a rate to be tested against, in the protocol's order."""
    asked = gathered.endpoints(Variable.RESPONSE, Variable.PROPORTION)
    return tuple(_against(gathered, one, one.null_rate) for one in asked if one.null_rate)


def _against(gathered: Gathered, endpoint: Endpoint, null: NullRate) -> Against:
    gates = [gate for gate in gathered.protocol.design.stages if gate.endpoint == endpoint.id]
    after = _after(gathered, gates, null) if len(gates) > 1 else None
    return Against(endpoint, null, tuple(_tested(name, rate, null) for name, rate in _rates(gathered, endpoint)), after)


def _tested(group: str, rate: Proportion, null: NullRate) -> Tested:
    return Tested(group, rate, exact_p(rate.successes, rate.n, null.share))


def _rates(gathered: Gathered, endpoint: Endpoint) -> Iterator[tuple[str, Proportion]]:
    """The rate in the endpoint's own population, by group."""
    for told in responses(gathered):
        if told.endpoint.id == endpoint.id:
            yield from ((one.group, one.rate) for one in told.rates if one.primary)
    for held in proportions(gathered):
        if held.endpoint.id == endpoint.id:
            yield from ((one.group, one.rate) for one in held.held if one.primary)


# ---- after the stages ----------------------------------------------------------------------------------------------


def _after(gathered: Gathered, gates: list[Stage], null: NullRate) -> AfterStages:
    found = [told for one in gathered.registered if (told := one.ask(counted_of))]
    closed = gathered.life is not None and gathered.life.closed is not None
    now = attained(gathered.protocol, found, closed)
    rate, p = exact_binomial(now.successes, now.evaluated, LEVEL), exact_p(now.successes, now.evaluated, null.share)
    why = _not_yet(now, gates)
    if why is not None:
        nothing = TwoStageInference(why, why, why, why, LEVEL, "Koyama-Chen")
        return AfterStages(now, f"not yet: {why.because}", rate, p, why, nothing)
    plan = TwoStagePlan(gates[0].continue_if_more_than, gates[0].after, gates[1].continue_if_more_than, gates[1].after)
    adjusted = koyama_chen(plan, null.share, now.successes, now.evaluated, now.first, LEVEL)
    return AfterStages(now, _decided(plan, now), rate, p, umvue(plan, now.successes, now.evaluated), adjusted)


def _not_yet(now: Attained, gates: list[Stage]) -> NotEstimable | None:
    """Why nothing that knows of the stages can be told."""
    if len(gates) != 2 or gates[0].of is not gates[1].of:
        return NotEstimable(f"the estimates are of two stages of one population, and the design has {len(gates)} gates")
    if now.waiting:
        return NotEstimable(f"it is not known of {listed(now.waiting)}")
    if now.open:
        return NotEstimable(f"others are still to be evaluated; so far {counted(now.evaluated, 'participant')}")
    return None


def _decided(plan: TwoStagePlan, now: Attained) -> str:
    """The decision in words; with fewer than planned and nobody to come, that the plan does not decide."""
    told = stage_decision(plan, now.successes, now.evaluated)
    if told.decision != "not yet" or now.evaluated >= plan.n:
        return told.says
    return (
        f"not by the plan: {now.successes} of {now.evaluated} responded, nobody more is to come, and more than "
        f"{plan.r} of {plan.n} are needed to call the drug active; take the p that knows of the size attained"
    )
