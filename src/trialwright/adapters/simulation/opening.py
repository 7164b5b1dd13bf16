"""Around the patients: the study opens, protocols come into force at the sites, limits are set, people arrive.

Arrivals at a site are a Poisson process at the site's rate, from the day its first protocol is in force until as many
are registered as wanted. Read `open_trial`.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import partial
from typing import Any

from trialwright.adapters.simulation import screening
from trialwright.adapters.simulation.language import Limits, SiteLife, Test
from trialwright.adapters.simulation.world import World, not_on_weekend
from trialwright.core.ledger import ProtocolActivated, ReferenceRangeSet, StudyOpened
from trialwright.core.terms import Quantity

DAYS_OF_A_MONTH = 30.4375


def open_trial(world: World) -> None:
    """The first event, then everything that the sites have coming."""
    first = next(iter(world.setting.versions.values()))
    world.say(StudyOpened, world.rehearsal.start, _central(world), study=first.protocol, kind="simulated")
    for site, life in world.rehearsal.sites.items():
        _open_site(world, site, life)


def _central(world: World) -> dict[str, Any]:
    return {"actor": f"u{world.chance.tag('person', 'central', 'sponsor')}", "role": "sponsor", "site": None}


def _open_site(world: World, site: str, life: SiteLife) -> None:
    for version, force in sorted(life.versions.items(), key=lambda each: each[1].since):
        day = max(force.since, world.rehearsal.start)
        world.at(day, partial(_activate, world, site, version, force.approved))
    first = max(world.rehearsal.start, min(force.since for force in life.versions.values()))
    world.at(first, lambda on: _set_limits(world, site, on))
    _next_arrival(world, site, life.screened_per_month, 1, first)


def _activate(world: World, site: str, version: str, approved: date, on: date) -> None:
    who, file_hash = world.person_at(site, "investigator"), world.setting.hashes[version]
    world.say(
        ProtocolActivated, on, who, version=version, file_hash=file_hash, approved_on=approved, protocol=file_hash
    )


def _set_limits(world: World, site: str, on: date) -> None:
    """The laboratory's limits of every analyte it reports."""
    tests = {**world.rehearsal.laboratory, **world.rehearsal.sites[site].laboratory}
    group = world.group()
    for analyte, test in tests.items():
        for limits in test.limits:
            told = _limits(test, limits)
            world.say(ReferenceRangeSet, on, world.person_at(site, "coordinator"), group=group, analyte=analyte, **told)


def _limits(test: Test, limits: Limits) -> dict[str, Any]:
    return {
        "low": None if limits.low is None else Quantity(limits.low, test.unit),
        "high": None if limits.high is None else Quantity(limits.high, test.unit),
        "sex": limits.sex,
        "age_from": limits.age_from,
        "age_to": limits.age_to,
    }


def _next_arrival(world: World, site: str, rate: float, number: int, after: date) -> None:
    """The time to the next arrival is exponential; a weekend waits for Monday."""
    if rate <= 0:
        return
    months = -math.log(world.chance.fraction("arrives", site, number)) / rate
    day = after + timedelta(days=max(1, int(min(months * DAYS_OF_A_MONTH, 60_000))))
    world.at(day, lambda on: _arrival(world, site, rate, number, on))


def _arrival(world: World, site: str, rate: float, number: int, on: date) -> None:
    if world.full:
        return
    world.at(not_on_weekend(on), lambda day: screening.arrive(world, site, number, day))
    _next_arrival(world, site, rate, number + 1, on)
