"""What is recorded: concepts with their fields, sets of codes, and what only a person can say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar

from trialwright.core.terms import Duration, decimal_number


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
    """One field of a concept: its kind, its unit or its codes, and in which range a value is plausible or possible.

    What is not plausible is asked about; what is not `possible` ("0", or "0" and "100") cannot be a fact. `ordered`
    says that the codes stand in the order of a scale, the least first; `identifies` that the value tells who the person
    is, as a name or a date of birth does, and is shown at the subject's site alone.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    label: str
    kind: Kind
    unit: str | None = None
    codes: tuple[str, ...] = ()
    plausible: tuple[str, str] | None = None
    possible: tuple[str, ...] = ()
    ordered: bool = False
    required: bool = True
    identifies: bool = False

    def __post_init__(self) -> None:
        if len(self.possible) > 2 or not all(decimal_number(bound) is not None for bound in self.possible):
            raise ValueError(
                f"the field {self.id!r} may have a least and a greatest possible number, not {self.possible}"
            )

    @cached_property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        """The least and the greatest number that can be a fact, where there is one."""
        numbers = [*map(Decimal, self.possible), None, None]
        return numbers[0], numbers[1]


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


QUESTION_KINDS = ("fact", "judgement", "consent", "commitment")
JUDGES = ("investigator", "sub-investigator")
"""The roles that may judge a patient, where a protocol names no others."""


@dataclass(frozen=True, kw_only=True)
class PersonQuestion:
    """What only a person can say, and whether it is a fact, a judgement, a consent or a commitment.

    An answer counts `valid_for` so long, the last day included. A judgement needs a named person in a role that may
    judge; others need one only where `signed_by` names roles. A consent needs a date of its own.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    asks: str
    who: str = "investigator"
    kind: str = "fact"
    valid_for: Duration | None = None
    signed_by: tuple[str, ...] = ()

    @property
    def signers(self) -> tuple[str, ...]:
        """The roles that may answer; none where anybody may."""
        return self.signed_by or (JUDGES if self.kind == "judgement" else ())


@dataclass(frozen=True, kw_only=True)
class ReviewRule:
    """For how long a review of a repeating concept shows that there was none, the last day included."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    of: str
    valid_for: Duration
