"""Where every subject stands and what waits for somebody, kept as long as nothing it rests on has changed.

An answer is kept with the record, the site and the day it was given for: a record takes in an event by becoming another
one, so that an answer of before is never shown after it. Answers that a request has no time for are said to be missing,
and a quiet thread makes them (`keep_warm`). Read `Board`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from trialwright.adapters.edc.desk.opened import OpenStudy
from trialwright.core.conduct import SubjectStatus, Trial, status_of
from trialwright.core.conduct.subjects import UNTOLD
from trialwright.core.conduct.trial import assessed_case, bare_case
from trialwright.core.conduct.wanting import Task, Wanted
from trialwright.core.conduct.week import ON_STUDY, WEEK
from trialwright.core.deviations import Deviation
from trialwright.core.disposition import epoch_of
from trialwright.core.dosing import CourseAccount, Dispensing, DoseDecision
from trialwright.core.eligibility import Eligibility
from trialwright.core.oversight import Query, planned_for, terms_to_code, verifications
from trialwright.core.oversight.coding import CODED
from trialwright.core.oversight.freezing import Scope, unsigned
from trialwright.core.oversight.items import WHOLE
from trialwright.core.oversight.queries import CLOSED
from trialwright.core.protocol import Epoch
from trialwright.core.safety import SafetyClock
from trialwright.core.schedule import Visit
from trialwright.core.specimens import SpecimenDue
from trialwright.core.subject import SiteRecord, StudyRecord, SubjectRecord

DAYS = 3
"""Of so many days answers are kept: sites lie in several time zones, and a rehearsal is looked at on chosen days."""
BUDGET = 1.5
"""Seconds that one request may spend on answers nobody has asked for yet."""
Answer = TypeVar("Answer")


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


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody about one subject: the parts of its status that ask for something, and its queries."""

    subject: str
    site: str
    epoch: Epoch
    entry: Eligibility | None
    doses: tuple[DoseDecision, ...]
    to_end: str
    tasks: tuple[Task, ...]
    coming: tuple[Visit, ...]
    wanted: tuple[Wanted, ...]
    supply: tuple[Dispensing, ...]
    accounts: tuple[CourseAccount, ...]
    specimens: tuple[SpecimenDue, ...]
    clocks: tuple[SafetyClock, ...]
    deviations: tuple[Deviation, ...]
    queries: tuple[Query, ...]
    unsigned: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Watched:
    """How much of one subject's data is still to be held against the source, and to be coded."""

    subject: str
    site: str
    unverified: int
    uncoded: int


# --- what is asked ---------------------------------------------------------------------------------------------------


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
    status = status_of(case, standards, assessments, on)
    scope = Scope(trial, study, case, status, WHOLE)
    return Waiting(
        subject=subject,
        site=record.site,
        epoch=status.disposition.epoch,
        entry=status.eligibility if status.disposition.epoch is Epoch.SCREENING else None,
        doses=tuple(status.doses.values()) if status.disposition.epoch is Epoch.TREATMENT else (),
        to_end=status.disposition.to_end,
        tasks=status.tasks,
        coming=tuple(one for one in status.coming if one.due <= on + WEEK),
        wanted=tuple(_wanted(status)),
        supply=tuple(status.supply.values()),
        accounts=tuple(one for one in status.accounts if one.missing),
        specimens=status.specimens,
        clocks=tuple(one for one in status.clocks if one.open),
        deviations=status.deviations,
        queries=tuple(one for one in scope.queries if one.state != CLOSED),
        unsigned=next(unsigned(scope), ""),
        labels=status.labels,
    )


def _wanted(status: SubjectStatus) -> Iterator[Wanted]:
    """What answers of today wait for; of somebody who is not on study nothing is asked any more."""
    if status.disposition.epoch in ON_STUDY:
        yield from (one for one in status.wanted if not all(name.startswith(UNTOLD) for name in one.waits))


def watched_of(trial: Trial, study: StudyRecord, subject: str, on: date) -> Watched:
    """What is to be verified and coded of one subject."""
    record = study.subjects[subject].on_its_site(on)
    protocol = trial.versions[trial.version_of(study, record, on)]
    concepts = trial.standards[protocol.version].concepts
    plan = planned_for(protocol, concepts)
    to_verify = sum(one.to_do for one in verifications(record, plan))
    to_code = sum(one.state != CODED for one in terms_to_code(record, concepts))
    return Watched(subject, record.site, to_verify, to_code)


# --- kept ------------------------------------------------------------------------------------------------------------


