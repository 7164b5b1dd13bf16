"""Episodes: therapies, diseases and medication that were, go on, or were active since a date; one, or so many.

Absence is "no" only where a review covers it: one made in the time it speaks for, and not too old by the protocol. An
episode without a code or a date, or with a code that no set and no list of codes names, may be the one looked for.
An episode that ended on the first day of the time looked back over was still active in it: "more than 4 weeks since"
is not met 28 days after the end and met after 29. Toxicities stand in `toxicities`. Read `judge_had`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from trialwright.core.conditions.answering import joined, review_evidence, unknown
from trialwright.core.conditions.constructs import Had
from trialwright.core.conditions.facts import Episode, Facts, Review
from trialwright.core.conditions.values import reference_day
from trialwright.core.terms import Answer, Evidence, PartialDate, Verdict, all_of, any_of, at_least


def judge_had(had: Had, facts: Facts) -> Answer:
    """Whether there are such episodes; that there are none is known only by a review that covers the time."""
    time = _time(had, facts)
    seen = [(episode, _judge_episode(episode, had, time)) for episode in facts.episodes(had.set)]
    found = _counted(had, seen)
    if found.verdict is Verdict.MET:
        return found
    absent = _absence(had, facts.reviewed(had.set), time)
    if found.verdict is Verdict.UNKNOWN or absent.verdict is Verdict.UNKNOWN:
        return joined(any_of, [each for each in (found, absent) if each.verdict is Verdict.UNKNOWN])
    return Answer(Verdict.NOT_MET, absent.why, found.evidence + absent.evidence)


class _Time(NamedTuple):
    """The time looked back over: its first day, where it has one, its last, the day counted from, and today."""

    since: date | None
    until: date
    reference: date
    on: date

    @property
    def end(self) -> date:
        """The last day that anybody can have been asked about."""
        return min(self.until, self.on)


def _time(had: Had, facts: Facts) -> _Time:
    reference = reference_day(had.before, facts)
    if had.between:
        return _Time(*had.between.days(reference), reference, facts.on)
    return _Time(had.within.before(reference) if had.within else None, reference, reference, facts.on)


def _counted(had: Had, seen: Sequence[tuple[Episode, Answer]]) -> Answer:
    """The answers about each episode as one: any, or so many, told apart by their codes where that is asked."""
    answers = [answer for _, answer in seen]
    if had.at_least_n == 1:
        return joined(any_of, answers) if answers else Answer(Verdict.NOT_MET)
    if not had.distinct:
        return joined(lambda verdicts: at_least(had.at_least_n, verdicts), answers)
    met = {one.code for one, answer in seen if answer.verdict is Verdict.MET}
    perhaps = [one.code for one, answer in seen if answer.verdict is Verdict.UNKNOWN]
    more = len({code for code in perhaps if code} - met) + perhaps.count("")
    verdicts = [Verdict.MET] * len(met) + [Verdict.UNKNOWN] * more
    verdict = at_least(had.at_least_n, verdicts)
    return joined(lambda _: verdict, answers)


def _absence(had: Had, review: Review | None, time: _Time) -> Answer:
    """Not met where nothing recorded means that there was nothing; unknown where nobody asked about that time."""
    what = f"history of {had.set}"
    if had.if_absent == "no":
        return Answer(Verdict.NOT_MET, f"no {had.set} recorded")
    if had.if_absent == "unknown":
        return unknown(f"that no {had.set} is recorded does not show that there was none", what)
    if review is None:
        return unknown(f"nobody has recorded whether there is any {had.set}", what)
    if gap := uncovered(review, time.since, time.end):
        return Answer(Verdict.UNKNOWN, f"no {had.set} is recorded; {gap}", (review_evidence(review),), (what,))
    return Answer(Verdict.NOT_MET, f"no {had.set} by the history taken on {review.on}", (review_evidence(review),))


def uncovered(review: Review, since: date | None, end: date) -> str:
    """Why a review does not show that there was nothing from a day to another; empty where it does.

    It has to be made in that time or later, and it counts for absence no longer than the protocol says.
    """
    if since is not None and review.on < since:
        return f"the last review is of {review.on}, before {since}"
    if review.until is not None and review.until < end:
        return f"the review of {review.on} counts until {review.until}"
    return ""


def _judge_episode(episode: Episode, had: Had, time: _Time) -> Answer:
    """Whether one episode is such a one; what is missing is what would tell."""
    verdicts = dict(_asked_of(episode, had, time))
    verdict = all_of(verdicts.values())
    code = episode.code or f"{had.set} without a code"
    told = f"{code} from {episode.start or 'an unknown date'} to {_told_end(episode)}"
    evidence = (Evidence(had.set, told, str(episode.start or ""), episode.event),)
    missing: tuple[str, ...] = ()
    if verdict is Verdict.UNKNOWN:
        open_ = [name for name, one in verdicts.items() if one is Verdict.UNKNOWN]
        missing = tuple(f"whether {code} is {had.set}" if name == "set" else f"{name} of {code}" for name in open_)
    return Answer(verdict, told, evidence, missing)


def _asked_of(episode: Episode, had: Had, time: _Time) -> Iterator[tuple[str, Verdict]]:
    """What is asked of an episode, by the datum that tells it."""
    if not episode.code:
        yield "code", Verdict.UNKNOWN
    yield "set", Verdict.MET if episode.classified else Verdict.UNKNOWN
    started = _started(episode.start, time.until, time.on)
    if had.how == "had":
        yield "start", started if time.since is None else started & _on_or_after(episode.start, time.since)
    else:
        yield "start", started
        assert had.how == "ongoing" or time.since is not None
        since = time.since if had.how == "active_since" else None
        yield "end", _active_on(episode, since) if since else _still_going(episode, time.reference, time.on)
    for name, codes in had.where:
        yield name, _field_is(episode, name, codes)


def _told_end(episode: Episode) -> str:
    return "now" if episode.ongoing else str(episode.end or "an unknown date")


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
