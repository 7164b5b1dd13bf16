"""What visits, samples and items are called: by label and course, in place of the key that the ledger knows them by.

A key is for programs: "course_day_1.2", "skin_biopsy.baseline", "weekly_test.2.1". People read the protocol's label,
with the course or the number where there are several. `words` turns the few words of our own into another language;
labels are the protocol's. Read `visit_called`, then `Labels`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from trialwright.core.ledger import ItemPath
from trialwright.core.protocol import Concept, Encounter, Specimen, StudyProtocol
from trialwright.core.schedule.planning import is_one_course

Words = Callable[[str], str]
"""Our own words in the language of whoever reads; English as they stand."""
NUMBERS = re.compile(r"(?:\.\d{1,4}){0,2}")


def visit_called(protocol: StudyProtocol, key: str, words: Words = str) -> str:
    """A visit by its key: "Day 1 of a course, course 2"; the key itself where no encounter of the protocol has it."""
    return visit_among(protocol.encounters, key, words) or key


def sample_called(protocol: StudyProtocol, key: str, words: Words = str) -> str:
    """A sample by its key: "Skin biopsy, Baseline"; the key itself where the protocol plans none."""
    return sample_among(protocol.specimens, protocol.encounters, key, words) or key


def visit_among(encounters: Iterable[Encounter], key: str, words: Words = str) -> str:
    """A visit among these by its key; empty where it is none of them."""
    for one in encounters:
        if key.startswith(one.id) and NUMBERS.fullmatch(key[len(one.id) :]):
            return _numbered(one, key[len(one.id) + 1 :], words)
    return ""


def sample_among(specimens: Iterable[Specimen], encounters: Iterable[Encounter], key: str, words: Words = str) -> str:
    """A sample of these specimens by its key; empty where it is none of them."""
    name, _, visit = key.partition(".")
    specimen = next((one for one in specimens if one.id == name), None)
    at = visit_among(encounters, visit, words) if visit else ""
    return f"{specimen.label}, {at}" if specimen and at else specimen.label if specimen and not visit else ""


def _numbered(one: Encounter, numbers: str, words: Words) -> str:
    """The label with the course, and with the number where there is one besides."""
    several = one.anchor == "course" and not is_one_course(one)
    first, _, second = numbers.partition(".")
    course, number = (first, second) if several else ("", numbers)
    called = words("%(visit)s, course %(course)s") % {"visit": one.label, "course": course} if course else one.label
    return f"{called} ({number})" if number else called


# --- items -----------------------------------------------------------------------------------------------------------


class Labels:
    """What items, forms and encounters are called, by the protocol versions at hand; else by their own names.

    `words` puts the labels of the standards, and the few words of our own, into the language of whoever reads.
    """

    def __init__(self, concepts: Mapping[str, Concept], protocols: Iterable[StudyProtocol], words: Words = str) -> None:
        versions = tuple(protocols)
        self.concepts, self.words = concepts, words
        self.encounters = {one.id: one for protocol in versions for one in protocol.encounters}
        self.specimens = {one.id: one for protocol in versions for one in protocol.specimens}

    def thing(self, path: ItemPath) -> str:
        """The concept of an item."""
        known = self.concepts.get(path.concept)
        return self.words(known.label if known else spaced(path.concept))

    def which(self, path: ItemPath) -> str:
        """Which of several: the instance of what repeats, by the encounter or the sample where it is one."""
        known = self.concepts.get(path.concept)
        if known is not None and not known.repeats:
            return ""
        return self._kept(path.instance, self._visit) or self.sample(path.instance) or path.instance

    def field(self, path: ItemPath) -> str:
        """The field of an item; empty where the concept has this one alone."""
        known = self.concepts.get(path.concept)
        if known is not None and len(known.fields) == 1 and known.fields[0].id == path.field:
            return ""
        found = next((one.label for one in known.fields if one.id == path.field), "") if known else ""
        if known is not None and found.casefold() == known.label.casefold():
            return ""
        return self.words(found or ("" if path.field == "value" else spaced(path.field)))

    def item(self, text: str) -> str:
        """An item by its path, in words."""
        try:
            path = ItemPath.parse(text)
        except ValueError:
            return text
        parts = (self.thing(path), self.which(path), self.field(path))
        return ", ".join(part for part in parts if part)

    def observation(self, text: str) -> str:
        """What is recorded together, by concept and instance: "Adverse event, 3"."""
        concept, _, instance = text.partition("/")
        path = ItemPath(concept, instance, "value")
        return ", ".join(part for part in (self.thing(path), self.which(path)) if part)

    def encounter(self, key: str) -> str:
        """An encounter by its key, such as course_day_1.2; a record that is kept apart by what it is of."""
        concept, _, number = key.partition(".")
        record = concept in self.concepts and number
        return self._visit(key) or (f"{self.words(self.concepts[concept].label)}, {number}" if record else spaced(key))

    def named(self, path: str, value: str) -> str:
        """What a value names where it is the key of a visit or a sample, or the id of an assay; empty for any other."""
        find = NAMES.get(path.rpartition("/")[2])
        return find(self, value) if find else ""

    def _assay(self, name: str) -> str:
        return next((one.label for each in self.specimens.values() for one in each.assays if one.id == name), "")

    def _visit(self, key: str) -> str:
        return visit_among(self.encounters.values(), key, self.words)

    def sample(self, key: str) -> str:
        """A sample, and what was done with it or measured in it: "Skin biopsy, Baseline, shipped"; empty for others."""
        return self._kept(
            key, lambda one: sample_among(self.specimens.values(), self.encounters.values(), one, self.words)
        )

    def _kept(self, key: str, find: Callable[[str], str]) -> str:
        """What the longest beginning of a key is called, with the rest of the key in words; empty where nothing is."""
        parts = key.split(".")
        for length in range(len(parts), 0, -1):
            if called := find(".".join(parts[:length])):
                return ", ".join((called, *(self._part(parts[0], part) for part in parts[length:])))
        return ""

    def _part(self, of: str, name: str) -> str:
        """A part of a key after the visit or the sample: an assay by its label, a step, an analyte, a number."""
        assays = self.specimens[of].assays if of in self.specimens else ()
        return next((one.label for one in assays if one.id == name), self.words(spaced(name)))


NAMES: Mapping[str, Callable[[Labels, str], str]] = {
    "encounter": Labels._visit,
    "specimen": Labels.sample,
    "assay": Labels._assay,
}
"""Fields whose value is the name of something that has a label, and how it is found."""


def spaced(name: str) -> str:
    """A name with its blanks: a key is written without them."""
    return name.replace("_", " ")
