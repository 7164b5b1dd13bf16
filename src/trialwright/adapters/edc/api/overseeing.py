"""What is asked of the API about the trial and those who work in it: waiting, screening, flow, people, sites.

Each operation answers what the page of the same name shows, from the same functions, as far as the person sees it. Read
from `today` on.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import ConfigDict, Field

from trialwright.adapters.edc.api.events import document_of
from trialwright.adapters.edc.api.hiding import KEPT, Hiding
from trialwright.adapters.edc.api.problems import problem
from trialwright.adapters.edc.api.reading import OK, Document, Name, Number, desk_of, shown
from trialwright.adapters.edc.api.schema import READS, ROUTER, WRITES, answer, as_form
from trialwright.adapters.edc.api.writing import Key
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.core.oversight import terms_to_code
from trialwright.core.oversight.coding import dictionaries
from trialwright.core.subject import SiteRecord

After = Annotated[str, Query(max_length=200)]
Version = Annotated[str, Query(max_length=40)]


def _page_of(desk: Desk, after: str, limit: int) -> tuple[list[str], str | None]:
    """So many subjects after one, and the `after` of the next page."""
    names = [*islice((one for one in desk.subjects() if one > after), limit + 1)]
    return names[:limit], names[limit - 1] if len(names) > limit else None


@ROUTER.get("today/", response=OK | READS, summary="What waits today")
def today(request: HttpRequest, study: Name, site: Annotated[str, Query(max_length=40)] = "") -> HttpResponse:
    """What waits for you, by errand: whose it is, what, since or by when; of how many patients there was no time."""
    from trialwright.adapters.edc.work.board import board_of
    from trialwright.adapters.edc.work.today import sections

    desk = desk_of(request)
    if site and site not in desk.sites:
        raise Http404(site)
    found, left = sections(desk, board_of(desk.open), site)
    told: list[Document] = [
        {
            "errand": one.id,
            "title": one.title,
            "count": one.count,
            "lines": [_line(each.line) for each in (*one.lines, *one.folded)],
        }
        for one in found
    ]
    about = {line["subject"] for one in told for line in one["lines"]} & set(desk.subjects())
    return shown(desk, {"today": desk.today, "errands": told, "not_asked": left}, *about)


def _line(line: object) -> Document:
    return {name: getattr(line, name) for name in ("subject", "site", "what", "when", "state")}


# --- the trial -------------------------------------------------------------------------------------------------------


@ROUTER.get("screening/", response=OK | READS, summary="The screening log")
def screening(request: HttpRequest, study: Name, after: After = "", limit: Number = 100) -> HttpResponse:
    """Everyone who came to screening, by id, with the outcome and the criteria that were not met."""
    from trialwright.adapters.edc.trial.screening import log_rows

    desk = desk_of(request)
    rows = sorted((one for one in log_rows(desk) if one.subject > after), key=lambda one: one.subject)
    more = rows[limit - 1].subject if len(rows) > limit else None
    told = {"screenings": as_data(rows[:limit]), "next": more}
    return shown(desk, told, *(one.subject for one in rows[:limit]))


@ROUTER.get("flow/", response=OK | READS, summary="Participant flow")
def flow(request: HttpRequest, study: Name) -> HttpResponse:
    """How many came to each step, and why others did not; of very many subjects it is made as an export."""
    from trialwright.adapters.edc.trial.flow import flow_rows
    from trialwright.adapters.edc.trial.seeing import crowded, flow_of

    desk = desk_of(request)
    if crowded(desk):
        return answer({"today": desk.today, "rows": None, "made_as": "exports/"})
    return answer({"today": desk.today, "rows": flow_rows(flow_of(desk))})


@ROUTER.get("serious/", response=OK | READS, summary="Serious events")
def serious(request: HttpRequest, study: Name, after: After = "", limit: Number = 50) -> HttpResponse:
    """Serious events with the clocks of their reports and what was sent, subject by subject."""
    desk = desk_of(request)
    names, more = _page_of(desk, after, limit)
    return shown(desk, {"events": [row for one in names for row in _serious(desk, one)], "next": more}, *names)


@ROUTER.get("subjects/{subject}/serious/", response=OK | READS, summary="Serious events of a subject")
def serious_of(request: HttpRequest, study: Name, subject: Name) -> HttpResponse:
    """The same of one subject."""
    desk = desk_of(request)
    return shown(desk, {"subject": subject, "events": _serious(desk, subject)}, subject)


def _serious(desk: Desk, subject: str) -> list[Document]:
    from trialwright.adapters.edc.trial.safety import serious_rows

    return [
        {
            "subject": subject,
            "site": row.site,
            "event": as_data(row.event),
            "state": row.state,
            "due": row.due,
            "clocks": as_data(row.clocks),
            "sent": [as_data(dict(one.values)) for one in row.sent],
        }
        for row in serious_rows(desk, subject)
    ]


@ROUTER.get("protocol/", response=OK | READS, summary="The protocol beside its record")
def protocol(request: HttpRequest, study: Name, version: Version = "") -> HttpResponse:
    """Sentences of the record, clauses with what they say, and questions, of the version in force or the one named."""
    from trialwright.adapters.edc.trial.browsing import browser
    from trialwright.adapters.edc.trial.protocol import sees

    desk = desk_of(request)
    wanted = version or desk.protocol().version
    if wanted not in desk.trial.versions:
        raise Http404(wanted)
    found = browser(desk.open.loaded, wanted, lambda clause: sees(desk, clause))
    return answer({**as_data(found), "hash": desk.trial.hashes.get(wanted, "")})


@ROUTER.get("amendments/", response=OK | READS, summary="Versions, and who is on which")
def amendments(request: HttpRequest, study: Name, old: Version = "", new: Version = "") -> HttpResponse:
    """Each version with its sites and subjects; what differs between two of them, and whom it touches."""
    from trialwright.adapters.edc.trial.amendments import chosen, compared, version_rows

    desk = desk_of(request)
    one, other = chosen([*desk.trial.versions], old, new)
    found = compared(desk, one, other) if one else None
    if found:
        seen = tuple(each for each in found.touched.sites if each.site in desk.sites)
        found = replace(found, touched=replace(found.touched, sites=seen))
    told = {"versions": as_data([*version_rows(desk)]), "compared": as_data(found)}
    return shown(desk, told, *(each.subject for each in (found.touched.subjects if found else ())))


# --- sites and people ------------------------------------------------------------------------------------------------


@ROUTER.get("sites/", response=OK | READS, summary="The sites")
def sites(request: HttpRequest, study: Name) -> HttpResponse:
    """The sites you see, the version in force at each, and what was told of them."""
    from trialwright.adapters.edc.trial.seeing import site_names

    desk = desk_of(request)
    told = [
        {"site": site, "name": name, "version": known.version_in_force(desk.today), "since": _since(known, desk)}
        for site, name in site_names(desk).items()
        for known in [desk.open.record.sites.get(site, SiteRecord(site))]
    ]
    return answer({"sites": told})


def _since(known: SiteRecord, desk: Desk) -> list[Document]:
    """When each version was activated at a site, and approved."""
    held = (one for one in known.activations if one.occurred <= desk.today)
    return [{"version": one.version, "on": one.occurred, "approved_on": one.approved_on} for one in held]


@ROUTER.get("laboratory/", response=OK | READS, summary="The limits of laboratories")
def laboratory(request: HttpRequest, study: Name, site: Annotated[str, Query(max_length=40)] = "") -> HttpResponse:
    """The limits that hold today at each site you see, or at one of them."""
    from trialwright.adapters.edc.decisions.ranges import holding

    desk = desk_of(request)
    if site and site not in desk.sites:
        raise Http404(site)
    wanted = (site,) if site else desk.sites
    return answer({"limits": {one: [document_of(each) for each in holding(desk, one)] for one in wanted}})


@ROUTER.get("people/", response=OK | READS, summary="Who works with the study")
def people(request: HttpRequest, study: Name) -> HttpResponse:
    """The people you see: roles and duties with their days, who gave them, and trainings."""
    from trialwright.adapters.edc.people.listing import people_seen, roles_seen

    desk = desk_of(request)
    told = [
        {
            "person": one.id,
            "name": one.name,
            "active": one.active,
            "roles": [as_data(each) for each in roles_seen(desk, one)],
            "trainings": [{"on": each.occurred, "training": each.training} for each in one.trainings],
        }
        for one in people_seen(desk)
    ]
    return answer({"people": told})


# --- an item, and its words ------------------------------------------------------------------------------------------


ITEM = "subjects/{subject}/items/{concept}/{instance}/{field}/"


@ROUTER.get(ITEM, response=OK | READS, summary="The history of an item")
def item(request: HttpRequest, study: Name, subject: Name, concept: Name, instance: Name, field: Name) -> HttpResponse:
    """Each time the item was said: the value, the one before, who, when, why; the newest first."""
    from trialwright.adapters.edc.entry.history import field_of, said_of

    desk, path, hiding = desk_of(request), f"{concept}/{instance}/{field}", Hiding(desk_of(request))
    field_of(desk, subject, concept, field)
    told = [*said_of(desk, subject, path)]
    if not told:
        raise Http404(path)
    if hiding.hides(path):
        return answer({"subject": subject, "item": path, "kept": KEPT, "said": []})
    said = [
        {
            "old": as_data(one.old),
            "new": as_data(one.new),
            "who": one.who,
            "role": one.event.role,
            "on": one.event.occurred,
            "recorded": one.event.recorded and one.event.recorded.isoformat(),
            "why": one.why,
            "event": one.event.id,
            "taken_back": one.voided and one.voided.id,
        }
        for one in told
    ]
    return shown(desk, {"subject": subject, "item": path, "said": said}, subject)


@ROUTER.get("subjects/{subject}/terms/", response=OK | READS, summary="Terms to code of a subject")
def terms_of(request: HttpRequest, study: Name, subject: Name) -> HttpResponse:
    """Each term as it was typed, whether it is coded, and by which code of which dictionary."""
    desk = desk_of(request)
    found = [
        {"item": one.item, "typed": one.typed, "state": one.state, "by": one.by and document_of(one.by)}
        for one in terms_to_code(desk.record(subject), desk.standards(subject).concepts)
    ]
    return shown(desk, {"subject": subject, "terms": found}, subject)


@ROUTER.get("dictionaries/", response=OK | READS, summary="The dictionaries")
def loaded(request: HttpRequest, study: Name) -> HttpResponse:
    """The versions of dictionaries that were loaded, by their SHA-256; never their terms, which are licensed."""
    desk = desk_of(request)
    return answer({"dictionaries": [document_of(one) for one in dictionaries(desk.open.record)]})


class Dictionary(Schema):
    """A dictionary: its name, its version, and its rows as CSV text."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=80)
    version: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=10_000_000)


@ROUTER.post("dictionaries/", response=OK | WRITES, summary="Load a dictionary")
def load(request: HttpRequest, study: Name, body: Dictionary, idempotency_key: Key) -> HttpResponse:
    """Load a version of a dictionary that you are licensed to use; a version is loaded once."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from trialwright.adapters.edc.oversight.coding import load_sent

    desk = desk_of(request)
    request.FILES["file"] = SimpleUploadedFile("dictionary.csv", body.text.encode())
    request.POST = as_form({"name": body.name, "dictionary_version": body.version, "key": idempotency_key})
    sent = load_sent(request, desk)
    if not sent.saved:
        return problem(sent.status, findings=sent.against)
    return answer({"loaded": True})
