"""Who sees whom, and what an administrator does: each an event first, and its effect at the next request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from signing_in import PASSWORD, Clock, Someone, in_of
from trialwright.adapters.edc.people import demonstration

ROLES_THAT_READ = ("administrator", "monitor", "data manager", "sponsor-investigator", "auditor", "investigator")


@pytest.fixture
def administrator(client_of: Callable[..., Any]) -> Any:
    return client_of("administrator")


def at(running: Any, *path: str) -> str:
    return f"/{running.id}/people/{''.join(part + '/' for part in path)}"


def kinds(running: Any, chain: str | None = None) -> list[str]:
    return [type(one).__name__ for one in running.reader().events(chain_id=chain)]


@pytest.mark.parametrize("role", ROLES_THAT_READ)
def test_the_pages_of_people_open(running: Any, client_of: Callable[..., Any], role: str) -> None:
    client = client_of(role)
    someone = demonstration.account_of("coordinator").person
    for address in (at(running), at(running, "log"), at(running, someone)):
        assert client.get(address).status_code == 200, address


def test_a_site_sees_its_own_people_and_the_central_ones_and_nobody_of_another_site(
    running: Any, client_of: Callable[..., Any]
) -> None:
    here, there = running.site_ids[:2]
    client = client_of("coordinator", here)
    listed = client.get(at(running)).content.decode() + client.get(at(running, "log")).content.decode()
    for role, site, seen in [("investigator", here, True), ("monitor", None, True), ("investigator", there, False)]:
        person = demonstration.account_of(role, site).person
        assert (person in listed) is seen
        assert client.get(at(running, person)).status_code == (200 if seen else 404)


def invite(administrator: Any, running: Any, **more: str) -> Any:
    form = {"name": "N. Nurse", "email": "nurse@hospital.org", "granted": "coordinator", "site": running.site_ids[0]}
    return administrator.post(at(running, "invite"), {**form, **more})


def link_in(page: Any) -> str:
    return re.search(r"/sign-in/invitation/[\w-]+/", page.content.decode())[0]  # type: ignore[index]


def test_an_invited_person_works_with_the_role_they_were_given(
    running: Any, administrator: Any, clock: Clock, client_of: Callable[..., Any]
) -> None:
    page = invite(administrator, running, duties="data entry")
    assert page.status_code == 200
    nurse = Someone.__new__(Someone)
    from django.test import Client

    nurse.clock, nurse.email, nurse.client, nurse.secret = clock, "nurse@hospital.org", Client(), ""
    nurse.link = type("Link", (), {"path": link_in(page)})()
    nurse.arrive()
    assert nurse.client.get(at(running)).status_code == 200
    assert nurse.client.get(at(running, "invite")).status_code == 403
    granted = next(one for one in running.roster.persons.values() if one.name == "N. Nurse")
    assert [(one.role, one.site, one.duties) for one in granted.roles] == [
        ("coordinator", running.site_ids[0], ("data entry",))
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "printed beside"),
        ({"email": "nurse"}, "valid email"),
        ({"granted": ""}, "Choose a role"),
        ({"granted": "king"}, "Choose a role"),
        ({"site": ""}, "works at a site"),
        ({"site": "nowhere"}, "Choose one of the sites"),
        ({"until": "soon"}, "no date"),
        ({"since": "2005-01-02", "until": "2005-01-01"}, "before it begins"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_said_so_and_nobody_is_named(
    running: Any, administrator: Any, wrong: dict[str, str], words: str
) -> None:
    from trialwright.adapters.edc.models import Account

    before, accounts = running.reader().ends(), Account.objects.count()
    page = invite(administrator, running, **wrong)
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert (running.reader().ends(), Account.objects.count()) == (before, accounts)


def act(client: Any, running: Any, person: str, action: str, why: str = "asked for", **more: str) -> Any:
    told = {"action": action, "why": why, "again_password": demonstration.PASSWORD, **more}
    return client.post(at(running, person), told)


def test_a_role_that_is_ended_holds_no_more_at_the_next_request(
    running: Any, administrator: Any, client_of: Callable[..., Any]
) -> None:
    site = running.site_ids[0]
    coordinator, person = client_of("coordinator", site), demonstration.account_of("coordinator", site).person
    assert coordinator.get(at(running)).status_code == 200
    assert act(administrator, running, person, "end", ended="coordinator", site=site).status_code == 302
    assert coordinator.get(at(running)).status_code == 404


def test_whoever_is_deactivated_is_out_at_the_next_request_and_back_when_reactivated(
    running: Any, administrator: Any, client_of: Callable[..., Any]
) -> None:
    coordinator, account = client_of("coordinator"), demonstration.account_of("coordinator")
    assert act(administrator, running, account.person, "deactivate").status_code == 302
    answer = coordinator.get(at(running))
    assert (answer.status_code, answer.headers["Location"][:9]) == (302, "/sign-in/")
    assert client_of("coordinator").get(at(running)).status_code == 302
    assert act(administrator, running, account.person, "reactivate").status_code == 302
    assert client_of("coordinator").get(at(running)).status_code == 200
    assert kinds(running, "system")[-2:] == ["PersonDeactivated", "PersonReactivated"]


@pytest.mark.parametrize("action", ["deactivate", "unlock", "password", "component"])
def test_nothing_is_done_to_a_persons_access_without_a_reason(running: Any, administrator: Any, action: str) -> None:
    person, before = demonstration.account_of("coordinator").person, running.reader().ends()
    assert act(administrator, running, person, action, why=" ").status_code == 422
    assert running.reader().ends() == before


def test_nobody_deactivates_themselves(running: Any, administrator: Any) -> None:
    person = demonstration.account_of("administrator").person
    page = act(administrator, running, person, "deactivate")
    assert (page.status_code, "themselves" in page.content.decode()) == (422, True)


def test_the_last_administrator_who_has_access_stays_one(running: Any, administrator: Any) -> None:
    """Another who was deactivated gives no roles."""
    from trialwright.adapters.edc.models import Account

    told = {"name": "C. Chief", "email": "chief@hospital.org", "granted": "administrator", "site": ""}
    assert invite(administrator, running, **told).status_code == 200
    other, own = (Account.objects.get(email=one).person for one in ("chief@hospital.org", "administrator@demo.example"))
    assert act(administrator, running, other, "deactivate").status_code == 302
    answer = act(administrator, running, own, "end", ended="administrator", site="")
    assert (answer.status_code, "nobody could give a role" in answer.content.decode()) == (422, True)
    assert act(administrator, running, other, "reactivate").status_code == 302
    assert act(administrator, running, own, "end", ended="administrator", site="").status_code == 302


def test_a_new_password_by_a_link_leaves_the_second_component_and_a_lost_component_leaves_the_password(
    running: Any, administrator: Any, someone: Someone
) -> None:
    someone.arrive()
    person = someone.account.person
    running.catch_up()
    page = act(administrator, running, person, "password")
    assert page.status_code == 200
    new = "another four words here"
    assert someone.client.post(link_in(page), {"password": new, "again": new}).status_code == 200
    from django.test import Client

    someone.client = Client()
    assert someone.sign_in(PASSWORD).status_code != 302
    assert someone.sign_in(new).headers["Location"] == "/sign-in/second-step/"
    assert not in_of(someone.client)
    assert someone.second_step().status_code == 302 and in_of(someone.client)
    assert act(administrator, running, person, "component").status_code == 302
    assert not in_of(someone.client)
    assert someone.sign_in(new).status_code == 302
    assert someone.client.get("/account/").headers["Location"].startswith("/account/second-step/")


@pytest.mark.parametrize("action", ["password", "component"])
@pytest.mark.parametrize(
    ("minutes", "shown", "given"),
    [
        (0, {"again_password": ""}, False),
        (0, {"again_password": "wrong"}, False),
        (0, {}, True),
        (16, {}, False),
        (16, {"again_code": "111111"}, False),
        (16, {"again_code": demonstration.CODE}, True),
    ],
)
def test_what_opens_anothers_login_is_given_by_whoever_shows_who_they_are(
    running: Any, administrator: Any, clock: Clock, action: str, minutes: int, shown: dict[str, str], given: bool
) -> None:
    """An administrator's session that lies open would else open every login there is."""
    person, before = demonstration.account_of("investigator").person, kinds(running, "system")
    for _ in range(minutes):
        clock.pass_(60)
        administrator.get(at(running))
    answer = act(administrator, running, person, action, **shown)
    assert (answer.status_code in (200, 302), "/sign-in/invitation/" in answer.content.decode()) == (
        given, given and action == "password",
    )  # fmt: skip
    assert ("AccessRestored" in kinds(running, "system")[len(before) :]) is given


