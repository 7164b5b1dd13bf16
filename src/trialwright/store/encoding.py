"""The core's events as ledger entries, and back.

The header carries who, in which role, where, under which protocol, why (a code), and the stream: one for each subject,
one for each site, one for the study, one for the database itself. The clinical date and everything else an event says
is payload, because it is the subject's. Nothing of an event is lost on the way: `event_of(entry_of(event))` is the
event, with its id, its place and its time of recording.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from trialwright.core.ledger import (
    SYSTEM_KINDS,
    Change,
    Event,
    ItemPath,
    PayloadRedacted,
    Signed,
    as_redacted,
    from_changes,
    from_json,
    to_changes,
    to_json,
)
from trialwright.store.canonical import NotCanonical, read_canonical
from trialwright.store.chain import STUDY_CHAIN, SYSTEM_CHAIN
from trialwright.store.entry import Entry, entry, read_instant
from trialwright.store.errors import Unreadable
from trialwright.store.shapes import BODY

STUDY_STREAM, SYSTEM_STREAM = "study", "system"
SUBJECT_STREAM, SITE_STREAM = "subject:", "site:"


def is_of_system(event: Event) -> bool:
    """Whether an event is said of the database itself, and of no study."""
    return type(event).__name__ in SYSTEM_KINDS


def chain_of(event: Event, study: str) -> str:
    """The chain an event belongs to, told by its kind: the database's own, or its study's.

    >>> from datetime import date
    >>> from trialwright.core.ledger import AccrualSuspended
    >>> chain_of(AccrualSuspended(actor="u1", role="sponsor", site=None, occurred=date(2006, 3, 1), why="x"), "T-1")
    'study:T-1'
    """
    return SYSTEM_CHAIN if is_of_system(event) else STUDY_CHAIN + study


def stream_of(event: Event) -> str:
    """Where an event belongs: the system, its subject, else its site, else the study as a whole."""
    if is_of_system(event):
        return SYSTEM_STREAM
    if event.subject is not None:
        return SUBJECT_STREAM + event.subject
    return STUDY_STREAM if event.site is None else SITE_STREAM + event.site


def entry_of(event: Event) -> Entry:
    """What the ledger keeps of an event; what could not be read back as it was said is refused with its place."""
    changes = to_changes(event)
    for item in getattr(event, "items", ()):
        ItemPath.parse(item.path)
    return entry(
        [changed(each) for each in changes],
        stream=stream_of(event),
        type=type(event).__name__,
        actor=event.actor,
        role=event.role,
        site=event.site,
        tz=event.zone or "UTC",
        reason=event.reason or None,
        protocol_hash=event.protocol,
        meaning=event.meaning if isinstance(event, Signed) else None,
    )


def changed(change: Change) -> dict[str, Any]:
    """A change as the payload spells it."""
    return {"path": change.path, "old": to_json(change.old), "new": to_json(change.new)}


def read_changes(body: str) -> list[Change]:
    """The changes of a payload; one of the common shape is canonical and need not be spelt again to know it."""
    changes = json.loads(body) if BODY.fullmatch(body) else read_canonical(body)
    return [Change(each["path"], from_json(each["old"]), from_json(each["new"])) for each in changes]


def event_of(header: dict[str, Any], changes: Sequence[Change]) -> Event:
    """The event of a header and its payload."""
    return from_changes(header["type"], changes, _from_header(header))


def redacted_event(header: dict[str, Any], redaction: PayloadRedacted) -> Event:
    """The event of a header whose payload was erased, as far as the redaction lets it stand."""
    try:
        return as_redacted(header["type"], redaction, _from_header(header))
    except (KeyError, TypeError, ValueError) as wrong:
        raise Unreadable(
            f"Event {header.get('seq')} ({header.get('type')}) was redacted, and what stands of it cannot be read: "
            f"{type(wrong).__name__}."
        ) from None


def _from_header(header: dict[str, Any]) -> dict[str, Any]:
    """What the header carries of an event."""
    stream = header["stream"]
    return {
        "actor": header["actor"],
        "role": header["role"],
        "site": header["site"],
        "subject": stream.removeprefix(SUBJECT_STREAM) if stream.startswith(SUBJECT_STREAM) else None,
        "reason": header["reason"] or "",
        "protocol": header["proto-hash"] or "",
        "id": header["id"],
        "seq": header["seq"],
        "recorded": read_instant(header["at"]),
    }


def read_event(header: dict[str, Any], body: str) -> Event:
    """The event of stored texts; one that this program cannot read is named by its place, never by its contents."""
    try:
        return event_of(header, read_changes(body))
    except (NotCanonical, ArithmeticError, KeyError, TypeError, ValueError) as wrong:
        raise Unreadable(
            f"Event {header.get('seq')} ({header.get('type')}) cannot be read by this program: "
            f"{type(wrong).__name__}. It may have been written by a later version."
        ) from None
