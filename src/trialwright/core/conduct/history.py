"""What a subject consented to and under which version it is, where it belonged, what is locked, what was voided.

Each line says one thing with its day and the event it rests on. What a consent amounts to is decided in
`subject.standing`, what a withdrawal leaves in `disposition.remaining`; here it is told. Read `history`, then `TOLD`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from trialwright.core.conduct.grounds import CONSENT, MILESTONE_WORDS, Ground, milestone
from trialwright.core.disposition import remaining
from trialwright.core.ledger import (
    CONSENT_SCOPES,
    ConsentGiven,
    ConsentWithdrawn,
    Event,
    FormCorrected,
    FormSubmitted,
    PayloadRedacted,
    SubjectFound,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubjectTransferred,
    gone_of,
)
from trialwright.core.schedule import visits
from trialwright.core.subject import Case, StudyRecord, by_day, consent_to_version, known_on, observations
from trialwright.core.subject.standing import ASKED_APART, consent_to, held_of, own_locks
from trialwright.core.terms import Because, Evidence

AMENDED = Because("version", "A subject goes on under another version only after consent to it (ICH E6(R2) 4.8.2).")
ENTRIES = Because("entries", "A change to an entry is dated and explained, and hides nothing (ICH E6(R2) 4.9.3).")
LOCKS = Because("locks", "Data are changed only by those who may change them (ICH E6(R2) 5.5.3).")


@dataclass(frozen=True)
class Told:
    """One line of a subject's history: what it is about, since when, in words, and what it rests on."""

    about: str
    on: date | None
    says: str
    ground: Ground


def history(case: Case, study: StudyRecord, on: date) -> tuple[Told, ...]:
    """What was consented to, which version holds, the sites, the locks and what was voided, up to a day."""
    return tuple(one for look in TOLD for one in look(case, study, on))


def _told(about: str, event: Event, says: str, because: Because) -> Told:
    named = MILESTONE_WORDS.get(type(event).__name__, about)
    return Told(
        about, event.occurred, says, Ground((because,), (Evidence(named, says, f"{event.occurred}", event.id),))
    )


# --- consent ---------------------------------------------------------------------------------------------------------


def _consent(case: Case, study: StudyRecord, on: date) -> Iterator[Told]:
    """Each consent and each withdrawal; consent by being screened where nothing else is told of that version."""
    known = known_on(case.record, on)
    signed = {one.version for one in known.of_kind(ConsentGiven)}
    said: list[Event] = [*known.of_kind(ConsentGiven), *known.of_kind(ConsentWithdrawn)]
    said += [one for one in known.of_kind(SubjectScreened) if one.version not in signed]
    for event in sorted(said, key=by_day):
        yield _told("consent", event, _of_consent(case, event, on), CONSENT)
    if not said:
        yield Told("consent", None, "no consent is recorded", Ground((CONSENT,), (), ("consent",)))


def _of_consent(case: Case, event: Event, on: date) -> str:
    if isinstance(event, ConsentGiven):
        form = f", {event.document}" if event.document else ""
        return f"given to {_parts(event.scope)}, under version {event.version}{form}"
    if isinstance(event, ConsentWithdrawn):
        return f"WITHDRAWN from {_parts(event.scope)}" + (f": {event.why}" if event.why else "")
    version = event.version if isinstance(event, SubjectScreened) else ""
    entered = observations(case.record, "consent_date", on)
    day = consent_to_version(case.record, version, on) if entered else None
    dated = f"; the consent is dated {day}" if day else ""
    return f"to be screened under version {version}{dated}"


def _parts(scope: tuple[str, ...]) -> str:
    """Parts of a study as people say them.

    >>> _parts(("study", "stored specimens"))
    'the study and keeping specimens'
    """
    words = [PARTS.get(one, one) for one in scope]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


PARTS = {
    "study": "the study",
    "stored specimens": "keeping specimens",
    "public records": "look-up in public records",
}
"""Parts of a consent in words, where they are others than their names."""


def _remains(case: Case, study: StudyRecord, on: date) -> Iterator[Told]:
    """What a withdrawal leaves: said where anything was withdrawn."""
    last = max(known_on(case.record, on).of_kind(ConsentWithdrawn), key=by_day, default=None)
    left = remaining(case.record, on)
    if last is None or not left.withdrawn:
        return
    gone = {scope for scope, _, _ in left.withdrawn}
    open_ = tuple(one for one in CONSENT_SCOPES[1:] if one not in gone and _holds(case, one, on))
    kept = f"still consents to {_parts(open_)}" if open_ else "consents to nothing any more"
    does = ["visits go on" if left.visits else "no visits are planned"]
    does += ["no more treatment"] if "treatment" in gone else []
    does += [f"stored specimens are to be destroyed, since {day}"] if (day := left.destroy_stored_since) else []
    does += ["public records may not be looked up"] if left.public_records is not True else []
    yield _told("remains", last, f"{kept}: {'; '.join(does)}", CONSENT)


def _holds(case: Case, scope: str, on: date) -> bool:
    """Whether a part is consented to; what is asked apart must have been asked."""
    said = consent_to(case.record, scope, on)
    return isinstance(said, ConsentGiven) or (said is None and scope not in ASKED_APART)


# --- version, site, person -------------------------------------------------------------------------------------------


