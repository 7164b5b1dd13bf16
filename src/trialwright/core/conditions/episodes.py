"""Episodes and toxicities: therapies, diseases and medication that were, go on, or were active since a date.

Absence is "no" only where someone asked (a review); an episode without a code or a date, or with a code that no set and
no list of codes names, may be the one looked for.
An episode that ended on the first day of the time looked back over was still active in it: "more than 4 weeks since"
is not met 28 days after the end and met after 29. Read `judge_had`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from trialwright.core.conditions.answering import joined, unknown
from trialwright.core.conditions.constructs import OPERATORS, GradeIs, Had
from trialwright.core.conditions.facts import Episode, Facts, Toxicity
from trialwright.core.terms import Answer, Evidence, PartialDate, Quantity, Verdict, all_of, any_of


def judge_had(had: Had, facts: Facts) -> Answer:
    """Whether there is such an episode; that there is none is known only by a review."""
    reference = (facts.anchor(had.before) if had.before else None) or facts.on
    answers = [_judge_episode(episode, had, reference, facts.on) for episode in facts.episodes(had.set)]
    found = joined(any_of, answers) if answers else Answer(Verdict.NOT_MET)
    if found.verdict is not Verdict.NOT_MET:
        return found
    looked = facts.reviewed(had.set)
    if looked is None:
        return unknown(f"nobody has recorded whether there is any {had.set}", f"history of {had.set}")
    return Answer(Verdict.NOT_MET, f"no {had.set} by the history taken on {looked}", found.evidence)


def _judge_episode(episode: Episode, had: Had, reference: date, on: date) -> Answer:
    verdict = all_of(
        [
            Verdict.MET if episode.code and episode.classified else Verdict.UNKNOWN,
            _in_time(episode, had, reference, on),
            *(_field_is(episode, name, codes) for name, codes in had.where),
        ]
    )
    code = episode.code or f"{had.set} without a code"
    told = f"{code} from {episode.start or 'an unknown date'} to {_told_end(episode)}"
    evidence = (Evidence(had.set, told, str(episode.start or ""), episode.event),)
    lacks = f"code, dates and outcome of {code}" if episode.classified else f"whether {code} is {had.set}"
    missing = (lacks,) if verdict is Verdict.UNKNOWN else ()
    return Answer(verdict, told, evidence, missing)


def _told_end(episode: Episode) -> str:
    return "now" if episode.ongoing else str(episode.end or "an unknown date")


def _in_time(episode: Episode, had: Had, reference: date, on: date) -> Verdict:
    """Whether the episode lies in the time asked for; without an end it is over only where that is said."""
    since = had.within.before(reference) if had.within else None
    started = _started(episode.start, reference, on)
    if had.how == "had":
        return started if since is None else started & _on_or_after(episode.start, since)
    if had.how == "ongoing":
        return started & _still_going(episode, reference, on)
    assert since is not None
    return started & _active_on(episode, since)


def _started(start: PartialDate | None, reference: date, on: date) -> Verdict:
    """Whether it had begun; without a start it had by the day of the facts, but not surely by an earlier one."""
    return start.on_or_before(reference) if start else Verdict.of(True if reference >= on else None)


def _on_or_after(start: PartialDate | None, since: date) -> Verdict:
    return start.on_or_after(since) if start else Verdict.UNKNOWN


def _active_on(episode: Episode, day: date) -> Verdict:
    """Whether it went on to this day or beyond."""
    if episode.end is not None:
        return episode.end.on_or_after(day)
    return Verdict.of(True if episode.ongoing else None)


def _still_going(episode: Episode, day: date, on: date) -> Verdict:
    """As `_active_on`; what is said to be over is over now, even where the date of its end is not known."""
    over = episode.end is None and episode.ongoing is False and day >= on
    return Verdict.NOT_MET if over else _active_on(episode, day)


def _field_is(episode: Episode, name: str, codes: tuple[str, ...]) -> Verdict:
    given = episode.fields.get(name)
    return Verdict.of(None if given in (None, "", "unknown") else given in codes)


def judge_grade(wanted: GradeIs, facts: Facts) -> Answer:
    """Whether there is a toxicity of this grade; that there is none is known only where someone asked or measured."""
    start = facts.anchor("course_day_1") if wanted.during == "course" else None
    of_term = [one for one in facts.toxicities() if is_term(one.term, wanted.term)]
    answers = [_judge_toxicity(toxicity, wanted, facts.on, start) for toxicity in of_term]
    found = joined(any_of, answers) if answers else Answer(Verdict.NOT_MET, "no such toxicity reported")
    if found.verdict is not Verdict.NOT_MET:
        return found
    if wanted.laboratory:
        measured = any(one.laboratory and (start is None or one.onset.latest >= start) for one in of_term)
        return found if measured else unknown(f"no laboratory value of {wanted.term} graded", wanted.term)
    looked = facts.reviewed("adverse_event")
    if looked is None or (start is not None and looked < start):
        return unknown("nobody has recorded whether there were adverse events", "review of adverse events")
    return Answer(Verdict.NOT_MET, f"none by the review of {looked}", found.evidence)


def _judge_toxicity(toxicity: Toxicity, wanted: GradeIs, on: date, start: date | None) -> Answer:
    going = Verdict.MET if toxicity.end is None else toxicity.end.on_or_after(on)
    verdict = all_of(
        [
            *(_reaches(toxicity, sign, limit) for sign, limit in wanted.limit.comparisons),
            _agrees(toxicity.related, wanted.related),
            _agrees(toxicity.laboratory, wanted.laboratory),
            Verdict.MET if start is None else toxicity.onset.on_or_after(start),
            Verdict.MET if wanted.ongoing is None else going if wanted.ongoing else ~going,
        ]
    )
    told = f"{toxicity.term} {toxicity.grade or 'of unknown grade'} from {toxicity.onset}"
    missing = (f"grade, relation and dates of {toxicity.term}",) if verdict is Verdict.UNKNOWN else ()
    return Answer(verdict, told, (Evidence(toxicity.term, told, str(toxicity.onset), toxicity.event),), missing)


def is_term(term: str, wanted: str) -> bool:
    """Whether a toxicity is of the term asked for; one with its site, "Pain - back", is of the term before the dash."""
    return wanted.casefold() in ("any", term.casefold(), term.rpartition(" - ")[0].casefold())


def _reaches(toxicity: Toxicity, sign: str, limit: Quantity) -> Verdict:
    """Whether the grade meets the limit; a grade not known decides where every grade it can have decides alike."""
    grades = (toxicity.grade,) if toxicity.grade is not None else toxicity.possible
    seen = {OPERATORS[sign](Fraction(grade.number), Fraction(limit.value)) for grade in grades}
    return Verdict.of(seen.pop() if len(seen) == 1 else None)


def _agrees(given: bool | None, wanted: bool | None) -> Verdict:
    return Verdict.MET if wanted is None else Verdict.of(None if given is None else given is wanted)
