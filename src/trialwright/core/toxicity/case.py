"""A subject's toxicities up to a day, and the worst grade of each term that came or worsened under treatment.

Treatment-emergent (ICH E9): absent before the first dose, or worse than then; from the day of the first dose to
so many days after the last. The value before treatment is the last one up to the day of the first dose, since blood of
that day is drawn before the dose is taken. Where a number leaves two grades open that symptoms part, the grade of the
event the investigator reported under the same term settles it. Read `toxicities`, then `worst_grades`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from trialwright.core.conditions import Reading, Toxicity
from trialwright.core.subject import Case, overlapping
from trialwright.core.terms import Finding, Grade, PartialDate, Quantity, Severity, UnitTable, Verdict
from trialwright.core.toxicity.grading import Graded, grade_reading
from trialwright.core.toxicity.reported import reported_findings, reported_toxicities
from trialwright.core.toxicity.table import LaboratoryTerm, ToxicityTable


def toxicities(case: Case, table: ToxicityTable, on: date) -> tuple[Toxicity, ...]:
    """Every laboratory value graded and every reported adverse event, by onset; a value holds until the next one."""
    key = ("graded toxicities", id(table), on)
    if key not in case.memo:
        found = [*_from_laboratory(case, table, on), *reported_toxicities(case, table, on)]
        case.memo[key] = tuple(sorted(found, key=lambda one: (one.onset.earliest, one.term)))
    known: tuple[Toxicity, ...] = case.memo[key]
    return known


def toxicity_findings(case: Case, table: ToxicityTable, on: date) -> tuple[Finding, ...]:
    """Adverse events that could not be taken as entered, and laboratory values that could not be graded."""
    return (*reported_findings(case, table, on), *_ungraded(case, table, on))


GradedReading = tuple[LaboratoryTerm, Reading, PartialDate | None, Graded]
"""A laboratory term, a reading of it, the day until which it holds, and its grade."""


def graded_readings(case: Case, table: ToxicityTable, on: date) -> tuple[GradedReading, ...]:
    """Every reading of every term up to a day, the day until which it holds, and its grade; worked out once."""
    key = ("graded readings", id(table), on)
    if key not in case.memo:
        case.memo[key] = tuple(_graded(case, table, on))
    known: tuple[GradedReading, ...] = case.memo[key]
    return known


def _graded(case: Case, table: ToxicityTable, on: date) -> Iterator[GradedReading]:
    facts, first = case.facts(on), _first_dose(case, on)
    reported = tuple(reported_toxicities(case, table, on)) if any(term.question for term in table.laboratory) else ()
    for term in table.laboratory:
        readings = facts.readings(term.analyte)
        baseline, days = (
            _baseline(readings, first),
            sorted(one.on.earliest for one in readings if one.value is not None),
        )
        for reading in readings:
            before = first is None or reading.on.latest <= first
            given = _graded_once(term, reading, case.units, baseline, before)
            yield term, reading, _until(reading, days), _settled(given, term, reading, reported)


def _graded_once(
    term: LaboratoryTerm, reading: Reading, units: UnitTable, baseline: Reading | None, before: bool
) -> Graded:
    """The grade of a reading, worked out again only where something is another that it rests on."""
    rests_on, kept = (term, units, baseline, before), reading.kept.setdefault("graded", {})
    known = kept.get(term.short)
    if known is None or known[0] != rests_on:
        graded = grade_reading(term, reading, units, baseline, before_treatment=before)
        known = kept[term.short] = rests_on, graded
    given: Graded = known[1]
    return given


def _settled(given: Graded, term: LaboratoryTerm, reading: Reading, reported: Sequence[Toxicity]) -> Graded:
    """What only a person can tell is told by the grade of the event that was going on that day."""
    if given.missing != (f"whether {term.question}",):
        return given
    grades = {one.grade for one in reported if one.term == term.short and _covers(one, reading.on)}
    grade = grades.pop() if len(grades) == 1 else None
    if grade is None or grade not in given.possible:
        return given
    return replace(given, grade=grade, missing=(), possible=(grade,), because=f"{given.because}; reported as {grade}")


def _covers(one: Toxicity, day: PartialDate) -> bool:
    return one.onset.earliest <= day.latest and (one.end is None or one.end.latest >= day.earliest)


def _from_laboratory(case: Case, table: ToxicityTable, on: date) -> Iterator[Toxicity]:
    for term, reading, end, given in graded_readings(case, table, on):
        if reading.value is not None:
            yield _toxicity_once(term, reading, end, given, table.standard)


def _toxicity_once(
    term: LaboratoryTerm, reading: Reading, end: PartialDate | None, given: Graded, standard: str
) -> Toxicity:
    """A graded reading as a toxicity, made again only where something is another that it rests on."""
    rests_on, kept = (end, given, standard), reading.kept.setdefault("toxicities", {})
    known = kept.get(term.short)
    if known is None or known[0] != rests_on:
        grade, possible, event = given.grade, given.possible, reading.event
        one = Toxicity(term.short, grade, reading.on, end, None, None, True, event, possible, standard=standard)
        known = kept[term.short] = rests_on, one
    found: Toxicity = known[1]
    return found


def _until(reading: Reading, days: Sequence[date]) -> PartialDate | None:
    """A value holds until the day before the next value; the last one still holds."""
    place = bisect_right(days, reading.on.latest)
    return PartialDate.parse(days[place] - timedelta(days=1)) if place < len(days) else None


def _baseline(readings: Sequence[Reading], first: date | None) -> Reading | None:
    before = [one for one in readings if first and one.on.latest <= first and isinstance(one.value, Quantity)]
    return before[-1] if before else None


def _first_dose(case: Case, on: date) -> date | None:
    courses = case.courses(on)
    return courses[0].day_1 if courses else None


def _ungraded(case: Case, table: ToxicityTable, on: date) -> Iterator[Finding]:
    for term, reading, _, given in graded_readings(case, table, on):
        if given.grade is None and reading.value is not None:
            yield Finding(
                about=reading.event,
                says=f"{given.because}.",
                matters="What depends on this grade stands as unknown where its possible grades disagree.",
                do=_to_do(given, term) + _two_ranges(case, reading, on),
                severity=Severity.WARNING,
            )


def _to_do(given: Graded, term: LaboratoryTerm) -> str:
    asked = f"whether {term.question}"
    if given.missing == (asked,):
        return f"Report {term.short} as an adverse event with its grade, which tells {asked}."
    return f"Supply {', '.join(given.missing) or term.analyte}."


def _two_ranges(case: Case, reading: Reading, on: date) -> str:
    """Where a limit is not known because the site has two ranges that disagree: which."""
    facts, drawn = case.facts(on), reading.on.latest
    if reading.low is not None and reading.high is not None:
        return ""
    told = overlapping(case.site.at(drawn).ranges, reading.concept, drawn, facts.sex, facts.ages_on(drawn))
    ranges = " and ".join(f"{one.low or '-'} to {one.high or '-'} (event {one.id})" for one in told)
    return f" The site has ranges of one day that disagree: {ranges}; set the right one again." if told else ""


# --- the worst grade under treatment ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Emergence:
    """One toxicity, the term it is counted under, and whether it came or worsened under treatment, with the reason."""

    toxicity: Toxicity
    counted_as: str
    emergent: Verdict
    because: str

    @property
    def possible(self) -> tuple[Grade, ...]:
        """The grades it can have: its own where it is known."""
        return _possible(self.toxicity)


def emergences(case: Case, table: ToxicityTable, on: date, safety_days: int | None) -> tuple[Emergence, ...]:
    """Every toxicity up to a day, each with whether it emerged from the first dose to `safety_days` after the last one.

    A term without a value or event before treatment counts as absent then. A grade that was given under another table
    than this one, by a version the subject was on before, is told apart: "Fatigue (CTCAE 3.0)".
    """
    key = ("emergences", id(table), on, safety_days)
    if key not in case.memo:
        used = (*(earlier.table for earlier in case.earlier_tables), table)
        case.memo[key] = tuple(found for one in used for found in _emergences_under(case, one, table, on, safety_days))
    known: tuple[Emergence, ...] = case.memo[key]
    return known


def worst_grades(case: Case, table: ToxicityTable, on: date, safety_days: int | None) -> Mapping[str, Grade | None]:
    """The worst grade of each term that emerged under treatment (`emergences`).

    None where a grade that is not known could be the worst. Terms of grade 0 throughout are left out.
    """
    if _first_dose(case, on) is None:
        return {}
    held: dict[str, list[Emergence]] = {}
    for one in emergences(case, table, on, safety_days):
        held.setdefault(one.counted_as, []).append(one)
    worst = {term: _worst(ones) for term, ones in held.items()}
    return {term: grade for term, (found, grade) in worst.items() if found}


def apart(worst: Mapping[str, Grade | None], standard: str, of: str) -> dict[str, Grade | None]:
    """The worst grades with the standard behind each term where it is another than the table's they are put into."""
    return {term if standard == of else f"{term} ({standard})": grade for term, grade in worst.items()}


