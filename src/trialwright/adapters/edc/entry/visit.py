"""The forms of visits, planned and not planned: addressed by the key of the visit."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.entry.filling import UNITS, Filling, check, fill
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.signing import sign_block
from trialwright.core.casebook import (
    UNSCHEDULED,
    Form,
    askable,
    encounter_of,
    form_at,
    next_unscheduled,
    quick_form,
    unscheduled_form,
)
from trialwright.core.subject import Case

MOST_PARTS = 40
ADDRESSES = {
    "here": ("edc:form", 3),
    "check": ("edc:form-check", 3),
    "back": ("edc:forms", 2),
    "done": ("edc:form", 3),
}
"""The page that each address of a form is of, and how many ids it needs."""
KEEPS = ("here", "check")
"""The addresses that have to say again which items there are."""


def form_page(request: HttpRequest, desk: Desk, subject: str, encounter: str) -> HttpResponse:
    """The form of a visit: shown, or saved."""
    return fill(request, filling_of(request, desk, subject, encounter))


def form_check(request: HttpRequest, desk: Desk, subject: str, encounter: str) -> HttpResponse:
    """What the form would mean as typed so far."""
    return check(request, filling_of(request, desk, subject, encounter))


def filling_of(request: HttpRequest, desk: Desk, subject: str, encounter: str) -> Filling:
    """The form of a visit as it is filled in; there is none of an encounter that the protocol does not have."""
    protocol, blanks = desk.protocol(subject), _parts(request)
    ids = [desk.open.id, subject, encounter]
    free = encounter.partition(".")[0] == UNSCHEDULED
    known = None if free else encounter_of(protocol, encounter)
    if known is None and not free:
        raise Http404(NOT_HERE)
    name = known.id if known else UNSCHEDULED
    asks = known.collect if known else tuple(request.GET.getlist("ask"))

    def make(case: Case) -> Form:
        if free:
            return unscheduled_form(case, encounter, asks, desk.today, offered=UNITS, blanks=blanks)
        found = form_at(case, encounter, desk.today, offered=UNITS, blanks=blanks)
        assert found is not None, "the encounter was found before"
        return found

    def more() -> dict[str, Any]:
        asked = urlencode([("ask", one) for one in asks]) if free else ""
        told = {
            "asked": asked,
            "parts": blanks + 1,
            "next": due_next(desk, subject, encounter) if "saved" in request.GET else (),
        }
        return {**told, "sign": sign_block(desk, subject, encounter)}

    def address(of: str) -> str:
        kept = _kept(request) if request.GET and of in KEEPS else ""
        return f"{reverse(ADDRESSES[of][0], args=ids[: ADDRESSES[of][1]])}{kept}"

    return Filling(
        desk,
        subject,
        name,
        ("visit", *asks, *(["specimen"] if known and protocol.specimens else [])),
        make,
        address=address,
        quick=lambda case, paths: quick_form(case, name, encounter, asks, paths),
        more=more,
    )


def _parts(request: HttpRequest) -> int:
    """How many empty parts are offered."""
    given = request.GET.get("parts", "")
    return min(int(given), MOST_PARTS) if given.isascii() and given.isdigit() and len(given) < 4 else 1


def _kept(request: HttpRequest) -> str:
    """What of the address says which items there are, and has to be there again when the form comes back."""
    kept = request.GET.copy()
    kept.pop("saved", None)
    return f"?{kept.urlencode()}" if kept else ""


def due_next(desk: Desk, subject: str, encounter: str) -> tuple[tuple[str, str], ...]:
    """Other visits of the patient that are open today: their key and label."""
    tasks = (one.visit for one in desk.status(subject).tasks)
    return tuple((one.key, one.encounter.label) for one in tasks if one.key != encounter)


def unscheduled_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Choose what was done at a visit that nobody planned, then its form."""
    case, chosen = desk.case(subject), request.GET.getlist("ask")
    if chosen:
        address = reverse("edc:form", args=[desk.open.id, subject, next_unscheduled(case)])
        return HttpResponseRedirect(f"{address}?{request.GET.urlencode()}")
    concepts = [(one, one.id.removesuffix("_review") in chosen) for one in askable(case)]
    return render(request, desk, "edc/entry/unscheduled.html", {"subject": subject, "concepts": concepts})
