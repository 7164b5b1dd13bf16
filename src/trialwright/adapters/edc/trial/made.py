"""Figures, reports, datasets and casebooks: asked for here, made by another process, fetched here by who asked.

What can be made of the trial, for whom, stands in one table. Each look and each download asks again: the same person, a
role that may, the same sites, arms told apart only where they still may be. What fails that does not exist (404).
Read `KINDS`, then `allowed`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_noop

from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.access.roles import (
    AUDITOR,
    CLINICAL,
    DATA_MANAGER,
    MONITOR,
    OVERSIGHT,
    SPONSOR,
    STATISTICIAN,
    Role,
)
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.typed import sent_key
from trialwright.adapters.edc.trial.making import (
    Job,
    MadeFile,
    State,
    TooMany,
    discard,
    job_of,
    jobs,
    place,
    start,
    until,
)
from trialwright.adapters.edc.trial.seeing import masked, sees_arms
from trialwright.adapters.edc.trial.worker import ALL, FILES, PAGE
from trialwright.core.ledger import DataExported
from trialwright.core.terms import Finding

BESIDE = ("casebooks", "screening-file", "registry")
"""Pages that hand out other files."""
SEEN = {"image/png"}
"""What a browser shows in the page; everything else is handed over as a file."""


@dataclass(frozen=True)
class Kind:
    """Something that can be made: what it is called, who may have it, and what it needs.

    `central` is for who sees every site; `arms` tells the arms apart, so that in a masked trial only the statistician
    has it. Whatever is made can be fetched as files: the ledger tells that it leaves before it is begun.
    """

    id: str
    label: str
    says: str
    roles: tuple[Role, ...]
    central: bool = True
    arms: bool = False
    cut: bool = True


SEE_FIGURES = (*CLINICAL, *OVERSIGHT, STATISTICIAN)
ANALYSE = (STATISTICIAN, DATA_MANAGER, SPONSOR, AUDITOR)
FIGURES = Kind(
    "figures", gettext_noop("Safety tables and response figures"),
    gettext_noop("Worst grades, serious events, laboratory shifts, doses; responses and times; with the numbers."),
    SEE_FIGURES, central=False,
)  # fmt: skip
OTHERS = (
    Kind(
        "monitoring", gettext_noop("Pack for the data-monitoring committee"),
        gettext_noop("Accrual, safety and, in its closed part, results by arm: HTML, PDF, RTF, tables, figures."),
        (STATISTICIAN, SPONSOR, DATA_MANAGER),
    ),
    Kind(
        "report", gettext_noop("Report of the trial"),
        gettext_noop("The whole report in the order of ICH E3: HTML, PDF, RTF, tables, figures."), ANALYSE, arms=True,
    ),
    Kind(
        "adam-csv", gettext_noop("Analysis datasets (ADaM), CSV"),
        gettext_noop("One file a dataset, with an index."), ANALYSE, arms=True,
    ),
    Kind(
        "dataset-json", gettext_noop("Analysis datasets, Dataset-JSON"),
        gettext_noop("Dataset-JSON 1.1, with an index."), ANALYSE, arms=True,
    ),
    Kind(
        "results", gettext_noop("Results for the registry"),
        gettext_noop("The results section as ClinicalTrials.gov takes it, and what is to be mended before."),
        (SPONSOR, STATISTICIAN, DATA_MANAGER), arms=True,
    ),
    Kind(
        "casebooks", gettext_noop("Casebooks of all patients, filled"),
        gettext_noop("A PDF of each patient: forms with corrections, queries, signatures, deviations, every event."),
        (MONITOR, DATA_MANAGER, AUDITOR, SPONSOR), cut=False,
    ),
)  # fmt: skip
KINDS: Mapping[str, Kind] = {one.id: one for one in (FIGURES, *OTHERS)}
"""Everything that can be made for a person."""


# --- who may ----------------------------------------------------------------------------------------------------------


def may_have(desk: Desk, kind: Kind) -> bool:
    """Whether the person may have this kind of thing at all."""
    apart = sees_arms(desk) if kind.arms else True
    return bool(desk.roles & {*kind.roles}) and (desk.central or not kind.central) and apart


def allowed(desk: Desk, job: Job) -> bool:
    """Whether the person may see this job now: it is theirs, and they may still have what is in it."""
    kind = KINDS.get(job.kind)
    mine = (job.person, job.study) == (desk.person.id, desk.open.id)
    in_sight = desk.central if job.sites is None else {*job.sites} <= {*desk.sites}
    return kind is not None and mine and in_sight and may_have(desk, kind) and (sees_arms(desk) or not job.arms)


def _job(desk: Desk, name: str) -> tuple[Job, State]:
    found = job_of(name)
    if found is None or not allowed(desk, found[0]):
        raise Http404
    return found


# --- pages ------------------------------------------------------------------------------------------------------------


def figures(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for tables and figures at a cut-off; what was made of late."""
    return _asking(request, desk, (FIGURES,), "edc/trial/figures.html")


