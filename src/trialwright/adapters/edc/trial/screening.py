"""The screening log: everyone who came to screening, when, and what became of it, with the reasons as clauses.

The same rows come as a file for a spreadsheet. Nothing identifies anybody beyond the subject's id. Read `log_rows`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from trialwright.adapters.edc.access.leaving import tell
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.trial.casebooks import asked_first
from trialwright.adapters.edc.trial.seeing import site_names
from trialwright.adapters.exchange.spreadsheet import plain_cell
from trialwright.adapters.reports.writing import BOM
from trialwright.core.analysis import clause_words
from trialwright.core.ledger import ScreeningFailed, StudyLeft, SubjectRegistered, SubjectScreened
from trialwright.core.protocol import StudyProtocol
from trialwright.core.subject import SubjectRecord, known_on

A_PAGE = 100


@dataclass(frozen=True)
class Reason:
    """A criterion that was not met, with its words."""

    clause: str
    words: str


@dataclass(frozen=True)
class LogRow:
    """One screening: who, where, when, under which version, and its outcome."""

    subject: str
    site: str
    screened: date | None
    version: str
    outcome: str
    since: date | None
    reasons: tuple[Reason, ...] = ()
    why: str = ""
    again: str = ""


def screening_log(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page."""
    rows = log_rows(desk)
    outcome, site = request.GET.get("outcome", ""), request.GET.get("site", "")
    shown = [one for one in rows if outcome in ("", one.outcome) and site in ("", one.site)]
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        desk,
        "edc/trial/screening.html",
        {
            "page": page,
            "outcomes": sorted({one.outcome for one in rows}),
            "outcome": outcome,
            "sites": site_names(desk),
            "site": site,
            "total": len(rows),
        },
    )


def screening_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The log as a file for a spreadsheet, for whoever asks by a form; opened, the page that asks."""
    if request.method != "POST":
        return asked_first(request, desk, gettext("Screening log"), ", ".join(desk.sites))
    mark = "simulated-" if desk.open.simulated else ""
    content, name = as_csv(log_rows(desk), desk.open.simulated).encode(), f"{mark}screening-log-{desk.today}.csv"
    tell(desk, content, name, f"{', '.join(desk.sites)}, as known at position {desk.open.record.last_seq}")
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def log_rows(desk: Desk) -> list[LogRow]:
    """Every screening the person sees, the latest first."""
    records = ((name, known_on(desk.record(name), desk.today)) for name in desk.subjects())
    rows = [_row(desk, name, known) for name, known in records if known.latest(SubjectScreened) or known.registered]
    return sorted(rows, key=lambda one: (one.screened or date.min, one.subject), reverse=True)


def _row(desk: Desk, subject: str, known: SubjectRecord) -> LogRow:
    screened, failed, registered = known.latest(SubjectScreened), known.latest(ScreeningFailed), known.registered
    ended = next((one for one in (registered, failed, known.latest(StudyLeft)) if one), None)
    protocol = desk.trial.versions[desk.version_of(subject)]
    out = failed if failed and not registered else None
    return LogRow(
        subject=subject,
        site=known.site,
        screened=screened.occurred if screened else None,
        version=protocol.version,
        outcome=OUTCOMES[type(ended)],
        since=ended.occurred if ended else screened.occurred if screened else None,
        reasons=tuple(_reasons(protocol, out.against)) if out else (),
        why=out.why if out else "",
        again=screened.rescreens if screened else "",
    )


OUTCOMES: Mapping[type, str] = {
    SubjectRegistered: "registered",
    ScreeningFailed: "not registered",
    StudyLeft: "off study",
    type(None): "screening",
}
"""What became of a screening, by the event that ended it."""


def _reasons(protocol: StudyProtocol, clauses: Iterable[str]) -> Iterator[Reason]:
    for name in dict.fromkeys(clauses):
        clause = protocol.clause(name)
        yield Reason(name, clause_words(protocol, clause) if clause else name)


HEADINGS = (
    "subject",
    "site",
    "screened",
    "protocol version",
    "outcome",
    "since",
    "reasons",
    "in words",
    "screened before as",
)


def as_csv(rows: Iterable[LogRow], simulated: bool) -> str:
    """The log for a spreadsheet: a text that it would take for a formula is made plain."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for one in rows:
        reasons = "; ".join(f"{each.clause}: {each.words}" for each in one.reasons)
        since = one.since.isoformat() if one.since else ""
        screened = one.screened.isoformat() if one.screened else ""
        cells = (one.subject, one.site, screened, one.version, one.outcome, since, reasons, one.why, one.again)
        writer.writerow([plain_cell(cell) for cell in cells])
    if simulated:
        writer.writerow([gettext("Simulated data: virtual patients made by this program. No person was treated.")])
    return BOM + text.getvalue()
