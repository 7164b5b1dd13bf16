"""How people sign in goes along with a backup, as a secret of its own, and nobody is signed in by putting it back."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from signing_in import PASSWORD, Clock, Someone

ROW = {"edc_account", "edc_invitation", "edc_token", "mfa_authenticator"}


@pytest.fixture
def someone(running: Any, monkeypatch: pytest.MonkeyPatch) -> Someone:
    """A person who has set a password and an authenticator app, and is signed in."""
    return Someone(Clock(monkeypatch)).arrive()


def kept(running: Any, place: Path) -> Path:
    from trialwright.store.keeping.backup import backup

    (running.folder / "accounts.key").write_text("the key of this test")
    return backup(running.folder, place).path


@pytest.fixture
def restored(running: Any, someone: Someone, tmp_path: Path) -> Iterator[Path]:
    """The folder of a backup that was put back, whose accounts are those of this process from here on."""
    from adapters.edc.conftest import accounts_in
    from trialwright.store.keeping.restore import restore

    to = restore(kept(running, tmp_path / "backups"), tmp_path / "restored").path
    accounts_in(to)
    yield to
    accounts_in(running.folder)


def test_the_accounts_are_a_part_of_their_own_that_nobody_else_can_read(
    running: Any, someone: Someone, tmp_path: Path
) -> None:
    from trialwright.adapters.edc.models import Account

    made = kept(running, tmp_path)
    part = made / "accounts"
    assert {one.name for one in part.iterdir()} == {"accounts.jsonl", "accounts.key"}
    assert [stat.S_IMODE(one.stat().st_mode) for one in (part, *part.iterdir())] == [0o700, 0o600, 0o600]
    assert not [one for one in (made / "study").rglob("*") if one.name.startswith("accounts")]
    rows = [json.loads(line) for line in (part / "accounts.jsonl").read_text().splitlines()]
    assert {one["table"] for one in rows} <= ROW
    assert sum(one["table"] == "edc_account" for one in rows) == Account.objects.count()
    assert json.loads((made / "backup.json").read_text())["accounts"] == Account.objects.count()
    assert PASSWORD not in (part / "accounts.jsonl").read_text()


def test_who_was_there_signs_in_again_with_both_components_and_nobody_is_signed_in(
    restored: Path, someone: Someone
) -> None:
    from django.contrib.sessions.models import Session

    from trialwright.adapters.edc.models import Account, Token
    from trialwright.adapters.edc.people.keeping import take_in

    (said,) = take_in(restored)
    assert said.startswith(f"{Account.objects.count()} people can sign in")
    assert not (restored / "accounts.jsonl").exists() and Session.objects.count() == 0
    assert someone.client.get("/account/").status_code == 302
    someone.clock.pass_(60)
    assert someone.sign_in().status_code == 302
    assert someone.second_step().status_code == 302
    assert someone.client.get("/account/").status_code == 200
    fresh = Account.objects.create(person="p-new", email="new@hospital.org")
    assert fresh.pk > someone.account.pk and Token.objects.filter(account=fresh).count() == 0


def test_accounts_that_are_there_are_not_mixed_with_those_of_a_backup(restored: Path) -> None:
    from trialwright.adapters.edc.models import Account
    from trialwright.adapters.edc.people.keeping import take_in

    Account.objects.create(person="p-1", email="somebody@hospital.org")
    (said,) = take_in(restored)
    assert "left as it is" in said and (restored / "accounts.jsonl").exists()
    assert Account.objects.count() == 1


def test_a_backup_whose_accounts_are_kept_elsewhere_is_still_put_back(
    running: Any, someone: Someone, tmp_path: Path
) -> None:
    from trialwright.store.keeping.restore import restore

    made = kept(running, tmp_path / "backups")
    shutil.rmtree(made / "accounts")
    assert not (restore(made, tmp_path / "restored").path / "accounts.jsonl").exists()


def test_accounts_that_were_changed_in_the_backup_are_not_put_back(
    running: Any, someone: Someone, tmp_path: Path
) -> None:
    from trialwright.store.keeping.backup import NotKept
    from trialwright.store.keeping.restore import restore

    made = kept(running, tmp_path / "backups")
    (made / "accounts" / "accounts.jsonl").write_text("")
    with pytest.raises(NotKept):
        restore(made, tmp_path / "restored")


def test_a_server_says_the_same_of_its_accounts_as_a_file(
    running: Any, someone: Someone, on_postgres: str, tmp_path: Path, moved: Callable[[], None]
) -> None:
    from trialwright.adapters.edc.people.keeping import take_in
    from trialwright.store.keeping.accounts import LINES, copy_accounts

    from_file, from_server = tmp_path / "file", tmp_path / "server"
    for one in (from_file, from_server):
        one.mkdir()
    with pytest.MonkeyPatch.context() as without:
        without.delenv("TRIALWRIGHT_DATABASE_URL")
        number = copy_accounts(running.folder, from_file)
    shutil.copy(from_file / "accounts" / LINES, running.folder / LINES)
    moved()
    assert len(list(take_in(running.folder))) == 1
    assert copy_accounts(running.folder, from_server) == number
    assert comparable(from_server) == comparable(from_file)


def comparable(place: Path) -> list[dict[str, Any]]:
    """The rows with instants and truth values as one engine says them."""
    rows = [json.loads(line) for line in (place / "accounts" / "accounts.jsonl").read_text().splitlines()]
    return [{name: as_one(value) for name, value in row.items()} for row in rows]


def as_one(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    return int(value) if isinstance(value, bool) else value


@pytest.fixture
def moved() -> Iterator[Callable[[], None]]:
    """Let `default` be the accounts of the server, until the test is over."""
    from django.db import connections

    from trialwright.adapters.edc.settings import accounts_database
    from trialwright.adapters.edc.starting import prepare_accounts

    before = connections.settings["default"]

    def move() -> None:
        connections["default"].close()
        connections.settings["default"] = {**before, **accounts_database(None)}
        del connections["default"]
        prepare_accounts()

    yield move
    connections["default"].close()
    connections.settings["default"] = before
    del connections["default"]
