"""What may be voided: an event entered by mistake that nothing else rests on; what rests on it is voided first.

A voiding is of an earlier event of the same subject. Signatures and locks are not voided: what was signed is corrected
and signed again, what was locked is unlocked. Data may be voided though a decision was taken on them: the decision
stands as what was said, and where the program would now say otherwise that is a finding. Read `RESTS_ON`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from trialwright.core.conduct.refusing.asked import Asked, named
from trialwright.core.conduct.refusing.entering import place_left, registered_once
from trialwright.core.conduct.refusing.locking import locked_item
from trialwright.core.ledger import (
    ArmAllocated,
    ConsentGiven,
    ConsentWithdrawn,
    CourseStarted,
    DoseReleased,
    Event,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    Locked,
    PayloadRedacted,
    ProtocolActivated,
    Signed,
    StudyLeft,
    StudyOpened,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    TreatmentEnded,
    Unlocked,
)
from trialwright.core.subject import StudyRecord
from trialwright.core.subject.standing import lock_on
from trialwright.core.terms import Finding

NEVER = (StudyOpened, Signed, Locked, Unlocked, PayloadRedacted)
"""What is never voided."""


def voiding(asked: Asked) -> Iterator[Finding]:
    """Why an event may not be voided."""
    event: Any = asked.event
    about = asked.study.event(event.voids)
    if about is None:
        yield asked.no(f"No event {event.voids!r} is recorded.", do="Name the id of an event of the ledger.")
        return
    yield from _its_own(asked, about)
    yield from _the_entry_again(asked)
    yield from _locked(asked, about)
    changed, restored = _changed(asked.study, about)
    if restored:
        yield from _restoring(asked, changed)
        return
    resting = [one for one in _counted(asked.study, about.subject) if one.seq > changed.seq and rests_on(one, changed)]
    if resting:
        listed = "; ".join(named(one) for one in resting)
        says = f"{named(changed)} is what {_number(len(resting))} on: {listed}."
        yield asked.no(says, do="Void those first, the newest first, or correct the data instead.")


def _changed(study: StudyRecord, about: Event) -> tuple[Event, bool]:
    """The event that counts, or counts no more, once this one is voided; and whether it is restored by that.

    A voiding may be voided, and that voiding again: each turns the first event round once more.
    """
    restored = False
    while isinstance(about, EventVoided) and (before := study.event(about.voids)):
        about, restored = before, not restored
    return about, restored


def _number(count: int) -> str:
    return "1 later event rests" if count == 1 else f"{count} later events rest"


def _its_own(asked: Asked, about: Event) -> Iterator[Finding]:
    """The voiding is of the same subject, with a reason, and of something that may be voided and is not yet."""
    event: Any = asked.event
    if about.subject != event.subject:
        says = f"{named(about)} is of {about.subject or 'no subject'}, not of {event.subject or 'no subject'}."
        yield asked.no(says, do="Void it under its own subject.")
    if not event.why.strip():
        yield asked.no(f"{named(about)} is to be voided without a reason.", do="Say why it counts no more.")
    if isinstance(about, NEVER):
        yield asked.no(f"{named(about)} is never voided.", do="Correct and sign again; or unlock, with the reason.")
    before = _voided(asked.study, about.subject).get(about.id)
    if before is not None:
        do = "To restore it, void that voiding."
        yield asked.no(
            f"{named(about)} was voided by {before.actor} on {before.occurred} already; {named(before)}.", do=do
        )


def _the_entry_again(asked: Asked) -> Iterator[Finding]:
    """What it was entered again as is there, is another event, of the same kind."""
    event: Any = asked.event
    if not event.entered_again_as:
        return
    again, about = asked.study.event(event.entered_again_as), asked.study.event(event.voids)
    if again is None or again is about:
        says = f"No event {event.entered_again_as!r} is recorded that says it rightly."
        yield asked.no(says, do="Enter it again first; the receipt names its id.")
    elif type(again) is not type(about) and not _both_forms(again, about):
        yield asked.no(f"{named(again)} does not say again what {type(about).__name__} said.", do="Name the new entry.")


def _both_forms(one: Event | None, other: Event | None) -> bool:
    return isinstance(one, FormSubmitted | FormCorrected) and isinstance(other, FormSubmitted | FormCorrected)


def _locked(asked: Asked, about: Event) -> Iterator[Finding]:
    record = asked.study.subjects.get(about.subject or "")
    changed, _ = _changed(asked.study, about)
    if record is not None and isinstance(changed, FormSubmitted | FormCorrected):
        for item in changed.items:
            found = list(locked_item(asked, item.path, changed.encounter))
            if found:
                yield found[0]
                return
    elif (lock := lock_on(asked.study, record, ())) is not None:
        says = f"{lock.what} was locked by {lock.actor} on {lock.occurred}; {named(lock)}."
        yield asked.no(says, do="Unlock it first, with the reason.")


def _restoring(asked: Asked, restored: Event) -> Iterator[Finding]:
    """What is restored is not there twice then; a registration has a place, and the person no other one."""
    for one in _counted(asked.study, restored.subject):
        if _only_one(restored, one):
            says = f"{named(restored)} would count beside {named(one)}, which took its place."
            yield asked.no(says, do="Void that one first.")
    yield from _stands_on(asked, restored)
    if isinstance(restored, SubjectRegistered):
        yield from place_left(asked)
        yield from registered_once(asked)


def _stands_on(asked: Asked, restored: Event) -> Iterator[Finding]:
    """What is restored rests on nothing that was voided since, unless another event took that place."""
    subject = restored.subject
    everything = (asked.study.subjects[subject].log or ()) if subject is not None else asked.study.own
    counted = [one for one in _counted(asked.study, subject) if rests_on(restored, one)]
    for one in everything:
        gone = one.id in _voided(asked.study, subject) and one.seq < restored.seq and rests_on(restored, one)
        if gone and not any(type(other) is type(one) for other in counted):
            yield asked.no(f"{named(restored)} rests on {named(one)}, which was voided.", do="Restore that one first.")


def _only_one(one: Event, other: Event) -> bool:
    """Whether two events cannot both hold."""
    if type(one) is not type(other) or one.id == other.id:
        return False
    if isinstance(one, CourseStarted) and isinstance(other, CourseStarted):
        return (one.drug, one.course) == (other.drug, other.course)
    return isinstance(one, SubjectScreened | SubjectRegistered | ArmAllocated | TreatmentEnded)


def _voided(study: StudyRecord, subject: str | None) -> Mapping[str, EventVoided]:
    return study.voided if subject is None else study.subjects[subject].voided


def _counted(study: StudyRecord, subject: str | None) -> Iterator[Event]:
    """The events that count: of the subject, or, for one of no subject, all."""
    if subject is not None:
        record = study.subjects[subject]
        yield from sorted((one for one in record.log or () if one.id not in record.voided), key=lambda one: one.seq)
        return
    yield from (one for one in study.own if one.id not in study.voided)
    for record in study.subjects.values():
        yield from record.milestones


# --- what rests on what ----------------------------------------------------------------------------------------------


def rests_on(later: Event, earlier: Event) -> bool:
    """Whether an event makes no sense, or was not allowed, without an earlier one."""
    asked = next((test for kind, test in RESTS_ON.items() if isinstance(earlier, kind)), None)
    return asked is not None and not isinstance(later, EventVoided) and asked(earlier, later)


def _everything(earlier: Event, later: Event) -> bool:
    return True


def _treatment(earlier: Event, later: Event) -> bool:
    return isinstance(later, ArmAllocated | SubjectMoved | CourseStarted | DoseReleased | TreatmentEnded | StudyLeft)


def _of_the_arm(earlier: Event, later: Event) -> bool:
    return isinstance(later, CourseStarted | DoseReleased)


def _of_the_course(earlier: Any, later: Any) -> bool:
    if isinstance(later, DoseReleased):
        return bool((later.drug, later.course) == (earlier.drug, earlier.course))
    return isinstance(later, CourseStarted) and later.drug == earlier.drug and later.course > earlier.course


def _under_the_version(earlier: Any, later: Any) -> bool:
    """Registered, or moved, under a version at the site where it was put in force."""
    entered = isinstance(later, SubjectRegistered | SubjectMoved)
    return entered and later.version == earlier.version and later.site == earlier.site


def _after_consent(earlier: Any, later: Any) -> bool:
    entered = isinstance(later, SubjectRegistered | SubjectMoved)
    return entered and later.version == earlier.version


def _after_the_move(earlier: Any, later: Any) -> bool:
    return isinstance(later, CourseStarted | DoseReleased | SubjectMoved)


def _after_withdrawal(earlier: Event, later: Event) -> bool:
    return isinstance(later, ConsentGiven)


def _corrects(earlier: Any, later: Any) -> bool:
    """A correction of what was entered rests on it."""
    return isinstance(later, FormCorrected) and not {one.path for one in later.items}.isdisjoint(
        one.path for one in earlier.items
    )


RESTS_ON: Mapping[type[Event] | tuple[type[Event], ...], Callable[[Any, Any], bool]] = {
    SubjectScreened: _everything,
    SubjectRegistered: _treatment,
    ArmAllocated: _of_the_arm,
    CourseStarted: _of_the_course,
    SubjectMoved: _after_the_move,
    ConsentGiven: _after_consent,
    ConsentWithdrawn: _after_withdrawal,
    ProtocolActivated: _under_the_version,
    (FormSubmitted, FormCorrected): _corrects,
}
"""For each kind of event, what later events rest on it; on the kinds that are not here nothing rests."""
