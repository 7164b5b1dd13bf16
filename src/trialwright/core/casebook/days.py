"""A date as it was typed -> year, month and day as far as they are known. Nothing is guessed.

Read are ISO dates (2006, 2006-03, 2006-03-05), days with the month as a word (5 Mar 2006, Mar 5 2006, ?? Mar 2006,
UNK-MAR-2006) and numbers where only one can be the month. "5/7/2006" is refused with both readings, and so is a year of
two digits. Read `read_day`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence

from trialwright.core.casebook.numbers import Unreadable
from trialwright.core.terms import PartialDate

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sep sept septiembre setiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
"""Months as a site writes them, in English or Spanish."""
NOT_KNOWN = re.compile(r"\?+|un|unk|uk|nk|xx+", re.IGNORECASE)
YEAR = re.compile(r"[0-9]{4}")
WORD = re.compile(r"[^\W\d_]+|[0-9]+|\?+")
YEARS = range(1900, 2200)
"""As `conduct.facts` lets days in; asked here too, since what would follow is worked out before anything is saved."""
ISO = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?", re.ASCII)
DO = "Write 5 Mar 2006, Mar 2006 or 2006."


def read_day(text: str) -> PartialDate:
    """A date as far as it is told; an `Unreadable` says why not.

    >>> str(read_day("?? Mar 2006")), str(read_day("5 July 2006"))
    ('2006-03', '2006-07-05')
    >>> read_day("5/7/2006")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Unreadable: '5/7/2006' can be 5 Jul 2006 or 7 May 2006
    """
    typed = " ".join(text.split())
    if found := ISO.fullmatch(typed):
        year, month, day = (int(part) if part else None for part in found.groups())
        return _partial(typed, year or 0, month, day)
    parts = _parts(typed)
    if 2 <= len(parts) <= 3 and YEAR.fullmatch(parts[-1]):
        return _of_parts(typed, parts[:-1], int(parts[-1]))
    if 2 <= len(parts) <= 3 and YEAR.fullmatch(parts[0]):
        return _year_first(typed, parts)
    if len(parts) > 1 and re.fullmatch(r"[0-9]{2}", parts[-1]):
        raise Unreadable(f"{typed!r} has a year of two digits", "Write the year with four digits.")
    raise Unreadable(f"{typed!r} is no date", DO)


def _parts(typed: str) -> list[str]:
    """The words and numbers of a date, parted by what dates are parted by; none where anything else stands in it."""
    parts = re.split(r"[\s./,-]+", typed)
    return parts if all(WORD.fullmatch(part) for part in parts) else []


def _year_first(typed: str, parts: Sequence[str]) -> PartialDate:
    """The year before month and day: numbers are read in that order, as in 2006/03/05."""
    rest = parts[1:]
    if len(rest) == 2 and all(re.fullmatch(r"[0-9]{1,2}", part) for part in rest):
        return _partial(typed, int(parts[0]), int(rest[0]), int(rest[1]))
    return _of_parts(typed, rest, int(parts[0]))


def _of_parts(typed: str, told: Sequence[str], year: int) -> PartialDate:
    """Beside the year the day and the month in either order, or the month alone."""
    words = [MONTHS[part.lower()] for part in told if part.lower() in MONTHS]
    known = [part for part in told if part.lower() not in MONTHS and not NOT_KNOWN.fullmatch(part)]
    if len(words) > 1 or not all(re.fullmatch(r"[0-9]{1,2}", part) for part in known):
        raise Unreadable(f"{typed!r} is no date", DO)
    if words:
        return _partial(typed, year, words[0], int(known[0]) if known else None)
    if len(known) == 2:
        return _by_numbers(typed, year, int(known[0]), int(known[1]))
    if known:
        raise Unreadable(f"{typed!r} leaves open whether {known[0]} is the day or the month", DO)
    return _partial(typed, year, None, None)


def _by_numbers(typed: str, year: int, one: int, other: int) -> PartialDate:
    """Day and month as numbers: read where only one of them can be the month."""
    if one != other and one <= 12 and other <= 12:
        first, second = (f"{day} {NAMES[month]} {year}" for day, month in ((one, other), (other, one)))
        raise Unreadable(f"{typed!r} can be {first} or {second}", "Write the month as a word.")
    day, month = (other, one) if other > 12 else (one, other)
    return _partial(typed, year, month, day)


NAMES: Mapping[int, str] = dict(enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1))


def _partial(typed: str, year: int, month: int | None, day: int | None) -> PartialDate:
    """The date, if the calendar has it."""
    if year < 1:
        raise Unreadable(f"{typed!r} has no year", DO)
    if year not in YEARS:
        raise Unreadable(f"{typed!r}: no trial lies in the year {year}", "Write the year that is meant.")
    if month is not None and not 1 <= month <= 12:
        raise Unreadable(f"{typed!r}: there is no month {month}", DO)
    if month is not None and day is not None and not 1 <= day <= monthrange(year, month)[1]:
        raise Unreadable(f"{typed!r}: {NAMES[month]} {year} has no day {day}", DO)
    return PartialDate(year, month, day)