def _emergences_under(
    case: Case, used: ToxicityTable, present: ToxicityTable, on: date, safety_days: int | None
) -> Iterator[Emergence]:
    """The toxicities given under one table, each against what its term was before treatment under any table."""
    first, until = _first_dose(case, on), _end_of_safety(case, on, safety_days)
    held: dict[str, list[Toxicity]] = {}
    for one in _of_standard(case, used, present, on, first):
        held.setdefault(one.term, []).append(one)
    for term, ones in held.items():
        name = next(iter(apart({term: None}, used.standard, present.standard)))
        baseline = _grades_before(ones, first) if first else (Grade(0),)
        for one in ones:
            if _given_under(case, one, used, present):
                yield Emergence(one, name, *_emergent(one, baseline, first, until))


def _given_under(case: Case, one: Toxicity, used: ToxicityTable, present: ToxicityTable) -> bool:
    """Whether this is the table of that day, so that what is there to compare with is told once."""
    if not case.earlier_tables:
        return True
    given = table_on(case, one.onset.latest, present).standard if one.laboratory else one.standard
    return given == used.standard


def _emergent(one: Toxicity, baseline: tuple[Grade, ...], first: date | None, until: date) -> tuple[Verdict, str]:
    """Whether it came or worsened under treatment, and why."""
    if first is None:
        return Verdict.NOT_MET, "no dose was taken"
    if _is_before(one, first):
        return Verdict.NOT_MET, f"before the first dose on {first}"
    if one.onset.earliest > until:
        return Verdict.NOT_MET, f"began after {until}, the last day that counts"
    return _worse(one, baseline), f"grade {_told(_possible(one))}, {_told(baseline)} before treatment"


