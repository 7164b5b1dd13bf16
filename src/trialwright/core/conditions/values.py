"""Recorded values against limits and codes: which value counts as the latest, windows, units, "< 5", "for 7 days".

Values that may each be the latest (same day, or a date known only to the month) must agree, or it is unknown; the
kinder one is never chosen. Window edges are inclusive. Read `judge_measure`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

from trialwright.core.conditions.answering import evidence_of, unknown
from trialwright.core.conditions.constructs import OPERATORS, Limit, Measure
from trialwright.core.conditions.facts import Facts, Reading
from trialwright.core.terms import Answer, Duration, Quantity, UnitMismatch, UnitTable, Verdict, all_of


def judge_measure(measure: Measure, facts: Facts, among: tuple[str, ...] = ()) -> Answer:
    """The latest value in the window against the limit or the codes; `among` are the only codes that are an answer."""
    start, end = _window(measure, facts)
    known = facts.readings(measure.concept)
    perhaps = [one for one in known if one.on.earliest <= end and one.on.latest >= start]
    surely = [one for one in perhaps if one.on.earliest >= start and one.on.latest <= end]
    if not surely:
        return _none_inside(measure, perhaps or known, dated=not perhaps)
    latest = latest_of(perhaps, surely)
    if measure.one_of:
        return judge_code(latest, measure.one_of, measure.concept, among)
    assert measure.limit is not None
    now = judge_reading(measure.concept, latest, measure.limit, facts.units)
    if measure.held_for is None or now.verdict is not Verdict.MET:
        return now
    return _judge_held(measure.limit, measure.held_for, perhaps, end, facts.units)


def _window(measure: Measure, facts: Facts) -> tuple[date, date]:
    """The first and the last day on which a value counts, both included."""
    reference = (facts.anchor(measure.before) if measure.before else None) or facts.on
    return measure.within.before(reference) if measure.within else date.min, min(reference, facts.on)


def _none_inside(measure: Measure, readings: Sequence[Reading], dated: bool) -> Answer:
    what = f"{measure.concept} within {measure.within}" if measure.within else measure.concept
    if not readings:
        return unknown(f"no {measure.concept} recorded", what)
    last = max(readings, key=lambda one: one.on.latest)
    if not dated:
        return unknown(f"the {measure.concept} of {last.on} may be outside the window", f"date of {measure.concept}")
    return unknown(f"the last {measure.concept} is of {last.on}, outside the window", what)


def latest_of(readings: Sequence[Reading], surely: Sequence[Reading] = ()) -> list[Reading]:
    """Every reading that may be the latest one; of one day, those of the last time where all times are known.

    `surely` are the readings whose place in the window is certain: only they can push an earlier one aside.
    """
    newest = max((one.on.earliest for one in surely or readings), default=date.min)
    found = [one for one in readings if one.on.latest >= newest]
    if len({one.on.exact for one in found}) > 1 or not all(_minutes(one) is not None for one in found):
        return found
    return [one for one in found if _minutes(one) == max(_minutes(each) or 0 for each in found)]


def _minutes(reading: Reading) -> int | None:
    """The time of day in minutes; None where it is not known, or the day itself is not."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", reading.time)
    return 60 * int(found[1]) + int(found[2]) if found and reading.on.exact else None


def judge_reading(concept: str, latest: Sequence[Reading], limit: Limit, units: UnitTable) -> Answer:
    """The latest readings against a limit; where they disagree it is unknown."""
    if not latest:
        return unknown(f"no {concept} recorded", concept)
    answers = [compare_reading(reading, limit, units) for reading in latest]
    if len({answer.verdict for answer in answers}) > 1:
        told = ", ".join(f"{one.bound}{one.value if one.value is not None else one.missing}" for one in latest)
        day = max(latest, key=lambda one: one.on.latest).on
        return Answer(
            Verdict.UNKNOWN,
            f"values of {concept} on {day} disagree: {told}",
            tuple(evidence_of(one) for one in latest),
            (f"which {concept} of {day} is the later one",),
        )
    return answers[0]


def compare_reading(reading: Reading, limit: Limit, units: UnitTable) -> Answer:
    """One reading against a limit, in the limit's unit or as a multiple of the laboratory's own limit."""
    evidence = (evidence_of(reading),)
    if not isinstance(reading.value, Quantity):
        why = reading.missing or "no number was given"
        return Answer(Verdict.UNKNOWN, f"{reading.concept} of {reading.on}: {why}", evidence, (reading.concept,))
    verdicts = []
    for sign, bound in limit.comparisons:
        reached = _in_one_unit(reading, bound, units)
        if isinstance(reached, str):
            return Answer(Verdict.UNKNOWN, reached, evidence, (f"{reading.concept}: {reached}",))
        verdicts.append(_against(sign, *reached, reading.bound))
    why = f"{reading.concept} {reading.bound}{reading.value} on {reading.on}, limit {limit}"
    missing = (f"an exact {reading.concept}",) if all_of(verdicts) is Verdict.UNKNOWN else ()
    return Answer(all_of(verdicts), why, evidence, missing)


