"""Dose intensity: what was planned, what was given, and their ratio, by participant and by group.

Planned is the protocol's dose of a course (start, a step each course, at most the maximum) on each of its days; given
is the dose of each exposure on the days it was taken. Courses that were begun count; one whose days of dosing are not
over at the cut-off, or whose days taken are not recorded, is left out of both and counted. Duration runs from the
first dose to the last, or to the cut-off while treatment goes on. Read `dose_intensity`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median

from trialwright.core.analysis.people import DoseChange, Gathered, Group, Person
from trialwright.core.protocol import Regimen
from trialwright.core.subject import Course, Observation
from trialwright.core.terms import Quantity, UnitMismatch

MedianAndRange = tuple[float, float, float]


@dataclass(frozen=True)
class Intensity:
    """One participant and drug: courses, days and amounts; `not_recorded` and `going_on` courses are in no sum."""

    subject: str
    group: str
    drug: str
    unit: str
    courses: int
    not_recorded: int
    days_planned: int
    days_taken: int
    planned: Decimal
    given: Decimal
    doses: tuple[str, ...]
    duration: int
    lowered: int
    going_on: int = 0

    @property
    def relative(self) -> float | None:
        """Given as a share of planned; None where no course can be counted."""
        return float(self.given / self.planned) if self.planned else None


@dataclass(frozen=True)
class IntensitySummary:
    """A group and drug: median and range of courses, days, amount and relative intensity; who was lowered or held."""

    group: str
    drug: str
    unit: str
    n: int
    courses: MedianAndRange
    duration: MedianAndRange
    given: MedianAndRange | None
    relative: MedianAndRange | None
    not_recorded: int
    lowered: int
    held: int
    going_on: int = 0


@dataclass(frozen=True)
class RuleCount:
    """One rule of the protocol that did something about a dose: in how many participants, how often, how often it won.

    `courses` are those before which it held.
    """

    clause: str
    words: str
    what: str
    participants: int
    courses: int
    decided: int


@dataclass(frozen=True)
class DoseAnalysis:
    """Every participant's intensity, the summaries, and every dose that a rule changed."""

    intensities: tuple[Intensity, ...]
    summaries: tuple[IntensitySummary, ...]
    changes: tuple[DoseChange, ...]
    rules: tuple[RuleCount, ...] = ()


def dose_intensity(gathered: Gathered) -> DoseAnalysis:
    """The doses of everyone treated."""
    rows = tuple(
        row
        for group in gathered.groups
        for one in group.where(treated=True)
        for regimen in gathered.versions.get(one.version, gathered.protocol).regimens_of(one.arm)
        for row in _intensity(one, group, regimen, gathered.cut)
    )
    keys = dict.fromkeys((row.group, row.drug) for row in rows)
    changes = tuple(change for one in gathered.treated for change in one.dose_changes)
    held = {(change.subject, change.drug) for change in changes if is_hold(change)}
    summaries = tuple(
        _summary(group, drug, [r for r in rows if (r.group, r.drug) == (group, drug)], held) for group, drug in keys
    )
    return DoseAnalysis(rows, summaries, changes, tuple(_rules(changes)))


def is_hold(change: DoseChange) -> bool:
    """Whether the rule held the dose back, whatever came after."""
    return change.what.startswith("hold")


def _rules(changes: Sequence[DoseChange]) -> Iterator[RuleCount]:
    """The rules by how many participants they touched."""
    keys = dict.fromkeys((one.clause, one.words, one.what) for one in changes)
    own = {key: [one for one in changes if (one.clause, one.words, one.what) == key] for key in keys}
    people = {key: {one.subject for one in ones} for key, ones in own.items()}
    for key in sorted(keys, key=lambda each: (-len(people[each]), each)):
        decided = sum(one.decided for one in own[key])
        yield RuleCount(*key, len(people[key]), sum(len(one.courses) for one in own[key]), decided)


