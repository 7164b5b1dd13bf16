"""Where a line leads: the address of a page by its name, where there is one and the person may open it.

Read `to`.
"""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.desk import Desk


def to(desk: Desk, name: str, *ids: str) -> str:
    """The address of a page of this study; nothing where the person may not open it."""
    try:
        page = page_named(name)
        address = reverse(f"edc:{name}", args=(desk.open.id, *ids))
    except (KeyError, NoReverseMatch):
        return ""
    return address if desk.may(page) else ""
