"""A redaction takes what was said, under two persons' approval: the bytes go, the chain holds, the value is unknown."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.db.utils import DatabaseError

from trialwright.core.ledger import (
    REDACTED,
    Change,
    CourseStarted,
    FormCorrected,
    FormSubmitted,
    PayloadRedacted,
    ProtocolActivated,
    QueryOpened,
    Said,
    Signed,
    StudyLeft,
    StudyOpened,
)
from trialwright.core.subject import fold_study, observations
from trialwright.core.terms import Quantity
from trialwright.store import Submission, open_study, verify
from trialwright.store.errors import LedgerDamaged, Refused, SubmissionConflict
from trialwright.store.keeping.files import still_there, try_to_scrub
from trialwright.store.redaction import Person, redact

NAME = "Wilhelmina Featherstonehaugh"
ASKS, APPROVES = Person("u1", "coordinator"), Person("u2", "data manager")
ITEMS = (
    Change("adverse_event/1/term", None, f"rash, told by {NAME}"),
    Change("adverse_event/1/grade", None, 2),
    Change("anc/c1d1/value", None, Quantity.parse("1500 /mm3")),
)


def form(trial, number=90, items=ITEMS, kind=FormSubmitted, **own):
    """A form with a name in it that must not be kept."""
    event = trial.said_by(kind, subject="S01-001", form="adverse events", items=items, **own)
    return Submission(f"save-{number}", (event,), recorded_at=trial.start + timedelta(hours=number))


@pytest.fixture
def named(engine, rehearsed, trial):
    """A ledger whose event 13 names a person, in either database."""
    with open_study(rehearsed) as ledger:
        ledger.append(form(trial), trial.issuer)
        yield ledger


def erase(ledger, event=13, **other):
    return redact(
        ledger, event, **{"reason": "identifying_data", "requested_by": ASKS, "approved_by": APPROVES} | other
    )


def test_what_was_said_reads_as_redacted_and_the_chain_holds(named):
    hashes = [named.hash_at(seq) for seq in range(1, 14)]
    done = erase(named)
    event = next(one for one in named.events() if one.seq == 13)
    assert {change.path: change.new for change in event.items} == {item.path: REDACTED for item in ITEMS}
    assert (event.occurred, event.form, event.subject) == (date(2006, 3, 1), "adverse events", "S01-001")
    assert [named.hash_at(seq) for seq in range(1, 14)] == hashes
    assert (verify(named.folder).ok, verify(named.folder).warnings) == (True, ())
    said = next(one for one in named.events() if isinstance(one, PayloadRedacted))
    assert (said.actor, said.role, said.approved_by, said.approver_role) == ("u1", "coordinator", "u2", "data manager")
    assert (said.redacts, said.reason, done.gone) == (event.id, "identifying_data", tuple(one.path for one in ITEMS))


def test_a_redacted_value_is_missing_and_not_the_one_before_it(named, trial):
    """The count of event 2 stands again only where the correction is voided, never because it was redacted."""
    items = (Change("anc/c1d1/value", Quantity.parse("1500 /mm3"), Quantity.parse("900 /mm3")),)
    named.append(form(trial, 91, items, FormCorrected, why=f"as {NAME} says"), trial.issuer)
    erase(named, 14)
    record = fold_study(named.events()).subjects["S01-001"]
    (count,) = observations(record, "anc")
    assert (count.quantity(), count.values["value"]) == (None, REDACTED)
    assert next(one.why for one in named.events() if one.seq == 14) == "redacted"


def test_of_the_values_only_those_named_go_and_the_others_stand(named):
    done = erase(named, only=["adverse_event/1/term"])
    event = next(one for one in named.events() if one.seq == 13)
    assert [change.new for change in event.items] == [REDACTED, 2, Quantity.parse("1500 /mm3")]
    assert done.gone == ("adverse_event/1/term",)


def test_the_bytes_are_gone_from_the_file_and_from_its_log(rehearsed, trial):
    file = rehearsed / "trial.sqlite3"
    with open_study(rehearsed) as ledger:
        ledger.append(form(trial), trial.issuer)
        assert still_there(file, [NAME.encode()]), "the negative control: before, the name can be read in the files"
        done = erase(ledger)
    assert try_to_scrub(file) == ""
    assert still_there(file, [NAME.encode(), done.salt, done.body.encode()]) == []
    assert sorted(each.name for each in rehearsed.iterdir() if NAME.encode() in each.read_bytes()) == []
    assert verify(rehearsed).ok


def test_a_cached_status_that_showed_the_value_goes_too(rehearsed, trial):
    """The projection is derived again in the same transaction."""

    def shown(stream, events):
        return json.dumps([str(change.new) for one in events for change in getattr(one, "items", ())])

    with open_study(rehearsed, projection=shown) as ledger:
        ledger.rebuild()
        ledger.append(form(trial), trial.issuer)
        erase(ledger)
        with ledger._cursor() as cursor:
            cursor.execute("SELECT status FROM projection_subject WHERE stream_id = 'subject:S01-001'")
            assert NAME not in cursor.fetchone()[0]
    assert verify(rehearsed, projection=shown).ok


REFUSED = {
    "one person alone": ({"approved_by": Person("u1", "sponsor")}, "both asks"),
    "the same person in other letters": ({"approved_by": Person(" U1", "sponsor")}, "both asks"),
    "somebody in an unknown role": ({"approved_by": Person("u2", "passer-by")}, "none of the trial's"),
    "somebody whose role nobody knows": ({"requested_by": Person("nobody")}, "no role"),
    "a sentence for a reason": ({"reason": f"it names {NAME}"}, "no code"),
    "no reason": ({"reason": ""}, "no code"),
    "an event that is not there": ({"event": 99}, "no event 99"),
    "an id that is not there": ({"event": "00000000"}, "no event 00000000"),
    "a value that is not there": ({"only": ["anc/c9d9/value"]}, "holds no such value"),
    "the event that opens the study": ({"event": 1}, "never redacted"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_it_is_refused_with_the_reason(named, why):
    other, says = REFUSED[why]
    with pytest.raises(Refused) as refused:
        erase(named, **other)
    assert says in " ".join(finding.says for finding in refused.value.findings)
    assert named.head().seq == 13
    assert NAME in str(next(one for one in named.events() if one.seq == 13))


def test_a_role_is_that_in_which_a_person_last_acted_here(named, trial):
    with pytest.raises(Refused, match="1 finding"):
        erase(named, requested_by=Person("u1"), approved_by=Person("u2"))
    assert erase(named, requested_by=Person("u1")).receipt.seqs == (14,)


def test_what_puts_a_protocol_in_force_and_a_redaction_itself_are_never_redacted(named, trial):
    event = trial.said_by(
        ProtocolActivated, version="1", file_hash=trial.protocol.sha256, approved_on=date(2006, 1, 1), actor="u2"
    )
    named.append(Submission("activate", (event,), recorded_at=trial.start + timedelta(hours=95)), trial.issuer)
    erase(named)
    for seq, why in ((14, "by which protocol"), (15, "record of a redaction")):
        with pytest.raises(Refused) as refused:
            erase(named, seq)
        assert why in refused.value.findings[0].says


def test_codes_and_doses_by_which_patients_are_treated_are_voided_and_not_redacted(named, trial):
    dose = Quantity.parse("10 mg")
    event = trial.said_by(CourseStarted, subject="S01-001", drug="d", course=1, dose=dose, said=Said("give", ("a",)))
    named.append(Submission("course", (event,), recorded_at=trial.start + timedelta(hours=95)), trial.issuer)
    with pytest.raises(Refused) as refused:
        erase(named, 14)
    assert "Void it" in refused.value.findings[0].do


@pytest.mark.parametrize(
    ("kind", "own", "field"),
    [
        (StudyLeft, {"why": f"moved in with {NAME}"}, "why"),
        (Signed, {"meaning": "reviewed", "content_hash": "ab" * 32, "name": NAME}, "name"),
        (QueryOpened, {"item": "anc/c1d1/value", "asks": f"is {NAME} meant?"}, "asks"),
    ],
)
def test_words_that_went_are_the_one_word_redacted(named, trial, kind, own, field):
    event = trial.said_by(kind, subject="S01-001", **own)
    named.append(Submission("words", (event,), recorded_at=trial.start + timedelta(hours=95)), trial.issuer)
    erase(named, 14)
    read = next(one for one in named.events() if one.seq == 14)
    assert getattr(read, field) == "redacted"
    assert verify(named.folder).ok


def test_a_reason_in_the_words_of_the_closed_list_is_a_code_and_stays(named, trial):
    """Who left by death has left by death whatever is erased; in other words it is a text that somebody typed."""
    event = trial.said_by(StudyLeft, subject="S01-001", why="Death")
    named.append(Submission("words", (event,), recorded_at=trial.start + timedelta(hours=95)), trial.issuer)
    with pytest.raises(Refused) as refused:
        erase(named, 14)
    assert "nothing that a person typed" in refused.value.findings[0].says


def test_asked_again_it_changes_nothing(named):
    first, again = erase(named), erase(named)
    assert (again.receipt.seqs, again.receipt.replay, again.gone) == (first.receipt.seqs, True, first.gone)
    assert named.head().seq == 14


def test_other_events_that_may_repeat_it_are_named(named, trial):
    items = (Change("adverse_event/1/term", f"rash, told by {NAME}", "rash"),)
    named.append(form(trial, 91, items, FormCorrected, why="a name"), trial.issuer)
    query = trial.said_by(QueryOpened, subject="S01-001", item="adverse_event/1/term", asks="who?")
    named.append(Submission("query", (query,), recorded_at=trial.start + timedelta(hours=95)), trial.issuer)
    assert [one.seq for one in erase(named).also_in] == [14, 15]


@pytest.mark.parametrize(("others", "named_too"), [(2, [14, 15]), (3, [])])
def test_a_text_told_of_several_others_is_a_code_and_names_nobody(named, trial, others, named_too):
    told = (Change("adverse_event/1/term", None, f"rash, told by {NAME}"),)
    for place in range(others):
        event = trial.said_by(FormSubmitted, subject=f"S01-10{place}", form="ae", items=told)
        at = trial.start + timedelta(hours=95 + place)
        named.append(Submission(f"other-{place}", (event,), recorded_at=at), trial.issuer)
    assert [one.seq for one in erase(named).also_in] == named_too


def test_a_retry_of_what_was_redacted_since_is_refused_and_told(named, trial):
    erase(named)
    with pytest.raises(SubmissionConflict, match="redacted since"):
        named.append(form(trial), trial.issuer)


def test_no_other_door_lets_a_redaction_in(named, trial):
    forged = trial.said_by(PayloadRedacted, redacts="0" * 36, approved_by="u2", approver_role="sponsor", reason="x")
    with pytest.raises(Refused):
        named.append(Submission("any key", (forged,), recorded_at=trial.start + timedelta(hours=95)), trial.issuer)


# --- what the database and verification make of it -----------------------------------------------------------------


def test_a_payload_emptied_without_a_redaction_is_refused_by_the_database(named):
    for statement in (
        "UPDATE ledger_payload SET body = NULL, salt = NULL",
        "UPDATE ledger_payload SET body = NULL",
        "UPDATE ledger_payload SET body = 'x', salt = NULL",
    ):
        with named._cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute(statement)


def test_after_a_redaction_the_database_still_refuses_every_other_change(named):
    erase(named)
    for statement in (
        "UPDATE ledger_payload SET body = '[]'",
        "UPDATE ledger_payload SET salt = zeroblob(32), body = '[]' WHERE body IS NULL",
        "UPDATE ledger_payload SET body = NULL, salt = NULL WHERE body IS NOT NULL",
        "DELETE FROM ledger_payload WHERE body IS NULL",
    ):
        with named._cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute(statement)


ERASE = (
    "UPDATE ledger_payload SET salt = NULL, body = NULL "
    "WHERE event_id = (SELECT event_id FROM ledger_event WHERE seq = {seq})"
)
TAMPERED = {
    "a payload erased that no redaction names": (
        ERASE.format(seq=7),
        (13, 7),
    ),
    "a founding payload erased": (
        ERASE.format(seq=1),
        (13, 1),
    ),
    "the row of a redacted payload taken away": ("DELETE FROM ledger_payload WHERE body IS NULL", (13, 13)),
    "something else put in its place": (
        "UPDATE ledger_payload SET salt = zeroblob(32), body = '[]' WHERE body IS NULL",
        (10, 13),
    ),
    "the redaction itself erased": (
        ERASE.format(seq=14),
        (13, 14),
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_verification_tells_a_redaction_from_a_loss(rehearsed, trial, tamper, what):
    with open_study(rehearsed) as ledger:
        ledger.append(form(trial), trial.issuer)
        erase(ledger)
    statement, wrong = TAMPERED[what]
    with tamper(rehearsed) as connection:
        connection.execute(statement)
    found = verify(rehearsed)
    assert (found.code, found.first_bad.seq) == wrong


def test_a_payload_that_was_put_back_is_told(rehearsed, trial, tamper):
    with open_study(rehearsed) as ledger:
        ledger.append(form(trial), trial.issuer)
        done = erase(ledger)
    with tamper(rehearsed) as connection:
        connection.execute(
            "UPDATE ledger_payload SET salt = ?, body = ? WHERE event_id = ?", (done.salt, done.body, done.redacted)
        )
    found = verify(rehearsed)
    assert (found.code, found.first_bad.seq) == (10, 14)
    assert "put back" in found.first_bad.why


def test_a_reader_refuses_a_loss_that_is_no_redaction(rehearsed, tamper):
    with tamper(rehearsed) as connection:
        connection.execute("UPDATE ledger_payload SET salt = NULL, body = NULL")
    with open_study(rehearsed, read_only=True) as ledger, pytest.raises(LedgerDamaged):
        list(ledger.events())


def test_the_kinds_that_are_never_redacted_are_the_same_in_the_database_as_in_the_core():
    from importlib import import_module

    from trialwright.core.ledger import KINDS, NEVER_REDACTED

    later = import_module("trialwright.store.migrations.0003_redaction")
    kept = later.KEPT
    assert all(f'"type":"{kind}"' in later.NOT_REDACTED for kind in kept)
    assert set(kept) == {kind for kind in NEVER_REDACTED if kind in KINDS}
    assert StudyOpened.__name__ in kept


def test_a_ledger_of_an_earlier_version_is_brought_up_to_date_and_a_reader_does_not_complain(rehearsed):
    """Before the narrower lock, an update of a payload was refused whatever it was."""
    from importlib import import_module

    later = import_module("trialwright.store.migrations.0003_redaction")
    connection = sqlite3.connect(rehearsed / "trial.sqlite3")
    connection.execute(f"DROP TRIGGER {later.NAME}")
    connection.execute(later.BEFORE)
    connection.execute("DELETE FROM django_migrations WHERE name = '0003_redaction'")
    connection.commit()
    connection.close()
    assert (verify(rehearsed).ok, verify(rehearsed).warnings) == (True, ())
    with open_study(rehearsed):
        pass
    assert (verify(rehearsed).ok, verify(rehearsed).warnings) == (True, ())


def test_a_real_ledger_is_redacted_by_the_machines_clock(tmp_path, trial):
    from trialwright.store import MachineIssuer

    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        save = Submission("n", form(trial).events)
        ledger.append(save, MachineIssuer())
        done = erase(ledger, 2)
        said = next(one for one in ledger.events() if one.seq == 3)
        assert (done.receipt.seqs, said.occurred) == ((3,), said.recorded.date())
    assert try_to_scrub(tmp_path / "trial.sqlite3") == ""
    assert still_there(tmp_path / "trial.sqlite3", [NAME.encode(), done.salt]) == []
    assert verify(tmp_path).ok


READER = """
import sqlite3, sys
reader = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, isolation_level=None)
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM ledger_event").fetchone()
print("reading", flush=True)
sys.stdin.read()
"""


def test_while_somebody_reads_the_log_still_holds_the_bytes_and_it_is_told(rehearsed, trial, monkeypatch):
    """A reader's moment is kept in the write-ahead log; once it is gone, the same command finishes the work."""
    monkeypatch.setattr("trialwright.store.keeping.files.SECONDS_TO_WAIT", 0.2)
    file = rehearsed / "trial.sqlite3"
    with open_study(rehearsed) as ledger:
        ledger.append(form(trial), trial.issuer)
    command = [sys.executable, "-c", READER, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline() == "reading\n"
        with open_study(rehearsed) as ledger:
            done = erase(ledger)
        assert try_to_scrub(file), "it says why the bytes may still be there"
        assert still_there(file, [done.salt]), "and it is true"
        reader.stdin.close()
    assert try_to_scrub(file) == ""
    assert still_there(file, [done.salt, NAME.encode()]) == []
