"""A test that could not run is named at the end of the run, and in CI it fails: absence must not look like a pass."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parent.parent
CONFTEST = HELPERS / "conftest.py"
TESTS = """
import pytest

def test_needs_the_folder(corpus):
    assert corpus.is_dir()

@pytest.mark.corpus
def test_is_marked():
    pass

def test_needs_nothing():
    pass

@pytest.mark.skip(reason="another reason")
def test_left_out():
    pass
"""


@pytest.fixture
def run(tmp_path: Path):
    """Runs the four tests above under the conftest, in the environment given: exit code and what it printed."""
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text("utf-8"), "utf-8")
    (tmp_path / "test_sample.py").write_text(TESTS, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = corpus: reads the data folder\n", "utf-8")

    def call(*arguments: str, **environment: str) -> tuple[int, str]:
        kept = {k: v for k, v in os.environ.items() if k not in {"CI", "TRIALWRIGHT_CORPUS", "PYTEST_ADDOPTS"}}
        kept["PYTHONPATH"] = str(HELPERS)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=kept | environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    return call


def named_as_not_run(out: str) -> list[str]:
    _, _, tail = out.partition(" not run ")
    return [line.split("::")[1] for line in tail.splitlines() if line.startswith("test_sample.py::")]


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_without_the_folder_every_test_that_did_not_run_is_named(run, workers) -> None:
    code, out = run(*workers)
    assert code == 0
    assert "1 passed, 3 skipped" in out
    assert named_as_not_run(out) == ["test_is_marked", "test_left_out", "test_needs_the_folder"]
    assert "Set TRIALWRIGHT_CORPUS" in out


def test_in_ci_a_missing_folder_is_a_failure(run) -> None:
    code, out = run(CI="true")
    assert code == 1
    assert "1 skipped" in out
    assert "in CI every test runs" in out
    assert named_as_not_run(out) == ["test_left_out"]


def test_a_folder_that_is_not_there_is_a_failure_not_an_absence(run, tmp_path) -> None:
    code, out = run(TRIALWRIGHT_CORPUS=str(tmp_path / "gone"))
    assert code == 1
    assert "is not a folder" in out


def test_with_the_folder_they_run_and_can_be_chosen_by_their_mark(run, tmp_path) -> None:
    code, out = run("-m", "corpus", TRIALWRIGHT_CORPUS=str(tmp_path), CI="true")
    assert code == 0
    assert "2 passed, 2 deselected" in out
