"""The closed set of constructs as frozen data: combinators, leaves and the limits they compare with.

Nothing is judged here (`judging`) and nothing is read from a file (`reading`).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from trialwright.core.terms import Duration, Quantity, Response, Written

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_NUMBER = r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?![\d.,])"
_UNIT = r"\s*(?:x\s*(ULN|LLN|baseline)|([^\s\d].*?|(?<=\s)(?=\S*[^\d\s.,])\S.*?))?\s*"
_COMPARISON = re.compile(rf"\s*(>=|<=|>|<|=)\s*([+-]?){_NUMBER}{_UNIT}")
_RANGE = re.compile(rf"\s*{_NUMBER}\s*-\s*{_NUMBER}{_UNIT}")
IF_ABSENT = ("no_if_observed", "no", "unknown")
"""What it may mean that nothing is recorded."""
ANCHORS = ("screening", "consent", "registration", "first_dose", "course_day_1", "last_dose", "end_of_treatment")
"""The dates that conditions and visits count from."""
SEXES = ("female", "male", "intersex")
MULTIPLES = ("ULN", "LLN", "baseline")
"""What a limit may be a multiple of: the laboratory's own limits, and the subject's own value before treatment."""
_RANK = re.compile(r"\s*(>=|<=|>|<)\s*([A-Za-z]\w*)\s*")
_RANKS = re.compile(r"\s*([A-Za-z]\w*)\s+to\s+([A-Za-z]\w*)\s*")
_SPAN = re.compile(r"\s*(\d+)\s*-\s*(\d+)\s+(day|week|month|year)s?\s*")


@dataclass(frozen=True)
class Limit(Written):
    """One or two comparisons: ">= 1500 /mm3", "<= 2 x ULN", "0-2", "18-120 years".

    >>> Limit.parse("<= 2 x ULN").comparisons
    (('<=', Quantity(value=Decimal('2'), unit='ULN')),)
    """

    comparisons: tuple[tuple[str, Quantity], ...]

    @classmethod
    def parse(cls, text: object) -> Limit:
        """Read the limit; a ValueError shows how one is written."""
        if both := _RANGE.fullmatch(str(text)):
            low, high = (_quantity(number, both[3] or both[4]) for number in both.groups()[:2])
            if low.value <= high.value:
                return cls(((">=", low), ("<=", high)))
        elif one := _COMPARISON.fullmatch(str(text)):
            return cls(((one[1], _quantity(one[2] + one[3], one[4] or one[5])),))
        raise ValueError(f"{text!r} is not a limit; write >= 1500 /mm3, <= 2 x ULN, 0-2 or = 4")

    def __str__(self) -> str:
        return " and ".join(f"{sign} {_worded(limit)}" for sign, limit in self.comparisons)


def _quantity(number: str, unit: str | None) -> Quantity:
    return Quantity(Decimal(number.replace(",", "")), unit or "1")


def _worded(limit: Quantity) -> str:
    return f"{limit.value} x {limit.unit}" if limit.unit in MULTIPLES else str(limit)


@dataclass(frozen=True)
class Rank(Written):
    """A place on an ordered scale of codes: ">= IIB", "IA to IVB"; the concept says in which order its codes stand.

    >>> str(Rank.parse("IA to IVB"))
    '>= IA and <= IVB'
    """

    comparisons: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: object) -> Rank:
        """Read the place; a ValueError shows how one is written."""
        if both := _RANKS.fullmatch(str(text)):
            return cls(((">=", both[1]), ("<=", both[2])))
        one = _RANK.fullmatch(str(text))
        if one and one[2] not in MULTIPLES:
            return cls(((one[1], one[2]),))
        raise ValueError(f"{text!r} is no place on a scale; write >= IIB or IA to IVB")

    def __str__(self) -> str:
        return " and ".join(f"{sign} {code}" for sign, code in self.comparisons)


@dataclass(frozen=True)
class TimeBefore(Written):
    """A time before a day from its nearest to its farthest: "10-14 days", both days included.

    >>> TimeBefore.parse("10-14 days").days(date(2025, 3, 31))
    (datetime.date(2025, 3, 17), datetime.date(2025, 3, 21))
    """

    nearest: Duration
    farthest: Duration

    @classmethod
    def parse(cls, text: object) -> TimeBefore:
        """Read the time; a ValueError shows how one is written."""
        found = _SPAN.fullmatch(str(text))
        if found and int(found[1]) <= int(found[2]):
            return cls(Duration(int(found[1]), found[3] + "s"), Duration(int(found[2]), found[3] + "s"))
        raise ValueError(f"{text!r} is no time before; write the nearer end first, such as 10-14 days")

    def days(self, reference: date) -> tuple[date, date]:
        """The first and the last day of it, both included."""
        return self.farthest.before(reference), self.nearest.before(reference)

    def __str__(self) -> str:
        return f"{self.nearest.count}-{self.farthest}"


class Condition:
    """A condition on a subject's data; its constructs are the classes below and no others."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, Any]:
        """Lets a validating loader read a condition by `read_condition`; the schema is a plain mapping."""
        from trialwright.core.conditions.reading import read_condition

        def read(value: object) -> Condition:
            return value if isinstance(value, Condition) else read_condition(value)

        return {"type": "function-plain", "function": {"type": "no-info", "function": read}}


