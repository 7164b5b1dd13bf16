"""How long a session holds: it locks after a quarter of an hour without use, and ends after half a day.

The instants stand in the session itself and are written at most once a minute, so that reading a page does not write.
A session counts as used at the last instant that was written: it may lock up to a minute early, and never late.
"""

from __future__ import annotations

import time
from typing import Any

BEGAN, SEEN, SECOND = "trialwright_began", "trialwright_seen", "trialwright_second"
"""In the session: when it began, when it was last used, when the second step was taken; seconds since 1970."""
IDLE = 15 * 60
WHOLE = 12 * 60 * 60
WRITTEN_EVERY = 60
FRESH = 15 * 60
"""So long after the second step a signature asks for the password alone."""


def instant() -> float:
    """Now, in seconds since 1970."""
    return time.time()


def begin(session: Any) -> None:
    """A session begins: somebody signed in."""
    session[BEGAN] = session[SEEN] = instant()
    session.pop(SECOND, None)


def over(session: Any) -> bool:
    """Whether half a day has passed since the sign-in; a session that never began is over."""
    return instant() - float(session.get(BEGAN, 0)) >= WHOLE


def locked(session: Any) -> bool:
    """Whether the session was not used for too long."""
    return instant() - float(session.get(SEEN, 0)) >= IDLE


def use(session: Any) -> None:
    """The session is used; written once a minute."""
    if instant() - float(session.get(SEEN, 0)) >= WRITTEN_EVERY:
        session[SEEN] = instant()


def unlock(session: Any) -> None:
    """The person showed again who they are."""
    session[SEEN] = instant()


def take_second_step(session: Any) -> None:
    """The second component was shown in this session."""
    session[SECOND] = instant()


def took_second_step(session: Any) -> bool:
    """Whether it was."""
    return SECOND in session


def second_step_is_fresh(session: Any) -> bool:
    """Whether it was shown within the last quarter of an hour."""
    return instant() - float(session.get(SECOND, 0)) < FRESH
