"""Times to event for the registry: the median with its interval, and the rates at the landmarks. Read `times_of`."""

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
from trialwright.adapters.exchange.ctgov.results.measures import Group, MeasureClass, Measurement
from trialwright.adapters.exchange.ctgov.results.outcomes import Analysis, OutcomeMeasure
from trialwright.adapters.exchange.ctgov.results.values import Posted, Words
from trialwright.adapters.reports.analysis.survival import Curve, TimeAnalysis
from trialwright.adapters.reports.results.asking import POPULATIONS, Asked, headed, p_value
from trialwright.adapters.reports.results.numbers import cell, columns, denom, only_class, posted, row
from trialwright.adapters.reports.text import counted, listed
from trialwright.core.estimation import SurvivalAt, estimable, proportional_hazards
from trialwright.core.protocol import Endpoint, Variable

MONTHS = "months"
FIRST = "first group"


def times_of(asked: Asked) -> Iterator[OutcomeMeasure]:
    """The Kaplan-Meier median with its interval."""
    found = next((one for one in asked.made.times if one.endpoint.id == asked.endpoint.id), None)
    if found is None:
        return
    curves = [next(one for one in found.curves if one.label == arm.label) for arm in asked.arms]
    groups = columns("OG", asked.arms)
    duration = asked.endpoint.variable is Variable.DURATION_OF_RESPONSE
    cells = [cell(one.median.estimate, one.median.lower, one.median.upper) for one in curves]
    yield replace(
        headed(asked, asked.endpoint.label, _time_words(asked.endpoint, duration)),
        population_description="All responders." if duration else POPULATIONS.get(asked.endpoint.population, ""),
        param_type=MeasureParam.MEDIAN,
        dispersion_type=Words(Dispersion.CONFIDENCE_95.value, Dispersion.CONFIDENCE_95),
        unit_of_measure=MONTHS,
        groups=groups,
        denoms=denom(groups, [one.curve.n for one in curves]),
        classes=only_class([row(groups, cells)]) if any(one.curve.n for one in curves) else (),
        analyses=(*_log_rank(groups, found), *_hazard_ratio(groups, found)),
    )
    if asked.endpoint.landmarks and any(one.curve.n for one in curves):
        yield _landmarks(asked, found, curves)


def _landmarks(asked: Asked, found: TimeAnalysis, curves: Sequence[Curve]) -> OutcomeMeasure:
    """The percentage free of the event at each landmark of the protocol."""
    groups = columns("OG", asked.arms)
    classes = [
        MeasureClass(
            f"{counted(round(month), 'month')}",
            categories=(row(groups, [_rate(one.rates[place]) for one in curves]),),
        )
        for place, month in enumerate(found.at)
    ]
    words = _time_words(asked.endpoint, asked.endpoint.variable is Variable.DURATION_OF_RESPONSE)
    description = f"Percentage of participants without the event. {words.replace('Median by', 'Estimated by')}"
    return replace(
        headed(asked, f"{asked.endpoint.label}: rates", description, f"; {listed([one.title for one in classes])}"),
        type=OutcomeType.OTHER_PRE_SPECIFIED,
        population_description=POPULATIONS.get(asked.endpoint.population, ""),
        param_type=MeasureParam.NUMBER,
        dispersion_type=Words(Dispersion.CONFIDENCE_95.value, Dispersion.CONFIDENCE_95),
        unit_of_measure="percentage of participants",
        groups=groups,
        denoms=denom(groups, [one.curve.n for one in curves]),
        classes=tuple(classes),
    )


def _rate(at: SurvivalAt) -> Measurement:
    return cell(at.survival, at.lower, at.upper, times=100)


def _time_words(endpoint: Endpoint, duration: bool) -> str:
    """From when to which event, and how the median was found."""
    events = " or ".join(
        {"progression": "progression", "death": "death from any cause"}.get(one, one) for one in endpoint.events
    )
    start = (
        "the first documented response"
        if duration
        else endpoint.since.replace("_", " ").replace("first dose", "the first dose")
    )
    return (
        f"Time from {start} to {events or 'progression or death from any cause'}; participants without it are "
        "censored. Median by the Kaplan-Meier method."
    )


def _log_rank(groups: Sequence[Group], found: TimeAnalysis) -> Iterator[Analysis]:
    """Whether the groups differ in time to the event."""
    if found.test is not None and estimable(found.test.p):
        yield Analysis(
            group_ids=tuple(group.id for group in groups),
            non_inferiority_type=NonInferiority.SUPERIORITY,
            statistical_method="Log Rank",
            p_value=p_value(found.test.p),
        )


def _hazard_ratio(groups: Sequence[Group], found: TimeAnalysis) -> Iterator[Analysis]:
    """Between two groups, how many times the rate of the event in the first that in the second is."""
    labels = [one.label for one in found.curves]
    if len(labels) != 2 or not found.members:
        return
    months, events = [one.months for _, one in found.members], [one.event for _, one in found.members]
    first = {FIRST: [float(label == labels[0]) for label, _ in found.members]}
    told = proportional_hazards(months, events, first).of(FIRST)
    if estimable(told.ratio) and estimable(told.lower) and estimable(told.upper):
        yield Analysis(
            group_ids=tuple(group.id for group in groups),
            non_inferiority_type=NonInferiority.OTHER,
            non_inferiority_comment="Estimate of the ratio; no hypothesis beside that of the log-rank test.",
            param_type="Hazard Ratio (HR)",
            param_value=posted(told.ratio, 2),
            ci_pct_value=Posted("95"),
            ci_num_sides=Sides.TWO_SIDED,
            ci_lower_limit=posted(told.lower, 2),
            ci_upper_limit=posted(told.upper, 2),
            estimate_comment="First group against the second; Cox model, tied events after Efron, Wald's limits.",
        )
