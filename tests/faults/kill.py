"""kill -9 of the serving process during saves: nothing that was acknowledged is lost, nothing is written twice.

Clients save without pause and send the same key again until an answer comes; the server is killed at random moments
and started again. Afterwards each acknowledged key is in the ledger once, at the place and under the id the receipt
named, and the ledger verifies. The control acknowledges before the commit.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.client import Answered, Client, Service
from faults.engines import POSTGRESQL, SQLITE, Place, place, running, unable
from faults.evidence import Evidence
from faults.study import founded, stored
from postgres_server import Server
from trialwright.store import verify

QUICK = {SQLITE: {"kills": 6, "control": 3}, POSTGRESQL: {"kills": 4, "control": 3}}
FULL = {SQLITE: {"kills": 500, "control": 30}, POSTGRESQL: {"kills": 200, "control": 15}}
CONTROLS = {"acknowledges before the commit": "lost", "ignores the key": "twice"}
TRIES = 12
CLIENTS = 4
CRASH_EACH = 4  # each fourth kill is of the database server, where there is one


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


def on_sqlite(size: str, seed: int = 1) -> Evidence:
    """The proof on a file, then its controls."""
    return prove(SQLITE, size, seed)


def on_postgresql(size: str, seed: int = 1) -> Evidence:
    """The proof on a server: now the serving process is killed, now every process of the database."""
    return prove(POSTGRESQL, size, seed)


def prove(engine: str, size: str, seed: int) -> Evidence:
    """The proof on one engine, then its controls."""
    sizes = (FULL if size == "full" else QUICK)[engine]
    evidence = Evidence(f"kill-{engine}", size, seed)
    if lacking := unable(engine):
        evidence.not_run.append(f"kill-{engine}: {lacking}")
        return evidence
    with running(engine) as server:
        with place(server) as where:
            judge(evidence, *killed(where, sizes["kills"], seed), kills=sizes["kills"])
        for fault, what in CONTROLS.items():
            noticed, tries = control(server, sizes["control"], seed, fault, what)
            evidence.control(f"{fault}: {what}", noticed > 0, events=noticed, tries=tries)
    return evidence


def control(server: Server | None, kills: int, seed: int, fault: str, what: str) -> tuple[int, int]:
    """Kill a faulty service until the fault has done harm: it takes a kill at the wrong moment, which is chance."""
    for tries in range(1, TRIES + 1):
        with place(server) as where:
            _, found = killed(where, kills, seed + tries, fault)
        if found[what]:
            break
    return len(found[what]), tries


def judge(evidence: Evidence, history: History, found: dict[str, Any], kills: int) -> None:
    """What must hold after the kills."""
    count = len(history.acknowledged)
    evidence.figures |= {"kills": kills, "acknowledged": count, "retried": history.retried, **found["figures"]}
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]))
    evidence.check("no save is there twice", not found["twice"], twice=len(found["twice"]))
    evidence.check("each receipt names what is stored", not found["differ"], differ=len(found["differ"]))
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
    evidence.check("saves were acknowledged between the kills", count >= kills, acknowledged=count)
    unexpected = set(history.other) - ({500, 503} if evidence.proof.endswith(POSTGRESQL) else set())
    evidence.check("nothing else is answered than 200, or 500 while the database is away", not unexpected,
                   answers=dict(history.other))  # fmt: skip


def killed(where: Place, kills: int, seed: int, fault: str = "none") -> tuple[History, dict[str, Any]]:
    """Save through so many kills, then compare what was acknowledged with what is there."""
    history, stop, chance = History(), threading.Event(), random.Random(seed)
    founded(where.folder)
    with Service(where.folder, fault=fault, url=where.url) as service:
        people = [
            threading.Thread(target=save_on, args=(service.port, number, history, stop)) for number in range(CLIENTS)
        ]
        for person in people:
            person.start()
        for number in range(kills):
            history.wait_for_one_more()
            time.sleep(chance.uniform(0, LONGEST_WAIT))
            if where.server is not None and number % CRASH_EACH == CRASH_EACH - 1:
                where.crash()
            else:
                service.kill()
                service.start()
        stop.set()
        for person in people:
            person.join()
    return history, compared(where.folder, history)


def save_on(port: int, number: int, history: History, stop: threading.Event) -> None:
    """One person saving form after form."""
    client, saved = Client(port), 0
    while not stop.is_set():
        key = f"c{number}-{saved}"
        while key not in history.acknowledged:  # whatever else is answered: the same again, under the same key
            history.note(key, got := client.save(key, f"S01-{number:03d}", 1000 + saved, f"u{number}"))
            time.sleep(0 if got.status == 200 else 0.02)
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
