"""Where a study runs, whom to ask, what there is to read: these modules of the registry's protocol section.

The whole section is `protocol`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trialwright.adapters.exchange.ctgov import protocol_codes as codes


@dataclass(frozen=True)
class Contact:
    """A person to ask, or an investigator of a place."""

    name: str | None = None
    role: codes.ContactRole | None = None
    phone: str | None = None
    phone_ext: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Official:
    """A person who answers for the study as a whole."""

    name: str | None = None
    affiliation: str | None = None
    role: codes.OfficialRole | None = None


@dataclass(frozen=True)
class GeoPoint:
    """Where a place lies; the registry looks it up."""

    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Location:
    """A place where the study runs."""

    facility: str | None = None
    status: codes.SiteStatus | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    contacts: tuple[Contact, ...] | None = None
    geo_point: GeoPoint | None = None


@dataclass(frozen=True)
class ContactsLocationsModule:
    """People and places. `locations_nested` is a copy of places that some downloads carry under that name."""

    central_contacts: tuple[Contact, ...] | None = None
    overall_officials: tuple[Official, ...] | None = None
    locations: tuple[Location, ...] | None = None
    locations_nested: tuple[Location, ...] | None = field(default=None, metadata={"name": "locations_nested"})


@dataclass(frozen=True)
class Retraction:
    """A publication that was withdrawn."""

    pmid: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Reference:
    """A publication: background, results of this study, or found by the registry (derived)."""

    pmid: str | None = None
    type: codes.ReferenceType | None = None
    citation: str | None = None
    retractions: tuple[Retraction, ...] | None = None


@dataclass(frozen=True)
class SeeAlsoLink:
    """A page about the study."""

    label: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class AvailableData:
    """Data or a document of the study that can be had."""

    id: str | None = None
    type: str | None = None
    url: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class ReferencesModule:
    """What there is to read."""

    references: tuple[Reference, ...] | None = None
    see_also_links: tuple[SeeAlsoLink, ...] | None = None
    avail_ipds: tuple[AvailableData, ...] | None = None


@dataclass(frozen=True)
class IpdSharingStatementModule:
    """Whether data of single participants will be shared, and how."""

    ipd_sharing: codes.Sharing | None = None
    description: str | None = None
    info_types: tuple[codes.SharedMaterial, ...] | None = None
    time_frame: str | None = None
    access_criteria: str | None = None
    url: str | None = None
