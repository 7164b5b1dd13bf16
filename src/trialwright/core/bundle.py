"""The standards a protocol goes by, handed to the core as one value: units, concepts, grade table, response instrument.

Nothing is looked up here; `standards.load_standards` makes the bundle from the names in the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from trialwright.core.protocol import Concept
from trialwright.core.response import ResponseInstrument
from trialwright.core.subject import Case
from trialwright.core.terms import Finding, UnitTable
from trialwright.core.toxicity import ToxicityTable


class StagingScheme(Protocol):
    """How the classes of a disease make up its stage, by a published standard."""

    @property
    def name(self) -> str:
        """The name a protocol gives it."""
        ...

    def __call__(self, recorded: Mapping[str, str]) -> tuple[str, ...]:
        """The stage, or, where a class is not known, every stage it can be."""
        ...

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """Where the stage as recorded is none that the recorded classes can be."""
        ...


@dataclass(frozen=True)
class Span:
    """The earliest and the latest instant something can have been; both the same where it is known to the minute."""

    earliest: datetime
    latest: datetime


class SiteClock(Protocol):
    """The clock on the wall of a site, by the rules of its time zone (IANA)."""

    def instants(self, on: date, time: str, zone: str) -> Span:
        """The instants a local date and time can be, with their offset: the whole day where no time is told.

        An hour that comes twice may be either; one that is skipped is read by the clock before the change. Raises
        ValueError for a time that is none and a zone that nobody knows.
        """
        ...

    def local(self, instant: datetime, zone: str) -> datetime:
        """The same instant as the clock on the wall shows it."""
        ...


@dataclass(frozen=True)
class Standards:
    """What the protocol's standards bring; a study that names no grade table or instrument has None there.

    `findings` say which standards could not be had; with an error among them the protocol must not be run.
    """

    units: UnitTable
    concepts: Mapping[str, Concept]
    toxicity: ToxicityTable | None = None
    response: ResponseInstrument | None = None
    staging: StagingScheme | None = None
    clock: SiteClock | None = None
    findings: tuple[Finding, ...] = ()
