"""What the lists know of one subject: where it stands, what waits about it, how far its data are looked after.

Each is what remains of a judgement that costs much more than its answer: small, and without whatever it was judged by.
Nothing is decided here; `board` keeps the answers. Read `waiting_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from trialwright.adapters.edc.look.standing import OPEN, standing, unrecorded
from trialwright.core.conduct import SubjectStatus, Trial, status_of
from trialwright.core.conduct.subjects import UNTOLD, of_accrual
from trialwright.core.conduct.trial import assessed_case, bare_case
from trialwright.core.conduct.wanting import Task, Wanted
from trialwright.core.conduct.week import ON_STUDY, WEEK
from trialwright.core.deviations import Deviation, Untold
from trialwright.core.disposition import epoch_of
from trialwright.core.dosing import CourseAccount, Dispensing, DoseDecision
from trialwright.core.eligibility import Eligibility
from trialwright.core.oversight import (
    Plan,
    Query,
    Standing,
    Term,
    lapsed,
    planned_for,
    signatures,
    terms_to_code,
    verifications,
)
from trialwright.core.oversight.coding import CODED
from trialwright.core.oversight.freezing import Scope, unsigned
from trialwright.core.oversight.items import WHOLE
from trialwright.core.oversight.verification import Progress, progress_of
from trialwright.core.protocol import Concept, Epoch, StudyProtocol
from trialwright.core.safety import SafetyClock
from trialwright.core.safety.clocks import NO_TABLE
from trialwright.core.schedule import Visit, visits
from trialwright.core.specimens import Custody, LaboratoryRow, SpecimenDue, custody_of, laboratory
from trialwright.core.subject import Case, StudyRecord
from trialwright.core.toxicity import AdverseEvent, adverse_events


@dataclass(frozen=True)
class Row:
    """One subject in the list: where it stands and since when, its version, arm, course, and its last entry."""

    subject: str
    site: str
    epoch: Epoch
    since: date | None
    why: str
    version: str
    arm: str
    course: int | None
    registered: date | None
    last_entry: date | None
    entries: int


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit as a calendar has it: due or made on a day, in a window from which it is open till it is over."""

    label: str
    course: int | None
    state: str
    earliest: date
    on: date
    latest: date


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody about one subject: the parts of its status that ask for something, and its queries.

    `visits` are those to make or to enter, each with how it stands, `planned` all of them; `serious` are the events
    that are serious, those of which nobody said, and those that have a clock; `memo` is for what is derived of this
    answer alone.
    """

    subject: str
    site: str
    epoch: Epoch
    entry: Eligibility | None
    doses: tuple[DoseDecision, ...]
    to_end: str
    visits: tuple[tuple[Visit, str], ...]
    tasks: tuple[Task, ...]
    coming: tuple[Visit, ...]
    planned: tuple[Planned, ...]
    wanted: tuple[Wanted, ...]
    supply: tuple[Dispensing, ...]
    accounts: tuple[CourseAccount, ...]
    specimens: tuple[SpecimenDue, ...]
    custody: tuple[tuple[LaboratoryRow, Custody], ...]
    clocks: tuple[SafetyClock, ...]
    serious: tuple[AdverseEvent, ...]
    deviations: tuple[Deviation, ...]
    untold: tuple[Untold, ...]
    queries: tuple[Query, ...]
    unsigned: str
    lapsed: tuple[Standing, ...]
    labels: Mapping[str, str]
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True)
class Watched:
    """How far one subject's data were held against the source, coded and signed; `sampled` if all of it is planned."""

    subject: str
    site: str
    sampled: bool
    progress: Progress
    terms: tuple[Term, ...]
    signed: tuple[Standing, ...]
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def unverified(self) -> int:
        """How many items are still to be held against the source."""
        return self.progress.open

    @property
    def uncoded(self) -> int:
        """How many terms are still to be coded."""
        return sum(one.state != CODED for one in self.terms)


def row_of(trial: Trial, study: StudyRecord, subject: str, on: date) -> Row:
    """One subject in the list; nothing is graded for it."""
    whole = study.subjects[subject]
    record = whole.on_its_site(on)
    case = bare_case(trial, study, record, trial.version_of(study, record, on))
    epoch, since, why = epoch_of(case, on)
    courses = case.courses(on) if epoch is Epoch.TREATMENT else ()
    registered = record.registered
    return Row(
        subject=subject,
        site=record.site,
        epoch=epoch,
        since=since,
        why=why,
        version=case.protocol.version,
        arm=record.arm or "",
        course=courses[-1].number if courses else None,
        registered=registered.occurred if registered and registered.occurred <= on else None,
        last_entry=whole.log.newest.occurred if whole.log else None,
        entries=whole.events,
    )


