"""The text of one cell as a value of a field: number with unit and limit of detection, code, yes or no, date, missing.

How a file writes numbers and dates is said (`Writing`), never guessed from one cell: 1,234 is a thousand to some and a
little more than one to others, and 03/04 is March or April. Read `read_cell`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from trialwright.core.ledger import Missing, Value
from trialwright.core.protocol import Field, Kind
from trialwright.core.terms import PartialDate, Quantity, UnitMismatch, UnitTable

MISSING_CODES = ("not_done", "not_known", "not_applicable")
DATE_ORDERS: Mapping[str, str] = {
    "YYYY-MM-DD": r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
    "DD.MM.YYYY": r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})",
    "DD-MON-YYYY": r"(?P<d>\d{1,2})[- ](?P<mon>[A-Za-z]{3})[- ](?P<y>\d{4})",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
}
"""How files write dates; a time of day may follow."""
MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
CLOCK = re.compile(r"(?:[T ]\s*)?(?P<h>[01]?\d|2[0-3])[:.](?P<min>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d+)?)?")
NUMBERS: Mapping[str, re.Pattern[str]] = {
    ".": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d{1,30})(?:\.\d{1,30})?"),
    ",": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:[. \u00a0\u202f]\d{3})+|\d{1,30})(?:,\d{1,30})?"),
}
"""A number by its decimal mark; groups of thousands only where every group has three digits, the first no 0."""
YEARS = range(1850, 2200)
YES = frozenset("yes y true 1 ja oui si sí".split())
NO = frozenset("no n false 0 nein non".split())


class Unreadable(ValueError):
    """Why a cell is no value of the field; the message names what was expected."""


@dataclass(frozen=True)
class Writing:
    """How a file writes numbers, dates and what is missing."""

    decimal: str = "."
    dates: str = "YYYY-MM-DD"
    missing: Mapping[str, str] = field(default_factory=dict)


def read_cell(text: str, of: Field, concept: str, unit: str, writing: Writing, units: UnitTable) -> dict[str, Value]:
    """What a cell says of a field, with its `bound` where only a limit of detection was given.

    An empty cell says nothing at all: nobody knows whether it was not done or not sent.
    """
    if not text:
        return {}
    if code := missing_of(text, writing):
        return {of.id: Missing(code)}
    match of.kind:
        case Kind.QUANTITY:
            return _measured(text, of, concept, unit, writing, units)
        case Kind.INTEGER:
            return {of.id: _whole(text)}
        case Kind.CODE:
            return {of.id: _code(text, of)}
        case Kind.YES_NO:
            return {of.id: _yes_no(text)}
        case Kind.DATE:
            return {of.id: str(read_partial_date(text, writing.dates))}
        case Kind.TEXT:
            return {of.id: text}


def missing_of(text: str, writing: Writing) -> str:
    """The code of missingness that the file's word stands for; empty where it stands for none."""
    return {word.casefold(): code for word, code in writing.missing.items()}.get(text.casefold(), "")


def _measured(text: str, of: Field, concept: str, unit: str, writing: Writing, units: UnitTable) -> dict[str, Value]:
    sign, number = (text[0], text[1:].strip()) if text[0] in "<>" else ("", text)
    if sign and number.startswith("="):
        raise Unreadable(f"{text!r}: only < and > can be recorded of a limit of detection")
    quantity = Quantity(read_number(number, writing.decimal), read_unit(unit, of, concept, units))
    return {of.id: quantity, **({"bound": sign} if sign else {})}


def read_number(text: str, decimal: str) -> Decimal:
    """The number as typed, its digits kept; a mark that does not fit the file's is refused.

    >>> read_number("1,500.0", "."), read_number("1.500,0", ",")
    (Decimal('1500.0'), Decimal('1500.0'))
    """
    if not NUMBERS[decimal].fullmatch(text):
        other = "," if decimal == "." else "."
        hint = f"; the file's decimal mark is said to be {decimal!r}" if NUMBERS[other].fullmatch(text) else ""
        raise Unreadable(f"{text[:60]!r} is no number{hint}")
    plain = re.sub(r"[,\s]" if decimal == "." else r"[.\s]", "", text)
    return Decimal(plain.replace(",", "."))


