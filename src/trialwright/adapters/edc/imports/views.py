"""The pages of an import: upload, map, preview, confirm. One save, whole or not at all; nothing is written before.

An upload lives between two pages for an hour and is forgotten with the save, or when the person drops it. Its key is
minted with it, so that a confirmation sent twice is one save. Read `upload_page`, `review_page`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.adapters.edc.imports import kept as keeping
from trialwright.adapters.edc.imports.kept import Kept, NoUpload
from trialwright.adapters.edc.imports.map_forms import FORMS
from trialwright.adapters.edc.imports.maps import KIND, saved_map, saved_maps, written
from trialwright.adapters.edc.imports.preview import UNTOLD, Preview, preview_of
from trialwright.adapters.edc.imports.report import as_csv, rows_of
from trialwright.adapters.edc.imports.sources import SOURCES, Known, Reading, Source, drafted
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.typed import cannot_be_kept, words
from trialwright.adapters.edc.oversight.looking import since_position
from trialwright.adapters.edc.oversight.meanwhile import Meanwhile, meanwhile
from trialwright.adapters.exchange.incoming import LIMITS
from trialwright.core.ledger import DataImported
from trialwright.core.terms import Finding
from trialwright.store import Receipt, Text
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import Refused, StaleVersion

LONGEST_WHY = 500
LONGEST_NAME = 80
NAMED = 12
"""So many patients of a file are named; of more, their number."""


def imports_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The kinds of file that are read, and the maps that were saved."""
    offered = [(one, sorted(saved_maps(desk, one.id))) for one in SOURCES.values()]
    return render(request, desk, "edc/imports/list.html", {"offered": offered})


def upload_page(request: HttpRequest, desk: Desk, source: str) -> HttpResponse:
    """Choose a file; it is looked at, and nothing of it is written."""
    of = _source(source)
    if request.method != "POST":
        return _upload_form(request, desk, of, [])
    files, faults = _uploaded(request, of)
    name = request.POST.get("map", "")
    document = saved_map(desk, of.id, name) if name else None
    if faults:
        return _upload_form(request, desk, of, faults, 422)
    reading = _read(of, files, document or {}, desk)
    if not reading.readable:
        return _upload_form(request, desk, of, reading.findings, 422)
    upload = Kept(of.id, desk.person.id, desk.open.id, desk.new_key(), files, reading.map, not of.mapped)
    upload.reviewed = upload.reviewed or document is not None
    upload.map = {**reading.map, "name": name} if of.mapped else {}
    return _to("import-review", desk, of.id, keeping.keep(upload))


def _upload_form(request: HttpRequest, desk: Desk, of: Source, found: Any, status: int = 200) -> HttpResponse:
    told = {"source": of, "maps": sorted(saved_maps(desk, of.id)), "found": found, "limits": LIMITS}
    return render(request, desk, "edc/imports/upload.html", told, status)


def _uploaded(request: HttpRequest, of: Source) -> tuple[dict[str, bytes], list[Finding]]:
    """The files by their part; what is too large is not read to its end."""
    files: dict[str, bytes] = {}
    faults: list[Finding] = []
    for part, label in of.parts.items():
        found = request.FILES.get(part)
        if not isinstance(found, UploadedFile):
            faults.append(_no(part, _("%(file)s: no file was chosen.") % {"file": _(label)}))
        elif (found.size or 0) > LIMITS.size:
            told = {"file": _(label), "size": f"{found.size:,}", "most": f"{LIMITS.size:,}"}
            faults.append(_no(part, _("%(file)s has %(size)s bytes; at most %(most)s are read.") % told))
        else:
            files[part] = found.read(LIMITS.size + 1)
    return files, faults


def review_page(request: HttpRequest, desk: Desk, source: str, upload: str) -> HttpResponse:
    """The map, then the preview; confirming writes it all at once."""
    of, held = _source(source), _held(desk, source, upload)
    if request.method != "POST":
        return _shown(request, desk, of, held, upload)
    step = request.POST.get("step", "")
    if step == "drop":
        keeping.drop(upload)
        messages.info(request, _("The file was dropped. Nothing was saved."))
        return _to("imports", desk)
    if held.done:
        return _to("import-review", desk, of.id, upload)
    if step in ("map", "again") and of.id in FORMS:
        return _mapped(request, desk, of, held, upload)
    return _confirmed(request, desk, of, held, upload)


def _mapped(request: HttpRequest, desk: Desk, of: Source, held: Kept, upload: str) -> HttpResponse:
    """The map as filled in is kept, and the file read by it."""
    if request.POST.get("step") == "again":
        held.reviewed = False
        held.map = {**held.map, **dict.fromkeys(held.map.keys() & {"delimiter", "encoding"}, "")}
    else:
        reading = _read(of, held.files, held.map, desk)
        name = words(request, "name", LONGEST_NAME)
        if reading.sheets:
            held.map, held.reviewed = {**FORMS[of.id][1](request.POST.dict(), reading), "name": name}, True
    keeping.keep(held, upload)
    return _to("import-review", desk, of.id, upload)


