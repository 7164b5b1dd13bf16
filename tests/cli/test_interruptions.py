"""The installed command in a rough world: interrupted, its pipe closed, its disk full, its terminal strange."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from studies_at_hand import STUDIES

STRANGE = {"PYTHONHASHSEED": "123", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "COLUMNS": "40", "PYTHONUTF8": "0"}


def command(program_arguments: list[str | Path]) -> list[str]:
    import sys

    return [str(Path(sys.executable).with_name("trialwright")), *map(str, program_arguments)]


def started(arguments: list[str | Path]) -> subprocess.Popen[bytes]:
    """The command running, with interrupts heard even where whoever runs the tests does not hear them."""
    return subprocess.Popen(
        command(arguments),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def at_work(running: subprocess.Popen[bytes], seconds: float = 3.0) -> None:
    """Waits until the program has worked for a while: past loading its parts, however busy the machine is."""
    stat = Path(f"/proc/{running.pid}/stat")
    if not stat.exists():
        time.sleep(3 * seconds)
        return
    while int(stat.read_text().rsplit(")", 1)[1].split()[11]) / os.sysconf("SC_CLK_TCK") < seconds:
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)


def interrupted(running: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Presses Ctrl-C until the program has gone, as a person would."""
    for _ in range(12):
        running.send_signal(signal.SIGINT)
        try:
            return running.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            continue
    running.kill()
    return running.communicate()


def test_one_seed_gives_one_head_whatever_surrounds_the_program(program, every_study, fresh, tmp_path) -> None:
    heads = []
    for name, around in (("one", {"PYTHONHASHSEED": "0", "TZ": "UTC"}), ("two", STRANGE)):
        folder = fresh(every_study, tmp_path / name / "study")
        answer = program("rehearse", folder, "--patients", "1", "--seed", "11", "--json", cwd=folder, **around)
        assert answer.code == 0, answer.err
        heads.append(answer.document)
    assert heads[0] == heads[1]


def test_another_seed_gives_another_head(run, a_study, fresh, tmp_path) -> None:
    heads = [
        run("rehearse", fresh(a_study, tmp_path / seed), "--patients", "1", "--seed", seed, "--json").document["head"]
        for seed in ("1", "2")
    ]
    assert heads[0] != heads[1]


def test_a_rehearsal_that_is_interrupted_leaves_the_folder_as_it_was(fresh, contents, tmp_path) -> None:
    longest = max(STUDIES, key=lambda study: (study / "rehearsal.yaml").stat().st_size)
    folder = fresh(longest, tmp_path / "study")
    before = contents(folder)
    running = started(["rehearse", folder, "--patients", "5000"])
    at_work(running, 2.0)
    out, err = interrupted(running)
    assert running.returncode not in (0, 70) and out == b"" and b"Traceback" not in err, err
    assert contents(folder) == before
    assert [each.name for each in folder.iterdir() if each.name.startswith(".")] == []


def test_a_report_that_is_interrupted_leaves_nothing_half_written(run, a_study, fresh, tmp_path) -> None:
    folder = fresh(a_study, tmp_path / "study")
    assert run("rehearse", folder, "--patients", "1").code == 0
    running = started(["report", folder, "--out", tmp_path / "out"])
    time.sleep(0.4)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".report-*")) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    _, err = interrupted(running)
    assert running.returncode not in (0, 70) and b"Traceback" not in err, err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["study"]


def test_a_reader_that_has_read_enough_gets_no_complaint(a_study) -> None:
    for arguments in (["read", a_study / "record.txt"], ["read", a_study / "record.txt", "--json"]):
        first = subprocess.Popen(command(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert first.stdout is not None and first.stderr is not None
        first.stdout.close()
        with first.stderr as complaints:
            err = complaints.read()
        first.wait(timeout=60)
        assert b"Traceback" not in err and b"Exception" not in err and b"Broken" not in err, err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_an_answer_that_cannot_be_written_is_an_error(a_study) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command(["read", a_study / "record.txt"]), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1 and b"No space left" in done.stderr and b"Traceback" not in done.stderr


def test_a_strange_terminal_still_gets_the_answer(program, a_study) -> None:
    page = a_study / "record.txt"
    plain, strange = (program("read", page, **around) for around in ({}, STRANGE))
    assert (strange.code, "Traceback" in strange.err) == (plain.code, False)
    assert len(strange.out.splitlines()) == len(plain.out.splitlines())
    assert program("--help", **STRANGE).code == 0


def test_a_file_that_may_not_grow_is_refused_and_the_folder_stays_as_it_was(a_study, fresh, contents, tmp_path) -> None:
    import resource

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    folder = fresh(a_study, tmp_path / "study")
    before = contents(folder)
    done = subprocess.run(
        command(["rehearse", folder, "--patients", "2"]),
        capture_output=True, preexec_fn=small_files, env=os.environ, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and b"Traceback" not in done.stderr and b"error" in done.stderr, done
    assert contents(folder) == before
