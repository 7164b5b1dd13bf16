"""A ledger that is no ledger any more: every verb says what it is, `verify` by its exit code, and nobody touches it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

LEDGER = "trial.sqlite3"
UNREADABLE, ALTERED, CUT, PAYLOAD = 15, 10, 11, 13


def text(file: Path) -> None:
    file.write_text("These are my notes about the trial.\n" * 50)


def nothing(file: Path) -> None:
    file.write_bytes(b"")


def half(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def of_another_program(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
        other.execute("INSERT INTO songs VALUES ('Gnossienne')")
    other.close()


def altered(statement: str):
    """The owner of the file takes the guards off and runs a statement."""

    def change(file: Path) -> None:
        connection = sqlite3.connect(file)
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        assert connection.execute(statement).rowcount > 0
        connection.commit()
        connection.close()

    return change


ONE_BODY = "UPDATE ledger_payload SET body = replace(body, '2', '3') WHERE event_id = ({})"
EVENT_9 = "SELECT event_id FROM ledger_event WHERE seq = 9"
DAMAGES = {
    "a text": (text, UNREADABLE, "is not a ledger"),
    "an empty file": (nothing, UNREADABLE, "the file is empty"),
    "half a file": (half, UNREADABLE, "malformed"),
    "another program's database": (of_another_program, UNREADABLE, "is the database of another program"),
    "an altered payload": (altered(ONE_BODY.format(EVENT_9)), ALTERED, "event 9"),
    "an altered header": (
        altered("UPDATE ledger_event SET header = replace(header, '2', '3') WHERE seq = 7"),
        ALTERED,
        "event 7",
    ),
    "a cut end": (altered("DELETE FROM ledger_event WHERE seq > 20"), CUT, "event 21"),
    "a lost payload": (altered(f"DELETE FROM ledger_payload WHERE event_id = ({EVENT_9})"), PAYLOAD, "event 9"),
}
KINDS_OF_DAMAGE = pytest.mark.parametrize(("damage", "code", "says"), DAMAGES.values(), ids=DAMAGES)


@KINDS_OF_DAMAGE
def test_verify_names_the_first_place_that_is_wrong_and_leaves_the_file_alone(
    run, small, contents, damage, code, says
) -> None:
    damage(small / LEDGER)
    before = contents(small)
    answer = run("ledger", "verify", small)
    assert answer.code == code and says in answer.err
    assert "as it was written" not in answer.out
    assert "Why it matters:" in answer.err and "What to do:" in answer.err
    document = run("ledger", "verify", small, "--json").document
    assert document["ok"] is False and document["first_bad"]["code"] == code
    assert contents(small) == before


@pytest.mark.parametrize("damage", ["an altered payload", "an altered header", "a lost payload"])
def test_what_was_recorded_before_the_damage_is_named_and_can_still_be_read(run, small, contents, damage) -> None:
    harm, _, says = DAMAGES[damage]
    harm(small / LEDGER)
    before, until = contents(small), int(says.split()[1]) - 1
    answer = run("ledger", "verify", small)
    assert f"Events 1 to {until} are as they were written" in answer.out
    assert answer.err.count("warning") == 4 and "--json names each" in answer.err
    assert run("status", small, "--known-at", str(until)).code == 0
    assert run("status", small, "--known-at", str(until + 1)).code == 1
    assert contents(small) == before


@KINDS_OF_DAMAGE
def test_no_answer_is_given_from_a_damaged_ledger_and_nothing_is_added_to_it(
    run, clear, small, contents, tmp_path, lines_of, damage, code, says
) -> None:
    whole = lines_of({"event": "StudyOpened", "actor": "u1", "role": "sponsor", "occurred": "2025-01-01",
                      "study": "X", "kind": "real", "protocol": "1"})  # fmt: skip
    damage(small / LEDGER)
    before, out = contents(small), tmp_path / "out"
    for arguments in (["status", small], ["report", small, "--out", out], ["rehearse", small]):
        answer = run(*arguments)
        clear(answer)
        assert answer.out == ""
    assert run("submit", small, whole).code == 1
    assert contents(small) == before and not out.exists()


def test_a_folder_for_a_ledger_is_no_ledger(run, clear, a_study, fresh, tmp_path) -> None:
    folder = fresh(a_study, tmp_path / "study")
    (folder / LEDGER).mkdir()
    clear(run("status", folder), "is not a file")
    clear(run("rehearse", folder), LEDGER)
    assert run("ledger", "verify", folder).code == UNREADABLE
    assert list((folder / LEDGER).iterdir()) == []


def test_a_study_that_has_no_ledger_yet_says_how_to_get_one(run, clear, a_study, fresh, contents, tmp_path) -> None:
    folder = fresh(a_study, tmp_path / "study")
    before = contents(folder)
    clear(run("status", folder), "there is no ledger here", "Rehearse the trial")
    clear(run("report", folder, "--out", tmp_path / "out"), "there is no ledger here")
    assert run("ledger", "verify", folder).code == UNREADABLE
    assert contents(folder) == before and not (tmp_path / "out").exists()


def test_a_rehearsal_never_goes_over_a_ledger_unasked_and_never_over_a_real_one(
    run, clear, small, contents, opened
) -> None:
    before = contents(small)
    clear(run("rehearse", small, "--patients", "1"), "earlier rehearsal", "--replace")
    assert contents(small) == before
    real = contents(opened)
    for arguments in ([], ["--replace"]):
        clear(run("rehearse", opened, *arguments), "real data", "nothing was touched")
    assert contents(opened) == real


def test_a_rehearsal_replaces_an_earlier_one_when_asked(run, small) -> None:
    head = run("ledger", "verify", small, "--json").document["head"]
    answer = run("rehearse", small, "--patients", "1", "--seed", "6", "--replace", "--json")
    assert answer.code == 0 and answer.document["head"] != head
    assert run("ledger", "verify", small, "--json").document["head"] == answer.document["head"]


def test_the_answer_stands_on_the_place_in_the_ledger_that_was_asked_for(run, clear, rehearsed) -> None:
    end = run("ledger", "verify", rehearsed, "--json").document["events"]
    now = run("status", rehearsed, "--json").document
    assert run("status", rehearsed, "--known-at", str(end), "--json").document == now
    earlier = run("status", rehearsed, "--known-at", str(end - 1), "--json").document
    assert earlier["known_to"] == end - 1 and earlier["head"] != now["head"]
    for arguments in (["status", rehearsed], ["report", rehearsed, "--out", rehearsed.parent / "out"]):
        clear(run(*arguments, "--known-at", str(end + 1)), f"ends at event {end}", f"no event {end + 1}")
    assert not (rehearsed.parent / "out").exists()


@pytest.mark.parametrize("day", ["2007-02-30", "2007-13-01", "tomorrow", "0001-01-01", "1899-12-31", "2200-01-01"])
def test_a_day_that_no_trial_has_is_wrong_use(run, small, day) -> None:
    answer = run("status", small, "--on", day)
    assert (answer.code, answer.out) == (2, "") and "'--on'" in answer.err and day in answer.err


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_are_answered_for_everybody(run, rehearsed, day) -> None:
    everyone = run("status", rehearsed, "--json").document["subjects"]
    for one in [[], *([each["subject"]] for each in everyone)]:
        assert run("status", rehearsed, *one, "--on", day).code == 0


def test_a_subject_nobody_knows_is_answered_with_the_nearest_id(run, clear, rehearsed) -> None:
    known = run("status", rehearsed, "--json").document["subjects"][0]["subject"]
    clear(run("status", rehearsed, known[1:]), f"Is {known} meant?")
    clear(run("status", rehearsed, "§§§"), "knows no subject §§§")


def test_a_ledger_in_a_copy_of_the_folder_is_the_same_ledger(run, small, tmp_path) -> None:
    shutil.copytree(small, tmp_path / "copy")
    assert run("status", tmp_path / "copy", "--json").out == run("status", small, "--json").out
