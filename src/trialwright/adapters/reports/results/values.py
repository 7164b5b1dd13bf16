"""Endpoints of measured values for the registry: each measure an outcome of its own, since a table has one unit.

Means with standard deviations at each encounter, or mean changes from baseline, by arm or by response; the number
analysed is told for each row. Differences between two arms have their interval, changes their rank test. Read
`values_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.results.choices import NonInferiority, Sides
from trialwright.adapters.exchange.ctgov.results.measures import Group, MeasureClass
from trialwright.adapters.exchange.ctgov.results.outcomes import Analysis
from trialwright.adapters.exchange.ctgov.results.values import Posted, PValue
from trialwright.adapters.reports.analysis.measures import Measure, value_at
from trialwright.adapters.reports.analysis.values import (
    NOT_RESPONDED,
    RESPONDED,
    DifferenceAt,
    Measured,
    Pairs,
    encounter_label,
)
from trialwright.adapters.reports.results.numbers import (
    Arm,
    columns,
    denom,
    posted,
    row,
    spread_cell,
)
from trialwright.adapters.reports.text import digits_for, sentence, unit
from trialwright.core.analysis import Gathered
from trialwright.core.estimation import Mean, estimable
from trialwright.core.protocol import Endpoint, Variable


@dataclass(frozen=True)
class ValueOutcome:
    """One measure of an endpoint: what is said of it, its columns, who was analysed, its rows and analyses."""

    title: str
    description: str
    frame: str
    population: str
    unit: str
    groups: tuple[Group, ...]
    analysed: tuple[int, ...]
    classes: tuple[MeasureClass, ...]
    analyses: tuple[Analysis, ...]


def values_of(
    gathered: Gathered, told: Sequence[Measured], endpoint: Endpoint, arms: Sequence[Arm]
) -> Iterator[ValueOutcome]:
    """Every measure of an endpoint."""
    found = next((one for one in told if one.endpoint.id == endpoint.id), None)
    if found is None or not endpoint.at:
        return
    measures = list(dict.fromkeys(one.measure for one in found.means))
    shown = _columns(gathered, found, arms)
    for measure in measures:
        yield _outcome(gathered, found, measure, shown, several=len(measures) > 1)


def _columns(gathered: Gathered, found: Measured, arms: Sequence[Arm]) -> tuple[Arm, ...]:
    """The arms, or those who responded and the others, by the labels under which they were summed up."""
    labels = list(dict.fromkeys(one.group for one in found.means))
    labels = [RESPONDED, NOT_RESPONDED] if {RESPONDED, NOT_RESPONDED} <= {*labels} else labels
    known = {arm.label: arm for arm in arms}
    if all(label in known for label in labels):
        return tuple(known[label] for label in labels)
    if len(labels) == 1 and len(arms) == 1:
        return (Arm(arms[0].id, labels[0], arms[0].title, arms[0].description, arms[0].people),)
    told = {RESPONDED: "Participants with a confirmed response."}
    return tuple(
        Arm(label, label, label, told.get(label, "Participants without a confirmed response."), ()) for label in labels
    )


def _outcome(
    gathered: Gathered, found: Measured, measure: Measure, shown: Sequence[Arm], several: bool
) -> ValueOutcome:
    endpoint = found.endpoint
    change = endpoint.variable is Variable.CHANGE and endpoint.baseline is not None
    groups = columns("OG", shown)
    rows = [(at, [_mean(found, measure, at, arm.label, change) for arm in shown]) for at in endpoint.at]
    means = [one for _, ones in rows for one in ones]
    digits = min(digits_for(one.mean for one in means if estimable(one.mean)), 4)
    labels = [encounter_label(gathered.protocol, at) for at in endpoint.at]
    before = encounter_label(gathered.protocol, str(endpoint.baseline)) if change else ""
    return ValueOutcome(
        title=f"{endpoint.label}: {measure.label}" if several else endpoint.label,
        description=_description(measure, before, found, _scale(gathered, measure)),
        frame="; ".join([*([before] if before else []), *labels]),
        population=_population(found, change),
        unit=unit(measure.unit) or "score on a scale",
        groups=groups,
        analysed=tuple(_analysed(found, measure, arm, change) for arm in shown),
        classes=tuple(_class(label, groups, ones, digits) for label, (_, ones) in zip(labels, rows, strict=True)),
        analyses=(*_differences(found, measure, groups, digits), *_tests(found, measure, shown, groups, change)),
    )


def _analysed(found: Measured, measure: Measure, arm: Arm, change: bool) -> int:
    """How many have any of the values, or of the pairs of values, that the rows are of."""
    if change:
        pairs = [one for one in found.pairs if (one.measure, one.group) == (measure, arm.label)]
        return len({who for one in pairs for who, _, _ in one.pairs})
    counts = [_mean(found, measure, at, arm.label, change).n for at in found.endpoint.at]
    sites = found.endpoint.sites
    asked = [one for one in arm.treated if not sites or one.site in sites]
    having = [one for one in asked if any(value_at(one, measure, at) is not None for at in found.endpoint.at)]
    return max([*counts, len(having)] if len(counts) > 1 else counts)


def _mean(found: Measured, measure: Measure, at: str, label: str, change: bool) -> Mean:
    """The mean of the values at an encounter, or of their changes from baseline."""
    if change:
        return next(
            one.change for one in found.pairs if (one.measure, one.encounter, one.group) == (measure, at, label)
        )
    return next(one.mean for one in found.means if (one.measure, one.encounter, one.group) == (measure, at, label))


def _scale(gathered: Gathered, measure: Measure) -> str:
    """From where to where a score goes, where the concept says what is possible."""
    concepts = [one for one in gathered.protocol.concepts if one.id == measure.id]
    ends = [one.value.possible or one.value.plausible or () for one in concepts if not unit(measure.unit)]
    return next((f" The scale runs from {each[0]} to {each[1]}." for each in ends if len(each) == 2), "")


def _description(measure: Measure, before: str, found: Measured, scale: str) -> str:
    what = (
        f"Mean change of {measure.label} from {before[:1].lower()}{before[1:]}"
        if before
        else f"Mean of {measure.label}"
    )
    by = " Groups are those with and without a confirmed response." if found.grouped_by == "response" else ""
    return f"{what}.{scale}{by}"


def _population(found: Measured, change: bool) -> str:
    where = " at the sites of this part of the study" if found.endpoint.sites else ""
    which = "a value before and after" if change else "a value at one of the times"
    return f"Treated participants{where} with {which}; each row says how many it is of."


def _class(label: str, groups: Sequence[Group], means: Sequence[Mean], digits: int) -> MeasureClass:
    cells = [spread_cell(one.mean, one.standard_deviation, digits) for one in means]
    return MeasureClass(sentence(label), denom(groups, [one.n for one in means]), (row(groups, cells),))


# ---- analyses ------------------------------------------------------------------------------------------------------


def _differences(found: Measured, measure: Measure, groups: Sequence[Group], digits: int) -> Iterator[Analysis]:
    for one in found.differences:
        if one.measure == measure:
            yield from _difference(one, groups, digits)


def _difference(one: DifferenceAt, groups: Sequence[Group], digits: int) -> Iterator[Analysis]:
    told = one.difference
    if not (estimable(told.difference) and estimable(told.p)):
        return
    if estimable(told.interval.lower) and estimable(told.interval.upper):
        yield Analysis(
            group_ids=tuple(group.id for group in groups),
            group_description=f"At {one.encounter.replace('_', ' ')}.",
            non_inferiority_type=NonInferiority.OTHER,
            non_inferiority_comment="Comparison of the means; the record states no margin and no hypothesis.",
            statistical_method="t-test, 2 sided",
            statistical_comment="Welch's test for unequal variances.",
            p_value=_p(told.p),
            p_value_comment="Not adjusted for multiple comparisons.",
            param_type="Mean Difference (Net)" if one.of_change else "Mean Difference (Final Values)",
            param_value=posted(told.difference, digits),
            ci_pct_value=Posted(f"{100 * told.interval.level:g}"),
            ci_num_sides=Sides.TWO_SIDED,
            ci_lower_limit=posted(told.interval.lower, digits),
            ci_upper_limit=posted(told.interval.upper, digits),
            estimate_comment="First group minus second.",
        )


def _tests(
    found: Measured, measure: Measure, shown: Sequence[Arm], groups: Sequence[Group], change: bool
) -> Iterator[Analysis]:
    """Of a change, the rank test of each group's pairs."""
    for arm, group in zip(shown, groups, strict=True):
        for one in found.pairs:
            if change and (one.measure, one.group) == (measure, arm.label):
                yield from _test(one, group)


def _test(one: Pairs, group: Group) -> Iterator[Analysis]:
    if estimable(one.test.p):
        yield Analysis(
            group_ids=(group.id,),
            group_description=f"Before and at {one.encounter.replace('_', ' ')}.",
            non_inferiority_type=NonInferiority.OTHER,
            non_inferiority_comment="Exploratory comparison within one group; no hypothesis was stated.",
            statistical_method="Wilcoxon signed-rank test",
            statistical_comment=f"Pairs of values; p value: {one.test.method}.",
            p_value=_p(one.test.p),
            p_value_comment="Not adjusted for multiple comparisons.",
        )


def _p(p: float) -> PValue:
    return PValue("<0.0001" if p < 0.0001 else f"{p:.4f}")
