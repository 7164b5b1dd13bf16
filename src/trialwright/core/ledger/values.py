"""What an event is made of: values, where an item belongs, what changed, and what the program said."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from trialwright.core.terms import Quantity


@dataclass(frozen=True)
class Missing:
    """A value that is not there, and why: not_done, not_known, not_applicable, redacted."""

    code: str


Value = str | bool | int | Quantity | Missing | None


@dataclass(frozen=True)
class ItemPath:
    """Where an item belongs: concept, instance and field.

    >>> ItemPath.parse("anc/c1d1/value")
    ItemPath(concept='anc', instance='c1d1', field='value')
    """

    concept: str
    instance: str
    field: str

    @classmethod
    def parse(cls, text: str) -> ItemPath:
        """Read "concept/instance/field"."""
        return _path_of(text)

    def __str__(self) -> str:
        return f"{self.concept}/{self.instance}/{self.field}"


@lru_cache(maxsize=2**14)
def _path_of(text: str) -> ItemPath:
    """A path read once: the same few stand in every rule that looks at a form."""
    parts = text.split("/")
    if len(parts) != 3 or not all(parts):
        raise ValueError(f"{text!r} is not concept/instance/field")
    return ItemPath(*parts)


@lru_cache(maxsize=1 << 16)
def _once(word: str) -> str:
    """The same word, held in memory once."""
    return word


WORD = 32
"""A text of at most so many characters is a word that many values have."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item that was entered (old is None) or changed.

    There is one for each item that was ever entered; words that many of them have are held in memory once.
    """

    path: str
    old: Value
    new: Value

    def __post_init__(self) -> None:
        path, new = self.path, self.new
        if type(path) is str:
            object.__setattr__(self, "path", _once(path))
        if type(new) is str and len(new) <= WORD:
            object.__setattr__(self, "new", _once(new))


@dataclass(frozen=True)
class Said:
    """What the program answered and the event rests on: verdict or dose, clauses, protocol and program version."""

    answer: str
    clauses: tuple[str, ...] = ()
    protocol: str = ""
    program: str = ""


def later(default: Any) -> Any:
    """A field that a kind of event gained later: at its default it is not written, so older events keep their bytes."""
    return field(default=default, metadata={"later": True})
