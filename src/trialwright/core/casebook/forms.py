"""Which forms there are, and what each asks: of a visit, between visits, of one record of a log. All from the protocol.

A visit asks that it was made, what its encounter collects, and the samples planned at it. Values of one visit share its
key as their instance; a lesion or region adds its name. What was measured before is asked again. Read `form_at`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from trialwright.core.casebook.items import came_to_screening, instance_of, item_of
from trialwright.core.casebook.shapes import BELONGS_TO, logs_of, parts_of, shape_of
from trialwright.core.casebook.values import AskedWhen, Form, Item, Record, Section, Shape
from trialwright.core.protocol import Concept, Encounter, Field, Kind, StudyProtocol
from trialwright.core.schedule import Visit, samples, visits
from trialwright.core.schedule.visits import matched
from trialwright.core.subject import Case, Entry, Observation, SubjectRecord, observations

UNSCHEDULED = "unscheduled"
"""How the key of a contact begins that nobody planned."""
BLANK_PARTS = 1
"""How many empty parts a form offers after those that are there."""


def form_at(case: Case, key: str, on: date, *, offered: Sequence[str] = (), blanks: int = BLANK_PARTS) -> Form | None:
    """The form of a visit by its key; None where the protocol has no such encounter.

    `offered` are units that may be chosen besides the usual one, `blanks` how many empty parts are offered.
    """
    encounter = encounter_of(case.protocol, key)
    if encounter is None:
        return None
    visit = next((one for one in visits(case, on) if one.key == key), None)
    recorded = matched(case, on).of.get(key) if visit else None
    instance = recorded.key if recorded else key
    day = _day(visit, on)
    making = _Making(case, instance, day, tuple(offered), blanks)
    sections = (making.visit(encounter.id), *making.collected(encounter.collect), *making.samples(key, on))
    form = Form(
        id=encounter.id,
        label=_label(encounter, visit, key),
        encounter=instance,
        day=visit.done_on if visit else None,
        sections=sections,
        words=encounter.words,
        clause=encounter.id,
        since=came_to_screening(case),
    )
    return _planned(form, visit) if visit else form


def _planned(form: Form, visit: Visit) -> Form:
    """The form with its window, and whether it applies to this subject."""
    why = visit.because[0].saw if visit.because else ""
    return replace(form, window=(visit.earliest, visit.latest), applies=visit.applies, why=why)


def unscheduled_form(
    case: Case, key: str, names: Iterable[str], on: date, *, offered: Sequence[str] = (), blanks: int = BLANK_PARTS
) -> Form:
    """The form of a contact that nobody planned: the concepts that were chosen, and what was recorded at it before."""
    making = _Making(case, key, on, tuple(offered), blanks)
    there = [name for name in case.record.items if _at(case, name, key)]
    wanted = [name for name in dict.fromkeys((*there, *names)) if name in case.concepts and name != "visit"]
    sections = (making.visit(""), *making.collected(wanted))
    return Form(UNSCHEDULED, "Visit that was not planned", key, None, sections, since=came_to_screening(case))


def askable(case: Case) -> tuple[Concept, ...]:
    """What may be recorded at any contact: everything some visit of the protocol collects, in its order."""
    named = dict.fromkeys(name for encounter in case.protocol.encounters for name in encounter.collect)
    return tuple(case.concepts[name] for name in named if name in case.concepts and name not in ("visit", "specimen"))


def next_unscheduled(case: Case) -> str:
    """The key of the next contact that nobody planned: one that no entry names yet."""
    used = {entry.path.instance.split(".")[1] for entry in _unscheduled(case)}
    number = next(number for number in range(1, len(used) + 2) if str(number) not in used)
    return f"{UNSCHEDULED}.{number}"


def _unscheduled(case: Case) -> Iterator[Entry]:
    for history in case.record.items.values():
        yield from (entry for entry in history if entry.path.instance.startswith(f"{UNSCHEDULED}."))


def encounter_of(protocol: StudyProtocol, key: str) -> Encounter | None:
    """The encounter a visit's key names: its id, with the numbers of course and repetition after it."""
    for one in protocol.encounters:
        if key == one.id or re.fullmatch(re.escape(one.id) + r"(\.\d{1,4}){1,2}", key):
            return one
    return None


def _label(encounter: Encounter, visit: Visit | None, key: str) -> str:
    number = key.removeprefix(encounter.id).strip(".")
    if visit and visit.course is not None and number:
        return f"{encounter.label}, course {visit.course}"
    return f"{encounter.label} ({number})" if number else encounter.label


