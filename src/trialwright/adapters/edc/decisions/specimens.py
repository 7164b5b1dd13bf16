"""The pages of specimens: the worklist, a step done with several at once, one patient's specimens, a parcel's list.

Read `worklist_page`, then `step_page`.
"""

from __future__ import annotations

from dataclasses import replace
from heapq import nsmallest

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.access.roles import COORDINATOR, LABORATORY
from trialwright.adapters.edc.decisions import custody
from trialwright.adapters.edc.decisions.blanks import Filled, key_of, read, version_of, words_of
from trialwright.adapters.edc.decisions.custody import Line, Shipment
from trialwright.adapters.edc.decisions.prints import card, pdf_answer
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.adapters.edc.look import writing
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.words import code_said
from trialwright.adapters.edc.oversight.meanwhile import meanwhile
from trialwright.adapters.reports.document import Document, Signature, Table
from trialwright.core.ledger import Event
from trialwright.store.encoding import SUBJECT_STREAM
from trialwright.store.errors import Refused, StaleVersion

DOERS = (LABORATORY, COORDINATOR)
"""Who does anything with a specimen."""


PAGE, PARCELS, LONGEST = 100, 50, 80
"""So many specimens are listed at once, so many parcels; so many letters of a search are looked at."""


def worklist_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is to be done with specimens, and the parcels."""
    return _worklist(request, desk)


def substudy_page(request: HttpRequest, desk: Desk, substudy: str) -> HttpResponse:
    """The same of one sub-study; at other sites it is not there."""
    return _worklist(request, desk, substudy)


def _worklist(request: HttpRequest, desk: Desk, substudy: str = "") -> HttpResponse:
    wanted, words = request.GET.get("do", ""), request.GET.get("q", "").strip()[:LONGEST]
    everything, looked_for = custody.worklist(desk, substudy), words.casefold()
    found = [line for line in everything.lines if line.found_by(looked_for)]
    waiting = [line for line in found if line.row.next]
    known = tuple(sorted({one for line in waiting for one in line.to_do}, key=list(custody.DONE).index))
    shown = sorted((one for one in waiting if wanted not in known or wanted in one.to_do), key=lambda one: one.first)
    kept = nsmallest(PAGE, (line for line in found if not line.row.next), key=lambda one: one.name)
    sent = custody.shipments(everything.lines)
    parcels = [one for one in sent if any(each.line.found_by(looked_for) for each in one.contents)]
    context = {
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "to_do": known,
        "wanted": wanted if wanted in known else "",
        "words": words,
        "told": everything.told,
        "step": custody.DONE.get(wanted, ""),
        "steps": custody.STEPS,
        "may": any(role in DOERS for role in desk.roles),
        "shipments": parcels[:PARCELS],
        "parcels_in_all": len(parcels),
        "substudy": substudy,
        "substudies": () if substudy else desk.substudies,
        "kept": kept,
        "kept_in_all": len(found) - len(waiting),
    }
    return render(request, desk, "edc/decisions/specimens.html", context)


def subject_specimens_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Every specimen of a patient with the chain of its custody."""
    context = {"subject": subject, "lines": custody.chain(desk, subject)}
    return render(request, desk, "edc/decisions/subject_specimens.html", context)


# --- a step is done --------------------------------------------------------------------------------------------------


