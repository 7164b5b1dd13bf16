"""Verifies a Trialwright ledger with nothing but Python (3.11 or later) and this one file.

    python verifier.py LEDGER [--anchors PATH] [--key KEY]... [--json]

LEDGER is a study's `trial.sqlite3`, its folder, or a dump; PATH a file or folder of checkpoints kept elsewhere.
Exit codes: 0 as it was written, 10 altered, 11 cut off or rolled back, 12 a fork, 13 a payload missing that nobody
redacted, 14 a projection that the events do not give, 15 could not be read or told. It is written from
docs/reference/ledger-format.md, shares no code with the program, and travels with every archive; a test holds the two
against each other. Where it contradicts the program, ask why. Read `verify`, then `event`.
"""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import json
import re
import sqlite3
import sys
import unicodedata
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

ALTERED, CUT, FORKED, PAYLOAD, PROJECTION, UNREADABLE = 10, 11, 12, 13, 14, 15
HEADER = set(
    "v chain seq id prev pc sub part stream sv type actor role site session-hash at tz reason proto-hash app".split()
)
COLUMNS = "chain seq id sub part stream sv".split()
SYSTEM = set(
    "SystemOpened CheckpointKeyChanged BackupMade LedgerRestored PersonNamed PersonDeactivated PersonReactivated "
    "AccessRestored AccessChanged SignedIn SignInRefused TokenIssued TokenEnded".split()
)
STUDY = set(
    "StudyOpened ProtocolActivated ApprovalEnded AccrualSuspended AccrualResumed StudyStatusDeclared ReferenceRangeSet "
    "SubjectScreened ConsentGiven ConsentWithdrawn ScreeningFailed SubjectRegistered ArmAllocated SubstudyJoined "
    "SubjectMoved SubjectTransferred FormSubmitted FormCorrected CourseStarted DoseReleased TreatmentEnded StudyLeft "
    "SubjectFound EventVoided PayloadRedacted QueryOpened QueryAnswered QueryClosed Signed Locked Unlocked "
    "SourceVerified DictionaryLoaded TermCoded UnlockRequested AuditReviewed DataExported DataImported "
    "RoleGranted RoleEnded TrainingRecorded".split()
)
FOUNDING = SYSTEM | {"StudyOpened", "ProtocolActivated", "PayloadRedacted"}
EVENTS = """SELECT e.chain_id, e.seq, e.event_id, e.submission_id, e.part, e.stream_id, e.stream_version, e.header,
    e.payload_commit, e.prev_hash, e.hash, p.event_id, p.salt, p.body
    FROM ledger_event e LEFT JOIN ledger_payload p ON p.event_id = e.event_id ORDER BY e.chain_id, e.seq"""
REDACTIONS = """SELECT chain_id, submission_id, seq, header FROM ledger_event
    WHERE submission_id LIKE 'redact:%' AND part = 0"""
NOTES = "SELECT chain_id, size, root, note, anchored_to, anchored_at FROM ledger_checkpoint ORDER BY chain_id, size"
TABLES = {
    "ledger_event": "chain_id seq event_id submission_id part stream_id stream_version header payload_commit prev_hash "
    "hash",
    "ledger_payload": "event_id salt body",
    "stored_text": "sha256 kind text",
    "ledger_checkpoint": "chain_id size root note anchored_to anchored_at",
}


class Wrong(Exception):
    """The first thing that is wrong: exit code, event, what, why."""


def wrong(code: int, seq: Any, what: str, why: str) -> NoReturn:
    raise Wrong(code, seq if isinstance(seq, int) else None, what, why)


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


# ---- Ed25519 signatures, RFC 8032 §5.1.7 -----------------------------------------------------------------------------

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]


def add(a: Point, b: Point) -> Point:
    """The sum of two points in extended coordinates (§5.1.4)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, z, t, y = f - e, d - c, d + c, f + e
    return x * z % P, t * y % P, z * t % P, x * y % P


def times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        total = add(total, point) if number & 1 else total
        point, number = add(point, point), number >> 1
    return total


def point_of(coded: bytes) -> Point:
    """The point of 32 bytes (§5.1.3)."""
    number = int.from_bytes(coded, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if len(coded) != 32 or y >= P:
        raise ValueError
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signature_holds(public: bytes, signature: bytes, text: bytes) -> bool:
    """Whether the signature is this key's, over this text."""
    try:
        point, scalar = point_of(public), int.from_bytes(signature[32:], "little")
    except ValueError:
        return False
    if len(signature) != 64 or scalar >= L:
        return False
    told = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    return coded(add(times(scalar, BASE), times(told, (P - point[0], point[1], 1, P - point[3])))) == signature[:32]


