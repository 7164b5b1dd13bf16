"""An adverse event as it stood after each entry about it: what was known of it when.

An entry is about an event where it is of the event itself, or of a row of grades or drugs that names the event, or ever
did. What other events got changes nothing of this one. Read `event_through_time`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from trialwright.core.subject import Case, Observation, observations
from trialwright.core.toxicity.events import AdverseEvent, drugs_of, event_of, event_of_rows, the_very_same, withdrawn
from trialwright.core.toxicity.table import ToxicityTable

ROWS = ("adverse_event_grade", "adverse_event_attribution")
"""What is entered apart from an event and belongs to it."""
Then = tuple[int, AdverseEvent | None]
"""A place in the ledger, and the event as it stood from there on; None where it was none."""


def event_through_time(case: Case, table: ToxicityTable, on: date, name: str) -> tuple[Then, ...]:
    """An event as it stood after each entry about it, as known on a day; put together once for what it rests on."""
    own = next((one for one in observations(case.record, "adverse_event") if one.instance == name), None)
    if own is None:
        return ()
    rows = [one for concept in ROWS for one in observations(case.record, concept) if _names(one, name)]
    rests_on, kept = (table, on, drugs_of(case), case.earlier_tables), own.kept.get("through time")
    if kept is None or kept[0] != rests_on or not the_very_same(kept[1], rows):
        kept = own.kept["through time"] = rests_on, rows, tuple(_then(case, table, on, own, rows))
    found: tuple[Then, ...] = kept[2]
    return found


def _names(row: Observation, event: str) -> bool:
    """Whether a row is of an event, or was once."""
    named = (entry.value for entry in row.entries if entry.path.field == "event")
    return row.instance.partition(".")[0] == event or any(str(one) == event for one in named)


def _then(case: Case, table: ToxicityTable, on: date, own: Observation, rows: Sequence[Observation]) -> Iterator[Then]:
    for seq in sorted({entry.event.seq for one in (own, *rows) for entry in one.entries}):
        entered = own.as_of(seq)
        if entered is None or withdrawn(entered) or entered.on.earliest > on:
            yield seq, None
        else:
            grades, drugs = (_rows_then(rows, concept, own.instance, seq, on) for concept in ROWS)
            yield seq, event_of_rows(case, entered, grades, drugs, table, on)


def _rows_then(rows: Sequence[Observation], concept: str, event: str, seq: int, on: date) -> tuple[Observation, ...]:
    """The rows of an event as they stood, in the order of their days."""
    found = [then for one in rows if one.concept == concept and (then := one.as_of(seq))]
    known = (one for one in found if one.on.earliest <= on and not withdrawn(one) and event_of(one) == event)
    return tuple(sorted(known, key=lambda one: one.placed))
