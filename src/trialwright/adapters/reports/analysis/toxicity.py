"""Toxicity beyond the worst grade of each term: by class, related to treatment or not, and course by course.

What emerged under treatment is the core's answer (`emergences`); the class of a term is the one its grade table has.
A term is related where the investigator related any event of it; a laboratory value was attributed by nobody. A
participant counts once for each term, class and course. Read `toxicity_of`, then `TermCount`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.analysis import Gathered, Group, Person, safety_endpoint
from trialwright.core.bundle import Standards
from trialwright.core.subject import Course
from trialwright.core.terms import Grade, Verdict, any_of
from trialwright.core.toxicity import Emergence, ToxicityTable, emergences, short_name

SEVERE = Grade(3)
OTHER = "Not in the table of grades"


@dataclass(frozen=True)
class Had:
    """One term of one participant: its worst grade, whether it is related, and the worst grade that is."""

    subject: str
    term: str
    organ_class: str
    worst: Grade | None
    related: Verdict
    related_worst: Grade | None

    @property
    def severe(self) -> bool:
        """Whether its worst grade is known to be 3 or more."""
        return self.worst is not None and self.worst >= SEVERE

    @property
    def related_severe(self) -> bool:
        """Whether it was related at grade 3 or more."""
        return self.related is Verdict.MET and self.related_worst is not None and self.related_worst >= SEVERE


@dataclass(frozen=True)
class TermCount:
    """Participants of a group with a term, with any of a class where `term` is empty, or with any where both are."""

    organ_class: str
    term: str
    group: str
    n: int
    any_grade: int
    severe: int
    related: int
    related_severe: int
    unrelated: int
    unsaid: int


@dataclass(frozen=True)
class CourseCount:
    """The participants of a group who began a course, by the worst grade they had in it; `none` had none."""

    course: int
    group: str
    n: int
    grades: Mapping[int, int]
    unknown: int

    @property
    def none(self) -> int:
        """Those without any toxicity that emerged."""
        return self.n - sum(self.grades.values()) - self.unknown


@dataclass(frozen=True)
class ToxicityAnalysis:
    """Terms by class and group, and courses by group; both empty where the protocol names no table of grades."""

    classes: tuple[TermCount, ...]
    courses: tuple[CourseCount, ...]


def toxicity_of(gathered: Gathered, standards: Mapping[str, Standards]) -> ToxicityAnalysis:
    """What emerged under treatment, by class and by course."""
    if not any(one.toxicity for one in standards.values()):
        return ToxicityAnalysis((), ())
    had = {one.subject: one.ask(toxicities_had) for one in gathered.treated}
    return ToxicityAnalysis(
        classes=tuple(_classes(gathered, had)),
        courses=tuple(row for group in gathered.groups for row in _courses(group)),
    )


def _emerged(one: Person) -> list[Emergence]:
    """What emerged, or may have; a term of grade 0 did not."""
    by = one.judged_by
    table, (_, days) = by.standards.toxicity, safety_endpoint(by.protocol)
    found = emergences(one.case, table, by.cut, days) if table else ()
    return [each for each in found if each.emergent is not Verdict.NOT_MET and max(each.possible) > Grade(0)]


def class_of(term: str, tables: Iterable[ToxicityTable]) -> str:
    """The class of a term in the first table that has it; a site or a standard beside it is no part of its name."""
    found = (table.term(name) for table in tables for name in (term, short_name(term)))
    return next((one.category for one in found if one), OTHER)


# ---- by class -------------------------------------------------------------------------------------------------------


def toxicities_had(one: Person) -> tuple[Had, ...]:
    """Each term of a participant, by the worst grade that the report gives everywhere."""
    told, emerged, tables = [], _emerged(one), one.judged_by.tables
    for term, worst in one.worst.items():
        own = [each for each in emerged if each.counted_as == term]
        related = [each for each in own if each.toxicity.related and each.emergent is Verdict.MET]
        said = [each.toxicity.related for each in own if not each.toxicity.laboratory]
        verdict = Verdict.MET if related else Verdict.NOT_MET if said and not any(_open(said)) else Verdict.UNKNOWN
        told.append(Had(one.subject, term, class_of(term, tables), worst, verdict, _worst_of(related)))
    return tuple(told)


def _open(said: Iterable[bool | None]) -> Iterator[bool]:
    return (one is not False for one in said)


def _worst_of(ones: Iterable[Emergence]) -> Grade | None:
    return max((each.toxicity.grade for each in ones if each.toxicity.grade is not None), default=None)


def _classes(gathered: Gathered, had: Mapping[str, Sequence[Had]]) -> Iterator[TermCount]:
    """Any of all, then each class, the most frequent first, with its terms under it."""
    yield from (_count("", "", group, had) for group in gathered.groups_and_all if had)
    every = [each for ones in had.values() for each in ones]
    people = Counter(organ for ones in had.values() for organ in {each.organ_class for each in ones})
    terms = Counter((each.organ_class, each.term) for each in every)
    for organ in sorted(people, key=lambda name: (-people[name], name)):
        own = sorted((term for name, term in terms if name == organ), key=lambda term: (-terms[organ, term], term))
        for term in ("", *own):
            for group in gathered.groups_and_all:
                yield _count(organ, term, group, had)


def _count(organ: str, term: str, group: Group, had: Mapping[str, Sequence[Had]]) -> TermCount:
    treated = group.where(treated=True)
    own = [[each for each in had.get(one.subject, ()) if _is_of(each, organ, term)] for one in treated]
    found = [ones for ones in own if ones]
    verdicts = [any_of(each.related for each in ones) for ones in found]
    return TermCount(
        organ_class=organ,
        term=term,
        group=group.label,
        n=len(treated),
        any_grade=len(found),
        severe=sum(any(each.severe for each in ones) for ones in found),
        related=verdicts.count(Verdict.MET),
        related_severe=sum(any(each.related_severe for each in ones) for ones in found),
        unrelated=verdicts.count(Verdict.NOT_MET),
        unsaid=verdicts.count(Verdict.UNKNOWN),
    )


def _is_of(each: Had, organ: str, term: str) -> bool:
    return organ in ("", each.organ_class) and term in ("", each.term)


# ---- by course ------------------------------------------------------------------------------------------------------


def worst_by_course(one: Person) -> tuple[tuple[int, Grade | None], ...]:
    """The worst grade of a participant in each course; None where one that is not known may be worse."""
    emerged = _emerged(one)
    spans = spans_of_courses(one.courses, one.judged_by.cut)
    return tuple((number, _worst_in(emerged, first, last)) for number, first, last in spans)


def _courses(group: Group) -> Iterator[CourseCount]:
    """Every course that somebody of the group began."""
    worst: dict[int, list[Grade | None]] = {}
    for one in group.where(treated=True):
        for number, grade in one.ask(worst_by_course):
            worst.setdefault(number, []).append(grade)
    for number, grades in sorted(worst.items()):
        known = Counter(one.number for one in grades if one is not None and one > Grade(0))
        yield CourseCount(number, group.label, len(grades), known, sum(one is None for one in grades))


def spans_of_courses(courses: Sequence[Course], until: date) -> list[tuple[int, date, date]]:
    """Each course by its number, from the first day 1 of any drug in it to the day before the next, or until a day."""
    starts: dict[int, date] = {}
    for one in courses:
        starts[one.number] = min(one.day_1, starts.get(one.number, one.day_1))
    order = sorted(starts.items(), key=lambda each: each[1])
    ends = [start - timedelta(days=1) for _, start in order[1:]]
    return [(number, start, end) for (number, start), end in zip(order, [*ends, until], strict=False)]


def _worst_in(emerged: Iterable[Emergence], first: date, last: date) -> Grade | None:
    """The worst grade that held on a day of a course; None where one that is not known may be worse."""
    held = [one for one in emerged if _holds(one, first, last)]
    known = [one.toxicity.grade for one in held if one.emergent is Verdict.MET and one.toxicity.grade is not None]
    worst = max(known, default=Grade(0))
    return None if any(max(one.possible) > worst for one in held) else worst


def _holds(one: Emergence, first: date, last: date) -> bool:
    told = one.toxicity
    return told.onset.earliest <= last and (told.end is None or told.end.latest >= first)
