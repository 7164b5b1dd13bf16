"""The web application under kill -9 and under many writers: the same proofs as of the ledger alone, through its forms.

People are signed in as coordinators; a save is a form posted with its CSRF token, the key minted when it was rendered
and the version that was seen. It is taken for done when, and only when, the application redirects (303). A server that
died is asked again with the same key. Afterwards the ledger is read by itself. Controls: an application that says yes
before the commit, one that ignores the version, one that keeps the actor for the whole process.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from faults.disk import CALLS
from faults.diskfull import small_disk, unable
from faults.evidence import PROJECT, Evidence
from trialwright.store import open_study, verify

STUDY = sorted(record.parent for record in (PROJECT / "studies").glob("*/record.txt"))[0]
KILLS = {"quick": {"kills": 5, "clients": 4, "control": 4}, "full": {"kills": 200, "clients": 4, "control": 20}}
WRITERS = {"quick": {"writers": 8, "saves": 5, "control": 5}, "full": {"writers": 32, "saves": 20, "control": 10}}
FILLING = {"quick": 40, "full": 200}
DISK, LEFT = "48m", 150_000
FAILING = {
    "quick": (("pwrite64", 9, 61), ("fdatasync,fsync,ftruncate", 2, 5)),
    "full": tuple(("pwrite64", first, 61) for first in range(1, 62, 3))
    + tuple(("fdatasync,fsync,ftruncate", first, 7) for first in range(1, 8)),
}
DONE, STALE = 303, 409
TRIES = 5
RETRIED = (500, 502, 503)


@dataclass
class Application:
    """The application on a folder: start, kill, start again; the port stays."""

    folder: Path
    process: subprocess.Popen[str]
    people: list[dict[str, Any]]
    pids: list[int] = field(default_factory=list)
    port: int = 0

    def start(self) -> None:
        """One more serving process."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        self.pids.append(told["pid"])
        self.port = told["port"]

    def kill(self) -> None:
        """kill -9 of every serving process."""
        while self.pids:
            os.kill(self.pids.pop(), signal.SIGKILL)


