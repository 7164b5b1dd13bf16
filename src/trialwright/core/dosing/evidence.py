"""A case's data as they stood on each day (`conditions.Facts`), read from the record once and looked at many times.

A day on which a course starts is seen as it was before its first dose: the course before it is still the last one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from trialwright.core.conditions import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    Episode,
    FirstKnown,
    GradeIs,
    IfThen,
    Not,
    Reading,
    Toxicity,
)
from trialwright.core.subject import Case, Course, Observation, SubjectFacts, codes_of, episode, observations
from trialwright.core.terms import Quantity, Response, UnitTable

NEVER = AnyOf(())
"""The condition that is never met."""


@dataclass(frozen=True)
class Data:
    """All data of a case up to a day, kept as they are first asked for."""

    case: Case
    until: date
    _readings: dict[str, tuple[Reading, ...]] = field(default_factory=dict)
    _episodes: dict[str, tuple[tuple[date, Episode], ...]] = field(default_factory=dict)
    _reviews: dict[str, tuple[date, ...]] = field(default_factory=dict)

    @cached_property
    def whole(self) -> SubjectFacts:
        """The facts of the last day."""
        return self.case.facts(self.until)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days on which something was recorded to have been, begun or ended, in order."""
        seen = {one.on.earliest for concept in self.case.record.items for one in self._of(concept)}
        seen |= {one.onset.earliest for one in self.case.graded} | {one[0] for one in self.case.assessed}
        seen |= {one.end.earliest for one in self.case.graded if one.end}
        return tuple(sorted(day for day in seen if day <= self.until))

    def _of(self, concept: str) -> tuple[Observation, ...]:
        return observations(self.case.record, concept, self.until)

    def on(self, day: date, after: date | None = None) -> DayFacts:
        """The data as they stood on a day; only those after another day, where that is asked."""
        return DayFacts(self, day, after)

    def readings(self, concept: str) -> tuple[Reading, ...]:
        """Every reading of a concept."""
        if concept not in self._readings:
            self._readings[concept] = tuple(self.whole.readings(concept))
        return self._readings[concept]

    def episodes(self, set_name: str) -> tuple[tuple[date, Episode], ...]:
        """Every episode of a set, each with the day it was there to be seen."""
        if set_name not in self._episodes:
            wanted = codes_of(set_name, self.whole.sets)
            found = [(one.on.earliest, episode(one)) for one in self._of(wanted.concept)]
            self._episodes[set_name] = tuple((day, one) for day, one in found if not one.code or one.code in wanted)
        return self._episodes[set_name]

    def reviews(self, set_name: str) -> tuple[date, ...]:
        """The days on which someone asked for records of this kind."""
        if set_name not in self._reviews:
            concept = codes_of(set_name, self.whole.sets).concept
            asked = [one.on.latest for one in self._of(f"{concept}_review") if one.text("value")]
            self._reviews[set_name] = tuple(sorted(asked))
        return self._reviews[set_name]

    def courses_before(self, day: date) -> tuple[Course, ...]:
        """The courses that began before a day."""
        return tuple(one for one in self.case.courses(day) if one.day_1 < day)


@dataclass(frozen=True)
class DayFacts:
    """The data of one day, before any dose of a course that starts on it; `after` leaves out what is not later."""

    data: Data
    on: date
    after: date | None = None

    @property
    def units(self) -> UnitTable:
        """The table of units."""
        return self.data.case.units

    def readings(self, concept: str) -> Sequence[Reading]:
        """The readings up to the day."""
        return [
            one for one in self.data.readings(concept) if one.on.earliest <= self.on and self._late(one.on.earliest)
        ]

    def episodes(self, set_name: str) -> Sequence[Episode]:
        """The episodes there to be seen on the day."""
        return [one for day, one in self.data.episodes(set_name) if day <= self.on]

    def reviewed(self, set_name: str) -> date | None:
        """The last review up to the day."""
        asked = [day for day in self.data.reviews(set_name) if day <= self.on and self._late(day)]
        return max(asked, default=None)

    def anchor(self, name: str) -> date | None:
        """The date of an anchor as it stood before a course of the day began."""
        return self._anchors.get(name)

    def number(self, name: str) -> Quantity | int | None:
        """Course, day and dose of the last course that began before the day."""
        courses = self.data.courses_before(self.on)
        if not courses:
            return None
        last = courses[-1]
        told: Mapping[str, Quantity | int] = {"course": last.number, "day": last.day(self.on), "dose": last.dose}
        return told.get(name)

    def toxicities(self) -> Sequence[Toxicity]:
        """The toxicities up to the day."""
        return [one for one in self.data.case.graded if one.onset.earliest <= self.on]

    def responses(self) -> Sequence[tuple[date, Response]]:
        """The responses up to the day."""
        return [one for one in self.data.case.assessed if one[0] <= self.on]

    def _late(self, day: date) -> bool:
        return self.after is None or day > self.after

    @cached_property
    def _anchors(self) -> Mapping[str, date]:
        before = self.data.courses_before(self.on)
        named = dict(self.data.case.anchors(self.on))
        named.pop("course_day_1", None)
        return {**named, "course_day_1": before[-1].day_1} if before else named


def before_any_dose(condition: Condition) -> Condition:
    """The condition as it stands before the first dose: no toxicity of treatment or of a course can have been."""
    match condition:
        case GradeIs(related=related, during=during):
            return NEVER if related or during == "course" else condition
        case All(of):
            return All(tuple(before_any_dose(part) for part in of))
        case AnyOf(of):
            return AnyOf(tuple(before_any_dose(part) for part in of))
        case AtLeast(count, of):
            return AtLeast(count, tuple(before_any_dose(part) for part in of))
        case FirstKnown(of):
            return FirstKnown(tuple(before_any_dose(part) for part in of))
        case Not(of=part):
            return Not(before_any_dose(part))
        case IfThen(when, then):
            return IfThen(before_any_dose(when), before_any_dose(then))
    return condition
