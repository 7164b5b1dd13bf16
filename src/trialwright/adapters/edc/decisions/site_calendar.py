"""A month, a week or a day of a site, or of all that a person sees: which visits are due, open or made on which day.

A page is of one size whatever the number of patients: a day of a month or a week names as many visits as have room,
what waits first, and leads to the day itself, which lists all of them a hundred at a time. The visits are those that
the board keeps of each patient, so that nobody is judged for the page. Read `site_calendar_page`, then `days_of`.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import formats

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.standing import OPEN as WAITS
from trialwright.adapters.edc.look.standing import when_of
from trialwright.adapters.edc.work.board import board_of, subjects_at
from trialwright.adapters.edc.work.judged import Planned, Waiting

OPEN = (*WAITS, "coming")
"""States of a visit that may still be made."""
ROOM = {"month": 6, "week": 40, "day": 0}
"""What can be shown, and how many visits a day of it names; a day by itself names all, page by page."""
PAGE = 100
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One visit of a patient on one day of the calendar."""

    subject: str
    visit: Planned

    @property
    def state(self) -> str:
        """How it stands."""
        return self.visit.state

    @property
    def when(self) -> str:
        """Until when it is due, or since when it is overdue."""
        return when_of(self.visit, self.visit.state)


@dataclass(frozen=True)
class Day:
    """One day: what is due or was made on it, whose window is open then, and how many of each have no room."""

    on: date
    entries: Sequence[Entry]
    open: Sequence[Entry]
    today: bool
    outside: bool
    more: int = 0
    more_open: int = 0
    link: str = ""

    @property
    def all_open(self) -> int:
        """How many windows are open, with those that have no room."""
        return len(self.open) + self.more_open


@dataclass(frozen=True)
class Asked:
    """What is asked for: a month, a week or a day around a day, of one site or of all."""

    shown: str
    on: date
    site: str

    @classmethod
    def of(cls, request: HttpRequest, desk: Desk) -> Asked:
        """As the address says it; what it cannot mean is the month of today."""
        got = request.GET
        shown, site = got.get("show", ""), got.get("site", "")
        return cls(
            shown if shown in ROOM else "month", _day(got.get("on", ""), desk.today), site if site in desk.sites else ""
        )

    def link(self, shown: str = "", on: date | None = None) -> str:
        """The query of another span, or of another day."""
        return urlencode({"show": shown or self.shown, "on": (on or self.on).isoformat(), "site": self.site})

    @property
    def days(self) -> list[date]:
        """The days that are shown, in whole weeks but for a day by itself."""
        if self.shown == "day":
            return [self.on]
        if self.shown == "week":
            first = self.on - timedelta(days=self.on.weekday())
            return [first + timedelta(days=step) for step in range(7)]
        return [day for week in months.Calendar().monthdatescalendar(self.on.year, self.on.month) for day in week]

    @property
    def before(self) -> date:
        """A day of the time before."""
        step = {"day": DAY, "week": 7 * DAY}.get(self.shown)
        return self.on - step if step else self.on.replace(day=1) - DAY

    @property
    def after(self) -> date:
        """A day of the time after."""
        step = {"day": DAY, "week": 7 * DAY}.get(self.shown)
        return self.on + step if step else (self.on.replace(day=1) + 32 * DAY).replace(day=1)


def site_calendar_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A month, a week or a day of the person's sites."""
    asked = Asked.of(request, desk)
    told = board_of(desk.open).awaited(desk.open, subjects_at(desk, asked.site), desk.today)
    days = days_of(asked, told.known, desk.today)
    month = formats.date_format(asked.on, "YEAR_MONTH_FORMAT")
    context = {
        "asked": asked,
        "told": told,
        "title": formats.date_format(asked.on, "DATE_FORMAT") if asked.shown == "day" else month,
        "before": asked.link(on=asked.before),
        "after": asked.link(on=asked.after),
        "spans": [(one, asked.link(one)) for one in ROOM if one != asked.shown],
    }
    if asked.shown == "day":
        context |= {"page": Paginator(whole_of(days[0]), PAGE).get_page(request.GET.get("page")), "open": OPEN}
    else:
        context |= {"weeks": [days[start : start + 7] for start in range(0, len(days), 7)]}
        context["names"] = [formats.date_format(one.on, "D") for one in days[:7]]
    return render(request, desk, "edc/decisions/site_calendar.html", context)


def whole_of(day: Day) -> list[tuple[Entry, bool]]:
    """Everything of a day: what is due or was made (True), then whose window is open."""
    return [*((one, True) for one in day.entries), *((one, False) for one in day.open)]


def days_of(asked: Asked, known: Iterable[Waiting], today: date) -> list[Day]:
    """The days that are asked for, each with its visits as far as they have room, those that wait first."""
    days = asked.days
    due: dict[date, list[Entry]] = {one: [] for one in days}
    open_: dict[date, list[Entry]] = {one: [] for one in days}
    for one in known:
        for visit in one.planned:
            if visit.earliest <= days[-1] and visit.latest >= days[0]:
                _stand(Entry(one.subject, visit), due, open_)
    room, month = ROOM[asked.shown], asked.on.month if asked.shown == "month" else None
    made = [_with_room(on, due[on], open_[on], room, on == today, month not in (None, on.month)) for on in days]
    return [replace(one, link=asked.link("day", one.on)) for one in made]


def _stand(entry: Entry, due: dict[date, list[Entry]], open_: dict[date, list[Entry]]) -> None:
    """A visit on the day it is due or was made, and among the open ones of the other days of its window."""
    visit = entry.visit
    if visit.on in due:
        due[visit.on].append(entry)
    if visit.state in OPEN:
        first, last = max(visit.earliest, next(iter(open_))), min(visit.latest, next(reversed(open_)))
        for step in range((last - first).days + 1):
            if (on := first + step * DAY) != visit.on:
                open_[on].append(entry)


def _with_room(on: date, due: list[Entry], open_: list[Entry], room: int, today: bool, outside: bool) -> Day:
    due.sort(key=_first)
    open_.sort(key=_first)
    if not room:
        return Day(on, due, open_, today, outside)
    shown = due[:room], open_[:room]
    return Day(on, *shown, today, outside, len(due) - len(shown[0]), len(open_) - len(shown[1]))


def _first(entry: Entry) -> tuple[bool, str]:
    """What may still be made before what was."""
    return entry.state not in OPEN, entry.subject


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if date(1900, 1, 1) < found < date(2900, 1, 1) else today
