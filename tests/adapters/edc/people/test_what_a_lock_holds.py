"""A session locks whatever its page does by itself, and the page that asks for the password holds no other password."""

from __future__ import annotations

from typing import Any

import pytest

from signing_in import Clock
from trialwright.adapters.edc.people import demonstration, sessions

MINUTE = 60


@pytest.fixture
def investigator(running: Any, clock: Clock) -> Any:
    from django.test import Client

    client = Client()
    demonstration.sign_in(client, "investigator")
    return client


@pytest.mark.parametrize("by_script", [True, False], ids=["asked by the page itself", "asked by a person"])
def test_a_page_that_asks_by_itself_how_far_something_is_does_not_keep_a_session_open(
    running: Any, clock: Clock, investigator: Any, by_script: bool
) -> None:
    headers = {"HX-Request": "true"} if by_script else {}
    for _ in range(16):
        investigator.get(f"/{running.id}/", headers=headers)
        clock.pass_(MINUTE)
    assert sessions.locked(investigator.session) is by_script
    assert investigator.get(f"/{running.id}/", headers=headers).status_code == (401 if by_script else 200)


def test_what_a_person_types_keeps_a_session_open_also_where_a_script_sends_it(
    running: Any, clock: Clock, investigator: Any
) -> None:
    for _ in range(16):
        investigator.post(f"/{running.id}/audit/", {}, headers={"HX-Request": "true"})
        clock.pass_(MINUTE)
    assert not sessions.locked(investigator.session)


PASSWORDS = ("again_password", "again_code", "oldpassword", "password1", "password2", "password")


def test_no_password_or_code_that_was_sent_to_a_locked_session_stands_in_the_page_that_asks_for_one(
    running: Any, clock: Clock, investigator: Any
) -> None:
    """Whoever comes by while the page waits would read it in the page's text, and sign with it."""
    subject = next(
        name for name in running.record.subjects if investigator.get(signing(running, name)).status_code == 200
    )
    clock.pass_(15 * MINUTE)
    told = {"what": "subject", "meaning": "I approve", **dict.fromkeys(PASSWORDS, "a slow river")}
    for at in (signing(running, subject), "/account/password/"):
        kept = investigator.post(at, told)
        page = kept.content.decode()
        assert (kept.status_code, "I approve" in page, "a slow river" in page) == (403, True, False)
        wrong = investigator.post(at, {**told, "unlock_sent": "1", "unlock_password": "wrong"})
        assert (wrong.status_code, "a slow river" in wrong.content.decode()) == (422, False)


def test_a_signature_that_was_sent_to_a_locked_session_is_asked_for_again_with_what_was_chosen(
    running: Any, clock: Clock, investigator: Any
) -> None:
    subject = next(
        name for name in running.record.subjects if investigator.get(signing(running, name)).status_code == 200
    )
    clock.pass_(15 * MINUTE)
    before = running.reader().head().seq
    told = {"what": "subject", "meaning": "I approve", "unlock_sent": "1", "unlock_password": demonstration.PASSWORD}
    asked = investigator.post(signing(running, subject), told)
    page = asked.content.decode()
    assert (asked.status_code, "again_password" in page, running.reader().head().seq) == (422, True, before)
    assert 'value="I approve" selected' in page or 'value="I approve" checked' in page


def signing(running: Any, subject: str) -> str:
    return f"/{running.id}/subjects/{subject}/sign/"
