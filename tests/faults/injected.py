"""Input, output and space errors at every place: the k-th sync, write or truncation of a save fails, for k from 1 on.

The serving process runs under strace, which makes the calls fail (EIO, ENOSPC). Whatever fails, nothing is acknowledged
that is not durable: after the run the file holds each acknowledged save, and so does the disk as it would be after a
power failure, replayed from the same trace (`disk`). The next request works, or is refused again; a restart serves.
The control replays the trace as if its last syncs had failed too.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faults.client import Client, Service
from faults.disk import CALLS, Call, Disk, calls_of
from faults.evidence import Evidence
from faults.power import fast, recovered
from faults.study import founded, stored
from trialwright.store import verify

ERRORS = ("EIO", "ENOSPC")
SETTINGS = ("WAL/FULL", "DELETE/EXTRA")
WRITES, SYNCS = "pwrite64", "fdatasync,fsync,ftruncate"
TRIES = 4


@dataclass(frozen=True)
class Failing:
    """Which calls of a run fail: from the first-th on, so many apart, while there are so many saves."""

    calls: str
    first: int
    apart: int
    saves: dict[str, int]

    def inject(self, error: str) -> str:
        """The same in strace's words."""
        return f"{self.calls}:error={error}:when={self.first}+{self.apart}"


QUICK = (
    *(Failing(WRITES, first, 61, dict.fromkeys(SETTINGS, 5)) for first in (9, 40)),
    Failing(SYNCS, 2, 5, {"WAL/FULL": 8, "DELETE/EXTRA": 4}),
)
FULL = (  # together: each k-th call from 1 to 200 and beyond
    *(Failing(WRITES, first, 61, dict.fromkeys(SETTINGS, 14)) for first in range(1, 62)),
    *(Failing(SYNCS, first, 23, {"WAL/FULL": 210, "DELETE/EXTRA": 50}) for first in range(1, 24)),
)


@dataclass
class Run:
    """One run of the service with every so-manieth call failing."""

    acknowledged: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    after_a_failure: Counter[int] = field(default_factory=Counter)
    failed_calls: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def prove(size: str, seed: int = 1) -> Evidence:
    """Every first failing call, error and pair of settings; then the control."""
    sizes = FULL if size == "full" else QUICK
    evidence = Evidence("injected", size, seed)
    if lacking := unable():
        evidence.not_run.append(f"injected: {lacking}")
        return evidence
    with tempfile.TemporaryDirectory(dir=fast()) as name:
        place = Path(name).resolve()
        for settings in SETTINGS:
            with Service(founded(place / settings.replace("/", "-")), threads=1, settings=settings) as service:
                for error in ERRORS:
                    runs = [injected(service, place, settings, error, each) for each in sizes]
                    judge(evidence, f"{settings} {error}", runs)
        lost = control(place)
    evidence.control("a disk whose syncs all failed has lost acknowledged saves", lost > 0, lost=lost)
    return evidence


def unable() -> str:
    """Why calls cannot be made to fail here, or nothing."""
    if shutil.which("strace") is None:
        return "strace, which makes calls fail, is not on this machine"
    with subprocess.Popen(["sleep", "30"]) as sleeping:
        tracing = subprocess.Popen(["strace", "-p", str(sleeping.pid)], stderr=subprocess.PIPE, text=True)
        assert tracing.stderr is not None
        attached = "attached" in tracing.stderr.readline()
        sleeping.kill()
        tracing.communicate()
    return "" if attached else "strace may not look into another process here (ptrace is restricted)"


def judge(evidence: Evidence, what: str, runs: Sequence[Run]) -> None:
    """What must hold over all runs of one kind."""
    total: Run = Run()
    for run in runs:
        total.acknowledged += run.acknowledged
        total.wrong += run.wrong
        for name in ("statuses", "after_a_failure", "failed_calls"):
            getattr(total, name).update(getattr(run, name))
    evidence.figures[what] = {
        "runs": len(runs),
        "acknowledged": len(total.acknowledged),
        "answers": dict(total.statuses),
        "answers right after a failure": dict(total.after_a_failure),
        "calls made to fail": dict(total.failed_calls),
    }
    evidence.check(f"{what}: nothing is acknowledged that is not durable", not total.wrong, wrong=total.wrong[:5])
    evidence.check(
        f"{what}: calls did fail, and saves were refused", sum(total.statuses.values()) > total.statuses[200]
    )
    evidence.check(f"{what}: and saves were acknowledged", total.statuses[200] > 0)
    if what.endswith("ENOSPC"):
        evidence.check(f"{what}: a full disk is told as 507", total.statuses[507] > 0, answers=dict(total.statuses))


