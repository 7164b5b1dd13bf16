"""The checks of one stored event: by itself, in its place, with its payload.

Each check is a function of the stored row and the walk so far, and answers with what is wrong or None. `CHECKS` is the
order in which they are asked; `Walk` is what the events before have established, recomputed and never read back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple

from trialwright.core.ledger import (
    KINDS,
    NEVER_REDACTED,
    SYSTEM_KINDS,
    CheckpointKeyChanged,
    PayloadRedacted,
    ProtocolActivated,
    StudyOpened,
    SystemOpened,
)
from trialwright.store import chain, glance, rows
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


class Stored(NamedTuple):
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


class End(NamedTuple):
    """Where a chain was found to end: how many events, the hash of the last, the frontier, and what opened it."""

    seq: int
    hash: bytes
    frontier: tuple[bytes, ...]
    opened: StudyOpened | SystemOpened | None


@dataclass
class Walk:
    """What the events so far have established; chain after chain, the study's before the database's own."""

    only: frozenset[str] | None = None
    several_studies: bool = False
    ends: dict[Any, End] = field(default_factory=dict)
    expected_hash: str | None = None
    expected_seq: int | None = None
    meta: dict[str, str] = field(default_factory=dict)
    checkpoints: dict[tuple[Any, Any], bytes] = field(default_factory=dict)
    chain: Any = None
    seq: int = 0
    hash: bytes = b""
    frontier: tuple[bytes, ...] = ()
    header: dict[str, Any] = field(default_factory=dict)
    opened: StudyOpened | SystemOpened | None = None
    streams: dict[tuple[str, str], tuple[int, int, bytes]] = field(default_factory=dict)
    protocols: dict[str, int] = field(default_factory=dict)
    roots: dict[tuple[Any, Any], bytes] = field(default_factory=dict)
    main: str | None = None
    seen_expected: set[str] = field(default_factory=set)
    redactions: dict[tuple[Any, Any], tuple[Any, str]] = field(default_factory=dict)
    redacted: set[tuple[Any, Any]] = field(default_factory=set)
    anchors: Any = None
    judged: Any = None
    wanted: frozenset[tuple[Any, Any]] = frozenset()
    stood: dict[tuple[Any, Any], tuple[bytes, str, str]] = field(default_factory=dict)
    firsts: dict[Any, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    def turn_to(self, chain_id: Any) -> None:
        """The events of another chain begin; where it stands alone, nothing of the one before counts."""
        if chain_id != self.chain:
            self.chain, self.seq, self.hash, self.frontier, self.opened = chain_id, 0, b"", (), None

    def covers(self, chain_id: Any) -> bool:
        """Whether a chain is one of those that are verified."""
        return self.only is None or chain_id in self.only

    def last_of_study(self, chain_id: Any) -> int:
        """Where the study of a file ends: what names another study there can only be of this one."""
        if self.several_studies or chain_id == chain.SYSTEM_CHAIN:
            return 0
        return next((end.seq for name, end in self.ends.items() if name != chain.SYSTEM_CHAIN), 0)

    def step(self, stored: Stored) -> None:
        """One more sound event."""
        self.hash = stored.hash
        self.frontier = chain.grow(self.frontier, self.seq, self.hash)
        self.chain, self.seq = stored.chain_id, stored.seq
        self.ends[self.chain] = End(self.seq, self.hash, self.frontier, self.opened)
        self.streams[stored.chain_id, stored.stream_id] = (stored.stream_version, self.seq, self.hash)
        if self.header["proto-hash"] is not None:
            self.protocols.setdefault(self.header["proto-hash"], self.seq)
        self._note_the_root()
        if self.hash.hex() == self.expected_hash and self.expected_seq in (None, self.seq):
            self.seen_expected.add(self.expected_hash)

    def _note_the_root(self) -> None:
        """Where a checkpoint, or a note kept elsewhere, speaks of so many events: what they were."""
        place = self.chain, self.seq
        if self.seq == 1:
            self.firsts[self.chain] = self.hash.hex()
        if place in self.checkpoints or place in self.wanted:
            self.roots[place] = chain.root(self.frontier)
            self.stood[place] = self.roots[place], self.hash.hex(), str(self.header["at"])

    def founding(self) -> dict[str, str]:
        """What the first events of the chains say the database is."""
        said: dict[str, str] = {}
        for opened in (end.opened for end in self.ends.values()):
            if isinstance(opened, StudyOpened) and not self.several_studies:
                said["study"] = opened.study
            if opened is not None:
                said |= {"kind": opened.kind, "format": str(chain.HEADER_VERSION)}
        return said


Fault = tuple[int, str, str]
Check = Callable[[Stored, Walk], Fault | None]


def first_bad(stored: Stored, walk: Walk) -> Bad | None:
    """The first check an event fails, or None; a sound event moves the walk on."""
    walk.turn_to(stored.chain_id)
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
    if (common := glance.header_of(stored.header)) is not None:
        walk.header = common
        return None
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
_SAID = itemgetter(*(key for _, key in COLUMNS))
NOTED = {kind.__name__ for kind in (StudyOpened, SystemOpened, ProtocolActivated, CheckpointKeyChanged)}
"""Kinds of event whose contents the walk goes on with."""


def check_columns(stored: Stored, walk: Walk) -> Fault | None:
    """Every column repeats the header."""
    if _repeats(stored, walk.header):
        return None
    for column, key in COLUMNS:
        found, said = getattr(stored, column), walk.header[key]
        if column in HASHES:
            found = found.hex() if type(found) is bytes else None  # the same digits as text are another value
        if type(found) is not type(said) or found != said:
            return ALTERED, column, f"the column and the header's {key} differ"
    return None


def _repeats(stored: Stored, header: dict[str, Any]) -> bool:
    """The same at a glance; False says only that the columns must be looked at one by one."""
    if not (type(stored.payload_commit) is type(stored.prev_hash) is bytes):
        return False
    if not (type(stored.seq) is type(stored.part) is type(stored.stream_version) is int):
        return False
    digests = stored.payload_commit.hex(), stored.prev_hash.hex()
    return bool((*stored[:7], *digests) == _SAID(header))


def check_sequence(stored: Stored, walk: Walk) -> Fault | None:
    """Without a gap, in a chain that this database may hold: of one study in a file, of several on a server."""
    other = walk.seq == 0 and any(each not in (walk.chain, chain.SYSTEM_CHAIN) for each in walk.ends)
    if other and walk.chain != chain.SYSTEM_CHAIN and not walk.several_studies:
        return ALTERED, "chain_id", "an event of another chain"
    if stored.seq != walk.seq + 1:
        return ALTERED, "seq", f"after event {walk.seq} comes {stored.seq}: an event is missing or was moved"
    return None


def check_previous(stored: Stored, walk: Walk) -> Fault | None:
    """The event follows the one before it; the first follows the protocol."""
    try:
        expected = walk.hash or chain.genesis(walk.header["proto-hash"])
    except (TypeError, ValueError):
        return ALTERED, "header", "what it says of the protocol is no hash"
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
    if stored.payload_of is not None and stored.salt is None and stored.body is None and _is_redacted(stored, walk):
        walk.redacted.add((stored.chain_id, stored.event_id))
        return None
    if stored.payload_of is None or stored.salt is None or stored.body is None:
        return PAYLOAD, "payload", "it is missing, and no redaction names it"
    if type(stored.salt) is not bytes or type(stored.body) is not str or not _encodes(stored.body):
        return ALTERED, "payload", "salt or body is of the wrong type"
    if chain.payload_commitment(stored.salt, stored.body).hex() != walk.header["pc"]:
        return ALTERED, "payload", "salt or body is not the one the header commits to"
    return None


def _is_redacted(stored: Stored, walk: Walk) -> bool:
    """Whether a later event of the chain says that this one's payload was erased, and it is one that may be."""
    seq, kind = walk.redactions.get((stored.chain_id, stored.event_id), (0, ""))
    may_be = walk.header["type"] not in NEVER_REDACTED
    return may_be and kind == PayloadRedacted.__name__ and isinstance(seq, int) and bool(seq > stored.seq)


