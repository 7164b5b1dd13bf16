"""Measured values at encounters: means by group, change from baseline, and paired comparisons of assay analytes.

An endpoint names concepts or assays, the encounters compared, and whether by arm or by response. Which value belongs
to an encounter is decided in `core.endpoints`; here it is told in the unit of its concept or assay. Differences
between two arms are first minus second with Welch's interval; pairs are compared by the signed-rank test, exact where
it can be, and changes against response in `correlates`. Of samples that a sub-study takes, who joined it is counted.
Read `measured`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialwright.adapters.reports.analysis.correlates import Correlate, correlates
from trialwright.adapters.reports.analysis.measures import Measure, change_at, measures, value_at
from trialwright.core.analysis.people import Gathered, Person
from trialwright.core.endpoints import is_responder
from trialwright.core.estimation import (
    Difference,
    Estimate,
    Mean,
    NotEstimable,
    RankTest,
    difference_of_means,
    mean_with_interval,
    signed_rank_of,
)
from trialwright.core.ledger import SubstudyJoined
from trialwright.core.protocol import Endpoint, Specimen, StudyProtocol, Variable

RESPONDED, NOT_RESPONDED = "Responders", "Others"


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
    """One endpoint of values: means by encounter and group, differences, and pairs against baseline.

    `joined` are the sub-studies, by label, whose samples alone are measured; `people` are then those who joined one.
    """

    endpoint: Endpoint
    grouped_by: str
    encounters: tuple[tuple[str, str], ...]
    means: tuple[MeanAt, ...]
    differences: tuple[DifferenceAt, ...]
    pairs: tuple[Pairs, ...]
    people: int
    correlates: tuple[Correlate, ...] = ()
    joined: tuple[str, ...] = ()

    @property
    def most_pairs(self) -> int:
        """How many pairs the measure and group with most of them has."""
        return max((len(one.pairs) for one in self.pairs), default=0)

    @property
    def least_p(self) -> Estimate:
        """The smallest two-sided p of the signed-rank test that so many pairs allow: that all of them go one way."""
        return min(1.0, 2.0 ** (1 - self.most_pairs)) if self.most_pairs else NotEstimable("there are no pairs")


def measured(gathered: Gathered) -> tuple[Measured, ...]:
    """Every endpoint of the protocol that asks for values or their change."""
    return tuple(_measured(gathered, endpoint) for endpoint in gathered.endpoints(Variable.VALUE, Variable.CHANGE))


def _measured(gathered: Gathered, endpoint: Endpoint) -> Measured:
    people = _concerned(gathered, endpoint)
    groups = _groups(gathered, endpoint, people)
    asked = [each for name in endpoint.concepts for each in measures(gathered, name)]
    encounters = [name for name in (endpoint.baseline, *endpoint.at) if name]
    pairs = [
        _pairs(measure, label, members, str(endpoint.baseline), at)
        for measure in asked
        for at in endpoint.at
        if endpoint.baseline
        for label, members in groups
    ]
    return Measured(
        endpoint=endpoint,
        grouped_by=endpoint.against or "",
        encounters=tuple((name, encounter_label(gathered.protocol, name)) for name in dict.fromkeys(encounters)),
        means=tuple(_mean(m, at, label, members) for m in asked for at in encounters for label, members in groups),
        differences=tuple(_differences(gathered, endpoint, asked)),
        pairs=tuple(pairs),
        people=len(people),
        correlates=correlates(endpoint, people, asked),
        joined=tuple(one.label for one in gathered.protocol.design.substudies if one.id in _parts(gathered, endpoint)),
    )


def _concerned(gathered: Gathered, endpoint: Endpoint) -> list[Person]:
    """The treated at the endpoint's sites; of samples that a sub-study alone takes, who joined it."""
    people = [one for one in gathered.treated if not endpoint.sites or one.site in endpoint.sites]
    parts = _parts(gathered, endpoint)
    return [one for one in people if one.ask(joined_parts) & parts] if parts else people


def _parts(gathered: Gathered, endpoint: Endpoint) -> set[str]:
    """The sub-studies whose samples alone are measured; none where a sample of everyone is as well."""
    taken = [specimen for specimen in gathered.protocol.specimens if _assays(specimen) & set(endpoint.concepts)]
    parts = {specimen.substudy for specimen in taken if specimen.substudy}
    return parts if all(specimen.substudy for specimen in taken) else set()


def joined_parts(one: Person) -> frozenset[str]:
    """The sub-studies that a participant joined."""
    told = one.case.record.of_kind(SubstudyJoined)
    return frozenset(event.substudy for event in told if event.occurred <= one.judged_by.cut)


def _assays(specimen: Specimen) -> set[str]:
    return {one.id for one in specimen.assays}


def encounter_label(protocol: StudyProtocol, name: str) -> str:
    """The label of an encounter by its id or by the key of one of its visits."""
    wanted = name.split(".")[0]
    return next((one.label for one in protocol.encounters if one.id in (name, wanted)), name)


def _groups(gathered: Gathered, endpoint: Endpoint, people: Sequence[Person]) -> list[tuple[str, list[Person]]]:
    """All together, and then by response or by arm where the endpoint asks for it."""
    if endpoint.against == "response":
        responders = [one for one in people if is_responder(one.best, endpoint)]
        others = [one for one in people if one not in responders]
        return [("All participants", list(people)), (RESPONDED, responders), (NOT_RESPONDED, others)]
    arms = gathered.groups
    return [(group.label, [one for one in group.people if one in people]) for group in arms]


# ---- summaries ----------------------------------------------------------------------------------------------------


def _values(people: Iterable[Person], measure: Measure, at: str) -> list[float]:
    return [value for one in people if (value := value_at(one, measure, at)) is not None]


def _mean(measure: Measure, at: str, label: str, people: Sequence[Person]) -> MeanAt:
    return MeanAt(measure, at, label, mean_with_interval(_values(people, measure, at)))


def _pairs(measure: Measure, label: str, people: Sequence[Person], before: str, after: str) -> Pairs:
    both = [(one.subject, value_at(one, measure, before), value_at(one, measure, after)) for one in people]
    known = tuple((who, a, b) for who, a, b in both if a is not None and b is not None)
    changes = _changes(people, measure, before, after)
    return Pairs(
        measure=measure,
        group=label,
        encounter=after,
        pairs=known,
        missing=len(both) - len(known),
        change=mean_with_interval(changes),
        test=signed_rank_of(changes),
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
    return _changes(people, measure, baseline, at)


def _changes(people: Iterable[Person], measure: Measure, before: str, after: str) -> list[float]:
    return [change for one in people if (change := change_at(one, measure, before, after)) is not None]
