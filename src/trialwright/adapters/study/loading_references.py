"""Whether every name a protocol refers to is there: questions, sources, sites, arms, encounters, sets, concepts.

REFERENCES says which field of which class names what; a new field is one line. Names are looked up in the file as
written, so that a part that could not be read is not reported as missing as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from zoneinfo import available_timezones

from trialwright.adapters.study.loading_look import Look
from trialwright.adapters.study.positions import Path
from trialwright.core.endpoints.populations import POPULATIONS
from trialwright.core.protocol import (
    CUSTODY_STEPS,
    ENCOUNTER_ANCHORS,
    INTERCURRENT,
    INTERVALS,
    PROGRESSION_DAYS,
    QUESTION_KINDS,
    READINESS,
    Clause,
    ConceptSet,
    Criterion,
    Encounter,
    Endpoint,
    Handling,
    Intercurrent,
    MedicationRule,
    Objective,
    Obligation,
    PersonQuestion,
    Regimen,
    ReviewRule,
    Site,
    Specimen,
    Substudy,
    Variant,
)
from trialwright.core.terms import Finding, Response


@dataclass(frozen=True)
class Reference:
    """A field of a class that names something: what it names, and the names there are."""

    cls: type
    field: str
    what: str
    known: Callable[[Look], Collection[str]]


def _sites(look: Look) -> Collection[str]:
    return look.ids("design", "sites")


def _arms(look: Look) -> Collection[str]:
    return look.ids("arms")


def _encounters(look: Look) -> Collection[str]:
    return look.ids("encounters")


def _assays(look: Look) -> Collection[str]:
    held = look.whole.at(("specimens",))
    listed = [one.get("assays") or [] for one in held if isinstance(one, dict)] if isinstance(held, list) else []
    return {str(assay["id"]) for assays in listed for assay in assays if isinstance(assay, dict) and "id" in assay}


def _sources(look: Look) -> Collection[str]:
    held = look.whole.at(("sources",))
    return held if isinstance(held, dict) else ()


def _collectable(look: Look) -> Collection[str]:
    return {*look.concepts, *look.ids("concepts"), *look.asks}


@cache
def _time_zones() -> Collection[str]:
    """Every zone the machine knows; looked up once, for it reads the whole of its folder."""
    return available_timezones()


REFERENCES: tuple[Reference, ...] = (
    Reference(Clause, "rests_on", "question", lambda look: look.ids("questions")),
    Reference(Clause, "source", "entry of sources", _sources),
    Reference(Site, "time_zone", "time zone (IANA name)", lambda look: _time_zones()),
    Reference(Substudy, "sites", "site", _sites),
    Reference(Criterion, "see", "criterion", lambda look: look.ids("eligibility")),
    Reference(Regimen, "arms", "arm", _arms),
    Reference(Encounter, "anchor", "anchor", lambda look: ENCOUNTER_ANCHORS),
    Reference(Encounter, "sites", "site", _sites),
    Reference(Encounter, "arms", "arm", _arms),
    Reference(Encounter, "instead_of", "encounter", _encounters),
    Reference(Encounter, "collect", "concept or ask", _collectable),
    Reference(Specimen, "encounters", "encounter", _encounters),
    Reference(Specimen, "substudy", "sub-study", lambda look: look.ids("design", "substudies")),
    Reference(Specimen, "storage_consent", "question under asks", lambda look: look.asks),
    Reference(Handling, "step", "step of custody", lambda look: CUSTODY_STEPS),
    Reference(Handling, "after", "step of custody", lambda look: CUSTODY_STEPS),
    Reference(Obligation, "commitment", "question under asks", lambda look: look.asks),
    Reference(MedicationRule, "prohibits", "set or repeating concept", lambda look: _sets_and_repeating(look)),
    Reference(Endpoint, "ready_when", "readiness", lambda look: READINESS),
    Reference(Endpoint, "events", "event", lambda look: ("progression", "death", "response")),
    Reference(Endpoint, "progression_on", "day of progression", lambda look: PROGRESSION_DAYS),
    Reference(Endpoint, "interval", "scale of an interval", lambda look: INTERVALS),
    Reference(Intercurrent, "event", "intercurrent event", lambda look: INTERCURRENT),
    Reference(Variant, "population", "population", lambda look: POPULATIONS),
    Reference(Variant, "since", "anchor", lambda look: ENCOUNTER_ANCHORS[1:]),
    Reference(Variant, "progression_on", "day of progression", lambda look: PROGRESSION_DAYS),
    Reference(Variant, "interval", "scale of an interval", lambda look: INTERVALS),
    Reference(Endpoint, "since", "anchor", lambda look: ENCOUNTER_ANCHORS[1:]),
    Reference(Endpoint, "responders", "response", lambda look: Response.__members__),
    Reference(Endpoint, "concepts", "concept or assay", lambda look: {*_collectable(look), *_assays(look)}),
    Reference(Objective, "endpoints", "endpoint", lambda look: look.ids("endpoints")),
    Reference(Endpoint, "baseline", "encounter", _encounters),
    Reference(Endpoint, "at", "encounter", _encounters),
    Reference(Endpoint, "against", "grouping", lambda look: ("response", "arm")),
    Reference(Endpoint, "sites", "site", _sites),
    Reference(Endpoint, "level", "level", lambda look: ("primary", "secondary", "other")),
    Reference(Endpoint, "population", "population", lambda look: POPULATIONS),
    Reference(MedicationRule, "during", "time", lambda look: ("treatment", "registration")),
    Reference(PersonQuestion, "kind", "kind of question", lambda look: QUESTION_KINDS),
    Reference(PersonQuestion, "who", "person", lambda look: ("investigator", "subject")),
    Reference(ConceptSet, "of", "repeating concept", lambda look: _repeating(look)),
    Reference(ReviewRule, "of", "repeating concept", lambda look: _repeating(look)),
    Reference(ConceptSet, "union", "set", lambda look: look.ids("sets")),
    Reference(ConceptSet, "minus", "set", lambda look: look.ids("sets")),
)
"""Every field that names something, with what it names."""


def _repeating(look: Look) -> Collection[str]:
    own = look.ids("concepts") - {one.id for one in look.protocol.concepts}
    return {*(name for name, concept in look.concepts.items() if concept.repeats), *own}


def _sets_and_repeating(look: Look) -> Collection[str]:
    return {*look.ids("sets"), *_repeating(look)}


def check_references(look: Look) -> Iterator[Finding]:
    """Every name that refers to nothing, with the near miss."""
    for path, node in _nodes(look.protocol, ()):
        for reference in REFERENCES:
            if isinstance(node, reference.cls):
                yield from _unresolved(look, path, node, reference)


def _unresolved(look: Look, path: Path, node: object, reference: Reference) -> Iterator[Finding]:
    named = getattr(node, reference.field)
    if named is None or named == "":
        return
    known = reference.known(look)
    listed = [((), named)] if isinstance(named, str) else [((number,), name) for number, name in enumerate(named)]
    for step, name in listed:
        if name not in known:
            yield look.unknown((*path, reference.field, *step), reference.what, name, known)


def _nodes(node: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Every part of the protocol that is written as keys, with its path."""
    if isinstance(node, tuple):
        for number, part in enumerate(node):
            yield from _nodes(part, (*path, number))
    elif is_dataclass(node) and not isinstance(node, type):
        yield path, node
        for each in fields(node):
            yield from _nodes(getattr(node, each.name), (*path, each.name))


