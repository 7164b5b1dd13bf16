"""Small values that every rule speaks in: quantities, partial dates, durations, verdicts, findings.

Decided here: three-valued verdicts (an unknown is never falsy), exact quantities with UCUM units,
dates known to the year, month or day (ISO 8601), calendar durations in words, study days without a
day 0 (CDISC SDTM IG), and the shape of a finding. Units convert by a table that is handed in
(`standards.units`); nothing is converted here. Read `Verdict` first, then `PartialDate`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from functools import cached_property, total_ordering
from typing import Any, Protocol, Self


class Written:
    """A value that a protocol file writes as words and `parse` reads, such as "28 days" or "1500 /mm3"."""

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read the words; a ValueError says what was expected."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, Any]:
        """Lets a validating loader read this type by `parse`; the schema is a plain mapping, nothing is imported."""

        def read(value: object) -> Written:
            return value if isinstance(value, cls) else cls.parse(value)

        return {"type": "function-plain", "function": {"type": "no-info", "function": read}}


class Verdict(Enum):
    """Whether a condition holds: met, not met, or unknown, which blocks and never passes for either.

    >>> Verdict.MET & Verdict.UNKNOWN, Verdict.NOT_MET & Verdict.UNKNOWN
    (<Verdict.UNKNOWN: 'unknown'>, <Verdict.NOT_MET: 'not met'>)
    """

    NOT_MET = "not met"
    UNKNOWN = "unknown"
    MET = "met"

    @property
    def rank(self) -> int:
        """Kleene's order: not met < unknown < met; all is the least, any is the greatest."""
        return _RANK[self]

    def __and__(self, other: Verdict) -> Verdict:
        return all_of((self, other))

    def __or__(self, other: Verdict) -> Verdict:
        return any_of((self, other))

    def __invert__(self) -> Verdict:
        return _OPPOSITE[self]

    def __bool__(self) -> bool:
        raise TypeError("A verdict has three values; compare it with `is Verdict.MET`, since unknown is not no.")

    @classmethod
    def of(cls, holds: bool | None) -> Verdict:
        """True is met, False is not met, None is unknown."""
        return cls.UNKNOWN if holds is None else cls.MET if holds else cls.NOT_MET


_RANK = {Verdict.NOT_MET: 0, Verdict.UNKNOWN: 1, Verdict.MET: 2}
_OPPOSITE = {Verdict.NOT_MET: Verdict.MET, Verdict.MET: Verdict.NOT_MET, Verdict.UNKNOWN: Verdict.UNKNOWN}


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Met when every one is met; nothing asked is met.

    >>> all_of([])
    <Verdict.MET: 'met'>
    """
    least = Verdict.MET
    for one in verdicts:
        if one is Verdict.NOT_MET:
            return one
        if one is Verdict.UNKNOWN:
            least = one
    return least


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Met when one is met; unknown while one could still be."""
    greatest = Verdict.NOT_MET
    for one in verdicts:
        if one is Verdict.MET:
            return one
        if one is Verdict.UNKNOWN:
            greatest = one
    return greatest


def at_least(count: int, verdicts: Iterable[Verdict]) -> Verdict:
    """Met when `count` are met; not met only when the unknown ones could no longer make up the number."""
    seen = list(verdicts)
    met, unknown = seen.count(Verdict.MET), seen.count(Verdict.UNKNOWN)
    return Verdict.of(True if met >= count else None if met + unknown >= count else False)


class UnitTable(Protocol):
    """What core asks of a table of units: the exact value of a quantity in another unit, or why there is none."""

    def __hash__(self) -> int: ...

    def convert(self, quantity: Quantity, unit: str, analyte: str | None = None) -> Fraction:
        """The value in `unit`; raises UnitMismatch with the reason in words."""
        ...


class UnitMismatch(ValueError):
    """Two units that measure different things, or a unit nobody knows; the message is fit for a finding."""


