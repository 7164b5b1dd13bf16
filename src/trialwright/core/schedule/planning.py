"""An encounter -> the days it is planned for, as known on a day; nothing is planned on a date that is not known.

Months and years are those of the calendar, always counted from the anchor: every 3 months after 30 November is the
last day of February, then 30 May. What counts from the end (`last_dose`, `end_of_treatment`) is planned once treatment
has ended. Courses not yet begun are planned as far as the regimen's limits and the horizon allow. Read `planned`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.ledger import StudyLeft, TreatmentEnded
from trialwright.core.protocol import CourseLimit, Encounter, Regimen
from trialwright.core.subject import Case, planned_last_day
from trialwright.core.terms import Duration

ENDS = ("last_dose", "end_of_treatment")


@dataclass(frozen=True)
class PlannedCourse:
    """A course begun, or one planned: its number, its day 1, and whether it has begun."""

    number: int
    day_1: date
    begun: bool
    length: Duration


@dataclass(frozen=True)
class Planned:
    """One planned contact: its key, the day it is due, the course it belongs to, and in words what it counts from.

    `awaited` says that its course has not begun: such a contact cannot be missed yet.
    """

    key: str
    encounter: Encounter
    due: date
    why: str
    course: int | None = None
    awaited: bool = False


# --- courses -----------------------------------------------------------------------------------------------------


def planned_courses(case: Case, on: date, horizon: date | None = None) -> tuple[PlannedCourse, ...]:
    """The courses begun by a day and those planned: the next one, and more up to the horizon where one is given.

    A course begins with the first drug of it; the next one is planned a cycle after the actual day 1.
    """
    begun: dict[int, PlannedCourse] = {}
    regimens = {one.drug: one for one in case.protocol.regimens_of(case.record.arm)}
    for course in case.courses(on):
        length = regimens[course.drug].cycle if course.drug in regimens else Duration(0, "days")
        begun.setdefault(course.number, PlannedCourse(course.number, course.day_1, True, length))
    if not regimens or not _may_go_on(case, on):
        return tuple(begun.values())
    return (*begun.values(), *_further(case, on, horizon, tuple(begun.values()), tuple(regimens.values())))


def _may_go_on(case: Case, on: date) -> bool:
    """Treatment goes on while nothing has ended it."""
    return not any(event.occurred <= on for kind in (TreatmentEnded, StudyLeft) for event in case.record.of_kind(kind))


def _further(
    case: Case, on: date, horizon: date | None, begun: tuple[PlannedCourse, ...], regimens: tuple[Regimen, ...]
) -> Iterator[PlannedCourse]:
    """The next course and those after it up to the horizon, none past the regimens' limits."""
    first_dose = case.anchors(on).get("first_dose")
    if first_dose is None:
        return
    shortest = min((one.cycle for one in regimens), key=lambda one: one.after(first_dose))
    cycle = begun[-1].length if begun else shortest
    number = max((one.number for one in begun), default=0) + 1
    day_1 = cycle.after(begun[-1].day_1) if begun else first_dose
    only_next = True
    while (only_next or (horizon is not None and day_1 <= horizon)) and _allowed(regimens, number, day_1, first_dose):
        yield PlannedCourse(number, day_1, False, cycle)
        number, day_1, only_next = number + 1, cycle.after(max(day_1, on) if only_next else day_1), False


def _allowed(regimens: tuple[Regimen, ...], number: int, day_1: date, first_dose: date) -> bool:
    """Some drug may still be given in this course."""
    return any(all(_within(limit, one, number, day_1, first_dose) for limit in one.limits) for one in regimens)


def _within(limit: CourseLimit, regimen: Regimen, number: int, day_1: date, first_dose: date) -> bool:
    """Whether a course stays inside a limit: so many courses, or its last day so long after the first dose."""
    if limit.courses is not None and number > limit.courses:
        return False
    last = planned_last_day(day_1, limit.last_day or regimen.days.last)
    return limit.within is None or last <= limit.within.after(first_dose)


def _in_courses(courses: str, number: int) -> bool:
    """Whether a course is among those named: "1", "2-4", "2-" (from the second on), "1, 3" or "all"."""
    return courses.strip() == "all" or any(_in_span(span, number) for span in courses.split(","))


def _in_span(span: str, number: int) -> bool:
    found = re.fullmatch(r"\s*(\d+)\s*(-)?\s*(\d+)?\s*", span)
    if not found:
        raise ValueError(f"{span!r} names no courses; write 1, 2-4, 2- or all")
    first, open_, last = found.groups()
    return int(first) <= number <= int(last or (number if open_ else first))


def is_one_course(encounter: Encounter) -> bool:
    """Whether an encounter in a course comes in one course alone, so that its key needs no number."""
    return encounter.courses.strip().isdigit()


