"""Tampering with a ledger's file by whoever owns it: every change of what was recorded is found.

Mutations: each column of each row of each table, to several other values; rows deleted, doubled, swapped and moved
between events; forged histories that are sound in themselves (an event changed, taken out, put in, the order changed,
the end cut off, an older copy put back, another continuation); single bits of the raw file. With the anchor
every one is found, or what can be read is unchanged; what cannot be found without one is stated as such. Verification
never ends in a traceback. Controls: verification without one of its checks misses.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from faults.evidence import Evidence
from faults.forging import Told, history, opened, rewritten
from faults.power import fast
from faults.study import STUDY, founded, saves
from trialwright.core.ledger import Event
from trialwright.store import SeededIssuer, checks, open_study, verify
from trialwright.store.checkpoints.emitting import emit
from trialwright.store.checkpoints.sinks import Folder
from trialwright.store.database import FILE_NAME

QUICK = {"rows": 5, "of each family": 14, "flips": 60, "control": 20}
FULL = {"rows": 75, "of each family": None, "flips": 8000, "control": 300}
TABLES = (
    "ledger_event", "ledger_payload", "ledger_head", "ledger_meta", "ledger_checkpoint", "stored_text",
    "projection_subject",
)  # fmt: skip
FORGED = ("an event changed", "an event taken out", "an event put in", "the order changed", "the end cut off",
          "an older copy put back", "another continuation")  # fmt: skip
TOLD_AS = {
    "an event changed": {10, 12}, "an event put in": {10, 12}, "the order changed": {10, 12}, "the end cut off": {11},
    "an event taken out": {10, 11, 12}, "an older copy put back": {11}, "another continuation": {10, 11, 12},
}  # fmt: skip
NOT_RECORDED = ("where a checkpoint was sent to", "a row deleted from ledger_checkpoint")
"""What may go unseen: the note that was kept elsewhere is what counts, and it is whole."""
CONTROLS = {
    "columns are not compared with the header": ("check_columns", "a value changed in ledger_event"),
    "payloads are not compared with their commitment": ("check_payload", "a value changed in ledger_payload"),
}
Change = Callable[[sqlite3.Connection], Any]
Outcome = str


@dataclass(frozen=True)
class Mutation:
    """One way to tamper: by statements on the open file, or on its raw bytes; `seq` is the event that is wrong."""

    family: str
    change: Change | None = None
    flip: int | None = None
    seq: int | None = None


@dataclass(frozen=True)
class Base:
    """The sound ledger each mutation starts from, the notes of it kept elsewhere, and its file after each save."""

    folder: Path
    content: bytes
    notes: Path | None
    truth: tuple[Event, ...]
    older: tuple[bytes, ...]


def prove(size: str, seed: int = 1) -> Evidence:
    """All mutations with the anchor; the forged ones without; the controls."""
    sizes: dict[str, Any] = FULL if size == "full" else QUICK
    evidence = Evidence("tampering", size, seed)
    with tempfile.TemporaryDirectory(dir=fast()) as name:
        base = founded_base(Path(name) / "study", sizes["rows"])
        mutations = list(chosen(every_mutation(base, sizes, Random(seed)), sizes["of each family"], Random(seed)))
        judge(evidence, tried(base, mutations))
        limits(evidence, base, [each for each in mutations if each.family in FORGED])
        for says, (check, family) in CONTROLS.items():
            some = [each for each in mutations if each.family == family][: sizes["control"]]
            left = tuple(each for each in checks.CHECKS if each.__name__ != check)
            with mock.patch.object(checks, "CHECKS", left):
                missed = sum(each == "missed" for each in tried(base, some, processes=1)[family])
            evidence.control(f"verification in which {says} misses", missed > 0, missed=missed, of=len(some))
    return evidence


def judge(evidence: Evidence, found: dict[str, list[Outcome]]) -> None:
    """What must hold of each family, with the anchor."""
    counts = {family: dict(Counter(outcomes)) for family, outcomes in sorted(found.items())}
    evidence.figures |= {"families": counts, "mutations": sum(map(len, found.values()))}
    for family, outcomes in sorted(counts.items()):
        allowed = {"harmless", "missed"} if family in NOT_RECORDED else {"harmless"}
        bad = [what for what in outcomes if what not in allowed and not what.startswith("found")]
        evidence.check(
            f"{family}: {'no part of the record' if family in NOT_RECORDED else 'found'}", not bad, **outcomes
        )
        codes = {int(what.split()[-1]) for what in outcomes if what.startswith("found")}
        if family in TOLD_AS:
            evidence.check(
                f"{family}: told as {sorted(TOLD_AS[family])}", codes <= TOLD_AS[family], codes=sorted(codes)
            )


def limits(evidence: Evidence, base: Base, mutations: Sequence[Mutation]) -> None:
    """What a chain alone cannot show, stated as such: without an anchor a perfect forgery is a sound ledger."""
    found = tried(replace(base, notes=None), mutations)
    for family, outcomes in sorted(found.items()):
        missed = outcomes.count("missed")
        says = f"without an anchor: {family} and all computed anew is not seen"
        evidence.check(says, missed == len(outcomes), missed=missed, of=len(outcomes))


def founded_base(folder: Path, rows: int) -> Base:
    """A ledger of so many saves, at rest; a signed note was kept elsewhere half-way and at the end."""
    founded(folder, "simulated")
    file, notes, older = folder / FILE_NAME, folder.with_name("notes"), []
    for number, submission in enumerate(saves(rows)):
        older.append(file.read_bytes())
        with open_study(folder, study=STUDY) as ledger:
            ledger.append(submission, SeededIssuer(1))
            if number in (rows // 2, rows - 1):
                assert emit(ledger, "the proof", [Folder(notes)]).findings == ()
    with open_study(folder, read_only=True) as ledger:
        return Base(folder, file.read_bytes(), notes, tuple(ledger.events()), tuple(older))


def chosen(mutations: Iterable[Mutation], of_each: int | None, chance: Random) -> Iterator[Mutation]:
    """Every mutation, or some of each family."""
    by_family: dict[str, list[Mutation]] = defaultdict(list)
    for each in mutations:
        by_family[each.family].append(each)
    for family, of_it in sorted(by_family.items()):
        all_of_it = of_each is None or family == "a bit flipped" or len(of_it) <= of_each
        yield from of_it if all_of_it else chance.sample(of_it, of_each or 0)


# --- trying ---------------------------------------------------------------------------------------------------------


def tried(base: Base, mutations: Sequence[Mutation], processes: int = 2) -> dict[str, list[Outcome]]:
    """What became of each mutation, by family."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    if processes == 1 or len(mutations) < 300:
        outcomes = [outcome(base, each) for each in mutations]
    else:
        _handed_over[:] = [base, mutations]
        with ProcessPoolExecutor(processes, get_context("fork")) as pool:
            outcomes = list(pool.map(_outcome_at, range(len(mutations)), chunksize=50))
    for each, what in zip(mutations, outcomes, strict=True):
        if what != "impossible":
            found[each.family].append(what)
    return found


