"""What the doctor looks at: the machine, the settings, the database and the end of the ledger. Nothing is changed.

The database's settings are those with which a connection of this program comes up, tried on a file that is made beside
the ledger and taken away again: the ledger itself is only read. What could not be seen is None, never a guess.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trialwright.store.checkpoints import sinks
from trialwright.store.checkpoints.emitting import Standing, standings
from trialwright.store.checkpoints.keys import KEY_VARIABLE, NoKey, key_file, mode_problem, refuse_beside_the_data
from trialwright.store.database import ledger_file, on_server
from trialwright.store.engines.postgresql import PostgreSQL
from trialwright.store.engines.sqlite import FILE_NAME, SQLite
from trialwright.store.engines.values import DJANGO_DATABASE
from trialwright.store.entry import read_instant
from trialwright.store.errors import LedgerError
from trialwright.store.open import open_study
from trialwright.store.ready import ready
from trialwright.store.sqlite import version_in_use

MOUNTS = Path("/proc/self/mountinfo")
SERVER_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums", "zero_damaged_pages")
RIGHTS = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
LAST_EVENTS = 1000
PAUSE = 0.05


@dataclass(frozen=True)
class Seen:
    """What there is to be looked at; None is what does not apply or could not be seen."""

    engine: str
    now: datetime
    folder: Path | None = None
    kind: str | None = None
    events: int = 0
    sqlite: tuple[int, ...] | None = None
    pragmas: dict[str, Any] | None = None
    no_pragmas: str = ""
    written_ahead: bool | None = None
    file_system: str | None = None
    server: dict[str, str] | None = None
    no_server: str = ""
    rights: tuple[str, ...] | None = None
    unreadable: str = ""
    last_recorded: datetime | None = None
    went_back: tuple[int, ...] = ()
    wall_against_steady: float = 0.0
    standings: tuple[Standing, ...] | None = None
    sinks: int = 0
    no_sinks: str = ""
    key: str = ""
    debug: tuple[str, ...] = ()
    file_mode: int | None = None
    free: int | None = None
    size: int = 0
    lost_locks: tuple[str, ...] = field(default=())


def look(folder: Path | None = None) -> Seen:
    """Look at an installation, and at a study folder where one is named."""
    ready()
    engine = "PostgreSQL" if on_server() else "SQLite"
    told: dict[str, Any] = {"engine": engine, "now": datetime.now(UTC), "folder": folder}
    told |= {"wall_against_steady": _wall_against_steady(), "debug": _debug()}
    told |= _sinks(folder) | {"key": _key(folder)}
    told |= _server() if on_server() else _sqlite(folder)
    if folder is not None:
        told |= _disk(folder) | _ledger(folder)
    return Seen(**told)


# --- the machine -----------------------------------------------------------------------------------------------------


def _wall_against_steady() -> float:
    """By how many seconds the clock on the wall moved otherwise than the steady one, over a moment."""
    wall, steady = time.time(), time.monotonic()
    time.sleep(PAUSE)
    return (time.time() - wall) - (time.monotonic() - steady)


def _debug() -> tuple[str, ...]:
    from django.conf import settings

    named = [] if os.environ.get("TRIALWRIGHT_DEBUG", "") in ("", "0") else ["TRIALWRIGHT_DEBUG"]
    return (*named, *(["DEBUG of the settings"] if settings.DEBUG else []))


def _disk(folder: Path) -> dict[str, Any]:
    file = folder / FILE_NAME
    found = file.stat() if file.exists() else None
    return {
        "free": shutil.disk_usage(folder).free,
        "size": found.st_size if found else 0,
        "file_mode": found.st_mode & 0o777 if found else None,
        "file_system": None if on_server() else file_system(folder),
    }


def file_system(folder: Path, mounts: str | None = None) -> str | None:
    """The type of the file system a folder lies on, as the kernel names it; None where it does not say."""
    if mounts is None:
        try:
            mounts = MOUNTS.read_text(encoding="utf-8")
        except OSError:
            return None
    place, best = folder.resolve(), (-1, "")
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        parts, kinds = before.split(), after.split()
        if len(parts) > 4 and kinds:
            point = Path(parts[4].encode().decode("unicode_escape"))
            if place.is_relative_to(point):
                best = max(best, (len(point.parts), kinds[0]), key=lambda one: one[0])
    return best[1] or None


# --- the database ----------------------------------------------------------------------------------------------------


def _sqlite(folder: Path | None) -> dict[str, Any]:
    told: dict[str, Any] = {"sqlite": version_in_use()}
    file = folder / FILE_NAME if folder else None
    if file and file.is_file() and file.stat().st_size > 20:
        with file.open("rb") as stream:
            told["written_ahead"] = stream.read(20)[18] == 2  # sqlite.org/fileformat.html, offset 18: write version
    try:
        with TemporaryDirectory(prefix=".doctor-", dir=folder) as place:
            told["pragmas"] = _pragmas(Path(place))
    except (OSError, LedgerError) as wrong:
        told["no_pragmas"] = str(wrong)
    return told


def _pragmas(place: Path) -> dict[str, Any]:
    """The settings with which a connection of this program comes up there."""
    from django.db import connections

    alias = "doctor"
    connections.settings[alias] = SQLite().database(place, read_only=False)
    try:
        with connections[alias].cursor() as cursor:
            names = ("journal_mode", "synchronous", "mmap_size", "secure_delete", "foreign_keys")
            return {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
    finally:
        _close(alias)


def _close(alias: str) -> None:
    from django.db import connections

    connections[alias].close()
    del connections[alias]
    del connections.settings[alias]


def _server() -> dict[str, Any]:
    """The server's settings, and what the role that saves may do beyond saving."""
    from django.db import connections
    from django.db.utils import DatabaseError

    alias = "doctor"
    try:
        connections.settings[alias] = {**DJANGO_DATABASE, **PostgreSQL().database(Path(), read_only=True)}
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(SERVER_SETTINGS)])
            return {"server": dict(cursor.fetchall()), "rights": _rights(cursor)}
    except (DatabaseError, LedgerError, KeyError) as wrong:
        return {"no_server": str(wrong).strip().splitlines()[0]}
    finally:
        if alias in connections.settings:
            _close(alias)


