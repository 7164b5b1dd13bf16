"""Adverse events as the investigator entered them -> toxicities, one for each stretch of one grade.

A later entry of the grade is a change from that day on; a correction replaces what it corrects. The grade is the
investigator's: a grade the term does not have is unknown and a finding, never the nearest one that exists.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.conditions import Toxicity
from trialwright.core.ledger import FormCorrected, Value
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Finding, Grade, PartialDate, Quantity, Severity
from trialwright.core.toxicity.table import Term, ToxicityTable, short_name

UNNAMED = "adverse event without a name"
"""An event whose term is missing still has its grade, and counts wherever any event does."""


@dataclass(frozen=True)
class _Stretch:
    """A grade as entered and the day from which it holds."""

    entered: Value
    since: date


def reported_toxicities(case: Case, table: ToxicityTable, on: date) -> Iterator[Toxicity]:
    """Every reported adverse event up to a day, one toxicity for each stretch of one grade."""
    for event in observations(case.record, "adverse_event", on):
        if not _withdrawn(event):
            yield from _toxicities_of(event, table, on)


def _withdrawn(event: Observation) -> bool:
    """An event entered by mistake, whose every field a correction has emptied."""
    return not any(event.text(name) for name in event.values)


def _toxicities_of(event: Observation, table: ToxicityTable, on: date) -> Iterator[Toxicity]:
    term = table.term(event.text("term"))
    stretches = _stretches(event, on)
    for number, stretch in enumerate(stretches):
        onset = event.on if number == 0 else PartialDate.parse(stretch.since)
        last = _day_before(stretches[number + 1].since, onset) if number + 1 < len(stretches) else _end_of(event)
        grade = _grade_of(stretch.entered, term)
        yield Toxicity(
            term=_named(event.text("term"), term) or UNNAMED,
            grade=grade,
            onset=onset,
            end=last,
            related=event.yes("related"),
            serious=event.yes("serious"),
            event=event.event.id,
            possible=() if grade is None else (grade,),
        )


def _stretches(event: Observation, on: date) -> list[_Stretch]:
    """The grades an event had up to a day, oldest first; without any entry one of unknown grade."""
    found: list[_Stretch] = []
    for entry in event.history.get("grade", ()):
        if isinstance(entry.event, FormCorrected) and found:
            found[-1] = _Stretch(entry.value, found[-1].since)
        elif entry.event.occurred <= on and (not found or _number(entry.value) != _number(found[-1].entered)):
            found.append(_Stretch(entry.value, entry.event.occurred))
    return found or [_Stretch(None, event.on.earliest)]


def _end_of(event: Observation) -> PartialDate | None:
    """When it ended; one that is only said to be over was over by the day that was entered."""
    said = event.history.get("ongoing", ())
    over = PartialDate.parse(said[-1].event.occurred) if said and event.yes("ongoing") is False else None
    return event.date_of("end") or over


def _day_before(change: date, onset: PartialDate) -> PartialDate:
    return PartialDate.parse(max(change - timedelta(days=1), onset.earliest))


def _named(reported: str, term: Term | None) -> str:
    """The table's short name, with the site where one was given; a term the table lacks stays as reported."""
    if term is None:
        return reported
    site = reported.rpartition(" - ")[2] if " - " in reported and not _is_whole(reported, term) else ""
    return f"{term.short} - {site}" if site else term.short


def _is_whole(reported: str, term: Term) -> bool:
    tried = {" ".join(name.split()).casefold() for name in (reported, short_name(reported))}
    return not tried.isdisjoint(name.casefold() for name in (term.name, term.short, *term.also))


def _grade_of(entered: Value, term: Term | None) -> Grade | None:
    """The grade as a number from 1 to 5 that the term has; a term the table lacks may have any."""
    number = _number(entered)
    known = number is not None and (term is None or number in term.grades)
    return Grade(number) if number is not None and 1 <= number <= 5 and known else None


def _number(entered: Value) -> int | None:
    if isinstance(entered, Quantity):
        return int(entered.value) if entered.value == int(entered.value) and entered.unit == "1" else None
    text = str(entered).strip()
    return int(text) if not isinstance(entered, bool) and text.isdecimal() else None


def reported_findings(case: Case, table: ToxicityTable, on: date) -> Iterator[Finding]:
    """What is wrong with the adverse events as entered."""
    for event in observations(case.record, "adverse_event", on):
        if _withdrawn(event):
            continue
        term = table.term(event.text("term"))
        yield from _term_findings(event, term, table)
        yield from _grade_findings(event, term, table, on)
        yield from _date_findings(event)


def _date_findings(event: Observation) -> Iterator[Finding]:
    named = event.text("term") or "An adverse event"
    if event.date_of("start") is None:
        yield Finding(
            about=event.event.id,
            says=f"{named} has no start date.",
            matters=f"It is counted from {event.on}, the day it was entered, and may have begun before treatment.",
            do="Enter the start date, to the month or the year if no more is known.",
            severity=Severity.WARNING,
        )
    if event.date_of("end") is None and _end_of(event) is not None:
        yield Finding(
            about=event.event.id,
            says=f"{named} is said to be over and has no end date.",
            matters=f"It is counted until {_end_of(event)}, the day that was entered.",
            do="Enter the end date, to the month or the year if no more is known.",
            severity=Severity.WARNING,
        )


def _term_findings(event: Observation, term: Term | None, table: ToxicityTable) -> Iterator[Finding]:
    if term is not None:
        return
    reported = event.text("term")
    close = difflib.get_close_matches(reported.capitalize(), table.by_part, n=3, cutoff=0.6)
    near = list(dict.fromkeys(table.by_part[part] for part in close))
    yield Finding(
        about=event.event.id,
        says=f"{reported or 'An adverse event without a name'} is no term of {table.name} {table.version}.",
        matters="It is counted under the name and grade reported, apart from the table's terms.",
        do=f"Choose a term of the table{': ' + ', '.join(near) if near else ''}.",
        severity=Severity.WARNING if reported else Severity.ERROR,
    )


def _grade_findings(event: Observation, term: Term | None, table: ToxicityTable, on: date) -> Iterator[Finding]:
    for stretch in _stretches(event, on):
        if _grade_of(stretch.entered, term) is not None:
            continue
        grades = ", ".join(str(grade) for grade in (term.grades if term else (1, 2, 3, 4, 5)))
        entered = _number(stretch.entered)
        told = "no grade" if entered is None else f"grade {entered}, which does not exist for it"
        yield Finding(
            about=event.event.id,
            says=f"{event.text('term')} was reported with {told} in {table.name} {table.version}.",
            matters="Its grade stands as unknown, and a dose that depends on it is not released.",
            do=f"Enter one of its grades: {grades}.",
        )
