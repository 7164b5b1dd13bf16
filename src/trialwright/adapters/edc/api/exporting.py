"""What is made for a program to fetch: figures, reports, datasets, packs, casebooks, as the pages of files make them.

Making takes minutes, so it is asked for, looked at until it is done, and then fetched file by file; each time it is
asked again whether the person may still have it. Data that leave are told in the ledger before. Read `make`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Schema
from pydantic import ConfigDict, Field

from trialwright.adapters.edc.api.problems import problem
from trialwright.adapters.edc.api.reading import OK, Name, desk_of
from trialwright.adapters.edc.api.schema import READS, ROUTER, WRITES, answer, as_form
from trialwright.adapters.edc.api.writing import Key
from trialwright.adapters.edc.trial.made import FIGURES, KINDS, allowed, figures, files, made_file, may_have
from trialwright.adapters.edc.trial.making import Job, State, job_of
from trialwright.core.terms import Finding

Number = Annotated[int, Path(ge=0, le=100_000)]
A_FILE: dict[str, Any] = {"responses": {200: {"content": {"*/*": {}}}}}


class Export(Schema):
    """What is to be made (`kinds` lists it), up to which day, as known at which place of the ledger."""

    model_config = ConfigDict(extra="forbid")
    kind: str = Field(max_length=40)
    cut: date | None = None
    known_at: Annotated[int | None, Field(ge=1, le=10**12)] = None


@ROUTER.get("exports/", response=OK | READS, summary="What can be made")
def kinds(request: HttpRequest, study: Name) -> HttpResponse:
    """What may be made for you: figures, reports, datasets, packs, casebooks."""
    desk = desk_of(request)
    found = [{"kind": one.id, "label": one.label, "says": one.says} for one in KINDS.values() if may_have(desk, one)]
    return answer({"kinds": found})


@ROUTER.post("exports/", response=OK | WRITES, summary="Have it made")
def make(request: HttpRequest, study: Name, body: Export, idempotency_key: Key) -> HttpResponse:
    """Begin to make it; the answer names the job to look at."""
    desk = desk_of(request)
    kind = KINDS.get(body.kind)
    if kind is None or not may_have(desk, kind):
        return problem(422, findings=[Finding("kind", "That cannot be made for you.")])
    told = {"kind": kind.id, "cut": body.cut or "", "known_at": body.known_at or "", "key": idempotency_key}
    request.POST = as_form(told)
    asked = (figures if kind is FIGURES else files)(request, desk)
    if asked.status_code != 303:
        says = f"The ledger has {desk.open.record.last_seq} events; name a place in it, or none."
        return problem(asked.status_code, findings=[Finding("known_at", says)] if asked.status_code == 422 else ())
    return answer({"job": asked["Location"].rstrip("/").rpartition("/")[2]})


@ROUTER.get("exports/{job}/", response=OK | READS, summary="How far it is")
def job(request: HttpRequest, study: Name, job: Name) -> HttpResponse:
    """How far it is, and once it is done, its files by number."""
    asked, state = _mine(request, job)
    found = [{"number": number, "name": one.name, "type": one.type} for number, one in enumerate(state.files)]
    return answer({"job": asked.id, "kind": asked.kind, "state": state.state, "files": found})


@ROUTER.get("exports/{job}/{number}/", response=OK | READS, summary="A file of it", openapi_extra=A_FILE)
def job_file(request: HttpRequest, study: Name, job: Name, number: Number) -> Any:
    """One of its files."""
    _mine(request, job)
    return made_file(request, desk_of(request), job, number)


def _mine(request: HttpRequest, name: str) -> tuple[Job, State]:
    found = job_of(name)
    if found is None or not allowed(desk_of(request), found[0]):
        raise Http404(name)
    return found
