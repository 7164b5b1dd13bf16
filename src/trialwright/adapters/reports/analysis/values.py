"""Measured values at encounters: means by group, change from baseline, and paired comparisons of assay analytes.

An endpoint names concepts or assays, the encounters compared, and whether by arm or by response. Which value belongs
to an encounter is decided in `core.endpoints`; here it is told in the unit of its concept or assay. Differences
between two arms are first minus second with Welch's interval; pairs are compared by the signed-rank test, exact where
it can be. Read `measured`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialwright.adapters.reports.analysis.response import is_responder
from trialwright.core.analysis.people import Gathered, Person
from trialwright.core.estimation import (
    Difference,
    Mean,
    RankTest,
    difference_of_means,
    mean_with_interval,
    signed_rank,
)
from trialwright.core.protocol import Assay, Concept, Endpoint, StudyProtocol, Variable
from trialwright.core.terms import UnitMismatch

RESPONDED, NOT_RESPONDED = "Responders", "Others"


@dataclass(frozen=True)
class Measure:
    """What is measured: the concept, or one analyte of an assay in one specimen's matrix."""

    id: str
    label: str
    unit: str
    analyte: str = ""


@dataclass(frozen=True)
class MeanAt:
    """The mean of a measure at an encounter in a group."""

    measure: Measure
    encounter: str
    group: str
    mean: Mean


@dataclass(frozen=True)
class DifferenceAt:
    """First group's mean minus second's, of values or of changes from baseline."""

    measure: Measure
    encounter: str
    groups: tuple[str, str]
    of_change: bool
    difference: Difference


@dataclass(frozen=True)
class Pairs:
    """One measure before and after, for the participants of a group who have both."""

    measure: Measure
    group: str
    encounter: str
    pairs: tuple[tuple[str, float, float], ...]
    missing: int
    change: Mean
    test: RankTest


@dataclass(frozen=True)
class Measured:
    """One endpoint of values: means by encounter and group, differences, and pairs against baseline."""

    endpoint: Endpoint
    grouped_by: str
    encounters: tuple[tuple[str, str], ...]
    means: tuple[MeanAt, ...]
    differences: tuple[DifferenceAt, ...]
    pairs: tuple[Pairs, ...]
    people: int


def measured(gathered: Gathered) -> tuple[Measured, ...]:
    """Every endpoint of the protocol that asks for values or their change."""
    return tuple(_measured(gathered, endpoint) for endpoint in gathered.endpoints(Variable.VALUE, Variable.CHANGE))


def _measured(gathered: Gathered, endpoint: Endpoint) -> Measured:
    people = [one for one in gathered.treated if not endpoint.sites or one.site in endpoint.sites]
    groups = _groups(gathered, endpoint, people)
    measures = [each for name in endpoint.concepts for each in _measures(gathered, name)]
    encounters = [name for name in (endpoint.baseline, *endpoint.at) if name]
    pairs = [
        _pairs(measure, label, members, str(endpoint.baseline), at)
        for measure in measures
        for at in endpoint.at
        if endpoint.baseline
        for label, members in groups
    ]
    return Measured(
        endpoint=endpoint,
        grouped_by=endpoint.against or "",
        encounters=tuple((name, encounter_label(gathered.protocol, name)) for name in dict.fromkeys(encounters)),
        means=tuple(_mean(m, at, label, members) for m in measures for at in encounters for label, members in groups),
        differences=tuple(_differences(gathered, endpoint, measures)),
        pairs=tuple(pairs),
        people=len(people),
    )


def encounter_label(protocol: StudyProtocol, name: str) -> str:
    """The label of an encounter by its id or by the key of one of its visits."""
    wanted = name.split(".")[0]
    return next((one.label for one in protocol.encounters if one.id in (name, wanted)), name)


