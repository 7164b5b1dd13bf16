"""Somebody loses what lets them save while they fill in a form: nothing of it is written, wherever it was lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
from signing_in import PASSWORD, Clock, Someone

Lost = Callable[[Any, Someone, str], None]


def administrate(opened: Any, person: str, **told: str) -> None:
    """What an administrator does on a person's page, as it stands."""
    client, at = signed_in("administrator"), f"/{opened.id}/people/{person}/"
    shown = client.get(at).content.decode()
    hidden = dict(re.findall(r'name="(seen|beside)" value="([^"]*)"', shown))
    assert client.post(at, {**hidden, "why": "left the ward", **told}).status_code == 302


def role_ended_here(opened: Any, someone: Someone, site: str) -> None:
    administrate(opened, someone.account.person, action="end", ended="coordinator", site=site)


def deactivated(opened: Any, someone: Someone, site: str) -> None:
    administrate(opened, someone.account.person, action="deactivate")


def session_ended(opened: Any, someone: Someone, site: str) -> None:
    from allauth.usersessions.models import UserSession
    from django.test import Client

    key, elsewhere = someone.client.session.session_key, Client()
    someone.sign_in(client=elsewhere)
    someone.second_step(client=elsewhere)
    here = UserSession.objects.get(session_key=key)
    assert elsewhere.post(f"/account/sessions/{here.pk}/end/").status_code == 302


@pytest.fixture
def coordinator(running: Any, clock: Clock) -> Someone:
    """A coordinator of two sites, invited to each by an administrator, signed in."""
    first, second = running.site_ids[:2]
    administrator, asked = signed_in("administrator"), {"email": "nurse@hospital.org", "name": "Ada Nurse"}

    def invite(site: str) -> Any:
        told = {**asked, "granted": "coordinator", "site": site}
        return administrator.post(f"/{running.id}/people/invite/", told)

    someone = Someone.__new__(Someone)
    link = re.search(r"/sign-in/invitation/[\w-]+/", invite(first).content.decode())
    assert link is not None
    from django.test import Client

    from trialwright.adapters.edc.models import Account

    someone.clock, someone.email, someone.secret, someone.client = clock, asked["email"], "", Client()
    someone.account = Account.objects.get(email=asked["email"])
    assert someone.client.post(link[0], {"password": PASSWORD, "again": PASSWORD}).status_code == 200
    someone.sign_in()
    someone.set_up_app()
    clock.pass_(120)
    again = invite(second)
    assert (again.status_code, "invitation" in again.content.decode()) == (302, False), "no link for who is there"
    return someone


@pytest.mark.parametrize(
    ("lost", "answer", "other_site"),
    [(role_ended_here, 404, 200), (deactivated, 302, 302), (session_ended, 302, 302)],
    ids=["role ended at this site", "deactivated", "session ended elsewhere"],
)
def test_what_is_sent_after_that_is_not_written(
    running: Any, coordinator: Someone, lost: Lost, answer: int, other_site: int
) -> None:
    other, site = running.site_ids[:2]
    subjects = {one.site: name for name, one in running.record.subjects.items()}
    listed = coordinator.client.get(f"/{running.id}/subjects/{subjects[site]}/forms/").content.decode()
    at = next(one for one in re.findall(r'href="([^"]*/forms/[^"/]+/)"', listed))
    page = coordinator.client.get(at).content.decode()
    told = dict(re.findall(r'name="(key|version)" value="([^"]*)"', page))
    name = re.search(r'name="(v:[^"]+)"', page)
    assert name is not None
    lost(running, coordinator, site)
    before = running.reader().head().seq
    sent = coordinator.client.post(at, {**told, name[1]: "1"})
    assert sent.status_code == answer
    assert answer == 404 or sent.headers["Location"].startswith("/sign-in/")
    assert running.reader().head().seq == before
    assert coordinator.client.get(f"/{running.id}/subjects/{subjects[other]}/").status_code == other_site
