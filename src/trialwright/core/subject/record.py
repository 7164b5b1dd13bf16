"""The record of one subject: items add up to observations, a later correction wins, what was voided counts no more.

A record takes one event at a time (`advance`) at the same cost for the tenth and the thousandth; only a voiding folds
the subject's events again. Nothing is judged. What consent, leaving and locks amount to is in `standing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from math import inf
from typing import Any, NamedTuple, TypeVar

from trialwright.core.ledger import (
    ArmAllocated,
    ConsentGiven,
    ConsentWithdrawn,
    CourseStarted,
    DoseReleased,
    Event,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    ItemPath,
    Locked,
    Missing,
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
    Value,
    item_date,
)
from trialwright.core.terms import PartialDate, Quantity

K = TypeVar("K", bound=Event)


class Entry(NamedTuple):
    """One item as it came in: its path, its value, and the event that brought it."""

    path: ItemPath
    value: Value
    event: Event


@dataclass(frozen=True, eq=False)
class History:
    """Entries of one concept, newest first, as a chain: one more costs the same however many there are.

    Entries of `voided` events stay in the chain and are passed over; the newest is none of them.
    """

    newest: Entry
    before: History | None = None
    voided: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Entry]:
        link: History | None = self
        while link is not None:
            if link.newest.event.id not in self.voided:
                yield link.newest
            link = link.before

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, History) else NotImplemented

    def followed_by(self, entry: Entry) -> History:
        """The history with one more entry."""
        return History(entry, self, self.voided)

    def without(self, voided: frozenset[str], until: float = inf) -> History | None:
        """The history without what was voided and what the ledger has after a place; None where nothing is left."""
        link: History | None = self
        while link is not None and (link.newest.event.seq > until or link.newest.event.id in voided):
            link = link.before
        return History(link.newest, link.before, voided) if link else None

    @cached_property
    def observed(self) -> tuple[Observation, ...]:
        """The entries put together to observations, oldest first; those of one day by time and name, not by entry."""
        by_instance: dict[str, list[Entry]] = {}
        for entry in reversed(tuple(self)):
            by_instance.setdefault(entry.path.instance, []).append(entry)
        concept = self.newest.path.concept
        found = [_observation(concept, instance, entries) for instance, entries in by_instance.items()]
        return tuple(sorted(found, key=lambda one: (one.on.latest, one.text("time"), one.instance)))

    @cached_property
    def last_begun(self) -> date:
        """The day by which every observation was there, or may have been."""
        return max(one.on.earliest for one in self.observed)


@dataclass(frozen=True)
class Observation:
    """One thing recorded: the fields of one instance of a concept as they stand, and the date it holds for.

    `values` are the values in force; `entries` all there were, oldest first, and `history` those of each field.
    """

    concept: str
    instance: str
    values: Mapping[str, Value]
    on: PartialDate
    encounter: str
    event: Event
    entries: tuple[Entry, ...] = field(default=(), repr=False, compare=False)

    @cached_property
    def history(self) -> Mapping[str, tuple[Entry, ...]]:
        """Every entry of each field, oldest first."""
        of_field: dict[str, tuple[Entry, ...]] = {}
        for entry in self.entries:
            of_field[entry.path.field] = (*of_field.get(entry.path.field, ()), entry)
        return of_field

    def text(self, name: str) -> str:
        """A field as text; empty where it is missing."""
        value = self.values.get(name)
        return "" if value is None or isinstance(value, Missing) else str(value)

    def quantity(self, name: str = "value") -> Quantity | None:
        """A field as a quantity; a whole number counts as one without unit."""
        value = self.values.get(name)
        if isinstance(value, bool):
            return None
        return Quantity(Decimal(value)) if isinstance(value, int) else value if isinstance(value, Quantity) else None

    def date_of(self, name: str) -> PartialDate | None:
        """A field as a date that may be partial."""
        return item_date(self.values.get(name))

    def yes(self, name: str) -> bool | None:
        """A yes/no field; None where it is missing or neither."""
        return {"yes": True, "no": False, "True": True, "False": False}.get(self.text(name))


@dataclass(frozen=True)
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
        return next((one for one in self.log or () if one.id == event_id), None) if event_id else None

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
    if isinstance(event, FormSubmitted | FormCorrected):
        items = _entered(dict(items), event)
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
    forms = [one for one in counted if isinstance(one, FormSubmitted | FormCorrected)]
    if record.voided.keys() <= voided.keys():
        items = _in_order(_without(record, events, frozenset(voided)), forms)
    else:
        items = {}
        for form in forms:
            _entered(items, form)
    milestones = tuple(one for one in counted if isinstance(one, MILESTONES))
    home = next((one.site for one in counted if one.site and not isinstance(one, EventVoided)), "")
    last = max((one.seq for one in events), default=0)
    again = SubjectRecord(record.subject, home, milestones, items, len(events), last, home, log, voided)
    return replace(again, site=again.site_on(date.max) or record.site)


def _without(record: SubjectRecord, events: Iterable[Event], voided: frozenset[str]) -> dict[str, History]:
    """The items of a record when more of its forms are voided; concepts that these do not name stay as they are."""
    items = dict(record.items)
    for event in events:
        if event.id in voided and event.id not in record.voided and isinstance(event, FormSubmitted | FormCorrected):
            for concept in {_path(change.path).concept for change in event.items} & items.keys():
                history = items.pop(concept).without(voided)
                if history is not None:
                    items[concept] = history
    return items


def _in_order(items: Mapping[str, History], forms: Iterable[FormSubmitted | FormCorrected]) -> dict[str, History]:
    """The items in the order in which the forms name them first."""
    found: dict[str, History] = {}
    for form in forms:
        if len(found) == len(items):
            break
        named = (_path(change.path).concept for change in form.items)
        found.update((concept, items[concept]) for concept in named)
    return found


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


def _entered(items: dict[str, History], event: FormSubmitted | FormCorrected) -> dict[str, History]:
    """The items with those of a form."""
    for change in event.items:
        path = _path(change.path)
        entry, before = Entry(path, change.new, event), items.get(path.concept)
        items[path.concept] = before.followed_by(entry) if before else History(entry)
    return items


_path = lru_cache(maxsize=1 << 16)(ItemPath.parse)
"""A path from its words; forms name the same ones again and again."""


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


def _observation(concept: str, instance: str, entries: Sequence[Entry]) -> Observation:
    """The fields of one instance put together; it is of the earliest day on which any of it was entered."""
    values = {entry.path.field: entry.value for entry in entries}
    first = _first_form(entries)
    on = item_date(values.get("on")) or item_date(values.get("start")) or PartialDate.parse(first.occurred)
    return Observation(concept, instance, values, on, _encounter(first), entries[-1].event, tuple(entries))


def _first_form(entries: Sequence[Entry]) -> Event:
    """The form an instance was first entered on, by its clinical date: whichever of them reached the ledger first."""
    first = entries[0].event
    if all(entry.event is first for entry in entries):
        return first
    forms: list[Event] = [entry.event for entry in entries if isinstance(entry.event, FormSubmitted)]
    return min(forms or [first], key=lambda one: (one.occurred, not _encounter(one), _encounter(one)))


def _encounter(form: Event) -> str:
    return form.encounter if isinstance(form, FormSubmitted | FormCorrected) else ""
