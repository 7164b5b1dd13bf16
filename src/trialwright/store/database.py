"""Where a study folder's ledger is, as a Django database.

One folder is one database is one study: `DIR/trial.sqlite3`. A server database named by TRIALWRIGHT_DATABASE_URL is
refused in this version. Reading never writes: a reader opens the file read-only, and a reader of a folder it may not
write to opens it as unchanging.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trialwright.store.errors import NotSupported
from trialwright.store.sqlite import SECONDS_TO_WAIT_FOR_THE_LOCK, durability, version_in_use

FILE_NAME = "trial.sqlite3"
URL_VARIABLE = "TRIALWRIGHT_DATABASE_URL"


def ledger_file(folder: Path) -> Path:
    """The file that holds a study folder's ledger."""
    if os.environ.get(URL_VARIABLE):
        raise NotSupported(
            f"PostgreSQL is not supported by this version, and {URL_VARIABLE} is set. "
            f"Unset it to keep the ledger in the study folder ({FILE_NAME})."
        )
    return folder / FILE_NAME


def database_of(folder: Path, *, read_only: bool = False) -> dict[str, Any]:
    """The Django database of a study folder, complete, because it is registered while Django already runs."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _name(ledger_file(folder), read_only),
        "OPTIONS": _options(read_only),
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
    }


def _options(read_only: bool) -> dict[str, Any]:
    if read_only:
        return {"init_command": "PRAGMA query_only=ON", "timeout": SECONDS_TO_WAIT_FOR_THE_LOCK}
    return {
        "init_command": durability(version_in_use()).init_command,
        "transaction_mode": "IMMEDIATE",
        "timeout": SECONDS_TO_WAIT_FOR_THE_LOCK,
    }


def _name(file: Path, read_only: bool) -> str:
    if not read_only:
        return str(file)
    return f"file:{quote(str(file.absolute()))}?mode=ro" + ("&immutable=1" if _is_unchanging(file) else "")


def _is_unchanging(file: Path) -> bool:
    """On a folder nobody here can write to, and with no saves still in the write-ahead log, which must be read too."""
    log = file.with_name(file.name + "-wal")
    waiting = log.exists() and log.stat().st_size > 0
    return not os.access(file.parent, os.W_OK) and not waiting
