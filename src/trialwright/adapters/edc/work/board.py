"""Where every subject stands and what waits for somebody, kept as long as nothing it rests on has changed.

An answer is kept with the record and the site, the day and the version it was given for: a record takes in an event by
becoming another one, so that an answer of before is never shown after it. Answers that a request has no time for are
said to be missing, those of the subjects who are treated come first, and a quiet thread makes the rest (`keep_warm`).
Read `Board`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.core.signals import request_started

from trialwright.adapters.edc import clock
from trialwright.adapters.edc.desk import Desk, OpenStudy
from trialwright.adapters.edc.work.judged import Row, Waiting, Watched, row_of, waiting_of, watched_of
from trialwright.core.conduct import Trial
from trialwright.core.protocol import Epoch
from trialwright.core.subject import SiteRecord, StudyRecord, SubjectRecord

DAYS = 3
"""Of so many days answers are kept: sites lie in several time zones, and a rehearsal is looked at on chosen days."""
BUDGET = 1.0
"""Seconds that one request may spend on answers nobody has asked for yet."""
FIRST = (Epoch.TREATMENT, Epoch.SCREENING, Epoch.FOLLOW_UP, Epoch.NOT_REGISTERED, Epoch.OFF_STUDY)
"""Of whom something waits first: who is treated, who is to be let in, who is followed."""
Answer = TypeVar("Answer")
Make = Callable[[Trial, StudyRecord, str, date], Answer]


# --- kept ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grounds:
    """What an answer about a subject was given for: its record, its site, its place in the accrual, as they were."""

    record: SubjectRecord
    site: SiteRecord
    told: SiteRecord | None
    locks: object
    place: int

    @classmethod
    def of(cls, study: StudyRecord, subject: str) -> Grounds:
        """Those of now."""
        record = study.subjects[subject]
        place = study.places.get(subject, 0)
        return cls(record, study.site_of(record), study.sites.get(record.site), study.locks, place)

    def hold(self, study: StudyRecord, subject: str) -> bool:
        """Whether they are still the same; whoever moved between sites has several, which are looked at."""
        if self.record is not study.subjects.get(subject) or self.place != study.places.get(subject, 0):
            return False
        same = self.told is study.sites.get(self.record.site) and self.locks is study.locks
        return (same and not self.site.earlier) or self.site == study.site_of(self.record)


class Kept(Generic[Answer]):
    """Answers about subjects by day, each with what it was given for; of the last few days that were asked about."""

    def __init__(self, make: Make[Answer]) -> None:
        self._make = make
        self._days: dict[date, dict[str, tuple[Grounds, Answer]]] = {}

    def known(self, trial: Trial, study: StudyRecord, subject: str, on: date) -> Answer | None:
        """The answer that was given, where nothing it rests on has changed."""
        kept = self._of_day(on).get(subject)
        return kept[1] if kept is not None and kept[0].hold(study, subject) else None

    def of(self, trial: Trial, study: StudyRecord, subject: str, on: date) -> Answer:
        """The answer, given now where it is not known."""
        known = self.known(trial, study, subject, on)
        if known is not None:
            return known
        answer = self._make(trial, study, subject, on)
        self._of_day(on)[subject] = (Grounds.of(study, subject), answer)
        return answer

    def _of_day(self, on: date) -> dict[str, tuple[Grounds, Answer]]:
        found = self._days.get(on)
        if found is None:
            found = self._days[on] = {}
            for old in tuple(self._days)[:-DAYS]:
                self._days.pop(old, None)
        return found


class KeptOfRecord(Generic[Answer]):
    """The same of answers that rest on the record and the version a subject is on, and on no day."""

    def __init__(self, make: Make[Answer]) -> None:
        self._make = make
        self._kept: dict[str, tuple[Grounds, str, date, Answer]] = {}

    def known(self, trial: Trial, study: StudyRecord, subject: str, on: date) -> Answer | None:
        """The answer that was given, where nothing it rests on has changed; the version is looked at once a day."""
        kept = self._kept.get(subject)
        if kept is None or not kept[0].hold(study, subject):
            return None
        if kept[2] != on:
            if kept[1] != trial.version_of(study, kept[0].record, on):
                return None
            self._kept[subject] = (*kept[:2], on, kept[3])
        return kept[3]

    def of(self, trial: Trial, study: StudyRecord, subject: str, on: date) -> Answer:
        """The answer, given now where it is not known."""
        known = self.known(trial, study, subject, on)
        if known is not None:
            return known
        answer = self._make(trial, study, subject, on)
        grounds = Grounds.of(study, subject)
        self._kept[subject] = (grounds, trial.version_of(study, grounds.record, on), on, answer)
        return answer


@dataclass(frozen=True)
class Told(Generic[Answer]):
    """Answers in the order of the subjects, and of how many subjects there was no time for one."""

    known: tuple[Answer, ...]
    left: int

    @property
    def asked(self) -> int:
        """Of how many subjects an answer was asked."""
        return len(self.known) + self.left


def in_time(
    kept: Kept[Answer] | KeptOfRecord[Answer],
    opened: OpenStudy,
    subjects: Sequence[str],
    on: date,
    until: float,
    first: Callable[[str], Any],
) -> Told[Answer]:
    """The answers that are known, and more as long as there is time: those of `first` before the others."""
    trial, study = opened.trial, opened.record
    found = {one: kept.known(trial, study, one, on) for one in subjects}
    unknown = [one for one, known in found.items() if known is None]
    for one in sorted(unknown, key=first) if unknown else ():
        if time.monotonic() > until:
            break
        found[one] = kept.of(trial, study, one, on)
    known = tuple(one for one in found.values() if one is not None)
    return Told(known, len(found) - len(known))


class Board:
    """All subjects of one study that is served."""

    def __init__(self) -> None:
        self.rows: Kept[Row] = Kept(row_of)
        self.waiting: Kept[Waiting] = Kept(waiting_of)
        self.watched: KeptOfRecord[Watched] = KeptOfRecord(watched_of)
        self._all: dict[date, tuple[StudyRecord, Mapping[str, Row]]] = {}

    def listed(self, opened: OpenStudy, subjects: Iterable[str], on: date) -> list[Row]:
        """The rows of the subjects named; those of one record and day are put together once."""
        known = self._rows(opened, on)
        return [known[one] for one in subjects]

    def _rows(self, opened: OpenStudy, on: date) -> Mapping[str, Row]:
        study, known = opened.record, self._all.get(on)
        if known is None or known[0] is not study:
            known = (study, {one: self.rows.of(opened.trial, study, one, on) for one in study.subjects})
            self._all[on] = known
            for old in tuple(self._all)[:-DAYS]:
                self._all.pop(old, None)
        return known[1]

    def awaited(
        self, opened: OpenStudy, subjects: Sequence[str], on: date, until: float | None = None
    ) -> Told[Waiting]:
        """What waits about the subjects named, as far as can be told by an instant, or else in the usual time."""
        return in_time(self.waiting, opened, subjects, on, until or _soon(), self._first(opened, on))

    def looked_after(
        self, opened: OpenStudy, subjects: Sequence[str], on: date, until: float | None = None
    ) -> Told[Watched]:
        """What is verified, coded and signed of the subjects named, as far as can be told by an instant."""
        return in_time(self.watched, opened, subjects, on, until or _soon(), self._first(opened, on))

    def _first(self, opened: OpenStudy, on: date) -> Callable[[str], Any]:
        """Whose answers come first: by where subjects stand."""

        def place(subject: str) -> tuple[int, str]:
            row = self._rows(opened, on)[subject]
            return FIRST.index(row.epoch), subject

        return place

    def unknown(self, opened: OpenStudy) -> Iterator[Callable[[], object]]:
        """What is yet to be answered of today, as it is at each site: of those first of whom most waits."""
        for on, subjects in todays(opened):
            ordered = sorted(subjects, key=self._first(opened, on))
            yield from self._unknown(self.waiting, opened, ordered, on)
            yield from self._unknown(self.watched, opened, ordered, on)

    @staticmethod
    def _unknown(
        kept: Kept[Answer] | KeptOfRecord[Answer], opened: OpenStudy, subjects: Iterable[str], on: date
    ) -> Iterator[Callable[[], object]]:
        trial, study = opened.trial, opened.record
        for one in subjects:
            if kept.known(trial, study, one, on) is None:
                yield partial(kept.of, trial, study, one, on)


def todays(opened: OpenStudy) -> list[tuple[date, list[str]]]:
    """The day at the lead site with everybody, and each other day it is at a site with the subjects of the site."""
    now, subjects = clock.instant(opened.kind, opened.last_recorded), opened.record.subjects
    found = {opened.today: list(subjects)}
    for site, zone in opened.zones.items():
        if (day := clock.today(now, zone)) != opened.today:
            found.setdefault(day, []).extend(one for one in subjects if subjects[one].site == site)
    return list(found.items())


def _soon() -> float:
    return time.monotonic() + BUDGET


_BOARDS: WeakKeyDictionary[OpenStudy, Board] = WeakKeyDictionary()


def subjects_at(desk: Desk, site: str = "") -> list[str]:
    """The subjects that a person sees, of one site or of all."""
    there = desk.open.record.subjects
    return [one for one in desk.subjects() if not site or there[one].site == site]


def board_of(opened: OpenStudy) -> Board:
    """The board of a study that is served by this process."""
    return _BOARDS.setdefault(opened, Board())


# --- ahead of the asking ---------------------------------------------------------------------------------------------

IDLE, ASKED, SAVING = 0.5, 0.1, 0.02
"""The share of a processor that is spent ahead of the asking: while nobody asks, while pages are read, and, where forms
are saved without a pause for longer than `PATIENCE`, then."""
REST, QUIET, PATIENCE = 20.0, 5.0, 60.0
"""Seconds between two looks for more, since somebody saved or asked, and without a quiet moment."""


class Pace:
    """When anybody asked, saved, or let the quiet thread work last."""

    def __init__(self, opened: OpenStudy) -> None:
        self.opened, self.seen = opened, opened.record.last_seq
        self.asked = self.saved = self.worked = time.monotonic()

    def heard(self, **_told: object) -> None:
        """Somebody asks for a page."""
        self.asked = time.monotonic()

    def share(self) -> float:
        """The share that may be spent now; nothing while forms are saved, but for those who wait long."""
        now = time.monotonic()
        if self.seen != self.opened.record.last_seq:
            self.seen, self.saved = self.opened.record.last_seq, now
        if now - self.saved < QUIET:
            return SAVING if now - self.worked > PATIENCE else 0.0
        self.worked = now
        return ASKED if now - self.asked < QUIET else IDLE


def keep_warm(opened: OpenStudy, stop: threading.Event) -> threading.Thread:
    """Make answers ahead of the asking, one at a time and the fewer the more is going on, until told to stop."""
    pace = Pace(opened)
    request_started.connect(pace.heard, weak=False, dispatch_uid=f"answers of {opened.id}")
    thread = threading.Thread(target=_warm, args=(opened, stop, pace), name=f"answers of {opened.id}", daemon=True)
    thread.start()
    return thread


def _warm(opened: OpenStudy, stop: threading.Event, pace: Pace) -> None:
    board = board_of(opened)
    while not stop.wait(QUIET):
        seen, made = opened.record.last_seq, 0
        for made, make in enumerate(board.unknown(opened), 1):
            if not _make(make, stop, pace):
                return
            if seen != opened.record.last_seq and made % AGAIN == 0:
                break  # what was saved meanwhile may be of somebody who comes first
        if not made and stop.wait(REST):
            return


AGAIN = 100
"""After so many answers it is looked again whose come first, where something was saved meanwhile."""


def _make(make: Callable[[], object], stop: threading.Event, pace: Pace) -> bool:
    """One answer, in its turn; False where it is to stop."""
    while not (share := pace.share()):
        if stop.wait(QUIET / 5):
            return False
    begun = time.monotonic()
    make()
    return not stop.wait((time.monotonic() - begun) * (1 / share - 1))
