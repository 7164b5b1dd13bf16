"""The record of one subject: milestones and items as they came, what was voided counting no more.

A record takes one event at a time (`advance`) at the same cost for the tenth and the thousandth; a voiding looks once
through the subject's events. Nothing is judged. How items add up to observations is in `items`, what consent, leaving
and locks amount to in `standing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from trialwright.core.ledger import (
    ArmAllocated,
    ConsentGiven,
    ConsentWithdrawn,
    CourseStarted,
    DoseReleased,
    Event,
    EventVoided,
    Locked,
    PayloadRedacted,
    ScreeningFailed,
    StudyLeft,
    SubjectFound,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubjectTransferred,
    SubstudyJoined,
    TreatmentEnded,
    Unlocked,
)
from trialwright.core.subject.items import Form, History, Observation, entered, in_order, without

K = TypeVar("K", bound=Event)


@dataclass(frozen=True, slots=True)
class Log:
    """The events of a subject, newest first, as a chain."""

    newest: Event
    before: Log | None = None

    def __iter__(self) -> Iterator[Event]:
        link: Log | None = self
        while link is not None:
            yield link.newest
            link = link.before


@dataclass(frozen=True)
class SubjectRecord:
    """All that was recorded of one subject.

    `milestones` are the rare events (screened, registered, allocated, courses, ends), oldest first; `items` the entries
    by concept. Nothing is derived here: status, dose and response are asked of the modules that decide them.
    `site` is where the subject belongs now (`site_on` a day), `home` where the subject came to be screened. `log` has
    every event, also what was voided; `voided` says by which event, by the id of what it voided.
    """

    subject: str
    site: str
    milestones: tuple[Event, ...] = ()
    items: Mapping[str, History] = field(default_factory=dict)
    events: int = 0
    last_seq: int = 0
    home: str = ""
    log: Log | None = field(default=None, repr=False, compare=False)
    voided: Mapping[str, EventVoided] = field(default_factory=dict, compare=False)

    def of_kind(self, kind: type[K]) -> tuple[K, ...]:
        """The milestones of one kind, in the order they were recorded."""
        if kind not in self._kinds:
            self._kinds[kind] = tuple(event for event in self.milestones if isinstance(event, kind))
        return self._kinds[kind]

    @cached_property
    def _kinds(self) -> dict[type[Event], tuple[Any, ...]]:
        """The milestones of each kind that was asked for."""
        return {}

    @cached_property
    def last_milestone(self) -> date:
        """The day of the milestone that happened last."""
        return max((one.occurred for one in self.milestones), default=date.min)

    def latest(self, kind: type[K]) -> K | None:
        """The latest milestone of one kind, or None."""
        return next(reversed(self.of_kind(kind)), None)

    @property
    def version(self) -> str | None:
        """The protocol version the subject is on: as moved to last, else as registered; before that as consented to."""
        moved = max(self.of_kind(SubjectMoved), key=by_day, default=None)
        known = moved or self.registered
        return known.version if known else self._consented

    @property
    def _consented(self) -> str | None:
        """The version consented to last: to be screened, or again since."""
        told: list[SubjectScreened | ConsentGiven] = [*self.of_kind(SubjectScreened)]
        told += [one for one in self.of_kind(ConsentGiven) if "study" in one.scope]
        last = max(told, key=by_day, default=None)
        return last.version if last else None

    def site_on(self, on: date) -> str:
        """The site the subject belonged to on a day."""
        moves = [one for one in self.of_kind(SubjectTransferred) if one.occurred <= on]
        return max(moves, key=by_day).to if moves else self.home or self.site

    def on_its_site(self, on: date) -> SubjectRecord:
        """The record as of the site the subject belonged to on a day."""
        site = self.site_on(on)
        return self if site == self.site else replace(self, site=site)

    def event(self, event_id: str) -> Event | None:
        """An event of the subject by its id, also one that was voided."""
        return self._by_id.get(event_id) if event_id else None

    @cached_property
    def _by_id(self) -> Mapping[str, Event]:
        """Every event by its id; of two with one id the later one."""
        found: dict[str, Event] = {}
        for one in self.log or ():
            found.setdefault(one.id, one)
        return found

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The forms that brought something and were not voided, newest first."""
        told = (one for one in self.log or () if isinstance(one, Form) and one.items)
        return tuple(one for one in told if one.id not in self.voided)

    @property
    def registered(self) -> SubjectRegistered | None:
        """The registration, if there was one."""
        return self.latest(SubjectRegistered)

    @property
    def arm(self) -> str | None:
        """The arm the subject was allocated to."""
        allocated = self.latest(ArmAllocated)
        return allocated.arm if allocated else None


