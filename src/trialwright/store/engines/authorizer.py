"""What the program's own connection to an SQLite ledger may not do, whatever statement reaches it.

The triggers stand in the file and refuse everybody; this stands in the connection and refuses even to take a trigger
off: no DROP, ALTER, CREATE or ATTACH, no PRAGMA that turns a lock off, no UPDATE or DELETE of what was recorded. It is
put on once the tables are up to date (SQLite's authorizer, sqlite.org/c3ref/set_authorizer.html). Read `may`.
"""

from __future__ import annotations

from typing import Any

OK, DENY = 0, 1
DELETE, PRAGMA, UPDATE = 9, 19, 23
CREATES, DROPS = range(1, 9), range(10, 18)
NEVER = {*CREATES, *DROPS, 24, 25, 26, 29, 30}  # ATTACH, DETACH, ALTER TABLE, CREATE and DROP of virtual tables
RECORDED = ("ledger_event", "ledger_payload", "ledger_meta", "stored_text", "ledger_checkpoint")
SCHEMA = ("sqlite_master", "sqlite_schema", "sqlite_temp_master")
ERASED = ("salt", "body")  # of a payload: the trigger lets it pass where a redaction names the event
SETTABLE = ("max_page_count", "busy_timeout", "wal_checkpoint", "integrity_check", "quick_check", "table_info")


def may(action: int, first: str | None, second: str | None, database: str | None, inside: str | None) -> int:
    """Whether a part of a statement is allowed, as SQLite asks it when the statement is prepared.

    >>> may(23, "ledger_event", "header", "main", None), may(23, "ledger_head", "seq", "main", None)
    (1, 0)
    """
    if action in NEVER:
        return DENY
    if action == PRAGMA:
        return OK if second is None or first in SETTABLE else DENY
    if action == DELETE:
        return DENY if first in (*RECORDED, "ledger_head", *SCHEMA) else OK
    if action == UPDATE:
        erases = first == "ledger_payload" and second in ERASED
        return DENY if first in (*RECORDED, *SCHEMA) and not erases else OK
    return OK


def put_on(connection: Any) -> None:
    """From here on the connection may add to the ledger, and nothing else."""
    connection.set_authorizer(may)
