"""What a subject consents to on a day, whether the subject has left, and which data are locked.

Decided here: a consent holds from its day until it is withdrawn; who withdraws from the study withdraws from all of it,
and consent to the study given again does not bring back what was asked apart (`ASKED_APART`). Who was screened
consented to that version, on the day of consent where one is recorded. Read `withdrawn`, `consent_to_version`, `left`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from trialwright.core.ledger import (
    ConsentGiven,
    ConsentWithdrawn,
    Event,
    Locked,
    StudyLeft,
    SubjectFound,
    SubjectScreened,
    TreatmentEnded,
    Unlocked,
    UnlockRequested,
)
from trialwright.core.subject.items import Observation
from trialwright.core.subject.record import SubjectRecord, by_day, observations
from trialwright.core.subject.study import StudyRecord

ALL = "study"
ASKED_APART = ("stored specimens", "public records")
"""Parts of a consent that are asked for by themselves: consent to the study alone does not give them."""


def consent_to(record: SubjectRecord, scope: str, on: date) -> ConsentGiven | ConsentWithdrawn | None:
    """The last word of the subject about a part of the study, up to a day; None where nothing was said of it."""
    said = [one for one in _said(record) if one.occurred <= on and _bears_on(one, scope)]
    return max(said, key=by_day, default=None)


def _said(record: SubjectRecord) -> Iterator[ConsentGiven | ConsentWithdrawn]:
    yield from record.of_kind(ConsentGiven)
    yield from record.of_kind(ConsentWithdrawn)


def _bears_on(one: ConsentGiven | ConsentWithdrawn, scope: str) -> bool:
    if isinstance(one, ConsentGiven) and scope in ASKED_APART:
        return scope in one.scope
    return scope in one.scope or ALL in one.scope


def withdrawn(record: SubjectRecord, scope: str, on: date) -> ConsentWithdrawn | None:
    """The withdrawal from a part of the study (or from all of it) that holds on a day."""
    last = consent_to(record, scope, on)
    return last if isinstance(last, ConsentWithdrawn) else None


def consented(record: SubjectRecord, scope: str, on: date) -> bool | None:
    """Whether the subject consents to a part that is asked apart; None where the subject was not asked."""
    last = consent_to(record, scope, on)
    return None if last is None else isinstance(last, ConsentGiven)


def consent_to_version(record: SubjectRecord, version: str, on: date) -> date | None:
    """The day of the first consent to a protocol version that holds on a day; None where there is none."""
    if withdrawn(record, ALL, on):
        return None
    given = [one.occurred for one in record.of_kind(ConsentGiven) if one.version == version and ALL in one.scope]
    given += [day for one in record.of_kind(SubjectScreened) if one.version == version and (day := _on(record, one))]
    return min((day for day in given if day <= on), default=None)


def versions_consented(record: SubjectRecord, on: date) -> tuple[str, ...]:
    """The protocol versions the subject consented to up to a day."""
    told = [one.version for one in record.milestones if isinstance(one, ConsentGiven | SubjectScreened)]
    return tuple(one for one in dict.fromkeys(told) if consent_to_version(record, one, on))


def _on(record: SubjectRecord, screened: SubjectScreened) -> date | None:
    """The day of the consent to be screened: the day of consent that is recorded first, else of the screening."""
    told = observations(record, "consent_date")
    if not told:
        return screened.occurred
    return min((day.latest for one in told if (day := one.date_of("value"))), default=None)


# --- leaving ---------------------------------------------------------------------------------------------------------


def left(record: SubjectRecord, on: date) -> StudyLeft | ConsentWithdrawn | None:
    """The event by which the subject is off study on a day; who was found again, or consented again, is not."""
    words = [one for one in record.milestones if isinstance(one, StudyLeft | SubjectFound) and one.occurred <= on]
    last = max(words, key=by_day, default=None)
    gone = [one for one in (last, withdrawn(record, ALL, on)) if isinstance(one, StudyLeft | ConsentWithdrawn)]
    return min(gone, key=by_day, default=None)


def treatment_over(record: SubjectRecord, on: date) -> TreatmentEnded | StudyLeft | ConsentWithdrawn | None:
    """The event by which treatment is over on a day: ended, the subject gone, or the consent to it withdrawn.

    Who was lost and is found again is followed on; treatment stays over.
    """
    ended = [one for one in record.of_kind(TreatmentEnded) if one.occurred <= on]
    gone = [one for one in record.of_kind(StudyLeft) if one.occurred <= on]
    refused = withdrawn(record, "treatment", on)
    over = [max(ended, key=by_day)] if ended else gone[-1:]
    return min([*over, *([refused] if refused else [])], key=_ended_first, default=None)


def _ended_first(one: Event) -> tuple[date, bool, int]:
    return one.occurred, not isinstance(one, TreatmentEnded), one.seq


def why_left(event: Event) -> str:
    """Why treatment or study ended, in words, by the event that ended it."""
    if isinstance(event, ConsentWithdrawn):
        parts = ", ".join(event.scope)
        return f"consent withdrawn ({parts})" + (f": {event.why}" if event.why else "")
    return str(getattr(event, "why", ""))


# --- locks -----------------------------------------------------------------------------------------------------------


def lock_on(study: StudyRecord, record: SubjectRecord | None, names: tuple[str, ...]) -> Locked | None:
    """The lock that holds on any of these names of what may be locked, the widest first; None where none does."""
    return widest(locks_held(study, record), names)


def widest(held: Mapping[str, Locked], names: tuple[str, ...]) -> Locked | None:
    """Of the locks held, the widest on any of these names."""
    return next((held[name] for name in ("study", "site", "subject", *names) if name in held), None)


def locks_held(study: StudyRecord, record: SubjectRecord | None) -> dict[str, Locked]:
    """What is locked now."""
    site = record.site if record else None
    return held_of([*(one for one in study.locks if one.site in (None, site)), *(own_locks(record) if record else ())])


def own_locks(record: SubjectRecord) -> tuple[Locked | Unlocked, ...]:
    """What was locked and unlocked of a subject."""
    return tuple(one for one in record.milestones if isinstance(one, Locked | Unlocked))


def held_of(locks: Iterable[Locked | Unlocked]) -> dict[str, Locked]:
    """What is locked in the end, in the order of the ledger: a lock holds until it is said to be unlocked."""
    held: dict[str, Locked] = {}
    for one in sorted(locks, key=lambda one: one.seq):
        name = lock_name(one)
        if isinstance(one, Locked):
            held[name] = one
        else:
            held.pop(name, None)
    return held


def lock_name(event: Locked | Unlocked | UnlockRequested) -> str:
    """What is locked by its one name: a subject's id is "subject", a site's "site"."""
    if event.subject is not None:
        return "subject" if event.what == event.subject else event.what
    return "study" if event.site is None else "site"


def names_of(path: str, *encounters: str) -> tuple[str, ...]:
    """The names under which an item may be locked: its encounters, its path and the beginnings of it.

    >>> names_of("anc/c1d1/value", "course_day_1.1")
    ('course_day_1.1', 'anc', 'anc/c1d1', 'anc/c1d1/value')
    """
    parts = path.split("/")
    return (*(one for one in encounters if one), *("/".join(parts[: number + 1]) for number in range(len(parts))))


def encounters_of(observation: Observation) -> tuple[str, ...]:
    """Every encounter at which anything of an observation was entered."""
    return observation.encounters
