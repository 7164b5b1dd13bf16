"""Laboratory shifts: the grade before treatment against the worst grade under it, for each term a value is graded by.

Before is the last value up to the day of the first dose; under treatment are values after that day up to so many days
after the last dose. A grade that a missing limit leaves open is "not known"; where one that is not known may be worse
than the worst known, the worst is not known either. Read `shifts_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.analysis import Gathered, Group, Person, safety_endpoint
from trialwright.core.terms import Grade
from trialwright.core.toxicity import Graded, graded_readings

GRADES = ("0", "1", "2", "3", "4")
NOT_KNOWN, NO_VALUE = "not known", "no value"
STATES = (*GRADES, NOT_KNOWN, NO_VALUE)
"""What a grade can be told as, in the order of the table."""

Shifted = tuple[str, str]
"""Before and worst."""


@dataclass(frozen=True)
class Shift:
    """One term in one group: participants by grade before treatment and worst grade under it."""

    term: str
    analyte: str
    standard: str
    group: str
    n: int
    counts: Mapping[Shifted, int]

    def before(self, state: str) -> int:
        """How many had this grade before treatment."""
        return sum(count for (before, _), count in self.counts.items() if before == state)

    @property
    def worsened(self) -> int:
        """Participants whose worst grade is known to be above the one before."""
        return sum(n for (before, worst), n in self.counts.items() if before in GRADES and _above(worst, before))

    @property
    def severe(self) -> int:
        """Participants who came from grade 0 to 2 to grade 3 or 4."""
        return sum(n for (before, worst), n in self.counts.items() if before in GRADES[:3] and worst in GRADES[3:])


def _above(worst: str, before: str) -> bool:
    return worst in GRADES and worst > before


def shifts_of(gathered: Gathered) -> tuple[Shift, ...]:
    """Every term of which a value was recorded for somebody, by group."""
    told = {one.subject: one.ask(shifted) for one in gathered.treated}
    names = dict.fromkeys(name for found in told.values() for name in found)
    return tuple(_shift(name, group, told) for name in names for group in gathered.groups_and_all)


Name = tuple[str, str, str]
"""Term, analyte, and the standard by which it is graded."""


def _shift(name: Name, group: Group, told: Mapping[str, Mapping[Name, Shifted]]) -> Shift:
    treated = group.where(treated=True)
    counts = Counter(told[one.subject].get(name, (NO_VALUE, NO_VALUE)) for one in treated)
    return Shift(*name, group.label, len(treated), counts)


def shifted(one: Person) -> dict[Name, Shifted]:
    """The grades of a participant before treatment and under it, by term."""
    table, first = one.judged_by.standards.toxicity, one.first_dose
    if table is None or first is None:
        return {}
    held: dict[Name, list[tuple[date, Graded]]] = {}
    for term, reading, _, graded in graded_readings(one.case, table, one.judged_by.cut):
        if reading.value is not None:
            held.setdefault((term.short, term.analyte, table.standard), []).append((reading.on.latest, graded))
    last = _last_day(one)
    return {name: (_before(ones, first), _worst(ones, first, last)) for name, ones in held.items()}


def _last_day(one: Person) -> date:
    """The last safety day, where treatment has ended and the protocol says how long it is; else the cut-off."""
    cut, (_, days) = one.judged_by.cut, safety_endpoint(one.judged_by.protocol)
    if days is None or one.last_dose is None or one.on_treatment:
        return cut
    return min(cut, one.last_dose + timedelta(days=days))


def _before(ones: Sequence[tuple[date, Graded]], first: date) -> str:
    known = [graded for on, graded in ones if on <= first]
    return _told(known[-1].grade) if known else NO_VALUE


def _worst(ones: Iterable[tuple[date, Graded]], first: date, last: date) -> str:
    after = [graded for on, graded in ones if first < on <= last]
    if not after:
        return NO_VALUE
    worst = max((one.grade for one in after if one.grade is not None), default=None)
    open_ = [grade for one in after if one.grade is None for grade in _possible(one)]
    return _told(None if worst is None or any(grade > worst for grade in open_) else worst)


def _possible(one: Graded) -> Iterator[Grade]:
    """What a grade that is not known can be; anything where nothing was told."""
    return iter(one.possible or tuple(Grade(int(name)) for name in GRADES))


def _told(grade: Grade | None) -> str:
    return NOT_KNOWN if grade is None else str(grade.number)
