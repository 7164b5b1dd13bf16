"""The two databases a ledger can be kept in, and everything in which they differ.

`engine_here()` is the engine that the environment asks for, before anything is open; `engine_of(alias)` that of an open
database. How the write lock is taken, which study a database is of, what its own locks should be, what a refusal of it
means: each is a method of `SQLite` and of `PostgreSQL`, as `values.Engine` lists them. SQL that both speak is in
`store.rows`.
"""

from __future__ import annotations

import os

from trialwright.store.engines.postgresql import PostgreSQL
from trialwright.store.engines.sqlite import SQLite
from trialwright.store.engines.values import URL_VARIABLE, Engine

__all__ = ["Engine", "PostgreSQL", "SQLite", "engine_here", "engine_of"]


def engine_here() -> Engine:
    """PostgreSQL where a server is named by TRIALWRIGHT_DATABASE_URL, else SQLite in the study folder."""
    url = os.environ.get(URL_VARIABLE)
    return PostgreSQL(url) if url else SQLite()


def engine_of(alias: str) -> Engine:
    """The engine of an open database."""
    from django.db import connections

    return SQLite() if connections.settings[alias]["ENGINE"].endswith("sqlite3") else PostgreSQL()
