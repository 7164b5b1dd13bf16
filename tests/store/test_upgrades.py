"""What an earlier version wrote opens in this one: every row stays, the root is the same, and it can be added to.

The kept ledgers are in `fixtures/`, each made by the version it is named after (`fixtures/make.py`).
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trialwright.core.subject import fold_study
from trialwright.store import open_study, verify
from trialwright.store.moving import load

FIXTURES = Path(__file__).parent / "fixtures"
FILES = sorted(FIXTURES.glob("*.sqlite.gz"))
DUMPS = sorted(FIXTURES.glob("*.jsonl.gz"))
TABLES = ("ledger_event", "ledger_payload", "ledger_meta", "stored_text", "ledger_head", "ledger_checkpoint")


def named(file: Path) -> str:
    return file.name.split(".sqlite")[0].split(".jsonl")[0]


def told(file: Path) -> tuple[int, str, str]:
    """What must be found in a kept ledger for ever."""
    said = json.loads((FIXTURES / f"{named(file)}.json").read_text())
    return said["seq"], said["head"], said["root"]


def rows(folder: Path) -> dict[str, list[tuple]]:
    with closing(sqlite3.connect(folder / "trial.sqlite3")) as connection:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in TABLES}


def columns(folder: Path) -> list[tuple]:
    with closing(sqlite3.connect(folder / "trial.sqlite3")) as connection:
        wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'ledger_%' ORDER BY name"
        return connection.execute(wanted).fetchall()


@pytest.fixture(params=FILES, ids=named)
def kept(request, tmp_path):
    """A folder with a kept ledger, and the file it came from."""
    (tmp_path / "trial.sqlite3").write_bytes(gzip.decompress(request.param.read_bytes()))
    return tmp_path, request.param


def ended(folder: Path, **which) -> tuple[int, str, str]:
    with open_study(folder, read_only=True, **which) as ledger:
        head = ledger.head()
    return head.seq, head.hash, head.root


def test_there_is_a_ledger_of_the_first_version():
    assert "0.1.0-first" in {named(file) for file in FILES}
    assert DUMPS


def test_an_earlier_ledger_is_read_and_verified_as_it_is(kept):
    folder, file = kept
    before = (folder / "trial.sqlite3").read_bytes()
    found = verify(folder)
    assert (found.ok, found.warnings, ended(folder)) == (True, (), told(file))
    assert (folder / "trial.sqlite3").read_bytes() == before


def test_a_writer_brings_it_up_to_date_and_touches_no_row(kept, trial):
    folder, file = kept
    before, tables = rows(folder), columns(folder)
    with open_study(folder, "simulated", study="TRIAL-1"):
        pass
    assert (rows(folder), columns(folder), ended(folder)) == (before, tables, told(file))
    assert (verify(folder).ok, verify(folder).warnings) == (True, ())
    with open_study(folder) as ledger:
        ledger.append(trial.count(1), trial.issuer)
        study = fold_study(ledger.events())
    assert (verify(folder).ok, set(study.subjects)) == (True, {"S01-001", "S01-002"})
    assert {table: now[: len(before[table])] for table, now in rows(folder).items() if table == "stored_text"} == {
        "stored_text": before["stored_text"]
    }


@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_upgrade_that_is_killed_on_its_way_is_finished_by_the_next_opening(tmp_path, at):
    """SIGKILL right after each change that the upgrade makes; `make faults` kills at every write to the disk."""
    file = FIXTURES / "0.1.0-first.sqlite.gz"
    (tmp_path / "trial.sqlite3").write_bytes(gzip.decompress(file.read_bytes()))
    before = rows(tmp_path)
    child = os.fork()
    if not child:
        _die_in_upgrade(tmp_path, at)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it was to be killed on its way"
    with open_study(tmp_path):
        pass
    assert (rows(tmp_path), ended(tmp_path)) == (before, told(file))
    assert (verify(tmp_path).ok, verify(tmp_path).warnings) == (True, ())


def _die_in_upgrade(folder: Path, at: int) -> None:
    from django.db.backends.utils import CursorWrapper

    calls, execute = [0], CursorWrapper.execute

    def counted(self, sql, params=None):
        done = execute(self, sql, params)
        calls[0] += str(sql).lstrip().upper().startswith(("DROP", "CREATE", "INSERT"))
        if calls[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    try:
        CursorWrapper.execute = counted
        with open_study(folder):
            pass
    finally:
        os._exit(0)


@pytest.mark.parametrize("dump", DUMPS, ids=named)
def test_an_earlier_dump_loads_into_either_database_with_the_same_root(dump, engine, tmp_path, trial):
    lines = tmp_path / "ledger.jsonl"
    lines.write_bytes(gzip.decompress(dump.read_bytes()))
    folder = tmp_path / "study"
    (folder / "protocol").mkdir(parents=True)
    (folder / "protocol" / "1.yaml").write_text(trial.protocol.text)
    load(folder, lines)
    assert ended(folder, study="TRIAL-1") == told(dump)
    assert verify(folder).ok
    with open_study(folder, "simulated", study="TRIAL-1") as ledger:
        ledger.append(trial.count(1), trial.issuer)
    assert verify(folder).ok
