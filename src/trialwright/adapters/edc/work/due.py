"""What is due for a subject: visits to make, to enter or to complete, samples, in order of urgency.

Read `due_rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.standing import OPEN, Standing, standing, unrecorded
from trialwright.adapters.edc.look.words import said
from trialwright.adapters.edc.work.links import may_act, to
from trialwright.adapters.edc.work.words import window_of
from trialwright.core.conduct import SubjectStatus, Task
from trialwright.core.conduct.wanting import task_of
from trialwright.core.conduct.week import ON_STUDY
from trialwright.core.subject import Case

WITH_REASON = (*OPEN, "coming")
"""The states of a visit of which the status says why."""


@dataclass(frozen=True)
class Due:
    """One thing due: what, its window, how it stands, what is missing of it, where it is entered, and why it is due."""

    what: str
    window: str
    state: str
    when: str
    lacks: tuple[str, ...]
    address: str
    why: str
    latest: date


def due_rows(desk: Desk, status: SubjectStatus) -> Iterator[Due]:
    """Visits to be made or entered, the overdue first, visits made that lack something, then what comes next."""
    case, on = desk.case(status.subject), status.on
    tasks = [*status.tasks, *_unrecorded(case, status)]
    rows = [_row(desk, status, one, standing(case, one.visit, on)) for one in tasks]
    yield from sorted(rows, key=lambda one: (ORDER.get(one.state, len(ORDER)), one.latest))
    if status.ahead is not None:
        yield _row(desk, status, status.ahead, standing(case, status.ahead.visit, on))


ORDER = {"overdue": 0, "due": 1, "missing": 2}


def _unrecorded(case: Case, status: SubjectStatus) -> Iterator[Task]:
    """Visits whose window is over and of which nothing is recorded, while the patient is on study."""
    if status.disposition.epoch in ON_STUDY:
        yield from (task_of(case, one, status.on) for one in unrecorded(case, status.on))


def _row(desk: Desk, status: SubjectStatus, task: Task, stands: Standing) -> Due:
    visit = task.visit
    done = visit.state == "done"
    state = "missing" if done else stands.state
    wanted = task.collects if visit.state == "coming" else task.lacks
    lacks = tuple(said(status.labels.get(one, one)) for one in wanted)
    taken = tuple(_("sample of %(what)s") % {"what": one.specimen.label.lower()} for one in task.samples)
    return Due(
        what=visit.encounter.label,
        window=window_of(visit),
        state=state,
        when=stands.when,
        lacks=(*lacks, *taken),
        address=to(desk, "form", status.subject, visit.key) if may_act(desk, "form") else "",
        why=to(desk, "because", status.subject, f"visit {visit.key}") if visit.state in WITH_REASON else "",
        latest=visit.latest,
    )