def _rights(cursor: Any) -> tuple[str, ...]:
    """What the role may do that takes a lock off, or past it."""
    cursor.execute("SELECT rolsuper, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user")
    named = zip(("SUPERUSER", "CREATEROLE", "REPLICATION"), cursor.fetchone(), strict=True)
    found = [name for name, there in named if there]
    cursor.execute("SELECT to_regclass('public.ledger_event') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return tuple(found)
    for table in ("ledger_event", "ledger_payload"):
        for right in RIGHTS:
            cursor.execute("SELECT has_table_privilege(%s, %s)", [f"public.{table}", right])
            found += [f"{right} on {table}"] if cursor.fetchone()[0] else []
    return tuple(found)


# --- the ledger and what is outside it -------------------------------------------------------------------------------


def _ledger(folder: Path) -> dict[str, Any]:
    if not on_server() and not ledger_file(folder).exists():
        return {}
    try:
        with open_study(folder, read_only=True) as ledger:
            head = ledger.head()
            told: dict[str, Any] = {"kind": ledger.kind, "events": head.seq if head else 0}
            told |= _times(_recorded(ledger, head.seq if head else 0))
            return told | {"standings": standings(ledger), "lost_locks": _locks(ledger)}
    except (LedgerError, ValueError) as wrong:
        return {"unreadable": str(wrong)}


def _recorded(ledger: Any, last: int) -> list[tuple[int, datetime]]:
    """(place, instant of recording) of the last events."""
    with ledger._cursor() as cursor:
        cursor.execute(
            "SELECT seq, header FROM ledger_event WHERE chain_id = %s AND seq > %s ORDER BY seq",
            [ledger.chain or "", last - LAST_EVENTS],
        )
        return [(seq, read_instant(json.loads(header)["at"])) for seq, header in cursor.fetchall()]


def _times(recorded: list[tuple[int, datetime]]) -> dict[str, Any]:
    back = tuple(seq for (_, before), (seq, after) in pairwise(recorded) if after < before)
    return {"last_recorded": recorded[-1][1] if recorded else None, "went_back": back}


def _locks(ledger: Any) -> tuple[str, ...]:
    from trialwright.store.engines import engine_of

    with ledger._cursor() as cursor:
        lost: tuple[str, ...] = engine_of(ledger.alias).lost_locks(cursor)
    return lost


def _sinks(folder: Path | None) -> dict[str, Any]:
    try:
        return {"sinks": len(sinks.sinks(folder))}
    except (ValueError, OSError) as wrong:
        return {"no_sinks": str(wrong)}


def _key(folder: Path | None) -> str:
    """What is wrong with where the key lies; empty where nothing is."""
    problems: list[Callable[[], str | None]] = [lambda: mode_problem(key_file())]
    if folder is not None:
        problems.append(lambda: refuse_beside_the_data(key_file(), folder))
    try:
        return next((said for problem in problems if (said := problem())), "")
    except (NoKey, OSError) as wrong:
        return f"{wrong} ({KEY_VARIABLE})" if isinstance(wrong, OSError) else str(wrong)