class Kept(Generic[Answer]):
    """Answers about subjects by day, each with what it was given for; of the last few days that were asked about."""

    def __init__(self, make: Callable[[Trial, StudyRecord, str, date], Answer]) -> None:
        self._make = make
        self._days: dict[date, dict[str, tuple[SubjectRecord, SiteRecord, Answer]]] = {}

    def known(self, study: StudyRecord, subject: str, on: date) -> Answer | None:
        """The answer that was given, where nothing it rests on has changed."""
        kept = self._of_day(on).get(subject)
        if kept is None or kept[0] is not study.subjects.get(subject):
            return None
        site = study.site_of(kept[0])
        return kept[2] if kept[1] is site or kept[1] == site else None

    def of(self, trial: Trial, study: StudyRecord, subject: str, on: date) -> Answer:
        """The answer, given now where it is not known."""
        known = self.known(study, subject, on)
        if known is not None:
            return known
        record = study.subjects[subject]
        answer = self._make(trial, study, subject, on)
        self._of_day(on)[subject] = (record, study.site_of(record), answer)
        return answer

    def _of_day(self, on: date) -> dict[str, tuple[SubjectRecord, SiteRecord, Answer]]:
        found = self._days.setdefault(on, {})
        for old in tuple(self._days)[:-DAYS]:
            self._days.pop(old, None)
        return found


@dataclass(frozen=True)
class Told(Generic[Answer]):
    """Answers, and about how many subjects there was no time for one."""

    known: tuple[Answer, ...]
    left: int


def in_time(kept: Kept[Answer], opened: OpenStudy, subjects: Iterable[str], on: date, until: float) -> Told[Answer]:
    """The answers that are known, and more as long as there is time."""
    study, found, left = opened.record, list[Answer](), 0
    for one in subjects:
        known = kept.known(study, one, on)
        if known is None and time.monotonic() > until:
            left += 1
        else:
            found.append(known if known is not None else kept.of(opened.trial, study, one, on))
    return Told(tuple(found), left)


class Board:
    """All subjects of one study that is served."""

    def __init__(self) -> None:
        self.rows: Kept[Row] = Kept(row_of)
        self.waiting: Kept[Waiting] = Kept(waiting_of)
        self.watched: Kept[Watched] = Kept(watched_of)
        self._all: dict[date, tuple[StudyRecord, Mapping[str, Row]]] = {}

    def listed(self, opened: OpenStudy, subjects: Iterable[str], on: date) -> list[Row]:
        """The rows of the subjects named; those of one record and day are put together once."""
        study, known = opened.record, self._all.get(on)
        if known is None or known[0] is not study:
            known = (study, {one: self.rows.of(opened.trial, study, one, on) for one in study.subjects})
            self._all[on] = known
            for old in tuple(self._all)[:-DAYS]:
                self._all.pop(old, None)
        return [known[1][one] for one in subjects]

    def awaited(self, opened: OpenStudy, subjects: Iterable[str], on: date, until: float) -> Told[Waiting]:
        """What waits about the subjects named, as far as can be told by an instant."""
        return in_time(self.waiting, opened, subjects, on, until)

    def looked_after(self, opened: OpenStudy, subjects: Iterable[str], on: date, until: float) -> Told[Watched]:
        """What is to be verified and coded of the subjects named, as far as can be told by an instant."""
        return in_time(self.watched, opened, subjects, on, until)

    def unknown(self, opened: OpenStudy, on: date) -> Iterator[Callable[[], object]]:
        """What is yet to be answered, rows first."""
        study = opened.record
        for kept in (self.rows, self.waiting, self.watched):
            for one in tuple(study.subjects):
                if kept.known(study, one, on) is None:
                    yield lambda kept=kept, one=one: kept.of(opened.trial, study, one, on)  # type: ignore[misc]


_BOARDS: WeakKeyDictionary[OpenStudy, Board] = WeakKeyDictionary()


def board_of(opened: OpenStudy) -> Board:
    """The board of a study that is served by this process."""
    return _BOARDS.setdefault(opened, Board())


# --- ahead of the asking ---------------------------------------------------------------------------------------------

SHARE, REST, QUIET = 0.1, 20.0, 5.0
"""The share of a processor that is spent ahead of the asking; seconds between two looks for more, and since a save."""


def keep_warm(opened: OpenStudy, stop: threading.Event) -> threading.Thread:
    """Make answers ahead of the asking, one at a time and while nobody saves, until told to stop."""
    thread = threading.Thread(target=_warm, args=(opened, stop), name=f"answers of {opened.id}", daemon=True)
    thread.start()
    return thread


def _warm(opened: OpenStudy, stop: threading.Event) -> None:
    board, seen = board_of(opened), -1
    while not stop.wait(QUIET if seen != opened.record.last_seq else REST):
        if seen != opened.record.last_seq:
            seen = opened.record.last_seq
            continue  # something was saved: whoever saves goes first
        for make in board.unknown(opened, opened.today):
            begun = time.monotonic()
            make()
            took = time.monotonic() - begun
            if stop.wait(took * (1 / SHARE - 1)):
                return
            if seen != opened.record.last_seq:
                break
