"""Calendars: one patient's plan as a page, and the plans of several as iCalendar.

A visit stands on its due day; what was done stands on its day. Nothing is planned here: the plan is `core.schedule` by
way of the exchange's appointments. A site's month is `site_calendar`. Read `calendar_page`, then `entries_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look import words
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.standing import Standing, standing
from trialwright.adapters.exchange.appointments import Appointment, appointments
from trialwright.adapters.exchange.icalendar import write_icalendar
from trialwright.core.disposition import disposition
from trialwright.core.protocol import Epoch
from trialwright.core.schedule import Visit, undated, visits

OPEN = ("due", "overdue", "coming")
NOT_THEIRS = "does not apply"
OVER = (Epoch.OFF_STUDY, Epoch.NOT_REGISTERED)


@dataclass(frozen=True)
class Entry:
    """One visit in a calendar: whose, which, how it stands."""

    subject: str
    visit: Visit
    stands: Standing

    @property
    def state(self) -> str:
        """The word of its state."""
        return self.stands.state


# --- one patient -----------------------------------------------------------------------------------------------------


def calendar_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """A patient's visits in the order of the days they are due."""
    case = desk.case(subject)
    context = {
        "subject": subject,
        **_sorted(Entry(subject, one, standing(case, one, desk.today)) for one in visits(case, desk.today)),
        "undated": undated(case, desk.today),
        "status": desk.status(subject),
    }
    return render(request, desk, "edc/decisions/calendar.html", context)


def _sorted(found: Iterable[Entry]) -> dict[str, list[Entry]]:
    """What is to come or open, what is behind (the newest first), and what does not apply."""
    kinds: dict[str, list[Entry]] = {"ahead": [], "behind": [], "apart": []}
    for one in found:
        kinds["ahead" if one.state in OPEN else "apart" if one.state == NOT_THEIRS else "behind"].append(one)
    kinds["behind"].reverse()
    return kinds


def calendar_ics(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """The same as iCalendar."""
    return ics_answer(desk, entries_of(desk, (subject,)), subject)


def entries_of(desk: Desk, subjects: Iterable[str]) -> Iterator[Appointment]:
    """The calendar entries of patients in sight, those called off included."""
    for subject in subjects:
        stands = (desk.record(subject).events, desk.open.common, desk.today)
        yield from desk.open.answer(("calendar", subject, get_language()), stands, partial(_entries_of, desk, subject))


def _entries_of(desk: Desk, subject: str) -> tuple[Appointment, ...]:
    told = (desk.trial, desk.open.record, desk.events(subject), subject, desk.today)
    return appointments(*told, words=words.said)


def ics_answer(desk: Desk, entries: Iterable[Appointment], name: str) -> HttpResponse:
    """An iCalendar as an answer."""
    simulated = desk.open.kind == "simulated"
    body = write_icalendar(entries, f"{desk.open.study_id} {name}", simulated, _("SIMULATED"))
    note(desk, body, "" if desk.page is not None else "feed")
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{desk.open.id}.ics"'
    return answer


# --- a feed ----------------------------------------------------------------------------------------------------------


def on_study(desk: Desk) -> tuple[str, ...]:
    """The patients in sight who are on study: whose visits a calendar feed tells."""
    return tuple(one for one in desk.subjects() if disposition(desk.case(one), desk.today).epoch not in OVER)
