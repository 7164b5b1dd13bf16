"""What is asked of the API: the study, its subjects and what holds for each, questions about data, the audit trail.

Each operation answers what the page of the same name shows, from the same functions. Read from `study` on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Query

from trialwright.adapters.edc.api.events import document_of
from trialwright.adapters.edc.api.hiding import Hiding
from trialwright.adapters.edc.api.schema import READS, ROUTER, answer, described
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.oversight.queries import queries_about
from trialwright.adapters.edc.oversight.signing import standings
from trialwright.adapters.edc.oversight.verifying import verifications_of
from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.adapters.exchange.answers.subject import eligibility_document, subject_document
from trialwright.adapters.exchange.answers.trial import person_document, trial_document
from trialwright.core.casebook import Form, form_at
from trialwright.core.oversight import MEANINGS, content_of
from trialwright.core.oversight import Query as DataQuery
from trialwright.core.schedule import visits
from trialwright.core.subject.standing import locks_held

Name = Annotated[str, Path(max_length=200)]
Day = Annotated[date | None, Query(ge=date(1950, 1, 1), le=date(2199, 12, 31))]
Number = Annotated[int, Query(ge=1, le=500)]
Place = Annotated[int, Query(ge=0, le=10**12)]
Document = dict[str, Any]
OK: dict[int, Any] = {200: Document}


def desk_of(request: HttpRequest) -> Desk:
    """The desk of whoever asks, as the door made it."""
    desk: Desk = request.desk  # type: ignore[attr-defined]
    return desk


def shown(desk: Desk, document: Any, *subjects: str) -> HttpResponse:
    """A document about subjects, without what identifies them to whoever is not of their site."""
    return answer(Hiding(desk).in_document(as_data(document), subjects))


# --- the study -------------------------------------------------------------------------------------------------------


@ROUTER.get("", response=OK | READS, summary="The study, and what you may do in it")
def study(request: HttpRequest, study: Name) -> HttpResponse:
    """The study's id, versions and sites as far as you see them, the head of its ledger, today, and your roles."""
    desk = desk_of(request)
    head = desk.open.reader().head()
    roles = [{"role": one.role, "site": one.site, "since": one.since} for one in desk.all_grants]
    return answer(
        {
            "study": desk.open.study_id,
            "title": desk.protocol().title,
            "kind": desk.open.kind,
            "versions": [*desk.trial.versions],
            "sites": list(desk.sites),
            "today": desk.today,
            "head": head and {"seq": head.seq, "hash": head.hash, "root": head.root},
            "you": {"person": desk.person.id, "name": desk.person.name, "roles": roles},
        }
    )


@ROUTER.get("openapi.json", response=OK | READS, summary="The description of the API")
def openapi(request: HttpRequest, study: Name) -> HttpResponse:
    """This description (OpenAPI 3.1)."""
    return answer(described())


@ROUTER.get("status/", response=OK | READS, summary="The status of the trial")
def status(request: HttpRequest, study: Name, site: Annotated[str | None, Query(max_length=40)] = None) -> HttpResponse:
    """Accrual, versions, readiness of endpoints and everyone in a line, of the sites you see, or one of them."""
    desk = desk_of(request)
    if site is not None and site not in desk.sites:
        raise Http404(site)
    said = desk.trial_status(site)
    document = as_data(trial_document(said, _head(desk)))
    return shown(desk, document, *(one.subject for one in said.people))


@ROUTER.get("ledger/", response=OK | READS, summary="The head of the ledger")
def ledger(request: HttpRequest, study: Name) -> HttpResponse:
    """How many events there are, the hash of the last, and the root over all of them."""
    head = desk_of(request).open.reader().head()
    return answer({"seq": head.seq if head else 0, "hash": head and head.hash, "root": head and head.root})


def _head(desk: Desk) -> str:
    head = desk.open.reader().head()
    return head.hash if head else ""


# --- subjects --------------------------------------------------------------------------------------------------------


@ROUTER.get("subjects/", response=OK | READS, summary="The subjects")
def subjects(
    request: HttpRequest, study: Name, after: Annotated[str, Query(max_length=200)] = "", limit: Number = 100
) -> HttpResponse:
    """A line for each subject you see, by id; `next` is the `after` of the next page."""
    desk = desk_of(request)
    names = [*islice((one for one in desk.subjects() if one > after), limit + 1)]
    lines = [person_document(desk.line(one)) for one in names[:limit]]
    more = names[limit - 1] if len(names) > limit else None
    return shown(desk, {"subjects": lines, "next": more}, *names[:limit])


