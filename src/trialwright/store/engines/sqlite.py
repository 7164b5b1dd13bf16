"""SQLite: one file, one study, one writer at a time."""

from __future__ import annotations

from typing import Any

from trialwright.store import rows


class SQLite:
    """What is particular to SQLite."""

    def lock(self, cursor: Any, chain_id: str) -> None:
        """BEGIN IMMEDIATE has taken the lock of the whole file already."""

    def study(self, cursor: Any, wanted: str | None) -> str | None:
        """The study whose ledger the file is; None while it is not opened."""
        return rows.meta(cursor).get("study")

    def meta_of(self, study: str) -> dict[str, str]:
        """The file is of this study, for ever."""
        return {"study": study}
