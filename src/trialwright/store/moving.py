"""A study's ledger as one file of text, and back into a database of either kind.

One JSON document stands on each line, in the ledger's own spelling: what the file is, then every column of every event
with its payload, the study's chain before the database's own, then texts and checkpoints, and last where the chains
end. The same ledger gives the same bytes from SQLite and from PostgreSQL. A damaged ledger is not dumped; what is
loaded is verified before it is committed, and goes only where the study has no ledger yet. Read `dump` and `load`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from trialwright.core.terms import Finding
from trialwright.store import chain, rows
from trialwright.store.canonical import NotCanonical, read_canonical, spell
from trialwright.store.checks import Bad, Stored, Walk
from trialwright.store.database import ledger_file, on_server
from trialwright.store.engines import engine_of
from trialwright.store.errors import LedgerDamaged, LedgerError, NoLedger, NotALedger
from trialwright.store.ledger import Ledger
from trialwright.store.open import check_file, check_tables, connected, open_study
from trialwright.store.verification import Verification, examine
from trialwright.store.writer import transaction_on

VERSION = 1
TABLES = rows.TABLES_LOADED
"""The columns of each kind of line; an event's line holds its payload beside its row."""
LEFT_OUT = (
    "the dump's chain of its database, since this one has its own, and the checkpoints, whose keys that chain names; "
    "keep the dump and the notes that were sent elsewhere"
)
SIDE_FILES = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Moved:
    """What was written or read: the study, where each chain ends, and what was left out."""

    study: str
    kind: str
    ends: dict[str, dict[str, Any]]
    left_out: str = ""


class Damaged(LedgerDamaged):
    """The ledger is not what was written, and is not carried on as if it were."""

    def __init__(self, bad: Bad) -> None:
        self.verification = Verification(False, 0, None, bad)
        super().__init__(f"{self.verification.findings()[0].says} It was not dumped.")


class NoDump(NotALedger):
    """The file is not a dump, or not all of one."""


# --- out ---------------------------------------------------------------------------------------------------------


def dump(folder: Path | str, file: Path | str, *, study: str | None = None) -> Moved:
    """Write the ledger of a study folder into a new file, after verifying every event that goes into it."""
    from django.db import connections, transaction
    from django.db.utils import DatabaseError

    place, target = Path(folder), Path(file)
    check_file(place, must_exist=True)
    check_tables(place)
    try:
        with connected(place, read_only=True) as alias, _new_file(target) as out:
            engine = engine_of(alias)
            with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
                engine.begin_reading(alias)
                return _dump(alias, cursor, out, study or engine.default_study(place))
    except (DatabaseError, UnicodeError, TypeError, ValueError) as wrong:
        raise LedgerDamaged(
            f"The ledger cannot be read ({type(wrong).__name__}); nothing was dumped. Run: trialwright ledger verify."
        ) from wrong


def _dump(alias: str, cursor: Any, out: IO[str], study: str | None) -> Moved:
    study = engine_of(alias).study(cursor, study)
    kind = rows.meta(cursor).get("kind")
    if study is None or kind is None:
        raise NoLedger("There is no study in this ledger yet: there is nothing to dump.")
    lines = 0

    def write(line: dict[str, Any]) -> None:
        nonlocal lines
        out.write(spell(line) + "\n")
        lines += 1

    walk = Walk()
    write({"dump": VERSION, "format": str(chain.HEADER_VERSION), "kind": kind, "study": study})
    bad = examine(alias, cursor, walk, study, tap=lambda stored: write(_event_line(stored)))
    if bad is not None:
        raise Damaged(bad)
    for row in rows.texts(cursor):
        if not walk.several_studies or row[0] in walk.protocols:
            write(_line("stored_text", row))
    for row in rows.checkpoint_rows(cursor):
        if walk.covers(row[0]):
            write(_line("ledger_checkpoint", row))
    ends = {name: {"hash": end.hash.hex(), "seq": end.seq} for name, end in walk.ends.items()}
    write({"end": [{"chain": name, **end} for name, end in ends.items()], "lines": lines})
    return Moved(study, kind, ends)


def _event_line(stored: Stored) -> dict[str, Any]:
    row = tuple(getattr(stored, column) for column in TABLES["ledger_event"])
    payload = {"event_id": stored.payload_of, "salt": _plain(stored.salt), "body": stored.body}
    return _line("ledger_event", row) | {"payload": payload}


