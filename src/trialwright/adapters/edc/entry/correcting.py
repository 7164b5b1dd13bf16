"""One item corrected: the value as it is, the new one, the reason; what was said before stays in the history."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.entry.filling import UNITS, Filling, check, fill
from trialwright.adapters.edc.entry.history import field_of, said_of
from trialwright.core.casebook import Form, Section, Shape
from trialwright.core.casebook.items import item_of
from trialwright.core.subject import Case

ADDRESSES = {"here": "edc:correct", "check": "edc:correct-check"}
"""The pages of a correction; every other address is the history's."""


def correct_page(
    request: HttpRequest, desk: Desk, subject: str, concept: str, instance: str, field: str
) -> HttpResponse:
    """The correction of one recorded item: shown, or saved."""
    return fill(request, filling_of(desk, subject, concept, instance, field))


def correct_check(
    request: HttpRequest, desk: Desk, subject: str, concept: str, instance: str, field: str
) -> HttpResponse:
    """What the correction would mean."""
    return check(request, filling_of(desk, subject, concept, instance, field))


def filling_of(desk: Desk, subject: str, concept: str, instance: str, field: str) -> Filling:
    """A form of one item, of the form it was entered on last."""
    known, of_field = field_of(desk, subject, concept, field)
    path = f"{concept}/{instance}/{field}"
    said = next((one for one in said_of(desk, subject, path) if one.voided is None), None)
    if said is None or said.new is None:
        raise Http404(NOT_HERE)
    beside = next((one for one in known.fields if one.id == "bound" and of_field is known.value), None)

    def make(case: Case) -> Form:
        item = item_of(case, known, of_field, instance, desk.today, offered=UNITS)
        items = [replace(item, asked_when=None, aside=False)]
        items += [item_of(case, known, beside, instance, desk.today)] if beside else []
        section = Section(known, item.label, Shape.ONE, instance, tuple(items))
        return Form(said.event.form, item.label, said.event.encounter, said.event.occurred, (section,))

    ids = [desk.open.id, subject, concept, instance, field]
    return Filling(
        desk,
        subject,
        said.event.form,
        (concept,),
        make,
        address=lambda of: reverse(ADDRESSES.get(of, "edc:item"), args=ids),
        more=lambda: {"correcting": True},
    )
