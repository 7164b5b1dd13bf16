"""What an engine can be asked, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from trialwright.store import rows
from trialwright.store.errors import LedgerError

URL_VARIABLE = "TRIALWRIGHT_DATABASE_URL"
FOUNDING = 0x7472_6961_6C
"""The server's advisory lock ("trial") under which a chain gets its first head row, and the tables are made."""
OWN_TABLES = frozenset(
    {"ledger_event", "ledger_payload", "ledger_head", "ledger_meta", "ledger_checkpoint", "stored_text"}
)
DJANGO_DATABASE: dict[str, Any] = {
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": False,
    "TIME_ZONE": None,
    "USER": "",
    "PASSWORD": "",
    "HOST": "",
    "PORT": "",
    "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
}
"""What every Django database has; complete, because databases are registered while Django already runs."""


class Engine(Protocol):
    """SQLite or PostgreSQL, as far as they differ."""

    name: str
    several_studies: bool

    def database(self, folder: Path, *, read_only: bool) -> dict[str, Any]:
        """The Django database of a study folder."""

    def check_place(self, folder: Path, *, must_exist: bool) -> None:
        """Refuse a place that cannot be, or is not, a ledger's, before anything of it is opened."""

    def holds_something(self, folder: Path) -> bool:
        """Whether there is anything to open at all."""

    def tables(self, cursor: Any) -> set[str]:
        """The tables of the database, without the engine's own."""

    def prepare(self, alias: str) -> None:
        """Refuse unsafe settings, then see to it that the tables are up to date."""

    def begin_reading(self, alias: str, *, damaged: bool = True) -> None:
        """First in the transaction of a verification: one moment, and text that is read whatever it is.

        Where `damaged` is False, text that is no text may end in an error, and reading is faster.
        """

    def default_study(self, folder: Path) -> str | None:
        """The study that a folder is of, where the database may hold several and nobody said which."""

    def study(self, cursor: Any, wanted: str | None) -> str | None:
        """The study whose chain the database holds, of those wanted; None while it is not opened."""

    def target(self, cursor: Any, wanted: str | None) -> str | None:
        """The study a save is of, as far as it can be told without the save; asked before the lock is taken."""

    def meta_of(self, study: str) -> dict[str, str]:
        """What the database says of itself once a study is opened in it."""

    def lock(self, cursor: Any, chain_id: str) -> None:
        """Take the chain's write lock, whether it has a head row yet or not, to the end of the transaction."""

    def end(self, cursor: Any, chain_id: str, submission: str, streams: Sequence[str]) -> Callable[[], rows.End]:
        """Ask for the chain's write lock; when called, where the chain ends and what it holds once the lock is had."""

    def known(self, cursor: Any, chain_id: str, submission: str, streams: Sequence[str]) -> rows.Known:
        """What the chain holds that one more submission of the same transaction is judged by."""

    def together(self, cursor: Any) -> AbstractContextManager[Any]:
        """While it lasts, statements need not wait for one another's answers; at its end every one was carried out."""

    def pen(self, cursor: Any) -> Any:
        """The cursor to write with: one whose answers nobody reads, in order with what the other reads."""

    def add(self, pen: Any, event: Sequence[Any], salt: bytes, body: str) -> None:
        """Write an event's row, then its payload."""

    def move(self, pen: Any, moved: rows.Moved, stands: Sequence[rows.Stand]) -> None:
        """Put the chain's head where its events now end, and say where the streams stand."""

    def lost_locks(self, cursor: Any) -> tuple[str, ...]:
        """The database's own locks that somebody took off, changed or added, in words."""

    def damage(self, cursor: Any) -> str | None:
        """What the engine itself finds wrong with its pages."""

    def refusal(self, wrong: Exception) -> LedgerError:
        """What an error of the database during a save means, in the ledger's words."""

    def erase_payload(self, cursor: Any, event_id: str) -> int:
        """Erase what a redacted event said; how many rows that were."""

    def make_sure(self, folder: Path) -> None:
        """See to it that a save that is found there is on the disk too, before it is acknowledged again."""

    def rid_of_erased(self, ledger: Any, needles: tuple[bytes, ...]) -> list[str]:
        """Take what was erased out of the database's files; why it may still be there, where it may."""
