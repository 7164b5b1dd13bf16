"""The days on which an answer can turn: between two of them a condition is judged once, however many days are asked.

An answer turns when a datum it reads is recorded or passes out of its window, when an event it looks for begins or
ends, when a course begins. A condition that counts from a date that itself moves may turn on any day. What is judged
and how is not decided here (`conditions`); a replay that judges every day must give the same. Read `turning_days`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from trialwright.core.conditions import (
    Age,
    Ask,
    Condition,
    Elapsed,
    GradeIs,
    Had,
    Limit,
    Measure,
    NumberIs,
    Reading,
    ResponseIs,
    Sex,
    parts,
)
from trialwright.core.conditions.constructs import OPERATORS
from trialwright.core.conditions.episodes import is_term
from trialwright.core.conditions.values import compare_reading
from trialwright.core.ledger import SubjectRegistered
from trialwright.core.terms import Duration, PartialDate, Quantity, UnitTable, Verdict

if TYPE_CHECKING:
    from trialwright.core.dosing.evidence import Data

ONE_DAY = timedelta(days=1)
STEADY_ANCHORS = ("screening", "registration", "first_dose", "course_day_1")
"""Anchors that move only when something is decided or a course begins."""


def turning_days(condition: Condition, data: Data) -> tuple[date, ...] | None:
    """The days on which the answer to a condition can turn, in order; None where it can on any day."""
    found: set[date] = set()
    for part in parts(condition):
        turns = _TURNS.get(type(part), _never)(part, data)
        if turns is None:
            return None
        found.update(turns)
    return tuple(sorted(found))


def _never(part: Any, data: Data) -> Iterable[date]:
    return ()


def _of_measure(part: Measure, data: Data) -> Iterable[date] | None:
    spans = [span for span in (part.within, part.held_for) if span]
    return _of_readings(part.concept, part.before, spans, data)


def _of_readings(concept: str, anchor: str | None, spans: Iterable[Duration], data: Data) -> Iterable[date] | None:
    anchored = _of_anchor(anchor, data)
    if anchored is None:
        return None
    dates = [one.on for one in data.readings(concept).readings]
    return [*anchored, *(turn for on in dates for turn in _of_date(on, spans))]


def _of_date(on: PartialDate, spans: Iterable[Duration]) -> Iterator[date]:
    """The days on which a datum of a date begins to count, and on which it no longer does."""
    for day in {on.earliest, on.latest}:
        yield day
        for span in spans:
            yield span.after(day)
            yield _first_day_outside(span, day)


def _first_day_outside(span: Duration, day: date) -> date:
    """The first day from which looking back over the span no longer reaches the day."""
    out = span.after(day)
    while span.before(out) <= day:
        out += ONE_DAY
    return out


def _of_had(part: Had, data: Data) -> Iterable[date] | None:
    anchored = _of_anchor(part.before, data)
    if anchored is None:
        return None
    spans = [part.within] if part.within else []
    episodes = data.episodes(part.set)
    dates = [on for _, one in episodes for on in (one.start, one.end) if on]
    turns = [day + more for on in dates for day in _of_date(on, spans) for more in (timedelta(0), ONE_DAY)]
    return [*anchored, *turns, *(day for day, _ in episodes), *data.reviews(part.set)]


def _of_grade(part: GradeIs, data: Data) -> Iterable[date]:
    seen = [one for one in data.toxicities if is_term(one.term, part.term)]
    turns = [day for one in seen for day in (one.onset.earliest, one.onset.latest)]
    turns += [day + ONE_DAY for one in seen if one.end for day in (one.end.earliest, one.end.latest)]
    return [*turns, *data.reviews("adverse_event"), *data.starts]


def _of_response(part: ResponseIs, data: Data) -> Iterable[date]:
    return [day for day, _ in data.case.assessed]


def _of_number(part: NumberIs, data: Data) -> Iterable[date] | None:
    return None if part.name == "day" else data.starts


def _of_anchor(anchor: str | None, data: Data) -> Iterable[date] | None:
    """The days on which an anchor moves, and on which the day itself passes it."""
    if anchor is None:
        return ()
    if anchor not in STEADY_ANCHORS:
        return None
    moves = [*data.starts, *(event.occurred for event in data.case.record.milestones)]
    stands = data.whole.anchor(anchor)
    planned = (event.planned_first_dose for event in data.case.record.of_kind(SubjectRegistered))
    days = [*moves, *(day for day in (stands, *planned) if day)]
    return [day + more for day in days for more in (-ONE_DAY, timedelta(0), ONE_DAY)]


_TURNS: Mapping[type[Condition], Callable[[Any, Data], Iterable[date] | None]] = {
    Age: lambda part, data: _of_readings("age", None, (), data),
    Sex: lambda part, data: _of_readings("sex", None, (), data),
    Measure: _of_measure,
    Ask: lambda part, data: _of_readings(part.question, None, [part.within] if part.within else [], data),
    Had: _of_had,
    GradeIs: _of_grade,
    ResponseIs: _of_response,
    NumberIs: _of_number,
    Elapsed: lambda part, data: None,
}
"""For each construct that reads a datum, when its answer can turn; what joins others turns with them."""


def surely_fails(reading: Reading, limit: Limit, units: UnitTable) -> bool:
    """Whether a value is known and outside the limit; exact numbers in one unit are compared as they are."""
    value = reading.value
    if isinstance(value, Quantity) and not reading.bound:
        told = [(OPERATORS[sign], bound) for sign, bound in limit.comparisons]
        if all(bound.unit == value.unit for _, bound in told):
            return not all(compare(value.value, bound.value) for compare, bound in told)
    return compare_reading(reading, limit, units).verdict is Verdict.NOT_MET
