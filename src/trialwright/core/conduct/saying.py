"""What the program says when a decision is made: the answer, its clauses, protocol hash and program version."""

from __future__ import annotations

from trialwright.core.conduct.trial import Trial
from trialwright.core.dosing import DoseDecision
from trialwright.core.eligibility import Eligibility
from trialwright.core.ledger import Said


def said_for_registration(trial: Trial, version: str, eligibility: Eligibility) -> Said:
    """Eligible, or the criteria that are not met; where none is against it, those that are unknown."""
    clauses = tuple(one.id for one in eligibility.criteria if one.verdict is eligibility.verdict)
    return Said(eligibility.word, clauses, trial.hashes.get(version, ""), trial.program)


def said_for_course(trial: Trial, version: str, decision: DoseDecision) -> Said:
    """The dose that is given and how often on a day, and the clauses that say so."""
    given = f"{decision.dose} {decision.frequency}".strip()
    answer = given if decision.action == "give" else f"{decision.action}: {decision.reason}"
    return Said(answer, _clauses(decision), trial.hashes.get(version, ""), trial.program)


def said_for_release(trial: Trial, version: str, decision: DoseDecision, days: int) -> Said:
    """The supply that is handed out."""
    said = said_for_course(trial, version, decision)
    return Said(f"{said.answer} for {days} days", said.clauses, said.protocol, said.program)


def said_for_stop(trial: Trial, version: str, reason: str, clauses: tuple[str, ...]) -> Said:
    """Why treatment ends or screening failed."""
    return Said(reason, clauses, trial.hashes.get(version, ""), trial.program)


def _clauses(decision: DoseDecision) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.clause for one in decision.because if one.clause))
