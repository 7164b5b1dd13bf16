"""What each construct means: the one evaluator, in three values, with reasons, evidence and the missing datum.

Kleene's logic: all is the least, any the greatest, not the opposite. What is unknown and stands in a condition twice is
tried both ways (`either_way`). Recorded values are judged in `values`, episodes in `episodes`, toxicities in
`toxicities`; the rest of the leaves stand here. Read `judge_condition`, then the leaf you came for.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from trialwright.core.conditions.answering import joined, unknown
from trialwright.core.conditions.comparing import compare_reading
from trialwright.core.conditions.constructs import (
    Age,
    All,
    AnyOf,
    Ask,
    AtLeast,
    Condition,
    Elapsed,
    FirstKnown,
    GradeIs,
    Had,
    IfThen,
    Limit,
    Measure,
    Not,
    NumberIs,
    ResponseIs,
    Sex,
)
from trialwright.core.conditions.either_way import either_way
from trialwright.core.conditions.episodes import judge_had
from trialwright.core.conditions.facts import Facts, Reading
from trialwright.core.conditions.toxicities import judge_grade
from trialwright.core.conditions.values import judge_code, judge_measure, judge_reading, latest_of
from trialwright.core.terms import (
    Answer,
    Duration,
    Evidence,
    PartialDate,
    Quantity,
    Response,
    Verdict,
    all_of,
    any_of,
    at_least,
)


def judge_condition(condition: Condition, facts: Facts) -> Answer:
    """Whether the condition holds on the day of the facts, with reasons, evidence and what is missing."""
    answer = _judge(condition, lambda leaf: _judge_leaf(leaf, facts))
    if answer.verdict is not Verdict.UNKNOWN:
        return answer
    return either_way(condition, answer, lambda leaf: _judge_leaf(leaf, facts), _judge)


def _judge(condition: Condition, leaf: Callable[[Condition], Answer]) -> Answer:
    """The condition by Kleene's logic; `leaf` tells what each of its leaves is."""
    match condition:
        case All(of):
            return joined(all_of, [_judge(part, leaf) for part in of])
        case AnyOf(of):
            return joined(any_of, [_judge(part, leaf) for part in of])
        case AtLeast(count, of):
            return joined(lambda seen: at_least(count, seen), [_judge(part, leaf) for part in of])
        case Not(of=part):
            return _judge(part, leaf).negated()
        case IfThen(when, then):
            return _judge_if_then(_judge(when, leaf), lambda: _judge(then, leaf))
        case FirstKnown(of):
            return _judge_first_known([_judge(part, leaf) for part in of])
        case _:
            return leaf(condition)


def _judge_leaf(condition: Condition, facts: Facts) -> Answer:
    match condition:
        case Age(limit):
            return judge_reading("age", latest_of(facts.readings("age")), limit, facts.units)
        case Sex(sex):
            return judge_code(latest_of(facts.readings("sex")), (sex,), "sex")
        case Measure():
            return judge_measure(condition, facts)
        case Had():
            return judge_had(condition, facts)
        case GradeIs():
            return judge_grade(condition, facts)
        case ResponseIs(one_of):
            return _judge_response(one_of, facts)
        case Ask(question, within):
            return judge_measure(Measure(question, one_of=("yes",), within=within), facts, among=("yes", "no"))
        case NumberIs(name, limit):
            return _judge_number(name, limit, facts)
        case Elapsed(since, limit):
            return _judge_elapsed(since, limit, facts)
    raise TypeError(f"{type(condition).__name__} is no condition")


def _judge_if_then(when: Answer, judge_then: Callable[[], Answer]) -> Answer:
    if when.verdict is Verdict.NOT_MET:
        return Answer(Verdict.MET, f"does not apply: {when.why}", when.evidence)
    then = judge_then()
    return then if when.verdict is Verdict.MET else joined(any_of, [when.negated(), then])


def _judge_first_known(answers: list[Answer]) -> Answer:
    known = [answer for answer in answers if answer.verdict is not Verdict.UNKNOWN]
    return known[0] if known else joined(any_of, answers)


def _judge_response(one_of: tuple[Response, ...], facts: Facts) -> Answer:
    assessed = facts.responses()
    if not assessed:
        return unknown("no response assessed yet", "response assessment")
    on, response = assessed[-1]
    evidence = (Evidence("response", response.name, str(on)),)
    if response is Response.NE and one_of == (Response.PD,) and facts.may_be_flare(on):
        return Answer(Verdict.NOT_MET, f"progression on {on} may be a flare and is not confirmed", evidence)
    if response is Response.NE and Response.NE not in one_of:
        return Answer(Verdict.UNKNOWN, f"response of {on} is not evaluable", evidence, ("an evaluable assessment",))
    return Answer(Verdict.of(response in one_of), f"{response.value} on {on}", evidence)


def _judge_number(name: str, limit: Limit, facts: Facts) -> Answer:
    number = facts.number(name)
    if number is None:
        return unknown(f"no {name} yet", name)
    value = number if isinstance(number, Quantity) else Quantity(Decimal(number))
    return compare_reading(Reading(name, value, PartialDate.parse(facts.on)), limit, facts.units)


def _judge_elapsed(since: str, limit: Duration, facts: Facts) -> Answer:
    start = facts.anchor(since)
    if start is None:
        return unknown(f"no {since} yet", since)
    due = limit.after(start)
    evidence = (Evidence(since, str(start), str(start)),)
    return Answer(Verdict.of(facts.on >= due), f"{limit} since {since} are over on {due}", evidence)
