"""Today: what waits for a person in the roles they hold, each line with its reason and the page where it is done.

`SECTIONS` says which errand is whose. A role held at one site asks about that site alone. What there was no time to
judge is said at the top, never left out in silence. Read `today_page`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.roles import (
    ADMINISTRATOR,
    AUDITOR,
    COORDINATOR,
    DATA_MANAGER,
    INVESTIGATOR,
    LABORATORY,
    MONITOR,
    PHARMACIST,
    SPONSOR,
    STATISTICIAN,
    Role,
)
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.work import errands, overview
from trialwright.adapters.edc.work.board import BUDGET, Board, Told, board_of
from trialwright.adapters.edc.work.errands import Line, Scope
from trialwright.adapters.edc.work.links import first_open, may_act, to
from trialwright.adapters.edc.work.subject import hidden_specimens

SHOWN, MOST, ALONE = 12, 40, 100
"""So many lines of a section are shown, so many folded or not; so many are on a page of the section alone."""
OfSubject = Callable[[Any, Scope], Iterator[Line]]
Whole = Callable[[Desk], Iterator[Line]]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One errand: whose it is, which question it asks of each subject or of the study as a whole, and if nothing waits.

    `more` is the page that has all of it.
    """

    id: str
    title: str
    roles: tuple[Role, ...]
    waiting: OfSubject | None = None
    watched: OfSubject | None = None
    whole: Whole | None = None
    empty: str
    more: str = ""


@dataclass(frozen=True)
class Opened:
    """A line with the addresses that this person may open: where it is done, and why it is asked."""

    line: Line
    address: str
    act: str
    why: str

    @classmethod
    def of(cls, desk: Desk, line: Line) -> Opened:
        """The line as the page shows it; who may only read what is done there is offered to open it."""
        why = to(desk, "because", line.subject, line.answer) if line.answer else ""
        name, address = first_open(desk, line.subject, line.doors) if line.doors else ("", "")
        return cls(line, address, line.act if may_act(desk, name) else _("Open"), why)


@dataclass(frozen=True)
class Shown:
    """A section as the page shows it."""

    id: str
    title: str
    lines: tuple[Opened, ...]
    folded: tuple[Opened, ...]
    count: int
    over: int
    empty: str
    more: str


def today_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits for whoever asks, at every site they work at or at one of them."""
    site = request.GET.get("site", "")
    site = site if site in desk.sites else ""
    section = next((one for one in mine(desk) if one.id == request.GET.get("section")), None)
    if section is not None:
        return _section_page(request, desk, section, site)
    shown, left = sections(desk, board_of(desk.open), site)
    context = {
        "busy": [one for one in shown if one.count],
        "calm": [one for one in shown if not one.count],
        "left": left,
        "site": site,
        "sites": [("", _("All sites")), *((one, one) for one in desk.sites)] if len(desk.sites) > 1 else [],
    }
    return render(request, desk, "edc/working/today.html", context)


def _section_page(request: HttpRequest, desk: Desk, section: Section, site: str) -> HttpResponse:
    """Everything of one section, a page at a time."""
    asking = Asking(desk, board_of(desk.open), site, time.monotonic() + BUDGET)
    page, lines = asking.page(section, request.GET.get("page"))
    context = {
        "page": page,
        "title": _(section.title),
        "lines": [Opened.of(desk, one) for one in lines],
        "left": asking.left,
        "site": site,
        "empty": _(section.empty),
        "sites": [("", _("All sites")), *((one, one) for one in desk.sites)] if len(desk.sites) > 1 else [],
        "section": section.id,
    }
    return render(request, desk, "edc/working/section.html", context)


def mine(desk: Desk) -> list[Section]:
    """The sections of the person's roles."""
    return [section for section in SECTIONS if any(holds(desk, one) for one in section.roles)]


def sections(desk: Desk, board: Board, site: str = "") -> tuple[tuple[Shown, ...], int]:
    """The sections of the person's roles with their lines, and about how many subjects there was no time to ask."""
    asking = Asking(desk, board, site, time.monotonic() + BUDGET)
    return tuple(_shown(section, desk, *asking.lines(section)) for section in mine(desk)), asking.left


def holds(desk: Desk, role: Role) -> bool:
    """Whether the person holds a role in the study, wherever."""
    return any(grant.role == role.value for grant in desk.all_grants)


