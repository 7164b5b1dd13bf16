"""A client of the save service, and the service's processes as a proof holds them.

A client mints the key once and keeps it over every retry; it takes a save for done when, and only when, 200 came back.
"""

from __future__ import annotations

import atexit
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from faults.evidence import PROJECT


class Forker:
    """The process that all serving processes are forked from: started once, since it takes a second to load."""

    def __init__(self) -> None:
        paths = os.pathsep.join([str(PROJECT / "tests"), os.environ.get("PYTHONPATH", "")])
        command, pipe = [sys.executable, "-m", "faults.service"], subprocess.PIPE
        environment = {**os.environ, "PYTHONPATH": paths}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet, text=True, env=environment)
        atexit.register(self.end)

    def fork(self, wanted: dict[str, Any]) -> tuple[int, int]:
        """The id and port of a new serving process."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(wanted) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the save service did not start"
        pid, port = line.split()
        return int(pid), int(port)

    def end(self) -> None:
        """No more serving processes."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


@cache
def forker() -> Forker:
    """The one of this process."""
    return Forker()


class Service:
    """The save service on a folder: start, kill, start again; the port stays."""

    def __init__(self, folder: Path, **wanted: Any) -> None:
        self.wanted: dict[str, Any] = {"folder": str(folder), **wanted}
        self.pids: list[int] = []
        self.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.wanted["port"])

    def start(self, folder: Path | None = None) -> int:
        """A serving process, on the same folder or another."""
        if folder is not None:
            self.wanted["folder"] = str(folder)
        pid, self.wanted["port"] = forker().fork(self.wanted)
        self.pids.append(pid)
        return pid

    def kill(self) -> None:
        """kill -9 of every serving process."""
        while self.pids:
            os.kill(self.pids.pop(), signal.SIGKILL)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill()


@dataclass(frozen=True)
class Answered:
    """What came back, and after how many tries."""

    status: int
    told: dict[str, Any]
    tries: int


class Client:
    """One person at one browser."""

    def __init__(self, port: int, patience: float = 60.0) -> None:
        self.port, self.patience = port, patience
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, told: dict[str, Any] | None = None) -> Answered:
        """Ask until an answer comes; the same bytes each time."""
        body = None if told is None else json.dumps(told)
        until, tries = time.monotonic() + self.patience, 0
        while True:
            tries += 1
            try:
                return Answered(*self._once(method, path, body), tries)
            except (OSError, http.client.HTTPException, ValueError):
                self.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.005)

    def _once(self, method: str, path: str, body: str | None) -> tuple[int, dict[str, Any]]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        self.connection.request(method, path, body)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def save(self, key: str, subject: str, value: int, actor: str, base: int | None = None) -> Answered:
        """Save one count."""
        told = {"key": key, "subject": subject, "value": value, "actor": actor}
        return self.ask("POST", "/save", told | ({} if base is None else {"base": base}))

    def version(self, subject: str) -> int:
        """The version a form is opened at."""
        return int(self.ask("GET", f"/version/{subject}").told["version"])

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
