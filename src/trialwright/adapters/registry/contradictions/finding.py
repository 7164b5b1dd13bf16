"""The shape of a contradiction and the sentence it is told in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialwright.adapters.registry.claims import Claim
from trialwright.adapters.registry.reading import words_of


@dataclass(frozen=True)
class Contradiction:
    """Claims of one record which cannot all be true, and what to do about them."""

    kind: str
    says: str
    claims: tuple[Claim, ...]


def against(kind: str, what: str, matters: str, do: str, claims: Iterable[Claim]) -> Contradiction:
    """A contradiction told as what, the words on each side, why it matters, and what to do."""
    held = tuple(dict.fromkeys(claims))
    told = " against ".join(f"“{quoted(one.words)}”" for one in held)
    return Contradiction(kind, f"{what}: {told}. {matters} {do}", held)


def quoted(words: str) -> str:
    """Words short enough to quote in a sentence."""
    told = words_of(words)
    return told if len(told) <= 160 else told[:157] + "…"
