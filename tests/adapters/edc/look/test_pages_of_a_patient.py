"""Every page about a patient has the same row of links: those pages that whoever reads may open, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.access.roles import SITE_ROLES, Role, role_named
from trialwright.adapters.edc.look.patient import PAGES
from trialwright.core.ledger import TreatmentEnded

NAV = re.compile(r'<nav class="pages".*?</nav>', re.DOTALL)


def a_subject(running: Any) -> str:
    """A patient whose treatment is over, of whom every page has something to show."""
    return next(one for one, record in sorted(running.record.subjects.items()) if record.of_kind(TreatmentEnded))


def row_of_links(answer: Any) -> str:
    found = NAV.search(answer.content.decode())
    return found[0] if found else ""


@pytest.mark.parametrize(
    "role", ["coordinator", "investigator", "pharmacist", "specimen laboratory", "monitor", "auditor"]
)
def test_the_links_are_those_that_the_role_may_open(running: Any, client_of: Callable[..., Any], role: str) -> None:
    subject, known = a_subject(running), role_named(role)
    assert known is not None
    client = client_of(role, running.record.subjects[subject].site if known in SITE_ROLES else None)
    links = row_of_links(client.get(f"/{running.id}/subjects/{subject}/"))
    wanted = [one for one in PAGES if known in (*page_named(one[0]).read, *page_named(one[0]).write)]
    assert re.findall(r">([^<]+)</a>", links) == [label for _name, label in wanted]
    for address in re.findall(r'href="([^"]+)"', links):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("name", [name for name, _label in PAGES])
def test_each_page_marks_itself_and_links_to_the_rest(running: Any, client_of: Callable[..., Any], name: str) -> None:
    from django.urls import reverse

    subject = a_subject(running)
    client = client_of("coordinator", running.record.subjects[subject].site)
    assert Role.COORDINATOR in (*page_named(name).read, *page_named(name).write)
    links = row_of_links(client.get(reverse(f"edc:{name}", args=(running.id, subject))))
    label = dict(PAGES)[name]
    assert re.findall(r'aria-current="page">([^<]+)<', links) == [label]
    assert links.count("<a ") == len(PAGES)


def test_a_page_about_nobody_has_no_such_row(running: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("coordinator", running.site_ids[0])
    for page in ("today/", "subjects/", "decide/screen/", "queries/"):
        assert row_of_links(client.get(f"/{running.id}/{page}")) == "", page


def test_the_dose_card_of_a_treatment_that_is_over_asks_no_more_whether_it_goes_on(
    running: Any, client_of: Callable[..., Any]
) -> None:
    subject = a_subject(running)
    text = client_of("coordinator", running.record.subjects[subject].site).get(
        f"/{running.id}/subjects/{subject}/dose/"
    )
    assert "off treatment since" in text.content.decode() and "Whether treatment goes on" not in text.content.decode()
