"""A ledger's file in the hands of somebody who owns it and knows this program: open it, and write it anew.

`opened` takes every lock off. `rewritten` replaces the whole history by another and computes everything again (hashes,
chain, tree, head row, projections, checkpoints taken out), as a perfect forger without the anchors' key would.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trialwright.store import chain
from trialwright.store.canonical import spell


@dataclass(frozen=True)
class Told:
    """One event as it lies in the file."""

    header: dict[str, Any]
    salt: bytes
    body: str

    def by(self, actor: str) -> Told:
        """The same event, said by another."""
        return replace(self, header={**self.header, "actor": actor})

    def saying(self, old: str, new: str) -> Told:
        """The same event with another value."""
        return replace(self, body=self.body.replace(old, new))


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """The file with every trigger dropped and every check off."""
    connection = sqlite3.connect(file)
    try:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        yield connection
        connection.commit()
    finally:
        connection.close()


def history(connection: sqlite3.Connection) -> list[Told]:
    """The study's events in order."""
    rows = connection.execute(
        "SELECT e.header, p.salt, p.body FROM ledger_event e JOIN ledger_payload p ON p.event_id = e.event_id "
        "WHERE e.chain_id LIKE 'study:%' ORDER BY e.seq"
    )
    return [Told(json.loads(header), bytes(salt), body) for header, salt, body in rows]


def rewritten(connection: sqlite3.Connection, events: Sequence[Told]) -> None:
    """Another history in the place of the study's, sound in itself."""
    name = events[0].header["chain"]
    connection.execute("DELETE FROM ledger_payload WHERE event_id IN (SELECT event_id FROM ledger_event "
                       "WHERE chain_id = ?)", (name,))  # fmt: skip
    for table in ("ledger_event", "ledger_checkpoint", "projection_subject"):
        connection.execute(f"DELETE FROM {table} WHERE chain_id = ?", (name,))
    previous = chain.genesis(events[0].header["proto-hash"])
    frontier: tuple[bytes, ...] = ()
    streams: dict[str, int] = {}
    for seq, told in enumerate(events, start=1):
        stream = told.header["stream"]
        streams[stream] = streams.get(stream, 0) + 1
        previous = _insert(connection, told, seq, streams[stream], previous)
        frontier = chain.grow(frontier, seq - 1, previous)
    connection.execute(
        "UPDATE ledger_head SET seq = ?, hash = ?, frontier = ? WHERE chain_id = ?",
        (len(events), previous, chain.pack(frontier), name),
    )
    connection.execute(
        "INSERT INTO projection_subject (chain_id, stream_id, stream_version, last_seq, last_hash, status) "
        "SELECT chain_id, stream_id, max(stream_version), seq, hash, NULL FROM ledger_event WHERE chain_id = ? "
        "GROUP BY stream_id", (name,),
    )  # fmt: skip


def _insert(connection: sqlite3.Connection, told: Told, seq: int, version: int, previous: bytes) -> bytes:
    commitment = chain.payload_commitment(told.salt, told.body)
    known = {**told.header, "seq": seq, "sv": version, "prev": previous.hex(), "pc": commitment.hex()}
    header = spell(known)
    digest = chain.event_hash(header)
    connection.execute(
        "INSERT INTO ledger_event (chain_id, seq, event_id, submission_id, part, stream_id, stream_version, header, "
        "payload_commit, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (known["chain"], seq, known["id"], known["sub"], known["part"], known["stream"], version, header, commitment,
         previous, digest),
    )  # fmt: skip
    connection.execute("INSERT INTO ledger_payload VALUES (?, ?, ?)", (known["id"], told.salt, told.body))
    return digest