def _shown(
    request: HttpRequest, desk: Desk, of: Source, held: Kept, upload: str, found: Any = (), status: int = 200,
    meanwhile: Meanwhile | None = None,
) -> HttpResponse:  # fmt: skip
    """Where the upload stands: done, its map to be looked at, or the preview."""
    told: dict[str, Any] = {"source": of, "upload": upload, "held": held, "key": held.key, "found": found}
    told |= {"meanwhile": meanwhile, "position": desk.open.record.last_seq}
    if held.done:
        return render(request, desk, "edc/imports/done.html", told)
    reading = _read(of, held.files, held.map, desk)
    if of.mapped and (not held.reviewed or reading.map_faults) and reading.sheets:
        found = [*found, *(reading.map_faults if held.reviewed else ()), *(() if held.reviewed else reading.noted)]
        told |= {"form": FORMS[of.id][0](reading, Known.of(desk)), "found": found, "name": held.map.get("name", "")}
        return render(request, desk, "edc/imports/map.html", told, status)
    preview = preview_of(desk, reading)
    told |= {"preview": preview, "typed": request.POST, "states": preview.counts}
    return render(request, desk, "edc/imports/preview.html", told, status)


def _confirmed(request: HttpRequest, desk: Desk, of: Source, held: Kept, upload: str) -> HttpResponse:
    why = words(request, "why", LONGEST_WHY)
    reading = _read(of, held.files, held.map, desk)
    preview = preview_of(desk, reading, why or UNTOLD, foretell=False)
    if preview.mark != request.POST.get("mark"):
        says = _("What is recorded changed since this page was opened. Look at it again, then confirm.")
        return _late(request, desk, of, held, upload, preview, says)
    if preview.changed and not why:
        says = _("Recorded values would change; say why.")
        return _shown(request, desk, of, held, upload, [_no("why", says)], 422)
    if not preview.saves:
        return _shown(request, desk, of, held, upload, status=422)
    try:
        receipt = save(desk, of, held, preview)
    except Refused as wrong:
        return _shown(request, desk, of, held, upload, wrong.findings, 422)
    except NotCanonical:
        return _shown(request, desk, of, held, upload, [cannot_be_kept("import")], 422)
    except StaleVersion:
        says = _("Somebody else saved while this was being saved. Nothing of the file was saved. Look at it again.")
        return _late(request, desk, of, held, upload, preview, says)
    held.report, held.done, held.files = rows_of(preview, "saved", desk.open.simulated), receipt.head, {}
    keeping.keep(held, upload)
    return _to("import-review", desk, of.id, upload)


def _late(
    request: HttpRequest, desk: Desk, of: Source, held: Kept, upload: str, preview: Preview, says: str
) -> HttpResponse:
    """What came of the file's patients since the page was drawn, beside what the file would save; it is drawn anew."""
    named = {one.subject for one in preview.subjects}
    later = since_position(desk, request.POST.get("seen", ""), lambda event: event.subject in named)
    wanted = [(_("Read files in"), _(of.label)), (_("Patients"), _named(preview)), (_("Why"), words(request, "why"))]
    both = meanwhile(request, desk, later, wanted, leave=reverse("edc:imports", args=(desk.open.id,)))
    found = () if later else [_no("import", says)]
    return _shown(request, desk, of, held, upload, found, 409, meanwhile=both if later else None)


def _named(preview: Preview) -> str:
    """The patients of a file, the first of them by name."""
    names = [one.subject for one in preview.subjects]
    more = len(names) - NAMED
    return "; ".join(names[:NAMED]) + (f" + {more}" if more > 0 else "")


def save(desk: Desk, of: Source, held: Kept, preview: Preview) -> Receipt:
    """The whole file in one save, with the event that says it was read in and the map it was read by."""
    content = b"".join(held.files[part] for part in of.parts)
    name = str(held.map.get("name", ""))
    text = Text(KIND, written(held.map)) if held.map and name else None
    said = desk.event(
        DataImported,
        what=of.id,
        source_hash=sha256(content).hexdigest(),
        map_name=name if text else "",
        map_hash=text.sha256 if text else "",
    )
    seen = {stream_of(subject): version for subject, version in preview.versions.items()}
    return desk.save([*preview.events, said], held.key, seen, (text,) if text else ())


def report_file(request: HttpRequest, desk: Desk, source: str, upload: str) -> HttpResponse:
    """Every line of the file against the record, as a table."""
    of, held = _source(source), _held(desk, source, upload)
    rows = held.report or rows_of(preview_of(desk, _read(of, held.files, held.map, desk)), "not saved:",
                                  desk.open.simulated)  # fmt: skip
    content = as_csv(rows)
    note(desk, content)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{desk.open.id}-import-{of.id}.csv"'
    return answer


def concepts_file(request: HttpRequest, desk: Desk, source: str, upload: str) -> HttpResponse:
    """What a REDCap project records and the study does not, as concepts for the protocol's author."""
    held = _held(desk, source, upload)
    text = drafted(held.files, held.map, Known.of(desk)) if source == "redcap" and held.files else None
    if text is None:
        raise Http404(source)
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{desk.open.id}-concepts.yaml"'
    return answer


def _read(of: Source, files: dict[str, bytes], document: dict[str, Any], desk: Desk) -> Reading:
    try:
        return of.read(files, document, Known.of(desk))
    except ValueError as wrong:
        return Reading(document, findings=[_no("map", str(wrong))])


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise Http404(name)
    return SOURCES[name]


def _held(desk: Desk, source: str, upload: str) -> Kept:
    try:
        held = keeping.fetch(upload, desk.person.id, desk.open.id)
    except NoUpload:
        raise Http404(upload) from None
    if held.source != source:
        raise Http404(source)
    return held


def _to(page: str, desk: Desk, *ids: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"edc:{page}", args=(desk.open.id, *ids)), status=303)


def _no(about: str, says: str) -> Finding:
    return Finding(about=about, says=says, matters=_("Nothing of the file was saved."))
