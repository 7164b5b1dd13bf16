"""Calendars: one patient's plan, a site's month or week, and both as iCalendar.

A visit stands on the days of its window that are shown, its due day marked; what was done stands on its day. Nothing is
planned here: the plan is `core.schedule` by way of the exchange's appointments. Read `site_days`.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import formats

from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.standing import Standing, standing
from trialwright.adapters.exchange.appointments import Appointment, appointments
from trialwright.adapters.exchange.icalendar import write_icalendar
from trialwright.core.disposition import disposition
from trialwright.core.protocol import Epoch
from trialwright.core.schedule import Visit, undated, visits

OPEN = ("due", "overdue", "coming")
NOT_THEIRS = "does not apply"
WEEK = timedelta(days=7)
SHOWN = ("month", "week")
OVER = (Epoch.OFF_STUDY, Epoch.NOT_REGISTERED)


@dataclass(frozen=True)
class Entry:
    """One visit on one day of a calendar: whose, which, its state there, and whether this is the day it is due."""

    subject: str
    visit: Visit
    stands: Standing
    is_due: bool

    @property
    def state(self) -> str:
        """The word of its state."""
        return self.stands.state


@dataclass(frozen=True)
class Day:
    """One day of a calendar with what is due or open on it."""

    on: date
    entries: tuple[Entry, ...]
    open: tuple[Entry, ...]
    today: bool
    outside: bool


# --- one patient -----------------------------------------------------------------------------------------------------


def calendar_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """A patient's visits in the order of the days they are due."""
    case = desk.case(subject)
    context = {
        "subject": subject,
        **_sorted(Entry(subject, one, standing(case, one, desk.today), False) for one in visits(case, desk.today)),
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
        yield from desk.open.answer(("calendar", subject), stands, partial(_entries_of, desk, subject))


def _entries_of(desk: Desk, subject: str) -> tuple[Appointment, ...]:
    return appointments(desk.trial, desk.open.record, desk.events(subject), subject, desk.today)


def ics_answer(desk: Desk, entries: Iterable[Appointment], name: str) -> HttpResponse:
    """An iCalendar as an answer."""
    body = write_icalendar(entries, f"{desk.open.study_id} {name}", desk.open.kind == "simulated")
    note(desk, body, "" if desk.page is not None else "feed")
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{desk.open.id}.ics"'
    return answer


# --- a site ----------------------------------------------------------------------------------------------------------


def site_calendar_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A month or a week of the person's sites."""
    shown = request.GET.get("show") if request.GET.get("show") in SHOWN else "month"
    on = _asked_day(request.GET.get("on", ""), desk.today)
    site = request.GET.get("site", "") if request.GET.get("site") in desk.sites else ""
    weeks = site_weeks(desk, shown or "month", on, site)
    before, after = _turned(shown or "month", on)
    context = {
        "weeks": weeks,
        "shown": shown,
        "on": on,
        "site": site,
        "title": formats.date_format(on, "YEAR_MONTH_FORMAT"),
        "before": urlencode({"show": shown, "on": before, "site": site}),
        "after": urlencode({"show": shown, "on": after, "site": site}),
        "names": tuple(formats.date_format(one.on, "D") for one in weeks[0]),
        "other": "week" if shown == "month" else "month",
    }
    return render(request, desk, "edc/decisions/site_calendar.html", context)


def site_weeks(desk: Desk, shown: str, on: date, site: str) -> tuple[tuple[Day, ...], ...]:
    """The weeks that are shown, Monday first, with every visit of the patients at the site, or at all in sight."""
    days = _days(shown, on)
    there = [one for one in desk.subjects() if not site or desk.record(one).site == site]
    entries = [entry for subject in there for entry in _entries(desk, subject, days[0], days[-1])]
    made = [_day(desk, entries, day, on.month if shown == "month" else None) for day in days]
    return tuple(tuple(made[start : start + 7]) for start in range(0, len(made), 7))


def _days(shown: str, on: date) -> list[date]:
    first = on - timedelta(days=on.weekday())
    if shown == "week":
        return [first + timedelta(days=step) for step in range(7)]
    return [day for week in months.Calendar().monthdatescalendar(on.year, on.month) for day in week]


def _entries(desk: Desk, subject: str, first: date, last: date) -> Iterator[Entry]:
    """The visits of a patient that touch the days shown; of who is off study only what was done."""
    case = desk.case(subject)
    for visit in visits(case, desk.today):
        begins, ends = (visit.done_on, visit.done_on) if visit.done_on else (visit.earliest, visit.latest)
        if begins and ends and begins <= last and ends >= first and visit.state != NOT_THEIRS:
            yield Entry(subject, visit, standing(case, visit, desk.today), False)


def _day(desk: Desk, entries: Iterable[Entry], day: date, month: int | None) -> Day:
    """What is due or was done on the day, and below it whose window is open then."""
    main, open_ = [], []
    for one in entries:
        on = one.visit.done_on or one.visit.due
        if on == day:
            main.append(replace(one, is_due=True))
        elif one.state in OPEN and one.visit.earliest <= day <= one.visit.latest:
            open_.append(one)
    return Day(day, tuple(main), tuple(open_), day == desk.today, month is not None and day.month != month)


def _asked_day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if date(1900, 1, 1) < found < date(2900, 1, 1) else today


def _turned(shown: str, on: date) -> tuple[str, str]:
    """A day of the time before and of the time after."""
    if shown == "week":
        return (on - WEEK).isoformat(), (on + WEEK).isoformat()
    first = on.replace(day=1)
    return (first - timedelta(days=1)).isoformat(), (first + timedelta(days=32)).replace(day=1).isoformat()


def on_study(desk: Desk) -> tuple[str, ...]:
    """The patients in sight who are on study: whose visits a calendar feed tells."""
    return tuple(one for one in desk.subjects() if disposition(desk.case(one), desk.today).epoch not in OVER)
