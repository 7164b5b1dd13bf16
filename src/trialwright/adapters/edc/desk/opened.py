"""The studies that this process serves, each with its protocol read and its ledger folded.

What was recorded is folded once and brought up to date at each request by the events that came since, whoever wrote
them. Reading and writing have a connection for each thread; who writes when is `desk.writing`. Read `OpenStudy`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from trialwright import __version__
from trialwright.adapters.edc import clock
from trialwright.adapters.edc.desk.folded import Judging, Known, snapshot
from trialwright.adapters.edc.desk.writing import Job, StillMay, Writing
from trialwright.adapters.study import Study, load_study
from trialwright.core.conduct import Trial
from trialwright.core.ledger import (
    Event,
    PayloadRedacted,
)
from trialwright.core.people import Roster, RosterFold
from trialwright.core.subject import StudyFold, StudyRecord
from trialwright.core.terms import Finding
from trialwright.store import Ledger, MachineIssuer, Receipt, SeededIssuer, Submission, Text, open_study
from trialwright.store.chain import STUDY_CHAIN, SYSTEM_CHAIN
from trialwright.store.database import ledger_file, on_server
from trialwright.store.door import TEACHES, Door
from trialwright.store.encoding import SUBJECT_STREAM
from trialwright.store.errors import LedgerDamaged, LedgerError, NoLedger, StaleVersion
from trialwright.store.issuer import Issuer
from trialwright.store.ledger import Projection
from trialwright.store.stale import FirstSaid, long_ago
from trialwright.store.view import View
from trialwright.store.writer import Authorise, Guard

Answer = TypeVar("Answer")
MOST_ANSWERS = 1000
"""So many answers are kept, the latest."""
GONE = "The ledger that was served is gone from its place. Nothing was saved. Restore it: trialwright ledger restore."
LOG = logging.getLogger("trialwright.edc")


class OpenStudy:
    """One study that is served: `record` is everything recorded, of every site; a `Desk` shows a person's part.

    `id` is the study's id as it stands in addresses, in small letters; `study_id` as the protocol has it.
    """

    def __init__(self, folder: Path, projection: Projection | None = None, loaded: Study | None = None) -> None:
        self.folder, self.projection = folder, projection
        self.loaded: Study = loaded or load_study(folder)
        if not self.loaded.usable or self.loaded.trial is None:
            raise LedgerError(f"{folder}: the study's protocol has errors. Run: trialwright check {folder}.")
        self.trial: Trial = replace(self.loaded.trial, program=__version__)
        self.study_id = next(iter(self.loaded.versions.values())).protocol
        self.id = self.study_id.lower()
        self._lock, self._here = threading.RLock(), threading.local()
        self._file = None if on_server() else ledger_file(folder)
        self._read_from: object = None
        self._writing = Writing(self._to_write, self._write, self._place)
        self._known = self._nothing()
        self.record: StudyRecord = self._known.fold.study
        self.roster: Roster = self._known.roster.roster
        self._answers: dict[Any, tuple[Any, Any]] = {}
        self._rows: dict[Any, tuple[Any, Any]] = {}

    # --- what it is ---------------------------------------------------------------------------------------------------

    @property
    def slug(self) -> str:
        """The same as `id`: what names the study in addresses."""
        return self.id

    @property
    def kind(self) -> str:
        """Whether the data are real or simulated; a study that was not opened yet is real."""
        return self.record.kind or "real"

    @property
    def simulated(self) -> bool:
        """Whether the data are simulated, which every page says."""
        return self.kind == "simulated"

    @cached_property
    def zones(self) -> Mapping[str, str]:
        """The time zone of each site."""
        return {site.id: site.time_zone for one in self.trial.versions.values() for site in one.design.sites}

    @cached_property
    def site_ids(self) -> tuple[str, ...]:
        """Every site of any version."""
        return tuple(self.zones)

    @cached_property
    def lead(self) -> str:
        """The lead site, or the first."""
        sites = self.trial.versions[self.trial.latest].design.sites
        return next((site.id for site in sites if site.lead), sites[0].id if sites else "")

    @property
    def today(self) -> date:
        """The date at the lead site."""
        return clock.today(clock.instant(self.kind, self.last_recorded), self.zones.get(self.lead, ""))

    def substudy_sites(self, substudy: str) -> tuple[str, ...]:
        """The sites of a sub-study; none where there is no such sub-study."""
        found = (one for version in self.trial.versions.values() for one in version.design.substudies)
        return tuple(dict.fromkeys(site for one in found if one.id == substudy for site in one.sites))

    @property
    def common(self) -> int:
        """How many events were recorded that may bear on the answer about any subject."""
        return self._known.common

    @property
    def last_recorded(self) -> datetime | None:
        """When anything was recorded last."""
        return self._known.last

    def resolved(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """The events as the door lets them in: with protocol, zone and offset; it learns of none of them yet."""
        said = tuple(events)
        with self._lock:
            door = self._known.door
            if any(isinstance(event, TEACHES) for event in said):
                door = door.copy()
            return tuple(door.resolve(event) for event in said)

    # --- reading ------------------------------------------------------------------------------------------------------

    def reader(self) -> Ledger:
        """The ledger to read from, by a connection of this thread's own; NoLedger where there is none yet."""
        place = self._place()
        if getattr(self._here, "reader", None) is not None and self._here.place != place:
            self._let_go()  # another file stands there now: what this thread had open is nobody's any more
        if getattr(self._here, "reader", None) is None:
            stack = ExitStack()
            self._here.place = place
            self._here.reader = stack.enter_context(open_study(self.folder, study=self.study_id, read_only=True))
            self._here.stack = stack
        ledger: Ledger = self._here.reader
        return ledger

    def catch_up(self) -> None:
        """Take in what was recorded since this was last asked, by whatever process.

        Where another ledger stands in its place now, such as an older copy, all that was known is forgotten.
        LedgerError where it is gone, or cannot be read: a study that people work in is never one that was not begun.
        """
        try:
            reader = self.reader()
        except NoLedger:
            if self._known.fold.last_seq:
                raise LedgerDamaged(GONE) from None
            return  # nothing is recorded yet: the study waits for its first event
        ends = self._ends(reader)
        with self._lock:
            study, people = self._known.fold.last_seq, self._known.system_seq
            if self._is_another(reader, ends):
                LOG.error("another ledger, such as an older copy, stands where the one was that was served; read anew")
                self._take_in(reader, True, True, self._nothing())
                self._answers.clear()
                self._rows.clear()
            elif ends != (study, people):
                self._take_in(reader, ends[0] != study, ends[1] != people, self._known)

    def _ends(self, reader: Ledger) -> tuple[int, ...]:
        return reader.sizes(STUDY_CHAIN + self.study_id, SYSTEM_CHAIN)

    def _is_another(self, reader: Ledger, ends: tuple[int, ...]) -> bool:
        """Whether what was read is not of the ledger that stands here now: of another file, or of a longer one.

        Who saved since the ends were looked at made it longer; under the lock nobody does, so they are looked at again.
        """
        before, self._read_from = self._read_from, self._here.place
        known = (self._known.fold.last_seq, self._known.system_seq)
        if before not in (None, self._read_from):
            return True
        return any(now < then for now, then in zip(ends, known, strict=True)) and any(
            now < then for now, then in zip(self._ends(reader), known, strict=True)
        )

    def _place(self) -> object:
        """Which file the ledger is now, told apart from any that was put in its place; None on a server."""
        try:
            found = self._file and self._file.stat()
        except FileNotFoundError:
            return None
        return found and (found.st_dev, found.st_ino)

    def _to_write(self) -> AbstractContextManager[Ledger]:
        if self._file is not None and self._known.fold.last_seq and not self._file.exists():
            raise LedgerDamaged(GONE)  # to open it would begin a new one in its place
        return open_study(self.folder, study=self.study_id, projection=self.projection)

    def _take_in(self, reader: Ledger, of_study: bool, of_people: bool, known: Known) -> None:
        """Take in what came since it was known, and show it only then: nobody is answered from a part."""
        new = list(reader.events(after_seq=known.fold.last_seq)) if of_study else []
        people = list(reader.events(after_seq=known.system_seq, chain_id=SYSTEM_CHAIN)) if of_people else []
        if any(isinstance(one, PayloadRedacted) for one in new):
            known, new = self._nothing(), list(reader.events())
            people = list(reader.events(chain_id=SYSTEM_CHAIN))
        for event in new:
            known.take(event)
        for event in people:
            known.roster.take(event)
            known.system_seq = event.seq
        self._known, self.record, self.roster = known, snapshot(known.fold), known.roster.roster

    def _take_own(self, events: Sequence[Event]) -> bool:
        """Take in what this process has just written, as it was written; False where it has to be read again."""
        with self._lock:
            known = self._known
            follows = [one.seq for one in events] == [
                known.fold.last_seq + place for place in range(1, len(events) + 1)
            ]
            if not follows or any(isinstance(one, PayloadRedacted) for one in events):
                return False
            for event in events:
                known.take(event)
            self.record, self.roster = snapshot(known.fold), known.roster.roster
            return True

    def _nothing(self) -> Known:
        zones = {site.id: site.time_zone for one in self.trial.versions.values() for site in one.design.sites}
        return Known(StudyFold(), Door(self.loaded.hashes, zones), RosterFold())

    def answered(self, name: Any, stands: Any) -> Any:
        """What was answered before under this name; None where nothing was, or it stands on something else now."""
        kept = self._answers.get(name)
        return None if kept is None or kept[0] != stands else kept[1]

    def answer(self, name: Any, stands: Any, make: Callable[[], Answer], *, small: bool = False) -> Answer:
        """What was answered before under this name while it stands on the same, or else now, in its place.

        So one answer of a name is kept, however often something is saved. The oldest names are forgotten, but not those
        of `small` answers, a few rows of each patient, which a list of everybody rests on.
        """
        answers = self._rows if small else self._answers
        kept = answers.get(name)
        if kept is not None and kept[0] == stands:
            known: Answer = kept[1]
            return known
        found = make()
        with self._lock:
            answers.pop(name, None)
            answers[name] = (stands, found)
            while len(self._answers) > MOST_ANSWERS:
                del self._answers[next(iter(self._answers))]
        return found

    def forget(self) -> None:
        """Let go of the answers that are kept; each is given again when it is asked for."""
        with self._lock:
            self._answers.clear()

    # --- writing ------------------------------------------------------------------------------------------------------

    def save(self, submission: Submission, may: StillMay | None = None) -> Receipt:
        """Write a submission, whole or not at all; what refuses it is an exception of `store.errors`.

        `may` is asked inside the transaction whether whoever saves still may, and raises where not.
        """
        try:
            return self._writing.save(Job(submission, may))
        except StaleVersion as wrong:
            self.reader().compare(wrong, self._first_said(wrong))  # not while others wait for their turn
            raise

    def _first_said(self, stale: StaleVersion) -> FirstSaid:
        """Which event recorded an item first, by what is folded; not known where something was voided."""
        record = self.record.subjects.get(stale.stream.removeprefix(SUBJECT_STREAM))
        if record is None or record.voided or record.events < stale.current:
            return long_ago

        def first(path: str) -> float:
            concept, instance, name = path.split("/")
            history = record.items.get(concept)
            if history is None or history.standing(instance, name) is None:
                return inf
            seen = next((one for one in history.observed if one.instance == instance), None)
            return min((entry.event.seq for entry in seen.history.get(name, ())), default=0) if seen else 0

        return first

    def close(self) -> None:
        """Close what this thread reads and writes by."""
        self._writing.close()
        self._let_go()

    def _let_go(self) -> None:
        stack, self._here.reader, self._here.stack = getattr(self._here, "stack", None), None, None
        if stack is not None:
            stack.close()

    def texts_of(self, events: Iterable[Event]) -> tuple[Text, ...]:
        """The protocol files that the events stand on, for a ledger that may not hold them yet."""
        wanted = {event.protocol for event in events} | {getattr(event, "file_hash", "") for event in events}
        held = {digest for versions in self._known.door.at_site.values() for digest in versions.values()}
        new = wanted - held
        texts, hashes = self.loaded.texts, self.loaded.hashes
        return tuple(Text("protocol", text) for version, text in texts.items() if hashes[version] in new) if new else ()

    def judging(self) -> Judging:
        """What the protocol says against events that are to come one after the other."""
        return Judging(self.trial, lambda: self._known, lambda: self.record)

    def _write(self, ledger: Ledger, jobs: Sequence[Job]) -> list[Receipt]:
        """Write jobs in one transaction, and take in what was written."""
        written: list[Sequence[Event]] = []
        receipts = ledger.append_many([job.submission for job in jobs], *self._rules(jobs, written), compares=False)
        if not written or not self._take_own(written[-1]):
            self.catch_up()
        return receipts

    def _rules(self, jobs: Sequence[Job], written: list[Sequence[Event]]) -> tuple[Issuer, Guard, Authorise]:
        """What a save is asked in its transaction; `written` gets the events of it, for after the commit."""
        simulated = jobs[0].submission.recorded_at is not None
        issuer = SeededIssuer(f"{self.study_id}|web") if simulated else MachineIssuer()
        asked = {job.submission.submission_id: job.may for job in jobs}
        judging, current = self.judging(), False

        def authorise(view: View, submission: Submission) -> None:
            nonlocal current
            if not current:  # under the lock nobody else writes: once is enough for all that are written together
                self.catch_up()
                current = True
            may = asked.get(submission.submission_id)  # the opening of the chain of people is nobody's save
            if may is not None:
                may()

        def guard(view: View, event: Event) -> Sequence[Finding]:
            new = view.since(self._known.fold.last_seq)
            if not written:
                written.append(new)  # it grows with each event of the transaction
            return judging(new, event)

        return issuer, guard, authorise


SERVED: dict[str, OpenStudy] = {}
"""The studies of this process, by what names them in addresses."""


def serve_study(folder: Path, projection: Projection | None = None, loaded: Study | None = None) -> OpenStudy:
    """Open a study to be served; several share a process only where a server's database holds them."""
    opened = OpenStudy(folder, projection, loaded)
    SERVED[opened.id] = opened
    return opened


def open_study_of(slug: str) -> OpenStudy | None:
    """The study that an address names; None where it is not served here."""
    return SERVED.get(slug.lower())
