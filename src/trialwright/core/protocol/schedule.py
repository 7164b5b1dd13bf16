"""What is planned and when: epochs, encounters with their windows, specimens and what is measured in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from trialwright.core.conditions import ALWAYS, Condition
from trialwright.core.conditions.constructs import ANCHORS
from trialwright.core.protocol.clause import Clause
from trialwright.core.terms import Duration


class Epoch(Enum):
    """Where in the study a subject is; stage is data."""

    SCREENING = "screening"
    TREATMENT = "treatment"
    FOLLOW_UP = "follow-up"
    OFF_STUDY = "off study"
    NOT_REGISTERED = "not registered"


ENCOUNTER_ANCHORS: tuple[str, ...] = ("course", *ANCHORS)
"""What an encounter can count from."""


@dataclass(frozen=True, kw_only=True)
class Encounter(Clause):
    """A planned contact: anchored on a course, or on a date that conditions know as well (`ENCOUNTER_ANCHORS`).

    In a course it lies on `day` of the `courses` named ("1", "2-", "2-4", "all"); elsewhere `offset` after the anchor
    (`before: true` turns it round), repeated `every` so long up to `until` after the anchor. The window is days before
    and after.
    """

    label: str
    epoch: Epoch
    anchor: str
    courses: str = "all"
    day: int | None = None
    offset: Duration | None = None
    before: bool = False
    every: Duration | None = None
    until: Duration | None = None
    window: tuple[int, int] = (0, 0)
    collect: tuple[str, ...] = ()
    applies_when: Condition = ALWAYS
    sites: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assay(Clause):
    """What is measured in a specimen: its analytes and the method."""

    label: str
    analytes: tuple[str, ...] = ()
    method: str = ""
    unit: str = "1"


@dataclass(frozen=True, kw_only=True)
class Specimen(Clause):
    """A sample that is planned: matrix, the encounters it is taken at, the sites, the assays, where it is stored."""

    label: str
    matrix: str
    encounters: tuple[str, ...]
    substudy: str | None = None
    assays: tuple[Assay, ...] = ()
    stored_for: str | None = None
