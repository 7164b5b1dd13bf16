"""One subject under one protocol version: the record with everything a rule needs to judge it on any day.

Decided here: which courses were given and when, and the dates that others count from (anchors). A course is what was
started by decision or taken in fact; its day 1 is the day the first dose was taken, where that is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from trialwright.core.conditions import Toxicity
from trialwright.core.ledger import ConsentWithdrawn, CourseStarted, Event, StudyLeft, SubjectScreened, TreatmentEnded
from trialwright.core.protocol import Concept, ConceptSet, PersonQuestion, StudyProtocol
from trialwright.core.subject.facts import SubjectFacts
from trialwright.core.subject.items import Observation
from trialwright.core.subject.record import SubjectRecord, known_on, observations
from trialwright.core.subject.standing import left, treatment_over
from trialwright.core.subject.study import SiteRecord
from trialwright.core.terms import Duration, Quantity, Response, UnitTable


@dataclass(frozen=True)
class Course:
    """One course of one drug: its number, day 1, the dose, and what was taken of it.

    `decided` is the decision that started it, None where it was only taken; `taken` the latest exposure recorded, and
    `exposures` every one of them: a course resumed at a lower dose has two. `dose` is the one taken last.
    """

    drug: str
    number: int
    day_1: date
    dose: Quantity
    decided: CourseStarted | None = None
    taken: Observation | None = None
    exposures: tuple[Observation, ...] = ()

    @cached_property
    def last_dose(self) -> date | None:
        """The day the last dose of the course was taken, where it is recorded."""
        return max(_days(self.exposures, "last_dose"), default=None)

    def day(self, on: date) -> int:
        """The day of the course; day 1 is the first."""
        return (on - self.day_1).days + 1


@dataclass(frozen=True)
class Case:
    """A subject's record with its protocol, site and standards, and what was graded and assessed of it.

    `graded` and `assessed` are filled by `conduct` from `toxicity` and `response`; facts on a day see nothing later.
    `flares` are the days of assessments whose progression may be a flare and is not confirmed.
    """

    record: SubjectRecord
    protocol: StudyProtocol
    units: UnitTable
    concepts: Mapping[str, Concept]
    site: SiteRecord
    graded: tuple[Toxicity, ...] = ()
    assessed: tuple[tuple[date, Response], ...] = ()
    flares: frozenset[date] = frozenset()
    extra_anchors: Mapping[str, date] = field(default_factory=dict)
    earlier_tables: tuple[Any, ...] = ()
    """The grade tables of versions the subject was on before (`toxicity.EarlierTable`), oldest first."""
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was derived from this case already, kept by whoever derived it; another case starts with none."""

    def courses(self, on: date, drug: str | None = None) -> tuple[Course, ...]:
        """The courses begun by a day, in order of day 1; of one drug where it is named."""
        return tuple(one for one in self._courses if one.day_1 <= on and drug in (None, one.drug))

    @cached_property
    def _courses(self) -> tuple[Course, ...]:
        decided = {(event.drug, event.course): event for event in self.record.of_kind(CourseStarted)}
        taken: dict[tuple[str, int], list[Observation]] = {}
        for one in observations(self.record, "exposure"):
            if one.text("course").isdigit() and one.text("drug"):
                taken.setdefault((one.text("drug"), int(one.text("course"))), []).append(one)
        found = [_course(key, decided.get(key), taken.get(key, [])) for key in {**decided, **taken}]
        return tuple(sorted((one for one in found if one), key=lambda one: (one.day_1, one.number)))

    def facts(self, on: date) -> SubjectFacts:
        """The subject's data as known on a day."""
        return SubjectFacts(
            record=known_on(self.record, on),
            on=on,
            units=self.units,
            concepts=self.concepts,
            sets=self._sets,
            site=self.site,
            graded=self.graded,
            assessed=self.assessed,
            flares=self.flares,
            anchors=self.anchors(on),
            numbers=self._numbers(on),
            questions=self._questions,
            reviews_count=self._reviews_count,
            memo=self.memo,
        )

    @cached_property
    def _sets(self) -> Mapping[str, ConceptSet]:
        return {one.id: one for one in self.protocol.sets}

    @cached_property
    def _questions(self) -> Mapping[str, PersonQuestion]:
        return {one.id: one for one in self.protocol.asks}

    @cached_property
    def _reviews_count(self) -> Mapping[str, Duration]:
        return {one.of: one.valid_for for one in self.protocol.reviews}

    def anchors(self, on: date) -> Mapping[str, date]:
        """The dates others count from, as they stand on a day; what has not happened is not in it.

        `first_dose` is the planned one until the first course starts.
        """
        key = ("anchors", on)
        if key not in self.memo:
            self.memo[key] = self._anchors(on)
        found: Mapping[str, date] = self.memo[key]
        return found

    def _anchors(self, on: date) -> Mapping[str, date]:
        """The anchors that have happened by a day; worked out once for each."""
        known = known_on(self.record, on)
        screened, registered = known.latest(SubjectScreened), known.registered
        ended, courses = known.latest(TreatmentEnded), self.courses(on)
        taken = max((one.last_dose for one in courses if one.last_dose and one.last_dose <= on), default=None)
        last = (ended.last_dose if ended else None) or (taken if not ended or _taken_to_the_end(courses) else None)
        over = ended or self._treated_no_more(known, on)
        named = {
            "screening": screened.occurred if screened else None,
            "consent": self._consent(on) or (screened.occurred if screened else None),
            "registration": registered.occurred if registered else None,
            "first_dose": courses[0].day_1 if courses else registered.planned_first_dose if registered else None,
            "course_day_1": courses[-1].day_1 if courses else None,
            "last_dose": last,
            "end_of_treatment": (last or over.occurred) if over else None,
        }
        return {**self.extra_anchors, **{name: day for name, day in named.items() if day is not None}}

    def _treated_no_more(self, known: SubjectRecord, on: date) -> Event | None:
        """Treatment over by a withdrawal, or by a loss after which the subject was found again: follow-up stays."""
        if not any(isinstance(one, (StudyLeft, ConsentWithdrawn)) for one in known.milestones):
            return None
        return treatment_over(known, on) if left(known, on) is None else None

    def died(self, on: date) -> date | None:
        """The day of death as recorded, the latest it can have been where it is partial; None where none is known."""
        told = [one.on.latest for one in observations(self.record, "death", on) if one.values]
        told += [one.on.latest for one in observations(self.record, "vital_status", on) if one.text("value") == "dead"]
        return min((min(day, on) for day in told), default=None)

    def _consent(self, on: date) -> date | None:
        given = [one.date_of("value") for one in observations(self.record, "consent_date", on)]
        return next((day.exact for day in reversed(given) if day and day.exact), None)

    def _numbers(self, on: date) -> Mapping[str, Quantity | int]:
        courses = self.courses(on)
        if not courses:
            return {}
        return {"course": courses[-1].number, "day": courses[-1].day(on), "dose": courses[-1].dose}


