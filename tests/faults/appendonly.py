"""Append-only, whoever holds the connection: the application is denied everything, the owner all but a declared list.

`STATEMENTS` is the list of attacks for each engine, each with what the owner (on a server also the superuser) is
expected to manage. Whatever the owner manages, verification tells of afterwards. Control: with the triggers gone, the
statements that were denied succeed, so it is the locks that deny them and not a slip of the pen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from faults.engines import POSTGRESQL, SQLITE, Place, place, running, unable
from faults.evidence import Evidence
from faults.study import STUDY, rehearsed
from trialwright.store import open_study, verify

DENIED, MANAGED = "denied", "managed"
APPLICATION, OWNER, SUPERUSER = "application", "owner", "superuser"
EVENTS = 12
COLUMNS = (
    "chain_id, seq, event_id, submission_id, part, stream_id, stream_version, header, payload_commit, prev_hash, hash"
)
COPIED = f"INSERT INTO ledger_event ({COLUMNS}) SELECT chain_id, {{seq}}, {{id}}, {{sub}}, part, stream_id, " \
    "stream_version + {more}, 'forged', payload_commit, prev_hash, hash FROM ledger_event " \
    "WHERE chain_id LIKE 'study:%' AND seq = 5"  # fmt: skip
SAME = {"seq": "seq", "id": "event_id", "sub": "submission_id", "more": "0"}
OTHER = {"seq": "seq + 1000", "id": "event_id || 'x'", "sub": "submission_id || 'x'", "more": "1000"}


@dataclass(frozen=True)
class Attack:
    """Statements run in one transaction, and what the owner makes of it; `needs_lock`: denied by a trigger alone."""

    what: str
    statements: tuple[str, ...]
    owner: str = DENIED
    needs_lock: bool = True


def both() -> Iterator[Attack]:
    """What both engines are asked."""
    for table, column in (
        ("ledger_event", "header"), ("ledger_payload", "body"), ("ledger_meta", "value"), ("stored_text", "text"),
    ):  # fmt: skip
        yield Attack(f"UPDATE {table}", (f"UPDATE {table} SET {column} = 'forged'",))
    for table in ("ledger_event", "ledger_payload", "ledger_head", "ledger_meta", "stored_text"):
        yield Attack(f"DELETE FROM {table}", (f"DELETE FROM {table}",))
    yield Attack("a payload erased without a redaction", ("UPDATE ledger_payload SET salt = NULL, body = NULL",))
    yield Attack("the head moved back", ("UPDATE ledger_head SET seq = seq - 1",))
    yield Attack("the head moved beyond the events", ("UPDATE ledger_head SET seq = seq + 1",))
    yield Attack("an event out of its order", (COPIED.format(**OTHER),))
    upsert = " ON CONFLICT (chain_id, seq) DO UPDATE SET header = 'forged'"
    yield Attack("UPSERT of an event", (COPIED.format(**SAME) + upsert,))
    yield Attack("UPSERT of a meta row", ("INSERT INTO ledger_meta (key, value) VALUES ('kind', 'real') "
                                          "ON CONFLICT (key) DO UPDATE SET value = 'real'",))  # fmt: skip
    yield Attack("a table dropped", ("DROP TABLE ledger_payload",), MANAGED)
    yield Attack("a table renamed", ("ALTER TABLE ledger_payload RENAME TO elsewhere",), MANAGED)


def on_file() -> Iterator[Attack]:
    """What SQLite alone knows."""
    yield from both()
    yield Attack("a column dropped", ("ALTER TABLE ledger_payload DROP COLUMN body",))  # a trigger needs it
    replaced = COPIED.format(**SAME).replace("INSERT", "INSERT OR REPLACE", 1)
    yield Attack("INSERT OR REPLACE of an event", (replaced,))
    yield Attack(
        "REPLACE of a payload", ("REPLACE INTO ledger_payload SELECT event_id, salt, '[]' FROM ledger_payload",)
    )
    yield Attack(
        "REPLACE of the head", ("REPLACE INTO ledger_head SELECT chain_id, 1, hash, frontier FROM ledger_head",)
    )
    yield Attack("UPDATE OR REPLACE", ("UPDATE OR REPLACE ledger_event SET event_id = 'forged'",))
    yield Attack("a trigger dropped", ("DROP TRIGGER ledger_event_no_update",), MANAGED)
    swallow = "CREATE TRIGGER swallow BEFORE INSERT ON ledger_payload BEGIN SELECT RAISE(IGNORE); END"
    yield Attack("a trigger added", (swallow,), MANAGED)
    schema = "DELETE FROM sqlite_master WHERE name = 'ledger_event_no_update'"
    yield Attack("writable_schema", ("PRAGMA writable_schema=ON", schema), MANAGED)
    attach = (
        "ATTACH ':memory:' AS elsewhere",
        "CREATE TABLE elsewhere.ledger_event AS SELECT * FROM main.ledger_event",
    )
    yield Attack("ATTACH of another file", attach, MANAGED)
    yield Attack("a temporary trigger", ("CREATE TEMP TRIGGER t BEFORE INSERT ON main.ledger_payload BEGIN "
                                         "SELECT RAISE(IGNORE); END",), MANAGED)  # fmt: skip
    yield Attack("a temporary table in the way", ("CREATE TEMP TABLE ledger_event (seq)",), MANAGED)


def on_server() -> Iterator[Attack]:
    """What PostgreSQL alone knows."""
    yield from both()
    yield Attack("a column dropped", ("ALTER TABLE ledger_payload DROP COLUMN body",), MANAGED)
    for table in ("ledger_event", "ledger_payload", "ledger_head", "stored_text"):
        yield Attack(f"TRUNCATE {table}", (f"TRUNCATE {table} CASCADE",))
    replica = ("SET LOCAL session_replication_role = replica", "DELETE FROM ledger_payload")
    yield Attack("session_replication_role", replica, needs_lock=False)
    yield Attack("redact() without a redaction", ("SELECT redact(event_id) FROM ledger_payload",))
    yield Attack("a trigger disabled", ("ALTER TABLE ledger_event DISABLE TRIGGER ALL",), MANAGED)
    yield Attack("a trigger dropped", ("DROP TRIGGER ledger_event_no_update ON ledger_event",), MANAGED)
    empty = "CREATE OR REPLACE FUNCTION public.ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    yield Attack("the function of the triggers replaced", (empty + "$$BEGIN RETURN OLD; END$$",), MANAGED)
    yield Attack("a rule that swallows", ("CREATE RULE r AS ON INSERT TO ledger_payload DO INSTEAD NOTHING",), MANAGED)
    yield Attack("row security", ("ALTER TABLE ledger_event ENABLE ROW LEVEL SECURITY",), MANAGED)


STATEMENTS = {SQLITE: tuple(on_file()), POSTGRESQL: tuple(on_server())}
ROLES = {SQLITE: (APPLICATION, OWNER), POSTGRESQL: (APPLICATION, OWNER, SUPERUSER)}
UNSEEN = {"ATTACH of another file", "a temporary trigger", "a temporary table in the way"}  # gone with the connection


def file_only(size: str, seed: int = 1) -> Evidence:
    """The proof on SQLite."""
    return prove(SQLITE, size, seed)


def server_only(size: str, seed: int = 1) -> Evidence:
    """The proof on PostgreSQL."""
    return prove(POSTGRESQL, size, seed)


def prove(engine: str, size: str, seed: int) -> Evidence:
    """Each attack by each role; what the owner managed, verified; the control."""
    evidence = Evidence(f"append-only-{engine}", size, seed)
    if lacking := unable(engine):
        evidence.not_run.append(f"append-only-{engine}: {lacking}")
        return evidence
    attacks = STATEMENTS[engine]
    with running(engine) as server:
        with place(server) as where:
            rehearsed(where.folder, EVENTS)
            for role in ROLES[engine]:
                judge(evidence, role, {each.what: outcome(where, role, each) for each in attacks}, attacks)
            evidence.check("nothing of it is left behind", verify(where.folder).ok)
        seen = [(each.what, told_of(server, each)) for each in attacks if each.owner == MANAGED]
        unseen = [what for what, told in seen if not told and what not in UNSEEN]
        evidence.check("what the owner manages is told of by verification", not unseen, unseen=unseen)
        with place(server) as where:
            rehearsed(where.folder, EVENTS)
            take_off_every_lock(where)
            held = [each for each in attacks if each.owner == DENIED and each.needs_lock]
            still = [each.what for each in held if outcome(where, ROLES[engine][-1], each) == DENIED]
            evidence.control("without the triggers the same statements succeed", not still, still_denied=still)
    return evidence


def judge(evidence: Evidence, role: str, found: dict[str, str], attacks: Sequence[Attack]) -> None:
    """The application is denied everything; the others manage exactly what is declared."""
    managed = sorted(what for what, came_of_it in found.items() if came_of_it == MANAGED)
    declared = sorted(each.what for each in attacks if each.owner == MANAGED and role != APPLICATION)
    evidence.figures[role] = {"attacks": len(found), "managed": managed}
    evidence.check(
        f"{role}: {'all denied' if role == APPLICATION else 'exactly the declared list'}",
        managed == declared,
        unexpected=sorted(set(managed) - set(declared)),
        denied_though_declared=sorted(set(declared) - set(managed)),
    )


def outcome(where: Place, role: str, attack: Attack) -> str:
    """Run the statements as the role, take them back, and say whether they were denied."""
    with connection(where, role) as cursor:
        try:
            cursor.execute("BEGIN")
            for statement in attack.statements:
                cursor.execute(statement)
        except Exception as wrong:
            if "syntax error" in str(wrong):
                raise
            return DENIED
        finally:
            cursor.execute("ROLLBACK")
    return MANAGED


def told_of(server: Any, attack: Attack) -> bool:
    """Whether verification says anything after the owner did this for good."""
    with place(server) as where:
        rehearsed(where.folder, EVENTS)
        with connection(where, OWNER) as cursor:
            for statement in attack.statements:
                cursor.execute(statement)
        answer = verify(where.folder)
        return bool(answer.warnings) or not answer.ok


@contextmanager
def connection(where: Place, role: str) -> Iterator[Any]:
    """A cursor of the role, each statement for good unless a transaction is begun."""
    if role == APPLICATION:
        from django.db import connections

        with open_study(where.folder, study=STUDY) as ledger, connections[ledger.alias].cursor() as cursor:
            yield cursor
    elif where.server is None:
        with closing(sqlite3.connect(where.folder / "trial.sqlite3", isolation_level=None)) as opened:
            yield opened
    else:
        import psycopg

        from postgres_server import OWNER as OWNING

        name = where.url.split("@/")[1].split("?")[0]
        with psycopg.connect(where.server.url(name), autocommit=True) as opened, opened.cursor() as cursor:
            if role == OWNER:
                cursor.execute(f"SET ROLE {OWNING}")
            yield cursor


def take_off_every_lock(where: Place) -> None:
    """Drop each trigger, as the owner can."""
    query = (
        "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
        if where.server is None
        else "SELECT format('DROP TRIGGER %I ON %I', tgname, tgrelid::regclass::text) FROM pg_trigger "
        "WHERE NOT tgisinternal"
    )
    with connection(where, OWNER) as cursor:
        for (statement,) in cursor.execute(query).fetchall():
            cursor.execute(statement)
