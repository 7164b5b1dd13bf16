"""One thing that stands in the record twice for the same days: an adverse event, a medication, a disease, a therapy.

Adverse events are the same by their term in the table and its site; other records by code, words as reported and route.
Only what certainly runs at the same time is told: a date known in part, or a record of which nobody said that it goes
on, is left alone. What ends on the day the next one begins follows it. Read `entered_twice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, groupby

from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Finding, PartialDate, Severity
from trialwright.core.toxicity import ToxicityTable, adverse_events
from trialwright.core.toxicity.events import UNNAMED

FIELDS = frozenset(("code", "start", "end", "ongoing"))
"""What a record has that says of one thing from when to when it was there."""


@dataclass(frozen=True)
class Run:
    """One record of one thing: `same` is what makes two of them one thing; no `end` means that it goes on."""

    concept: str
    same: tuple[str, ...]
    called: str
    start: PartialDate
    end: PartialDate | None
    event: str

    def holds(self, day: date) -> bool:
        """Whether it certainly runs on a day by which it had begun; its last day counts where it was the only one."""
        return self.end is None or self.end.earliest > day or (self.start.latest == day == self.end.earliest)

    def __str__(self) -> str:
        return f"{self.called}, {self.start} to {self.end or 'now'}"


def entered_twice(case: Case, table: ToxicityTable | None, on: date) -> tuple[Finding, ...]:
    """Every two records of one thing that run at the same time."""
    told = [*_adverse_events(case, table, on), *_others(case, on)]
    told.sort(key=lambda one: (one.concept, one.same, one.start.earliest, one.called))
    return tuple(
        _finding(first, second)
        for _, runs in groupby(told, key=lambda one: (one.concept, one.same))
        for first, second in combinations(runs, 2)
        if (both := max(first.start.latest, second.start.latest)) <= on and first.holds(both) and second.holds(both)
    )


def _adverse_events(case: Case, table: ToxicityTable | None, on: date) -> Iterator[Run]:
    """Each adverse event with a name; one that says it comes back from another is looked at with that one."""
    for one in adverse_events(case, table, on) if table else ():
        if one.term != UNNAMED and not one.recurrence_of:
            called = f"{one.reported} (adverse event {one.id})"
            yield Run("adverse_event", (one.term.casefold(),), called, one.onset, one.end, one.event)


def _others(case: Case, on: date) -> Iterator[Run]:
    for name in case.record.items:
        concept = case.concepts.get(name)
        if concept and {field.id for field in concept.fields} >= FIELDS:
            found = (_run(one, concept.label) for one in observations(case.record, name, on))
            yield from (one for one in found if one)


def _run(one: Observation, label: str) -> Run | None:
    """A record whose start is known, and that ended on a day or is said to go on."""
    start, end = one.date_of("start"), one.date_of("end")
    words = one.text("term") or one.text("code")
    if start is None or not words or (end is None and not one.yes("ongoing")):
        return None
    same = tuple(one.text(name).strip().casefold() for name in ("code", "term", "route"))
    return Run(one.concept, same, f"{words} ({label.lower()} {one.instance})", start, end, one.event.id)


def _finding(first: Run, second: Run) -> Finding:
    adverse = first.concept == "adverse_event"
    return Finding(
        about=second.event,
        says=f"{second} runs at the same time as {first} (event {first.event}).",
        matters="If it is one event it is counted twice." if adverse else "If it is one, it stands in the lists twice.",
        do="Void the one that is too many, or correct the dates; a worse grade of one event is a change of its grade."
        if adverse
        else "Void the one that is too many, or correct the dates; leave both where there were two.",
        severity=Severity.WARNING if adverse else Severity.NOTE,
    )
