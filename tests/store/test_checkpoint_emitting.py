"""When a checkpoint is made, and that nothing that becomes of it can harm a save."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from trialwright.core.ledger import LedgerRestored, Locked, Signed
from trialwright.store import MachineIssuer, SeededIssuer, Submission, open_study, verify
from trialwright.store.checkpoints import emitting
from trialwright.store.checkpoints.anchors import read_anchors
from trialwright.store.checkpoints.emitting import emit, standings
from trialwright.store.checkpoints.keys import NoKey
from trialwright.store.checkpoints.sinks import Folder, NotSent


class Broken:
    """A place that takes nothing."""

    label = "broken"

    def __init__(self):
        self.asked = 0

    def send(self, note, public):
        self.asked += 1
        raise NotSent("broken: it never answers")


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    """A key and a place for notes of this test alone."""
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(tmp_path / "settings" / "key"))


@pytest.fixture
def anchors(tmp_path, monkeypatch):
    """A folder for anchors that is set up."""
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", str(tmp_path / "anchors"))
    return tmp_path / "anchors"


@pytest.fixture
def study(tmp_path):
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


def sizes(anchors, chain="study:TRIAL-1"):
    """The sizes of the notes that lie in the folder, of one chain, in order."""
    return sorted(size for name, size in read_anchors(anchors).sizes() if name == chain) if anchors.exists() else []


def real_save(trial, number):
    from dataclasses import replace

    return replace(trial.count(number), recorded_at=None)


def begin(study, trial, saves=0):
    """A real study with its opening and some saves, written by a process that set no place up."""
    with open_study(study) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        for number in range(saves):
            ledger.append(real_save(trial, number), MachineIssuer())


def test_nothing_is_made_where_no_place_is_set_up(study, trial):
    begin(study, trial, 3)
    with open_study(study, read_only=True) as ledger:
        assert [(one.chain_id, one.last_note) for one in standings(ledger)] == [("study:TRIAL-1", None)]
        assert ledger.head("system") is None


def test_the_first_checkpoint_makes_the_key_and_records_it_in_the_chain_of_the_database(study, trial, anchors):
    begin(study, trial, 2)
    with open_study(study) as ledger:
        assert [(one.chain_id, one.size, one.open_events) for one in standings(ledger)] == [
            ("study:TRIAL-1", 3, 0),
            ("system", 2, 0),
        ]
    found = verify(study, anchors=anchors)
    assert (found.code, found.anchors["counted"], found.warnings) == (0, 2, ())
    assert found.anchors["newest"]["study:TRIAL-1"]["events_after"] == 0


def test_an_explicit_checkpoint_is_kept_though_no_place_is_set_up(study, trial):
    begin(study, trial)
    with open_study(study) as ledger:
        made = emit(ledger, "the test")
        assert [note.checkpoint.size for note in made.notes] == [1, 2] and made.sent == () and made.findings == ()
        assert standings(ledger)[0].last_note == made.notes[0]
    assert verify(study).ok


@pytest.mark.parametrize(("events", "made"), [(8, []), (9, [10]), (10, [10]), (11, [10])])
def test_a_checkpoint_is_made_at_so_many_events(study, trial, anchors, events, made, monkeypatch):
    assert emitting.EVERY_EVENTS == 500
    monkeypatch.setattr(emitting, "EVERY_EVENTS", 10)
    monkeypatch.setattr(emitting.Emitter, "closed", lambda self: ())
    with open_study(study) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        for number in range(events):
            ledger.append(real_save(trial, number), MachineIssuer())
        assert sizes(anchors) == made


@pytest.mark.parametrize(("minutes", "made"), [(14.9, []), (15, [2]), (16, [2])])
def test_a_checkpoint_is_made_after_a_quarter_of_an_hour_with_something_new(study, trial, anchors, minutes, made):
    with open_study(study) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        ledger.after_commit.last = datetime.now(UTC) - timedelta(minutes=minutes)
        ledger.append(real_save(trial, 1), MachineIssuer())
        assert sizes(anchors) == made


@pytest.mark.parametrize(
    ("kind", "own"),
    [(Signed, {"meaning": "reviewed", "content_hash": "ab" * 32, "name": "A. Person"}), (Locked, {"what": "study"})],
)
def test_a_checkpoint_is_made_at_a_signature_and_a_lock(study, trial, anchors, kind, own):
    with open_study(study) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        assert sizes(anchors) == []
        receipt = ledger.append(Submission("sign", (trial.said_by(kind, subject="S01-001", **own),)), MachineIssuer())
        assert (sizes(anchors), receipt.findings) == ([2], ())


def test_what_is_new_gets_its_checkpoint_when_the_ledger_is_closed(study, trial, anchors):
    with open_study(study) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        ledger.append(real_save(trial, 1), MachineIssuer())
    assert sizes(anchors) == [2]
    with open_study(study):
        pass
    assert sizes(anchors) == [2]


def test_a_process_that_died_is_caught_up_with_at_the_next_opening(study, trial, anchors, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr(emitting.Emitter, "closed", lambda self: ())
        with open_study(study) as ledger:
            ledger.append(trial.opening("real", at=None), MachineIssuer())
    assert sizes(anchors) == []
    with open_study(study):
        assert sizes(anchors) == [1]


def test_reading_makes_no_checkpoint(study, trial, anchors):
    begin(study, trial)
    before = sizes(anchors)
    with open_study(study, read_only=True) as ledger:
        list(ledger.events())
    assert sizes(anchors) == before


def test_a_place_that_fails_never_fails_a_save_and_is_not_asked_at_each_one(study, trial, monkeypatch):
    broken = Broken()
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", "/nowhere")
    monkeypatch.setattr(emitting, "sinks", lambda _: (broken,))
    sign = trial.said_by(Signed, subject="S01-001", meaning="reviewed", content_hash="ab" * 32, name="A. Person")
    with open_study(study) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        receipts = [ledger.append(Submission(f"sign-{n}", (sign,)), MachineIssuer()) for n in range(3)]
        assert [receipt.seqs for receipt in receipts] == [(2,), (3,), (4,)]
        assert "it never answers" in receipts[0].findings[0].says and receipts[1].findings == ()
        assert broken.asked == 2  # once for each chain, at the first signature
        ledger.after_commit.not_before = 0.0
        ledger.append(Submission("sign-9", (sign,)), MachineIssuer())
        assert broken.asked == 4
        assert standings(ledger)[0].last_note is None  # nobody took it: it is still to be done
    assert verify(study).ok


def test_a_place_that_fails_does_not_keep_the_others_from_their_note(study, trial, anchors):
    begin(study, trial)
    with open_study(study) as ledger:
        made = emit(ledger, "the test", [Broken(), Folder(anchors)])
        assert made.sent == (str(anchors),) and len(made.findings) == 2
    assert 1 in sizes(anchors)


def test_a_folder_that_lost_its_notes_is_said_once(study, trial, anchors):
    begin(study, trial)
    with open_study(study) as ledger:
        shutil.rmtree(anchors)  # the disk is not mounted any more
        ledger.append(real_save(trial, 1), MachineIssuer())
        made = [emit(ledger, "the test", [Folder(anchors)]) for _ in range(2)]
    assert ["is its disk mounted?" in finding.says for finding in made[0].findings] == [True, True]
    assert made[1].findings == ()


def test_settings_that_are_wrong_are_a_warning_and_not_a_failed_save(study, trial, monkeypatch, caplog):
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", "ftp://example.org/x")
    with caplog.at_level(logging.WARNING), open_study(study) as ledger:
        assert ledger.append(trial.opening("real", at=None), MachineIssuer()).seqs == (1,)
    assert "not to ftp" in caplog.text


def test_a_key_that_may_not_be_used_is_a_warning_and_not_a_failed_save(study, trial, anchors, tmp_path, caplog):
    begin(study, trial)
    (tmp_path / "settings" / "key").unlink(missing_ok=True)
    (tmp_path / "settings").mkdir(exist_ok=True)
    (tmp_path / "settings" / "key").write_text("not a key")
    (tmp_path / "settings" / "key").chmod(0o600)
    with caplog.at_level(logging.WARNING), open_study(study) as ledger:
        assert ledger.append(real_save(trial, 5), MachineIssuer()).seqs
    assert "no Ed25519 key" in caplog.text
    assert issubclass(NoKey, Exception)


# ---- rehearsals ------------------------------------------------------------------------------------------------------


def rehearse(folder, trial, saves=4):
    with open_study(folder) as ledger:
        ledger.append_many(
            [trial.opening(), *(trial.count(number) for number in range(1, saves))], SeededIssuer("seed")
        )
        return ledger.head().hash


def test_a_rehearsal_makes_the_same_note_each_time_without_a_key_and_its_own_chain_is_as_it_was(
    tmp_path, trial, anchors, monkeypatch
):
    contents, heads = [], []
    for number in range(2):
        monkeypatch.setenv("TRIALWRIGHT_ANCHORS", str(tmp_path / f"anchors-{number}"))
        (tmp_path / f"study-{number}").mkdir()
        heads.append(rehearse(tmp_path / f"study-{number}", trial))
        contents.append({path.name: path.read_text() for path in (tmp_path / f"anchors-{number}").iterdir()})
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", "")
    (tmp_path / "bare").mkdir()
    assert contents[0] == contents[1] and len(contents[0]) == 2
    assert heads == [rehearse(tmp_path / "bare", trial)] * 2
    assert not (tmp_path / "settings").exists()
    assert verify(tmp_path / "study-0", anchors=tmp_path / "anchors-1").ok


def test_a_rehearsals_note_is_marked_and_goes_to_folders_alone(study, trial, anchors):
    broken = Broken()
    rehearse(study, trial)
    with open_study(study) as ledger:
        made = emit(ledger, "the test", [broken, Folder(anchors)])
    assert broken.asked == 0 and made.sent == (str(anchors),)
    (note,) = made.notes
    assert note.checkpoint.simulated and note.text.startswith("trialwright-simulated/") and "+simulated\n" in note.text


# ---- what was signed is never contradicted --------------------------------------------------------------------------


def test_nothing_is_signed_that_contradicts_what_was_signed_before(study, trial, anchors, tmp_path):
    begin(study, trial, 3)
    early = tmp_path / "early"
    shutil.copytree(study, early)
    with open_study(study) as ledger:
        ledger.append(real_save(trial, 10), MachineIssuer())
        emit(ledger, "the test", [Folder(anchors)])
    shutil.rmtree(study)
    early.rename(study)  # an older state is put back
    with open_study(study) as ledger:
        receipt = ledger.append(real_save(trial, 11), MachineIssuer())
        assert receipt.seqs == (5,)
        made = emit(ledger, "the test", [Folder(anchors)])
        assert "does not bear it out" in made.findings[0].says and "verify" in made.findings[0].do
    assert sizes(anchors) == [4, 5] or sizes(anchors) == [5]
    assert verify(study, anchors=anchors).code in (11, 12)


def test_after_a_restore_notes_go_on_under_another_name(study, trial, anchors):
    begin(study, trial, 3)
    with open_study(study) as ledger:
        first = emit(ledger, "the test", [Folder(anchors)])
        said = {"actor": "dm", "role": "operator", "site": None, "occurred": datetime.now(UTC).date()}
        event = LedgerRestored(**said, restored_from="backup", chain="study:TRIAL-1", last=4, lost="none")
        ledger.append(Submission("restored", (event,)), MachineIssuer())
        ledger.append(real_save(trial, 10), MachineIssuer())
        second = emit(ledger, "the test", [Folder(anchors)])
    assert second.notes[0].checkpoint.origin == first.notes[0].checkpoint.origin + "/restored-1"
    found = verify(study, anchors=anchors)
    assert (found.code, found.warnings) == (0, ()), found


def test_two_processes_that_make_the_same_checkpoint_keep_one(study, trial, anchors):
    begin(study, trial, 1)
    with open_study(study) as one, open_study(study) as other:
        emit(one, "the test", [Folder(anchors)])
        assert emit(other, "the test", [Folder(anchors)]).findings == ()
    assert verify(study, anchors=anchors).ok
