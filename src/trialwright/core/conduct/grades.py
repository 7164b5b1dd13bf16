"""The grade of each toxicity now and at its worst under treatment, with the value, the limits and the day it stands on.

How a value is graded and what counts as under treatment is decided in `toxicity`; here the value is found again that
gave the grade. Terms that never rose above grade 0 are left out. Read `grade_answers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.conditions import Reading, Toxicity
from trialwright.core.conduct.grounds import Ground
from trialwright.core.subject import Case
from trialwright.core.terms import Because, Evidence, Grade, PartialDate
from trialwright.core.toxicity import Graded, ToxicityTable, graded_readings


@dataclass(frozen=True)
class GradeAnswer:
    """One toxicity of a subject: its grade now, the worst under treatment, and since when.

    `current` is None where nothing goes on or the grade is not known; `now` tells which. `emergent` says whether it
    came or worsened under treatment; `worst` None means that a grade which is not known may be the worst.
    """

    term: str
    laboratory: bool
    current: Grade | None
    now: str
    emergent: bool
    worst: Grade | None
    worst_on: date | None
    worst_was: str
    ground: Ground
    worded: str = ""
    """The published description of the grade, from the user's own copy: of the grade now, else of the worst."""


Entry = tuple[Toxicity, str, Evidence, tuple[str, ...]]
"""One graded thing: the toxicity, how its grade came about in words, its datum, what is missing to grade it."""


def grade_answers(
    case: Case, table: ToxicityTable, worst: Mapping[str, Grade | None], on: date
) -> tuple[GradeAnswer, ...]:
    """Every toxicity above grade 0 now or under treatment, those of highest worst grade first."""
    told: dict[str, list[Entry]] = {}
    for entry in (*_entries(case, table, on), *_earlier_entries(case, on)):
        apart = entry[0].standard not in ("", table.standard)
        told.setdefault(f"{entry[0].term} ({entry[0].standard})" if apart else entry[0].term, []).append(entry)
    clause = _clause(case, table)
    found = [_answer(term, entries, worst, on, clause) for term, entries in told.items()]
    return tuple(sorted((one for one in found if one), key=_by_weight))


def _by_weight(one: GradeAnswer) -> tuple[int, str]:
    """What is not known first, then the highest grade."""
    unknown = one.emergent and one.worst is None
    return (-9 if unknown else -max((each.number for each in (one.current, one.worst) if each), default=0), one.term)


def _clause(case: Case, table: ToxicityTable) -> tuple[str, str]:
    """The clause that says by which standard toxicity is graded: the endpoint's, else the standard itself."""
    named = [one for one in case.protocol.endpoints if one.safety_days is not None]
    standard = case.protocol.standards.toxicity or table.name
    return (named[0].id, named[0].words) if named else (standard, f"graded by {standard}")


def _entries(case: Case, table: ToxicityTable, on: date) -> list[Entry]:
    """Laboratory values with their grade in words, then events as they were reported; oldest first."""
    readings = {
        (term.short, reading.event, reading.on): (reading, given)
        for term, reading, _, given in graded_readings(case, table, on)
    }
    return [_entry(one, readings.get((one.term, one.event, one.onset)), on) for one in case.facts(on).toxicities()]


def _earlier_entries(case: Case, on: date) -> Iterator[Entry]:
    """Laboratory values of the time under an earlier version, by the table they were graded under then."""
    for earlier in case.earlier_tables:
        last = PartialDate.parse(earlier.until - timedelta(days=1))
        for term, reading, until, given in graded_readings(case, earlier.table, on):
            if reading.on.latest < earlier.until:
                end = min(until or last, last, key=lambda day: day.latest)
                graded = (term.short, given.grade, reading.on, end)
                one = Toxicity(*graded, laboratory=True, event=reading.event, standard=earlier.table.standard)
                yield _entry(one, (reading, given), on)


def _entry(one: Toxicity, seen: tuple[Reading, Graded] | None, on: date) -> Entry:
    if one.laboratory and seen:
        reading, given = seen
        value = f"{reading.bound}{reading.value}"
        return one, given.because, Evidence(reading.concept, value, str(reading.on), reading.event), given.missing
    span = f"since {one.onset}" if one.end is None or one.end.earliest > on else f"{one.onset} to {one.end}"
    grade = str(one.grade) if one.grade else "grade not recorded"
    related = {True: "related", False: "not related", None: "relation not recorded"}[one.related]
    serious = ", serious" if one.serious else ""
    missing = () if one.grade else (f"grade of {one.term}",)
    datum = Evidence("adverse_event", f"{one.term}, {grade}", str(one.onset), one.event)
    return one, f"{one.term} {grade}: reported, {span}, {related}{serious}", datum, missing


def _answer(
    term: str, entries: Sequence[Entry], worst: Mapping[str, Grade | None], on: date, clause: tuple[str, str]
) -> GradeAnswer | None:
    """One term; None where nothing of it was ever above grade 0."""
    going = [entry for entry in entries if _goes_on(entry[0], on)]
    now = max(going, key=lambda entry: (entry[0].grade is None, entry[0].grade or Grade(0)), default=None)
    at_worst = _at_worst(entries, worst.get(term)) if term in worst else None
    current = now[0].grade if now else None
    if term not in worst and (now is None or current == Grade(0)):
        return None
    shown = tuple(entry for entry in (now, at_worst) if entry)
    because = tuple(Because(*clause, text) for text in dict.fromkeys(entry[1] for entry in shown))
    evidence = tuple(dict.fromkeys(entry[2] for entry in shown))
    missing = tuple(dict.fromkeys(item for entry in shown if entry[0].grade is None for item in entry[3]))
    return GradeAnswer(
        term=term,
        laboratory=entries[0][0].laboratory,
        current=current,
        now=now[1] if now else f"resolved by {max(str(entry[0].end) for entry in entries)}",
        emergent=term in worst,
        worst=worst.get(term),
        worst_on=at_worst[0].onset.earliest if at_worst else None,
        worst_was=at_worst[1] if at_worst else "",
        ground=Ground(because, evidence, missing),
    )


def _goes_on(one: Toxicity, on: date) -> bool:
    return one.onset.earliest <= on and (one.end is None or one.end.latest >= on)


def _at_worst(entries: Sequence[Entry], worst: Grade | None) -> Entry | None:
    """The first entry that had the worst grade; where that is not known, the last whose grade is not."""
    having = [entry for entry in entries if entry[0].grade == worst]
    return (having[-1] if worst is None else having[0]) if having else None
