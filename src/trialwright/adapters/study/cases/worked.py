"""A worked case as it was read: its name, what is given, what is expected; and the words `given` may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trialwright.adapters.study.cases.words import Told

GIVEN: tuple[str, ...] = (
    "like", "version", "site", "arm", "drug", "limits", "screened", "registered", "first dose", "planned first dose",
    "doses", "courses", "each course", "response at each course", "responses", "adverse events", "joins", "moves",
    "came", "others registered", "others joined", "others sampled", "consents", "withdraws", "transfers", "handed out",
    "ends", "leaves", "found", "arrives", "on",
)  # fmt: skip
"""The words of `given`; every other key is an item: a concept of the protocol, with the day where it matters."""


@dataclass(frozen=True)
class WorkedCase:
    """One worked patient: its name, a sentence; what is given, its patient's words merged in; what is expected."""

    name: str
    where: str
    version: str
    given: Mapping[str, Told]
    expect: Mapping[str, Told]
    expected: Mapping[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file it stands in."""
        return self.where.split(":", 1)[0]