def _groups(gathered: Gathered, endpoint: Endpoint, people: Sequence[Person]) -> list[tuple[str, list[Person]]]:
    """All together, and then by response or by arm where the endpoint asks for it."""
    if endpoint.against == "response":
        responders = [one for one in people if is_responder(one, endpoint.responders)]
        others = [one for one in people if one not in responders]
        return [("All participants", list(people)), (RESPONDED, responders), (NOT_RESPONDED, others)]
    arms = gathered.groups
    return [(group.label, [one for one in group.people if one in people]) for group in arms]


def _measures(gathered: Gathered, name: str) -> Iterable[Measure]:
    """A concept by its id, or each analyte of an assay by the assay's id."""
    for specimen in gathered.protocol.specimens:
        for assay in specimen.assays:
            if assay.id == name:
                yield from (_analyte(specimen.matrix, assay, each) for each in assay.analytes)
    concept = _concept(gathered, name)
    if concept is not None:
        yield Measure(name, concept.label, concept.value.unit or "")


def _analyte(matrix: str, assay: Assay, analyte: str) -> Measure:
    """The variable as `core.endpoints` names it; "1" is a number without unit."""
    return Measure(f"{assay.id}.{analyte}", f"{analyte}, {matrix}", "" if assay.unit == "1" else assay.unit, analyte)


def _concept(gathered: Gathered, name: str) -> Concept | None:
    own = next((one for one in gathered.protocol.concepts if one.id == name), None)
    return own or next((one.case.concepts[name] for one in gathered.people if name in one.case.concepts), None)


# ---- one participant's value at an encounter ----------------------------------------------------------------------


def value_at(one: Person, measure: Measure, encounter: str) -> float | None:
    """What was measured at the encounter, in the measure's unit; None where the core has no one value of it."""
    value = one.values.get((encounter, measure.id))
    if value is None:
        return None
    try:
        return float(value.in_unit(measure.unit, one.case.units, measure.id)) if measure.unit else float(value.value)
    except UnitMismatch:
        return None


# ---- summaries ----------------------------------------------------------------------------------------------------


def _values(people: Iterable[Person], measure: Measure, at: str) -> list[float]:
    return [value for one in people if (value := value_at(one, measure, at)) is not None]


def _mean(measure: Measure, at: str, label: str, people: Sequence[Person]) -> MeanAt:
    return MeanAt(measure, at, label, mean_with_interval(_values(people, measure, at)))


def _pairs(measure: Measure, label: str, people: Sequence[Person], before: str, after: str) -> Pairs:
    both = [(one.subject, value_at(one, measure, before), value_at(one, measure, after)) for one in people]
    known = tuple((who, a, b) for who, a, b in both if a is not None and b is not None)
    return Pairs(
        measure=measure,
        group=label,
        encounter=after,
        pairs=known,
        missing=len(both) - len(known),
        change=mean_with_interval([b - a for _, a, b in known]),
        test=signed_rank([a for _, a, _ in known], [b for _, _, b in known]),
    )


def _differences(gathered: Gathered, endpoint: Endpoint, measures: Sequence[Measure]) -> Iterable[DifferenceAt]:
    """Between two arms, where values are not compared by response."""
    groups = [group for group in gathered.groups if group.id != "none"]
    if len(groups) != 2 or endpoint.against == "response":
        return
    change = endpoint.variable is Variable.CHANGE and endpoint.baseline is not None
    for measure in measures:
        for at in endpoint.at:
            columns = [
                _column(group.where(treated=True), measure, at, endpoint.baseline if change else None)
                for group in groups
            ]
            names = (groups[0].label, groups[1].label)
            yield DifferenceAt(measure, at, names, change, difference_of_means(columns[0], columns[1]))


def _column(people: Sequence[Person], measure: Measure, at: str, baseline: str | None) -> list[float]:
    if baseline is None:
        return _values(people, measure, at)
    both = ((value_at(one, measure, baseline), value_at(one, measure, at)) for one in people)
    return [after - before for before, after in both if before is not None and after is not None]
