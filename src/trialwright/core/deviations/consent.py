"""Consent against what was in force: given before anything else was done, and on the version the subject is under.

Consent is what `ConsentGiven` says, and where it says nothing the day of consent as entered and the version of the
screening, which is consent to be screened under it. A consent whose day is known only in part may have been in time:
then it cannot be told. Read `consent_deviations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.core.deviations.values import Deviation, Found, Untold
from trialwright.core.ledger import ConsentGiven, SubjectMoved, SubjectRegistered, SubjectScreened
from trialwright.core.subject import (
    Case,
    consent_to_version,
    known_on,
    observations,
    versions_consented,
)
from trialwright.core.terms import Because, PartialDate, Verdict

CLAUSE = "consent"
"""What is cited where no clause of the protocol is about consent: nobody takes part without it (ICH E6)."""
WORDS = "Consent is given before anything is done for the study, on the version in force (ICH E6(R2) 4.8.8)."


def consent_deviations(case: Case, on: date) -> Iterator[Found]:
    """What is wrong with the consent of a subject up to a day."""
    yield from _late(case, on)
    known = known_on(case.record, on)
    for given in known.of_kind(ConsentGiven):
        yield from _wrong_version(case, given)
    for registered in known.of_kind(SubjectRegistered):
        yield from _without(case, registered)
    for moved in known.of_kind(SubjectMoved):
        yield from _without(case, moved)


def _late(case: Case, on: date) -> Iterator[Found]:
    """The first consent after the screening, or after the registration where nobody was screened.

    Screening is consent to be screened: where nothing else is told, that day counts.
    """
    known = known_on(case.record, on)
    began = next((one for one in known.milestones if isinstance(one, SubjectScreened | SubjectRegistered)), None)
    first = _first_consent(case, on, began.version) if began else None
    if began is None or first is None:
        return
    told, event = first
    verdict = told.on_or_before(began.occurred)
    what = "registered" if isinstance(began, SubjectRegistered) else "screened"
    if verdict is Verdict.UNKNOWN:
        because = f"the consent is dated {told} and the subject was {what} on {began.occurred}"
        yield Untold("consent late", began.occurred, because, CLAUSE, CLAUSE, ("the day of consent",))
    elif verdict is Verdict.NOT_MET:
        says = f"Consent was given on {told}; the subject was {what} on {began.occurred}."
        late = (told.earliest - began.occurred).days
        compared = (f"by {began.occurred}", str(told))
        yield _deviation("consent late", told.earliest, says, compared, "first", event, days_late=late)


def _first_consent(case: Case, on: date, version: str) -> tuple[PartialDate, str] | None:
    """The earliest day of consent to a version that is told, and the entry that tells it; None where none is."""
    known = known_on(case.record, on)
    given = [(PartialDate.parse(one.occurred), one.id) for one in known.of_kind(ConsentGiven) if one.version == version]
    for one in observations(case.record, "consent_date", on):
        day = one.date_of("value")
        given += [(day, one.event.id)] if day else []
    return min(given, key=lambda one: one[0].earliest, default=None)


def _wrong_version(case: Case, given: ConsentGiven) -> Iterator[Found]:
    """A consent form of a version that was not in force at the site on the day it was signed."""
    active = case.site.at(given.occurred).version_in_force(given.occurred)
    if active is None or given.version in (active, *_coming(case, active, given.occurred)):
        return
    says = f"Consent of {given.occurred} was to version {given.version}; version {active} was in force."
    compared = (f"version {active}", f"version {given.version}")
    yield _deviation("consent on the wrong version", given.occurred, says, compared, given.version, given.id)


def _coming(case: Case, active: str, on: date) -> tuple[str, ...]:
    """The versions approved by a day that came into force at the site after the one that was."""
    named = [one.version for one in case.site.at(on).activations if one.approved_on <= on]
    return tuple(named[named.index(active) :]) if active in named else ()


def _without(case: Case, event: SubjectRegistered | SubjectMoved) -> Iterator[Found]:
    """A registration under, or a move to, a version to which no consent was given by then."""
    if consent_to_version(case.record, event.version, event.occurred):
        return
    given = versions_consented(case.record, event.occurred)
    what = "Registered under" if isinstance(event, SubjectRegistered) else "Moved to"
    had = f"consent to version {', '.join(given)}" if given else "no consent"
    says = f"{what} version {event.version} on {event.occurred} with {had} by then."
    yield _deviation(
        "no consent to the version", event.occurred, says, (f"version {event.version}", had), event.version, event.id
    )


def _deviation(
    kind: str,
    on: date,
    says: str,
    compared: tuple[str, str],
    about: str,
    event: str,
    days_late: int | None = None,
) -> Deviation:
    return Deviation(
        kind=kind,
        on=on,
        says=says,
        clause=CLAUSE,
        because=(Because(CLAUSE, WORDS, says),),
        do="Tell the investigator, the sponsor and the ethics board; obtain the consent that is lacking.",
        about=f"{CLAUSE}.{about}",
        planned=compared[0],
        done=compared[1],
        event=event,
        days_late=days_late,
    )
