"""One laboratory value -> its toxicity grade, or, where a limit or the exact value is missing, the grades it can have.

Bounds are compared as exact fractions. A value on a bound belongs to the lower grade, as the ranges are printed; an
absolute bound holds whatever the laboratory's limit of normal is. Where a table parts two grades of the same number by
something a person must tell (symptoms, fasting), both are told. Read `grade_reading`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    told: Verdict = Verdict.UNKNOWN


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
    """The grades the value can have under either answer to the term's question, and what is missing."""
    question = seen.term.question
    if not question:
        return _grades_told(seen)
    yes, no = (_grades_told(replace(seen, told=told)) for told in (Verdict.MET, Verdict.NOT_MET))
    asked = (f"whether {question}",) if yes[0] != no[0] else ()
    return tuple(sorted({*yes[0], *no[0]})), tuple(dict.fromkeys((*yes[1], *no[1], *asked)))


def _grades_told(seen: _Seen) -> tuple[tuple[Grade, ...], tuple[str, ...]]:
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
    lack = f"an exact {seen.reading.concept}" if applies is Verdict.MET else _lack(bound, seen)
    return applies & _beyond(bound.sign, *pair, seen.reading.bound), lack


def _applies(bound: Bound, seen: _Seen) -> Verdict:
    """Whether what the bound asks besides the number is so; nothing is a multiple of itself before treatment."""
    if bound.of == "BASELINE" and seen.before_treatment:
        return Verdict.NOT_MET
    if bound.when == "abnormal":
        return ~_normal(seen.reading, seen)
    if bound.when in ("baseline normal", "baseline abnormal"):
        normal = Verdict.MET if seen.before_treatment else _normal(seen.baseline, seen)
        return normal if bound.when == "baseline normal" else ~normal
    return seen.told if bound.when else Verdict.MET


def _lack(bound: Bound, seen: _Seen) -> str:
    """What would tell whether a bound applies."""
    read = seen.reading if bound.when == "abnormal" else seen.baseline
    if read is None or not isinstance(read.value, Quantity):
        return f"{seen.reading.concept} before treatment"
    side = "ULN" if seen.term.direction == "high" else "LLN"
    return _LACKS[side].format(concept=read.concept, on=read.on)


def _normal(read: Reading | None, seen: _Seen) -> Verdict:
    """Whether a value lies on the normal side of the limit the term looks at."""
    if read is None or not isinstance(read.value, Quantity):
        return Verdict.UNKNOWN
    side = read.high if seen.term.direction == "high" else read.low
    if side is None or side.value <= 0:
        return Verdict.UNKNOWN
    sign = "<=" if seen.term.direction == "high" else ">="
    limit = side.in_unit(read.value.unit, seen.units, seen.term.analyte)
    return _beyond(sign, Fraction(read.value.value), limit, read.bound)


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
    unit, analyte = seen.value.unit, seen.term.analyte
    more = bound.plus.in_unit(unit, seen.units, analyte) if bound.plus else 0
    return Fraction(seen.value.value), bound.at[0] * side.in_unit(unit, seen.units, analyte) + more


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
