"""Reading the ledger back as the core's events, in ledger order.

`known_at` is what was recorded by then: a position in the ledger, or an instant. What had *happened* by a date is the
clinical question and is asked of the events themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from trialwright.core.ledger import Event, PayloadRedacted
from trialwright.store import rows
from trialwright.store.chain import event_hash, payload_commitment
from trialwright.store.encoding import read_event, redacted_event
from trialwright.store.entry import instant_text
from trialwright.store.errors import LedgerDamaged, Unreadable

KnownAt = int | datetime | None


def events_of(rows: Iterable[tuple[Any, ...]], known_at: KnownAt = None) -> Iterator[Event]:
    """The events of stored rows, as far as they were recorded by then; an altered event is refused, never read."""
    until = instant_text(in_utc(known_at)) if isinstance(known_at, datetime) else None
    for seq, header, digest, salt, body, redaction in rows:
        if isinstance(known_at, int) and seq > known_at:
            return
        known = sound_header(seq, header, digest, salt, body, redaction)
        if until is None or known["at"] <= until:
            yield read_event(known, body) if redaction is None else read_redacted(known, redaction)


def read_redacted(known: dict[str, Any], redaction: tuple[Any, ...]) -> Event:
    """An event whose payload was erased, as it reads now: what the redaction says of it, whatever the moment asked."""
    header, digest, salt, body = redaction
    told = sound_header(0, header, digest, salt, body)
    said = read_event(told, body)
    if not isinstance(said, PayloadRedacted) or said.redacts != known["id"]:
        raise LedgerDamaged(f"The payload of event {known['seq']} is missing. Run: trialwright ledger verify.")
    return redacted_event(known, said)


def unbroken(found: Iterable[tuple[Any, ...]], after: int = 0) -> Iterator[tuple[Any, ...]]:
    """The rows as they come, as long as none is missing between them: half a history is not read as a whole one."""
    for place, row in enumerate(found, start=after + 1):
        if row[0] != place:
            raise LedgerDamaged(f"Event {place} is missing. Run: trialwright ledger verify.")
        yield row


def refuse_a_cut_end(cursor: Any, chain_id: str) -> None:
    """The events must reach as far as the head row says; what was recorded after a cut would be answered as unknown."""
    head, last = rows.ends(cursor, chain_id)
    if head != last:
        raise LedgerDamaged(
            f"The events of {chain_id} do not end where the head row says. Run: trialwright ledger verify."
        )


def sound_header(
    seq: int, header: str, digest: bytes, salt: bytes | None, body: str | None, redaction: tuple[Any, ...] | None = None
) -> dict[str, Any]:
    """The header, after checking that header and payload are the ones that were hashed; a redacted payload is gone."""
    if (body is None or salt is None) and redaction is None:
        raise LedgerDamaged(f"The payload of event {seq} is missing. Run: trialwright ledger verify.")
    if event_hash(header) == digest:
        known: dict[str, Any] = json.loads(header)
        if body is None or salt is None or payload_commitment(salt, body).hex() == known["pc"]:
            return known
    raise LedgerDamaged(f"Event {seq} was altered after it was written. Run: trialwright ledger verify.")


@contextmanager
def reading() -> Iterator[None]:
    """What the database cannot read is said in the ledger's words."""
    from django.db.utils import DatabaseError

    try:
        yield
    except (DatabaseError, UnicodeError, TypeError) as wrong:
        raise Unreadable(
            f"The ledger's file cannot be read ({type(wrong).__name__}). Run: trialwright ledger verify."
        ) from wrong


def in_utc(instant: datetime) -> datetime:
    """An instant with its offset, in UTC; one without an offset is refused, since it names no instant."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} needs its UTC offset, as in 2006-03-01T15:04:00+00:00.")
    return instant.astimezone(UTC)
