"""How a concept is entered, told from its fields alone: once, as parts of a visit, or as records of their own.

A repeating record with a start date, or one that belongs to something recorded elsewhere (an adverse event, a drug, a
specimen), is a log. One that is named by its first field and holds for a day is a part of a visit: a lesion, a region.
One that begins with its day is the record of that visit. Read `shape_of`, then `logs_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialwright.core.casebook.values import Shape
from trialwright.core.protocol import Concept, Kind, StudyProtocol

BELONGS_TO: Mapping[str, str] = {
    "event": "adverse_event",
    "adverse_event": "adverse_event",
    "drug": "drug",
    "specimen": "specimen",
    "encounter": "encounter",
}
"""What a field of this name points to: the record of another concept, or something the protocol names."""
KEPT_ELSEWHERE = frozenset({"visit", "specimen", "custody", "assay"})
"""Records that come with their visit or their specimen, and so have no log of their own."""
ALWAYS = ("adverse_event", "medication", "death")
"""Logs that every trial keeps, whether its visits name them or not."""
OF_DRUGS = ("exposure",)
"""Logs that every trial keeps which gives a drug."""


def shape_of(concept: Concept) -> Shape:
    """How a concept is entered."""
    if not concept.repeats:
        return Shape.ONE
    names, first = {field.id for field in concept.fields}, concept.fields[0]
    if "start" in names or first.id in BELONGS_TO or "on" not in names:
        return Shape.LOG
    if first.id == "on":
        return Shape.AT_VISIT
    return Shape.PARTS if first.kind in (Kind.TEXT, Kind.CODE) and first.required else Shape.LOG


def logs_of(protocol: StudyProtocol, concepts: Mapping[str, Concept]) -> tuple[Concept, ...]:
    """The logs a study keeps: what its visits collect, its sets are made of, it brings itself, and every trial has.

    What belongs to a record of one of them, as a change of grade to an adverse event, is a log too. A study that gives
    no drug keeps no log of what was taken or brought back.
    """
    named = dict.fromkeys([*ALWAYS, *(OF_DRUGS if protocol.regimen else ()), *_named(protocol)])
    found = [concepts[name] for name in named if name in concepts and name not in KEPT_ELSEWHERE]
    collected = {name for encounter in protocol.encounters for name in encounter.collect}
    kept = [one for one in found if shape_of(one) is Shape.LOG or (one.repeats and one.id not in collected)]
    owners, drugs = {*(one.id for one in kept), "drug"}, bool(protocol.regimen)
    of_them = [one for one in concepts.values() if _belongs_to(one, owners) and one not in kept]
    return (*kept, *(one for one in of_them if drugs or not _of_a_drug(one)))


def _named(protocol: StudyProtocol) -> Iterator[str]:
    for encounter in protocol.encounters:
        yield from encounter.collect
    yield from (one.of for one in protocol.sets)
    yield from (one.id for one in protocol.concepts)


def _belongs_to(concept: Concept, owners: set[str]) -> bool:
    """Whether a concept's records belong to records of one of the logs, or to a drug that is given."""
    return concept.repeats and concept.id not in KEPT_ELSEWHERE and BELONGS_TO.get(concept.fields[0].id) in owners


def _of_a_drug(concept: Concept) -> bool:
    return any(field.id == "drug" and field.required for field in concept.fields)


def parts_of(concept: Concept, concepts: Mapping[str, Concept]) -> tuple[Concept, ...]:
    """The concepts whose records belong to records of this one: changes of grade, relations, reports."""
    return tuple(one for one in concepts.values() if one.repeats and BELONGS_TO.get(one.fields[0].id) == concept.id)
