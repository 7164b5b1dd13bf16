"""What is due for a subject: visits to make or to complete, samples, what stays open, in order of urgency.

Read `due_rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.work.links import may_act, to
from trialwright.adapters.edc.work.words import window_of
from trialwright.core.conduct import SubjectStatus, Task


@dataclass(frozen=True)
class Due:
    """One thing due: what, its window, its state, what is missing of it, where it is entered, and why it is due."""

    what: str
    window: str
    state: str
    lacks: tuple[str, ...]
    address: str
    why: str
    latest: date


def due_rows(desk: Desk, status: SubjectStatus) -> Iterator[Due]:
    """Visits to be made, the overdue first, visits made that lack something, then what comes next."""
    order = {"overdue": 0, "due": 1, "done": 2}
    for task in sorted(status.tasks, key=lambda one: (order.get(one.visit.state, 3), one.visit.latest)):
        yield _row(desk, status, task)
    if status.ahead is not None:
        yield _row(desk, status, status.ahead)


def _row(desk: Desk, status: SubjectStatus, task: Task) -> Due:
    visit = task.visit
    done = visit.state == "done"
    state = "missing" if done else visit.state
    wanted = task.collects if visit.state == "coming" else task.lacks
    lacks = tuple(status.labels.get(one, one) for one in wanted)
    taken = tuple(_("sample of %(what)s") % {"what": one.specimen.label.lower()} for one in task.samples)
    return Due(
        what=visit.encounter.label,
        window=window_of(visit),
        state=state,
        lacks=(*lacks, *taken),
        address=to(desk, "form", status.subject, visit.key) if may_act(desk, "form") else "",
        why=to(desk, "because", status.subject, f"visit {visit.key}") if not done else "",
        latest=visit.latest,
    )
