"""Every decision in the browser, in every study: what is asked, what is saved, what is refused and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from adapters.edc.conftest import FIRST, SECOND, signed_in


def person(role: str, site: str) -> Any:
    """The ready-made person of a role: of the site where the role is of one."""
    from trialwright.core.people import AT_A_SITE

    return signed_in(role, site if role in AT_A_SITE else None)


def hidden(page: str, name: str) -> str:
    """What a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def send(client: Any, address: str, **typed: Any) -> Any:
    """Open a form, fill in what is named and send the rest as it stands, as a person does."""
    page = client.get(address).content.decode()
    kept = {name: hidden(page, name) for name in ("key", "version", "drug", "course", "dose", "stratum")}
    stands = dict(re.findall(r'<input type="text"[^>]* name="(\w[\w-]*)" value="([^"]*)"', page))
    chosen = dict(re.findall(r'<select [^>]*name="([\w-]+)".*?value="([^"]*)" selected', page, re.S))
    filled = {name: value for name, value in {**kept, **stands, **chosen}.items() if value}
    return client.post(address, {**filled, **typed})


@pytest.mark.parametrize("study", [FIRST, SECOND])
def test_every_page_of_a_decision_opens_for_those_who_take_it(serve: Callable[[str], Any], study: str) -> None:
    from trialwright.adapters.edc.access.matrix import About
    from trialwright.adapters.edc.decisions.pages import PAGES

    opened = serve(study)
    site = opened.site_ids[0]
    subjects = [name for name, one in opened.record.subjects.items() if one.site == site][:3]
    clients: dict[str, Any] = {}
    for page in PAGES:
        role = page.read[0].value
        client = clients.setdefault(role, person(role, site))
        for subject in subjects if page.about is About.SUBJECT else [""]:
            address = f"/{opened.id}/" + page.path.replace("<str:subject>", subject)
            if "<" in address:
                continue
            answer = client.get(address)
            assert answer.status_code == 200, (page.name, subject, answer.status_code)
