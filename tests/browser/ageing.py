"""Sessions of a served study made older than they are: nobody waits a quarter of an hour in a test. Read `aged`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from browser.serving import Server

SALT = "django.contrib.sessions.SessionStore"


def aged(server: Server, page: Any, minutes: float) -> None:
    """Let the session of this browser have been used, and its second step been shown, so many minutes earlier."""
    from django.core import signing
    from django.core.signing import JSONSerializer

    from trialwright.adapters.edc.people.sessions import BEGAN, SECOND, SEEN

    key = next(one["value"] for one in page.context.cookies() if one["name"].endswith("session"))
    secret = (server.folder / "accounts.key").read_text()
    with closing(sqlite3.connect(server.folder / "accounts.sqlite3", timeout=10)) as accounts, accounts:
        where = "WHERE session_key = ?"
        (kept,) = accounts.execute(f"SELECT session_data FROM django_session {where}", [key]).fetchone()
        data = signing.loads(kept, key=secret, salt=SALT, serializer=JSONSerializer)
        older = {name: data[name] - 60 * minutes for name in (BEGAN, SEEN, SECOND) if name in data}
        written = signing.dumps({**data, **older}, key=secret, salt=SALT, serializer=JSONSerializer, compress=True)
        accounts.execute(f"UPDATE django_session SET session_data = ? {where}", [written, key])
