"""`trialwright submit` and `trialwright ledger verify`: the file whole or not at all, and the exit codes."""

from __future__ import annotations

import io
import json
from hashlib import sha256
from types import SimpleNamespace

import pytest

from trialwright import cli
from trialwright.cli import submit
from trialwright.core.terms import Finding
from trialwright.store import open_study, verify

PROTOCOL = "protocol: TRIAL-1\nversion: '1'\n"
HASH = sha256(PROTOCOL.encode()).hexdigest()
WHO = {"actor": "u1", "role": "coordinator", "occurred": "2006-03-01"}
OPEN = WHO | {"event": "StudyOpened", "study": "TRIAL-1", "kind": "real"}
ACTIVATE = WHO | {
    "event": "ProtocolActivated", "site": "S01", "version": "1", "file_hash": "1", "approved_on": "2006-01-01",
}  # fmt: skip
SCREEN = WHO | {"event": "SubjectScreened", "site": "S01", "subject": "S01-001", "version": "1"}
FORM = WHO | {
    "event": "FormSubmitted", "site": "S01", "subject": "S01-001", "form": "laboratory",
    "items": [{"path": "anc/c1d1/value", "new": {"v": "900", "u": "/mm3"}}],
}  # fmt: skip
START = WHO | {
    "event": "CourseStarted", "site": "S01", "subject": "S01-001", "drug": "examplinib", "course": 1,
    "dose": {"v": "10", "u": "mg"}, "said": {"answer": "give"},
}  # fmt: skip


