"""Items, values, persons and events in words, as whoever asks may see them.

What identifies a patient directly is shown at the site alone; everybody else reads that it is kept there. Labels come
from the protocol and its standards. Read `Telling`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from trialwright.adapters.archive.words import KIND_WORDS
from trialwright.adapters.edc.access.matrix import pages
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import identifying, without
from trialwright.adapters.edc.look import words, writing
from trialwright.adapters.edc.look.called import concepts_of, labels_of
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted, ItemPath, Missing, Value
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.schedule.naming import Labels


@dataclass(frozen=True)
class Change:
    """One thing an event said, in words: of what, what it was before, what it is."""

    label: str
    path: str
    old: str
    new: str


class Telling:
    """The words of a study, for the person at a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        """Every concept of every version's standards and protocol."""
        return concepts_of(self.desk)

    @cached_property
    def labels(self) -> Labels:
        """What items and encounters are called."""
        return labels_of(self.desk)

    def item(self, path: str) -> str:
        """An item by its path, in words."""
        return self.labels.item(path)

    def kept(self, path: str) -> bool:
        """Whether an item identifies a patient and the person is not of a site."""
        field = None if self.desk.sees_identifiers else self._field(path)
        return field is not None and field.identifies

    def value(self, path: str, value: Value) -> str:
        """A value of an item, as the person may see it."""
        if value is None:
            return ""
        if isinstance(value, Missing):
            return writing.value(value)
        return _("kept at the site") if self.kept(path) else self._as_typed(path, value)

    def _as_typed(self, path: str, value: Value) -> str:
        """A value by the kind of its field: a day as a day, a code in words."""
        field = self._field(path)
        if isinstance(value, str) and field is not None and field.kind is Kind.DATE:
            return writing.day(value)
        coded = isinstance(value, str) and field is not None and (field.kind is Kind.CODE or field.kind is Kind.YES_NO)
        return words.code_said(value) if coded else self._named(path, value)

    def _named(self, path: str, value: Value) -> str:
        """A person by the printed name, a visit and a sample by their labels, anything else as it was typed."""
        if not isinstance(value, str):
            return writing.value(value)
        if value in self.desk.open.roster.persons:
            return self.person(value)
        return self.labels.named(path, value) or writing.value(value)

    def _field(self, path: str) -> Field | None:
        if path.count("/") != 2:
            return None
        item = ItemPath.parse(path)
        known = self.concepts.get(item.concept)
        return next((one for one in known.fields if one.id == item.field), None) if known else None

    def person(self, actor: str) -> str:
        """Who it was, by the printed name."""
        return self.desk.open.roster.name(actor) or actor

    def kind(self, event: Event) -> str:
        """What kind of event it is."""
        return self.kind_named(type(event).__name__)

    @staticmethod
    def kind_named(name: str) -> str:
        """A kind of event by its name."""
        return _(KIND_WORDS[name]) if name in KIND_WORDS else spaced_name(name)

    def encounter(self, key: str) -> str:
        """An encounter by its key."""
        return self.labels.encounter(key)

    def address(self, subject: str, about: str) -> str:
        """Where the thing that a query is about is shown; empty where no page that the person may open shows it."""
        page, ids = self._place(subject, about)
        known = next((one for one in pages() if one.name == page), None)
        return address(page, self.desk.open.id, subject, *ids) if known is not None and self.desk.may(known) else ""

    def _place(self, subject: str, about: str) -> tuple[str, tuple[str, ...]]:
        """The page that shows it, and the ids that the page asks for after the patient's."""
        record = self.desk.open.record.subjects.get(subject)
        if about.count("/") == 2:
            path = ItemPath.parse(about)
            there = record is not None and path.concept in record.items
            return ("item", (path.concept, path.instance, path.field)) if there else ("form", (path.instance,))
        if about.startswith("deviation "):
            return "subject-deviations", ()
        event = record.event(about) if record else None
        if isinstance(event, FormSubmitted | FormCorrected) and event.encounter:
            return "form", (event.encounter,)
        return ("subject", ()) if event else ("form", (about,))


def counted(path: str) -> list[tuple[bool, int, str]]:
    """What paths are sorted by, so that the second of several stands before the tenth.

    >>> sorted(("event/10/term", "event/2/term"), key=counted)
    ['event/2/term', 'event/10/term']
    """
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in path.split("/")]


def for_everybody(desk: Desk, subject: str, words: str) -> str:
    """Words that go into the ledger, without what identifies the patient: everybody reads them there."""
    told = identifying(desk.record(subject), desk.standards(subject).concepts)
    return str(without(words, told, KEPT))


KEPT = "(kept at the site)"


def spaced_name(name: str) -> str:
    """The name of a kind of event with blanks, where nobody gave it other words.

    >>> spaced_name("PersonDeactivated")
    'Person deactivated'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def address(page: str, *ids: str) -> str:
    """The address of a page; empty where there is no such page."""
    try:
        return reverse(f"edc:{page}", args=ids)
    except NoReverseMatch:
        return ""


class Verbatim(Telling):
    """The same for a file that programs read: each value as the ledger has it, in no language; what is kept is kept."""

    def value(self, path: str, value: Value) -> str:
        """A value of an item, as it was recorded."""
        return super().value(path, value) if value is not None and self.kept(path) else as_recorded(value)


def as_recorded(value: Value) -> str:
    """A value as the ledger has it; nothing where there was none.

    >>> as_recorded(None), as_recorded(Missing("not_done")), as_recorded("2006-03-05")
    ('', 'not_done', '2006-03-05')
    """
    if isinstance(value, Missing):
        return value.code
    return "" if value is None else str(value)
