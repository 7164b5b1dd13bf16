"""Refused sign-ins are on the administrator's Today once they are as many as lock a login; nobody else is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from signing_in import Clock, Someone
from trialwright.core.ledger import PersonNamed

NAME, LATE = "Nadia Nurse", "signed in since: ask whether it was them"


@pytest.fixture
def someone(running: Any, monkeypatch: pytest.MonkeyPatch) -> Someone:
    """A person of the study who has signed in once."""
    from trialwright.adapters.edc.people.told import said, tell

    one = Someone(Clock(monkeypatch)).arrive()
    tell(running, [said(running, PersonNamed, person=one.account.person, name=NAME)])
    return one


@pytest.mark.parametrize(("times", "told"), [(4, False), (5, True)])
def test_an_administrator_sees_a_login_that_was_refused_five_times(
    running: Any, client_of: Callable[..., Any], someone: Someone, times: int, told: bool
) -> None:
    from django.test import Client

    for _ in range(times):
        someone.sign_in("quite another password", Client())
    today = client_of("administrator").get(f"/{running.id}/today/").content.decode()
    assert (f"{NAME}: refused {times} times within a week" in today) is told
    assert LATE not in today
    assert NAME not in client_of("monitor").get(f"/{running.id}/today/").content.decode()


def test_who_came_in_after_all_is_told_as_such(running: Any, client_of: Callable[..., Any], someone: Someone) -> None:
    from django.test import Client

    for _ in range(5):
        someone.sign_in("quite another password", Client())
    someone.clock.pass_(16 * 60)
    someone.come_back()
    assert LATE in client_of("administrator").get(f"/{running.id}/today/").content.decode()
