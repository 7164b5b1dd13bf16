"""Response for the registry: the percentage of responders, and everyone by the best response. Read `responses_of`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialwright.adapters.exchange.ctgov.results.choices import (
    Dispersion,
    MeasureParam,
    NonInferiority,
    OutcomeType,
    Sides,
)
from trialwright.adapters.exchange.ctgov.results.measures import Group
from trialwright.adapters.exchange.ctgov.results.outcomes import Analysis, OutcomeMeasure
from trialwright.adapters.exchange.ctgov.results.values import Posted, Words
from trialwright.adapters.reports.analysis.response import ResponseAnalysis
from trialwright.adapters.reports.results.asking import POPULATIONS, Asked, headed, p_value
from trialwright.adapters.reports.results.numbers import (
    PARTICIPANTS,
    cell,
    columns,
    counts_row,
    denom,
    only_class,
    posted,
    row,
)
from trialwright.adapters.reports.text import listed, sentence
from trialwright.core.estimation import Proportion, difference_of_proportions, estimable, exact_p
from trialwright.core.protocol import Endpoint
from trialwright.core.terms import Response


def responses_of(asked: Asked) -> Iterator[OutcomeMeasure]:
    """The percentage of responders of the endpoint's population, with its exact interval; the best ones stand once."""
    found = next((one for one in asked.made.responses if one.endpoint.id == asked.endpoint.id), None)
    if found is None:
        return
    population = asked.endpoint.population
    rates = [
        next(one.rate for one in found.rates if (one.group, one.population) == (arm.label, population))
        for arm in asked.arms
    ]
    groups = columns("OG", asked.arms)
    words = listed([Response[name].value for name in asked.endpoint.responders])
    standard = asked.gathered.protocol.standards.response
    kind = "confirmed response" if asked.endpoint.confirmed else "response"
    description = (
        f"Percentage of participants whose best {kind} was {words.replace(' and ', ' or ')}"
        f"{f', by {_in_words(standard)}' if standard else ''}. Interval: exact (Clopper-Pearson)."
    )
    cells = [cell(one.estimate, one.lower, one.upper, times=100) for one in rates]
    yield replace(
        headed(asked, asked.endpoint.label, description),
        population_description=POPULATIONS.get(population, ""),
        param_type=MeasureParam.NUMBER,
        dispersion_type=Words(Dispersion.CONFIDENCE_95.value, Dispersion.CONFIDENCE_95),
        unit_of_measure="percentage of participants",
        groups=groups,
        denoms=denom(groups, [one.n for one in rates]),
        classes=only_class([row(groups, cells)]) if any(one.n for one in rates) else (),
        analyses=(
            *rate_difference(groups, [(one.successes, one.n) for one in rates]),
            *tested_against(asked.endpoint, groups, rates),
        ),
    )
    told = next(one for one in asked.made.responses if one.endpoint.confirmed is asked.endpoint.confirmed)
    if told is found:
        yield _best(asked, found)


def _best(asked: Asked, found: ResponseAnalysis) -> OutcomeMeasure:
    """The treated by their best response, whatever the endpoint's own population."""
    told = [next(one for one in found.best if one.label == arm.label) for arm in asked.arms]
    counts = [one.confirmed if asked.endpoint.confirmed else one.seen for one in told]
    groups = columns("OG", asked.arms)
    kind = "confirmed response" if asked.endpoint.confirmed else "response"
    rows = [counts_row(groups, [one.get(each, 0) for one in counts], sentence(each.value)) for each in Response]
    return replace(
        headed(asked, f"{asked.endpoint.label}: best {kind}", f"Participants by their best {kind}."),
        type=OutcomeType.OTHER_PRE_SPECIFIED,
        population_description=POPULATIONS["treated"],
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        groups=groups,
        denoms=denom(groups, [one.n for one in told]),
        classes=only_class(rows) if any(one.n for one in told) else (),
    )


def _in_words(standard: str) -> str:
    """The name of an instrument without its family."""
    return standard.rpartition("/")[2].replace("-", " ")


def tested_against(endpoint: Endpoint, groups: Sequence[Group], rates: Sequence[Proportion]) -> Iterator[Analysis]:
    """Of each group the exact test against the rate of an inactive treatment, where the protocol names one."""
    for group, rate in zip(groups, rates, strict=True):
        null = endpoint.null_rate
        p = exact_p(rate.successes, rate.n, null.share) if null else None
        if null and p is not None and estimable(p):
            yield Analysis(
                group_ids=(group.id,),
                non_inferiority_type=NonInferiority.OTHER,
                non_inferiority_comment=f"Test against a fixed rate of {posted(100 * null.share)}%.",
                p_value=p_value(p),
                statistical_method="Exact binomial test",
                statistical_comment="One-sided: as many or more. A first look of the design is not regarded.",
            )


def rate_difference(groups: Sequence[Group], rates: Sequence[tuple[int, int]]) -> Iterator[Analysis]:
    """Between two groups, the difference of the rates."""
    if len(rates) != 2:
        return
    difference, limits = difference_of_proportions(rates[0], rates[1])
    if estimable(difference) and estimable(limits.lower) and estimable(limits.upper):
        yield Analysis(
            group_ids=tuple(group.id for group in groups),
            non_inferiority_type=NonInferiority.OTHER,
            non_inferiority_comment="Estimate of the difference; no hypothesis was tested.",
            param_type="Risk Difference (RD)",
            param_value=posted(100 * difference),
            ci_pct_value=Posted("95"),
            ci_num_sides=Sides.TWO_SIDED,
            ci_lower_limit=posted(100 * limits.lower),
            ci_upper_limit=posted(100 * limits.upper),
            estimate_comment="Percentage points, first group minus second; interval by Newcombe's method 10.",
        )
