"""Where a study folder's ledger is, as a Django database.

Without more, one folder is one database is one study: `DIR/trial.sqlite3`. Where TRIALWRIGHT_DATABASE_URL names a
PostgreSQL database, every study is a chain of that one, and the folder holds the protocol alone. How the two differ is
`store.engines`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trialwright.store.engines import SQLite, engine_here
from trialwright.store.engines.sqlite import FILE_NAME
from trialwright.store.engines.values import URL_VARIABLE
from trialwright.store.errors import NotSupported

__all__ = ["FILE_NAME", "URL_VARIABLE", "database_of", "ledger_file", "on_server"]


def on_server() -> bool:
    """Whether the ledger is on a server, and not a file in the study folder."""
    return not isinstance(engine_here(), SQLite)


def ledger_file(folder: Path) -> Path:
    """The file that holds a study folder's ledger."""
    engine = engine_here()
    if not isinstance(engine, SQLite):
        raise NotSupported(
            f"The ledger is on a server ({URL_VARIABLE} is set) and not a file in {folder}. "
            f"Unset it for the ledger in the study folder ({FILE_NAME})."
        )
    return engine.file(folder)


def database_of(folder: Path, *, read_only: bool = False) -> dict[str, Any]:
    """The Django database of a study folder, complete, because it is registered while Django already runs."""
    return engine_here().database(folder, read_only=read_only)
