"""Specimens at a site and in a laboratory: where each is, what is to be done with it, and the steps as they are done.

A site sees the specimens of its patients; a laboratory also those that are on their way to it or stand at it, of
whichever site: the tube bears no more than the patient's id. Nothing is decided here: what is next, what is late and
what is wrong is `core.specimens`. Read `worklist`, then `step_events`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy

from trialwright.adapters.edc.access.roles import LABORATORY
from trialwright.adapters.edc.decisions.blanks import Blank, BlankKind
from trialwright.adapters.edc.decisions.scene import sites_of
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.work.board import Told, board_of
from trialwright.adapters.edc.work.judged import Waiting
from trialwright.core.ledger import Change, Event, FormSubmitted, Value
from trialwright.core.protocol import CUSTODY_STEPS
from trialwright.core.specimens import Custody, LaboratoryRow, Step
from trialwright.core.specimens.due import TO_DO
from trialwright.core.subject import observations
from trialwright.core.terms import Finding
from trialwright.store.clock import offsets

FORM = "custody"
"""The form that steps are entered on."""
DONE = {to_do: step for step, to_do in TO_DO.items()}
"""The step that was done, by what was to be done."""
CONDITIONS = ("good", "thawed", "damaged", "insufficient", "lost")


@dataclass(frozen=True)
class Line:
    """One specimen of a worklist on a day; `away` where its patient is of another site."""

    row: LaboratoryRow
    custody: Custody
    away: bool
    on: date

    @cached_property
    def name(self) -> str:
        """What names it in a form."""
        return f"{self.row.subject}/{self.row.key}"

    @cached_property
    def to_do(self) -> tuple[str, ...]:
        """What is to be done with it next."""
        return tuple(dict.fromkeys(one.to_do for one in self.row.next))

    @cached_property
    def overdue(self) -> bool:
        """Whether anything of that is late."""
        return any(one.is_late(self.on) for one in self.row.next)

    @cached_property
    def due(self) -> date | None:
        """The first day anything of it is due."""
        return min((one.due for one in self.row.next if one.due), default=None)

    @cached_property
    def first(self) -> tuple[bool, date, str]:
        """What the list is sorted by: the late first, then by the day it is due."""
        return not self.overdue, self.due or date.max, self.name

    @cached_property
    def places(self) -> frozenset[str]:
        """Where it stands or was sent."""
        return frozenset({self.row.place, *(one.to for one in self.custody.steps if one.step == "shipped")})

    def found_by(self, words: str) -> bool:
        """Whether its patient, its label, its key or a parcel it was in is called so; all are, for no words."""
        names = (self.row.subject, self.row.label, self.row.key, *(one.tracking for one in self.custody.steps))
        return not words or any(words in str(one).casefold() for one in names)


# --- who sees which --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worklist:
    """The specimens in sight, in the order of the patients; `told` of how many patients they are known."""

    lines: tuple[Line, ...]
    told: Told[Waiting]


def worklist(desk: Desk, substudy: str = "") -> Worklist:
    """Every specimen in sight; of one sub-study where it is named."""
    subjects = list(desk.open.record.subjects) if LABORATORY in desk.roles else list(desk.subjects())
    told, sight = board_of(desk.open).awaited(desk.open, subjects, desk.today), Sight(desk)
    found = (line for one in told.known for line in sight.lines(one))
    return Worklist(tuple(one for one in found if substudy in ("", one.custody.specimen.substudy)), told)


class Sight:
    """Which specimens a person sees: of their own patients; in a laboratory, also those sent to its site or there."""

    def __init__(self, desk: Desk) -> None:
        self.own, self.on = frozenset(desk.subjects()), desk.today
        self.substudies = frozenset({None, *desk.substudies})
        self.here = frozenset(sites_of(desk, (LABORATORY,))) if LABORATORY in desk.roles else frozenset[str]()

    def lines(self, one: Waiting) -> Iterator[Line]:
        """The specimens of a patient that are in sight."""
        away = one.subject not in self.own
        kept = one.memo.get(("specimens", away, self.on))
        if kept is None:
            kept = tuple(Line(row, each, away, self.on) for row, each in one.custody)
            one.memo["specimens", away, self.on] = kept
        for line in kept:
            if line.custody.specimen.substudy in self.substudies and not (away and line.places.isdisjoint(self.here)):
                yield line


def lines_of(desk: Desk, subject: str) -> tuple[Line, ...]:
    """The specimens of a patient that are in sight."""
    if not desk.sees(subject) and LABORATORY not in desk.roles:
        return ()
    of = board_of(desk.open).waiting.of(desk.trial, desk.open.record, subject, desk.today)
    return tuple(Sight(desk).lines(of))


def named(desk: Desk, names: Iterable[str]) -> tuple[Line, ...]:
    """The specimens of these names, as far as they are in sight; others are as if they were not."""
    wanted = tuple(dict.fromkeys(names))
    subjects = dict.fromkeys(name.partition("/")[0] for name in wanted)
    known = [one for one in subjects if one in desk.open.record.subjects]
    there = {line.name: line for subject in known for line in lines_of(desk, subject)}
    return tuple(there[name] for name in wanted if name in there)


# --- a step is done --------------------------------------------------------------------------------------------------


def step_blanks(desk: Desk, step: str, lines: Sequence[Line]) -> tuple[Blank, ...]:
    """When, where, how cold, in which condition; of a shipment where it goes and its number."""
    sites = tuple((one.id, one.name) for one in desk.protocol().design.sites)
    here = tuple(one for one in sites if one[0] in desk.sites)
    place = lines[0].row.site if lines and not lines[0].away and lines[0].row.site in desk.sites else ""
    place = place if step in ("collected", "processed", "shipped") else desk.home
    blanks = [
        Blank(
            name="on",
            label=gettext_lazy("Day"),
            kind=BlankKind.DAY,
            value=(desk.today.isoformat(),),
            not_after=desk.today,
        ),
        Blank(name="time", label=gettext_lazy("Time"), kind=BlankKind.TIME, needed=False),
        Blank(
            name="place",
            label=gettext_lazy("Where it left") if step == "shipped" else gettext_lazy("Where"),
            kind=BlankKind.CHOICE,
            options=here,
            value=(place,) if place else (),
        ),
        *(_of_shipment(step, sites, lines)),
        Blank(
            name="temperature",
            label=gettext_lazy("Temperature"),
            kind=BlankKind.MEASURE,
            unit="Cel",
            needed=False,
            help=_asked(step, lines),
        ),
        Blank(
            name="condition",
            label=gettext_lazy("Condition"),
            kind=BlankKind.CHOICE,
            options=tuple((one, gettext_lazy(one)) for one in CONDITIONS),
            value=("good",) if step in ("collected", "processed", "shipped") else (),
            needed=step == "received",
        ),
        *(_aliquots(lines)),
        Blank(name="reason", label=gettext_lazy("Remark"), needed=False),
    ]
    return tuple(blanks)


def _of_shipment(step: str, sites: tuple[tuple[str, str], ...], lines: Sequence[Line]) -> Iterator[Blank]:
    """Where a shipment goes, and the number it goes under; the laboratory that receives it finds it by that."""
    number = next((one.tracking for line in lines for one in reversed(line.custody.steps) if one.tracking), "")
    if step == "shipped":
        yield Blank(name="to", label=gettext_lazy("To"), kind=BlankKind.CHOICE, options=sites)
    if step in ("shipped", "received"):
        known = (number,) if number and step == "received" else ()
        yield Blank(name="tracking", label=gettext_lazy("Number of the parcel"), value=known, needed=step == "shipped")


def _aliquots(lines: Sequence[Line]) -> Iterator[Blank]:
    """Which aliquot, where one specimen was divided."""
    names = tuple(dict.fromkeys(name for line in lines for name in line.custody.aliquots))
    if names and len(lines) == 1:
        whole = ("", gettext_lazy("the whole specimen"))
        yield Blank(
            name="aliquot",
            label=gettext_lazy("Aliquot"),
            kind=BlankKind.CHOICE,
            options=(whole, *((one, one) for one in names)),
            needed=False,
        )


def _asked(step: str, lines: Sequence[Line]) -> str:
    """The temperatures that the protocol asks for at the step."""
    asked = (one for line in lines for one in line.custody.specimen.handling if one.step == step and one.temperature)
    return "; ".join(dict.fromkeys(str(one.temperature) for one in asked))


def step_events(desk: Desk, step: str, lines: Sequence[Line], values: Mapping[str, Any]) -> tuple[Event, ...]:
    """One form for each patient, with the step of each of their specimens; a laboratory's is of its own place."""
    by_subject: dict[str, list[Change]] = {}
    away = {line.row.subject for line in lines if line.away}
    for line in lines:
        by_subject.setdefault(line.row.subject, []).extend(_step_items(desk, line, step, values))
    return tuple(
        desk.event(
            FormSubmitted,
            subject=subject,
            site=values["place"] if subject in away else None,
            occurred=values["on"],
            form=FORM,
            items=tuple(items),
        )
        for subject, items in by_subject.items()
    )