def _line(table: str, row: tuple[Any, ...]) -> dict[str, Any]:
    return {"table": table, "row": {column: _plain(value) for column, value in zip(TABLES[table], row, strict=True)}}


def _plain(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


@contextmanager
def _new_file(target: Path) -> Iterator[IO[str]]:
    """A file that appears under its name when it is whole and on the disk, and never over another one."""
    if target.exists():
        raise LedgerError(f"{target}: is there already, and is left as it is. Name a new file.")
    handle, name = tempfile.mkstemp(prefix=".dump-", dir=target.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.link(name, target)
    except FileExistsError:
        raise LedgerError(f"{target}: has appeared meanwhile, and is left as it is. Name a new file.") from None
    finally:
        os.unlink(name)


# --- in ----------------------------------------------------------------------------------------------------------


def load(folder: Path | str, file: Path | str) -> Moved:
    """Put a dump into a folder, or a server's database, that holds no ledger of the study; verified, or not at all."""
    place, source = Path(folder), Path(file)
    header = next(_lines(source))[1]
    study, kind = _opening(header)
    fresh = not on_server() and not ledger_file(place).exists()
    try:
        with open_study(place, kind, study=study) as ledger:
            return _load(ledger, source, study, kind)
    except BaseException:
        if fresh and not on_server():
            for end in SIDE_FILES:
                Path(f"{ledger_file(place)}{end}").unlink(missing_ok=True)
        raise


@dataclass
class Loading:
    """What was put in so far."""

    cursor: Any
    keeps_system: bool
    frontiers: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    ends: dict[str, dict[str, Any]] = field(default_factory=dict)
    streams: dict[tuple[str, str], tuple[int, int, bytes]] = field(default_factory=dict)
    redacted: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)

    def take(self, line: dict[str, Any]) -> None:
        """One line of the dump, as its row was."""
        table = line["table"]
        row = {column: _bytes(value) for column, value in line["row"].items()}
        if set(row) != set(TABLES[table]):
            raise KeyError(table)
        PUT[table](self, row, line)

    def event(self, row: dict[str, Any], line: dict[str, Any]) -> None:
        """An event and its payload; a redacted one is erased again at the end, as the database lets it."""
        name, seq = row["chain_id"], row["seq"]
        if not self.takes(name):
            return
        rows.insert_row(self.cursor, "ledger_event", row)
        salt, body = _bytes(line["payload"]["salt"]), line["payload"]["body"]
        if salt is None and body is None:
            self.redacted.append(row["event_id"])
            salt, body = bytes(chain.HASH_BYTES), ""
        rows.insert_payload(self.cursor, row["event_id"], salt, body)
        self.frontiers[name] = chain.grow(self.frontiers.get(name, ()), seq - 1, row["hash"])
        self.ends[name] = {"hash": row["hash"].hex(), "seq": seq}
        self.streams[name, row["stream_id"]] = (row["stream_version"], seq, row["hash"])

    def text(self, row: dict[str, Any], line: dict[str, Any]) -> None:
        """A text, where the database does not hold it yet."""
        if not rows.holds_text(self.cursor, row["sha256"]):
            rows.insert_text(self.cursor, row["sha256"], row["kind"], row["text"])

    def checkpoint(self, row: dict[str, Any], line: dict[str, Any]) -> None:
        """A checkpoint as it was kept, where the chain that names its key is kept too."""
        if self.keeps_system:
            rows.insert_row(self.cursor, "ledger_checkpoint", row)

    def takes(self, chain_id: str) -> bool:
        """Whether a chain is put in: the database's own only where there is none yet."""
        return self.keeps_system or chain_id != chain.SYSTEM_CHAIN

    def finish(self, erase: Callable[[str], int]) -> None:
        """What is derived: heads and projections; and what was erased is erased again."""
        for event_id in self.redacted:
            erase(event_id)
        for name, end in self.ends.items():
            digest = bytes.fromhex(end["hash"])
            rows.move_head(self.cursor, rows.Moved(name, end["seq"], digest, chain.pack(self.frontiers[name]), True))
        for (name, stream), (version, seq, digest) in self.streams.items():
            rows.project(self.cursor, name, [rows.Stand(stream, version, seq, digest, None)])


PUT: dict[str, Callable[[Loading, dict[str, Any], dict[str, Any]], None]] = {
    "ledger_event": Loading.event,
    "stored_text": Loading.text,
    "ledger_checkpoint": Loading.checkpoint,
}


def _load(ledger: Ledger, source: Path, study: str, kind: str) -> Moved:
    engine, study_chain = engine_of(ledger.alias), chain.STUDY_CHAIN + study
    with transaction_on(ledger.alias) as cursor:
        for name in (study_chain, chain.SYSTEM_CHAIN):
            engine.lock(cursor, name)
        there = rows.chains(cursor)
        if study_chain in there or (there and not engine.several_studies):
            raise LedgerError(
                f"There is a ledger of {engine.study(cursor, study) or 'another study'} already: a dump is loaded only "
                "where there is none, and nothing was touched. Load it into a new folder or database."
            )
        _say_what_it_is(cursor, engine.meta_of(study) | {"kind": kind, "format": str(chain.HEADER_VERSION)})
        loading = Loading(cursor, chain.SYSTEM_CHAIN not in there)
        told = _take_all(loading, source)
        loading.finish(lambda event_id: engine.erase_payload(cursor, event_id))
        _compare(loading, told)
        bad = examine(ledger.alias, cursor, Walk(), study)
        if bad is not None:
            says = Verification(False, 0, None, bad).findings()[0].says
            raise LedgerDamaged(f"The dump is not what was written: {says} Nothing was loaded.")
    left = "" if loading.keeps_system else LEFT_OUT
    return Moved(study, kind, loading.ends, left)


def _say_what_it_is(cursor: Any, meta: dict[str, str]) -> None:
    known = rows.meta(cursor)
    for key in sorted(meta.keys() - known):
        rows.set_meta(cursor, key, meta[key])


def _take_all(loading: Loading, source: Path) -> dict[str, dict[str, Any]]:
    """Every line between the first and the last; the last says where the chains end."""
    end: dict[str, Any] | None = None
    number = 0
    for number, line in _lines(source):
        if end is not None:
            raise NoDump(f"{source}:{number}: there is more after the line that ends the dump. Nothing was loaded.")
        if number == 1:
            continue
        if "end" in line:
            end = line
            continue
        with _said_of(source, number):
            loading.take(line)
    if end is None or end.get("lines") != number - 1:
        raise NoDump(f"{source}: the dump is not whole: its last line is missing, or lines are. Nothing was loaded.")
    with _said_of(source, number):
        return {each["chain"]: {"hash": each["hash"], "seq": each["seq"]} for each in end["end"]}


def _compare(loading: Loading, told: dict[str, dict[str, Any]]) -> None:
    wanted = {name: end for name, end in told.items() if loading.takes(name)}
    if wanted != loading.ends:
        raise NoDump("The dump does not end where it says: events are missing. Nothing was loaded.")


def _opening(header: dict[str, Any]) -> tuple[str, str]:
    if header.get("dump") != VERSION or header.get("format") != str(chain.HEADER_VERSION):
        raise NoDump(
            f"This is no dump of a ledger that this program knows (dump {VERSION}, format {chain.HEADER_VERSION})."
        )
    return str(header.get("study")), str(header.get("kind"))


def _lines(source: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line with its number; a file without any is no dump."""
    number = 0
    with source.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            with _said_of(source, number):
                line = read_canonical(raw.removesuffix(b"\n").decode())
                if not isinstance(line, dict):
                    raise KeyError("a line is one document")
            yield number, line
    if not number:
        raise NoDump(f"{source}: the file is empty.")


@contextmanager
def _said_of(source: Path, number: int) -> Iterator[None]:
    """What is wrong with a line is said with its number, and never with what it holds."""
    try:
        yield
    except (NotCanonical, UnicodeError, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise NoDump(
            f"{source}:{number}: is not a line of a dump ({type(wrong).__name__}). Nothing was loaded."
        ) from None


def _bytes(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def refused(wrong: LedgerError) -> Finding:
    """The finding for a dump or a load that was refused."""
    return Finding(
        about="ledger",
        says=str(wrong),
        matters="A ledger is carried on whole and verified, or not at all.",
        do="Put that right and do it again; what was there is as it was.",
    )
