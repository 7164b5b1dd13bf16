"""Half an hour of people of three sites at the web application as `trialwright serve` runs it: five requests a second.

No answer is an error of the program, nobody of a site is shown another site's patient, every save that was acknowledged
is in the ledger with what was typed, memory does not grow by a tenth, no file stays open, and the ledger verifies after
a kill -9 at the end. SOAK_MINUTES makes it longer or shorter. The control is `faulty`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from faults.application.ground import WORKERS, Ground, ground
from faults.application.visitors import OTHERS, Kept, Visitor, visit
from faults.engines import POSTGRESQL, SQLITE, unable
from faults.evidence import PROJECT, Evidence
from faults.study import written
from trialwright.store import verify

RATE = 5.0
MINUTES = {"quick": 1.0, "full": 30.0}
CONTROL_SECONDS = 30.0
PATIENTS = 12
GROWTH, SAMPLES = 0.10, 120
OF_A_THREAD = 6
"""So many files a thread opens when it first reads or saves, which the last of them may do late."""


@dataclass
class Watched:
    """The server's processes looked at again and again: megabytes and open files of all of them together."""

    pid: int
    memory: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def look(self) -> None:
        """Once more."""
        found = [self.pid, *_all_children(self.pid)]
        self.memory.append(sum(_resident(each) for each in found))
        self.files.append(sum(_open_files(each) for each in found))

    @property
    def settled(self) -> slice:
        """The second tenth of the time: caches are filled by then."""
        return slice(len(self.memory) // 10, max(2, len(self.memory) // 5))

    @property
    def last(self) -> slice:
        """The last tenth."""
        return slice(-max(1, len(self.memory) // 10), None)

    @property
    def growth(self) -> float:
        """By what share memory grew."""
        return statistics.median(self.memory[self.last]) / statistics.median(self.memory[self.settled]) - 1

    @property
    def left_open(self) -> int:
        """How many more files are open at the end, at least, than there ever were while it settled."""
        return min(self.files[self.last]) - max(self.files[self.settled])


def on_sqlite(size: str, seed: int = 1) -> Evidence:
    """The proof on a file, which one process serves."""
    return prove(SQLITE, size, seed)


def on_postgresql(size: str, seed: int = 1) -> Evidence:
    """The proof on a server, whose database two processes serve."""
    return prove(POSTGRESQL, size, seed)


def prove(engine: str, size: str, seed: int) -> Evidence:
    """The half hour, then the control."""
    evidence = Evidence(f"application-soak-{engine}", size, seed)
    if lacking := unable(engine):
        evidence.not_run.append(f"{evidence.proof}: {lacking}")
        return evidence
    minutes = float(os.environ.get("SOAK_MINUTES", MINUTES[size]))
    with ground(engine, PATIENTS) as made:
        kept, watched, found = soaked(made, minutes * 60, seed, faulty=False)
        told(evidence, kept, watched, minutes)
        judge(evidence, kept, watched, found, long=minutes >= MINUTES["full"] / 3)
        kept, watched, found = soaked(made, CONTROL_SECONDS, seed, faulty=True)
    evidence.control("one save in four is not written", bool(found["lost"]), lost=len(found["lost"]))
    shown = [line for line in kept.wrong if line.startswith(OTHERS)]
    evidence.control("everybody is shown every site", bool(shown), pages=len(shown))
    grown = watched.growth
    evidence.control("each request leaves memory behind", grown > GROWTH, growth=round(grown, 3))
    evidence.control("each request leaves a file open", watched.left_open > OF_A_THREAD, files=watched.left_open)
    return evidence


def told(evidence: Evidence, kept: Kept, watched: Watched, minutes: float) -> None:
    """The figures."""
    seconds = sorted(kept.seconds)
    evidence.figures |= {
        "minutes": minutes,
        "requests": len(seconds),
        "answers": dict(sorted(kept.answers.items())),
        "other answers": dict(kept.refused),
        "what people did": dict(kept.acts),
        "saves acknowledged": len(kept.saves),
        "ms, median": round(1000 * statistics.median(seconds)),
        "ms, 95 in 100": round(1000 * seconds[int(0.95 * len(seconds))]),
        "ms, longest": round(1000 * seconds[-1]),
        "MB once settled": round(statistics.median(watched.memory[watched.settled])),
        "MB at the end": round(statistics.median(watched.memory[watched.last])),
        "MB, each twentieth": [round(one) for one in watched.memory[:: max(1, len(watched.memory) // 20)]],
        "files open, each twentieth": watched.files[:: max(1, len(watched.files) // 20)],
    }


def judge(evidence: Evidence, kept: Kept, watched: Watched, found: Mapping[str, Any], *, long: bool) -> None:
    """What must hold."""
    errors = [line for line in kept.wrong if not line.startswith(OTHERS)]
    shown = [line for line in kept.wrong if line.startswith(OTHERS)]
    rate = len(kept.seconds) / found["seconds"]
    evidence.check("no answer is an error, and nobody is refused what is theirs", not errors, wrong=errors[:5])
    evidence.check("nobody is shown a patient of another site", not shown, wrong=shown[:5])
    evidence.check("the rate was held", rate >= 0.9 * RATE, a_second=round(rate, 2))
    evidence.check("people saved", len(kept.saves) > found["seconds"] / 10, saves=len(kept.saves))
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]), first=found["lost"][:5])
    evidence.check("each holds what was typed", not found["differ"], differ=found["differ"][:5])
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
    if long:
        evidence.check("memory grew by less than a tenth", watched.growth < GROWTH, growth=round(watched.growth, 3))
    evidence.check("no file stays open", watched.left_open <= OF_A_THREAD, files=watched.left_open)


def soaked(made: Ground, seconds: float, seed: int, *, faulty: bool) -> tuple[Kept, Watched, dict[str, Any]]:
    """The time itself; then what the ledger holds of it."""
    with made.copied() as place:
        joined = joining(place.folder)
        with served(place.folder, WORKERS[made.engine], faulty) as (port, pid):
            kept, watched = Kept(), Watched(pid)
            visitors = [
                Visitor(port, person, others(person, joined["subjects"]), kept, f"{seed}|{number}")
                for number, person in enumerate(joined["people"])
            ]
            over = threading.Event()
            watching = threading.Thread(target=watch, args=(watched, seconds / SAMPLES, over))
            watching.start()
            took = visit(visitors, RATE, seconds)
            over.set()
            watching.join()
        return kept, watched, {"seconds": took, **compared(place.folder, joined["study"], kept)}


def others(person: Mapping[str, Any], subjects: Mapping[str, Sequence[str]]) -> list[str]:
    """The patients whom somebody of a site must never be shown; whoever is of the centre may be shown all."""
    if not person["site"]:
        return []
    return [name for site, names in subjects.items() for name in names if site != person["site"]]


def watch(watched: Watched, pause: float, over: threading.Event) -> None:
    """Look until it is over."""
    while not over.wait(pause):
        watched.look()


def compared(folder: Path, study: str, kept: Kept) -> dict[str, Any]:
    """What the ledger holds of what was acknowledged."""
    bodies = written(folder, study)
    differ = [
        f"{key} lacks {part}"
        for key, typed in kept.saves.items()
        for part in typed
        if key in bodies and part not in bodies[key]
    ]
    lost = [key for key in kept.saves if key not in bodies]
    return {"lost": lost, "differ": differ, "verified": verify(folder).code}


# --- the server -----------------------------------------------------------------------------------------------------


def joining(folder: Path) -> dict[str, Any]:
    """Everybody signed in, by a process of its own."""
    command = [sys.executable, "-m", "faults.application.joining", str(folder)]
    done = subprocess.run(command, env=environment(folder), cwd=PROJECT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def environment(folder: Path) -> dict[str, str]:
    """What a process of the application finds: not the settings by which this one reads ledgers."""
    paths = os.pathsep.join([str(PROJECT / "tests"), str(PROJECT), os.environ.get("PYTHONPATH", "")])
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return {**own, "PYTHONPATH": paths, "TRIALWRIGHT_STUDIES": str(folder), "TRIALWRIGHT_SECRET_KEY": "x" * 50}


@contextmanager
def served(folder: Path, workers: int, faulty: bool) -> Iterator[tuple[int, int]]:
    """`trialwright serve` on a folder, its port and its first process; ended by kill -9 of all its processes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    told = [str(part) for part in ("--port", port, "--workers", workers)]
    honest = ["trialwright", "serve", str(folder), *told]
    control = [
        "granian",
        "--interface",
        "wsgi",
        "--blocking-threads",
        "2",
        *told,
        "faults.application.faulty:application",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", *(control if faulty else honest)], env=environment(folder), cwd=PROJECT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield port, process.pid
    finally:
        for each in [process.pid, *_all_children(process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            urlopen(address, timeout=5).close()
            return
        time.sleep(0.2)
    raise TimeoutError("the application did not start")


def _all_children(pid: int) -> list[int]:
    """The processes below a process."""
    task = Path(f"/proc/{pid}/task")
    threads = [int(each.name) for each in task.iterdir()] if task.exists() else []
    direct = [child for thread in threads for child in _of_thread(pid, thread)]
    return [each for child in direct for each in (child, *_all_children(child))]


def _of_thread(pid: int, thread: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{thread}/children")
    try:
        return [int(each) for each in file.read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> float:
    """Megabytes in memory."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def _open_files(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0