@contextmanager
def application(fault: str = "none", disk: Path | None = None) -> Iterator[Application]:
    """The application on a fresh rehearsal in mid-course, one process serving; on a disk of its own or not."""
    with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ, TRIALWRIGHT_DATABASE_URL=""):
        folder = (disk or Path(name)) / STUDY.name
        shutil.copytree(rehearsed(), folder)
        pipe = subprocess.PIPE
        paths = os.pathsep.join(map(str, (PROJECT / "tests", PROJECT)))
        process = subprocess.Popen(
            [sys.executable, "-m", "faults.application_service"], stdin=pipe, stdout=pipe, text=True,
            env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps({"folder": str(folder), "fault": fault}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "the application did not start"
        made = Application(folder, process, json.loads(line)["people"])
        made.start()
        try:
            yield made
        finally:
            made.kill()
            process.stdin.close()
            process.stdout.close()
            process.wait(timeout=30)


_made: list[tempfile.TemporaryDirectory[str]] = []


def rehearsed() -> Path:
    """A study folder with a small rehearsal in mid-course, made once."""
    if not _made:
        _made.append(tempfile.TemporaryDirectory())
        folder = Path(_made[0].name) / STUDY.name
        shutil.copytree(STUDY, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests", "cases"))
        verb = [sys.executable, "-m", "trialwright", "rehearse", str(folder), "--patients", "6"]
        subprocess.run([*verb, "--until", "mid-accrual"], check=True, stdout=subprocess.DEVNULL, cwd=PROJECT)
    return Path(_made[0].name) / STUDY.name


# --- a person at a browser ------------------------------------------------------------------------------------------


class Browser:
    """One person who saves forms about one patient."""

    def __init__(self, made: Application, person: Mapping[str, Any], *, patient: bool = True) -> None:
        self.made, self.person, self.patient = made, person, patient
        self.connection: http.client.HTTPConnection | None = None

    def save(self, number: int, version: int, key: str) -> int:
        """Post a form of a visit that nobody planned; the status that came back, whatever died in between."""
        typed = {name.replace("#", str(number)): value for name, value in self.person["typed"].items()}
        told = {"csrfmiddlewaretoken": self.person["csrf"], "key": key, "version": version, **typed}
        return self.ask("POST", self.person["path"].replace("#", str(number)), urlencode(told))

    def ask(self, method: str, path: str, body: str | None = None) -> int:
        """Ask until an answer comes that is one; the same bytes each time."""
        until = time.monotonic() + 120
        while True:
            try:
                status = self._once(method, path, body)
            except (OSError, http.client.HTTPException):
                status = 0
                self.close()
            if status and (status not in RETRIED or not self.patient):
                return status
            if time.monotonic() > until:
                return status
            time.sleep(0.01)

    def _once(self, method: str, path: str, body: str | None) -> int:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.made.port, timeout=60)
        headers = {"Cookie": self.person["cookies"], "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        response.read()
        if response.headers.get("Connection") == "close" or response.version == 10:
            self.close()
        return response.status

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@dataclass(frozen=True)
class Saved:
    """One save as the person knows it."""

    key: str
    person: str
    subject: str
    base: int
    status: int


# --- kill -9 --------------------------------------------------------------------------------------------------------


def kill(size: str, seed: int = 1) -> Evidence:
    """Saves through kills of the serving process; then the control."""
    sizes, evidence = KILLS[size], Evidence("application-kill", size, seed)
    with application() as made:
        saves = killed(made, sizes["kills"], sizes["clients"], seed)
        found = compared(made.folder, saves)
    count = sum(one.status == DONE for one in saves)
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]))
    evidence.check("no save is there twice", not found["twice"], twice=len(found["twice"]))
    evidence.check("each is there under the name of who saved it", not found["others"], others=len(found["others"]))
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
    evidence.check("saves were acknowledged between the kills", count >= sizes["kills"], acknowledged=count)
    other = Counter(one.status for one in saves if one.status != DONE)
    evidence.check("nothing else was answered", not other, answers=dict(other))
    fault, lost = "acknowledges before the commit", 0
    for tries in range(1, TRIES + 1):
        with application(fault) as made:
            saves = killed(made, sizes["control"], sizes["clients"], seed + tries)
            lost = len(compared(made.folder, saves)["lost"])
        if lost:
            break
    evidence.control(f"{fault}: lost", lost > 0, lost=lost, tries=tries)
    return evidence


def killed(made: Application, kills: int, clients: int, seed: int) -> list[Saved]:
    """Everything that was saved while the server was killed so many times."""
    chance, stop, saves = random.Random(seed), threading.Event(), list[Saved]()
    people = [
        threading.Thread(target=save_on, args=(made, person, number, saves, stop))
        for number, person in enumerate(made.people[:clients])
    ]
    for person in people:
        person.start()
    for _ in range(kills):
        before, until = len(saves), time.monotonic() + 60
        while len(saves) == before and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.5))
        made.kill()
        made.start()
    stop.set()
    for person in people:
        person.join()
    return saves


def save_on(made: Application, person: Mapping[str, Any], number: int, saves: list[Saved], stop: Any) -> None:
    """One person saving form after form about one patient."""
    browser, version, form = Browser(made, person), int(person["version"]), 100
    while not stop.is_set():
        key = f"client{number}-{form}"
        status = browser.save(form, version, key)
        saves.append(Saved(key, str(person["person"]), str(person["subject"]), version, status))
        version += status == DONE
        form += 1
    browser.close()


