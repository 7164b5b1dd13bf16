"""How people sign in, as a part of a backup of its own that can be kept elsewhere, or thrown away.

Copied are accounts, second components, links and tokens, as hashes and encrypted secrets, one row a line, the same from
a file and from a server; never sessions, which must not come alive again, and never among the study's files. The key
under which secrets are encrypted goes along where it is a file. Only the owner may read any of it. The web application
takes the rows in when it is served next (`people.keeping`). Read `copy_accounts`, then `bring_accounts`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from trialwright.store.engines.values import URL_VARIABLE
from trialwright.store.keeping.files import BESIDE, reading_file

PART, LINES, KEY, FILE = "accounts", "accounts.jsonl", "accounts.key", "accounts.sqlite3"
OWN_FILES = frozenset({FILE, *(FILE + end for end in BESIDE), KEY, LINES})
"""The files of a study's folder that are of its accounts."""
TABLES = ("edc_account", "edc_invitation", "edc_token", "mfa_authenticator")
"""What is kept of people, in an order in which it can be put back."""
ONLY_OWNER = 0o600


def copy_accounts(folder: Path, into: Path) -> int:
    """Write the part of the accounts, where there are any, and say how many accounts are in it."""
    url = os.environ.get(URL_VARIABLE)
    rows = list(_of_server(url) if url else _of_file(folder / FILE))
    lines = [json.dumps({"table": table, **row}, sort_keys=True) + "\n" for table, row in rows]
    if not lines and (folder / LINES).is_file():  # restored, and not served since
        lines = (folder / LINES).read_text("utf-8").splitlines(keepends=True)
    if not lines:
        return 0
    part = into / PART
    part.mkdir(mode=0o700)
    _write(part / LINES, "".join(lines).encode())
    if (folder / KEY).is_file():
        _write(part / KEY, (folder / KEY).read_bytes())
    return sum(json.loads(line)["table"] == TABLES[0] for line in lines)


def bring_accounts(copy: Path, into: Path) -> None:
    """The part of a backup into a restored folder, where the backup still has it."""
    for name in (LINES, KEY):
        if (copy / PART / name).is_file():
            _write(into / name, (copy / PART / name).read_bytes())


def _write(file: Path, content: bytes) -> None:
    """A file that nobody but its owner could ever read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "wb") as made:
        made.write(content)


Rows = Iterator[tuple[str, dict[str, Any]]]


def _of_file(file: Path) -> Rows:
    """The rows of one moment of the file beside a ledger; none where nobody was ever invited."""
    if not file.is_file():
        return
    with reading_file(file) as connection:
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for table in [one for one in TABLES if (one,) in named]:
            yield from _rows(table, connection.execute(f"SELECT * FROM {table} ORDER BY id"))  # noqa: S608 — of TABLES


def _of_server(url: str) -> Rows:
    """The rows of one moment of the schema on a server."""
    import psycopg

    from trialwright.store.engines.postgresql import parts_of

    with psycopg.connect(**parts_of(url), options="-c default_transaction_isolation=repeatable\\ read") as connection:
        cursor = connection.cursor()
        for table in TABLES:
            cursor.execute("SELECT to_regclass(%s)", [f"accounts.{table}"])
            if cursor.fetchone() != (None,):
                cursor.execute(f"SELECT * FROM accounts.{table} ORDER BY id")  # noqa: S608 — of TABLES
                yield from _rows(table, cursor)


def _rows(table: str, cursor: Any) -> Rows:
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        yield table, {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> Any:
    """A value as both engines would say it: an instant in UTC, a document as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict | list) else value
