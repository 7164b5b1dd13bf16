"""A million events: verification within its time and memory, saves and reading as fast as among ten thousand.

The events are loaded by the ledger's own `append_many`, thirty for each subject, so that more events are more subjects.
At each size single saves, one subject's history and verification are timed; verification runs in a process of its own,
whose memory is measured. Flatness is judged by processor time, since a shared disk waits for others; so is
verification where the machine is busy with something else, and the evidence says so. Control: a save that reads the
whole study first is not flat.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from faults.evidence import PROJECT, Evidence
from faults.study import START, STUDY, founded, save
from trialwright.core.ledger import Event
from trialwright.store import Ledger, SeededIssuer, Submission, open_study, verify
from trialwright.store.writer import View

QUICK: dict[str, Any] = {
    "sizes": (300, 3_000),
    "single": 60,
    "last": 60,
    "seconds": 90,
    "rise": 3.0,
    "control": (200, 2_000),
}
FULL: dict[str, Any] = {
    "sizes": (10_000, 100_000, 1_000_000), "single": 2_000, "last": 20_000, "seconds": 90, "rise": 1.5,
    "control": (500, 5_000),
}  # fmt: skip
MEGABYTES = 200
FOR_EACH_SUBJECT = 30
BATCH = 5_000
ISSUER = SeededIssuer(1)


def prove(size: str, seed: int = 1) -> Evidence:
    """Load, and measure at each size; then the control."""
    sizes = FULL if size == "full" else QUICK
    evidence = Evidence("scale", size, seed)
    with tempfile.TemporaryDirectory() as name:
        folder, found, loaded = founded(Path(name), "simulated"), {}, 0
        for events in sizes["sizes"]:
            bulk = load(folder, loaded, events)
            single = sizes["last"] if events == sizes["sizes"][-1] else sizes["single"]
            found[events] = {"bulk, µs an event": bulk} | measured(folder, events, single)
            loaded = events + single
        judge(evidence, found, sizes)
    few, many = (slow_save(events) for events in sizes["control"])
    says = "a save that reads the whole study is not flat"
    evidence.control(says, many > sizes["rise"] * few, few_µs=few, many_µs=many, sizes=sizes["control"])
    return evidence


def judge(evidence: Evidence, found: dict[int, dict[str, float]], sizes: dict[str, Any]) -> None:
    """What must hold, at the largest size and from the smallest to it."""
    evidence.figures |= {f"{events} events": measures for events, measures in found.items()}
    first, last = found[sizes["sizes"][0]], found[sizes["sizes"][-1]]
    shared = last["load"] > (os.cpu_count() or 1) + 1  # others were at work: the clock says how long they took
    seconds, memory = last["verify, s of processor" if shared else "verify, s"], last["verify, MB"]
    evidence.check("every ledger verifies", all(each["verify, code"] == 0 for each in found.values()))
    says = f"verification within {sizes['seconds']} s" + (" of processor, on a busy machine" if shared else "")
    evidence.check(says, seconds <= sizes["seconds"], seconds=seconds, load=last["load"])
    evidence.check(f"verification within {MEGABYTES} MB", memory <= MEGABYTES, megabytes=memory)
    for what in ("single save, µs of processor", "a subject's history, µs of processor", "verify, µs of processor"):
        rise = round(last[what] / first[what], 2)
        evidence.check(f"{what}: flat", rise <= sizes["rise"], rise=rise, from_=first[what], to=last[what])


# --- the measures ---------------------------------------------------------------------------------------------------


def load(folder: Path, first: int, last: int) -> float:
    """Append events from one number to another in large transactions; microseconds of processor an event."""
    begun, waiting = time.process_time(), numbered(first, last)
    with open_study(folder, study=STUDY) as ledger:
        while batch := list(islice(waiting, BATCH)):
            ledger.append_many(batch, ISSUER)
    return round((time.process_time() - begun) / (last - first) * 1e6, 1)


def numbered(first: int, last: int) -> Iterator[Submission]:
    """One save for each number; thirty for a subject."""
    for number in range(first, last):
        yield one(number)


def one(number: int) -> Submission:
    """The save of a number."""
    subject = f"S01-{number // FOR_EACH_SUBJECT:06d}"
    return save(f"save-{number}", subject, 1000 + number % 5000, at=START + timedelta(minutes=number))


def measured(folder: Path, events: int, single: int) -> dict[str, float]:
    """Everything that is timed at one size."""
    with open_study(folder, study=STUDY) as ledger:
        saves = [
            timed(lambda number=number: ledger.append(one(number), ISSUER)) for number in range(events, events + single)
        ]
        subjects = [f"S01-{number:06d}" for number in range(0, events // FOR_EACH_SUBJECT, max(1, events // 3000))]
        histories = [timed(lambda subject=subject: list(ledger.events(subject=subject))) for subject in subjects]
    told = verified(folder)
    walls = sorted(wall for wall, _ in saves)
    return {
        "single save, µs of processor": median(saves),
        "single save, ms, median": round(statistics.median(walls) * 1e3, 2),
        "single save, ms, 99 in 100": round(walls[int(len(walls) * 0.99)] * 1e3, 2),
        "a subject's history, µs of processor": median(histories),
        "verify, s": told["seconds"],
        "verify, s of processor": round(told["processor"], 1),
        "load": round(os.getloadavg()[0], 1),
        "verify, µs of processor": round(told["processor"] / told["events"] * 1e6, 1),
        "verify, MB": told["megabytes"],
        "verify, code": told["code"],
        "file, MB": round((folder / "trial.sqlite3").stat().st_size / 1e6),
    }


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def median(times: list[tuple[float, float]]) -> float:
    """The median of processor time, in microseconds."""
    return round(statistics.median(processor for _, processor in times) * 1e6, 1)


def verified(folder: Path) -> dict[str, Any]:
    """Verify in a process of its own."""
    paths = os.pathsep.join([str(PROJECT / "tests"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "faults.scale", str(folder)]
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def tell(folder: Path) -> None:
    """What the process of its own prints."""
    begun, processor = time.perf_counter(), time.process_time()
    answer = verify(folder)
    told = {
        "code": answer.code,
        "events": answer.events,
        "seconds": round(time.perf_counter() - begun, 1),
        "processor": time.process_time() - processor,
        "megabytes": most_memory(),
    }
    print(json.dumps(told))


def most_memory() -> int:
    """The most memory this process has had, in megabytes: of this program, not of the one that started it.

    Linux hands `ru_maxrss` on from the process that forked; its own high-water mark stands in /proc.
    """
    own = Path("/proc/self/status")
    marks = [line for line in own.read_text().splitlines() if line.startswith("VmHWM:")] if own.exists() else []
    kilobytes = int(marks[0].split()[1]) if marks else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / 1024)


def slow_save(events: int) -> float:
    """Microseconds of processor of a save that reads the whole study first, among so many events."""

    def reads_all(view: View, _: Event) -> list[Any]:
        view.events()
        return []

    def appended(ledger: Ledger, number: int) -> object:
        return ledger.append(one(number), ISSUER, reads_all)

    with tempfile.TemporaryDirectory() as name:
        folder = founded(Path(name), "simulated")
        load(folder, 0, events)
        with open_study(folder, study=STUDY) as ledger:
            return median(
                [timed(lambda number=number: appended(ledger, number)) for number in range(events, events + 5)]
            )


if __name__ == "__main__":
    tell(Path(sys.argv[1]))
