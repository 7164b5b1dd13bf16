"""Which pages stand in a person's menu: those of the declared table that a role the person holds may read.

Nothing is shown that would be refused, and nothing that the study has not: no specimens where none is taken
(`look.having`). Read `menu_of`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_noop

from trialwright.adapters.edc.access.matrix import Page, pages
from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.look.having import has
from trialwright.core.conduct import Trial

HEADINGS = (
    gettext_noop("Work"),
    gettext_noop("Patients"),
    gettext_noop("Data"),
    gettext_noop("Trial"),
    gettext_noop("Oversight"),
    gettext_noop("People"),
)
"""The headings of the menu, in their order."""


@dataclass(frozen=True)
class Entry:
    """One line of the menu: its words, where it leads, and whether the person is there now."""

    label: str
    address: str
    here: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading with its lines; a heading with one line leads there itself."""

    label: str
    entries: tuple[Entry, ...]

    @property
    def here(self) -> bool:
        """Whether the page that is shown stands under this heading."""
        return any(entry.here for entry in self.entries)


def menu_of(study: str, trial: Trial, roles: Iterable[Role], address: str) -> tuple[Heading, ...]:
    """The menu of somebody who holds these roles, at the page with this address."""
    held = frozenset(roles)
    wanted = [page for page in pages() if page.menu and held & frozenset(page.read) and has(trial, page.name)]
    headings = (Heading(gettext(name), _entries(study, wanted, name, address)) for name in HEADINGS)
    return tuple(one for one in headings if one.entries)


def _entries(study: str, wanted: Iterable[Page], heading: str, address: str) -> tuple[Entry, ...]:
    found = ((page, _address(study, page)) for page in wanted if page.menu == heading)
    return tuple(Entry(gettext(page.label), at, _is_here(at, address)) for page, at in found if at)


def _address(study: str, page: Page) -> str:
    """Where the page is; nothing for a page that needs more than the study to be found."""
    try:
        return reverse(f"edc:{page.name}", kwargs={"study": study})
    except NoReverseMatch:
        return ""


def _is_here(at: str, address: str) -> bool:
    return address == at
