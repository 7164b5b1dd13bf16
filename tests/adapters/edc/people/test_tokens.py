"""A token acts for its person in one study, to read or to write, until its day, and no further."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from signing_in import Clock
from trialwright.adapters.edc.people import demonstration, tokens
from trialwright.adapters.edc.people.inviting import hash_of, now
from trialwright.core.ledger import PersonDeactivated, TokenEnded, TokenIssued

DAY = 24 * 3600


@pytest.fixture
def issued(running: Any, clock: Clock) -> Callable[..., str]:
    """Make a token for the data manager."""

    def issue(scope: str = "read", days: int = 30, role: str = "data manager") -> str:
        return tokens.issue(demonstration.account_of(role), running, "a script", scope, now() + timedelta(days=days))

    return issue


def ask(running: Any, secret: str, method: str = "GET", path: str = "subjects/", study: str = "") -> Any:
    from django.test import Client

    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    client = Client(enforce_csrf_checks=True)
    return client.generic(method, f"/api/v1/{study or running.id}/{path}", headers=headers)


def test_a_token_reads_what_its_person_reads(running: Any, issued: Callable[..., str]) -> None:
    assert ask(running, issued()).status_code == 200
    assert ask(running, issued(role="administrator")).status_code == 403


@pytest.mark.parametrize("secret", ["", "tw_guess", "tw_", "x" * 5000, "tw_ünlesbar"])
def test_without_a_good_token_nothing_is_told(running: Any, secret: str) -> None:
    answer = ask(running, secret.encode().decode("latin-1"))
    assert answer.status_code == 401
    assert all(subject not in answer.content.decode() for subject in running.record.subjects)


@pytest.mark.parametrize(("later", "good"), [(30 * DAY - 1, True), (30 * DAY, False)])
def test_a_token_is_good_until_its_day(
    running: Any, issued: Callable[..., str], clock: Clock, later: int, good: bool
) -> None:
    secret = issued()
    clock.pass_(later)
    assert ask(running, secret).status_code == (200 if good else 401)


def test_a_token_for_reading_writes_nothing(running: Any, issued: Callable[..., str]) -> None:
    before = running.reader().ends()
    reading, writing = issued("read"), issued("write")
    assert ask(running, reading, "POST", "events/").status_code == 403
    assert ask(running, writing, "POST", "events/").status_code not in (401, 403)
    assert {**running.reader().ends(), "system": 0} == {**before, "system": 0}


def test_a_token_is_of_one_study(running: Any, issued: Callable[..., str]) -> None:
    assert ask(running, issued(), study="nct00000000").status_code == 404


def test_a_token_ends_when_its_person_ends_it_and_when_the_person_is_deactivated(
    running: Any, issued: Callable[..., str], client_of: Callable[..., Any]
) -> None:
    from trialwright.adapters.edc.models import Token
    from trialwright.adapters.edc.people.told import said, tell

    first, second = issued(), issued()
    own = Token.objects.get(secret_hash=hash_of(first))
    assert client_of("monitor").post(f"/account/tokens/{own.pk}/end/").status_code == 404
    assert client_of("data manager").post(f"/account/tokens/{own.pk}/end/").status_code == 302
    assert [ask(running, one).status_code for one in (first, second)] == [401, 200]
    person = demonstration.account_of("data manager").person
    tell(running, [said(running, PersonDeactivated, person=person, why="left")])
    assert ask(running, second).status_code == 401


def test_who_is_deactivated_and_comes_back_makes_new_tokens(
    running: Any, issued: Callable[..., str], client_of: Callable[..., Any]
) -> None:
    """A token may be why somebody was deactivated: what it was good for does not come back with the person."""
    secrets, person = [issued(), issued()], demonstration.account_of("data manager").person
    at, administrator = f"/{running.id}/people/{person}/", client_of("administrator")
    for action in ("deactivate", "reactivate"):
        assert administrator.post(at, {"action": action, "why": "a token was found on a bus"}).status_code == 302
    assert client_of("data manager").get(f"/{running.id}/").status_code == 200
    assert [ask(running, one).status_code for one in secrets] == [401, 401]
    told = [type(one).__name__ for one in running.reader().events(chain_id="system")]
    assert told[-4:] == ["PersonDeactivated", "TokenEnded", "TokenEnded", "PersonReactivated"]


def test_a_token_is_told_and_its_secret_is_not_kept(running: Any, issued: Callable[..., str]) -> None:
    from trialwright.adapters.edc.models import Token

    secret = issued()
    event = [one for one in running.reader().events(chain_id="system") if isinstance(one, TokenIssued)][-1]
    kept = Token.objects.get(pk=event.token)
    assert (event.scope, kept.secret_hash) == ("read", hash_of(secret))
    assert secret not in str(vars(kept))
    assert TokenEnded.__name__ not in [type(one).__name__ for one in running.reader().events(chain_id="system")]


FORM = {"name": "script", "scope": "read", "days": "30", "again_password": demonstration.PASSWORD}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, ""),
        ({"again_password": "wrong"}, "not your password"),
        ({"again_password": ""}, "not your password"),
        ({"name": " "}, "what the token is for"),
        ({"days": "0"}, "From 1 to 365"),
        ({"days": "1"}, ""),
        ({"days": "365"}, ""),
        ({"days": "366"}, "From 1 to 365"),
        ({"days": "٣"}, "From 1 to 365"),
        ({"days": "9" * 400}, "From 1 to 365"),
        ({"scope": "all"}, "reads and writes"),
        ({"study": "another"}, "one of your studies"),
    ],
)
def test_a_token_is_made_after_the_password_within_its_limits(
    running: Any, client_of: Callable[..., Any], wrong: dict[str, str], words: str
) -> None:
    from trialwright.adapters.edc.models import Token

    answer = client_of("data manager").post("/account/tokens/", {"study": running.id, **FORM, **wrong})
    assert answer.status_code == (422 if words else 200)
    assert words in answer.content.decode()
    assert Token.objects.count() == (0 if words else 1)


def test_after_a_quarter_of_an_hour_the_second_component_is_asked_for_as_well(
    running: Any, client_of: Callable[..., Any], clock: Clock
) -> None:
    client = client_of("data manager")
    for _ in range(2):
        clock.pass_(10 * 60)
        client.get("/account/")
    form = {"study": running.id, **FORM}
    assert client.post("/account/tokens/", form).status_code == 422
    assert client.post("/account/tokens/", {**form, "again_code": "111111"}).status_code == 422
    assert client.post("/account/tokens/", {**form, "again_code": demonstration.CODE}).status_code == 200