STUDY = SimpleNamespace(
    trial=None,
    versions={"1": SimpleNamespace(protocol="TRIAL-1", design=SimpleNamespace(
        sites=(SimpleNamespace(id="S01", time_zone="America/Chicago"),)))},
    hashes={"1": HASH}, texts={"1": PROTOCOL}, findings=(), record_text="",
)  # fmt: skip


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a verb in a study folder whose protocol allows every decision but the start of a course."""

    def refuses(view, event):
        if type(event).__name__ != "CourseStarted":
            return []
        return [Finding(about="S01-001", clause="anc", says=f"No course yet; {len(view.events())} events are known.")]

    monkeypatch.setattr("trialwright.adapters.study.load_study", lambda folder: STUDY)
    monkeypatch.setattr(submit, "guard_of", lambda study: refuses)

    def command(*arguments, stdin=b""):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as exit_:
            cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return SimpleNamespace(code=exit_.value.code, out=printed.out, err=printed.err)

    return command


def lines(*events):
    return "\n".join(json.dumps(event) for event in events).encode()


@pytest.fixture
def submitted(run, tmp_path):
    """Submits events to the study folder, from standard input."""
    return lambda *events, options=(): run("submit", tmp_path, "-", *options, stdin=lines(*events))


def test_a_file_goes_in_whole_with_protocol_zone_and_offset(submitted, tmp_path):
    found = submitted(OPEN, ACTIVATE, SCREEN, FORM)
    assert (found.code, found.err) == (0, "") and "events 1 to 4" in found.out
    with open_study(tmp_path, read_only=True) as ledger:
        events = list(ledger.events())
        assert ledger.text(HASH) == PROTOCOL and ledger.kind == "real"
    assert [event.protocol for event in events] == [HASH] * 4
    assert (events[3].zone, events[3].offset, events[1].file_hash) == ("America/Chicago", "-06:00", HASH)
    assert verify(tmp_path).ok


def test_submitting_again_is_harmless(submitted, tmp_path):
    first = submitted(OPEN, ACTIVATE, options=["--json"])
    again = submitted(OPEN, ACTIVATE, options=["--json"])
    assert (first.code, again.code) == (0, 0)
    one, two = json.loads(first.out)["receipt"], json.loads(again.out)["receipt"]
    assert (one["replay"], two["replay"], two | {"replay": False}) == (False, True, one)
    assert verify(tmp_path).events == 2


def test_a_key_used_for_other_contents_is_refused(submitted, tmp_path):
    submitted(OPEN, options=["--submission", "monday"])
    found = submitted(OPEN, ACTIVATE, options=["--submission", "monday"])
    assert found.code == 1 and "used before" in found.err
    assert verify(tmp_path).events == 1


def test_a_refused_decision_writes_nothing_of_the_file_and_says_why(submitted, tmp_path):
    submitted(OPEN, ACTIVATE)
    found = submitted(SCREEN, FORM, START)
    assert found.code == 1 and "No course yet; 4 events are known." in found.err
    assert verify(tmp_path).events == 2


def test_everything_wrong_is_said_at_once_and_nothing_is_written(submitted, tmp_path):
    found = submitted(OPEN, ACTIVATE | {"site": 3}, SCREEN | {"occurred": "today"}, options=["--json"])
    document = json.loads(found.out)
    assert (found.code, document["receipt"]) == (1, None)
    assert [finding["where"] for finding in document["findings"]] == ["-:2", "-:3"]
    assert not list(tmp_path.iterdir())


def test_an_event_under_no_protocol_is_refused_with_its_line(submitted, tmp_path):
    found = submitted(OPEN, SCREEN | {"protocol": "3"})
    assert found.code == 1 and "-:2" in found.err and "'3'" in found.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ((ACTIVATE,), "opens the study"),
        ((OPEN | {"kind": "simulated"},), "simulated data by a writer of real data"),
        ((OPEN | {"study": "TRIAL-2"},), "TRIAL-2"),
        ((OPEN, OPEN | {"occurred": "2006-03-02"}), "opened once"),
    ],
)
def test_how_a_ledger_does_not_begin(submitted, tmp_path, events, says):
    found = submitted(*events)
    assert found.code == 1 and says in found.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("protocol: TRIAL-1\nversion: '1'\ndose: 25 mg\n", "+dose: 25 mg"),
        (PROTOCOL + "\n", "It differs"),
        (None, "is gone"),
    ],
)
def test_a_protocol_file_edited_after_its_activation_is_refused_with_the_difference(
    submitted, tmp_path, monkeypatch, text, says
):
    submitted(OPEN, ACTIVATE)
    edited = {} if text is None else {"1": text}
    monkeypatch.setattr(STUDY, "texts", edited)
    monkeypatch.setattr(STUDY, "hashes", {key: sha256(text.encode()).hexdigest() for key, text in edited.items()})
    found = submitted(SCREEN)
    assert found.code == 1 and says in found.err
    assert verify(tmp_path).events == 2


def test_a_rehearsed_ledger_takes_no_real_event(run, rehearsed):
    found = run("submit", rehearsed, "-", stdin=lines(SCREEN))
    assert found.code == 1 and "simulated" in found.err
    assert verify(rehearsed).events == 12


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"<html></html>", b"%PDF-1.7\n\x80"])
def test_a_file_of_something_else(run, tmp_path, content):
    (tmp_path / "events.jsonl").write_bytes(content)
    found = run("submit", tmp_path, tmp_path / "events.jsonl")
    assert found.code == 1 and "error" in found.err and "Traceback" not in found.err


def test_a_file_that_is_not_there_is_wrong_use(run, tmp_path):
    assert run("submit", tmp_path, tmp_path / "nowhere.jsonl").code == 2
    assert run("submit", tmp_path / "nowhere", "-").code == 2


def test_verify_prints_for_people_and_for_programs(run, rehearsed):
    found = run("ledger", "verify", rehearsed)
    assert found.code == 0 and "12 events" in found.out
    document = json.loads(run("ledger", "verify", rehearsed, "--json").out)
    chains, anchors = document.pop("chains"), document.pop("anchors")
    assert document == {
        "ok": True, "events": 12, "head": verify(rehearsed).head, "first_bad": None, "warnings": [],
    }  # fmt: skip
    assert [(each["chain"], each["events"], each["head"]) for each in chains] == [
        ("study:TRIAL-1", 12, document["head"])
    ]
    assert anchors is None


def test_verify_exits_with_what_was_found(run, rehearsed, tamper, tmp_path_factory):
    head = verify(rehearsed).head
    assert run("ledger", "verify", rehearsed, "--expect", head).code == 0
    assert run("ledger", "verify", rehearsed, "--expect", "ab" * 32).code == 11
    assert run("ledger", "verify", rehearsed, "--expect", "5:" + head).code == 12
    assert run("ledger", "verify", rehearsed, "--expect", "x").code == 2
    assert run("ledger", "verify", tmp_path_factory.mktemp("empty")).code == 15
    with tamper(rehearsed) as connection:
        connection.execute("UPDATE ledger_payload SET body = '[]' WHERE rowid = 4")
    found = run("ledger", "verify", rehearsed)
    assert found.code == 10 and "payload" in found.err
    assert json.loads(run("ledger", "verify", rehearsed, "--json").out)["first_bad"]["code"] == 10
