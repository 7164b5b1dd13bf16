"""Adverse events as the investigator entered them: each one thing whose grade changes over time.

An event is `adverse_event/<n>`; its first grade stands there. A change of grade is a row of `adverse_event_grade` with
its day, or a later entry of the grade from the day of that entry on; a correction replaces what it corrects. The grade
is the investigator's, under the table in force when it was given: one the term does not have there is unknown, never
the nearest that exists. Entries that contradict each other leave the event open. Read `adverse_events`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from trialwright.core.ledger import FormCorrected, Value
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.subject.record import Entry
from trialwright.core.terms import Grade, PartialDate, Quantity, Verdict, any_of
from trialwright.core.toxicity.table import Term, ToxicityTable, short_name

UNNAMED = "adverse event without a name"
"""An event whose term is missing still has its grade, and counts wherever any event does."""
RELATED = ("possible", "probable", "definite")
NOT_RELATED = ("unrelated", "unlikely")
CRITERIA: Mapping[str, str] = {
    "serious_death": "death",
    "serious_life_threatening": "life-threatening",
    "serious_hospitalization": "hospitalization",
    "serious_disability": "disability",
    "serious_congenital_anomaly": "congenital anomaly",
    "serious_important": "medically important",
}
"""The fields of an event that say why it is serious, and how each is told."""
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


@dataclass(frozen=True)
class Attribution:
    """How an event is related to one drug, in the investigator's word, and what was done with that drug."""

    drug: str
    relation: str
    action: str
    event: str

    @property
    def related(self) -> bool | None:
        """Whether the drug may have caused it: at least possible; None where nobody said."""
        return True if self.relation in RELATED else False if self.relation in NOT_RELATED else None


@dataclass(frozen=True)
class AdverseEvent:
    """One adverse event from onset to end, with all its grades; `id` is its number, `event` its newest ledger event.

    `end` is None while it goes on, and where what was entered about its end contradicts the rest.
    """

    id: str
    term: str
    reported: str
    onset: PartialDate
    end: PartialDate | None
    spans: tuple[GradeSpan, ...]
    related: bool | None = None
    attributions: tuple[Attribution, ...] = ()
    serious: bool | None = None
    criteria: tuple[str, ...] = ()
    action: str = ""
    outcome: str = ""
    recurrence_of: str = ""
    recurrences: tuple[str, ...] = ()
    event: str = ""
    entered: Observation | None = field(default=None, repr=False, compare=False)
    rows: tuple[Observation, ...] = field(default=(), repr=False, compare=False)

    @property
    def worst(self) -> Grade | None:
        """The worst grade it had; None where a grade that is not known could be worse."""
        known = max((one.grade for one in self.spans if one.grade is not None), default=Grade(0))
        highest = max(max(possible_grades(one)) for one in self.spans)
        return None if highest > known else known

    def grade_on(self, day: date) -> Grade | None:
        """The grade it had on a day, the worst where there were two; grade 0 before it began and after its end."""
        held = [one for one in self.spans if _holds(one, day)]
        if any(one.grade is None for one in held):
            return None
        return max((one.grade for one in held if one.grade is not None), default=Grade(0))

    def days(self, on: date) -> int | None:
        """How many days it lasted up to a day, the first and the last included; None where a date is not exact."""
        last = date_or(self.end, on)
        first = self.onset.exact
        return None if first is None or last is None else (min(last, on) - first).days + 1


def possible_grades(one: GradeSpan) -> tuple[Grade, ...]:
    """The grades a span can have: its own, those that disagree, or any that an event can have."""
    return (one.grade,) if one.grade is not None else one.possible or tuple(Grade(number) for number in range(1, 6))


def date_or(day: PartialDate | None, instead: date) -> date | None:
    """The exact day, None where it is known to the month or year alone, or another where there is none."""
    return instead if day is None else day.exact


def _holds(one: GradeSpan, day: date) -> bool:
    return one.since.earliest <= day and (one.until is None or one.until.latest >= day)


# --- from what was entered ----------------------------------------------------------------------------------------


def adverse_events(case: Case, table: ToxicityTable, on: date) -> tuple[AdverseEvent, ...]:
    """Every adverse event known on a day, by onset; one whose every field a correction has emptied is none."""
    key = ("adverse events", table.standard, on)
    if key not in case.memo:
        rows, drugs = _by_event(case, "adverse_event_grade", on), _by_event(case, "adverse_event_attribution", on)
        entered = [one for one in observations(case.record, "adverse_event", on) if not withdrawn(one)]
        found = [
            _event(case, one, rows.get(one.instance, ()), drugs.get(one.instance, ()), table, on) for one in entered
        ]
        case.memo[key] = _linked(found)
    told: tuple[AdverseEvent, ...] = case.memo[key]
    return told


def withdrawn(one: Observation) -> bool:
    """A record entered by mistake, whose every field a correction has emptied."""
    return not any(one.text(name) for name in one.values)