def step_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One step done with the specimens that were ticked."""
    typed = dict((request.POST if request.method == "POST" else request.GET).lists())
    step = (typed.get("step") or [""])[0]
    lines = custody.named(desk, typed.get("specimen", ()))
    if step not in custody.STEPS or not lines:
        return render(request, desk, "edc/decisions/specimen_step.html", {}, 422 if request.method == "POST" else 200)
    blanks = custody.step_blanks(desk, step, lines)
    if request.method != "POST":
        return _step(request, desk, step, lines, Filled(blanks), desk.new_key())
    filled = _read(desk, read(blanks, typed))
    key = key_of(request.POST.get("key", ""))
    if not filled.good or not key:
        return _step(request, desk, step, lines, filled, key or desk.new_key(), 422)
    try:
        desk.save(custody.step_events(desk, step, lines, filled.values), key, _seen(request, lines))
    except Refused as wrong:
        return _step(request, desk, step, lines, filled, key, 422, against=wrong.findings)
    except StaleVersion:
        both = meanwhile(request, desk, _since(request, desk, lines), _wanted(step, lines, filled))
        now = custody.named(desk, (one.name for one in lines))
        return _step(request, desk, step, now, filled, desk.new_key(), 409, meanwhile=both)
    return _done(request, desk, lines)


def _read(desk: Desk, filled: Filled) -> Filled:
    """A time that the clock skipped is none."""
    if not custody.no_such_time(desk, filled.values):
        return filled
    skipped = _("The clock went forward past this time on that day.")
    return replace(filled, blanks=tuple(replace(b, wrong=skipped) if b.name == "time" else b for b in filled.blanks))


def _since(request: HttpRequest, desk: Desk, lines: tuple[Line, ...]) -> list[Event]:
    """What came since of these patients; of one of another site only what was told of specimens."""
    found: list[Event] = []
    for stream, seen in _seen(request, lines).items():
        subject = stream.removeprefix(SUBJECT_STREAM)
        later = sorted(desk.open.reader().events(subject=subject), key=lambda one: one.seq)[max(seen, 0) :]
        found += [one for one in later if desk.sees(subject) or getattr(one, "form", "") == custody.FORM]
    return found


def _wanted(step: str, lines: tuple[Line, ...], filled: Filled) -> list[tuple[str, str]]:
    """What somebody wanted to tell of which specimens."""
    names = "; ".join(f"{one.row.subject} {one.row.label}" for one in lines)
    return [(code_said(step), names), *((str(one.label), words_of(one)) for one in filled.blanks)]


def _seen(request: HttpRequest, lines: tuple[Line, ...]) -> dict[str, int]:
    """The versions of the records that the page was drawn from."""
    found = {}
    for subject in dict.fromkeys(line.row.subject for line in lines):
        seen = version_of(request.POST.get(f"version:{subject}", ""))
        found[stream_of(subject)] = -1 if seen is None else seen
    return found


def _step(
    request: HttpRequest, desk: Desk, step: str, lines: tuple[Line, ...], filled: Filled, key: str, status: int = 200,
    **more: object,
) -> HttpResponse:  # fmt: skip
    versions = {one: desk.version(one) for one in dict.fromkeys(line.row.subject for line in lines)}
    context = {"step": step, "lines": lines, "filled": filled, "key": key, "versions": versions, **more}
    return render(request, desk, "edc/decisions/specimen_step.html", context, status=status)


def _done(request: HttpRequest, desk: Desk, lines: tuple[Line, ...]) -> HttpResponse:
    messages.success(request, _("Saved for %(number)s specimens.") % {"number": len(lines)})
    for finding in custody.new_findings(desk, lines):
        messages.warning(request, f"{finding.says} {finding.do}".strip())
    return HttpResponseRedirect(reverse("edc:specimens", args=(desk.open.id,)), status=303)


# --- a parcel's list -------------------------------------------------------------------------------------------------


def manifest_pdf(request: HttpRequest, desk: Desk, parcel: str) -> HttpResponse:
    """The list that goes with a parcel."""
    found = custody.parcel(desk, parcel)
    if found is None:
        raise Http404(NOT_HERE)
    return pdf_answer(desk, manifest(desk, found), "shipment")


def manifest(desk: Desk, parcel: Shipment) -> Document:
    """What is in a parcel, who sent it and who is to count it."""
    rows = tuple(
        (
            one.line.row.subject,
            one.line.row.label,
            one.line.row.key,
            str(one.left.at),
            writing.quantity(one.left.temperature) if one.left.temperature else _("not told"),
            str(one.came.at) if one.came else "…………",
        )
        for one in parcel.contents
    )
    headings = (_("Patient"), _("Specimen"), _("Key"), _("Left"), _("Temperature"), _("Received"))
    facts = (
        (_("Parcel"), parcel.tracking or _("no number told")),
        (_("From"), parcel.place or _("not told")),
        (_("To"), parcel.to or _("not told")),
        (_("Left on"), writing.day(parcel.on)),
        (_("Specimens"), str(len(rows))),
    )
    return card(
        desk,
        _("List of a shipment"),
        desk.protocol().title,
        facts,
        (Table("shipment", _("Contents"), headings, rows, align="llllll"),),
        signatures=(
            Signature(_("Sent by"), _("Packed and handed over as listed.")),
            Signature(_("Received by"), _("Counted, and found in the condition noted.")),
        ),
    )
