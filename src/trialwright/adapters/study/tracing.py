"""From each numbered statement of a record to its clauses, the modules that act on them, and the cases that prove them.

A study may bring statements.yaml: every statement with its words and its clauses, or why it has none. Which module acts
on a clause follows from its kind (`MODULES`); which case proves it is what the cases name. A fact of the registry is
proved by the test that reads the record. Read `MODULES`, then `traced`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trialwright.adapters.study.cases import CaseResult
from trialwright.adapters.study.positions import LARGEST_FILE, Document, read_yaml
from trialwright.core.protocol import (
    Accrual,
    Allocation,
    Arm,
    Assay,
    Clause,
    Continuation,
    CourseGate,
    CourseLimit,
    Criterion,
    Delay,
    Design,
    DeviationGrade,
    DoseRule,
    Encounter,
    Endpoint,
    Handling,
    MedicationRule,
    NullRate,
    Objective,
    Obligation,
    Regimen,
    RegistryFact,
    ReportingRule,
    ResponseRules,
    SafetyWindow,
    Site,
    Specimen,
    Stage,
    StoppingRule,
    StudyProtocol,
    Substudy,
    Supply,
    Variable,
    Variant,
    clauses,
)
from trialwright.core.terms import Finding

FILE = "statements.yaml"
NO_CLAUSE = ("furniture", "absent")
READS = ("adapters.registry",)
MODULES: Mapping[type[Clause], tuple[str, ...]] = {
    RegistryFact: (*READS, "adapters.reports"),
    Design: ("core.conduct",),
    Site: ("core.conduct", "core.subject"),
    Substudy: ("core.conduct", "core.schedule"),
    Accrual: ("core.conduct",),
    Arm: ("core.conduct", "core.dosing"),
    Allocation: ("core.conduct", "adapters.simulation"),
    Objective: ("core.endpoints", "adapters.reports"),
    Criterion: ("core.eligibility", "core.deviations"),
    Regimen: ("core.dosing", "core.schedule", "core.deviations"),
    CourseGate: ("core.dosing",),
    CourseLimit: ("core.dosing",),
    Delay: ("core.dosing",),
    DoseRule: ("core.dosing",),
    ResponseRules: ("core.response", "standards.response"),
    Continuation: ("core.dosing", "core.disposition"),
    MedicationRule: ("core.deviations",),
    Obligation: ("core.schedule",),
    Encounter: ("core.schedule", "core.deviations"),
    Specimen: ("core.schedule", "core.deviations"),
    Assay: ("core.endpoints",),
    Endpoint: ("core.endpoints", "core.estimation"),
    Variant: ("core.endpoints", "core.estimation"),
    NullRate: ("core.estimation",),
    Supply: ("core.dosing", "core.conduct"),
    Handling: ("core.schedule",),
    DeviationGrade: ("core.deviations",),
    ReportingRule: ("core.safety",),
    SafetyWindow: ("core.safety", "core.toxicity"),
    Stage: ("core.monitoring",),
    StoppingRule: ("core.monitoring",),
}
"""The modules that act on a clause, by its kind."""
BY_VARIABLE: Mapping[Variable, tuple[str, ...]] = {
    Variable.RESPONSE: ("standards.response", "core.response"),
    Variable.DURATION_OF_RESPONSE: ("core.response",),
    Variable.WORST_GRADE: ("standards.ctcae", "core.toxicity"),
}
"""What acts on an endpoint besides, by what it measures."""


@dataclass(frozen=True)
class Statement:
    """One numbered statement: in short words, in the record's, its clauses, or why it has none."""

    number: str
    says: str
    quote: str
    clauses: tuple[str, ...]
    no_clause: str
    where: str


@dataclass(frozen=True)
class Statements:
    """The statements of a record in order, and the test that reads each from it."""

    statements: tuple[Statement, ...]
    read_by: str


@dataclass(frozen=True)
class Traced:
    """A statement with the modules that act on it, the cases that prove it, and the test that reads it."""

    statement: Statement
    modules: tuple[str, ...]
    cases: tuple[str, ...]
    read_by: str


