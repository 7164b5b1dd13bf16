"""Locked data do not change: a correction of them is refused with who locked them and when.

A lock guards what is recorded. What is recorded for the first time happened, is let in, and becomes a finding that
names the lock. A lock holds in the order of the ledger, whatever the dates say, until the same thing is unlocked: what
is frozen by one person, what is locked for good by two. What has to be fulfilled before a lock is `core.oversight`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from trialwright.core.conduct.refusing.asked import Asked, named
from trialwright.core.ledger import (
    LOCK_DEGREES,
    Change,
    FormCorrected,
    FormSubmitted,
    ItemPath,
    Locked,
    Missing,
    UnlockRequested,
    Value,
)
from trialwright.core.subject import StudyRecord, SubjectRecord, observations
from trialwright.core.subject.standing import encounters_of, held_of, lock_name, lock_on, locks_held, names_of
from trialwright.core.terms import Finding


def changing(asked: Asked) -> Iterator[Finding]:
    """Why a form may not change what is recorded: it is locked."""
    event = asked.event
    if not isinstance(event, FormSubmitted | FormCorrected) or event.subject not in asked.study.subjects:
        return
    if not locks_held(asked.study, asked.record):
        return
    for change in event.items:
        if _changes(asked.record, change):
            yield from locked_item(asked, change.path, event.encounter)


def locked_item(asked: Asked, path: str, *encounters: str) -> Iterator[Finding]:
    """Why a recorded item may not change."""
    item = ItemPath.parse(path)
    found = [one for one in observations(asked.record, item.concept) if one.instance == item.instance]
    at = [name for one in found for name in encounters_of(one)]
    lock = lock_on(asked.study, asked.record, names_of(path, *encounters, *at))
    if lock is not None:
        says = f"{path} was locked by {lock.actor} on {lock.occurred} ({lock.what}); {named(lock)}."
        yield asked.no(says, do="Unlock it first, with the reason; or open a query.")


def _changes(record: SubjectRecord, change: Change) -> bool:
    """Whether the item is recorded already, with another value."""
    path = ItemPath.parse(change.path)
    history = record.items.get(path.concept)
    stands = history.standing(path.instance, path.field) if history else None
    return stands is not None and not _alike(stands, change.new)


def _alike(one: Value, other: Value) -> bool:
    return isinstance(one, Missing) == isinstance(other, Missing) and one == other


FREEZING = ("data manager", "monitor", "sponsor-investigator", "sponsor")
"""The roles that freeze data while they are looked at, and let them go again."""
LOCKING = ("data manager", "sponsor-investigator", "sponsor")
"""The roles that lock data for good, ask for the unlocking, and agree to it."""


def locking(asked: Asked) -> Iterator[Finding]:
    """What is locked is there, by whom may lock, and not locked already; what is frozen may be locked."""
    event: Any = asked.event
    yield from _named_rightly(asked)
    if event.degree:
        yield from _of_a_degree(asked)
    before = _held(asked).get(lock_name(event))
    if before is not None and (before.degree != "freeze" or event.degree == "freeze"):
        done = "frozen" if before.degree == "freeze" else "locked"
        yield asked.no(f"{event.what} was {done} by {before.actor} on {before.occurred} already; {named(before)}.")


def _of_a_degree(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    if event.degree not in LOCK_DEGREES:
        near = get_close_matches(event.degree, LOCK_DEGREES, 1)
        meant = f" Is {near[0]!r} meant?" if near else ""
        yield asked.no(f"There is no degree {event.degree!r} of locking.{meant}", do="Write freeze or lock.")
        return
    yield from _in_a_role(asked, FREEZING if event.degree == "freeze" else LOCKING, event.degree)


def _in_a_role(asked: Asked, roles: tuple[str, ...], doing: str) -> Iterator[Finding]:
    if asked.event.role not in roles:
        says = f"{asked.event.actor} would {doing} {getattr(asked.event, 'what', '')} as {asked.event.role}."
        yield asked.no(says, do=f"Have it done by a {' or a '.join(roles[:-1])}.")


def asking_to_unlock(asked: Asked) -> Iterator[Finding]:
    """What is to be unlocked is locked, and whoever asks says why, and may ask."""
    yield from _is_locked(asked)
    yield from _in_a_role(asked, LOCKING, "ask to unlock")


def unlocking(asked: Asked) -> Iterator[Finding]:
    """Only what is locked is unlocked, and with a reason; a lock for good by two persons."""
    event: Any = asked.event
    yield from _is_locked(asked)
    lock = _held(asked).get(lock_name(event))
    if lock is None or not lock.degree:
        return
    yield from _in_a_role(asked, FREEZING if lock.degree == "freeze" else LOCKING, "unlock")
    if lock.degree == "lock":
        yield from _by_two(asked, lock)


def _is_locked(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    held = _held(asked)
    if lock_name(event) not in held:
        locked = ", ".join(sorted(held)) or "nothing"
        yield asked.no(f"{event.what} is not locked.", do=f"Name what is locked: {locked}.")
    if not event.why.strip():
        yield asked.no(f"{event.what} is to be unlocked without a reason.", do="Say why it has to change.")


def _by_two(asked: Asked, lock: Locked) -> Iterator[Finding]:
    """Somebody asked, since it was locked, and somebody else agrees."""
    requests = [one for one in requests_to_unlock(asked.study, asked.event.subject) if one.seq > lock.seq]
    of_it = [one for one in requests if lock_name(one) == lock_name(lock) and one.site == lock.site]
    if not of_it:
        says = f"Nobody asked to unlock what {lock.actor} locked on {lock.occurred} ({lock.what}); {named(lock)}."
        yield asked.no(says, do="Ask for it first, with the reason; then another person unlocks it.")
    elif all(same_person(one.actor, asked.event.actor) for one in of_it):
        says = f"{asked.event.actor} asked to unlock {lock.what} and would unlock it; {named(of_it[-1])}."
        yield asked.no(says, do="Have another person agree: two answer for what is unlocked.")


def same_person(one: str, other: str) -> bool:
    """Whether two ids are of one person; letters' case and blanks around them tell nobody apart.

    >>> same_person("u7", " U7"), same_person("u7", "u8")
    (True, False)
    """
    return one.strip().casefold() == other.strip().casefold()


def requests_to_unlock(study: StudyRecord, subject: str | None) -> list[UnlockRequested]:
    """Who asked to unlock something of a subject, or of the study and its sites, in the order of the ledger."""
    if subject is not None:
        record = study.subjects[subject]
        told = [one for one in record.log or () if one.id not in record.voided]
    else:
        told = [one for one in study.own if one.id not in study.voided]
    return sorted((one for one in told if isinstance(one, UnlockRequested)), key=lambda one: one.seq)


def _held(asked: Asked) -> dict[str, Locked]:
    """What is locked of the event's subject, or else of its site, or else of the study as a whole."""
    if asked.event.subject is None:
        return held_of(one for one in asked.study.locks if one.site == asked.event.site)
    return locks_held(asked.study, asked.record)


def _named_rightly(asked: Asked) -> Iterator[Finding]:
    event: Any = asked.event
    name = lock_name(event)
    if event.subject is None:
        if event.what not in ("study", "site", event.site):
            do = 'Name the subject of the data, or write "study" (with a site: "site").'
            yield asked.no(f"{event.what} is not the study or a site.", do=do)
        return
    if name != "subject" and name not in known_names(asked.record):
        known = ", ".join(sorted(_encounters(asked.record)))
        do = f'Write "subject", an encounter ({known or "none yet"}) or an item such as anc/c1d1/value.'
        yield asked.no(f"Nothing of {event.subject} is recorded under {event.what!r}.", do=do)


def known_names(record: SubjectRecord) -> set[str]:
    """Every name under which something of a subject can be locked."""
    found = set(_encounters(record))
    for concept in record.items:
        for one in observations(record, concept):
            for name in one.values:
                found.update(names_of(f"{concept}/{one.instance}/{name}"))
    return found


def _encounters(record: SubjectRecord) -> Iterable[str]:
    forms = (one for one in record.log or () if isinstance(one, FormSubmitted | FormCorrected))
    return {one.encounter for one in forms if one.encounter}
