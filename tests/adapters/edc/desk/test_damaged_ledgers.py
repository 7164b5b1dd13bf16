"""A ledger that is damaged, gone or held by somebody else: what a start says, and that no save is said to be in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
from trialwright.adapters.edc.people import demonstration
from trialwright.store.errors import LedgerDamaged, LedgerError, Unreadable

FILE = "trial.sqlite3"
Damage = Callable[[Path], None]


@contextmanager
def unguarded(file: Path) -> Iterator[sqlite3.Connection]:
    """The file as whoever owns the machine can write it: without what stops a change, which is put back."""
    with closing(sqlite3.connect(file)) as database, database:
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        yield database
        for _, sql in guards:
            database.execute(sql)


def shortened(size: int) -> Damage:
    def damage(folder: Path) -> None:
        with (folder / FILE).open("r+b") as file:
            file.truncate(size)

    return damage


def one_value_changed(folder: Path) -> None:
    with unguarded(folder / FILE) as database:
        rows = database.execute("SELECT rowid, body FROM ledger_payload").fetchall()
        row, body = next((row, body) for row, body in rows if "10*9/L" in body)
        changed = body.replace("10*9/L", "10*8/L", 1)
        database.execute("UPDATE ledger_payload SET body = ? WHERE rowid = ?", (changed, row))


def the_last_event_cut_off(folder: Path) -> None:
    with unguarded(folder / FILE) as database:
        database.execute("DELETE FROM ledger_event WHERE rowid = (SELECT max(rowid) FROM ledger_event)")


def gone(folder: Path) -> None:
    (folder / FILE).unlink()


@pytest.fixture
def stopped(running: Any) -> Path:
    """The folder of a study that is not served, its ledger all in one file."""
    with closing(sqlite3.connect(running.folder / FILE)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    running.close()
    for beside in running.folder.glob(f"{FILE}-*"):
        beside.unlink()
    return Path(running.folder)


def start(folder: Path) -> list[str]:
    from trialwright.adapters.edc.starting import prepare

    return prepare([folder], "http://localhost/")


def know_somebody() -> None:
    """An account of a real person, as stands beside the ledger of every study that was begun."""
    from trialwright.adapters.edc.people.inviting import new_account, new_person

    new_account("nurse@hospital.org", new_person())


@pytest.mark.parametrize(
    ("damage", "wrong"),
    [
        (shortened(100), Unreadable),
        (shortened(4096), Unreadable),
        (shortened(100_000), Unreadable),
        (one_value_changed, LedgerDamaged),
        (the_last_event_cut_off, LedgerDamaged),
    ],
    ids=["100 bytes left", "one page left", "a part left", "one value changed", "the end cut off"],
)
def test_a_damaged_ledger_is_not_served_and_nobody_is_offered_to_begin_anew(
    stopped: Path, damage: Damage, wrong: type[LedgerError]
) -> None:
    damage(stopped)
    before = (stopped / FILE).read_bytes()
    with pytest.raises(wrong, match="ledger verify"):
        start(stopped)
    assert (stopped / FILE).read_bytes() == before, "what is left of it is left as it is"


@pytest.mark.parametrize("damage", [gone, shortened(0)], ids=["gone", "empty"])
def test_a_ledger_that_is_gone_is_not_taken_for_a_study_that_begins(stopped: Path, damage: Damage) -> None:
    know_somebody()
    damage(stopped)
    with pytest.raises(LedgerDamaged, match="gone or empty, and 1 person can sign in"):
        start(stopped)


def test_a_study_that_begins_offers_its_link_each_time_until_it_is_used(stopped: Path) -> None:
    gone(stopped)
    for _ in range(2):
        assert any("invitation" in line for line in start(stopped))


def saved(opened: Any) -> Any:
    """The answer to an entry into the training log."""
    person = demonstration.account_of("coordinator").person
    told = {"person": person, "training": "dry ice", "on": opened.today.isoformat()}
    return signed_in("administrator").post(f"/{opened.id}/people/log/", told)


@pytest.mark.parametrize("damage", [the_last_event_cut_off, shortened(4096)], ids=["the end cut off", "one page left"])
def test_under_a_running_server_a_save_on_a_damaged_ledger_is_not_said_to_be_in(running: Any, damage: Damage) -> None:
    damage(running.folder)
    answer = saved(running)
    assert (answer.status_code, "Nothing was saved" in answer.content.decode()) == (503, True)


def test_while_somebody_else_holds_the_ledger_pages_open_and_a_save_says_that_it_is_not_in(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialwright.store.engines.sqlite.SECONDS_TO_WAIT_FOR_THE_LOCK", 0.2)
    client = signed_in("data manager")
    administrator, person = signed_in("administrator"), demonstration.account_of("coordinator").person
    told = {"person": person, "training": "dry ice", "on": running.today.isoformat()}
    before = running.reader().ends()
    with closing(sqlite3.connect(running.folder / FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert client.get(f"/{running.id}/today/").status_code == 200
        answer = administrator.post(f"/{running.id}/people/log/", told)
        other.execute("ROLLBACK")
    assert (answer.status_code, "Nothing was saved" in answer.content.decode()) == (503, True)
    assert running.reader().ends() == before
    assert administrator.post(f"/{running.id}/people/log/", told).status_code == 302


def asked(opened: Any) -> tuple[Path, dict[str, Any]]:
    """Where a verification is told, and what stands there once the data manager asked for one."""
    from trialwright.adapters.edc.oversight import checks

    return checks.state_file(opened), checks.asked(opened, "Data manager")


def verified(opened: Any) -> None:
    """The ledger is verified as its page begins it, here and not in a process of its own."""
    from trialwright.adapters.edc.oversight import checker

    state, told = asked(opened)
    checker.write(state, told)
    checker.main(opened.folder, state)


def test_once_a_verification_found_damage_every_page_says_so_until_another_finds_none(running: Any) -> None:
    client, says = signed_in("investigator", running.site_ids[0]), "is not as it was written: data may be altered"
    subject = next(name for name, one in running.record.subjects.items() if one.site == running.site_ids[0])
    pages = [f"/{running.id}/today/", f"/{running.id}/subjects/{subject}/forms/"]

    def told() -> list[bool]:
        return [says in client.get(page).content.decode() for page in pages]

    verified(running)
    assert told() == [False, False]
    whole = running.folder.parent / "whole"
    with closing(sqlite3.connect(running.folder / FILE)) as database, closing(sqlite3.connect(whole)) as copy:
        database.backup(copy)
    one_value_changed(running.folder)
    assert told() == [False, False], "nobody looked yet"
    verified(running)
    assert told() == [True, True]
    with closing(sqlite3.connect(running.folder / FILE)) as database, closing(sqlite3.connect(whole)) as copy:
        copy.backup(database)
    assert told() == [True, True], "put right, and not verified again"
    verified(running)
    assert told() == [False, False]


def test_damage_found_in_one_ledger_is_not_said_of_another_of_the_same_study(serve: Any, tmp_path: Path) -> None:
    from trialwright.adapters.edc.desk import serve_study

    first = serve()
    says = "is not as it was written: data may be altered"
    page = f"/{first.id}/today/"
    other = tmp_path / "other"
    copytree(first.folder, other)

    def told() -> bool:
        return says in signed_in("investigator", first.site_ids[0]).get(page).content.decode()

    one_value_changed(first.folder)
    verified(first)
    assert told()
    first.close()
    second = serve_study(other)
    second.catch_up()
    assert not told(), "it was never verified"
    one_value_changed(other)
    verified(second)
    assert told()


@pytest.mark.parametrize("goes", ["waiting", "working", "failed"])
def test_damage_that_was_found_is_said_while_the_next_verification_goes_on_and_when_it_comes_to_grief(
    running: Any, goes: str
) -> None:
    from trialwright.adapters.edc.oversight import checker

    client, says = signed_in("data manager"), "is not as it was written: data may be altered"
    one_value_changed(running.folder)
    verified(running)
    state, told = asked(running)
    checker.write(state, told | {"state": goes})
    assert says in client.get(f"/{running.id}/today/").content.decode()
