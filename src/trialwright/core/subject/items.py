"""Items -> observations: the entries of a concept as a chain, put together by instance, a later correction winning.

What was voided stays in the chain and is passed over, so that voiding one form costs no other. An observation holds for
the day it tells, else for the day it was entered. Read `History`, then `Observation`.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from math import inf
from typing import Any, NamedTuple

from trialwright.core.ledger import (
    Event,
    FormCorrected,
    FormSubmitted,
    ItemPath,
    Missing,
    Value,
    item_date,
)
from trialwright.core.terms import PartialDate, Quantity

Form = FormSubmitted | FormCorrected


class Entry(NamedTuple):
    """One item as it came in: its path, its value, and the event that brought it."""

    path: ItemPath
    value: Value
    event: Event


FEW = 32
"""Of so many instances the values are copied with each entry; those of the others are shared."""


@dataclass(frozen=True)
class InForce:
    """The values in force by instance: of instances with late entries, over those of all before."""

    before: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    lately: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def of(self, instance: str) -> Mapping[str, Value]:
        """The values of an instance, field by field; empty where it has none."""
        return self.lately.get(instance) or self.before.get(instance, {})

    def followed_by(self, entries: Iterable[Entry]) -> InForce:
        """The same with more entries, in their order."""
        lately = dict(self.lately)
        for entry in entries:
            path = entry.path
            standing = lately.get(path.instance) or self.before.get(path.instance, {})
            lately[path.instance] = {**standing, path.field: entry.value}
        return InForce(self.before, lately) if len(lately) < FEW else InForce({**self.before, **lately})


@dataclass(slots=True)
class Remembered:
    """What was made of a history when it was asked for, until a later one takes it over."""

    in_force: InForce | None = None
    observed: tuple[Observation, ...] | None = None
    last_begun: date | None = None


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """Entries of one concept, newest first, as a chain: one more costs the same however many there are.

    Entries of `voided` events stay in the chain and are passed over; the newest is none of them. There is one for each
    item that was ever entered, so it is small: an entry is made when it is asked for, and what it `knew` is elsewhere.
    """

    path: ItemPath
    value: Value
    event: Event
    before: History | None = None
    voided: frozenset[str] = frozenset()
    knew: Remembered | None = field(default=None, repr=False)

    @property
    def newest(self) -> Entry:
        """The newest entry."""
        return Entry(self.path, self.value, self.event)

    def __iter__(self) -> Iterator[Entry]:
        link: History | None = self
        while link is not None:
            if link.event.id not in self.voided:
                yield link.newest
            link = link.before

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, History) else NotImplemented

    def followed_by(self, path: ItemPath, value: Value, event: Event) -> History:
        """The history with one more entry."""
        return History(path, value, event, self, self.voided)

    def without(self, voided: frozenset[str], until: float = inf) -> History | None:
        """The history without what was voided and what the ledger has after a place; None where nothing is left."""
        link: History | None = self
        while link is not None and (link.event.seq > until or link.event.id in voided):
            link = link.before
        return History(*link.newest, link.before, voided) if link else None

    def standing(self, instance: str, field: str) -> Value | None:
        """The value in force of one field of an instance: the newest entry; None where there is none."""
        return self.in_force.of(instance).get(field)

    def _known(self) -> Remembered:
        if self.knew is None:
            object.__setattr__(self, "knew", Remembered())
        assert self.knew is not None
        return self.knew

    @property
    def in_force(self) -> InForce:
        """The values in force by instance and field; the history before, which knew most of it, forgets it."""
        known = self._known()
        found = known.in_force
        if found is None:
            found = known.in_force = self._put_in_force()
        return found

    def _put_in_force(self) -> InForce:
        link: History | None = self
        newer: list[Entry] = []
        while link is not None and (link.knew is None or link.knew.in_force is None or link.voided is not self.voided):
            newer.append(link.newest)
            link = link.before
        before: InForce | None = InForce()
        if link is not None and link.knew is not None:
            before, link.knew.in_force = link.knew.in_force, None
        if before is None:  # another thread was quicker to take it
            return InForce({one.instance: one.values for one in self.observed})
        return before.followed_by(one for one in reversed(newer) if one.event.id not in self.voided)

    @property
    def observed(self) -> tuple[Observation, ...]:
        """The entries put together to observations, oldest first; those of one day by time and name, not by entry.

        One more entry costs its own instance, where the history before it was put together already.
        """
        known = self._known()
        found = known.observed
        if found is None:
            found = known.observed = self._put_together()
        return found

    def _put_together(self) -> tuple[Observation, ...]:
        newer, known = self._since_observed()
        if known is None:
            instances = _by_instance(reversed(tuple(self)))
            return tuple(sorted((_observation(*one) for one in instances.items()), key=_by_time))
        entries = _by_instance(reversed(newer))
        found = [one for one in known if one.instance not in entries]
        for one in known:
            if one.instance in entries:
                entries[one.instance] = [*one.entries, *entries[one.instance]]
        for instance, told in entries.items():
            insort(found, _observation(instance, told), key=_by_time)
        return tuple(found)

    def _since_observed(self) -> tuple[list[Entry], tuple[Observation, ...] | None]:
        """The entries since a history that was put together, newest first, and what it was put together to.

        What lies further back forgets what it was put together to: of a long chain two are kept and not all.
        """
        link: History | None = self
        newer: list[Entry] = []
        while link is not None and link.voided is self.voided:
            known = link.knew.observed if link.knew else None
            if known is not None:
                if link.before is not None:
                    link.before._forget_observed()
                return newer, known
            newer.append(link.newest)
            link = link.before
        return newer, None

    def _forget_observed(self) -> None:
        """Of the histories before this one, the next that was put together is not any more."""
        link: History | None = self
        while link is not None and (link.knew is None or link.knew.observed is None):
            link = link.before
        if link is not None and link.knew is not None:
            link.knew.observed = link.knew.last_begun = None

    @property
    def last_begun(self) -> date:
        """The day by which every observation was there, or may have been."""
        known = self._known()
        found = known.last_begun
        if found is None:
            found = known.last_begun = max([one.on.earliest for one in self.observed])
        return found


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
    def kept(self) -> dict[str, Any]:
        """What was worked out of it and of what else is named beside, by whoever worked it out."""
        return {}

    @cached_property
    def placed(self) -> tuple[date, str, str]:
        """By what it comes before or after others of its concept."""
        return self.on.latest, self.text("time"), self.instance

    @cached_property
    def encounters(self) -> tuple[str, ...]:
        """Every encounter at which anything of it was entered."""
        if len(self.forms) == 1:
            return (_encounter(self.event),)
        return tuple(dict.fromkeys(_encounter(entry.event) for told in self.history.values() for entry in told))

    @cached_property
    def forms(self) -> tuple[Event, ...]:
        """The forms on which it was entered, each once, oldest first."""
        return tuple({id(entry.event): entry.event for entry in self.entries}.values())

    @cached_property
    def history(self) -> Mapping[str, tuple[Entry, ...]]:
        """Every entry of each field, oldest first."""
        of_field: dict[str, tuple[Entry, ...]] = {}
        for entry in self.entries:
            of_field[entry.path.field] = (*of_field.get(entry.path.field, ()), entry)
        return of_field

    def as_of(self, seq: int) -> Observation | None:
        """As it stood after a place of the ledger; None where nothing of it had been entered by then."""
        if all(entry.event.seq <= seq for entry in self.entries):
            return self
        entries = [entry for entry in self.entries if entry.event.seq <= seq]
        return _observation(self.instance, entries) if entries else None

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


def entered(items: dict[str, History], event: Form) -> dict[str, History]:
    """The items with those of a form."""
    for change in event.items:
        path = _path(change.path)
        before = items.get(path.concept)
        entry = (path, change.new, event)
        items[path.concept] = before.followed_by(*entry) if before else History(*entry)
    return items


_path = lru_cache(maxsize=1 << 16)(ItemPath.parse)
"""A path from its words; forms name the same ones again and again."""


def without(items: Mapping[str, History], forms: Iterable[Form], voided: frozenset[str]) -> dict[str, History]:
    """The items when some more of their forms are voided; concepts that these do not name stay as they are."""
    found = dict(items)
    for form in forms:
        for concept in {_path(change.path).concept for change in form.items} & found.keys():
            history = found.pop(concept).without(voided)
            if history is not None:
                found[concept] = history
    return found


def in_order(items: Mapping[str, History], forms: Iterable[Form]) -> dict[str, History]:
    """The items in the order in which the forms name them first."""
    found: dict[str, History] = {}
    for form in forms:
        if len(found) == len(items):
            break
        named = (_path(change.path).concept for change in form.items)
        found.update((concept, items[concept]) for concept in named)
    return found


def _by_instance(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Entries by the instance they are of, in the order in which they are given."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.path.instance, []).append(entry)
    return found


def _by_time(one: Observation) -> tuple[date, str, str]:
    return one.placed


def _observation(instance: str, entries: Sequence[Entry]) -> Observation:
    """The fields of one instance put together; it is of the earliest day on which any of it was entered."""
    values = {entry.path.field: entry.value for entry in entries}
    first = _first_form(entries)
    on = item_date(values.get("on")) or item_date(values.get("start")) or _day_of(first.occurred)
    concept = entries[0].path.concept
    return Observation(concept, instance, values, on, _encounter(first), entries[-1].event, tuple(entries))


@lru_cache(maxsize=1 << 14)
def _day_of(day: date) -> PartialDate:
    return PartialDate.parse(day)


def _first_form(entries: Sequence[Entry]) -> Event:
    """The form an instance was first entered on, by its clinical date: whichever of them reached the ledger first."""
    first = entries[0].event
    if all(entry.event is first for entry in entries):
        return first
    forms: list[Event] = [entry.event for entry in entries if isinstance(entry.event, FormSubmitted)]
    return min(forms or [first], key=lambda one: (one.occurred, not _encounter(one), _encounter(one)))


def _encounter(form: Event) -> str:
    return form.encounter if isinstance(form, Form) else ""
