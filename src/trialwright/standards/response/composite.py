"""Composite Assessment of index lesions, cutaneous T-cell lymphoma: scores and sizes -> sum -> ratio -> response.

Per lesion: erythema, scaling, plaque elevation, pigmentation (0-8 each) and a score for size (0-18) from the product of
the longest diameter and the longest at a right angle. The sum is taken over the SAME lesions as at baseline.
Sources: size table and scales, UpToDate graphic 83962; a ratio of at most 0.5 without new tumor, new node or
progression of a node, Querfeld et al., Blood 2005;106:3351 (abstract); progression from 1.25 on, as in the bexarotene
trials. Read `CompositeAssessment.assess`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from trialwright.core.response import Assessment, settle_flares
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Finding, Quantity, Response, Severity, UnitMismatch, UnitTable
from trialwright.standards.response.visits import (
    Scored,
    Visit,
    course_at,
    first_dose_of,
    judged,
    split_at_baseline,
    visits_of,
)

SCORES = ("erythema", "scaling", "elevation", "pigmentation")
HIGHEST_SCORE = 8
MOST_LESIONS = 5
AREA_UP_TO = (0, 4, 10, 16, 25, 35, 45, 55, 70, 90, 110, 130, 155, 180, 210, 240, 270, 300)
"""Area in cm2 up to which (inclusive) the size score is 0, 1, 2, ...; above the last it is one more, 18."""

REMOVED = ("excised", "irradiated")
"""What takes a lesion out of the comparison for good."""
UNSCORED = ("not_assessed", "not_measurable", "ulcerated")
"""Why a lesion has no score at a visit."""

PROGRESSION_FROM = Fraction(5, 4)
PARTIAL_UP_TO = Fraction(1, 2)


def size_score(area: Fraction) -> int:
    """The score of a lesion's area in cm2; an area on a bound has the lower score.

    >>> size_score(Fraction(4)), size_score(Fraction(401, 100)), size_score(Fraction(301))
    (1, 2, 18)
    """
    return next((score for score, bound in enumerate(AREA_UP_TO) if area <= bound), len(AREA_UP_TO))


def response_of_ratio(ratio: Fraction) -> Response:
    """The response a ratio of sums stands for, when nothing new was seen; progression is tested first."""
    if ratio >= PROGRESSION_FROM:
        return Response.PD
    if ratio == 0:
        return Response.CR
    return Response.PR if ratio <= PARTIAL_UP_TO else Response.SD


@dataclass(frozen=True)
class CompositeAssessment:
    """The instrument as a protocol names it."""

    name: str = "ctcl/composite-assessment"

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """The response at every visit after the first dose, flares settled."""
        baseline, later = self._split(case, on)
        words = case.protocol.response.words if case.protocol.response else ""
        absent, taken_out = _no_baseline(case, on), removals(later)
        found = [
            judged(visit, _scored(visit, baseline, case.units, absent, removed_by(taken_out, visit)), words)
            for visit in later
        ]
        return settle_flares(found, case.protocol.response, course_at(case, on))

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """Scores that cannot be used, and lesions that were not index lesions at baseline."""
        baseline, later = self._split(case, on)
        visits = visits_of(case, "index_lesion", "lesion", on)
        return (
            *(finding for visit in visits for finding in _entry_findings(visit, case.units)),
            *(finding for visit in later for finding in _newcomers(visit, baseline)),
            *(finding for visit in later for finding in _left_out(visit, baseline)),
            *_too_many(baseline),
        )

    def _split(self, case: Case, on: date) -> tuple[Visit | None, tuple[Visit, ...]]:
        visits = visits_of(case, "index_lesion", "lesion", on)

        def complete(visit: Visit) -> bool:
            return not isinstance(_sum_of(visit, tuple(visit.scored), case.units), str)

        return split_at_baseline(visits, first_dose_of(case, on), complete)


def _no_baseline(case: Case, on: date) -> str:
    """Why there is nothing to compare with, where nothing was scored before the first dose."""
    told = [one.yes("value") for one in observations(case.record, "erythroderma", on)]
    who = "the patient is erythrodermic and " if told and told[-1] else ""
    return f"{who}no index lesion was scored before the first dose, so there is nothing to compare with"


def _scored(visit: Visit, baseline: Visit | None, units: UnitTable, absent: str, removed: Mapping[str, str]) -> Scored:
    """The ratio of the sums over the baseline lesions, or what stands in the way of it."""
    if baseline is None:
        return Scored(None, absent)
    lesions = tuple(sorted(baseline.scored))
    before, now = _sum_of(baseline, lesions, units), _sum_of(visit, lesions, units, removed)
    if isinstance(before, str):
        return Scored(None, f"baseline: {before}")
    if isinstance(now, str):
        return Scored(None, now)
    if before == 0:
        return Scored(None, "the sum at baseline is 0, so there is no ratio to it")
    ratio = Fraction(now, before)
    return Scored(response_of_ratio(ratio), f"sum of index lesions {now} against {before} at baseline", ratio)


def _sum_of(
    visit: Visit, lesions: Sequence[str], units: UnitTable, removed: Mapping[str, str] = MappingProxyType({})
) -> int | str:
    """The sum over the lesions, or which score is missing; what is left is never summed."""
    subtotals = [removed.get(one) or _subtotal(visit, one, units) for one in lesions]
    wrong = [one for one in subtotals if isinstance(one, str)]
    return "; ".join(wrong) if wrong else sum(one for one in subtotals if not isinstance(one, str))


Removal = tuple[date, str, str]
"""The day of a visit, a lesion that was cut out or irradiated as told at it, and that in words."""


def removals(later: Sequence[Visit]) -> tuple[Removal, ...]:
    """Every lesion that was cut out or irradiated, the newest first."""
    return tuple(
        (one.on, lesion, f"index lesion {lesion} was {each.text('state')}, as told at {one.key}")
        for one in reversed(later)
        for lesion, entered in one.scored.items()
        for each in entered
        if each.text("state") in REMOVED
    )


def removed_by(taken_out: Sequence[Removal], visit: Visit) -> Mapping[str, str]:
    """Lesions that were cut out or irradiated up to a visit: gone by other means than the drug, for good."""
    return {lesion: told for on, lesion, told in taken_out if on <= visit.on}


def _subtotal(visit: Visit, lesion: str, units: UnitTable) -> int | str:
    """The subtotal of a lesion at a visit, summed once."""
    key = ("subtotal", lesion, units)
    if key not in visit.memo:
        visit.memo[key] = lesion_subtotal(lesion, visit.scored.get(lesion, ()), units)
    found: int | str = visit.memo[key]
    return found


def lesion_subtotal(lesion: str, entered: Sequence[Observation], units: UnitTable) -> int | str:
    """Four scores and the size score of one lesion at one visit, or what is missing of it."""
    if not entered:
        return f"index lesion {lesion} was not scored"
    if len(entered) > 1:
        return f"index lesion {lesion} was scored twice"
    one, state = entered[0], entered[0].text("state")
    if state in (*UNSCORED, *REMOVED):
        return f"index lesion {lesion} could not be scored as at baseline: {state.replace('_', ' ')}"
    if state == "cleared":
        return _cleared(lesion, one)
    scores, area = [_score(one, name) for name in SCORES], _area(one, units)
    lacking = [name for name, score in zip(SCORES, scores, strict=True) if score is None]
    if lacking or area is None:
        return f"index lesion {lesion} lacks {', '.join((*lacking, *(['size'] if area is None else [])))}"
    return sum(score for score in scores if score is not None) + size_score(area)


def _cleared(lesion: str, one: Observation) -> int | str:
    """A lesion that is said to have cleared scores 0, unless a score or a diameter says otherwise."""
    given = [name for name in (*SCORES, "longest", "perpendicular") if one.text(name)]
    other = [name for name in given if (one.quantity(name) or Quantity(Decimal(1))).value != 0]
    return f"index lesion {lesion} is said to have cleared and has {', '.join(other)}" if other else 0


def _score(one: Observation, name: str) -> int | None:
    """A whole number from 0 to the highest score; anything else is no score."""
    given = one.quantity(name)
    if given is None:
        return int(text) if (text := one.text(name)).isdecimal() and int(text) <= HIGHEST_SCORE else None
    whole = given.value == int(given.value) and given.unit == "1"
    return int(given.value) if whole and 0 <= given.value <= HIGHEST_SCORE else None


def _area(one: Observation, units: UnitTable) -> Fraction | None:
    """Longest diameter times the longest at a right angle, in cm2."""
    lengths = [_length(one, name, units) for name in ("longest", "perpendicular")]
    return None if None in lengths else lengths[0] * lengths[1]  # type: ignore[operator]


def _length(one: Observation, name: str, units: UnitTable) -> Fraction | None:
    given = one.quantity(name)
    if given is None or given.value < 0:
        return None
    if given.unit == "1":
        return Fraction(given.value) if given.value == 0 else None
    try:
        return given.in_unit("cm", units)
    except UnitMismatch:
        return None


# --- findings ------------------------------------------------------------------------------------------------------


def _entry_findings(visit: Visit, units: UnitTable) -> Iterator[Finding]:
    for lesion, entered in visit.scored.items():
        problem = _subtotal(visit, lesion, units)
        if isinstance(problem, str):
            yield _unscored(visit, problem, entered)
        if any(one.text("state") == "biopsied" for one in entered):
            yield Finding(
                about=entered[-1].event.id,
                says=f"{visit.key}, {visit.on}: a biopsy was taken from index lesion {lesion}.",
                matters="A biopsy alters what is scored; an index lesion is followed untouched.",
                do="Take later biopsies from another lesion; the scores are counted as they are.",
                severity=Severity.WARNING,
            )


def _unscored(visit: Visit, problem: str, entered: Sequence[Observation]) -> Finding:
    """A lesion without a sum: an error to mend, or a fact that has to be lived with."""
    state = entered[-1].text("state")
    told = len(entered) == 1 and state in (*UNSCORED, *REMOVED)
    mend = f"Enter scores from 0 to {HIGHEST_SCORE} and both diameters in cm; a cleared lesion has 0 in each."
    return Finding(
        about=entered[-1].event.id,
        says=f"{visit.key}, {visit.on}: {problem}.",
        matters="The sum of the index lesions cannot be reckoned, and the response is not evaluable"
        f"{', nor at any later visit' if state in REMOVED else ''}.",
        do="Nothing if it is so; progression by anything newly seen is still told." if told else mend,
        severity=Severity.WARNING if told else Severity.ERROR,
    )


def _newcomers(visit: Visit, baseline: Visit | None) -> Iterator[Finding]:
    """A lesion that was no index lesion, with the baseline it contradicts."""
    frozen = f"{_baseline_told(baseline)} has {', '.join(sorted(baseline.scored))}" if baseline else "there is none"
    for lesion in sorted(set(visit.scored) - set(baseline.scored if baseline else ())):
        yield Finding(
            about=visit.scored[lesion][-1].event.id,
            says=f"{visit.key}, {visit.on}: lesion {lesion} was no index lesion at baseline ({frozen}).",
            matters="It is not counted: the sum is taken over the same lesions as at baseline.",
            do="Correct the lesion's name, or report a new tumor in the disease assessment if it is one.",
            severity=Severity.WARNING,
        )


def _left_out(visit: Visit, baseline: Visit | None) -> Iterator[Finding]:
    """An index lesion that was not scored at a visit at which others were."""
    for lesion in sorted(set(baseline.scored if baseline and visit.scored else ()) - set(visit.scored)):
        assert baseline is not None
        yield Finding(
            about=next(iter(visit.scored.values()))[-1].event.id,
            says=f"{visit.key}, {visit.on}: index lesion {lesion} of {_baseline_told(baseline)} was not scored.",
            matters="What is left is never summed, and the response is not evaluable.",
            do="Enter its scores, 0 in each if it has cleared, or why it cannot be scored.",
            severity=Severity.WARNING,
        )


def _baseline_told(baseline: Visit) -> str:
    """The baseline visit, its day and the event that entered it."""
    entered = next(iter(baseline.scored.values()))[-1].event
    return f"{baseline.key}, {baseline.on}, event {entered.id}"


def _too_many(baseline: Visit | None) -> Iterator[Finding]:
    if baseline and len(baseline.scored) > MOST_LESIONS:
        yield Finding(
            about=next(iter(baseline.scored.values()))[-1].event.id,
            says=f"{len(baseline.scored)} index lesions were scored at baseline; the instrument has {MOST_LESIONS}.",
            matters="All of them are counted, so the sum is not comparable with other patients'.",
            do=f"Correct the baseline to the {MOST_LESIONS} lesions that were designated.",
            severity=Severity.WARNING,
        )
