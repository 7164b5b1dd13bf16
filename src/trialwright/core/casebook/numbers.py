"""A number as it was typed -> its digits, what is said of it (<, >) and the unit beside it. Nothing is guessed.

A point or a comma parts the decimals, except where a comma may as well part thousands: "1,500" is refused with both
readings. Digits that were typed stay ("3.20" keeps its precision). Read `read_number`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

LONGEST = 30
SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-", "\u2013": "-", "\u2019": "'"})
SIGNED = re.compile(r"(<=|>=|≤|≥|<|>)?\s*([+-]?)\s*([0-9.,']*[0-9.,'])\s*(.*)", re.ASCII | re.DOTALL)
POWER_OF_TEN = re.compile(r"(?:[x×*]\s*)?10\s*(?:[*^]|[⁰¹²³⁴⁵⁶⁷⁸⁹])")


@dataclass(frozen=True)
class Number:
    """A number that was typed: "<" or ">" before it, its digits, the unit after it."""

    value: Decimal
    bound: str = ""
    unit: str = ""


class Unreadable(ValueError):
    """What was typed cannot be read: what is wrong with it, and what to write instead."""

    def __init__(self, says: str, do: str) -> None:
        super().__init__(says)
        self.says, self.do = says, do


def read_number(text: str) -> Number:
    """A number with what stands around it; an `Unreadable` says why not, and never picks one of two readings.

    >>> read_number("< 0,82 10*9/L")
    Number(value=Decimal('0.82'), bound='<', unit='10*9/L')
    >>> read_number("1,500")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Unreadable: '1,500' can be 1500 or 1.500
    """
    typed = text.translate(SPACES).strip()
    found = SIGNED.fullmatch(typed)
    if not found:
        raise Unreadable(f"{typed!r} is no number", "Write digits, such as 1500 or 0.82.")
    bound, sign, digits, rest = found.groups()
    if bound in ("<=", ">=", "≤", "≥"):
        raise Unreadable(f"{bound} is more than a report can say", "Write < or > before the limit of detection.")
    if re.match(r"[0-9]", rest) and not POWER_OF_TEN.match(rest):
        raise Unreadable(f"{typed!r} holds two numbers", "Write one number, without blanks inside it.")
    if re.match(r"[eE][+-]?[0-9]", rest):
        raise Unreadable(f"{typed!r} is written with a power", "Write the number in full.")
    return Number(Decimal(f"{sign}{_digits(digits)}"), bound or "", rest.strip())


def _digits(typed: str) -> str:
    """The digits with a point for the decimals."""
    if len(typed) > LONGEST:
        raise Unreadable(f"a number of {len(typed)} signs", f"Write at most {LONGEST}.")
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", typed):
        return typed
    if re.fullmatch(r"[.,][0-9]+", typed):
        return f"0.{typed[1:]}"
    if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", typed):
        whole, point = typed.replace(",", ""), typed.replace(",", ".")
        raise Unreadable(f"{typed!r} can be {whole} or {point}", f"Write {whole} or {point}.")
    if re.fullmatch(r"[0-9]+,[0-9]+", typed):
        return typed.replace(",", ".")
    if re.fullmatch(r"[0-9]{1,3}(?:[,.'][0-9]{3})+(?:[.,][0-9]+)?", typed):
        raise Unreadable(f"{typed!r} parts the thousands", "Write the digits without a sign between them.")
    raise Unreadable(f"{typed!r} is no number", "Write digits, such as 1500 or 0.82.")