class Asking:
    """One look at what waits, by an instant: what is known of the subjects is asked for once, of all sections.

    A section may have a line of each of many thousand subjects. Of every line its place in the order is known, and is
    kept beside the answer it comes from; words are put to those alone that the page has room for.
    """

    def __init__(self, desk: Desk, board: Board, site: str, until: float) -> None:
        self.desk, self.board, self.site, self.until, self.left = desk, board, site, until, 0
        self.scope = Scope(desk.today, _hidden(desk))
        self._told: dict[tuple[bool, frozenset[str | None]], Told[Any]] = {}

    def lines(self, section: Section) -> tuple[list[Line], int]:
        """The lines of a section that the page has room for, the most urgent first, and how many there are."""
        if section.whole is not None:
            found = sorted(section.whole(self.desk), key=_by_urgency)
            return found[:MOST], len(found)
        places = list(self._places(section))
        return self._worded(section, nsmallest(MOST, places, key=_place)), len(places)

    def page(self, section: Section, number: str | None) -> tuple[Page[Any], list[Line]]:
        """A page of all lines of a section, with those that are on it."""
        if section.whole is not None:
            whole = Paginator(sorted(section.whole(self.desk), key=_by_urgency), ALONE).get_page(number)
            return whole, list(whole)
        page = Paginator(sorted(self._places(section), key=_place), ALONE).get_page(number)
        return page, self._worded(section, list(page))

    def _worded(self, section: Section, places: Sequence[tuple[Any, ...]]) -> list[Line]:
        """The lines at these places, in words."""
        ask = section.waiting or section.watched
        assert ask is not None, section.id
        told = {id(one): self._said(ask, one) for one in {id(place[4]): place[4] for place in places}.values()}
        return [told[id(one)][number] for _late, _on, _subject, number, one in places]

    def _known(self, section: Section) -> Told[Any]:
        """What is known of the subjects of the sites at which a role of the section is held."""
        wanted = {one.value for one in section.roles}
        held = frozenset(grant.site for grant in self.desk.all_grants if grant.role in wanted)
        name = (section.waiting is not None, held)
        if name not in self._told:
            asked = self.board.awaited if section.waiting is not None else self.board.looked_after
            self._told[name] = asked(self.desk.open, self._subjects(held), self.desk.today, self.until)
        self.left = max(self.left, self._told[name].left)
        return self._told[name]

    def _subjects(self, held: frozenset[str | None]) -> list[str]:
        there = self.desk.open.record.subjects
        found = [one for one in self.desk.subjects() if None in held or there[one].site in held]
        return [one for one in found if not self.site or there[one].site == self.site]

    def _places(self, section: Section) -> Iterator[tuple[Any, ...]]:
        """The place of each line in the order of urgency, with what it comes from."""
        ask, name = section.waiting or section.watched, (section.id, self.scope)
        assert ask is not None, section.id
        for one in self._known(section).known:
            places = one.memo.get(name)
            if places is None:
                places = one.memo[name] = tuple(_by_urgency(line)[:2] for line in ask(one, self.scope))
            for number, (late, on) in enumerate(places):
                yield late, on, one.subject, number, one

    def _said(self, ask: OfSubject, one: Any) -> list[Line]:
        """The lines of one subject, each with whose it is, as the person may see them."""
        told = discreet(self.desk, one.subject, one)
        return [replace(line, subject=one.subject, site=one.site) for line in ask(told, self.scope)]


def _hidden(desk: Desk) -> frozenset[str]:
    """The specimens of sub-studies that do not exist for this person."""
    return frozenset().union(*(hidden_specimens(desk, one) for one in desk.trial.versions.values()))


URGENT = ("overdue", "stop", "hold", "due today")


def _by_urgency(line: Line) -> tuple[bool, Any, str]:
    return line.state not in URGENT, line.on, line.subject


def _place(line: tuple[Any, ...]) -> tuple[Any, ...]:
    return line[:4]


def _shown(section: Section, desk: Desk, lines: Sequence[Line], count: int) -> Shown:
    return Shown(
        id=section.id,
        title=_(section.title),
        lines=tuple(Opened.of(desk, one) for one in lines[:SHOWN]),
        folded=tuple(Opened.of(desk, one) for one in lines[SHOWN:]),
        count=count,
        over=count - len(lines),
        empty=_(section.empty),
        more=to(desk, section.more) if section.more else "",
    )


