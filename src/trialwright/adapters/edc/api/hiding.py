"""What identifies a person directly is kept at the site: everybody else reads that it is kept there.

Fields that the protocol marks are hidden by their path, and what was recorded in them also where a reason or a piece of
evidence repeats it. Read `Hiding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from trialwright.adapters.edc.desk import Desk
from trialwright.core.ledger import Missing, Value
from trialwright.core.protocol import Concept

KEPT = "kept at the site"
SHORTEST = 4
"""A word shorter than this is not looked for in sentences: it would blank half of them."""


class Hiding:
    """What of the study one person may not see; nothing where they are of the subject's site."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.sees = desk, desk.sees_identifiers

    @cached_property
    def concepts(self) -> Mapping[str, Concept]:
        """The concepts of every version."""
        found: dict[str, Concept] = {}
        for standards in self.desk.trial.standards.values():
            found.update(standards.concepts)
        return found

    def hides(self, path: str) -> bool:
        """Whether an item is hidden from the person, by its path."""
        concept, _, rest = path.partition("/")
        field = rest.rpartition("/")[2]
        known = None if self.sees else self.concepts.get(concept)
        return known is not None and any(one.id == field and one.identifies for one in known.fields)

    def value(self, path: str, value: Value) -> Value:
        """The value as the person may see it."""
        return KEPT if self.hides(path) and value is not None and not isinstance(value, Missing) else value

    def in_document(self, document: Any, subjects: Iterable[str]) -> Any:
        """The document with every recorded identifier of these subjects taken out of its words."""
        if self.sees:
            return document
        words = {word for subject in subjects for word in self._words(subject)}
        return _without(document, sorted(words, key=len, reverse=True)) if words else document

    def _words(self, subject: str) -> Iterable[str]:
        record = self.desk.record(subject)
        for name, history in record.items.items():
            concept = self.concepts.get(name)
            if concept is not None and any(one.identifies for one in concept.fields):
                for entry in history:
                    if self.hides(str(entry.path)) and len(str(entry.value)) >= SHORTEST:
                        yield str(entry.value)


def _without(document: Any, words: Iterable[str]) -> Any:
    if isinstance(document, str):
        for word in words:
            document = document.replace(word, KEPT)
        return document
    if isinstance(document, dict):
        return {key: _without(value, words) for key, value in document.items()}
    return [_without(value, words) for value in document] if isinstance(document, list) else document
