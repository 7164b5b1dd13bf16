"""The grades of one adverse event: what was entered, from which day each holds, until when, and under which table.

The first grade is entered with the event; a change is a row of `adverse_event_grade` with its day, or a later entry of
the grade, which holds from the day of that entry on. A correction replaces what it corrects and keeps its day and its
table. Rows of one day that disagree leave the grade of that day unknown. Read `spans_of`, then `end_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from trialwright.core.ledger import FormCorrected, Value
from trialwright.core.subject import Case, Observation
from trialwright.core.subject.items import Entry
from trialwright.core.terms import Grade, PartialDate, Quantity
from trialwright.core.toxicity.table import EarlierTable, Term, ToxicityTable

OVER = ("recovered", "recovered_with_sequelae", "fatal")
"""Outcomes that say an event is over."""


@dataclass(frozen=True)
class GradeSpan:
    """A grade of an event, the days on which it held, and the table it was given under.

    Without a grade, `possible` are those it can have (where two of one day disagree) and `entered` what was written.
    """

    grade: Grade | None
    since: PartialDate
    until: PartialDate | None
    entered: tuple[Value, ...]
    standard: str
    event: str
    possible: tuple[Grade, ...] = ()


def possible_grades(one: GradeSpan) -> tuple[Grade, ...]:
    """The grades a span can have: its own, those that disagree, or any that an event can have."""
    return (one.grade,) if one.grade is not None else one.possible or tuple(Grade(number) for number in range(1, 6))


def holds(one: GradeSpan, day: date) -> bool:
    return one.since.earliest <= day and (one.until is None or one.until.latest >= day)


# --- the grades ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GivenGrade:
    """A grade as entered, the day from which it holds, and whether it was entered as a row of that day."""

    entered: Value
    since: PartialDate
    by: Entry | None
    row: bool = False

    @cached_property
    def number(self) -> int | None:
        """The grade as a whole number, None where it is none."""
        return number_of(self.entered)


def given_grades(entered: Observation, rows: Sequence[Observation], on: date) -> list[GivenGrade]:
    """The grades an event was given up to a day, by the day from which each holds; None from an onset without one."""
    told = any(row.on.earliest <= entered.on.earliest for row in rows)
    own = list(_own_grades(entered, on)) or [GivenGrade(None, entered.on, None)]
    own = own[1:] if told and own[0].number is None else own
    dated = [
        GivenGrade(row.values.get("grade"), row.on, row.history["grade"][-1] if "grade" in row.history else None, True)
        for row in rows
    ]
    return sorted((*own, *dated), key=lambda one: one.since.earliest)


def _own_grades(entered: Observation, on: date) -> Iterator[GivenGrade]:
    """The grades entered with the event itself: the first from its onset, a later entry from the day of that entry."""
    found: list[GivenGrade] = []
    for entry in entered.history.get("grade", ()):
        if isinstance(entry.event, FormCorrected) and found:
            found[-1] = replace(found[-1], entered=entry.value)
        elif entry.event.occurred <= on and (not found or number_of(entry.value) != number_of(found[-1].entered)):
            since = PartialDate.parse(entry.event.occurred) if found else entered.on
            found.append(GivenGrade(entry.value, since, entry))
    yield from found


def number_of(entered: Value) -> int | None:
    """What was entered as a whole number; None where it is none."""
    if isinstance(entered, Quantity):
        return int(entered.value) if entered.value == int(entered.value) and entered.unit == "1" else None
    text = str(entered).strip()
    return int(text) if not isinstance(entered, bool) and text.isdecimal() else None


def grade_of(entered: Value, term: Term | None) -> Grade | None:
    """The grade as a number from 1 to 5 that the term has; a term the table lacks may have any."""
    number = number_of(entered)
    known = number is not None and (term is None or number in term.grades)
    return Grade(number) if number is not None and 1 <= number <= 5 and known else None


def spans_of(
    case: Case, entered: Observation, rows: Sequence[Observation], table: ToxicityTable, on: date
) -> tuple[GradeSpan, ...]:
    """One span for each day of change until the next; a grade given again unchanged is no change."""
    given = given_grades(entered, rows, on)
    days = [_of_one_day(ones) for ones in _by_day(given)]
    changes = [ones for place, ones in enumerate(days) if place == 0 or not _same(ones, days[place - 1])]
    end = end_of(entered, given)
    return tuple(
        _span(ones, _until(ones, changes[place + 1 : place + 2], end), entered, case, table)
        for place, ones in enumerate(changes)
    )


def _by_day(given: Sequence[GivenGrade]) -> Iterator[list[GivenGrade]]:
    """What is in force together: what was entered with the event stands alone, rows of one day belong together."""
    held: list[GivenGrade] = []
    for one in given:
        together = held and held[-1].since.earliest == one.since.earliest and (one.row or held[-1].row)
        if held and not together:
            yield held
            held = []
        held.append(one)
    yield held


def _of_one_day(ones: Sequence[GivenGrade]) -> tuple[GivenGrade, ...]:
    """The different grades of one day: one, or those that contradict each other."""
    return tuple({one.number: one for one in ones}.values())


def _same(ones: Sequence[GivenGrade], before: Sequence[GivenGrade]) -> bool:
    return len(ones) == len(before) == 1 and ones[0].number == before[0].number and ones[0].number is not None


def _until(
    ones: Sequence[GivenGrade], following: Sequence[Sequence[GivenGrade]], end: PartialDate | None
) -> PartialDate | None:
    """The day before the next change, at the earliest its own first day; after the last one the end of the event."""
    if not following:
        return end
    last = following[0][0].since.earliest - timedelta(days=1)
    return PartialDate.parse(max(last, ones[0].since.earliest))


def _span(
    ones: Sequence[GivenGrade], until: PartialDate | None, entered: Observation, case: Case, table: ToxicityTable
) -> GradeSpan:
    first = ones[0]
    used = table_at(case, first.by, table)
    grades = [grade_of(one.entered, used.term(entered.text("term"))) for one in ones]
    known = tuple(sorted(one for one in grades if one is not None))
    settled = known[0] if len(ones) == len(known) == 1 else None
    return GradeSpan(
        grade=settled,
        since=first.since,
        until=until,
        entered=tuple(one.entered for one in ones),
        standard=used.standard,
        event=first.by.event.id if first.by else entered.event.id,
        possible=known if len(known) == len(ones) else (),
    )


def table_at(case: Case, entry: Entry | None, table: ToxicityTable) -> ToxicityTable:
    """The table under which something was entered: the one of the version the subject was on then."""
    if entry is None:
        return table
    earlier: Sequence[EarlierTable] = case.earlier_tables
    told = entry.event
    return next((one.table for one in earlier if told.seq < one.seq or told.occurred < one.until), table)


# --- the end ------------------------------------------------------------------------------------------------------


def end_of(entered: Observation, given: Sequence[GivenGrade]) -> PartialDate | None:
    """When it ended; None while it goes on, or where an entry contradicts that it is over."""
    said = said_end(entered)
    if said is None or said_ongoing_since(entered):
        return None
    last = max(one.since.earliest for one in given)
    return said if said.latest >= max(last, entered.on.earliest) else None


def said_end(entered: Observation) -> PartialDate | None:
    """The end as entered; what is only said to be over was over by the day that was entered."""
    for name, over in (("ongoing", entered.yes("ongoing") is False), ("outcome", entered.text("outcome") in OVER)):
        if over and entered.date_of("end") is None and not (name == "outcome" and entered.yes("ongoing")):
            return PartialDate.parse(entered.history[name][-1].event.occurred)
    return entered.date_of("end")


def said_ongoing_since(entered: Observation) -> bool:
    """Whether it was said to go on in the same form as its end or in a later one."""
    ongoing, end = entered.history.get("ongoing", ()), entered.history.get("end", ())
    return bool(entered.yes("ongoing") and ongoing and end and ongoing[-1].event.seq >= end[-1].event.seq)
