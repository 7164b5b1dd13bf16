"""When something was done: a day and, where it is told, a time and its offset from UTC.

What is not told stays open: a step of which only the day is known can have been at any minute of it, so that "within
4 hours" may be unknown. Two moments whose offsets are known compare as instants, wherever they were; two without
compare as they stand on the wall; one of each may lie as far apart as offsets do. Read `Moment`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from trialwright.core.terms import PartialDate, Verdict

DAY = 24 * 60
FARTHEST = 14 * 60
"""No place on earth is farther from UTC, in minutes."""


@dataclass(frozen=True)
class Moment:
    """A day, known in whole or in part, with the time and the offset as they were told.

    >>> noon = Moment(PartialDate.parse("2025-03-03"), "12:00", "-06:00")
    >>> noon.before(Moment(PartialDate.parse("2025-03-03"), "18:30", "+00:00"))
    <Verdict.MET: 'met'>
    """

    on: PartialDate
    time: str = ""
    offset: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.on), self.time, self.offset if self.time else "") if part)

    @cached_property
    def minute(self) -> int | None:
        """The minute of the day; None where no time was told, or the day is not known."""
        found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", self.time)
        return 60 * int(found[1]) + int(found[2]) if found and self.on.exact else None

    @cached_property
    def shift(self) -> int | None:
        """The minutes by which the place was ahead of UTC; None where it was not told."""
        found = re.fullmatch(r"([+-])(\d{2}):(\d{2})", self.offset)
        return (60 * int(found[2]) + int(found[3])) * (1 if found[1] == "+" else -1) if found else None

    @cached_property
    def wall(self) -> tuple[int, int]:
        """The first and the last minute it can have been, by the clock on the wall there."""
        minute = self.minute
        if minute is not None:
            start = self.on.earliest.toordinal() * DAY + minute
            return start, start
        return self.on.earliest.toordinal() * DAY, (self.on.latest.toordinal() + 1) * DAY - 1

    def before(self, other: Moment) -> Verdict:
        """Whether it was earlier than another moment; unknown where what was not told would decide."""
        least, most = self.minutes_until(other)
        return Verdict.of(True if least > 0 else False if most <= 0 else None)

    def minutes_until(self, other: Moment) -> tuple[int, int]:
        """The fewest and the most minutes from here to another moment; negative where that was earlier."""
        (first, last), (their_first, their_last) = self.wall, other.wall
        mine, theirs = self.shift, other.shift
        if mine is not None and theirs is not None:
            ahead, slack = mine - theirs, 0
        else:
            ahead, slack = 0, 0 if mine is theirs else FARTHEST + abs(mine or theirs or 0)
        return their_first - last + ahead - slack, their_last - first + ahead + slack

    @cached_property
    def place_in_time(self) -> tuple[int, int]:
        """For putting moments in order: the first minute it can have been, then the last."""
        first, last = self.wall
        return first - (self.shift or 0), last - (self.shift or 0)

    def later_by(self, minutes: int) -> tuple[date, str]:
        """The day and the time that lie so many minutes later, from the first minute it can have been."""
        day, minute = divmod(self.wall[0] + minutes, DAY)
        told = f"{minute // 60:02}:{minute % 60:02}" if self.minute is not None else ""
        return date.fromordinal(day), told
