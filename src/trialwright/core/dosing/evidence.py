"""A case's data as they stood on each day (`conditions.Facts`), read from the record once and looked at many times.

A day on which a course starts is seen as it was before its first dose: the course before it is still the last one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from trialwright.core.conditions import Episode, GradeIs, Limit, Reading, Review, Toxicity
from trialwright.core.conditions.constructs import OPERATORS
from trialwright.core.conditions.toxicities import is_term
from trialwright.core.conditions.values import latest_of
from trialwright.core.dosing.asked import Asked
from trialwright.core.subject import (
    Case,
    Course,
    Observation,
    SubjectFacts,
    codes_of,
    episode,
    named_codes,
    observations,
    placed,
)
from trialwright.core.terms import Answer, Grade, Quantity, Response, UnitTable, Verdict


@dataclass(frozen=True)
class Data:
    """All data of a case up to a day, kept as they are first asked for."""

    case: Case
    until: date
    _readings: dict[str, Series] = field(default_factory=dict)
    _episodes: dict[str, tuple[tuple[date, Episode], ...]] = field(default_factory=dict)
    _reviews: dict[str, tuple[Review, ...]] = field(default_factory=dict)
    _days: dict[tuple[date, date | None], DayFacts] = field(default_factory=dict)
    answers: dict[tuple[int, date, date | None], Answer] = field(default_factory=dict, repr=False)
    """What was judged already: which condition, on which day, by the data after which day."""
    latest: dict[tuple[int, int], tuple[Verdict, date | None]] = field(default_factory=dict, repr=False)
    """What the latest values say of a condition, by the last of them, and until when they count."""
    told: dict[tuple[int, date], Verdict] = field(default_factory=dict, repr=False)
    """Verdicts without their words: which condition, on which day."""
    _of_grade: dict[int, tuple[Toxicity, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, case: Case, until: date) -> Data:
        """The data of a case up to a day, put together once for each case and day."""
        held: Data = case.memo.setdefault(("dosing data", until), cls(case, until))
        return held

    @classmethod
    def that_tell_of(cls, case: Case, on: date) -> Data:
        """The data by which a day is judged: those up to a later day, where they read alike on both days."""
        held: dict[date, Data] = case.memo.setdefault(("all dosing data",), {})
        later = (known for until, known in held.items() if until >= on and known.read_alike_on(on))
        found = next(later, None)
        if found is None:
            found = held[on] = cls.of(case, on)
        return found

    def read_alike_on(self, day: date) -> bool:
        """Whether what was recorded by a day reads the same on that day as now.

        It does not where a date known in part runs past it, nor where sex, birth or age were recorded since.
        """
        return day == self.until or (day >= self._dated_since and self._person(day) == self._person(self.until))

    @cached_property
    def _dated_since(self) -> date:
        """The day since which every datum is known to its day."""
        of_all = (one for concept in self.case.record.items for one in self._of(concept))
        return max((one.on.latest for one in of_all if one.on.exact is None), default=date.min)

    def _person(self, day: date) -> tuple[object, ...]:
        """What the limits and the age of a subject are told by."""
        told = tuple(observations(self.case.record, concept, day) for concept in ("sex", "birth_date", "age"))
        return *told, self.case.anchors(day).get("consent", day)

    @cached_property
    def whole(self) -> SubjectFacts:
        """The facts of the last day."""
        return self.case.facts(self.until)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days on which something was recorded to have been, begun or ended, in order."""
        reported = [one for one in self.case.graded if not one.laboratory]
        seen = {one.on.earliest for concept in self.case.record.items for one in self._of(concept)}
        seen |= {one.onset.earliest for one in reported} | {one[0] for one in self.case.assessed}
        seen |= {one.end.earliest + timedelta(days=1) for one in reported if one.end}
        return tuple(sorted(day for day in seen if day <= self.until))

    @cached_property
    def contacts(self) -> frozenset[date]:
        """The days on which someone recorded something of the subject, whatever days it tells of."""
        return frozenset(form.occurred for form in self.case.record.forms)

    @cached_property
    def asked(self) -> Asked:
        """What is asked of treatment."""
        return Asked.of(self.case.protocol)

    @cached_property
    def toxicities(self) -> tuple[Toxicity, ...]:
        """The toxicities that can meet some condition about treatment."""
        return tuple(
            one for one in self.case.graded if any(_may_meet(one, part) for part in self.asked.of_term(one.term))
        )

    def toxicities_of(self, wanted: GradeIs) -> tuple[Toxicity, ...]:
        """The toxicities that can meet a condition, each looked at once."""
        name = self.asked.name_of(wanted)
        if name not in self._of_grade:
            self._of_grade[name] = tuple(one for one in self.toxicities if _may_meet(one, wanted))
        return self._of_grade[name]

    def reach(self, concept: str) -> timedelta | None:
        """How far back before the latest value any condition about treatment looks; None is all the way."""
        return self.asked.reaches.get(concept, timedelta(0))

    def _of(self, concept: str) -> tuple[Observation, ...]:
        return observations(self.case.record, concept, self.until)

    def on(self, day: date, after: date | None = None) -> DayFacts:
        """The data as they stood on a day; only those after another day, where that is asked."""
        held: DayFacts | None = self._days.get((day, after))
        if held is None:
            held = self._days[day, after] = DayFacts(self, day, after)
        return held

    def readings(self, concept: str) -> Series:
        """Every reading of a concept."""
        if concept not in self._readings:
            self._readings[concept] = Series(tuple(self.whole.readings(concept)))
        return self._readings[concept]

    def episodes(self, set_name: str) -> tuple[tuple[date, Episode], ...]:
        """Every episode of a set, each with the day it was there to be seen."""
        if set_name not in self._episodes:
            wanted = codes_of(set_name, self.whole.sets)
            named = named_codes(wanted.concept, self.whole.sets, self.whole.concepts)
            found = [(one.on.earliest, placed(episode(one), wanted, named)) for one in self._of(wanted.concept)]
            self._episodes[set_name] = tuple((day, one) for day, one in found if one)
        return self._episodes[set_name]

    def reviews(self, set_name: str) -> tuple[Review, ...]:
        """Each time someone asked for records of this kind, oldest first."""
        if set_name not in self._reviews:
            self._reviews[set_name] = tuple(sorted(self.whole.reviews(set_name), key=lambda one: one.on))
        return self._reviews[set_name]

    def courses_before(self, day: date) -> tuple[Course, ...]:
        """The courses that began before a day."""
        return tuple(one for one in self.case.courses(day) if one.day_1 < day)


