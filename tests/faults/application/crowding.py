"""Many people at one patient's form: the history is that of a register with versions, whoever wins each race.

Each opens the form, saves on the version that stands there under the key that was minted there, and, told that somebody
was faster (409), looks at both versions and saves on the present one. Model: a save on version v succeeds exactly when
the patient stands at v; so of all saves on one version one is acknowledged, and nothing is stored of the others. The
controls ignore the version, and keep the actor for the whole process.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import Any

from faults.application.ground import Application, ground
from faults.application.people import DONE, STALE, Browser, Saved, compared, judge
from faults.engines import POSTGRESQL, SQLITE, unable
from faults.evidence import Evidence
from faults.study import stored

# `pause`: seconds a person needs at most before opening the form again
SIZES: Mapping[str, Mapping[str, Any]] = {
    "quick": {"writers": 12, "saves": 30, "pause": 1.0, "control": 12},
    "full": {"writers": 200, "saves": 1000, "pause": 30.0, "control": 40},
}
TOGETHER = 12
"""So many write without a pause for the controls."""


def on_sqlite(size: str, seed: int = 1) -> Evidence:
    """The proof on a file, which one process serves."""
    return prove(SQLITE, size, seed)


def on_postgresql(size: str, seed: int = 1) -> Evidence:
    """The proof on a server, whose database two processes serve."""
    return prove(POSTGRESQL, size, seed)


def prove(engine: str, size: str, seed: int) -> Evidence:
    """The crowd against the model, then the controls."""
    sizes, evidence = SIZES[size], Evidence(f"application-writers-{engine}", size, seed)
    if lacking := unable(engine):
        evidence.not_run.append(f"{evidence.proof}: {lacking}")
        return evidence
    with ground(engine) as made:
        with made.application() as application:
            tries = crowded(application, sizes["writers"], sizes["saves"], sizes["pause"])
            found = compared(application.folder, application.study, tries)
            wrong = against_the_model(application, tries)
        told(evidence, tries, sizes, application.workers)
        judge(evidence, found)
        evidence.check("of all saves on one version one is acknowledged", not wrong, wrong=len(wrong), first=wrong[:5])
        for fault, notices in CONTROLS.items():
            with made.application(fault) as application:
                tries = crowded(application, TOGETHER, sizes["control"], 0.0)
                harm = notices(application, tries)
            evidence.control(fault, bool(harm), harm=len(harm))
    return evidence


def told(evidence: Evidence, tries: list[Saved], sizes: Mapping[str, Any], workers: int) -> None:
    """What the crowd was answered."""
    answers = Counter(one.status for one in tries)
    evidence.figures |= {"writers": sizes["writers"], "serving processes": workers}
    evidence.figures |= {"acknowledged": answers[DONE], "conflicts": answers[STALE]}
    evidence.check("as much was saved as wanted", answers[DONE] >= sizes["saves"], saved=answers[DONE])
    evidence.check("somebody was told that the form was stale", answers[STALE] > 0, stale=answers[STALE])
    behind = [one for one in tries if one.status == STALE and one.told <= one.base]
    evidence.check("whoever was late is told of a later version", not behind, behind=len(behind))
    other = {status: number for status, number in answers.items() if status not in (DONE, STALE)}
    evidence.check("nothing else was answered", not other, answers=other)


def against_the_model(made: Application, tries: list[Saved]) -> list[str]:
    """Where the history is not that of a versioned register."""
    subject, start = str(made.people[0]["subject"]), int(made.people[0]["version"])
    wins = Counter(one.base for one in tries if one.status == DONE)
    wrong = [f"version {base}: {number} saves acknowledged" for base, number in wins.items() if number > 1]
    stream = [one for one in stored(made.folder, made.study) if one["stream"] == f"subject:{subject}"]
    at = {one["sub"]: one["sv"] for one in stream}
    wrong += [
        f"{one.key} is not at {one.base + 1}" for one in tries if one.status == DONE and at.get(one.key) != one.base + 1
    ]
    stands = max(one["sv"] for one in stream)
    if stands != start + sum(wins.values()):
        wrong.append(f"{subject} stands at {stands}, after {sum(wins.values())} saves on {start}")
    return wrong


def misnamed(made: Application, tries: list[Saved]) -> list[str]:
    """Saves that stand under another's name."""
    found: list[str] = compared(made.folder, made.study, tries)["others"]
    return found


CONTROLS = {"ignores the version": against_the_model, "keeps the actor for the process": misnamed}


def crowded(made: Application, writers: int, saves: int, pause: float) -> list[Saved]:
    """So many writers at one patient, until so many saves are acknowledged in all."""
    tries, left = list[Saved](), threading.Semaphore(saves)
    subject = made.people[0]["subject"]
    people = [person for person in made.people if person["subject"] == subject]
    crowd = [
        threading.Thread(target=compete, args=(made, people[number % len(people)], number, pause, tries, left))
        for number in range(writers)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return tries


def compete(
    made: Application, person: Mapping[str, Any], number: int, pause: float, tries: list[Saved],
    left: threading.Semaphore,
) -> None:  # fmt: skip
    """One writer, until enough is saved in all."""
    browser, chance = Browser(made, person), random.Random(number)
    for form in count(1000 * (number + 1)):
        time.sleep(chance.uniform(0, pause))
        if not left.acquire(blocking=False):
            return
        page = browser.open(form)
        key, version = page.hidden("key"), int(page.hidden("version") or 0)
        while (one := browser.save(form, version, key)).status == STALE and one.told > version:
            tries.append(one)
            key, version = one.again, one.told
        tries.append(one)
        if one.status != DONE:
            return