def coded(point: Point) -> bytes:
    """The 32 bytes of a point (§5.1.2)."""
    inverse = pow(point[2], -1, P)
    return (point[1] * inverse % P | (point[0] * inverse % P & 1) << 255).to_bytes(32, "little")


def public_half(private: bytes) -> bytes:
    """The public key of a private one (§5.1.5)."""
    number = int.from_bytes(hashlib.sha512(private).digest()[:32], "little") & (1 << 254) - 8 | 1 << 254
    return coded(times(number, BASE))


# ---- the ledger as a file --------------------------------------------------------------------------------------------


def opened(path: Path) -> tuple[sqlite3.Connection, dict[str, Any] | None]:
    """The ledger as a database that is only read; of a dump, a database made of it and its last line."""
    file = path / "trial.sqlite3" if path.is_dir() else path
    try:
        with file.open("rb") as stream:
            start = stream.read(16)
    except OSError as fault:
        wrong(UNREADABLE, None, "file", f"{file}: cannot be read ({fault.strerror})")
    if start != b"SQLite format 3\0":
        return loaded(file)
    database = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    database.text_factory = lambda stored: stored.decode(errors="surrogateescape")
    return database, None


def loaded(file: Path) -> tuple[sqlite3.Connection, dict[str, Any]]:
    """A dump as a database on a temporary file, and its last line."""
    database, end, number = sqlite3.connect(""), None, 0
    for table, columns in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({columns.replace(' ', ', ')})")
    try:
        for number, text in enumerate(file.read_text("utf-8").splitlines()):
            line = json.loads(text)
            if (number == 0 and line.get("dump") != 1) or end is not None:
                raise ValueError
            end = line if "end" in line else None
            for table, row in (line.get("table"), line.get("row")), ("ledger_payload", line.get("payload")):
                if row and table in TABLES and row.get("event_id", row) is not None:
                    keep(database, table, row)
        if end is None or end["lines"] != number:
            raise ValueError
    except (ValueError, KeyError, AttributeError, TypeError):
        wrong(UNREADABLE, None, "file", f"{file}: is neither a ledger nor a whole dump of one (line {number + 1})")
    database.execute("CREATE INDEX payloads ON ledger_payload (event_id)")
    return database, end


def keep(database: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    """One row of a dump; bytes are written as {"hex": …} there."""
    found = map(row.get, TABLES[table].split())
    values = [bytes.fromhex(value["hex"]) if isinstance(value, dict) else value for value in found]
    database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})", values)  # noqa: S608


# ---- events ----------------------------------------------------------------------------------------------------------


