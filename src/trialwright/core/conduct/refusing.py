"""Which event is refused, and why: a decision that the protocol does not allow, and what cannot be a fact at all.

What happened is accepted: a late visit, a dose taken against the rule, one subject more than planned who was treated.
It becomes a deviation. Each refusal names its clause and what to do. Read `refusals`, then `GUARDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from trialwright.core.conduct.facts import impossible
from trialwright.core.conduct.trial import Trial, case_of
from trialwright.core.dosing import DoseDecision, decide_dose, decide_release
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.ledger import (
    ArmAllocated,
    CourseStarted,
    DoseReleased,
    Event,
    ProtocolActivated,
    Signed,
    StudyOpened,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubstudyJoined,
)
from trialwright.core.protocol import Regimen, StudyProtocol
from trialwright.core.subject import StudyRecord, SubjectRecord, fold_study, known_on, observations
from trialwright.core.terms import Finding, Quantity, UnitMismatch, UnitTable, Verdict

REFUSED = "The decision was refused; nothing of it was saved."


@dataclass(frozen=True)
class Asked:
    """An event that asks to be let in, before it is in the record."""

    trial: Trial
    study: StudyRecord
    event: Event

    @property
    def record(self) -> SubjectRecord:
        """The record of the event's subject."""
        return self.study.subjects[self.event.subject or ""]

    @property
    def version(self) -> str:
        """The protocol version that holds for the event."""
        known = self.study.subjects.get(self.event.subject or "")
        if known is not None:
            return self.trial.version_of(self.study, known, self.event.occurred)
        site = self.study.sites.get(self.event.site or "")
        return (site.version_in_force(self.event.occurred) if site else None) or self.trial.latest

    @property
    def protocol(self) -> StudyProtocol:
        """That version."""
        return self.trial.versions[self.version]

    def no(self, says: str, clause: str | None = None, do: str = "") -> Finding:
        """A refusal."""
        return Finding(about=type(self.event).__name__, says=says, matters=REFUSED, do=do, clause=clause)


def refusals(trial: Trial, study: StudyRecord | Iterable[Event], event: Event) -> list[Finding]:
    """Why an event is refused; nothing where it is let in. `study` is what was recorded before it."""
    record = study if isinstance(study, StudyRecord) else fold_study(_concerned(study, event))
    asked = Asked(trial, record, event)
    known = [*_who_and_where(asked)]
    if known:
        return known
    standards = trial.standards[asked.version]
    found = list(impossible(event, standards.concepts, standards.units))
    guard = GUARDS.get(type(event))
    return found if found or guard is None else list(guard(asked))


def _concerned(events: Iterable[Event], event: Event) -> Iterator[Event]:
    """The events that bear on this one: of its subject and of no subject; all of them for a registration."""
    everyone = isinstance(event, SubjectRegistered | SubstudyJoined)
    return (one for one in events if everyone or one.subject in (None, event.subject))


def _who_and_where(asked: Asked) -> Iterator[Finding]:
    event = asked.event
    if asked.version not in asked.trial.versions:
        do = "Put the version's file back into the study folder."
        yield asked.no(f"Protocol version {asked.version!r} is not in the study folder.", do=do)
        return
    if event.subject and not isinstance(event, SubjectScreened) and event.subject not in asked.study.subjects:
        yield asked.no(f"No subject {event.subject} is known.", do="Screen the subject first, or correct the id.")
    if event.site and asked.protocol.site(event.site) is None:
        sites = ", ".join(site.id for site in asked.protocol.design.sites)
        yield asked.no(f"{event.site} is no site of the study.", do=f"Name one of {sites}.")


# --- protocol and entry --------------------------------------------------------------------------------------------


