"""Which tables lie in which database: the ledger's in the study's, everything else in the accounts' (`default`)."""

from __future__ import annotations

from typing import Any

LEDGER = "ledger"


class Router:
    """Accounts and sessions never into a ledger's file; the ledger's tables never among the accounts."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """The accounts' database for everything that is not the ledger's."""
        return None if model._meta.app_label == LEDGER else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Only what belongs there."""
        return (app_label == LEDGER) == (db != "default")
