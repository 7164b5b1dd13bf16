"""The program as a stranger calls it: verbs with arguments in, an exit code and two texts out.

`run` calls the command line in this process, `program` the installed command in one of its own; `bytes_of` is what a
folder holds, to compare before and after. An invented study stands for protocols, a rehearsal of every real one for
ledgers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trialwright.cli import main

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("trialwright")
SIDE_FILES = ("-wal", "-shm")  # what SQLite keeps beside a file that is being read; they hold nothing of their own

RECORD = """Study of examplinib.
Examplinib 10 mg on days 1-21 of a 28-day cycle, increasing by 5 mg every cycle up to 25 mg.
ANC at least 1,500. Two patients will be accrued at two hospitals. Visit on day 15.
"""
PROTOCOL = """\
protocol: EXAMPLE-1
version: "1"
title: An example
record: record.txt
standards: {toxicity: ctcae/3.0}
sources: {}
design:
  id: design
  quotes: ["at two hospitals"]
  accrual: {id: accrual, quotes: ["Two patients will be accrued"], planned: 2}
  sites:
    - {id: S01, quotes: ["two hospitals"], name: North, time_zone: UTC}
arms:
  - {id: A, quotes: ["Study of examplinib"], label: examplinib, type: experimental}
eligibility:
  - id: anc
    quotes: ["ANC at least 1,500"]
    must: {measure: anc, is: ">= 1500 /mm3"}
regimen:
  - id: examplinib
    quotes: ["10 mg on days 1-21 of a 28-day cycle", "increasing by 5 mg every cycle up to 25 mg"]
    drug: examplinib
    cycle: 28 days
    days: 1-21
    dose: {start: 10 mg, step: 5 mg, maximum: 25 mg}
encounters:
  - {id: day_15, quotes: ["Visit on day 15"], label: day 15, epoch: treatment, anchor: course, day: 15, window: [2, 2]}
endpoints: []
"""
WHO = {"actor": "u1", "role": "coordinator", "site": "S01"}
OPENING: list[dict[str, Any]] = [
    {"event": "StudyOpened", "actor": "u1", "role": "sponsor", "occurred": "2025-01-01", "study": "EXAMPLE-1",
     "kind": "real", "protocol": "1"},
    {"event": "ProtocolActivated", **WHO, "occurred": "2025-01-02", "version": "1", "file_hash": "1",
     "approved_on": "2025-01-02"},
    {"event": "SubjectScreened", **WHO, "subject": "S01-001", "occurred": "2025-02-20", "version": "1"},
]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What the program answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the one JSON document it is."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command line in this process."""

    def call(*arguments: str | Path) -> Answer:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(each) for each in arguments])
        seen = capsys.readouterr()
        return Answer(int(left.value.code or 0), seen.out, seen.err)

    return call


@pytest.fixture(scope="session")
def program() -> Run:
    """Calls the installed command in a process of its own."""

    def call(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Answer:
        command = [str(COMMAND), *map(str, arguments)]
        known = os.environ | environment
        done = subprocess.run(command, capture_output=True, env=known, cwd=cwd, timeout=120, check=False)
        return Answer(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    return call


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    files = (each for each in sorted(folder.rglob("*")) if each.is_file() and not each.name.endswith(SIDE_FILES))
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in files}


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """What a folder holds."""
    return bytes_of


def copy_of(study: Path, place: Path) -> Path:
    """A study folder without its tests and without a ledger."""
    shutil.copytree(study, place, ignore=shutil.ignore_patterns("tests", "cases", "trial.sqlite3*", "__pycache__"))
    return place


@pytest.fixture(scope="session")
def fresh() -> Callable[[Path, Path], Path]:
    """Makes a copy of a study folder that holds no ledger."""
    return copy_of


@pytest.fixture(scope="session")
def _rehearsed_once(every_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = copy_of(every_study, tmp_path_factory.mktemp("rehearsed") / "study")
    with pytest.raises(SystemExit) as left:
        main(["rehearse", str(place), "--patients", "2", "--seed", "5"])
    assert left.value.code == 0
    return place


@pytest.fixture
def rehearsed(_rehearsed_once: Path, tmp_path: Path) -> Path:
    """A copy of each study with the ledger of a small rehearsal."""
    return Path(shutil.copytree(_rehearsed_once, tmp_path / "study"))


@pytest.fixture(scope="session")
def _small_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    smallest = min(PROJECT.glob("studies/*/protocol"), key=lambda folder: sum(map(size, folder.iterdir()))).parent
    place = copy_of(smallest, tmp_path_factory.mktemp("small") / "study")
    with pytest.raises(SystemExit) as left:
        main(["rehearse", str(place), "--patients", "2", "--seed", "5"])
    assert left.value.code == 0
    return place


def size(file: Path) -> int:
    """How many bytes a file has."""
    return file.stat().st_size


@pytest.fixture
def small(_small_once: Path, tmp_path: Path) -> Path:
    """A copy of the smallest study with the ledger of a small rehearsal, where the study does not matter."""
    return Path(shutil.copytree(_small_once, tmp_path / "study"))


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    """A small study that is nobody's, with a record, one protocol and no ledger."""
    place = tmp_path / "invented"
    (place / "protocol").mkdir(parents=True)
    (place / "record.txt").write_text(RECORD, "utf-8")
    (place / "protocol" / "1.yaml").write_text(PROTOCOL, "utf-8")
    return place


@pytest.fixture
def lines_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes events, or raw lines, into a file to submit."""

    def write(*events: dict[str, Any] | str, name: str = "events.jsonl") -> Path:
        file = tmp_path / name
        file.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in events), "utf-8")
        return file

    return write


@pytest.fixture
def opened(invented: Path, run: Run, lines_of: Callable[..., Path]) -> Path:
    """The invented study with a real ledger of three events: one subject is in screening."""
    assert run("submit", invented, lines_of(*OPENING, name="opening.jsonl")).code == 0
    return invented


def is_clear(answer: Answer, *words: str) -> None:
    """A finding for a person: what, why it matters, what to do, and never a traceback."""
    assert answer.code == 1, answer
    assert "error" in answer.err and "Why it matters:" in answer.err and "What to do:" in answer.err, answer.err
    assert "Traceback" not in answer.err and "mistake of its own" not in answer.err, answer.err
    assert [word for word in words if word not in answer.err] == [], answer.err


@pytest.fixture
def clear() -> Callable[..., None]:
    """Holds an answer against what a finding must say."""
    return is_clear
