"""A page is rendered: the layout, the menu of whoever reads it, the mark of simulated data, the day, the language.

Every view ends in `render`. What it adds to the view's own context: `desk`, `study` (the title block), `menu`, `today`,
`simulated`, `damaged` (the ledger), `languages`, `theme`. Pages without a study (sign-in, refusals) come with no desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as rendered
from django.utils.translation import get_language, get_language_info, gettext

from trialwright.adapters.edc.access.roles import Role, role_named
from trialwright.adapters.edc.look.menu import Heading, menu_of

if TYPE_CHECKING:
    from trialwright.adapters.edc.desk import Desk

THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"


@dataclass(frozen=True)
class Reader:
    """Who reads the page, in which roles and where, as the head of the page says it."""

    name: str
    roles: tuple[str, ...]
    sites: tuple[str, ...]


@dataclass(frozen=True)
class StudyTitle:
    """The study as the head of the page says it."""

    slug: str
    id: str
    title: str


def render(
    request: HttpRequest, desk: Desk | None, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page, as whoever asked may see it."""
    whole = {**_everywhere(request), **(_of_study(request, desk) if desk else {}), **(context or {})}
    return rendered(request, template, whole, status=status)


def _everywhere(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get(THEME_COOKIE, "system")
    return {
        "desk": None,
        "menu": (),
        "simulated": False,
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": [get_language_info(code) for code, _ in settings.LANGUAGES],
        "theme": theme if theme in THEMES else "system",
        "themes": THEMES,
        "here": request.get_full_path(),
    }


def _of_study(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    from trialwright.adapters.edc.oversight.checks import found_damaged

    return {
        "damaged": found_damaged(desk.open),
        "desk": desk,
        "study": study_title(desk),
        "reader": reader(desk),
        "menu": menu(request, desk),
        "today": desk.today,
        "simulated": desk.open.kind == "simulated",
    }


def study_title(desk: Desk) -> StudyTitle:
    """The study's id and its short title."""
    protocol = desk.protocol()
    return StudyTitle(desk.open.id, protocol.protocol, protocol.title)


def reader(desk: Desk) -> Reader:
    """The person with the roles held in this study and where, as far as the name does not say it already."""
    name = desk.person.name or desk.person.id
    told = [role.value for role in roles_in_study(desk) if role.value not in name.casefold()]
    sites = () if desk.central else tuple(site for site in desk.sites if site.casefold() not in name.casefold())
    return Reader(name, tuple(gettext(role) for role in told), sites)


def roles_in_study(desk: Desk) -> tuple[Role, ...]:
    """Every role the person holds in the study, at whichever site; the acting one first."""
    held = {role_named(grant.role) for grant in desk.grants_in_study()} if hasattr(desk, "grants_in_study") else set()
    named = held | set(desk.roles)
    return tuple(sorted((role for role in named if role), key=lambda role: (role is not desk.role, role.value)))


def menu(request: HttpRequest, desk: Desk) -> tuple[Heading, ...]:
    """The pages of the study that the person may open."""
    return menu_of(desk.open.id, desk.trial, roles_in_study(desk), request.path)