@pytest.mark.parametrize("action", ["password", "component"])
def test_nobody_opens_their_own_login_anew(running: Any, administrator: Any, action: str) -> None:
    own, before = demonstration.account_of("administrator").person, running.reader().ends()
    offered = f'value="{action}"'
    other = demonstration.account_of("investigator").person
    shown = [offered in administrator.get(at(running, one)).content.decode() for one in (own, other)]
    assert shown == [False, True]
    answer = act(administrator, running, own, action)
    assert (answer.status_code, "to themselves" in answer.content.decode()) == (422, True)
    assert running.reader().ends() == before


def test_a_training_is_recorded_with_its_day(running: Any, client_of: Callable[..., Any]) -> None:
    client, person = client_of("investigator"), demonstration.account_of("coordinator").person
    form = {"person": person, "training": "protocol version 2", "on": running.today.isoformat()}
    assert client.post(at(running, "log"), form).status_code == 302
    assert "protocol version 2" in client.get(at(running, "log")).content.decode()
    for wrong in ({"on": ""}, {"on": "2099-01-01"}, {"training": " "}):
        assert client.post(at(running, "log"), {**form, **wrong}).status_code == 422


def test_a_training_of_somebody_out_of_sight_is_not_recorded(running: Any, client_of: Callable[..., Any]) -> None:
    here, there = running.site_ids[:2]
    person = demonstration.account_of("coordinator", there).person
    form = {"person": person, "training": "protocol version 2", "on": running.today.isoformat()}
    assert client_of("investigator", here).post(at(running, "log"), form).status_code == 404
