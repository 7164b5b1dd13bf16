"""What a ledger holds beside its events, for a copy that is read without this program: hashes, texts, checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialwright.store import rows
from trialwright.store.reader import reading

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger


def hashes(ledger: Ledger) -> dict[int, str]:
    """The hash of each event of the study's chain, by its place."""
    with reading(), ledger._cursor() as cursor:
        return {row[0]: bytes(row[2]).hex() for row in rows.event_rows(cursor, ledger.chain or "")}


def texts(ledger: Ledger) -> list[tuple[str, str, str]]:
    """(SHA-256, kind, text) of every stored text."""
    with reading(), ledger._cursor() as cursor:
        return [(str(digest), str(kind), str(text)) for digest, kind, text in rows.texts(cursor)]


def notes(ledger: Ledger) -> list[str]:
    """Every checkpoint that the database holds, as it was signed."""
    with reading(), ledger._cursor() as cursor:
        cursor.execute("SELECT note FROM ledger_checkpoint ORDER BY chain_id, size")
        return [str(note) for (note,) in cursor.fetchall()]
