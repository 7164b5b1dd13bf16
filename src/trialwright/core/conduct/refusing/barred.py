"""Of whom nothing more is decided: who is dead, who left or withdrew, and whose data are locked.

What happened all the same is let in as a fact and becomes a finding (`conduct.orders`).
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.core.conduct.refusing.asked import Asked, named
from trialwright.core.ledger import (
    ArmAllocated,
    ConsentWithdrawn,
    CourseStarted,
    DoseReleased,
    SubjectMoved,
    SubjectRegistered,
    SubstudyJoined,
)
from trialwright.core.subject import left, treatment_over, why_left
from trialwright.core.subject.standing import lock_on
from trialwright.core.terms import Finding

OF_A_SUBJECT = (SubjectRegistered, ArmAllocated, SubstudyJoined, SubjectMoved, CourseStarted, DoseReleased)
"""What is decided of a living subject who is on study."""
OF_TREATMENT = (CourseStarted, DoseReleased)
"""What is decided of a subject who consents to be treated."""


def barred(asked: Asked) -> Iterator[Finding]:
    """Why nothing is decided of the subject any more, where it is not."""
    if isinstance(asked.event, OF_A_SUBJECT):
        yield from _gone(asked)
        yield from _locked(asked)


def _gone(asked: Asked) -> Iterator[Finding]:
    on, who = asked.event.occurred, asked.record.subject
    died = asked.case.died(on)
    if died is not None:
        yield asked.no(f"{who} died on {died}.", do="Correct the day of death if it is wrong.")
        return
    gone = left(asked.record, on)
    if gone is not None:
        do = "Record a new consent first." if isinstance(gone, ConsentWithdrawn) else "Record that the subject is back."
        yield asked.no(f"{who} is off study since {gone.occurred}: {why_left(gone)}; {named(gone)}.", do=do)
        return
    over = treatment_over(asked.record, on)
    if isinstance(asked.event, OF_TREATMENT) and isinstance(over, ConsentWithdrawn):
        says = f"{who} is not treated since {over.occurred}: {why_left(over)}; {named(over)}."
        yield asked.no(says, do="Record a new consent first.")


def _locked(asked: Asked) -> Iterator[Finding]:
    lock = lock_on(asked.study, asked.record, ())
    if lock is not None:
        says = f"The data of {asked.record.subject} were locked by {lock.actor} on {lock.occurred}; {named(lock)}."
        yield asked.no(says, do="Unlock them first, with the reason.")
