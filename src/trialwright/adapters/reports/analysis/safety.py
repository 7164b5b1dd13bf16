"""Safety: the worst grade of each term under treatment, counted by participant; deaths.

Grades are those of `core.toxicity`: what came or worsened from the first dose to so many days after the last. A
participant counts once for each term. A worst grade that cannot be known is counted as such. Read `safety`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.core.analysis.gathering import safety_endpoint
from trialwright.core.analysis.people import DAYS_A_MONTH, Gathered, Group
from trialwright.core.protocol import Endpoint
from trialwright.core.terms import Grade

SEVERE = 3
ANY = "any adverse event"


@dataclass(frozen=True)
class WorstGrades:
    """One term in one group: participants by worst grade, and those whose worst grade is not known."""

    term: str
    group: str
    n: int
    grades: Mapping[int, int]
    unknown: int

    @property
    def any_grade(self) -> int:
        """Participants with the term at any grade, known or not."""
        return sum(self.grades.values()) + self.unknown

    @property
    def severe(self) -> int:
        """Participants whose worst grade is known to be 3 or more."""
        return sum(count for grade, count in self.grades.items() if grade >= SEVERE)


@dataclass(frozen=True)
class Death:
    """One death: when, how long after the last dose, and its cause as recorded."""

    subject: str
    group: str
    on: date
    days_after_last_dose: int | None
    cause: str
    within_safety_time: bool
    treated: bool = True


@dataclass(frozen=True)
class DeathCount:
    """Deaths of one cause in one group: under treatment and its safety time, later, or without any dose taken."""

    within: bool
    treated: bool
    cause: str
    group: str
    deaths: int


@dataclass(frozen=True)
class SafetyAnalysis:
    """Terms by group, the most frequent first, and everyone who died; without safety days no time is over."""

    endpoint: Endpoint | None
    standard: str
    safety_days: int | None
    rows: tuple[WorstGrades, ...]
    any_term: tuple[WorstGrades, ...]
    deaths: tuple[Death, ...]
    months_observed: float

    @property
    def early_deaths(self) -> int:
        """Deaths under treatment or in the safety time after it."""
        return sum(one.within_safety_time for one in self.deaths)

    @property
    def death_counts(self) -> tuple[DeathCount, ...]:
        """Deaths by when, cause and group; those under treatment first, then the most frequent cause."""
        counts = Counter((one.within_safety_time, one.treated, one.cause, one.group) for one in self.deaths)
        order = sorted(counts.items(), key=lambda each: (not each[0][0], not each[0][1], -each[1], each[0][2:]))
        return tuple(DeathCount(*key, count) for key, count in order)

    def term(self, term: str, group: str) -> WorstGrades | None:
        """One term in one group."""
        return next((one for one in self.rows if (one.term, one.group) == (term, group)), None)


def safety(gathered: Gathered) -> SafetyAnalysis:
    """What happened to the treated."""
    endpoint, days = safety_endpoint(gathered.protocol)
    groups = gathered.groups_and_all
    counts = Counter(term for one in gathered.treated for term in one.worst)
    terms = sorted(counts, key=lambda term: (-counts[term], term))
    return SafetyAnalysis(
        endpoint=endpoint,
        standard=gathered.protocol.standards.toxicity or "",
        safety_days=days,
        rows=tuple(_row(term, group) for term in terms for group in groups),
        any_term=tuple(_any(group) for group in groups),
        deaths=tuple(death for group in gathered.groups for death in _deaths(group, days)),
        months_observed=_observed(gathered),
    )


def _row(term: str, group: Group) -> WorstGrades:
    treated = group.where(treated=True)
    worst = [one.worst[term] for one in treated if term in one.worst]
    return _counted(term, group.label, len(treated), worst)


def _any(group: Group) -> WorstGrades:
    """The worst of all terms of each participant: a term whose grade is not known hides nothing that is worse."""
    treated = group.where(treated=True)
    worst: list[Grade | None] = []
    for one in treated:
        known = [grade for grade in one.worst.values() if grade is not None]
        if one.worst:
            worst.append(max(known) if known else None)
    return _counted(ANY, group.label, len(treated), worst)


def _counted(term: str, group: str, n: int, worst: list[Grade | None]) -> WorstGrades:
    known = Counter(grade.number for grade in worst if grade is not None)
    return WorstGrades(term, group, n, known, sum(grade is None for grade in worst))


def _deaths(group: Group, days: int | None) -> list[Death]:
    found = []
    for one in group.people:
        if one.died:
            after = (one.died[0] - one.last_dose).days if one.last_dose else None
            inside = one.first_dose is not None and (after is None or days is None or after <= days)
            found.append(Death(one.subject, group.label, one.died[0], after, one.died[1], inside, one.treated))
    return found


def _observed(gathered: Gathered) -> float:
    """Months from first dose to leaving the study or the cut-off, summed over the treated."""
    ends = [(one, (one.off_study or (gathered.cut, ""))[0]) for one in gathered.treated]
    return sum(max(0, (end - one.first_dose).days) for one, end in ends if one.first_dose) / DAYS_A_MONTH
