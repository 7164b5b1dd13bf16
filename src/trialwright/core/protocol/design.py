"""What kind of study it is: accrual, sites, sub-studies, arms, allocation, and the standards it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from trialwright.core.protocol.clause import Clause
from trialwright.core.protocol.safety import Stage


@dataclass(frozen=True, kw_only=True)
class Accrual(Clause):
    """How many subjects are to be registered; no more are."""

    planned: int


@dataclass(frozen=True, kw_only=True)
class Site(Clause):
    """A place that registers subjects; its clock is its time zone (IANA name)."""

    name: str
    time_zone: str
    lead: bool = False


@dataclass(frozen=True, kw_only=True)
class Substudy(Clause):
    """Part of the study at some sites only, offered until `offered_until` subjects joined, a success at `target`."""

    label: str
    sites: tuple[str, ...]
    target: int
    offered_until: int


class ArmType(Enum):
    """Type of an arm (ClinicalTrials.gov)."""

    EXPERIMENTAL = "experimental"
    ACTIVE_COMPARATOR = "active comparator"
    PLACEBO_COMPARATOR = "placebo comparator"
    SHAM_COMPARATOR = "sham comparator"
    NO_INTERVENTION = "no intervention"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Arm(Clause):
    """A group of subjects treated alike; `ratio` is its share of the allocation."""

    label: str
    type: ArmType = ArmType.OTHER
    ratio: int = 1


@dataclass(frozen=True, kw_only=True)
class Allocation(Clause):
    """How subjects are put into arms: permuted blocks, within each stratum where strata are named."""

    block_size: int
    by_site: bool = False
    concealed: bool = True


@dataclass(frozen=True, kw_only=True)
class Design(Clause):
    """What kind of study it is; `stages` are its gates where it is a design in stages."""

    accrual: Accrual
    sites: tuple[Site, ...]
    substudies: tuple[Substudy, ...] = ()
    allocation: Allocation | None = None
    multicentre: bool = False
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StandardsNamed:
    """The published standards the protocol goes by, each with its version; none where it names none."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    toxicity: str | None = None
    response: str | None = None
    staging: str | None = None
