"""Local times: which UTC offset one has in its zone, and which cannot be: a clock that goes forward skips an hour.

Where the clock goes back an hour is there twice, and only the offset tells which. Read `offset` and `impossible_time`.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from trialwright.core.ledger import Event
from trialwright.core.terms import Finding


def offset(event: Event) -> str:
    """The UTC offset of an event's local date and time in its zone; noon stands in where the time is not known."""
    if event.offset or not event.zone:
        return event.offset
    return _text(datetime.combine(event.occurred, time.fromisoformat(event.time or "12:00"), ZoneInfo(event.zone)))


def impossible_time(event: Event) -> Finding | None:
    """Why the local time cannot have been, or cannot be told, in its zone; None where it can."""
    if not event.time or not event.zone:
        return None
    local = datetime.combine(event.occurred, time.fromisoformat(event.time))
    known = offsets(local, event.zone)
    when = f"{event.time} on {event.occurred}"
    if not known:
        says, do = f"{when} does not exist in {event.zone}: the clock goes forward past it.", "Correct the time."
    elif event.offset and event.offset not in known:
        says = f"At {when} the clock of {event.zone} is at {' or '.join(known)} from UTC, not at {event.offset}."
        do = "Correct the offset, the zone or the time."
    elif len(known) > 1 and not event.offset:
        says = f"{when} is there twice in {event.zone}, at {' and at '.join(known)}: the clock goes back over it."
        do = f"Say which with the offset, {' or '.join(known)}."
    else:
        return None
    matters = "Hours are counted from it, and the order of the day's events rests on it; nothing was saved."
    return Finding(about=type(event).__name__, says=says, matters=matters, do=do)


def offsets(local: datetime, zone: str) -> tuple[str, ...]:
    """Every UTC offset at which a local time is there in a zone: none, one, or two where the clock goes back.

    >>> offsets(datetime(2006, 4, 2, 2, 30), "America/Chicago")
    ()
    >>> offsets(datetime(2006, 10, 29, 1, 30), "America/Chicago")
    ('-05:00', '-06:00')
    """
    told = [local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
    real = [one for one in told if one.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local]
    return tuple(dict.fromkeys(_text(one) for one in real))


def _text(local: datetime) -> str:
    text = f"{local:%z}"
    return f"{text[:3]}:{text[3:5]}"
