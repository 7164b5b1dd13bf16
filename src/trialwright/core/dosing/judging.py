"""Conditions judged on the days of a case: the verdict first, its words only where someone reads them.

Most rules are told by the latest value alone, thousands of times in a replay; `verdict_on` compares it as it is and
asks the one evaluator (`conditions.judge_condition`) whenever there is more to it: a date that is not exact, a
time it must have held. It must never say anything else than the evaluator does.
Read `judged`, then `verdict_on`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.core.conditions import (
    All,
    AnyOf,
    Ask,
    AtLeast,
    Condition,
    FirstKnown,
    GradeIs,
    Had,
    IfThen,
    Measure,
    Not,
    Reading,
    Sex,
    judge_condition,
    parts,
)
from trialwright.core.conditions.comparing import limit_verdict
from trialwright.core.conditions.constructs import OPERATORS
from trialwright.core.conditions.toxicities import grade_verdict
from trialwright.core.conditions.values import code_verdict
from trialwright.core.dosing.evidence import Data
from trialwright.core.terms import Answer, Quantity, UnitTable, Verdict, all_of, any_of

REVIEW = "adverse_event_review"
NEVER = AnyOf(())
"""The condition that is never met."""


def judged(data: Data, condition: Condition, day: date, after: date | None = None) -> Answer:
    """Whether the condition holds on a day, by the data after another day where that is asked; judged once."""
    key = (data.asked.name_of(condition), day, after)
    if key not in data.answers:
        data.answers[key] = judge_condition(condition, data.on(day, after))
    return data.answers[key]


def verdict_on(data: Data, condition: Condition, day: date) -> Verdict:
    """The verdict of a condition on a day, as the evaluator gives it, without its words.

    What the parts alone leave unknown the evaluator may still tell, where something unknown stands in it twice.
    """
    key = (data.asked.name_of(condition), day)
    if key not in data.told:
        told = _by_parts(data, condition, day)
        asks = told is Verdict.UNKNOWN and data.asked.repeats(condition)
        data.told[key] = judged(data, condition, day).verdict if asks else told
    return data.told[key]


def _by_parts(data: Data, condition: Condition, day: date) -> Verdict:
    match condition:
        case All(of):
            return all_of(_by_parts(data, part, day) for part in of)
        case AnyOf(of):
            return any_of(_by_parts(data, part, day) for part in of)
        case Not(of=part):
            return ~_by_parts(data, part, day)
        case IfThen(when, then):
            return any_of(_by_parts(data, part, day) for part in (Not(when), then))
        case FirstKnown(of) if of:
            seen = (_by_parts(data, part, day) for part in of)
            return next((one for one in seen if one is not Verdict.UNKNOWN), Verdict.UNKNOWN)
    if isinstance(condition, GradeIs):
        return _of_grade(data, condition, day)
    told = _by_the_latest(data, condition, day) if isinstance(condition, Measure | Ask | Sex) else None
    return judged(data, condition, day).verdict if told is None else told


def _of_grade(data: Data, condition: GradeIs, day: date) -> Verdict:
    """Whether there is a toxicity of a grade, told once for each day."""
    key = (data.asked.name_of(condition), day)
    if key not in data.told:
        among = [one for one in data.toxicities_of(condition) if one.onset.earliest <= day]
        data.told[key] = grade_verdict(condition, data.on(day), among)
    return data.told[key]


def cannot_hold(data: Data, condition: Condition, day: date) -> bool:
    """Whether nothing recorded by a day can meet the condition: it does not hold, or nobody knows of anything."""
    match condition:
        case All(of):
            return any(cannot_hold(data, part, day) for part in of)
        case AnyOf(of) | FirstKnown(of):
            return all(cannot_hold(data, part, day) for part in of)
        case GradeIs():
            return not any(one.onset.earliest <= day for one in data.toxicities_of(condition))
        case Had(set=name, at_least_n=count):
            return count > 0 and not any(seen <= day for seen, _ in data.episodes(name))
        case Measure() | Ask() | Sex():
            return _by_the_latest(data, condition, day) is Verdict.NOT_MET
    return False


def _by_the_latest(data: Data, condition: Measure | Ask | Sex, day: date) -> Verdict | None:
    """The verdict where the values of one day tell it; None where the evaluator has to be asked."""
    plain = data.asked.plain(condition)
    if plain is None:
        return None
    series = data.readings(plain.concept)
    if series.none_by(day):
        return Verdict.UNKNOWN
    at = series.latest(day)
    if at is None:
        return None
    if plain.within and series.day(at) < plain.within.before(day):
        return Verdict.UNKNOWN
    key = (data.asked.name_of(condition), at)
    if key not in data.latest:
        among = ("yes", "no") if isinstance(condition, Ask) else ()
        data.latest[key] = _of_the_latest(series.of_its_day(at), plain, among, data.case.units)
    verdict, until = data.latest[key]
    if until is not None and until < day:
        return Verdict.UNKNOWN
    return None if plain.held_for and verdict is not Verdict.NOT_MET else verdict


def _of_the_latest(
    latest: Sequence[Reading], measure: Measure, among: tuple[str, ...], units: UnitTable
) -> tuple[Verdict, date | None]:
    """What values of one day say, unknown where they disagree, and the last day on which each of them counts."""
    said = {_compared(one, measure, among, units) for one in latest}
    until = min((one.until for one in latest if one.until), default=None)
    return said.pop() if len(said) == 1 else Verdict.UNKNOWN, until


def _compared(reading: Reading, measure: Measure, among: tuple[str, ...], units: UnitTable) -> Verdict:
    """What one reading says; told once of it."""
    kept: dict[int, tuple[Measure, UnitTable, Verdict]] = reading.kept.setdefault("told", {})
    known = kept.get(id(measure))  # the measure is kept with it, so that no other one can have its place
    if known is None or known[0] is not measure or known[1] is not units:
        known = kept[id(measure)] = measure, units, _tell(reading, measure, among, units)
    return known[2]


def _tell(reading: Reading, measure: Measure, among: tuple[str, ...], units: UnitTable) -> Verdict:
    if measure.limit is None:
        return code_verdict(reading, measure.one_of, among)
    value, compared = reading.value, measure.limit.comparisons
    if isinstance(value, Quantity) and not reading.bound and all(bound.unit == value.unit for _, bound in compared):
        return Verdict.of(all(OPERATORS[sign](value.value, bound.value) for sign, bound in compared))
    return limit_verdict(reading, measure.limit, units)


@dataclass(frozen=True)
class OpenQuestion:
    """Something recorded by a day that does not tell whether a condition holds; `event` where it is no mere value."""

    why: str
    missing: tuple[str, ...]
    event: bool


def open_question(data: Data, condition: Condition, day: date) -> OpenQuestion | None:
    """What was recorded and leaves a condition unknown on a day: an event without its grade, values that disagree.

    That nothing was recorded leaves nothing open: the next value tells.
    """
    if verdict_on(data, condition, day) is not Verdict.UNKNOWN or cannot_hold(data, condition, day):
        return None
    for part in parts(condition):
        recorded = _recorded(data, part, day)
        if recorded is not None:
            answer = judged(data, part, day)
            return OpenQuestion(answer.why, answer.missing, recorded)
    return None


def _recorded(data: Data, part: Condition, day: date) -> bool | None:
    """Whether an event (or only a value of the day) leaves a part unknown; None where nothing recorded does."""
    if not isinstance(part, GradeIs | Had | Measure | Ask) or verdict_on(data, part, day) is not Verdict.UNKNOWN:
        return None
    if isinstance(part, GradeIs) and cannot_hold(data, part, day):
        return None
    if isinstance(part, Measure | Ask):
        concept = part.concept if isinstance(part, Measure) else part.question
        of_day = [one for one in data.on(day).readings(concept) if one.on.exact == day and one.value is not None]
        return False if of_day else None
    told = {one.event for one in judged(data, part, day).evidence if one.concept != REVIEW}
    if isinstance(part, Had):
        return True if told else None
    seen = [one for one in data.toxicities_of(part) if one.event in told]
    return any(not one.laboratory for one in seen) if seen else None


def untreated(data: Data, condition: Condition) -> Condition:
    """The condition as it stands before the first dose, worded once."""
    asked, name = data.asked, data.asked.name_of(condition)
    if name not in asked.untreated:
        asked.untreated[name] = before_any_dose(condition)
    return asked.untreated[name]


def before_any_dose(condition: Condition) -> Condition:
    """The condition as it stands before the first dose: no toxicity of treatment or of a course can have been."""
    match condition:
        case GradeIs(related=related, during=during):
            return NEVER if related or during == "course" else condition
        case All(of):
            return All(tuple(before_any_dose(part) for part in of))
        case AnyOf(of):
            return AnyOf(tuple(before_any_dose(part) for part in of))
        case AtLeast(count, of):
            return AtLeast(count, tuple(before_any_dose(part) for part in of))
        case FirstKnown(of):
            return FirstKnown(tuple(before_any_dose(part) for part in of))
        case Not(of=part):
            return Not(before_any_dose(part))
        case IfThen(when, then):
            return IfThen(before_any_dose(when), before_any_dose(then))
    return condition
