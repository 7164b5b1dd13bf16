"""The verbs that keep a ledger: what they print, their JSON, their exit codes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from trialwright.cli import main
from trialwright.core.ledger import Change, FormSubmitted
from trialwright.store import Submission, open_study

SECRET = "Wilhelmina Featherstonehaugh"
TWO = ["--reason", "identifying_data", "--requested-by", "u1", "--approved-by", "u2:data_manager"]


@pytest.fixture
def run(capsys):
    """Runs the command line; gives the exit code, what was printed and what was complained of."""

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(one) for one in arguments])
        told = capsys.readouterr()
        return left.value.code or 0, told.out, told.err

    return run


@pytest.fixture
def named(rehearsed, trial):
    """A study folder whose event 13 names a person."""
    event = trial.said_by(
        FormSubmitted, subject="S01-001", form="notes", items=(Change("note/1/text", None, f"told by {SECRET}"),)
    )
    with open_study(rehearsed) as ledger:
        ledger.append(Submission("n", (event,), recorded_at=trial.start + timedelta(hours=90)), trial.issuer)
    return rehearsed


def test_redact_erases_and_tells_of_the_copies_that_still_hold_it(named, run):
    code, out, err = run("ledger", "redact", named, "13", *TWO)
    assert (code, err) == (0, "")
    assert "Event 13 is redacted; event 14 says so. Gone: note/1/text." in out
    assert "Copies made before now" in out
    assert [one.name for one in named.iterdir() if SECRET.encode() in one.read_bytes()] == []
    assert run("ledger", "verify", named)[0] == 0


def test_redact_says_in_one_document_what_went(named, run):
    code, out, _ = run("ledger", "redact", named, "13", *TWO, "--json")
    told = json.loads(out)["redacted"]
    assert (code, told["seq"], told["by_seq"], told["gone"], told["replay"]) == (0, 13, 14, ["note/1/text"], False)
    assert SECRET not in out
    assert json.loads(run("ledger", "redact", named, "13", *TWO, "--json")[1])["redacted"]["replay"] is True


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (["--approved-by", "u1"], "both asks for the redaction and approves it"),
        (["--approved-by", "nobody"], "in no role that is known here"),
        (["--approved-by", "u2:janitor"], "none of the trial's"),
        (["--reason", "it names a person"], "no code for a reason"),
        (["--item", "note/2/text"], "holds no such value"),
    ],
)
def test_redact_is_refused_with_exit_code_1_and_nothing_is_erased(named, run, changed, says):
    code, out, err = run("ledger", "redact", named, "13", *TWO, *changed)
    assert (code, out) == (1, "")
    assert says in err
    assert "nothing was erased" in err
    assert SECRET.encode() in (named / "trial.sqlite3").read_bytes()


def test_redact_without_two_persons_is_wrong_use(named, run):
    assert run("ledger", "redact", named, "13", "--reason", "x", "--requested-by", "u1")[0] == 2


def test_backup_and_restore(rehearsed, run, tmp_path_factory):
    place = tmp_path_factory.mktemp("elsewhere")
    code, out, _ = run("ledger", "backup", rehearsed, "--to", place, "--by", "olga", "--json")
    made = json.loads(out)["backup"]
    assert (code, made["events"], made["kind"]) == (0, 12, "simulated")
    code, out, err = run("ledger", "restore", made["path"], "--to", place / "new")
    assert code == 0
    assert "12 events" in out
    assert "compared with nothing outside" in err
    assert run("ledger", "verify", place / "new")[0] == 0
    code, _, err = run("ledger", "restore", made["path"], "--to", place / "new")
    assert (code, "is not empty" in err) == (1, True)


def test_an_older_backup_exits_11_unless_the_loss_is_accepted(rehearsed, trial, run, tmp_path_factory):
    from trialwright.store.checkpoints.emitting import emit

    place = tmp_path_factory.mktemp("elsewhere")
    made = json.loads(run("ledger", "backup", rehearsed, "--to", place, "--json")[1])["backup"]
    with open_study(rehearsed) as ledger:
        ledger.append(trial.count(77), trial.issuer)
        (place / "notes.txt").write_text(emit(ledger, "a test").whole)
    asked = ("ledger", "restore", made["path"], "--to", place / "new", "--anchors", place / "notes.txt")
    code, out, err = run(*asked)
    assert (code, out, "events from 13 on are lost" in err) == (11, "", True)
    assert not (place / "new").exists()
    code, out, _ = run(*asked, "--accept-loss")
    assert (code, "LOST, and accepted" in out) == (0, True)


def test_a_backup_of_a_damaged_ledger_does_not_count(rehearsed, tamper, run, tmp_path_factory):
    place = tmp_path_factory.mktemp("elsewhere")
    with tamper(rehearsed) as connection:
        connection.execute("UPDATE ledger_payload SET body = replace(body, '1500', '1501')")
    code, out, err = run("ledger", "backup", rehearsed, "--to", place)
    assert (code, out) == (10, "")
    assert "event 2" in err
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("what", ["there is nothing", "a file of another kind"])
def test_what_is_no_backup_is_refused_in_words(tmp_path, run, what):
    place = tmp_path / "place"
    place.mkdir()
    if what == "a file of another kind":
        (place / "trial.sqlite3").write_text("not a database")
    code, _, err = run("ledger", "restore", place, "--to", tmp_path / "new")
    assert (code, "Traceback" in err) == (1, False)
    assert err.startswith("error")
