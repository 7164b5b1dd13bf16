"""What is listed participant by participant: screening failures, courses, assessments, medication.

Nothing is counted here; each row is one thing as recorded or as the core judged it. Read `listed_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from trialwright.adapters.reports.analysis.events import labelled
from trialwright.core.analysis import Gathered, Person
from trialwright.core.dosing.intensity import days_taken
from trialwright.core.response import Assessment
from trialwright.core.subject import Course, Observation, observations
from trialwright.core.terms import PartialDate


@dataclass(frozen=True)
class Failed:
    """One criterion that somebody failed in screening; without a clause the reason as recorded."""

    subject: str
    on: date
    clause: str
    words: str


@dataclass(frozen=True)
class CourseGiven:
    """One course: when, the dose, how many days it was taken, and whether it is lower than the course before."""

    subject: str
    group: str
    drug: str
    course: int
    day_1: date
    last_dose: date | None
    dose: str
    days: int | None
    decided: bool


@dataclass(frozen=True)
class Assessed:
    """One assessment of the disease."""

    subject: str
    group: str
    assessment: Assessment


@dataclass(frozen=True)
class Taken:
    """One medication beside the study drug."""

    subject: str
    group: str
    name: str
    start: PartialDate | None
    end: PartialDate | None
    ongoing: bool | None
    reason: str
    before: bool


@dataclass(frozen=True)
class Listed:
    """The listings; `assessed` is empty where the protocol names no way to assess the disease."""

    failures: tuple[Failed, ...]
    courses: tuple[CourseGiven, ...]
    assessed: tuple[Assessed, ...]
    medications: tuple[Taken, ...]


def listed_of(gathered: Gathered) -> Listed:
    """Everything that is listed, by participant and day."""
    people = list(labelled(gathered))
    return Listed(
        failures=tuple(row for one in gathered.people for row in _failures(gathered, one)),
        courses=tuple(_course(one, label, each) for one, label in people for each in one.courses),
        assessed=tuple(Assessed(one.subject, label, each) for one, label in people for each in one.assessments),
        medications=tuple(replace(row, group=label) for one, label in people for row in one.ask(medications)),
    )


def _failures(gathered: Gathered, one: Person) -> Iterator[Failed]:
    if not one.failed or one.registered:
        return
    on, why = one.failed
    clauses = dict.fromkeys(one.failed_clauses)
    for clause in clauses:
        yield Failed(one.subject, on, clause, gathered.clause_words(clause))
    if not clauses:
        yield Failed(one.subject, on, "", why)


def _course(one: Person, label: str, course: Course) -> CourseGiven:
    return CourseGiven(
        subject=one.subject,
        group=label,
        drug=course.drug,
        course=course.number,
        day_1=course.day_1,
        last_dose=course.last_dose,
        dose=str(course.dose),
        days=_days(course.exposures),
        decided=course.decided is not None,
    )


def _days(exposures: Sequence[Observation]) -> int | None:
    told = [days_taken(one) for one in exposures]
    known = [days for days in told if days is not None]
    return sum(known) if known and len(known) == len(told) else None


def medications(one: Person) -> tuple[Taken, ...]:
    """What a participant took beside the study drug, the group still to be told."""
    return tuple(_medications(one))


def _medications(one: Person) -> Iterator[Taken]:
    for each in observations(one.case.record, "medication", one.judged_by.cut):
        name = each.text("term") or each.text("code")
        if name:
            start = each.date_of("start")
            end = each.date_of("end")
            later = end is not None and end.earliest > one.judged_by.cut
            before = bool(start and one.first_dose and start.latest < one.first_dose)
            yield Taken(
                subject=one.subject,
                group="",
                name=name,
                start=start,
                end=None if later else end,
                ongoing=later or each.yes("ongoing"),
                reason=each.text("reason"),
                before=before,
            )
