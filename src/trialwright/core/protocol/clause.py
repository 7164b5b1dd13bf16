"""Where a rule comes from: words of the record, another source, or a question whose reading was chosen.

`Clause` is what every rule of a protocol is; a `Question` is what the record leaves open; a `RegistryFact` is a field
of the record that the trial's documents print.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Clause:
    """Where a rule comes from; every rule of a protocol is one.

    `quotes` are spans of the record, one statement each. `departs_from` are the words the rule goes against.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    quotes: tuple[str, ...] = ()
    source: str | None = None
    rests_on: tuple[str, ...] = ()
    departs_from: tuple[str, ...] = ()
    note: str = ""
    named: str = field(default="", init=False, repr=False, compare=False)
    """The name of the source, or the readings of the questions, as its protocol has them; the protocol fills it in."""

    @property
    def words(self) -> str:
        """The words a person reads as the reason: the first quote, else the source, else the readings it rests on."""
        return self.quotes[0] if self.quotes else self.named or self.source or ", ".join(self.rests_on)

    def name_grounds(self, sources: Mapping[str, str], readings: Mapping[str, str]) -> None:
        """Take the names of the grounds from the protocol the clause stands in."""
        told = [f"{name}: {readings.get(name, '')}".removesuffix(": ") for name in self.rests_on]
        named = sources.get(self.source, self.source) if self.source else "; ".join(told)
        object.__setattr__(self, "named", named)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the record leaves open: the question, the reading chosen, and who settled it.

    `about` are the words of the record that leave it open, where there are any.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    asks: str
    reading: str
    about: tuple[str, ...] = ()
    settled_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class RegistryFact(Clause):
    """A field of the registry record that the trial's documents print (API v2 field path and its value)."""

    field: str
    value: str | int | tuple[str, ...]
