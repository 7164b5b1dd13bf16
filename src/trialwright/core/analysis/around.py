"""What surrounds the participants: approvals at the sites, who acted in which role, queries, corrections, redactions.

Told for the cut-off, from the ledger; an actor is counted by an opaque id and never named. What a voided event said
counts no more, that it was voided does. Read `activity_of`, then `Approval`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialwright.core.ledger import (
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    Event,
    EventVoided,
    FormCorrected,
    PayloadRedacted,
    ProtocolActivated,
    QueryClosed,
    QueryOpened,
    SubjectMoved,
    SubjectRegistered,
)
from trialwright.core.subject import StudyRecord, SubjectRecord, by_day


@dataclass(frozen=True)
class Approval:
    """A version approved and activated at a site, until when, and when and why the approval ended."""

    site: str
    version: str
    approved_on: date
    activated: date
    until: date | None = None
    ended: date | None = None
    why: str = ""


@dataclass(frozen=True)
class OpenQuery:
    """A query that is not closed: about which item of whom, and since when."""

    subject: str
    item: str
    since: date


@dataclass(frozen=True)
class Pause:
    """Accrual suspended, or resumed, at a site or in the whole study (None), and why."""

    site: str | None
    on: date
    suspended: bool
    why: str


@dataclass(frozen=True)
class Activity:
    """What was done in the record of one subject: versions it was on, open queries, corrections, and by whom.

    `acted` are site, role and actor's id, each once.
    """

    versions: tuple[tuple[str, date], ...] = ()
    open_queries: tuple[OpenQuery, ...] = ()
    corrections: int = 0
    voided: int = 0
    redactions: int = 0
    events: int = 0
    acted: frozenset[tuple[str, str, str]] = frozenset()


def activity_of(record: SubjectRecord, cut: date) -> Activity:
    """What was done in a subject's record by the cut-off."""
    every = [one for one in record.log or () if one.occurred <= cut]
    held = [one for one in every if one.id not in record.voided]
    return Activity(
        versions=tuple(_versions(held)),
        open_queries=tuple(_open_queries(record.subject, reversed(held))),
        corrections=sum(isinstance(one, FormCorrected) for one in held),
        voided=sum(isinstance(one, EventVoided) for one in every),
        redactions=sum(isinstance(one, PayloadRedacted) for one in every),
        events=len(every),
        acted=frozenset((one.site or record.site, one.role, one.actor) for one in every),
    )


def _versions(events: Iterable[Event]) -> list[tuple[str, date]]:
    """The version of the registration and those moved to, in the order they happened."""
    placed = [one for one in events if isinstance(one, SubjectRegistered | SubjectMoved)]
    return [(one.version, one.occurred) for one in sorted(placed, key=by_day)]


def _open_queries(subject: str, oldest_first: Iterable[Event]) -> list[OpenQuery]:
    """What was asked and not closed since; a closing without a name is of every query of the item."""
    opened: dict[str, OpenQuery] = {}
    for one in oldest_first:
        if isinstance(one, QueryOpened):
            opened.setdefault(one.query or one.item, OpenQuery(subject, one.item, one.occurred))
        elif isinstance(one, QueryClosed):
            closed = [one.query] if one.query else [name for name, told in opened.items() if told.item == one.item]
            for name in closed:
                opened.pop(name, None)
    return list(opened.values())


def approvals(study: StudyRecord, cut: date) -> tuple[Approval, ...]:
    """Every approval of a version at a site that was activated by the cut-off, oldest first."""
    found = [
        _approval(activated, site.endings, cut)
        for site in study.sites.values()
        for activated in site.activations
        if activated.occurred <= cut
    ]
    return tuple(sorted(found, key=lambda one: (one.activated, one.site, one.version)))


def _approval(one: ProtocolActivated, endings: Iterable[ApprovalEnded], cut: date) -> Approval:
    after = [each for each in endings if by_day(one) < by_day(each) and each.occurred <= cut]
    ended = next((each for each in sorted(after, key=by_day) if each.version in ("", one.version)), None)
    return Approval(
        site=one.site or "",
        version=one.version,
        approved_on=one.approved_on,
        activated=one.occurred,
        until=one.approved_until,
        ended=ended.occurred if ended else None,
        why=ended.why if ended else "",
    )


def pauses(study: StudyRecord, cut: date) -> tuple[Pause, ...]:
    """Every suspension and resumption of accrual by the cut-off, oldest first."""
    told: list[AccrualSuspended | AccrualResumed] = [*study.pauses]
    told += [one for site in study.sites.values() for one in site.pauses]
    held = sorted((one for one in told if one.occurred <= cut), key=by_day)
    return tuple(Pause(one.site, one.occurred, isinstance(one, AccrualSuspended), one.why) for one in held)
