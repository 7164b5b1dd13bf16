"""Opening a study folder's ledger: as its writer, or read-only.

A folder may be opened several times, and several folders at once, in one process; each opening has its own database
alias and its own connection, closed at the end. The database decides who writes: nothing here locks. A new ledger is
made only for a writer. Read `open_study` first.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trialwright.store.database import database_of, ledger_file
from trialwright.store.errors import NoLedger, NotALedger, Unreadable, WrongKind, WrongStudy
from trialwright.store.ledger import Ledger, Projection
from trialwright.store.ready import ready
from trialwright.store.sqlite import check_settings, durability, version_in_use

SQLITE_MAGIC = b"SQLite format 3\x00"
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
HOPELESS = ("not a database", "malformed", "codec")
OWN_TABLES = {"ledger_event", "ledger_payload", "ledger_head", "ledger_meta", "ledger_checkpoint", "stored_text"}
_openings = itertools.count(1)


@contextmanager
def open_study(
    folder: Path | str,
    kind: str | None = None,
    *,
    study: str | None = None,
    read_only: bool = False,
    projection: Projection | None = None,
) -> Iterator[Ledger]:
    """The ledger of a study folder, to append to or to read.

    `kind` is "real" or "simulated" and `study` the protocol's id; each is fixed by the first event, and a ledger of
    another kind or study is refused. `projection` derives the cached status of a stream.
    """
    place = Path(folder)
    check_file(place, must_exist=read_only)
    check_tables(place)
    with connected(place, read_only=read_only) as alias:
        if not read_only:
            _prepare(alias)
        ledger = Ledger(alias, place, study=study, kind=kind, read_only=read_only, projection=projection)
        _check_identity(ledger)
        yield ledger


def holds_ledger(folder: Path | str) -> bool:
    """Whether there is a ledger with at least one event in the folder; a damaged file counts as one."""
    file = ledger_file(Path(folder))
    if not file.exists():
        return False
    try:
        with open_study(folder, read_only=True) as ledger:
            return ledger.head() is not None
    except (Unreadable, NoLedger):
        return True


def check_tables(folder: Path) -> None:
    """Refuse the database of another program, before anything of it is touched; a new or empty file passes."""
    file = ledger_file(folder)
    if not file.exists() or not file.stat().st_size:
        return
    from django.db.utils import DatabaseError

    try:
        with connected(folder, read_only=True) as alias:
            found = _tables(alias)
    except (DatabaseError, UnicodeError):
        return  # busy or damaged: whoever opens it next says so
    if found and not found & OWN_TABLES:
        raise NotALedger(f"{file}: is the database of another program, not a ledger; it was left as it is.")


def _tables(alias: str) -> set[str]:
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {str(name) for (name,) in cursor.fetchall()} - {"django_migrations", "sqlite_sequence"}


def check_file(folder: Path, *, must_exist: bool) -> None:
    """Refuse a path that cannot be, or is not, a ledger's file; looks at 16 bytes and writes nothing."""
    file = ledger_file(folder)
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


@contextmanager
def connected(folder: Path, *, read_only: bool) -> Iterator[str]:
    """A Django database alias for the folder, for as long as the block lasts."""
    ready()
    from django.db import connections

    alias = f"study-{next(_openings)}"
    connections.settings[alias] = database_of(folder, read_only=read_only)
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def _check_first_bytes(file: Path) -> None:
    try:
        with file.open("rb") as stream:
            start = stream.read(len(SQLITE_MAGIC))
    except OSError as wrong:
        raise Unreadable(f"{file}: cannot be read ({wrong.strerror}).") from None
    if start and start != SQLITE_MAGIC:
        raise NotALedger(f"{file}: is not a ledger: the file does not begin as an SQLite database does.")


def _prepare(alias: str) -> None:
    """Check the durability of the connection, then bring the tables up to date.

    Two processes may come to a new folder at once; the one that finds the tables half made waits and looks again.
    """
    from django.db import connections
    from django.db.utils import DatabaseError

    for pause in (*PAUSES, None):
        try:
            _check_durability(alias)
            _migrate(alias)
        except (DatabaseError, UnicodeError) as wrong:
            connections[alias].close()
            if pause is None or any(words in str(wrong) for words in HOPELESS):
                raise Unreadable(f"The ledger's file could not be opened for writing: {wrong}.") from None
            time.sleep(pause)
        else:
            return


def _check_durability(alias: str) -> None:
    from django.db import connections

    with connections[alias].cursor() as cursor:
        check_settings(lambda name: cursor.execute(f"PRAGMA {name}").fetchone()[0], durability(version_in_use()))


def _migrate(alias: str) -> None:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    targets = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(targets):
        executor.migrate(targets)


def _check_identity(ledger: Ledger) -> None:
    """A ledger is of one study and one kind from its first event, for ever."""
    kind, study = ledger.kind, ledger.study
    if kind is not None and ledger.wanted_kind not in (None, kind):
        raise WrongKind(
            f"{ledger.folder}: this ledger holds {kind} data, and {ledger.wanted_kind} data was to be added. "
            "The two are never mixed: use another folder."
        )
    if study is not None and ledger.wanted_study not in (None, study):
        raise WrongStudy(f"{ledger.folder}: this is the ledger of {study}, not of {ledger.wanted_study}.")
