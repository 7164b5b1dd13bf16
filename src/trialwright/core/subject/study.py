"""The study around the subjects: what belongs to a site and to the study as a whole, and all records by id.

Decided here: which protocol version is in force at a site on a day and why another is not, which limits its laboratory
has, whether accrual is suspended. `StudyFold` takes events one at a time; `fold_study` takes them all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from trialwright.core.ledger import (
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    Event,
    EventVoided,
    Locked,
    ProtocolActivated,
    ReferenceRangeSet,
    StudyOpened,
    StudyStatusDeclared,
    SubjectScreened,
    SubjectTransferred,
    Unlocked,
)
from trialwright.core.subject.ranges import Limits, limits_of
from trialwright.core.subject.record import SubjectRecord, advance, by_day, voidings

ENDS_ACCRUAL = ("closed to accrual", "terminated", "completed")
"""Declared statuses after which nobody more is registered, until one that `OPENS` it."""
OPENS = "open to accrual"


@dataclass(frozen=True)
class SiteRecord:
    """What belongs to a site: the protocol versions in force, its laboratory's limits, pauses of its accrual.

    `locks` are those of the study as a whole and of the site. `earlier` are the sites a transferred subject belonged
    to before, each with the first day it did not: limits on a day before are that site's.
    """

    site: str
    activations: tuple[ProtocolActivated, ...] = ()
    ranges: tuple[ReferenceRangeSet, ...] = ()
    endings: tuple[ApprovalEnded, ...] = ()
    pauses: tuple[AccrualSuspended | AccrualResumed, ...] = ()
    earlier: tuple[tuple[date, SiteRecord], ...] = ()
    locks: tuple[Locked | Unlocked, ...] = ()

    def version_in_force(self, on: date) -> str | None:
        """The version that subjects are registered under on a day: of those approved, the one activated first last.

        A renewed approval of an older version does not bring it back; the end of the newer one's approval does.
        """
        first_activated = dict.fromkeys(one.version for one in sorted(self.activations, key=by_day))
        return next((name for name in reversed(first_activated) if self.approved(name, on)), None)

    def approved(self, version: str, on: date) -> ProtocolActivated | None:
        """The activation under which a version is approved at the site on a day; None where it is not."""
        held = [one for one in self.activations if one.version == version and _covers(one, on)]
        latest = max(held, key=by_day, default=None)
        ended = latest and self._ended(latest, on)
        return None if ended else latest

    def why_not_approved(self, version: str | None, on: date) -> str:
        """Why a version (None: any) is not in force at the site on a day, in words with the dates."""
        told = [one for one in self.activations if version in (None, one.version)]
        if not told:
            return "no ethics approval is recorded"
        latest = max(told, key=by_day)
        ended = self._ended(latest, on)
        if ended:
            return f"the approval of version {latest.version} ended on {ended.occurred}: {ended.why}"
        if latest.approved_until and latest.approved_until < on:
            return f"the approval of version {latest.version} lapsed on {latest.approved_until}"
        return f"version {latest.version} was approved on {latest.approved_on} and activated on {latest.occurred}"

    def _ended(self, activation: ProtocolActivated, on: date) -> ApprovalEnded | None:
        """The end of an approval; a later activation of the version is a new approval."""
        return next(
            (
                one
                for one in self.endings
                if one.version in ("", activation.version) and by_day(activation) < by_day(one) and one.occurred <= on
            ),
            None,
        )

    def limits(self, analyte: str, on: date, sex: str | None, ages: Collection[int]) -> Limits:
        """The limits of an analyte on a day for this sex and these possible ages; None for one that is not known."""
        there = self.at(on)
        ranges = there._ranges_of(analyte)
        known = bisect_right(ranges, on, key=lambda one: one.occurred)
        key = (analyte, known, sex, frozenset(ages or ()))
        if key not in there._limits:
            there._limits[key] = limits_of(ranges[:known], analyte, on, sex, ages)
        return there._limits[key]

    def _ranges_of(self, analyte: str) -> Sequence[ReferenceRangeSet]:
        """The ranges of an analyte by day."""
        if analyte not in self._by_analyte:
            found = (one for one in self.ranges if one.analyte == analyte)
            self._by_analyte[analyte] = tuple(sorted(found, key=by_day))
        return self._by_analyte[analyte]

    @cached_property
    def _by_analyte(self) -> dict[str, Sequence[ReferenceRangeSet]]:
        return {}

    @cached_property
    def _limits(self) -> dict[tuple[str, int, str | None, frozenset[int]], Limits]:
        """The limits that were asked for, by how many ranges were set by then."""
        return {}

    def at(self, on: date) -> SiteRecord:
        """The site the subject belonged to on a day."""
        return next((site for until, site in self.earlier if on < until), self)


def _covers(one: ProtocolActivated, on: date) -> bool:
    """Whether a version is activated and approved on a day."""
    return max(one.occurred, one.approved_on) <= on and (one.approved_until is None or on <= one.approved_until)


@dataclass(frozen=True)
class StudyRecord:
    """The whole study as recorded: sites and subjects, each by id, and the last position folded.

    `own` are the events of no subject, oldest first, also those that were voided (`voided`, by id); `pauses` and
    `locks` those of the study as a whole. `named_again` are the ids whose screening names an earlier id, by that one.
    """

    sites: Mapping[str, SiteRecord]
    subjects: Mapping[str, SubjectRecord]
    kind: str = ""
    last_seq: int = 0
    pauses: tuple[AccrualSuspended | AccrualResumed, ...] = ()
    locks: tuple[Locked | Unlocked, ...] = ()
    own: Sequence[Event] = field(default=(), repr=False, compare=False)
    voided: Mapping[str, EventVoided] = field(default_factory=dict, compare=False)
    named_again: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The number under which each subject was registered, by the day and then by the order of the entries."""
        told = ((name, one.registered) for name, one in self.subjects.items())
        order = sorted((event.occurred, event.seq, name) for name, event in told if event)
        return {name: number for number, (*_, name) in enumerate(order, 1)}

    def screened_again(self, subject: str) -> Iterator[SubjectScreened]:
        """The later screenings of the person under other ids that name this one."""
        for name in self.named_again.get(subject, ()):
            other = self.subjects.get(name)
            yield from (one for one in (other.of_kind(SubjectScreened) if other else ()) if one.rescreens == subject)

    def site_of(self, record: SubjectRecord) -> SiteRecord:
        """The site a subject belongs to, with those it belonged to before."""
        here = self._site(record.site)
        if self.locks:
            here = replace(here, locks=tuple(one for one in self.locks if one.site in (None, record.site)))
        moves = sorted(record.of_kind(SubjectTransferred), key=by_day)
        if not moves:
            return here
        before = [record.home, *(one.to for one in moves)]
        return replace(
            here, earlier=tuple((one.occurred, self._site(site)) for one, site in zip(moves, before, strict=False))
        )

    def _site(self, site: str) -> SiteRecord:
        return self.sites.get(site, SiteRecord(site))

    def suspended(self, site: str, on: date) -> AccrualSuspended | None:
        """What suspends registration at a site on a day: the study's own pause, or the site's."""
        for pauses in (self.pauses, self._site(site).pauses):
            last = max((one for one in pauses if one.occurred <= on), key=by_day, default=None)
            if isinstance(last, AccrualSuspended):
                return last
        return None

    def declared(self, on: date, site: str | None = None) -> tuple[StudyStatusDeclared, ...]:
        """What was declared by a day of the study as a whole, or of one site, oldest first."""
        told = (one for one in self.own if isinstance(one, StudyStatusDeclared) and one.id not in self.voided)
        return tuple(sorted((one for one in told if one.occurred <= on and (one.site or None) == site), key=by_day))

    def closed(self, site: str | None, on: date) -> StudyStatusDeclared | None:
        """The declaration by which nobody more is registered on a day: of the study as a whole, or of the site."""
        for told in (self.declared(on), self.declared(on, site) if site else ()):
            last = next((one for one in reversed(told) if one.status in ENDS_ACCRUAL or one.status == OPENS), None)
            if last is not None and last.status != OPENS:
                return last
        return None

    def event(self, event_id: str) -> Event | None:
        """An event by its id, of whomever it is, also one that was voided."""
        own = next((one for one in self.own if event_id and one.id == event_id), None)
        return own or next((found for record in self.subjects.values() if (found := record.event(event_id))), None)


