"""Serious events and their clocks: which report is owed to whom, by when, and whether it was sent.

Whether an event is serious, which clock runs and when it ends is the core's (`core.safety`, `core.toxicity`). An event
of which nobody said whether it is serious is shown as such; `serious_page` has those of all. Read `serious_rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.words import said
from trialwright.adapters.edc.look.writing import day
from trialwright.adapters.edc.oversight.meanwhile import AGAIN, Meanwhile, meanwhile
from trialwright.adapters.edc.trial.saving import key_of, record_of, saved
from trialwright.core.ledger import Event
from trialwright.core.protocol import Recipient, ReportKind
from trialwright.core.safety import SafetyClock
from trialwright.core.safety.clocks import NO_TABLE
from trialwright.core.subject import Observation, observations
from trialwright.core.terms import Finding
from trialwright.core.toxicity import AdverseEvent, adverse_events

CONCEPT = "safety_report"
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
ORDER = ("overdue", "due today", "cannot be told", "running", "reported late", "reported in time")
"""What asks for something first stands first."""


@dataclass(frozen=True)
class SeriousRow:
    """A serious event with its clocks; `serious` is None where nobody said whether it is."""

    subject: str
    site: str
    event: AdverseEvent
    clocks: tuple[SafetyClock, ...] = ()
    sent: tuple[Observation, ...] = field(default=(), repr=False)

    @property
    def state(self) -> str:
        """The state of its most urgent clock."""
        return min((one.state for one in self.clocks), key=ORDER.index, default="")

    @property
    def due(self) -> datetime | None:
        """When the next report is owed."""
        return min((one.due for one in self.clocks if one.open and one.due), default=None)


def serious_rows(desk: Desk, subject: str) -> list[SeriousRow]:
    """The events of a subject that are serious, or of which nobody said; and every other that has a clock."""
    case, status = desk.case(subject), desk.status(subject)
    table = desk.standards(subject).toxicity or NO_TABLE
    sent = observations(case.record, CONCEPT, desk.today)
    rows = []
    for event in adverse_events(case, table, desk.today):
        clocks = tuple(one for one in status.clocks if one.event == event.id)
        if event.serious is not False or clocks:
            of_it = tuple(one for one in sent if one.text("adverse_event") == event.id)
            rows.append(SeriousRow(subject, case.record.site, event, clocks, of_it))
    return rows


def serious_event(request: HttpRequest, desk: Desk, subject: str, event: str) -> HttpResponse:
    """One serious event: what is known, its clocks, the report to print, and that it was sent."""
    row = row_of(desk, subject, event)
    if request.method == "POST":
        return _record_sent(request, desk, row)
    return _event_page(request, desk, row)


def row_of(desk: Desk, subject: str, event: str) -> SeriousRow:
    found = next((one for one in serious_rows(desk, subject) if one.event.id == event), None)
    if found is None:
        raise Http404
    return found


def _event_page(
    request: HttpRequest, desk: Desk, row: SeriousRow, found: Sequence[Finding] = (), status: int = 200,
    both: Meanwhile | None = None,
) -> HttpResponse:  # fmt: skip
    from trialwright.adapters.edc.trial.serious_report import report_sheet

    first_open = next((one for one in row.clocks if one.open), None)
    context = {
        "row": row,
        "sheet": report_sheet(desk, row),
        "names": {one.event.actor: desk.open.roster.name(one.event.actor) for one in row.sent},
        "recipients": [one.value for one in Recipient],
        "kinds": [one.value for one in ReportKind],
        "to": request.POST.get("to") or (first_open.to if first_open else Recipient.SPONSOR.value),
        "kind": request.POST.get("kind") or (first_open.report if first_open else ReportKind.INITIAL.value),
        "on": request.POST.get("on") or desk.today.isoformat(),
        "time": request.POST.get("time", ""),
        "key": desk.new_key(),
        "version": desk.version(row.subject),
        "may": desk.page is not None and desk.may(desk.page, write=True),
        "found": found,
        "meanwhile": both,
    }
    return render(request, desk, "edc/trial/serious_event.html", context, status=status)


def _record_sent(request: HttpRequest, desk: Desk, row: SeriousRow) -> HttpResponse:
    """Record that a report was sent, to whom and when."""
    told = {name: request.POST.get(name, "").strip() for name in ("to", "kind", "on", "time")}
    found = list(_wrong(desk, told))
    if found:
        return _event_page(request, desk, row, found, 422)
    event = record_of(desk, row.subject, CONCEPT, {"adverse_event": row.event.id, **told}, key_of(request))

    def again(findings: Sequence[Finding], status: int, since: Sequence[Event]) -> HttpResponse:
        wanted = [(gettext("A report was sent"), f"{said(told['kind'])} → {said(told['to'])}")]
        wanted += [(gettext("Day it was sent"), f"{day(told['on'])} {told['time']}".strip())]
        both = meanwhile(request, desk, since, wanted, keep=AGAIN, subject=row.subject) if since else None
        return _event_page(request, desk, row, findings, status, both)

    return saved(request, desk, row.subject, [event], again, gettext("It is recorded that the report was sent."))


def _wrong(desk: Desk, told: dict[str, str]) -> Iterable[Finding]:
    if told["to"] not in {one.value for one in Recipient}:
        yield Finding("to", gettext("Say to whom it was sent."))
    if told["kind"] not in {one.value for one in ReportKind}:
        yield Finding("kind", gettext("Say whether it was the first report or one that follows."))
    day = _day(told["on"])
    if day is None:
        yield Finding("on", gettext("Write the day as 2006-07-05."))
    elif day > desk.today:
        yield Finding("on", gettext("That day is still to come."))
    if told["time"] and not TIME.fullmatch(told["time"]):
        yield Finding("time", gettext("Write the time as 14:30, or leave it empty."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2006-07-05") else None
    except ValueError:
        return None
