"""Which SQLite keeps the ledger, and with which settings a save survives a power failure.

Two settings lose no acknowledged save: write-ahead log with synchronous=FULL, which needs a library from 3.51.3 on
(earlier ones can reset the log wrongly and corrupt the file, sqlite.org/wal.html#walresetbug), or rollback journal
with synchronous=EXTRA for older libraries. Nothing else starts. Memory-mapped reading stays off.
Read `Durability` first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from trialwright.store.errors import UnsafeDatabase

SAFE_WAL = (3, 51, 3)
SECONDS_TO_WAIT_FOR_THE_LOCK = 30
SYNCHRONOUS = {"FULL": 2, "EXTRA": 3}


@dataclass(frozen=True)
class Durability:
    """The pair of settings that keeps an acknowledged save, for one version of the library."""

    journal: str
    synchronous: str

    @property
    def init_command(self) -> str:
        """What each new connection runs first."""
        return (
            f"PRAGMA journal_mode={self.journal};PRAGMA synchronous={self.synchronous};"
            "PRAGMA foreign_keys=ON;PRAGMA mmap_size=0;PRAGMA trusted_schema=OFF;PRAGMA secure_delete=ON"
        )


def durability(version: tuple[int, ...]) -> Durability:
    """The settings that are safe with this version of SQLite.

    >>> durability((3, 51, 2)), durability((3, 51, 3))
    (Durability(journal='DELETE', synchronous='EXTRA'), Durability(journal='WAL', synchronous='FULL'))
    """
    return Durability("WAL", "FULL") if version >= SAFE_WAL else Durability("DELETE", "EXTRA")


def choose_library() -> None:
    """Put the newer of the two SQLite libraries where Django will look; to be called before Django loads its backend.

    One library for the whole process: two of them on one file would break each other's locks.
    """
    if "django.db.backends.sqlite3.base" in sys.modules:
        return
    import sqlite3

    newer = _pysqlite3()
    if newer is not None and newer.sqlite_version_info > sqlite3.sqlite_version_info:
        sys.modules["sqlite3"] = newer
        sys.modules["sqlite3.dbapi2"] = newer.dbapi2


def version_in_use() -> tuple[int, ...]:
    """The version of the library that Django's backend runs on."""
    from importlib import import_module

    return tuple(import_module("django.db.backends.sqlite3.base").Database.sqlite_version_info)


def check_settings(pragma: Callable[[str], Any], wanted: Durability) -> None:
    """Refuse a connection whose settings are not the ones asked for (a file system may decline a write-ahead log)."""
    found = {
        "journal_mode": str(pragma("journal_mode")).upper(),
        "synchronous": pragma("synchronous"),
        "foreign_keys": pragma("foreign_keys"),
    }
    asked = {"journal_mode": wanted.journal, "synchronous": SYNCHRONOUS[wanted.synchronous], "foreign_keys": 1}
    if found != asked:
        raise UnsafeDatabase(
            f"SQLite came up with {found} where {asked} was asked for. An acknowledged save could be lost in a power "
            "failure, so nothing starts. Move the study folder to a local disk, and let no other program hold the file."
        )


def _pysqlite3() -> ModuleType | None:
    try:
        import pysqlite3
    except ImportError:
        return None
    return pysqlite3  # type: ignore[no-any-return]
