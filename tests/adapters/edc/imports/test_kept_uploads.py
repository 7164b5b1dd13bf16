"""What is kept of an upload between two pages, where several processes keep and sweep at once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from trialwright.adapters.edc.imports import kept

AN_UPLOAD = {"source": "laboratory", "person": "p1", "study": "a", "key": "k"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running: object) -> Path:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    return kept._folder()


def test_an_upload_is_kept_while_another_process_takes_away_what_is_old(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.iterdir

    def and_one_that_is_gone(self: Path) -> Iterator[Path]:
        yield from whole(self)
        yield self / "taken-away-by-another-process"

    monkeypatch.setattr(Path, "iterdir", and_one_that_is_gone)
    name = kept.keep(kept.Kept(**AN_UPLOAD, files={"file": b"1"}))
    assert kept.fetch(name, "p1", "a").files == {"file": b"1"}


def test_what_is_older_than_its_hour_is_taken_away_and_the_oldest_beyond_a_number(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_AT_ONCE", 3)
    names = [kept.keep(kept.Kept(**AN_UPLOAD, files={})) for _ in range(4)]
    for age, name in enumerate(names):
        os.utime(folder / name, (time.time() - 100 + age,) * 2)
    old = time.time() - kept.HOLDS_FOR - 1
    os.utime(folder / names[3], (old, old))
    last = kept.keep(kept.Kept(**AN_UPLOAD, files={}))
    assert {one.name for one in folder.iterdir()} == {*names[:3], last}
    kept.keep(kept.Kept(**AN_UPLOAD, files={}), last)
    assert {one.name for one in folder.iterdir()} == {*names[1:3], last}