def compared(folder: Path, saves: list[Saved]) -> dict[str, Any]:
    """What the ledger holds of what was acknowledged."""
    lost, twice, others = [], [], []
    with open_study(folder, read_only=True) as ledger:
        by_id = {event.id: event for event in ledger.events()}
        for one in saves:
            ids = ledger.written_under(one.key)
            events = [by_id[each] for each in ids]
            forms = [event for event in events if type(event).__name__ == "FormSubmitted"]
            if one.status == DONE and not forms:
                lost.append(one.key)
            twice += [one.key] if len(forms) > 1 else []
            others += [one.key] if any(form.actor != one.person for form in forms) else []
    return {"lost": lost, "twice": twice, "others": others, "verified": verify(folder).code}


# --- a disk that is full, a disk that fails --------------------------------------------------------------------------


def disk_full(size: str, seed: int = 1) -> Evidence:
    """Saves while the disk fills up under ledger and accounts: 507 and nothing saved, then room, then saves again."""
    saves, evidence = FILLING[size], Evidence("application-disk-full", size, seed)
    if lacking := unable():
        evidence.not_run.append(f"application-disk-full: {lacking}")
        return evidence
    with small_disk(DISK) as disk, application(disk=disk) as made:
        room = shutil.disk_usage(disk).free - LEFT
        (disk / "ballast").write_bytes(bytes(max(room, 0)))
        full = saved_by(made, 0, saves, patient=False)
        (disk / "ballast").unlink()
        after = saved_by(made, saves, saves // 4, patient=False, done=full)
        found = compared(made.folder, [*full, *after])
    first, later = (Counter(one.status for one in some) for some in (full, after))
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]))
    evidence.check("no save is there twice", not found["twice"], twice=len(found["twice"]))
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
    evidence.check("the disk was full for a while", first[507] > 0, answers=dict(first))
    evidence.check("a full disk is told as 507, and nothing else is", set(first) <= {DONE, 507}, answers=dict(first))
    evidence.check("with room the same process saves on", set(later) == {DONE}, answers=dict(later))
    fault = "acknowledges before the commit"
    with small_disk(DISK) as disk, application(fault, disk) as made:
        (disk / "ballast").write_bytes(bytes(max(shutil.disk_usage(disk).free - LEFT, 0)))
        lost = compared(made.folder, saved_by(made, 0, saves, patient=False))["lost"]
    evidence.control(f"{fault}: lost", bool(lost), lost=len(lost))
    return evidence


def disk_errors(size: str, seed: int = 1) -> Evidence:
    """Each so-manieth write and sync of a serving process fails; what was acknowledged is there all the same."""
    evidence = Evidence("application-disk-errors", size, seed)
    if shutil.which("strace") is None:
        evidence.not_run.append("application-disk-errors: strace is not installed")
        return evidence
    with application() as made:
        saves: list[Saved] = []
        for calls, first, apart in FAILING[size]:
            for error in ("EIO", "ENOSPC"):
                with failing(made.pids[-1], f"{calls}:error={error}:when={first}+{apart}"):
                    saves += saved_by(made, len(saves), 6, patient=False, done=saves)
                made.kill()
                made.start()
                saves += saved_by(made, len(saves), 1, patient=True, done=saves)
        found = compared(made.folder, saves)
    told = Counter(one.status for one in saves)
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]))
    evidence.check("no save is there twice", not found["twice"], twice=len(found["twice"]))
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
    evidence.check("some saves met an error", any(status in (503, 507) for status in told), answers=dict(told))
    expected = {DONE, STALE, 500, 503, 507}
    evidence.check("each is told as saved or as not known to be", set(told) <= expected, answers=dict(told))
    return evidence


@contextmanager
def failing(pid: int, inject: str) -> Iterator[None]:
    """System calls of a process fail, while the block lasts."""
    command = [
        "strace",
        "-f",
        "-q",
        "-p",
        str(pid),
        "-e",
        f"trace={CALLS}",
        "-e",
        f"inject={inject}",
        "-o",
        "/dev/null",
    ]
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    try:
        yield
    finally:
        tracer.terminate()
        tracer.wait(timeout=30)


