"""Toxicities of a grade: of a term or any, related, still going on, in this course.

That there was none is known only where someone asked (a review of adverse events) or measured. What was asked on day 1
of a course was asked before its first dose and says nothing about the course. Read `judge_grade`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from trialwright.core.conditions.answering import joined, review_evidence, unknown
from trialwright.core.conditions.constructs import OPERATORS, GradeIs, Limit
from trialwright.core.conditions.episodes import uncovered
from trialwright.core.conditions.facts import Facts, Toxicity
from trialwright.core.terms import Answer, Evidence, Grade, Verdict, all_of, any_of

DAY = timedelta(days=1)


def judge_grade(wanted: GradeIs, facts: Facts) -> Answer:
    """Whether there is a toxicity of this grade; that there is none is known only where someone asked or measured."""
    start = facts.anchor("course_day_1") if wanted.during == "course" else None
    of_term = [one for one in facts.toxicities() if is_term(one.term, wanted.term)]
    verdicts = [_verdict_of(toxicity, wanted, facts.on, start) for toxicity in of_term]
    deciding = any_of(verdicts)
    told = [one for one, verdict in zip(of_term, verdicts, strict=True) if verdict is deciding]
    if deciding is Verdict.MET:
        return _found(told, wanted, facts.on, start)
    absent = _absence(wanted, facts, of_term, start)
    if deciding is Verdict.UNKNOWN:
        found = _found(told, wanted, facts.on, start)
        return joined(any_of, [each for each in (found, absent) if each.verdict is Verdict.UNKNOWN])
    if absent.verdict is Verdict.UNKNOWN:
        return absent
    return Answer(Verdict.NOT_MET, absent.why, _found(told, wanted, facts.on, start).evidence + absent.evidence)


def _found(told: list[Toxicity], wanted: GradeIs, on: date, start: date | None) -> Answer:
    """The toxicities that decide, in words."""
    return joined(any_of, [_judge_toxicity(toxicity, wanted, on, start) for toxicity in told])


def grade_verdict(wanted: GradeIs, facts: Facts, among: Sequence[Toxicity]) -> Verdict:
    """What `judge_grade` says, without its words; `among` are the toxicities up to the day that may be such a one."""
    start = facts.anchor("course_day_1") if wanted.during == "course" else None
    found = any_of([_verdict_of(toxicity, wanted, facts.on, start) for toxicity in among])
    if found is not Verdict.NOT_MET:
        return found
    of_term = [one for one in facts.toxicities() if is_term(one.term, wanted.term)] if wanted.laboratory else []
    return _absence(wanted, facts, of_term, start).verdict


def _verdict_of(toxicity: Toxicity, wanted: GradeIs, on: date, start: date | None) -> Verdict:
    """Whether one toxicity is such a one; the first thing asked that it is not decides."""
    return all_of(one for _, one in _asked_of(toxicity, wanted, on, start))


def _absence(wanted: GradeIs, facts: Facts, of_term: list[Toxicity], start: date | None) -> Answer:
    """Not met where somebody measured or asked in the time asked about, else unknown."""
    if wanted.laboratory:
        if any(one.laboratory and (start is None or one.onset.latest >= start) for one in of_term):
            return Answer(Verdict.NOT_MET, f"no {wanted.term} of that grade measured")
        return unknown(f"no laboratory value of {wanted.term} graded", wanted.term)
    review = facts.reviewed("adverse_event")
    if review is None:
        return unknown("nobody has recorded whether there were adverse events", "review of adverse events")
    if gap := uncovered(review, start + DAY if start else None, facts.on):
        why = f"no such adverse event is recorded; {gap}"
        return Answer(Verdict.UNKNOWN, why, (review_evidence(review),), ("review of adverse events",))
    return Answer(Verdict.NOT_MET, f"none by the review of {review.on}", (review_evidence(review),))


def _judge_toxicity(toxicity: Toxicity, wanted: GradeIs, on: date, start: date | None) -> Answer:
    """Whether one toxicity is such a one; what is missing is what would tell."""
    verdicts = dict(_asked_of(toxicity, wanted, on, start))
    verdict = all_of(verdicts.values())
    told = f"{toxicity.term} {toxicity.grade or 'of unknown grade'} from {toxicity.onset}"
    open_ = [name for name, one in verdicts.items() if one is Verdict.UNKNOWN] if verdict is Verdict.UNKNOWN else []
    missing = tuple(f"{name} of {toxicity.term}" for name in open_)
    return Answer(verdict, told, (Evidence(toxicity.term, told, str(toxicity.onset), toxicity.event),), missing)


def _asked_of(toxicity: Toxicity, wanted: GradeIs, on: date, start: date | None) -> Iterator[tuple[str, Verdict]]:
    """What is asked of a toxicity, by the datum that tells it."""
    yield "grade", _reaches(toxicity, wanted.limit)
    if wanted.related is not None:
        yield "relation", _agrees(toxicity.related, wanted.related)
    if wanted.laboratory is not None:
        yield "source", _agrees(toxicity.laboratory, wanted.laboratory)
    if start is not None:
        yield "start", toxicity.onset.on_or_after(start)
    if wanted.ongoing is not None:
        going = Verdict.MET if toxicity.end is None else toxicity.end.on_or_after(on)
        yield "end", going if wanted.ongoing else ~going


@lru_cache(maxsize=1 << 14)
def is_term(term: str, wanted: str) -> bool:
    """Whether a toxicity is of the term asked for; one with its site, "Pain - back", is of the term before the dash."""
    return wanted.casefold() in ("any", term.casefold(), term.rpartition(" - ")[0].casefold())


def _reaches(toxicity: Toxicity, limit: Limit) -> Verdict:
    """Whether the grade meets the limit; a grade not known decides where every grade it can have decides alike."""
    if toxicity.grade is not None:
        return Verdict.of(_within(toxicity.grade, limit))
    seen = {_within(grade, limit) for grade in toxicity.possible}
    return Verdict.of(seen.pop() if len(seen) == 1 else None)


def _within(grade: Grade, limit: Limit) -> bool:
    return all(OPERATORS[sign](grade.number, bound.value) for sign, bound in limit.comparisons)


def _agrees(given: bool | None, wanted: bool) -> Verdict:
    return Verdict.of(None if given is None else given is wanted)
