"""How fast curves are fitted, beside R in the same run: thousands of small trials at once, and one of a million.

Printed, never asserted; run `python -m benchmarks.estimation`. The yardstick is R's `survfit` and `quantile`, called
as their manuals show (benchmarks/peers/); both sides read the same numbers first, and only the fits are timed, in
processor seconds. Without Rscript and its package survival ours is printed alone. Both sides' medians are compared.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trialwright.core.estimation import kaplan_meier, kaplan_meier_medians

PEERS = Path(__file__).resolve().parent / "peers"
Column = NDArray[np.float64]
Runner = Callable[[str, Column, list[str]], list[str] | None]


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Least processor time of one run."""
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def by_r(script: str, data: Column, arguments: list[str]) -> list[str] | None:
    """What the peer prints, word by word; None where R or its package is missing."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        data.tofile(file.name)
        found = subprocess.run(
            [rscript, str(PEERS / script), file.name, *arguments], capture_output=True, text=True, check=False
        )
    return found.stdout.split() if found.returncode == 0 else None


def line(name: str, ours: float, theirs: float | None, fits: int) -> str:
    """One row: our seconds and fits per second, R's seconds, and how many times as fast."""
    peer = "R is not here" if theirs is None else f"R {theirs:>9.3f} s {theirs / ours:>9.0f} x"
    return f"{name:<46}{ours:>9.4f} s {fits / ours:>11,.0f} fits/s   {peer}"


def many(rng: np.random.Generator, fits: int, size: int) -> None:
    """Thousands of trials with their median and its limits: one batch here, one by one in R."""
    times = np.ceil(rng.exponential(250.0, (fits, size)))
    events = rng.random((fits, size)) < 0.7
    ours = seconds(lambda: kaplan_meier_medians(times, events), 7)
    both = np.concatenate([times.ravel(), events.astype(float).ravel()])
    words = by_r("survfit_many.R", both, [str(fits), str(size)])
    print(line(f"{fits:,} curves of {size}, median and limits", ours, float(words[0]) if words else None, fits))
    one_by_one = seconds(
        lambda: [kaplan_meier(*row).median() for row in zip(times[:300], events[:300], strict=True)], 3
    )
    print(line("  the same, one by one (of 300)", one_by_one, float(words[0]) * 300 / fits if words else None, 300))
    if words:
        found = kaplan_meier_medians(times, events)
        r = np.array([np.nan if word == "NA" else float(word) for word in words[1:]]).reshape(fits, 3)
        same = np.isclose(np.stack([found.estimate, found.lower, found.upper], axis=1), r, rtol=1e-14, equal_nan=True)
        flat = int((found.estimate % 1 != 0).sum() - np.isnan(found.estimate).sum())
        print(f"  {int(same.all(axis=1).sum()):,} of {fits:,} agree with R in all three; {flat:,} lie between two days")


def one(name: str, times: Column, events: NDArray[np.bool_], repeats: int) -> None:
    """One curve with its log-log limits; the median is read off afterwards."""
    ours = seconds(lambda: kaplan_meier(times, events), 3 * repeats)
    words = by_r("survfit_one.R", np.concatenate([times, events.astype(float)]), [str(repeats)])
    print(line(name, ours, float(words[0]) if words else None, 1))
    if words:
        print(f"  median {kaplan_meier(times, events).median().estimate:.10g}, by R {float(words[1]):.10g}")


def main(size: int = 1_000_000, fits: int = 10_000) -> None:
    """Print the measurements."""
    rng = np.random.default_rng(20050201)
    many(rng, fits, 35)
    events = rng.random(size) < 0.7
    one(f"one curve of {size:,}, continuous times", rng.exponential(1e6, size), events, 3)
    one(f"one curve of {size:,}, whole days", np.ceil(rng.exponential(500.0, size)), events, 3)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
