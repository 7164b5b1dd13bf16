"""The clock on the wall of a site, by the rules of its time zone (IANA, the table that Python carries).

An hour that comes twice in autumn may be either; one that is skipped in spring is read by the clock before the change.
Read `WallClock.instants`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trialwright.core.bundle import Span


class WallClock:
    """Local dates and times as instants with their offset, and back."""

    def instants(self, on: date, time: str, zone: str) -> Span:
        """The instants a local date and time can be; the whole day, to its last moment, where no time is told.

        >>> str(CLOCK.instants(date(2025, 3, 9), "12:00", "America/Chicago").earliest)  # the clock went on by an hour
        '2025-03-09 12:00:00-05:00'
        """
        if not time.strip():
            midnight = _at(on + timedelta(days=1), "00:00", zone, 0)
            return Span(_at(on, "00:00", zone, 0), self.local(midnight - timedelta(microseconds=1), zone))
        both = [_at(on, time, zone, fold) for fold in (0, 1)]
        return Span(min(both), max(both))

    def local(self, instant: datetime, zone: str) -> datetime:
        """The instant as the clock on the wall shows it, with its offset."""
        return _fixed(instant.astimezone(_zone(zone)))


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError(f"{name!r} is no time zone; write an IANA name, such as America/Chicago") from problem


def _at(on: date, at: str, zone: str, fold: int) -> datetime:
    return _fixed(datetime.combine(on, _time(at), _zone(zone)).replace(fold=fold))


def _time(text: str) -> time:
    """A time of the day as "14:30" or "14:30:05"."""
    read = time.fromisoformat(text.strip())
    if read.tzinfo is not None:
        raise ValueError(f"{text!r} has an offset; the zone of the site gives it")
    return read


def _fixed(instant: datetime) -> datetime:
    """The same instant with the offset it has there, so that two of them compare as instants."""
    offset = instant.utcoffset() or timedelta(0)
    return instant.astimezone(UTC).astimezone(timezone(offset))


CLOCK = WallClock()
"""The one there is; it holds nothing."""
