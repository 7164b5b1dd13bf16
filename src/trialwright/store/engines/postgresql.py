"""PostgreSQL: one database on a server, many studies, a lock for each chain.

Whoever writes connects as the application's role, which owns nothing and so cannot take a trigger off; the roles are
made by `trialwright database init` (`engines.roles`). A save is acknowledged when the server's own log is on its disk,
so a server that does not wait for it is refused. Read-only connections cannot write, whatever their role.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from trialwright.store import rows
from trialwright.store.chain import STUDY_CHAIN
from trialwright.store.engines import guards
from trialwright.store.engines.migrating import migrate, waiting
from trialwright.store.engines.values import DJANGO_DATABASE, FOUNDING, OWN_TABLES, URL_VARIABLE
from trialwright.store.errors import (
    DiskFull,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    NoLedger,
    NotSupported,
    OutcomeUnknown,
    UnsafeDatabase,
    WrongStudy,
)

OWNER_VARIABLE = "TRIALWRIGHT_DATABASE_OWNER"
BUSY = {"55P03", "40P01", "57014", "40001"}  # lock_timeout, deadlock, statement_timeout, serialization failure
FULL = {"53100"}
LOST = ("08", "57P")  # the connection broke, or the server went away, perhaps in the middle of a commit
OLDEST = 15_00_00  # the first in which nobody may create in the schema "public" without a grant
SETTINGS = {
    "search_path": "public,pg_temp",
    "default_transaction_isolation": "read\\ committed",
    "lock_timeout": "5s",
    "client_encoding": "UTF8",
}
LOCKED = " FOR UPDATE"
END = "SELECT * FROM public.ledger_end(%s, %s, %s)"
ADD = f"SELECT public.ledger_add({', '.join(['%s'] * 13)})"
MOVE = f"SELECT public.ledger_move({', '.join(['%s'] * 8)})"
PREPARED = {"server_side_binding": True, "prepare_threshold": 2}  # a statement is planned once for a connection
WRITING = {"synchronous_commit": "on", "statement_timeout": "15s"}
READING = {"default_transaction_read_only": "on", "statement_timeout": "0"}
MUST_BE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_write", "remote_apply")}
NAMED = re.compile(r"^protocol:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)


class PostgreSQL:
    """What is particular to PostgreSQL."""

    name = "PostgreSQL"
    several_studies = True

    def __init__(self, url: str | None = None) -> None:
        self.url = url

    def database(self, folder: Path, *, read_only: bool) -> dict[str, Any]:
        """The Django database of the server, whichever the folder."""
        return database_of_url(self.url or os.environ[URL_VARIABLE], READING if read_only else WRITING)

    def check_place(self, folder: Path, *, must_exist: bool) -> None:
        """The address must be one of a PostgreSQL database; the folder must be there, since it holds the protocol."""
        parts_of(self.url or "")
        if not folder.is_dir():
            raise NoLedger(f"{folder}: there is no such study folder.")

    def holds_something(self, folder: Path) -> bool:
        """A server is asked."""
        return True

    def tables(self, cursor: Any) -> set[str]:
        """The tables of the schema that the ledger uses."""
        cursor.execute("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'public'")
        return {str(name) for (name,) in cursor.fetchall()} - {"django_migrations"}

    def prepare(self, alias: str) -> None:
        """Refuse an unsafe server, a role that owns the ledger, and tables that are not up to date."""
        from django.db import connections

        with connections[alias].cursor() as cursor:
            check_settings(cursor)
            told = refuse_owner(cursor)
            if told:
                cursor.execute("SELECT pg_advisory_lock(%s)", [FOUNDING])
        if told:
            migrate(alias)
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [FOUNDING])
            return
        missing = waiting(alias)
        if missing:
            raise NoLedger(
                f"The database is not ready for this version of the program (missing: {', '.join(missing)}). "
                "Run: trialwright database init."
            )

    def begin_reading(self, alias: str, *, damaged: bool = True) -> None:
        """One moment for the whole walk, though others write meanwhile."""
        from django.db import connections

        with connections[alias].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def default_study(self, folder: Path) -> str | None:
        """The study that the folder's protocol files name, if they name one and the same."""
        named = {_named(file) for file in sorted((folder / "protocol").glob("*.yaml"))} - {None}
        return named.pop() if len(named) == 1 else None

    def study(self, cursor: Any, wanted: str | None) -> str | None:
        """The wanted study where its chain is there; without a wish the only one there is."""
        there = [each.removeprefix(STUDY_CHAIN) for each in rows.chains(cursor) if each.startswith(STUDY_CHAIN)]
        if wanted is not None:
            return wanted if wanted in there else None
        if len(there) > 1:
            raise WrongStudy(
                f"The database holds {len(there)} studies ({', '.join(there)}), and which one is meant is not said: "
                "name the folder that holds the study's protocol."
            )
        return there[0] if there else None

    def target(self, cursor: Any, wanted: str | None) -> str | None:
        """The wanted study, without a look: the lock comes first."""
        return wanted or self.study(cursor, None)

    def meta_of(self, study: str) -> dict[str, str]:
        """A server may hold several studies: its meta names none."""
        return {}

    def lock(self, cursor: Any, chain_id: str) -> None:
        """Lock the head row; where there is none yet, wait for whoever founds a chain and look again."""
        if rows.head(cursor, chain_id, LOCKED) is None:
            _wait_for_founders(cursor)
            rows.head(cursor, chain_id, LOCKED)

    def end(self, cursor: Any, chain_id: str, submission: str, streams: Sequence[str]) -> Callable[[], rows.End]:
        """The same, and all that is asked with it, in one trip to the server and back; it is on its way at once."""
        first = _end(cursor, chain_id, submission, streams)

        def answer() -> rows.End:
            end = first()
            if end.head is not None:
                return end
            _wait_for_founders(cursor)
            return _end(cursor, chain_id, submission, streams)()

        return answer

    def known(self, cursor: Any, chain_id: str, submission: str, streams: Sequence[str]) -> rows.Known:
        """The lock is had already."""
        return _end(cursor, chain_id, submission, streams)().known

    @contextmanager
    def together(self, cursor: Any) -> Iterator[None]:
        """Statements travel without waiting for the answers of those before; the server still takes them in turn.

        BEGIN and COMMIT travel with them, unless the transaction has begun: Django then finds nothing to commit.
        """
        from psycopg.pq import TransactionStatus

        driver = cursor.db.connection
        begins = not cursor.db.savepoint_ids and driver.info.transaction_status == TransactionStatus.IDLE
        with cursor.db.wrap_database_errors, _whole(driver) if begins else _piped(driver):
            yield

    def pen(self, cursor: Any) -> Any:
        """Another cursor: the answers to statements that travel together are kept by the cursor that sent them."""
        return cursor.db.connection.cursor()

    def add(self, pen: Any, event: Sequence[Any], salt: bytes, body: str) -> None:
        """Both in one statement."""
        pen.execute(ADD, [*event, salt, body])

    def move(self, pen: Any, moved: rows.Moved, stands: Sequence[rows.Stand]) -> None:
        """The head, and the stream of the last event with it, in one statement."""
        last = next(stand for stand in stands if stand.seq == moved.seq)
        head = [moved.chain, moved.seq, moved.hash, moved.frontier, moved.founded]
        pen.execute(MOVE, [*head, last.stream, last.version, last.status])
        rows.project(pen, moved.chain, [stand for stand in stands if stand is not last])

    def lost_locks(self, cursor: Any) -> tuple[str, ...]:
        """Triggers, functions and checks that somebody dropped, disabled, changed or added."""
        return guards.lost(cursor)

    def damage(self, cursor: Any) -> str | None:
        """The server checks its pages as it reads them."""
        return None

    def refusal(self, wrong: Exception) -> LedgerError:
        """What an error of the server during a save means."""
        from django.db.utils import IntegrityError

        says, state = _first_line(wrong), str(getattr(wrong.__cause__, "sqlstate", None) or "")
        if state in BUSY:
            return LedgerBusy(f"Another process is writing to this ledger ({says}). Nothing was saved; try again.")
        if state in FULL:
            return DiskFull(f"Nothing was saved: {says}. Make room on the server's disk.")
        if isinstance(wrong, IntegrityError):
            return LedgerDamaged(f"The database refused the write: {says}. Run: trialwright ledger verify.")
        if state.startswith(LOST) or (not state and type(wrong).__name__ in ("OperationalError", "InterfaceError")):
            return OutcomeUnknown(
                f"The connection to the database was lost ({says}); whether the save is in is not known. "
                "Submit the same again under the same key: it is saved once, whatever became of it."
            )
        return LedgerError(f"Nothing was saved: {says}.")

    def erase_payload(self, cursor: Any, event_id: str) -> int:
        """The application's role may not update payloads; the function erases what a redaction names."""
        cursor.execute("SELECT public.redact(%s)", [event_id])
        return int(cursor.fetchone()[0])

    def make_sure(self, folder: Path) -> None:
        """The server shows nothing that its own log does not hold."""

    def rid_of_erased(self, ledger: Any, needles: tuple[bytes, ...]) -> list[str]:
        """The server keeps earlier versions of a row until they are vacuumed, which is for its owner to do."""
        return [
            "the server keeps the earlier version of the row until its owner runs VACUUM ledger_payload, and its "
            "write-ahead log and base backups until they expire"
        ]


