"""Which planned contact a recorded one belongs to, and what was recorded beside every plan.

The key under which a visit was recorded decides, whatever its day. A record that names only an encounter which comes
several times ("follow_up", or any key with `encounter`) belongs to a planned contact of it that is not recorded yet:
the one whose window holds the day, else the one due nearest to it; of two equally near, the earlier. What finds no
place was unscheduled, or was done twice. Read `match`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.core.ledger import Event, FormSubmitted
from trialwright.core.schedule.planning import Planned, is_one_course
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import PartialDate


@dataclass(frozen=True)
class Contact:
    """One contact as recorded: its key, the encounter it names, whether it was done, and when.

    `on` is None where no day was told; `reason` why it was not done; `event` the event it came in.
    """

    key: str
    encounter: str
    done: bool
    on: PartialDate | None
    event: Event
    reason: str = ""

    @property
    def day(self) -> date:
        """The first day it can have been on."""
        return self.on.earliest if self.on else self.event.occurred


@dataclass(frozen=True)
class Matched:
    """The contact recorded for each planned key; those done once more; those nobody planned."""

    of: Mapping[str, Contact]
    again: tuple[tuple[str, Contact], ...] = ()
    unscheduled: tuple[Contact, ...] = ()


def match(case: Case, plan: Sequence[Planned], on: date) -> Matched:
    """Each recorded contact of a subject with the planned one it belongs to."""
    contacts = _contacts(case, on)
    of = {one.key: contacts[key] for one in plan for key in _keys(one) if key in contacts}
    used = {contact.key for contact in of.values()}
    places = _Places(plan)
    again: list[tuple[str, Contact]] = []
    unscheduled: list[Contact] = []
    for loose in sorted((one for one in contacts.values() if one.key not in used), key=lambda one: (one.day, one.key)):
        candidates = places.for_(loose)
        free = [one for one in candidates if one.key not in of]
        if free:
            of[_nearest(free, loose.day).key] = loose
        elif candidates:
            again.append((_nearest(candidates, loose.day).key, loose))
        else:
            unscheduled.append(loose)
    return Matched(of, tuple(again), tuple(unscheduled))


def window_of(one: Planned) -> tuple[date, date]:
    """The first and the last day of the window, both included."""
    return one.window


class _Places:
    """The planned contacts, to be found by the names under which one may have been recorded."""

    def __init__(self, plan: Sequence[Planned]) -> None:
        self.by_key = {key: one for one in plan for key in _keys(one)}
        self.by_encounter: dict[str, list[Planned]] = {}
        for one in plan:
            self.by_encounter.setdefault(one.encounter.id, []).append(one)

    def for_(self, loose: Contact) -> list[Planned]:
        """Those a record may be of: a key with a number names one contact and no other."""
        if loose.key in self.by_key:
            return [self.by_key[loose.key]]
        name = loose.encounter or loose.key
        number = loose.key.removeprefix(f"{name}.").replace(".", "")
        numbered = loose.key.startswith(f"{name}.") and number.isdigit()
        return [] if numbered else self.by_encounter.get(name, [])


def _nearest(candidates: Iterable[Planned], day: date) -> Planned:
    def distance(one: Planned) -> tuple[bool, int, date]:
        earliest, latest = one.window
        return not earliest <= day <= latest, abs((one.due - day).days), one.due

    return min(candidates, key=distance)


def _keys(one: Planned) -> tuple[str, ...]:
    """The keys under which a visit may have been recorded; with one course alone its number may be there or not."""
    return (f"{one.key}.{one.course}", one.key) if one.course and is_one_course(one.encounter) else (one.key,)


def _contacts(case: Case, on: date) -> dict[str, Contact]:
    """What was recorded as a visit, and else the first form filled in at an encounter, by key."""
    found = {key: Contact(key, "", True, PartialDate.parse(form.occurred), form) for key, form in _forms(case, on)}
    for one in observations(case.record, "visit", on):
        done = one.yes("done")
        if done is not None:
            found[one.instance] = _recorded(one, done)
        elif one.text("encounter") and one.instance in found:
            form = found[one.instance]
            found[one.instance] = Contact(form.key, one.text("encounter"), True, form.on, form.event)
    return found


def _recorded(one: Observation, done: bool) -> Contact:
    told = one.date_of("on") or (None if "on" in one.values else PartialDate.parse(one.event.occurred))
    return Contact(one.instance, one.text("encounter"), done, told, one.event, one.text("reason"))


def _forms(case: Case, on: date) -> Iterable[tuple[str, FormSubmitted]]:
    """The first form filled in at each encounter."""
    found: dict[str, FormSubmitted] = {}
    voided = case.record.voided
    for event in case.record.log or ():
        if isinstance(event, FormSubmitted) and event.encounter and event.occurred <= on and event.id not in voided:
            first = found.get(event.encounter)
            if first is None or (event.occurred, event.id) < (first.occurred, first.id):
                found[event.encounter] = event
    return found.items()
