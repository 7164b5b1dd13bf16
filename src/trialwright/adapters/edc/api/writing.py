"""What is saved by the API: events, tried or submitted; files read in; signatures; and the ledger verified.

A submission is whole or not at all. Its `Idempotency-Key` is the key of the save: sent again with the same events it
answers with the receipt of the first time, with others it is refused. `base_versions` are the versions of the subjects
that were seen (`stream_version`): somebody else's save since then is a 409 with both sides. Read `submit`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Schema
from pydantic import ConfigDict, Field

from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.api.allowed import NOT_SUBMITTED, acting_for
from trialwright.adapters.edc.api.correcting import against, moved_on
from trialwright.adapters.edc.api.events import read_events
from trialwright.adapters.edc.api.problems import problem
from trialwright.adapters.edc.api.reading import OK, Document, Name, desk_of
from trialwright.adapters.edc.api.schema import ROUTER, WRITES, answer, as_form
from trialwright.adapters.edc.api.standing import Standing
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.adapters.edc.desk.discretion import refuse_unseen
from trialwright.adapters.edc.imports.kept import Kept
from trialwright.adapters.edc.imports.maps import saved_map
from trialwright.adapters.edc.imports.preview import UNTOLD, Preview, preview_of
from trialwright.adapters.edc.imports.report import rows_of
from trialwright.adapters.edc.imports.sources import SOURCES, Known, Reading
from trialwright.adapters.edc.imports.views import save as save_import
from trialwright.adapters.edc.oversight.looking import LOOKS
from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.core.ledger import Event, Locked, ProtocolActivated
from trialwright.core.people import Grant
from trialwright.core.terms import Finding, Severity
from trialwright.store import Receipt, Submission
from trialwright.store.canonical import refuse_unsound
from trialwright.store.errors import LedgerBusy, NotAuthorised, StaleVersion

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[!-~]+$")]
MOST_EVENTS = 500


class Events(Schema):
    """Events as docs/reference/event-format.md writes them; `actor` and `role` may be left out."""

    model_config = ConfigDict(extra="forbid")
    events: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_EVENTS)
    base_versions: dict[str, Annotated[int, Field(ge=0, le=10**12)]] = Field(default_factory=dict)


# --- events ----------------------------------------------------------------------------------------------------------


@ROUTER.post("events/", response=OK | WRITES, summary="Submit events")
def submit(request: HttpRequest, study: Name, body: Events, idempotency_key: Key) -> HttpResponse:
    """Write events in one save, whole or not at all; the receipt says where they are.

    What was looked at before stands in the save's transaction: it is looked again where somebody came in between.
    """
    _refuse_unsound(body.events)
    desk, seen = desk_of(request), _seen(body.base_versions)
    streams = {stream_of(str(one["subject"])) for one in body.events if one.get("subject")} - seen.keys()
    for _again in range(LOOKS):
        now = {one: desk.open.reader().version(one) for one in streams}
        desk.open.catch_up()
        events, grants, refused = let_in(desk, body.events, body.base_versions, idempotency_key)
        if refused is not None:
            return refused
        try:
            return receipt_of(save(desk, events, grants, idempotency_key, {**now, **seen}))
        except StaleVersion as wrong:
            if wrong.stream not in now:
                raise
    raise LedgerBusy("Others save here without a pause, so that nothing could be saved. Send it again.")


@ROUTER.post("events/check/", response=OK | WRITES, summary="Try events without writing them")
def check(request: HttpRequest, study: Name, body: Events) -> HttpResponse:
    """What would be said against events, or found; nothing is written."""
    desk = desk_of(request)
    events, _grants, refused = let_in(desk, body.events, body.base_versions)
    if refused is not None:
        return refused
    found = desk.try_events(events)
    wrong = any(one.severity is Severity.ERROR for one in found)
    return answer({"would_be_saved": not wrong, "findings": [as_data(one) for one in found]})


def let_in(
    desk: Desk, given: Sequence[dict[str, Any]], seen: Mapping[str, int], key: str = ""
) -> tuple[list[Event], list[tuple[Role, Grant]], HttpResponse | None]:
    """The events in the person's name, each in a role that may write it; or the refusal."""
    _refuse_unsound(given)
    events, faults = read_events(given, desk.person.id)
    faults += [_not_submitted(one, place) for place, one in enumerate(events) if type(one) in NOT_SUBMITTED]
    if faults:
        return [], [], problem(422, findings=faults)
    acting = [acting_for(desk, one) for one in events]
    told = [_told(desk, one, *who) for one, who in zip(events, acting, strict=True)]
    faults = [*_other_protocols(desk, told)]
    if not key or not desk.open.reader().written_under(key):  # sent again it is the same as then, or refused for that
        moved = any(moved_on(desk, one.subject or "", seen) for one in told)
        faults += [*against(desk, told, seen), *([] if moved else Standing(desk).against(told))]
    return ([], [], problem(422, findings=faults)) if faults else (told, acting, None)


