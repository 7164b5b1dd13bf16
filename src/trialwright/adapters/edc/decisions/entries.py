"""An entry of the ledger in words: as a list to choose from names it, and field by field beside the choice.

Whoever takes an entry back must know which it is: the form, the record and what was typed, never the name of a class.
What tells who the patient is stands in neither, whoever looks. Read `entry_words`, then `entry_panel`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from django.utils.translation import gettext as _

from trialwright.adapters.archive.words import FIELD_WORDS, KIND_WORDS
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.adapters.edc.desk.discretion import identifying, without
from trialwright.adapters.edc.look import words, writing
from trialwright.core.ledger import Change, Event, FormCorrected, FormSubmitted, ItemPath
from trialwright.core.protocol import Concept, Kind
from trialwright.core.schedule.naming import Labels, spaced

Pairs = tuple[tuple[str, str], ...]
TOLD = 3
"""So many values of a form are named in a list."""
SHORT = ("version", "drug", "course", "dose", "to", "analyte", "status", "why")
"""What else tells one entry from another, in a list."""
APART = frozenset({field.name for field in fields(Event)} | {"items", "said", "definition", "query", "key"})
"""What every event has, what is told otherwise, and what only programs read."""


def entry_words(event: Event, concepts: Mapping[str, Concept] | None = None, labels: Labels | None = None) -> str:
    """An entry as a list names it: its place, its day, what it is, of which form and record, what it says."""
    name = type(event).__name__
    parts = [str(event.seq), writing.day(event.occurred), words.said(KIND_WORDS.get(name, spaced(name)))]
    if isinstance(event, FormSubmitted | FormCorrected):
        parts += _of_form(event, concepts or {}, labels or Labels(concepts or {}, (), words.said))
    else:
        parts += [words.said(value) for value in _short(event)]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _short(event: Event) -> Iterator[str]:
    for name in SHORT:
        value = getattr(event, name, None)
        if value not in (None, ""):
            yield writing.value(value)


def _of_form(event: FormSubmitted | FormCorrected, concepts: Mapping[str, Concept], labels: Labels) -> Iterator[str]:
    """The visit, or the record and its number, with the first values; how many more there are."""
    visit = labels.encounter(event.encounter) if event.encounter else ""
    yield visit
    given = [one for one in event.items if one.new is not None and not one.path.endswith("/encounter")]
    if given:
        path = ItemPath.parse(given[0].path)
        yield ", ".join(one for one in (labels.thing(path), labels.which(path)) if one not in ("", visit))
    yield ", ".join(_value(one, concepts, labels) for one in given[:TOLD])
    if len(given) > TOLD:
        yield _("%(count)s values") % {"count": len(given)}


def _value(change: Change, concepts: Mapping[str, Concept], labels: Labels) -> str:
    """A value as typed, a code, a day, a visit and a sample in words; what identifies is kept where it was typed."""
    path = ItemPath.parse(change.path)
    known = concepts.get(path.concept)
    field = next((one for one in known.fields if one.id == path.field), None) if known else None
    if field is None or field.identifies:
        return _("kept at the site")
    if field.kind is Kind.DATE and isinstance(change.new, str):
        return writing.day(change.new)
    coded = isinstance(change.new, str) and field.kind in (Kind.CODE, Kind.YES_NO)
    if coded:
        return words.code_said(change.new)
    return (labels.named(change.path, change.new) if isinstance(change.new, str) else "") or writing.value(change.new)


# --- for a list, and beside it ---------------------------------------------------------------------------------------


def options_of(scene: Scene, entries: Sequence[Event]) -> Pairs:
    """Each entry to choose from, by its id."""
    if not scene.subject:
        return tuple((one.id, entry_words(one)) for one in entries)
    concepts = scene.case.concepts
    labels = Labels(concepts, [scene.protocol], words.said)
    told = tuple((one.id, entry_words(one, concepts, labels)) for one in entries)
    return _kept(scene, told)


def entry_panel(scene: Scene) -> Pairs:
    """What the chosen entry says, field by field; nothing where none is chosen."""
    name = scene.chosen.get("voids", "")
    event = (scene.record.event(name) if scene.subject else scene.study.event(name)) if name else None
    if event is None or event.subject != (scene.subject or None):
        return ()
    return _kept(scene, tuple(_said_by(scene, event)))


def _said_by(scene: Scene, event: Event) -> Iterator[tuple[str, str]]:
    name = type(event).__name__
    yield _("What"), words.said(KIND_WORDS.get(name, spaced(name)))
    yield _("Day"), writing.day(event.occurred)
    yield _("Role"), words.said(event.role)
    concepts = scene.case.concepts if scene.subject else {}
    labels = Labels(concepts, [scene.protocol], words.said)
    for name, value in vars(event).items():
        if name not in APART and value not in ("", None, ()):
            yield words.said(FIELD_WORDS.get(name, spaced(name).capitalize())), _field(labels, name, value)
    for change in getattr(event, "items", ()):
        yield labels.item(change.path), _value(change, concepts, labels)


def _field(labels: Labels, name: str, value: object) -> str:
    if name == "encounter":
        return labels.encounter(str(value))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else words.said(writing.value(value))


def _kept(scene: Scene, told: Pairs) -> Pairs:
    """The same without what was ever recorded of who the patient is, in reasons and remarks too."""
    known = identifying(scene.record, scene.case.concepts) if scene.subject else ()
    found: Pairs = without(told, known, _("kept at the site")) if known else told
    return found
