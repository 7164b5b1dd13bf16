"""Where a line leads: the address of a page by its name, where there is one and the person may open it.

Read `to`, then `first_open`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.urls import NoReverseMatch, reverse

from trialwright.adapters.edc.access.matrix import Page, page_named
from trialwright.adapters.edc.desk import Desk


def to(desk: Desk, name: str, *ids: str) -> str:
    """The address of a page of this study; nothing where the person may not open it."""
    page = _page(name)
    return _address(desk.open.id, name, *ids) if page and desk.may(page) else ""


@cache
def _page(name: str) -> Page | None:
    try:
        return page_named(name)
    except KeyError:
        return None


def _address(study: str, name: str, *ids: str) -> str:
    try:
        return reverse(f"edc:{name}", args=(study, *ids))
    except NoReverseMatch:
        return ""


def first_open(desk: Desk, subject: str, doors: Iterable[tuple[str, ...]]) -> tuple[str, str]:
    """The first of the pages about a subject that the person may open, else the subject's own, by name and address.

    A name with a stroke before it is a page of the study, not of the subject.
    """
    of = (subject,) if subject else ()
    wanted = [(name.removeprefix("/"), *(() if name.startswith("/") else of), *ids) for name, *ids in doors]
    found = ((one[0], to(desk, *one)) for one in (*wanted, *([("subject", subject)] if subject else [])))
    return next(((name, address) for name, address in found if address), ("", ""))


def may_act(desk: Desk, name: str) -> bool:
    """Whether the person does what is done on a page, and does not only read it; lists of forms lead to the forms."""
    page = _page("form" if name in ("forms", "records") else name)
    return page is not None and desk.may(page, write=bool(page.write))