def visit_key(encounter: Encounter, course: int | None = None, number: int | None = None) -> str:
    """The key of a visit: the encounter, with the course and the repetition where there are several.

    "baseline", "course_day_1.2" (course 2), "follow_up.1" (the first follow-up), "weekly_test.2.1".
    """
    parts = [encounter.id]
    parts += [str(course)] if course is not None and not is_one_course(encounter) else []
    parts += [str(number)] if number is not None else []
    return ".".join(parts)


# --- days --------------------------------------------------------------------------------------------------------


def planned(case: Case, on: date, horizon: date | None = None) -> tuple[Planned, ...]:
    """Every contact planned for a subject of this site and arm, in order of its day."""
    courses, anchors = planned_courses(case, on, horizon), case.anchors(on)
    found = [
        one
        for encounter in case.protocol.encounters
        if _is_for(encounter, case)
        for one in (
            _in_each_course(encounter, courses, on)
            if encounter.anchor == "course"
            else _from_anchor(encounter, anchors, max(on, horizon or on))
        )
    ]
    return tuple(sorted(found, key=lambda one: one.due))


def _is_for(encounter: Encounter, case: Case) -> bool:
    at_site = not encounter.sites or case.record.site in encounter.sites
    return at_site and (not encounter.arms or case.record.arm in encounter.arms)


def _in_each_course(encounter: Encounter, courses: tuple[PlannedCourse, ...], on: date) -> Iterator[Planned]:
    """The day of each course named; the later days of a course that is overdue move with it."""
    on_the_day = Duration(0, "days")
    for course in courses:
        if not _in_courses(encounter.courses, course.number):
            continue
        day = encounter.day or 1
        day_1 = course.day_1 if course.begun or day == 1 else max(course.day_1, on)
        first = planned_last_day(day_1, day)
        began = f"began on {course.day_1}" if course.begun else f"is planned for {course.day_1}"
        why = f"day {day} of course {course.number}, which {began}"
        end = encounter.until.after(day_1) if encounter.until else course.length.after(day_1) - timedelta(days=1)
        for number, due in _repeated(first, on_the_day if encounter.day else None, encounter.every, end, end):
            key = visit_key(encounter, course.number, number)
            yield Planned(key, encounter, due, why, course.number, not course.begun)


def _from_anchor(encounter: Encounter, anchors: Mapping[str, date], shown: date) -> Iterator[Planned]:
    """The day so long after (or before) the anchor, and its repetitions."""
    start = anchors.get(encounter.anchor)
    if start is None or (encounter.anchor in ENDS and "end_of_treatment" not in anchors):
        return
    offset = encounter.offset
    end = encounter.until.after(start) if encounter.until else None
    if encounter.before and offset:
        days: Iterator[tuple[int | None, date]] = iter([(None, offset.before(start))])
    else:
        days = _repeated(start, offset, encounter.every, end, shown)
    for number, due in days:
        yield Planned(visit_key(encounter, None, number), encounter, due, _why(encounter, start, number))


def _repeated(
    start: date, offset: Duration | None, every: Duration | None, end: date | None, shown: date
) -> Iterator[tuple[int | None, date]]:
    """One day, or each repetition with its number: up to the end where there is one, else the first one still to come.

    >>> list(_repeated(date(2025, 11, 30), None, Duration(3, "months"), date(2026, 5, 30), date(2026, 1, 1)))
    [(1, datetime.date(2026, 2, 28)), (2, datetime.date(2026, 5, 30))]
    """
    if every is None:
        yield None, offset.after(start) if offset else start
        return
    number, due = 1, (offset or every).after(start)
    while due <= end if end else True:
        yield number, due
        if end is None and due > shown:
            return
        number, due = number + 1, _later(start, offset, every, number)


def _later(start: date, offset: Duration | None, every: Duration, times: int) -> date:
    """So many intervals after the first day, counted from the anchor where both are of one kind."""
    if offset is None:
        return every.times(times + 1).after(start)
    first, step = _plain(offset), _plain(every)
    if first.unit == step.unit:
        return Duration(first.count + times * step.count, step.unit).after(start)
    return every.times(times).after(offset.after(start))


def _plain(duration: Duration) -> Duration:
    """Weeks as days, years as months."""
    if duration.days is not None:
        return Duration(duration.days, "days")
    return Duration(duration.count * (12 if duration.unit == "years" else 1), "months")


def _why(encounter: Encounter, start: date, number: int | None) -> str:
    anchor = encounter.anchor.replace("_", " ")
    side = "before" if encounter.before else "after"
    away = encounter.offset is not None and encounter.offset.count > 0
    told = f"{encounter.offset} {side} {anchor} ({start})" if away else f"the day of {anchor} ({start})"
    return told if encounter.every is None else f"every {encounter.every} after {anchor} ({start}), number {number}"
