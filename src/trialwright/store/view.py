"""What the ledger holds at a moment of a transaction, and what of it an open ledger remembers to the next save.

A stream is remembered as it was read from its rows by a transaction that was committed, with the hash of its last
event. It is taken up again only where the event at that version still has that hash: the hash stands for every event
before it. What came since is read on; a redaction among it, another hash or a missing event, and the whole stream is
read anew. Read `View.events`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from trialwright.core.ledger import Event, PayloadRedacted
from trialwright.store import rows
from trialwright.store.reader import events_of

MOST_EVENTS = 20_000
"""How many events an open ledger remembers; beyond that it forgets the streams that were longest not asked for."""
Key = tuple[str, str]


@dataclass(frozen=True)
class Stream:
    """A stream as it was read: every event of it, and the hash of the last."""

    events: tuple[Event, ...] = ()
    hash: bytes = b""


class Memory:
    """The streams that were read last, of the chains of one open ledger."""

    def __init__(self, most: int = MOST_EVENTS) -> None:
        self._most, self._held, self._lock = most, 0, Lock()
        self._streams: OrderedDict[Key, Stream] = OrderedDict()

    def recall(self, chain: str, stream: str) -> Stream:
        """What is remembered of a stream; nothing is an empty one."""
        with self._lock:
            if (chain, stream) in self._streams:
                self._streams.move_to_end((chain, stream))
            return self._streams.get((chain, stream), Stream())

    def keep(self, chain: str, stream: str, read: Stream) -> None:
        """Remember a stream, and forget the oldest where there are too many events."""
        with self._lock:
            self._drop((chain, stream))
            self._streams[chain, stream] = read
            self._held += len(read.events)
            while self._held > self._most:
                self._drop(next(iter(self._streams)))

    def forget(self) -> None:
        """Forget all of it: something was erased."""
        with self._lock:
            self._streams.clear()
            self._held = 0

    def _drop(self, key: Key) -> None:
        gone = self._streams.pop(key, None)
        self._held -= len(gone.events) if gone else 0


class View:
    """What the ledger holds at this moment of the transaction, for a guard or a projection to go by."""

    def __init__(self, cursor: Any, chain_id: str, memory: Memory | None = None, end: int | None = None) -> None:
        """`end` is where the chain ends, for who has looked it up under the lock."""
        self._cursor, self._chain, self._memory, self._end = cursor, chain_id, memory, end
        self._read: dict[str | None, list[Event]] = {}
        self._as_stored: dict[str, Stream] = {}
        self._since: tuple[int, list[Event]] | None = None

    def since(self, seq: int) -> Sequence[Event]:
        """The study's events after a position, those of this transaction among them; for who holds what came before."""
        if self._since is None or self._since[0] != seq:
            found = () if seq == self._end else events_of(rows.event_rows(self._cursor, self._chain, after=seq))
            self._since = seq, list(found)
        return self._since[1]

    def events(self, stream: str | None = None) -> Sequence[Event]:
        """The events of one stream, or of the whole study, in ledger order; read once, then kept up to date."""
        if stream not in self._read:
            if stream is None:
                self._read[None] = list(events_of(rows.event_rows(self._cursor, self._chain)))
            else:
                self._as_stored[stream] = self._stream(stream)
                self._read[stream] = list(self._as_stored[stream].events)
        return self._read[stream]

    def add(self, event: Event, stream: str) -> None:
        """Take in an event that has just been appended."""
        self._end = None
        for known in (stream, None):
            if known in self._read:
                self._read[known].append(event)
        if self._since is not None and (not self._since[1] or self._since[1][-1].seq < event.seq):
            self._since[1].append(event)

    def remember(self) -> None:
        """After the commit: keep what was read from the rows, and only that."""
        if self._memory is not None:
            for stream, read in self._as_stored.items():
                self._memory.keep(self._chain, stream, read)

    def _stream(self, stream: str) -> Stream:
        known = self._memory.recall(self._chain, stream) if self._memory else Stream()
        return self._read_on(stream, known) or self._read_on(stream, Stream()) or Stream()

    def _read_on(self, stream: str, known: Stream) -> Stream | None:
        """What is known of a stream with what came since; None where what is known is no longer what is there."""
        found = rows.event_rows_on(self._cursor, self._chain, stream, len(known.events))
        if known.events and not _begins_with(found, known.hash):
            return None
        new = [*found]
        events = tuple(events_of(new))
        if known.events and any(isinstance(event, PayloadRedacted) for event in events):
            return None
        return Stream((*known.events, *events), bytes(new[-1][2]) if new else known.hash)


def _begins_with(found: Iterator[tuple[Any, ...]], digest: bytes) -> bool:
    """Whether the next row is the event of this hash, which it then is no more."""
    first = next(found, None)
    return first is not None and bytes(first[2]) == digest
