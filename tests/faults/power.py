"""Power failure at any moment: the real writer is traced, and its writes are replayed up to each of many points.

At each point a disk is built as `disk` says; it is opened as after a restart, checked, verified and compared with what
had been acknowledged by then. With the two pairs of settings that the ledger starts on, nothing acknowledged is lost
and nothing is corrupt. Controls: WAL with synchronous=NORMAL, and the rollback journal with FULL (what Python and
Django use by themselves), lose acknowledged saves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from faults.disk import CALLS, Call, Disk, calls_of
from faults.evidence import PROJECT, Evidence
from faults.settings import use_settings
from faults.study import STUDY, founded, save
from trialwright.store import open_study, verify
from trialwright.store.database import FILE_NAME
from trialwright.store.errors import LedgerError

QUICK = {"points": 40, "control": 60, "saves": 9, "sittings": 2}
FULL = {"points": 5000, "control": 1000, "saves": 60, "sittings": 4}
SAFE = (("WAL", "FULL"), ("DELETE", "EXTRA"))
UNSAFE = (("WAL", "NORMAL"), ("DELETE", "FULL"))
HOW = ("nothing", "everything", "some", "some")
PAGES_BETWEEN_CHECKPOINTS = 40  # many more of them than usual, since that is where a log is dangerous


def prove(size: str, seed: int = 1) -> Evidence:
    """The proof for both safe pairs, then the controls."""
    sizes = FULL if size == "full" else QUICK
    evidence = Evidence("power", size, seed)
    if shutil.which("strace") is None:
        evidence.not_run.append("power: strace, which the writes are traced with, is not on this machine")
        return evidence
    for journal, synchronous in SAFE:
        found = explored(journal, synchronous, sizes, sizes["points"], seed)
        evidence.figures[f"{journal}/{synchronous}"] = found
        evidence.check(f"{journal}/{synchronous}: no acknowledged save is lost", not found["lost"], **found)
        evidence.check(f"{journal}/{synchronous}: nothing is corrupt", not found["corrupt"], corrupt=found["corrupt"])
    for journal, synchronous in UNSAFE:
        found = explored(journal, synchronous, sizes, sizes["control"], seed)
        evidence.control(f"{journal}/{synchronous} loses acknowledged saves", found["lost"] > 0, **found)
    if size == "full":  # too few points in the quick tier to be sure of one
        found = explored("WAL", "OFF", sizes, sizes["control"], seed)
        evidence.control("WAL/OFF corrupts the file", found["corrupt"] > 0, **found)
    return evidence


def explored(journal: str, synchronous: str, sizes: dict[str, int], points: int, seed: int) -> dict[str, Any]:
    """Trace one run of the writer, then fail the power at so many points of it."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        disk = Disk.of(founded(place / "study"))
        calls = traced(place, journal, synchronous, sizes)
        counts, found = Counter(call.what for call in calls), Counter[str]()
        with tempfile.TemporaryDirectory(dir=fast()) as found_in:
            for number, failed in enumerate(failures(disk, calls, points, Random(seed))):
                found[judged(Path(found_in) / "found", *failed, append=number % 25 == 0)] += 1
    return {"points": sum(found.values()), "lost": found["lost"], "corrupt": found["corrupt"], "calls": dict(counts)}


def fast() -> str | None:
    """A folder in memory to build disks in, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


# --- the writer under strace ----------------------------------------------------------------------------------------


def traced(place: Path, journal: str, synchronous: str, sizes: dict[str, int]) -> list[Call]:
    """The calls of a run of the real writer; it acknowledges each save by a line of a file of its own."""
    trace, acknowledged = place / "trace", place / "acknowledged"
    strace = ["strace", "-f", "-y", "-xx", "-s", "1000000", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", str(trace)]
    sittings, saves = str(sizes["sittings"]), str(sizes["saves"])
    writer = [sys.executable, "-m", "faults.power", str(place / "study"), str(acknowledged), journal, synchronous]
    subprocess.run([*strace, *writer, sittings, saves], env=environment(), check=True, timeout=600)
    return list(calls_of(trace, place / "study", acknowledged))


def environment() -> dict[str, str]:
    """Where the traced program finds the proofs, and its ledger in a file."""
    paths = os.pathsep.join([str(PROJECT / "tests"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": paths, "TRIALWRIGHT_DATABASE_URL": ""}


def write(folder: Path, acknowledged: Path, journal: str, synchronous: str, sittings: int, saves: int) -> None:
    """The traced program: so many sittings, each opening the ledger anew, of so many saves."""
    use_settings(journal, synchronous, f";PRAGMA wal_autocheckpoint={PAGES_BETWEEN_CHECKPOINTS}")
    told = os.open(acknowledged, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for sitting in range(sittings):
        with open_study(folder, study=STUDY) as ledger:
            for number in range(saves):
                key = f"s{sitting}-{number}"
                receipt = ledger.append(save(key, f"S01-{number % 5:03d}", 1000 + number))
                os.write(told, f"{key} {receipt.head}\n".encode())


# --- the disks ------------------------------------------------------------------------------------------------------


def failures(
    disk: Disk, calls: list[Call], points: int, chance: Random
) -> Iterator[tuple[dict[str, bytes], dict[str, str]]]:
    """The folder as found at each of the points, with what had been acknowledged by then."""
    times = Counter(chance.randrange(len(calls)) for _ in range(points))
    acknowledged: dict[str, str] = {}
    for place, call in enumerate(calls):
        if call.what == "ack":
            key, head = call.data.decode().split()
            acknowledged[key] = head
        else:
            disk.apply(call)
        for _ in range(times[place]):
            yield disk.after_power_failure(chance.choice(HOW), chance), dict(acknowledged)


def judged(folder: Path, files: dict[str, bytes], acknowledged: dict[str, str], append: bool) -> str:
    """Open the folder as found after the power came back: "whole", "lost" or "corrupt"."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        there = recovered(folder)
        if append:
            with open_study(folder, study=STUDY) as ledger:
                ledger.append(save("next", "S01-001", 1500))
        if there is None or verify(folder).code:
            return "corrupt"
        return "whole" if all(there.get(key) == head for key, head in acknowledged.items()) else "lost"
    except LedgerError:
        return "corrupt"
    finally:
        shutil.rmtree(folder)


def recovered(folder: Path) -> dict[str, str] | None:
    """(key, hash) of each event after the database's own recovery; None where its pages are damaged."""
    from django.db.backends.sqlite3.base import Database

    connection = Database.connect(folder / FILE_NAME)
    try:
        rows = connection.execute("SELECT submission_id, hash FROM ledger_event ORDER BY seq").fetchall()
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    except Database.DatabaseError:
        return None
    finally:
        connection.close()
    return {key: bytes(digest).hex() for key, digest in rows} if sound else None


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:5], *map(int, sys.argv[5:7]))
