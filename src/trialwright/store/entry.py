"""An event as the ledger keeps it: the header's part that the caller knows, and the payload.

`encoding` turns the core's events into entries and back; this module spells the header. Everything that is hashed is
checked here, once, before the write lock is taken. Read `Entry` first, then `header_text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trialwright.store.canonical import canonical, refuse_unsound, spell
from trialwright.store.chain import HEADER_VERSION, SIGNATURE_KEY


@dataclass(frozen=True)
class Entry:
    """What the caller says of an event; place in the chain, id, salt and time of recording are issued later."""

    stream: str
    type: str
    actor: str
    role: str
    site: str | None
    tz: str
    reason: str | None
    protocol_hash: str
    body: str
    meaning: str | None = None

    def says_the_same(self, header: dict[str, Any], body: str | None) -> bool:
        """Whether a stored event says what this one says: a retry, and not another save under the same key."""
        return body == self.body and all(header.get(key) == value for key, value in self.stated().items())

    def stated(self) -> dict[str, str | None]:
        """The header values that the caller states."""
        stated = {
            "stream": self.stream, "type": self.type, "actor": self.actor, "role": self.role, "site": self.site,
            "tz": self.tz, "reason": self.reason, "proto-hash": self.protocol_hash or None,
        }  # fmt: skip
        return stated | ({} if self.meaning is None else {SIGNATURE_KEY: self.meaning})


@dataclass(frozen=True)
class Place:
    """Where and when an event is recorded: everything in the header that the store issues."""

    chain: str
    seq: int
    event_id: str
    prev: bytes
    commitment: bytes
    submission: str
    part: int
    stream_version: int
    session: str | None
    at: datetime
    app: str


def entry(changes: list[dict[str, Any]], **stated: Any) -> Entry:
    """An entry whose text is known to be sound; what is not is refused with its place."""
    made = Entry(body=canonical(changes), **stated)
    refuse_unsound(made.stated())
    return made


def header_text(entry: Entry, place: Place) -> str:
    """The header of an event, exactly as it is hashed."""
    issued = {
        "v": HEADER_VERSION, "chain": place.chain, "seq": place.seq, "id": place.event_id, "prev": place.prev.hex(),
        "pc": place.commitment.hex(), "sub": place.submission, "part": place.part, "sv": place.stream_version,
        "session-hash": place.session, "at": instant_text(place.at), "app": place.app,
    }  # fmt: skip
    return spell(issued | entry.stated())


def instant_text(at: datetime) -> str:
    """An instant in UTC to the microsecond.

    >>> from datetime import UTC
    >>> instant_text(datetime(2006, 3, 1, 15, 4, tzinfo=UTC))
    '2006-03-01T15:04:00.000000Z'
    """
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


def read_instant(text: str) -> datetime:
    """The instant from its text."""
    return datetime.fromisoformat(text)
