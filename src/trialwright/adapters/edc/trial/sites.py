"""The sites: the version in force and its approval, the laboratory's limits, the people with their roles and training.

Who holds which role is `core.people`; which version is in force `core.subject`. A site sees itself alone. Read `site`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.archive.words import KIND_WORDS
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.core.conduct.sites import site_versions
from trialwright.core.ledger import Event, ReferenceRangeSet
from trialwright.core.people import Grant
from trialwright.core.subject import SiteRecord, by_day


@dataclass(frozen=True)
class Told:
    """An event of the site in a few words: its day, what it was, and of what."""

    on: date
    kind: str
    says: str
    until: date | None = None


def sites(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every site that the person sees, each on a line."""
    seen = [one for one in site_versions(desk.trial, desk.open.record, desk.today) if one.site in desk.sites]
    counts = Counter(desk.record(name).site for name in desk.subjects())
    return render(request, desk, "edc/trial/sites.html", {"sites": seen, "counts": counts})


def site(request: HttpRequest, desk: Desk, site: str) -> HttpResponse:
    """One site: approvals, limits, people."""
    record, on = desk.open.record, desk.today
    known = record.sites.get(site, SiteRecord(site))
    concepts = desk.standards().concepts
    context = {
        "site": site_versions(desk.trial, record, on, site)[0],
        "named": desk.protocol().site(site),
        "told": list(site_events(known, on)),
        "declared": record.declared(on, site),
        "ranges": [(concepts.get(one.analyte), one) for one in ranges_in_force(known, on)],
        "older": len(known.ranges) - len(ranges_in_force(known, on)),
        "people": list(people_of(desk, site)),
    }
    return render(request, desk, "edc/trial/site.html", context)


def site_events(known: SiteRecord, on: date) -> Iterator[Told]:
    """What happened at a site by a day: approvals, their ends, pauses; the latest first."""
    events: list[Event] = [*known.activations, *known.endings, *known.pauses]
    for one in sorted((each for each in events if each.occurred <= on), key=by_day, reverse=True):
        version = getattr(one, "version", "")
        says = ": ".join(part for part in (f"version {version}" if version else "", getattr(one, "why", "")) if part)
        approved = getattr(one, "approved_on", None)
        told = f"{says}, approved on {approved}" if approved else says
        yield Told(one.occurred, KIND_WORDS[type(one).__name__], told, getattr(one, "approved_until", None))


def ranges_in_force(known: SiteRecord, on: date) -> list[ReferenceRangeSet]:
    """The limits that hold on a day: the last that were set for each analyte, sex and age."""
    found: dict[tuple[object, ...], ReferenceRangeSet] = {}
    for one in sorted((each for each in known.ranges if each.occurred <= on), key=by_day):
        found[(one.analyte, one.sex, one.age_from, one.age_to)] = one
    return sorted(found.values(), key=lambda one: (one.analyte, one.sex or "", one.age_from or 0))


def people_of(desk: Desk, site: str) -> Iterator[tuple[str, Grant, tuple[str, ...]]]:
    """Who holds which role at a site now, with what they were taught."""
    for name, person in sorted(desk.open.roster.persons.items()):
        for grant in desk.open.roster.grants(name, desk.today):
            if grant.site == site:
                taught = tuple(dict.fromkeys(one.training for one in person.trainings))
                yield person.name or name, grant, taught
