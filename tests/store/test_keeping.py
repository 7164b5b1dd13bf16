"""A backup is verified before it counts; a restore goes into a new place and is never quietly older than an anchor."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from trialwright.core.ledger import BackupMade, LedgerRestored, ProtocolActivated
from trialwright.store import Submission, open_study, verify
from trialwright.store.keeping import files
from trialwright.store.keeping.backup import NotKept, NotSound, backup
from trialwright.store.keeping.restore import Loss, restore


def ended(folder):
    with open_study(folder, read_only=True) as ledger:
        return ledger.head()


def of_system(folder, kind):
    with open_study(folder, read_only=True) as ledger:
        return [one for one in ledger.events(chain_id="system") if isinstance(one, kind)]


def test_a_backup_is_the_ledger_as_it_was_with_what_describes_it(rehearsed, tmp_path_factory):
    place = tmp_path_factory.mktemp("elsewhere")
    (rehearsed / "protocol").mkdir()
    (rehearsed / "protocol" / "1.yaml").write_text("protocol: TRIAL-1\n")
    head = ended(rehearsed)
    made = backup(rehearsed, place, actor="op")
    assert (made.head, made.root, made.events, ended(made.path)) == (head.hash, head.root, 12, head)
    assert verify(made.path).ok
    assert {one.name for one in made.path.iterdir()} == {
        "trial.sqlite3", "checkpoint.txt", "backup.json", "SHA256SUMS", "study",
    }  # fmt: skip
    assert (made.path / "study" / "protocol" / "1.yaml").read_text() == "protocol: TRIAL-1\n"
    assert json.loads((made.path / "backup.json").read_text())["root"] == head.root
    (said,) = of_system(rehearsed, BackupMade)
    assert (said.where, said.chain, said.size, said.root, said.actor) == (
        made.path.name, "study:TRIAL-1", 12, head.root, "op",
    )  # fmt: skip
    assert list(place.iterdir()) == [made.path]


def test_two_backups_of_one_second_are_two(rehearsed, tmp_path_factory):
    place = tmp_path_factory.mktemp("elsewhere")
    assert len({backup(rehearsed, place).path for _ in range(3)}) == 3


@pytest.mark.parametrize("study", ["../elsewhere", "EUCT/2024-1", "/absolute", "..", "a\nb"])
def test_a_study_cannot_name_a_place_outside_the_folder_of_backups(trial, tmp_path, study):
    folder, place = tmp_path / "study", tmp_path / "backups"
    folder.mkdir()
    opening = trial.opening()
    opening = replace(opening, events=(replace(opening.events[0], study=study),))
    with open_study(folder) as ledger:
        ledger.append(opening, trial.issuer)
    made = backup(folder, place, actor="u9")
    assert made.path.parent == place and [*place.iterdir()] == [made.path]
    assert sorted(tmp_path.iterdir()) == [place, folder]


def test_a_copy_that_does_not_verify_never_gets_a_name(rehearsed, tmp_path_factory, tamper, monkeypatch):
    place = tmp_path_factory.mktemp("elsewhere")

    def bad_copy(source, target):
        files.copy_online(source, target)
        with tamper(target.parent) as connection:
            connection.execute(
                "UPDATE ledger_event SET header = replace(header, 'coordinator', 'monitor') WHERE seq = 5"
            )

    monkeypatch.setattr("trialwright.store.keeping.backup.copy_online", bad_copy)
    with pytest.raises(NotSound) as refused:
        backup(rehearsed, place)
    assert (refused.value.verification.code, refused.value.verification.first_bad.seq) == (10, 5)
    assert list(place.iterdir()) == []
    with open_study(rehearsed, read_only=True) as ledger:
        assert not ledger.head("system"), "no backup was recorded"


def test_backups_made_while_a_writer_writes_are_each_sound(rehearsed, trial, tmp_path_factory):
    place, stop = tmp_path_factory.mktemp("elsewhere"), threading.Event()
    acknowledged = []

    def writes():
        from django.db import connections

        with open_study(rehearsed) as ledger:
            number = 100
            while not stop.is_set():
                acknowledged.append(ledger.append(trial.count(number, f"S01-{number % 7:03}"), trial.issuer).seqs[0])
                number += 1
        connections.close_all()

    writer = threading.Thread(target=writes)
    writer.start()
    try:
        made = []
        for _ in range(3):
            before = acknowledged[-1] if acknowledged else 12
            one = backup(rehearsed, place)
            made.append((before, one))
    finally:
        stop.set()
        writer.join()
    assert acknowledged, "nobody wrote meanwhile"
    for before, one in made:
        assert verify(one.path).ok
        assert one.events >= before, "what was acknowledged before the backup began is in it"


def test_a_backup_into_the_study_folder_itself_is_refused(rehearsed):
    with pytest.raises(NotKept, match="another disk"):
        backup(rehearsed, rehearsed)


def test_a_restored_ledger_is_the_one_that_was_backed_up_and_says_so(rehearsed, trial, tmp_path_factory):
    place = tmp_path_factory.mktemp("elsewhere")
    event = trial.said_by(ProtocolActivated, version="1", file_hash=trial.protocol.sha256, approved_on=date(2006, 1, 1))
    with open_study(rehearsed) as ledger:
        at = trial.start + timedelta(hours=50)
        ledger.append(Submission("activate", (event,), recorded_at=at), trial.issuer)
    made = backup(rehearsed, place)
    done = restore(made.path, place / "restored", operator="olga")
    assert (done.events, done.head, done.root, done.lost) == (made.events, made.head, made.root, "")
    assert verify(done.path).ok
    (said,) = of_system(done.path, LedgerRestored)
    assert (said.actor, said.restored_from, said.last, said.lost) == ("olga", made.path.name, 13, "")
    assert (done.path / "protocol" / "1.yaml").read_text() == trial.protocol.text
    with open_study(done.path) as ledger:
        ledger.append(trial.count(300), trial.issuer)
    assert (verify(done.path).ok, ended(done.path).seq) == (True, 14)


def test_projections_that_were_wrong_in_the_copy_are_derived_again(rehearsed, tmp_path_factory, tamper):
    place = tmp_path_factory.mktemp("elsewhere")
    made = backup(rehearsed, place)
    assert verify(restore(made.path, place / "restored").path).ok


def test_a_place_that_is_taken_is_left_as_it_is(rehearsed, tmp_path_factory):
    place = tmp_path_factory.mktemp("elsewhere")
    made = backup(rehearsed, place)
    taken = place / "taken"
    taken.mkdir()
    (taken / "note.txt").write_text("here first")
    with pytest.raises(NotKept, match="is not empty"):
        restore(made.path, taken)
    assert [one.name for one in taken.iterdir()] == ["note.txt"]


def test_a_backup_that_was_altered_since_is_not_put_back(rehearsed, tmp_path_factory, tamper):
    place = tmp_path_factory.mktemp("elsewhere")
    made = backup(rehearsed, place)
    with tamper(made.path) as connection:
        connection.execute("UPDATE ledger_payload SET body = replace(body, '1500', '1501')")
    with pytest.raises(NotSound) as refused:
        restore(made.path, place / "restored")
    assert refused.value.verification.code == 10
    assert not (place / "restored").exists()


@pytest.mark.parametrize("what", ["cut short", "overwritten", "no database", "study file changed"])
def test_a_damaged_backup_is_refused_in_words(rehearsed, tmp_path_factory, what):
    place = tmp_path_factory.mktemp("elsewhere")
    (rehearsed / "notes.txt").write_text("as it was")
    made = backup(rehearsed, place)
    file = made.path / "trial.sqlite3"
    content = file.read_bytes()
    if what == "cut short":
        file.write_bytes(content[: len(content) // 2])
    elif what == "overwritten":
        file.write_bytes(content[:8192] + b"\xff" * 20000 + content[28192:])
    elif what == "no database":
        file.write_bytes(b"not a database at all" * 100)
    else:
        (made.path / "study" / "notes.txt").write_text("changed")
    from trialwright.store.errors import LedgerError

    with pytest.raises(LedgerError):
        restore(made.path, place / "restored")
    assert not (place / "restored").exists()
    assert [one for one in place.iterdir() if one.name.startswith(".")] == []


@pytest.fixture
def anchored(rehearsed, trial, tmp_path_factory):
    """A backup of 12 events, and the notes of a checkpoint at 20 that were kept elsewhere."""
    from trialwright.store.checkpoints.emitting import emit

    place = tmp_path_factory.mktemp("elsewhere")
    made = backup(rehearsed, place)
    with open_study(rehearsed) as ledger:
        ledger.append_many([trial.count(number) for number in range(200, 208)], trial.issuer)
        (place / "anchors.txt").write_text(emit(ledger, "a test").whole)
    return made, place


def test_an_older_backup_says_what_is_lost_and_is_put_back_only_where_that_is_accepted(anchored):
    made, place = anchored
    with pytest.raises(Loss, match="events from 13 on are lost") as refused:
        restore(made.path, place / "restored", anchors=place / "anchors.txt")
    assert refused.value.verification.code == 11
    assert not (place / "restored").exists()
    done = restore(made.path, place / "restored", anchors=place / "anchors.txt", accept_loss=True)
    (said,) = of_system(done.path, LedgerRestored)
    assert "events from 13 on are lost" in said.lost
    assert (done.events, verify(done.path).ok) == (12, True)


def test_the_newest_backup_agrees_with_the_anchor(anchored, rehearsed):
    _, place = anchored
    newest = backup(rehearsed, place)
    assert restore(newest.path, place / "restored", anchors=place / "anchors.txt").lost == ""


def test_another_history_is_never_put_back_whatever_is_accepted(rehearsed, trial, anchored, tmp_path_factory):
    """A fork: the same start, other events after it."""
    _, place = anchored
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(place, other / "x")
    forked = restore(next((other / "x").glob("TRIAL-1*")), other / "forked")
    with open_study(forked.path) as ledger:
        ledger.append_many([trial.count(number, value="700") for number in range(200, 210)], trial.issuer)
    made = backup(forked.path, other / "backups")
    with pytest.raises(NotSound) as refused:
        restore(made.path, other / "again", anchors=place / "anchors.txt", accept_loss=True)
    assert refused.value.verification.code in (10, 12)


def test_a_ledger_on_a_server_is_backed_up_as_its_dump_and_restored_as_a_file(on_postgres, rehearsed, tmp_path_factory):
    place = tmp_path_factory.mktemp("elsewhere")
    head = ended(rehearsed)
    made = backup(rehearsed, place)
    assert (made.head, made.root, made.events) == (head.hash, head.root, 12)
    assert {"ledger.jsonl", "trial.sqlite3"} <= {one.name for one in made.path.iterdir()}
    done = restore(made.path, place / "restored")
    assert (done.head, done.root) == (head.hash, head.root)
    assert len(of_system(rehearsed, BackupMade)) == 1
