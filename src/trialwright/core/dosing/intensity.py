"""Dose intensity: what was planned, what was taken, and their ratio, for each course and over all of them.

Planned is the protocol's own titration on every day of dosing, whatever rules lowered; taken is the dose of each
exposure on the days it was taken. By week both are divided by time: planned by the length of a course, taken by the
days from one day 1 to the next (a course delayed has more). Where an exposure is not recorded nothing is assumed: the
course is unknown, and so is every sum with it. Read `dose_intensity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from trialwright.core.dosing.amounts import Amounts
from trialwright.core.protocol import Regimen
from trialwright.core.subject import Case, Course, Observation, course_by
from trialwright.core.terms import UnitMismatch

DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class CourseIntensity:
    """One course: amounts in `unit`, days of dosing planned and taken, length in days; None is not known."""

    course: int
    day_1: date
    unit: str
    days_planned: int
    planned: Fraction
    length_planned: int
    days_taken: int | None = None
    given: Fraction | None = None
    length: int | None = None
    missing: tuple[str, ...] = ()

    @property
    def relative(self) -> Fraction | None:
        """Taken as a share of planned."""
        return None if self.given is None else self.given / self.planned

    @property
    def planned_per_week(self) -> Fraction:
        """The amount planned in a week."""
        return self.planned * DAYS_OF_A_WEEK / self.length_planned

    @property
    def given_per_week(self) -> Fraction | None:
        """The amount taken in a week of the time the course took; unknown while the course is under way."""
        return None if self.given is None or not self.length else self.given * DAYS_OF_A_WEEK / self.length


@dataclass(frozen=True)
class Intensity:
    """A drug over all courses that are over; a sum with an unknown course in it is unknown."""

    drug: str
    unit: str
    courses: tuple[CourseIntensity, ...]

    @property
    def planned(self) -> Fraction:
        """The amount planned for these courses."""
        return sum((one.planned for one in self.courses), Fraction(0))

    @property
    def given(self) -> Fraction | None:
        """The amount taken."""
        return _sum([one.given for one in self.courses])

    @property
    def relative(self) -> Fraction | None:
        """Taken as a share of planned, by amount."""
        return self.given / self.planned if self.given is not None and self.planned else None

    @property
    def planned_per_week(self) -> Fraction | None:
        """The amount planned in a week."""
        weeks = Fraction(sum(one.length_planned for one in self.courses), DAYS_OF_A_WEEK)
        return self.planned / weeks if weeks else None

    @property
    def given_per_week(self) -> Fraction | None:
        """The amount taken in a week of the time these courses took."""
        days = _sum([None if one.length is None else Fraction(one.length) for one in self.courses])
        return self.given * DAYS_OF_A_WEEK / days if self.given is not None and days else None

    @property
    def relative_per_week(self) -> Fraction | None:
        """Taken as a share of planned, by amount in a week: delays count."""
        taken, planned = self.given_per_week, self.planned_per_week
        return taken / planned if taken is not None and planned else None

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not known."""
        return tuple(item for one in self.courses for item in one.missing)


def dose_intensity(case: Case, regimen: Regimen, on: date) -> Intensity:
    """The intensity of a drug over the courses whose days of dosing are over by a day."""
    courses = case.courses(on, regimen.drug)
    amounts = Amounts.of(regimen.dose, case.units)
    over = [course_by(one, on) for one in courses if one.day(on) > regimen.days.last]
    return Intensity(regimen.drug, amounts.unit, tuple(_of_course(regimen, amounts, one, courses, on) for one in over))


def _of_course(
    regimen: Regimen, amounts: Amounts, course: Course, courses: Sequence[Course], on: date
) -> CourseIntensity:
    cycle = (regimen.cycle.after(course.day_1) - course.day_1).days
    days = _sum([None if (told := days_taken(one)) is None else Fraction(told) for one in course.exposures])
    days = days if course.exposures else None
    given = _given(regimen, amounts, course) if days is not None else None
    return CourseIntensity(
        course=course.number,
        day_1=course.day_1,
        unit=amounts.unit,
        days_planned=len(regimen.days),
        planned=Fraction(planned_amount(amounts, course.number)) * len(regimen.days) * regimen.frequency.per_day,
        length_planned=cycle,
        days_taken=None if days is None else int(days),
        given=given,
        length=_length(course, courses, cycle, on),
        missing=() if given is not None else (f"exposure of course {course.number} of {regimen.drug}",),
    )


def planned_amount(amounts: Amounts, course: int) -> Decimal:
    """The protocol's own dose of a course, as if no rule had ever changed it."""
    return amounts.at_most(amounts.start + (course - 1) * amounts.step)


def days_taken(exposure: Observation) -> int | None:
    """The days on which a dose was taken: as reported, else those from first to last that were not missed."""
    told = exposure.quantity("days_taken")
    if told is not None:
        return int(told.value)
    first, last, missed = (
        exposure.date_of("first_dose"),
        exposure.date_of("last_dose"),
        exposure.quantity("days_missed"),
    )
    if not first or not last or not first.exact or not last.exact or missed is None:
        return None
    return (last.exact - first.exact).days + 1 - int(missed.value)


def _given(regimen: Regimen, amounts: Amounts, course: Course) -> Fraction | None:
    return _sum([_amount(regimen, amounts, one) for one in course.exposures])


def _amount(regimen: Regimen, amounts: Amounts, exposure: Observation) -> Fraction | None:
    dose, days = exposure.quantity("dose"), days_taken(exposure)
    if dose is None or days is None:
        return None
    try:
        return Fraction(amounts.number(dose)) * days * regimen.frequency.per_day
    except UnitMismatch:
        return None


def _length(course: Course, courses: Sequence[Course], cycle: int, on: date) -> int | None:
    """From day 1 to the day before the next; the last course is as long as planned, once that time is over."""
    later = [one.day_1 for one in courses if one.day_1 > course.day_1]
    if later:
        return (min(later) - course.day_1).days
    return cycle if course.day(on) > cycle else None


def _sum(amounts: Sequence[Fraction | None]) -> Fraction | None:
    """All of them together; None where one is not known."""
    known = [one for one in amounts if one is not None]
    return sum(known, Fraction(0)) if len(known) == len(amounts) else None
