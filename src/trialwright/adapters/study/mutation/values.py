"""One value of a protocol file -> the values a step away from it, as they would be written in the file.

A limit moves by the last decimal it is written with, and its sign gains or loses the equal; a duration moves by one of
its unit, weeks by a day as well; a range moves at either end, a date by a day. Names and words for people have no
neighbours. Read `neighbours`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

FLIPPED = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "=": ">="}
YES_NO = {"yes": "no", "no": "yes"}
_NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
_COMPARISON = re.compile(rf"(>=|<=|>|<|=)\s*({_NUMBER})(.*)")
_RANGE = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})(.*)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_FROM_ON = re.compile(r"(\d+)(-?)")
_DURATION = re.compile(r"(\d+) (day|week|month|year)s?")
_QUANTITY = re.compile(rf"({_NUMBER})( \S+)")
DAYS_OF_A_WEEK = 7


def neighbours(value: Any) -> Iterator[Any]:
    """Every value a step away.

    >>> list(neighbours("<= 2.0 mg/dL"))
    ['<= 2.1 mg/dL', '<= 1.9 mg/dL', '< 2.0 mg/dL']
    >>> list(neighbours("4 weeks"))
    ['5 weeks', '3 weeks', '29 days', '27 days']
    >>> list(neighbours("platelets"))
    []
    """
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, date):
        yield from (value + timedelta(days=1), value - timedelta(days=1))
    elif isinstance(value, str):
        yield from _of_text(value.strip())


def _of_text(text: str) -> Iterator[str]:
    if text in YES_NO:
        yield YES_NO[text]
    elif _DATE.fullmatch(text):
        yield from (str(one) for one in neighbours(date.fromisoformat(text)))
    elif found := _DURATION.fullmatch(text):
        yield from _of_duration(int(found[1]), found[2])
    elif found := _COMPARISON.fullmatch(text):
        yield from (f"{found[1]} {number}{found[3]}" for number in _of_number(found[2]))
        yield f"{FLIPPED[found[1]]} {found[2]}{found[3]}"
    elif found := _RANGE.fullmatch(text):
        yield from (f"{number}-{found[2]}{found[3]}" for number in _of_number(found[1]))
        yield from (f"{found[1]}-{number}{found[3]}" for number in _of_number(found[2]))
    elif (found := _FROM_ON.fullmatch(text)) or (found := _QUANTITY.fullmatch(text)):
        yield from (f"{number}{found[2]}" for number in _of_number(found[1]))


def _of_number(written: str) -> tuple[str, str]:
    """One more and one less in the last decimal."""
    number = Decimal(written.replace(",", ""))
    exponent = number.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return str(number + step), str(number - step)


def _of_duration(count: int, unit: str) -> Iterator[str]:
    yield from (f"{number} {unit}{'s' * (number != 1)}" for number in (count + 1, count - 1))
    if unit == "week":
        yield from (f"{count * DAYS_OF_A_WEEK + day} days" for day in (1, -1))
