"""Whatever a person sets or removes to sign in with stands in the ledger; where it cannot, it is as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from signing_in import PASSWORD, Someone, in_of
from trialwright.core.ledger import AccessChanged
from trialwright.store.errors import DiskFull

ANOTHER = "another four words here"


@pytest.fixture
def arrived(someone: Someone) -> Someone:
    """Somebody who is signed in, since two minutes."""
    return someone.arrive()


def told(running: Any, someone: Someone) -> list[str]:
    events = running.reader().events(chain_id="system")
    return [
        f"{one.what} {one.how}"
        for one in events
        if isinstance(one, AccessChanged) and one.person == one.actor == someone.account.person
    ]


def new_password(someone: Someone) -> Any:
    form = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    return someone.client.post("/account/password/", form)


def new_codes(someone: Someone) -> Any:
    return someone.client.post("/account/second-step/codes/new/")


def app_removed(someone: Someone) -> Any:
    """The app goes, where a passkey is there."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=someone.account, type=Authenticator.Type.WEBAUTHN, data={"name": "a key"})
    return someone.client.post("/account/second-step/app/remove/")


def test_the_first_password_and_the_app_are_told_and_nothing_of_either(running: Any, arrived: Someone) -> None:
    assert told(running, arrived) == ["password set", "authenticator app set", "recovery codes set"]
    kept = str([vars(one) for one in running.reader().events(chain_id="system")])
    assert PASSWORD not in kept and arrived.secret not in kept


@pytest.mark.parametrize(
    ("change", "says"),
    [(new_password, "password set"), (new_codes, "recovery codes set"), (app_removed, "authenticator app removed")],
)
def test_a_change_is_told(
    running: Any, arrived: Someone, client_of: Callable[..., Any], change: Callable[[Someone], Any], says: str
) -> None:
    invitation = {"name": "N. Nurse", "email": arrived.email, "granted": "monitor", "site": ""}
    assert client_of("administrator").post(f"/{running.id}/people/invite/", invitation).status_code == 302
    before = told(running, arrived)
    assert change(arrived).status_code == 302
    assert told(running, arrived) == [*before, says]
    what, _, how = says.rpartition(" ")
    trail = client_of("auditor").get(f"/{running.id}/audit/?kind=AccessChanged").content.decode()
    assert what in trail and how in trail


@pytest.mark.parametrize("change", [new_password, new_codes, app_removed])
def test_a_change_that_cannot_be_told_is_none(
    running: Any, arrived: Someone, monkeypatch: pytest.MonkeyPatch, change: Callable[[Someone], Any]
) -> None:
    from allauth.mfa.models import Authenticator

    from trialwright.adapters.edc.models import Account
    from trialwright.adapters.edc.people import adapters

    def kept() -> list[Any]:
        own = Authenticator.objects.filter(user=arrived.account, type__in=("totp", "recovery_codes")).order_by("pk")
        return [Account.objects.get(pk=arrived.account.pk).password, *own.values_list("type", "data")]

    def full(*_given: Any, **_named: Any) -> None:
        raise DiskFull("The disk is full.")

    before = kept()
    monkeypatch.setattr(adapters, "tell", full)
    assert change(arrived).status_code == 507
    assert kept() == before
    assert in_of(arrived.client)


def test_a_password_by_a_link_that_cannot_be_told_is_none_and_the_link_stays_good(
    running: Any, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trialwright.adapters.edc.people import adapters

    def full(*_given: Any, **_named: Any) -> None:
        raise DiskFull("The disk is full.")

    with monkeypatch.context() as held:
        held.setattr(adapters, "tell", full)
        assert someone.set_password().status_code == 507
    assert someone.set_password().status_code == 200
    assert someone.sign_in().status_code == 302