_handed_over: list[Any] = []  # to the forked processes, since statements cannot be pickled


def _outcome_at(place: int) -> Outcome:
    base, mutations = _handed_over
    return outcome(base, mutations[place])


def outcome(base: Base, mutation: Mutation) -> Outcome:
    """Tamper with a fresh copy, and verify it."""
    with tempfile.TemporaryDirectory(dir=base.folder.parent) as name:
        folder = Path(name)
        if not tampered(base, mutation, folder / FILE_NAME):
            return "impossible"
        try:
            answer = verify(folder, anchors=base.notes)
        except Exception as wrong:
            return f"traceback: {type(wrong).__name__}"
        if answer.ok:
            return "harmless" if mutation.flip is not None and unchanged(base, folder) else "missed"
        assert answer.first_bad is not None
        exactly = mutation.seq in (None, answer.first_bad.seq)
        return f"found, {answer.code}" if exactly else f"found elsewhere, {answer.code}"


def tampered(base: Base, mutation: Mutation, file: Path) -> bool:
    """Whether the change could be made: a database's own checks refuse some."""
    content = bytearray(base.content)
    if mutation.flip is not None:
        content[mutation.flip // 8] ^= 1 << mutation.flip % 8
    file.write_bytes(content)
    if mutation.change is None:
        return True
    try:
        with opened(file) as connection:
            return mutation.change(connection) is not False and connection.total_changes > 0
    except sqlite3.IntegrityError:
        return False


def unchanged(base: Base, folder: Path) -> bool:
    """Whether everything that was recorded still reads as it did."""
    with open_study(folder, read_only=True) as ledger:
        return tuple(ledger.events()) == base.truth


# --- mutations ------------------------------------------------------------------------------------------------------


def every_mutation(base: Base, sizes: dict[str, Any], chance: Random) -> Iterator[Mutation]:
    """All of them, in a fixed order."""
    with closing(sqlite3.connect(base.folder / FILE_NAME)) as connection:
        yield from cells(connection)
        yield from whole_rows(connection)
        yield from forgeries(base, history(connection))
    for place in chance.sample(range(len(base.content) * 8), sizes["flips"]):
        yield Mutation("a bit flipped", flip=place)


def cells(connection: sqlite3.Connection) -> Iterator[Mutation]:
    """Each value of each row of each table, changed to several others."""
    for table in TABLES:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        rows = connection.execute(f"SELECT rowid, * FROM {table}").fetchall()
        for row, following in zip(rows, rows[1:] + rows[:1], strict=True):
            seq = row[columns.index("seq") + 1] if table == "ledger_event" else None
            for place, column in enumerate(columns, start=1):
                family = NOT_RECORDED[0] if column == "anchored_to" else f"a value changed in {table}"
                for new in others(row[place], following[place]):
                    where = None if column in ("chain_id", "seq") else seq
                    change = partial(_set, table, column, new, row[0])
                    yield Mutation(family, change, seq=where)


def others(value: Any, of_another_row: Any) -> list[Any]:
    """Values that a stored value could be changed into."""
    match value:
        case int():
            made = [value + 1, value - 1, -value, str(value) + " ", None]
        case bytes():
            made = [
                bytes([value[0] ^ 1]) + value[1:],
                value[:-1] + bytes([value[-1] ^ 128]),
                value[:-1],
                value.hex(),
                None,
            ]
        case str():
            half = len(value) // 2
            made = [value + " ", value[:half] + "#" + value[half + 1 :], value.swapcase(), value.encode(), "", None]
        case _:
            made = ["1"]
    return [new for new in [*made, of_another_row] if new != value or type(new) is not type(value)]


def _set(table: str, column: str, new: Any, row: int, connection: sqlite3.Connection) -> bool:
    """Whether there is another value now: a column turns some texts into the number that was there."""
    stored = f"SELECT quote({column}) FROM {table} WHERE rowid = ?"
    before = connection.execute(stored, (row,)).fetchone()
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
    return bool(connection.execute(stored, (row,)).fetchone() != before)


def _run(statement: str, values: Sequence[Any], connection: sqlite3.Connection) -> None:
    connection.execute(statement, values)


def whole_rows(connection: sqlite3.Connection) -> Iterator[Mutation]:
    """Rows deleted, doubled, swapped; payloads moved to another event."""
    for table in TABLES:
        for (row,) in connection.execute(f"SELECT rowid FROM {table}").fetchall():
            yield Mutation(f"a row deleted from {table}", partial(_run, f"DELETE FROM {table} WHERE rowid = ?", (row,)))
    events = connection.execute(
        "SELECT seq, event_id FROM ledger_event WHERE chain_id LIKE 'study:%' ORDER BY seq"
    ).fetchall()
    for (seq, event_id), (after, following_id) in pairwise(events):
        yield Mutation("two events swapped", partial(_swap, "ledger_event", "seq", seq, after), seq=seq)
        yield Mutation(
            "two payloads swapped", partial(_swap, "ledger_payload", "event_id", event_id, following_id), seq=seq
        )
        yield Mutation("an event doubled", partial(_double, seq, len(events) + 1))


def _swap(table: str, column: str, one: Any, other: Any, connection: sqlite3.Connection) -> None:
    between = -1 if isinstance(one, int) else "between"
    for old, new in ((one, between), (other, one), (between, other)):
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old))


