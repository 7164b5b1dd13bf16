"""Which variable of a REDCap project is which field of which concept: proposed, reviewed by a person, saved.

A proposal goes by names, labels and the labels of choices; what it does not find it leaves out and names. Read
`propose`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as kept
from typing import Any

from trialwright.adapters.exchange.incoming.typed import MISSING_CODES, Unreadable, names_a_visit, read_unit
from trialwright.adapters.exchange.redcap.dictionary import NOT_DATA, Dictionary, Variable
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.terms import Finding, Severity, UnitTable

LARGEST_WORD = 400
IN_BRACKETS = re.compile(r"[(\[](?P<unit>[^)\]]{1,30})[)\]]\s*$")
DATES_OF_A_THING = ("on", "start")
"""Fields that say on which day a thing holds."""


@dataclass(frozen=True)
class Place:
    """Where a variable belongs: concept and field, its unit, and our code for each of its raw values."""

    concept: str
    field: str = "value"
    unit: str = ""
    codes: Mapping[str, str] = kept(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RecordMap:
    """How to read a project's records.

    `subject` is the variable that holds the subject's id; `dates` the variable with the day, for each form;
    `encounters` the visit's key for each event of the project; `missing` our code for each missing-data code.
    """

    name: str = ""
    subject: str = ""
    places: Mapping[str, Place] = kept(default_factory=dict)
    dates: Mapping[str, str] = kept(default_factory=dict)
    encounters: Mapping[str, str] = kept(default_factory=dict)
    missing: Mapping[str, str] = kept(default_factory=dict)


def map_document(of: RecordMap) -> dict[str, Any]:
    """The map as plain data, to be kept as JSON."""
    return asdict(of)


def read_map(document: Any) -> RecordMap:
    """The map of a document; raises ValueError where it is none."""
    found = _object(document)
    places = {_text(name): _place(each) for name, each in _object(found.get("places", {})).items()}
    return RecordMap(
        name=_text(found.get("name", "")),
        subject=_text(found.get("subject", "")),
        places=places,
        dates=_texts(found.get("dates", {})),
        encounters=_texts(found.get("encounters", {})),
        missing=_texts(found.get("missing", {})),
    )


def _place(value: Any) -> Place:
    found = _object(value)
    told = {name: _text(found.get(name, "")) for name in ("concept", "field", "unit")}
    return Place(told["concept"], told["field"] or "value", told["unit"], _texts(found.get("codes", {})))


def _texts(value: Any) -> dict[str, str]:
    return {_text(key): _text(each) for key, each in _object(value).items()}


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"a map is an object with names, not {type(value).__name__}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LARGEST_WORD:
        raise ValueError(f"a word of a map is a text of at most {LARGEST_WORD} letters, not {type(value).__name__}")
    return value


def propose(of: Dictionary, concepts: Mapping[str, Concept]) -> tuple[RecordMap, list[Finding]]:
    """A map for a person to look at, and a note for each variable that is left out and why."""
    known = _words(concepts)
    places: dict[str, Place] = {}
    notes: list[Finding] = []
    for one in of.variables.values():
        if one.name == of.record:
            continue
        place = None if one.identifies or one.kind in NOT_DATA else _proposed(one, known, concepts)
        if place is None or place.concept in {each.concept for each in places.values() if each.field == place.field}:
            notes.append(_left_out(one, place))
        else:
            places[one.name] = place
    dates = {one.form: one.name for one in reversed([*of.variables.values()]) if _is_day(one)}
    return RecordMap(subject=of.record, places=places, dates=dates), notes


def _words(concepts: Mapping[str, Concept]) -> dict[str, str]:
    by_label = {_letters(each.label): each.id for each in concepts.values()}
    return by_label | {_letters(each.id): each.id for each in concepts.values()}


def _proposed(one: Variable, known: Mapping[str, str], concepts: Mapping[str, Concept]) -> Place | None:
    words = (_letters(one.name), _letters(IN_BRACKETS.sub("", one.label)), _letters(one.name.partition("_")[2]))
    concept = next((concepts[known[word]] for word in words if word and word in known), None)
    if concept is None or concept.repeats:
        return None
    bracketed = IN_BRACKETS.search(one.label)
    unit = (bracketed["unit"] if bracketed else one.note) if concept.value.kind is Kind.QUANTITY else ""
    return Place(concept.id, concept.value.id, unit[:30], _codes(one, concept.value))


def _codes(one: Variable, of: Field) -> dict[str, str]:
    """Our code for each raw value whose label says the same; the others are left for a person."""
    ours = {_letters(code): code for code in (of.codes or (("yes", "no") if of.kind is Kind.YES_NO else ()))}
    return {raw: ours[_letters(label)] for raw, label in one.choices.items() if _letters(label) in ours}


def _is_day(one: Variable) -> bool:
    return one.validation.startswith("date") and not one.identifies


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def map_faults(
    of: RecordMap,
    dictionary: Dictionary,
    concepts: Mapping[str, Concept],
    encounters: Collection[str],
    units: UnitTable,
) -> list[Finding]:
    """Everything that keeps a map from reading the project's records."""
    return [
        *_variables(of, dictionary),
        *(fault for name, place in of.places.items() for fault in _place_faults(name, place, concepts, units)),
        *_events(of, encounters),
    ]