@ROUTER.get("subjects/{subject}/", response=OK | READS, summary="The status of a subject")
def subject(request: HttpRequest, study: Name, subject: Name, on: Day = None) -> HttpResponse:
    """Everything that holds for a subject on a day, each answer with its clause, its data and what is missing."""
    return shown(desk_of(request), _status(desk_of(request), subject, on), subject)


def _status(desk: Desk, subject: str, on: date | None) -> Document:
    document = subject_document(desk.status(subject, on), desk.open.record.last_seq, _head(desk))
    return {**document, "stream_version": desk.version(subject)}


@ROUTER.get("subjects/{subject}/eligibility/", response=OK | READS, summary="The eligibility of a subject")
def eligibility(request: HttpRequest, study: Name, subject: Name, on: Day = None) -> HttpResponse:
    """The verdict and every criterion, with its reasons, its data and what is missing."""
    desk = desk_of(request)
    said = desk.status(subject, on).eligibility
    document = eligibility_document(said) if said else {"verdict": "not judged", "criteria": []}
    return shown(desk, {"subject": subject, **document}, subject)


@ROUTER.get("subjects/{subject}/dose/", response=OK | READS, summary="The dose of a subject")
def dose(request: HttpRequest, study: Name, subject: Name, on: Day = None) -> HttpResponse:
    """What to give of each drug on the day, what may be handed out, and every rule that was looked at."""
    desk = desk_of(request)
    whole = _status(desk, subject, on)
    return shown(desk, {name: whole[name] for name in ("subject", "on", "doses", "supply", "accounts")}, subject)


@ROUTER.get("subjects/{subject}/calendar/", response=OK | READS, summary="The visits of a subject")
def calendar(request: HttpRequest, study: Name, subject: Name, on: Day = None) -> HttpResponse:
    """What is due and what is coming, each with its window and its clause."""
    desk = desk_of(request)
    whole = _status(desk, subject, on)
    return shown(desk, {name: whole[name] for name in ("subject", "on", "due", "coming", "undated")}, subject)


@ROUTER.get("subjects/{subject}/deviations/", response=OK | READS, summary="The deviations of a subject")
def deviations_of(request: HttpRequest, study: Name, subject: Name, on: Day = None) -> HttpResponse:
    """What was done against what the protocol asks."""
    desk = desk_of(request)
    found = as_data(list(desk.status(subject, on).deviations))
    return shown(desk, {"subject": subject, "deviations": found}, subject)


@ROUTER.get("deviations/", response=OK | READS, summary="The deviations")
def deviations(
    request: HttpRequest, study: Name, after: Annotated[str, Query(max_length=200)] = "", limit: Number = 50
) -> HttpResponse:
    """The deviations of the subjects you see, subject by subject."""
    desk = desk_of(request)
    names = [*islice((one for one in desk.subjects() if one > after), limit + 1)]
    found = [{"subject": one, "deviations": as_data(list(desk.status(one).deviations))} for one in names[:limit]]
    more = names[limit - 1] if len(names) > limit else None
    return shown(desk, {"subjects": found, "next": more}, *names[:limit])


# --- forms -----------------------------------------------------------------------------------------------------------


@ROUTER.get("subjects/{subject}/forms/", response=OK | READS, summary="The forms of a subject")
def forms(request: HttpRequest, study: Name, subject: Name) -> HttpResponse:
    """Each planned visit: its key, its window, whether it is due, done or overdue."""
    desk = desk_of(request)
    found = [
        {"key": one.key, "what": one.encounter.label, "state": one.state, "due": one.due, "earliest": one.earliest,
         "latest": one.latest}
        for one in visits(desk.case(subject), desk.today)
    ]  # fmt: skip
    return answer({"subject": subject, "stream_version": desk.version(subject), "forms": found})


@ROUTER.get("subjects/{subject}/forms/{encounter}/", response=OK | READS, summary="A form of a subject")
def form(request: HttpRequest, study: Name, subject: Name, encounter: Name) -> HttpResponse:
    """What is asked at a visit: every field with its path, kind, unit, codes, limits and the value it has."""
    desk = desk_of(request)
    found = form_at(desk.case(subject), encounter, desk.today)
    if found is None:
        raise Http404(encounter)
    found = found if desk.sees_identifiers else found.without_identifiers()
    return shown(desk, {"subject": subject, "stream_version": desk.version(subject), **_form(found)}, subject)


def _form(found: Form) -> Document:
    whole: Document = as_data(found)
    return whole


# --- questions about data --------------------------------------------------------------------------------------------


@ROUTER.get("subjects/{subject}/queries/", response=OK | READS, summary="The queries about a subject")
def queries_of(request: HttpRequest, study: Name, subject: Name) -> HttpResponse:
    """Every query, those that a rule found and those asked by hand, with what was said."""
    desk = desk_of(request)
    hiding = Hiding(desk)
    found = [_query(one, hiding) for one in queries_about(desk, subject)]
    return shown(desk, {"subject": subject, "queries": found}, subject)