@dataclass(frozen=True)
class Quantity(Written):
    """A number with its UCUM unit, exact and with the precision it was typed in.

    >>> Quantity.parse("3.20 10*3/uL")
    Quantity(value=Decimal('3.20'), unit='10*3/uL')
    """

    value: Decimal
    unit: str = "1"

    @classmethod
    def parse(cls, text: object) -> Quantity:
        """Read "1,500 /mm3"; a thousands comma is dropped, a decimal comma or a second number is refused."""
        found = re.fullmatch(
            r"\s*([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?:\s*((?:10[*^]|[^\d\s,.]).*?)|\s+1)?\s*", str(text)
        )
        if not found:
            raise ValueError(f"{text!r} is not a quantity; write a number and a UCUM unit, such as 1500 /mm3")
        return cls(Decimal(found[1].replace(",", "")), found[2] or "1")

    def __str__(self) -> str:
        return f"{self.value}" if self.unit == "1" else f"{self.value} {self.unit}"

    def in_unit(self, unit: str, table: UnitTable, analyte: str | None = None) -> Fraction:
        """The exact value in another unit; raises UnitMismatch when the two measure different things."""
        return Fraction(self.value) if unit == self.unit else table.convert(self, unit, analyte)


def decimal_number(text: object) -> Decimal | None:
    """The number that was typed, or None where the text is no plain decimal number."""
    try:
        number = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


_DAYS = {"days": 1, "weeks": 7}


