"""The pages of casebooks: which there are, one blank as PDF, one filled as PDF, which is told in the ledger."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from trialwright.adapters.edc.access.leaving import tell
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.trial.casebook_sheets import blank_sheet, file_name, filled_sheet
from trialwright.adapters.edc.trial.sheets import as_pdf

A_PAGE = 100


def handed_over(content: bytes, name: str) -> HttpResponse:
    """A PDF as a file."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def asked_first(request: HttpRequest, desk: Desk, title: str, of: str) -> HttpResponse:
    """The page with the form by which a file is taken out."""
    return render(request, desk, "edc/trial/taking_out.html", {"title": title, "of": of})


def casebooks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which casebooks there are."""
    page = Paginator(desk.subjects(), A_PAGE).get_page(request.GET.get("page"))
    context = {"versions": list(desk.trial.versions), "page": page}
    return render(request, desk, "edc/trial/casebooks.html", context)


def blank_casebook(request: HttpRequest, desk: Desk, version: str) -> HttpResponse:
    """Every form of a protocol version, to be filled in by hand."""
    if version not in desk.trial.versions:
        raise Http404
    sheet = blank_sheet(desk.trial, version, desk.home, desk.sites, desk.today, desk.open.simulated)
    return handed_over(as_pdf(sheet), file_name(desk.open.id, "casebook", "version", version, simulated=False))


def filled_casebook(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Everything recorded of one subject, for whoever asks by a form; opened, the page that asks."""
    if request.method != "POST":
        return asked_first(request, desk, gettext("Casebook of a patient"), subject)
    events = desk.events(subject)
    told = (desk.trial, desk.open.record, desk.today, desk.open.simulated)
    sheet = filled_sheet(subject, events, *told, identifiers=desk.sees_identifiers, roster=desk.open.roster)
    content, name = as_pdf(sheet), file_name("casebook", subject, simulated=desk.open.simulated)
    tell(desk, content, f"{name}.pdf", f"{subject}, as known at position {desk.open.record.last_seq}")
    return handed_over(content, name)