@dataclass(frozen=True)
class Series:
    """The readings of one concept; where each is known to the day they are found by their day."""

    readings: tuple[Reading, ...]
    _latest: dict[int, Sequence[Reading]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _days(self) -> list[date] | None:
        days = [one.on.exact for one in self.readings]
        known = [day for day in days if day]
        return known if len(known) == len(days) and known == sorted(known) else None

    def none_by(self, day: date) -> bool:
        """Whether there is no reading that can be of this day or an earlier one."""
        return not self.readings or bool(self._days and self._days[0] > day)

    def latest(self, day: date) -> int | None:
        """The place of the last reading of the latest day with one, up to a day; None where a day is not known."""
        days = self._days
        at = bisect_right(days, day) - 1 if days else -1
        return None if days is None or at < 0 else at

    def of_its_day(self, at: int) -> Sequence[Reading]:
        """The readings that may be the latest of the day of a reading which is the last of it."""
        if at not in self._latest:
            assert self._days is not None, "asked only where every day is known"
            first = bisect_left(self._days, self._days[at])
            self._latest[at] = (self.readings[at],) if first == at else latest_of(self.readings[first : at + 1])
        return self._latest[at]

    def day(self, at: int) -> date:
        """The day of a reading."""
        return self.readings[at].on.earliest

    def up_to(self, day: date, after: date | None, reach: timedelta | None) -> Sequence[Reading]:
        """The readings up to a day and after another, as far back as is looked, and those of the day before that."""
        days = self._days
        if days is None:
            known = [one for one in self.readings if one.on.earliest <= day]
            return known if after is None else [one for one in known if one.on.earliest > after]
        end, first = bisect_right(days, day), 0
        if after is not None:
            first = bisect_right(days, after)
        elif reach is not None and end:
            first = bisect_left(days, days[end - 1] - reach)
            first = bisect_left(days, days[first - 1]) if first else 0
        return self.readings[first:end]


def _may_meet(one: Toxicity, wanted: GradeIs) -> bool:
    """Whether it is of the term and kind asked for, and its grade, or one it can have, lies in the limit."""
    if wanted.laboratory not in (None, one.laboratory) or not is_term(one.term, wanted.term):
        return False
    if wanted.related is not None and one.related is (not wanted.related):
        return False
    grades = (one.grade,) if one.grade else one.possible
    return not grades or any(_within(grade, wanted.limit) for grade in grades)


def _within(grade: Grade, limit: Limit) -> bool:
    return all(OPERATORS[sign](grade.number, bound.value) for sign, bound in limit.comparisons)


def let_go(case: Case) -> None:
    """Take apart what was derived of a case that nobody asks any more: its data and their days hold each other."""
    for held in case.memo.values():
        if isinstance(held, Data):
            held._days.clear()
    case.memo.clear()


@dataclass(frozen=True)
class DayFacts:
    """The data of one day, before any dose of a course that starts on it; `after` leaves out what is not later.

    `asked` is a day that counts as a review of adverse events, in a course in which nobody was seen since day 1.
    """

    data: Data
    on: date
    after: date | None = None
    asked: date | None = None

    @property
    def units(self) -> UnitTable:
        """The table of units."""
        return self.data.case.units

    def readings(self, concept: str) -> Sequence[Reading]:
        """The readings up to the day, as far back as any condition about treatment looks."""
        return self.data.readings(concept).up_to(self.on, self.after, self.data.reach(concept))

    def episodes(self, set_name: str) -> Sequence[Episode]:
        """The episodes there to be seen on the day."""
        return [one for day, one in self.data.episodes(set_name) if day <= self.on]

    def reviewed(self, set_name: str) -> Review | None:
        """The last review up to the day."""
        if self.asked and set_name == "adverse_event":
            return Review(self.asked)
        return next((one for one in reversed(self.data.reviews(set_name)) if self._sees(one.on)), None)

    def anchor(self, name: str) -> date | None:
        """The date of an anchor as it stood before a course of the day began."""
        if name == "course_day_1":
            return self._before[-1].day_1 if self._before else None
        return self._anchors.get(name)

    def number(self, name: str) -> Quantity | int | None:
        """Course, day and dose of the last course that began before the day."""
        if not self._before:
            return None
        last = self._before[-1]
        told: Mapping[str, Quantity | int] = {"course": last.number, "day": last.day(self.on), "dose": last.dose}
        return told.get(name)

    def toxicities(self) -> Sequence[Toxicity]:
        """The toxicities up to the day."""
        return self._toxicities

    def responses(self) -> Sequence[tuple[date, Response]]:
        """The responses up to the day."""
        return [one for one in self.data.case.assessed if one[0] <= self.on]

    def may_be_flare(self, day: date) -> bool:
        """Whether the progression assessed on a day may be a flare."""
        return day in self.data.case.flares

    def _sees(self, day: date) -> bool:
        return day <= self.on and (self.after is None or day > self.after)

    @cached_property
    def _toxicities(self) -> Sequence[Toxicity]:
        return [one for one in self.data.toxicities if one.onset.earliest <= self.on]

    @cached_property
    def _before(self) -> tuple[Course, ...]:
        return self.data.courses_before(self.on)

    @cached_property
    def _anchors(self) -> Mapping[str, date]:
        return self.data.case.anchors(self.on)