def _variables(of: RecordMap, dictionary: Dictionary) -> Iterator[Finding]:
    for name in [of.subject, *of.places, *of.dates.values()]:
        found = dictionary.base(name)
        if found is None:
            yield _no(f"The project has no field {name[:60]!r}.", "Choose another field.")
        elif found.identifies and name != of.subject:
            yield _no(f"The field {name!r} identifies a person.", "Identifiers are never read; take it out of the map.")
    if not of.places:
        yield _no("No field of the project is mapped to what is recorded.", "Map at least one field.")


def _place_faults(name: str, place: Place, concepts: Mapping[str, Concept], units: UnitTable) -> Iterator[Finding]:
    concept = concepts.get(place.concept)
    field_ = next((each for each in concept.fields if each.id == place.field), None) if concept else None
    if field_ is None:
        where = f"{place.concept[:40]}/{place.field[:40]}"
        yield _no(f"{name!r} is mapped to {where!r}, which is not recorded.", "Choose a concept of the study.")
        return
    if field_.kind is Kind.QUANTITY:
        try:
            read_unit(place.unit, field_, place.concept, units)
        except Unreadable as wrong:
            yield _no(f"{name!r}: {wrong}.", "Name the unit that the project records.")
    allowed = set(field_.codes or (("yes", "no") if field_.kind is Kind.YES_NO else ()))
    for raw, code in place.codes.items():
        if allowed and code not in allowed:
            yield _no(
                f"{name!r}: {raw[:40]!r} stands for {code[:40]!r}.", f"Choose one of {', '.join(sorted(allowed))}."
            )


def _events(of: RecordMap, encounters: Collection[str]) -> Iterator[Finding]:
    for event, key in of.encounters.items():
        if not names_a_visit(key, encounters):
            yield _no(f"The event {event!r} is mapped to {key[:60]!r}, which is no visit.", "Choose a visit's key.")
    for word, code in of.missing.items():
        if code not in MISSING_CODES:
            yield _no(f"{word!r} stands for {code!r}.", f"Choose one of {', '.join(MISSING_CODES)}.")


def _left_out(one: Variable, place: Place | None) -> Finding:
    why = (
        "identifies a person and is never read"
        if one.identifies
        else f"is of the type {one.kind}, which holds no datum of its own"
        if one.kind in NOT_DATA
        else f"looks like {place.concept}, which another field is taken for"
        if place
        else "resembles nothing that the study records"
    )
    return Finding(
        about=one.name,
        says=f"The field {one.name!r} {why}.",
        matters="What is left out is recorded nowhere.",
        do="Map it by hand if the study records it." if not one.identifies else "",
        severity=Severity.NOTE,
    )


def _no(says: str, do: str) -> Finding:
    return Finding(about="map", says=says, matters="The records cannot be read by this map; nothing was saved.", do=do)
