"""Proportions for the registry: the percentage in whom a condition held, of those of whom it is known.

The registry's analysed number is of those of whom it is known; of how many it is not is said beside it. Read
`proportions_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialwright.adapters.exchange.ctgov.results.choices import Dispersion, MeasureParam, NonInferiority
from trialwright.adapters.exchange.ctgov.results.measures import Group
from trialwright.adapters.exchange.ctgov.results.outcomes import Analysis, OutcomeMeasure
from trialwright.adapters.exchange.ctgov.results.values import Words
from trialwright.adapters.reports.analysis.proportions import Held, ProportionAnalysis
from trialwright.adapters.reports.results.asking import POPULATIONS, Asked, headed, p_value
from trialwright.adapters.reports.results.numbers import Arm, cell, columns, denom, only_class, participants, row
from trialwright.adapters.reports.results.responses import rate_difference, tested_against
from trialwright.adapters.reports.text import listed
from trialwright.core.estimation import estimable

WHOM = {**POPULATIONS, "evaluable": "All participants who received at least one dose and could be evaluated."}


def proportions_of(asked: Asked) -> Iterator[OutcomeMeasure]:
    """The percentage of the endpoint's population in whom the condition held, with its exact interval."""
    found = next(one for one in asked.made.proportions if one.endpoint.id == asked.endpoint.id)
    held = [found.row(group=arm.label) for arm in asked.arms]
    groups = columns("OG", asked.arms)
    description = (
        "Percentage of participants in whom it held, of those of whom it is known. Interval: exact (Clopper-Pearson)."
    )
    cells = [cell(one.estimate, one.rate.lower, one.rate.upper, times=100) for one in held]
    yield replace(
        headed(asked, asked.endpoint.label, description),
        population_description=" ".join([WHOM.get(asked.endpoint.population, ""), *_not_known(held, asked.arms)]),
        param_type=MeasureParam.NUMBER,
        dispersion_type=Words(Dispersion.CONFIDENCE_95.value, Dispersion.CONFIDENCE_95),
        unit_of_measure="percentage of participants",
        groups=groups,
        denoms=denom(groups, [one.known for one in held]),
        classes=only_class([row(groups, cells)]) if any(one.known for one in held) else (),
        analyses=(
            *rate_difference(groups, [(one.yes, one.known) for one in held]),
            *_fisher(groups, found),
            *tested_against(asked.endpoint, groups, [one.rate for one in held]),
        ),
    )


def _not_known(held: Sequence[Held], arms: Sequence[Arm]) -> Iterator[str]:
    """Of how many it is not known, by group where there are several."""
    if not any(one.unknown for one in held):
        return
    several = len(arms) > 1
    told = [
        f"{participants(one.unknown)}{f' ({arm.title})' if several else ''}"
        for one, arm in zip(held, arms, strict=True)
        if one.unknown
    ]
    yield f"Not analysed, because it is not known of them: {listed(told)}."


def _fisher(groups: Sequence[Group], found: ProportionAnalysis) -> Iterator[Analysis]:
    """Fisher's exact test between two arms."""
    for one in found.compared:
        if estimable(one.fisher.p):
            yield Analysis(
                group_ids=tuple(group.id for group in groups),
                non_inferiority_type=NonInferiority.SUPERIORITY,
                p_value=p_value(one.fisher.p),
                statistical_method="Fisher Exact",
                statistical_comment="Two-sided, of those of whom it is known.",
            )
