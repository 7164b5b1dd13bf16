"""The record of one subject: items add up to observations, a later correction wins.

A record takes one event at a time (`advance`) at the same cost for the tenth and the thousandth. Nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from trialwright.core.ledger import (
    ArmAllocated,
    CourseStarted,
    DoseReleased,
    Event,
    FormCorrected,
    FormSubmitted,
    ItemPath,
    Missing,
    ScreeningFailed,
    StudyLeft,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubstudyJoined,
    TreatmentEnded,
    Value,
    item_date,
)
from trialwright.core.terms import PartialDate, Quantity

K = TypeVar("K", bound=Event)


@dataclass(frozen=True)
class Entry:
    """One item as it came in: its path, its value, and the event that brought it."""

    path: ItemPath
    value: Value
    event: Event


@dataclass(frozen=True)
class History:
    """Entries of one concept, newest first, as a chain: one more costs the same however many there are."""

    newest: Entry
    before: History | None = None

    def __iter__(self) -> Iterator[Entry]:
        link: History | None = self
        while link is not None:
            yield link.newest
            link = link.before

    @cached_property
    def observed(self) -> tuple[Observation, ...]:
        """The entries put together to observations, oldest first; worked out once for each chain."""
        by_instance: dict[str, list[Entry]] = {}
        for entry in reversed(tuple(self)):
            by_instance.setdefault(entry.path.instance, []).append(entry)
        concept = self.newest.path.concept
        found = [_observation(concept, instance, entries) for instance, entries in by_instance.items()]
        return tuple(sorted(found, key=lambda one: (one.on.latest, one.event.seq)))


@dataclass(frozen=True)
class Observation:
    """One thing recorded: the fields of one instance of a concept as they stand, and the date it holds for.

    `values` are the values in force; `history` has every entry of each field, oldest first.
    """

    concept: str
    instance: str
    values: Mapping[str, Value]
    on: PartialDate
    encounter: str
    event: Event
    history: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict, compare=False)

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
class SubjectRecord:
    """All that was recorded of one subject.

    `milestones` are the rare events (screened, registered, allocated, courses, ends), oldest first; `items` the entries
    by concept. Nothing is derived here: status, dose and response are asked of the modules that decide them.
    """

    subject: str
    site: str
    milestones: tuple[Event, ...] = ()
    items: Mapping[str, History] = field(default_factory=dict)
    events: int = 0
    last_seq: int = 0

    def of_kind(self, kind: type[K]) -> tuple[K, ...]:
        """The milestones of one kind, in the order they were recorded."""
        return tuple(event for event in self.milestones if isinstance(event, kind))

    def latest(self, kind: type[K]) -> K | None:
        """The latest milestone of one kind, or None."""
        return next((event for event in reversed(self.milestones) if isinstance(event, kind)), None)

    @property
    def version(self) -> str | None:
        """The protocol version the subject is on: as registered, or as moved to since; before that as screened."""
        for event in reversed(self.milestones):
            if isinstance(event, SubjectMoved | SubjectRegistered | SubjectScreened):
                return event.version
        return None

    @property
    def registered(self) -> SubjectRegistered | None:
        """The registration, if there was one."""
        return self.latest(SubjectRegistered)

    @property
    def arm(self) -> str | None:
        """The arm the subject was allocated to."""
        allocated = self.latest(ArmAllocated)
        return allocated.arm if allocated else None


MILESTONES = (
    SubjectScreened,
    ScreeningFailed,
    SubjectRegistered,
    ArmAllocated,
    SubstudyJoined,
    SubjectMoved,
    CourseStarted,
    DoseReleased,
    TreatmentEnded,
    StudyLeft,
)
"""Events kept whole in a record; forms are kept by item."""


def advance(record: SubjectRecord, event: Event) -> SubjectRecord:
    """The record with one more event; the record before it stays as it was."""
    moved = replace(record, events=record.events + 1, last_seq=max(record.last_seq, event.seq))
    if isinstance(event, MILESTONES):
        return replace(moved, milestones=(*record.milestones, event))
    if isinstance(event, FormSubmitted | FormCorrected):
        return replace(moved, items=_with_items(record.items, event))
    return moved


def _with_items(items: Mapping[str, History], event: FormSubmitted | FormCorrected) -> Mapping[str, History]:
    held = dict(items)
    for change in event.items:
        path = ItemPath.parse(change.path)
        held[path.concept] = History(Entry(path, change.new, event), held.get(path.concept))
    return held


def fold_subject(subject: str, events: Iterable[Event]) -> SubjectRecord:
    """The record of one subject from its events, oldest first; events of others are passed over."""
    record = SubjectRecord(subject, "")
    for event in events:
        if event.subject == subject:
            record = advance(record if record.site else replace(record, site=event.site or ""), event)
    return record


def known_on(record: SubjectRecord, on: date) -> SubjectRecord:
    """The record with only what had happened by a clinical date; items are held back by `observations`."""
    return replace(record, milestones=tuple(event for event in record.milestones if event.occurred <= on))


def observations(record: SubjectRecord, concept: str, on: date | None = None) -> tuple[Observation, ...]:
    """Every observation of a concept that holds for a date up to `on`, oldest first, corrections applied."""
    history = record.items.get(concept)
    if history is None:
        return ()
    return tuple(one for one in history.observed if on is None or one.on.earliest <= on)


def _observation(concept: str, instance: str, entries: Sequence[Entry]) -> Observation:
    history: dict[str, list[Entry]] = {}
    for entry in entries:
        history.setdefault(entry.path.field, []).append(entry)
    values = {name: given[-1].value for name, given in history.items()}
    first = entries[0].event
    encounter = first.encounter if isinstance(first, FormSubmitted | FormCorrected) else ""
    on = item_date(values.get("on")) or item_date(values.get("start")) or PartialDate.parse(first.occurred)
    told = {name: tuple(given) for name, given in history.items()}
    return Observation(concept, instance, values, on, encounter, entries[-1].event, told)
