"""RECIST 1.1 as a protocol names it: measured lesions of a subject -> response at every visit.

The lesions are those of the baseline visit, which is the last one up to the first dose at which all target lesions
were measured. Whether responses need confirmation is the protocol's (`confirm_after_days` and `stable_from_day` of its
`response`); both best responses are always told. A patient without target lesion has no "stable disease" in the
publication: non-CR/non-PD stands as SD here and says so in `why`. Read `Recist.assess`; the rules are `recist_rules`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from trialwright.core.response import Assessment
from trialwright.core.subject import Case
from trialwright.core.terms import Finding, Response, Severity, UnitTable
from trialwright.standards.response.measuring import Sheet, baseline_and_later, length, number, sheets_of
from trialwright.standards.response.recist_rules import (
    LIMITS,
    State,
    Target,
    nontarget_response,
    overall_response,
    sum_of,
    target_response,
)
from trialwright.standards.response.visits import first_dose_of

KINDS = {"target_lesion": "lesion", "nontarget_lesion": "lesion"}
NEW = {"no": False, "unequivocal": True}
STATES = {state.value: state for state in State}


@dataclass(frozen=True)
class Recist:
    """The instrument as a protocol names it."""

    name: str = "recist/1.1"

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """The response at every visit after the first dose."""
        baseline, later = _split(case, on)
        words = case.protocol.response.words if case.protocol.response else ""
        course = Course(baseline, case.units)
        return tuple(course.judge(visit, _new_lesion(later[place:]), words) for place, visit in enumerate(later))

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """Measurements that cannot be used, lesions unknown at baseline, and a baseline the standard would not take."""
        baseline, later = _split(case, on)
        first = first_dose_of(case, on)
        return (
            *(found for visit in ((baseline,) if baseline else ()) for found in _unmeasured(visit, visit, case.units)),
            *(found for visit in later if baseline for found in _unmeasured(visit, baseline, case.units)),
            *(found for visit in later for found in _newcomers(visit, baseline)),
            *(_baseline_findings(baseline, case.units) if baseline else ()),
            *(_late_baseline(baseline, first) if baseline and first else ()),
        )


def _split(case: Case, on: date) -> tuple[Sheet | None, tuple[Sheet, ...]]:
    def whole(sheet: Sheet) -> bool:
        return sheet.entered and all(one.size is not None for one in targets_at(sheet, sheet, case.units))

    sheets = sheets_of(case, KINDS, "tumor_assessment", on)
    return baseline_and_later(sheets, first_dose_of(case, on), whole)


def targets_at(visit: Sheet, baseline: Sheet, units: UnitTable) -> tuple[Target, ...]:
    """The target lesions of the baseline as measured at a visit."""
    return tuple(_target(visit, baseline, name, units) for name in sorted(baseline.of("target_lesion")))


def _target(visit: Sheet, baseline: Sheet, name: str, units: UnitTable) -> Target:
    first, now = baseline.one("target_lesion", name), visit.one("target_lesion", name)
    size = length(now, "diameter", "mm", units)
    if size is None and now and now.yes("too_small"):
        size = LIMITS["too_small"].value
    return Target(name, size, node=bool(first and first.yes("node")))


def states_at(visit: Sheet, baseline: Sheet) -> list[State | None]:
    """What became of the non-target lesions of the baseline."""
    seen = [visit.one("nontarget_lesion", name) for name in sorted(baseline.of("nontarget_lesion"))]
    return [STATES.get(one.text("state")) if one else None for one in seen]


def _new_lesion(visits: Sequence[Sheet]) -> bool | None:
    """Whether there is a new lesion at the first of these visits.

    One that was equivocal counts from the day it was first seen once a later visit shows that it is there.
    """
    first = visits[0].code("new_lesion")
    if first != "equivocal":
        return NEW.get(first)
    told = (visit.code("new_lesion") for visit in visits)
    return next((one for one in told if one != "equivocal"), "") == "unequivocal"


@dataclass
class Course:
    """What is carried from visit to visit: the smallest sum so far, and whether a complete response was reached."""

    baseline: Sheet | None
    units: UnitTable
    first: Fraction | None = field(init=False)
    nadir: Fraction | None = field(init=False)
    complete: bool = False

    def __post_init__(self) -> None:
        self.first = self.nadir = self._whole_sum(self.baseline) if self.baseline else None

    def _whole_sum(self, visit: Sheet) -> Fraction | None:
        lesions = targets_at(visit, self.baseline, self.units) if self.baseline else ()
        return sum_of(lesions) if lesions and all(one.size is not None for one in lesions) else None

    def judge(self, visit: Sheet, new: bool | None, words: str) -> Assessment:
        """The response of one visit, told with its sums; the visits are given in order."""
        target, nontarget = self._target(visit), self._nontarget(visit)
        response = overall_response(target, nontarget, new)
        ratio, why = self._told(visit, target, nontarget, new)
        total = self._whole_sum(visit)
        if total is not None and self.nadir is not None:
            self.nadir = min(self.nadir, total)
        self.complete = self.complete or response is Response.CR
        adequate = response is not Response.NE and visit.yes("complete") is not False
        events, seen_on = ("new lesion",) if new else (), visit.new_seen_on
        return Assessment(visit.on, visit.key, response, why, words, ratio, adequate, events, seen_on=seen_on)

    def _target(self, visit: Sheet) -> Response | None:
        if self.baseline is None or not self.baseline.of("target_lesion"):
            return None
        if self.nadir is None or self.first is None:
            return Response.NE
        return target_response(self.first, self.nadir, targets_at(visit, self.baseline, self.units), self.complete)

    def _nontarget(self, visit: Sheet) -> Response | None:
        states = states_at(visit, self.baseline) if self.baseline else []
        return nontarget_response(states, self.complete) if states else None

    def _told(
        self, visit: Sheet, target: Response | None, nontarget: Response | None, new: bool | None
    ) -> tuple[Fraction | None, str]:
        ratio, parts = self._sums(visit, target)
        if nontarget:
            only = nontarget is Response.SD
            parts.append(f"non-target lesions: {'non-CR/non-PD' if only else nontarget.value}")
        if new is None:
            parts.append("nobody recorded whether there was a new lesion")
        if visit.code("new_lesion") == "equivocal":
            parts.append("an equivocal new lesion, to be looked at again")
        return ratio, "; ".join((*(["new lesion"] if new else []), *parts))

    def _sums(self, visit: Sheet, target: Response | None) -> tuple[Fraction | None, list[str]]:
        """The ratio to baseline and the sums in words, or what stands in their way."""
        if self.baseline is None:
            return None, ["no lesion was measured before the first dose, so there is nothing to compare with"]
        if target is None:
            return None, ["no target lesion at baseline"]
        if self.nadir is None or self.first is None:
            return None, ["a target lesion was not measured at baseline, so there is no sum to compare with"]
        lesions = targets_at(visit, self.baseline, self.units)
        lacking = [one.name for one in lesions if one.size is None]
        total = sum_of(lesions)
        told = f"sum of diameters {number(total)} mm, {number(self.first)} at baseline, smallest {number(self.nadir)}"
        if lacking:
            return None, [f"target lesion {', '.join(lacking)} was not measured ({told} without it)"]
        return total / self.first if self.first else None, [told]


# --- findings ------------------------------------------------------------------------------------------------------


def _unmeasured(visit: Sheet, baseline: Sheet, units: UnitTable) -> Iterator[Finding]:
    """Target lesions that were entered and cannot be used; one not entered at all is told by the response."""
    for one in targets_at(visit, baseline, units):
        entered = visit.of("target_lesion").get(one.name, ())
        if entered and one.size is None:
            yield Finding(
                about=entered[-1].event.id,
                says=f"{visit.key}, {visit.on}: target lesion {one.name} has no diameter that can be used.",
                matters="The sum of diameters cannot be reckoned, and the response is not evaluable.",
                do="Enter one diameter with its unit; 0 mm if it is gone, or say that it is too small to measure.",
            )


def _newcomers(visit: Sheet, baseline: Sheet | None) -> Iterator[Finding]:
    for kind in KINDS:
        for name in sorted(set(visit.of(kind)) - set(baseline.of(kind) if baseline else ())):
            yield Finding(
                about=visit.of(kind)[name][-1].event.id,
                says=f"{visit.key}, {visit.on}: {kind.replace('_', ' ')} {name} was none at baseline.",
                matters="It is not counted: lesions are followed that were chosen at baseline.",
                do="Correct the lesion's name, or report a new lesion in the tumor assessment if it is one.",
                severity=Severity.WARNING,
            )


def _baseline_findings(baseline: Sheet, units: UnitTable) -> Iterator[Finding]:
    lesions = targets_at(baseline, baseline, units)
    organs = Counter(held[-1].text("organ") for held in baseline.of("target_lesion").values())
    problems = [
        f"target lesion {one.name} measures {number(one.size)} mm and must measure {number(_least(one))} mm or more"
        for one in lesions
        if one.size is not None and one.size < _least(one)
    ]
    if len(lesions) > LIMITS["most_targets"].value:
        problems.append(f"{len(lesions)} target lesions were chosen, and {LIMITS['most_targets'].value} are the most")
    most = LIMITS["most_per_organ"].value
    crowded = [(organ, count) for organ, count in organs.items() if organ and count > most]
    problems += [f"{count} target lesions lie in {organ}, and {most} are the most" for organ, count in crowded]
    for problem in problems:
        yield _warning(baseline, f"{problem}.")


def _least(one: Target) -> Fraction:
    return LIMITS["target_node" if one.node else "target"].value


def _late_baseline(baseline: Sheet, first_dose: date) -> Iterator[Finding]:
    days, most = (first_dose - baseline.on).days, LIMITS["baseline_days"].value
    if days > most:
        yield _warning(baseline, f"the lesions were measured {days} days before the first dose, more than {most}.")


def _warning(baseline: Sheet, problem: str) -> Finding:
    entered = [one for kind in baseline.parts.values() for held in kind.values() for one in held]
    return Finding(
        about=entered[-1].event.id if entered else baseline.key,
        says=f"{baseline.key}, {baseline.on}: {problem}",
        matters="It is counted all the same, so the response is not comparable with other patients'.",
        do="Correct the baseline, or record why the standard was departed from.",
        severity=Severity.WARNING,
    )
