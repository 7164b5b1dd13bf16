"""What time it is: the machine's for real data, the rehearsal's own calendar where the data are simulated.

A rehearsal that was cut in mid-course stands still at its last day: what is entered then is recorded on that day, at
the machine's time of day, and never before what was recorded last. Read `instant`, `today`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

A_MOMENT = timedelta(milliseconds=1)


def instant(kind: str, last: datetime | None, day: date | None = None) -> datetime:
    """Now, in UTC; of simulated data the moment on `day`, or else on the day of what was recorded last."""
    now = datetime.now(UTC)
    if kind != "simulated" or last is None:
        return now
    there = datetime.combine(max(day or last.date(), last.date()), now.time(), UTC)
    return max(there, last + A_MOMENT)


def today(at: datetime, zone: str) -> date:
    """The date of an instant where the site is."""
    return at.astimezone(ZoneInfo(zone) if zone else UTC).date()
