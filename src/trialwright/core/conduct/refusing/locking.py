"""Locked data do not change: a correction of them is refused with who locked them and when.

A lock guards what is recorded. What is recorded for the first time happened, is let in, and becomes a finding that
names the lock. A lock holds in the order of the ledger, whatever the dates say, until the same thing is unlocked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from trialwright.core.conduct.refusing.asked import Asked, named
from trialwright.core.ledger import Change, FormCorrected, FormSubmitted, ItemPath, Locked, Missing, Value
from trialwright.core.subject import SubjectRecord, observations
from trialwright.core.subject.standing import encounters_of, lock_name, lock_on, locks_held, names_of
from trialwright.core.terms import Finding


def changing(asked: Asked) -> Iterator[Finding]:
    """Why a form may not change what is recorded: it is locked."""
    event = asked.event
    if not isinstance(event, FormSubmitted | FormCorrected) or event.subject not in asked.study.subjects:
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
    for one in observations(record, path.concept):
        if one.instance == path.instance and path.field in one.values:
            return not _alike(one.values[path.field], change.new)
    return False


def _alike(one: Value, other: Value) -> bool:
    return isinstance(one, Missing) == isinstance(other, Missing) and one == other


def locking(asked: Asked) -> Iterator[Finding]:
    """What is locked is there, and not locked already."""
    event: Any = asked.event
    yield from _named_rightly(asked)
    before = _held(asked).get(lock_name(event))
    if before is not None:
        yield asked.no(f"{event.what} was locked by {before.actor} on {before.occurred} already; {named(before)}.")


def unlocking(asked: Asked) -> Iterator[Finding]:
    """Only what is locked is unlocked, and with a reason."""
    event: Any = asked.event
    held = _held(asked)
    if lock_name(event) not in held:
        locked = ", ".join(sorted(held)) or "nothing"
        yield asked.no(f"{event.what} is not locked.", do=f"Name what is locked: {locked}.")
    if not event.why.strip():
        yield asked.no(f"{event.what} is to be unlocked without a reason.", do="Say why it has to change.")


def _held(asked: Asked) -> dict[str, Locked]:
    return locks_held(asked.study, asked.study.subjects.get(asked.event.subject or ""))


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
