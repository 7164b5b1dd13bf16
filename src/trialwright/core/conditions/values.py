"""Recorded values against limits and codes: which value counts as the latest, windows, units, "< 5", "for 7 days".

Values that may each be the latest (same day, or a date known only to the month) must agree, or it is unknown; the
kinder one is never chosen. Window edges are inclusive. An answer counts to the last day it is good for. What a limit is
compared with stands in `comparing`. Read `judge_measure`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import takewhile
from typing import NamedTuple

from trialwright.core.conditions.answering import evidence_of, unknown
from trialwright.core.conditions.comparing import compare_reading
from trialwright.core.conditions.constructs import OPERATORS, Limit, Measure, Rank, TimeBefore
from trialwright.core.conditions.facts import Facts, Reading
from trialwright.core.terms import Answer, Duration, Quantity, UnitTable, Verdict


def judge_measure(measure: Measure, facts: Facts, among: tuple[str, ...] = ()) -> Answer:
    """The latest value in the window against the limit or the codes; `among` are the only codes that are an answer."""
    start, end = window(measure.within, measure.between, measure.before, facts)
    known = facts.readings(measure.concept)
    perhaps = [one for one in known if one.on.earliest <= end and one.on.latest >= start]
    surely = [one for one in perhaps if one.on.earliest >= start and one.on.latest <= end]
    if not surely:
        return _none_inside(measure, perhaps or known, dated=not perhaps)
    latest = latest_of(perhaps, surely)
    if lapsed := next((one for one in latest if one.until and one.until < facts.on), None):
        return _lapsed(lapsed)
    if measure.one_of:
        return judge_code(latest, measure.one_of, measure.concept, among)
    if measure.rank is not None:
        return judge_rank(latest, measure.rank, measure.concept)
    return _judge_limit(measure, latest, perhaps, end, facts)


def _judge_limit(
    measure: Measure, latest: Sequence[Reading], perhaps: Sequence[Reading], end: date, facts: Facts
) -> Answer:
    assert measure.limit is not None
    if measure.of_baseline:
        before = baseline_of(measure.concept, facts)
        latest, perhaps = ([replace(one, baseline=before) for one in each] for each in (latest, perhaps))
    now = judge_reading(measure.concept, latest, measure.limit, facts.units)
    if measure.held_for is None or now.verdict is not Verdict.MET:
        return now
    return _judge_held(measure.limit, measure.held_for, perhaps, end, facts.units)


def window(within: Duration | None, between: TimeBefore | None, before: str | None, facts: Facts) -> tuple[date, date]:
    """The first and the last day that count, both included; nothing later than the day of the facts."""
    reference = reference_day(before, facts)
    if between:
        first, last = between.days(reference)
        return first, min(last, facts.on)
    return within.before(reference) if within else date.min, min(reference, facts.on)


def reference_day(before: str | None, facts: Facts) -> date:
    """The day a window counts back from: the anchor where it is known, else today.

    A planned first dose that was not taken cannot have been earlier than today.
    """
    anchor = facts.anchor(before) if before else None
    if anchor is None:
        return facts.on
    planned = before == "first_dose" and anchor < facts.on and facts.anchor("course_day_1") is None
    return facts.on if planned else anchor


def baseline_of(concept: str, facts: Facts) -> Quantity | str:
    """The last value up to the day of the first dose, which is drawn before it; in words why there is none."""
    first = min(facts.anchor("first_dose") or facts.on, facts.on)
    found = latest_of([one for one in facts.readings(concept) if one.on.latest <= first])
    values = {one.value for one in found if isinstance(one.value, Quantity) and not one.bound}
    if len(values) == 1 and all(isinstance(one.value, Quantity) and not one.bound for one in found):
        return values.pop()
    if not found:
        return f"the baseline of {concept}, by {first}, is not known"
    return f"which {concept} of {found[0].on} is the baseline is not known"


def _lapsed(reading: Reading) -> Answer:
    why = f"the answer to {reading.concept} of {reading.on} counted until {reading.until}"
    return Answer(Verdict.UNKNOWN, why, (evidence_of(reading),), (f"{reading.concept}, asked again",))


def _none_inside(measure: Measure, readings: Sequence[Reading], dated: bool) -> Answer:
    what = f"{measure.concept}{_time_words(measure)}"
    if not readings:
        return unknown(f"no {measure.concept} recorded", what)
    last = max(readings, key=lambda one: one.on.latest)
    evidence = (evidence_of(last),)
    if not dated:
        why = f"the {measure.concept} of {last.on} may be outside the window"
        return Answer(Verdict.UNKNOWN, why, evidence, (f"date of {measure.concept}",))
    return Answer(Verdict.UNKNOWN, f"the last {measure.concept} is of {last.on}, outside the window", evidence, (what,))


def _time_words(measure: Measure) -> str:
    """The window in the words of the protocol."""
    if measure.between:
        return f" {measure.between} before {measure.before or 'the day'}"
    return f" within {measure.within}" if measure.within else ""


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
    if len(latest) == 1:
        return compare_reading(latest[0], limit, units)
    answers = [compare_reading(reading, limit, units) for reading in sorted(latest, key=_shown)]
    evidence = tuple(item for answer in answers for item in answer.evidence)
    if len({answer.verdict for answer in answers}) == 1:
        missing = tuple(dict.fromkeys(item for answer in answers for item in answer.missing))
        return Answer(answers[0].verdict, answers[0].why, evidence, missing)
    told = ", ".join(one.value for one in evidence)
    day = max(latest, key=lambda one: one.on.latest).on
    lacks = tuple(dict.fromkeys(one.lacks for one in latest if one.lacks))
    missing = lacks or (f"which {concept} of {day} is the later one",)
    return Answer(Verdict.UNKNOWN, f"values of {concept} on {day} disagree: {told}", evidence, missing)


def _shown(reading: Reading) -> tuple[date, str]:
    """An order of readings that is the same in whichever order they were recorded."""
    return reading.on.latest, f"{reading.bound}{reading.value}"


def _judge_held(limit: Limit, span: Duration, readings: Sequence[Reading], end: date, units: UnitTable) -> Answer:
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


def _verdicts_by_day(limit: Limit, readings: Sequence[Reading], units: UnitTable) -> list[_Day]:
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
    latest = sorted(latest, key=_shown)
    evidence = tuple(evidence_of(one) for one in latest)
    if None in seen:
        why = next(one.missing for one in latest if one.value is None) or f"{concept} has no value"
        lacks = next((one.lacks for one in latest if one.lacks), concept)
        return Answer(Verdict.UNKNOWN, why, evidence, (lacks,))
    told = " and ".join(sorted(str(value) for value in seen))
    if among and not all(str(value) in among for value in seen):
        why = f"{concept} is {told}, which is none of {', '.join(among)}"
        return Answer(Verdict.UNKNOWN, why, evidence, (concept,))
    held = {str(value) in wanted for value in seen}
    if len(held) > 1:
        return Answer(Verdict.UNKNOWN, f"{concept} is given as {told}", evidence, (f"which {concept} holds",))
    return Answer(Verdict.of(held.pop()), f"{concept} is {told} on {latest[0].on}", evidence)


def code_verdict(reading: Reading, wanted: tuple[str, ...], among: tuple[str, ...] = ()) -> Verdict:
    """What `judge_code` says of one reading, without its words."""
    value = reading.value.value if isinstance(reading.value, Quantity) else reading.value
    if value is None or (among and str(value) not in among):
        return Verdict.UNKNOWN
    return Verdict.of(str(value) in wanted)


def judge_rank(latest: Sequence[Reading], rank: Rank, concept: str) -> Answer:
    """The latest code against a place on its scale; without an order of its codes, or off the scale, it is unknown."""
    scale = latest[0].scale
    wanted = codes_at(scale, rank)
    off = [code for _, code in rank.comparisons if code not in scale]
    if off:
        return unknown(f"{off[0]} has no place on a scale of {concept}", f"the order of {concept}")
    return judge_code(latest, wanted, concept, scale)


def codes_at(scale: Sequence[str], rank: Rank) -> tuple[str, ...]:
    """The codes of a scale that stand on the side of every comparison.

    >>> codes_at(("I", "II", "III"), Rank.parse(">= II"))
    ('II', 'III')
    """
    places = [(OPERATORS[sign], scale.index(bound)) for sign, bound in rank.comparisons if bound in scale]
    return tuple(code for at, code in enumerate(scale) if all(compare(at, place) for compare, place in places))
