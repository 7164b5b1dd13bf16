"""Where a study and each of its sites stand in the registry's words, day by day, from what the ledger holds.

The definitions are the registry's (Protocol Registration Data Element Definitions, overall recruitment status): a study
recruits once a site may register people, whether or not anybody came; it is active without recruiting while people are
treated or examined and nobody more is registered; it is completed when the last one was examined; stopped early it is
terminated, or withdrawn where nobody was ever enrolled. Read `stands_overall`, then `_of_site`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from trialwright.core.ledger import ProtocolActivated, StudyStatusDeclared
from trialwright.core.registration.values import OVER, Recruitment, Stands
from trialwright.core.subject import SiteRecord, StudyRecord

INVITED = "enrolling by invitation"


@dataclass(frozen=True)
class Member:
    """A registered subject as the status asks for it: where, since when, and the day it left the study.

    `left` is None while it is on study; `seen` is the last day it was treated or examined, which may lie before.
    """

    subject: str
    site: str
    registered: date
    left: date | None = None
    seen: date | None = None


@dataclass(frozen=True)
class Halt:
    """What the trial's own rules say of registration: halted since a day, for good where the design is to stop."""

    since: date
    words: str
    final: bool


@dataclass(frozen=True)
class Conducted:
    """All that the statuses are derived from."""

    study: StudyRecord
    sites: Mapping[str, str]
    planned: int
    members: tuple[Member, ...]
    halt: Halt | None = None
    _days: dict[str | None, tuple[list[date], list[date]]] = field(default_factory=dict, compare=False, repr=False)

    def registered(self, on: date, site: str | None = None) -> int:
        """How many were registered by a day."""
        return bisect_right(self._counts(site)[0], on)

    def on_study(self, on: date, site: str | None = None) -> int:
        """How many of them are still treated or examined."""
        entered, left = self._counts(site)
        return bisect_right(entered, on) - bisect_right(left, on)

    def last_left(self, site: str | None = None) -> date | None:
        """The last day on which anybody left the study."""
        return max(self._counts(site)[1], default=None)

    def reached(self) -> date | None:
        """The day on which as many were registered as are planned."""
        entered = self._counts(None)[0]
        return entered[self.planned - 1] if 0 < self.planned <= len(entered) else None

    def _counts(self, site: str | None) -> tuple[list[date], list[date]]:
        if site not in self._days:
            told = [one for one in self.members if site in (None, one.site)]
            entered = sorted(one.registered for one in told)
            self._days[site] = entered, sorted(one.left for one in told if one.left)
        return self._days[site]


def stands_overall(told: Conducted, on: date) -> tuple[Stands, ...]:
    """The statuses the study ran through by a day, oldest first; the last one holds."""
    return _ran_through(told, on, _overall)


def stands_at(told: Conducted, site: str, on: date) -> tuple[Stands, ...]:
    """The statuses a site ran through by a day, oldest first."""
    return _ran_through(told, on, lambda one, day: _of_site(one, site, day))


def _ran_through(told: Conducted, on: date, rule: Callable[[Conducted, date], Stands]) -> tuple[Stands, ...]:
    found: list[Stands] = []
    for day in sorted(one for one in _days_of_change(told) if one <= on):
        now = rule(told, day)
        if not found or found[-1].status is not now.status:
            found.append(replace(now, since=day))
    if found:  # the words are those of the day asked about
        found[-1] = replace(rule(told, on), since=found[-1].since)
    return tuple(found) or (rule(told, on),)


def _days_of_change(told: Conducted) -> set[date]:
    """Every day on which a status can change.

    Of the days on which somebody came or left, the first and the last are enough, unless somebody came after the close.
    """
    sites = [None, *told.sites]
    left = {day for one in sites if (day := told.last_left(one))}
    single = (told.halt.since if told.halt else None, told.reached(), min(_came(told), default=None))
    found = {*_days_of_study(told.study), *left, *(one for one in single if one)}
    closed = [one.occurred for one in told.study.own if isinstance(one, StudyStatusDeclared)]
    closed += [one for one in single[:2] if one]
    if any(day > min(closed, default=date.max) for day in _came(told)):
        found |= {*_came(told), *(one.left for one in told.members if one.left)}
    return found


def _came(told: Conducted) -> Iterator[date]:
    return (one.registered for one in told.members)