def _day(visit: Visit | None, on: date) -> date:
    """The day the form is about: when the visit was made, else today, never after it."""
    return min(visit.done_on or on, on) if visit else on


class _Making:
    """The sections of one form: of one subject, under one key, on one day."""

    def __init__(self, case: Case, key: str, on: date, offered: tuple[str, ...], blanks: int) -> None:
        self.case, self.key, self.on, self.offered, self.blanks = case, key, on, offered, blanks

    def collected(self, names: Iterable[str]) -> Iterator[Section]:
        """What an encounter collects, concept by concept; a log is asked where its review says there is any."""
        asked = list(dict.fromkeys(names))
        for name in asked:
            concept = self.case.concepts.get(name)
            if (
                concept is not None
                and name not in ("visit", "specimen")
                and not self._belongs_to_one_of(concept, asked)
            ):
                review = f"{name}_review" if f"{name}_review" in asked else ""
                yield from self.sections(concept, review)

    def _belongs_to_one_of(self, concept: Concept, asked: list[str]) -> bool:
        """What belongs to a record of a log that is asked as well is entered with that record."""
        return concept.repeats and BELONGS_TO.get(concept.fields[0].id) in asked

    def sections(self, concept: Concept, review: str = "") -> Iterator[Section]:
        """The sections of one concept."""
        shape = shape_of(concept)
        if shape is Shape.PARTS:
            yield from self.parts(concept)
        elif shape is Shape.LOG:
            yield self.log(concept, review)
        else:
            yield self.one(concept, shape, self._instance(concept))

    def one(self, concept: Concept, shape: Shape, instance: str, fixed: dict[str, str] | None = None) -> Section:
        """A concept entered once, or one part of it."""
        given = fixed or {}
        items = tuple(
            item_of(self.case, concept, one, instance, self.on, offered=self.offered, fixed=given.get(one.id, ""))
            for one in concept.fields
        )
        return Section(concept, concept.label, shape, instance, items, ghost=not any(one.recorded for one in items))

    def visit(self, encounter: str) -> Section:
        """Whether the visit was made, on which day, else why not."""
        concept = self.case.concepts["visit"]
        return self.one(concept, Shape.AT_VISIT, self.key, {"encounter": encounter or UNSCHEDULED})

    def samples(self, key: str, on: date) -> Iterator[Section]:
        """The samples planned at the visit for this subject."""
        concept = self.case.concepts["specimen"]
        for sample in samples(self.case, on):
            if sample.visit.key == key:
                fixed = {"specimen": sample.specimen.id, "encounter": sample.visit.key}
                found = self.one(concept, Shape.PARTS, sample.key, fixed)
                yield replace(found, label=sample.specimen.label, part=sample.specimen.id)

    def parts(self, concept: Concept) -> Iterator[Section]:
        """The parts that are recorded, those of the visit before, and empty ones; of a closed list, every part."""
        first = concept.fields[0]
        there = {part_of(one, first.id): one.instance for one in self._at_this_visit(concept)}
        before = self._parts_before(concept)
        names = list(first.codes) or list(dict.fromkeys((*there, *before)))
        if not first.codes:
            names += _further(first.id, names, self.blanks)
        for name in names:
            instance = there.get(name) or f"{self.key}.{before.get(name, name)}"
            fixed = {first.id: name} if first.codes or name in before else {}
            label = name.replace("_", " ") if first.codes or name in there or name in before else ""
            found = self.one(concept, Shape.PARTS, instance, fixed)
            yield replace(found, part=label, carried=name in before and name not in there)

    def _parts_before(self, concept: Concept) -> dict[str, str]:
        """The parts that the last visit before this one had, each with the end of its instance."""
        first = concept.fields[0].id
        known = [one for one in observations(self.case.record, concept.id, self.on) if _visit_of(one) != self.key]
        if not known:
            return {}
        last = max(one.on.latest for one in known)
        return {part_of(one, first): one.instance.rpartition(".")[2] for one in known if one.on.latest == last}

    def _at_this_visit(self, concept: Concept) -> list[Observation]:
        return [one for one in observations(self.case.record, concept.id) if _visit_of(one) == self.key]

    def _instance(self, concept: Concept) -> str:
        """The instance under which it is recorded at this visit already, else the key of the visit."""
        found = _at(self.case, concept.id, self.key)
        return found.instance if found else self.key

    def log(self, concept: Concept, review: str) -> Section:
        """The records of a log, and whether there are more to enter."""
        asked = None
        if review:
            of = self.case.concepts[review]
            asked = AskedWhen(f"{review}/{self._instance(of)}/value", of.label, ("listed",))
        records = records_of(self.case, concept)
        return Section(concept, concept.label, Shape.LOG, "", records=records, asked_when=asked)


