"""What each construct means: the one evaluator, in three values, with reasons, evidence and the missing datum.

Kleene's logic: all is the least, any the greatest, not the opposite. Values of one day that disagree are unknown,
never the kinder one. Read `judge_condition`, then the leaf you came for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from trialwright.core.conditions.constructs import (
    OPERATORS,
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
from trialwright.core.conditions.facts import Episode, Facts, Reading, Toxicity
from trialwright.core.terms import (
    Answer,
    Duration,
    Evidence,
    PartialDate,
    Quantity,
    Response,
    UnitMismatch,
    UnitTable,
    Verdict,
    all_of,
    any_of,
    at_least,
)


def judge_condition(condition: Condition, facts: Facts) -> Answer:
    """Whether the condition holds on the day of the facts, with reasons, evidence and what is missing."""
    match condition:
        case All(of):
            return _joined(all_of, [judge_condition(part, facts) for part in of])
        case AnyOf(of):
            return _joined(any_of, [judge_condition(part, facts) for part in of])
        case AtLeast(count, of):
            return _joined(lambda seen: at_least(count, seen), [judge_condition(part, facts) for part in of])
        case Not(of=part):
            return judge_condition(part, facts).negated()
        case IfThen():
            return _judge_if_then(condition, facts)
        case FirstKnown(of):
            return _judge_first_known([judge_condition(part, facts) for part in of])
        case _:
            return _judge_leaf(condition, facts)


def _judge_leaf(condition: Condition, facts: Facts) -> Answer:
    match condition:
        case Age():
            return _judge_reading("age", _latest(facts.readings("age")), condition.limit, facts)
        case Sex(sex):
            return _judge_code(_latest(facts.readings("sex")), (sex,), "sex")
        case Measure():
            return _judge_measure(condition, facts)
        case Had():
            return _judge_had(condition, facts)
        case GradeIs():
            return _judge_grade(condition, facts)
        case ResponseIs(one_of):
            return _judge_response(one_of, facts)
        case Ask():
            return _judge_ask(condition, facts)
        case NumberIs(name, limit):
            return _judge_number(name, limit, facts)
        case Elapsed(since, limit):
            return _judge_elapsed(since, limit, facts)
    raise TypeError(f"{type(condition).__name__} is no condition")


def _joined(logic: Callable[[list[Verdict]], Verdict], answers: list[Answer]) -> Answer:
    verdict = logic([answer.verdict for answer in answers])
    told = [answer for answer in answers if answer.verdict is verdict] or answers
    return Answer(
        verdict,
        "; ".join(dict.fromkeys(answer.why for answer in told if answer.why)),
        tuple(item for answer in told for item in answer.evidence),
        tuple(dict.fromkeys(item for answer in told for item in answer.missing)) if verdict is Verdict.UNKNOWN else (),
    )


def _judge_if_then(condition: IfThen, facts: Facts) -> Answer:
    when = judge_condition(condition.when, facts)
    if when.verdict is Verdict.NOT_MET:
        return Answer(Verdict.MET, f"does not apply: {when.why}", when.evidence)
    then = judge_condition(condition.then, facts)
    return then if when.verdict is Verdict.MET else _joined(any_of, [when.negated(), then])


def _judge_first_known(answers: list[Answer]) -> Answer:
    known = [answer for answer in answers if answer.verdict is not Verdict.UNKNOWN]
    return known[0] if known else _joined(any_of, answers)


def _latest(readings: Sequence[Reading]) -> list[Reading]:
    """The readings that count as latest: those of the last day, and of its last time where times are known."""
    if not readings:
        return []
    last = max(reading.on.latest for reading in readings)
    of_day = [reading for reading in readings if reading.on.latest == last]
    if all(reading.time for reading in of_day):
        last_time = max(reading.time for reading in of_day)
        return [reading for reading in of_day if reading.time == last_time]
    return of_day


def _unknown(why: str, *missing: str) -> Answer:
    return Answer(Verdict.UNKNOWN, why, (), missing)


def _judge_measure(measure: Measure, facts: Facts) -> Answer:
    reference = facts.anchor(measure.before) if measure.before else None
    end = min(reference or facts.on, facts.on)
    earliest = measure.within.before(reference or facts.on) if measure.within else date.min
    known = [reading for reading in facts.readings(measure.concept) if reading.on.latest <= end]
    inside = [reading for reading in known if reading.on.earliest >= earliest]
    if not inside:
        return _out_of_window(measure, known)
    if measure.held_for and measure.limit:
        return _judge_held(measure, measure.limit, measure.held_for, inside, facts)
    if measure.one_of:
        return _judge_code(_latest(inside), measure.one_of, measure.concept)
    assert measure.limit is not None
    return _judge_reading(measure.concept, _latest(inside), measure.limit, facts)


def _out_of_window(measure: Measure, known: Sequence[Reading]) -> Answer:
    window = f" within {measure.within}" if measure.within else ""
    what = f"{measure.concept}{window}"
    if known:
        last = max(known, key=lambda reading: reading.on.latest)
        return _unknown(f"the last {measure.concept} is of {last.on}, too long ago", what)
    return _unknown(f"no {measure.concept} recorded", what)


def _judge_reading(concept: str, latest: list[Reading], limit: Limit, facts: Facts) -> Answer:
    if not latest:
        return _unknown(f"no {concept} recorded", concept)
    answers = [_compare(reading, limit, facts.units) for reading in latest]
    if len({answer.verdict for answer in answers}) > 1:
        return _unknown(
            f"values of {concept} on {latest[0].on} disagree: {', '.join(str(reading.value) for reading in latest)}",
            f"which {concept} of {latest[0].on} is the later one",
        )
    return answers[0]


def _compare(reading: Reading, limit: Limit, units: UnitTable) -> Answer:
    evidence = (_evidence(reading),)
    if not isinstance(reading.value, Quantity):
        why = reading.missing or "no number was given"
        return Answer(Verdict.UNKNOWN, f"{reading.concept} of {reading.on}: {why}", evidence, (reading.concept,))
    verdicts = []
    for sign, bound in limit.comparisons:
        reached = _bound_value(reading, bound, units)
        if isinstance(reached, str):
            return Answer(Verdict.UNKNOWN, reached, evidence, (f"{reading.concept}: {reached}",))
        value, against = reached
        verdicts.append(_against(sign, value, against, reading.bound))
    why = f"{reading.concept} {reading.bound}{reading.value} on {reading.on}, limit {limit}"
    missing = (f"an exact {reading.concept}",) if all_of(verdicts) is Verdict.UNKNOWN else ()
    return Answer(all_of(verdicts), why, evidence, missing)


def _bound_value(reading: Reading, bound: Quantity, units: UnitTable) -> tuple[Fraction, Fraction] | str:
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


def _against(sign: str, value: Fraction, limit: Fraction, bound: str) -> Verdict:
    """Compare; a value known only as "< 5" or "> 5" decides where every value it can be decides alike."""
    if not bound:
        return Verdict.of(OPERATORS[sign](value, limit))
    if bound == "<":
        if value <= limit:
            return Verdict.of(sign in ("<=", "<"))
        return Verdict.UNKNOWN
    if value >= limit:
        return Verdict.of(sign in (">=", ">"))
    return Verdict.UNKNOWN


def _judge_held(measure: Measure, limit: Limit, span: Duration, inside: list[Reading], facts: Facts) -> Answer:
    """Whether every value from the latest back over the time meets the limit.

    One value alone shows no duration: unless a later one still meets the limit, it stays unknown once the time is over.
    """
    answers = [(reading, _compare(reading, limit, facts.units)) for reading in inside]
    latest = _joined(all_of, [answer for reading, answer in answers if reading in _latest(inside)])
    if latest.verdict is not Verdict.MET:
        return latest
    run = []
    for reading, answer in sorted(answers, key=lambda pair: pair[0].on.latest, reverse=True):
        if answer.verdict is not Verdict.MET:
            break
        run.append(reading)
    first, last = run[-1].on.latest, run[0].on.latest
    why = f"{measure.concept} {limit} from {first} to {last}"
    if span.after(first) <= last:
        return Answer(Verdict.MET, why, tuple(_evidence(reading) for reading in run))
    if span.after(first) <= facts.on:
        return Answer(Verdict.UNKNOWN, why, latest.evidence, (f"{measure.concept} after {last}",))
    return Answer(Verdict.NOT_MET, f"{why}, not yet {span}", latest.evidence)


def _judge_code(latest: list[Reading], wanted: tuple[str, ...], concept: str) -> Answer:
    if not latest:
        return _unknown(f"no {concept} recorded", concept)
    seen = {reading.value.value if isinstance(reading.value, Quantity) else reading.value for reading in latest}
    evidence = tuple(_evidence(reading) for reading in latest)
    if None in seen:
        return Answer(Verdict.UNKNOWN, latest[0].missing or f"{concept} has no value", evidence, (concept,))
    held = {str(value) in wanted for value in seen}
    told = " and ".join(sorted(str(value) for value in seen))
    if len(held) > 1:
        return Answer(Verdict.UNKNOWN, f"{concept} is given as {told}", evidence, (f"which {concept} holds",))
    return Answer(Verdict.of(held.pop()), f"{concept} is {told} on {latest[0].on}", evidence)


def _judge_had(had: Had, facts: Facts) -> Answer:
    reference = (facts.anchor(had.before) if had.before else None) or facts.on
    since = had.within.before(reference) if had.within else None
    answers = [_judge_episode(episode, had, reference, since) for episode in facts.episodes(had.set)]
    found = _joined(any_of, answers) if answers else Answer(Verdict.NOT_MET)
    if found.verdict is not Verdict.NOT_MET:
        return found
    looked = facts.reviewed(had.set)
    if looked is None:
        return _unknown(f"nobody has recorded whether there is any {had.set}", f"history of {had.set}")
    return Answer(Verdict.NOT_MET, f"no {had.set} by the history taken on {looked}", found.evidence)


def _judge_episode(episode: Episode, had: Had, reference: date, since: date | None) -> Answer:
    verdict = all_of(
        [
            _episode_in_time(episode, had.how, reference, since),
            *(_field_is(episode, name, codes) for name, codes in had.where),
        ]
    )
    told = f"{episode.code} from {episode.start or 'an unknown date'} to {_told_end(episode)}"
    evidence = (Evidence(had.set, told, str(episode.start or ""), episode.event),)
    missing = (f"dates and outcome of {episode.code}",) if verdict is Verdict.UNKNOWN else ()
    return Answer(verdict, told, evidence, missing)


def _told_end(episode: Episode) -> str:
    return "now" if episode.ongoing else str(episode.end or "an unknown date")


def _episode_in_time(episode: Episode, how: str, reference: date, since: date | None) -> Verdict:
    started = episode.start.on_or_before(reference) if episode.start else Verdict.UNKNOWN
    if how == "had":
        if since is None:
            return started if episode.start else Verdict.MET
        return started & (episode.start.on_or_after(since) if episode.start else Verdict.UNKNOWN)
    until = reference if how == "ongoing" else since
    assert until is not None
    return (started if episode.start else Verdict.MET) & _still_going(episode, until)


def _still_going(episode: Episode, until: date) -> Verdict:
    if episode.end is not None:
        return episode.end.on_or_after(until)
    return Verdict.of(True if episode.ongoing else None)


def _field_is(episode: Episode, name: str, codes: tuple[str, ...]) -> Verdict:
    given = episode.fields.get(name)
    return Verdict.of(None if given in (None, "", "unknown") else given in codes)


def _judge_grade(wanted: GradeIs, facts: Facts) -> Answer:
    start = facts.anchor("course_day_1") if wanted.during == "course" else None
    answers = [
        _judge_toxicity(toxicity, wanted, facts.on)
        for toxicity in facts.toxicities()
        if wanted.term in ("any", toxicity.term) and (start is None or toxicity.onset.latest >= start)
    ]
    found = _joined(any_of, answers) if answers else Answer(Verdict.NOT_MET, "no such toxicity reported")
    if found.verdict is not Verdict.NOT_MET or wanted.laboratory:
        return found
    looked = facts.reviewed("adverse_event")
    if looked is None or (start is not None and looked < start):
        return _unknown("nobody has recorded whether there were adverse events", "review of adverse events")
    return Answer(Verdict.NOT_MET, f"none by the review of {looked}", found.evidence)


def _judge_toxicity(toxicity: Toxicity, wanted: GradeIs, on: date) -> Answer:
    graded = None if toxicity.grade is None else Fraction(toxicity.grade.number)
    going = Verdict.of(True) if toxicity.end is None else toxicity.end.on_or_after(on)
    verdict = all_of(
        [
            *(_reaches(graded, sign, limit) for sign, limit in wanted.limit.comparisons),
            _agrees(toxicity.related, wanted.related),
            _agrees(toxicity.laboratory, wanted.laboratory),
            Verdict.MET if wanted.ongoing is None else going if wanted.ongoing else ~going,
        ]
    )
    told = f"{toxicity.term} {toxicity.grade or 'of unknown grade'} from {toxicity.onset}"
    missing = (f"grade and relation of {toxicity.term}",) if verdict is Verdict.UNKNOWN else ()
    return Answer(verdict, told, (Evidence(toxicity.term, told, str(toxicity.onset), toxicity.event),), missing)


def _reaches(graded: Fraction | None, sign: str, limit: Quantity) -> Verdict:
    return Verdict.of(None if graded is None else OPERATORS[sign](graded, Fraction(limit.value)))


def _agrees(given: bool | None, wanted: bool | None) -> Verdict:
    return Verdict.MET if wanted is None else Verdict.of(None if given is None else given is wanted)


def _judge_response(one_of: tuple[Response, ...], facts: Facts) -> Answer:
    assessed = facts.responses()
    if not assessed:
        return _unknown("no response assessed yet", "response assessment")
    on, response = assessed[-1]
    evidence = (Evidence("response", response.name, str(on)),)
    if response is Response.NE and Response.NE not in one_of:
        return Answer(Verdict.UNKNOWN, f"response of {on} is not evaluable", evidence, ("an evaluable assessment",))
    return Answer(Verdict.of(response in one_of), f"{response.value} on {on}", evidence)


def _judge_ask(ask: Ask, facts: Facts) -> Answer:
    earliest = ask.within.before(facts.on) if ask.within else date.min
    given = [reading for reading in facts.readings(ask.question) if reading.on.earliest >= earliest]
    answer = _judge_code(_latest(given), ("yes",), ask.question)
    if answer.verdict is Verdict.NOT_MET and not all(reading.value == "no" for reading in _latest(given)):
        return Answer(Verdict.UNKNOWN, f"{ask.question} is neither yes nor no", answer.evidence, (ask.question,))
    return answer


def _judge_number(name: str, limit: Limit, facts: Facts) -> Answer:
    number = facts.number(name)
    if number is None:
        return _unknown(f"no {name} yet", name)
    value = number if isinstance(number, Quantity) else Quantity(Decimal(number))
    return _compare(Reading(name, value, PartialDate.parse(facts.on)), limit, facts.units)


def _judge_elapsed(since: str, limit: Duration, facts: Facts) -> Answer:
    start = facts.anchor(since)
    if start is None:
        return _unknown(f"no {since} yet", since)
    due = limit.after(start)
    return Answer(Verdict.of(facts.on >= due), f"{limit} since {since} are over on {due}")


def _evidence(reading: Reading) -> Evidence:
    shown = reading.missing if reading.value is None else f"{reading.bound}{reading.value}"
    return Evidence(reading.concept, shown, str(reading.on), reading.event)
