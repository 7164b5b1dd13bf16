"""Reading the ledger back as the core's events, in ledger order.

`known_at` is what was recorded by then: a position in the ledger, or an instant. What had *happened* by a date is the
clinical question and is asked of the events themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from trialwright.core.ledger import Event
from trialwright.store.encoding import read_event
from trialwright.store.entry import instant_text
from trialwright.store.errors import LedgerDamaged

KnownAt = int | datetime | None


def events_of(rows: Iterable[tuple[Any, ...]], known_at: KnownAt = None) -> Iterator[Event]:
    """The events of stored rows, as far as they were recorded by then."""
    for seq, header, _, body in rows:
        if isinstance(known_at, int) and seq > known_at:
            return
        known = json.loads(header)
        if isinstance(known_at, datetime) and known["at"] > instant_text(in_utc(known_at)):
            continue
        if body is None:
            raise LedgerDamaged(f"The payload of event {seq} is missing. Run: trialwright ledger verify.")
        yield read_event(known, body)


def in_utc(instant: datetime) -> datetime:
    """An instant with its offset, in UTC; one without an offset is refused, since it names no instant."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs its UTC offset, as in 2006-03-01T15:04:00+00:00.")
    return instant.astimezone(UTC)
