"""Verification: whatever the owner of the file changes is found, at the right event, with the right exit code."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from trialwright.core.ledger import FormSubmitted
from trialwright.store import SeededIssuer, open_study, verify
from trialwright.store.errors import LedgerError

FLIP_TEXT = "UPDATE {table} SET {column} = 'x' || {column} WHERE {row}"
FLIP_BYTES = "UPDATE {table} SET {column} = zeroblob(32) WHERE {row}"
ADD = "UPDATE {table} SET {column} = {column} + 100 WHERE {row}"
EVENT_5 = "seq = 5"
PAYLOAD_5 = "event_id = (SELECT event_id FROM ledger_event WHERE seq = 5)"

# table, column, how it is changed, which row -> exit code, the event named
COLUMNS = [
    ("ledger_event", "chain_id", FLIP_TEXT, EVENT_5, 10, 5),
    ("ledger_event", "seq", ADD, EVENT_5, 10, 5),
    ("ledger_event", "event_id", FLIP_TEXT, EVENT_5, 10, 5),
    ("ledger_event", "submission_id", FLIP_TEXT, EVENT_5, 10, 5),
    ("ledger_event", "part", ADD, EVENT_5, 10, 5),
    ("ledger_event", "stream_id", FLIP_TEXT, EVENT_5, 10, 5),
    ("ledger_event", "stream_version", ADD, EVENT_5, 10, 5),
    ("ledger_event", "header", FLIP_TEXT, EVENT_5, 10, 5),
    ("ledger_event", "payload_commit", FLIP_BYTES, EVENT_5, 10, 5),
    ("ledger_event", "prev_hash", FLIP_BYTES, EVENT_5, 10, 5),
    ("ledger_event", "hash", FLIP_BYTES, EVENT_5, 10, 5),
    ("ledger_payload", "event_id", FLIP_TEXT, PAYLOAD_5, 13, 5),
    ("ledger_payload", "salt", FLIP_BYTES, PAYLOAD_5, 10, 5),
    ("ledger_payload", "body", FLIP_TEXT, PAYLOAD_5, 10, 5),
    ("ledger_head", "chain_id", FLIP_TEXT, "1 = 1", 11, 13),
    ("ledger_head", "hash", FLIP_BYTES, "1 = 1", 10, 12),
    ("ledger_head", "frontier", FLIP_BYTES, "1 = 1", 10, 12),
    ("ledger_meta", "key", FLIP_TEXT, "key = 'kind'", 10, 1),
    ("ledger_meta", "value", FLIP_TEXT, "key = 'kind'", 10, 1),
    ("ledger_meta", "value", FLIP_TEXT, "key = 'study'", 10, 1),
    ("ledger_meta", "value", FLIP_TEXT, "key = 'format'", 10, 1),
    ("stored_text", "sha256", FLIP_TEXT, "1 = 1", 10, None),
    ("stored_text", "kind", FLIP_TEXT, "1 = 1", 10, None),
    ("stored_text", "text", FLIP_TEXT, "1 = 1", 10, None),
    ("projection_subject", "chain_id", FLIP_TEXT, "stream_id = 'study'", 14, 1),
    ("projection_subject", "stream_id", FLIP_TEXT, "stream_id = 'study'", 14, 1),
    ("projection_subject", "stream_version", ADD, "stream_id = 'study'", 14, 1),
    ("projection_subject", "last_seq", ADD, "stream_id = 'study'", 14, 1),
    ("projection_subject", "last_hash", FLIP_BYTES, "stream_id = 'study'", 14, 1),
    ("projection_subject", "status", "UPDATE {table} SET {column} = '{{}}' WHERE {row}", "stream_id = 'study'", 14, 1),
]
ATTACKS = [
    ("the header's actor", "UPDATE ledger_event SET header = replace(header, '\"u1\"', '\"u2\"') WHERE seq = 5", 10, 5),
    ("the time of recording", "UPDATE ledger_event SET header = replace(header, '2006', '2005') WHERE seq = 5", 10, 5),
    ("a header that is bytes", "UPDATE ledger_event SET header = CAST(header AS BLOB) WHERE seq = 5", 10, 5),
    ("a header that is not UTF-8", "UPDATE ledger_event SET header = CAST(x'ff' AS TEXT) WHERE seq = 5", 10, 5),
    ("a body that is not UTF-8", f"UPDATE ledger_payload SET body = CAST(x'ff' AS TEXT) WHERE {PAYLOAD_5}", 10, 5),
    ("a sequence number that is text", "UPDATE ledger_event SET seq = 'five' WHERE seq = 5", 10, 5),
    ("a value", f"UPDATE ledger_payload SET body = replace(body, '1500', '500') WHERE {PAYLOAD_5}", 10, 5),
    ("an erased body", f"UPDATE ledger_payload SET body = NULL WHERE {PAYLOAD_5}", 13, 5),
    ("an erased salt", f"UPDATE ledger_payload SET salt = NULL WHERE {PAYLOAD_5}", 13, 5),
    ("an erased payload", f"UPDATE ledger_payload SET salt = NULL, body = NULL WHERE {PAYLOAD_5}", 13, 5),
    ("a deleted payload", f"DELETE FROM ledger_payload WHERE {PAYLOAD_5}", 13, 5),
    ("a deleted event in the middle", "DELETE FROM ledger_event WHERE seq = 5", 10, 5),
    ("the first event deleted", "DELETE FROM ledger_event WHERE seq = 1", 10, 1),
    ("the last event deleted", "DELETE FROM ledger_event WHERE seq = 12", 11, 12),
    ("the last four events deleted", "DELETE FROM ledger_event WHERE seq > 8", 11, 9),
    ("all events deleted", "DELETE FROM ledger_event", 11, 1),
    ("the head row moved back", "UPDATE ledger_head SET seq = 11", 10, 11),
    ("the head row moved on", "UPDATE ledger_head SET seq = 13", 11, 13),
    ("the head row deleted", "DELETE FROM ledger_head", 10, 12),
    ("a second head row", "INSERT INTO ledger_head VALUES ('study:x', 1, x'00', x'')", 11, 13),
    ("the protocol's text deleted", "DELETE FROM stored_text", 13, 1),
    ("what the database is, deleted", "DELETE FROM ledger_meta WHERE key = 'kind'", 10, 1),
    ("an entry the ledger never wrote", "INSERT INTO ledger_meta VALUES ('x', 'y')", 10, None),
    ("a payload that belongs to no event", "INSERT INTO ledger_payload VALUES ('x', x'00', '[]')", 10, None),
    ("a projection deleted", "DELETE FROM projection_subject WHERE stream_id = 'study'", 14, 1),
    ("a projection of no stream", "INSERT INTO projection_subject VALUES ('c', 's', 1, 1, x'00', NULL)", 14, None),
    ("another root", "INSERT INTO ledger_checkpoint VALUES ('study:TRIAL-1', 5, x'00', '', '', '')", 10, 5),
    ("a root beyond the end", "INSERT INTO ledger_checkpoint VALUES ('study:TRIAL-1', 50, x'00', '', '', '')", 11, 13),
    ("a table dropped", "DROP TABLE ledger_payload", 15, None),
]  # fmt: skip

ONLY_IN_A_FILE = ("is bytes", "is not UTF-8", "number that is text")  # a server's columns have types
ON_A_SERVER = {("ledger_head", "chain_id"): (11, 1), "a second head row": (11, 1)}  # of another study there
COLUMNS_OF = [("sqlite", *each) for each in COLUMNS] + [
    ("postgresql", *each[:4], *ON_A_SERVER.get(each[:2], each[4:])) for each in COLUMNS if each[3] != "key = 'study'"
]
ATTACKS_OF = [("sqlite", *each) for each in ATTACKS] + [
    ("postgresql", *each[:2], *ON_A_SERVER.get(each[0], each[2:]))
    for each in ATTACKS
    if not each[0].endswith(ONLY_IN_A_FILE)
]


def test_an_untouched_ledger_verifies(rehearsed):
    found = verify(rehearsed)
    with open_study(rehearsed, read_only=True) as ledger:
        assert (found.ok, found.code, found.events, found.head) == (True, 0, 12, ledger.head().hash)
    assert found.first_bad is None and found.warnings == ()


@pytest.mark.parametrize(("engine", "table", "column", "change", "row", "code", "seq"), COLUMNS_OF, indirect=["engine"])
def test_each_column_of_each_table(engine, rehearsed, tamper, table, column, change, row, code, seq):
    with tamper(rehearsed) as connection:
        changed = connection.execute(change.format(table=table, column=column, row=row)).rowcount
    assert changed >= 1
    found = verify(rehearsed, whole=True)
    assert (found.ok, found.code, found.first_bad.seq) == (False, code, seq), found.first_bad


def test_the_table_of_columns_leaves_none_out(rehearsed, tamper):
    with tamper(rehearsed) as connection:
        tables = {table for table, *_ in COLUMNS}
        there = {(table, row[1]) for table in tables for row in connection.execute(f"PRAGMA table_info({table})")}
    assert there - {(table, column) for table, column, *_ in COLUMNS} == {("ledger_head", "seq")}  # in ATTACKS


@pytest.mark.parametrize(("engine", "what", "statement", "code", "seq"), ATTACKS_OF, indirect=["engine"])
def test_each_attack(engine, rehearsed, tamper, what, statement, code, seq):
    with tamper(rehearsed) as connection:
        connection.execute(statement)
    found = verify(rehearsed, whole=True)
    assert (found.ok, found.code, found.first_bad.seq) == (False, code, seq), found.first_bad
    assert found.first_bad.why


def test_two_events_that_changed_places_are_found(rehearsed, tamper):
    with tamper(rehearsed) as connection:
        for old, new in ((5, 999), (6, 5), (999, 6)):
            connection.execute("UPDATE ledger_event SET seq = ? WHERE seq = ?", (new, old))
    assert (verify(rehearsed).code, verify(rehearsed).first_bad.seq) == (10, 5)


def test_a_rewritten_event_that_was_hashed_again_is_found_at_the_next_one(rehearsed, tamper):
    from trialwright.store.chain import event_hash

    with tamper(rehearsed) as connection:
        (header,) = connection.execute("SELECT header FROM ledger_event WHERE seq = 5").fetchone()
        forged = header.replace('"u1"', '"u2"')
        connection.execute("UPDATE ledger_event SET header = ?, hash = ? WHERE seq = 5", (forged, event_hash(forged)))
    assert (verify(rehearsed).code, verify(rehearsed).first_bad.seq) == (10, 6)


def cut_off(folder: Path, tamper, last: int) -> None:
    """Cut the end off and mend the head row and projections, as somebody who knows this program could."""
    from trialwright.store import chain

    with tamper(folder) as connection:
        connection.execute("DELETE FROM ledger_payload WHERE event_id IN "
                           "(SELECT event_id FROM ledger_event WHERE seq > ?)", (last,))  # fmt: skip
        connection.execute("DELETE FROM ledger_event WHERE seq > ?", (last,))
        frontier: tuple[bytes, ...] = ()
        digests = [digest for (digest,) in connection.execute("SELECT hash FROM ledger_event ORDER BY seq")]
        for place, digest in enumerate(digests):
            frontier = chain.grow(frontier, place, digest)
        connection.execute("UPDATE ledger_head SET seq = ?, hash = ?, frontier = ?",
                           (last, digests[-1], chain.pack(frontier)))  # fmt: skip
        connection.execute("DELETE FROM projection_subject")
        connection.execute("INSERT INTO projection_subject SELECT chain_id, stream_id, max(stream_version), seq, hash, "
                           "NULL FROM ledger_event GROUP BY chain_id, stream_id")  # fmt: skip


def test_an_end_cut_off_with_its_head_row_is_found_only_with_a_head_noted_elsewhere(rehearsed, tamper):
    head = verify(rehearsed).head
    cut_off(rehearsed, tamper, 9)
    assert verify(rehearsed).ok  # the limit of a chain alone, stated rather than hidden
    assert (verify(rehearsed, expect=head).code, verify(rehearsed, expect=f"12:{head}").code) == (11, 11)


def test_a_head_noted_earlier_is_still_there_when_the_ledger_has_grown(rehearsed, trial):
    noted = verify(rehearsed).head
    with open_study(rehearsed) as ledger:
        ledger.append(trial.count(50), trial.issuer)
    assert verify(rehearsed, expect=noted).ok
    assert verify(rehearsed, expect=f"12:{noted}").ok
    assert verify(rehearsed, expect=f"11:{noted}").code == 12


def test_a_fork_is_told_from_a_rollback_by_the_position_of_the_noted_head(rehearsed, tmp_path_factory, trial):
    fork = tmp_path_factory.mktemp("fork") / "study"
    shutil.copytree(rehearsed, fork)
    noted = {}
    for folder, value in ((rehearsed, "900"), (fork, "1900")):
        with open_study(folder) as ledger:
            noted[folder] = ledger.append(trial.count(50, value=value), SeededIssuer("seed")).head
    assert verify(fork).ok and verify(rehearsed).ok
    assert verify(fork, expect=f"13:{noted[rehearsed]}").code == 12
    assert verify(fork, expect=noted[rehearsed]).code == 11


@pytest.mark.parametrize("expect", ["", "xyz", "ab" * 31, "ab" * 33, "-1:" + "ab" * 32, "x:" + "ab" * 32])
def test_a_head_that_is_none_is_wrong_use(rehearsed, expect):
    with pytest.raises(ValueError, match="64 hexadecimal"):
        verify(rehearsed, expect=expect)


def test_a_dropped_trigger_is_a_warning(rehearsed, tamper):
    with tamper(rehearsed):
        pass
    found = verify(rehearsed)
    assert found.ok and any("ledger_event_no_update" in warning for warning in found.warnings)


def test_a_trigger_that_somebody_added_or_replaced_is_a_warning(rehearsed):
    connection = sqlite3.connect(rehearsed / "trial.sqlite3")
    connection.execute("DROP TRIGGER ledger_event_no_update")
    for name in ("ledger_event_no_update", "later"):
        connection.execute(f"CREATE TRIGGER {name} AFTER INSERT ON ledger_event BEGIN SELECT 1; END")
    connection.close()
    warnings = verify(rehearsed).warnings
    assert len(warnings) == 2 and "later" in warnings[0] and "ledger_event_no_update" in warnings[1]


def test_verifying_writes_nothing(rehearsed):
    before = (rehearsed / "trial.sqlite3").read_bytes()
    assert verify(rehearsed).ok
    assert (rehearsed / "trial.sqlite3").read_bytes() == before


DAMAGED = {
    "no file": None,
    "an empty file": b"",
    "a text file": b"Dear sir,\n" * 500,
    "zeros": b"\0" * 8192,
    "only the first bytes of a database": b"SQLite format 3\0",
    "a database's first bytes, then noise": b"SQLite format 3\0" + bytes(range(256)) * 64,
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_file_that_cannot_be_read_is_said_so(tmp_path, what):
    if DAMAGED[what] is not None:
        (tmp_path / "trial.sqlite3").write_bytes(DAMAGED[what])
    found = verify(tmp_path)
    assert (found.ok, found.code, found.first_bad.what) == (False, 15, "file")


def test_a_folder_in_the_place_of_the_file_and_another_programs_database(tmp_path):
    (tmp_path / "trial.sqlite3").mkdir()
    assert verify(tmp_path).code == 15
    (tmp_path / "other").mkdir()
    connection = sqlite3.connect(tmp_path / "other" / "trial.sqlite3")
    connection.execute("CREATE TABLE birds (name)")
    connection.close()
    assert verify(tmp_path / "other").code == 15


@pytest.mark.parametrize("keep", [0.25, 0.5, 0.9])
def test_a_file_cut_short_never_verifies(rehearsed, keep):
    file = rehearsed / "trial.sqlite3"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * keep)])
    assert verify(rehearsed).code != 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET header = replace(header, '\"u1\"', '\"u2\"') WHERE seq = 5",
        f"UPDATE ledger_payload SET body = replace(body, '1500', '500') WHERE {PAYLOAD_5}",
        f"DELETE FROM ledger_payload WHERE {PAYLOAD_5}",
        "UPDATE ledger_event SET header = CAST(x'ff' AS TEXT) WHERE seq = 5",
    ],
)
def test_an_altered_event_is_never_read_as_if_it_were_sound(rehearsed, tamper, statement):
    with tamper(rehearsed) as connection:
        connection.execute(statement)
    with open_study(rehearsed, read_only=True) as ledger, pytest.raises(LedgerError, match="verify"):
        list(ledger.events())


def test_a_damaged_description_of_the_tables_is_said_in_words(rehearsed):
    file = rehearsed / "trial.sqlite3"
    file.write_bytes(
        file.read_bytes().replace(b"CREATE TRIGGER ledger_head_no_delete", b"CREATE TRIGGER ledger_\xe8ead_no_delete")
    )
    assert verify(rehearsed).code == 15
    with pytest.raises(LedgerError), open_study(rehearsed):
        pass
    with pytest.raises(LedgerError), open_study(rehearsed, read_only=True):
        pass


def test_no_single_damaged_byte_of_an_event_goes_unseen(rehearsed):
    """Each 397th byte is flipped in turn; either nothing that was recorded changed, or verification says so."""
    file = rehearsed / "trial.sqlite3"
    content = file.read_bytes()
    with open_study(rehearsed, read_only=True) as ledger:
        truth = list(ledger.events())
    for place in range(0, len(content), 397):
        flipped = bytearray(content)
        flipped[place] ^= 0x41
        file.write_bytes(flipped)
        if verify(rehearsed).ok:
            with open_study(rehearsed, read_only=True) as ledger:
                assert list(ledger.events()) == truth, place
    file.write_bytes(content)


def test_the_message_never_holds_a_subjects_value(rehearsed, tamper):
    with tamper(rehearsed) as connection:
        connection.execute("UPDATE ledger_payload SET body = replace(body, '1500', '31337')")
    assert "31337" not in str(verify(rehearsed))


def test_projections_are_rebuilt_from_the_events(rehearsed, tamper):
    with tamper(rehearsed) as connection:
        connection.execute("UPDATE projection_subject SET last_seq = 1")
        connection.execute("DELETE FROM projection_subject WHERE stream_id = 'study'")
    assert verify(rehearsed).code == 14
    with open_study(rehearsed) as ledger:
        ledger.rebuild()
    assert verify(rehearsed).ok


def test_the_cached_status_is_derived_again_when_the_projection_is_handed_in(tmp_path, tamper, trial):
    def counts(stream, events):
        return f'{{"forms":{sum(isinstance(event, FormSubmitted) for event in events)}}}'

    with open_study(tmp_path, projection=counts) as ledger:
        ledger.append_many([trial.opening(), trial.count(1), trial.count(2)], trial.issuer)
    assert verify(tmp_path, projection=counts).ok
    with tamper(tmp_path) as connection:
        connection.execute("UPDATE projection_subject SET status = replace(status, '2', '3')")
    assert verify(tmp_path, projection=counts).code == 14
