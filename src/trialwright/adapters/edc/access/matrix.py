"""Who may open what: one declared table is the source of the addresses, of their enforcement and of its test.

Each area declares its pages (`<area>/pages.py`, `PAGES`). A page says its path below the study, who may read, who may
write and what its path is about: whose data that is gets decided before the view runs (`access.enforcing`). What is not
declared here cannot be reached. Read `Page`, `AREAS`, `OPEN`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

from trialwright.adapters.edc.access.roles import Role


class About(Enum):
    """What the ids in a page's path name, and so whose data it shows."""

    STUDY = "the study: whoever holds the role anywhere in it"
    SITE = "the site in the path: whoever holds the role there"
    SUBJECT = "the subject in the path: whoever holds the role at the subject's site"
    SUBSTUDY = "the sub-study in the path: whoever holds the role at one of its sites"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: its name, its path below the study, its view as "module:function", and who may read and write it.

    `read` and `write` are in the order in which a person who holds several roles acts. `api` pages answer 401 where
    others lead to the sign-in. `menu` is the heading it stands under; empty, it is in no menu.
    """

    name: str
    path: str
    view: str
    label: str
    read: tuple[Role, ...]
    write: tuple[Role, ...] = ()
    about: About = About.STUDY
    menu: str = ""
    api: bool = False

    @property
    def roles(self) -> tuple[Role, ...]:
        """Everyone who may come to the page at all, in the order in which they act."""
        return tuple(dict.fromkeys((*self.write, *self.read)))

    def load(self) -> Callable[..., Any]:
        """The view."""
        module, _, function = self.view.partition(":")
        view: Callable[..., Any] = getattr(import_module(module), function)
        return view


AREAS = ("work", "entry", "decisions", "oversight", "imports", "trial", "people", "api")
"""The areas in the order of the menu."""
OPEN = ("sign-in", "healthz", "static", "about", "language", "feed")
"""What is reached without being signed in, by the first part of its address; every other address is a page's."""


@cache
def pages() -> tuple[Page, ...]:
    """Every page that is declared."""
    return tuple(page for area in AREAS for page in _of(area))


def page_named(name: str) -> Page:
    """The page of this name; KeyError where none is declared."""
    return _by_name()[name]


@cache
def _by_name() -> dict[str, Page]:
    return {page.name: page for page in pages()}


def _of(area: str) -> tuple[Page, ...]:
    try:
        module = import_module(f"trialwright.adapters.edc.{area}.pages")
    except ModuleNotFoundError as wrong:
        if wrong.name in (f"trialwright.adapters.edc.{area}.pages", f"trialwright.adapters.edc.{area}"):
            return ()
        raise
    declared: tuple[Page, ...] = module.PAGES
    return declared