def _days_of_study(study: StudyRecord) -> Iterable[date]:
    for event in study.own:
        yield event.occurred
        if isinstance(event, ProtocolActivated):
            yield max(event.occurred, event.approved_on)
            if event.approved_until:
                yield event.approved_until + timedelta(days=1)


# --- rules -----------------------------------------------------------------------------------------------------------


def _overall(told: Conducted, on: date) -> Stands:
    """Closed: by what is left to do; else the most open of the sites' statuses."""
    closing = _closing(told, on, None)
    at = [_of_site(told, one, on) for one in told.sites]
    if closing is None and told.registered(on) and all(one.status in _CLOSED for one in at):
        closing = _Closing("every site is closed")
    if closing is not None:
        return _closed(told, on, None, closing)
    found = (one for status in _MOST_OPEN for one in at if one.status is status)
    return next(found, Stands(Recruitment.NOT_YET_RECRUITING, None, "no protocol version is in force yet"))


_CLOSED = (*OVER, Recruitment.ACTIVE_NOT_RECRUITING)
_MOST_OPEN = (
    Recruitment.RECRUITING,
    Recruitment.ENROLLING_BY_INVITATION,
    Recruitment.SUSPENDED,
    Recruitment.ACTIVE_NOT_RECRUITING,
    Recruitment.NOT_YET_RECRUITING,
)
"""Of the sites' statuses the first that any of them has is the study's."""


def _of_site(told: Conducted, site: str, on: date) -> Stands:
    """A site: closed with the study or by itself; else halted, not approved, or recruiting."""
    closing = _closing(told, on, site)
    if closing is not None:
        return _closed(told, on, site, closing)
    pause = told.study.suspended(site, on)
    if told.halt is not None and told.halt.since <= on:
        return Stands(Recruitment.SUSPENDED, None, told.halt.words, told.halt.words)
    if pause is not None:
        return Stands(Recruitment.SUSPENDED, None, f"registration is suspended: {pause.why}", pause.why)
    record = told.study.sites.get(site, SiteRecord(site))
    if record.version_in_force(on) is None:
        return _not_in_force(record, on)
    invited = any(one.status == INVITED for one in told.study.declared(on) + told.study.declared(on, site))
    status = Recruitment.ENROLLING_BY_INVITATION if invited else Recruitment.RECRUITING
    return Stands(status, None, f"a protocol version is in force at {site} and nothing keeps anybody out")


def _not_in_force(record: SiteRecord, on: date) -> Stands:
    """Before the first approval nobody is recruited yet; once one ended, it may come back."""
    if not any(max(one.occurred, one.approved_on) <= on for one in record.activations):
        return Stands(Recruitment.NOT_YET_RECRUITING, None, "no protocol version is in force yet")
    why = record.why_not_approved(None, on)
    return Stands(Recruitment.SUSPENDED, None, why, why)


@dataclass(frozen=True)
class _Closing:
    """Why nobody more is registered, for the record where the study was stopped early."""

    words: str
    early: bool = False
    why: str = ""


def _closing(told: Conducted, on: date, site: str | None) -> _Closing | None:
    """Nobody more is registered: by declaration, by the design, or because as many as planned are."""
    declared = told.study.closed(site, on)
    if declared is not None:
        words = f"declared {declared.status}" + (f": {declared.why}" if declared.why else "")
        return _Closing(words, declared.status == "terminated", declared.why)
    if told.halt and told.halt.final and told.halt.since <= on:
        return _Closing(told.halt.words, True, told.halt.words)
    reached = told.reached()
    if reached is not None and reached <= on:
        return _Closing(f"{told.planned} subjects, as many as are planned, are registered")
    return None


def _closed(told: Conducted, on: date, site: str | None, closing: _Closing) -> Stands:
    """Withdrawn where nobody ever came, active while anybody is treated or examined, else over."""
    if not told.registered(on, site):
        why = closing.why or closing.words
        return Stands(Recruitment.WITHDRAWN, None, f"{closing.words}; nobody was enrolled", why)
    left = told.on_study(on, site)
    if left:
        return Stands(Recruitment.ACTIVE_NOT_RECRUITING, None, f"{closing.words}; {left} still treated or examined")
    status = Recruitment.TERMINATED if closing.early else Recruitment.COMPLETED
    return Stands(status, None, f"{closing.words}; nobody is treated or examined any more", closing.why)