def read_unit(unit: str, of: Field, concept: str, units: UnitTable) -> str:
    """The UCUM code of a unit that measures what the field measures."""
    if not unit:
        raise Unreadable(f"no unit is given for {concept}; a missing unit is never guessed")
    code = ucum(unit, units)
    if of.unit is not None:
        try:
            units.convert(Quantity(Decimal(1), code), of.unit, concept)
        except UnitMismatch as wrong:
            raise Unreadable(str(wrong).rstrip(".")) from None
    return code


def ucum(unit: str, units: UnitTable) -> str:
    """The UCUM code of what was typed; says the near miss where there is none."""
    code = getattr(units, "code", None)
    try:
        return str(code(unit)) if code else unit
    except UnitMismatch as wrong:
        raise Unreadable(str(wrong).rstrip(".")) from None


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}(\.0+)?", text):
        raise Unreadable(f"{text[:60]!r} is no whole number")
    return int(text.partition(".")[0])


def _code(text: str, of: Field) -> str:
    found = {code.casefold(): code for code in of.codes}.get(text.casefold())
    if found is None:
        raise Unreadable(f"{text[:60]!r} is none of {', '.join(of.codes)}")
    return found


def _yes_no(text: str) -> str:
    word = text.casefold()
    if word not in YES | NO:
        raise Unreadable(f"{text[:60]!r} is neither yes nor no")
    return "yes" if word in YES else "no"


def read_partial_date(text: str, dates: str) -> PartialDate:
    """A date that may be known to the month or year only (2006-03, 2006)."""
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        try:
            return PartialDate.parse(text)
        except ValueError:
            raise Unreadable(f"{text!r} is no month of the calendar") from None
    return PartialDate.parse(read_date(text, dates)[0])


def read_date(text: str, dates: str) -> tuple[date, str]:
    """The day and, where it follows, the time of day.

    >>> read_date("05.03.2006 9:30", "DD.MM.YYYY")
    (datetime.date(2006, 3, 5), '09:30')
    """
    found = re.match(DATE_ORDERS[dates], text)
    if not found:
        raise Unreadable(f"{text[:40]!r} is no date written as {dates}")
    parts = found.groupdict()
    month = MONTHS.get(parts["mon"].lower(), 0) if "mon" in parts else int(parts["m"])
    try:
        day = date(int(parts["y"]), month, int(parts["d"]))
    except ValueError:
        raise Unreadable(f"{text[:40]!r} is no day of the calendar (written as {dates})") from None
    if day.year not in YEARS:
        raise Unreadable(f"{text[:40]!r}: no trial lies in the year {day.year}")
    rest = text[found.end() :].strip()
    return day, read_time(rest) if rest else ""


def read_time(text: str) -> str:
    """A time of day as 09:30 or 09:30:15."""
    found = CLOCK.fullmatch(text)
    if not found:
        raise Unreadable(f"{text[:40]!r} is no time of day; write 09:30")
    seconds = f":{found['s']}" if found["s"] else ""
    return f"{int(found['h']):02}:{found['min']}{seconds}"


def decimal_marks(cells: Iterable[str]) -> tuple[str, ...]:
    """Which decimal marks fit every number of a file: one, both where no cell tells, none where they contradict."""
    numbers = [cell.lstrip("<> ") for cell in cells if re.fullmatch(r"[<>]?\s*[+-]?[\d., \u00a0\u202f]*\d", cell)]
    return tuple(mark for mark, pattern in NUMBERS.items() if all(pattern.fullmatch(one) for one in numbers))


def date_orders(cells: Iterable[str]) -> tuple[str, ...]:
    """Which ways of writing dates fit every cell of a column: 03/04/2006 alone leaves two."""
    seen = [cell for cell in cells if cell]
    return tuple(order for order in DATE_ORDERS if seen and all(_fits(cell, order) for cell in seen))


def _fits(cell: str, order: str) -> bool:
    try:
        read_date(cell, order)
    except Unreadable:
        return False
    return True


NUMBERS_OF_A_VISIT = re.compile(r"(?:\.\d{1,4}){0,2}")


def names_a_visit(key: str, encounters: Iterable[str]) -> bool:
    """Whether a visit's key is the id of one of these encounters, with the numbers of course and repetition after it.

    >>> [names_a_visit(key, ["day_1"]) for key in ("day_1", "day_1.2", "day_1.two", "day_15", "day_1.")]
    [True, True, False, False, False]
    """
    return any(key.startswith(one) and NUMBERS_OF_A_VISIT.fullmatch(key[len(one) :]) for one in encounters)