def _taken_to_the_end(courses: Sequence[Course]) -> bool:
    """Whether the last dose of the last course is recorded, so that no later one can have been taken."""
    given = [one for one in courses if one.taken is None or one.taken.text("days_taken") != "0"]
    return all(one.last_dose for one in given if one.number == given[-1].number)


def _course(key: tuple[str, int], decided: CourseStarted | None, taken: Sequence[Observation]) -> Course | None:
    """A course needs a day 1 and a dose; an exposure without either is left to the findings.

    Its day 1 is the day the first dose was taken; its dose the one that was taken last.
    """
    in_order = sorted(taken, key=lambda one: (_first_day(one), one.event.seq))
    day_1 = min(_days(in_order, "first_dose"), default=decided.occurred if decided else None)
    doses = [dose for one in in_order if (dose := one.quantity("dose"))]
    dose = doses[-1] if doses else decided.dose if decided else None
    if day_1 is None or dose is None:
        return None
    return Course(key[0], key[1], day_1, dose, decided, in_order[-1] if in_order else None, tuple(in_order))


END_OF_EXPOSURE = ("last_dose", "days_taken", "days_missed")
"""What is known of an exposure only once it is over."""


def course_by(course: Course, on: date) -> Course:
    """The course as it was known on a day: of what was still being taken, neither the end nor the days.

    It keeps the dose it began with until the next exposure has begun.
    """
    told = tuple(_exposure_by(one, on) for one in course.exposures if _first_day(one) <= on)
    if told == course.exposures:
        return course
    return _course((course.drug, course.number), course.decided, told) or course


def _exposure_by(exposure: Observation, on: date) -> Observation:
    if _over(exposure, on):
        return exposure
    kept = {name: value for name, value in exposure.values.items() if name not in END_OF_EXPOSURE}
    return replace(exposure, values=kept)


def _over(exposure: Observation, on: date) -> bool:
    """Whether its last day had come, or, where none is told, as many days as doses were taken on."""
    last, days = exposure.date_of("last_dose"), exposure.quantity("days_taken")
    if last is not None:
        return last.earliest <= on
    return days is None or days.value <= (on - _first_day(exposure)).days + 1


def _days(exposures: Iterable[Observation], name: str) -> list[date]:
    """The days of a field of the exposures, where they are known to the day."""
    return [day.exact for one in exposures if (day := one.date_of(name)) and day.exact]


def _first_day(exposure: Observation) -> date:
    return (exposure.date_of("first_dose") or exposure.on).earliest


def planned_last_day(day_1: date, last: int) -> date:
    """The calendar day on which a day of the course falls, day 1 being the first."""
    return day_1 + timedelta(days=last - 1)
