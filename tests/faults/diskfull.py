"""A disk that fills up during saves: each save is refused as 507 or is there, and room is all it takes to go on.

The ledger lies on a file system in memory of a megabyte and a half, which only root can mount. When it is full, saves
are refused; then room is made, and the same process saves on. The control says yes whatever happens.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults.client import Client, Service
from faults.evidence import Evidence
from faults.kill import History, compared
from faults.study import founded

SIZE = "1536k"
BALLAST = 300_000
QUICK = {"saves": 60}
FULL = {"saves": 400}


def prove(size: str, seed: int = 1) -> Evidence:
    """The proof, then its control."""
    saves = (FULL if size == "full" else QUICK)["saves"]
    evidence = Evidence("disk-full", size, seed)
    if lacking := unable():
        evidence.not_run.append(f"disk-full: {lacking}")
        return evidence
    first, after, found = filled(saves, "none")
    evidence.figures |= {"answers while it filled up": dict(first), "after room was made": dict(after)}
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]))
    evidence.check("no save is there twice", not found["twice"], twice=len(found["twice"]))
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
    evidence.check("a full disk is told as 507, and nothing else is", set(first) == {200, 507}, answers=dict(first))
    evidence.check("with room the same process saves on", set(after) == {200}, answers=dict(after))
    _, _, found = filled(saves, "says yes whatever happens")
    evidence.control("a service that says yes whatever happens loses", bool(found["lost"]), lost=len(found["lost"]))
    return evidence


def unable() -> str:
    """Why a small disk cannot be made here, or nothing."""
    if shutil.which("mount") is None:
        return "there is no mount command on this machine"
    try:
        with small_disk():
            return ""
    except subprocess.CalledProcessError:
        return "mounting a small file system needs root"


@contextmanager
def small_disk(size: str = SIZE) -> Iterator[Path]:
    """A file system of a few pages, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as name:
        options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", name]
        subprocess.run(["mount", *options], check=True, capture_output=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def filled(saves: int, fault: str) -> tuple[Counter[int], Counter[int], dict[str, Any]]:
    """Save until the disk has been full for a while, make room, save again, compare."""
    with small_disk() as disk:
        history, ballast = History(), disk / "ballast"
        folder = founded(disk / "study")
        ballast.write_bytes(bytes(BALLAST))
        with Service(folder, threads=2, fault=fault) as service:
            first = answers(service.port, "full", saves, history)
            ballast.unlink()
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True, capture_output=True)
            after = answers(service.port, "room", saves // 4, history)
        return first, after, compared(folder, history)


def answers(port: int, prefix: str, saves: int, history: History) -> Counter[int]:
    """What a client hears to so many saves."""
    client, heard = Client(port), Counter[int]()
    for number in range(saves):
        key = f"{prefix}-{number}"
        got = client.save(key, f"S01-{number % 5:03d}", 1000 + number, "u1")
        heard[got.status] += 1
        history.note(key, got)
    client.close()
    return heard
