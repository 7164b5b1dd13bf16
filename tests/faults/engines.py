"""The two databases that a proof runs on: a new file, or a new database of a server of one's own.

Whatever opens a ledger inside the block opens it there. `Place.crash` is kill -9 of every process of the server at
once; on SQLite there is no server to crash.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from unittest import mock

from postgres_server import Server, missing, server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_databases = count(1)


@dataclass
class Place:
    """Where a study's ledger is."""

    folder: Path
    url: str = ""
    server: Server | None = None

    def crash(self) -> None:
        """End every process of the server without a word, then start it again."""
        assert self.server is not None
        pid = self.server.pid
        for each in [pid, *children(pid)]:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        start_again(self.server)


def start_again(server: Server) -> None:
    """Start a server that has ended, however it did."""
    for _ in range(50):
        try:
            server.start()
        except RuntimeError:  # what it held is not given back yet
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start again")


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    task = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in task.read_text().split()] if task.exists() else []


def unable(engine: str) -> str:
    """Why there is no such engine here, or nothing."""
    return (missing() or "") if engine == POSTGRESQL else ""


@contextmanager
def running(engine: str, on: Path | None = None) -> Iterator[Server | None]:
    """A server for the databases of one proof, where the engine has one; on a disk of its own or not."""
    if engine == SQLITE:
        yield None
        return
    with server(on) as made:
        made.prepare()
        yield made


@contextmanager
def place(on: Server | None) -> Iterator[Place]:
    """A new place for one study."""
    with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ):
        url = "" if on is None else on.new_database(f"proof{next(_databases)}")
        os.environ["TRIALWRIGHT_DATABASE_URL"] = url
        yield Place(Path(name), url, on)
