"""How long `trialwright --help` takes as a whole process, beside an empty Python in the same run.

The ratio is what compares between machines; the aim is 0.3 s on two cores. Nothing is asserted.
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

RUNS = 11
EMPTY = (sys.executable, "-c", "pass")
HELP = (sys.executable, "-m", "trialwright", "--help")


def seconds(command: tuple[str, ...]) -> float:
    """One whole process, from start to exit."""
    began = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def main() -> None:
    """Measure both in turn, so that a busy machine weighs on both alike, and print medians."""
    seconds(HELP)  # compiles once
    pairs = [(seconds(EMPTY), seconds(HELP)) for _ in range(RUNS)]
    empty, helped = (median(times) for times in zip(*pairs, strict=True))
    print(f"trialwright --help: {helped:.3f} s; python -c pass: {empty:.3f} s; ratio {helped / empty:.1f}")


if __name__ == "__main__":
    main()
