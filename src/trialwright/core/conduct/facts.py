"""What cannot be a fact: an item of no concept, a value of the wrong kind, a unit of another dimension, 30 February.

Anything that can have happened is accepted, however late or against the rules; it becomes a deviation, or a finding of
`orders`. Plausibility is asked on the form, not here; what one form says against itself is in `forms`. Read
`impossible`, then `_KINDS`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta

from trialwright.core.conduct.forms import contradictory
from trialwright.core.ledger import (
    Change,
    Event,
    FormCorrected,
    FormSubmitted,
    ItemPath,
    Missing,
    ReferenceRangeSet,
    Value,
)
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.subject import SubjectRecord
from trialwright.core.subject.possible import why_impossible
from trialwright.core.terms import Finding, PartialDate, Quantity, UnitMismatch, UnitTable
from trialwright.core.toxicity import ToxicityTable

FIRST_DAY = date(1900, 1, 1)
"""No trial, and no life of anybody in one, is older."""
LAST_DAY = date(2199, 12, 31)
"""A later year is mistyped, whenever it will be recorded; and the calendar has to hold windows after it."""
KEPT_OUT = "The event cannot have happened as it stands; nothing of it was saved."


def impossible(
    event: Event,
    concepts: Mapping[str, Concept],
    units: UnitTable,
    table: ToxicityTable | None = None,
    record: SubjectRecord | None = None,
) -> Iterator[Finding]:
    """Why an event cannot be a fact, each reason by itself; grades are looked up in `table`, terms also in `record`."""
    today = _day_recorded(event)
    if today and event.occurred > today:
        yield _finding("occurred", f"It is said to have happened on {event.occurred}, which is still to come.", "a day")
    if event.occurred < FIRST_DAY:
        yield _finding("occurred", f"It is said to have happened on {event.occurred}.", "a day since 1900")
    elif event.occurred > LAST_DAY and not today:
        yield _finding("occurred", f"It is said to have happened on {event.occurred}.", "the year that is meant")
    if isinstance(event, FormSubmitted | FormCorrected):
        for change in event.items:
            yield from _item(change, concepts, units, today)
    if isinstance(event, ReferenceRangeSet) and event.analyte in concepts:
        yield from _limits(event, concepts[event.analyte], units)
    for about, says, expected in contradictory(event, units, table, record):
        yield _finding(about, says, expected)


def _day_recorded(event: Event) -> date | None:
    """The last calendar day it can be anywhere on earth when the event was written down."""
    return event.recorded.date() + timedelta(days=1) if event.recorded else None


def _item(change: Change, concepts: Mapping[str, Concept], units: UnitTable, today: date | None) -> Iterator[Finding]:
    try:
        path = ItemPath.parse(change.path)
    except ValueError:
        yield _finding(change.path, f"{change.path!r} is no item.", "concept/instance/field, such as anc/c2d1/value")
        return
    concept = concepts.get(path.concept)
    if concept is None:
        near = _near(path.concept, concepts)
        yield _finding(change.path, f"No concept is named {path.concept!r}{near}.", "a concept of the protocol")
        return
    named = {field.id: field for field in concept.fields}
    field = named.get(path.field)
    if field is None:
        yield _finding(change.path, f"{concept.id} has no field {path.field!r}{_near(path.field, named)}.", "its field")
        return
    yield from _value(change, field, concept.id, units, today)


def _limits(event: ReferenceRangeSet, concept: Concept, units: UnitTable) -> Iterator[Finding]:
    """A limit in a unit that measures something else than the analyte would leave every value ungraded."""
    for name, limit in (("low", event.low), ("high", event.high)):
        wrong = _quantity(limit, concept.value, concept.id, units) if limit is not None else None
        if wrong and concept.value.kind is Kind.QUANTITY:
            yield _finding(name, f"Limit of {concept.id}: {wrong[0]}", wrong[1])


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f"; is {close[0]!r} meant" if close else ""


def _value(change: Change, field: Field, concept: str, units: UnitTable, today: date | None) -> Iterator[Finding]:
    if change.new is None or isinstance(change.new, Missing):
        return
    wrong = _KINDS[field.kind](change.new, field, concept, units)
    if wrong:
        yield _finding(change.path, *wrong)
    elif field.kind is Kind.DATE and PartialDate.parse(change.new).latest < FIRST_DAY:
        yield _finding(change.path, f"{field.label} {change.new} lies before 1900.", "a day since 1900")
    elif field.kind is Kind.DATE and PartialDate.parse(change.new).earliest > LAST_DAY:
        yield _finding(change.path, f"{field.label} {change.new} lies after 2199.", "the year that is meant")
    elif field.kind is Kind.DATE and today and PartialDate.parse(change.new).earliest > today:
        yield _finding(change.path, f"{field.label} lies in the future.", "a day that has been")


Wrong = tuple[str, str]
"""What is wrong, and what is expected instead."""


def _quantity(value: Value, field: Field, concept: str, units: UnitTable) -> Wrong | None:
    if isinstance(value, bool) or not isinstance(value, Quantity | int):
        return (
            f"{field.label} is no number.",
            f"a number with its unit{f', such as {field.unit}' if field.unit else ''}",
        )
    given = value if isinstance(value, Quantity) else Quantity.parse(value)
    if never := why_impossible(given, field, concept, units):
        return f"{field.label}: {never}.", "a number that can be"
    if field.unit is None or given.unit == field.unit:
        return None
    try:
        units.convert(given, field.unit, concept)
    except UnitMismatch as problem:
        return f"{field.label}: {str(problem).rstrip('.')}.", f"a unit that measures the same as {field.unit}"
    return None


def _integer(value: Value, field: Field, concept: str, units: UnitTable) -> Wrong | None:
    whole = isinstance(value, Quantity) and value.unit == "1" and value.value == value.value.to_integral_value()
    whole = whole or (isinstance(value, int) and not isinstance(value, bool))
    whole = whole or (isinstance(value, str) and value.isascii() and value.isdigit())
    if not whole:
        return f"{field.label} is no whole number.", "a whole number"
    number = value if isinstance(value, Quantity) else Quantity.parse(str(value))
    if number.value < 0 and not field.possible:
        return f"{field.label}: {number} is less than nothing.", "a number that can be"
    never = why_impossible(number, field, concept, units)
    return (f"{field.label}: {never}.", "a number that can be") if never else None


def _code(value: Value, field: Field, concept: str, units: UnitTable) -> Wrong | None:
    given = str(value)
    if not field.codes or given in field.codes:
        return None
    return f"{given!r} is no code of {field.label}{_near(given, field.codes)}.", ", ".join(field.codes)


def _yes_no(value: Value, field: Field, concept: str, units: UnitTable) -> Wrong | None:
    known = isinstance(value, bool) or value in ("yes", "no")
    return None if known else (f"{field.label} is neither yes nor no.", "yes or no")


def _date(value: Value, field: Field, concept: str, units: UnitTable) -> Wrong | None:
    try:
        PartialDate.parse(value)
    except ValueError:
        return f"{field.label}: {value!r} is no date.", "a date of the calendar, as 2005-02-28, 2005-02 or 2005"
    return None


def _text(value: Value, field: Field, concept: str, units: UnitTable) -> Wrong | None:
    return None


_KINDS: Mapping[Kind, Callable[[Value, Field, str, UnitTable], Wrong | None]] = {
    Kind.QUANTITY: _quantity,
    Kind.INTEGER: _integer,
    Kind.CODE: _code,
    Kind.YES_NO: _yes_no,
    Kind.DATE: _date,
    Kind.TEXT: _text,
}
"""What a value of each kind must be."""


def _finding(about: str, says: str, expected: str) -> Finding:
    return Finding(about=about, says=says, matters=KEPT_OUT, do=f"Write {expected}.")
