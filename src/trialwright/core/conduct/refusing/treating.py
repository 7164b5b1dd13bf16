"""What is given: a course starts and a drug is handed out only as `dosing` decides, and by no more than it decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trialwright.core.conduct.refusing.asked import Asked
from trialwright.core.conduct.trial import case_of
from trialwright.core.dosing import DoseDecision, decide_dose, decide_release
from trialwright.core.ledger import DoseReleased
from trialwright.core.protocol import Regimen
from trialwright.core.terms import Finding, Quantity, UnitMismatch, UnitTable, Verdict


def course(asked: Asked) -> Iterator[Finding]:
    """A course starts only as the rules decide: the drug, the number, the dose, the day."""
    event: Any = asked.event
    found = _decided(asked, event.drug)
    if found is None:
        yield asked.no(f"No regimen of the subject's arm gives {event.drug}.", do="Correct the drug or the arm.")
        return
    decision, _ = found
    if decision.action != "give" or not decision.starts_course:
        why = "; ".join(f"{one.saw} ({one.clause}: {one.words})" for one in decision.because if one.saw)
        told = decision.reason if decision.action != "give" else f"course {decision.course} is under way"
        says = f"No course of {event.drug} starts on {event.occurred}: {decision.action}, {told}. {why}"
        missing = f"Enter: {', '.join(decision.missing)}." if decision.missing else ""
        yield asked.no(says.strip(), decision.won, missing)
        return
    if event.course != decision.course:
        yield asked.no(f"The next course is {decision.course}, not {event.course}.", decision.won)
    if not _same(event.dose, decision.dose, _units(asked)):
        yield asked.no(f"The dose is {decision.dose}, not {event.dose}: {decision.reason}.", decision.won)


def _decided(asked: Asked, drug: str) -> tuple[DoseDecision, Regimen] | None:
    """The decision of the day by what is recorded without the event."""
    on = asked.event.occurred
    case = case_of(asked.trial, asked.study, asked.record.subject, on)
    regimen = next((one for one in case.protocol.regimens_of(case.record.arm) if one.drug == drug), None)
    return (decide_dose(case, regimen, on), regimen) if regimen else None


def release(asked: Asked) -> Iterator[Finding]:
    """Drug is handed out only for the dose that is due, past every gate, and for no more days than the course has."""
    event: Any = asked.event
    found = _decided(asked, event.drug)
    if found is None:
        yield asked.no(f"No regimen of the subject's arm gives {event.drug}.", do="Correct the drug or the arm.")
        return
    decision, regimen = found
    case = case_of(asked.trial, asked.study, asked.record.subject, event.occurred)
    for gate in decide_release(case, regimen, event.occurred):
        if gate.verdict is not Verdict.MET:
            do = f"Enter: {', '.join(gate.missing)}." if gate.missing else ""
            yield asked.no(f"{gate.clause} is {gate.verdict.value}: {gate.saw}.", gate.clause, do)
    if decision.action != "give":
        yield asked.no(f"No dose is due: {decision.action}, {decision.reason}.", decision.won)
    elif decision.course != event.course or not _same(event.dose, decision.dose, _units(asked)):
        says = f"Due is course {decision.course} at {decision.dose}, not course {event.course} at {event.dose}."
        yield asked.no(says, decision.won)
    yield from _supply(asked, regimen)


def _supply(asked: Asked, regimen: Regimen) -> Iterator[Finding]:
    """No more days than the course has days of dosing, counting what was released for it before."""
    event: Any = asked.event
    before = [
        one.days for one in asked.record.of_kind(DoseReleased) if (one.drug, one.course) == (event.drug, event.course)
    ]
    most = len(regimen.days)
    if event.days < 1 or sum(before) + event.days > most:
        says = f"{event.days} days' supply after {sum(before)}; a course has {most} days of dosing."
        yield asked.no(says, regimen.id, f"Release at most {max(most - sum(before), 0)} days.")


def _units(asked: Asked) -> UnitTable:
    return asked.trial.standards[asked.version].units


def _same(dose: Quantity, other: Quantity | None, units: UnitTable) -> bool:
    try:
        return other is not None and dose.in_unit(other.unit, units) == other.value
    except UnitMismatch:
        return False
