"""Ready-made logins open simulated data, one for each role and site, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from trialwright.adapters.edc.access.roles import CENTRAL_ROLES, SITE_ROLES, Role
from trialwright.adapters.edc.people import demonstration
from trialwright.core.people import ROLES
from trialwright.store.errors import WrongKind


def test_the_roles_of_the_pages_are_those_of_the_ledger() -> None:
    assert tuple(role.value for role in Role) == ROLES


def test_there_is_a_login_for_each_role_and_site_with_its_role_from_the_ledger(running: Any) -> None:
    from trialwright.adapters.edc.models import Account

    expected = {(role.value, None) for role in CENTRAL_ROLES}
    expected |= {(role.value, site) for role in SITE_ROLES for site in running.site_ids}
    found = set()
    for account in Account.objects.all():
        grants = running.roster.grants(account.person, running.today)
        assert account.demonstration and grants, account.email
        found |= {(grant.role, grant.site) for grant in grants}
    assert found == expected


def test_everybody_who_acted_in_the_rehearsal_has_a_name_by_role_and_site(running: Any) -> None:
    actors = {event.actor for record in running.record.subjects.values() for event in record.log or ()}
    assert actors
    for actor in actors:
        assert any(running.roster.name(actor).startswith(role.value.capitalize()) for role in Role)


def test_making_them_again_writes_nothing(running: Any) -> None:
    before = running.reader().ends()
    demonstration.prepare(running)
    assert running.reader().ends() == before


@pytest.mark.parametrize("kind", ["real", ""], ids=["real data", "a study that is not opened yet"])
def test_none_is_made_over_data_that_are_not_simulated(running: Any, kind: str) -> None:
    from trialwright.adapters.edc.models import Account

    other = SimpleNamespace(record=SimpleNamespace(kind=kind), study_id="REAL")
    before = Account.objects.count()
    with pytest.raises(WrongKind, match="simulated data alone"):
        demonstration.prepare(other)  # type: ignore[arg-type]
    assert Account.objects.count() == before


def test_neither_a_session_nor_a_token_nor_a_calendar_address_of_theirs_is_good_over_real_data(running: Any) -> None:
    """Accounts that were copied along from a rehearsal to data that are real."""
    from datetime import timedelta

    from django.test import Client

    from trialwright.adapters.edc.people import tokens
    from trialwright.adapters.edc.people.inviting import now

    account, client = demonstration.account_of("data manager"), Client()
    demonstration.enter(client, account)
    until = now() + timedelta(days=1)
    secrets = {scope: tokens.issue(account, running, "carried along", scope, until) for scope in ("read", "calendar")}

    def answers() -> list[int]:
        program = {"HTTP_AUTHORIZATION": f"Bearer {secrets['read']}"}
        return [
            client.get(f"/{running.id}/today/").status_code,
            Client().get(f"/api/v1/{running.id}/subjects/", **program).status_code,
            Client().get(reverse("calendar-of", args=(running.id, secrets["calendar"]))).status_code,
        ]

    assert answers() == [200, 200, 200]
    running.record = replace(running.record, kind="real")
    assert answers() == [302, 401, 404]
