"""Checkpoints on the command line: signed, sent, and held against the ledger, with an exit code for each answer."""

from __future__ import annotations

import json
import sqlite3

import pytest

from trialwright.cli import main


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Two folders for anchors that are set up, and where the key lies."""
    folders = [tmp_path / "first", tmp_path / "second"]
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", ",".join(map(str, folders)))
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(tmp_path / "settings" / "key"))
    return folders


@pytest.fixture
def study(tmp_path):
    """A folder with a real ledger of one event."""
    from datetime import date

    from trialwright.core.ledger import StudyOpened
    from trialwright.store import Submission, Text, open_study

    text = Text("protocol", "protocol: TRIAL-1\n")
    said = {"actor": "u1", "role": "sponsor", "site": None, "occurred": date(2026, 1, 5)}
    folder = tmp_path / "study"
    folder.mkdir()
    with open_study(folder) as ledger:
        event = StudyOpened(**said, protocol=text.sha256, study="TRIAL-1", kind="real")
        ledger.append(Submission("open", (event,), texts=(text,)))
    return folder


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main([str(each) for each in arguments])
    answer = capsys.readouterr()
    return int(left.value.code or 0), answer.out, answer.err


def test_a_checkpoint_is_signed_sent_and_bears_the_ledger_out(capsys, study, places):
    code, out, err = call(capsys, "ledger", "checkpoint", study)
    assert (code, err) == (0, "") and "trialwright/study:TRIAL-1/" in out and str(places[1]) in out
    for place in places:
        code, out, err = call(capsys, "ledger", "verify", study, "--anchors", place)
        assert (code, err) == (0, "") and "2 checkpoints kept elsewhere bear it out" in out


def test_the_same_as_one_document(capsys, study, places):
    code, out, _ = call(capsys, "ledger", "checkpoint", study, "--json")
    told = json.loads(out)
    assert code == 0 and [note["size"] for note in told["notes"]] == [1, 2] and told["sent"] == [str(p) for p in places]
    code, out, _ = call(capsys, "ledger", "verify", study, "--anchors", places[0], "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["anchors"]["counted"]) == (0, True, 2)
    assert told["anchors"]["newest"]["study:TRIAL-1"]["events_after"] == 0


def test_a_ledger_that_was_emptied_behind_its_anchors_is_11(capsys, study, places):
    call(capsys, "ledger", "checkpoint", study)
    connection = sqlite3.connect(study / "trial.sqlite3")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for table in ("event", "payload", "head", "checkpoint", "meta"):
        connection.execute(f"DELETE FROM ledger_{table}")
    connection.execute("DELETE FROM projection_subject")
    connection.execute("DELETE FROM stored_text")
    connection.commit()
    connection.close()
    code, _, err = call(capsys, "ledger", "verify", study, "--anchors", places[0])
    assert code == 11 and "holds no event" in err


@pytest.mark.parametrize(("number", "says"), [(0, "no places;"), (1, "1 place;"), (2, None)])
def test_fewer_than_two_places_are_a_warning(capsys, study, places, monkeypatch, number, says):
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", ",".join(map(str, places[:number])))
    code, _, err = call(capsys, "ledger", "checkpoint", study)
    assert (code, says in err if says else err == "") == (0, True), err


def test_a_checkpoint_that_no_place_took_is_a_no(capsys, study, tmp_path, places, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", str(tmp_path / "file" / "below"))
    code, _, err = call(capsys, "ledger", "checkpoint", study)
    assert code == 1 and "could not be written" in err


def test_a_folder_without_a_ledger_is_said_and_stays_without_one(capsys, tmp_path, places):
    (tmp_path / "empty").mkdir()
    code, _, err = call(capsys, "ledger", "checkpoint", tmp_path / "empty")
    assert code == 1 and "no ledger here" in err and not list((tmp_path / "empty").iterdir())


def test_the_key_is_made_said_and_changed(capsys, study, places, tmp_path):
    code, out, _ = call(capsys, "ledger", "key", study, "--json")
    first = json.loads(out)
    assert code == 0 and first["public"][0].startswith("trialwright/study:TRIAL-1/") and first["set_aside"] is None
    code, out, _ = call(capsys, "ledger", "key", study, "--change", "--json")
    second = json.loads(out)
    assert code == 0 and second["key"] != first["key"] and first["key"] in second["set_aside"]
    call(capsys, "ledger", "checkpoint", study)
    assert call(capsys, "ledger", "verify", study, "--anchors", places[0])[0] == 0


def test_changing_a_key_that_is_not_there_is_refused(capsys, study, places):
    code, _, err = call(capsys, "ledger", "key", study, "--change")
    assert code == 1 and "no checkpoint key yet" in err


def test_anchors_that_are_not_there_and_a_key_that_is_none_are_wrong_use(capsys, study, places, tmp_path):
    assert call(capsys, "ledger", "verify", study, "--anchors", tmp_path / "x")[0] == 2
    assert call(capsys, "ledger", "verify", study, "--anchors", tmp_path, "--key", "x")[0] == 2


@pytest.fixture
def rehearsed(capsys, tmp_path, a_study):
    """A copy of a study with a small rehearsal in it."""
    import shutil

    folder = tmp_path / a_study.name
    shutil.copytree(a_study, folder, ignore=shutil.ignore_patterns("*.sqlite3*"))
    assert call(capsys, "rehearse", folder, "--patients", "1")[0] == 0
    return folder


def test_an_export_and_a_report_are_noted_elsewhere_first_and_the_report_prints_the_root(
    capsys, rehearsed, places, tmp_path
):
    assert call(capsys, "export", rehearsed, "--format", "icalendar", "--out", tmp_path / "calendar.ics")[0] == 0
    code, out, _ = call(capsys, "ledger", "verify", rehearsed, "--anchors", places[0], "--json")
    told = json.loads(out)
    assert (code, told["anchors"]["counted"]) == (0, 1)
    code, _, err = call(capsys, "report", rehearsed, "--out", tmp_path / "report")
    assert code == 0, err
    page = (tmp_path / "report" / "report.html").read_text()
    (chain,) = told["chains"]
    assert f"root {chain['root'][:16]}" in page and chain["root"] in page


def test_the_status_of_the_trial_says_up_to_where_it_is_noted_elsewhere(capsys, rehearsed, places):
    connection = sqlite3.connect(rehearsed / "trial.sqlite3")
    ((size,),) = connection.execute("SELECT seq FROM ledger_head").fetchall()
    connection.close()
    assert "Checkpoint:" not in call(capsys, "status", rehearsed)[1]  # a rehearsal that was noted nowhere
    call(capsys, "ledger", "checkpoint", rehearsed)
    _, out, _ = call(capsys, "status", rehearsed)
    assert f"Checkpoint: event {size}, signed at " in out
    assert f"sent to {places[0]}, {places[1]}; nothing is after it." in out