def _told(desk: Desk, event: Event, role: Role, grant: Grant) -> Event:
    """The event with its role and, where it names none, its site: the subject's, or the role's."""
    record = desk.open.record.subjects.get(event.subject or "")
    site = event.site or (record.site if record is not None else None)
    event = replace(event, degree=event.degree or "lock") if isinstance(event, Locked) else event
    return replace(event, role=role.value, site=site or (grant.site if event.subject else event.site))


def _other_protocols(desk: Desk, events: Sequence[Event]) -> Iterator[Finding]:
    """Events that name another protocol than the one they stand under: the pages never let anybody choose it."""
    in_force = desk.resolved([replace(one, protocol="") for one in events])
    versions = desk.open.loaded.hashes
    for place, (event, known) in enumerate(zip(events, in_force, strict=True)):
        named = versions.get(event.protocol, event.protocol)
        if named and named != known.protocol and not isinstance(event, ProtocolActivated):
            yield Finding(
                about="event",
                says=f"protocol: {event.protocol[:40]!r} is not the one in force for this event.",
                matters="Nothing was saved: what is allowed is judged by the protocol in force.",
                do="Leave it out.",
                where=f"events/{place}",
            )


def save(
    desk: Desk, events: Sequence[Event], acting: Sequence[tuple[Role, Grant]], key: str, seen: Mapping[str, int]
) -> Receipt:
    """Write the events; inside the transaction it is asked again whether every role still holds."""
    refuse_unseen(desk, events)
    said = desk.resolved(events)

    def still_may() -> None:
        held = {(one.role, one.site) for one in desk.open.roster.grants(desk.person.id, desk.open.today)}
        lost = [role.value for role, grant in acting if (grant.role, grant.site) not in held]
        if lost:
            raise NotAuthorised(f"The role of {lost[0]} was taken back. Nothing was saved.")

    submission = Submission(
        key,
        said,
        base_versions=dict(seen),
        texts=tuple(desk.open.texts_of(said)),
        recorded_at=desk.now if desk.open.simulated else None,
    )
    return desk.open.save(submission, still_may)


def receipt_of(receipt: Receipt) -> HttpResponse:
    """Where a save is in the ledger, and what was found about it."""
    return answer(
        {
            "submission": receipt.submission_id,
            "replay": receipt.replay,
            "seqs": list(receipt.seqs),
            "event_ids": list(receipt.event_ids),
            "head": receipt.head,
            "findings": [as_data(one) for one in receipt.findings],
        }
    )


def _refuse_unsound(given: Sequence[Mapping[str, Any]]) -> None:
    refuse_unsound({str(place): str(one.get("subject") or "") for place, one in enumerate(given)})


def _seen(base_versions: Mapping[str, int]) -> dict[str, int]:
    """The versions by stream; a subject may be named by its id."""
    refuse_unsound(dict.fromkeys(base_versions, ""))
    return {stream_of(name) if "/" not in name else name: version for name, version in base_versions.items()}


def _not_submitted(event: Event, place: int) -> Finding:
    kind = type(event)
    return Finding(
        about="event",
        says=f"{kind.__name__} is not submitted: it {NOT_SUBMITTED[kind]}.",
        matters="Nothing was saved.",
        do="Leave it out.",
        where=f"events/{place}",
    )


# --- signatures ------------------------------------------------------------------------------------------------------


class Signature(Schema):
    """What is signed, with which meaning; the content's SHA-256 as it was shown; the password and, if asked, a code."""

    model_config = ConfigDict(extra="forbid")
    what: str = Field(min_length=1, max_length=200)
    meaning: str = Field(min_length=1, max_length=200)
    content: str = Field(pattern=r"^[0-9a-f]{64}$")
    password: str = Field(max_length=500)
    code: str = Field(default="", max_length=20)
    version: int = Field(ge=0, le=10**12)


