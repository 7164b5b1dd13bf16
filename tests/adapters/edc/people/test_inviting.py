"""Passwords, links and the first administrator: each limit from both sides, over real data too."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from signing_in import PASSWORD, Clock, Someone, in_of
from trialwright.adapters.edc.people import demonstration, first

STUDIES = Path(__file__).resolve().parents[4] / "studies"
HOUR = 3600


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("fourteen lette", False),
        ("fifteen letters", True),
        ("a" * 7 + " " + "b" * 56, True),
        ("slow river " * 93 + "x", True),
        ("slow river " * 93 + "xy", False),
        ("1qaz2wsx3edc4rfv", False),
        ("nurse@hospital.org", False),
        ("no capital no figure no sign", True),
        ("pässwörter und ein Zaun", True),
        ("", False),
    ],
    ids=["14", "15", "64", "1024", "1025", "common", "the e-mail", "no rule on characters", "any letters", "none"],
)
def test_a_password_is_long_and_not_a_common_one_and_nothing_else(someone: Someone, password: str, good: bool) -> None:
    assert someone.set_password(password).status_code == (200 if good else 422)
    assert (someone.sign_in(password).status_code == 302) is good


@pytest.mark.parametrize(
    ("typed", "good"),
    [("{drug}{drug}1234567", False), ("{drug}-{drug}-12345678", True), ("{study} {study} trial", False),
     ("Trialwright Trialwright", False), ("{site} {site} {site} 12", False), ("{study} and a slow river", True)],
)  # fmt: skip
def test_a_password_is_not_made_of_the_words_of_the_trial(
    running: Any, someone: Someone, typed: str, good: bool
) -> None:
    protocol = running.trial.versions[running.trial.latest]
    words = {"drug": protocol.regimen[0].drug, "study": running.id, "site": running.site_ids[0]}
    assert someone.set_password(typed.format(**words)).status_code == (200 if good else 422)


def test_the_two_passwords_have_to_be_the_same(someone: Someone) -> None:
    form = {"password": PASSWORD, "again": PASSWORD + "x"}
    answer = someone.client.post(someone.link.path, form)
    assert (answer.status_code, "not the same" in answer.content.decode()) == (422, True)
    assert someone.sign_in().status_code == 422


@pytest.mark.parametrize(("hours", "good"), [(71.99, True), (72, False), (100, False)])
def test_a_link_is_good_for_three_days(someone: Someone, hours: float, good: bool) -> None:
    someone.clock.pass_(hours * HOUR)
    assert someone.client.get(someone.link.path).status_code == (200 if good else 404)
    assert someone.set_password().status_code == (200 if good else 404)


def test_a_link_is_good_once_and_a_new_one_ends_the_one_before(someone: Someone) -> None:
    from trialwright.adapters.edc.people.inviting import new_link

    before = someone.link
    someone.link = new_link(someone.account)
    assert someone.client.get(before.path).status_code == 404
    assert someone.set_password().status_code == 200
    assert someone.set_password("another four words here").status_code == 404
    assert someone.sign_in().status_code == 302


@pytest.mark.parametrize("secret", ["x", "..%2f..", "a" * 500, "%00", "' OR 1=1 --"])
def test_a_link_that_nobody_made_leads_nowhere(someone: Someone, secret: str) -> None:
    assert someone.client.get(f"/sign-in/invitation/{secret}/").status_code == 404


def test_of_a_link_and_a_password_nothing_is_kept_that_could_be_used(someone: Someone) -> None:
    from trialwright.adapters.edc.models import Account, Invitation

    someone.set_password()
    secret = someone.link.path.split("/")[-2]
    assert not Invitation.objects.filter(token_hash=secret).exists()
    assert PASSWORD not in Account.objects.get(pk=someone.account.pk).password


def test_passwords_are_kept_by_argon2id() -> None:
    from django.conf import settings
    from django.contrib.auth.hashers import get_hasher
    from django.test import override_settings

    from trialwright.adapters.edc import settings as ours

    assert ours.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=ours.PASSWORD_HASHERS):
        assert get_hasher().encode(PASSWORD, "a salt of some length").startswith("argon2$argon2id$")
    assert settings.AUTH_PASSWORD_VALIDATORS == ours.AUTH_PASSWORD_VALIDATORS


# --- real data --------------------------------------------------------------------------------------------------------


@pytest.fixture
def real(made: Callable[[str], Any], studies: tuple[str, str], tmp_path: Path, clock: Clock) -> Iterator[Any]:
    """A study of real data that nothing was recorded of yet, served beside no other."""
    from django.test import override_settings

    from trialwright.adapters.edc.desk import SERVED, serve_study

    folder = tmp_path / studies[0]
    shutil.copytree(STUDIES / studies[0], folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests"))
    accounts_of(folder)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        opened = serve_study(folder, loaded=made(studies[0]).loaded)
        yield opened
    opened.close()
    SERVED.clear()


def accounts_of(folder: Path) -> None:
    from django.db import connections

    from trialwright.adapters.edc.settings import accounts_database
    from trialwright.adapters.edc.starting import prepare_accounts

    connections["default"].close()
    connections.settings["default"] = {**connections.settings["default"], **accounts_database(folder)}
    del connections["default"]
    prepare_accounts()


def administrator_of(real: Any, clock: Clock) -> Someone:
    """Whoever opened the link that serving the study printed, arrived."""
    from django.test import Client

    told = first.lines(real, "http://127.0.0.1:8000/")
    chief = Someone.__new__(Someone)
    chief.clock, chief.email, chief.secret, chief.client = clock, "chief@hospital.org", "", Client()
    path = re.search(r"/sign-in/invitation/\S+", " ".join(told))[0]  # type: ignore[index]
    chief.link = type("Link", (), {"path": path})()
    form = {"password": PASSWORD, "again": PASSWORD}
    assert chief.client.post(path, form).status_code == 422, "a name and an e-mail are asked for"
    assert chief.client.post(path, {**form, "name": "C. Chief", "email": chief.email}).status_code == 200
    assert chief.sign_in().status_code == 302
    assert chief.set_up_app().status_code == 302
    return chief


def test_the_first_administrator_opens_the_study_and_nobody_else_is_offered_the_link(real: Any, clock: Clock) -> None:
    chief = administrator_of(real, clock)
    assert in_of(chief.client)
    assert chief.client.get(f"/{real.id}/people/").status_code == 200
    assert (real.kind, [one.name for one in real.roster.holders("administrator")]) == ("real", ["C. Chief"])
    assert first.lines(real, "http://127.0.0.1:8000/") == []


def test_over_real_data_no_ready_made_login_signs_in_or_is_offered(real: Any, clock: Clock) -> None:
    from django.contrib.auth.hashers import make_password
    from django.test import Client

    from trialwright.adapters.edc.models import Account

    administrator_of(real, clock)
    smuggled = Account.objects.create(
        person="u-smuggled", email="coordinator@demo.example", demonstration=True, password=make_password(PASSWORD)
    )
    client = Client()
    page = client.get("/sign-in/").content.decode()
    assert "demo.example" not in page and demonstration.PASSWORD not in page
    assert client.post("/sign-in/demonstration/", {"login": smuggled.email}).status_code == 404
    assert client.post("/sign-in/", {"login": smuggled.email, "password": PASSWORD})["Location"] == "/sign-in/closed/"
    demonstration_session = Client()
    demonstration.enter(demonstration_session, smuggled)
    assert demonstration_session.get("/account/second-step/")["Location"].startswith("/sign-in/")


def test_over_real_data_everybody_needs_a_second_component(real: Any, clock: Clock) -> None:
    from django.test import Client

    chief = administrator_of(real, clock)
    clock.pass_(60)
    chief.client = Client()
    assert chief.sign_in()["Location"] == "/sign-in/second-step/"
    assert chief.client.get(f"/{real.id}/people/").status_code == 302
