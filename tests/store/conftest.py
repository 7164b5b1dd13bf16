"""A small study to keep in a ledger, and a way to tamper with the file as its owner could."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trialwright.core.ledger import Change, FormSubmitted, StudyOpened
from trialwright.core.terms import Quantity
from trialwright.store.issuer import SeededIssuer
from trialwright.store.submission import Submission, Text

PROTOCOL = Text("protocol", "protocol: TRIAL-1\nversion: '1'\n")
START = datetime(2006, 3, 1, 9, 0, tzinfo=UTC)


def said_by(kind: type, /, **own: Any) -> Any:
    """An event of a kind, said by a coordinator at site S01 on 1 March 2006."""
    common = {"actor": "u1", "role": "coordinator", "site": "S01", "occurred": date(2006, 3, 1)}
    return kind(**common | {"protocol": PROTOCOL.sha256} | own)


def opening(kind: str = "simulated", key: str = "open", at: datetime | None = START) -> Submission:
    """The first save of a study."""
    event = said_by(StudyOpened, site=None, study="TRIAL-1", kind=kind)
    return Submission(key, (event,), texts=(PROTOCOL,), recorded_at=at)


def count(number: int, subject: str = "S01-001", value: str = "1500", path: str = "anc/c1d1/value") -> Submission:
    """A save of one neutrophil count."""
    item = Change(path, None, Quantity.parse(f"{value} /mm3"))
    event = said_by(FormSubmitted, subject=subject, form="laboratory", items=(item,))
    return Submission(f"save-{number}", (event,), recorded_at=START + timedelta(hours=number))


class Superuser:
    """A connection of the server's superuser, who writes the same statements as the owner of an SQLite file."""

    BYTES = re.compile(r"x'([0-9a-f]*)'")

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def execute(self, statement: str, values: Any = None) -> Any:
        """Run a statement written for SQLite."""
        statement = self.BYTES.sub(r"'\\x\1'::bytea", statement)
        statement = re.sub(r"zeroblob\((\d+)\)", r"decode(repeat('00', \1), 'hex')", statement)
        return self.connection.execute(statement.replace("?", "%s"), values)


@contextmanager
def tampering_on_server() -> Iterator[Superuser]:
    """The server's database as its superuser can open it: every trigger and check dropped, then whatever they like."""
    import psycopg

    url = os.environ["TRIALWRIGHT_DATABASE_URL"].replace("trialwright_app@", "postgres@")
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT format('DROP TRIGGER %I ON %I', tgname, tgrelid::regclass::text) FROM pg_trigger "
            "WHERE NOT tgisinternal UNION ALL SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', "
            "conrelid::regclass::text, conname) FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
        )
        for (statement,) in found.fetchall():
            connection.execute(statement)
        yield Superuser(connection)


@contextmanager
def tampering(folder: Path) -> Iterator[Any]:
    """The ledger as its owner can open it: every trigger dropped, then whatever they like."""
    if os.environ.get("TRIALWRIGHT_DATABASE_URL"):
        with tampering_on_server() as superuser:
            yield superuser
        return
    connection = sqlite3.connect(folder / "trial.sqlite3")
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints=ON")
    yield connection
    connection.commit()
    connection.close()


@pytest.fixture
def trial() -> SimpleNamespace:
    """The pieces of the small study, for a test to save."""
    return SimpleNamespace(
        opening=opening, count=count, said_by=said_by, protocol=PROTOCOL, start=START, issuer=SeededIssuer("seed")
    )


@pytest.fixture
def tamper() -> Callable[[Path], Any]:
    """Opens the file as its owner can."""
    return tampering


@pytest.fixture
def rehearsed(tmp_path: Path) -> Path:
    """A study folder whose ledger holds 12 events of three subjects."""
    from trialwright.store import open_study

    with open_study(tmp_path) as ledger:
        saves = [opening(), *(count(number, f"S01-00{number % 3}") for number in range(1, 12))]
        ledger.append_many(saves, SeededIssuer("seed"))
    return tmp_path