def waiting_of(trial: Trial, study: StudyRecord, subject: str, on: date) -> Waiting:
    """What waits for somebody about one subject."""
    record = study.subjects[subject].on_its_site(on)
    version = trial.version_of(study, record, on)
    standards = trial.standards[version]
    case, assessments = assessed_case(bare_case(trial, study, record, version), standards, on)
    status = status_of(case, standards, assessments, on, of_accrual(case, study, on))
    scope = Scope(trial, study, case, status, WHOLE)
    clocked = {one.event for one in status.clocks}
    events = adverse_events(case, standards.toxicity or NO_TABLE, on)
    return Waiting(
        subject=subject,
        site=record.site,
        epoch=status.disposition.epoch,
        entry=status.eligibility if status.disposition.epoch is Epoch.SCREENING else None,
        doses=tuple(_alone(status.doses.values())) if status.disposition.epoch is Epoch.TREATMENT else (),
        to_end=status.disposition.to_end,
        visits=tuple((one, standing(case, one, on).state) for one in _to_make(case, status)),
        tasks=status.tasks,
        coming=tuple(one for one in status.coming if one.due <= on + WEEK),
        planned=tuple(_planned(case, on)),
        wanted=tuple(_wanted(status)),
        supply=tuple(status.supply.values()),
        accounts=status.accounts,
        specimens=status.specimens,
        custody=tuple(_custody(case, on)),
        clocks=status.clocks,
        serious=tuple(one for one in events if one.serious is not False or one.id in clocked),
        deviations=status.deviations,
        untold=status.untold,
        queries=scope.queries,
        unsigned=next(unsigned(scope), ""),
        lapsed=_besides(lapsed(signatures(trial, study, record)), WHOLE, subject),
        labels=_shared(tuple(status.labels.items())),
    )


NOT_THEIRS = "does not apply"


def _planned(case: Case, on: date) -> Iterator[Planned]:
    """Every visit that is theirs, made or to be made."""
    for one in visits(case, on):
        begins, ends = (one.done_on, one.done_on) if one.done_on else (one.earliest, one.latest)
        if begins and ends and one.state != NOT_THEIRS:
            state = standing(case, one, on).state
            days = (_day(begins), _day(one.done_on or one.due), _day(ends))
            yield Planned(one.encounter.label, one.course, state, *days)


@lru_cache(maxsize=50_000)
def _day(on: date) -> date:
    """The day; that of all subjects is one object."""
    return on


def _custody(case: Case, on: date) -> Iterator[tuple[LaboratoryRow, Custody]]:
    """The specimens of a subject with what is to be done with each."""
    rows = {one.key: one for one in laboratory((case,), on)}
    yield from ((rows[one.key], one) for one in custody_of(case, on) if one.key in rows)


def _besides(told: Iterable[Standing], *names: str) -> tuple[Standing, ...]:
    """Signatures of other things than these."""
    return tuple(one for one in told if one.signed.what not in names)


def _alone(doses: Iterable[DoseDecision]) -> Iterator[DoseDecision]:
    """Each decision without the rules that were looked at for it, which hold everything they were looked at by."""
    yield from (replace(one, fired=(), because=()) for one in doses)


@lru_cache(maxsize=256)
def _shared(labels: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The labels; those of all subjects with the same are one mapping."""
    return dict(labels)


def _to_make(case: Case, status: SubjectStatus) -> Iterator[Visit]:
    """Visits whose window is open, and of who is on study those whose window is over and of which nothing is there."""
    yield from (one.visit for one in status.tasks if one.visit.state in OPEN)
    if status.disposition.epoch in ON_STUDY:
        yield from unrecorded(case, status.on)


def _wanted(status: SubjectStatus) -> Iterator[Wanted]:
    """What answers of today wait for; of somebody who is not on study nothing is asked any more."""
    if status.disposition.epoch in ON_STUDY:
        yield from (one for one in status.wanted if not all(name.startswith(UNTOLD) for name in one.waits))


def watched_of(trial: Trial, study: StudyRecord, subject: str, on: date) -> Watched:
    """How far one subject's data were looked after."""
    record = study.subjects[subject].on_its_site(on)
    version = trial.version_of(study, record, on)
    protocol, concepts = trial.versions[version], trial.standards[version].concepts
    plan = plan_of(protocol, concepts)
    return Watched(
        subject=subject,
        site=record.site,
        sampled=plan.sampled(subject),
        progress=progress_of(verifications(record, plan)),
        terms=terms_to_code(record, {**concepts, **{one.id: one for one in protocol.concepts}}),
        signed=signatures(trial, study, record),
    )


_PLANS: dict[int, tuple[StudyProtocol, Plan]] = {}


def plan_of(protocol: StudyProtocol, concepts: Mapping[str, Concept]) -> Plan:
    """What is to be verified under a protocol; read from it once."""
    known = _PLANS.get(id(protocol))
    if known is None or known[0] is not protocol:
        known = _PLANS[id(protocol)] = (protocol, planned_for(protocol, concepts))
    return known[1]
