"""A client of the save service, and the service's processes as a proof holds them.

A client mints the key once and keeps it over every retry; it takes a save for done when, and only when, 200 came back.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.evidence import PROJECT


class Service:
    """The save service on a folder: start, kill, start again; the port stays."""

    def __init__(
        self, folder: Path, *, threads: int = 4, fault: str = "none", url: str = "", settings: str = "WAL/FULL"
    ) -> None:
        environment = {**os.environ, "PYTHONPATH": str(PROJECT / "tests"), "TRIALWRIGHT_DATABASE_URL": url}
        command = [sys.executable, "-m", "faults.service", str(folder), "--threads", str(threads), "--fault", fault]
        command += ["--settings", settings] if not url else []
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.port = int(self._line())
        self.pids: list[int] = []
        self.start()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the save service did not start"
        return line

    def start(self, folder: Path | None = None) -> int:
        """One more serving process, on the same folder or another."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{folder or ''}\n")
        self.process.stdin.flush()
        self.pids.append(int(self._line()))
        return self.pids[-1]

    def kill(self) -> None:
        """kill -9 of every serving process."""
        while self.pids:
            os.kill(self.pids.pop(), signal.SIGKILL)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill()
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


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
