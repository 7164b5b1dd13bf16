"""Who enters: screening, registration, the arm and the sub-studies; each refusal with its clause, its data and its day.

A registration needs a version in force at the site (its ethics approval running), consent to that version, a place in
the accrual, a person who was not registered before under another id, and every criterion met. Read `registration`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from trialwright.core.conduct.halting import accrual_halts
from trialwright.core.conduct.refusing.asked import Asked, named
from trialwright.core.conduct.trial import case_of
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.ledger import ScreeningFailed, SubjectRegistered, SubjectScreened, SubstudyJoined
from trialwright.core.subject import (
    StudyRecord,
    SubjectRecord,
    consent_to_version,
    known_on,
    versions_consented,
    withdrawn,
)
from trialwright.core.terms import Finding, Verdict

CONSENT_RULE = "informed consent before taking part, and again to a changed protocol: ICH E6 4.8"
APPROVAL_RULE = "no subject enters without the ethics committee's approval: ICH E6 4.4"


def screening(asked: Asked) -> Iterator[Finding]:
    """A new id, a version there is, and, of a person screened before, an id that is known."""
    event: Any = asked.event
    if event.subject in asked.study.subjects:
        yield asked.no(f"{event.subject} is a subject already.", do="Give the next free id.")
    if event.version not in asked.trial.versions:
        yield asked.no(f"There is no protocol version {event.version!r}.")
    if event.rescreens and event.rescreens not in asked.study.subjects:
        near = difflib.get_close_matches(event.rescreens, asked.study.subjects, 1)
        meant = f"; is {near[0]} meant" if near else ""
        yield asked.no(
            f"No earlier subject {event.rescreens} is known{meant}.", do="Name the earlier id of the person."
        )


def registration(asked: Asked) -> Iterator[Finding]:
    """Everything a registration needs, each lack by itself."""
    event: Any = asked.event
    record = asked.record
    if record.registered is not None:
        yield asked.no(f"{record.subject} was registered on {record.registered.occurred} already.")
        return
    yield from _screened_and_open(asked)
    yield from version_in_force(asked, event.version)
    yield from consent(asked, event.version)
    yield from _accrual(asked)
    if event.version in asked.trial.versions:
        yield from _eligible(asked, event.occurred)


def _screened_and_open(asked: Asked) -> Iterator[Finding]:
    """Screening that failed is over; the person may be screened again under a new id, and is registered once."""
    record, on = asked.record, asked.event.occurred
    failed = known_on(record, on).latest(ScreeningFailed)
    if failed is not None:
        says = f"The screening of {record.subject} failed on {failed.occurred}: {failed.why or failed.said.answer}"
        yield asked.no(f"{says}; {named(failed)}.", do="Screen the person again, under a new id that names this one.")
    yield from registered_once(asked)


def registered_once(asked: Asked) -> Iterator[Finding]:
    """The person is registered under no other id."""
    for other in same_person(asked.study, asked.record.subject):
        registered = asked.study.subjects[other].registered
        if registered is not None:
            says = f"{asked.record.subject} is the person registered as {other} on {registered.occurred}"
            yield asked.no(f"{says}; {named(registered)}.", do="Nobody is registered twice.")


def same_person(study: StudyRecord, subject: str) -> tuple[str, ...]:
    """The other ids under which the person was screened, before or after."""
    links: dict[str, set[str]] = {}
    for record in study.subjects.values():
        for one in record.of_kind(SubjectScreened):
            if one.rescreens in study.subjects:
                links.setdefault(record.subject, set()).add(one.rescreens)
                links.setdefault(one.rescreens, set()).add(record.subject)
    known, new = {subject}, [subject]
    while new:
        found = sorted(links.get(new.pop(), set()) - known)
        known.update(found)
        new.extend(found)
    return tuple(sorted(known - {subject}))


def version_in_force(asked: Asked, version: str) -> Iterator[Finding]:
    """The version that is in force at the site on the day, its ethics approval running, and that is here."""
    on, site = asked.event.occurred, asked.site
    active = site.version_in_force(on)
    if active is None:
        says = f"No protocol version is in force at {site.site} on {on}: {site.why_not_approved(None, on)}"
        yield asked.no(f"{says} ({APPROVAL_RULE}).", do="Activate a version at the site after its ethics approval.")
    elif version != active:
        why = "" if site.approved(version, on) else f": {site.why_not_approved(version, on)}"
        says = f"Version {active} is in force at {site.site} on {on}, not {version}{why}."
        yield asked.no(says, do="Go by the version in force.")
    elif not asked.trial.usable(version):
        yield asked.no(f"A standard that version {version} names could not be had.", do="See the findings of check.")


def consent(asked: Asked, version: str) -> Iterator[Finding]:
    """Consent to this version, given by the day and not withdrawn since."""
    record, on = asked.record, asked.event.occurred
    if consent_to_version(record, version, on):
        return
    gone = withdrawn(record, "study", on)
    if gone is not None:
        says = f"{record.subject} withdrew the consent on {gone.occurred}; {named(gone)}"
    elif others := versions_consented(record, on):
        known = ", ".join(f"{one} on {consent_to_version(record, one, on)}" for one in others)
        says = f"No consent of {record.subject} to version {version} on or before {on} is recorded, only to {known}"
    else:
        says = f"No consent of {record.subject} on or before {on} is recorded"
    do = f"Record the consent to version {version} (ConsentGiven) with its day."
    yield asked.no(f"{says} ({CONSENT_RULE}).", do=do)


def place_left(asked: Asked) -> Iterator[Finding]:
    """Fewer are registered than are planned."""
    accrual = asked.protocol.design.accrual
    registered = sum(1 for record in asked.study.subjects.values() if record.registered)
    if registered >= accrual.planned:
        says = f"{registered} subjects are registered; {accrual.planned} are planned ({accrual.words})."
        yield asked.no(says, accrual.id, "Amend the protocol before registering more.")


def _accrual(asked: Asked) -> Iterator[Finding]:
    """A place is left, and registration is not suspended."""
    accrual = asked.protocol.design.accrual
    yield from place_left(asked)
    paused = asked.study.suspended(asked.site.site, asked.event.occurred)
    if paused is not None:
        where = f"at {paused.site}" if paused.site else "in the whole study"
        says = f"Registration is suspended {where} since {paused.occurred}: {paused.why}; {named(paused)}."
        yield asked.no(says, accrual.id, "Wait until it is resumed (AccrualResumed).")
    closed = asked.study.closed(asked.site.site, asked.event.occurred)
    if closed is not None:
        where = f"at {closed.site}" if closed.site else "in the whole study"
        says = f"Registration is over {where} since {closed.occurred} ({closed.status}): {closed.why}; {named(closed)}."
        yield asked.no(says, accrual.id, "Register nobody; or declare the study open to accrual.")
    for halt in accrual_halts(asked.trial, asked.study, asked.event.occurred, asked.version):
        yield asked.no(f"Registration is halted: {halt.says}", halt.clause, halt.do)


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


def allocation(asked: Asked) -> Iterator[Finding]:
    """A registered subject gets one arm there is."""
    event: Any = asked.event
    arms = [arm.id for arm in asked.protocol.arms]
    if asked.record.registered is None:
        yield asked.no(f"{asked.record.subject} is not registered.", do="Register first.")
    if event.arm not in arms:
        yield asked.no(f"There is no arm {event.arm!r}.", do=f"Name one of {', '.join(arms)}.")
    if asked.record.arm is not None:
        yield asked.no(f"{asked.record.subject} is in arm {asked.record.arm} already.")


def joining(asked: Asked) -> Iterator[Finding]:
    """A sub-study there is, at one of its sites, while it is offered."""
    event: Any = asked.event
    substudy = next((one for one in asked.protocol.design.substudies if one.id == event.substudy), None)
    if substudy is None:
        yield asked.no(f"There is no sub-study {event.substudy!r}.")
        return
    site = asked.record.site_on(event.occurred)
    if substudy.sites and site not in substudy.sites:
        says = f"{substudy.label} is for {', '.join(substudy.sites)} alone; {site} has no part in it."
        yield asked.no(says, substudy.id, "Take no sample of it at this site.")
    joined = [one for one in asked.study.subjects.values() if _has_joined(one, substudy.id)]
    if substudy.offered_until is not None and len(joined) >= substudy.offered_until:
        says = f"{len(joined)} subjects have joined; it is offered until {substudy.offered_until} have."
        yield asked.no(says, substudy.id, "Amend the protocol before more join.")


def _has_joined(record: SubjectRecord, substudy: str) -> bool:
    return any(one.substudy == substudy for one in record.of_kind(SubstudyJoined))
