"""Adverse events as the investigator entered them: each one thing whose grade changes over time.

An event is `adverse_event/<n>`; its first grade stands there. A change of grade is a row of `adverse_event_grade` with
its day, or a later entry of the grade from the day of that entry on; a correction replaces what it corrects. The grade
is the investigator's, under the table in force when it was given: one the term does not have there is unknown, never
the nearest that exists. Entries that contradict each other leave the event open. Read `adverse_events`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Grade, PartialDate, Verdict, any_of
from trialwright.core.toxicity.event_grades import GradeSpan, holds, possible_grades, spans_of
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

    `end` is None while it goes on, also on a day before the end that was entered, when its outcome is not known either,
    and where what was entered about its end contradicts the rest.
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
        held = [one for one in self.spans if holds(one, day)]
        if any(one.grade is None for one in held):
            return None
        return max((one.grade for one in held if one.grade is not None), default=Grade(0))

    def days(self, on: date) -> int | None:
        """How many days it lasted up to a day, the first and the last included; None where a date is not exact."""
        last = date_or(self.end, on)
        first = self.onset.exact
        return None if first is None or last is None else (min(last, on) - first).days + 1


def date_or(day: PartialDate | None, instead: date) -> date | None:
    """The exact day, None where it is known to the month or year alone, or another where there is none."""
    return instead if day is None else day.exact


# --- from what was entered ----------------------------------------------------------------------------------------


def adverse_events(case: Case, table: ToxicityTable, on: date) -> tuple[AdverseEvent, ...]:
    """Every adverse event known on a day, by onset; one whose every field a correction has emptied is none."""
    key = ("adverse events", table.standard, on)
    if key not in case.memo:
        rows, drugs = _by_event(case, "adverse_event_grade", on), _by_event(case, "adverse_event_attribution", on)
        entered = [one for one in observations(case.record, "adverse_event", on) if not withdrawn(one)]
        found = [
            event_of_rows(case, one, rows.get(one.instance, ()), drugs.get(one.instance, ()), table, on)
            for one in entered
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


def event_of_rows(
    case: Case,
    entered: Observation,
    rows: Sequence[Observation],
    drugs: Sequence[Observation],
    table: ToxicityTable,
    on: date,
) -> AdverseEvent:
    """One event of what was entered; put together again only where something is another that it rests on."""
    rests_on = table, on, drugs_of(case), case.earlier_tables
    kept = entered.kept.get("adverse event")
    if kept is None or kept[0] != rests_on or not (the_very_same(kept[1], rows) and the_very_same(kept[2], drugs)):
        kept = rests_on, rows, drugs, _event(case, entered, rows, drugs, table, on)
        entered.kept["adverse event"] = kept
    told: AdverseEvent = kept[3]
    return told


def the_very_same(some: Sequence[Observation], others: Sequence[Observation]) -> bool:
    """Whether these are the very same observations: two that read alike may have been entered otherwise."""
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))


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
    spans = spans_of(case, entered, rows, table, on)
    end = spans[-1].until
    over = end is None or end.earliest <= on
    criteria = _criteria(entered, spans)
    return AdverseEvent(
        id=entered.instance,
        term=named(entered.text("term"), _term_of(case, entered, table)) or UNNAMED,
        reported=entered.text("term"),
        onset=entered.on,
        end=end if over else None,
        spans=spans,
        related=_related(entered, attributions, drugs_of(case)),
        attributions=attributions,
        serious=_serious(entered, criteria),
        criteria=criteria,
        action=entered.text("action"),
        outcome=entered.text("outcome") if over else "",
        recurrence_of=entered.text("recurrence_of"),
        event=entered.event.id,
        entered=entered,
        rows=tuple(rows),
    )


def drugs_of(case: Case) -> frozenset[str]:
    """The drugs under study that the subject is given; those of every arm where none was allocated."""
    arm = case.record.arm
    return frozenset(one.drug for one in (case.protocol.regimens_of(arm) if arm else case.protocol.regimen))


def _related(entered: Observation, attributions: Sequence[Attribution], drugs: frozenset[str]) -> bool | None:
    """Related where any word says so; not related only where every drug under study was said not to be the cause."""
    stated, told = Verdict.of(entered.yes("related")), [one for one in attributions if one.drug in drugs]
    by_drug = [any_of([Verdict.of(one.related) for one in told if one.drug == drug] or [stated]) for drug in drugs]
    found = any_of([*by_drug, *([stated] if stated is Verdict.MET else [])]) if told else stated
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
