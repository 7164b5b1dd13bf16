"""How long a session holds, what locks a login and opens it again, that a code is good once: each figure, each side."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from signing_in import PASSWORD, Clock, Someone, code_at, in_of
from trialwright.adapters.edc.people import demonstration

MINUTE, HOUR = 60, 3600


@pytest.fixture
def arrived(someone: Someone) -> Someone:
    """Somebody who is signed in, since two minutes."""
    return someone.arrive()


def kinds(running: Any) -> list[tuple[str, str]]:
    events = running.reader().events(chain_id="system")
    return [(type(one).__name__, getattr(one, "why", "") or getattr(one, "by", "")) for one in events]


# --- idle and whole ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "open_"), [(13 * MINUTE, True), (15 * MINUTE, False), (HOUR, False)])
def test_a_session_locks_after_a_quarter_of_an_hour_without_use(arrived: Someone, seconds: int, open_: bool) -> None:
    assert in_of(arrived.client)
    arrived.clock.pass_(seconds)
    answer = arrived.client.get("/account/")
    assert answer.status_code == (200 if open_ else 302)
    assert open_ or answer.headers["Location"] == "/account/unlock/?next=%2Faccount%2F"


def test_a_session_that_is_used_does_not_lock_and_ends_after_twelve_hours_all_the_same(arrived: Someone) -> None:
    began = arrived.clock.now - 120
    while arrived.clock.now + 10 * MINUTE < began + 12 * HOUR:
        arrived.clock.pass_(10 * MINUTE)
        assert in_of(arrived.client), arrived.clock.now - began
    arrived.clock.now = began + 12 * HOUR - 1
    assert in_of(arrived.client)
    arrived.clock.pass_(1)
    assert arrived.client.get("/account/").headers["Location"].startswith("/sign-in/")
    assert arrived.client.post("/account/unlock/", {"unlock_password": PASSWORD}).headers["Location"] == "/sign-in/"


def test_the_password_opens_a_locked_session_where_it_was_and_a_wrong_one_does_not(arrived: Someone) -> None:
    arrived.clock.pass_(15 * MINUTE)
    form = {"unlock_password": "not this one either", "unlock_to": "/account/?x=1"}
    assert arrived.client.post("/account/unlock/", form).status_code == 422
    assert not in_of(arrived.client)
    answer = arrived.client.post("/account/unlock/", {**form, "unlock_password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/?x=1")
    assert in_of(arrived.client)


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"])
def test_a_locked_session_leads_nowhere_else(arrived: Someone, to: str) -> None:
    arrived.clock.pass_(15 * MINUTE)
    answer = arrived.client.post("/account/unlock/", {"unlock_password": PASSWORD, "unlock_to": to})
    assert answer.headers["Location"] == "/"


def test_what_is_sent_to_a_locked_session_is_kept_and_goes_on_with_the_password(running: Any, clock: Clock) -> None:
    from django.test import Client

    client, person = Client(), demonstration.account_of("coordinator").person
    demonstration.sign_in(client, "administrator")
    clock.pass_(15 * MINUTE)
    log, form = f"/{running.id}/people/log/", {"person": person, "training": "dry ice", "on": running.today.isoformat()}
    before = running.reader().ends()
    kept = client.post(log, form)
    assert (kept.status_code, "dry ice" in kept.content.decode()) == (403, True)
    assert running.reader().ends() == before
    sent = {**form, "unlock_sent": "1", "unlock_password": demonstration.PASSWORD}
    wrong = client.post(log, {**sent, "unlock_password": "wrong"})
    assert (wrong.status_code, "dry ice" in wrong.content.decode()) == (422, True)
    assert set(running.reader().ends().items()) - set(before.items()) == {("system", before["system"] + 1)}, "refused"
    assert client.post(log, sent).status_code == 302
    assert "dry ice" in client.get(log).content.decode()


def test_what_is_sent_from_the_lock_and_refused_is_mended_on_its_own_page(running: Any, clock: Clock) -> None:
    """A form without an address of its own is sent to where its page came from: the page asked for, not the lock."""
    from django.test import Client

    client, person = Client(), demonstration.account_of("coordinator").person
    demonstration.sign_in(client, "administrator")
    clock.pass_(15 * MINUTE)
    log = f"/{running.id}/people/log/"
    kept = client.post(log, {"person": person, "training": "dry ice", "on": "yesterday"}).content.decode()
    at = re.search(r'<form method="post" action="([^"]*)" novalidate>', kept)
    assert at is not None and at[1] == log
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', kept))
    refused = client.post(at[1], {**hidden, "unlock_password": demonstration.PASSWORD})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "dry ice" in page and "unlock_password" not in page and demonstration.PASSWORD not in page


def test_the_lock_looks_for_the_forgery_token_before_the_password(running: Any, clock: Clock) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    demonstration.sign_in(client, "administrator")
    clock.pass_(15 * MINUTE)
    sent = {"unlock_sent": "1", "unlock_password": demonstration.PASSWORD}
    assert client.post(f"/{running.id}/people/log/", sent).status_code == 403
    assert client.get("/account/").headers["Location"].startswith("/account/unlock/")


def test_a_script_is_told_to_go_to_the_lock_and_a_program_is_refused(arrived: Someone, running: Any) -> None:
    arrived.clock.pass_(15 * MINUTE)
    answer = arrived.client.post("/account/password/", {"a": "b"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"][:16]) == (401, "/account/unlock/")
    assert arrived.client.get(f"/api/v1/{running.id}/").status_code == 401


def test_reading_writes_the_session_once_a_minute_at_most(arrived: Someone) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    def writes() -> int:
        with CaptureQueriesContext(connections["default"]) as asked:
            assert in_of(arrived.client)
        return sum(one["sql"].startswith(("UPDATE", "INSERT", "DELETE")) for one in asked.captured_queries)

    assert [writes() > 0, writes(), writes()] == [True, 0, 0]
    arrived.clock.pass_(59)
    assert writes() == 0
    arrived.clock.pass_(1)
    assert writes() > 0


# --- what locks a login -----------------------------------------------------------------------------------------------


def tries(
    someone: Someone, count: int, address: str = "10.0.0.1", password: str = "a wrong password here"
) -> list[int]:
    from django.test import Client

    client = Client(REMOTE_ADDR=address)
    return [someone.sign_in(password, client).status_code for _ in range(count)]


@pytest.mark.parametrize(("failures", "let_in"), [(4, True), (5, False), (6, False)])
def test_a_login_locks_after_five_failures_wherever_they_come_from(
    arrived: Someone, failures: int, let_in: bool
) -> None:
    for number in range(failures):
        tries(arrived, 1, f"10.0.{number}.1")
    assert (tries(arrived, 1, "10.9.9.9", PASSWORD) == [302]) is let_in


def test_a_locked_login_opens_a_quarter_of_an_hour_after_the_first_failure(arrived: Someone) -> None:
    tries(arrived, 5)
    arrived.clock.pass_(15 * MINUTE - 1)
    assert tries(arrived, 1, password=PASSWORD) != [302]
    arrived.clock.pass_(1)
    assert tries(arrived, 1, password=PASSWORD) == [302]


def test_an_address_is_stopped_after_twenty_failures_in_a_minute_whatever_the_logins(arrived: Someone) -> None:
    from django.test import Client

    client = Client(REMOTE_ADDR="10.1.1.1")
    for number in range(20):
        client.post("/sign-in/", {"login": f"guess{number}@hospital.org", "password": "a wrong password here"})
    assert tries(arrived, 1, "10.1.1.1", PASSWORD) != [302]
    assert tries(arrived, 1, "10.1.1.2", PASSWORD) == [302]
    arrived.clock.pass_(MINUTE)
    assert tries(arrived, 1, "10.1.1.1", PASSWORD) == [302]


def test_codes_that_are_wrong_count_as_well_and_are_told(arrived: Someone, running: Any) -> None:
    from django.test import Client

    arrived.client = Client()
    arrived.sign_in()
    told = len(kinds(running))
    for _ in range(5):
        arrived.second_step("000000")
    arrived.second_step()
    assert not in_of(arrived.client)
    assert kinds(running)[told:] == [("SignInRefused", "wrong code")] * 5


def test_an_administrator_opens_a_locked_login_and_it_stands_in_the_ledger(
    arrived: Someone, running: Any, client_of: Callable[..., Any]
) -> None:
    tries(arrived, 5)
    form = {"action": "unlock", "why": "rang, and is the person"}
    page = f"/{running.id}/people/{arrived.account.person}/"
    assert client_of("administrator").post(page, form).status_code == 302
    assert kinds(running)[-1] == ("AccessRestored", "rang, and is the person")
    assert tries(arrived, 1, password=PASSWORD) == [302]


ELSEWHERE = """
import sys, django
django.setup()
from django.test import Client
client = Client(REMOTE_ADDR="10.3.3.3")
print([client.post("/sign-in/", {"login": sys.argv[1], "password": "wrong in another worker"}).status_code
       for _ in range(3)])
