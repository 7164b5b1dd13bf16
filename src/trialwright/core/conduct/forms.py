"""What one form cannot say by itself: an end before its start, a grade that the term does not have.

Two events that contradict each other are both kept, and `orders` says so: which of them is wrong only a person can
tell. One form that contradicts itself is wrong as it stands. Read `contradictory`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trialwright.core.ledger import (
    Event,
    FormCorrected,
    FormSubmitted,
    ItemPath,
    Missing,
    ReferenceRangeSet,
    TreatmentEnded,
    Value,
    item_date,
)
from trialwright.core.subject import SubjectRecord, observations
from trialwright.core.terms import Quantity, UnitMismatch, UnitTable
from trialwright.core.toxicity import ToxicityTable

Contradiction = tuple[str, str, str]
"""The item or field, what is wrong with it, and what is expected instead."""

IN_ORDER = (("start", "end"), ("first_dose", "last_dose"))
"""Dates of one thing of which the second cannot be before the first."""


def contradictory(
    event: Event, units: UnitTable, table: ToxicityTable | None, record: SubjectRecord | None
) -> Iterator[Contradiction]:
    """What the event says that cannot be true together."""
    if isinstance(event, FormSubmitted | FormCorrected):
        things = _things(event)
        yield from _out_of_order(things)
        yield from _limits_turned_round(things, units, record)
        if table is not None:
            yield from _no_such_grade(things, table, record)
    elif isinstance(event, TreatmentEnded) and event.last_dose and event.last_dose > event.occurred:
        says = f"The last dose on {event.last_dose} lies after treatment ended on {event.occurred}."
        yield "last_dose", says, "a day up to the end of treatment"
    elif isinstance(event, ReferenceRangeSet):
        yield from _empty_range(event, units)


def _things(event: FormSubmitted | FormCorrected) -> Mapping[tuple[str, str], dict[str, Value]]:
    """What the form says of each instance of a concept; a path that is none is refused by itself."""
    found: dict[tuple[str, str], dict[str, Value]] = {}
    for change in event.items:
        if change.path.count("/") == 2 and all(change.path.split("/")):
            path = ItemPath.parse(change.path)
            found.setdefault((path.concept, path.instance), {})[path.field] = change.new
    return found


def _out_of_order(things: Mapping[tuple[str, str], dict[str, Value]]) -> Iterator[Contradiction]:
    for (concept, instance), values in things.items():
        for first, second in IN_ORDER:
            before, after = item_date(values.get(first)), item_date(values.get(second))
            if before and after and after.latest < before.earliest:
                says = f"{second.replace('_', ' ')} {after} lies before {first.replace('_', ' ')} {before}."
                yield f"{concept}/{instance}/{second}", says.capitalize(), "dates in the order in which they were"


def _limits_turned_round(
    things: Mapping[tuple[str, str], dict[str, Value]], units: UnitTable, record: SubjectRecord | None
) -> Iterator[Contradiction]:
    """Limits of normal of which the lower one is above the upper: no value lies between them, and grades go by them."""
    for (concept, instance), values in things.items():
        if not {"low", "high"} & set(values):
            continue
        told = {**_recorded(record, instance, concept), **values}
        low, high = told.get("low"), told.get("high")
        if isinstance(low, Quantity) and isinstance(high, Quantity) and _above(low, high, units, concept):
            says = f"The lower limit {low} of {concept} is above the upper one, {high}."
            yield f"{concept}/{instance}/{'low' if 'low' in values else 'high'}", says, "the lower limit first"


def _above(low: Quantity, high: Quantity, units: UnitTable, concept: str) -> bool:
    """Whether one limit is above the other; a unit of another dimension is refused by itself."""
    try:
        return low.in_unit(high.unit, units, concept) > high.value
    except UnitMismatch:
        return False


def _no_such_grade(
    things: Mapping[tuple[str, str], dict[str, Value]], table: ToxicityTable, record: SubjectRecord | None
) -> Iterator[Contradiction]:
    """A grade of a term that has other grades; the term as on the form, else as recorded of the event."""
    for (concept, instance), values in things.items():
        event = _text(values.get("adverse_event")) if concept == "adverse_event_grade" else instance
        if concept not in ("adverse_event", "adverse_event_grade") or not ({"grade", "term"} & set(values)):
            continue
        told = {**_recorded(record, event), **things.get(("adverse_event", event), {}), **values}
        term, grade = table.term(_text(told.get("term"))), _text(told.get("grade"))
        if term is not None and grade.isdigit() and int(grade) not in term.grades:
            has = ", ".join(map(str, term.grades))
            says = f"{term.name} has no grade {grade} in {table.name} {table.version}."
            yield f"{concept}/{instance}/grade", says, f"one of its grades, {has}"


def _recorded(record: SubjectRecord | None, instance: str, concept: str = "adverse_event") -> Mapping[str, Value]:
    found = observations(record, concept) if record else ()
    return next((one.values for one in found if one.instance == instance), {})


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, Missing) else str(getattr(value, "value", value))


def _empty_range(event: ReferenceRangeSet, units: UnitTable) -> Iterator[Contradiction]:
    """A lower limit above the upper one, or an age that ends before it begins, fits nobody."""
    if event.low is not None and event.high is not None:
        try:
            if event.low.in_unit(event.high.unit, units, event.analyte) > event.high.value:
                says = f"The lower limit {event.low} of {event.analyte} is above the upper one, {event.high}."
                yield "low", says, "the lower limit first"
        except UnitMismatch:
            says = f"The limits {event.low} and {event.high} of {event.analyte} measure different things."
            yield "low", says, "both limits in units of one kind"
    for name, limit in (("low", event.low), ("high", event.high)):
        if limit is not None and limit.value < 0:
            yield name, f"The limit {limit} of {event.analyte} is less than nothing.", "a limit that can be"
    if event.age_from is not None and event.age_to is not None and event.age_to < event.age_from:
        says = f"The ages go from {event.age_from} to {event.age_to} years."
        yield "age_to", says, "the younger age first"