def _step_items(desk: Desk, line: Line, step: str, values: Mapping[str, Any]) -> Iterator[Change]:
    """The step as a record of custody, under an instance that is free."""
    told: dict[str, Value] = {
        "specimen": line.row.key,
        "step": step,
        "on": values["on"].isoformat(),
        "by": desk.person.id,
        "offset": offset_at(desk, values),
        **{name: values.get(name) for name in ("time", "place", "to", "temperature", "condition", "tracking")},
        **{name: values.get(name) for name in ("aliquot", "reason")},
    }
    instance = _free(desk, line, ".".join(filter(None, (line.row.key, str(values.get("aliquot") or ""), step))))
    yield from (Change(f"{FORM}/{instance}/{name}", None, value) for name, value in told.items() if value)


def _free(desk: Desk, line: Line, stem: str) -> str:
    """The stem, or with a number where a step of that name is recorded already: a second shipment is one more step."""
    known = {one.instance for one in observations(desk.open.record.subjects[line.row.subject], FORM)}
    known |= {one.key for one in line.custody.steps}
    numbers = (f"{stem}.{number}" for number in range(2, 1000))
    return stem if stem not in known else next(name for name in numbers if name not in known)


def offset_at(desk: Desk, values: Mapping[str, Any]) -> str:
    """The offset from UTC at the place, where the clock tells it; empty in an hour that is there twice, or not told."""
    zone = desk.open.zones.get(str(values.get("place", "")))
    if not zone or not values.get("time"):
        return ""
    found = offsets(datetime.combine(values["on"], time.fromisoformat(values["time"])), zone)
    return found[0] if len(found) == 1 else ""


