"""Numbers and lengths of time as records write them, made comparable: "thirty-five" and 35, "4 weeks" and "28 days".

Decided here: which ways of writing are equal. Months and years have no fixed length in days, so lengths in different
units are the same within one part in ten ("12 weeks", "3 months"); in one unit they are the same only if equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_WORDS |= {"single": 1, "hundred": 100, "once": 1, "twice": 2}

_TEN = "|".join(_TENS)
_FIGURES = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TENS_AND = rf"(?:{_TEN})(?:[- ](?:{'|'.join(_ONES[1:10])}))?"
NUMBER = rf"(?:{_FIGURES}|{_TENS_AND}|(?:{'|'.join(_ONES[1:][::-1])}))"
UNIT = r"(?:day|week|month|year|yr|wk)s?"
DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_SHORT = {"yr": "year", "wk": "week"}
_LOOSE = 0.10
LENGTH = re.compile(rf"(?<![\w.,-])(?P<n>{NUMBER})(?:\s*(?:-|–|to)\s*(?P<to>{NUMBER}))?[\s-]*(?P<unit>{UNIT})\b", re.I)


class Length(NamedTuple):
    """A length of time as written: how many of which unit."""

    amount: float
    unit: str

    @property
    def days(self) -> float:
        return self.amount * DAYS[self.unit]

    def __str__(self) -> str:
        return f"{self.amount:g} {self.unit}{'' if self.amount == 1 else 's'}"


def number(words: str) -> float:
    """A number in figures or in words.

    >>> number("1,500"), number("thirty-five"), number("Two")
    (1500.0, 35.0, 2.0)
    """
    told = words.lower().strip()
    if told[0].isdigit():
        return float(told.replace(",", "").rstrip("."))
    return float(sum(_WORDS[word] for word in re.split(r"[- ]", told)))


def length(amount: str, unit: str) -> Length:
    """A length from its two words.

    >>> str(length("4", "wks"))
    '4 weeks'
    """
    name = unit.lower().rstrip("s")
    return Length(number(amount), _SHORT.get(name, name))


def lengths(text: str) -> Iterator[Length]:
    """Every length of time in the text; of a range, the longer end.

    >>> [str(one) for one in lengths("for 1-2 years, then every six months")]
    ['2 years', '6 months']
    """
    for found in LENGTH.finditer(text):
        yield length(found["to"] or found["n"], found["unit"])


def same(first: Length, second: Length) -> bool:
    """Whether two lengths can mean the same.

    >>> same(Length(28, "day"), Length(4, "week")), same(Length(12, "week"), Length(3, "month"))
    (True, True)
    >>> same(Length(28, "day"), Length(21, "day")), same(Length(12, "month"), Length(13, "month"))
    (False, False)
    """
    if {first.unit, second.unit} in ({"day", "week"}, {"month", "year"}) or first.unit == second.unit:
        return round(abs(first.days - second.days), 6) == 0
    return abs(first.days - second.days) <= _LOOSE * max(first.days, second.days)
