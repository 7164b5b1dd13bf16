"""Whether a clause changes an answer: the protocol with it against the protocol without it.

A clause that no answer depends on binds nothing of the record, however well it quotes. Each clause is taken out, and
the answers for made-up subjects are compared: eligibility, dose, continuation, visits, deviations; and what documents,
samples and endpoints are made of. The subjects (`probes`) come from the protocol's own conditions, at the edge of each
limit. Decided here: which answers count. The answers themselves come from core. Read `live_clauses`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any

from trialwright.adapters.study.probes import Probe, Probes, Stage, conditions_of
from trialwright.core.bundle import Standards
from trialwright.core.conditions import Condition
from trialwright.core.deviations import deviations
from trialwright.core.disposition import continuation
from trialwright.core.dosing import RuleOutcome, decide_dose, decide_release
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.protocol import (
    Clause,
    Continuation,
    CourseGate,
    CourseLimit,
    Criterion,
    Delay,
    DoseRule,
    Encounter,
    MedicationRule,
    Regimen,
    StudyProtocol,
    clauses,
)
from trialwright.core.schedule import visits
from trialwright.core.terms import Verdict

Path = tuple[str | int, ...]
JUDGED = (Criterion, DoseRule, CourseGate, CourseLimit, Continuation, Delay, Encounter, MedicationRule)
"""Clauses whose effect is looked for in the answers for subjects; that of the others in what documents are made of."""
ON_TREATMENT = (Stage.REGISTERED, Stage.IN_COURSE, Stage.NEXT_COURSE)
STAGES: Mapping[type[Clause], tuple[Stage, ...]] = {
    Criterion: (Stage.SCREENING,),
    DoseRule: (Stage.IN_COURSE, Stage.NEXT_COURSE),
    CourseGate: (Stage.REGISTERED, Stage.NEXT_COURSE),
    CourseLimit: (Stage.LATE,),
    Delay: (Stage.OVERDUE,),
    Continuation: (Stage.NEXT_COURSE,),
    MedicationRule: ON_TREATMENT,
    Encounter: (Stage.SCREENING, *ON_TREATMENT, Stage.ENDED),
}
"""Where a clause can be seen at work; elsewhere it is not looked for."""
WORDING = frozenset(each.name for each in fields(Clause))


def live_clauses(protocol: StudyProtocol, standards: Standards) -> frozenset[str]:
    """The ids of the clauses that change an answer; one that only points to others lives by them."""
    answers = _Answers(protocol, standards)
    live = {clause.id for path, clause in clauses(protocol) if answers.change_without(path, clause)}
    pointing = {one.id for one in protocol.eligibility if one.see and set(one.see) <= live}
    return frozenset(live | pointing)


@dataclass(frozen=True)
class _Answers:
    """The answers of one protocol, kept so that each clause's absence is compared with the same ones."""

    protocol: StudyProtocol
    standards: Standards

    def change_without(self, path: Path, clause: Clause) -> bool:
        """Whether any answer is another one when the clause is taken out."""
        if not clause_says_something(clause):
            return False
        lacking = without(self.protocol, path)
        if lacking is None:
            return True
        lacking = _without_pointers(lacking, clause.id)
        if not isinstance(clause, JUDGED):
            return bool(shape(lacking) != self.shape)
        return any(usual != answer(probe, lacking) for probe, usual in self._subjects(clause))

    @cached_property
    def shape(self) -> Any:
        """What the documents, samples and endpoints of the whole protocol are made of."""
        return shape(self.protocol)

    def _subjects(self, clause: Clause) -> Iterator[tuple[Probe, tuple[Any, ...]]]:
        stages = STAGES.get(type(clause), tuple(Stage))
        yield from ((probe, usual) for probe, usual in self.plain if probe.stage in stages)
        for condition in conditions_of(clause):
            for probe in self.probes.around(condition, stages):
                yield probe, answer(probe, self.protocol)

    @cached_property
    def probes(self) -> Probes:
        """The made-up subjects of this protocol."""
        return Probes(self.protocol, self.standards)

    @cached_property
    def plain(self) -> tuple[tuple[Probe, tuple[Any, ...]], ...]:
        """Subjects about whom nothing is out of the ordinary, each with the whole protocol's answer."""
        return tuple((probe, answer(probe, self.protocol)) for probe in self.probes.plain())


