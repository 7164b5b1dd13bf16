"""The ledger's rows: every SQL statement of the store that reads or writes one.

Statements are constant; values are parameters. The same on SQLite and PostgreSQL. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from trialwright.store.entry import Place

BATCH = 500
HeadRow = tuple[int, bytes, bytes]
TEXT_KINDS = ("protocol", "form")
TABLES_LOADED = {
    "ledger_event": (
        "chain_id", "seq", "event_id", "submission_id", "part", "stream_id", "stream_version", "header",
        "payload_commit", "prev_hash", "hash",
    ),
    "ledger_checkpoint": ("chain_id", "size", "root", "note", "anchored_to", "anchored_at"),
    "stored_text": ("sha256", "kind", "text"),
}  # fmt: skip
"""The columns of what a dump holds."""
REDACTS = "redact:"
"""Before the id of the event that a submission redacts; the submission's key names it, so that the header does."""

SELECT_EVENTS = """
    SELECT e.seq, e.header, e.hash, p.salt, p.body, e.event_id
    FROM ledger_event e LEFT JOIN ledger_payload p ON p.event_id = e.event_id
    WHERE e.chain_id = %s AND e.seq > %s ORDER BY e.seq"""
SELECT_STREAM = """
    SELECT e.seq, e.header, e.hash, p.salt, p.body, e.event_id
    FROM ledger_event e LEFT JOIN ledger_payload p ON p.event_id = e.event_id
    WHERE e.chain_id = %s AND e.stream_id = %s AND +e.seq > %s ORDER BY e.stream_version"""
"""The plus keeps the database from walking the whole chain for the events of one stream."""
SELECT_REDACTION = """
    SELECT e.header, e.hash, p.salt, p.body
    FROM ledger_event e LEFT JOIN ledger_payload p ON p.event_id = e.event_id
    WHERE e.chain_id = %s AND e.submission_id = %s AND e.part = 0"""
SELECT_ON = """
    SELECT e.seq, e.header, e.hash, p.salt, p.body, e.event_id
    FROM ledger_event e LEFT JOIN ledger_payload p ON p.event_id = e.event_id
    WHERE e.chain_id = %s AND e.stream_id = %s AND e.stream_version >= %s ORDER BY e.stream_version"""
SELECT_SUBMITTED = """
    SELECT e.seq, e.event_id, e.header, e.hash, p.body
    FROM ledger_event e LEFT JOIN ledger_payload p ON p.event_id = e.event_id
    WHERE e.chain_id = %s AND e.submission_id = %s ORDER BY e.part"""
SELECT_STREAMS = "SELECT stream_id, count(*) FROM ledger_event WHERE chain_id = %s AND seq <= %s GROUP BY stream_id"
SELECT_LAST_DAY = """
    SELECT max(substr(p.body, 10, 10)) FROM ledger_event e JOIN ledger_payload p ON p.event_id = e.event_id
    WHERE e.chain_id = %s AND e.seq <= %s AND p.body LIKE %s"""
SELECT_LAST = "SELECT seq, hash FROM ledger_event WHERE chain_id = %s ORDER BY seq DESC LIMIT 1"
SELECT_HEAD = "SELECT seq, hash, frontier FROM ledger_head WHERE chain_id = %s"
SELECT_VERSION = "SELECT max(stream_version) FROM ledger_event WHERE chain_id = %s AND stream_id = %s"
SELECT_ONE = """
    SELECT e.chain_id, e.seq, e.header, e.hash, p.salt, p.body
    FROM ledger_event e LEFT JOIN ledger_payload p ON p.event_id = e.event_id WHERE e.event_id = %s"""
SELECT_EVERYTHING = """
    SELECT e.chain_id, e.seq, e.event_id, e.submission_id, e.part, e.stream_id, e.stream_version, e.header,
        e.payload_commit, e.prev_hash, e.hash, p.event_id, p.salt, p.body
    FROM ledger_event e LEFT JOIN ledger_payload p ON p.event_id = e.event_id"""
