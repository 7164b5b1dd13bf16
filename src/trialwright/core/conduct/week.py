"""One line for each subject: where it stands, its dose, what is due this week, and whom it waits for.

Read `subject_line`. The whole answer about one subject is `subjects.subject_status`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.conduct.wanting import Wanted, wanted
from trialwright.core.disposition import Disposition, continuation
from trialwright.core.dosing import DoseDecision, decide_dose
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.protocol import Epoch
from trialwright.core.schedule import Sample, Visit, samples, visits
from trialwright.core.subject import Case

WEEK = timedelta(days=7)
ON_STUDY = (Epoch.SCREENING, Epoch.TREATMENT, Epoch.FOLLOW_UP)


@dataclass(frozen=True)
class SubjectLine:
    """One subject on one line: the epoch with its reason, the course, the doses, what is due within a week.

    `eligibility` is the word of a subject in screening; `wanted` the data its doses, its continuation or its entry wait
    for. A subject that is off study has neither doses nor visits.
    """

    subject: str
    site: str
    version: str
    epoch: Epoch
    since: date | None
    why: str
    course: int | None = None
    day: int | None = None
    doses: tuple[DoseDecision, ...] = ()
    eligibility: str = ""
    visits: tuple[Visit, ...] = ()
    samples: tuple[Sample, ...] = ()
    wanted: tuple[Wanted, ...] = ()


def subject_line(case: Case, place: Disposition, on: date) -> SubjectLine:
    """One subject in a line, as known on a day."""
    record = case.record
    line = SubjectLine(record.subject, record.site, case.protocol.version, place.epoch, place.since, place.why)
    return _filled(line, case, place, on) if place.epoch in ON_STUDY else line


def _filled(line: SubjectLine, case: Case, place: Disposition, on: date) -> SubjectLine:
    courses = case.courses(on) if place.epoch is Epoch.TREATMENT else ()
    regimens = case.protocol.regimens_of(case.record.arm) if place.epoch is Epoch.TREATMENT else ()
    doses = tuple(decide_dose(case, one, on) for one in regimens)
    entry = judge_eligibility(case, on) if place.epoch is Epoch.SCREENING else None
    waiting = [*_waiting(case, doses, on), *([("entry", entry.missing)] if entry else [])]
    return SubjectLine(
        line.subject,
        line.site,
        line.version,
        line.epoch,
        line.since,
        line.why,
        course=courses[-1].number if courses else None,
        day=courses[-1].day(on) if courses else None,
        doses=doses,
        eligibility=entry.word if entry else "",
        visits=tuple(_this_week(case, on)),
        samples=tuple(one for one in samples(case, on) if one.state in ("due", "overdue")),
        wanted=wanted(case, waiting),
    )


def _waiting(case: Case, doses: tuple[DoseDecision, ...], on: date) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the doses and the continuation of a subject under treatment wait for."""
    for one in doses:
        yield f"dose {one.drug}", one.missing
    if doses:
        yield "continuation", continuation(case, on).missing


def _this_week(case: Case, on: date) -> Iterator[Visit]:
    """Visits whose window is open, and those due within a week."""
    for one in visits(case, on):
        if one.state in ("due", "overdue") or (one.state == "coming" and one.due is not None and one.due <= on + WEEK):
            yield one
