"""Accrual: who was screened and registered when and where, cumulated, against how many the protocol plans.

The protocol plans a number for all sites together; where it says nothing of a site, nothing is shared out. Read
`accrual_of`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from trialwright.core.analysis import Gathered
from trialwright.core.analysis.people import DAYS_A_MONTH


@dataclass(frozen=True)
class SiteAccrual:
    """One site: its days of registration in order, and how many were screened there."""

    site: str
    name: str
    screened: int
    days: tuple[date, ...]

    @property
    def registered(self) -> int:
        """How many were registered there."""
        return len(self.days)


@dataclass(frozen=True)
class Accrual:
    """The sites, all days of registration in order, and the number planned; `cut` is where the curve ends."""

    planned: int
    sites: tuple[SiteAccrual, ...]
    days: tuple[date, ...]
    cut: date

    @property
    def registered(self) -> int:
        """How many were registered anywhere."""
        return len(self.days)

    @property
    def months(self) -> float:
        """Months from the first registration to the last."""
        return (self.days[-1] - self.days[0]).days / DAYS_A_MONTH if self.days else 0.0

    def by(self, on: date) -> int:
        """How many were registered by a day."""
        return sum(day <= on for day in self.days)


def accrual_of(gathered: Gathered) -> Accrual:
    """Every registration by the cut-off."""
    planned = [site.id for site in gathered.protocol.design.sites]
    sites = [*planned, *sorted({one.site for one in gathered.people} - set(planned))]
    return Accrual(
        planned=gathered.protocol.design.accrual.planned,
        sites=tuple(_site(gathered, site) for site in sites),
        days=tuple(sorted(one.registered for one in gathered.registered if one.registered)),
        cut=gathered.cut,
    )


def _site(gathered: Gathered, site: str) -> SiteAccrual:
    people = [one for one in gathered.people if one.site == site]
    named = gathered.protocol.site(site)
    days = sorted(one.registered for one in people if one.registered)
    return SiteAccrual(site, named.name if named else site, len(people), tuple(days))


def steps(days: Sequence[date]) -> list[tuple[date, int]]:
    """Each day of registration with how many there were by then.

    >>> steps([date(2005, 3, 1), date(2005, 3, 1), date(2005, 4, 1)])
    [(datetime.date(2005, 3, 1), 2), (datetime.date(2005, 4, 1), 3)]
    """
    return list(dict(zip(days, accumulate(1 for _ in days), strict=True)).items())
