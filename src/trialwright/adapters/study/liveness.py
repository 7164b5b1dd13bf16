"""Whether a clause changes an answer: the protocol with it against the protocol without it.

A clause that no answer depends on binds nothing of the record, however well it quotes. Each clause is taken out, and
the answers for made-up subjects are compared: eligibility, dose, continuation, visits, deviations; and what documents,
samples and endpoints are made of. The subjects (`probes`) come from the protocol's own conditions, at the edge of each
limit. Decided here: which answers count. The answers themselves come from core. Read `live_clauses`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any

from trialwright.adapters.study.probes import Probe, Stage, conditions_of, probes
from trialwright.core.bundle import Standards
from trialwright.core.conditions import ALWAYS, Condition
from trialwright.core.deviations import deviations
from trialwright.core.disposition import continuation
from trialwright.core.dosing import decide_dose, decide_release
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
    StudyProtocol,
    clauses,
)
from trialwright.core.schedule import visits

Path = tuple[str | int, ...]
JUDGED = (Criterion, DoseRule, CourseGate, CourseLimit, Continuation, Delay, Encounter, MedicationRule)
"""Clauses whose effect is looked for in the answers for subjects; that of the others in what documents are made of."""
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
        if not isinstance(clause, JUDGED):
            return shape(lacking) != self.shape
        changed = (answer(probe, self.protocol) != answer(probe, lacking) for probe in self._probes(clause))
        return any(changed)

    @cached_property
    def shape(self) -> Any:
        """What the documents, samples and endpoints of the whole protocol are made of."""
        return shape(self.protocol)

    def _probes(self, clause: Clause) -> Iterator[Probe]:
        yield from self.plain
        for condition in conditions_of(clause):
            yield from probes(self.protocol, self.standards, condition)

    @cached_property
    def plain(self) -> tuple[Probe, ...]:
        """Subjects about whom nothing is out of the ordinary."""
        return tuple(probes(self.protocol, self.standards, ALWAYS))


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


def _doses(probe: Probe, protocol: StudyProtocol) -> tuple[Any, ...]:
    case = replace(probe.case, protocol=protocol)
    decisions = [decide_dose(case, regimen, probe.on) for regimen in protocol.regimens_of(case.record.arm)]
    releases = [decide_release(case, regimen, probe.on) for regimen in protocol.regimens_of(case.record.arm)]
    return tuple(
        (
            one.action,
            one.drug,
            one.course,
            one.dose,
            one.first_day,
            one.last_day,
            one.reason,
            one.missing,
            _fired(one.fired),
        )
        for one in (*decisions, *releases)
    )


def _fired(outcomes: Any) -> tuple[str, ...]:
    return tuple(sorted(one.action for one in outcomes if one.verdict.rank == 2))


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
