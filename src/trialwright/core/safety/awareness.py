"""Since when the site knew that an event is what a rule asks for.

The first entry counts from the day and time the site knew of the event. What turned true later, by another entry,
counts from then: an event that becomes serious starts its clock on that day. What was entered wrongly and corrected was
true before, and so was a blank that was filled in later: neither puts the clock off. Read `known_since`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trialwright.core.bundle import SiteClock, Span
from trialwright.core.conditions.constructs import OPERATORS, Limit
from trialwright.core.ledger import Event, FormCorrected
from trialwright.core.protocol import EventIs
from trialwright.core.subject import Case, Observation
from trialwright.core.terms import Answer, Verdict, all_of
from trialwright.core.toxicity import AdverseEvent, ToxicityTable, event_through_time

CONCEPTS = ("adverse_event", "adverse_event_grade", "adverse_event_attribution")
"""What an event is recorded in."""


@dataclass(frozen=True)
class Touch:
    """One entry that changed an event: the event in the ledger, and what is asked as it stood then."""

    by: Event
    asked: Verdict
    serious: bool | None


@dataclass(frozen=True)
class Known:
    """When the site knew: the earliest and latest instant it can have been, and in words where that comes from."""

    span: Span
    why: str
    missing: tuple[str, ...] = ()


def is_asked(wanted: EventIs, event: AdverseEvent) -> Answer:
    """Whether an event is what a rule asks for, and what is missing to tell."""
    asked: list[tuple[str, Verdict]] = []
    if wanted.serious is not None:
        asked.append(("whether it is serious", _agrees(event.serious, wanted.serious)))
    if wanted.related is not None:
        asked.append(("whether it is related", _agrees(event.related, wanted.related)))
    if wanted.expected is not None:
        expected = event.entered.yes("expected") if event.entered else None
        asked.append(("whether it was expected", _agrees(expected, wanted.expected)))
    if wanted.criteria:
        asked.append(("why it is serious", _meets(event, wanted.criteria)))
    if wanted.outcome:
        known = event.outcome not in ("", "unknown")
        asked.append(("its outcome", Verdict.of(event.outcome in wanted.outcome if known else None)))
    if wanted.terms:
        named = {event.term.casefold(), event.reported.casefold(), event.term.partition(" - ")[0].casefold()}
        asked.append(("its term", Verdict.of(any(term.casefold() in named for term in wanted.terms))))
    if wanted.grade is not None:
        asked.append(("its grade", _of_grade(event, wanted.grade)))
    missing = tuple(f"{what} ({event.reported or event.term})" for what, seen in asked if seen is Verdict.UNKNOWN)
    verdict = all_of(seen for _, seen in asked)
    return Answer(verdict, missing=missing if verdict is Verdict.UNKNOWN else ())


def _meets(event: AdverseEvent, criteria: tuple[str, ...]) -> Verdict:
    """Whether it meets one of these criteria; unknown where it is serious and nobody said why."""
    if any(one in criteria for one in event.criteria):
        return Verdict.MET
    told = bool(event.criteria) or event.serious is False
    return Verdict.of(False if told else None)


def _agrees(given: bool | None, wanted: bool) -> Verdict:
    return Verdict.of(None if given is None else given is wanted)


def _of_grade(event: AdverseEvent, limit: Limit) -> Verdict:
    """Whether the event ever had such a grade; unknown where a grade of it is not known."""
    grades = [one.grade for one in event.spans]
    held = any(
        grade is not None and all(OPERATORS[sign](grade.number, bound.value) for sign, bound in limit.comparisons)
        for grade in grades
    )
    return Verdict.of(True if held else None if None in grades else False)


# --- when ---------------------------------------------------------------------------------------------------------


def known_since(
    case: Case, table: ToxicityTable, wanted: EventIs, event: AdverseEvent, clock: SiteClock, on: date
) -> Known:
    """When the site knew that the event is what is asked for."""
    touches = list(_touches(case, table, wanted, event.id, on))
    place = _turned_true(touches)
    if place == 0:
        return _of_the_event(case, event, clock)
    before, turned = touches[place - 1], touches[place]
    told = event.entered.date_of("aware_serious") if event.entered else None
    if wanted.serious and before.serious is not True and turned.serious and told:
        return _stated(case, event, clock, "aware_serious", "the site knew that it was serious")
    zone = zone_of(case, turned.by.occurred)
    span = clock.instants(turned.by.occurred, turned.by.time, zone)
    return Known(
        Span(span.earliest, span.earliest), f"since the entry of {turned.by.occurred} changed what was said of it"
    )


def _turned_true(touches: list[Touch]) -> int:
    """The entry since which it has been so; one that corrects, or fills a blank in, counts as the one before it."""
    place = len(touches) - 1
    while place > 0:
        told_otherwise = touches[place - 1].asked is Verdict.NOT_MET
        if told_otherwise and not isinstance(touches[place].by, FormCorrected):
            return place
        place -= 1
    return 0


def _touches(case: Case, table: ToxicityTable, wanted: EventIs, event: str, on: date) -> Iterator[Touch]:
    """Every entry about an event, oldest first, with what the event was by then."""
    through_time = event_through_time(case, table, on, event)
    for by in _entries(case, event):
        place = bisect_right(through_time, by.seq, key=lambda then: then[0])
        seen = through_time[place - 1][1] if place else None
        if seen is not None:
            yield Touch(by, is_asked(wanted, seen).verdict, seen.serious)


def _entries(case: Case, event: str) -> list[Event]:
    found = {
        entry.event.seq: entry.event
        for concept in CONCEPTS
        for entry in case.record.items.get(concept, ())
        if entry.path.concept != "adverse_event" or entry.path.instance == event
    }
    return [found[seq] for seq in sorted(found)]


def _of_the_event(case: Case, event: AdverseEvent, clock: SiteClock) -> Known:
    """When the site knew of the event at all: as told, else between its onset and its entry."""
    entered = event.entered
    if entered is not None and entered.date_of("aware"):
        return _stated(case, event, clock, "aware", "the site knew of it")
    first = _entries(case, event.id)[0]
    begun = clock.instants(event.onset.earliest, "", zone_of(case, event.onset.earliest))
    typed = clock.instants(first.occurred, first.time, zone_of(case, first.occurred))
    why = f"nobody said when the site knew; between its onset {event.onset} and its entry of {first.occurred}"
    earliest = min(begun.earliest, typed.earliest)
    return Known(Span(earliest, typed.latest), why, (f"day and time the site knew of {event.reported or event.term}",))


def _stated(case: Case, event: AdverseEvent, clock: SiteClock, name: str, what: str) -> Known:
    """An awareness as entered; without its time, or without its day, from the earliest instant it can have been."""
    entered: Observation | None = event.entered
    day = entered.date_of(name) if entered else None
    assert entered is not None and day is not None
    time = entered.text(f"{name}_time") if day.exact else ""
    try:
        span = clock.instants(day.earliest, time, zone_of(case, day.earliest))
    except ValueError:
        span, time = clock.instants(day.earliest, "", zone_of(case, day.earliest)), ""
    lacks = "" if time else ", counted from the earliest it can have been, since no time is told"
    missing = () if time else (f"time at which {what}",)
    return Known(
        Span(span.earliest, span.earliest), f"since {what} on {day}{f' {time}' if time else ''}{lacks}", missing
    )


def zone_of(case: Case, on: date) -> str:
    """The time zone of the site the subject belonged to on a day."""
    site = case.protocol.site(case.record.site_on(on))
    return site.time_zone if site else "UTC"