# --- sets ---------------------------------------------------------------------------------------------------------


def check_sets(look: Look) -> Iterator[Finding]:
    """A set is of one concept, and never of itself by way of others."""
    sets = {one.id: one for one in look.protocol.sets}
    for number, one in enumerate(look.protocol.sets):
        path: Path = ("sets", number)
        if _leads_to(one.id, one.id, sets):
            yield look.finding(
                path,
                f"The set {one.id!r} contains itself by way of its union or minus.",
                "Nobody can say which codes are in it.",
                "Take one of the steps of the circle out.",
            )
        for other in (*one.union, *one.minus):
            if other in sets and sets[other].of != one.of:
                yield look.finding(
                    path,
                    f"The set {one.id!r} is of {one.of} and takes in {other!r}, which is of {sets[other].of}.",
                    "Records of one kind never carry codes of the other, so it would never match.",
                    f"Make both sets of {one.of}.",
                )
    for number, concept in enumerate(look.protocol.concepts):
        yield from _shadowed(look, number, concept.id)


def _leads_to(start: str, wanted: str, sets: Mapping[str, ConceptSet], seen: frozenset[str] = frozenset()) -> bool:
    if start not in sets or start in seen:
        return False
    further = (*sets[start].union, *sets[start].minus)
    return wanted in further or any(_leads_to(name, wanted, sets, seen | {start}) for name in further)


def _shadowed(look: Look, number: int, name: str) -> Iterator[Finding]:
    if name in look.asks:
        yield look.finding(
            ("concepts", number, "id"),
            f"The concept {name!r} has the name of a question under asks.",
            "Two things of one name would be kept under one address, and one would read the other's data.",
            "Give one of them another name.",
        )


def check_standards(look: Look) -> Iterator[Finding]:
    """The standards the protocol names must be there, and its own concepts must not stand in a standard one's place."""
    for finding in look.standards.findings:
        section, _, name = finding.about.partition(".")
        path: Path = (section, name)
        if section == "concepts":
            path = (section, next(n for n, one in enumerate(look.protocol.concepts) if one.id == name), "id")
        yield replace(finding, where=look.document.where(path))
