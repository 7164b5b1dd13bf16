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

from trialwright.store.checkpoints.emitting import anchored
from trialwright.store.database import database_of, ledger_file, on_server
from trialwright.store.engines import engine_here, engine_of
from trialwright.store.engines.values import OWN_TABLES
from trialwright.store.errors import NoLedger, NotALedger, Unreadable, WrongKind, WrongStudy
from trialwright.store.ledger import Ledger, Projection
from trialwright.store.ready import ready

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
HOPELESS = ("not a database", "malformed", "codec", "permission denied", "authentication failed", "does not exist")
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
    another kind or study is refused. On a server, `study` says which of its studies is meant; without it, the one that
    the folder's protocol names. `projection` derives the cached status of a stream.
    """
    place = Path(folder)
    check_file(place, must_exist=read_only)
    check_tables(place)
    study = study or engine_here().default_study(place)
    with connected(place, read_only=read_only) as alias:
        if not read_only:
            _prepare(alias)
        ledger = Ledger(alias, place, study=study, kind=kind, read_only=read_only, projection=projection)
        _check_identity(ledger)
        with anchored(ledger):
            yield ledger


def holds_ledger(folder: Path | str) -> bool:
    """Whether there is a ledger with at least one event for the folder; a damaged one counts as one."""
    if not engine_here().holds_something(Path(folder)):
        return False
    try:
        with open_study(folder, read_only=True) as ledger:
            return ledger.head() is not None
    except (Unreadable, NoLedger) as wrong:
        return isinstance(wrong, Unreadable)


def check_tables(folder: Path) -> None:
    """Refuse the database of another program, before anything of it is touched; a new or empty one passes."""
    engine = engine_here()
    if not engine.holds_something(folder):
        return
    from django.db import connections
    from django.db.utils import DatabaseError

    try:
        with connected(folder, read_only=True) as alias, connections[alias].cursor() as cursor:
            found = engine.tables(cursor)
    except (DatabaseError, UnicodeError):
        return  # busy or damaged: whoever opens it next says so
    if engine.several_studies and not found:
        raise NoLedger("The server's database has no tables of a ledger yet. Run: trialwright database init.")
    if found and not found & OWN_TABLES:
        raise NotALedger(f"{place_of(folder)}: is the database of another program, not a ledger; it was left as it is.")


def place_of(folder: Path) -> str:
    """Where a folder's ledger is, in words that hold no password."""
    return "the server's database" if on_server() else str(ledger_file(folder))


def check_file(folder: Path, *, must_exist: bool) -> None:
    """Refuse a place that cannot be, or is not, a ledger's, before it is opened."""
    engine_here().check_place(folder, must_exist=must_exist)


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


def _prepare(alias: str) -> None:
    """Check the settings of the connection, then bring the tables up to date.

    Two processes may come to a new folder at once; the one that finds the tables half made waits and looks again.
    """
    from django.db import connections
    from django.db.utils import DatabaseError

    for pause in (*PAUSES, None):
        try:
            engine_of(alias).prepare(alias)
        except (DatabaseError, UnicodeError) as wrong:
            connections[alias].close()
            if pause is None or any(words in str(wrong) for words in HOPELESS):
                raise Unreadable(f"The ledger could not be opened for writing: {str(wrong).strip()}.") from None
            time.sleep(pause)
        else:
            return


def _check_identity(ledger: Ledger) -> None:
    """A ledger is of one study and one kind from its first event, for ever."""
    kind, study = ledger.kind, ledger.study
    if ledger.read_only and study is None and engine_of(ledger.alias).several_studies:
        raise NoLedger(
            f"The database holds no ledger of {ledger.wanted_study or 'any study'}. "
            "A first submission or a rehearsal makes one."
        )
    if kind is not None and ledger.wanted_kind not in (None, kind):
        raise WrongKind(
            f"{ledger.folder}: this ledger holds {kind} data, and {ledger.wanted_kind} data was to be added. "
            "The two are never mixed: use another folder."
        )
    if study is not None and ledger.wanted_study not in (None, study):
        raise WrongStudy(f"{ledger.folder}: this is the ledger of {study}, not of {ledger.wanted_study}.")
    if engine_of(ledger.alias).several_studies:
        ledger.wanted_study = ledger.wanted_study or study
