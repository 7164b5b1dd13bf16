"""kill -9 of the serving process during saves: nothing that was acknowledged is lost, nothing is written twice.

Clients save without pause and send the same key again until an answer comes; the server is killed at random moments
and started again. Afterwards each acknowledged key is in the ledger once, at the place and under the id the receipt
named, and the ledger verifies. The control acknowledges before the commit.
"""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.client import Answered, Client, Service
from faults.evidence import Evidence
from faults.study import founded, stored
from trialwright.store import verify

QUICK = {"kills": 8, "clients": 3, "control": 3, "twice": 12}
FULL = {"kills": 500, "clients": 4, "control": 20, "twice": 100}


LONGEST_WAIT = 0.3


@dataclass
class History:
    """What the clients were told."""

    acknowledged: dict[str, Answered] = field(default_factory=dict)
    other: Counter[int] = field(default_factory=Counter)
    retried: int = 0

    def note(self, key: str, got: Answered) -> None:
        """One answer."""
        self.retried += got.tries > 1
        if got.status == 200:
            self.acknowledged[key] = got
        else:
            self.other[got.status] += 1

    def wait_for_one_more(self) -> None:
        """Until the server that was started last has acknowledged something."""
        before, until = len(self.acknowledged), time.monotonic() + 60
        while len(self.acknowledged) == before and time.monotonic() < until:
            time.sleep(0.001)


def prove(size: str, seed: int = 1) -> Evidence:
    """The proof on SQLite, then its control."""
    sizes = FULL if size == "full" else QUICK
    evidence = Evidence("kill-sqlite", size, seed)
    with tempfile.TemporaryDirectory() as name:
        history, found = killed(founded(Path(name) / "a"), sizes["kills"], sizes["clients"], seed)
        judge(evidence, history, found, sizes["kills"])
    with tempfile.TemporaryDirectory() as name:
        fault = "acknowledges before the commit"
        history, found = killed(founded(Path(name) / "b"), sizes["control"], sizes["clients"], seed, fault=fault)
        lost = len(found["lost"])
        evidence.control(f"a service that {fault} loses", lost > 0, lost=lost, acknowledged=len(history.acknowledged))
    with tempfile.TemporaryDirectory() as name:
        fault = "ignores the key"
        history, found = killed(founded(Path(name) / "c"), sizes["twice"], sizes["clients"], seed, fault=fault)
        evidence.control(f"a service that {fault} writes twice", len(found["twice"]) > 0, twice=len(found["twice"]))
    return evidence


def judge(evidence: Evidence, history: History, found: dict[str, Any], kills: int) -> None:
    """What must hold after the kills."""
    count = len(history.acknowledged)
    evidence.figures |= {"kills": kills, "acknowledged": count, "retried": history.retried, **found["figures"]}
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]))
    evidence.check("no save is there twice", not found["twice"], twice=len(found["twice"]))
    evidence.check("each receipt names what is stored", not found["differ"], differ=len(found["differ"]))
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
    evidence.check("saves were acknowledged between the kills", count >= kills, acknowledged=count)
    evidence.check("nothing but 200 was answered", not history.other, answers=dict(history.other))


def killed(
    folder: Path, kills: int, clients: int, seed: int, *, fault: str = "none", url: str = ""
) -> tuple[History, dict[str, Any]]:
    """Save through so many kills, then compare what was acknowledged with what is there."""
    history, stop = History(), threading.Event()
    chance = random.Random(seed)
    with Service(folder, fault=fault, url=url) as service:
        people = [
            threading.Thread(target=save_on, args=(service.port, number, history, stop)) for number in range(clients)
        ]
        for person in people:
            person.start()
        for _ in range(kills):
            history.wait_for_one_more()
            time.sleep(chance.uniform(0, LONGEST_WAIT))
            service.kill()
            service.start()
        stop.set()
        for person in people:
            person.join()
    return history, compared(folder, history)


def save_on(port: int, number: int, history: History, stop: threading.Event) -> None:
    """One person saving form after form."""
    client, saved = Client(port), 0
    while not stop.is_set():
        key = f"c{number}-{saved}"
        history.note(key, client.save(key, f"S01-{number:03d}", 1000 + saved, f"u{number}"))
        saved += 1
    client.close()


def compared(folder: Path, history: History) -> dict[str, Any]:
    """Acknowledged against stored."""
    headers = stored(folder)
    known = {header["sub"]: (header["seq"], header["id"]) for header in headers}
    times = Counter(told_key(header["sub"]) for header in headers)
    told = {key: (got.told["seqs"][0], got.told["ids"][0]) for key, got in history.acknowledged.items()}
    replayed = sum(got.told["replay"] for got in history.acknowledged.values())
    return {
        "lost": [key for key in told if key not in known],
        "twice": [key for key, count in times.items() if count > 1],
        "differ": [key for key, place in told.items() if key in known and known[key] != place],
        "verified": verify(folder).code,
        "figures": {
            "events": len(headers),
            "stored, and acknowledged only when sent again": replayed,
            "stored and never acknowledged": len(set(known) - set(told)) - 1,
        },
    }


def told_key(stored_as: str) -> str:
    """The key the client sent; a service that ignores keys adds a third part of its own."""
    return "-".join(stored_as.split("-")[:2])
