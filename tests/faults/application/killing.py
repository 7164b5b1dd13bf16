"""kill -9 of the web application during saves: nothing acknowledged is lost, twice there or under another name.

Clients save forms without pause, each about patients of its own, and send the same form again until an answer comes;
serving processes are killed at random moments and started again; on a server each fourth kill is of every process of
the database. The controls acknowledge before the commit, and write each save again.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from itertools import count

from faults.application.ground import Application, ground
from faults.application.people import DONE, Browser, Saved, compared, judge, patients
from faults.engines import POSTGRESQL, SQLITE, unable
from faults.evidence import Evidence

SIZES = {
    "quick": {"kills": {SQLITE: 5, POSTGRESQL: 5}, "each": 1, "patients": 6, "control": 4},
    "full": {"kills": {SQLITE: 500, POSTGRESQL: 200}, "each": 22, "patients": 24, "control": 12},
}
"""`each` so many saves are acknowledged at least between two kills."""
CLIENTS, CRASH_EACH, TRIES = 4, 4, 5
LONGEST_WAIT = 0.3


def on_sqlite(size: str, seed: int = 1) -> Evidence:
    """The proof on a file, which one process serves."""
    return prove(SQLITE, size, seed)


def on_postgresql(size: str, seed: int = 1) -> Evidence:
    """The proof on a server, whose database two processes serve."""
    return prove(POSTGRESQL, size, seed)


def prove(engine: str, size: str, seed: int) -> Evidence:
    """Saves through kills, then the controls."""
    sizes, evidence = SIZES[size], Evidence(f"application-kill-{engine}", size, seed)
    if lacking := unable(engine):
        evidence.not_run.append(f"{evidence.proof}: {lacking}")
        return evidence
    kills = sizes["kills"][engine]
    with ground(engine, sizes["patients"]) as made:
        with made.application() as application:
            begun = time.monotonic()
            saves = killed(application, kills, sizes["each"], seed)
            seconds = time.monotonic() - begun
            found = compared(application.folder, application.study, saves)
        count = sum(one.status == DONE for one in saves)
        evidence.figures |= {"kills": kills, "acknowledged": count, "serving processes": application.workers}
        evidence.figures |= {"seconds of saving": round(seconds), "events": found["events"]}
        judge(evidence, found)
        wanted = kills * sizes["each"]
        evidence.check("saves were acknowledged between the kills", count >= wanted, acknowledged=count)
        other = Counter(one.status for one in saves if one.status != DONE)
        evidence.check("nothing else was answered", not other, answers=dict(other))
        for fault, what in CONTROLS.items():
            noticed, tries = 0, 0
            while not noticed and tries < TRIES:
                tries += 1
                with made.application(fault) as application:
                    saves = killed(application, sizes["control"], 1, seed + tries)
                    noticed = len(compared(application.folder, application.study, saves)[what])
            evidence.control(f"{fault}: {what}", noticed > 0, events=noticed, tries=tries)
    return evidence


CONTROLS = {"acknowledges before the commit": "lost", "writes each save again": "twice"}


def killed(made: Application, kills: int, each: int, seed: int) -> list[Saved]:
    """Everything that was saved while the server was killed so many times."""
    chance, stop, saves = random.Random(seed), threading.Event(), list[Saved]()
    clients = [threading.Thread(target=save_on, args=(made, number, saves, stop)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for number in range(kills):
        wait_for(saves, each)
        time.sleep(chance.uniform(0, LONGEST_WAIT))
        if made.place.server is not None and number % CRASH_EACH == CRASH_EACH - 1:
            made.place.crash()
        else:
            made.start(made.kill(chance.randint(1, made.workers)))
    wait_for(saves, each)
    stop.set()
    for client in clients:
        client.join()
    return saves


def wait_for(saves: list[Saved], more: int) -> None:
    """Until so many more were answered, or nothing has been for long."""
    before, until = len(saves), time.monotonic() + 60
    while len(saves) < before + more and time.monotonic() < until:
        time.sleep(0.002)


def save_on(made: Application, number: int, saves: list[Saved], stop: threading.Event) -> None:
    """One person saving form after form, about one of their patients after the other."""
    people = patients(made)[number::CLIENTS]
    versions = {str(person["subject"]): int(person["version"]) for person in people}
    for form in count(100):
        if stop.is_set():
            return
        person = people[form % len(people)]
        subject = str(person["subject"])
        saves.append(one := Browser(made, person).save(form, versions[subject], f"client{number}-{form}"))
        versions[subject] += one.status == DONE