def _visit_of(one: Observation) -> str:
    """The visit in the instance of a part, which the part's name ends."""
    return one.instance.rpartition(".")[0]


def _at(case: Case, concept: str, key: str) -> Observation | None:
    """What is recorded of a concept at an encounter: under its key, else on a form of it."""
    found = observations(case.record, concept)
    here = next((one for one in found if one.instance == key), None)
    return here or next((one for one in found if one.encounter == key), None)


def part_of(one: Observation, field: str) -> str:
    """The name of a lesion or region: as entered, else the end of its instance."""
    return one.text(field) or one.instance.rpartition(".")[2]


def _further(field: str, names: Sequence[str], count: int) -> list[str]:
    """Names for parts that are to come: L4 after three lesions."""
    letter, number, found = field[:1].upper(), len(names), list[str]()
    while len(found) < count:
        number += 1
        if f"{letter}{number}" not in names:
            found.append(f"{letter}{number}")
    return found


# --- logs -------------------------------------------------------------------------------------------------------------


def records_of(case: Case, concept: Concept) -> tuple[Record, ...]:
    """Every record of a log, oldest first, each told in one line; one that was emptied again is left out."""
    return tuple(_record(concept, one) for one in observations(case.record, concept.id) if _says_anything(one))


def _says_anything(one: Observation) -> bool:
    return any(one.text(name) for name in one.values)


def _record(concept: Concept, one: Observation) -> Record:
    """A record in one line: its first words, codes and numbers, a whole number with what it counts."""
    told = [_told(field, one.text(field.id)) for field in concept.fields if field.kind not in (Kind.DATE, Kind.YES_NO)]
    says = ", ".join([text.replace("_", " ") for text in told if text][:3])
    return Record(one.instance, says or concept.label, one.date_of("start") or one.on, one.yes("ongoing") is True)


def _told(field: Field, text: str) -> str:
    return f"{field.label.lower()} {text}" if text and field.kind is Kind.INTEGER else text


def form_of_record(case: Case, concept: Concept, instance: str, on: date, *, offered: Sequence[str] = ()) -> Form:
    """The form of one record of a log, a new one or one that is there, with what belongs to it."""
    making = _Making(case, instance, on, tuple(offered), 0)
    own = making.one(concept, Shape.LOG, instance)
    belonging = [one for one in parts_of(concept, case.concepts) if one in logs_of(case.protocol, case.concepts)]
    related = [section for one in belonging for section in _belonging(making, one, instance)] if not own.ghost else []
    label = concept.label if own.ghost else f"{concept.label} {instance}"
    return Form(concept.id, label, "", None, (own, *related))


def _belonging(making: _Making, concept: Concept, owner: str) -> Iterator[Section]:
    """The records that belong to a record, and one empty one; what points to it is filled in."""
    first = concept.fields[0].id
    there = [one.instance for one in observations(making.case.record, concept.id) if one.text(first) == owner]
    number = next(n for n in range(1, len(there) + 2) if f"{owner}.{n}" not in there)
    for instance in (*there, f"{owner}.{number}"):
        yield making.one(concept, Shape.LOG, instance, {first: owner})


def next_instance(record: SubjectRecord, concept: Concept) -> str:
    """The number of the next record of a log: after the highest there is, also of those that were emptied or voided."""
    events = (event for event in record.log or () if hasattr(event, "items"))
    paths = (change.path.split("/") for event in events for change in event.items)
    used = [int(path[1]) for path in paths if path[0] == concept.id and path[1].isdecimal()]
    return str(max(used, default=0) + 1)


def items_by_path(form: Form) -> dict[str, Item]:
    """Every item of a form by its path."""
    return {item.path: item for item in form.items}


__all__ = [
    "UNSCHEDULED",
    "askable",
    "encounter_of",
    "form_at",
    "form_of_record",
    "instance_of",
    "items_by_path",
    "next_instance",
    "next_unscheduled",
    "part_of",
    "records_of",
    "unscheduled_form",
]