def saved_by(made: Application, first: int, number: int, *, patient: bool, done: Any = ()) -> list[Saved]:
    """One person saves so often about one patient; one who is not patient takes the first answer."""
    person = made.people[0]
    browser, saves = Browser(made, person, patient=patient), list[Saved]()
    with open_study(made.folder, read_only=True) as ledger:
        version = ledger.version(f"subject:{person['subject']}")
    for form in range(first + 100, first + 100 + number):
        status = browser.save(form, version, f"form-{form}")
        saves.append(Saved(f"form-{form}", str(person["person"]), str(person["subject"]), version, status))
        version += status == DONE
    browser.close()
    return saves


# --- many writers ---------------------------------------------------------------------------------------------------


def writers(size: str, seed: int = 1) -> Evidence:
    """Many people at the same patients' forms: a versioned register, whoever wins; then the controls."""
    sizes, evidence = WRITERS[size], Evidence("application-writers", size, seed)
    with application() as made:
        tries = crowded(made, sizes["writers"], sizes["saves"])
        found = compared(made.folder, tries)
        wrong = against_the_model(made, tries)
    done = sum(one.status == DONE for one in tries)
    stale = sum(one.status == STALE for one in tries)
    evidence.check("every writer saved as often as wanted", done == sizes["writers"] * sizes["saves"], saved=done)
    evidence.check("somebody was told that the form was stale", stale > 0, stale=stale)
    evidence.check("of all saves on one version one is acknowledged", not wrong, wrong=wrong)
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]))
    evidence.check("each is there under the name of who saved it", not found["others"], others=len(found["others"]))
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
    unexpected = Counter(one.status for one in tries if one.status not in (DONE, STALE))
    evidence.check("nothing else was answered", not unexpected, answers=dict(unexpected))
    for fault, noticed in (("ignores the version", against_the_model), ("keeps the actor for the process", misnamed)):
        with application(fault) as made:
            tries = crowded(made, sizes["writers"], sizes["control"])
            harm = noticed(made, tries)
        evidence.control(fault, bool(harm), harm=len(harm))
    return evidence


def misnamed(made: Application, tries: list[Saved]) -> list[str]:
    """Saves that stand under another's name."""
    found: list[str] = compared(made.folder, tries)["others"]
    return found


def against_the_model(made: Application, tries: list[Saved]) -> list[str]:
    """Where the history is not that of a versioned register."""
    wins = Counter((one.subject, one.base) for one in tries if one.status == DONE)
    wrong = [f"{subject} at {base}: {number} saves" for (subject, base), number in wins.items() if number > 1]
    with open_study(made.folder, read_only=True) as ledger:
        for person in made.people[:2]:
            subject = str(person["subject"])
            done = sum(one.status == DONE for one in tries if one.subject == subject)
            stands = ledger.version(f"subject:{subject}")
            if stands != int(person["version"]) + done:
                wrong.append(f"{subject} stands at {stands}, after {done} saves on {person['version']}")
    return wrong


def crowded(made: Application, number: int, saves: int) -> list[Saved]:
    """So many writers at two patients of different people, each until it has saved so often."""
    tries: list[Saved] = []
    versions = {str(person["subject"]): int(person["version"]) for person in made.people}
    crowd = [
        threading.Thread(target=compete, args=(made, made.people[each % 2], each, saves, versions, tries))
        for each in range(number)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return tries


def compete(
    made: Application, person: Mapping[str, Any], each: int, saves: int, versions: dict[str, int], tries: list[Saved]
) -> None:
    """One writer: save on the version last seen; told that it is stale, look again and start anew."""
    browser, subject, form, done = Browser(made, person), str(person["subject"]), 1000 * (each + 1), 0
    while done < saves:
        base, form = versions[subject], form + 1
        key = f"writer{each}-{form}"
        status = browser.save(form, base, key)
        tries.append(Saved(key, str(person["person"]), subject, base, status))
        if status == DONE:
            done += 1
            versions[subject] = max(versions[subject], base + 1)
        elif status == STALE:
            time.sleep(0.001)
        else:
            break
    browser.close()