def no_such_time(desk: Desk, values: Mapping[str, Any]) -> bool:
    """Whether the clock at the place skipped that time of the day."""
    zone = desk.open.zones.get(str(values.get("place", "")))
    if not zone or not values.get("time") or "on" not in values:
        return False
    return not offsets(datetime.combine(values["on"], time.fromisoformat(values["time"])), zone)


# --- shipments -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shipped:
    """One specimen of a parcel: how it left, and how it came, where it did."""

    line: Line
    left: Step
    came: Step | None


@dataclass(frozen=True)
class Shipment:
    """One parcel: its number, where from and where to, when it left, and what is in it."""

    tracking: str
    place: str
    to: str
    on: date
    contents: tuple[Shipped, ...]

    @cached_property
    def open(self) -> bool:
        """Whether anything of it has not come yet."""
        return any(one.came is None for one in self.contents)


def parcel(desk: Desk, tracking: str) -> Shipment | None:
    """A parcel by its number, with everything in it that is in sight, whoever was judged already."""
    there = desk.open.record.subjects.items()
    sent = [name for name, one in there if any(each.text("tracking") == tracking for each in observations(one, FORM))]
    found = shipments(line for name in sorted(sent) for line in lines_of(desk, name))
    return next((one for one in found if one.tracking == tracking), None)


def shipments(lines: Iterable[Line]) -> tuple[Shipment, ...]:
    """The parcels that were sent, those on the way first, the newest first."""
    found: dict[tuple[str, str, str], list[Shipped]] = {}
    for line in lines:
        for left in (one for one in line.custody.steps if one.step == "shipped"):
            later = line.custody.steps[line.custody.steps.index(left) + 1 :]
            came = next((one for one in later if one.step == "received" and one.aliquot == left.aliquot), None)
            found.setdefault((left.tracking, left.place, left.to), []).append(Shipped(line, left, came))
    parcels = (_shipment(key, tuple(some)) for key, some in found.items())
    return tuple(sorted(parcels, key=lambda one: (one.open, one.on, one.tracking, one.place), reverse=True))


def _shipment(key: tuple[str, str, str], contents: tuple[Shipped, ...]) -> Shipment:
    return Shipment(*key, min(one.left.at.on.latest for one in contents), contents)


def chain(desk: Desk, subject: str) -> tuple[Line, ...]:
    """Every specimen of a patient with all its steps."""
    return lines_of(desk, subject)


def new_findings(desk: Desk, before: Sequence[Line]) -> tuple[Finding, ...]:
    """What is said against the custody of these specimens now that was not before a step was entered."""
    known = {finding for line in before for finding in line.custody.findings}
    now = named(desk, (line.name for line in before))
    return tuple(dict.fromkeys(one for line in now for one in line.custody.findings if one not in known))


STEPS = CUSTODY_STEPS
