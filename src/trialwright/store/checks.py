"""The checks of one stored event: by itself, in its place, with its payload.

Each check is a function of the stored row and the walk so far, and answers with what is wrong or None. `CHECKS` is the
order in which they are asked; `Walk` is what the events before have established, recomputed and never read back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from trialwright.core.ledger import KINDS, ProtocolActivated, StudyOpened
from trialwright.store import chain, rows
from trialwright.store.canonical import NotCanonical, read_canonical
from trialwright.store.encoding import read_event
from trialwright.store.errors import LedgerError
from trialwright.store.issuer import REAL, SIMULATED

ALTERED, CUT, FORKED, PAYLOAD, PROJECTION, UNREADABLE = 10, 11, 12, 13, 14, 15
HeaderKey = str


@dataclass(frozen=True)
class Bad:
    """The first thing that is wrong: at which event, in what, why; `code` is the exit code."""

    code: int
    seq: int | None
    event_id: str | None
    what: str
    why: str


@dataclass(frozen=True)
class Stored:
    """One row of the ledger as it lies in the database; any value may be of any type."""

    chain_id: Any
    seq: Any
    event_id: Any
    submission_id: Any
    part: Any
    stream_id: Any
    stream_version: Any
    header: Any
    payload_commit: Any
    prev_hash: Any
    hash: Any
    payload_of: Any
    salt: Any
    body: Any


@dataclass
class Walk:
    """What the events so far have established."""

    expected_hash: str | None = None
    expected_seq: int | None = None
    meta: dict[str, str] = field(default_factory=dict)
    checkpoints: dict[tuple[Any, Any], bytes] = field(default_factory=dict)
    chain: str | None = None
    seq: int = 0
    hash: bytes = b""
    frontier: tuple[bytes, ...] = ()
    header: dict[str, Any] = field(default_factory=dict)
    opened: StudyOpened | None = None
    streams: dict[tuple[str, str], tuple[int, int, bytes]] = field(default_factory=dict)
    protocols: dict[str, int] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    seen_expected: set[str] = field(default_factory=set)

    def step(self, stored: Stored) -> None:
        """One more sound event."""
        self.hash = chain.event_hash(stored.header)
        self.frontier = chain.grow(self.frontier, self.seq, self.hash)
        self.chain, self.seq = stored.chain_id, stored.seq
        self.streams[stored.chain_id, stored.stream_id] = (stored.stream_version, self.seq, self.hash)
        if self.header["proto-hash"] is not None:
            self.protocols.setdefault(self.header["proto-hash"], self.seq)
        if (self.chain, self.seq) in self.checkpoints:
            self.roots[self.seq] = chain.root(self.frontier)
        if self.hash.hex() == self.expected_hash and self.expected_seq in (None, self.seq):
            self.seen_expected.add(self.expected_hash)

    def packed_frontier(self) -> bytes:
        """The frontier as the head row should hold it."""
        return chain.pack(self.frontier)

    def founding(self) -> dict[str, str]:
        """What the first event says the database is."""
        if self.opened is None:
            return {}
        return {"study": self.opened.study, "kind": self.opened.kind, "format": str(chain.HEADER_VERSION)}


Fault = tuple[int, str, str]
Check = Callable[[Stored, Walk], Fault | None]


def first_bad(stored: Stored, walk: Walk) -> Bad | None:
    """The first check an event fails, or None; a sound event moves the walk on."""
    for check in CHECKS:
        fault = check(stored, walk)
        if fault is not None:
            code, what, why = fault
            event_id = printable(stored.event_id) if isinstance(stored.event_id, str) else None
            return Bad(code, _place(stored, walk, what), event_id, what, why)
    walk.step(stored)
    return None


def check_header(stored: Stored, walk: Walk) -> Fault | None:
    """The header is canonical JSON of this format."""
    if not isinstance(stored.header, str):
        return ALTERED, "header", "it is not text"
    try:
        header = read_canonical(stored.header)
    except NotCanonical as wrong:
        return ALTERED, "header", f"it is not as it was hashed: {wrong}"
    problem = chain.header_problem(header) if isinstance(header, dict) else "it is not a header"
    if problem:
        return ALTERED, "header", problem
    walk.header = header
    return None


def check_hash(stored: Stored, walk: Walk) -> Fault | None:
    """The hash is that of the header."""
    if stored.hash != chain.event_hash(stored.header):
        return ALTERED, "hash", "the header and its hash do not belong together: one of them was altered"
    return None


COLUMNS: tuple[tuple[str, HeaderKey], ...] = (
    ("chain_id", "chain"), ("seq", "seq"), ("event_id", "id"), ("submission_id", "sub"), ("part", "part"),
    ("stream_id", "stream"), ("stream_version", "sv"), ("payload_commit", "pc"), ("prev_hash", "prev"),
)  # fmt: skip
HASHES = ("payload_commit", "prev_hash")


def check_columns(stored: Stored, walk: Walk) -> Fault | None:
    """Every column repeats the header."""
    for column, key in COLUMNS:
        found, said = getattr(stored, column), walk.header[key]
        if column in HASHES:
            found = found.hex() if type(found) is bytes else None  # the same digits as text are another value
        if type(found) is not type(said) or found != said:
            return ALTERED, column, f"the column and the header's {key} differ"
    return None


def check_sequence(stored: Stored, walk: Walk) -> Fault | None:
    """One chain, without a gap."""
    if walk.chain not in (None, stored.chain_id):
        return ALTERED, "chain_id", "an event of another chain"
    if stored.seq != walk.seq + 1:
        return ALTERED, "seq", f"after event {walk.seq} comes {stored.seq}: an event is missing or was moved"
    return None


def check_previous(stored: Stored, walk: Walk) -> Fault | None:
    """The event follows the one before it; the first follows the protocol."""
    expected = walk.hash or chain.genesis(walk.header["proto-hash"])
    if walk.header["prev"] != expected.hex():
        return ALTERED, "prev_hash", "it does not follow the event before it: one of the two was altered"
    return None


def check_stream(stored: Stored, walk: Walk) -> Fault | None:
    """A stream's versions have no gap."""
    version = walk.streams.get((stored.chain_id, stored.stream_id), (0, 0, b""))[0]
    if stored.stream_version != version + 1:
        return ALTERED, "stream_version", "the stream skips or repeats a version"
    return None


