"""Serious events of all patients with their clocks, those first that ask for something.

What was derived is kept of each patient (`work.board`); one event is `safety`. Read `serious_events`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.trial.safety import ORDER, SeriousRow
from trialwright.adapters.edc.work.board import board_of, subjects_at
from trialwright.adapters.edc.work.judged import Waiting

A_PAGE, FEW, LONGEST = 100, 20, 80
"""So many events are on a page, so many of those that nobody judged beside them; so many letters are searched for."""


def serious_events(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page: events that are serious or have a clock, and those of which nobody said whether they are serious."""
    site, words = request.GET.get("site", ""), request.GET.get("q", "").strip()[:LONGEST]
    site, unsaid_alone = site if site in desk.sites else "", "unsaid" in request.GET
    asked = [one for one in subjects_at(desk, site) if words.casefold() in one.casefold()]
    told = board_of(desk.open).awaited(desk.open, asked, desk.today)
    rows = sorted((row for one in told.known for row in rows_of(one)), key=_urgency)
    said = [one for one in rows if one.event.serious is not None]
    unsaid = [one for one in rows if one.event.serious is None]
    number = request.GET.get("page")
    page = Paginator(said, A_PAGE).get_page(1 if unsaid_alone else number)
    others = Paginator(unsaid, A_PAGE if unsaid_alone else FEW).get_page(number if unsaid_alone else 1)
    guarded = desk.protocol().safety
    context: dict[str, Any] = {
        "page": page,
        "rows": _seen(desk, page),
        "events": len(said),
        "others": others,
        "unsaid": _seen(desk, others),
        "unsaid_more": 0 if unsaid_alone else len(unsaid) - len(others),
        "unsaid_alone": unsaid_alone,
        "told": told,
        "words": words,
        "site": site,
        "sites": desk.sites,
        "rules": guarded.reporting if guarded else (),
        "overdue": sum(clock.state == "overdue" for one in rows for clock in one.clocks),
        "owed": sum(clock.open for one in rows for clock in one.clocks),
    }
    return render(request, desk, "edc/trial/serious.html", context)


def rows_of(one: Waiting) -> Iterator[SeriousRow]:
    """The events of a patient, each with its clocks."""
    for event in one.serious:
        yield SeriousRow(one.subject, one.site, event, tuple(each for each in one.clocks if each.event == event.id))


def _urgency(one: SeriousRow) -> tuple[int, str, str, str]:
    return ORDER.index(one.state) if one.state else len(ORDER), str(one.due or ""), one.subject, one.event.id


def _seen(desk: Desk, page: Iterable[SeriousRow]) -> list[SeriousRow]:
    """The rows as this person may read them."""
    return [
        replace(one, event=discreet(desk, one.subject, one.event), clocks=discreet(desk, one.subject, one.clocks))
        for one in page
    ]
