"""Restore drills: backups while others save are whole, restore to the same root, and are never quietly older.

While clients save without pause, the ledger is backed up again and again, and each backup is restored into a new place:
what was acknowledged before the backup began is in it, root and projections are those of the copy. A backup that is
older than a note kept elsewhere is refused (exit code 11) and says what is lost. The same study goes from one engine to
the other and back with the same root and the same bytes. Control: a plain copy of the file lacks acknowledged saves.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from unittest import mock

from faults.client import Service
from faults.engines import POSTGRESQL, place, running, unable
from faults.evidence import Evidence
from faults.kill import History, save_on
from faults.study import STUDY, founded, stored
from trialwright.store import open_study, verify
from trialwright.store.checkpoints.emitting import emit
from trialwright.store.checkpoints.sinks import Folder
from trialwright.store.database import FILE_NAME
from trialwright.store.keeping.backup import backup
from trialwright.store.keeping.restore import Loss, restore
from trialwright.store.moving import dump, load

QUICK = {"drills": 2, "pause": 0.3}
FULL = {"drills": 20, "pause": 1.0}
ROLLED_BACK = 11


def prove(size: str, seed: int = 1) -> Evidence:
    """The drills, the rollback, the engines, the control."""
    sizes = FULL if size == "full" else QUICK
    evidence = Evidence("restore", size, seed)
    with tempfile.TemporaryDirectory() as name, own_key(Path(name)):
        where = Path(name)
        folder = founded(where / "study")
        with saving(folder) as history:
            copies = [drill(evidence, where, folder, history, each, sizes["pause"]) for each in range(sizes["drills"])]
            plain_copy(evidence, where, folder, history)
        rolled_back(evidence, where, folder, copies[0])
        between_engines(evidence, where, folder)
    return evidence


@contextmanager
def own_key(where: Path) -> Iterator[None]:
    """The key that signs notes is made here, and not where the operator's is."""
    with mock.patch.dict(os.environ, XDG_CONFIG_HOME=str(where / "configuration"), TRIALWRIGHT_DATABASE_URL=""):
        os.environ.pop("TRIALWRIGHT_CHECKPOINT_KEY", None)
        yield


@contextmanager
def saving(folder: Path) -> Iterator[History]:
    """Two clients save without pause, for as long as the block lasts."""
    history, stop = History(), threading.Event()
    with Service(folder) as service:
        people = [threading.Thread(target=save_on, args=(service.port, each, history, stop)) for each in range(2)]
        for person in people:
            person.start()
        history.wait_for_one_more()
        try:
            yield history
        finally:
            stop.set()
            for person in people:
                person.join()


def drill(evidence: Evidence, where: Path, folder: Path, history: History, number: int, pause: float) -> Path:
    """One backup under load, restored into a new place."""
    time.sleep(pause)
    before, begun = set(history.acknowledged), time.monotonic()
    made = backup(folder, where / "backups")
    after, taken = len(history.acknowledged), time.monotonic()
    restored = restore(made.path, where / f"restored-{number}")
    there = {header["sub"] for header in stored(restored.path)}
    told = {"acknowledged": len(before), "saved meanwhile": after - len(before), "lacking": len(before - there)}
    evidence.check(f"drill {number}: what was acknowledged before the backup is in it", before <= there, **told)
    evidence.check(f"drill {number}: restored to the same root", restored.root == made.root)
    evidence.check(f"drill {number}: with the same projections", projections(made.path) == projections(restored.path))
    evidence.check(f"drill {number}: it verifies", verify(restored.path).ok)
    evidence.figures[f"drill {number}, s"] = {
        "backup": round(taken - begun, 2),
        "restore": round(time.monotonic() - taken, 2),
    }
    return made.path


def projections(folder: Path) -> str:
    """A digest of where the study's streams are said to stand."""
    with closing(sqlite3.connect(f"file:{folder / FILE_NAME}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT * FROM projection_subject WHERE chain_id LIKE 'study:%' ORDER BY chain_id, stream_id"
        ).fetchall()
    return sha256(repr(rows).encode()).hexdigest()


def plain_copy(evidence: Evidence, where: Path, folder: Path, history: History) -> None:
    """The control: the file is copied as files are, while saves go on."""
    lacking, place = 0, where / "plain"
    place.mkdir()
    for _ in range(20):
        before = set(history.acknowledged)
        shutil.copyfile(folder / FILE_NAME, place / FILE_NAME)
        lacking += 1 if verify(place).code else len(before - {header["sub"] for header in stored(place)})
        if lacking:
            break
        time.sleep(0.1)
    evidence.control(
        "a plain copy of the file lacks acknowledged saves, or does not verify", lacking > 0, lacking=lacking
    )


def rolled_back(evidence: Evidence, where: Path, folder: Path, older: Path) -> None:
    """The first backup against a note of the end."""
    notes = where / "notes"
    with open_study(folder, study=STUDY) as ledger:
        evidence.check("a note is kept elsewhere", not emit(ledger, "the drill", [Folder(notes)]).findings)
    code, says = 0, ""
    try:
        restore(older, where / "older", anchors=notes)
    except Loss as loss:
        code, says = loss.verification.code, str(loss)
    evidence.check("an older backup is refused as rolled back, and says from which event on", code == ROLLED_BACK,
                   code=code, says=says[:200])  # fmt: skip
    evidence.check("nothing was put there", not (where / "older").exists())
    accepted = restore(older, where / "accepted", anchors=notes, accept_loss=True)
    evidence.check("accepted, it says what is lost", "lost" in accepted.lost, lost=accepted.lost)
    newest = restore(backup(folder, where / "backups").path, where / "newest", anchors=notes)
    evidence.check("the newest backup passes the same note", newest.lost == "" and newest.compared)


def between_engines(evidence: Evidence, where: Path, folder: Path) -> None:
    """From a file to a server and back."""
    if lacking := unable(POSTGRESQL):
        evidence.not_run.append(f"restore, between engines: {lacking}")
        return
    first, second, third = (where / f"{name}.jsonl" for name in ("file", "server", "back"))
    root = dumped(folder, first)
    with running(POSTGRESQL) as server, place(server) as there:
        load(there.folder, first)
        evidence.check("the same root on a server", dumped(there.folder, second) == root)
        evidence.check("it verifies on the server", verify(there.folder, study=STUDY).ok)
    (where / "again").mkdir()
    load(where / "again", second)
    evidence.check("the same root back in a file", dumped(where / "again", third) == root)
    evidence.check("it verifies in the file", verify(where / "again").ok)
    evidence.check("the same bytes each time", first.read_bytes() == second.read_bytes() == third.read_bytes())
    evidence.check("the same projections", projections(where / "again") == projections(folder))


def dumped(folder: Path, file: Path) -> str:
    """Dump a ledger, and answer with its root."""
    dump(folder, file, study=STUDY)
    with open_study(folder, study=STUDY, read_only=True) as ledger:
        head = ledger.head()
    assert head is not None
    return head.root