@dataclass
class StudyFold:
    """The study while events come in, each at the same cost however many there are."""

    sites: dict[str, SiteRecord] = field(default_factory=dict)
    subjects: dict[str, SubjectRecord] = field(default_factory=dict)
    kind: str = ""
    last_seq: int = 0
    events: int = 0
    pauses: tuple[AccrualSuspended | AccrualResumed, ...] = ()
    locks: tuple[Locked | Unlocked, ...] = ()
    own: list[Event] = field(default_factory=list)
    voided: Mapping[str, EventVoided] = field(default_factory=dict)
    named_again: dict[str, list[str]] = field(default_factory=dict)

    @property
    def study(self) -> StudyRecord:
        """The study as it stands; a later event does not wait for it to be asked again."""
        return StudyRecord(
            self.sites,
            self.subjects,
            self.kind,
            self.last_seq,
            self.pauses,
            self.locks,
            self.own,
            self.voided,
            self.named_again,
        )

    def take(self, event: Event) -> None:
        """One more event."""
        self.events, self.last_seq = self.events + 1, max(self.last_seq, event.seq)
        if event.subject is not None:
            known = self.subjects.get(event.subject) or SubjectRecord(event.subject, event.site or "")
            self.subjects[event.subject] = advance(known, event)
            if isinstance(event, SubjectScreened) and event.rescreens:
                self.named_again.setdefault(event.rescreens, []).append(event.subject)
            return
        self.own.append(event)
        if isinstance(event, EventVoided):
            self._again()
        else:
            self._take_own(event)

    def _again(self) -> None:
        """What belongs to sites and study, folded again without what was voided."""
        self.sites, self.pauses, self.locks = {}, (), ()
        self.voided = voidings(self.own)
        for event in self.own:
            if event.id not in self.voided:
                self._take_own(event)

    def _take_own(self, event: Event) -> None:
        if isinstance(event, StudyOpened):
            self.kind = event.kind
        elif isinstance(event, Locked | Unlocked):
            self.locks = (*self.locks, event)
        elif isinstance(event, AccrualSuspended | AccrualResumed) and not event.site:
            self.pauses = (*self.pauses, event)
        elif event.site:
            self.sites[event.site] = _at_site(self.sites.get(event.site, SiteRecord(event.site)), event)


def fold_study(events: Iterable[Event]) -> StudyRecord:
    """The record of the study from all its events, oldest first."""
    fold = StudyFold()
    for event in events:
        fold.take(event)
    return fold.study


def _at_site(site: SiteRecord, event: Event) -> SiteRecord:
    match event:
        case ProtocolActivated():
            return replace(site, activations=(*site.activations, event))
        case ReferenceRangeSet():
            return replace(site, ranges=(*site.ranges, event))
        case ApprovalEnded():
            return replace(site, endings=(*site.endings, event))
        case AccrualSuspended() | AccrualResumed():
            return replace(site, pauses=(*site.pauses, event))
        case _:
            return site
