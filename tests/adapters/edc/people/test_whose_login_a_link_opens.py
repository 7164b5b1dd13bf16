"""A link sets the password of a login: it is shown to whoever administers all that the login opens, and to nobody else.

Somebody who was invited elsewhere and has not come yet has a login that anybody with a link could make theirs.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
from signing_in import PASSWORD, Clock, Someone, in_of

SPONSOR = {"name": "S. Sponsor", "email": "sponsor@company.org", "granted": "sponsor-investigator", "site": ""}


@pytest.fixture
def of_one_site(running: Any, clock: Clock) -> Any:
    """The client of an administrator of the first site alone."""
    told = {"name": "L. Local", "email": "local@hospital.org", "granted": "administrator", "site": running.site_ids[0]}
    invited(signed_in("administrator"), running, **told)
    someone = Someone.__new__(Someone)
    from django.test import Client

    from trialwright.adapters.edc.models import Account
    from trialwright.adapters.edc.people.inviting import new_link

    someone.clock, someone.email, someone.secret, someone.client = clock, told["email"], "", Client()
    someone.account = Account.objects.get(email=told["email"])
    someone.link = new_link(someone.account)
    return someone.arrive().client


def invited(client: Any, running: Any, **told: str) -> Any:
    return client.post(f"/{running.id}/people/invite/", told)


def link_in(page: str) -> str:
    found = re.search(r"/sign-in/invitation/[\w-]+/", page)
    assert found is not None
    return found[0]


def test_an_administrator_of_one_site_gets_no_link_to_a_login_of_all_sites(running: Any, of_one_site: Any) -> None:
    first = invited(signed_in("administrator"), running, **SPONSOR).content.decode()
    assert "/sign-in/invitation/" in first
    told = {**SPONSOR, "granted": "coordinator", "site": running.site_ids[0]}
    answer = invited(of_one_site, running, **told)
    assert "/sign-in/invitation/" not in answer.content.decode()
    from django.test import Client

    from trialwright.adapters.edc.models import Account, Invitation

    there = Account.objects.get(email=SPONSOR["email"])
    assert Invitation.objects.filter(account=there, used=None).count() == 1, "the link of who invited first is good"
    assert {one.role for one in running.roster.person(there.person).roles} == {"sponsor-investigator", "coordinator"}
    assert Client().post(link_in(first), {"password": PASSWORD, "again": PASSWORD}).status_code == 200


def test_an_administrator_of_one_site_gets_a_new_link_for_one_of_that_site(running: Any, of_one_site: Any) -> None:
    told = {"name": "N. Nurse", "email": "nurse@hospital.org", "granted": "coordinator", "site": running.site_ids[0]}
    for granted in ("coordinator", "pharmacist"):
        assert "/sign-in/invitation/" in invited(of_one_site, running, **{**told, "granted": granted}).content.decode()


@pytest.mark.parametrize("study", ["{study}", "another-study"])
def test_nobody_is_invited_as_the_first_administrator_of_a_study(running: Any, study: str) -> None:
    """That login is made where a study is served, by its e-mail: whoever sets its password has the whole study."""
    from trialwright.adapters.edc.models import Account
    from trialwright.adapters.edc.people.first import EMAIL

    email = EMAIL.format(study=study.format(study=running.id))
    told = {"name": "N. Nurse", "email": email, "granted": "coordinator", "site": running.site_ids[0]}
    answer = invited(signed_in("administrator"), running, **told)
    assert (answer.status_code, "/sign-in/invitation/" in answer.content.decode()) == (422, False)
    assert not Account.objects.filter(email=email).exists()


def test_a_link_that_was_not_used_is_good_no_more_once_the_person_is_deactivated(running: Any, clock: Clock) -> None:
    administrator, someone = signed_in("administrator"), Someone(clock)
    told = {"name": "N. Nurse", "email": someone.email, "granted": "coordinator", "site": running.site_ids[0]}
    page = invited(administrator, running, **told).content.decode()
    someone.link = type("Link", (), {"path": link_in(page)})()  # type: ignore[assignment]
    at = f"/{running.id}/people/{someone.account.person}/"
    for action in ("deactivate", "reactivate"):
        assert administrator.post(at, {"action": action, "why": "a while at another hospital"}).status_code == 302
    assert someone.set_password().status_code == 404
    someone.sign_in()
    assert not in_of(someone.client)
