"""Capsules of all patients: every course of which any were handed out, those that do not add up first.

The account is `core.dosing.account_of`, kept of each patient (`work.board`). Read `capsules_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.work.board import board_of, subjects_at
from trialwright.core.dosing import CourseAccount

PAGE, LONGEST = 100, 80


@dataclass(frozen=True)
class Account:
    """One course's account with whose it is."""

    subject: str
    site: str
    of: CourseAccount

    def __getattr__(self, name: str) -> Any:
        return getattr(self.of, name)

    @property
    def place(self) -> tuple[bool, bool, str, str, int]:
        """Where it stands in the list: what does not add up, then what nobody counted."""
        return not self.of.findings, not self.of.missing, self.subject, self.of.drug, self.of.course


SHOWS: Mapping[str, tuple[str, Callable[[Account], bool]]] = {
    "": (gettext_noop("all"), lambda one: True),
    "differs": (gettext_noop("does not add up"), lambda one: bool(one.of.findings)),
    "missing": (gettext_noop("to be counted"), lambda one: bool(one.of.missing)),
}
"""Which accounts may be asked for."""


def capsules_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every course of which capsules are out, those that do not add up first."""
    site, show, words = (request.GET.get(name, "") for name in ("site", "show", "q"))
    site, show, words = site if site in desk.sites else "", show if show in SHOWS else "", words.strip()[:LONGEST]
    asked = [one for one in subjects_at(desk, site) if words.casefold() in one.casefold()]
    told = board_of(desk.open).awaited(desk.open, asked, desk.today)
    everything = [Account(one.subject, one.site, of) for one in told.known for of in one.accounts]
    found = sorted((one for one in everything if SHOWS[show][1](one)), key=lambda one: one.place)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "accounts": [replace(one, of=discreet(desk, one.subject, one.of)) for one in page],
        "told": told,
        "site": site,
        "sites": desk.sites,
        "show": show,
        "shows": [(name, label) for name, (label, _asks) in SHOWS.items()],
        "words": words,
        "differ": sum(bool(one.of.findings) for one in everything),
        "uncounted": sum(bool(one.of.missing) for one in everything),
    }
    return render(request, desk, "edc/decisions/capsules.html", context)
