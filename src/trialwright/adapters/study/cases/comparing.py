"""What a word of `expect` is, and what comparing it gives; the words themselves stand in the modules that hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from trialwright.adapters.study.cases.outcome import Outcome
from trialwright.adapters.study.cases.readers import Names
from trialwright.core.terms import Because


@dataclass(frozen=True)
class Got:
    """What came out: whether it agrees, in words, why, and the clauses it proves where it does."""

    agrees: bool
    words: str
    because: tuple[Because, ...] = ()
    proves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    """A word of `expect`: what it says, how its value is read, and how it is compared."""

    says: str
    read: Callable[[Any, Names], Any]
    compare: Callable[[Outcome, Any], Got]


def listed(found: Iterable[str], none: str = "none") -> str:
    """Words in a row."""
    return ", ".join(found) or none
