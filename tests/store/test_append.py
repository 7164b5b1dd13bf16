"""Saving: whole or not at all, once for each key, on the version the person saw."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trialwright.core.ledger import Change, FormSubmitted, SubjectScreened
from trialwright.core.terms import Finding, Severity
from trialwright.store import MachineIssuer, SeededIssuer, Submission, Text, holds_ledger, open_study, verify
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import (
    LedgerError,
    NoLedger,
    NotSupported,
    Refused,
    StaleVersion,
    SubmissionConflict,
    UnknownText,
    Unreadable,
    WrongKind,
    WrongStudy,
)

pytestmark = pytest.mark.usefixtures("engine")
in_a_file = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def test_a_save_is_read_back_as_it_was_said(tmp_path, trial):
    save = trial.count(1)
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        receipt = ledger.append(save, trial.issuer)
        event = next(ledger.events(subject="S01-001"))
    issued = {"id": receipt.event_ids[0], "seq": 2, "recorded": save.recorded_at}
    assert event == replace(save.events[0], **issued)
    assert receipt.seqs == (2,) and not receipt.replay


def test_the_head_after_a_save_is_the_receipts(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        assert ledger.head() is None
        receipt = ledger.append(trial.opening(), trial.issuer)
        assert (ledger.head().seq, ledger.head().hash) == (1, receipt.head)


def test_a_retry_gets_the_original_receipt_and_writes_nothing(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        first = ledger.append(trial.count(1), trial.issuer)
        ledger.append(trial.count(2), trial.issuer)
        again = ledger.append(trial.count(1), SeededIssuer("another machine"))
        assert again == replace(first, replay=True)
        assert ledger.head().seq == 3


def test_a_retry_is_harmless_though_the_version_it_was_based_on_has_moved(tmp_path, trial):
    save = replace(trial.count(1), base_versions={"subject:S01-001": 0})
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        ledger.append(save, trial.issuer)
        assert ledger.append(save, trial.issuer).replay


def by_another(event):
    return replace(event, actor="u2")


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("another value", lambda trial: trial.count(1, value="900")),
        ("another subject", lambda trial: trial.count(1, subject="S01-002")),
        ("one event more", lambda trial: replace(trial.count(1), events=trial.count(1).events * 2)),
        ("another person", lambda trial: replace(trial.count(1), events=(by_another(trial.count(1).events[0]),))),
    ],
)
def test_a_used_key_with_other_contents_is_refused(tmp_path, trial, what, other):
    with open_study(tmp_path) as ledger:
        ledger.append_many([trial.opening(), trial.count(1)], trial.issuer)
        with pytest.raises(SubmissionConflict, match="save-1"):
            ledger.append(other(trial), trial.issuer)
        assert ledger.head().seq == 2


def test_a_stale_save_is_refused_with_base_theirs_and_mine_for_each_path(tmp_path, trial):
    def form(key, items, base=None):
        changes = tuple(Change(f"labs/c1d1/{name}", None, value) for name, value in items.items())
        event = trial.said_by(FormSubmitted, subject="S01-001", form="labs", items=changes)
        stated = {} if base is None else {"subject:S01-001": base}
        return Submission(key, (event,), base_versions=stated, recorded_at=trial.start)

    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        ledger.append(form("1", {"anc": "1500", "hb": "11", "note": "calm"}), trial.issuer)
        base = ledger.version("subject:S01-001")
        ledger.append(form("2", {"anc": "900", "plt": "80"}), trial.issuer)
        with pytest.raises(StaleVersion) as refusal:
            ledger.append(form("3", {"anc": "1400", "hb": "12"}, base), trial.issuer)
        assert ledger.head().seq == 3
    found = {each.path: (each.base, each.theirs, each.mine, each.clashes) for each in refusal.value.differences}
    assert found == {
        "labs/c1d1/anc": ("1500", "900", "1400", True),
        "labs/c1d1/hb": ("11", "11", "12", False),
        "labs/c1d1/plt": (None, "80", None, False),
    }
    assert (refusal.value.base, refusal.value.current) == (1, 2)
    assert "900" not in str(refusal.value)


@pytest.mark.parametrize(("base", "accepted"), [(1, False), (2, True), (3, False)])
def test_the_base_version_below_at_and_above_the_current_one(tmp_path, trial, base, accepted):
    save = replace(trial.count(3), base_versions={"subject:S01-001": base})
    with open_study(tmp_path) as ledger:
        ledger.append_many([trial.opening(), trial.count(1), trial.count(2)], trial.issuer)
        if accepted:
            assert ledger.append(save, trial.issuer).seqs == (4,)
        else:
            with pytest.raises(StaleVersion):
                ledger.append(save, trial.issuer)


def refusing(severity):
    def guard(view, event):
        return [Finding(about="S01-001", says="No.", severity=severity)] if isinstance(event, SubjectScreened) else []

    return guard


def test_a_refused_decision_takes_the_whole_submission_with_it(tmp_path, trial):
    screened = trial.said_by(SubjectScreened, subject="S01-009", version="1")
    save = Submission("mixed", (*trial.count(1).events, screened), recorded_at=trial.start)
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        with pytest.raises(Refused) as refusal:
            ledger.append(save, trial.issuer, refusing(Severity.ERROR))
        assert [finding.says for finding in refusal.value.findings] == ["No."]
        assert ledger.head().seq == 1
        receipt = ledger.append(save, trial.issuer, refusing(Severity.WARNING))
    assert receipt.seqs == (2, 3) and [finding.says for finding in receipt.findings] == ["No."]


def test_the_guard_sees_what_was_saved_before_and_earlier_in_the_same_submission(tmp_path, trial):
    seen = []

    def guard(view, event):
        seen.append(([each.seq for each in view.events("subject:S01-001")], len(view.events())))
        return []

    save = Submission("two", trial.count(1).events + trial.count(2).events, recorded_at=trial.start)
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        ledger.append(save, trial.issuer, guard)
    assert seen == [([], 1), ([2], 2)]


def test_a_batch_that_fails_leaves_nothing(tmp_path, trial):
    unsound = trial.count(2, path="anc/c1d1/Mu\u0308ller")
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        with pytest.raises(NotCanonical):
            ledger.append_many([trial.count(1), unsound], trial.issuer)
        assert ledger.head().seq == 1
    assert verify(tmp_path).ok


@pytest.mark.parametrize("change", [{"submission_id": ""}, {"events": ()}])
def test_a_submission_without_a_key_or_an_event_is_refused(rehearsed, trial, change):
    with open_study(rehearsed) as ledger, pytest.raises(ValueError, match="at least one event"):
        ledger.append(replace(trial.count(99), **change), trial.issuer)


def test_a_path_that_could_not_be_read_back_is_refused(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        with pytest.raises(ValueError, match="concept/instance/field"):
            ledger.append(trial.count(1, path="anc/value"), trial.issuer)


def test_an_event_under_a_protocol_the_ledger_does_not_hold_is_refused(tmp_path, trial):
    save = trial.count(1)
    other = replace(save, events=(replace(save.events[0], protocol="ab" * 32),))
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        with pytest.raises(UnknownText):
            ledger.append(other, trial.issuer)


def test_a_text_that_only_one_of_the_databases_can_hold_is_kept_by_neither(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        with pytest.raises(LedgerError, match="NUL"):
            ledger.append(replace(trial.count(1), texts=(Text("form", "a\0b"),)), trial.issuer)
        assert ledger.head().seq == 1


def test_the_protocols_text_is_kept_once_and_found_by_its_hash(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(), trial.issuer)
        ledger.append(replace(trial.count(1), texts=(trial.protocol,)), trial.issuer)
        assert ledger.text(trial.protocol.sha256) == trial.protocol.text
        assert ledger.text("00" * 32) is None


@in_a_file
def test_the_same_seed_gives_the_same_head_one_by_one_or_in_one_batch(tmp_path, trial):
    saves = [trial.opening(), *(trial.count(number, f"S01-00{number % 4}") for number in range(1, 30))]
    heads = []
    for name, size in (("single", 1), ("batch", 30), ("chunks", 7)):
        (tmp_path / name).mkdir()
        with open_study(tmp_path / name) as ledger:
            for start in range(0, 30, size):
                ledger.append_many(iter(saves[start : start + size]), SeededIssuer("seed"))
            heads.append(ledger.head())
        assert verify(tmp_path / name).ok
    assert heads[0] == heads[1] == heads[2]


@in_a_file
def test_another_seed_gives_another_head(tmp_path, trial):
    heads = set()
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        with open_study(tmp_path / seed) as ledger:
            heads.add(ledger.append(trial.opening(), SeededIssuer(seed)).head)
    assert len(heads) == 2


@in_a_file
def test_an_append_costs_the_same_for_the_10th_and_the_1000th_event(tmp_path, trial):
    """As many statements, and none that reads a whole table."""
    from django.db import connections

    statements: list[str] = []

    def record(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with open_study(tmp_path) as ledger:
        ledger.append_many([trial.opening(), *(trial.count(number) for number in range(1, 10))], trial.issuer)
        with connections[ledger.alias].execute_wrapper(record):
            ledger.append(trial.count(10), trial.issuer)
        tenth = list(statements)
        ledger.append_many((trial.count(number) for number in range(11, 1000)), trial.issuer)
        statements.clear()
        with connections[ledger.alias].execute_wrapper(record):
            ledger.append(trial.count(1000), trial.issuer)
        assert statements == tenth
        reads = [sql for sql in tenth if sql.lstrip().startswith("SELECT") and "ledger_meta" not in sql]
        with ledger._cursor() as cursor:
            for sql in reads:
                cursor.execute("EXPLAIN QUERY PLAN " + sql, ["x"] * sql.count("%s"))
                assert all("SCAN" not in row[3] for row in cursor.fetchall()), sql
        assert len(reads) >= 4


@pytest.mark.parametrize("first", ["real", "simulated"])
def test_real_and_simulated_are_never_mixed(tmp_path, trial, first):
    issuers = {"real": MachineIssuer(), "simulated": trial.issuer}
    second = "simulated" if first == "real" else "real"
    at = trial.start if first == "simulated" else None
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening(first, at=at), issuers[first])
        with pytest.raises(WrongKind):
            ledger.append(trial.count(1), issuers[second])
        assert ledger.kind == first and ledger.head().seq == 1
    with pytest.raises(WrongKind), open_study(tmp_path, kind=second):
        pass


def test_a_writer_of_one_kind_cannot_open_a_study_of_the_other(tmp_path, trial):
    with open_study(tmp_path) as ledger, pytest.raises(WrongKind):
        ledger.append(trial.opening("real"), trial.issuer)
    with open_study(tmp_path, kind="real") as ledger, pytest.raises(WrongKind):
        ledger.append(trial.opening("simulated"), trial.issuer)
    assert not holds_ledger(tmp_path)


def test_each_header_of_a_rehearsal_is_marked(rehearsed):
    from trialwright.store.open import connected

    with connected(rehearsed, read_only=True) as alias:
        from django.db import connections

        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(CASE WHEN header LIKE %s THEN 1 END) FROM ledger_event", ['%+simulated","at":%']
            )
            assert cursor.fetchone() == (12, 12)


def test_the_first_event_opens_the_study_and_no_later_one_does(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        with pytest.raises(Refused):
            ledger.append(replace(trial.count(1), texts=(trial.protocol,)), trial.issuer)
        ledger.append(trial.opening(), trial.issuer)
        with pytest.raises(Refused):
            ledger.append(trial.opening(key="again"), trial.issuer)


@in_a_file
def test_a_ledger_belongs_to_one_study(rehearsed, tmp_path_factory, trial):
    with pytest.raises(WrongStudy), open_study(rehearsed, study="TRIAL-2"):
        pass
    with open_study(tmp_path_factory.mktemp("new"), study="TRIAL-2") as ledger, pytest.raises(WrongStudy):
        ledger.append(trial.opening(), trial.issuer)


def test_a_real_event_is_recorded_now_and_a_simulated_one_says_when(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        with pytest.raises(ValueError, match="recorded"):
            ledger.append(trial.opening("real"), MachineIssuer())
        with pytest.raises(ValueError, match="rehearsal"):
            ledger.append(trial.opening(at=None), trial.issuer)
        before = datetime.now(UTC)
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        assert before <= next(ledger.events()).recorded <= datetime.now(UTC)


def test_known_at_a_position_and_at_an_instant(rehearsed, trial):
    with open_study(rehearsed, read_only=True) as ledger:
        assert [event.seq for event in ledger.events(known_at=3)] == [1, 2, 3]
        assert [event.seq for event in ledger.events(known_at=trial.start + timedelta(hours=2))] == [1, 2, 3]
        assert [event.seq for event in ledger.events(known_at=trial.start + timedelta(minutes=119))] == [1, 2]
        assert [event.seq for event in ledger.events(after_seq=10)] == [11, 12]
        assert [event.seq for event in ledger.events(subject="S01-000")] == [4, 7, 10]
        with pytest.raises(ValueError, match="offset"):
            list(ledger.events(known_at=datetime(2006, 3, 1)))


@in_a_file
def test_reading_never_writes_and_a_reader_cannot_append(rehearsed, trial):
    before = (rehearsed / "trial.sqlite3").read_bytes()
    with open_study(rehearsed, read_only=True) as ledger:
        list(ledger.events())
        with pytest.raises(LedgerError):
            ledger.append(trial.count(99), trial.issuer)
    assert (rehearsed / "trial.sqlite3").read_bytes() == before


@in_a_file
def test_several_folders_are_open_at_once(tmp_path, trial):
    for name in "ab":
        (tmp_path / name).mkdir()
    with open_study(tmp_path / "a") as one, open_study(tmp_path / "b") as two:
        one.append(trial.opening(), trial.issuer)
        assert (one.head().seq, two.head()) == (1, None)


@in_a_file
def test_no_ledger_no_folder_and_a_server_database_are_said_plainly(tmp_path, monkeypatch):
    with pytest.raises(NoLedger), open_study(tmp_path, read_only=True):
        pass
    with pytest.raises(NoLedger), open_study(tmp_path / "nowhere"):
        pass
    assert not holds_ledger(tmp_path)
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", "mysql://u:{}@x/y".format("secret"))
    with pytest.raises(NotSupported, match="no address of a PostgreSQL database") as refusal, open_study(tmp_path):
        pass
    assert "swordfish" not in str(refusal.value)


@in_a_file
@pytest.mark.parametrize("content", [b"this is a letter\n" * 100, b"SQLite format 3\0" + b"\xff" * 4096, b"\0" * 9000])
def test_a_file_that_is_no_ledger_is_left_as_it_is(tmp_path, content):
    (tmp_path / "trial.sqlite3").write_bytes(content)
    with pytest.raises(Unreadable), open_study(tmp_path):
        pass
    assert (tmp_path / "trial.sqlite3").read_bytes() == content
    assert holds_ledger(tmp_path)