INSERT_EVENT = """
    INSERT INTO ledger_event (chain_id, seq, event_id, submission_id, part, stream_id, stream_version, header,
        payload_commit, prev_hash, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
INSERT_PAYLOAD = "INSERT INTO ledger_payload (event_id, salt, body) VALUES (%s, %s, %s)"
PROJECT = """
    INSERT INTO projection_subject (chain_id, stream_id, stream_version, last_seq, last_hash, status)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (chain_id, stream_id) DO UPDATE SET
        stream_version = excluded.stream_version, last_seq = excluded.last_seq, last_hash = excluded.last_hash,
        status = excluded.status"""


@dataclass(frozen=True)
class Known:
    """What a chain holds that a submission is judged by: what its key wrote before, and how far its streams are."""

    written: Sequence[tuple[Any, ...]]
    versions: dict[str, int]


@dataclass(frozen=True)
class End:
    """Where a chain ends by its head row and by its last event, and what it holds, at one moment under its lock."""

    head: HeadRow | None
    last: tuple[int, bytes] | None
    known: Known


@dataclass(frozen=True)
class Moved:
    """Where a transaction has brought a chain, and whether it founded it."""

    chain: str
    seq: int
    hash: bytes
    frontier: bytes
    founded: bool


@dataclass(frozen=True)
class Stand:
    """Where a stream stands: its version, its last event, and its status where one is derived."""

    stream: str
    version: int
    seq: int
    hash: bytes
    status: str | None


def event_rows(
    cursor: Any, chain: str, *, stream: str | None = None, after: int = 0, newest_first: bool = False
) -> Iterator[tuple[Any, ...]]:
    """(seq, header, hash, salt, body, redaction) of a chain's events, or of one stream's, in order or back.

    `redaction` is (header, hash, salt, body) of the event that says why salt and body are gone, where they are.
    """
    back = " DESC" if newest_first else ""
    if stream is None:
        cursor.execute(SELECT_EVENTS + back, [chain, after])
    else:
        cursor.execute(SELECT_STREAM + back, [chain, stream, after])
    yield from _with_redactions(cursor, chain)


def event_rows_on(cursor: Any, chain: str, stream: str, version: int) -> Iterator[tuple[Any, ...]]:
    """The same of one stream, from a version of it on."""
    cursor.execute(SELECT_ON, [chain, stream, version])
    yield from _with_redactions(cursor, chain)


def _with_redactions(cursor: Any, chain: str) -> Iterator[tuple[Any, ...]]:
    for seq, header, digest, salt, body, event_id in batches(cursor):
        gone = salt is None and body is None
        yield seq, header, digest, salt, body, redaction(cursor, chain, event_id) if gone else None


def redaction(cursor: Any, chain: str, event_id: str) -> tuple[Any, ...] | None:
    """(header, hash, salt, body) of the event that redacts another; found by its submission's key, which names it."""
    with cursor.db.cursor() as other:
        other.execute(SELECT_REDACTION, [chain, REDACTS + event_id])
        found: tuple[Any, ...] | None = other.fetchone()
    return found


def erase_payload(cursor: Any, event_id: str) -> int:
    """Erase what an event says and its salt; the database lets it pass only where a redaction names the event."""
    cursor.execute("UPDATE ledger_payload SET salt = NULL, body = NULL WHERE event_id = %s", [event_id])
    return int(cursor.rowcount)


def redaction_rows(cursor: Any) -> list[tuple[Any, ...]]:
    """(chain, submission key, seq, header) of every event under a key that names what it redacts."""
    cursor.execute(
        "SELECT chain_id, submission_id, seq, header FROM ledger_event WHERE submission_id LIKE %s AND part = 0",
        [REDACTS + "%"],
    )
    return list(cursor.fetchall())


def redacted_ids(cursor: Any, chain: str) -> list[str]:
    """The ids of the events of a chain whose payload is erased."""
    cursor.execute(
        "SELECT e.event_id FROM ledger_event e JOIN ledger_payload p ON p.event_id = e.event_id "
        "WHERE e.chain_id = %s AND p.body IS NULL ORDER BY e.seq",
        [chain],
    )
    return [str(event_id) for (event_id,) in cursor.fetchall()]