def _end(cursor: Any, chain_id: str, submission: str, streams: Sequence[str]) -> Callable[[], rows.End]:
    """Asked now, and read when it is called."""
    cursor.execute(END, [chain_id, submission, streams[0]])
    return lambda: _end_of(cursor, chain_id, submission, streams)


def _end_of(cursor: Any, chain_id: str, submission: str, streams: Sequence[str]) -> rows.End:
    seq, digest, frontier, last_seq, last_hash, written, version = cursor.fetchone()
    others = {stream: rows.stream_version(cursor, chain_id, stream) for stream in streams[1:]}
    known = rows.Known(
        rows.submitted(cursor, chain_id, submission) if written else (), {streams[0]: version or 0, **others}
    )
    return rows.End(
        None if seq is None else (seq, bytes(digest), bytes(frontier)),
        None if last_seq is None else (last_seq, bytes(last_hash)),
        known,
    )


@contextmanager
def _whole(driver: Any) -> Iterator[None]:
    """All of a transaction; the driver itself would wait for the answer to BEGIN, and again for that to COMMIT."""
    driver.autocommit = True
    try:
        with _piped(driver):
            driver.execute("BEGIN")
            yield
            ended = driver.execute("COMMIT")
        if ended.statusmessage != "COMMIT":
            raise LedgerError(f"The server answered {ended.statusmessage} to COMMIT. Nothing was saved.")
    finally:
        if not driver.closed:
            driver.rollback()  # nothing, where it was committed
            driver.autocommit = False


