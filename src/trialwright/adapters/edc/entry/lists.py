"""All forms of a patient: visits as they stand today, contacts nobody planned, and the logs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.entry.records import belongs_to_another
from trialwright.adapters.edc.look.called import called
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.standing import OPEN, Standing, standing
from trialwright.core.casebook import UNSCHEDULED, logs_of, records_of
from trialwright.core.conduct.wanting import task_of
from trialwright.core.protocol import Concept
from trialwright.core.schedule import Contact, Visit, unscheduled, visits

FIRST = ("overdue", "due", "missed", "done", "coming", "does not apply")
"""The states of visits in the order in which somebody who enters data wants them."""


@dataclass(frozen=True)
class VisitLine:
    """One visit with what it is called, how it stands and what it has not brought yet."""

    visit: Visit
    called: str
    stands: Standing
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class LogLine:
    """One log and how many records it has."""

    concept: Concept
    count: int


def forms_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Every form of a patient, those that wait first."""
    lines = sorted(visit_lines(desk, subject), key=lambda one: (FIRST.index(one.stands.state), one.visit.due))
    open_ = [one for one in lines if one.stands.state in OPEN or (one.visit.state == "done" and one.lacks)]
    context = {
        "subject": subject,
        "open": open_,
        "others": [one for one in lines if one not in open_ and one.visit.state != "does not apply"],
        "not_applying": [one for one in lines if one.visit.state == "does not apply"],
        "unscheduled": contacts(desk, subject),
        "logs": tuple(log_lines(desk, subject)),
        "may_write": desk.may(page_named("form"), write=True),
        "labels": desk.status(subject).labels,
    }
    return render(request, desk, "edc/entry/forms.html", context)


def visit_lines(desk: Desk, subject: str) -> Iterator[VisitLine]:
    """Each planned visit as it stands today."""
    case, on = desk.case(subject), desk.today
    for visit in visits(case, on):
        stands = standing(case, visit, on)
        lacks = task_of(case, visit, on).lacks if stands.state in ("done", *OPEN) else ()
        yield VisitLine(visit, called(desk, visit.key), stands, lacks)


def contacts(desk: Desk, subject: str) -> tuple[Contact, ...]:
    """What was recorded beside every plan, where it has a form."""
    found = unscheduled(desk.case(subject), desk.today)
    return tuple(one for one in found if one.key.startswith(UNSCHEDULED))


def log_lines(desk: Desk, subject: str) -> Iterator[LogLine]:
    """The logs of the study but those that are entered with another one."""
    case = desk.case(subject)
    for concept in logs_of(case.protocol, case.concepts):
        if not belongs_to_another(desk, subject, concept):
            yield LogLine(concept, len(records_of(case, concept)))
