"""An encounter -> the days it is planned for, as known on a day; what has no date yet is told by `undated`.

Months and years are those of the calendar, always counted from the anchor: every 3 months after 30 November is the
last day of February, then 30 May. What counts from the end (`last_dose`, `end_of_treatment`) is planned once treatment
has ended. Courses not yet begun are planned as far as the regimen's limits and the horizon allow; the next one stays in
sight, called off, once treatment has ended. Read `planned`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from trialwright.core.protocol import CourseLimit, Encounter, Regimen
from trialwright.core.schedule.ending import end_of_treatment_plan
from trialwright.core.subject import Case, planned_last_day
from trialwright.core.terms import Duration

ENDS = ("last_dose", "end_of_treatment")


@dataclass(frozen=True)
class PlannedCourse:
    """A course begun, or one planned: its number, its day 1, and whether it has begun.

    `called_off` was the next one when treatment ended.
    """

    number: int
    day_1: date
    begun: bool
    length: Duration
    called_off: bool = False


@dataclass(frozen=True)
class Planned:
    """One planned contact: its key, the day it is due, the course it belongs to, and in words what it counts from.

    `awaited` says that its course has not begun: such a contact cannot be missed yet; `called_off` that it never will;
    `since` is the day it counts from.
    """

    key: str
    encounter: Encounter
    due: date
    why: str
    course: int | None = None
    awaited: bool = False
    called_off: bool = False
    since: date | None = None

    @cached_property
    def window(self) -> tuple[date, date]:
        """The first and the last day of its window, both included."""
        before, after = self.encounter.window
        return self.due - timedelta(days=before), self.due + timedelta(days=after)


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
    if not regimens or end_of_treatment_plan(case, on) is not None:
        return tuple(begun.values())
    return (*begun.values(), *_further(case, on, horizon, tuple(begun.values()), tuple(regimens.values())))


def called_off_course(case: Case, on: date, begun: tuple[PlannedCourse, ...]) -> PlannedCourse | None:
    """The course that was next when treatment ended, or the subject left."""
    ended = end_of_treatment_plan(case, on)
    regimens = case.protocol.regimens_of(case.record.arm)
    if ended is None or not regimens:
        return None
    following = next(_further(case, ended, None, begun, regimens), None)
    return replace(following, called_off=True) if following else None


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


def in_courses(courses: str, number: int) -> bool:
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
    off = called_off_course(case, on, courses)
    calendar = Calendar(courses if off is None else (*courses, off), on, end_of_treatment_plan(case, on))
    found = [
        one
        for encounter in case.protocol.encounters
        if is_for(encounter, case)
        for one in (
            _in_each_course(encounter, calendar, case)
            if encounter.anchor == "course"
            else _from_anchor(encounter, anchors, max(on, horizon or on))
        )
    ]
    return tuple(sorted(found, key=lambda one: one.due))


def is_for(encounter: Encounter, case: Case) -> bool:
    """Whether an encounter is for subjects of this site and arm."""
    at_site = not encounter.sites or case.record.site in encounter.sites
    return at_site and (not encounter.arms or case.protocol.arm_of(case.record.arm) in encounter.arms)


@dataclass(frozen=True)
class Calendar:
    """The courses of one subject as they stand on a day: those begun, those planned, the one called off.

    `ended` is the day from which no further course is planned.
    """

    courses: tuple[PlannedCourse, ...]
    on: date
    ended: date | None = None

    def next_after(self, course: PlannedCourse) -> PlannedCourse | None:
        """The course after this one, begun or planned."""
        return next((one for one in self.courses if one.number > course.number), None)


def _in_each_course(encounter: Encounter, calendar: Calendar, case: Case) -> Iterator[Planned]:
    """The day of each course named; the later days of a course that is overdue move with it."""
    if _has_its_place(encounter, calendar, case):
        return
    for course in calendar.courses:
        if in_courses(encounter.courses, course.number):
            yield from _in_course(encounter, course, calendar)


def _has_its_place(encounter: Encounter, calendar: Calendar, case: Case) -> bool:
    """Whether the encounter that this one would stand in for still has, or had, its own course."""
    if not encounter.instead_of:
        return False
    replaced = next((one for one in case.protocol.encounters if one.id == encounter.instead_of), None)
    if replaced is None:
        return False
    begun = any(one.begun and in_courses(replaced.courses, one.number) for one in calendar.courses)
    return begun or calendar.ended is None


def _in_course(encounter: Encounter, course: PlannedCourse, calendar: Calendar) -> Iterator[Planned]:
    """The days of one course."""
    day = encounter.day or 1
    day_1 = course.day_1 if course.begun or day == 1 or course.called_off else max(course.day_1, calendar.on)
    first = planned_last_day(day_1, day)
    began = f"began on {course.day_1}" if course.begun else f"is planned for {course.day_1}"
    why = f"day {day} of course {course.number}, which {began}"
    on_the_day = Duration(0, "days") if encounter.day else None
    end = encounter.until.after(day_1) if encounter.until else course.length.after(day_1) - timedelta(days=1)
    if encounter.through_delay:
        end = _end_of_delay(course, calendar)
        why += "; the next course is late"
    for number, due in _repeated(first, on_the_day, encounter.every, end, end):
        if due <= end or not encounter.through_delay:
            key = visit_key(encounter, course.number, number)
            yield Planned(key, encounter, due, why, course.number, not course.begun, course.called_off, day_1)


def _end_of_delay(course: PlannedCourse, calendar: Calendar) -> date:
    """The last day of a wait for the next course: the day before it began, or today while it is awaited.

    Before the next course is late nothing lies in a delay, and the end of treatment ends one.
    """
    following = calendar.next_after(course)
    if following is None or not course.begun:
        return course.day_1 - timedelta(days=1)
    if following.begun:
        return following.day_1 - timedelta(days=1)
    return min(max(following.day_1, calendar.on) - timedelta(days=1), calendar.ended or date.max)


def _from_anchor(encounter: Encounter, anchors: Mapping[str, date], shown: date) -> Iterator[Planned]:
    """The day so long after (or before) the anchor, and its repetitions."""
    start = anchors.get(encounter.anchor)
    if start is None or (encounter.anchor in ENDS and "end_of_treatment" not in anchors):
        return
    for number, due in _days_from(encounter, start, shown):
        yield Planned(visit_key(encounter, None, number), encounter, due, _why(encounter, start, number), since=start)


def _days_from(encounter: Encounter, start: date, shown: date) -> Iterator[tuple[int | None, date]]:
    """The days of an encounter counted from its anchor, with the number of each repetition."""
    offset = encounter.offset
    end = encounter.until.after(start) if encounter.until else None
    if encounter.before and offset:
        return iter([(None, offset.before(start))])
    return _repeated(start, offset, encounter.every, end, shown)


def first_days(encounter: Encounter, start: date) -> list[tuple[int | None, date]]:
    """The days an encounter would have if it counted from this day: from an anchor, or from day 1 of a course."""
    if encounter.anchor == "course":
        return [(None, planned_last_day(start, encounter.day or 1))]
    return list(_days_from(encounter, start, start))


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
