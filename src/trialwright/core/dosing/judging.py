"""Conditions judged on the days of a case, each once between the days on which its answer can turn.

`surely_not` sifts: most rules fail on most days by a number alone, and a rule that fails opens and lowers nothing.
Where it cannot tell, the one evaluator does (`conditions.judge_condition`). Read `judged`.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from trialwright.core.conditions import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    FirstKnown,
    GradeIs,
    IfThen,
    Measure,
    Not,
    judge_condition,
)
from trialwright.core.dosing.evidence import Data
from trialwright.core.dosing.turning import surely_fails, turning_days
from trialwright.core.terms import Answer, Verdict

NEVER = AnyOf(())
"""The condition that is never met."""


def judged(data: Data, condition: Condition, day: date, after: date | None = None) -> Answer:
    """Whether the condition holds on a day, by the data after another day where that is asked."""
    turns = _turns(data, condition)
    key = ("answer", id(condition), after, day if turns is None else bisect_right(turns, day))
    if key not in data.memo:
        data.memo[key] = judge_condition(condition, data.on(day, after))
    answer: Answer = data.memo[key]
    return answer


def _turns(data: Data, condition: Condition) -> tuple[date, ...] | None:
    key = ("turns", id(condition))
    if key not in data.memo:
        data.memo[key] = (condition, turning_days(condition, data))
    turns: tuple[date, ...] | None = data.memo[key][1]
    return turns


def surely_not(data: Data, condition: Condition, day: date) -> bool:
    """Whether the condition is known not to hold on a day; False where the evaluator has to be asked."""
    match condition:
        case All(of):
            return any(surely_not(data, part, day) for part in of)
        case AnyOf(of):
            return all(surely_not(data, part, day) for part in of)
        case FirstKnown(of):
            return bool(of) and surely_not(data, of[0], day)
        case Measure(limit=limit, before=None) if limit is not None:
            return _number_fails(data, condition, day)
    return judged(data, condition, day).verdict is Verdict.NOT_MET


def _number_fails(data: Data, measure: Measure, day: date) -> bool:
    """Whether the latest value is outside the limit; several values of one day are left to the evaluator."""
    series = data.readings(measure.concept)
    at = series.latest(day)
    if at is None or (measure.within and series.day(at) < measure.within.before(day)):
        return False
    key = ("fails", id(measure), at)
    if key not in data.memo:
        assert measure.limit is not None
        data.memo[key] = surely_fails(series.readings[at], measure.limit, data.case.units)
    fails: bool = data.memo[key]
    return fails


def untreated(data: Data, condition: Condition) -> Condition:
    """The condition as it stands before the first dose, worded once."""
    key = ("untreated", id(condition))
    if key not in data.memo:
        data.memo[key] = (condition, before_any_dose(condition))
    worded: Condition = data.memo[key][1]
    return worded


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