def check_payload(stored: Stored, walk: Walk) -> Fault | None:
    """The payload is there and is the one the header commits to."""
    if stored.payload_of is None or stored.salt is None or stored.body is None:
        return PAYLOAD, "payload", "it is missing, and no redaction names it"
    if type(stored.salt) is not bytes or type(stored.body) is not str or not _encodes(stored.body):
        return ALTERED, "payload", "salt or body is of the wrong type"
    if chain.payload_commitment(stored.salt, stored.body).hex() != walk.header["pc"]:
        return ALTERED, "payload", "salt or body is not the one the header commits to"
    return None


def check_kind(stored: Stored, walk: Walk) -> Fault | None:
    """The event is of a kind this program knows, and can be read."""
    if walk.header["type"] not in KINDS:
        return UNREADABLE, "type", "a kind of event this program does not know; a later version may have written it"
    try:
        event = read_event(walk.header, stored.body)
    except LedgerError as wrong:
        return UNREADABLE, "payload", str(wrong)
    if isinstance(event, ProtocolActivated):
        walk.protocols.setdefault(event.file_hash, stored.seq)
    if walk.seq == 0:
        walk.opened = event if isinstance(event, StudyOpened) else None
    return None


def check_mark(stored: Stored, walk: Walk) -> Fault | None:
    """Real or simulated, from the first event on, and each header says which."""
    marked = SIMULATED if chain.is_simulated(walk.header["app"]) else REAL
    if walk.opened is None or walk.opened.kind != marked:
        return ALTERED, "app", "the ledger does not open with StudyOpened, or real and simulated data are mixed"
    return None


CHECKS: tuple[Check, ...] = (
    check_header,
    check_hash,
    check_columns,
    check_sequence,
    check_previous,
    check_stream,
    check_payload,
    check_kind,
    check_mark,
)


def lost_locks(cursor: Any) -> tuple[str, ...]:
    """The database's own locks that somebody took off, changed or added."""
    from importlib import import_module

    wanted: dict[str, str] = import_module("trialwright.store.migrations.0002_triggers").BY_NAME
    there = rows.triggers(cursor)
    gone = [
        f"the trigger {name} was dropped: the database no longer refuses it" for name in wanted if name not in there
    ]
    other = [name for name in there if there[name] != wanted.get(name)]
    return (*gone, *(f"the trigger {printable(name)} is not one the ledger put there" for name in other))


def is_sha256_of(digest: Any, text: Any) -> bool:
    """Whether a stored text is the one its name says."""
    return isinstance(text, str) and _encodes(text) and sha256(text.encode()).hexdigest() == digest


def printable(value: Any) -> str:
    """A stored value that can be shown, whatever somebody put there."""
    return str(value).encode("ascii", "backslashreplace").decode()[:80]


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _place(stored: Stored, walk: Walk, what: str) -> int | None:
    """Where the fault is: the event missing from the sequence, else the one that was read."""
    if what == "seq":
        return walk.seq + 1
    return stored.seq if isinstance(stored.seq, int) else walk.seq + 1
