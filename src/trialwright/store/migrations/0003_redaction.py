"""The one change of a payload that the database lets through: it is erased, and a redaction names its event.

Salt and body go together, and only where an event of the same chain, recorded after it, is its redaction: of the kind
`PayloadRedacted`, under the submission key `redact:` and the event's id. Founding events stay whatever anybody says.
Tables and events are not touched.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

KEPT = ("StudyOpened", "ProtocolActivated", "PayloadRedacted")
"""Kinds whose payload stays. In canonical JSON a quotation mark inside a text has a backslash before it, so the type of
an event can be told from its header's text."""
NOT_REDACTED = """
    NEW.event_id IS NOT OLD.event_id OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM ledger_event e JOIN ledger_event r
            ON r.chain_id = e.chain_id AND r.submission_id = 'redact:' || e.event_id AND r.part = 0 AND r.seq > e.seq
        WHERE e.event_id = OLD.event_id AND instr(r.header, '"type":"PayloadRedacted"') > 0
            AND instr(e.header, '"type":"StudyOpened"') = 0 AND instr(e.header, '"type":"ProtocolActivated"') = 0
            AND instr(e.header, '"type":"PayloadRedacted"') = 0)"""
NAME = "ledger_payload_no_update"
TRIGGER = (
    f"CREATE TRIGGER {NAME} BEFORE UPDATE ON ledger_payload FOR EACH ROW WHEN {NOT_REDACTED} "
    "BEGIN SELECT RAISE(ABORT, 'ledger_payload is append-only'); END"
)
BEFORE = (
    f"CREATE TRIGGER {NAME} BEFORE UPDATE ON ledger_payload FOR EACH ROW WHEN 1 "
    "BEGIN SELECT RAISE(ABORT, 'ledger_payload is append-only'); END"
)
BY_NAME = {NAME: TRIGGER}
"""Locks as they are from here on, in place of those of the same name."""


def forwards(apps: Any, schema_editor: Any) -> None:
    """On SQLite, put the narrower lock in place of the one that refused everything."""
    _put(schema_editor, TRIGGER)


def backwards(apps: Any, schema_editor: Any) -> None:
    """The lock that refuses everything again."""
    _put(schema_editor, BEFORE)


def _put(schema_editor: Any, trigger: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}")
        schema_editor.execute(trigger)


class Migration(migrations.Migration):
    """Redaction, and nothing else, may empty a payload."""

    dependencies = (("ledger", "0002_triggers"),)
    operations = (migrations.RunPython(forwards, backwards),)
