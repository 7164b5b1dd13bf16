"""The two databases a ledger can be kept in, and everything in which they differ.

`engine_of(alias)` is the engine of an open database: how its write lock is taken, which study a database is of, and
later more. SQL that both speak is in `store.rows`.
"""

from __future__ import annotations

from typing import Any

from trialwright.store.engines.sqlite import SQLite

__all__ = ["SQLite", "engine_of"]


def engine_of(alias: str) -> Any:
    """The engine of an open database."""
    return SQLite()
