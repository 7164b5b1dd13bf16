"""Subjects in the order they were registered: who surely counts, who may, and what can still come of it.

The first so many of a population are not known while it is open who belongs to it: an earlier subject who turns out to
be evaluable pushes a later one out. Every way in which the open answers can turn out is taken into account, without
listing them one by one. Read `possible`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from trialwright.core.disposition import Disposition, disposition
from trialwright.core.endpoints import POPULATIONS
from trialwright.core.protocol import Epoch, Population
from trialwright.core.response import Assessment
from trialwright.core.subject import Case
from trialwright.core.terms import Duration, Response, Verdict


@dataclass(frozen=True)
class Watched:
    """One registered subject with its assessments, as the rules look at it."""

    case: Case
    assessments: tuple[Assessment, ...] = ()

    @property
    def subject(self) -> str:
        """Its id."""
        return self.case.record.subject

    @property
    def entered(self) -> tuple[date, int, str] | None:
        """What puts it in the order of registration; None for who was not registered."""
        event = self.case.record.registered
        return (event.occurred, event.seq, self.subject) if event else None


@dataclass(frozen=True)
class Candidate:
    """One subject in the count: whether it belongs to those who are counted, and whether what is counted came to it.

    Unknown is what may be either; `coming` says that it is not so today, may still come, and that no datum is missing.
    """

    subject: str
    member: Verdict
    event: Verdict
    coming: bool = False
    missing: tuple[str, ...] = ()

    @property
    def today(self) -> Candidate:
        """As it stands today: what may still come has not come."""
        return replace(self, event=Verdict.NOT_MET) if self.coming else self


@dataclass(frozen=True)
class Possible:
    """What the count can come to: by how many are counted, the fewest and the most of them to whom it came."""

    by_members: Mapping[int, tuple[int, int]]

    @property
    def least(self) -> int:
        """The fewest in any case."""
        return min(low for low, _ in self.by_members.values())

    @property
    def most(self) -> int:
        """The most in any case."""
        return max(high for _, high in self.by_members.values())


def possible(candidates: Iterable[Candidate], first: int, future: int = 0) -> Possible:
    """Every count that can come of the first so many, with up to `future` subjects still to be registered.

    >>> may_respond = Candidate("S01-001", Verdict.MET, Verdict.UNKNOWN)
    >>> possible([may_respond], 2, future=1).by_members
    {2: (0, 2)}
    """
    ways: dict[int, tuple[int, int]] = {0: (0, 0)}
    for one in candidates:
        ways = _joined(_with(one, members, span, first) for members, span in ways.items())
    return Possible(_joined(_filled(members, span, first, future) for members, span in ways.items()))


Ways = dict[int, tuple[int, int]]


def _with(one: Candidate, members: int, span: tuple[int, int], first: int) -> Ways:
    """The ways on from one way: the subject is counted or not, and what is counted came to it or not."""
    if members >= first or one.member is Verdict.NOT_MET:
        return {members: span}
    fewest, most = int(one.event is Verdict.MET), int(one.event is not Verdict.NOT_MET)
    counted: Ways = {members + 1: (span[0] + fewest, span[1] + most)}
    return counted if one.member is Verdict.MET else {members: span, **counted}


def _filled(members: int, span: tuple[int, int], first: int, future: int) -> Ways:
    """Those still to come fill what is left of the first so many."""
    more = min(first - members, future)
    return {members + more: (span[0], span[1] + more)}


def _joined(ways: Iterable[Ways]) -> Ways:
    joined: Ways = {}
    for one in ways:
        for members, (low, high) in one.items():
            before = joined.get(members, (low, high))
            joined[members] = (min(low, before[0]), max(high, before[1]))
    return joined


# --- who belongs, and until when something can come ------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """One registered subject as every rule and gate counts it on a day, by their ids: all that they ask of it."""

    entered: tuple[date, int, str]
    candidates: Mapping[str, Candidate]


def in_order(counted: Iterable[Counted]) -> list[Counted]:
    """The registered subjects in the order they were."""
    return sorted(counted, key=lambda each: each.entered)


def belongs(one: Watched, population: Population, on: date) -> Verdict:
    """Whether a registered subject is of the population; unknown while it still may come to be."""
    if POPULATIONS[population.value](one.case, on):
        return Verdict.MET
    place = disposition(one.case, on)
    over = place.epoch is Epoch.OFF_STUDY or (population is Population.TREATED and place.off_treatment is not None)
    return Verdict.NOT_MET if over or _progressed(one, on) else Verdict.UNKNOWN


def _progressed(one: Watched, on: date) -> bool:
    return any(day <= on and response is Response.PD for day, response in one.case.assessed)


def time_is_over(one: Watched, within: Duration | None, on: date) -> bool:
    """Whether nothing can be counted of a subject any more: its time is over, or it died or left."""
    place = disposition(one.case, on)
    return place.epoch is Epoch.OFF_STUDY or place.died is not None or _window_over(place, within, on)


def _window_over(place: Disposition, within: Duration | None, on: date) -> bool:
    return within is not None and place.first_dose is not None and on > within.after(place.first_dose)


def last_day(one: Watched, within: Duration | None, on: date) -> date:
    """The day up to which what came counts: today, or the end of the time after the first dose."""
    first = disposition(one.case, on).first_dose
    return min(on, within.after(first)) if within and first else on


def progressed_or_over(one: Watched, within: Duration | None, on: date) -> bool:
    """Whether no response can come any more: progressed, dead, off study, or the time for it is over."""
    return _progressed(one, on) or time_is_over(one, within, on)
