"""The real writer on settings of SQLite it would not choose: those for an older library, and some that lose saves.

Nothing under src/ can be told to start on settings that lose a save, so the proofs replace what decides them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from trialwright.store import sqlite
from trialwright.store.ready import ready


@dataclass(frozen=True)
class Settings(sqlite.Durability):
    """A pair of settings, and what else each new connection runs first."""

    more: str = ""

    @property
    def init_command(self) -> str:
        """What each new connection runs first."""
        return super().init_command + self.more


def use_settings(journal: str, synchronous: str, more: str = "") -> None:
    """From now on this process opens its ledgers with this pair."""
    ready()
    __import__("trialwright.store.open")
    sqlite.SYNCHRONOUS.update({"OFF": 0, "NORMAL": 1})
    for name, module in list(sys.modules.items()):
        if name.startswith("trialwright.store") and hasattr(module, "durability"):
            module.durability = lambda _: Settings(journal, synchronous, more)