@contextmanager
def _piped(driver: Any) -> Iterator[None]:
    from psycopg import Error

    with driver.pipeline() as pipeline:
        try:
            yield
        except Exception:
            with suppress(Error):  # what else was on its way fails too, and the driver would log it
                pipeline.sync()
            raise


def _wait_for_founders(cursor: Any) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOUNDING])
    cursor.fetchone()


def parts_of(url: str) -> dict[str, Any]:
    """The parts of a server's address; one that is none is refused without repeating it, since it may hold a password.

    >>> sorted(parts_of("postgresql://app@db.example/trials?sslmode=require").items())
    [('dbname', 'trials'), ('host', 'db.example'), ('sslmode', 'require'), ('user', 'app')]
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    if not url.startswith(("postgresql://", "postgres://")):
        raise NotSupported(
            f"{URL_VARIABLE} is no address of a PostgreSQL database: it begins postgresql:// "
            "as in postgresql://trialwright@db.example/trials. Unset it to keep the ledger in the study folder."
        )
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        raise NotSupported(f"{URL_VARIABLE} cannot be read as an address of a PostgreSQL database.") from None
    if not parts.get("dbname"):
        raise NotSupported(f"{URL_VARIABLE} names no database: put its name at the end, after a slash.")
    return dict(parts)


def database_of_url(url: str, settings: dict[str, str]) -> dict[str, Any]:
    """The Django database of an address, with what every session of the ledger sets."""
    parts = parts_of(url)
    asked = " ".join(f"-c {key}={value}" for key, value in {**SETTINGS, **settings}.items())
    options = {key: value for key, value in parts.items() if key not in ("user", "password", "host", "port", "dbname")}
    options["options"] = " ".join(filter(None, (options.get("options"), asked)))
    return {
        **DJANGO_DATABASE,
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts["dbname"],
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "OPTIONS": {"connect_timeout": "10", "application_name": "trialwright", **PREPARED, **options},
    }


def accounts_database(url: str) -> dict[str, Any]:
    """The same database for accounts and sessions, which lie in a schema of their own, where the application may make
    tables; the ledgers' schema is out of its sight."""
    return database_of_url(url, {"search_path": "accounts"})


