"""The checkpoints that the database holds, and the rows that a new one is made of: every SQL statement of the package.

The table repeats what went out, so that an export or a backup carries it; it proves nothing by itself, since whoever
owns the database can write it. Nothing is decided here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialwright.store import chain, rows

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

INSERT = """
    INSERT INTO ledger_checkpoint (chain_id, size, root, note, anchored_to, anchored_at)
    SELECT %s, %s, %s, %s, %s, %s
    WHERE NOT EXISTS (SELECT 1 FROM ledger_checkpoint WHERE chain_id = %s AND size = %s)"""


@dataclass(frozen=True)
class End:
    """Where a chain ends: size, last hash and root, when the last event was recorded; and its first event's hash."""

    size: int
    hash: bytes
    root: bytes
    recorded: str
    first: bytes


def end_of(cursor: Any, chain_id: str) -> End | None:
    """Where a chain ends; None for one without an event."""
    head = rows.head(cursor, chain_id)
    if head is None:
        return None
    size, digest, frontier = head
    (first, _), (_, header) = event_at(cursor, chain_id, 1), event_at(cursor, chain_id, size)
    return End(size, digest, chain.root(chain.unpack(frontier)), json.loads(header)["at"], first)


def event_at(cursor: Any, chain_id: str, seq: int) -> tuple[bytes, str]:
    """(hash, header) of the event at a position."""
    cursor.execute("SELECT hash, header FROM ledger_event WHERE chain_id = %s AND seq = %s", [chain_id, seq])
    digest, header = cursor.fetchone()
    return bytes(digest), str(header)


def root_at(cursor: Any, chain_id: str, size: int) -> bytes:
    """The root over the first events of a chain: from a checkpoint that was kept, else from the events' hashes."""
    cursor.execute("SELECT root FROM ledger_checkpoint WHERE chain_id = %s AND size = %s", [chain_id, size])
    if kept := cursor.fetchone():
        return bytes(kept[0])
    cursor.execute("SELECT hash FROM ledger_event WHERE chain_id = %s AND seq <= %s ORDER BY seq", [chain_id, size])
    frontier: tuple[bytes, ...] = ()
    for grown, (digest,) in enumerate(rows.batches(cursor)):
        frontier = chain.grow(frontier, grown, bytes(digest))
    return chain.root(frontier)


def newest(cursor: Any, chain_id: str) -> tuple[str, str | None] | None:
    """(note, where it was sent) of the checkpoint of the most events."""
    cursor.execute(
        "SELECT note, anchored_to FROM ledger_checkpoint WHERE chain_id = %s ORDER BY size DESC LIMIT 1", [chain_id]
    )
    found = cursor.fetchone()
    return found and (str(found[0]), found[1])


def notes(cursor: Any) -> list[tuple[Any, ...]]:
    """(chain, size, root, note, where and when it was sent) of every checkpoint that was kept."""
    cursor.execute(
        "SELECT chain_id, size, root, note, anchored_to, anchored_at FROM ledger_checkpoint ORDER BY chain_id, size"
    )
    return list(cursor.fetchall())


def keep(
    ledger: Ledger, chain_id: str, size: int, root: bytes, note: str, sent_to: str | None, sent_at: str | None
) -> None:
    """Keep a checkpoint; one of the same size that another process kept in the meantime stays as it is."""
    from trialwright.store.writer import transaction_on

    with transaction_on(ledger.alias) as cursor:
        cursor.execute(INSERT, [chain_id, size, root, note, sent_to, sent_at, chain_id, size])
