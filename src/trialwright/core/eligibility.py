"""Criteria -> met, not met or unknown for a subject on a day, each with its clause, what was seen, what is missing.

Met always means good for entry, whether a criterion says what must or what must not be. Eligible only if every
criterion is met; one that is not met is enough for not eligible; otherwise it is undetermined, and unknown blocks.
What a condition means is decided in `conditions`. An answer expires: `holds_until` is the first day on which it is
no longer the same without anything new. Read `judge_eligibility`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from trialwright.core.conditions import (
    All,
    Ask,
    Condition,
    Elapsed,
    Facts,
    Had,
    Measure,
    Not,
    TimeBefore,
    judge_condition,
    parts,
)
from trialwright.core.protocol import Criterion
from trialwright.core.subject import Case
from trialwright.core.terms import Because, Duration, Evidence, PartialDate, Verdict, all_of

DAY, NO_DAY = timedelta(days=1), timedelta(0)


@dataclass(frozen=True)
class CriterionAnswer:
    """Whether one criterion is met (good for entry), why, on which data, and what is missing to tell."""

    id: str
    verdict: Verdict
    because: tuple[Because, ...]
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Eligibility:
    """Every criterion's answer on a day, and what they come to.

    `holds_until` is the first later day on which an answer changes by itself, because a window has run out or opened.
    """

    on: date
    verdict: Verdict
    criteria: tuple[CriterionAnswer, ...]
    holds_until: date | None = None

    @property
    def word(self) -> str:
        """The verdict in the words of a checklist."""
        return WORDS[self.verdict]

    @property
    def missing(self) -> tuple[str, ...]:
        """Every datum that is missing to tell, in the order of the criteria."""
        return tuple(dict.fromkeys(item for one in self.criteria for item in one.missing))


WORDS: Mapping[Verdict, str] = {
    Verdict.MET: "eligible",
    Verdict.NOT_MET: "not eligible",
    Verdict.UNKNOWN: "undetermined",
}


def judge_eligibility(case: Case, on: date) -> Eligibility:
    """Whether a subject may enter the study, as known on a day, by every criterion of its protocol."""
    facts_on, criteria = cache(case.facts), case.protocol.eligibility
    own = _judge_each(criteria, facts_on(on))
    answers = _judge_criteria(criteria, criteria, own)
    until = _changes_on([one for one in criteria if one.id in own], own, facts_on, on)
    return Eligibility(on, all_of(one.verdict for one in answers), answers, until)


def judge_criteria(case: Case, on: date, wanted: Sequence[Criterion]) -> tuple[CriterionAnswer, ...]:
    """The answers to some criteria as known on a day; the others are judged only where one of these points to any."""
    criteria = case.protocol.eligibility
    asked = criteria if any(one.see for one in wanted) else wanted
    return _judge_criteria(wanted, criteria, _judge_each(asked, case.facts(on)))


def _judge_each(criteria: Sequence[Criterion], facts: Facts) -> Mapping[str, CriterionAnswer]:
    """Each criterion that asks something, by its own condition."""
    return {one.id: _judge_own(one, facts) for one in criteria if _asked(one) is not None}


def _judge_criteria(
    wanted: Sequence[Criterion], criteria: Sequence[Criterion], own: Mapping[str, CriterionAnswer]
) -> tuple[CriterionAnswer, ...]:
    known = {one.id: one for one in criteria}
    return tuple(_judge_criterion(one, own, known) for one in wanted)


def _asked(criterion: Criterion) -> Condition | None:
    """What the criterion asks of the subject, turned so that met is good for entry; None where it asks nothing."""
    own = [] if criterion.must is None else [criterion.must]
    own += [] if criterion.must_not is None else [Not(criterion.must_not)]
    return own[0] if len(own) == 1 else All(tuple(own)) if own else None


def _judge_own(criterion: Criterion, facts: Facts) -> CriterionAnswer:
    """The criterion by its own condition."""
    asked = _asked(criterion)
    assert asked is not None
    answer = judge_condition(asked, facts)
    saw = answer.why or ("it asks nothing of the subject" if answer.verdict is Verdict.MET else "")
    because = (Because(criterion.id, criterion.words, saw),)
    return CriterionAnswer(criterion.id, answer.verdict, because, answer.evidence, answer.missing)


def _judge_criterion(
    criterion: Criterion, own: Mapping[str, CriterionAnswer], known: Mapping[str, Criterion]
) -> CriterionAnswer:
    """A criterion's answer; one that points to others has the answers of all it leads to."""
    if not criterion.see:
        nothing = Because(criterion.id, criterion.words, "it restricts nothing")
        return own.get(criterion.id) or CriterionAnswer(criterion.id, Verdict.MET, (nothing,))
    ends = _led_to(criterion, own, known, ())
    lost = tuple(f"what {name} points to" for name, answer in ends if answer is None)
    found = [answer for _, answer in ends if answer is not None]
    verdict = all_of([*(answer.verdict for answer in found), *(Verdict.UNKNOWN for _ in lost)])
    deciding = [answer for answer in found if answer.verdict is verdict]
    saw = "; ".join(f"{answer.id}: {answer.because[0].saw}" for answer in deciding) or ", ".join(lost)
    missing = tuple(item for answer in deciding for item in answer.missing) + lost if verdict is Verdict.UNKNOWN else ()
    evidence = tuple(item for answer in deciding for item in answer.evidence)
    return CriterionAnswer(criterion.id, verdict, (Because(criterion.id, criterion.words, saw),), evidence, missing)


