"""What is recorded: concepts with their fields, sets of codes, and what only a person can say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar


class Kind(Enum):
    """What kind of value a field takes."""

    QUANTITY = "quantity"
    INTEGER = "integer"
    CODE = "code"
    YES_NO = "yes/no"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a concept: its kind, its unit or its codes, and the range in which a value is plausible."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    label: str
    kind: Kind
    unit: str | None = None
    codes: tuple[str, ...] = ()
    plausible: tuple[str, str] | None = None
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Concept:
    """A thing that is recorded (a data-collection concept): a count, a question, or a repeating record."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    label: str
    fields: tuple[Field, ...]
    repeats: bool = False
    reference_range: bool = False

    def __post_init__(self) -> None:
        if not self.fields:
            raise ValueError(f"the concept {self.id!r} has no field, so nothing can be recorded of it")

    @cached_property
    def value(self) -> Field:
        """The field that holds its value, named `value`, or else the first."""
        return next((field for field in self.fields if field.id == "value"), self.fields[0])


@dataclass(frozen=True, kw_only=True)
class ConceptSet:
    """A set of codes of one repeating concept, such as the topical therapies; `minus` sets are taken out per event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    of: str
    codes: tuple[str, ...] = ()
    union: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonQuestion:
    """What only a person can say, and whether it is a fact, a judgement, a consent or a commitment."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    asks: str
    who: str = "investigator"
    kind: str = "fact"