def check_settings(cursor: Any) -> None:
    """Refuse a server that acknowledges what is not on its disk, or that would not keep text as it is."""
    for name, allowed in MUST_BE.items():
        cursor.execute(f"SHOW {name}")
        found = str(cursor.fetchone()[0])
        if found not in allowed:
            raise UnsafeDatabase(
                f"The server runs with {name} = {found}: an acknowledged save could be lost in a power failure, so "
                f"nothing starts. Set it to {allowed[0]} in the server's configuration."
            )
    cursor.execute("SHOW server_version_num")
    check_version(int(cursor.fetchone()[0]))
    cursor.execute("SHOW server_encoding")
    encoding = str(cursor.fetchone()[0])
    if encoding != "UTF8":
        raise UnsafeDatabase(
            f"The database keeps text as {encoding}; the ledger's text is UTF-8. "
            "Make a database with ENCODING 'UTF8' (trialwright database init does)."
        )


def check_version(number: int) -> None:
    """Refuse a server so old that anybody may make tables of their own beside the ledger's.

    >>> check_version(15_00_00)
    """
    if number < OLDEST:
        raise UnsafeDatabase(
            f"The server is PostgreSQL {number // 10_000}; before {OLDEST // 10_000} every role may make tables and "
            "functions beside the ledger's. Use a newer one."
        )


def refuse_owner(cursor: Any) -> bool:
    """Refuse a role that could take the database's locks off; True where it was told that this is meant."""
    cursor.execute(
        "SELECT current_user, bool_or(rolsuper) OR bool_or(rolbypassrls) FROM pg_catalog.pg_roles "
        "WHERE rolname = current_user"
    )
    user, above = cursor.fetchone()
    cursor.execute(
        "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s) "
        "AND pg_has_role(current_user, tableowner, 'MEMBER')",
        [sorted(OWN_TABLES)],
    )
    owned = int(cursor.fetchone()[0])
    if not above and not owned:
        return False
    if os.environ.get(OWNER_VARIABLE) == "allowed":
        return True
    why = "is a superuser" if above else "owns the ledger's tables"
    raise UnsafeDatabase(
        f"The role {user} {why}, and could take off the locks that make the ledger append-only. Connect as the role "
        f"that `trialwright database init` makes, or set {OWNER_VARIABLE}=allowed for a database that holds no trial."
    )


def _named(file: Path) -> str | None:
    try:
        found = NAMED.search(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        return None
    return found.group(1) if found else None


def _first_line(wrong: Exception) -> str:
    return (str(wrong).splitlines() or [type(wrong).__name__])[0].strip()