def _told(grades: Sequence[Grade]) -> str:
    return " or ".join(str(one.number) for one in grades)


def _of_standard(
    case: Case, used: ToxicityTable, present: ToxicityTable, on: date, first: date | None
) -> Iterator[Toxicity]:
    """Toxicities of one standard, and of every standard what was there before treatment, to be worse than."""
    if not case.earlier_tables:
        yield from toxicities(case, present, on)
        return
    for one in _from_laboratory(case, used, on):
        if (first and _is_before(one, first)) or table_on(case, one.onset.latest, present).standard == used.standard:
            yield one
    for one in reported_toxicities(case, present, on):
        if one.standard == used.standard or (first and _is_before(one, first)):
            yield one


def table_on(case: Case, day: date, present: ToxicityTable) -> ToxicityTable:
    """The table by which a value of a day is graded: that of the version the subject was on."""
    earlier = (one.table for one in case.earlier_tables if day < one.until)
    found: ToxicityTable = next(earlier, present)
    return found


def _end_of_safety(case: Case, on: date, safety_days: int | None) -> date:
    """So many days after the last dose once treatment has ended; until then, or without a number, the day asked of.

    Treatment ends on the day of the last dose where that is known (`Case.anchors`).
    """
    anchors = case.anchors(on)
    if safety_days is None or "end_of_treatment" not in anchors:
        return on
    return min(on, anchors["end_of_treatment"] + timedelta(days=safety_days))


def _worst(ones: Sequence[Emergence]) -> tuple[bool, Grade | None]:
    """Whether anything emerged, and its worst grade; what may have been worse than the worst known makes it unknown."""
    worst, highest = Grade(0), Grade(0)
    for one in ones:
        if one.emergent is Verdict.MET and one.toxicity.grade is not None:
            worst = max(worst, one.toxicity.grade)
        if one.emergent is not Verdict.NOT_MET:
            highest = max(highest, *one.possible)
    if highest > worst:
        return True, None
    return worst > Grade(0), worst


def _is_before(one: Toxicity, first: date) -> bool:
    """A value of the day of the first dose is from before it; an event that began that day is not."""
    return one.onset.latest <= first if one.laboratory else one.onset.latest < first


def _grades_before(ones: Sequence[Toxicity], first: date) -> tuple[Grade, ...]:
    """The grades the term can have had when treatment began: the last value, the events still going on then."""
    before = [one for one in ones if _is_before(one, first)]
    values = [one for one in before if one.laboratory][-1:]
    events = [one for one in before if not one.laboratory and (one.end is None or one.end.latest >= first)]
    return max((_possible(one) for one in (*values, *events)), key=max, default=(Grade(0),))


def _possible(one: Toxicity) -> tuple[Grade, ...]:
    if one.grade is not None:
        return (one.grade,)
    return one.possible or tuple(Grade(number) for number in range(5 if one.laboratory else 6))


def _worse(one: Toxicity, baseline: tuple[Grade, ...]) -> Verdict:
    """Whether a grade is worse than the one before treatment: unknown where what it can be disagrees."""
    possible = _possible(one)
    if min(possible) > max(baseline):
        return Verdict.MET
    return Verdict.of(False if max(possible) <= min(baseline) else None)