def redactions(cursor: Any) -> dict[tuple[Any, Any], tuple[Any, str]]:
    """Where the ledger says that a payload was erased: place and kind of what says so, by chain and event."""
    found = {}
    for chain_id, key, seq, header in rows.redaction_rows(cursor):
        if isinstance(key, str) and isinstance(header, str):
            kind = PayloadRedacted.__name__ if f'"type":"{PayloadRedacted.__name__}"' in header else ""
            found[chain_id, key.removeprefix(rows.REDACTS)] = (seq, kind)
    return found


def check_redaction(stored: Stored, walk: Walk) -> Fault | None:
    """What a redaction names is an earlier event of the chain, and is erased."""
    if walk.header["type"] != PayloadRedacted.__name__ or stored.body is None:
        return None
    named = stored.submission_id.removeprefix(rows.REDACTS)
    said = next((change["new"] for change in json.loads(stored.body) if change["path"] == "redacts"), None)
    if said != named or (stored.chain_id, named) not in walk.redacted:
        return ALTERED, "payload", "it names an event as redacted that is not there, or whose payload was put back"
    return None


def check_kind(stored: Stored, walk: Walk) -> Fault | None:
    """The event is of a kind this program knows, in the chain it belongs to, and can be read."""
    kinds, others = (SYSTEM_KINDS, KINDS) if walk.chain == chain.SYSTEM_CHAIN else (KINDS, SYSTEM_KINDS)
    if walk.header["type"] in others:
        return ALTERED, "type", "a kind of event that does not belong in this chain"
    if walk.header["type"] not in kinds:
        return UNREADABLE, "type", "a kind of event this program does not know; a later version may have written it"
    if stored.body is None or (
        walk.header["type"] not in NOTED and walk.seq > 0 and glance.can_be_read(walk.header, stored.body)
    ):
        return None
    try:
        event = read_event(walk.header, stored.body)
    except LedgerError as wrong:
        return UNREADABLE, "payload", str(wrong)
    if isinstance(event, ProtocolActivated):
        walk.protocols.setdefault(event.file_hash, stored.seq)
    if isinstance(event, CheckpointKeyChanged):
        walk.keys.append(event.public_key)
    if walk.seq == 0:
        walk.opened = event if isinstance(event, StudyOpened | SystemOpened) else None
    return None


def check_mark(stored: Stored, walk: Walk) -> Fault | None:
    """Real or simulated, from the first event on, and each header says which."""
    marked = SIMULATED if chain.is_simulated(walk.header["app"]) else REAL
    if walk.opened is None or walk.opened.kind != marked:
        return ALTERED, "app", "the chain does not open as it must, or real and simulated data are mixed"
    if isinstance(walk.opened, StudyOpened) and walk.chain != chain.STUDY_CHAIN + walk.opened.study:
        return ALTERED, "chain_id", "the chain is not called after the study that its first event opens"
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
    check_redaction,
    check_mark,
)


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
