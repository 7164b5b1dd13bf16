"""What the database itself refuses, on the program's own connection."""

from __future__ import annotations

import pytest
from django.db.utils import DatabaseError

from trialwright.store import open_study, verify

EVENT = (
    "(chain_id, seq, event_id, submission_id, part, stream_id, stream_version, header, payload_commit, prev_hash, hash)"
)
COPY = (
    "SELECT chain_id, {seq}, {event_id}, {submission}, part, stream_id, {version}, 'forged', payload_commit, {prev}, "
    "hash FROM ledger_event WHERE seq = 12"
)
NEXT = {"seq": 13, "event_id": "'new'", "submission": "'new'", "version": "stream_version + 1", "prev": "hash"}


def insert(verb, **other):
    return f"{verb} INTO ledger_event {EVENT} {COPY.format(**NEXT | other)}"


REFUSED = [
    "UPDATE ledger_event SET header = 'x'",
    "UPDATE OR REPLACE ledger_event SET event_id = 'x'",
    "UPDATE ledger_payload SET body = 'x'",
    "UPDATE ledger_payload SET body = NULL, salt = NULL",
    "UPDATE ledger_meta SET value = 'real'",
    "UPDATE stored_text SET text = 'x'",
    "DELETE FROM ledger_event",
    "DELETE FROM ledger_event WHERE seq = 12",
    "DELETE FROM ledger_payload",
    "DELETE FROM ledger_head",
    "DELETE FROM ledger_meta",
    "DELETE FROM stored_text",
    "REPLACE INTO ledger_event SELECT * FROM ledger_event WHERE seq = 5",
    "INSERT OR REPLACE INTO ledger_payload SELECT event_id, salt, '[]' FROM ledger_payload",
    "INSERT OR REPLACE INTO ledger_meta VALUES ('kind', 'real')",
    "INSERT OR REPLACE INTO stored_text SELECT sha256, kind, 'x' FROM stored_text",
    "INSERT OR REPLACE INTO ledger_head SELECT chain_id, 1, hash, frontier FROM ledger_head",
    "INSERT INTO ledger_payload VALUES ('no event', zeroblob(32), '[]')",
    "UPDATE ledger_head SET seq = 11",
    "UPDATE ledger_head SET seq = 13",
    "UPDATE ledger_head SET hash = zeroblob(32)",
    "UPDATE ledger_head SET chain_id = 'study:other'",
    "DROP TRIGGER ledger_event_no_update",
    "DROP TABLE ledger_event",
    "ALTER TABLE ledger_event RENAME TO other",
    "CREATE TRIGGER t AFTER INSERT ON ledger_event BEGIN SELECT 1; END",
    "CREATE TEMP TRIGGER t AFTER INSERT ON ledger_event BEGIN SELECT 1; END",
    "CREATE VIEW v AS SELECT 1",
    "ATTACH DATABASE ':memory:' AS other",
    "PRAGMA writable_schema = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA journal_mode = OFF",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA foreign_keys = OFF",
    insert("INSERT", seq=14),
    insert("INSERT", seq=12),
    insert("INSERT OR REPLACE", seq=5),
    insert("INSERT", prev="zeroblob(32)"),
    insert("INSERT", version="stream_version + 2"),
    insert("INSERT OR REPLACE", event_id="(SELECT event_id FROM ledger_event WHERE seq = 5)"),
    insert("INSERT OR REPLACE", submission="'save-4'"),
    insert("INSERT OR REPLACE", version="stream_version"),
    insert("INSERT OR IGNORE", prev="x'00'"),
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses(rehearsed, statement):
    with open_study(rehearsed) as ledger, ledger._cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute(statement)
    assert verify(rehearsed).ok


def test_the_statement_that_every_refusal_is_measured_against_is_accepted(rehearsed):
    """The negative control: the same INSERT with the right place in the chain goes in (and verification finds it)."""
    with open_study(rehearsed) as ledger, ledger._cursor() as cursor:
        cursor.execute(insert("INSERT"))
    assert verify(rehearsed).code == 10


def test_a_writer_stops_at_a_damaged_end(rehearsed, tamper, trial):
    from trialwright.store.errors import LedgerDamaged

    with tamper(rehearsed) as connection:
        connection.execute("DELETE FROM ledger_event WHERE seq = 12")
    with open_study(rehearsed) as ledger, pytest.raises(LedgerDamaged, match="verify"):
        ledger.append(trial.count(99), trial.issuer)
