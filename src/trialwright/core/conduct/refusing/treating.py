"""What is given: a course starts and a drug is handed out only as `dosing` decides, and by no more than it decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trialwright.core.conduct.refusing.asked import Asked, named
from trialwright.core.conduct.trial import case_of
from trialwright.core.dosing import Dispensing, DoseDecision, decide_dose, dispensing
from trialwright.core.ledger import CourseStarted
from trialwright.core.protocol import Regimen
from trialwright.core.terms import Finding, Quantity, UnitMismatch, UnitTable


def course(asked: Asked) -> Iterator[Finding]:
    """A course starts only as the rules decide: the drug, the number, the dose, the day."""
    event: Any = asked.event
    found = _decided(asked, event.drug)
    if found is None:
        yield asked.no(f"No regimen of the subject's arm gives {event.drug}.", do="Correct the drug or the arm.")
        return
    decision, _ = found
    yield from _one_day_1(asked)
    if decision.action != "give" or not decision.starts_course:
        told = decision.reason if decision.action != "give" else f"course {decision.course} is under way"
        why = "; ".join(f"{one.saw} ({one.clause}: {one.words})" for one in decision.because if one.saw and one.clause)
        says = f"No course of {event.drug} starts on {event.occurred}: {decision.action}, {told}. {why}"
        missing = f"Enter: {', '.join(decision.missing)}." if decision.missing else ""
        yield asked.no(says.strip(), decision.won, missing)
        return
    if event.course != decision.course:
        yield asked.no(f"The next course is {decision.course}, not {event.course}.", decision.won)
    if not _same(event.dose, decision.dose, _units(asked)):
        yield asked.no(f"The dose is {decision.dose}, not {event.dose}: {decision.reason}.", decision.won)


def _one_day_1(asked: Asked) -> Iterator[Finding]:
    """A course that was started has its day 1."""
    event: Any = asked.event
    for one in asked.record.of_kind(CourseStarted):
        if (one.drug, one.course) == (event.drug, event.course):
            says = f"Course {one.course} of {one.drug} was started on {one.occurred} already; {named(one)}."
            yield asked.no(says, do="A course has one day 1; correct that one if it is wrong.")


def _decided(asked: Asked, drug: str) -> tuple[DoseDecision, Regimen] | None:
    """The decision of the day by what is recorded without the event."""
    on = asked.event.occurred
    case = case_of(asked.trial, asked.study, asked.record.subject, on)
    regimen = next((one for one in case.protocol.regimens_of(case.record.arm) if one.drug == drug), None)
    return (decide_dose(case, regimen, on), regimen) if regimen else None


def release(asked: Asked) -> Iterator[Finding]:
    """Drug is handed out only for the dose that is due, past every gate, and no more than the pharmacist may."""
    event: Any = asked.event
    found = _decided(asked, event.drug)
    if found is None:
        yield asked.no(f"No regimen of the subject's arm gives {event.drug}.", do="Correct the drug or the arm.")
        return
    decision, regimen = found
    case = case_of(asked.trial, asked.study, asked.record.subject, event.occurred)
    may = dispensing(case, regimen, event.occurred)
    do = f"Enter: {', '.join(may.missing)}." if may.missing else ""
    for why in may.refused:
        says = why.saw if why.saw.startswith(f"{why.clause} ") else f"{why.saw[:1].upper()}{why.saw[1:]}"
        yield asked.no(f"{says}.", why.clause or None, do)
    if may.refused:
        return
    if decision.course != event.course or not _same(event.dose, decision.dose, _units(asked)):
        says = f"Due is course {decision.course} at {decision.dose}, not course {event.course} at {event.dose}."
        yield asked.no(says, decision.won)
    yield from _supply(asked, regimen, may)


def _supply(asked: Asked, regimen: Regimen, may: Dispensing) -> Iterator[Finding]:
    """No more days than are left or may be handed out at a time, and the capsules that make up the dose."""
    event: Any = asked.event
    clause = regimen.supply.id if regimen.supply and may.days < len(regimen.days) else regimen.id
    if not 1 <= event.days <= may.days:
        says = f"{event.days} days' supply after {may.before}; a course has {len(regimen.days)} days of dosing."
        yield asked.no(says, clause, f"Release at most {may.days} days: {may}.")
    elif event.capsules and may.intake:
        due = tuple(f"{count * event.days * may.per_day} x {one}" for one, count in may.intake.items())
        if set(event.capsules) != set(due):
            says = f"{', '.join(event.capsules)} do not make up {event.dose} on {event.days} days."
            yield asked.no(says, regimen.id, f"Hand out {', '.join(due)}.")


def _units(asked: Asked) -> UnitTable:
    return asked.trial.standards[asked.version].units


def _same(dose: Quantity, other: Quantity | None, units: UnitTable) -> bool:
    try:
        return other is not None and dose.in_unit(other.unit, units) == other.value
    except UnitMismatch:
        return False