def _by_event(case: Case, concept: str, on: date) -> dict[str, tuple[Observation, ...]]:
    found: dict[str, tuple[Observation, ...]] = {}
    for one in observations(case.record, concept, on):
        if not withdrawn(one):
            found[event_of(one)] = (*found.get(event_of(one), ()), one)
    return found


def event_of(row: Observation) -> str:
    """The number of the event a row belongs to: as entered, else the first part of its instance."""
    return row.text("event") or row.instance.partition(".")[0]


def _linked(found: Sequence[AdverseEvent]) -> tuple[AdverseEvent, ...]:
    """The events in order, each with those that say they are its recurrence."""
    back = {one.id: tuple(other.id for other in found if other.recurrence_of == one.id) for one in found}
    linked = [replace(one, recurrences=back[one.id]) if back[one.id] else one for one in found]
    return tuple(sorted(linked, key=lambda one: (one.onset.earliest, one.term)))


def _event(
    case: Case,
    entered: Observation,
    rows: Sequence[Observation],
    drugs: Sequence[Observation],
    table: ToxicityTable,
    on: date,
) -> AdverseEvent:
    attributions = tuple(
        Attribution(one.text("drug"), one.text("relation"), one.text("action"), one.event.id) for one in drugs
    )
    spans = _spans(case, entered, rows, table, on)
    criteria = _criteria(entered, spans)
    return AdverseEvent(
        id=entered.instance,
        term=named(entered.text("term"), _term_of(case, entered, table)) or UNNAMED,
        reported=entered.text("term"),
        onset=entered.on,
        end=spans[-1].until,
        spans=spans,
        related=_related(entered, attributions, drugs_of(case)),
        attributions=attributions,
        serious=_serious(entered, criteria),
        criteria=criteria,
        action=entered.text("action"),
        outcome=entered.text("outcome"),
        recurrence_of=entered.text("recurrence_of"),
        event=entered.event.id,
        entered=entered,
        rows=tuple(rows),
    )


def drugs_of(case: Case) -> frozenset[str]:
    """The drugs under study that the subject is given; those of every arm where none was allocated."""
    arm = case.record.arm
    return frozenset(one.drug for one in (case.protocol.regimens_of(arm) if arm else case.protocol.regimen))


def _related(entered: Observation, attributions: Iterable[Attribution], drugs: frozenset[str]) -> bool | None:
    """Related where any word says so; not related only where every drug under study was said not to be the cause."""
    said = {one.drug: one.related for one in attributions if one.drug in drugs}
    stated = entered.yes("related")
    if not said:
        return stated
    told = [Verdict.of(said.get(drug, False if stated is False else None)) for drug in drugs]
    found = any_of([*told, *([Verdict.MET] if stated else [])])
    return {Verdict.MET: True, Verdict.NOT_MET: False}.get(found)


def _criteria(entered: Observation, spans: Sequence[GradeSpan]) -> tuple[str, ...]:
    """Why it is serious; grade 5 and a fatal outcome are a death whether the box was ticked or not."""
    died = entered.text("outcome") == "fatal" or any(one.grade == Grade(5) for one in spans)
    ticked = [told for name, told in CRITERIA.items() if entered.yes(name)]
    return tuple(dict.fromkeys((*(["death"] if died else []), *ticked)))


def _serious(entered: Observation, criteria: Sequence[str]) -> bool | None:
    """Serious by any criterion, or as stated; not serious also where every criterion was asked and none is met."""
    stated = entered.yes("serious")
    if criteria or stated is not None:
        return bool(criteria) or stated
    return False if all(entered.yes(name) is False for name in CRITERIA) else None


def _term_of(case: Case, entered: Observation, table: ToxicityTable) -> Term | None:
    """The term in the present table, else in one the subject was graded by before."""
    tables = (table, *(one.table for one in case.earlier_tables))
    return next((term for one in tables if (term := one.term(entered.text("term")))), None)


# --- the name -----------------------------------------------------------------------------------------------------


def named(reported: str, term: Term | None) -> str:
    """The table's short name, with the site where one was given; a term the table lacks stays as reported."""
    if term is None:
        return reported
    site = reported.rpartition(" - ")[2] if " - " in reported and not _is_whole(reported, term) else ""
    return f"{term.short} - {site}" if site else term.short


def _is_whole(reported: str, term: Term) -> bool:
    tried = {" ".join(name.split()).casefold() for name in (reported, short_name(reported))}
    return not tried.isdisjoint(name.casefold() for name in (term.name, term.short, *term.also))


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
    own = list(_own_grades(entered, on)) or ([] if told else [GivenGrade(None, entered.on, None)])
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


def _spans(
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
    for earlier in case.earlier_tables if entry else ():
        assert entry is not None
        if entry.event.seq < earlier.seq or entry.event.occurred < earlier.until:
            return earlier.table
    return table


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
