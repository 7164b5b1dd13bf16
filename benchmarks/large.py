"""The web application over ledgers of ten thousand, a hundred thousand and a million events.

    python -m benchmarks.large [events …]

A study of the project is rehearsed, and every patient's events are appended again under other ids until there are so
many. At each size a process of its own serves the study: how long it takes to be ready, how much memory it has then,
and what a form costs that is opened and saved for patients nobody has looked at yet. Times are of the processor, with
those of the clock beside them, since a machine may be busy with something else. Printed, never asserted.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

SIZES = (10_000, 100_000, 1_000_000)
PATIENTS, BATCH, FORMS, ITEMS = 24, 2_000, 60, 12
STUDY = next(
    one.parent.parent
    for one in sorted((Path(__file__).resolve().parent.parent / "studies").glob("*/protocol/*.yaml"))
    if "toxicity: " in one.read_text("utf-8")
)
POINTING = {"EventVoided", "PayloadRedacted"}
"""Events that name another by its id, which a copy would not find."""


# --- a ledger of so many events -------------------------------------------------------------------------------------


def rehearsed(place: Path) -> Path:
    """The study with a small rehearsal."""
    folder = place / STUDY.name
    shutil.copytree(STUDY, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests", "cases"))
    command = [sys.executable, "-m", "trialwright", "rehearse", str(folder), "--patients", str(PATIENTS)]
    subprocess.run([*command, "--until", "mid-accrual"], check=True, stdout=subprocess.DEVNULL)
    return folder


def lengthened(folder: Path, events: int) -> float:
    """Append every patient again under other ids until there are so many events; seconds of the processor."""
    from trialwright.store import SeededIssuer, open_study

    begun, issuer = process_time(), SeededIssuer("copies")
    with open_study(folder) as ledger:
        there = list(ledger.events())
        wanted = copies(there, len(there))
        left = events - len(there)
        while left > 0:
            batch = list(islice(wanted, min(BATCH, left)))
            ledger.append_many(batch, issuer)
            left -= len(batch)
    return process_time() - begun


def copies(there: list[Any], known: int) -> Iterator[Any]:
    """Saves of one event each: the patients again and again, in the order in which they were recorded."""
    from trialwright.store import Submission

    of_patients = [one for one in there if one.subject and type(one).__name__ not in POINTING]
    at = there[-1].recorded
    for again in count(known):
        for place, one in enumerate(of_patients):
            at += timedelta(microseconds=1)
            fresh = replace(one, subject=f"{one.subject}-{again}", id="", seq=0, recorded=None)
            yield Submission(f"copy-{again}-{place}", (fresh,), recorded_at=at)


# --- one process that serves it -------------------------------------------------------------------------------------


def told_of(folder: Path) -> dict[str, Any]:
    """What it costs to serve the folder, and to open and save forms in it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "trialwright.adapters.edc.settings"
    os.environ["TRIALWRIGHT_STUDIES"] = str(folder)
    from trialwright.adapters.edc import starting

    starting.set_up()
    starting.prepare_accounts()
    from trialwright.adapters.edc.desk import serve_study
    from trialwright.adapters.edc.people import demonstration

    before, begun, worked = resident(), perf_counter(), process_time()
    opened = serve_study(folder)
    opened.catch_up()
    gc.collect()
    gc.freeze()
    ready = (process_time() - worked, perf_counter() - begun)
    memory = resident()
    demonstration.prepare(opened)
    opened.catch_up()
    told = {"events": opened.record.last_seq, "patients": len(opened.record.subjects), "file, MB": size(folder)}
    told |= {"ready, s of processor": ready[0], "ready, s": ready[1], "MB": memory, "MB of it events": memory - before}
    told |= forms(opened)
    opened.close()
    return told


def forms(opened: Any) -> dict[str, Any]:
    """Forms of many items for patients nobody has looked at yet: opened, saved, opened anew; the patient's page."""
    from django.test import Client

    from benchmarks.load.people import person

    subjects = list(opened.record.subjects)
    chosen = subjects[:: max(1, len(subjects) // FORMS)][:FORMS]
    times: dict[str, list[tuple[float, float]]] = {"opened": [], "saved": [], "opened again": [], "patient": []}
    for number, subject in enumerate(chosen):
        one = person(opened, subject, ITEMS)
        client, path = Client(headers={"Cookie": one["cookies"]}), one["path"].replace("#", str(number))
        typed = {name.replace("#", str(number)): value for name, value in one["typed"].items()}
        typed |= {"key": f"large-{number}", "version": one["version"]}
        times["opened"].append(timed(client.get, 200, path))
        times["saved"].append(timed(client.post, 303, path, typed))
        times["opened again"].append(timed(client.get, 200, path))
        times["patient"].append(timed(client.get, 200, one["subject_page"]))
    told: dict[str, Any] = {}
    for what, found in times.items():
        for which, name in enumerate(("of processor", "by the clock")):
            some = [1000 * each[which] for each in found[3:]]  # what is loaded at the first is not counted
            told[f"{what}, ms {name}"] = (median(some), quantiles(some, n=20)[-1])
    return told


def timed(ask: Callable[..., Any], status: int, *told: Any) -> tuple[float, float]:
    """Seconds of the processor and by the clock."""
    begun, worked = perf_counter(), process_time()
    answer = ask(*told)
    assert answer.status_code == status, (answer.status_code, status)
    return process_time() - worked, perf_counter() - begun


def resident() -> float:
    """Megabytes of this process in memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def size(folder: Path) -> float:
    """Megabytes of the ledger's file."""
    return sum(one.stat().st_size for one in folder.glob("trial.sqlite3*")) / 1e6


# --- all sizes ----


def main(*sizes: int) -> None:
    """Make each ledger longer than the last, and let a new process serve it."""
    with tempfile.TemporaryDirectory() as name:
        folder = rehearsed(Path(name))
        for events in sizes or SIZES:
            seconds = lengthened(folder, events)
            command = [sys.executable, "-m", "benchmarks.large", "--serve", str(folder)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            show(json.loads(done.stdout.splitlines()[-1]) | {"appended, s of processor": seconds})


def show(told: dict[str, Any]) -> None:
    """One size."""
    print(f"{told.pop('events'):,} events of {told.pop('patients'):,} patients")
    for what, found in told.items():
        said = f"{found:.1f}" if not isinstance(found, list) else f"median {found[0]:.0f}, 95 in 100 {found[1]:.0f}"
        print(f"  {what:<34}{said}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        with suppress(BrokenPipeError):
            print(json.dumps(told_of(Path(sys.argv[2]))))
    else:
        main(*map(int, sys.argv[1:]))