def event_by_id(cursor: Any, event_id: str) -> tuple[Any, ...] | None:
    """(chain, seq, header, hash, salt, body) of one event."""
    cursor.execute(SELECT_ONE, [event_id])
    found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def batches(cursor: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of the last statement, a batch at a time, so that memory does not grow with the ledger."""
    while found := cursor.fetchmany(BATCH):
        yield from found


def meta(cursor: Any) -> dict[str, str]:
    """What the database is."""
    cursor.execute("SELECT key, value FROM ledger_meta")
    return dict(cursor.fetchall())


def set_meta(cursor: Any, key: str, value: str) -> None:
    """Say, once, what the database is."""
    cursor.execute("INSERT INTO ledger_meta (key, value) VALUES (%s, %s)", [key, value])


def head(cursor: Any, chain: str, lock: str = "") -> HeadRow | None:
    """(seq, hash, frontier) of the head row, locked where the engine asks for it."""
    cursor.execute(SELECT_HEAD + lock, [chain])
    found = cursor.fetchone()
    return found and (found[0], bytes(found[1]), bytes(found[2]))


def move_head(cursor: Any, moved: Moved) -> None:
    """Put the head row where the events now end."""
    if moved.founded:
        statement = "INSERT INTO ledger_head (seq, hash, frontier, chain_id) VALUES (%s, %s, %s, %s)"
    else:
        statement = "UPDATE ledger_head SET seq = %s, hash = %s, frontier = %s WHERE chain_id = %s"
    cursor.execute(statement, [moved.seq, moved.hash, moved.frontier, moved.chain])


def last_event(cursor: Any, chain: str) -> tuple[int, bytes] | None:
    """(seq, hash) of the last event."""
    cursor.execute(SELECT_LAST, [chain])
    found = cursor.fetchone()
    return found and (found[0], bytes(found[1]))


def ends(cursor: Any, chain: str) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(seq, hash) of the head row and of the last event, at one moment, though others may be writing."""
    cursor.execute(
        "SELECT head.seq, head.hash, last.seq, last.hash FROM (SELECT 1) AS one "
        "LEFT JOIN (SELECT seq, hash FROM ledger_head WHERE chain_id = %s) AS head ON 1 = 1 "
        "LEFT JOIN (SELECT seq, hash FROM ledger_event WHERE chain_id = %s ORDER BY seq DESC LIMIT 1) AS last "
        "ON 1 = 1",
        [chain, chain],
    )
    found = cursor.fetchone()
    return (found[0], found[1]), (found[2], found[3])


def streams(cursor: Any, chain: str, until: int) -> dict[str, int]:
    """How many events each stream of a chain has up to a position."""
    cursor.execute(SELECT_STREAMS, [chain, until])
    return {str(stream): int(count) for stream, count in cursor.fetchall()}


def last_day(cursor: Any, chain: str, until: int) -> str | None:
    """The last day on which something happened, by the payloads that are spelled as they are written; unchecked."""
    cursor.execute(SELECT_LAST_DAY, [chain, until, '[{"new":"____-__-__","old":null,"path":"occurred"}%'])
    found: str | None = cursor.fetchone()[0]
    return found


def stream_version(cursor: Any, chain: str, stream: str) -> int:
    """How many events a stream has."""
    cursor.execute(SELECT_VERSION, [chain, stream])
    return int(cursor.fetchone()[0] or 0)


def submitted(cursor: Any, chain: str, submission: str) -> list[tuple[Any, ...]]:
    """(seq, event id, header, hash, body) of the events a submission wrote before, in their order."""
    cursor.execute(SELECT_SUBMITTED, [chain, submission])
    return list(cursor.fetchall())


def known(cursor: Any, chain: str, submission: str, streams: Iterable[str]) -> Known:
    """What the chain holds that a submission is judged by."""
    written = submitted(cursor, chain, submission)
    return Known(written, {stream: stream_version(cursor, chain, stream) for stream in streams})


def event_values(place: Place, stream: str, header: str, digest: bytes) -> list[Any]:
    """The values of an event's row, in the order of its columns."""
    return [
        place.chain, place.seq, place.event_id, place.submission, place.part, stream, place.stream_version, header,
        place.commitment, place.prev, digest,
    ]  # fmt: skip


def insert_payload(cursor: Any, event_id: str, salt: bytes, body: str) -> None:
    """Write an event's payload."""
    cursor.execute(INSERT_PAYLOAD, [event_id, salt, body])


def insert_row(cursor: Any, table: str, row: dict[str, Any]) -> None:
    """Write a row of another ledger as it was there; the table's own locks hold for it too."""
    columns = TABLES_LOADED[table]
    marks = ", ".join(["%s"] * len(columns))
    cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", [row[name] for name in columns])  # noqa: S608


def holds_text(cursor: Any, digest: str) -> bool:
    """Whether a protocol or form text is stored."""
    cursor.execute("SELECT 1 FROM stored_text WHERE sha256 = %s", [digest])
    return cursor.fetchone() is not None


def insert_text(cursor: Any, digest: str, kind: str, text: str) -> None:
    """Store a protocol or form text, once."""
    cursor.execute("INSERT INTO stored_text (sha256, kind, text) VALUES (%s, %s, %s)", [digest, kind, text])


def text(cursor: Any, digest: str) -> str | None:
    """A stored text by its SHA-256."""
    cursor.execute("SELECT text FROM stored_text WHERE sha256 = %s", [digest])
    found = cursor.fetchone()
    return found and str(found[0])


def project(cursor: Any, chain: str, stands: Iterable[Stand]) -> None:
    """Say where streams stand."""
    for each in stands:
        cursor.execute(PROJECT, [chain, each.stream, each.version, each.seq, each.hash, each.status])


def clear_projections(cursor: Any) -> None:
    """Forget where the streams are said to stand."""
    cursor.execute("DELETE FROM projection_subject")


def chains(cursor: Any) -> list[str]:
    """Every chain that has a head row."""
    cursor.execute("SELECT chain_id FROM ledger_head ORDER BY chain_id")
    return [str(chain) for (chain,) in cursor.fetchall()]


def stream_ends(cursor: Any) -> list[tuple[str, str, int, int, bytes]]:
    """(chain, stream, version, seq, hash) of the last event of each stream."""
    cursor.execute(
        "SELECT chain_id, stream_id, stream_version, seq, hash FROM ledger_event e WHERE stream_version = "
        "(SELECT max(stream_version) FROM ledger_event WHERE chain_id = e.chain_id AND stream_id = e.stream_id)"
    )
    return list(cursor.fetchall())


# --- for verification --------------------------------------------------------------------------------------------


def everything(cursor: Any, only: frozenset[str] | None = None) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Every event with its payload, of all chains or of some, chain by chain and each in its order; in batches."""
    chosen = "" if only is None else f" WHERE e.chain_id IN ({', '.join(['%s'] * len(only))})"
    cursor.execute(f"{SELECT_EVERYTHING}{chosen} ORDER BY e.chain_id, e.seq", sorted(only or ()))
    while found := cursor.fetchmany(BATCH):
        yield found


def sizes(cursor: Any, chains: Sequence[str]) -> dict[str, int]:
    """How many events each of these chains has, by its head row."""
    marks = ", ".join(["%s"] * len(chains))
    cursor.execute(f"SELECT chain_id, seq FROM ledger_head WHERE chain_id IN ({marks})", chains)  # noqa: S608
    return {str(chain): int(seq) for chain, seq in cursor.fetchall()}


def heads(cursor: Any) -> list[tuple[Any, ...]]:
    """Every head row."""
    cursor.execute("SELECT chain_id, seq, hash, frontier FROM ledger_head ORDER BY chain_id")
    return list(cursor.fetchall())


def checkpoints(cursor: Any) -> dict[tuple[Any, Any], bytes]:
    """The root that each checkpoint states, by chain and size."""
    cursor.execute("SELECT chain_id, size, root FROM ledger_checkpoint")
    return {(chain, size): root for chain, size, root in cursor.fetchall()}


def checkpoint_rows(cursor: Any) -> list[tuple[Any, ...]]:
    """Every checkpoint with all that is kept of it."""
    cursor.execute(
        "SELECT chain_id, size, root, note, anchored_to, anchored_at FROM ledger_checkpoint ORDER BY chain_id, size"
    )
    return list(cursor.fetchall())


def orphans(cursor: Any) -> list[Any]:
    """Payloads that belong to no event."""
    cursor.execute(
        "SELECT p.event_id FROM ledger_payload p LEFT JOIN ledger_event e ON e.event_id = p.event_id "
        "WHERE e.event_id IS NULL ORDER BY p.event_id"
    )
    return [event_id for (event_id,) in cursor.fetchall()]


def texts(cursor: Any) -> list[tuple[Any, ...]]:
    """Every stored text."""
    cursor.execute("SELECT sha256, kind, text FROM stored_text ORDER BY sha256")
    return list(cursor.fetchall())


def projections(cursor: Any) -> dict[tuple[Any, Any], tuple[Any, ...]]:
    """Where each stream is said to stand."""
    cursor.execute("SELECT chain_id, stream_id, stream_version, last_seq, last_hash, status FROM projection_subject")
    return {(chain, stream): tuple(rest) for chain, stream, *rest in cursor.fetchall()}
