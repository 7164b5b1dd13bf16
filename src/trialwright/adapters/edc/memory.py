"""The memory of a process that serves for months: nobody waits for its upkeep, and what is done with is given back.

What is loaded and folded stays for as long as the process lives. So that nobody waits while it is looked through for
garbage, it is set aside: at the start, and again in quiet moments after many events. What pages are made in is given
back to the machine: the C library would keep a store of its own for each thread. Read `keep_in_order`.
"""

from __future__ import annotations

import ctypes
import gc
import time
from collections.abc import Callable
from threading import Thread

GARBAGE_AFTER = (2_000, 10, 100)
"""So many new objects before a look for cycles among them; looks at more of them come the more seldom."""
QUIET, MANY = 5.0, 1_000
"""Seconds without a save before what is new is set aside, and after how many events."""
GIVEN_BACK_EVERY = 12
"""So many times `QUIET` pass, a minute, before what is free is given back."""
M_ARENA_MAX, ARENAS = -8, 2
"""The setting of glibc's `mallopt` for how many stores it keeps, and how many do for threads that take turns."""


def keep_in_order(events: Callable[[], int]) -> None:
    """Set aside what is there, and look after the memory from now on; `events` says how many there are by now."""
    library = _library()
    if library is not None:
        library.mallopt(M_ARENA_MAX, ARENAS)
    gc.set_threshold(*GARBAGE_AFTER)
    _set_aside()
    Thread(target=_keep_tidy, args=(events, library), name="memory", daemon=True).start()


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


def _keep_tidy(events: Callable[[], int], library: ctypes.CDLL | None) -> None:
    """Set aside what was folded since, in moments in which nobody saves; give back what is free now and then."""
    done = seen = events()
    rounds = 0
    while True:
        time.sleep(QUIET)
        before, seen, rounds = seen, events(), rounds + 1
        if seen == before and seen - done >= MANY:
            _set_aside()
            done = seen
        if library is not None and not rounds % GIVEN_BACK_EVERY:
            library.malloc_trim(0)
