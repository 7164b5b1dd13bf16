"""Dates as the page prints them, and as API v2 writes them.

Decided here: "February 2005" stays a month ("2005-02", no invented day); an impossible day is no date.
"""

from __future__ import annotations

import re
from datetime import date

MONTHS = "january february march april may june july august september october november december".split()
_DATE = re.compile(r"(?P<month>[A-Za-z]{3,9})\.?\s+(?:(?P<day>\d{1,2}),\s*)?(?P<year>\d{4})(?!\d)")
_ISO = re.compile(r"\d{4}-\d{2}(-\d{2})?(?!\d)")


def find_date(text: str) -> tuple[str, int, int] | None:
    """The first date in the text, in ISO form at the precision it has, and where it stands.

    >>> find_date("February 2005")
    ('2005-02', 0, 13)
    >>> find_date("April 27, 2007")
    ('2007-04-27', 0, 14)
    >>> find_date("February 30, 2005") is None
    True
    """
    for found in _DATE.finditer(text):
        month = _month(found["month"])
        iso = _iso(int(found["year"]), month, found["day"]) if month else None
        if iso:
            return iso, found.start(), found.end()
    plain = _ISO.search(text)
    return (plain.group(), plain.start(), plain.end()) if plain else None


def _month(word: str) -> int | None:
    low = word.lower()
    return next((n for n, name in enumerate(MONTHS, 1) if name == low or name[:3] == low), None)


def _iso(year: int, month: int, day: str | None) -> str | None:
    try:
        return date(year, month, int(day or 1)).isoformat()[: 10 if day else 7]
    except ValueError:
        return None
