"""Two hundred writers on one subject: the history is that of a versioned register, whoever wins each race.

Each writer opens the form (reads the version), saves on that version, and starts again where somebody was faster (409);
two serving processes hold one database. Model: a save on base v succeeds exactly when the register stands at v, and
makes it v + 1; so of all saves on one version one is acknowledged, and the final version is the number of
acknowledgements. The actor of each stored version is the one who was told so. Controls: a service that ignores the
version, and one that keeps the actor for the whole process.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from faults.client import Answered, Client, Service
from faults.engines import POSTGRESQL, SQLITE, Place, place, running, unable
from faults.evidence import Evidence
from faults.study import founded, stored
from trialwright.store import verify

# `pause`: seconds a person needs at most; all of them together still ask for more than there is room for
QUICK = {"writers": 20, "saves": 30, "control": 12, "pause": 0.3}
FULL = {"writers": 200, "saves": 1000, "control": 200, "pause": 3.0}
SUBJECT = "S01-001"


@dataclass(frozen=True)
class Try:
    """One save as its writer knows it."""

    key: str
    actor: str
    base: int
    got: Answered


def on_sqlite(size: str, seed: int = 1) -> Evidence:
    """The proof on one file held by two processes, then its controls."""
    return prove(SQLITE, size, seed)


def on_postgresql(size: str, seed: int = 1) -> Evidence:
    """The proof on a server, then its controls."""
    return prove(POSTGRESQL, size, seed)


def prove(engine: str, size: str, seed: int) -> Evidence:
    """The proof on one engine, then its controls."""
    sizes = FULL if size == "full" else QUICK
    evidence = Evidence(f"writers-{engine}", size, seed)
    if lacking := unable(engine):
        evidence.not_run.append(f"writers-{engine}: {lacking}")
        return evidence
    with running(engine) as server:
        with place(server) as where:
            tries = crowd(where, sizes, sizes["saves"])
            evidence.figures |= {"writers": sizes["writers"], "serving processes": 2, **statuses(tries)}
            for says, wrong in against_the_model(where.folder, tries).items():
                evidence.check(says, not wrong, violations=len(wrong), first=wrong[:3])
        for fault, notices in CONTROLS.items():
            with place(server) as where:
                tries = crowd(where, sizes, sizes["control"], fault)
                wrong = against_the_model(where.folder, tries)[notices]
                evidence.control(f"a service that {fault}", bool(wrong), violations=len(wrong))
    return evidence


def statuses(tries: list[Try]) -> dict[str, int]:
    """How many saves were acknowledged, how many told that they were late."""
    found = Counter(each.got.status for each in tries)
    return {"acknowledged": found[200], "conflicts": found[409]}


def crowd(where: Place, sizes: Mapping[str, Any], saves: int, fault: str = "none") -> list[Try]:
    """Let them all write until so many saves are acknowledged."""
    tries: list[Try] = []
    left = threading.Semaphore(saves)
    founded(where.folder)
    with (
        Service(where.folder, threads=6, fault=fault, url=where.url) as one,
        Service(where.folder, threads=6, fault=fault, url=where.url) as other,
    ):
        people = [
            threading.Thread(
                target=keep_saving, args=((one, other)[number % 2].port, number, tries, left, sizes["pause"])
            )
            for number in range(sizes["writers"])
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
    return tries


def keep_saving(port: int, number: int, tries: list[Try], left: threading.Semaphore, pause: float) -> None:
    """One writer: open the form, save on what was seen, start again, until enough is acknowledged in all."""
    client, chance = Client(port, patience=120), random.Random(number)
    for attempt in count():
        if not left.acquire(blocking=False):
            return
        base = client.version(SUBJECT)
        client.close()  # others wait for the serving thread
        key, actor = f"w{number}-{attempt}", f"u{number}"
        got = client.save(key, SUBJECT, 1000 + attempt, actor, base)
        client.close()
        tries.append(Try(key, actor, base, got))
        if got.status != 200:
            left.release()
        time.sleep(chance.uniform(0, pause))


# --- the model ------------------------------------------------------------------------------------------------------

NOTHING_LOST = "the final version is the number of acknowledgements, and each acknowledged key is stored"
ONE_WINNER = "of all saves on one version one is acknowledged, and it makes the next version"
LOSERS = "each that lost is told 409 with the version that was reached, nothing of it is stored"
ACTORS = "the actor of each version is the one who was told that it is theirs"
WHO_CHANGED = "the difference names a person whose save was stored after the loser's base"
VERIFIES = "the ledger verifies"
CONTROLS = {"ignores the version": ONE_WINNER, "keeps the actor for the process": ACTORS}


def against_the_model(folder: Path, tries: list[Try]) -> dict[str, list[Any]]:
    """What the history and the stored events say that a versioned register could not."""
    headers = [header for header in stored(folder) if header["stream"] == f"subject:{SUBJECT}"]
    by_key = {header["sub"]: header for header in headers}
    won = [each for each in tries if each.got.status == 200]
    lost = [each for each in tries if each.got.status != 200]
    actors = {header["sv"]: header["actor"] for header in headers}
    winners = Counter(each.base for each in won)
    return {
        NOTHING_LOST: [each.key for each in won if each.key not in by_key]
        + [len(headers)] * (len(headers) != len(won)),
        ONE_WINNER: [base for base, times in winners.items() if times > 1]
        + [each.key for each in won if by_key.get(each.key, {}).get("sv") != each.base + 1],
        LOSERS: [
            (each.key, each.got.status)
            for each in lost
            if each.got.status != 409 or each.got.told["current"] <= each.base or each.key in by_key
        ],
        ACTORS: [each.key for each in won if by_key.get(each.key, {}).get("actor") != each.actor],
        WHO_CHANGED: [each.key for each in lost if not named_rightly(each, actors)],
        VERIFIES: [code] if (code := verify(folder).code) else [],
    }


def named_rightly(loser: Try, actors: dict[int, str]) -> bool:
    """Whether the difference names who stored the last version the refusal speaks of."""
    named = {each["by"] for each in loser.got.told.get("differences", ())}
    return named == {actors.get(loser.got.told.get("current"))}
