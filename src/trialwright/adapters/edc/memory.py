"""The memory of a process that serves for months: nobody waits for its upkeep, and what is done with is given back.

What is loaded and folded stays for as long as the process lives; so that nobody waits while it is looked through for
garbage, it is set aside: at the start, and again after many events. Answers are not: one that a save replaced hangs
together and is found by looking alone, and what is set aside is never looked through again; so they are forgotten
first. All of it happens while little is saved. What pages were made in is given back to the machine; the C library
would keep a store of its own for each thread. Read `keep_in_order`.
"""

from __future__ import annotations

import ctypes
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialwright.adapters.edc.desk import OpenStudy

GARBAGE_AFTER = (2_000, 10, 100)
"""So many new objects before a look for cycles among them; looks at more of them come the more seldom."""
EVERY, CALM = 5.0, 5
"""Seconds between two looks, and so many events between them are few."""
SOME, MANY = 100, 5_000
"""After so many events garbage is looked for; after so many what is new is set aside."""
M_ARENA_MAX, ARENAS = -8, 2
"""The setting of glibc's `mallopt` for how many stores it keeps, and how many do for threads that take turns."""


def keep_in_order(studies: Sequence[OpenStudy]) -> None:
    """Set aside what is there of the studies, and look after the memory from now on."""
    library = _library()
    if library is not None:
        library.mallopt(M_ARENA_MAX, ARENAS)
    gc.set_threshold(*GARBAGE_AFTER)
    _set_aside()
    Thread(target=_keep_tidy, args=(Upkeep(studies, library),), name="memory", daemon=True).start()


@dataclass
class Upkeep:
    """What was done after how many events of the studies."""

    studies: Sequence[OpenStudy]
    library: ctypes.CDLL | None
    seen: int = 0
    looked: int = 0
    aside: int = 0

    def __post_init__(self) -> None:
        self.seen = self.looked = self.aside = self._events()

    def _events(self) -> int:
        return sum(one.record.last_seq for one in self.studies)

    def look(self) -> None:
        """Do what is due, where few events came since the last time."""
        before, self.seen = self.seen, self._events()
        if self.seen - before > CALM:
            return
        if self.seen - self.aside >= MANY:
            for one in self.studies:
                one.forget()
            _set_aside()
            self.aside = self.looked = self.seen
        elif self.seen - self.looked >= SOME:
            gc.collect()
            self.looked = self.seen
        else:
            return
        if self.library is not None:
            self.library.malloc_trim(0)


def _keep_tidy(upkeep: Upkeep) -> None:
    while True:
        time.sleep(EVERY)
        upkeep.look()


def _library() -> ctypes.CDLL | None:
    """The C library, where it is one that can be told what to keep: glibc."""
    try:
        found = ctypes.CDLL(None)
        return found if hasattr(found, "mallopt") and hasattr(found, "malloc_trim") else None
    except (OSError, TypeError):
        return None


def _set_aside() -> None:
    """Look through everything for garbage once; what is left is not looked through again."""
    gc.collect()
    gc.freeze()