def _intensity(one: Person, group: Group, regimen: Regimen, cut: date) -> list[Intensity]:
    courses = [course for course in one.courses if course.drug == regimen.drug]
    if not courses:
        return []
    over = [course for course in courses if course.day(cut) > regimen.days.last]
    counted = [(course, days) for course in over if (days := _days_taken(course)) is not None]
    unit, a_day = regimen.dose.start.unit, regimen.frequency.per_day
    return [
        Intensity(
            subject=one.subject,
            group=group.label,
            drug=regimen.drug,
            unit=unit,
            courses=len(courses),
            not_recorded=len(over) - len(counted),
            days_planned=len(regimen.days) * len(counted),
            days_taken=sum(days for _, days in counted),
            planned=sum((planned_dose(regimen, c.number) for c, _ in counted), Decimal(0)) * len(regimen.days) * a_day,
            given=sum((_given(one, course, unit) for course, _ in counted), Decimal(0)) * a_day,
            doses=tuple(str(course.dose) for course in courses),
            duration=_duration(one, courses, cut),
            lowered=sum(_is_lower(later.dose, earlier.dose, one) for earlier, later in pairwise(courses)),
            going_on=len(courses) - len(over),
        )
    ]


def _duration(one: Person, courses: Sequence[Course], cut: date) -> int:
    """Days from the first dose to the last one known, the first day counting as one."""
    last = max((course.last_dose for course in courses if course.last_dose), default=None)
    end = cut if one.on_treatment else last or one.last_dose or courses[-1].day_1
    return (max(min(end, cut), courses[0].day_1) - courses[0].day_1).days + 1


def _is_lower(later: Quantity, earlier: Quantity, one: Person) -> bool:
    """Whether a dose is lower than the one before; never where their units cannot be compared."""
    try:
        return later.in_unit(earlier.unit, one.units) < Fraction(earlier.value)
    except UnitMismatch:
        return False


def planned_dose(regimen: Regimen, course: int) -> Decimal:
    """The protocol's dose of a course, in the unit it starts with."""
    plan = regimen.dose
    step = plan.step.value if plan.step and plan.step.unit == plan.start.unit else Decimal(0)
    reached = plan.start.value + (course - 1) * step
    return min(reached, plan.maximum.value) if plan.maximum and plan.maximum.unit == plan.start.unit else reached


def _days_taken(course: Course) -> int | None:
    """The days on which a dose was taken; None where an exposure does not say, or none is recorded."""
    told = [_days(each) for each in course.exposures]
    known = [days for days in told if days is not None]
    return sum(known) if known and len(known) == len(told) else None


def _days(exposure: Observation) -> int | None:
    taken = exposure.quantity("days_taken")
    if taken is not None:
        return int(taken.value)
    first, last, missed = (
        exposure.date_of("first_dose"),
        exposure.date_of("last_dose"),
        exposure.quantity("days_missed"),
    )
    if first and last and first.exact and last.exact and missed is not None:
        return (last.exact - first.exact).days + 1 - int(missed.value)
    return None


def _given(one: Person, course: Course, unit: str) -> Decimal:
    return sum(
        (_amount(one, each.quantity("dose"), unit) * (_days(each) or 0) for each in course.exposures), Decimal(0)
    )


def _amount(one: Person, dose: Quantity | None, unit: str) -> Decimal:
    if dose is None:
        return Decimal(0)
    try:
        exact = dose.in_unit(unit, one.units)
    except UnitMismatch:
        return Decimal(0)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _summary(group: str, drug: str, rows: Sequence[Intensity], held: Container[tuple[str, str]]) -> IntensitySummary:
    relative = [row.relative for row in rows if row.relative is not None]
    given = [float(row.given) for row in rows if row.planned]
    return IntensitySummary(
        group=group,
        drug=drug,
        unit=rows[0].unit,
        n=len(rows),
        courses=_median_and_range([float(row.courses) for row in rows]),
        duration=_median_and_range([float(row.duration) for row in rows]),
        given=_median_and_range(given) if given else None,
        relative=_median_and_range(relative) if relative else None,
        not_recorded=sum(row.not_recorded for row in rows),
        lowered=sum(row.lowered > 0 for row in rows),
        held=sum((row.subject, row.drug) in held for row in rows),
        going_on=sum(row.going_on for row in rows),
    )


def _median_and_range(values: Sequence[float]) -> MedianAndRange:
    return median(values), min(values), max(values)