NOTHING_DUE = gettext_noop("No visit is due. What is planned for the week stands below.")
SECTIONS: tuple[Section, ...] = (
    Section(id="report", title=gettext_noop("Reports of serious events that are owed"),
            roles=(INVESTIGATOR, COORDINATOR, SPONSOR), waiting=errands.reports_owed, more="serious",
            empty=gettext_noop("No report of a serious event is owed.")),
    Section(id="due", title=gettext_noop("Visits due and overdue"), roles=(COORDINATOR, INVESTIGATOR, MONITOR),
            waiting=errands.visits_due, empty=NOTHING_DUE),
    Section(id="decide", title=gettext_noop("To decide"), roles=(INVESTIGATOR,), waiting=errands.decisions_to_make,
            empty=gettext_noop("Nothing waits for a decision.")),
    Section(id="release", title=gettext_noop("Doses to release"), roles=(PHARMACIST,), waiting=errands.doses_to_release,
            empty=gettext_noop("No dose can be released today.")),
    Section(id="kept", title=gettext_noop("Doses that wait for data"), roles=(PHARMACIST,),
            waiting=errands.doses_kept_back, empty=gettext_noop("No dose waits for data.")),
    Section(id="missing", title=gettext_noop("Data that answers wait for"), roles=(COORDINATOR,),
            waiting=errands.data_missing, empty=gettext_noop("No answer waits for a datum.")),
    Section(id="grade", title=gettext_noop("To grade and to judge"), roles=(INVESTIGATOR,), waiting=errands.to_judge,
            empty=gettext_noop("Every adverse event has its grade.")),
    Section(id="complete", title=gettext_noop("Visits to complete"), roles=(COORDINATOR, DATA_MANAGER),
            waiting=errands.visits_to_complete, empty=gettext_noop("Every visit brought what it should.")),
    Section(id="returns", title=gettext_noop("Drug to count"), roles=(PHARMACIST,),
            waiting=errands.returns_to_count, empty=gettext_noop("All that was handed out is accounted for.")),
    Section(id="specimens", title=gettext_noop("Specimens to collect and to send"), roles=(COORDINATOR,),
            waiting=errands.specimens_at_site, more="specimens",
            empty=gettext_noop("No specimen is to be collected or sent.")),
    Section(id="laboratory", title=gettext_noop("Specimens in the laboratory"), roles=(LABORATORY,),
            waiting=errands.specimens_at_laboratory, more="specimens",
            empty=gettext_noop("Nothing is to be done with a specimen.")),
    Section(id="queries", title=gettext_noop("Open queries"), roles=(COORDINATOR, INVESTIGATOR),
            waiting=errands.queries_open, more="queries", empty=gettext_noop("No query is open.")),
    Section(id="answered", title=gettext_noop("Answered queries, to close or to ask again"), roles=(DATA_MANAGER,),
            waiting=errands.queries_answered, more="queries", empty=gettext_noop("No answer waits to be read.")),
    Section(id="old", title=gettext_noop("Open queries by age"), roles=(DATA_MANAGER, MONITOR),
            waiting=errands.queries_old, more="queries", empty=gettext_noop("No query is open.")),
    Section(id="unsigned", title=gettext_noop("To sign"), roles=(INVESTIGATOR,), waiting=errands.unsigned,
            more="unsigned", empty=gettext_noop("Nothing waits for a signature.")),
    Section(id="verify", title=gettext_noop("To hold against the source"), roles=(MONITOR,), watched=errands.to_verify,
            more="verification", empty=gettext_noop("Everything that is planned to be verified is.")),
    Section(id="deviations", title=gettext_noop("New deviations"), roles=(MONITOR, SPONSOR),
            waiting=errands.deviations_new, more="deviations",
            empty=gettext_noop("No deviation in the last 60 days.")),
    Section(id="code", title=gettext_noop("Terms to code"), roles=(DATA_MANAGER,), watched=errands.to_code,
            more="coding", empty=gettext_noop("Every term is coded.")),
    Section(id="coming", title=gettext_noop("Coming within a week"), roles=(COORDINATOR,),
            waiting=errands.visits_coming, empty=gettext_noop("No visit is planned within a week.")),
    Section(id="accrual", title=gettext_noop("Accrual"), roles=(SPONSOR, AUDITOR), whole=overview.accrual,
            more="trial", empty=gettext_noop("Nobody is registered yet.")),
    Section(id="endpoints", title=gettext_noop("Endpoints"), roles=(STATISTICIAN, SPONSOR), whole=overview.endpoints,
            more="trial", empty=gettext_noop("The protocol names no endpoint.")),
    Section(id="ledger", title=gettext_noop("Ledger"), roles=(AUDITOR, SPONSOR), whole=overview.ledger,
            more="audit", empty=gettext_noop("Nothing is recorded yet.")),
    Section(id="refused", title=gettext_noop("Sign-ins that were refused"), roles=(ADMINISTRATOR,),
            whole=overview.refused, more="people", empty=gettext_noop("Nobody was refused five times within a week.")),
    Section(id="people", title=gettext_noop("People"), roles=(ADMINISTRATOR,), whole=overview.people, more="people",
            empty=gettext_noop("Nobody has a role yet.")),
)  # fmt: skip
"""What waits for whom; what hurts first comes first."""
