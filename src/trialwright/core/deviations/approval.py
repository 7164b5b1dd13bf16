"""Treatment against the ethics approval: nobody is entered or begins a course while the version is not approved there.

The version is the one the subject was on that day, the site the one it belonged to. An approval lapses on its own last
day, or is said to have ended, perhaps later than on that day. Where no approval of any version was ever recorded
nothing can be told here: the door lets nobody in, and a move there is a finding. Read `approval_deviations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.core.deviations.values import Deviation, Found
from trialwright.core.ledger import SubjectRegistered
from trialwright.core.subject import Case, known_on
from trialwright.core.terms import Because

CLAUSE = "approval"
"""What is cited where no clause of the protocol is about approval."""
WORDS = "Nobody is entered or treated but as the ethics committee approved (ICH E6(R2) 4.4.1)."


def approval_deviations(case: Case, on: date) -> Iterator[Found]:
    """A registration, and each course begun by a day, while the version was not approved at the site."""
    for one in known_on(case.record, on).of_kind(SubjectRegistered):
        yield from _unapproved(
            case, one.occurred, one.version, "registered without approval", "the registration", one.id
        )
    for course in case.courses(on):
        version = known_on(case.record, course.day_1).version or case.protocol.version
        shown = course.decided.id if course.decided else course.taken.event.id if course.taken else ""
        what = f"course {course.number} of {course.drug}"
        yield from _unapproved(case, course.day_1, version, "course begun without approval", what, shown)


def _unapproved(case: Case, day: date, version: str, kind: str, what: str, event: str) -> Iterator[Deviation]:
    site = case.site.at(day)
    if not site.activations or site.approved(version, day) is not None:
        return
    why = site.why_not_approved(version, day)
    says = f"{what[:1].upper()}{what[1:]} is of {day}, and version {version} was not approved at {site.site}: {why}."
    yield Deviation(
        kind=kind,
        on=day,
        says=says,
        clause=CLAUSE,
        because=(Because(CLAUSE, WORDS, says),),
        do="Tell the ethics board and the sponsor; renew the approval before anything more is given.",
        about=f"{CLAUSE}.{what}",
        planned=f"version {version} approved at {site.site}",
        done=why,
        event=event,
    )
