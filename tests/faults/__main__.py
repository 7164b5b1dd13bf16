"""Run the proofs in full and keep their evidence: python -m faults [--quick] [--seed N] [NAME…], from tests/."""

from __future__ import annotations

import argparse
import sys
import time

from faults.evidence import PLACE, Evidence
from faults.proofs import PROOFS, prove


def main() -> int:
    """Each proof's line as it ends, what failed and what could not run; then the sum. Exit 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m faults")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROOFS)}; all of them by default")
    parser.add_argument("--quick", action="store_true", help="the sizes of the everyday test run")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    if unknown := [name for name in told.names if name not in PROOFS]:
        parser.error(f"no proof is called {', '.join(unknown)}; there are {', '.join(PROOFS)}")
    begun = time.monotonic()
    found = [run(name, "quick" if told.quick else "full", told.seed) for name in told.names or PROOFS]
    passed, failed, left = (sum(len(getattr(each, what)) for each in found) for what in ("passed", "failed", "not_run"))
    print(f"{passed} passed, {failed} failed" + (f", {left} not run" if left else ""), end="")
    print(f" in {(time.monotonic() - begun) / 60:.1f} minutes; evidence in {PLACE}")
    return 1 if failed else 0


def run(name: str, size: str, seed: int) -> Evidence:
    """One proof; what it could not catch is a failure with its name, and the others go on."""
    try:
        evidence = prove(name, size, seed)
    except Exception as wrong:  # named, and the others go on
        evidence = Evidence(name, size, seed, failed=[f"the proof ended early: {type(wrong).__name__}: {wrong}"])
    evidence.write()
    print(evidence.line(), flush=True)
    for what, lines in (("FAILED", evidence.failed), ("NOT RUN", evidence.not_run)):
        for line in lines:
            print(f"  {what}: {line}", flush=True)
    return evidence


if __name__ == "__main__":
    sys.exit(main())
