"""What the database itself refuses, whoever holds the connection.

An UPDATE or DELETE trigger alone is not enough: with SQLite's default `recursive_triggers=OFF`, INSERT OR REPLACE
deletes the row in its way without firing either. So each BEFORE INSERT trigger refuses a row that any unique key
already holds. The owner of the file can drop a trigger; `store.verification` is for that. What PostgreSQL refuses is
in `store.engines.guards`.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

from trialwright.store.engines.guards import made_by

APPEND_ONLY = ("ledger_event", "ledger_payload", "ledger_meta", "stored_text", "ledger_checkpoint")
NEVER_DELETED = ("ledger_head",)


def refuse(name: str, when: str, table: str, condition: str, says: str) -> str:
    """A trigger that aborts the statement when the condition holds."""
    return (
        f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )


NEXT_IN_CHAIN = """
    NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger_event WHERE chain_id = NEW.chain_id)
    OR (NEW.seq > 1 AND NEW.prev_hash IS NOT
        (SELECT hash FROM ledger_event WHERE chain_id = NEW.chain_id AND seq = NEW.seq - 1))
    OR NEW.stream_version IS NOT (SELECT coalesce(max(stream_version), 0) + 1 FROM ledger_event
        WHERE chain_id = NEW.chain_id AND stream_id = NEW.stream_id)"""
EVENT_KEY_TAKEN = """
    EXISTS (SELECT 1 FROM ledger_event WHERE event_id = NEW.event_id)
    OR EXISTS (SELECT 1 FROM ledger_event
        WHERE chain_id = NEW.chain_id AND submission_id = NEW.submission_id AND part = NEW.part)"""
EVENT_SHAPE = """
    typeof(NEW.seq) <> 'integer' OR typeof(NEW.part) <> 'integer' OR typeof(NEW.stream_version) <> 'integer'
    OR typeof(NEW.chain_id) <> 'text' OR typeof(NEW.event_id) <> 'text' OR typeof(NEW.submission_id) <> 'text'
    OR typeof(NEW.stream_id) <> 'text' OR typeof(NEW.header) <> 'text'
    OR typeof(NEW.payload_commit) <> 'blob' OR length(NEW.payload_commit) <> 32
    OR typeof(NEW.prev_hash) <> 'blob' OR length(NEW.prev_hash) <> 32
    OR typeof(NEW.hash) <> 'blob' OR length(NEW.hash) <> 32"""
PAYLOAD_KEY = """
    EXISTS (SELECT 1 FROM ledger_payload WHERE event_id = NEW.event_id)
    OR NOT EXISTS (SELECT 1 FROM ledger_event WHERE event_id = NEW.event_id)"""
PAYLOAD_SHAPE = "typeof(NEW.salt) <> 'blob' OR length(NEW.salt) <> 32 OR typeof(NEW.body) <> 'text'"
HEAD_TAKEN = "EXISTS (SELECT 1 FROM ledger_head WHERE chain_id = NEW.chain_id)"
HEAD_GOES_FORWARD = """
    NEW.chain_id IS NOT OLD.chain_id OR NEW.seq <= OLD.seq
    OR NEW.seq IS NOT (SELECT max(seq) FROM ledger_event WHERE chain_id = NEW.chain_id)
    OR NEW.hash IS NOT (SELECT hash FROM ledger_event WHERE chain_id = NEW.chain_id AND seq = NEW.seq)"""
KEY_TAKEN = (
    ("ledger_meta", "EXISTS (SELECT 1 FROM ledger_meta WHERE key = NEW.key)"),
    ("stored_text", "EXISTS (SELECT 1 FROM stored_text WHERE sha256 = NEW.sha256)"),
    (
        "ledger_checkpoint",
        "EXISTS (SELECT 1 FROM ledger_checkpoint WHERE chain_id = NEW.chain_id AND size = NEW.size)",
    ),
)

TRIGGERS = (
    *(refuse(f"{t}_no_update", "UPDATE", t, "1", f"{t} is append-only") for t in APPEND_ONLY),
    *(refuse(f"{t}_no_delete", "DELETE", t, "1", f"{t} is append-only") for t in (*APPEND_ONLY, *NEVER_DELETED)),
    *(refuse(f"{t}_no_replace", "INSERT", t, taken, f"{t} is append-only") for t, taken in KEY_TAKEN),
    refuse("ledger_event_next", "INSERT", "ledger_event", NEXT_IN_CHAIN, "ledger_event: not the next of its chain"),
    refuse("ledger_event_no_replace", "INSERT", "ledger_event", EVENT_KEY_TAKEN, "ledger_event is append-only"),
    refuse("ledger_event_shape", "INSERT", "ledger_event", EVENT_SHAPE, "ledger_event: wrong type or length"),
    refuse("ledger_payload_no_replace", "INSERT", "ledger_payload", PAYLOAD_KEY, "ledger_payload is append-only"),
    refuse("ledger_payload_shape", "INSERT", "ledger_payload", PAYLOAD_SHAPE, "ledger_payload: wrong type or length"),
    refuse("ledger_head_no_replace", "INSERT", "ledger_head", HEAD_TAKEN, "ledger_head: this chain has a head"),
    refuse("ledger_head_forward", "UPDATE", "ledger_head", HEAD_GOES_FORWARD, "ledger_head only moves forward"),
)
BY_NAME = {statement.split()[2]: statement for statement in TRIGGERS}
DROPS = tuple(f"DROP TRIGGER {name}" for name in BY_NAME)


class RunOn(migrations.RunSQL):
    """SQL of one engine; on the other nothing is done."""

    def __init__(self, vendor: str, sql: Any, reverse_sql: Any = None) -> None:
        super().__init__(sql, reverse_sql)
        self.vendor = vendor

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Forwards, on its engine."""
        if schema_editor.connection.vendor == self.vendor:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Backwards, on its engine."""
        if schema_editor.connection.vendor == self.vendor:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    """Append-only, enforced by the database."""

    dependencies = (("ledger", "0001_tables"),)
    operations = (
        RunOn("sqlite", sql=list(TRIGGERS), reverse_sql=list(DROPS)),
        RunOn("postgresql", sql=made_by()),
    )
