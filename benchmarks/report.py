"""How long the whole report takes, by step, and how much memory, at 35 subjects and at many.

    python -m benchmarks.report DIR [subjects …]

DIR is the folder of a rehearsed trial. A ledger of many subjects is made from it in a temporary folder: each
subject's events again under other ids, through the store's bulk append; so every subject is as long and as odd as a
rehearsed one, and who failed screening comes on top. Each size is measured in a process of its own, the start of every
library included; on a machine that others use as well, the processor's seconds are those that mean something. Memory is
that of this process and, at most, of all its workers together. Printed, never asserted.
"""

from __future__ import annotations

import gc
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from trialwright.core.ledger import Event, EventVoided, PayloadRedacted
from trialwright.store import SeededIssuer, Submission, Text, open_study

SIZES = (35, 350, 3_500, 10_000)
LEDGER = "trial.sqlite3"
A_SAVE = 2_000
"""So many events go into one save."""
LIMITS = {35: 15.0, 10_000: 120.0}
"""Seconds that were promised, by the number of subjects."""


def multiplied(source: Path, target: Path, subjects: int) -> int:
    """A study folder with so many registered subjects, made of those of another; the number of its events."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(f"{LEDGER}*"))
    with open_study(source, read_only=True) as ledger:
        events = list(ledger.events())
    texts = tuple(Text("protocol", file.read_text("utf-8")) for file in sorted((source / "protocol").glob("*.yaml")))
    made = list(_again(events, subjects))
    with open_study(target) as ledger:
        saves = (
            Submission(f"save-{at}", tuple(made[at : at + A_SAVE]), texts=texts, recorded_at=events[-1].recorded)
            for at in range(0, len(made), A_SAVE)
        )
        ledger.append_many(list(saves), SeededIssuer(1))
    return len(made)


def _again(events: Sequence[Event], subjects: int) -> Iterator[Event]:
    """The study's own events, then every subject's, over and over, until so many were registered."""
    own = [one for one in events if one.subject is None]
    told: dict[str, list[Event]] = {}
    for one in events:
        if one.subject is not None and not isinstance(one, EventVoided | PayloadRedacted):
            told.setdefault(one.subject, []).append(one)
    yield from (_fresh(one, None) for one in own)
    registered = 0
    for turn in count():
        for subject, each in told.items():
            yield from (_fresh(one, f"{subject}-{turn:04d}") for one in each)
            registered += any(type(one).__name__ == "SubjectRegistered" for one in each)
            if registered >= subjects:
                return


def _fresh(event: Event, subject: str | None) -> Event:
    return replace(event, subject=subject, seq=0, id="", recorded=None)


STEPS = ("read_study", "judge", "analyse", "documents_of", "drawn", "as_csv", "as_html", "as_pdf")
"""The steps of the report that are timed, by the name they are called by; the rest is what is left."""


def one_report(folder: Path, out: Path) -> None:
    """Write the report of a folder in this process, and print its seconds and its memory, children included."""
    from trialwright.adapters.reports import reading, writing
    from trialwright.cli import GARBAGE_AFTER

    gc.set_threshold(*GARBAGE_AFTER)
    spent = {name: timed(writing, name) for name in STEPS}
    begun = perf_counter()
    writing.write_report(folder, out)
    seconds = perf_counter() - begun
    worked = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    many = len(reading.read_study(folder, None).subjects) > reading.FEW
    workers = min(reading._processors(), reading.MOST_WORKERS) if many else 0
    steps = " ".join(f"{sum(told):.1f}" for told in spent.values())
    print(f"{seconds:.1f} {worked:.1f} {(own + workers * child) / 1024:.0f} {steps}")


def timed(module: Any, name: str) -> list[float]:
    """The seconds of each call of a function of a module, from now on."""
    told: list[float] = []
    plain = getattr(module, name)

    def call(*arguments: Any, **named: Any) -> Any:
        begun = perf_counter()
        try:
            return plain(*arguments, **named)
        finally:
            told.append(perf_counter() - begun)

    setattr(module, name, call)
    return told


def main(arguments: Sequence[str]) -> None:
    """Measure each size."""
    if arguments[:1] == ["--one"]:
        one_report(Path(arguments[1]), Path(arguments[2]))
        return
    source, sizes = Path(arguments[0]), [int(each) for each in arguments[1:]] or SIZES
    heads = ("subjects", "events", "seconds", "asked", "of processor", "MB", *STEPS)
    print(" ".join(f"{head:>12}" for head in heads))
    for size in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "trial"
            events = multiplied(source, folder, size)
            command = [sys.executable, "-m", "benchmarks.report", "--one", str(folder), str(Path(temporary) / "out")]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            asked = f"{LIMITS[size]:.0f}" if size in LIMITS else "-"
            row = (f"{size:,}", f"{events:,}", told[0], asked, *told[1:])
            print(" ".join(f"{cell:>12}" for cell in row), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
