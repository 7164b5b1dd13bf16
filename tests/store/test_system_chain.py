"""The database's own chain: what is said of the ledger itself stands beside the study's chain, never in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trialwright.core.ledger import BackupMade, CheckpointKeyChanged, SystemOpened
from trialwright.core.terms import Finding
from trialwright.store import MachineIssuer, Submission, open_study, verify
from trialwright.store.errors import NotAuthorised, Refused, StaleVersion, WrongKind

pytestmark = pytest.mark.usefixtures("engine")


def of_system(trial, kind, save, /, **own):
    event = trial.said_by(kind, site=None, protocol="", **own)
    return Submission(save, (event,), recorded_at=trial.start)


def a_key(trial):
    return of_system(trial, CheckpointKeyChanged, "key-1", key="k1", public_key="AAAA")


def test_the_first_event_of_the_database_opens_its_own_chain(rehearsed, trial):
    with open_study(rehearsed) as ledger:
        before = ledger.head()
        receipt = ledger.append(a_key(trial), trial.issuer)
        said = list(ledger.events(chain_id="system"))
        assert ledger.head() == before
        assert (ledger.head("system").seq, ledger.head("system").hash) == (2, receipt.head)
    assert receipt.seqs == (2,)
    assert [type(event) for event in said] == [SystemOpened, CheckpointKeyChanged]
    assert said[0].kind == "simulated" and said[1].key == "k1" and said[1].protocol == ""


def test_a_database_may_have_its_own_chain_before_any_study(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        ledger.append(a_key(trial), trial.issuer)
        assert (ledger.kind, ledger.study, ledger.head()) == ("simulated", None, None)
        with pytest.raises(WrongKind):
            ledger.append(trial.opening("real", at=None), MachineIssuer())
        ledger.append(trial.opening(), trial.issuer)
        assert (ledger.study, ledger.head().seq, ledger.head("system").seq) == ("TRIAL-1", 1, 2)


def test_events_of_both_chains_may_come_in_one_transaction_and_never_in_one_submission(rehearsed, trial):
    save, key = trial.count(20), a_key(trial)
    with open_study(rehearsed) as ledger:
        ledger.append_many([save, key, trial.count(21)], trial.issuer)
        assert (ledger.head().seq, ledger.head("system").seq) == (14, 2)
        with pytest.raises(ValueError, match="save them apart"):
            ledger.append(replace(save, submission_id="both", events=save.events + key.events), trial.issuer)


def test_the_chain_is_opened_by_the_ledger_alone(rehearsed, trial):
    with open_study(rehearsed) as ledger, pytest.raises(Refused):
        ledger.append(
            Submission(
                "mine",
                (SystemOpened(actor="u1", role="operator", site=None, occurred=trial.start.date(), kind="simulated"),),
                recorded_at=trial.start,
            ),
            trial.issuer,
        )


def test_a_retry_of_a_save_of_the_system_is_harmless(rehearsed, trial):
    made = of_system(trial, BackupMade, "b-1", where="shelf 2", chain="study:TRIAL-1", size=12, root="ab")
    with open_study(rehearsed) as ledger:
        first = ledger.append(made, trial.issuer)
        assert ledger.append(made, trial.issuer) == replace(first, replay=True)
        assert ledger.version("system", chain_id="system") == 2


# --- what is asked inside the transaction, and what follows it --------------------------------------------------


def test_who_saves_is_authorised_inside_the_transaction_and_before_anything_is_compared(rehearsed, trial):
    asked = []

    def authorise(view, submission):
        asked.append((len(view.events()), submission.submission_id))
        raise NotAuthorised("u1 left the study.")

    stale = replace(trial.count(20), base_versions={"subject:S01-001": 0})
    with open_study(rehearsed) as ledger:
        with pytest.raises(NotAuthorised):
            ledger.append(stale, trial.issuer, authorise=authorise)
        with pytest.raises(StaleVersion):
            ledger.append(stale, trial.issuer, authorise=lambda view, submission: None)
        assert ledger.append(trial.count(1), trial.issuer, authorise=authorise).replay
        assert ledger.head().seq == 12
    assert asked == [(12, "save-20")]


def test_what_follows_a_save_comes_after_the_commit_and_once(rehearsed, trial):
    told = []

    def after(receipt, events):
        with open_study(rehearsed, read_only=True) as other:
            told.append((receipt.seqs, len(events), other.head().seq))
        return [Finding(about="anchor", says="Noted.")]

    with open_study(rehearsed) as ledger:
        ledger.after_commit = after
        assert [each.says for each in ledger.append(trial.count(20), trial.issuer).findings] == ["Noted."]
        assert ledger.append(trial.count(20), trial.issuer).findings == ()
    assert told == [((13,), 1, 13)]


def test_what_follows_a_save_cannot_undo_it(rehearsed, trial):
    def broken(receipt, events):
        raise OSError("no route to the anchor")

    with open_study(rehearsed) as ledger:
        ledger.after_commit = broken
        receipt = ledger.append(trial.count(20), trial.issuer)
        assert ledger.head().seq == 13 and ledger.append(trial.count(20), trial.issuer).replay
    assert [finding.severity.name for finding in receipt.findings] == ["WARNING"]
    assert "OSError" in receipt.findings[0].says


# --- verification ------------------------------------------------------------------------------------------------


@pytest.fixture
def both(rehearsed, trial):
    with open_study(rehearsed) as ledger:
        ledger.append(a_key(trial), trial.issuer)
        ledger.append(
            of_system(trial, BackupMade, "b", where="x", chain="study:TRIAL-1", size=12, root="ab"), trial.issuer
        )
    return rehearsed


def test_every_chain_is_verified_and_the_answer_is_of_the_study(both):
    found = verify(both)
    assert (found.ok, found.events, found.warnings) == (True, 12, ())
    assert [(each.chain, each.events) for each in found.chains] == [("study:TRIAL-1", 12), ("system", 3)]
    assert found.head == found.chains[0].head


@pytest.mark.parametrize(
    ("statement", "code", "seq"),
    [
        (
            "UPDATE ledger_payload SET body = '[]' WHERE event_id IN (SELECT event_id FROM ledger_event WHERE {last})",
            10,
            3,
        ),
        ("DELETE FROM ledger_payload WHERE event_id IN (SELECT event_id FROM ledger_event WHERE {last})", 13, 3),
        ("DELETE FROM ledger_event WHERE {last}", 11, 3),
        ("DELETE FROM ledger_event WHERE chain_id = 'system' AND seq = 2", 10, 2),
        ("DELETE FROM ledger_event WHERE chain_id = 'system'", 11, 1),
        ("DELETE FROM ledger_head WHERE chain_id = 'system'", 10, 3),
        ("UPDATE ledger_head SET seq = 2 WHERE chain_id = 'system'", 10, 2),
        ("UPDATE ledger_event SET chain_id = 'study:TRIAL-1', seq = 13 WHERE {last}", 10, 13),
        ("UPDATE projection_subject SET last_seq = 9 WHERE stream_id = 'system'", 14, 3),
        ("INSERT INTO ledger_checkpoint VALUES ('system', 2, zeroblob(32), 'x', NULL, NULL)", 10, 2),
        ("INSERT INTO ledger_checkpoint VALUES ('system', 4, zeroblob(32), 'x', NULL, NULL)", 11, 4),
    ],
)
def test_tampering_with_the_databases_own_chain_is_found(both, tamper, statement, code, seq):
    with tamper(both) as connection:
        connection.execute(statement.format(last="chain_id = 'system' AND seq = 3"))
    found = verify(both)
    assert (found.code, found.first_bad.seq) == (code, seq), found.first_bad


def test_a_file_holds_one_study_and_a_server_several(both, tamper, engine):
    with tamper(both) as connection:
        connection.execute("UPDATE ledger_event SET chain_id = 'zzz' WHERE chain_id = 'system'")
    found = verify(both)
    assert (found.code, found.first_bad.what) == {"sqlite": (10, "chain_id"), "postgresql": (11, "events")}[engine]
