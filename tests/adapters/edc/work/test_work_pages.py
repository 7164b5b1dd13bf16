"""The pages of the working day as each role opens them, in both studies there are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from trialwright.adapters.edc.access.roles import EVERYONE, SITE_ROLES, Role

EVERY_ROLE = [(role.value, role in SITE_ROLES) for role in EVERYONE]
READERS = [one for one in EVERY_ROLE if one[0] != Role.ADMINISTRATOR.value]


def at_site(running: Any, of_site: bool) -> str | None:
    return running.site_ids[0] if of_site else None


@pytest.mark.parametrize(("role", "of_site"), EVERY_ROLE)
def test_every_role_has_a_day_that_says_what_waits_or_that_nothing_does(
    running: Any, client_of: Callable[..., Any], role: str, of_site: bool
) -> None:
    page = client_of(role, at_site(running, of_site)).get(f"/{running.id}/today/")
    text = page.content.decode()
    assert page.status_code == 200, text[:2000]
    assert text.count('<section class="card') >= 1


@pytest.mark.parametrize(("role", "of_site"), READERS)
def test_every_reader_opens_each_subject_of_theirs_and_each_answer_about_it(
    running: Any, client_of: Callable[..., Any], role: str, of_site: bool
) -> None:
    site = at_site(running, of_site)
    client = client_of(role, site)
    listed = client.get(f"/{running.id}/subjects/").content.decode()
    named = sorted(set(re.findall(rf'href="/{running.id}/subjects/([^/"]+)/"', listed)))
    own = sorted(name for name, record in running.record.subjects.items() if site in (None, record.site))
    assert named == own
    for subject in own[:3]:
        page = client.get(f"/{running.id}/subjects/{subject}/")
        assert page.status_code == 200
        answers = sorted(set(re.findall(r'href="([^"]+/because/[^"]+)"', page.content.decode())))
        assert answers
        for address in answers[:: max(1, len(answers) // 5)]:
            assert client.get(address).status_code == 200, address