def by_day(event: Event) -> tuple[date, int]:
    """The order in which things happened; what was recorded later comes later on one day."""
    return event.occurred, event.seq


MILESTONES = (
    SubjectScreened,
    ConsentGiven,
    ConsentWithdrawn,
    ScreeningFailed,
    SubjectRegistered,
    ArmAllocated,
    SubstudyJoined,
    SubjectMoved,
    SubjectTransferred,
    CourseStarted,
    DoseReleased,
    TreatmentEnded,
    StudyLeft,
    SubjectFound,
    Locked,
    Unlocked,
    PayloadRedacted,
)
"""Events kept whole in a record; forms are kept by item."""


def advance(record: SubjectRecord, event: Event) -> SubjectRecord:
    """The record with one more event; the record before it stays as it was.

    A voiding takes back what it voids, as if that had never been entered; the log keeps both.
    """
    log = Log(event, record.log)
    if isinstance(event, EventVoided):
        return _again(record, log)
    items, milestones, home = record.items, record.milestones, record.home or event.site or ""
    if isinstance(event, Form):
        items = entered(dict(items), event)
    elif isinstance(event, MILESTONES):
        milestones = (*milestones, event)
    last = max(record.last_seq, event.seq)
    more = SubjectRecord(
        record.subject, record.site or home, milestones, items, record.events + 1, last, home, log, record.voided
    )
    return replace(more, site=more.site_on(date.max)) if isinstance(event, SubjectTransferred) else more


def _again(record: SubjectRecord, log: Log) -> SubjectRecord:
    """The record without what was voided: milestones looked through again, items where a form of theirs was voided."""
    events = tuple(reversed(tuple(log)))
    voided = voidings(events)
    counted = [one for one in events if one.id not in voided]
    forms = [one for one in counted if isinstance(one, Form)]
    items: dict[str, History] = {}
    if record.voided.keys() <= voided.keys():
        gone = [one for one in events if one.id in voided and one.id not in record.voided and isinstance(one, Form)]
        items = in_order(without(record.items, gone, frozenset(voided)), forms)
    else:
        for form in forms:
            entered(items, form)
    milestones = tuple(one for one in counted if isinstance(one, MILESTONES))
    home = next((one.site for one in counted if one.site and not isinstance(one, EventVoided)), "")
    last = max((one.seq for one in events), default=0)
    again = SubjectRecord(record.subject, home, milestones, items, len(events), last, home, log, voided)
    return replace(again, site=again.site_on(date.max) or record.site)


def voidings(events: Iterable[Event]) -> dict[str, EventVoided]:
    """What was voided, by id, and by which event; a voiding that was voided itself voids nothing.

    Only an earlier event is voided, so the newest word is the last one.
    """
    said: dict[str, EventVoided] = {}
    voided: dict[str, EventVoided] = {}
    for event in reversed(tuple(events)):
        if event.id in said:
            voided[event.id] = said[event.id]
        elif isinstance(event, EventVoided) and event.voids:
            said.setdefault(event.voids, event)
    return voided


def fold_subject(subject: str, events: Iterable[Event]) -> SubjectRecord:
    """The record of one subject from its events, oldest first; events of others are passed over."""
    record = SubjectRecord(subject, "")
    for event in events:
        if event.subject == subject:
            record = advance(record, event)
    return record


def known_on(record: SubjectRecord, on: date) -> SubjectRecord:
    """The record with only what had happened by a clinical date; items are held back by `observations`."""
    if record.last_milestone <= on:
        return record
    known = tuple(event for event in record.milestones if event.occurred <= on)
    return replace(record, milestones=known, site=record.site_on(on))


def observations(record: SubjectRecord, concept: str, on: date | None = None) -> tuple[Observation, ...]:
    """Every observation of a concept that holds for a date up to `on`, oldest first, corrections applied."""
    history = record.items.get(concept)
    if history is None:
        return ()
    if on is None or history.last_begun <= on:
        return history.observed
    return tuple(one for one in history.observed if one.on.earliest <= on)
