"""Study folders to rehearse in: copies of both studies, and a way to run the verb as a stranger would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studies_at_hand import GRADED

PROJECT = Path(__file__).resolve().parents[3]
STUDIES = PROJECT / "studies"
SEED = 7


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    folder = environment.pop("within", None)
    return subprocess.run(
        [sys.executable, "-m", "trialwright", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src"), **environment},
        cwd=folder,
        timeout=300,
    )


def copied(study: str, into: Path) -> Path:
    """A fresh copy of a study folder, without a ledger."""
    return Path(shutil.copytree(STUDIES / study, into, ignore=shutil.ignore_patterns("trial.sqlite3*")))


@pytest.fixture(scope="session")
def rehearse_in() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the verb on a folder."""
    return lambda folder, *more, **environment: run("rehearse", folder, *more, **environment)


@pytest.fixture(scope="session")
def copy_of() -> Callable[[str, Path], Path]:
    """Copies a study folder, without a ledger, to a place."""
    return copied


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[str], Path]:
    """A fresh copy of a study folder."""
    return lambda study, name="study": copied(study, tmp_path / name)


@pytest.fixture(scope="session")
def oncology(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Three registered patients of a study that grades toxicity, rehearsed once: the folder and the answer."""
    return _rehearsed(GRADED.name, 3, tmp_path_factory.mktemp("oncology") / "study")


@pytest.fixture(scope="session")
def surgery(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Forty registered patients of the second study, rehearsed once."""
    return _rehearsed("nct02120703", 40, tmp_path_factory.mktemp("surgery") / "study")


def _rehearsed(study: str, patients: int, folder: Path) -> tuple[Path, dict[str, Any]]:
    done = run("rehearse", copied(study, folder), "--patients", str(patients), "--seed", str(SEED), "--json")
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)
