"""One laboratory value -> its toxicity grade, or, where a limit or the exact value is missing, the grades it can have.

Bounds are compared as exact fractions. A value on a bound belongs to the lower grade, as the ranges are printed; an
absolute bound holds whatever the laboratory's limit of normal is. Read `grade_reading`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from trialwright.core.conditions import Reading
from trialwright.core.conditions.constructs import OPERATORS
from trialwright.core.terms import Grade, Quantity, UnitMismatch, UnitTable, Verdict, any_of
from trialwright.core.toxicity.table import Bound, LaboratoryTerm


@dataclass(frozen=True)
class Graded:
    """A grade with its reason; without one, `possible` are the grades it can have and `missing` what would tell."""

    grade: Grade | None
    because: str
    missing: tuple[str, ...] = ()
    possible: tuple[Grade, ...] = ()


@dataclass(frozen=True)
class _Seen:
    """A reading with what its bounds are compared with."""

    term: LaboratoryTerm
    reading: Reading
    value: Quantity
    units: UnitTable
    baseline: Reading | None
    before_treatment: bool


def grade_reading(
    term: LaboratoryTerm,
    reading: Reading,
    units: UnitTable,
    baseline: Reading | None = None,
    *,
    before_treatment: bool = False,
) -> Graded:
    """The highest grade whose bound holds; a value from before treatment is graded by the limits of normal alone."""
    if not isinstance(reading.value, Quantity) or reading.value.value < 0:
        why = reading.missing or "it is no number that can be measured"
        return Graded(None, f"{term.short}: {reading.concept} of {reading.on}: {why}", (reading.concept,))
    seen = _Seen(term, reading, reading.value, units, baseline, before_treatment)
    try:
        held, missing = _grades_held(seen)
    except UnitMismatch as problem:
        return Graded(None, f"{term.short}: {problem}", (f"{reading.concept} in {term.units[0]}",))
    told = f"{reading.concept} {reading.bound}{reading.value} on {reading.on}{_limits_told(reading)}"
    if len(held) == 1:
        return Graded(held[0], f"{term.short} {held[0]}: {told}", (), held)
    which = " or ".join(str(grade.number) for grade in held)
    return Graded(None, f"{term.short} grade {which}, not gradable further: {told}", missing, held)


def _grades_held(seen: _Seen) -> tuple[tuple[Grade, ...], tuple[str, ...]]:
    """The grades the value can have, lowest first, and what is missing where there are several."""
    possible: list[Grade] = []
    missing: dict[str, None] = {}
    for number in sorted({bound.grade for bound in seen.term.bounds}, reverse=True):
        judged = [_judge_bound(bound, seen) for bound in seen.term.bounds if bound.grade == number]
        verdict = any_of(verdict for verdict, _ in judged)
        if verdict is not Verdict.NOT_MET:
            possible.append(Grade(number))
        if verdict is Verdict.MET:
            break
        missing.update({lack: None for verdict, lack in judged if verdict is Verdict.UNKNOWN})
    else:
        possible.append(Grade(0))
    return tuple(sorted(possible)), tuple(missing)


def _judge_bound(bound: Bound, seen: _Seen) -> tuple[Verdict, str]:
    """Whether the value lies beyond the bound, or what is missing to say so."""
    applies = _applies(bound, seen)
    if applies is Verdict.NOT_MET:
        return applies, ""
    pair = _absolute(bound, seen) if not bound.of else _multiple(bound, seen)
    if isinstance(pair, str):
        return Verdict.UNKNOWN, pair
    beyond = _beyond(bound.sign, *pair, seen.reading.bound)
    lack = f"an exact {seen.reading.concept}" if applies is Verdict.MET else f"{seen.reading.concept} before treatment"
    return applies & beyond, lack


def _applies(bound: Bound, seen: _Seen) -> Verdict:
    """Multiples of the value before treatment do not apply to that value itself."""
    if seen.before_treatment:
        return Verdict.of(bound.of != "BASELINE" and bound.when != "baseline abnormal")
    if not bound.when:
        return Verdict.MET
    normal = _baseline_normal(seen)
    return normal if bound.when == "baseline normal" else ~normal


def _baseline_normal(seen: _Seen) -> Verdict:
    baseline = seen.baseline
    if baseline is None or not isinstance(baseline.value, Quantity):
        return Verdict.UNKNOWN
    side = baseline.high if seen.term.direction == "high" else baseline.low
    if side is None:
        return Verdict.UNKNOWN
    sign = "<=" if seen.term.direction == "high" else ">="
    limit = side.in_unit(baseline.value.unit, seen.units, seen.term.analyte)
    return _beyond(sign, Fraction(baseline.value.value), limit, baseline.bound)


def _absolute(bound: Bound, seen: _Seen) -> tuple[Fraction, Fraction]:
    """Value and bound in a printed unit: the reading's own kind of unit if printed, else the first by conversion."""
    for unit, at in zip(seen.term.units, bound.at, strict=False):
        try:
            return seen.value.in_unit(unit, seen.units), at
        except UnitMismatch:
            continue
    return seen.value.in_unit(seen.term.units[0], seen.units, seen.term.analyte), bound.at[0]


def _multiple(bound: Bound, seen: _Seen) -> tuple[Fraction, Fraction] | str:
    """Value and bound in the reading's unit, or which limit is missing."""
    side = dict(_sides(seen))[bound.of]
    if side is None or side.value <= 0:
        return _LACKS[bound.of].format(concept=seen.reading.concept, on=seen.reading.on)
    return Fraction(seen.value.value), bound.at[0] * side.in_unit(seen.value.unit, seen.units, seen.term.analyte)


_LACKS = {
    "ULN": "the laboratory's ULN of {concept} on {on}",
    "LLN": "the laboratory's LLN of {concept} on {on}",
    "BASELINE": "{concept} before treatment",
}


def _sides(seen: _Seen) -> Iterator[tuple[str, Quantity | None]]:
    yield "ULN", seen.reading.high
    yield "LLN", seen.reading.low
    exact = seen.baseline is not None and not seen.baseline.bound
    value = seen.baseline.value if seen.baseline is not None and exact else None
    yield "BASELINE", value if isinstance(value, Quantity) else None


def _beyond(sign: str, value: Fraction, limit: Fraction, bound: str) -> Verdict:
    """Compare; a value known only as "< 5" or "> 5" decides where every value it can be decides alike."""
    if not bound:
        return Verdict.of(OPERATORS[sign](value, limit))
    if bound == "<" and value <= limit:
        return Verdict.of(sign in ("<", "<="))
    if bound == ">" and value >= limit:
        return Verdict.of(sign in (">", ">="))
    return Verdict.UNKNOWN


def _limits_told(reading: Reading) -> str:
    if reading.low is None and reading.high is None:
        return ", limits of normal not known"
    return f", normal {reading.low or 'not known'} to {reading.high or 'not known'}"
