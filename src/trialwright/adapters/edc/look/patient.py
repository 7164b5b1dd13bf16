"""The pages about one patient, in the order in which they are used: the row of links on each of them.

Read `pages_of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.look.having import has

if TYPE_CHECKING:
    from trialwright.adapters.edc.desk import Desk

PAGES: tuple[tuple[str, str], ...] = (
    ("subject", gettext_noop("Overview")),
    ("forms", gettext_noop("Forms")),
    ("eligibility", gettext_noop("Eligibility checklist")),
    ("dose", gettext_noop("Dose card")),
    ("calendar", gettext_noop("Calendar")),
    ("decisions", gettext_noop("Decisions")),
    ("query", gettext_noop("Queries")),
    ("subject-specimens", gettext_noop("Specimens")),
    ("capsules-of", gettext_noop("Drug accountability")),
    ("subject-deviations", gettext_noop("Deviations")),
    ("verify-subject", gettext_noop("Source verification")),
    ("sign", gettext_noop("Signatures")),
    ("lock", gettext_noop("Freeze and lock")),
    ("casebook", gettext_noop("Casebook (PDF)")),
)
"""Each page with its words; what a person may not open is not among their links."""


@dataclass(frozen=True)
class Link:
    """One page: its words, its address, whether it is the one that is open."""

    label: str
    address: str
    here: bool


def pages_of(desk: Desk, subject: str) -> tuple[Link, ...]:
    """The pages about a patient that the person may open, of those that the study has something for."""
    open_now = desk.page.name if desk.page is not None else ""
    return tuple(
        Link(gettext(label), address_of(desk.open.id, name, subject), name == open_now)
        for name, label in PAGES
        if has(desk.trial, name) and (desk.may(page := page_named(name)) or desk.may(page, write=True))
    )


@lru_cache(maxsize=1 << 12)
def address_of(study: str, name: str, subject: str) -> str:
    """The address of a page about a patient."""
    return reverse(f"edc:{name}", args=(study, subject))
