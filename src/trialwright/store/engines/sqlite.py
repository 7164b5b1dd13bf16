"""SQLite: one file in the study folder, one study, one writer at a time.

Which library and which settings keep a save through a power failure is `store.sqlite`. Reading never writes: a reader
opens the file read-only, and a reader of a folder it may not write to opens it as unchanging.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trialwright.store import rows
from trialwright.store.engines.authorizer import put_on
from trialwright.store.engines.migrating import migrate
from trialwright.store.engines.values import DJANGO_DATABASE
from trialwright.store.errors import (
    DiskFull,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    NoLedger,
    NotALedger,
    OutcomeUnknown,
    Unreadable,
)
from trialwright.store.sqlite import SECONDS_TO_WAIT_FOR_THE_LOCK, check_settings, durability, version_in_use

FILE_NAME = "trial.sqlite3"
MAGIC = b"SQLite format 3\x00"
EVENT_ID = 2  # of the values of an event's row
OF_DJANGO = {"django_migrations", "sqlite_sequence"}
LOCKS = ("0002_triggers", "0003_redaction")
"""The migrations whose BY_NAME holds the triggers as they should be; a later one replaces those of its name."""


class SQLite:
    """What is particular to SQLite."""

    name = "SQLite"
    several_studies = False

    def file(self, folder: Path) -> Path:
        """The file that holds a study folder's ledger."""
        return folder / FILE_NAME

    def database(self, folder: Path, *, read_only: bool) -> dict[str, Any]:
        """The Django database of a study folder."""
        name = _read_only_name(self.file(folder)) if read_only else str(self.file(folder))
        options = _reading() if read_only else _writing()
        return {**DJANGO_DATABASE, "ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options}

    def check_place(self, folder: Path, *, must_exist: bool) -> None:
        """Refuse a path that cannot be, or is not, a ledger's file; looks at 16 bytes and writes nothing."""
        file = self.file(folder)
        if must_exist and file.is_file() and not file.stat().st_size:
            raise NoLedger(f"{file}: the file is empty, there is no ledger in it.")
        if not file.exists():
            if must_exist:
                raise NoLedger(f"{file}: there is no ledger here. A first submission or a rehearsal makes one.")
            if not folder.is_dir():
                raise NoLedger(f"{folder}: there is no such study folder.")
            return
        if not file.is_file():
            raise NotALedger(f"{file}: is not a file.")
        _check_first_bytes(file)

    def holds_something(self, folder: Path) -> bool:
        """Whether the file is there and not empty."""
        file = self.file(folder)
        return file.exists() and file.stat().st_size > 0

    def tables(self, cursor: Any) -> set[str]:
        """The tables of the file."""
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {str(name) for (name,) in cursor.fetchall()} - OF_DJANGO

    def prepare(self, alias: str) -> None:
        """Check the durability of the connection, bring the tables up to date, then let it do nothing but add."""
        from django.db import connections

        with connections[alias].cursor() as cursor:
            check_settings(lambda name: cursor.execute(f"PRAGMA {name}").fetchone()[0], durability(version_in_use()))
        migrate(alias)
        put_on(connections[alias].connection)

    def begin_reading(self, alias: str, *, damaged: bool = True) -> None:
        """Text is read whatever its bytes are, or faster where none is damaged; a transaction is one moment anyway."""
        from django.db import connections

        lenient = (lambda stored: stored.decode(errors="surrogateescape")) if damaged else str
        connections[alias].connection.text_factory = lenient

    def default_study(self, folder: Path) -> str | None:
        """The file is of one study, and says which itself."""
        return None

    def study(self, cursor: Any, wanted: str | None) -> str | None:
        """The study whose ledger the file is; None while it is not opened."""
        named: object = rows.meta(cursor).get("study")
        return named if isinstance(named, str) else None  # verification says that another value was put there

    def target(self, cursor: Any, wanted: str | None) -> str | None:
        """The same: the file is locked already."""
        return self.study(cursor, wanted)

    def meta_of(self, study: str) -> dict[str, str]:
        """The file is of this study, for ever."""
        return {"study": study}

    def lock(self, cursor: Any, chain_id: str) -> None:
        """BEGIN IMMEDIATE has taken the lock of the whole file already."""

    def end(self, cursor: Any, chain_id: str, submission: str, streams: Sequence[str]) -> Callable[[], rows.End]:
        """The lock is had; one question after the other, once it is called."""

        def answer() -> rows.End:
            head, last = rows.head(cursor, chain_id), rows.last_event(cursor, chain_id)
            return rows.End(head, last, self.known(cursor, chain_id, submission, streams))

        return answer

    def known(self, cursor: Any, chain_id: str, submission: str, streams: Sequence[str]) -> rows.Known:
        """The same."""
        return rows.known(cursor, chain_id, submission, streams)

    def together(self, cursor: Any) -> AbstractContextManager[Any]:
        """The library is in the same process: there is nothing to wait for."""
        return nullcontext()

    def pen(self, cursor: Any) -> Any:
        """The same cursor."""
        return cursor

    def add(self, pen: Any, event: Sequence[Any], salt: bytes, body: str) -> None:
        """One after the other."""
        pen.execute(rows.INSERT_EVENT, event)
        rows.insert_payload(pen, event[EVENT_ID], salt, body)

    def move(self, pen: Any, moved: rows.Moved, stands: Sequence[rows.Stand]) -> None:
        """The same."""
        rows.move_head(pen, moved)
        rows.project(pen, moved.chain, stands)

    def lost_locks(self, cursor: Any) -> tuple[str, ...]:
        """Triggers that somebody dropped, changed or added; one may be as an earlier version put it there."""
        wanted: dict[str, set[str]] = {}
        for migration in LOCKS:
            for name, sql in import_module(f"trialwright.store.migrations.{migration}").BY_NAME.items():
                wanted.setdefault(name, set()).add(sql)
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        there: dict[str, str] = dict(cursor.fetchall())
        gone = [f"the trigger {name} was dropped: the database no longer refuses it" for name in wanted.keys() - there]
        other = [name for name in there if there[name] not in wanted.get(name, set())]
        return (*sorted(gone), *(f"the trigger {_shown(name)} is not one the ledger put there" for name in other))

    def damage(self, cursor: Any) -> str | None:
        """What SQLite's own check of its pages finds first."""
        cursor.execute("PRAGMA integrity_check(1)")
        found = str(cursor.fetchone()[0])
        return None if found == "ok" else found

    def refusal(self, wrong: Exception) -> LedgerError:
        """What an error of SQLite during a save means."""
        from django.db.utils import IntegrityError

        says = str(wrong)
        if isinstance(wrong, IntegrityError):
            return LedgerDamaged(f"The database refused the write: {says}. Run: trialwright ledger verify.")
        if "locked" in says:
            return LedgerBusy(f"Another process is writing to this ledger ({says}). Nothing was saved; try again.")
        if "disk is full" in says:
            return DiskFull(f"Nothing was saved: {says}. Make room on the disk; the next save goes in by itself.")
        if "I/O error" in says:
            return OutcomeUnknown(
                f"The disk failed during the save ({says}); whether it was saved is not known. "
                "Submit the same again under the same key: it is saved once, whatever became of it."
            )
        return LedgerError(f"Nothing was saved: {says}.")

    def erase_payload(self, cursor: Any, event_id: str) -> int:
        """The trigger lets it pass where a redaction names the event."""
        return rows.erase_payload(cursor, event_id)

    def make_sure(self, folder: Path) -> None:
        """Sync the log, and the folder a journal was removed from: an error may have come just before that.

        Never the file itself, which was synced before: to close it here would take off SQLite's own locks.
        """
        log = self.file(folder).with_name(FILE_NAME + "-wal")
        try:
            for place in (log, folder) if log.exists() else (folder,):
                _sync(place)
        except OSError as wrong:
            raise OutcomeUnknown(
                f"The save is there, and the disk failed ({wrong.strerror}) when it was to be made sure of. "
                "Submit the same again under the same key."
            ) from wrong

    def rid_of_erased(self, ledger: Any, needles: tuple[bytes, ...]) -> list[str]:
        """Write the file anew and empty its log, then look for the erased bytes; why they may still be there."""
        from django.db import connections

        from trialwright.store.keeping.files import still_there, try_to_scrub

        file = self.file(ledger.folder)
        connections[ledger.alias].close()
        why = try_to_scrub(file)
        return [why] if why else [f"{name} still holds its bytes" for name in still_there(file, needles)]


def _sync(place: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and needs no sync of its own
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _writing() -> dict[str, Any]:
    return {
        "init_command": durability(version_in_use()).init_command,
        "transaction_mode": "IMMEDIATE",
        "timeout": SECONDS_TO_WAIT_FOR_THE_LOCK,
    }


def _reading() -> dict[str, Any]:
    return {"init_command": "PRAGMA query_only=ON", "timeout": SECONDS_TO_WAIT_FOR_THE_LOCK}


def _read_only_name(file: Path) -> str:
    return f"file:{quote(str(file.absolute()))}?mode=ro" + ("&immutable=1" if _is_unchanging(file) else "")


def _is_unchanging(file: Path) -> bool:
    """On a folder nobody here can write to, and with no saves still in the write-ahead log, which must be read too."""
    log = file.with_name(file.name + "-wal")
    waiting = log.exists() and log.stat().st_size > 0
    return not os.access(file.parent, os.W_OK) and not waiting


def _check_first_bytes(file: Path) -> None:
    try:
        with file.open("rb") as stream:
            start = stream.read(len(MAGIC))
    except OSError as wrong:
        raise Unreadable(f"{file}: cannot be read ({wrong.strerror}).") from None
    if start and start != MAGIC:
        raise NotALedger(f"{file}: is not a ledger: the file does not begin as an SQLite database does.")


def _shown(name: Any) -> str:
    return str(name).encode("ascii", "backslashreplace").decode()[:80]