def load_statements(folder: Path) -> tuple[Statements | None, list[Finding]]:
    """The statements of a study's record; None where the study has no such file, or a wrong one."""
    file = folder / FILE
    if not file.is_file():
        return None, []
    with file.open("rb") as stream:
        document, findings = read_yaml(stream.read(LARGEST_FILE + 1), file.name)
    held = document.data if isinstance(document.data, dict) else {}
    if findings or not isinstance(held.get("statements"), list):
        return None, findings or [_wrong(document, (), "The file has read_by, and statements, a list.")]
    findings = [one for place, part in enumerate(held["statements"]) for one in _problems(document, place, part)]
    if findings:
        return None, findings
    read = tuple(_statement(document, place, part) for place, part in enumerate(held["statements"]))
    return Statements(read, str(held.get("read_by", ""))), []


def _problems(document: Document, place: int, part: Any) -> Iterable[Finding]:
    known = {"number", "says", "quote", "clauses", "no_clause"}
    if not isinstance(part, dict) or set(part) - known or not {"number", "says"} <= set(part):
        yield _wrong(document, ("statements", place), f"A statement has {', '.join(sorted(known))}, and no more.")
    elif ("clauses" in part) == ("no_clause" in part) or part.get("no_clause", "absent") not in NO_CLAUSE:
        says = f"Statement {part['number']} needs either clauses, or no_clause: {' or '.join(NO_CLAUSE)}."
        yield _wrong(document, ("statements", place), says)


def _statement(document: Document, place: int, part: Mapping[str, Any]) -> Statement:
    return Statement(
        number=str(part["number"]),
        says=str(part["says"]),
        quote=str(part.get("quote", "")),
        clauses=tuple(str(one) for one in part.get("clauses", ())),
        no_clause=str(part.get("no_clause", "")),
        where=document.where(("statements", place)),
    )


def _wrong(document: Document, path: tuple[str | int, ...], says: str) -> Finding:
    matters = "A statement of the record that is not traced is one that nobody may have followed."
    return Finding(about=FILE, says=says, matters=matters, where=document.where(path))


# --- from statement to module and case -------------------------------------------------------------------------------


def traced(statements: Statements, protocol: StudyProtocol, results: Sequence[CaseResult]) -> tuple[Traced, ...]:
    """Each statement with what acts on it and what proves it."""
    known = {clause.id: clause for _, clause in clauses(protocol)}
    return tuple(_traced(one, known, results, statements.read_by) for one in statements.statements)


def _traced(statement: Statement, known: Mapping[str, Clause], results: Sequence[CaseResult], read_by: str) -> Traced:
    named = [known[name] for name in statement.clauses if name in known]
    asked = {name for one in named for name in (one.id, *(one.endpoints if isinstance(one, Objective) else ()))}
    proving = tuple(one.case.name for one in results if one.passed and asked & set(one.proves))
    modules = tuple(dict.fromkeys(module for one in named for module in modules_of(one))) or READS
    return Traced(statement, modules, proving, read_by)


def modules_of(clause: Clause) -> tuple[str, ...]:
    """The modules that act on a clause."""
    besides = BY_VARIABLE.get(clause.variable, ()) if isinstance(clause, Endpoint) else ()
    return (*besides, *MODULES[type(clause)])


def untraced(rows: Iterable[Traced], protocol: StudyProtocol) -> list[Finding]:
    """Statements that name a clause there is not, or that nothing proves."""
    known = {clause.id: clause for _, clause in clauses(protocol)}
    found = []
    for row in rows:
        one = row.statement
        lacking = [name for name in one.clauses if name not in known]
        facts = all(isinstance(known.get(name), RegistryFact) for name in one.clauses)
        if lacking:
            found.append(_untraced(one, f"names {', '.join(lacking)}, which is no clause"))
        elif not row.cases and not (facts and row.read_by):
            found.append(_untraced(one, f"becomes {', '.join(one.clauses)}, which no case proves"))
    return found


def _untraced(one: Statement, why: str) -> Finding:
    matters = "Nobody can show that the program does what the record says here."
    return Finding(about=FILE, says=f"Statement {one.number} {why}.", matters=matters, where=one.where)
