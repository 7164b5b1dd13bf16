"""The forms of visits, planned and not planned: addressed by the key of the visit."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.entry.filling import UNITS, Filling, check, fill
from trialwright.adapters.edc.look.page import render
from trialwright.core.casebook import UNSCHEDULED, Form, askable, form_at, next_unscheduled, unscheduled_form

MOST_PARTS = 40


def form_page(request: HttpRequest, desk: Desk, subject: str, encounter: str) -> HttpResponse:
    """The form of a visit: shown, or saved."""
    return fill(request, filling_of(request, desk, subject, encounter))


def form_check(request: HttpRequest, desk: Desk, subject: str, encounter: str) -> HttpResponse:
    """What the form would mean as typed so far."""
    return check(request, filling_of(request, desk, subject, encounter))


def filling_of(request: HttpRequest, desk: Desk, subject: str, encounter: str) -> Filling:
    """The form of a visit as it is filled in; there is none of an encounter that the protocol does not have."""
    form = form_of(request, desk, subject, encounter)
    if form is None:
        raise Http404(NOT_HERE)
    ids = [desk.open.id, subject, encounter]
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    return Filling(
        desk,
        subject,
        form,
        here=reverse("edc:form", args=ids) + _kept(request),
        check=reverse("edc:form-check", args=ids) + _kept(request),
        back=reverse("edc:forms", args=ids[:2]),
        more={"asked": asked, "parts": _parts(request) + 1, "next": due_next(desk, subject, encounter)},
    )


def form_of(request: HttpRequest, desk: Desk, subject: str, encounter: str) -> Form | None:
    """The form of a visit's key; between visits, of the concepts that the address names."""
    case, on = desk.case(subject), desk.today
    if encounter == UNSCHEDULED or encounter.startswith(f"{UNSCHEDULED}."):
        names = [name for name in request.GET.getlist("ask") if name in case.concepts]
        return unscheduled_form(case, encounter, names, on, offered=UNITS, blanks=_parts(request))
    return form_at(case, encounter, on, offered=UNITS, blanks=_parts(request))


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
