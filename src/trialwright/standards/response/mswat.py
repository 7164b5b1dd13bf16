"""Modified Severity-Weighted Assessment Tool (mSWAT), whole skin, cutaneous T-cell lymphoma.

Twelve regions; in each the percent of TOTAL body surface covered by patch (weight 1), plaque (2) and tumor (4): 0 to
400. Skin response after Olsen et al., J Clin Oncol 2011 (unchanged in Blood 2022;140:419, Table 7): progression is
measured from baseline, loss of a response from the lowest value. Read `skin_response`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from trialwright.core.response import Assessment, settle_flares
from trialwright.core.subject import Case, Observation
from trialwright.core.terms import Finding, Response, UnitMismatch, UnitTable
from trialwright.standards.response.visits import (
    Scored,
    Visit,
    course_at,
    first_dose_of,
    judged,
    split_at_baseline,
    visits_of,
)

REGIONS: Mapping[str, int] = {
    "head": 7,
    "neck": 2,
    "anterior_trunk": 13,
    "posterior_trunk": 13,
    "buttocks": 5,
    "genitalia": 1,
    "upper_arms": 8,
    "forearms": 6,
    "hands": 5,
    "thighs": 19,
    "lower_legs": 14,
    "feet": 7,
}
"""Percent of the body surface of each region, both sides together (Lund and Browder); they sum to 100."""

WEIGHTS: Mapping[str, int] = {"patch": 1, "plaque": 2, "tumor": 4}
PROGRESSION_FROM = Fraction(5, 4)
PARTIAL_UP_TO = Fraction(1, 2)
LOSS_BEYOND = Fraction(1, 2)
"""A response is lost when the value exceeds the lowest one by more than this part of the baseline."""

Region = Mapping[str, Fraction]


def skin_sum(regions: Mapping[str, Region]) -> Fraction:
    """The weighted sum over the regions.

    >>> skin_sum({region: {"plaque": Fraction(share)} for region, share in REGIONS.items()})
    Fraction(200, 1)
    """
    return sum((share * WEIGHTS[kind] for region in regions.values() for kind, share in region.items()), Fraction(0))


def skin_response(baseline: Fraction, earlier: Sequence[Fraction], now: Fraction, new_tumor: bool = False) -> Response:
    """The skin response; `earlier` are the values since baseline, by which a response was reached and may be lost.

    >>> [skin_response(Fraction(100), [Fraction(20)], Fraction(now)).name for now in (70, 71)]
    ['SD', 'PD']
    """
    if new_tumor or now >= PROGRESSION_FROM * baseline or _lost(baseline, earlier, now):
        return Response.PD
    if now == 0:
        return Response.CR
    return Response.PR if now <= PARTIAL_UP_TO * baseline else Response.SD


def _lost(baseline: Fraction, earlier: Sequence[Fraction], now: Fraction) -> bool:
    """Whether a response was reached before and is lost, by the distance from the lowest value."""
    lowest = min((baseline, *earlier))
    return lowest <= PARTIAL_UP_TO * baseline and now > lowest + LOSS_BEYOND * baseline


@dataclass(frozen=True)
class SkinAssessment:
    """The instrument as a protocol names it."""

    name: str = "ctcl/mswat"

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """The response at every visit after the first dose, flares settled."""
        baseline, later = self._split(case, on)
        words = case.protocol.response.words if case.protocol.response else ""
        earlier: list[Fraction] = []
        found = []
        had = _tumors_at(baseline, case.units)
        for visit in (replace(one, passed_over=("new_tumor",)) if had else one for one in later):
            regions = regions_at(visit, case.units)
            found.append(judged(visit, _scored(regions, baseline, earlier, case.units), words))
            if not isinstance(regions, str):
                earlier.append(skin_sum(regions))
        return settle_flares(found, case.protocol.response, course_at(case, on))

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """Visits whose regions are not all there, or hold more than the region."""
        visits = visits_of(case, "skin_region", "region", on)
        return tuple(finding for visit in visits if visit.scored for finding in _findings(visit, case.units))

    def _split(self, case: Case, on: date) -> tuple[Visit | None, tuple[Visit, ...]]:
        visits = visits_of(case, "skin_region", "region", on)
        return split_at_baseline(
            visits, first_dose_of(case, on), lambda visit: not isinstance(regions_at(visit, case.units), str)
        )


def _scored(
    regions: Mapping[str, Region] | str, baseline: Visit | None, earlier: Sequence[Fraction], units: UnitTable
) -> Scored:
    if baseline is None:
        return Scored(None, "the skin was not scored before the first dose, so there is nothing to compare with")
    before = regions_at(baseline, units)
    if isinstance(before, str):
        return Scored(None, f"baseline: {before}")
    if isinstance(regions, str):
        return Scored(None, regions)
    first, now = skin_sum(before), skin_sum(regions)
    if first == 0:
        return Scored(None, "the sum at baseline is 0, so there is no ratio to it")
    newly, again = has_tumor(regions) and not has_tumor(before), now > 0 and 0 in earlier
    told = f"mSWAT {_number(now)} against {_number(first)} at baseline"
    seen = (("tumor of the skin where there was none", newly), ("recurrence after complete clearance", again))
    events = tuple(words for words, so in seen if so)
    return Scored(skin_response(first, earlier, now, bool(events)), told, now / first, events)


def _tumors_at(visit: Visit | None, units: UnitTable) -> bool:
    """Whether the patient had tumors at baseline: a further one is then no new kind of lesion."""
    regions = regions_at(visit, units) if visit else ""
    return not isinstance(regions, str) and has_tumor(regions)


def has_tumor(regions: Mapping[str, Region]) -> bool:
    """Whether there is a tumor anywhere on the skin."""
    return any(region["tumor"] > 0 for region in regions.values())


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def regions_at(visit: Visit, units: UnitTable) -> Mapping[str, Region] | str:
    """The percents of every region, or what is missing or impossible."""
    problems, found = [], {}
    for region, most in REGIONS.items():
        shares = _shares(visit.scored.get(region, ()), units)
        if shares is None:
            problems.append(f"{region.replace('_', ' ')} was not scored")
        elif sum(shares.values()) > most:
            problems.append(f"{region.replace('_', ' ')} holds more than its {most}% of the body surface")
        else:
            found[region] = shares
    return "; ".join(problems) if problems else found


def _shares(entered: Sequence[Observation], units: UnitTable) -> Region | None:
    if len(entered) != 1:
        return None
    given = {kind: _percent(entered[0], kind, units) for kind in WEIGHTS}
    known = {kind: share for kind, share in given.items() if share is not None}
    return known if len(known) == len(WEIGHTS) else None


def _percent(one: Observation, kind: str, units: UnitTable) -> Fraction | None:
    given = one.quantity(kind)
    if given is None or given.value < 0:
        return None
    if given.unit == "1":
        return Fraction(0) if given.value == 0 else None
    try:
        return given.in_unit("%", units)
    except UnitMismatch:
        return None


def _findings(visit: Visit, units: UnitTable) -> Iterator[Finding]:
    problem = regions_at(visit, units)
    if isinstance(problem, str):
        yield Finding(
            about=next(iter(visit.scored.values()))[-1].event.id,
            says=f"{visit.key}, {visit.on}: {problem}.",
            matters="The skin score cannot be reckoned, and the response is not evaluable.",
            do="Enter patch, plaque and tumor of all twelve regions in % of the total body surface, 0 for none.",
        )
