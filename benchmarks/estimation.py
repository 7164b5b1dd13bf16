"""How fast curves are fitted: many of 35 subjects, and one of a million; run it as `python benchmarks/estimation.py`.

Printed, never asserted. The yardstick is `scipy.stats.ecdf` in the same run on the same data: it gives the curve
alone, without limits of the median.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from scipy import stats

from trialwright.core.estimation import kaplan_meier


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Least processor time of one run."""
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def by_scipy(times: np.ndarray, events: np.ndarray) -> object:
    """The same curve by the yardstick."""
    return stats.ecdf(stats.CensoredData(uncensored=times[events], right=times[~events])).sf


def line(name: str, ours: float, yardstick: float, fits: int) -> str:
    """One row: seconds, fits per second, and how many times as fast as the yardstick."""
    return f"{name:<42}{ours:>10.4f} s {fits / ours:>12,.0f} fits/s {yardstick / ours:>8.1f} x scipy"


def main(size: int = 1_000_000, fits: int = 300) -> None:
    """Print the three measurements."""
    rng = np.random.default_rng(20050201)
    small = [(np.ceil(rng.exponential(250, 35)), rng.random(35) < 0.7) for _ in range(fits)]
    ours = seconds(lambda: [kaplan_meier(t, e).median() for t, e in small], 3)
    theirs = seconds(lambda: [by_scipy(t, e) for t, e in small], 3)
    print(line(f"{fits} curves of 35 with median and limits", ours, theirs, fits))
    events = rng.random(size) < 0.7
    for name, times in [
        ("continuous times", rng.exponential(1e6, size)),
        ("whole days", np.ceil(rng.exponential(500, size))),
    ]:
        ours = seconds(lambda times=times: kaplan_meier(times, events).median(), 3)  # type: ignore[misc]
        theirs = seconds(lambda times=times: by_scipy(times, events), 2)  # type: ignore[misc]
        print(line(f"one curve of {size:,}, {name}", ours, theirs, 1))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
