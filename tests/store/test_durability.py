"""A save that was acknowledged is there: with the safe settings of SQLite, after a kill, under several writers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from trialwright.store import open_study, sqlite, verify
from trialwright.store.errors import LedgerError, UnsafeDatabase

WRITER = """
import sys
sys.path[:0] = [{tests!r}]
from conftest import count
from trialwright.store import SeededIssuer, open_study
from dataclasses import replace
with open_study({folder!r}) as ledger:
    for number in range({first}, {last}):
        receipt = ledger.append(count(number, subject={subject!r}), SeededIssuer("seed"))
        print(number, receipt.seqs[0], flush=True)
"""


def writer(folder, first, last, subject="S01-001"):
    script = WRITER.format(tests=os.path.dirname(__file__), folder=str(folder), first=first, last=last, subject=subject)
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)


def opened(folder, trial):
    with open_study(folder) as ledger:
        ledger.append(trial.opening(), trial.issuer)


def test_two_processes_may_come_to_a_new_folder_at_once(tmp_path):
    script = (
        "import sys; from trialwright.store import open_study\nwith open_study(sys.argv[1]) as new: print(new.head())"
    )
    for name in "abc":
        (tmp_path / name).mkdir()
        command = [sys.executable, "-c", script, str(tmp_path / name)]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        assert [process.communicate(timeout=60)[0] for process in both] == ["None\n"] * 3


def test_a_full_disk_saves_nothing_and_loses_nothing(rehearsed, trial):
    with open_study(rehearsed) as ledger, ledger._cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(LedgerError, match="full"):
            ledger.append_many((trial.count(number) for number in range(100, 400)), trial.issuer)
        assert ledger.head().seq == 12
        cursor.execute("PRAGMA max_page_count=100000")
        ledger.append(trial.count(100), trial.issuer)
    assert (verify(rehearsed).ok, verify(rehearsed).events) == (True, 13)


def test_two_processes_write_without_loss_or_gap(tmp_path, trial):
    opened(tmp_path, trial)
    writers = [writer(tmp_path, 1, 41, "S01-001"), writer(tmp_path, 101, 141, "S01-002")]
    printed = [process.communicate(timeout=120)[0].split("\n") for process in writers]
    assert [process.returncode for process in writers] == [0, 0]
    places = sorted(int(line.split()[1]) for lines in printed for line in lines if line)
    assert places == list(range(2, 82))
    assert (verify(tmp_path).ok, verify(tmp_path).events) == (True, 81)


def test_what_was_acknowledged_survives_kill_9(tmp_path, trial):
    opened(tmp_path, trial)
    acknowledged: list[int] = []
    for start in range(1, 4001, 1000):
        process = writer(tmp_path, start, start + 1000)
        assert process.stdout is not None
        acknowledged += [int(process.stdout.readline().split()[0]) for _ in range(10 + start % 7)]
        time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        rest = process.communicate(timeout=60)[0].splitlines()
        acknowledged += [int(line.split()[0]) for line in rest if len(line.split()) == 2]
    found = verify(tmp_path)
    assert found.ok and found.events >= 1 + len(acknowledged)
    with open_study(tmp_path) as ledger:
        replayed = [ledger.append(trial.count(number), trial.issuer).replay for number in acknowledged]
    assert replayed == [True] * len(acknowledged)


@pytest.mark.parametrize(
    ("version", "settings"),
    [
        ((3, 51, 2), ("DELETE", "EXTRA")),
        ((3, 51, 3), ("WAL", "FULL")),
        ((3, 51, 4), ("WAL", "FULL")),
        ((3, 52, 0), ("WAL", "FULL")),
        ((3, 40, 1), ("DELETE", "EXTRA")),
    ],
)
def test_the_settings_go_by_the_librarys_version(version, settings):
    found = sqlite.durability(version)
    assert (found.journal, found.synchronous) == settings


@pytest.mark.parametrize(("library", "journal", "synchronous"), [((3, 51, 3), "wal", 2), ((3, 40, 1), "delete", 3)])
def test_the_connection_has_the_settings_it_asked_for(tmp_path, trial, monkeypatch, library, journal, synchronous):
    from trialwright.store.engines import sqlite as engine

    monkeypatch.setattr(engine, "version_in_use", lambda: library)
    with open_study(tmp_path) as ledger, ledger._cursor() as cursor:
        ledger.append(trial.opening(), trial.issuer)
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
        assert [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas] == [journal, synchronous, 1, 0]
    assert verify(tmp_path).ok


def test_a_database_whose_settings_would_lose_a_save_does_not_start():
    unsafe = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    with pytest.raises(UnsafeDatabase, match="power failure"):
        sqlite.check_settings(unsafe.__getitem__, sqlite.Durability("WAL", "FULL"))


def test_a_ledger_is_written_with_the_safe_library_where_there_is_one(tmp_path):
    pytest.importorskip("pysqlite3", reason="not run: this platform has no newer SQLite to choose")
    with open_study(tmp_path) as ledger, ledger._cursor() as cursor:
        assert cursor.execute("SELECT sqlite_version()").fetchone()[0] >= "3.51.3"


def test_importing_the_store_loads_no_django():
    script = "import sys, trialwright.store; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
