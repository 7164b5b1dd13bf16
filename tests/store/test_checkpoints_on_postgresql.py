"""Checkpoints on a server: the same notes as of a file, of each study apart, and told by the standalone verifier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trialwright.store import MachineIssuer, SeededIssuer, open_study, verifier, verify
from trialwright.store.checkpoints.anchors import read_anchors
from trialwright.store.checkpoints.emitting import emit, standings
from trialwright.store.checkpoints.sinks import Folder
from trialwright.store.moving import dump

pytestmark = pytest.mark.usefixtures("on_postgres")


@pytest.fixture
def anchors(tmp_path, monkeypatch):
    """A folder for anchors that is set up, and a key of this test alone."""
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(tmp_path / "settings" / "key"))
    return tmp_path / "anchors"


def begin(tmp_path, trial, kind, saves=3):
    folder = tmp_path / kind
    folder.mkdir()
    real = kind == "real"
    issuer = MachineIssuer() if real else SeededIssuer("seed")
    with open_study(folder, study="TRIAL-1") as ledger:
        ledger.append(trial.opening(kind, at=None if real else trial.start), issuer)
        for number in range(1, saves):
            one = trial.count(number)
            ledger.append(replace(one, recorded_at=None) if real else one, issuer)
    return folder


def test_a_real_ledger_on_a_server_is_anchored_and_borne_out(tmp_path, trial, anchors, monkeypatch):
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", str(anchors))
    folder = begin(tmp_path, trial, "real")
    with open_study(folder, study="TRIAL-1", read_only=True) as ledger:
        assert [(one.chain_id, one.size, one.open_events) for one in standings(ledger)] == [
            ("study:TRIAL-1", 3, 0),
            ("system", 2, 0),
        ]
    found = verify(folder, study="TRIAL-1", anchors=anchors)
    assert (found.code, found.anchors["counted"], found.warnings) == (0, 2, ()), found
    dump(folder, tmp_path / "dump", study="TRIAL-1")
    told = verifier.verify(tmp_path / "dump", verifier.Anchors(anchors, []))
    assert (told["code"], told["anchors"]["counted"]) == (0, 2), told


def test_the_notes_of_a_rehearsal_are_the_same_from_a_file_and_from_a_server(tmp_path, trial, anchors, monkeypatch):
    server = begin(tmp_path, trial, "simulated")
    with open_study(server, study="TRIAL-1") as ledger:
        emit(ledger, "the test", [Folder(anchors / "server")])
    monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL")
    (tmp_path / "file").mkdir()
    file = begin(tmp_path / "file", trial, "simulated")
    with open_study(file) as ledger:
        emit(ledger, "the test", [Folder(anchors / "file")])
    assert read_anchors(anchors / "server").notes == read_anchors(anchors / "file").notes
    assert verify(file, anchors=anchors / "server").ok


def test_an_end_cut_off_by_the_superuser_is_11(tmp_path, trial, anchors, tamper):
    folder = begin(tmp_path, trial, "simulated", saves=5)
    with open_study(folder, study="TRIAL-1") as ledger:
        head = ledger.head()
        emit(ledger, "the test", [Folder(anchors)])
    other = tmp_path / "other"
    other.mkdir()
    with tamper(folder) as connection:
        for statement in (
            "DELETE FROM ledger_payload WHERE event_id IN (SELECT event_id FROM ledger_event WHERE seq > 3)",
            "DELETE FROM ledger_event WHERE seq > 3",
            "DELETE FROM ledger_checkpoint",
        ):
            connection.execute(statement)
    found = verify(folder, study="TRIAL-1", anchors=anchors)
    assert head.seq == 5 and (found.code, found.first_bad.seq) == (11, 4)