def _version(case: Case, study: StudyRecord, on: date) -> Iterator[Told]:
    """Since when the subject is under which version; before registration that of its consent."""
    known = known_on(case.record, on)
    placed: list[SubjectRegistered | SubjectMoved] = [*known.of_kind(SubjectRegistered), *known.of_kind(SubjectMoved)]
    for event in sorted(placed, key=by_day):
        how = "moved to version" if isinstance(event, SubjectMoved) else "registered under version"
        yield _told("version", event, f"{how} {event.version}", AMENDED)
    if not placed:
        screened = known.latest(SubjectScreened)
        missing = () if screened else ("screening",)
        evidence = (milestone(screened),) if screened else ()
        says = f"judged by version {case.protocol.version} until registration"
        yield Told("version", screened.occurred if screened else None, says, Ground((AMENDED,), evidence, missing))


def _sites(case: Case, study: StudyRecord, on: date) -> Iterator[Told]:
    """Each transfer, from where to where."""
    moves = sorted(known_on(case.record, on).of_kind(SubjectTransferred), key=by_day)
    sites = [case.record.home, *(one.to for one in moves)]
    design = case.protocol.design
    because = Because(design.id, design.words)
    for event, (before, after) in zip(moves, pairwise(sites), strict=True):
        why = f": {event.why}" if event.why else ""
        says = f"transferred from {_site(case, before)} to {_site(case, after)}{why}"
        yield _told("site", event, says, because)


def _site(case: Case, site: str) -> str:
    known = case.protocol.site(site)
    return f"{known.name} ({site})" if known else site


def _person(case: Case, study: StudyRecord, on: date) -> Iterator[Told]:
    """Other ids of the same person, and that somebody who was lost was found."""
    for event in known_on(case.record, on).of_kind(SubjectScreened):
        if event.rescreens:
            yield _told("person", event, f"the same person as {event.rescreens}, screened again", CONSENT)
    for event in study.screened_again(case.record.subject):
        if event.occurred <= on:
            yield _told("person", event, f"screened again as {event.subject}", CONSENT)
    for found in known_on(case.record, on).of_kind(SubjectFound):
        why = f": {found.why}" if found.why else ""
        yield _told("found", found, f"found again after being lost{why}", CONSENT)


# --- locks, voidings -------------------------------------------------------------------------------------------------


def _locks(case: Case, study: StudyRecord, on: date) -> Iterator[Told]:
    """What is locked on the day."""
    known = [one for one in (*case.site.locks, *own_locks(case.record)) if one.occurred <= on]
    for name, event in held_of(known).items():
        how = "frozen" if event.degree == "freeze" else "locked"
        yield _told("locked", event, f"{_locked(case, name, on)} {how}, by the {event.role}", LOCKS)


def _locked(case: Case, name: str, on: date) -> str:
    """What is locked, in words: all of it, a visit, or an item."""
    if name in WHOLE:
        return WHOLE[name]
    visit = next((one for one in visits(case, on) if one.key == name), None)
    if visit:
        return f"the data of {visit.encounter.label} are"
    concept, *place = name.split("/")
    known = case.concepts.get(concept)
    of = f" ({'/'.join(place)})" if place else ""
    return f"{known.label if known else concept}{of} is"


WHOLE = {
    "study": "the data of the whole study are",
    "site": "the data of the site are",
    "subject": "all data of the subject are",
}


def _voided(case: Case, study: StudyRecord, on: date) -> Iterator[Told]:
    """What was entered by mistake, why it counts no more, and as what it was entered again."""
    for name, event in case.record.voided.items():
        was = case.record.event(name)
        if was is not None and event.occurred <= on:
            again = study.event(event.entered_again_as)
            of = f" of {again.subject}" if again and again.subject != case.record.subject else ""
            instead = f"; entered again as {event_words(again)}{of}" if again else "; not entered again"
            yield _told("voided", event, f"{event_words(was)}: {event.why}{instead}", ENTRIES)


def _redacted(case: Case, study: StudyRecord, on: date) -> Iterator[Told]:
    """What was erased of the subject's entries: it reads as unknown, and nobody takes the gap for a "no"."""
    for event in case.record.of_kind(PayloadRedacted):
        was = case.record.event(event.redacts)
        if was is not None:
            count = len(gone_of(event))
            what = f"{count} value{'s' if count != 1 else ''} of {event_words(was)} erased"
            why = f"{event.reason}; asked for by {event.actor} ({event.role}), approved by {event.approved_by}"
            yield _told("redacted", event, f"{what}, unknown from then on: {why} ({event.approver_role})", ENTRIES)


def event_words(event: Event) -> str:
    """An event as people name it, with its day."""
    if isinstance(event, FormSubmitted | FormCorrected):
        corrected = "correction of " if isinstance(event, FormCorrected) else ""
        return f"{corrected}the form {event.form.replace('_', ' ')} of {event.occurred}"
    kind = type(event).__name__
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()
    return f"“{MILESTONE_WORDS.get(kind, apart)}” of {event.occurred}"


Look = Callable[[Case, StudyRecord, date], Iterator[Told]]
TOLD: tuple[Look, ...] = (_consent, _remains, _version, _sites, _person, _locks, _voided, _redacted)
"""What is told of a subject, in this order."""
