"""Who did it and where: each site with whom it registered and when, and how many persons acted in each role.

Persons are counted by the opaque ids of the ledger and never named. Consent is told by the version consented to last.
Read `places`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialwright.core.analysis.people import Gathered, Person
from trialwright.core.ledger import ConsentGiven, SubjectScreened
from trialwright.core.subject import by_day


@dataclass(frozen=True)
class SiteCount:
    """One site: screened, registered and treated there, and the first and last registration."""

    site: str
    name: str
    lead: bool
    screened: int
    registered: int
    treated: int
    first: date | None
    last: date | None


@dataclass(frozen=True)
class RoleCount:
    """How many persons acted in a role at a site."""

    site: str
    role: str
    persons: int


@dataclass(frozen=True)
class Places:
    """Sites, roles and consents; `first` and `last` are the first and the last registration anywhere."""

    sites: tuple[SiteCount, ...]
    roles: tuple[RoleCount, ...]
    consents: tuple[tuple[str, int], ...]
    first: date | None
    last: date | None

    @property
    def opened(self) -> tuple[SiteCount, ...]:
        """The sites at which somebody was registered."""
        return tuple(one for one in self.sites if one.registered)


def places(gathered: Gathered) -> Places:
    """Where the participants came from, and who acted."""
    days = [one.registered for one in gathered.registered if one.registered]
    return Places(
        sites=tuple(_site(gathered, site) for site in _sites(gathered)),
        roles=tuple(_roles(gathered)),
        consents=tuple(sorted(Counter(one.ask(consented) for one in gathered.registered).items())),
        first=min(days, default=None),
        last=max(days, default=None),
    )


def _sites(gathered: Gathered) -> list[str]:
    """The sites of the protocol, then others that stand in the ledger."""
    planned = [one.id for one in gathered.protocol.design.sites]
    return [*planned, *sorted({one.site for one in gathered.people} - set(planned))]


def _site(gathered: Gathered, site: str) -> SiteCount:
    named = gathered.protocol.site(site)
    people = [one for one in gathered.people if one.site == site]
    days = [one.registered for one in people if one.registered]
    return SiteCount(
        site=site,
        name=named.name if named else "not a site of the protocol",
        lead=named is not None and named.lead,
        screened=len(people),
        registered=len(days),
        treated=sum(one.treated for one in people),
        first=min(days, default=None),
        last=max(days, default=None),
    )


def _roles(gathered: Gathered) -> Iterable[RoleCount]:
    acted = {each for one in gathered.people for each in one.activity.acted}
    counts = Counter((site, role) for site, role, _ in acted)
    return (RoleCount(site, role or "no role recorded", n) for (site, role), n in sorted(counts.items()))


def consented(one: Person) -> str:
    """The version the participant consented to last, as far as the study itself goes."""
    record = one.case.record
    given: list[SubjectScreened | ConsentGiven] = [*record.of_kind(SubjectScreened)]
    given += [each for each in record.of_kind(ConsentGiven) if "study" in each.scope]
    last = max(given, key=by_day, default=None)
    return last.version if last else "no consent recorded"
