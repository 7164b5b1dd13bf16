"""Logs: adverse events, medication, prior therapy and whatever else repeats; a list, and the form of one record."""

from __future__ import annotations

from collections.abc import Set

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.entry.filling import UNITS, Filling, check, fill
from trialwright.adapters.edc.look.page import render
from trialwright.core.casebook import form_of_record, logs_of, next_instance, parts_of, records_of
from trialwright.core.ledger import ItemPath
from trialwright.core.protocol import Concept
from trialwright.core.subject import SubjectRecord, observations

ADDRESSES = {
    "here": ("edc:record", 4),
    "check": ("edc:record-check", 4),
    "back": ("edc:records", 3),
    "done": ("edc:record", 4),
}
"""The page that each address of a record's form is of, and how many ids it needs."""
NEW = "new"
"""The instance of a record that is not there yet, in an address."""


def records_page(request: HttpRequest, desk: Desk, subject: str, concept: str) -> HttpResponse:
    """Every record of a log."""
    known = log_of(desk, subject, concept)
    case = desk.case(subject)
    context = {
        "subject": subject,
        "concept": known,
        "records": records_of(case, known),
        "new": next_instance(case.record, known),
        "may_write": desk.may(page_named("record"), write=True),
    }
    return render(request, desk, "edc/entry/records.html", context)


def record_page(request: HttpRequest, desk: Desk, subject: str, concept: str, instance: str) -> HttpResponse:
    """The form of one record: shown, or saved."""
    return fill(request, filling_of(request, desk, subject, concept, instance))


def record_check(request: HttpRequest, desk: Desk, subject: str, concept: str, instance: str) -> HttpResponse:
    """What the record would mean as typed so far."""
    return check(request, filling_of(request, desk, subject, concept, instance))


def filling_of(request: HttpRequest, desk: Desk, subject: str, concept: str, instance: str) -> Filling:
    """The form of a record: one that is there, or the next new one."""
    known, record = log_of(desk, subject, concept), desk.record(subject)
    new = next_instance(record, known)
    wanted = new if instance == NEW else instance
    if wanted != new and concept_of(record, concept, wanted) is None:
        raise Http404(NOT_HERE)
    ids = [desk.open.id, subject, concept, wanted]
    belonging = parts_of(known, desk.standards(subject).concepts)
    return Filling(
        desk,
        subject,
        concept,
        (concept, *(one.id for one in belonging)),
        lambda case: form_of_record(case, known, wanted, desk.today, offered=UNITS),
        address=lambda of: reverse(ADDRESSES[of][0], args=ids[: ADDRESSES[of][1]]),
        more=lambda: {
            "log": known,
            "instance": wanted,
            "terms": terms_of(desk, subject, known),
            "new": new,
            "entry": entry_of(desk, subject, {concept, *(one.id for one in belonging)}, wanted),
        },
    )


def entry_of(desk: Desk, subject: str, concepts: Set[str], instance: str) -> str:
    """The last entry that said something of this record and of nothing else, to take it back by; empty without one."""
    record = desk.record(subject)
    for event in record.log or ():
        items = [ItemPath.parse(one.path) for one in getattr(event, "items", ())]
        mine = [one.concept in concepts and one.instance.partition(".")[0] == instance for one in items]
        if mine and all(mine) and event.id not in record.voided:
            return event.id
    return ""


def concept_of(record: SubjectRecord, concept: str, instance: str) -> str | None:
    """The instance, where anything of it is recorded."""
    return next((one.instance for one in observations(record, concept) if one.instance == instance), None)


def log_of(desk: Desk, subject: str, concept: str) -> Concept:
    """A log that the study keeps; there is no other."""
    logs = logs_of(desk.protocol(subject), desk.standards(subject).concepts)
    found = next((one for one in logs if one.id == concept), None)
    if found is None:
        raise Http404(NOT_HERE)
    return found


def terms_of(desk: Desk, subject: str, concept: Concept) -> tuple[str, ...]:
    """The terms of the study's grade table, to choose the term of an adverse event from."""
    table = desk.standards(subject).toxicity
    return tuple(one.name for one in table.named) if table and concept.id == "adverse_event" else ()


def belongs_to_another(desk: Desk, subject: str, concept: Concept) -> bool:
    """Whether the records of a log are entered with the record of another one they belong to."""
    case = desk.case(subject)
    return any(concept in parts_of(one, case.concepts) for one in logs_of(case.protocol, case.concepts))