"""


def test_failures_are_counted_across_workers(arrived: Someone, running: Any) -> None:
    tries(arrived, 2)
    settings = {
        "DJANGO_SETTINGS_MODULE": "trialwright.adapters.edc.settings",
        "TRIALWRIGHT_STUDIES": str(running.folder),
    }
    worker = [sys.executable, "-c", ELSEWHERE, arrived.email]
    done = subprocess.run(worker, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert done.stdout == "[422, 422, 422]\n", done.stderr
    assert tries(arrived, 1, password=PASSWORD) != [302]


# --- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("windows", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_in_its_half_minute_and_the_ones_beside_it(arrived: Someone, windows: int, good: bool) -> None:
    from django.test import Client

    arrived.client = Client()
    arrived.sign_in()
    arrived.second_step(code_at(arrived.secret, arrived.clock.now + 30 * windows))
    assert in_of(arrived.client) is good


@pytest.mark.parametrize("later", [0, 29, 45, 59])
def test_a_code_is_good_once(arrived: Someone, later: int) -> None:
    from django.test import Client

    code = code_at(arrived.secret, arrived.clock.now + 30)
    for again, expected in ((0, True), (later, False)):
        arrived.clock.pass_(again)
        arrived.client = Client()
        arrived.sign_in()
        arrived.second_step(code)
        assert in_of(arrived.client) is expected


def test_the_code_that_set_the_app_up_does_not_sign_in(someone: Someone) -> None:
    from django.test import Client

    someone.set_password()
    someone.sign_in()
    code = someone.set_up_app() and someone.code()
    someone.client = Client()
    someone.sign_in()
    someone.second_step(code)
    assert not in_of(someone.client)


def test_a_recovery_code_signs_in_once(someone: Someone) -> None:
    import re

    from django.test import Client

    someone.set_password()
    someone.sign_in()
    someone.set_up_app()
    page = someone.client.get("/account/second-step/codes/").content.decode()
    code = re.findall(r"<li><code>(\w+)</code>", page)[0]
    for expected in (True, False):
        someone.client = Client()
        someone.sign_in()
        someone.second_step(code)
        assert in_of(someone.client) is expected


def test_a_password_alone_adds_no_second_component_to_one_that_is_there(arrived: Someone) -> None:
    from django.test import Client

    thief = Client()
    arrived.sign_in(client=thief)
    for address in ("/account/", "/account/second-step/", "/account/second-step/passkey/", "/account/second-step/app/"):
        assert thief.get(address).headers["Location"].startswith("/sign-in/"), address


def test_a_session_from_before_the_component_was_set_up_is_out(someone: Someone) -> None:
    from django.test import Client

    someone.set_password()
    early = Client()
    someone.sign_in(client=early)
    someone.sign_in()
    someone.set_up_app()
    for address in ("/account/second-step/", "/account/second-step/passkey/"):
        assert early.get(address).headers["Location"].startswith("/sign-in/"), address


def test_the_secret_of_an_app_is_not_kept_as_it_is(arrived: Someone) -> None:
    from allauth.mfa.models import Authenticator

    kept = [str(one.data) for one in Authenticator.objects.filter(user_id=arrived.account.pk)]
    assert kept and not any(arrived.secret in one for one in kept)


# --- sessions elsewhere -----------------------------------------------------------------------------------------------


def test_another_session_of_ones_own_is_ended_at_its_next_request(arrived: Someone) -> None:
    from allauth.usersessions.models import UserSession

    elsewhere = arrived.client
    arrived.clock.pass_(60)
    arrived.come_back()
    other = UserSession.objects.get(session_key=elsewhere.session.session_key)
    assert in_of(elsewhere)
    assert arrived.client.post(f"/account/sessions/{other.pk}/end/").status_code == 302
    assert not in_of(elsewhere)
    assert in_of(arrived.client)


def test_nobody_ends_the_session_of_another(arrived: Someone, running: Any) -> None:
    from allauth.usersessions.models import UserSession
    from django.test import Client

    other = Client()
    demonstration.sign_in(other, "administrator")
    session = UserSession.objects.get(session_key=arrived.client.session.session_key)
    assert other.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    assert in_of(arrived.client)


def test_signing_in_gives_a_session_a_new_key(arrived: Someone) -> None:
    from django.test import Client

    arrived.client = Client()
    arrived.client.get("/sign-in/")
    arrived.sign_in()
    before = arrived.client.session.session_key
    arrived.second_step()
    assert arrived.client.session.session_key != before


def test_a_changed_password_ends_every_other_session(arrived: Someone) -> None:
    elsewhere = arrived.client
    arrived.clock.pass_(60)
    arrived.come_back()
    new = "four quite other words"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert arrived.client.post("/account/password/", form).status_code == 302
    assert in_of(arrived.client)
    assert not in_of(elsewhere)


# --- what is told -----------------------------------------------------------------------------------------------------


def test_sign_ins_and_refusals_stand_in_the_ledger(arrived: Someone, running: Any) -> None:
    from django.test import Client

    assert kinds(running)[-1] == ("SignedIn", "totp")
    told = len(kinds(running))
    tries(arrived, 7)
    Client().post("/sign-in/", {"login": "ghost@hospital.org", "password": PASSWORD})
    assert kinds(running)[told:] == [
        *[("SignInRefused", "wrong password")] * 5,
        ("SignInRefused", "too many failed attempts"),
        ("SignInRefused", "no such login"),
    ]


def test_no_password_and_no_typed_login_stands_in_the_ledger(arrived: Someone, running: Any) -> None:
    from django.test import Client

    Client().post("/sign-in/", {"login": "my-password-by-mistake@hospital.org", "password": "wrong"})
    tries(arrived, 1)
    everything = (running.folder / "trial.sqlite3").read_bytes()
    for wal in running.folder.glob("trial.sqlite3-wal"):
        everything += wal.read_bytes()
    for secret in (b"my-password-by-mistake", b"a wrong password here", PASSWORD.encode(), arrived.email.encode()):
        assert secret not in everything
