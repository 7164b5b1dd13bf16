"""Adverse events as entered, one by one: who, when, how bad, related or not, serious and why, what became of them.

An event is told as the core put it together (`adverse_events`); the clock of each report a serious event asks for comes
from `safety_clocks`. Events of people who were never treated are told too. Read `events_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from trialwright.adapters.reports.analysis.toxicity import class_of
from trialwright.core.analysis import Gathered, Person, safety_endpoint
from trialwright.core.safety import SafetyClock, safety_clocks
from trialwright.core.terms import Verdict
from trialwright.core.toxicity import AdverseEvent, ToxicityTable, adverse_events, emergences

NO_TABLE = ToxicityTable("", "", (), ())
"""Events are told also where the protocol names no grade table."""


@dataclass(frozen=True)
class Event:
    """One adverse event of one participant; `emergent` says whether it came or worsened under treatment."""

    subject: str
    group: str
    organ_class: str
    event: AdverseEvent
    study_day: int | None
    days: int | None
    emergent: Verdict


@dataclass(frozen=True)
class Clock:
    """One report that a serious event asks for."""

    subject: str
    group: str
    clock: SafetyClock


@dataclass(frozen=True)
class SeriousCount:
    """One term in one group: serious events, participants, and how many of these were related or fatal."""

    term: str
    group: str
    n: int
    events: int
    participants: int
    related: int
    fatal: int


@dataclass(frozen=True)
class ClockCount:
    """The reports of one rule by what became of them."""

    clause: str
    to: str
    report: str
    states: Mapping[str, int]


@dataclass(frozen=True)
class EventAnalysis:
    """Every adverse event; the serious ones counted by term; every clock."""

    events: tuple[Event, ...]
    serious_counts: tuple[SeriousCount, ...]
    clocks: tuple[Clock, ...]

    @property
    def serious(self) -> tuple[Event, ...]:
        """The events that are serious."""
        return tuple(one for one in self.events if one.event.serious)

    @property
    def unsaid(self) -> tuple[Event, ...]:
        """The events of which nobody said whether they are serious."""
        return tuple(one for one in self.events if one.event.serious is None)

    @property
    def who_serious(self) -> frozenset[str]:
        """The participants with a serious event."""
        return frozenset(one.subject for one in self.serious)

    @property
    def clock_counts(self) -> tuple[ClockCount, ...]:
        """The reports by rule and state."""
        rules = dict.fromkeys((one.clock.clause, one.clock.to, one.clock.report) for one in self.clocks)
        return tuple(ClockCount(*rule, Counter(_states(self.clocks, rule))) for rule in rules)


def _states(clocks: Iterable[Clock], rule: tuple[str, str, str]) -> Iterator[str]:
    return (one.clock.state for one in clocks if (one.clock.clause, one.clock.to, one.clock.report) == rule)


def events_of(gathered: Gathered) -> EventAnalysis:
    """Every adverse event by the cut-off, by participant and onset."""
    by_person = list(labelled(gathered))
    told = tuple(replace(event, group=label) for one, label in by_person for event in one.ask(events_had))
    return EventAnalysis(
        events=told,
        serious_counts=tuple(_serious_counts(gathered, told)),
        clocks=tuple(replace(clock, group=label) for one, label in by_person for clock in one.ask(clocks_started)),
    )


def labelled(gathered: Gathered) -> Iterator[tuple[Person, str]]:
    """Everyone who was registered, by id, with the name of the group."""
    found = [(one, group.label) for group in gathered.groups for one in group.people]
    return iter(sorted(found, key=lambda each: each[0].subject))


def events_had(one: Person) -> tuple[Event, ...]:
    """The adverse events of a participant, the group still to be told."""
    return tuple(_events(one))


def _events(one: Person) -> Iterator[Event]:
    by = one.judged_by
    table, (_, days) = by.standards.toxicity or NO_TABLE, safety_endpoint(by.protocol)
    emergent: dict[str, Verdict] = {}
    for each in emergences(one.case, table, by.cut, days):
        if each.toxicity.adverse_event:
            emergent[each.toxicity.adverse_event] = emergent.get(each.toxicity.adverse_event, Verdict.NOT_MET) | (
                each.emergent
            )
    for event in adverse_events(one.case, table, by.cut):
        yield Event(
            subject=one.subject,
            group="",
            organ_class=class_of(event.term, by.tables),
            event=replace(event, entered=None, rows=()),  # the forms it was put together from are not told
            study_day=_study_day(one, event),
            days=event.days(by.cut),
            emergent=emergent.get(event.id, Verdict.NOT_MET),
        )


def _study_day(one: Person, event: AdverseEvent) -> int | None:
    """The day of treatment on which it began; the day before the first dose is day -1."""
    if one.first_dose is None or event.onset.exact is None:
        return None
    days = (event.onset.exact - one.first_dose).days
    return days + 1 if days >= 0 else days


def clocks_started(one: Person) -> tuple[Clock, ...]:
    """The reports that a participant's events ask for, the group still to be told."""
    own, cut = one.judged_by.standards, one.judged_by.cut
    if own.clock is None:
        return ()
    return tuple(Clock(one.subject, "", each) for each in safety_clocks(one.case, own.clock, cut, table=own.toxicity))


def _serious_counts(gathered: Gathered, told: Iterable[Event]) -> Iterator[SeriousCount]:
    serious = [one for one in told if one.event.serious]
    people = Counter(term for _, term in {(one.subject, one.event.term) for one in serious})
    for term in sorted(people, key=lambda name: (-people[name], name)):
        for group in gathered.groups_and_all:
            members = {one.subject for one in group.where(treated=True)}
            own = [one for one in serious if one.event.term == term and one.subject in members]
            yield SeriousCount(
                term=term,
                group=group.label,
                n=len(members),
                events=len(own),
                participants=len({one.subject for one in own}),
                related=len({one.subject for one in own if one.event.related}),
                fatal=len({one.subject for one in own if "death" in one.event.criteria}),
            )
