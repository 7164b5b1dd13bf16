"""What a value of a case may be: a day of the calendar or of a course, an amount, an item of a concept.

A day is 2006-03-01, "day 8 of course 2", or "7 days before first dose". What cannot be read is a `Wrong` with the words
a person needs, never a guess; the near miss is offered. Read `day_of`, then `item_changes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

from trialwright.adapters.study.positions import Document, Path
from trialwright.core.ledger import Change, Missing, Value
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.terms import Duration, Finding, Quantity

MATTERS = "A case that is not read as it was meant proves nothing, so no case of the file is run."
MISSING = {"not done": "not_done", "not known": "not_known", "not applicable": "not_applicable"}
"""Why a value is not there, in words."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OF_COURSE = re.compile(r"day (\d{1,3}) of course (\d{1,3})", re.ASCII)
_FROM_FIRST = re.compile(r"(\d+ \w+) (before|after) first dose", re.ASCII)


class Wrong(ValueError):
    """What is wrong with one value of a case, in words."""


@dataclass(frozen=True)
class Told:
    """One value of a case file and where it stands."""

    value: Any
    document: Document
    path: Path

    def part(self, key: str | int) -> Told:
        """A value inside this one."""
        return Told(self.value[key], self.document, (*self.path, key))

    @property
    def where(self) -> str:
        """File, line and column."""
        return self.document.where(self.path)

    def finding(self, says: str, do: str = "", *, key: bool = False) -> Finding:
        """Something wrong with it."""
        where = self.document.where(self.path, key=key)
        return Finding(about="case", says=says, matters=MATTERS, do=do, where=where)


def near(word: str, known: Iterable[str]) -> str:
    """The near miss, as the end of a sentence."""
    close = get_close_matches(word, list(known), 1)
    return f"; is {close[0]!r} meant?" if close else "."


def known_word(what: str, value: Any, known: Iterable[str]) -> str:
    """A word of a closed set."""
    names = [*known]
    if not isinstance(value, str) or value not in names:
        raise Wrong(f"There is no {what} {str(value)!r}{near(str(value), names)}")
    return value


@dataclass(frozen=True)
class Days:
    """The days others are counted from: the first dose and day 1 of each course, as far as the case tells them."""

    first_dose: date | None = None
    courses: tuple[date, ...] = ()

    def day_of(self, value: Any) -> date:
        """The calendar day that is meant.

        >>> Days(courses=(date(2006, 3, 1),)).day_of("day 8 of course 1")
        datetime.date(2006, 3, 8)
        """
        text = " ".join(str(value).split())
        if _ISO.fullmatch(text):
            return _calendar_day(text)
        if found := _OF_COURSE.fullmatch(text):
            return self._of_course(int(found[1]), int(found[2]))
        if found := _FROM_FIRST.fullmatch(text):
            return self._from_first_dose(found[1], found[2])
        raise Wrong(f"{text!r} is no day; write 2006-03-01, day 8 of course 2, or 7 days before first dose.")

    def _of_course(self, day: int, course: int) -> date:
        if not 1 <= course <= len(self.courses):
            raise Wrong(f"The case has no course {course}; it tells of {len(self.courses)}.")
        if day < 1:
            raise Wrong(f"A course begins with day 1; there is no day {day}.")
        return self.courses[course - 1] + timedelta(days=day - 1)

    def _from_first_dose(self, length: str, side: str) -> date:
        if self.first_dose is None:
            raise Wrong(f"The case tells no first dose to count {length} from.")
        try:
            duration = Duration.parse(length)
        except ValueError as wrong:
            raise Wrong(f"{wrong}.") from None
        return duration.before(self.first_dose) if side == "before" else duration.after(self.first_dose)


def _calendar_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"{text} is no day of the calendar.") from None


def quantity_of(value: Any) -> Quantity:
    """An amount with its unit."""
    try:
        return Quantity.parse(value)
    except ValueError as wrong:
        raise Wrong(f"{wrong}.") from None


def listed(value: Any) -> list[Any]:
    """A list, as it stands."""
    if not isinstance(value, list):
        raise Wrong(f"{value!r} is no list; write one, such as [10 mg, 15 mg].")
    return value


def parts(value: Any) -> dict[str, Any]:
    """Names with their values, as they stand."""
    if not isinstance(value, dict):
        raise Wrong(f"{value!r} has no names; write them with their values, such as {{anc: 4000 /mm3}}.")
    return value


def whole(value: Any) -> int:
    """How many patients."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
        raise Wrong(f"{value!r} is no number of patients.")
    return value


# --- items ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemName:
    """How a case names an item: the concept, the instance where it says one, and the day where it says one."""

    concept: str
    instance: str
    day: str

    @classmethod
    def parse(cls, key: str) -> ItemName:
        """Read "anc", "anc on 2006-04-03" or "adverse_event/1 on day 8 of course 1"."""
        name, _, day = key.partition(" on ")
        concept, _, instance = name.strip().partition("/")
        if "/" in instance or (instance == "" and "/" in name):
            raise Wrong(f"{name!r} is no item; write a concept such as anc, or concept/instance.")
        return cls(concept, instance, day.strip())


def item_changes(name: ItemName, value: Any, concept: Concept, day: date | None) -> tuple[Change, ...]:
    """The item as a form would hold it; its date goes in where the concept has one and the case names the day.

    No value is nothing recorded.
    """
    if value is None:
        return ()
    fields = {one.id: one for one in concept.fields}
    told = dict(value) if isinstance(value, Mapping) else {concept.value.id: value}
    instance = name.instance or (str(day) if day else "told")
    if name.day and day and "on" in fields:
        told.setdefault("on", str(day))
    return tuple(
        change
        for field, given in told.items()
        for change in _field_changes(f"{concept.id}/{instance}", field, given, fields)
    )


def _field_changes(start: str, name: str, given: Any, fields: Mapping[str, Field]) -> tuple[Change, ...]:
    concept = start.partition("/")[0]
    if name not in fields:
        raise Wrong(f"{concept} has no field {name!r}{near(name, fields)}")
    if given is None:
        return ()
    bound = re.fullmatch(r"([<>])\s*(\d.*)", given) if isinstance(given, str) and "bound" in fields else None
    if bound and fields[name].kind is Kind.QUANTITY:
        return Change(f"{start}/bound", None, bound[1]), Change(f"{start}/{name}", None, quantity_of(bound[2]))
    return (Change(f"{start}/{name}", None, _value(given, fields[name])),)


def _value(given: Any, field: Field) -> Value:
    if isinstance(given, str) and given in MISSING:
        return Missing(MISSING[given])
    if isinstance(given, list | Mapping):
        raise Wrong(f"{field.label} is one value, not a list or several.")
    if field.kind is Kind.QUANTITY:
        return quantity_of(given)
    if field.kind is Kind.INTEGER and str(given).isdecimal():
        return int(given)
    return str(given)