def injected(service: Service, where: Path, settings: str, error: str, failing: Failing) -> Run:
    """Save while calls fail; then look at the file, and at the disk as it would be without power."""
    run = Run()
    with tempfile.TemporaryDirectory(dir=where) as name:
        place = Path(name)
        disk = traced(service, place, failing.inject(error), failing.saves[settings], run)
        service.start(place / "study")
        with Client(service.port) as client:
            again = client.save("after", "S01-001", 1500, "u1")
        service.kill()
        if again.status != 200:
            run.wrong.append(f"after a restart the save was answered {again.status}")
        calls = list(calls_of(place / "trace", place / "study", place / "none"))
        run.failed_calls.update(failed_calls(place / "trace"))
        run.wrong += compared(place / "study", run.acknowledged)
        run.wrong += without_power(place / "found", disk, calls, run.acknowledged)
    return run


def traced(service: Service, place: Path, inject: str, saves: int, run: Run) -> Disk:
    """One run of the service under strace, killed at its end; answers with the disk from before it."""
    folder = founded(place / "study")
    service.kill()
    pid = service.start(folder)
    client = Client(service.port)
    client.version("S01-001")  # open, before calls fail
    client.close()
    disk = Disk.of(folder)
    tracing = attach(pid, place / "trace", inject)
    keep_saving(service.port, saves, run)
    service.kill()
    tracing.communicate(timeout=60)  # closes what it said, too
    return disk


def attach(pid: int, trace: Path, inject: str) -> subprocess.Popen[str]:
    """strace on a running process, as soon as it looks at every call."""
    command = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-e", f"inject={inject}"]
    tracing = subprocess.Popen([*command, "-o", str(trace), "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    assert tracing.stderr is not None
    assert "attached" in tracing.stderr.readline()
    return tracing


def failed_calls(trace: Path) -> Counter[str]:
    """Which calls were made to fail, and how often."""
    with trace.open(encoding="ascii") as lines:
        return Counter(line.split("(")[0].split()[-1] for line in lines if line.rstrip().endswith("(INJECTED)"))


def keep_saving(port: int, saves: int, run: Run) -> None:
    """One client, which sends each save again until it is acknowledged, but not for ever."""
    client = Client(port)
    for number in range(saves):
        key, before = f"i-{number}", 200
        for _ in range(TRIES):
            got = client.save(key, f"S01-{number % 5:03d}", 1000 + number, "u1")
            run.statuses[got.status] += 1
            if before != 200:
                run.after_a_failure[got.status] += 1
            before = got.status
            if got.status == 200:
                run.acknowledged.append(key)
                break
    client.close()


def compared(folder: Path, acknowledged: list[str]) -> list[str]:
    """What the file itself has lost."""
    there = {header["sub"] for header in stored(folder)}
    code = verify(folder).code
    return [f"{key} is not in the file" for key in acknowledged if key not in there] + [f"verify {code}"] * bool(code)


def without_power(folder: Path, disk: Disk, calls: list[Call], acknowledged: list[str]) -> list[str]:
    """What the disk has lost if the power fails at the end and nothing unsynced got there."""
    for call in calls:
        disk.apply(call)
    folder.mkdir()
    for name, content in disk.durable.items():
        (folder / name).write_bytes(content.durable)
    there = recovered(folder)
    if there is None or verify(folder).code:
        return ["the disk is corrupt after a power failure"]
    return [f"{key} is not on the disk" for key in acknowledged if key not in there]


def control(place: Path) -> int:
    """How many acknowledged saves a disk lacks on which every sync of the same trace failed."""
    run = Run()
    with Service(founded(place / "none"), threads=1) as service:
        disk = traced(service, place, f"{WRITES}:error=EIO:when=60000", 5, run)
    calls = [
        Call("lost", each.name) if each.what == "sync" else each
        for each in calls_of(place / "trace", place / "study", place / "none")
    ]
    return len(without_power(place / "found", disk, calls, run.acknowledged))
