"""One recorded value against a limit: units, multiples of the laboratory's limits or of the baseline, and "< 5".

A value that the laboratory gave only as below or above a number decides where every value it can be decides alike.
Which value counts is decided in `values`. Read `compare_reading`.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from trialwright.core.conditions.answering import evidence_of
from trialwright.core.conditions.constructs import MULTIPLES, OPERATORS, Limit
from trialwright.core.conditions.facts import Reading
from trialwright.core.terms import Answer, Quantity, UnitMismatch, UnitTable, Verdict, all_of

Number = Fraction | Decimal
"""Exact either way: a value in the unit of its limit is compared as it was typed."""


def limit_verdict(reading: Reading, limit: Limit, units: UnitTable) -> Verdict:
    """What `compare_reading` says, without its words; worked out once of a reading."""
    kept: dict[int, tuple[Limit, UnitTable, Verdict]] = reading.kept.setdefault("against limits", {})
    known = kept.get(id(limit))  # the limit is kept with it, so that no other one can have its place
    if known is None or known[0] is not limit or known[1] is not units:
        told = _verdicts(reading, limit, units)
        known = kept[id(limit)] = limit, units, Verdict.UNKNOWN if isinstance(told, str) else all_of(told)
    return known[2]


def compare_reading(reading: Reading, limit: Limit, units: UnitTable) -> Answer:
    """One reading against a limit, in the limit's unit or as a multiple of the laboratory's or of the baseline."""
    evidence = (evidence_of(reading),)
    if not isinstance(reading.value, Quantity):
        why = reading.missing or "no number was given"
        told = f"{reading.concept} of {reading.on}: {why}"
        return Answer(Verdict.UNKNOWN, told, evidence, (reading.lacks or reading.concept,))
    verdicts = _verdicts(reading, limit, units)
    if isinstance(verdicts, str):
        return Answer(Verdict.UNKNOWN, verdicts, evidence, (f"{reading.concept}: {verdicts}",))
    how = f", {reading.how}" if reading.how else ""
    why = f"{reading.concept} {reading.bound}{reading.value} on {reading.on}{how}, limit {limit}"
    missing = (f"an exact {reading.concept}",) if all_of(verdicts) is Verdict.UNKNOWN else ()
    return Answer(all_of(verdicts), why, evidence, missing)


def _verdicts(reading: Reading, limit: Limit, units: UnitTable) -> list[Verdict] | str:
    """Whether the reading lies on the side of each comparison of a limit, or why that cannot be told."""
    if not isinstance(reading.value, Quantity):
        return reading.missing or "no number was given"
    found = []
    for sign, bound in limit.comparisons:
        reached = _in_one_unit(reading, bound, units)
        if isinstance(reached, str):
            return reached
        found.append(_against(sign, *reached, reading.bound))
    return found


def _in_one_unit(reading: Reading, bound: Quantity, units: UnitTable) -> tuple[Number, Number] | str:
    """The reading and the limit in one unit, or why they cannot be compared."""
    assert isinstance(reading.value, Quantity)
    try:
        if bound.unit in MULTIPLES:
            side = {"ULN": reading.high, "LLN": reading.low, "baseline": reading.baseline}[bound.unit]
            if not isinstance(side, Quantity):
                return side or f"the laboratory's {bound.unit} for {reading.concept} on {reading.on} is not known"
            once = side.in_unit(reading.value.unit, units, reading.concept)
            return Fraction(reading.value.value), Fraction(bound.value) * once
        if bound.unit == reading.value.unit:
            return reading.value.value, bound.value
        return reading.value.in_unit(bound.unit, units, reading.concept), Fraction(bound.value)
    except UnitMismatch as problem:
        return str(problem)


_BEYOND = {"<": ("<", "<="), "<=": ("<", "<="), ">": (">", ">="), ">=": (">", ">=")}


def _against(sign: str, value: Number, limit: Number, bound: str) -> Verdict:
    """Compare; a value known only as "< 5" or ">= 5" decides where every value it can be decides alike."""
    if not bound:
        return Verdict.of(OPERATORS[sign](value, limit))
    if bound not in _BEYOND:
        return Verdict.UNKNOWN
    past = OPERATORS[bound[0]](value, limit) or (value == limit and bound in ("<", ">"))
    if past:
        return Verdict.of(sign in _BEYOND[bound])
    if value == limit and sign == bound:
        return Verdict.MET
    if value == limit and sign == {"<=": ">", ">=": "<"}[bound]:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN
