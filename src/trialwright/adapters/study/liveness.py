"""Whether a clause changes an answer: the protocol with it against the protocol without it.

A clause that no answer depends on binds nothing of the record, however well it quotes. Each clause is taken out, and
the answers for made-up subjects are compared: eligibility, dose, continuation, visits, deviations; and what documents,
samples and endpoints are made of. The subjects (`probes`) come from the protocol's own conditions, at the edge of each
limit. Decided here: which answers count (`EFFECTS`). The answers themselves come from core. Read `live_clauses`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
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
from trialwright.core.subject import Case
from trialwright.core.terms import Verdict

Path = tuple[str | int, ...]
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
        lacking = without(self.protocol, path)
        if lacking is None:
            return True
        lacking = _without_pointers(lacking, clause.id)
        if type(clause) not in EFFECTS:
            return bool(shape(lacking) != self.shape)
        effect, stages = EFFECTS[type(clause)]
        seen = self._subjects(clause, stages)
        return any(effect(one.case, one.on) != effect(under(lacking, one.case), one.on) for one in seen)

    @cached_property
    def shape(self) -> Any:
        """What the documents, samples and endpoints of the whole protocol are made of."""
        return shape(self.protocol)

    def _subjects(self, clause: Clause, stages: Sequence[Stage]) -> Iterator[Probe]:
        yield from (probe for probe in self.plain if probe.stage in stages)
        for condition in conditions_of(clause):
            yield from self.probes.around(condition, stages)

    @cached_property
    def probes(self) -> Probes:
        """The made-up subjects of this protocol."""
        return Probes(self.protocol, self.standards)

    @cached_property
    def plain(self) -> tuple[Probe, ...]:
        """Subjects about whom nothing is out of the ordinary."""
        return tuple(self.probes.plain())


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
        return tuple(shape(part) for part in node if type(part) not in EFFECTS)
    if is_dataclass(node) and not isinstance(node, type):
        told = [each.name for each in fields(node) if each.name not in WORDING]
        return (type(node).__name__, *((name, shape(getattr(node, name))) for name in told))
    return repr(node)


def under(protocol: StudyProtocol, case: Case) -> Case:
    """The same subject under another protocol."""
    return replace(case, protocol=protocol)


# --- the answers of each kind, without the clauses they name as reasons ------------------------------------------


def entry(case: Case, on: date) -> object:
    """Whether the subject may enter."""
    return judge_eligibility(case, on).verdict


def doses(case: Case, on: date) -> object:
    """What to do about each drug, and which rules and gates are at work."""
    return [_dose(case, regimen, on) for regimen in case.protocol.regimens_of(case.record.arm)]


def _dose(case: Case, regimen: Regimen, on: date) -> object:
    one, gates = decide_dose(case, regimen, on), decide_release(case, regimen, on)
    told = (one.action, one.drug, one.course, one.dose, one.first_day, one.last_day, one.reason, one.missing)
    return told, _at_work(regimen, one.fired), _at_work(regimen, gates)


def _at_work(regimen: Regimen, outcomes: Sequence[RuleOutcome]) -> list[tuple[str, str]]:
    """What each rule or gate comes to, without its name: a rule unless it does not hold, a gate unless it is open."""
    gates = {gate.id for gate in (*regimen.start_course_when, *regimen.release_when)}
    silent = {True: Verdict.MET, False: Verdict.NOT_MET}
    telling = [one for one in outcomes if one.verdict is not silent[one.clause in gates]]
    return sorted((one.action, one.verdict.value) for one in telling)


def going_on(case: Case, on: date) -> object:
    """Whether treatment goes on."""
    said = continuation(case, on)
    return said.action, said.reason, said.courses_left, said.missing


def calendar(case: Case, on: date) -> object:
    """Every visit with its window and what is collected."""
    return [
        (one.encounter.label, one.course, one.due, one.earliest, one.latest, one.state, one.encounter.collect)
        for one in visits(case, on)
    ]


def departures(case: Case, on: date) -> object:
    """What was done against the protocol."""
    return sorted((one.kind, str(one.on), one.severity) for one in deviations(case, on))


Effect = Callable[[Case, date], object]
ON_TREATMENT = (Stage.REGISTERED, Stage.IN_COURSE, Stage.NEXT_COURSE)
EFFECTS: Mapping[type, tuple[Effect, tuple[Stage, ...]]] = {
    Criterion: (entry, (Stage.SCREENING,)),
    DoseRule: (doses, (Stage.IN_COURSE, Stage.NEXT_COURSE)),
    CourseGate: (doses, (Stage.REGISTERED, Stage.NEXT_COURSE)),
    CourseLimit: (doses, (Stage.LATE,)),
    Delay: (doses, (Stage.OVERDUE,)),
    Continuation: (going_on, (Stage.NEXT_COURSE,)),
    MedicationRule: (departures, ON_TREATMENT),
    Encounter: (calendar, (Stage.SCREENING, *ON_TREATMENT, Stage.ENDED)),
}
"""In which answer a clause shows, and when; that of the others shows in what the documents are made of."""
