"""Every kind of event of a study by its name in the ledger, and those of them that are decisions."""

from __future__ import annotations

from collections.abc import Mapping

from trialwright.core.ledger.events import (
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    ArmAllocated,
    ConsentGiven,
    ConsentWithdrawn,
    CourseStarted,
    DoseReleased,
    Event,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    PayloadRedacted,
    ProtocolActivated,
    ReferenceRangeSet,
    ScreeningFailed,
    StudyLeft,
    StudyOpened,
    StudyStatusDeclared,
    SubjectFound,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubjectTransferred,
    SubstudyJoined,
    TreatmentEnded,
)
from trialwright.core.ledger.oversight import (
    AuditReviewed,
    DataExported,
    DictionaryLoaded,
    Locked,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    Signed,
    SourceVerified,
    TermCoded,
    Unlocked,
    UnlockRequested,
)
from trialwright.core.ledger.people import RoleEnded, RoleGranted, TrainingRecorded

KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        StudyOpened,
        ProtocolActivated,
        ApprovalEnded,
        AccrualSuspended,
        AccrualResumed,
        StudyStatusDeclared,
        ReferenceRangeSet,
        SubjectScreened,
        ConsentGiven,
        ConsentWithdrawn,
        ScreeningFailed,
        SubjectRegistered,
        ArmAllocated,
        SubstudyJoined,
        SubjectMoved,
        SubjectTransferred,
        FormSubmitted,
        FormCorrected,
        CourseStarted,
        DoseReleased,
        TreatmentEnded,
        StudyLeft,
        SubjectFound,
        EventVoided,
        PayloadRedacted,
        QueryOpened,
        QueryAnswered,
        QueryClosed,
        SourceVerified,
        DictionaryLoaded,
        TermCoded,
        Signed,
        Locked,
        UnlockRequested,
        Unlocked,
        AuditReviewed,
        DataExported,
        RoleGranted,
        RoleEnded,
        TrainingRecorded,
    )
}
"""Every kind of event by its name in the ledger."""
DECISIONS: tuple[type[Event], ...] = (
    SubjectRegistered,
    ArmAllocated,
    SubstudyJoined,
    SubjectMoved,
    CourseStarted,
    DoseReleased,
    EventVoided,
    Signed,
    Locked,
    Unlocked,
)
"""Events the program guards: refused, with reasons, when a rule forbids them."""
