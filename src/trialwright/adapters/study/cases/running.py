"""A case judged: what was expected, what came out, by which clause; and which clause no case names.

A case fails on each expectation that does not agree, on words that cannot be told, and on every event that the program
refuses where the case expects no refusal. Read `run_case`, then `coverage`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trialwright.adapters.study.cases.comparing import Got
from trialwright.adapters.study.cases.expecting import EXPECT
from trialwright.adapters.study.cases.outcome import Outcome
from trialwright.adapters.study.cases.telling import tell
from trialwright.adapters.study.cases.worked import WorkedCase
from trialwright.core.conduct import Trial
from trialwright.core.protocol import Allocation, StudyProtocol, clauses
from trialwright.core.terms import Because, Finding

JUDGED = (
    "design",
    "arms",
    "eligibility",
    "regimen",
    "response",
    "continuation",
    "encounters",
    "specimens",
    "medication",
    "obligations",
    "endpoints",
    "safety",
)
"""The parts of a protocol whose clauses decide something; facts, objectives and questions are words of the record."""
NOT_JUDGED = (Allocation,)
"""How arms are drawn is decided before anybody is there to be judged: it is proved where the list is drawn."""
ON_ENTRY = ("eligible", "criteria")
"""Expectations that take a refused registration for what it is."""


@dataclass(frozen=True)
class Difference:
    """One expectation that did not come out: the word, what was expected, what came out, and why."""

    word: str
    expected: str
    got: str
    because: tuple[Because, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class CaseResult:
    """A case with what came out: differences, findings about its words, and the clauses it proves."""

    case: WorkedCase
    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()
    proves: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Nothing was otherwise than expected."""
        return not self.differences and not self.findings


def run_case(trial: Trial, case: WorkedCase) -> CaseResult:
    """One case through the real rules."""
    story, findings = tell(trial, case)
    if story is None:
        return CaseResult(case, findings=tuple(findings))
    drug = str(case.given["drug"].value) if "drug" in case.given else None
    outcome = Outcome(story, drug, frozenset(case.expected))
    found = {word: EXPECT[word].compare(outcome, expected) for word, expected in case.expected.items()}
    differences = [*_refusals(case, outcome), *_differences(case, found)]
    proves = () if differences else tuple(dict.fromkeys(one for got in found.values() for one in got.proves))
    return CaseResult(case, tuple(differences), (), proves)


def _differences(case: WorkedCase, found: Mapping[str, Got]) -> Iterator[Difference]:
    for word, got in found.items():
        if not got.agrees:
            told = case.expect[word]
            yield Difference(word, _as_told(told.value), got.words, got.because, told.where)


def _as_told(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_as_told(one)}" for key, one in value.items())
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _refusals(case: WorkedCase, outcome: Outcome) -> Iterator[Difference]:
    """What the case tells and the program refuses, where no refusal is expected."""
    if "refused" in case.expected:
        return
    on_entry = any(word in case.expected for word in ON_ENTRY)
    for one in outcome.story.refused:
        if not (on_entry and one.about.startswith("SubjectRegistered")):
            yield Difference("given", one.about, f"refused: {one.says}", (Because(one.clause or ""),), case.where)


# --- coverage ------------------------------------------------------------------------------------------------------


def coverage(protocol: StudyProtocol, results: Iterable[CaseResult]) -> dict[str, tuple[str, ...]]:
    """Each clause that decides something, with the names of the cases of this version that prove it."""
    passed = [one for one in results if one.passed and one.case.version == protocol.version]
    named = [
        clause.id for path, clause in clauses(protocol) if path[0] in JUDGED and not isinstance(clause, NOT_JUDGED)
    ]
    return {clause: tuple(one.case.name for one in passed if clause in one.proves) for clause in named}