def clause_says_something(clause: Clause) -> bool:
    """A clause that is nothing but its wording asks nothing and changes nothing."""
    return type(clause) is not Clause


def without(protocol: StudyProtocol, path: Path) -> StudyProtocol | None:
    """The protocol with the clause at the path taken out; None where a protocol cannot be without it."""
    cut = _without(protocol, path)
    return cut if isinstance(cut, StudyProtocol) else None


def _without(node: Any, path: Path) -> Any:
    """The node without what the path leads to; None where that part is required."""
    head, rest = path[0], path[1:]
    if isinstance(node, tuple):
        assert isinstance(head, int)
        if not rest:
            return (*node[:head], *node[head + 1 :])
        inner = _without(node[head], rest)
        return None if inner is None else (*node[:head], inner, *node[head + 1 :])
    if not rest:
        optional = next(each for each in fields(node) if each.name == head).default is None
        return replace(node, **{str(head): None}) if optional else None
    inner = _without(getattr(node, str(head)), rest)
    return None if inner is None else replace(node, **{str(head): inner})


def _without_pointers(protocol: StudyProtocol, clause: str) -> StudyProtocol:
    """Criteria that only point to a clause go with it; a pointer to nothing would be unknown."""
    kept = [one for one in protocol.eligibility if clause not in one.see]
    return replace(protocol, eligibility=tuple(kept))


def shape(node: Any) -> Any:
    """A protocol part without its wording and without the clauses that are judged by their effect."""
    if isinstance(node, Condition):
        return repr(node)
    if isinstance(node, tuple):
        return tuple(shape(part) for part in node if not isinstance(part, JUDGED) and type(part) is not Clause)
    if is_dataclass(node) and not isinstance(node, type):
        told = [each.name for each in fields(node) if each.name not in WORDING]
        return (type(node).__name__, *((name, shape(getattr(node, name))) for name in told))
    return repr(node)


def answer(probe: Probe, protocol: StudyProtocol) -> tuple[Any, ...]:
    """What the program would say about a probe under a protocol, without the clauses it names as reasons."""
    case = replace(probe.case, protocol=protocol)
    if probe.stage is Stage.SCREENING:
        return (judge_eligibility(case, probe.on).verdict, *_visits(probe, protocol))
    return (
        *_doses(probe, protocol),
        *_goes_on(probe, protocol),
        *_visits(probe, protocol),
        *_departures(probe, protocol),
    )


def _doses(probe: Probe, protocol: StudyProtocol) -> Iterator[tuple[Any, ...]]:
    case = replace(probe.case, protocol=protocol)
    for regimen in protocol.regimens_of(case.record.arm):
        one = decide_dose(case, regimen, probe.on)
        yield one.action, one.drug, one.course, one.dose, one.first_day, one.last_day, one.reason, one.missing
        yield _at_work(regimen, one.fired), _at_work(regimen, decide_release(case, regimen, probe.on))


def _at_work(regimen: Regimen, outcomes: Sequence[RuleOutcome]) -> tuple[tuple[str, str], ...]:
    """What each rule or gate comes to, without its name: a rule unless it does not hold, a gate unless it is open."""
    gates = {gate.id for gate in (*regimen.start_course_when, *regimen.release_when)}
    silent = {True: Verdict.MET, False: Verdict.NOT_MET}
    telling = [one for one in outcomes if one.verdict is not silent[one.clause in gates]]
    return tuple(sorted((one.action, one.verdict.value) for one in telling))


def _goes_on(probe: Probe, protocol: StudyProtocol) -> tuple[Any, ...]:
    said = continuation(replace(probe.case, protocol=protocol), probe.on)
    return said.action, said.reason, said.courses_left, said.missing


def _visits(probe: Probe, protocol: StudyProtocol) -> tuple[Any, ...]:
    planned = visits(replace(probe.case, protocol=protocol), probe.on)
    return tuple(
        (one.encounter.label, one.course, one.due, one.earliest, one.latest, one.state, one.encounter.collect)
        for one in planned
    )


def _departures(probe: Probe, protocol: StudyProtocol) -> tuple[Any, ...]:
    found = deviations(replace(probe.case, protocol=protocol), probe.on)
    return tuple(sorted((one.kind, str(one.on), one.severity) for one in found))
