"""What datasets cost, and whether cost and memory grow with the number of subjects.

    python -m benchmarks.datasets [subjects …]

A study of the project is rehearsed in memory; its subjects are told again under other ids until there are as many as
asked for. Then every dataset is derived and written as CSV and Parquet into a temporary folder, each number in a
process of its own, so that the peak of its memory is its own. Printed, never asserted; time for a subject should stay
as it is, and memory grow only by the records themselves, which are held before anything is derived.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from benchmarks.status import rehearsed
from trialwright.adapters.exchange.cdisc import Asked, standing_of, write_datasets
from trialwright.core.ledger import Event
from trialwright.core.subject import StudyRecord, SubjectRecord, fold_study

USUAL = (40, 400, 1200)
PATIENTS = 40


def many(events: list[Event], subjects: int) -> StudyRecord:
    """The study with its subjects told again and again, each time under other ids, its records being new ones."""
    study = fold_study(events)
    found: dict[str, SubjectRecord] = {}
    for turn in range(-(-subjects // len(study.subjects))):
        again = fold_study(events).subjects
        found |= {f"{name}-{turn}": replace(one, subject=f"{name}-{turn}") for name, one in again.items()}
    return replace(study, subjects=dict(list(found.items())[:subjects]))


def peak() -> int:
    """The peak of this process's memory, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(subjects: int) -> None:
    """Derive and write the datasets of so many subjects."""
    trial, events = rehearsed(PATIENTS)
    study = many(events, subjects)
    last = max(event.occurred for event in events)
    asked = Asked(trial, study, standing_of(trial, study, events[-1], "0" * 64, last))
    before, began = peak(), process_time()
    with TemporaryDirectory() as folder:
        written = write_datasets(asked, Path(folder) / "out", (".csv", ".parquet"))
    spent, rows = process_time() - began, sum(written.rows.values())
    told = f"{rows:9} rows {spent:8.1f} s, {spent / subjects * 1e3:6.1f} ms for a subject"
    print(f"{subjects:6} subjects {told}; memory before {before} MB, at its peak {peak()} MB")


def main() -> None:
    """Measure each number in a process of its own; alone with one number, in this one."""
    asked = [int(one) for one in sys.argv[1:]]
    if len(asked) == 1:
        measure(asked[0])
        return
    for number in asked or USUAL:
        subprocess.run([sys.executable, "-m", "benchmarks.datasets", str(number)], check=True)


if __name__ == "__main__":
    main()