@ROUTER.post("subjects/{subject}/signatures/", response=OK | WRITES, summary="Sign")
def sign(request: HttpRequest, study: Name, subject: Name, body: Signature, idempotency_key: Key) -> HttpResponse:
    """Sign with both components: a signed-in person alone; no token signs."""
    from trialwright.adapters.edc.oversight.signing import sign as sign_as_the_page_does
    from trialwright.adapters.edc.people import again

    if hasattr(request, "token"):
        return problem(403, "A token does not sign: a signature is a person's, with both components.")
    told = {**body.dict(), again.PASSWORD: body.password, again.CODE: body.code, "key": idempotency_key}
    request.POST = as_form(told)
    asked, sent = sign_as_the_page_does(request, desk_of(request), subject, body.what)
    if not asked.right or not sent.saved:
        return problem(sent.status if sent.status >= 400 else 422, findings=sent.against)
    return answer({"signed": True})


# --- files of others -------------------------------------------------------------------------------------------------


class File(Schema):
    """The parts of a file as text, by which map (whole, or the name of a saved one), and why values change."""

    model_config = ConfigDict(extra="forbid")
    files: dict[str, str] = Field(min_length=1, max_length=4)
    map: dict[str, Any] | None = None
    map_name: str = Field(default="", max_length=80)
    why: str = Field(default="", max_length=500)


@ROUTER.post("imports/{source}/check/", response=OK | WRITES, summary="Try a file")
def import_check(request: HttpRequest, study: Name, source: Name, body: File) -> HttpResponse:
    """What would be new, changed, the same or refused, and what would follow; nothing is written."""
    desk = desk_of(request)
    read = _read(desk, source, body)
    if isinstance(read, HttpResponse):
        return read
    return answer(_preview(desk, preview_of(desk, read, body.why or UNTOLD), read))


@ROUTER.post("imports/{source}/", response=OK | WRITES, summary="Read a file in")
def import_file(request: HttpRequest, study: Name, source: Name, body: File, idempotency_key: Key) -> HttpResponse:
    """Write all of a file in one save, or nothing and why."""
    desk = desk_of(request)
    read = _read(desk, source, body)
    if isinstance(read, HttpResponse):
        return read
    preview = preview_of(desk, read, body.why or UNTOLD, foretell=False)
    if preview.against:
        return problem(422, findings=preview.against)
    if preview.changed and not body.why:
        return problem(422, findings=[Finding("why", "Recorded values would change; say why.")])
    if not preview.events:
        return answer({"submission": None, "saved": 0, "same": preview.counts["same"]})
    contents = {part: text.encode() for part, text in body.files.items()}
    document = {**read.map, "name": body.map_name} if SOURCES[source].mapped else {}
    held = Kept(source, desk.person.id, desk.open.id, idempotency_key, contents, document, True)
    return receipt_of(save_import(desk, SOURCES[source], held, preview))


def _read(desk: Desk, source: str, body: File) -> Reading | HttpResponse:
    of = SOURCES.get(source)
    if of is None:
        return problem(404)
    if set(body.files) != set(of.parts):
        return problem(422, findings=[Finding("files", f"{source} has the parts {', '.join(of.parts)}.")])
    document = body.map if body.map is not None else saved_map(desk, source, body.map_name) if body.map_name else {}
    if of.mapped and not document:
        return problem(422, findings=[Finding("map", "A map of the columns is needed: whole, or by a saved name.")])
    try:
        return of.read({part: text.encode() for part, text in body.files.items()}, document or {}, Known.of(desk))
    except (ValueError, UnicodeError) as wrong:
        return problem(422, findings=[Finding("map", str(wrong))])


def _preview(desk: Desk, preview: Preview, read: Reading) -> Document:
    from trialwright.adapters.edc.imports.report import HEADINGS

    rows = rows_of(preview, "would be", desk.open.simulated)
    return {
        "would_be_saved": preview.saves,
        **preview.counts,
        "lines": [dict(zip(HEADINGS, row, strict=True)) for row in rows],
        "follows": {one.subject: list(one.follows) for one in preview.subjects if one.follows},
        "findings": [as_data(one) for one in (*preview.against, *preview.noted)],
    }


# --- the ledger ------------------------------------------------------------------------------------------------------


@ROUTER.post("ledger/verify/", response=OK | WRITES, summary="Verify the ledger")
def verify(request: HttpRequest, study: Name) -> HttpResponse:
    """Read every event and check every hash; the answer is what was found, with the exit code of `ledger verify`."""
    from trialwright.store.verification import verify as verify_ledger

    desk = desk_of(request)
    found = verify_ledger(desk.open.folder, projection=desk.open.projection)
    return answer(as_data(found))
