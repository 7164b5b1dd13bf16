"""A dump carries a study from one kind of database to the other and back: the same root, the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from trialwright.core.ledger import BackupMade
from trialwright.store import Submission, open_study, verify
from trialwright.store.errors import LedgerError
from trialwright.store.moving import dump, load


@pytest.fixture
def full(rehearsed, trial):
    """The small study, with a chain of its database."""
    made = trial.said_by(BackupMade, site=None, protocol="", where="shelf 2", chain="study:TRIAL-1", size=12, root="ab")
    with open_study(rehearsed) as ledger:
        ledger.append(Submission("b", (made,), recorded_at=trial.start), trial.issuer)
    return rehearsed


def place(tmp_path_factory):
    return tmp_path_factory.mktemp("place")


def standing(folder):
    """Where every chain ends, and what is derived."""
    found = verify(folder)
    assert found.ok, found.first_bad
    with open_study(folder) as ledger, ledger._cursor() as cursor:
        cursor.execute(
            "SELECT chain_id, stream_id, stream_version, last_seq, last_hash, status FROM projection_subject"
        )
        derived = sorted((*row[:4], bytes(row[4]), row[5]) for row in cursor.fetchall())
        return found.chains, derived, list(ledger.events())


def test_from_a_file_to_a_server_and_back(full, tmp_path_factory, postgres, monkeypatch):
    files = [place(tmp_path_factory) / "dump.jsonl" for _ in range(3)]
    before = standing(full)
    dump(full, files[0])
    on_server = place(tmp_path_factory)
    with monkeypatch.context() as here:
        here.setenv("TRIALWRIGHT_DATABASE_URL", postgres.new_database("moved"))
        load(on_server, files[0])
        assert standing(on_server) == before
        dump(on_server, files[1])
    back = place(tmp_path_factory)
    load(back, files[1])
    assert standing(back) == before
    dump(back, files[2])
    assert files[0].read_bytes() == files[1].read_bytes() == files[2].read_bytes()


def test_several_studies_of_a_server_are_dumped_apart(on_postgres, tmp_path_factory, trial):
    folders = {name: place(tmp_path_factory) for name in ("TRIAL-1", "TRIAL-2")}
    for name, folder in folders.items():
        (folder / "protocol").mkdir()
        (folder / "protocol" / "1.yaml").write_text(f"protocol: {name}\n")
        opening = trial.opening()
        saved = replace(opening, events=(replace(opening.events[0], study=name),))
        with open_study(folder) as ledger:
            ledger.append(saved, trial.issuer if name == "TRIAL-1" else replace(trial.issuer, seed="two"))
            ledger.append(trial.count(1), trial.issuer if name == "TRIAL-1" else replace(trial.issuer, seed="two"))
    files = {name: place(tmp_path_factory) / "dump" for name in folders}
    moved = {name: dump(folders[name], files[name]) for name in folders}
    assert [list(each.ends) for each in moved.values()] == [["study:TRIAL-1"], ["study:TRIAL-2"]]
    assert '"study:TRIAL-2"' not in files["TRIAL-1"].read_text()


def test_a_dump_goes_only_where_the_study_has_no_ledger(engine, full, tmp_path_factory):
    file = place(tmp_path_factory) / "dump"
    dump(full, file)
    with pytest.raises(LedgerError, match="already"):
        load(full, file)
    with pytest.raises(LedgerError, match="there already"):
        dump(full, file)
    assert verify(full).ok


def changed(lines, number, **row):
    line = json.loads(lines[number])
    line["row"] |= row
    return [*lines[:number], spelt(line), *lines[number + 1 :]]


def spelt(line):
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def of_body(lines, number, old, new):
    assert old in lines[number]
    return [*lines[:number], lines[number].replace(old, new), *lines[number + 1 :]]


WRONG = {
    "the last line missing": lambda lines: lines[:-1],
    "an event missing": lambda lines: [*lines[:5], *lines[6:]],
    "the last event missing, and the count mended": lambda lines: [
        *(line for line in lines[:-1] if '"seq":12' not in line),
        spelt(json.loads(lines[-1]) | {"lines": len(lines) - 2}),
    ],
    "two events in another order": lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]],
    "an event twice": lambda lines: [*lines[:6], lines[5], *lines[6:]],
    "another value": lambda lines: of_body(lines, 3, "1500", "9500"),
    "another person": lambda lines: of_body(lines, 3, "u1", "u2"),
    "another hash": lambda lines: changed(lines, 3, hash={"hex": "00" * 32}),
    "a hash of another length": lambda lines: changed(lines, 3, hash={"hex": "00"}),
    "a hash that is text": lambda lines: changed(lines, 3, hash="00"),
    "a place that is text": lambda lines: changed(lines, 3, seq="3"),
    "a payload that is gone": lambda lines: [*lines[:3], spelt(json.loads(lines[3]) | {"payload": None}), *lines[4:]],
    "an erased payload that nobody redacted": lambda lines: [
        *lines[:3],
        spelt(json.loads(lines[3]) | {"payload": {"event_id": "x", "salt": None, "body": None}}),
        *lines[4:],
    ],
    "another text": lambda lines: [line.replace("version: '1'", "version: '2'") for line in lines],
    "the text missing": lambda lines: [line for line in lines if "stored_text" not in line],
    "another study": lambda lines: [lines[0].replace("TRIAL-1", "TRIAL-9"), *lines[1:]],
    "another kind of data": lambda lines: [lines[0].replace("simulated", "real"), *lines[1:]],
    "a later version": lambda lines: [lines[0].replace('"dump":1', '"dump":2'), *lines[1:]],
    "another table": lambda lines: [*lines[:3], '{"row":{},"table":"ledger_meta"}', *lines[4:]],
    "a column more": lambda lines: changed(lines, 3, more=1),
    "a line that is no document": lambda lines: [*lines[:3], "[]", *lines[4:]],
    "a line that is not canonical": lambda lines: [*lines[:3], lines[3].replace(":", ": ", 1), *lines[4:]],
    "a line that is no JSON": lambda lines: [*lines[:3], "Dear sir,", *lines[4:]],
    "something after the end": lambda lines: [*lines, lines[3]],
    "nothing": lambda lines: [],
    "a checkpoint that does not hold": lambda lines: [
        *lines[:-1],
        '{"row":{"anchored_at":null,"anchored_to":null,"chain_id":"study:TRIAL-1","note":"","root":{"hex":"00"},'
        '"size":5},"table":"ledger_checkpoint"}',
        spelt(json.loads(lines[-1]) | {"lines": len(lines)}),
    ],
}


@pytest.mark.parametrize("what", WRONG)
def test_a_dump_that_is_not_what_was_written_is_not_loaded(full, tmp_path_factory, what):
    file, other = place(tmp_path_factory) / "dump", place(tmp_path_factory)
    dump(full, file)
    lines = WRONG[what](file.read_text().splitlines())
    file.write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(LedgerError) as refusal:
        load(other, file)
    assert "9500" not in str(refusal.value)
    assert not list(other.iterdir())


def test_a_dump_with_bytes_that_are_no_text_is_said_with_its_line(full, tmp_path_factory):
    file = place(tmp_path_factory) / "dump"
    dump(full, file)
    file.write_bytes(file.read_bytes().replace(b"u1", b"\xff1", 1))
    with pytest.raises(LedgerError, match="dump:2"):
        load(place(tmp_path_factory), file)


def test_a_damaged_ledger_is_not_dumped(engine, full, tamper, tmp_path_factory):
    file = place(tmp_path_factory) / "dump"
    with tamper(full) as connection:
        connection.execute("UPDATE ledger_payload SET body = replace(body, '1500', '500')")
    with pytest.raises(LedgerError, match="commits to"):
        dump(full, file)
    assert not list(file.parent.iterdir())


def test_what_was_redacted_is_carried_as_redacted(engine, rehearsed, trial, tmp_path_factory, postgres, monkeypatch):
    from trialwright.store.redaction import Person, redact

    other = "postgresql" if engine == "sqlite" else "sqlite"
    with open_study(rehearsed) as ledger:
        people = {"requested_by": Person("u1", "coordinator"), "approved_by": Person("u2", "data manager")}
        redact(ledger, 5, reason="identifying_data", **people)
    before, file = standing(rehearsed), place(tmp_path_factory) / "dump"
    dump(rehearsed, file)
    there = place(tmp_path_factory)
    if other == "postgresql":
        monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", postgres.new_database("redacted"))
    else:
        monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL")
    load(there, file)
    assert standing(there) == before
    assert '"salt":null' in file.read_text()


def real(trial, folder, study, anchors, monkeypatch):
    """A real ledger with a signed checkpoint, so that its database has a chain of its own."""
    from trialwright.store import MachineIssuer
    from trialwright.store.checkpoints.emitting import emit
    from trialwright.store.checkpoints.sinks import Folder

    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(anchors / "key.pem"))
    opening = trial.opening("real", at=None)
    saved = replace(opening, events=(replace(opening.events[0], study=study),))
    with open_study(folder, study=study) as ledger:
        ledger.append_many([saved, replace(trial.count(1), recorded_at=None)], MachineIssuer())
        emit(ledger, "the test", [Folder(anchors / "notes")])
    found = verify(folder, study=study)
    assert found.ok and {each.chain for each in found.chains} == {f"study:{study}", "system"}


def test_checkpoints_are_carried_where_the_chain_goes_that_names_their_key(
    trial, tmp_path_factory, postgres, monkeypatch
):
    folder, anchors, file = place(tmp_path_factory), place(tmp_path_factory), place(tmp_path_factory) / "dump"
    (anchors / "notes").mkdir()
    real(trial, folder, "TRIAL-1", anchors, monkeypatch)
    dump(folder, file)
    for number, other in enumerate((None, "TRIAL-2")):
        with monkeypatch.context() as here:
            here.setenv("TRIALWRIGHT_DATABASE_URL", postgres.new_database(f"checkpoints_{number}"))
            if other is not None:
                real(trial, place(tmp_path_factory), other, anchors, monkeypatch)
            there = place(tmp_path_factory)
            moved = load(there, file)
            found = verify(there, study="TRIAL-1")
            assert found.ok, found.first_bad
            assert bool(moved.left_out) == (other is not None)
            assert dict.fromkeys(each.chain for each in found.chains) == {"study:TRIAL-1": None, "system": None}
            with open_study(there, study="TRIAL-1", read_only=True) as ledger, ledger._cursor() as cursor:
                cursor.execute("SELECT count(*) FROM ledger_checkpoint WHERE chain_id = 'study:TRIAL-1'")
                assert cursor.fetchone() == (0 if other else 1,)
