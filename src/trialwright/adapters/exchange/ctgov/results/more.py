"""What stands beside the tables: limitations, agreements about publishing, and whom to ask. Read `MoreInfo`."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.results.choices import Restriction


@dataclass(frozen=True)
class LimitationsAndCaveats:
    """What a reader must know before trusting a number."""

    description: str = ""


@dataclass(frozen=True)
class CertainAgreement:
    """Whether an investigator who is not the sponsor's may publish freely."""

    pi_sponsor_employee: bool | None = None
    restriction_type: Restriction | None = None
    restrictive_agreement: bool | None = None
    other_details: str = ""


@dataclass(frozen=True)
class PointOfContact:
    """Whom to ask about the results: an office, or a person by name."""

    title: str = ""
    organization: str = ""
    email: str = ""
    phone: str = ""
    phone_ext: str = ""


@dataclass(frozen=True)
class MoreInfo:
    """The rest of the results."""

    limitations_and_caveats: LimitationsAndCaveats | None = None
    certain_agreement: CertainAgreement | None = None
    point_of_contact: PointOfContact | None = None
