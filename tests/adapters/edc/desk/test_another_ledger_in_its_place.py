"""A ledger that is cut, replaced or taken away under a running server is never a study that was not begun."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from trialwright.store import verify
from trialwright.store.errors import LedgerDamaged, LedgerError

SAVED_LATER = "Asked after the copy was made?"


class Served:
    """A study served, with a copy of its ledger from before the last save."""

    def __init__(self, opened: Any, place: Path) -> None:
        from adapters.edc.desk.test_saving import desk_of, own_and_other, question

        self.opened, self.file, self.older = opened, opened.folder / "trial.sqlite3", place / "older.sqlite3"
        self.own, site, _ = own_and_other(opened)
        self.desk = lambda: desk_of(opened, "coordinator", site)
        self.question = question
        opened.close()
        self._copy()
        self.before = opened.record.last_seq
        self.ask("one")

    def _copy(self) -> None:
        import sqlite3

        with sqlite3.connect(self.file) as there, sqlite3.connect(self.older) as here:
            there.backup(here)

    def ask(self, key: str) -> Any:
        desk = self.desk()
        return desk.save([self.question(desk, self.own)], key)


@pytest.fixture
def served(running: Any, tmp_path: Path) -> Served:
    return Served(running, tmp_path)


def test_an_older_copy_put_in_its_place_is_read_anew_and_written_to(served: Served) -> None:
    opened = served.opened
    opened.catch_up()
    assert opened.record.last_seq == served.before + 1
    opened.close()
    for rest in ("-wal", "-shm"):
        Path(f"{served.file}{rest}").unlink(missing_ok=True)
    served.older.replace(served.file)
    opened.catch_up()
    assert opened.record.last_seq == served.before
    assert served.ask("two").seqs == (served.before + 1,)
    opened.catch_up()
    assert opened.record.last_seq == served.before + 1
    assert verify(opened.folder).code == 0


def test_a_connection_that_stands_open_is_let_go_with_the_file_it_is_of(served: Served) -> None:
    """What would be written to a file that has no name any more is lost with the process."""
    opened = served.opened
    opened.reader()
    Path(f"{served.file}-wal").unlink(missing_ok=True)
    Path(f"{served.file}-shm").unlink(missing_ok=True)
    served.older.replace(served.file)
    receipt = served.ask("three")
    opened.close()
    assert receipt.seqs == (served.before + 1,)
    assert [one.seq for one in opened.reader().events(subject=served.own)][-1] == served.before + 1


def test_a_shorter_ledger_in_the_same_file_is_read_anew(served: Served) -> None:
    opened = served.opened
    opened.close()
    for rest in ("-wal", "-shm"):
        Path(f"{served.file}{rest}").unlink(missing_ok=True)
    shutil.copyfile(served.older, served.file)
    opened.catch_up()
    assert opened.record.last_seq == served.before


def test_a_ledger_that_is_gone_is_said_to_be_and_none_is_begun_in_its_place(served: Served) -> None:
    opened = served.opened
    opened.close()
    for file in opened.folder.glob("trial.sqlite3*"):
        file.unlink()
    with pytest.raises(LedgerDamaged, match="gone"):
        opened.catch_up()
    with pytest.raises(LedgerError, match="gone"):
        served.ask("four")
    assert not served.file.exists()


@pytest.mark.parametrize("size", [100, 4096, 40_960])
def test_a_ledger_that_was_cut_is_not_one_that_holds_nothing(served: Served, size: int) -> None:
    from trialwright.adapters.edc.desk.opened import OpenStudy

    served.opened.close()
    for rest in ("-wal", "-shm"):
        Path(f"{served.file}{rest}").unlink(missing_ok=True)
    with served.file.open("r+b") as file:
        file.truncate(size)
    again = OpenStudy(served.opened.folder, loaded=served.opened.loaded)
    with pytest.raises(LedgerError):
        again.catch_up()
    again.close()


def test_a_page_of_a_study_whose_ledger_is_gone_says_so(served: Served) -> None:
    from adapters.edc.conftest import signed_in

    client = signed_in("data manager")
    served.opened.close()
    for file in served.opened.folder.glob("trial.sqlite3*"):
        file.unlink()
    answer = client.get(f"/{served.opened.id}/today/")
    assert answer.status_code == 503
    assert "gone" in answer.content.decode()


def test_a_save_between_the_look_at_its_ends_and_the_lock_is_no_other_ledger(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = served.opened
    opened.catch_up()
    looked = [opened._ends(opened.reader())]
    served.ask("five")
    real = opened._ends
    monkeypatch.setattr(opened, "_ends", lambda reader: looked.pop() if looked else real(reader))
    known, last = opened._known, opened.record.last_seq
    opened.catch_up()
    assert opened._known is known
    assert opened.record.last_seq == last


def test_while_another_ledger_is_read_nobody_is_answered_from_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, seen = served.opened, []
    opened.close()
    served.older.replace(served.file)
    real = opened._take_in

    def take_in(*told: Any) -> None:
        seen.append((opened.record.last_seq, len(opened.roster.persons)))
        real(*told)

    monkeypatch.setattr(opened, "_take_in", take_in)
    opened.catch_up()
    ((last, persons),) = seen
    assert last == served.before + 1
    assert persons > 0
