"""A posted number, a word of an open list, and what was posted outside the model: kept exactly as they came.

A number is the text that was posted ("28.10", "NA", "<0.001") and, beside it, its value; which of the two JSON forms it
had (5 or "5") is kept too. Nothing is rounded and nothing guessed. Read `Posted`, then `Carried`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar

from trialwright.core.terms import decimal_number

Path = tuple[str | int, ...]
"""Where something stands: names of fields and places in lists, counted from 0."""
NOT_AVAILABLE = "NA"


_PLAIN = re.compile(r"\s*[+-]?(\d{1,60}(\.\d{0,60})?|\.\d{1,60})([eE][+-]?\d{1,2})?", re.ASCII)
"""What a number in a table looks like; one with a longer exponent is none that was ever measured."""


def _number(text: str) -> Decimal | None:
    return decimal_number(text) if _PLAIN.fullmatch(text) else None


@dataclass(frozen=True)
class Posted:
    """A number as it was posted, and what it means; `bare` where JSON held a number and not a text.

    >>> Posted("28.10").value, Posted("NA").value, Posted("NA").not_available
    (Decimal('28.10'), None, True)
    """

    text: str
    bare: bool = field(default=False, compare=False)

    @property
    def value(self) -> Decimal | None:
        """The number, exactly; None where the text is none. A comma that sets thousands apart is read over."""
        plain = self.text.strip()
        return _number(plain.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain) else plain)

    @property
    def not_available(self) -> bool:
        """Whether it was posted as not available, which needs a comment that says why."""
        return self.text.strip().upper() == NOT_AVAILABLE

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Count(Posted):
    """A number that the registry holds as a bare whole number: participants affected, at risk, events.

    >>> Count.of(7)
    Count(text='7', bare=True)
    """

    @classmethod
    def of(cls, number: int) -> Count:
        """A count of ours, as it is to be posted."""
        return cls(str(number), bare=True)


@dataclass(frozen=True)
class PValue(Posted):
    """A p value, which may be posted as a limit.

    >>> PValue("<0.001").sign, PValue("<0.001").value, PValue("0.04").sign
    ('<', Decimal('0.001'), '')
    """

    @property
    def sign(self) -> str:
        """The sign before the number: <, >, ≤, ≥, =, or none."""
        found = re.match(r"\s*(<=|>=|[<>≤≥=])", self.text)
        return found[1] if found else ""

    @property
    def value(self) -> Decimal | None:
        """The number itself, without its sign."""
        return _number(self.text.strip().removeprefix(self.sign))


Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True)
class Words(Generic[Choice]):
    """Words of a list to which others may be added: as posted, and which of the list they are, if any."""

    text: str
    known: Choice | None = None

    def __str__(self) -> str:
        return self.text


def words_of(text: str, choices: type[Choice]) -> Words[Choice]:
    """The words with the member of the list that they name, by its code, or by its label in any case of letters."""
    return Words(text, known_as(text, choices))


def known_as(text: str, choices: type[Choice]) -> Choice | None:
    """Which member of a list a text names; None where none."""
    wanted = _plain(text)
    return next((one for one in choices if text == one.name or wanted == _plain(str(one.value))), None)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


@dataclass(frozen=True)
class Carried:
    """Something posted that the model has no place for: where it stood, as JSON, and why it has none.

    It is written back where it stood. `understood` is whether nothing is lost by not knowing it: an empty text or list
    says no more than its absence.
    """

    path: Path
    json: str
    why: str
    understood: bool = False

    @property
    def value(self) -> Any:
        """What was posted."""
        return json.loads(self.json)

    @property
    def where(self) -> str:
        """The path in words, as in outcomeMeasures[3].type."""
        return path_words(self.path)


def path_words(path: Path) -> str:
    """A path as it is written.

    >>> path_words(("outcomeMeasures", 3, "type"))
    'outcomeMeasures[3].type'
    """
    told = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return told.removeprefix(".")
