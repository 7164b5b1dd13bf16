"""Who the participants are: every value collected before treatment, summed up by its kind, the missing ones counted.

The value at baseline is the last one up to the first dose, or to registration where no dose was taken. Numbers come in
the unit of their concept; a value that cannot be converted is counted as missing, never guessed. Read `baseline`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from trialwright.core.analysis.people import Gathered, Group, Person
from trialwright.core.conditions import ALWAYS as ALL
from trialwright.core.protocol import Concept, Encounter, Epoch, Field, Kind, StudyProtocol
from trialwright.core.subject import observations
from trialwright.core.terms import Quantity, UnitMismatch

NUMBERS, WORDS = (Kind.QUANTITY, Kind.INTEGER), (Kind.CODE, Kind.YES_NO)
COUNTED = (*NUMBERS, Kind.CODE)
"""A repeating record without any such field is a visit, not a characteristic."""
ALWAYS = ("age", "sex")
BEFORE = ("screening", "consent", "registration")
REVIEW = "_review"


@dataclass(frozen=True)
class NumberSummary:
    """Numbers of a group: how many, how many missing, and median and range where there is one."""

    n: int
    missing: int
    median: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class WordSummary:
    """Words of a group: how often each, and how many are missing."""

    n: int
    missing: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class BaselineRow:
    """One characteristic of every group; `words` are the values that occur, in the concept's order."""

    concept: str
    label: str
    unit: str
    groups: tuple[NumberSummary | WordSummary, ...]
    words: tuple[str, ...] = ()
    not_for_all: bool = False


def baseline(gathered: Gathered) -> tuple[BaselineRow, ...]:
    """Every characteristic by group, and for all together where there are groups."""
    concepts = _concepts(gathered)
    asked_of_all = {name for one in _before(gathered.protocol) if one.applies_when == ALL for name in one.collect}
    rows = (_row(concepts[name], gathered.groups_and_all) for name in _collected(gathered.protocol, concepts))
    return tuple(
        replace(row, not_for_all=row.concept not in {*asked_of_all, *ALWAYS}) for row in rows if row is not None
    )


def _concepts(gathered: Gathered) -> Mapping[str, Concept]:
    """The concepts as the participants' own protocols know them."""
    known = {concept.id: concept for concept in gathered.protocol.concepts}
    return {**next((one.concepts for one in gathered.registered), {}), **known}


def _collected(protocol: StudyProtocol, concepts: Mapping[str, Concept]) -> Iterator[str]:
    """What is collected before the first dose, each once, age and sex first."""
    wanted = dict.fromkeys((*ALWAYS, *(name for one in _before(protocol) for name in one.collect)))
    asks = {one.id for one in protocol.asks}
    return (name for name in wanted if name in concepts and name not in asks and not name.endswith(REVIEW))


def _before(protocol: StudyProtocol) -> list[Encounter]:
    """The encounters before treatment."""
    return [one for one in protocol.encounters if one.epoch is Epoch.SCREENING or one.anchor in BEFORE]


def _row(concept: Concept, groups: Sequence[Group]) -> BaselineRow | None:
    """The characteristic by its kind; a repeating record is told by how many of it each participant has."""
    field = concept.value
    if concept.repeats and not any(one.kind in COUNTED for one in concept.fields if one.id != "on"):
        return None
    if concept.repeats:
        numbers = tuple(_numbers([_how_many(one, concept) for one in group.people]) for group in groups)
        return BaselineRow(concept.id, f"{concept.label}: number", "", numbers)
    if field.kind in NUMBERS:
        numbers = tuple(_numbers([_number(one, concept, field) for one in group.people]) for group in groups)
        return BaselineRow(concept.id, concept.label, _unit(concept, field), numbers)
    if field.kind in WORDS:
        words = tuple(_words([_word(one, concept) for one in group.people]) for group in groups)
        return BaselineRow(concept.id, concept.label, "", words, _in_order(field, words))
    return None


def _unit(concept: Concept, field: Field) -> str:
    return "years" if concept.id == "age" else field.unit or ""


def _in_order(field: Field, summaries: Iterable[WordSummary]) -> tuple[str, ...]:
    seen = {word for one in summaries for word in one.counts}
    known = [code for code in field.codes if code in seen]
    return (*known, *sorted(seen - set(known)))


@dataclass(frozen=True)
class Had:
    """What a participant had before treatment, by concept: the last value, and how many records where it repeats."""

    values: Mapping[str, Quantity | str | None]
    counts: Mapping[str, int]


def had_before(one: Person) -> Had:
    """What was collected of a participant up to the first dose, or up to registration."""
    day, protocol = one.first_dose or one.registered, one.judged_by.protocol
    if day is None:
        return Had({}, {})
    concepts = {**one.concepts, **{concept.id: concept for concept in protocol.concepts}}
    wanted = [concepts[name] for name in _collected(protocol, concepts)]
    once = {each.id: _last(one, each, day) for each in wanted if not each.repeats}
    counts = {each.id: _records(one, each, day) for each in wanted if each.repeats}
    return Had(once, {name: count for name, count in counts.items() if count is not None})


def _last(one: Person, concept: Concept, day: date) -> Quantity | str | None:
    readings = [each for each in one.case.facts(day).readings(concept.id) if each.on.latest <= day]
    return next((each.value for each in reversed(readings) if each.value is not None), None)


def _records(one: Person, concept: Concept, day: date) -> int | None:
    """The number of records; without a record or a review nobody asked."""
    found = observations(one.case.record, concept.id, day)
    asked = observations(one.case.record, concept.id + REVIEW, day)
    return len(found) if found or asked else None


def _value(one: Person, concept: Concept) -> Quantity | str | None:
    return one.ask(had_before).values.get(concept.id)


def _word(one: Person, concept: Concept) -> str | None:
    value = _value(one, concept)
    return str(value) if value is not None else None


def _number(one: Person, concept: Concept, field: Field) -> float | None:
    value = _value(one, concept)
    if not isinstance(value, Quantity):
        return None
    try:
        return float(one.units.convert(value, field.unit, concept.id)) if field.unit else float(value.value)
    except UnitMismatch:
        return None


def _how_many(one: Person, concept: Concept) -> float | None:
    count = one.ask(had_before).counts.get(concept.id)
    return None if count is None else float(count)


def _numbers(values: Sequence[float | None]) -> NumberSummary:
    known = [value for value in values if value is not None]
    if not known:
        return NumberSummary(0, len(values))
    return NumberSummary(len(known), len(values) - len(known), median(known), min(known), max(known))


def _words(values: Sequence[str | None]) -> WordSummary:
    known = [value for value in values if value is not None]
    return WordSummary(len(known), len(values) - len(known), Counter(known))
