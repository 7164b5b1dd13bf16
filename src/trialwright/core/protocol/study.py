"""The whole protocol of one version, and the walk over its clauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, ClassVar

from trialwright.core.protocol.clause import Clause, Question, RegistryFact
from trialwright.core.protocol.data import Concept, ConceptSet, PersonQuestion, ReviewRule
from trialwright.core.protocol.design import Arm, Design, Site, StandardsNamed
from trialwright.core.protocol.endpoints import Endpoint, Objective, ResponseRules
from trialwright.core.protocol.reasons import WORDS, EndReason, Reason, plain
from trialwright.core.protocol.rules import Continuation, Criterion, MedicationRule, Obligation, Regimen
from trialwright.core.protocol.safety import Safety
from trialwright.core.protocol.schedule import Encounter, Epoch, Specimen


@dataclass(frozen=True, kw_only=True)
class StudyProtocol:
    """The whole protocol, one version.

    `reasons` says which reason of the closed list words of this study mean, where the list does not know them.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    protocol: str
    version: str
    title: str
    record: str = "record.txt"
    standards: StandardsNamed
    sources: Mapping[str, str]
    design: Design
    arms: tuple[Arm, ...]
    facts: tuple[RegistryFact, ...] = ()
    objectives: tuple[Objective, ...] = ()
    concepts: tuple[Concept, ...] = ()
    sets: tuple[ConceptSet, ...] = ()
    asks: tuple[PersonQuestion, ...] = ()
    reviews: tuple[ReviewRule, ...] = ()
    eligibility: tuple[Criterion, ...]
    regimen: tuple[Regimen, ...]
    response: ResponseRules | None = None
    continuation: tuple[Continuation, ...] = ()
    reasons: Mapping[str, EndReason] = field(default_factory=dict)
    encounters: tuple[Encounter, ...]
    specimens: tuple[Specimen, ...] = ()
    medication: tuple[MedicationRule, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    safety: Safety | None = None
    endpoints: tuple[Endpoint, ...]
    questions: tuple[Question, ...] = ()

    def __post_init__(self) -> None:
        readings = {one.id: one.reading for one in self.questions}
        for _, clause in clauses(self):
            clause.name_grounds(self.sources, readings)

    @property
    def treats(self) -> bool:
        """Whether it gives a drug or plans a visit under treatment; who is registered in a survey is followed alone."""
        return bool(self.regimen) or any(one.epoch is Epoch.TREATMENT for one in self.encounters)

    def arm_of(self, allocated: str | None) -> str | None:
        """The arm a subject is in: as allocated, or the only one there is; None before, and where there is none."""
        return self.arms[0].id if allocated is None and len(self.arms) == 1 else allocated

    def regimens_of(self, arm: str | None) -> tuple[Regimen, ...]:
        """The drugs a subject of this arm is given; a regimen without arms is for everyone."""
        mine = self.arm_of(arm)
        return tuple(regimen for regimen in self.regimen if not regimen.arms or mine in regimen.arms)

    def site(self, site_id: str) -> Site | None:
        """The site of this id."""
        return next((site for site in self.design.sites if site.id == site_id), None)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of this id, wherever in the protocol it stands."""
        return self._by_id.get(clause_id)

    def end_reason(self, words: str) -> Reason:
        """What words for the end of treatment or study count as: by this protocol, else by the list, else other.

        Of several reasons that stand together, as one for each drug, the one that all of them are.
        """
        said = {self.end_reasons.get(plain(one)) for one in words.split("; ")}
        one = next(iter(said)) if len(said) == 1 else EndReason.OTHER
        return Reason(words, one or EndReason.OTHER, None not in said)

    @cached_property
    def end_reasons(self) -> Mapping[str, EndReason]:
        """The words known in this study. Limits and courses that are counted out are treatment completed."""
        stops = [delay.then_stop for one in self.regimen if (delay := one.delay)]
        stops += [rule.then.stop for one in self.regimen for rule in one.rules if rule.then.stop]
        stops += [one.off_treatment for one in self.continuation if one.off_treatment]
        done = [limit.reason for one in self.regimen for limit in one.limits]
        done += [one.off_treatment for one in self.continuation if one.off_treatment and one.courses_more]
        found = {plain(one): EndReason.OTHER for one in stops} | {plain(one): EndReason.COMPLETED for one in done}
        return {**found, **WORDS, **{plain(one): reason for one, reason in self.reasons.items()}}

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What was put together of this protocol, by whoever put it together."""
        return {}

    @cached_property
    def _by_id(self) -> Mapping[str, Clause]:
        """Every clause by its id; of two with one id, which the loader refuses, the first."""
        return {clause.id: clause for _, clause in reversed([*clauses(self)])}


def clauses(protocol: StudyProtocol) -> Iterator[tuple[tuple[str | int, ...], Clause]]:
    """Every clause with the path to it, in the order of the file."""
    yield from _clauses_within(protocol, ())


def _clauses_within(node: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Clause]]:
    if isinstance(node, Clause):
        yield path, node
    if isinstance(node, tuple):
        for number, part in enumerate(node):
            yield from _clauses_within(part, (*path, number))
    elif is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            yield from _clauses_within(getattr(node, each.name), (*path, each.name))
