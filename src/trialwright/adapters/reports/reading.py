"""A study's ledger, read and judged for the report: few subjects in this process, many in worker processes.

A worker reads its own subjects' streams, folds and judges them, asks what the report asks of everyone, and hands the
participants back without their cases: memory does not grow with what was recorded, and every processor works. The
order is that of the subjects' ids, and the answers are those of one process. That the chain is whole is checked before,
that each stream was read in full after. Read `read_study`, then `judge`.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from trialwright.adapters.reports.asking import OF_EACH
from trialwright.adapters.study import load_study
from trialwright.core.analysis import Person, each_judged, setting_of, settled, thinned
from trialwright.core.conduct import Trial
from trialwright.core.dosing.evidence import let_go
from trialwright.core.ledger import Event
from trialwright.core.subject import StudyFold, StudyRecord, SubjectRecord, fold_study

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

FEW = 200
"""Up to so many subjects are judged in this process: starting others takes longer."""
CHUNK = 25
"""So many subjects are judged at once by a worker."""
MOST_WORKERS = 8
"""More would take more memory than they save time."""
SUBJECT = "subject:"
"""How the name of a subject's stream begins."""


@dataclass(frozen=True)
class Place:
    """Which ledger is read, as known when; `end` is the last position that is looked at."""

    folder: Path
    known_at: int | datetime | None
    end: int

    def knows(self, event: Event) -> bool:
        """Whether an event was recorded by then."""
        if event.seq > self.end:
            return False
        return not isinstance(self.known_at, datetime) or event.recorded is None or event.recorded <= self.known_at


@dataclass(frozen=True)
class Read:
    """What was read at first: the events of no subject, and how many events each stream has."""

    place: Place
    there: int
    """the last position there is, known by then or not"""
    kind: str
    own: tuple[Event, ...]
    streams: Mapping[str, int]
    last_day: date | None

    @property
    def subjects(self) -> list[str]:
        """The ids of the subjects, in order."""
        return sorted(one.removeprefix(SUBJECT) for one in self.streams if one.startswith(SUBJECT))


@dataclass(frozen=True)
class Known:
    """A study judged at a cut-off: its record, and its people, without their cases where there are many."""

    record: StudyRecord
    cut: date
    people: tuple[Person, ...]


@dataclass(frozen=True)
class _Judged:
    """The people of some subjects, the last position and the last day in their streams."""

    people: tuple[Person, ...]
    last_seq: int
    last_day: date


def read_study(folder: Path, known_at: int | datetime | None) -> Read:
    """What stands in the ledger of a folder by then; refusals are those of the store."""
    from trialwright.store import open_study
    from trialwright.store.errors import NoSuchPosition
    from trialwright.store.reader import in_utc

    with open_study(folder, read_only=True) as ledger:
        head = ledger.head()
        end = head.seq if head else 0
        if isinstance(known_at, int) and known_at > end:
            raise NoSuchPosition(f"The ledger ends at event {end}; there is no event {known_at} yet.")
        known_at = in_utc(known_at) if isinstance(known_at, datetime) else known_at
        place = Place(folder, known_at, min(known_at, end) if isinstance(known_at, int) else end)
        streams = ledger.streams(place.end)
        own = (_stream(ledger, place, one, count) for one, count in streams.items() if not one.startswith(SUBJECT))
        told = sorted(chain.from_iterable(own), key=lambda one: one.seq)
        last = ledger.guessed_last_day(place.end) if len(streams) > FEW else None
        return Read(place, end, ledger.kind or "", tuple(told), streams, date.fromisoformat(last) if last else None)


def _stream(ledger: Ledger, place: Place, stream: str, count: int) -> list[Event]:
    """The events of a stream as known then; one that is not whole, or holds what is another's, is refused."""
    found = list(ledger.events(stream=stream, known_at=place.end))
    subject = stream.removeprefix(SUBJECT) if stream.startswith(SUBJECT) else None
    if len(found) != count or any(one.subject != subject for one in found):
        raise _not_whole()
    return [one for one in found if place.knows(one)]


def _not_whole() -> Exception:
    from trialwright.store.errors import LedgerDamaged

    return LedgerDamaged("A stream does not hold the events it should. Run: trialwright ledger verify.")


def judge(read: Read, trial: Trial, cut: date | None, few: int = FEW, workers: int | None = None) -> Known:
    """Everyone judged at the cut-off, or at the last day on which anything happened."""
    if len(read.subjects) <= few:
        return _judged_here(read, trial, cut)
    chosen = cut or read.last_day or date.min
    found = _judged_many(read, trial, chosen, workers)
    days = (*(one.last_day for one in found), *(one.occurred for one in read.own))
    if cut is None and max(days, default=chosen) != chosen:  # what was guessed at first was not it
        chosen = max(days)
        found = _judged_many(read, trial, chosen, workers)
    own = fold_study(read.own)
    last = max((*(one.last_seq for one in found), own.last_seq))
    record = replace(own, last_seq=last, subjects=AllSubjects(read.place))
    return Known(record, chosen, tuple(_settled(trial, chosen, found)))


