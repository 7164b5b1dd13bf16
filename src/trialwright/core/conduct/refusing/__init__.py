"""Which event is refused, and why: a decision that the protocol does not allow, and what cannot be a fact at all.

    asked      the event, and the record as it stands before it
    barred     of whom nothing more is decided: dead, gone, withdrawn, locked
    entering   screening, registration, arm, sub-studies
    treating   a course starts, a drug is handed out
    moving     to another version or site; consent; coming back
    locking    locked data do not change
    voiding    what was entered by mistake, and what rests on it
    watching   queries, verification, coding, the review of the audit trail
    governing  the study, its sites, accrual, signatures
    staffing   roles of the people who work with the study, and their trainings

What happened is accepted: a late visit, a dose taken against the rule, one subject more than planned who was treated.
It becomes a deviation or a finding. Each refusal names its clause or rule and what to do. Read `refusals`, `GUARDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from trialwright.core.conduct.facts import impossible
from trialwright.core.conduct.refusing.asked import REFUSED, Asked
from trialwright.core.conduct.refusing.barred import barred
from trialwright.core.conduct.refusing.entering import allocation, joining, registration, screening
from trialwright.core.conduct.refusing.governing import (
    activation,
    approval_ended,
    declaring,
    opening,
    signature,
    suspending,
)
from trialwright.core.conduct.refusing.locking import asking_to_unlock, changing, locking, unlocking
from trialwright.core.conduct.refusing.moving import consenting, finding_again, moving, transferring
from trialwright.core.conduct.refusing.staffing import ending, granting, training
from trialwright.core.conduct.refusing.treating import course, release
from trialwright.core.conduct.refusing.voiding import voiding
from trialwright.core.conduct.refusing.watching import coding, reviewing, settling, verifying
from trialwright.core.conduct.trial import Trial
from trialwright.core.ledger import (
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    ArmAllocated,
    AuditReviewed,
    ConsentGiven,
    ConsentWithdrawn,
    CourseStarted,
    DoseReleased,
    Event,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    Locked,
    ProtocolActivated,
    QueryAnswered,
    QueryClosed,
    RoleEnded,
    RoleGranted,
    Signed,
    SourceVerified,
    StudyOpened,
    StudyStatusDeclared,
    SubjectFound,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubjectTransferred,
    SubstudyJoined,
    TermCoded,
    TrainingRecorded,
    Unlocked,
    UnlockRequested,
)
from trialwright.core.subject import StudyRecord, fold_study
from trialwright.core.terms import Finding

__all__ = ["GUARDS", "REFUSED", "Asked", "refusals"]


def refusals(trial: Trial, study: StudyRecord | Iterable[Event], event: Event) -> list[Finding]:
    """Why an event is refused; nothing where it is let in. `study` is what was recorded before it."""
    record = study if isinstance(study, StudyRecord) else fold_study(_concerned(study, event))
    asked = Asked(trial, record, event)
    known = [*_who_and_where(asked)]
    if known:
        return known
    standards, known_of = trial.standards[asked.version], record.subjects.get(event.subject or "")
    found = list(impossible(event, standards.concepts, standards.units, standards.toxicity, known_of))
    found = found or list(barred(asked))
    guard = GUARDS.get(type(event))
    return found if found or guard is None else list(guard(asked))


OF_EVERYONE = (SubjectScreened, SubjectRegistered, SubstudyJoined, EventVoided)
"""Events that other subjects bear on: counts, the same person before, an entry for the wrong subject."""


def _concerned(events: Iterable[Event], event: Event) -> Iterator[Event]:
    """The events that bear on this one: of its subject and of no subject; all of them where others bear on it."""
    everyone = isinstance(event, OF_EVERYONE)
    return (one for one in events if everyone or one.subject in (None, event.subject))


def _who_and_where(asked: Asked) -> Iterator[Finding]:
    event = asked.event
    if asked.version not in asked.trial.versions:
        do = "Put the version's file back into the study folder."
        yield asked.no(f"Protocol version {asked.version!r} is not in the study folder.", do=do)
        return
    if event.subject and not isinstance(event, SubjectScreened) and event.subject not in asked.study.subjects:
        yield asked.no(f"No subject {event.subject} is known.", do="Screen the subject first, or correct the id.")
    if event.site and asked.protocol.site(event.site) is None:
        sites = ", ".join(site.id for site in asked.protocol.design.sites)
        yield asked.no(f"{event.site} is no site of the study.", do=f"Name one of {sites}.")


GUARDS: Mapping[type[Event], Callable[[Asked], Iterator[Finding]]] = {
    StudyOpened: opening,
    ProtocolActivated: activation,
    ApprovalEnded: approval_ended,
    AccrualSuspended: suspending,
    AccrualResumed: suspending,
    StudyStatusDeclared: declaring,
    SubjectScreened: screening,
    ConsentGiven: consenting,
    ConsentWithdrawn: consenting,
    SubjectRegistered: registration,
    SubjectMoved: moving,
    SubjectTransferred: transferring,
    ArmAllocated: allocation,
    SubstudyJoined: joining,
    CourseStarted: course,
    DoseReleased: release,
    SubjectFound: finding_again,
    FormSubmitted: changing,
    FormCorrected: changing,
    EventVoided: voiding,
    Signed: signature,
    Locked: locking,
    UnlockRequested: asking_to_unlock,
    QueryAnswered: settling,
    QueryClosed: settling,
    SourceVerified: verifying,
    TermCoded: coding,
    AuditReviewed: reviewing,
    Unlocked: unlocking,
    RoleGranted: granting,
    RoleEnded: ending,
    TrainingRecorded: training,
}
"""What is asked of each kind of event; the kinds that are not here are let in."""
