"""One subject under one protocol version: the record with everything a rule needs to judge it on any day.

Decided here: which courses were given and when, and the dates that others count from (anchors). A course is what was
started by decision or taken in fact; its day 1 is the day the first dose was taken, where that is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from trialwright.core.conditions import Toxicity
from trialwright.core.ledger import CourseStarted, SubjectScreened, TreatmentEnded
from trialwright.core.protocol import Concept, StudyProtocol
from trialwright.core.subject.facts import SubjectFacts
from trialwright.core.subject.record import Observation, SubjectRecord, known_on, observations
from trialwright.core.subject.study import SiteRecord
from trialwright.core.terms import Quantity, Response, UnitTable


@dataclass(frozen=True)
class Course:
    """One course of one drug: its number, day 1, the dose, and what was taken of it.

    `decided` is the decision that started it, None where it was only taken; `taken` the exposure that was recorded.
    """

    drug: str
    number: int
    day_1: date
    dose: Quantity
    decided: CourseStarted | None = None
    taken: Observation | None = None

    @property
    def last_dose(self) -> date | None:
        """The day the last dose of the course was taken, where it is recorded."""
        last = self.taken.date_of("last_dose") if self.taken else None
        return last.exact if last else None

    def day(self, on: date) -> int:
        """The day of the course; day 1 is the first."""
        return (on - self.day_1).days + 1


@dataclass(frozen=True)
class Case:
    """A subject's record with its protocol, site and standards, and what was graded and assessed of it.

    `graded` and `assessed` are filled by `conduct` from `toxicity` and `response`; facts on a day see nothing later.
    """

    record: SubjectRecord
    protocol: StudyProtocol
    units: UnitTable
    concepts: Mapping[str, Concept]
    site: SiteRecord
    graded: tuple[Toxicity, ...] = ()
    assessed: tuple[tuple[date, Response], ...] = ()
    extra_anchors: Mapping[str, date] = field(default_factory=dict)

    def courses(self, on: date, drug: str | None = None) -> tuple[Course, ...]:
        """The courses begun by a day, in order of day 1; of one drug where it is named."""
        return tuple(one for one in self._courses if one.day_1 <= on and drug in (None, one.drug))

    @cached_property
    def _courses(self) -> tuple[Course, ...]:
        decided = {(event.drug, event.course): event for event in self.record.of_kind(CourseStarted)}
        taken = {
            (one.text("drug"), int(one.text("course"))): one
            for one in observations(self.record, "exposure")
            if one.text("course").isdigit() and one.text("drug")
        }
        found = [_course(key, decided.get(key), taken.get(key)) for key in {**decided, **taken}]
        return tuple(sorted((one for one in found if one), key=lambda one: (one.day_1, one.number)))

    def facts(self, on: date) -> SubjectFacts:
        """The subject's data as known on a day."""
        return SubjectFacts(
            record=known_on(self.record, on),
            on=on,
            units=self.units,
            concepts=self.concepts,
            sets={one.id: one for one in self.protocol.sets},
            site=self.site,
            graded=self.graded,
            assessed=self.assessed,
            anchors=self.anchors(on),
            numbers=self._numbers(on),
        )

    def anchors(self, on: date) -> Mapping[str, date]:
        """The dates others count from, as they stand on a day; what has not happened is not in it.

        `first_dose` is the planned one until the first course starts.
        """
        known = known_on(self.record, on)
        screened, registered = known.latest(SubjectScreened), known.registered
        ended, courses = known.latest(TreatmentEnded), self.courses(on)
        last = [one.last_dose for one in courses if one.last_dose and one.last_dose <= on]
        named = {
            "screening": screened.occurred if screened else None,
            "consent": self._consent(on) or (screened.occurred if screened else None),
            "registration": registered.occurred if registered else None,
            "first_dose": courses[0].day_1 if courses else registered.planned_first_dose if registered else None,
            "course_day_1": courses[-1].day_1 if courses else None,
            "last_dose": (ended.last_dose if ended else None) or max(last, default=None),
            "end_of_treatment": (ended.last_dose or ended.occurred) if ended else None,
        }
        return {**self.extra_anchors, **{name: day for name, day in named.items() if day is not None}}

    def _consent(self, on: date) -> date | None:
        given = [one.date_of("value") for one in observations(self.record, "consent_date", on)]
        return next((day.exact for day in reversed(given) if day and day.exact), None)

    def _numbers(self, on: date) -> Mapping[str, Quantity | int]:
        courses = self.courses(on)
        if not courses:
            return {}
        return {"course": courses[-1].number, "day": courses[-1].day(on), "dose": courses[-1].dose}


def _course(key: tuple[str, int], decided: CourseStarted | None, taken: Observation | None) -> Course | None:
    """A course needs a day 1 and a dose; an exposure without either is left to the findings."""
    first = taken.date_of("first_dose") if taken else None
    day_1 = (first.exact if first else None) or (decided.occurred if decided else None)
    dose = (taken.quantity("dose") if taken else None) or (decided.dose if decided else None)
    return Course(key[0], key[1], day_1, dose, decided, taken) if day_1 and dose else None


def planned_last_day(day_1: date, last: int) -> date:
    """The calendar day on which a day of the course falls, day 1 being the first."""
    return day_1 + timedelta(days=last - 1)