def _judged_here(read: Read, trial: Trial, cut: date | None) -> Known:
    """Everyone in this process, with their cases."""
    events = all_events(read.place)
    if tuple(one.seq for one in events if one.subject is None) != tuple(one.seq for one in read.own):
        raise _not_whole()
    record = fold_study(events)
    chosen = cut or max((one.occurred for one in events), default=date.min)
    return Known(record, chosen, tuple(each_judged(trial, record, chosen, sorted(record.subjects))))


def all_events(place: Place) -> list[Event]:
    """Every event as known then, in ledger order."""
    from trialwright.store import open_study

    with open_study(place.folder, read_only=True) as ledger:
        return [one for one in ledger.events(known_at=place.end) if place.knows(one)]


@dataclass(frozen=True, eq=False)
class AllSubjects(Mapping[str, SubjectRecord]):
    """The records of many subjects, read once somebody asks for one: what the report needs was asked of them before."""

    place: Place

    @cached_property
    def _records(self) -> Mapping[str, SubjectRecord]:
        return fold_study(all_events(self.place)).subjects

    def __getitem__(self, subject: str) -> SubjectRecord:
        return self._records[subject]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


# --- in worker processes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    """Subjects for a worker, each with the number of events in its stream; `hashes` are of the protocol's files."""

    place: Place
    cut: date
    hashes: tuple[tuple[str, str], ...]
    subjects: tuple[tuple[str, int], ...] = field(default=())


def _judged_many(read: Read, trial: Trial, cut: date, workers: int | None) -> list[_Judged]:
    """Every chunk of subjects, in order; where no other process can be had, in this one."""
    tasks = list(_tasks(read, trial, cut))
    workers = workers or min(_processors(), MOST_WORKERS)
    if workers > 1:
        try:
            with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start) as pool:
                return list(pool.map(_judged, tasks))
        except BrokenProcessPool:
            pass
    try:
        return [_judged(one) for one in tasks]
    finally:
        _close(tasks[0])


def _close(task: _Task) -> None:
    """The ledger that was opened for judging in this process."""
    if _opened.cache_info().currsize:
        _opened(task.place, task.hashes).held.close()
        _opened.cache_clear()


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tasks(read: Read, trial: Trial, cut: date) -> Iterator[_Task]:
    told = [(one, read.streams[SUBJECT + one]) for one in read.subjects]
    for at in range(0, len(told), CHUNK):
        yield _Task(read.place, cut, tuple(trial.hashes.items()), tuple(told[at : at + CHUNK]))


def _start() -> None:
    """A worker looks for garbage after each chunk, and not in what it began with."""
    gc.disable()


@dataclass(frozen=True)
class _Here:
    """What a worker keeps: the trial, the ledger, and the record of sites and study."""

    trial: Trial
    ledger: Ledger
    study: StudyRecord
    held: ExitStack


@lru_cache(maxsize=1)
def _opened(place: Place, hashes: tuple[tuple[str, str], ...]) -> _Here:
    from trialwright.store import open_study
    from trialwright.store.errors import LedgerError

    study = load_study(place.folder)
    if study.trial is None or tuple(study.trial.hashes.items()) != hashes:
        raise LedgerError("The protocol's files were changed while the report was made; make it again.")
    held = ExitStack()
    ledger = held.enter_context(open_study(place.folder, read_only=True))
    streams = ledger.streams(place.end)
    own = (_stream(ledger, place, one, count) for one, count in streams.items() if not one.startswith(SUBJECT))
    record = fold_study(sorted(chain.from_iterable(own), key=lambda one: one.seq))
    if not gc.isenabled():
        gc.collect()
        gc.freeze()
    return _Here(study.trial, ledger, record, held)


def _judged(task: _Task) -> _Judged:
    """The people of a chunk, without their cases."""
    here = _opened(task.place, task.hashes)
    people: list[Person] = []
    seqs, days = [0], [date.min]
    for subject, count in task.subjects:
        events = _stream(here.ledger, task.place, SUBJECT + subject, count)
        seqs += [one.seq for one in events]
        days += [one.occurred for one in events]
        for one in _people(here, subject, events, task.cut):
            people.append(thinned(one, OF_EACH))
            let_go(one.case)  # or it would wait for the garbage collector
    if not gc.isenabled():
        gc.collect()
        gc.freeze()
    return _Judged(tuple(people), max(seqs), max(days))


def _people(here: _Here, subject: str, events: Sequence[Event], cut: date) -> Iterator[Person]:
    """The subject as judged; nobody where it had not come to screening by then."""
    if not events:
        return iter(())
    fold = StudyFold()
    for event in events:
        fold.take(event)
    return each_judged(here.trial, replace(here.study, subjects=fold.subjects), cut, [subject])


def _settled(trial: Trial, cut: date, found: Sequence[_Judged]) -> Iterator[Person]:
    settings = {version: setting_of(trial, version, cut) for version in trial.versions}
    return (settled(one, settings[one.version]) for each in found for one in each.people)
