"""How many requests a token, or a person, may make in a minute; counted by each worker process for itself.

Read `too_many`.
"""

from __future__ import annotations

import os
import threading
import time

VARIABLE = "TRIALWRIGHT_API_RATE"
PER_MINUTE = 600
MINUTE = 60.0
_lock = threading.Lock()
_seen: dict[str, tuple[float, int]] = {}


def too_many(who: str, at: float | None = None) -> bool:
    """Whether this request is one too many of whoever makes it, in the minute that began with their first."""
    now = time.monotonic() if at is None else at
    most = int(os.environ.get(VARIABLE, PER_MINUTE))
    with _lock:
        begun, count = _seen.get(who, (now, 0))
        if now - begun >= MINUTE:
            begun, count = now, 0
        _seen[who] = begun, count + 1
        if len(_seen) > 10_000:
            _forget(now)
    return count >= most


def _forget(now: float) -> None:
    """Let go of whoever has not asked for a minute."""
    for who in [one for one, (begun, _) in _seen.items() if now - begun >= MINUTE]:
        del _seen[who]
