"""The study around the subjects: protocol versions in force at a site, its laboratory's limits, all records by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from trialwright.core.ledger import Event, ProtocolActivated, ReferenceRangeSet
from trialwright.core.subject.record import SubjectRecord, advance
from trialwright.core.terms import Quantity


@dataclass(frozen=True)
class SiteRecord:
    """What belongs to a site: the protocol versions in force and its laboratory's limits."""

    site: str
    activations: tuple[ProtocolActivated, ...] = ()
    ranges: tuple[ReferenceRangeSet, ...] = ()

    def version_in_force(self, on: date) -> str | None:
        """The protocol version in force at the site on a day, or None before any is."""
        active = [event for event in self.activations if max(event.occurred, event.approved_on) <= on]
        return active[-1].version if active else None

    def limits(
        self, analyte: str, on: date, sex: str | None, age: int | None
    ) -> tuple[Quantity | None, Quantity | None]:
        """The lower and upper limit of an analyte that hold for this sex and age on this day; None where not known."""
        holding = [one for one in self.ranges if one.analyte == analyte and one.occurred <= on and _fits(one, sex, age)]
        latest = max(holding, key=lambda one: (one.occurred, one.seq), default=None)
        return (latest.low, latest.high) if latest else (None, None)


def _fits(one: ReferenceRangeSet, sex: str | None, age: int | None) -> bool:
    """A range made for a sex or an age fits only a subject of whom it is known."""
    if one.sex is not None and one.sex != sex:
        return False
    if one.age_from is None and one.age_to is None:
        return True
    return age is not None and (one.age_from or 0) <= age <= (one.age_to if one.age_to is not None else 200)


@dataclass(frozen=True)
class StudyRecord:
    """The whole study as recorded: sites and subjects, each by id, and the last position folded."""

    sites: Mapping[str, SiteRecord]
    subjects: Mapping[str, SubjectRecord]
    kind: str = ""
    last_seq: int = 0

    def site_of(self, record: SubjectRecord) -> SiteRecord:
        """The site a subject belongs to."""
        return self.sites.get(record.site, SiteRecord(record.site))


def fold_study(events: Iterable[Event]) -> StudyRecord:
    """The record of the study from all its events, oldest first."""
    sites: dict[str, SiteRecord] = {}
    subjects: dict[str, SubjectRecord] = {}
    kind, last = "", 0
    for event in events:
        last = max(last, event.seq)
        kind = getattr(event, "kind", kind)
        if event.subject is not None:
            known = subjects.get(event.subject) or SubjectRecord(event.subject, event.site or "")
            subjects[event.subject] = advance(known, event)
        elif isinstance(event, ProtocolActivated | ReferenceRangeSet) and event.site:
            sites[event.site] = _at_site(sites.get(event.site, SiteRecord(event.site)), event)
    return StudyRecord(sites, subjects, kind, last)


def _at_site(site: SiteRecord, event: ProtocolActivated | ReferenceRangeSet) -> SiteRecord:
    if isinstance(event, ProtocolActivated):
        return replace(site, activations=(*site.activations, event))
    return replace(site, ranges=(*site.ranges, event))
