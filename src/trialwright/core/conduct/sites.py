"""Each site on a day: the protocol version in force there, until when it is approved, whether accrual is suspended.

Which version is in force is decided in `subject.study`; here it is told. Read `site_versions`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from trialwright.core.conduct.grounds import Ground
from trialwright.core.conduct.trial import Trial
from trialwright.core.ledger import Event, ProtocolActivated, SubjectScreened
from trialwright.core.subject import SiteRecord, StudyRecord, by_day, known_on
from trialwright.core.terms import Because, Evidence

APPROVAL = Because("approval", "Nobody is entered before the ethics committee approved the version (ICH E6(R2) 4.4.1).")


@dataclass(frozen=True)
class SiteVersion:
    """A site: the version in force (None: none, and `why` not), since when, until when it is approved, the pause.

    `until` is None where the approval has no end recorded; `suspended` is the day since which nobody is registered.
    """

    site: str
    name: str
    version: str | None
    since: date | None = None
    until: date | None = None
    why: str = ""
    suspended: date | None = None
    suspended_why: str = ""
    ground: Ground = field(default_factory=lambda: Ground(()))


def site_versions(trial: Trial, study: StudyRecord, on: date, site: str | None = None) -> tuple[SiteVersion, ...]:
    """Every site of the protocol, or one, on a day."""
    names = {one.id: one.name for version in trial.versions.values() for one in version.design.sites}
    asked = [one for one in names if site in (None, one)]
    return tuple(_site(study, study.sites.get(one, SiteRecord(one)), names[one], on) for one in asked)


def _site(study: StudyRecord, record: SiteRecord, name: str, on: date) -> SiteVersion:
    version = record.version_in_force(on)
    approval = record.approved(version, on) if version else None
    pause = study.suspended(record.site, on)
    first = min((one for one in record.activations if one.version == version), key=by_day, default=None)
    events: list[Event] = [one for one in (first, approval, pause) if one]
    evidence = tuple(_datum(one) for one in dict.fromkeys(events))
    return SiteVersion(
        site=record.site,
        name=name,
        version=version,
        since=first.occurred if first else None,
        until=approval.approved_until if approval else None,
        why="" if version else _why_none(record, on),
        suspended=pause.occurred if pause else None,
        suspended_why=pause.why if pause else "",
        ground=Ground((APPROVAL,), evidence, () if version else ("an approval that holds",)),
    )


def _why_none(record: SiteRecord, on: date) -> str:
    """Why no version is in force, by what had happened by the day."""
    known = tuple(one for one in record.activations if one.occurred <= on)
    return replace(record, activations=known).why_not_approved(None, on) if known else "no version was activated yet"


def _datum(event: Event) -> Evidence:
    if isinstance(event, ProtocolActivated):
        return Evidence("activated", f"version {event.version}", event.occurred.isoformat(), event.id)
    return Evidence("accrual suspended", str(getattr(event, "why", "")), event.occurred.isoformat(), event.id)


def persons(study: StudyRecord, subjects: Collection[str], on: date) -> int:
    """How many people these ids are: who was screened again under another id is one person.

    It does not matter whether the ids in between are among these, as where one of them is of another site.
    """
    told = (one for record in study.subjects.values() for one in known_on(record, on).of_kind(SubjectScreened))
    earlier = {one.subject: one.rescreens for one in told if one.rescreens in study.subjects}
    return len({_first_id(one, earlier) for one in subjects})


def _first_id(subject: str, earlier: Mapping[str | None, str]) -> str:
    """The id under which the person was screened first."""
    seen = {subject}
    while (before := earlier.get(subject)) and before not in seen:
        seen.add(subject := before)
    return subject