def files(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for reports, packs, datasets and casebooks."""
    return _asking(request, desk, OTHERS, "edc/trial/files.html")


def _asking(request: HttpRequest, desk: Desk, kinds: Sequence[Kind], template: str) -> HttpResponse:
    offered = [one for one in kinds if may_have(desk, one)]
    if request.method != "POST":
        return _page(request, desk, kinds, template)
    found = list(_wrong(request, desk, offered))
    if found:
        return _page(request, desk, kinds, template, found, 422)
    kind = KINDS[request.POST["kind"]]
    try:
        job = start(_asked(request, desk, kind))
    except TooMany:
        return _page(request, desk, kinds, template, [_too_many()], 429)
    try:
        _told(request, desk, kind, job)
    except BaseException:
        discard(job)
        raise
    answer = HttpResponseRedirect(reverse("edc:made", kwargs={"study": desk.open.id, "job": job.id}))
    answer.status_code = 303
    return answer


def _asked(request: HttpRequest, desk: Desk, kind: Kind) -> Job:
    known_at = request.POST.get("known_at", "").strip()
    return Job(
        id="",
        kind=kind.id,
        study=desk.open.id,
        folder=str(desk.open.folder),
        person=desk.person.id,
        role=desk.role.value,
        title=kind.label,
        asked_at="",
        sites=None if desk.central else desk.sites,
        arms=sees_arms(desk),
        identifiers=False,
        cut=request.POST.get("cut", "").strip() if kind.cut else "",
        known_at=int(known_at) if known_at else None,
        language=get_language() or "en",
    )


def _told(request: HttpRequest, desk: Desk, kind: Kind, job: Job) -> None:
    """That data leave the system, in the ledger, before anybody can fetch them."""
    of = ", ".join(job.sites) if job.sites else "all sites"
    until_when = f", cut-off {job.cut}" if job.cut else ""
    position = desk.open.record.last_seq if job.known_at is None else job.known_at
    event = desk.event(DataExported, what=kind.id, of=f"{of}{until_when}, as known at position {position}")
    desk.save([event], sent_key(request) or desk.new_key())


def _wrong(request: HttpRequest, desk: Desk, offered: Sequence[Kind]) -> Iterator[Finding]:
    """What is wrong with what was asked."""
    if request.POST.get("kind") not in {one.id for one in offered}:
        yield Finding("kind", gettext("That cannot be made for you."))
    cut, known_at = request.POST.get("cut", "").strip(), request.POST.get("known_at", "").strip()
    if cut and _day(cut) is None:
        yield Finding("cut", gettext("Write the day as 2006-07-05, or leave it empty for the last day there is."))
    last = desk.open.record.last_seq
    if known_at and not (known_at.isascii() and known_at.isdecimal() and 1 <= int(known_at[:12]) <= last):
        told = gettext("Write a position of the ledger from 1 to %(last)d, or leave it empty for all of it.")
        yield Finding("known_at", told % {"last": last})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2006-07-05") else None
    except ValueError:
        return None


def _too_many() -> Finding:
    return Finding(
        about="kind",
        says=gettext("As much is being made as this server takes on at once."),
        matters=gettext("Nothing was begun."),
        do=gettext("Wait until one of them is done, then ask again."),
    )


def _page(
    request: HttpRequest,
    desk: Desk,
    kinds: Sequence[Kind],
    template: str,
    found: Sequence[Finding] = (),
    status: int = 200,
) -> HttpResponse:
    wanted = {one.id for one in kinds}
    mine = [(job, state, until(state)) for job, state in jobs() if job.kind in wanted and allowed(desk, job)]
    context = {
        "kinds": [one for one in kinds if may_have(desk, one)],
        "withheld": masked(desk.trial.versions[desk.trial.latest]) and not sees_arms(desk),
        "mine": sorted(mine, key=lambda each: each[0].asked_at, reverse=True),
        "found": found,
        "cut": request.POST.get("cut", ""),
        "known_at": request.POST.get("known_at", ""),
        "chosen": request.POST.get("kind", ""),
        "others": [page for name in BESIDE if desk.may(page := page_named(name))],
        "last": desk.open.record.last_seq,
        "key": desk.new_key(),
        "may": desk.page is not None and desk.may(desk.page, write=True),
    }
    return render(request, desk, template, context, status=status)


# --- what was made ----------------------------------------------------------------------------------------------------


def made(request: HttpRequest, desk: Desk, job: str) -> HttpResponse:
    """How far it is; once it is done, what there is to see and to fetch."""
    asked, state = _job(desk, job)
    context = {
        "job": asked,
        "state": state,
        "until": until(state),
        "files": _ordered(state.files),
        "documents": _documents(asked, state),
        "numbers": {one.name: number for number, one in enumerate(state.files)},
    }
    fragment = request.headers.get("HX-Request") == "true"
    template = "edc/trial/made_state.html" if fragment else "edc/trial/made.html"
    answer = render(request, desk, template, context)
    if fragment and state.over:
        answer["HX-Refresh"] = "true"
    return answer


def made_file(request: HttpRequest, desk: Desk, job: str, number: int) -> HttpResponse | FileResponse:
    """One of the files, to whoever asked for it."""
    asked, state = _job(desk, job)
    if state.state != "done" or not 0 <= number < len(state.files):
        raise Http404
    file = state.files[number]
    shown = file.type in SEEN
    mark = "simulated-" if desk.open.simulated else ""
    name = f"{mark}{desk.open.id}-{file.name.replace('/', '-')}"
    path = place() / asked.id / FILES / file.name
    note(desk, path.read_bytes())
    content = path.open("rb")
    return FileResponse(content, as_attachment=not shown, filename=name, content_type=file.type)


def _ordered(found: Sequence[MadeFile]) -> list[tuple[int, MadeFile]]:
    """The files with their numbers: all in one first, then documents, then the rest."""
    rank = {".zip": 0, ".pdf": 1, ".html": 2}
    numbered = list(enumerate(found))
    return sorted(numbered, key=lambda one: (one[1].name != ALL, rank.get(one[1].name[-4:], 3), one[1].name))


def _documents(job: Job, state: State) -> list[dict[str, object]]:
    """What the page shows of it: paragraphs, tables and figures."""
    file = place() / job.id / PAGE
    if state.state != "done" or not file.is_file():
        return []
    numbers = {one.name: number for number, one in enumerate(state.files)}
    documents: list[dict[str, object]] = json.loads(file.read_text("utf-8"))["documents"]
    for document in documents:
        for block in _figures(document):
            block["number"] = numbers.get(str(block["file"]), -1)
    return documents


def _figures(document: Mapping[str, object]) -> Iterator[dict[str, object]]:
    chapters: Sequence[Mapping[str, Sequence[Mapping[str, Sequence[dict[str, object]]]]]] = document["chapters"]  # type: ignore[assignment]
    for chapter in chapters:
        for section in chapter["sections"]:
            yield from (block for block in section["blocks"] if block["is"] == "figure")
