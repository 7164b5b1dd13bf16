"""What an analysis dataset is: its variables with their words, and its rows with what each value stands on.

Names, labels and flags are those of the ADaM Implementation Guide 1.3: a name has at most 8 characters, a label at most
40. A row knows, for each of its variables, the entries and events of the ledger it was derived from (`Origin`), so that
any cell leads back to the form, the person and the time. Read `Layout`, then `Row`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from trialwright.core.ledger import Event
from trialwright.core.subject import Observation

if TYPE_CHECKING:
    from trialwright.adapters.exchange.cdisc.people import Subject

Cell = str | int | float | date | None
"""What stands in a row: text, a whole number, a number, a day, or nothing."""

LONGEST_NAME, LONGEST_LABEL = 8, 40
TYPES = ("text", "integer", "float", "date")
ORIGINS = ("Collected", "Derived", "Assigned", "Protocol")
"""Where a variable comes from, in the words of Define-XML."""
_NAME = re.compile(r"[A-Z][A-Z0-9]*")


@dataclass(frozen=True)
class Variable:
    """One variable: what it is, and how it comes to be; `by` is the function of the core or the part that decides it.

    >>> Variable("AVALUEOFALL", "Analysis Value")
    Traceback (most recent call last):
    ...
    ValueError: AVALUEOFALL has more than 8 characters
    """

    name: str
    label: str
    type: str = "text"
    origin: str = "Derived"
    derivation: str = ""
    by: str = ""
    codelist: str = ""

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST_NAME:
            raise ValueError(f"{self.name} has more than {LONGEST_NAME} characters")
        if not _NAME.fullmatch(self.name) or self.type not in TYPES or self.origin not in ORIGINS:
            raise ValueError(f"{self.name}: its name, type or origin is none that a dataset can have")
        if not 0 < len(self.label) <= LONGEST_LABEL:
            raise ValueError(f"{self.name}: a label has 1 to {LONGEST_LABEL} characters")


@dataclass(frozen=True)
class Origin:
    """What of the ledger a value stands on: some fields of what was observed (all where none is named), or an event.

    `role` says what it was to the value: "baseline", "first dose".
    """

    source: Observation | Event
    fields: tuple[str, ...] = ()
    role: str = ""

    @property
    def seq(self) -> int:
        """The place in the ledger of the entry that made it what it is."""
        if isinstance(self.source, Event):
            return self.source.seq
        told = [
            entry.event.seq for entry in self.source.entries if entry.path.field in (self.fields or (entry.path.field,))
        ]
        return max(told, default=self.source.event.seq)

    @property
    def domain(self) -> str:
        """The concept that was recorded, or the kind of event."""
        return type(self.source).__name__ if isinstance(self.source, Event) else self.source.concept

    @property
    def path(self) -> str:
        """The item, as it is addressed in the ledger."""
        if isinstance(self.source, Event):
            return ", ".join(self.fields) or "occurred"
        return f"{self.source.concept}/{self.source.instance}/{','.join(self.fields) or '*'}"


Origins = tuple[Origin, ...]


@dataclass
class Row:
    """One row: its values, what all of it stands on, and what a variable stands on by itself, where that is less."""

    values: dict[str, Cell]
    origins: Origins = ()
    of: Mapping[str, Origins] = field(default_factory=dict)
    because: Mapping[str, str] = field(default_factory=dict)
    """the clause, rule or reason behind a variable of this row, in words"""

    def origins_of(self, variable: str) -> Origins:
        """What a variable of this row stands on."""
        return self.of.get(variable, self.origins)


@dataclass(frozen=True)
class Layout:
    """One dataset: its shape, its variables in order, and what makes the rows of one subject.

    `keys` tell rows apart; `locator` are the variables by which a person names a row when asking for its origins.
    """

    name: str
    label: str
    structure: str
    keys: tuple[str, ...]
    variables: tuple[Variable, ...]
    rows: Callable[[Subject], Iterator[Row]]
    locator: tuple[str, ...] = ()
    of: str = "BASIC DATA STRUCTURE"

    def __post_init__(self) -> None:
        names = self.names
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name} names a variable twice: {sorted({n for n in names if names.count(n) > 1})}")
        if lacking := {*self.keys, *self.locator} - set(names):
            raise ValueError(f"{self.name} has no {', '.join(sorted(lacking))}")

    @property
    def names(self) -> list[str]:
        """The names of the variables, in order."""
        return [one.name for one in self.variables]

    def variable(self, name: str) -> Variable | None:
        """A variable by its name."""
        return next((one for one in self.variables if one.name == name), None)


@dataclass(frozen=True)
class Standing:
    """What every file says of itself: the study, the cut-off, the place in the ledger with its hash, the program."""

    study: str
    cut: date
    seq: int
    head: str
    simulated: bool
    program: str
    recorded: str
    """when the last event of the ledger at this place was recorded, in UTC"""