@dataclass(frozen=True)
class Duration(Written):
    """A length of time in calendar words; months and years are calendar ones (UCUM `mo` and `a` are refused).

    >>> Duration.parse("3 months").after(date(2025, 11, 30))
    datetime.date(2026, 2, 28)
    """

    count: int
    unit: str

    @classmethod
    def parse(cls, text: object) -> Duration:
        """Read "14 days", "4 weeks", "3 months" or "5 years"."""
        found = re.fullmatch(r"\s*(\d+)\s+(day|week|month|year)s?\s*", str(text))
        if not found:
            raise ValueError(f"{text!r} is not a duration; write whole days, weeks, months or years, such as 28 days")
        return cls(int(found[1]), found[2] + "s")

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"

    @property
    def days(self) -> int | None:
        """The number of days, or None for months and years, which have no fixed number."""
        return self.count * _DAYS[self.unit] if self.unit in _DAYS else None

    def after(self, start: date) -> date:
        """The date this long after `start`; the last day of the month where the day does not exist."""
        return self._shift(start, 1)

    def before(self, end: date) -> date:
        """The date this long before `end`."""
        return self._shift(end, -1)

    def times(self, count: int) -> Duration:
        """The same length `count` times over."""
        return Duration(self.count * count, self.unit)

    def _shift(self, day: date, sign: int) -> date:
        days = self.days
        if days is not None:
            return day + timedelta(days=sign * days)
        months = day.year * 12 + day.month - 1 + sign * self.count * (12 if self.unit == "years" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class PartialDate(Written):
    """A date known to the year, the month or the day (ISO 8601); what is not known is never invented.

    >>> PartialDate.parse("2005-02").earliest, PartialDate.parse("2005-02").latest
    (datetime.date(2005, 2, 1), datetime.date(2005, 2, 28))
    """

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: object) -> PartialDate:
        """Read 2005, 2005-02 or 2005-02-28; 30 February is refused."""
        if isinstance(text, date):
            return cls(text.year, text.month, text.day)
        found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", str(text).strip())
        if not found:
            raise ValueError(f"{text!r} is not a date; write 2005-02-28, 2005-02 or 2005")
        year, month, day = (int(part) if part else None for part in found.groups())
        return cls(year or 0, month, day)

    def __post_init__(self) -> None:
        date(self.year, self.month or 1, self.day or 1)

    def __str__(self) -> str:
        return self._written

    @cached_property
    def _written(self) -> str:
        parts = [f"{self.year:04}"] + [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @cached_property
    def earliest(self) -> date:
        """The first day it can have been."""
        return date(self.year, self.month or 1, self.day or 1)

    @cached_property
    def latest(self) -> date:
        """The last day it can have been."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def exact(self) -> date | None:
        """The day, where it is known."""
        return self.earliest if self.day is not None else None

    def on_or_before(self, other: date) -> Verdict:
        """Whether it lies on or before a day: unknown where the missing part would decide."""
        return Verdict.of(True if self.latest <= other else False if self.earliest > other else None)

    def on_or_after(self, other: date) -> Verdict:
        """Whether it lies on or after a day: unknown where the missing part would decide."""
        return Verdict.of(True if self.earliest >= other else False if self.latest < other else None)


def completed_years(birth: date, on: date) -> int:
    """Age in completed years; someone born on 29 February turns a year older on 1 March of a common year.

    >>> completed_years(date(1987, 3, 2), date(2005, 3, 1))
    17
    """
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def study_day(on: date, reference: date) -> int:
    """Day of the study counted from the reference day, which is day 1; there is no day 0 (SDTM IG --DY).

    >>> study_day(date(2005, 3, 1), date(2005, 3, 2)), study_day(date(2005, 3, 2), date(2005, 3, 2))
    (-1, 1)
    """
    days = (on - reference).days
    return days + 1 if days >= 0 else days


@dataclass(frozen=True)
class DaySpan(Written):
    """Days of a course, first to last, such as days 1-21; day 1 is the first."""

    first: int
    last: int

    @classmethod
    def parse(cls, text: object) -> DaySpan:
        """Read "1-21" or "15"."""
        found = re.fullmatch(r"\s*(\d+)(?:\s*-\s*(\d+))?\s*", str(text))
        if not found or int(found[1]) < 1 or int(found[2] or found[1]) < int(found[1]):
            raise ValueError(f"{text!r} is no span of days; write 1-21, counted from day 1 (there is no day 0)")
        return cls(int(found[1]), int(found[2] or found[1]))

    def __str__(self) -> str:
        return f"{self.first}-{self.last}" if self.last != self.first else f"{self.first}"

    def __contains__(self, day: int) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1


@total_ordering
@dataclass(frozen=True)
class Grade:
    """A toxicity grade of CTCAE, 0 (within limits) to 5 (death)."""

    number: int

    def __post_init__(self) -> None:
        if not 0 <= self.number <= 5:
            raise ValueError(f"CTCAE grades run from 0 to 5; there is no grade {self.number}")

    def __lt__(self, other: Grade) -> bool:
        return self.number < other.number

    def __str__(self) -> str:
        return f"grade {self.number}"


class Response(Enum):
    """A response to treatment, best first; NE is not evaluable."""

    CR = "complete response"
    PR = "partial response"
    SD = "stable disease"
    PD = "progressive disease"
    NE = "not evaluable"


class Severity(Enum):
    """How much a finding weighs: an error stops a decision, a warning is shown, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """Something wrong or noteworthy in data, in words: what, which clause, why it matters, what to do."""

    about: str
    says: str
    matters: str = ""
    do: str = ""
    clause: str | None = None
    severity: Severity = Severity.ERROR
    where: str | None = None


@dataclass(frozen=True)
class Evidence:
    """One datum an answer stands on: concept, what was recorded, the date it holds for, and the event it came in."""

    concept: str
    value: str
    on: str = ""
    event: str = ""


@dataclass(frozen=True)
class Because:
    """One reason for an answer: the clause, its words (quote, source or reading of a question), and what was seen."""

    clause: str
    words: str = ""
    saw: str = ""


@dataclass(frozen=True)
class Answer:
    """A verdict with its reasons: what was seen, the data it stands on, and the datum that is missing."""

    verdict: Verdict
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()

    def negated(self) -> Answer:
        """The same data read the other way round; unknown stays unknown."""
        return Answer(~self.verdict, self.why, self.evidence, self.missing)
