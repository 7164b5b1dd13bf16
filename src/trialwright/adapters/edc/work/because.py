"""Why: one answer about a subject with its clauses, the words of the record, and its data, each with the whole event.

Read `because_page`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.writing import day, value
from trialwright.adapters.edc.work.links import to
from trialwright.adapters.edc.work.subject import hidden_specimens
from trialwright.adapters.edc.work.words import title_of
from trialwright.core.conduct import Ground, SubjectStatus
from trialwright.core.conduct.wanting import Wanted
from trialwright.core.dosing import RuleOutcome
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted, ItemPath
from trialwright.core.protocol import Clause, Concept, Kind, StudyProtocol
from trialwright.core.subject import in_words
from trialwright.core.terms import Because, Evidence

AROUND = 90
"""So many letters of the record stand before and after a quote."""


@dataclass(frozen=True)
class Reason:
    """One clause: what was seen, its quotes in the record with the words around, its other quotes, its source."""

    clause: str
    words: str
    saw: str
    quotes: tuple[tuple[str, str, str], ...]
    rest: tuple[tuple[str, str, str], ...]
    source: str
    note: str


@dataclass(frozen=True)
class Entry:
    """The event a datum came in by: who recorded what, in which role, when it happened and when it was written."""

    kind: str
    actor: str
    role: str
    occurred: date
    recorded: datetime | None
    reason: str
    values: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Datum:
    """One datum an answer stands on, with its event."""

    what: str
    value: str
    on: str
    entry: Entry | None


def because_page(request: HttpRequest, desk: Desk, subject: str, answer: str) -> HttpResponse:
    """What one answer stands on."""
    status = discreet(desk, subject, desk.status(subject))
    ground = status.grounds.get(answer)
    if ground is None or _is_hidden(desk, subject, answer):
        raise Http404(NOT_HERE)
    protocol = desk.protocol(subject)
    context = {
        "status": status,
        "title": title_of(answer, status),
        "reasons": tuple(reasons(desk, protocol, ground, status)),
        "data": tuple(data(desk, ground, status)),
        "missing": tuple(wanted_for(status, ground)),
        "rules": tuple(rules(status, answer)),
        "back": to(desk, "subject", subject),
    }
    return render(request, desk, "edc/working/because.html", context)


def rules(status: SubjectStatus, answer: str) -> Sequence[RuleOutcome]:
    """Every rule that was looked at for a dose."""
    kind, _space, drug = answer.partition(" ")
    fired = status.doses[drug].fired if kind == "dose" and drug in status.doses else ()
    return [replace(one, missing=tuple(in_words(each, status.labels) for each in one.missing)) for one in fired]


def _is_hidden(desk: Desk, subject: str, answer: str) -> bool:
    """Whether an answer is about a specimen that does not exist for this person."""
    kind, _space, which = answer.partition(" ")
    hidden = hidden_specimens(desk, desk.protocol(subject))
    return kind in ("sample", "specimen") and which.partition(".")[0] in hidden


# --- clauses ---------------------------------------------------------------------------------------------------------


def reasons(desk: Desk, protocol: StudyProtocol, ground: Ground, status: SubjectStatus) -> Iterator[Reason]:
    """Each clause once, as the protocol has it, with everything that was seen of it."""
    record = desk.open.loaded.record_text
    by_clause: dict[str, list[Because]] = {}
    for one in ground.because:
        by_clause.setdefault(one.clause, []).append(one)
    for name, some in by_clause.items():
        saw = "; ".join(dict.fromkeys(in_words(one.saw, status.labels) for one in some if one.saw))
        clause = protocol.clause(name)
        if clause is None:
            yield Reason(name, some[0].words, saw, (), (), "", "")
            continue
        said = [quote for quote in clause.quotes if quote in {one.words for one in some}] or [*clause.quotes[:1]]
        rest = tuple(in_record(quote, record) for quote in clause.quotes if quote not in said)
        quotes = tuple(in_record(quote, record) for quote in said)
        yield Reason(name, some[0].words, saw, quotes, rest, _source(clause), clause.note)


def _source(clause: Clause) -> str:
    """Where a clause comes from that is not, or not only, in the record."""
    return clause.named if clause.source or clause.rests_on else ""


def in_record(quote: str, record: str) -> tuple[str, str, str]:
    """A quote with what stands before and after it in the record; by itself where it is not found as it stands.

    >>> in_record("ANC ≥ 1,500", "Hematologic: ANC ≥ 1,500 per mm3")
    ('Hematologic: ', 'ANC ≥ 1,500', ' per mm3')
    """
    at = record.find(quote)
    if at < 0:
        return "", quote, ""
    end = at + len(quote)
    before, after = record[max(0, at - AROUND) : at], record[end : end + AROUND]
    return ("…" if at > AROUND else "") + before, quote, after + ("…" if end + AROUND < len(record) else "")


# --- data ------------------------------------------------------------------------------------------------------------


def data(desk: Desk, ground: Ground, status: SubjectStatus) -> Iterator[Datum]:
    """Each datum once, with the event it came in by."""
    concepts = desk.standards(status.subject).concepts
    record = desk.record(status.subject)
    for one in dict.fromkeys(ground.evidence):
        event = record.event(one.event)
        entry = entry_of(desk, event, concepts) if event else None
        kept = _identifies(concepts, one) and not desk.sees_identifiers
        told = _("kept at the site") if kept else in_words(one.value, status.labels)
        yield Datum(in_words(one.concept, status.labels), told, one.on, entry)


def _identifies(concepts: Mapping[str, Concept], one: Evidence) -> bool:
    known = concepts.get(one.concept)
    return known is not None and any(each.identifies for each in known.fields)


def entry_of(desk: Desk, event: Event, concepts: Mapping[str, Concept]) -> Entry:
    """An event in words: who, when, and what it brought; what identifies a person is shown at the site alone."""
    kind = type(event).__name__
    values = tuple(_items(desk, event, concepts)) if isinstance(event, FormSubmitted | FormCorrected) else ()
    name = desk.open.roster.name(event.actor) or event.actor
    return Entry(kind, name, event.role, event.occurred, event.recorded, event.reason, values)


def _items(
    desk: Desk, event: FormSubmitted | FormCorrected, concepts: Mapping[str, Concept]
) -> Iterator[tuple[str, str, str]]:
    """Each item with its label, the value, and the value it replaced."""
    for change in event.items:
        path = ItemPath.parse(change.path)
        known = concepts.get(path.concept)
        field = next((one for one in known.fields if one.id == path.field), None) if known else None
        if field is not None and field.identifies and not desk.sees_identifiers:
            continue
        label = known.label if known else path.concept
        named = f"{label}: {field.label if field else path.field}" if path.field != "value" else label
        dated = field is not None and field.kind is Kind.DATE
        now = day(change.new) if dated and isinstance(change.new, str) else value(change.new)
        yield named, now, "" if change.old is None else value(change.old)


def wanted_for(status: SubjectStatus, ground: Ground) -> Iterator[Wanted]:
    """What is missing, with who can give it."""
    known = {one.what: one for one in status.wanted}
    for item in ground.missing:
        yield known.get(item) or Wanted(item, in_words(item, status.labels), "")