def _led_to(
    criterion: Criterion,
    own: Mapping[str, CriterionAnswer],
    known: Mapping[str, Criterion],
    way: tuple[str, ...],
) -> list[tuple[str, CriterionAnswer | None]]:
    """The answers a criterion leads to, through as many steps as it takes; None for a loop or an id nobody has."""
    found: list[tuple[str, CriterionAnswer | None]] = []
    if criterion.id in own:
        found.append((criterion.id, own[criterion.id]))
    for name in criterion.see:
        if name not in known or name == criterion.id or name in way:
            found.append((criterion.id, None))
        elif known[name].see or name in own:
            found += _led_to(known[name], own, known, (*way, criterion.id))
    return found


# --- how long an answer holds ------------------------------------------------------------------------------------


def _changes_on(
    criteria: Sequence[Criterion], own: Mapping[str, CriterionAnswer], facts_on: Callable[[date], Facts], on: date
) -> date | None:
    """The first day after today on which a criterion's own answer is another one, with nothing new recorded."""
    now, asked = facts_on(on), [(one.id, _asked(one)) for one in criteria]
    turns = {(day, id_): what for id_, what in asked if what for day in _turning_days(what, now) if day > on}
    for day, id_ in sorted(turns):
        if judge_condition(turns[day, id_], facts_on(day)).verdict is not own[id_].verdict:
            return day
    return None


def _turning_days(condition: Condition, facts: Facts) -> Iterator[date]:
    """The days on which a datum comes into a time that the condition looks through, leaves it, or counts no longer.

    A time before a planned first dose stands still until that day and moves on with today after it: no day is skipped.
    """
    for part in parts(condition):
        match part:
            case Measure(concept=concept) | Ask(question=concept):
                read = facts.readings(concept)
                near = _near(part.between, part.held_for) if isinstance(part, Measure) else ()
                far = part.looks_back if isinstance(part, Measure) else part.within
                yield from (day for one in read for day in _passing(one.on, far, near))
                yield from (one.until + DAY for one in read if one.until)
            case Had():
                yield from _turning_days_of(part, facts)
            case Elapsed(since, limit):
                start = facts.anchor(since)
                yield from [limit.after(start)] if start else []


def _turning_days_of(had: Had, facts: Facts) -> Iterator[date]:
    """The days on which an episode begins, is over, or leaves the time, and on which a review no longer covers it."""
    near = _near(had.between)
    dates = [each for one in facts.episodes(had.set) for each in (one.start, one.end) if each]
    yield from (day + more for each in dates for day in _passing(each, had.looks_back, near) for more in (NO_DAY, DAY))
    review = facts.reviewed(had.set)
    if review:
        yield from _passing(PartialDate.parse(review.on), had.looks_back, near)
        yield from _running_out(review.until, near) if review.until else ()


def _running_out(last: date, near: Sequence[Duration]) -> Iterator[date]:
    """The first day a review no longer counts for that day, and the first it does not for the near end of a time."""
    yield last + DAY
    yield from (first_day_outside(span, last) for span in near)


def _near(*given: Duration | TimeBefore | None) -> tuple[Duration, ...]:
    """The times that have to pass before something counts: the near end of a time, or how long a limit is kept."""
    return tuple(one.nearest if isinstance(one, TimeBefore) else one for one in given if one)


def _passing(on: PartialDate, far: Duration | None, near: Sequence[Duration]) -> Iterator[date]:
    """The days on which a date is reached, on which looking back reaches it, and on which it does no longer."""
    for day in {on.earliest, on.latest}:
        yield day
        yield from [first_day_outside(far, day)] if far else []
        for span in near:
            yield from (span.after(day), first_day_outside(span, day))


def first_day_outside(within: Duration, day: date) -> date:
    """The first day whose look back no longer reaches a day.

    >>> first_day_outside(Duration(14, "days"), date(2025, 3, 1))
    datetime.date(2025, 3, 16)
    >>> first_day_outside(Duration(1, "months"), date(2025, 2, 28))  # 31 March looks back to the end of February
    datetime.date(2025, 4, 1)
    """
    outside = within.after(day)
    while within.before(outside) <= day:
        outside += timedelta(days=1)
    return outside