def _double(seq: int, new_seq: int, connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO ledger_event SELECT chain_id, ?, event_id || '-', submission_id || '-', part, stream_id, "
        "stream_version + 1000, header, payload_commit, prev_hash, hash FROM ledger_event WHERE seq = ?",
        (new_seq, seq),
    )  # fmt: skip


def forgeries(base: Base, events: list[Told]) -> Iterator[Mutation]:
    """Histories that are sound in themselves, and not the one that was recorded."""
    for place in range(1, len(events)):
        told = events[place]
        changed = [told.by("u9"), told.saying('"v":"1', '"v":"9'), replace(told, salt=bytes(32))]
        for other in changed:
            yield _forged("an event changed", [*events[:place], other, *events[place + 1 :]])
        yield _forged("an event taken out", events[:place] + events[place + 1 :])
        forged = replace(told, header={**told.header, "id": told.header["id"][:-1] + "g", "sub": "forged"})
        yield _forged("an event put in", [*events[:place], forged, *events[place:]])
        if place + 1 < len(events):
            yield _forged("the order changed", [*events[:place], events[place + 1], told, *events[place + 2 :]])
    for last in range(max(1, len(events) - 50), len(events)):
        yield _forged("the end cut off", events[:last])
        yield Mutation("an older copy put back", partial(_older, base, last - 1, 0))
        yield Mutation("another continuation", partial(_older, base, last - 1, len(events) - last + last % 3))


def _forged(family: str, events: list[Told]) -> Mutation:
    return Mutation(family, partial(_rewrite, events))


def _rewrite(events: list[Told], connection: sqlite3.Connection) -> None:
    rewritten(connection, events)


def _older(base: Base, count: int, more: int, connection: sqlite3.Connection) -> None:
    """The file as it was after so many saves, and other saves after them, through the ledger's own code."""
    with tempfile.TemporaryDirectory(dir=base.folder.parent) as name:
        folder = Path(name)
        (folder / FILE_NAME).write_bytes(base.older[count])
        if more:
            with open_study(folder, study=STUDY) as ledger:
                ledger.append_many(saves(more, first=5000), SeededIssuer(1))
        with closing(sqlite3.connect(folder / FILE_NAME)) as older:
            older.backup(connection)
    connection.execute("CREATE TABLE touched (x)")
    connection.execute("INSERT INTO touched VALUES (1)")  # a backup counts no changes
    connection.execute("DROP TABLE touched")