def _activation(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    known = asked.trial.hashes.get(event.version)
    if known is None:
        versions = ", ".join(asked.trial.versions)
        yield asked.no(f"There is no protocol version {event.version!r}.", do=f"Name one of {versions}.")
    elif event.file_hash != known:
        says = f"Version {event.version} has the hash {known[:12]}, not {str(event.file_hash)[:12]}."
        yield asked.no(says, do="Activate the file as it is in the study folder, or put back the approved one.")


def _screening(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    if event.subject in asked.study.subjects:
        yield asked.no(f"{event.subject} is a subject already.", do="Give the next free id.")
    if event.version not in asked.trial.versions:
        yield asked.no(f"There is no protocol version {event.version!r}.")


def _registration(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    record, on = asked.record, event.occurred
    if record.registered is not None:
        yield asked.no(f"{record.subject} was registered on {record.registered.occurred} already.")
        return
    yield from _version_in_force(asked, event.version)
    yield from _consent(asked, on)
    yield from _accrual(asked)
    if event.version in asked.trial.versions:
        yield from _eligible(asked, on)


def _version_in_force(asked: Asked, version: str) -> Iterator[Finding]:
    site = asked.study.sites.get(asked.event.site or asked.record.site)
    active = site.version_in_force(asked.event.occurred) if site else None
    if active is None:
        says = f"No protocol version is in force at {asked.event.site} on {asked.event.occurred}."
        yield asked.no(says, do="Activate a version at the site after its ethics approval.")
    elif version != active:
        yield asked.no(f"Version {active} is in force at {asked.event.site}, not {version}.", do="Register under it.")
    elif not asked.trial.usable(version):
        yield asked.no(f"A standard that version {version} names could not be had.", do="See the findings of check.")


def _consent(asked: Asked, on: date) -> Iterator[Finding]:
    """Who was screened consented to it; where a day of consent is recorded it counts."""
    screened = known_on(asked.record, on).latest(SubjectScreened)
    given = observations(asked.record, "consent_date")
    day = given[-1].date_of("value") if given else None
    if screened is None or (given and (day is None or day.latest > on)):
        says = f"No consent of {asked.record.subject} on or before {on} is recorded."
        yield asked.no(says, do="Record the day of consent; nobody is registered without it.")


def _accrual(asked: Asked) -> Iterator[Finding]:
    accrual = asked.protocol.design.accrual
    registered = sum(1 for record in asked.study.subjects.values() if record.registered)
    if registered >= accrual.planned:
        says = f"{registered} subjects are registered; {accrual.planned} are planned ({accrual.words})."
        yield asked.no(says, accrual.id, "Amend the protocol before registering more.")


def _eligible(asked: Asked, on: date) -> Iterator[Finding]:
    event: Any = asked.event
    record = _planning(asked.record, event)
    study = replace(asked.study, subjects={**asked.study.subjects, record.subject: record})
    said = judge_eligibility(case_of(asked.trial, study, record.subject, on), on)
    for answer in said.criteria:
        if answer.verdict is not Verdict.MET:
            saw = "; ".join(one.saw for one in answer.because if one.saw)
            missing = f" Missing: {', '.join(answer.missing)}." if answer.missing else ""
            says = f"{answer.id} is {answer.verdict.value}: {saw or 'nothing recorded'}.{missing}"
            yield asked.no(says, answer.id, "Enter what is missing." if answer.missing else "")
    if said.verdict is Verdict.MET and event.said.answer != said.word:
        yield asked.no(f"The event says {event.said.answer!r}; the criteria say {said.word!r}.")


def _planning(record: SubjectRecord, event: SubjectRegistered) -> SubjectRecord:
    """The record as it would be with the registration: the planned first dose is what washouts count to."""
    return replace(record, milestones=(*record.milestones, event))


def _moving(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    if event.version not in asked.trial.versions:
        yield asked.no(f"There is no protocol version {event.version!r}.")
    else:
        yield from _version_in_force(asked, event.version)


def _allocation(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    arms = [arm.id for arm in asked.protocol.arms]
    if asked.record.registered is None:
        yield asked.no(f"{asked.record.subject} is not registered.", do="Register first.")
    if event.arm not in arms:
        yield asked.no(f"There is no arm {event.arm!r}.", do=f"Name one of {', '.join(arms)}.")
    if asked.record.arm is not None:
        yield asked.no(f"{asked.record.subject} is in arm {asked.record.arm} already.")


def _joining(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    substudy = next((one for one in asked.protocol.design.substudies if one.id == event.substudy), None)
    if substudy is None:
        yield asked.no(f"There is no sub-study {event.substudy!r}.")
        return
    if substudy.sites and asked.record.site not in substudy.sites:
        says = f"{substudy.label} is for {', '.join(substudy.sites)} alone; {asked.record.site} has no part in it."
        yield asked.no(says, substudy.id, "Take no sample of it at this site.")
    joined = [one for one in asked.study.subjects.values() if _has_joined(one, substudy.id)]
    if substudy.offered_until is not None and len(joined) >= substudy.offered_until:
        says = f"{len(joined)} subjects have joined; it is offered until {substudy.offered_until} have."
        yield asked.no(says, substudy.id, "Amend the protocol before more join.")


def _has_joined(record: SubjectRecord, substudy: str) -> bool:
    return any(one.substudy == substudy for one in record.of_kind(SubstudyJoined))


# --- treatment -----------------------------------------------------------------------------------------------------


def _course(asked: Asked) -> Iterator[Finding]:
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


def _release(asked: Asked) -> Iterator[Finding]:
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


def _signature(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    if not re.fullmatch(r"[0-9a-f]{64}", event.content_hash) or not event.name.strip() or not event.meaning.strip():
        yield asked.no("A signature needs the name, its meaning and the SHA-256 of what is signed.")


def _opening(asked: Asked) -> Iterator[Finding]:
    if asked.study.last_seq:
        yield asked.no("The study is open already.")


GUARDS: Mapping[type[Event], Callable[[Asked], Iterator[Finding]]] = {
    StudyOpened: _opening,
    ProtocolActivated: _activation,
    SubjectScreened: _screening,
    SubjectRegistered: _registration,
    SubjectMoved: _moving,
    ArmAllocated: _allocation,
    SubstudyJoined: _joining,
    CourseStarted: _course,
    DoseReleased: _release,
    Signed: _signature,
}
"""What is asked of each kind of event; the kinds that are not here are let in."""
