"""What an application is started on: a study in mid-course, rehearsed once for a proof and copied for each application.

On SQLite the copy is of a folder, and one process serves it; on PostgreSQL it is of a database, and two processes do.
Read `ground`, then `Application`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

from faults.engines import POSTGRESQL, SQLITE, Place, running
from faults.evidence import PROJECT
from postgres_server import Server

STUDY = sorted(record.parent for record in (PROJECT / "studies").glob("*/record.txt"))[0]
WORKERS = {SQLITE: 1, POSTGRESQL: 2}
ORIGIN = "rehearsed"
_copies = count(1)


@dataclass
class Ground:
    """A rehearsal in mid-course on one engine."""

    engine: str
    folder: Path
    server: Server | None

    @contextmanager
    def copied(self, disk: Path | None = None) -> Iterator[Place]:
        """A copy of it, on a disk of its own or not; whatever opens a ledger in the block opens it there."""
        with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ):
            folder = (disk or Path(name)) / STUDY.name
            shutil.copytree(self.folder, folder)
            url = "" if self.server is None else self.server.new_database(f"copy{next(_copies)}", ORIGIN)
            os.environ["TRIALWRIGHT_DATABASE_URL"] = url
            yield Place(folder, url, self.server)

    @contextmanager
    def application(self, fault: str = "none", disk: Path | None = None) -> Iterator[Application]:
        """The application on a copy of it, serving; with a fault seeded or not."""
        with self.copied(disk) as place, preloaded(place.folder, fault) as (process, told):
            made = Application(place, process, told["people"], told["study"], WORKERS[self.engine])
            made.start(made.workers)
            try:
                yield made
            finally:
                made.kill()


@dataclass
class Application:
    """The application in a place: start, kill, start again; the port stays."""

    place: Place
    process: subprocess.Popen[str]
    people: list[dict[str, Any]]
    study: str
    workers: int
    pids: list[int] = field(default_factory=list)
    port: int = 0

    @property
    def folder(self) -> Path:
        """The study's folder."""
        return self.place.folder

    def start(self, number: int = 1) -> None:
        """So many more serving processes."""
        assert self.process.stdin is not None and self.process.stdout is not None
        for _ in range(number):
            self.process.stdin.write("go\n")
            self.process.stdin.flush()
            told = json.loads(self.process.stdout.readline())
            self.pids.append(told["pid"])
            self.port = told["port"]

    def kill(self, number: int | None = None) -> int:
        """kill -9 of so many serving processes, the oldest first, or of all; how many were killed."""
        wanted = len(self.pids) if number is None else number
        for _ in range(wanted):
            os.kill(self.pids.pop(0), signal.SIGKILL)
        return wanted


@contextmanager
def ground(engine: str, patients: int = 6, disk: Path | None = None) -> Iterator[Ground]:
    """A rehearsal on an engine, for the applications of one proof; the server's data on a disk of its own or not."""
    with running(engine, disk) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name) / STUDY.name
        shutil.copytree(STUDY, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests", "cases"))
        url = "" if server is None else server.new_database(ORIGIN)
        verb = [sys.executable, "-m", "trialwright", "rehearse", str(folder), "--patients", str(patients)]
        environment = {**os.environ, "TRIALWRIGHT_DATABASE_URL": url}
        command = [*verb, "--until", "mid-accrual"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=PROJECT, env=environment)
        yield Ground(engine, folder, server)


@contextmanager
def preloaded(folder: Path, fault: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The process that serving processes are forked from, and what it told: the study's id, and who may save."""
    paths = os.pathsep.join([str(PROJECT / "tests"), str(PROJECT), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", "faults.application.serving"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": paths}, stderr=None if os.environ.get("LOUD") else subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps({"folder": str(folder), "fault": fault}) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    try:
        assert line, "the application did not start"
        yield process, json.loads(line)
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=30)
