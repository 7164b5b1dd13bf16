"""The ledger's file as a file: copied while others write, and rid of bytes that were erased.

These run on connections of their own, never on the application's: one that copies only reads, one that rids writes the
whole file anew. Read `copy_online`, then `scrub`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trialwright.store.ready import ready

PAGES_AT_A_TIME = 1024
SECONDS_TO_WAIT = 30
CHUNK = 1 << 20
BESIDE = ("-wal", "-shm", "-journal")
"""Files that SQLite keeps beside a database."""


@contextmanager
def _opened(name: str, **options: Any) -> Iterator[sqlite3.Connection]:
    """A connection of the library that everything in this process uses."""
    ready()
    import sqlite3 as chosen

    with closing(chosen.connect(name, timeout=SECONDS_TO_WAIT, isolation_level=None, **options)) as connection:
        yield connection


@contextmanager
def reading_file(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads one moment of a database while others may be writing it."""
    with _opened(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True) as connection:
        connection.execute("BEGIN")
        yield connection
        connection.execute("ROLLBACK")


def copy_online(source: Path, target: Path) -> None:
    """A copy of one moment of the database, made by SQLite's own backup while others may be writing.

    A copy of the file's bytes would mix moments and leave out the write-ahead log. The copy is one file by itself.
    """
    with (
        _opened(f"file:{quote(str(source.absolute()))}?mode=ro", uri=True) as reading,
        _opened(str(target)) as writing,
    ):
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # one moment for all pages
        reading.backup(writing, pages=PAGES_AT_A_TIME, sleep=0.001)
        reading.execute("ROLLBACK")
        writing.execute("PRAGMA journal_mode=DELETE")
        writing.execute("PRAGMA synchronous=EXTRA")
        writing.execute("PRAGMA user_version=0")


def scrub(file: Path) -> bool:
    """Write the file anew without what was erased and empty its log; False where a reader kept the log from it."""
    with _opened(str(file)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA synchronous=EXTRA")
        connection.execute("VACUUM")
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def empty_log(file: Path) -> None:
    """The write-ahead log into the file; the log's own files go when the last connection closes."""
    with _opened(str(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def try_to_scrub(file: Path) -> str:
    """Why the bytes may still be in the file; empty where they are gone."""
    ready()
    import sqlite3 as chosen

    try:
        return "" if scrub(file) else f"{file.name}-wal is being read by somebody and still holds them"
    except chosen.OperationalError as wrong:
        return f"the file could not be written anew ({wrong})"


def still_there(file: Path, needles: Iterable[bytes]) -> list[str]:
    """The names of the files, of the database and those beside it, in which any of these bytes is found."""
    wanted = [needle for needle in needles if needle]
    files = [file, *(file.with_name(file.name + end) for end in BESIDE)]
    return [one.name for one in files if one.exists() and any(_holds(one, needle) for needle in wanted)]


def _holds(file: Path, needle: bytes) -> bool:
    before = b""
    with suppress(FileNotFoundError), file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if needle in before + chunk:
                return True
            before = chunk[-len(needle) :]
    return False
