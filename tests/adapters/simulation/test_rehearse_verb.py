"""`trialwright rehearse`: one seed gives one ledger anywhere, and nothing that is there is ever overwritten."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from studies_at_hand import GRADED
from trialwright.core.ledger import StudyOpened
from trialwright.store import MachineIssuer, Submission, Text, open_study

SMALL = ("--patients", "4", "--seed", "7", "--json")
SECOND = "nct02120703"


def test_one_seed_gives_one_head_wherever_and_however_it_is_run(fresh, rehearse_in, tmp_path: Path) -> None:
    one = rehearse_in(fresh(SECOND, "one"), *SMALL, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    two = rehearse_in(
        fresh(SECOND, "two"), *SMALL, PYTHONHASHSEED="77", TZ="Asia/Tokyo", LC_ALL="C.UTF-8", within=str(elsewhere)
    )
    assert one.returncode == two.returncode == 0, one.stderr + two.stderr
    assert json.loads(one.stdout) == json.loads(two.stdout)


def test_another_seed_gives_another_head(fresh, rehearse_in) -> None:
    heads = {
        json.loads(rehearse_in(fresh(SECOND, seed), "--patients", "2", "--seed", seed, "--json").stdout)["head"]
        for seed in ("1", "2")
    }
    assert len(heads) == 2


def test_people_are_told_in_words_that_it_is_simulated_and_what_to_run_next(fresh, rehearse_in) -> None:
    done = rehearse_in(fresh(SECOND), "--patients", "2")
    assert done.returncode == 0
    for word in ("simulated", "2 registered", "screened", "trialwright report"):
        assert word in done.stdout


def test_a_rehearsal_is_not_repeated_into_its_own_folder_unless_asked(fresh, rehearse_in) -> None:
    folder = fresh(SECOND)
    assert rehearse_in(folder, *SMALL).returncode == 0
    before = (folder / "trial.sqlite3").read_bytes()
    again = rehearse_in(folder, *SMALL)
    assert again.returncode == 1 and "--replace" in again.stderr and "nothing was touched" in again.stderr
    assert (folder / "trial.sqlite3").read_bytes() == before
    other = rehearse_in(folder, "--patients", "2", "--seed", "8", "--replace", "--json")
    assert other.returncode == 0, other.stderr
    assert leftovers(folder) == []
    with open_study(folder, read_only=True) as ledger:
        assert ledger.head().hash == json.loads(other.stdout)["head"]


def test_real_data_are_never_replaced(fresh, rehearse_in) -> None:
    folder = fresh(SECOND)
    text = Text("protocol", (folder / "protocol" / "1.yaml").read_text())
    event = StudyOpened(
        actor="u1", role="sponsor", site=None, occurred=date(2011, 2, 1),
        protocol=text.sha256, study="NCT02120703", kind="real",
    )  # fmt: skip
    with open_study(folder) as ledger:
        ledger.append(Submission("open", (event,), texts=(text,)), MachineIssuer())
    before = (folder / "trial.sqlite3").read_bytes()
    done = rehearse_in(folder, *SMALL, "--replace")
    assert done.returncode == 1 and "real data" in done.stderr
    assert (folder / "trial.sqlite3").read_bytes() == before


def test_a_file_that_is_no_ledger_is_left_alone(fresh, rehearse_in) -> None:
    folder = fresh(SECOND)
    (folder / "trial.sqlite3").write_bytes(b"not a database")
    done = rehearse_in(folder, *SMALL, "--replace")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert (folder / "trial.sqlite3").read_bytes() == b"not a database"


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith((".rehearsal", "trial.sqlite3-"))]


def test_an_interrupted_rehearsal_leaves_the_folder_as_it_was(fresh) -> None:
    folder = fresh(GRADED.name)
    before = sorted(path.name for path in folder.iterdir())
    process = subprocess.Popen(
        [sys.executable, "-m", "trialwright", "rehearse", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert sorted(path.name for path in folder.iterdir()) == before


def test_an_error_while_writing_leaves_the_folder_as_it_was(fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    from trialwright.adapters.simulation import keeping

    folder = fresh(SECOND)

    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(keeping, "_move", fails)
    with pytest.raises(OSError, match="disk full"):
        keeping.keep(folder, "NCT02120703", [opening()], 1, False)
    assert leftovers(folder) == [] and not (folder / "trial.sqlite3").exists()


def test_a_ledger_that_appears_meanwhile_is_not_overwritten(fresh) -> None:
    from trialwright.adapters.simulation import keeping
    from trialwright.store.errors import LedgerError

    folder = fresh(SECOND)
    (folder / "trial.sqlite3").write_text("somebody else's")
    with pytest.raises(LedgerError, match="meanwhile"):
        keeping.keep(folder, "NCT02120703", [opening()], 1, False)
    assert (folder / "trial.sqlite3").read_text() == "somebody else's" and leftovers(folder) == []


def opening() -> Submission:
    text = Text("protocol", "protocol: NCT02120703\n")
    event = StudyOpened(
        actor="u1", role="sponsor", site=None, occurred=date(2011, 2, 1), protocol=text.sha256,
        study="NCT02120703", kind="simulated",
    )  # fmt: skip
    return Submission("open", (event,), texts=(text,), recorded_at=datetime(2011, 2, 1, 9, tzinfo=UTC))


def test_a_study_without_a_rehearsal_file_is_told_so(fresh, rehearse_in) -> None:
    folder = fresh(SECOND)
    (folder / "rehearsal.yaml").unlink()
    done = rehearse_in(folder, *SMALL)
    assert done.returncode == 1 and "has no rehearsal.yaml" in done.stderr
    assert not (folder / "trial.sqlite3").exists()


def test_the_study_folder_may_have_any_name(fresh, rehearse_in, tmp_path: Path) -> None:
    here = json.loads(rehearse_in(fresh(SECOND), *SMALL).stdout)
    there = tmp_path / "some other name"
    shutil.copytree(Path(__file__).parents[3] / "studies" / SECOND, there, ignore=shutil.ignore_patterns("trial.sql*"))
    assert json.loads(rehearse_in(there, *SMALL).stdout) == here