def plain(value: Any) -> bool:
    """Whether a value may stand in the ledger: no fraction, no NUL, names of plain letters, numbers below 2^53."""
    if isinstance(value, dict):
        return all(re.fullmatch(r"[A-Za-z0-9_.-]+", key) and plain(each) for key, each in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    if isinstance(value, str):
        return "\0" not in value and unicodedata.is_normalized("NFC", value) and not re.search("[\ud800-\udfff]", value)
    return value is None or isinstance(value, bool) or (type(value) is int and abs(value) < 2**53)


def canonical(text: Any) -> Any:
    """The value of a text in its one spelling (RFC 8785 without fractions); None where it is not."""
    try:
        value = json.loads(text) if isinstance(text, str) else None
        spelt = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return value if spelt == text and plain(value) else None


class Chain:
    """A chain as its events give it so far."""

    def __init__(self, name: str) -> None:
        self.name, self.size, self.hash, self.first = name, 0, b"", ""
        self.tree: list[tuple[int, bytes]] = []
        self.streams: dict[str, tuple[int, int, bytes]] = {}
        self.opened: dict[str, Any] = {}
        self.stood: dict[int, tuple[bytes, str, str]] = {}
        self.signed: list[int] = []

    def grow(self, digest: bytes) -> None:
        """One more leaf: equal trees are joined, from the right (RFC 9162 §2.1.1)."""
        self.size, self.hash, self.first = self.size + 1, digest, self.first or digest.hex()
        self.tree.append((0, digest))
        while len(self.tree) > 1 and self.tree[-1][0] == self.tree[-2][0]:
            (height, left), (_, right) = self.tree[-2:]
            self.tree[-2:] = [(height + 1, sha(b"\1", left, right))]

    def root(self) -> bytes:
        """The root over all events."""
        trees = [digest for _, digest in self.tree]
        top = trees.pop()
        while trees:
            top = sha(b"\1", trees.pop(), top)
        return top

    @property
    def simulated(self) -> bool:
        """Whether its first event says so."""
        return self.opened.get("kind") == "simulated"


class Book:
    """What verification has established; `asked` are the places at which a checkpoint states a root."""

    def __init__(self, database: sqlite3.Connection, end: dict[str, Any] | None, asked: set[tuple[str, int]]) -> None:
        self.database, self.end, self.asked = database, end, asked
        self.chains: dict[str, Chain] = {}
        self.protocols: dict[str, int] = {}
        self.keys: list[bytes] = []
        self.erased: set[tuple[str, str]] = set()
        found = self.rows(REDACTIONS)
        self.redactions = {(c, s[7:]): (n, h) for c, s, n, h in found if isinstance(s, str) and isinstance(h, str)}
        self.notes = self.rows(NOTES)
        self.asked |= {(row[0], row[1]) for row in self.notes}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.database.execute(sql).fetchall()

    def event(self, row: tuple[Any, ...]) -> None:
        """One event: by itself, in its place, with its payload; then the chain grows by it."""
        name, seq, _, _, _, stream, version, text, commit, prev, digest, *_ = row
        chain = self.chains.get(name) or Chain(name)
        here = seq if isinstance(seq, int) else chain.size + 1
        header = canonical(text)
        if not isinstance(header, dict) or set(header) - {"signature-meaning"} != HEADER or header["v"] != 1:
            wrong(ALTERED, here, "header", "it is not canonical, or not of this format")
        if digest != sha(b"\0", text.encode()):
            wrong(ALTERED, here, "hash", "header and hash do not belong together")
        hashes = [stored.hex() if type(stored) is bytes else None for stored in (commit, prev)]
        for key, stored in zip((*COLUMNS, "pc", "prev"), (*row[:7], *hashes), strict=True):
            if type(stored) is not type(header[key]) or stored != header[key]:
                wrong(ALTERED, chain.size + 1 if key == "seq" else here, key, "the column does not repeat the header")
        if name != "system" and any(each not in (name, "system") for each in self.chains):
            wrong(ALTERED, seq, "chain_id", "an event of another chain")
        if seq != chain.size + 1:
            wrong(ALTERED, chain.size + 1, "seq", "an event is missing or was moved")
        self.in_place(chain, header, seq, stream, version)
        says = self.payload(chain, header, row)
        self.kind(chain, header, seq, says, row[3])
        chain.grow(digest)
        self.chains[name] = chain
        chain.streams[stream] = (version, seq, digest)
        if header["proto-hash"] is not None:
            self.protocols.setdefault(header["proto-hash"], seq)
        if (name, seq) in self.asked:
            chain.stood[seq] = chain.root(), digest.hex(), str(header["at"])

    def in_place(self, chain: Chain, header: dict[str, Any], seq: int, stream: str, version: int) -> None:
        """It follows the event before it, in the chain and in its stream."""
        try:
            follows = chain.hash or sha(b"genesis", bytes.fromhex(header["proto-hash"] or ""))
        except (TypeError, ValueError):
            wrong(ALTERED, seq, "header", "what it says of the protocol is no hash")
        if header["prev"] != follows.hex():
            wrong(ALTERED, seq, "prev_hash", "it does not follow the event before it")
        if version != chain.streams.get(stream, (0,))[0] + 1:
            wrong(ALTERED, seq, "stream_version", "the stream skips or repeats a version")

    def payload(self, chain: Chain, header: dict[str, Any], row: tuple[Any, ...]) -> Any:
        """What the event says, as the header commits to it; None where it was redacted."""
        seq, event_id, paid, salt, body = row[1], row[2], *row[11:]
        if paid is not None and salt is None and body is None:
            place, by = self.redactions.get((chain.name, event_id), (0, ""))
            if header["type"] not in FOUNDING and place > seq and '"type":"PayloadRedacted"' in by:
                self.erased.add((chain.name, event_id))
                return None
        if paid is None or salt is None or body is None:
            wrong(PAYLOAD, seq, "payload", "it is missing, and no redaction names it")
        try:
            held = sha(b"\2", salt, body.encode()).hex() == header["pc"]
        except (TypeError, AttributeError, UnicodeEncodeError):
            held = False
        if not held:
            wrong(ALTERED, seq, "payload", "it is not the one the header commits to")
        try:
            return {change["path"]: change["new"] for change in canonical(body)}
        except (TypeError, KeyError):
            return wrong(UNREADABLE, seq, "payload", "it cannot be read")

    def kind(self, chain: Chain, header: dict[str, Any], seq: int, says: Any, key: str) -> None:
        """A known kind, in the chain it belongs to; what the walk goes on with is taken from it."""
        ours, others = (SYSTEM, STUDY) if chain.name == "system" else (STUDY, SYSTEM)
        kind = header["type"]
        if kind in others:
            wrong(ALTERED, seq, "type", "a kind of event that does not belong in this chain")
        if kind not in ours:
            wrong(UNREADABLE, seq, "type", "a kind of event that is not known here")
        says = says or {}
        if kind == "ProtocolActivated":
            self.protocols.setdefault(says.get("file_hash", ""), seq)
        if kind == "CheckpointKeyChanged":
            self.keys.append(decoded(says.get("public_key", "")))
        if kind == "PayloadRedacted" and (says.get("redacts") != key[7:] or (chain.name, key[7:]) not in self.erased):
            wrong(ALTERED, seq, "payload", "it redacts an event that is not there, or whose payload was put back")
        if seq == 1 and kind in ("StudyOpened", "SystemOpened"):
            chain.opened = says
        marked = "simulated" if str(header["app"]).endswith("+simulated") else "real"
        if chain.opened.get("kind") != marked:
            wrong(ALTERED, seq, "app", "the chain does not open as it must, or real and simulated data are mixed")
        if chain.name != "system" and chain.name != f"study:{chain.opened.get('study')}":
            wrong(ALTERED, seq, "chain_id", "the chain is not called after the study that its first event opens")

    def around(self, anchors: Anchors | None) -> None:
        """What is derived from the events, and what was kept elsewhere."""
        study = next((chain.size for name, chain in self.chains.items() if name != "system"), 0)
        self.heads(study)
        for name, size, root, note, *_ in self.notes:
            chain = self.chains.get(name)
            if chain and chain.stood.get(size, (None,))[0] == root and not self.misstated(chain, size, root, note):
                chain.signed.append(size)
        if anchors:
            anchors.judge(self)
        self.database_itself()
        self.texts()
        self.checkpoints()
        self.projections()
        if self.end is None and (pages := self.rows("PRAGMA integrity_check(1)")[0][0]) != "ok":
            wrong(UNREADABLE, None, "file", f"the database file is damaged: {pages!r}")

    def database_itself(self) -> None:
        """It says what the first events say it is, and holds no payload of no event."""
        opened = [item for chain in self.chains.values() for item in chain.opened.items()]
        said = {key: value for key, value in opened if key in ("study", "kind")} | ({"format": "1"} if opened else {})
        if self.end is None and (found := dict(self.rows("SELECT key, value FROM ledger_meta"))) != said:
            place = 1 if set(said.items()) - set(found.items()) else None
            wrong(ALTERED, place, "ledger_meta", "not what the first event says")
        if self.rows("SELECT 1 FROM ledger_payload WHERE event_id NOT IN (SELECT event_id FROM ledger_event)"):
            wrong(ALTERED, None, "ledger_payload", "a payload that belongs to no event")

    def texts(self) -> None:
        """Every protocol that events stand on is there, and every text is the one of its hash."""
        held = {digest: (kind, text) for digest, kind, text in self.rows("SELECT sha256, kind, text FROM stored_text")}
        for digest, (kind, text) in held.items():
            if kind not in ("protocol", "form") or not is_text_of(digest, text):
                wrong(ALTERED, None, "stored_text", "not the text that was stored under its hash")
        for digest, seq in self.protocols.items():
            if digest not in held:
                wrong(PAYLOAD, seq, "stored_text", "the protocol file that events stand on is missing")

    def heads(self, study: int) -> None:
        """Each chain ends where its head row, or the dump's last line, says."""
        if self.end is None:
            ends = self.rows("SELECT chain_id, seq, hash, frontier FROM ledger_head ORDER BY chain_id")
        else:
            ends = [(each["chain"], each["seq"], bytes.fromhex(each["hash"]), None) for each in self.end["end"]]
        for name, seq, digest, frontier in ends:
            chain = self.chains.get(name)
            if chain is None or not isinstance(seq, int) or seq > chain.size:
                last = chain.size if chain else 0 if name == "system" else study
                wrong(CUT, last + 1, "events", f"the head stands at {seq!r} and the events end at {last}")
            if (seq, digest) != (chain.size, chain.hash):
                wrong(ALTERED, seq, "ledger_head", "it is not the last event's")
            if self.end is None and frontier != b"".join(tree for _, tree in chain.tree):
                wrong(ALTERED, seq, "ledger_head.frontier", "it is not that of the events")
        for name in self.chains.keys() - {row[0] for row in ends}:
            wrong(ALTERED, self.chains[name].size, "ledger_head", "there are events and no head row")

    def checkpoints(self) -> None:
        """The checkpoints that the ledger holds are borne out by its events, and signed."""
        for name, size, root, *_ in self.notes:
            chain = self.chains.get(name)
            if chain is None or not isinstance(size, int) or size > chain.size:
                wrong(CUT, (chain.size if chain else 0) + 1, "ledger_checkpoint", "it reaches beyond the events")
            if chain.stood.get(size, (None,))[0] != root:
                wrong(ALTERED, size, "ledger_checkpoint", "its root is not that of these events")
        for name, size, root, note, sent_to, sent_at in self.notes:
            if why := self.misstated(self.chains[name], size, root, note):
                wrong(ALTERED, size, "ledger_checkpoint.note", why)
            if (sent_to is None) != (sent_at is None) or sent_at not in (None, Note(note).at):
                wrong(ALTERED, size, "ledger_checkpoint.anchored_at", "it is not when the note was signed")

    def misstated(self, chain: Chain, size: int, root: bytes, text: Any) -> str | None:
        """Why a note that the ledger holds is not the one that was signed then, or None."""
        try:
            note = Note(text)
        except (ValueError, TypeError, AttributeError):
            return "its note cannot be read"
        right = (
            note.is_of(chain) and (note.size, note.root) == (size, root) and note.verified(keys_of(chain, self.keys))
        )
        return None if right else "its note is of something else, or not signed with a key that is recorded"

    def projections(self) -> None:
        """Each stream is shown where its events leave it."""
        if self.end is not None:
            return
        wanted = {
            (name, stream): (*last, None) for name, c in self.chains.items() for stream, last in c.streams.items()
        }
        found = {row[:2]: row[2:] for row in self.rows("SELECT * FROM projection_subject")}
        for key in sorted({*wanted, *found}, key=str):
            if wanted.get(key) != found.get(key):
                place = wanted[key][1] if key in wanted else None
                wrong(PROJECTION, place, "projection_subject", "not what the events give")


# ---- checkpoints: C2SP signed notes ----------------------------------------------------------------------------------


def decoded(text: Any) -> bytes:
    """The bytes of base64 in its one spelling; none where it is none."""
    try:
        found = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return b""
    return found if base64.b64encode(found).decode() == text else b""


def is_text_of(digest: Any, text: Any) -> bool:
    return isinstance(text, str) and sha(text.encode(errors="surrogateescape")).hex() == digest


def keys_of(chain: Chain, keys: list[bytes]) -> list[bytes]:
    """The keys that count for a chain; a rehearsal signs with one that anybody can work out."""
    return [public_half(sha(f"trialwright simulated checkpoints {chain.first}".encode()))] if chain.simulated else keys


class Note:
    """A checkpoint of six lines, a blank line and its signatures."""

    def __init__(self, whole: str, source: str = "") -> None:
        self.text, _, signatures = whole.rpartition("\n\n")
        self.text, self.source, lines = self.text + "\n", source, self.text.split("\n")
        self.origin, size, root, head, at, app = lines
        self.size, self.root, self.head, self.at = int(size), decoded(root), head[5:], at[3:]
        spelt = f"{self.origin}\n{self.size}\n{root}\nhead {self.head}\nat {self.at}\napp {app[4:]}\n"
        found = [re.fullmatch("— (\\S+) (\\S+)", line) for line in signatures[:-1].split("\n")]
        right = self.text == spelt and signatures.endswith("\n") and all(found)
        if not right or len(self.root) != 32 or self.size < 1:
            raise ValueError
        self.signatures = [(each[1], decoded(each[2])) for each in found if each]
        self.log, chain, self.first, *_ = (*self.origin.split("/"), "", "", "")
        self.chain = unquote(chain)

    def is_of(self, chain: Chain) -> bool:
        """Whether it is of this chain with this first event."""
        log = "trialwright-simulated" if chain.simulated else "trialwright"
        return (self.log, self.chain) == (log, chain.name) and bool(self.first) and chain.first.startswith(self.first)

    def verified(self, keys: list[bytes]) -> bool:
        """Whether a known key signed it, and none that it names did not."""
        answers = []
        for public in keys:
            key_id = sha(self.origin.encode(), b"\n\1", public)[:4]
            answers += [signature_holds(public, made[4:], self.text.encode()) for name, made in self.signatures
                        if (name, made[:4]) == (self.origin, key_id)]  # fmt: skip
        return bool(answers) and all(answers)

    def borne_out(self, chain: Chain) -> bool:
        """Whether the events give what it states."""
        return chain.stood.get(self.size, ())[:2] == (self.root, self.head)


class Anchors:
    """Checkpoints that were kept elsewhere, in a file or a folder, and the keys beside them."""

    def __init__(self, place: Path, keys: list[str]) -> None:
        self.notes: list[Note] = []
        self.said: list[str] = []
        self.keys, self.counted = [decoded(key.split("+", 2)[-1])[1:] for key in keys], 0
        for file in [place] if place.is_file() else sorted(each for each in place.rglob("*") if each.is_file()):
            self.read(file)
        if not place.exists() or not all(len(key) == 32 for key in self.keys):
            raise SystemExit(2)

    def read(self, file: Path) -> None:
        """Every note and key of a file; of a saved mail, of its parts."""
        parts: list[Any] = [file.read_bytes()]
        if file.suffix == ".eml":
            mail = email.message_from_bytes(parts[0], policy=email.policy.default)
            texts = (part for part in mail.walk() if part.get_content_maintype() == "text")
            parts = [part.get_payload(decode=True) or b"" for part in texts]
        text = b"\n".join(parts).decode(errors="replace").replace("\r\n", "\n")
        lines = re.findall(r"(?m)^trialwright\S*/\S+\+\S+\+\S+$", text)
        self.keys += [decoded(line.split("+", 2)[-1])[1:] for line in lines]
        for block in re.split(r"(?m)^(?=trialwright(?:-simulated)?/[^\s+]*$)", text)[1:]:
            found = re.match("(?s).*?\n\n(?:— [^\n]*\n)+", block)
            try:
                note = Note(found[0] if found else "", str(file))
                if all((note.text, note.signatures) != (one.text, one.signatures) for one in self.notes):
                    self.notes.append(note)
            except ValueError:
                self.said.append(f"{file}: a note in it cannot be read")

    def judge(self, book: Book) -> None:
        """Hold every chain against the notes that count; what does not count is said, and is no pass."""
        chains = book.chains.values()
        others = [note for note in self.notes if not any(note.is_of(chain) for chain in chains)]
        doubtful = [note for chain in chains for note in self.hold_chain(book, chain, others)]
        self.said += [f"{note.source}: the note of {note.origin} is of another ledger" for note in others]
        if not chains and any(note.verified(self.keys) for note in others):
            wrong(CUT, 1, "events", "the ledger holds no event, and there are anchors of one")
        if doubtful or not self.counted:
            wrong(
                UNREADABLE, None, "anchors", "no anchor counts, or one that is not verified speaks against the ledger"
            )

    def hold_chain(self, book: Book, chain: Chain, others: list[Note]) -> list[Note]:
        """One chain against its notes; those that are not verified and speak against it."""
        own = [note for note in self.notes if note.is_of(chain)]
        counting = [note for note in own if note.verified(keys_of(chain, book.keys + self.keys))]
        uncounted = [note for note in own if note not in counting]
        self.said += [f"{one.source}: the note of {one.size} events is not verified: no pass" for one in uncounted]
        self.counted += len(counting)
        counting.sort(key=lambda note: (note.size, note.at))
        self.hold(chain, counting)
        if counting and not chain.simulated and not counting[-1].verified(book.keys):
            wrong(CUT, None, "system", "the key of the newest anchor is not recorded: that chain was cut off")
        same = [
            one for one in others if (one.log, one.chain) == ("trialwright", chain.name) and one.verified(self.keys)
        ]
        if same and not counting and not chain.simulated:
            wrong(FORKED, 1, "events", "the anchors are of a ledger that began with another event")
        return [note for note in uncounted if not note.borne_out(chain)]

    @staticmethod
    def hold(chain: Chain, notes: list[Note]) -> None:
        """One chain against its notes: another history before a shorter one."""
        other = [note for note in notes if note.size <= chain.size and not note.borne_out(chain)]
        if other:
            first, place = other[0].size, max((n.size for n in notes if n.size < other[0].size), default=0) + 1
            later = any(chain.stood[note.size][2] > note.at for note in other)
            two = any(a.size == b.size and (a.root, a.head) != (b.root, b.head) for a in notes for b in notes)
            both = any(size >= first for size in [*chain.signed, *(n.size for n in notes if n.borne_out(chain))])
            code, how = (FORKED, "two histories") if later or two or both else (ALTERED, "rewritten and hashed again")
            wrong(code, place, "events", f"{how} between events {place} and {first} of {chain.name}")
        if notes and notes[-1].size > chain.size:
            wrong(CUT, chain.size + 1, "events", f"the newest anchor is of {notes[-1].size} events of {chain.name}")


def verify(path: Path, anchors: Anchors | None = None) -> dict[str, Any]:
    """What `--json` prints: whether the ledger is as it was written, and the first thing that is not."""
    bad, book = None, None
    try:
        asked = {(note.chain, note.size) for note in anchors.notes} if anchors else set()
        book = Book(*opened(path), asked)
        for row in book.database.execute(EVENTS):
            book.event(row)
        book.around(anchors)
    except Wrong as found:
        bad = dict(zip(("code", "seq", "what", "why"), found.args, strict=True))
    except (sqlite3.Error, OverflowError, UnicodeError, ValueError, TypeError) as fault:
        why = f"cannot be read as a ledger ({type(fault).__name__})"
        bad = {"code": UNREADABLE, "seq": None, "what": "file", "why": why}
    finally:
        if book:
            book.database.close()
    chains = book.chains.values() if book else ()
    ends = [{"chain": one.name, "events": one.size, "head": one.hash.hex(), "root": one.root().hex()} for one in chains]
    said = {"counted": anchors.counted, "said": anchors.said} if anchors else None
    return {"ok": bad is None, "code": bad["code"] if bad else 0, "chains": ends, "first_bad": bad, "anchors": said}


def main(arguments: list[str]) -> int:
    """The command line."""
    import argparse

    parser = argparse.ArgumentParser(prog="verifier.py", description="Is a Trialwright ledger what was written?")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--anchors", type=Path)
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    told = verify(asked.ledger, Anchors(asked.anchors, asked.key) if asked.anchors else None)
    bad, unseen = told["first_bad"], ["No anchors were named: a cut-off end or a rewritten chain is not seen."]
    lines = [f"{each['chain']}: {each['events']} events, root {each['root']}" for each in told["chains"]]
    lines += told["anchors"]["said"] if told["anchors"] else unseen
    lines.append(f"{bad['code']}: event {bad['seq']}: {bad['what']}: {bad['why']}" if bad else "0: as it was written")
    sys.stdout.write((json.dumps(told, indent=2) if asked.json else "\n".join(lines)) + "\n")
    return int(told["code"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
