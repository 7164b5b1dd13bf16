"""Every value an item ever had: who said it, in which role, when, why, under which protocol version; newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.core.casebook import KEPT
from trialwright.core.casebook.items import item_of
from trialwright.core.ledger import (
    Event,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    SourceVerified,
    Value,
)
from trialwright.core.protocol import Concept, Field

Form = FormSubmitted | FormCorrected


@dataclass(frozen=True)
class Said:
    """One time the item was said: the value, the one before it, and the event with who, when and why."""

    event: Form
    old: Value
    new: Value
    who: str
    version: str
    why: str
    voided: EventVoided | None = None
    voided_by: str = ""

    @property
    def correction(self) -> bool:
        """Whether it corrected what was recorded."""
        return isinstance(self.event, FormCorrected)


def item_page(request: HttpRequest, desk: Desk, subject: str, concept: str, instance: str, field: str) -> HttpResponse:
    """The history of one item, one click from the form."""
    known, of_field = field_of(desk, subject, concept, field)
    path = f"{concept}/{instance}/{field}"
    told = tuple(said_of(desk, subject, path))
    if not told:
        raise Http404(NOT_HERE)
    item = item_of(desk.case(subject), known, of_field, instance, desk.today)
    context = {
        "subject": subject,
        "item": item,
        "ids": (concept, instance, field),
        "told": told if desk.sees_identifiers or not item.identifies else (),
        "now": item.value if desk.sees_identifiers or not item.identifies else KEPT,
        "about": tuple(_about(desk, subject, path)),
        "encounter": told[-1].event.encounter,
        "may_lock": may_lock(desk),
        "may_correct": desk.may(page_named("correct"), write=True) and not item.locked,
    }
    return render(request, desk, "edc/entry/item.html", context)


def may_lock(desk: Desk) -> bool:
    """Whether the page of locks is there, and for this person."""
    try:
        return desk.may(page_named("lock"))
    except KeyError:
        return False


def field_of(desk: Desk, subject: str, concept: str, field: str) -> tuple[Concept, Field]:
    """The field that a path names; there is nothing under a path of none."""
    known = desk.case(subject).concepts.get(concept)
    found = next((one for one in known.fields if one.id == field), None) if known else None
    if known is None or found is None:
        raise Http404(NOT_HERE)
    return known, found


def said_of(desk: Desk, subject: str, path: str) -> Iterator[Said]:
    """Each time an item was said, newest first, also what was voided since."""
    record, roster = desk.record(subject), desk.open.roster
    versions = {digest: version for version, digest in desk.trial.hashes.items()}
    for event in record.log or ():
        if not isinstance(event, Form):
            continue
        for change in event.items:
            if change.path == path:
                gone = record.voided.get(event.id)
                yield Said(
                    event=event,
                    old=change.old,
                    new=change.new,
                    who=roster.name(event.actor) or event.actor,
                    version=versions.get(event.protocol, event.protocol[:12]),
                    why=getattr(event, "why", ""),
                    voided=gone,
                    voided_by=(roster.name(gone.actor) or gone.actor) if gone else "",
                )


def _about(desk: Desk, subject: str, path: str) -> Iterator[tuple[Event, str]]:
    """Questions about the item, and that it was held against the source; newest first, with who."""
    for event in desk.record(subject).log or ():
        asked = isinstance(event, QueryOpened | QueryAnswered | QueryClosed) and event.item == path
        if asked or (isinstance(event, SourceVerified) and path in event.paths):
            yield event, desk.open.roster.name(event.actor) or event.actor
