"""What a study needs before its first patient: people, a version in force, limits; at each site, with the page for it.

Nothing is enforced here: what a registration needs is refused where it lacks. Read `beginning`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.access.roles import COORDINATOR, DATA_MANAGER, INVESTIGATOR, PHARMACIST, SPONSOR, Role
from trialwright.adapters.edc.desk import Desk
from trialwright.core.subject import SiteRecord

AT_A_SITE = (INVESTIGATOR, COORDINATOR, PHARMACIST)
"""Who is needed at a site before anybody is treated there."""


@dataclass(frozen=True)
class Need:
    """One thing that is needed, at a site or in the study: whether it is there, and the page for it."""

    label: str
    site: str
    there: bool
    page: str
    detail: str = ""
    mine: bool = False


def beginning(desk: Desk) -> tuple[Need, ...]:
    """What is needed, in the order in which it is done."""
    found = (*_people(desk), *(need for site in desk.sites for need in _at_site(desk, site)))
    return tuple(replace(need, mine=desk.may(page_named(need.page))) for need in found)


def waits(needs: tuple[Need, ...]) -> bool:
    """Whether something is still lacking."""
    return any(not need.there for need in needs)


def _people(desk: Desk) -> Iterator[Need]:
    held = partial(_held, desk, "")
    there = held(DATA_MANAGER) or held(SPONSOR)
    yield Need(
        gettext_noop("A data manager or a sponsor-investigator, who puts versions in force"), "", there, "people"
    )


def _at_site(desk: Desk, site: str) -> Iterator[Need]:
    record = desk.open.record.sites.get(site, SiteRecord(site))
    lacking = tuple(role.value for role in AT_A_SITE if not _held(desk, site, role))
    yield Need(
        gettext_noop("Investigator, coordinator and pharmacist"), site, not lacking, "people", ", ".join(lacking)
    )
    version = record.version_in_force(desk.today)
    yield Need(gettext_noop("A protocol version in force"), site, version is not None, "decide-activate", version or "")
    yield Need(gettext_noop("The limits of the laboratory"), site, bool(record.ranges), "ranges")
    screened = sum(one.site == site for one in desk.open.record.subjects.values())
    yield Need(gettext_noop("The first person screened"), site, screened > 0, "decide-screen")


def _held(desk: Desk, site: str, role: Role) -> bool:
    """Whether somebody holds a role at a site, or in the whole study."""
    roster, today = desk.open.roster, desk.open.today
    grants = (grant for person in roster.persons for grant in roster.grants(person, today))
    return any(one.role == role.value and (not site or one.site in (None, site)) for one in grants)
