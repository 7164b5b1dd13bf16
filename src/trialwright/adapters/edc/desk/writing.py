"""Writing to a study: whoever saves writes in a thread of their own, one after the other, and takes along what waits.

A save is put in the queue, then its thread waits for its turn. Who has the turn writes the oldest saves of the queue in
one transaction, with one wait for the disk; those whose save went along find it done. Nothing is handed to another
thread, so that a save which meets no other costs nothing more. Read `Writing.save`.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from trialwright.core.ledger import PersonDeactivated, PersonReactivated, RoleEnded, RoleGranted
from trialwright.store import Ledger, Receipt, Submission

StillMay = Callable[[], None]
WHO_MAY = (RoleGranted, RoleEnded, PersonDeactivated, PersonReactivated)
"""Events after which others may save more or less."""
TOGETHER = 8
"""At most so many saves share one transaction: those that wait for the one before them."""


@dataclass(eq=False)
class Job:
    """One save that waits for its turn, and what came of it."""

    submission: Submission
    may: StillMay | None = None
    receipt: Receipt | None = None
    wrong: BaseException | None = None

    @property
    def settled(self) -> bool:
        """Whether it was written or refused."""
        return self.receipt is not None or self.wrong is not None

    @property
    def changes_who_may(self) -> bool:
        """Whether others may save more or less after it."""
        return any(isinstance(event, WHO_MAY) for event in self.submission.events)


Write = Callable[[Ledger, Sequence[Job]], list[Receipt]]
"""Writes jobs in one transaction, all or none."""


class Writing:
    """The queue of one study; `opening` opens its ledger for the thread that writes, `write` writes.

    `place` tells which ledger stands there now, so that nothing is written to one that was replaced.
    """

    def __init__(
        self, opening: Callable[[], AbstractContextManager[Ledger]], write: Write, place: Callable[[], object]
    ) -> None:
        self.opening, self.write, self.place = opening, write, place
        self._waiting: deque[Job] = deque()
        self._turn, self._here = threading.Lock(), threading.local()

    def save(self, job: Job) -> Receipt:
        """Write it, whole or not at all; what refused it is raised."""
        self._waiting.append(job)
        while not job.settled:
            with self._turn:
                if not job.settled:
                    self._write_the_oldest()
        if job.receipt is None:
            raise job.wrong or RuntimeError("a save ended without an answer")
        return job.receipt

    def close(self) -> None:
        """Close the ledger that this thread writes by."""
        stack, self._here.stack, self._here.ledger = getattr(self._here, "stack", None), None, None
        if stack is not None:
            stack.close()

    def _write_the_oldest(self) -> None:
        """The saves that wait longest; where the ledger cannot be opened, all of them are told why."""
        jobs = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
        try:
            self._settle(self._ledger(), jobs)
        except BaseException as wrong:
            for job in jobs:  # nobody is left waiting for a save that nobody writes
                job.wrong = None if job.settled else wrong
            self.close()
            if not isinstance(wrong, Exception):
                raise

    def _settle(self, ledger: Ledger, jobs: Sequence[Job]) -> None:
        """Write the jobs in one transaction; where one of them is refused, each by itself, so that the others stand."""
        keys = {job.submission.submission_id for job in jobs}
        twice, apart = len(keys) < len(jobs), any(job.changes_who_may for job in jobs)
        if twice or (apart and len(jobs) > 1):  # the second is told of the first; who may save is asked anew
            return self._one_by_one(ledger, jobs)
        try:
            receipts = self.write(ledger, jobs)
        except Exception as wrong:
            if len(jobs) > 1:
                return self._one_by_one(ledger, jobs)
            jobs[0].wrong = wrong
            return None
        for job, receipt in zip(jobs, receipts, strict=True):
            job.receipt = receipt
        return None

    def _one_by_one(self, ledger: Ledger, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._settle(ledger, [job])

    def _ledger(self) -> Ledger:
        """The ledger, opened to write by this thread."""
        if getattr(self._here, "ledger", None) is not None and self._here.place != self.place():
            self.close()
        if getattr(self._here, "ledger", None) is None:
            stack = ExitStack()
            self._here.ledger, self._here.stack = stack.enter_context(self.opening()), stack
            self._here.place = self.place()
        ledger: Ledger = self._here.ledger
        return ledger
