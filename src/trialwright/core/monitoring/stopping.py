"""Stopping rules for safety, asked of the data on a day: crossed, may be crossed, open, can no longer be crossed.

A subject whose data are missing is counted both ways. A rule that may be crossed by what is missing holds accrual like
one that is: an unknown never lets anybody in. Read `stopping`, then `STATES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.conditions import judge_condition
from trialwright.core.monitoring.counting import (
    Candidate,
    Counted,
    Possible,
    Watched,
    belongs,
    in_order,
    last_day,
    possible,
    time_is_over,
)
from trialwright.core.protocol import StoppingRule, StudyProtocol
from trialwright.core.safety import safety_window
from trialwright.core.terms import Answer, Because, Verdict, any_of

STATES: tuple[str, ...] = ("crossed", "may be crossed", "open", "can no longer be crossed")
"""What a stopping rule can be."""


@dataclass(frozen=True)
class StoppingAnswer:
    """One stopping rule on a day: how many of how many, what is unknown, what can still come, and what follows.

    `counted` are the subjects that surely count, `unknown` those whose data are missing, `coming` those to whom it may
    still come. `best` and `worst` are the counts of today with every unknown as no and as yes; `most` the most there
    can ever be.
    """

    rule: str
    label: str
    state: str
    decision: str
    limit: str
    of: int
    counted: tuple[str, ...]
    unknown: tuple[str, ...]
    coming: tuple[str, ...]
    best: int
    worst: int
    most: int
    says: str
    because: tuple[Because, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def halts(self) -> bool:
        """Whether nobody may be registered."""
        return self.state in ("crossed", "may be crossed")


def stopping(protocol: StudyProtocol, watched: Sequence[Watched], on: date) -> tuple[StoppingAnswer, ...]:
    """Every stopping rule of the protocol, as the registered subjects stand on a day."""
    entered = [(one.entered, rule_candidates(protocol, one, on)) for one in watched]
    return stopping_of(protocol, [Counted(place, found) for place, found in entered if place])


def stopping_of(protocol: StudyProtocol, counted: Sequence[Counted]) -> tuple[StoppingAnswer, ...]:
    """Every stopping rule of the protocol, of subjects that were each looked at before."""
    entered = in_order(counted)
    return tuple(_answered(protocol, rule, entered) for rule in _rules(protocol))


def rule_candidates(protocol: StudyProtocol, one: Watched, on: date) -> dict[str, Candidate]:
    """A subject as each stopping rule counts it on a day."""
    return {rule.id: _candidate(protocol, rule, one, on) for rule in _rules(protocol)}


def _rules(protocol: StudyProtocol) -> tuple[StoppingRule, ...]:
    return protocol.safety.stopping if protocol.safety else ()


def _answered(protocol: StudyProtocol, rule: StoppingRule, entered: Sequence[Counted]) -> StoppingAnswer:
    candidates = [one.candidates[rule.id] for one in entered]
    planned = protocol.design.accrual.planned
    first, future = rule.first or max(planned, len(entered)), max(planned - len(entered), 0)
    today = possible([one.today for one in candidates], first)
    ever = possible(candidates, first, future)
    state = _state(_crossed(rule, today), _can_cross(rule, ever))
    counted = [one for one in candidates if one.member is Verdict.MET][:first]
    sure = tuple(one.subject for one in counted if one.event is Verdict.MET)
    unknown = [one for one in candidates if one.event is Verdict.UNKNOWN and not one.coming]
    limit = _limit(rule, first)
    says = f"{len(sure)} of {len(counted)} {rule.of.value}; {limit}: {state}"
    if unknown:
        says += f" (unknown for {', '.join(one.subject for one in unknown)}: {today.least} to {today.most})"
    return StoppingAnswer(
        rule=rule.id,
        label=rule.label or rule.id,
        state=state,
        decision=rule.then.value if state == "crossed" else "wait" if state == "may be crossed" else "continue",
        limit=limit,
        of=len(counted),
        counted=sure,
        unknown=tuple(one.subject for one in unknown),
        coming=tuple(one.subject for one in candidates if one.coming),
        best=today.least,
        worst=today.most,
        most=ever.most,
        says=f"{says}.",
        because=(Because(rule.id, rule.words, says),),
        missing=tuple(dict.fromkeys(what for one in unknown for what in one.missing)),
    )


def _candidate(protocol: StudyProtocol, rule: StoppingRule, one: Watched, on: date) -> Candidate:
    """One subject: whether it counts among those asked, and whether what is counted came to it."""
    answers = list(_asked(rule, one, on))
    event = any_of(each.verdict for each in answers)
    missing = tuple(f"{one.subject}: {what}" for each in answers for what in each.missing)
    member = belongs(one, rule.of, on)
    if event is Verdict.NOT_MET and not _is_final(protocol, rule, one, on):
        return Candidate(one.subject, member, Verdict.UNKNOWN, coming=True)
    return Candidate(one.subject, member, event, missing=missing if event is Verdict.UNKNOWN else ())


def _asked(rule: StoppingRule, one: Watched, on: date) -> Iterator[Answer]:
    until = last_day(one, rule.within, on)
    if rule.counts is not None and one.case.courses(on):
        yield judge_condition(rule.counts, one.case.facts(until))
    if rule.deaths:
        died = one.case.died(on)
        yield Answer(Verdict.of(died is not None and died <= until))


def _is_final(protocol: StudyProtocol, rule: StoppingRule, one: Watched, on: date) -> bool:
    """Whether nothing can come any more: the rule's time, or else treatment and its safety time, is over."""
    if time_is_over(one, rule.within, on):
        return True
    anchors, window = one.case.anchors(on), safety_window(protocol)
    if rule.within is not None or rule.deaths or "end_of_treatment" not in anchors:
        return False
    last = anchors.get("last_dose", anchors["end_of_treatment"])
    return on > (window.after(last) if window else last + timedelta(days=0))


# --- the limit ------------------------------------------------------------------------------------------------------


def _limit(rule: StoppingRule, first: int) -> str:
    if rule.at_least is not None:
        return f"crossed from {rule.at_least} of the first {first}"
    return f"crossed from {rule.share} once there are {rule.from_subjects}"


def _crossed(rule: StoppingRule, today: Possible) -> Verdict:
    """Whether the rule is crossed today: in every way the unknown can turn out, in some, or in none."""
    ways = today.by_members.items()
    if rule.at_least is not None:
        low = [span[0] >= rule.at_least for _, span in ways]
        high = [span[1] >= rule.at_least for _, span in ways]
    else:
        low = [_reaches(rule, span[0], members) for members, span in ways]
        high = [_reaches(rule, span[1], members) for members, span in ways]
    return Verdict.of(True if all(low) else None if any(high) else False)


def _can_cross(rule: StoppingRule, ever: Possible) -> bool:
    if rule.at_least is not None:
        return ever.most >= rule.at_least
    return any(_reaches(rule, span[1], members) for members, span in ever.by_members.items())


def _reaches(rule: StoppingRule, count: int, members: int) -> bool:
    """Whether so many of so many are the share, once there are enough of them."""
    if rule.share is None or members < max(rule.from_subjects, 1):
        return False
    parts = 100 if rule.share.unit == "%" else 1
    return count * parts >= rule.share.value * members


def _state(crossed: Verdict, can_cross: bool) -> str:
    if crossed is Verdict.MET:
        return "crossed"
    if crossed is Verdict.UNKNOWN:
        return "may be crossed"
    return "open" if can_cross else "can no longer be crossed"