@ROUTER.get("queries/", response=OK | READS, summary="The queries")
def queries(
    request: HttpRequest, study: Name, after: Annotated[str, Query(max_length=200)] = "", limit: Number = 50
) -> HttpResponse:
    """The queries about the subjects you see, subject by subject."""
    desk = desk_of(request)
    hiding, names = Hiding(desk), [*islice((one for one in desk.subjects() if one > after), limit + 1)]
    found = [_query(one, hiding) for name in names[:limit] for one in queries_about(desk, name)]
    more = names[limit - 1] if len(names) > limit else None
    return shown(desk, {"queries": found, "next": more}, *names[:limit])


def _query(one: DataQuery, hiding: Hiding) -> Document:
    said = [document_of(each, hiding) for each in one.said]
    return {**as_data({**vars(one), "said": ()}), "said": said, "waits_for": one.waits_for}


@ROUTER.get("subjects/{subject}/verification/", response=OK | READS, summary="Source verification of a subject")
def verification_of(request: HttpRequest, study: Name, subject: Name) -> HttpResponse:
    """Each item: whether it was held against the source at the value it has, and whether that is planned."""
    desk = desk_of(request)
    hiding = Hiding(desk)
    found = [
        {"path": str(one.item.path), "state": one.state, "planned": one.planned, "by": one.by and document_of(one.by)}
        for one in verifications_of(desk, subject)
    ]
    return answer({"subject": subject, "items": [one for one in found if not hiding.hides(str(one["path"]))]})


@ROUTER.get("subjects/{subject}/locks/", response=OK | READS, summary="What of a subject is locked")
def locks_of(request: HttpRequest, study: Name, subject: Name) -> HttpResponse:
    """What is frozen or locked, of the subject, its site and the study."""
    desk = desk_of(request)
    held = locks_held(desk.open.record, desk.record(subject))
    return answer({"subject": subject, "locks": {name: document_of(one) for name, one in held.items()}})


@ROUTER.get("subjects/{subject}/signatures/", response=OK | READS, summary="The signatures about a subject")
def signatures(
    request: HttpRequest, study: Name, subject: Name, what: Annotated[str | None, Query(max_length=200)] = None
) -> HttpResponse:
    """Who signed what, with which meaning, and whether it still holds; with `what`, its exact content to be signed."""
    desk = desk_of(request)
    content = None if what is None else _content(desk, subject, what)
    found = [
        {"signed": document_of(one.signed), "holds": one.holds, "changed": list(one.changed),
         "broken_by": one.broken_by and one.broken_by.id}
        for one in standings(desk, subject)
    ]  # fmt: skip
    told = {"subject": subject, "signatures": found, "content": content, "meanings": list(MEANINGS)}
    return shown(desk, told, subject)


def _content(desk: Desk, subject: str, what: str) -> Document:
    try:
        found = content_of(desk.trial, desk.open.record, desk.record(subject), what, desk.today)
    except KeyError:
        raise Http404(what) from None
    return {"what": found.what, "sha256": found.sha256, "text": found.text, "items": found.items}


# --- what was recorded -----------------------------------------------------------------------------------------------


@ROUTER.get("subjects/{subject}/events/", response=OK | READS, summary="The events of a subject")
def events_of(request: HttpRequest, study: Name, subject: Name, after: Place = 0, limit: Number = 500) -> HttpResponse:
    """What was recorded of a subject, in ledger order, as `submit` writes events; `after` is a place in the ledger."""
    desk = desk_of(request)
    found = (one for one in desk.events(subject) if one.seq > after)
    return _events(desk, found, limit, (subject,))


@ROUTER.get("audit/", response=OK | READS, summary="Every event, in ledger order")
def audit(request: HttpRequest, study: Name, after: Place = 0, limit: Number = 500) -> HttpResponse:
    """What was recorded, of all that you see, after a place in the ledger."""
    desk = desk_of(request)
    end = desk.open.record.last_seq
    found = (one for one in desk.open.reader().events(after_seq=min(after, end)) if desk.in_sight(one))
    return _events(desk, found, limit, None)


def _events(desk: Desk, found: Iterable[Any], limit: int, subjects: Iterable[str] | None) -> HttpResponse:
    taken = [*islice(found, limit + 1)]
    hiding = Hiding(desk)
    told = [document_of(one, hiding) for one in taken[:limit]]
    about = subjects or {one.subject for one in taken if one.subject and desk.sees(one.subject)}
    more = taken[limit - 1].seq if len(taken) > limit else None
    return answer(hiding.in_document(as_data({"events": told, "next": more}), about))