@dataclass(frozen=True)
class All(Condition):
    """Every one of them holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf(Condition):
    """At least one of them holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True)
class Not(Condition):
    """It does not hold; what is unknown stays unknown."""

    of: Condition


@dataclass(frozen=True)
class AtLeast(Condition):
    """At least `count` of them hold."""

    count: int
    of: tuple[Condition, ...]


@dataclass(frozen=True)
class IfThen(Condition):
    """Where the first holds the second must; where the first does not hold it is met, because it does not apply."""

    when: Condition
    then: Condition


@dataclass(frozen=True)
class FirstKnown(Condition):
    """The first of them that is known decides: a signed answer before the record, the record before a proxy."""

    of: tuple[Condition, ...]


@dataclass(frozen=True)
class Age(Condition):
    """Age in completed years at consent."""

    limit: Limit


@dataclass(frozen=True)
class Sex(Condition):
    """Sex as recorded."""

    sex: str


@dataclass(frozen=True)
class Measure(Condition):
    """The latest value of a concept within a time before the day (or before an anchor), held for a time if asked."""

    concept: str
    limit: Limit | None = None
    one_of: tuple[str, ...] = ()
    within: Duration | None = None
    before: str | None = None
    held_for: Duration | None = None
    between: TimeBefore | None = None
    rank: Rank | None = None

    @property
    def looks_back(self) -> Duration | None:
        """How far back its window reaches; None is all the way."""
        return self.between.farthest if self.between else self.within

    @property
    def of_baseline(self) -> bool:
        """Whether its limit is a multiple of the subject's own value before treatment."""
        return self.limit is not None and any(bound.unit == "baseline" for _, bound in self.limit.comparisons)


@dataclass(frozen=True)
class Had(Condition):
    """Episodes of a concept set: started, still going on, or active at any time since a date; one, or so many.

    `if_absent` says what it means that none is recorded: "no_if_observed" is no where someone asked, "no" is no (a
    source known to be complete), "unknown" is never no (a source that cannot be).
    """

    set: str
    how: str = "had"
    within: Duration | None = None
    before: str | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    between: TimeBefore | None = None
    at_least_n: int = 1
    distinct: bool = False
    if_absent: str = "no_if_observed"

    @property
    def looks_back(self) -> Duration | None:
        """How far back its window reaches; None is all the way."""
        return self.between.farthest if self.between else self.within


@dataclass(frozen=True)
class GradeIs(Condition):
    """A toxicity of a term, or of any, with a grade in the limit: related, still going on, of this course if asked."""

    term: str
    limit: Limit
    related: bool | None = None
    ongoing: bool | None = None
    laboratory: bool | None = None
    during: str | None = None


@dataclass(frozen=True)
class ResponseIs(Condition):
    """The response at the latest assessment is one of these."""

    one_of: tuple[Response, ...]


@dataclass(frozen=True)
class Ask(Condition):
    """What only a person can say: the latest answer to a question, yes or no."""

    question: str
    within: Duration | None = None


@dataclass(frozen=True)
class NumberIs(Condition):
    """The course, the day of the course or the dose in force lies in the limit."""

    name: str
    limit: Limit


@dataclass(frozen=True)
class Elapsed(Condition):
    """So much time has passed since an anchor, the day itself not counted."""

    since: str
    limit: Duration


ALWAYS = All(())
"""The condition that asks nothing and is met."""


def parts(condition: Condition) -> Iterator[Condition]:
    """The condition and everything within it, outermost first."""
    yield condition
    match condition:
        case All(of) | AnyOf(of) | AtLeast(_, of) | FirstKnown(of):
            for part in of:
                yield from parts(part)
        case Not(of=part):
            yield from parts(part)
        case IfThen(when, then):
            yield from parts(when)
            yield from parts(then)
