"""The disease over time: each participant's score at each assessment as a change from baseline, in percent.

The score is the instrument's ratio to baseline; an assessment without one is left out and counted. Every assessment
counts, those after progression too, since the figure shows what was seen. Read `burdens`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.analysis import Gathered, Person
from trialwright.core.analysis.people import DAYS_A_MONTH
from trialwright.core.terms import Response


@dataclass(frozen=True)
class Burden:
    """One participant: months from the first dose and percent of change at each assessment that has a score."""

    subject: str
    group: str
    points: tuple[tuple[float, float, Response], ...]
    without_score: int
    best: Response


def burdens(gathered: Gathered) -> tuple[Burden, ...]:
    """Everyone treated, by id."""
    found = [_burden(one, group.label) for group in gathered.groups for one in group.where(treated=True)]
    return tuple(sorted(found, key=lambda one: one.subject))


def _burden(one: Person, group: str) -> Burden:
    scored = [each for each in one.assessments if each.ratio is not None]
    points = tuple(
        ((each.on - one.first_dose).days / DAYS_A_MONTH, float((each.ratio - 1) * 100), each.response)
        for each in scored
        if one.first_dose and each.ratio is not None
    )
    best = one.best.confirmed_response if one.best else Response.NE
    return Burden(one.subject, group, points, len(one.assessments) - len(scored), best)