def _in_one_unit(reading: Reading, bound: Quantity, units: UnitTable) -> tuple[Fraction, Fraction] | str:
    """The reading and the limit in one unit, or why they cannot be compared."""
    assert isinstance(reading.value, Quantity)
    try:
        if bound.unit in ("ULN", "LLN"):
            side = reading.high if bound.unit == "ULN" else reading.low
            if side is None:
                return f"the laboratory's {bound.unit} for {reading.concept} on {reading.on} is not known"
            return Fraction(reading.value.value), Fraction(bound.value) * side.in_unit(
                reading.value.unit, units, reading.concept
            )
        return reading.value.in_unit(bound.unit, units, reading.concept), Fraction(bound.value)
    except UnitMismatch as problem:
        return str(problem)


_BEYOND = {"<": ("<", "<="), "<=": ("<", "<="), ">": (">", ">="), ">=": (">", ">=")}


def _against(sign: str, value: Fraction, limit: Fraction, bound: str) -> Verdict:
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


def _judge_held(limit: Limit, span: Duration, readings: list[Reading], end: date, units: UnitTable) -> Answer:
    """Whether every value from the latest back over the time meets the limit.

    One value alone shows no duration: unless a later one still meets the limit, it stays unknown once the time is over.
    """
    days = _verdicts_by_day(limit, readings, units)
    last = days[0].day
    sure = min((one.day for one in takewhile(lambda one: one.verdict is Verdict.MET, days)), default=last)
    perhaps = min(one.since for one in takewhile(lambda one: one.verdict is not Verdict.NOT_MET, days))
    why = f"{readings[0].concept} {limit} from {sure} to {last}"
    evidence = tuple(evidence_of(one) for one in readings if one.on.latest >= perhaps)
    if span.after(sure) <= last:
        return Answer(Verdict.MET, why, evidence)
    if span.after(perhaps) <= end:
        gap = f"between {perhaps} and {last}" if span.after(perhaps) <= last else f"after {last}"
        return Answer(Verdict.UNKNOWN, why, evidence, (f"{readings[0].concept} {gap}",))
    return Answer(Verdict.NOT_MET, f"{why}, not yet {span}", evidence)


class _Day(NamedTuple):
    """One value's day, the earliest it can have been, and whether the limit was met."""

    day: date
    since: date
    verdict: Verdict


def _verdicts_by_day(limit: Limit, readings: list[Reading], units: UnitTable) -> list[_Day]:
    """Whether each value met the limit, newest first; values of a day without times count as one.

    A value without an exact day may lie elsewhere and is unknown.
    """
    found = []
    for day in sorted({one.on.latest for one in readings}, reverse=True):
        of_day = sorted((one for one in readings if one.on.latest == day), key=lambda one: -(_minutes(one) or 0))
        verdicts = [compare_reading(one, limit, units).verdict if one.on.exact else Verdict.UNKNOWN for one in of_day]
        if len(set(verdicts)) > 1 and not all(_minutes(one) is not None for one in of_day):
            verdicts = [Verdict.UNKNOWN]
        since = min(one.on.earliest for one in of_day)
        found += [_Day(day, since, verdict) for verdict in verdicts]
    return found


def judge_code(latest: Sequence[Reading], wanted: tuple[str, ...], concept: str, among: tuple[str, ...] = ()) -> Answer:
    """The latest code against those wanted; a code that is not `among` the possible ones is no answer."""
    if not latest:
        return unknown(f"no {concept} recorded", concept)
    seen = {one.value.value if isinstance(one.value, Quantity) else one.value for one in latest}
    evidence = tuple(evidence_of(one) for one in latest)
    if None in seen:
        why = next(one.missing for one in latest if one.value is None) or f"{concept} has no value"
        return Answer(Verdict.UNKNOWN, why, evidence, (concept,))
    told = " and ".join(sorted(str(value) for value in seen))
    if among and not all(str(value) in among for value in seen):
        why = f"{concept} is {told}, which is none of {', '.join(among)}"
        return Answer(Verdict.UNKNOWN, why, evidence, (concept,))
    held = {str(value) in wanted for value in seen}
    if len(held) > 1:
        return Answer(Verdict.UNKNOWN, f"{concept} is given as {told}", evidence, (f"which {concept} holds",))
    return Answer(Verdict.of(held.pop()), f"{concept} is {told} on {latest[0].on}", evidence)
