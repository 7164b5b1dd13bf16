"""Run the proofs in full and keep their evidence: python -m faults [--quick] [--seed N] [NAME…], from tests/.

A name stands for itself or for all that begin with it.
"""

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
    if unknown := [name for name in told.names if not meant(name)]:
        parser.error(f"no proof is called {', '.join(unknown)}; there are {', '.join(PROOFS)}")
    wanted = dict.fromkeys(name for said in told.names or PROOFS for name in meant(said))
    begun = time.monotonic()
    found = [run(name, "quick" if told.quick else "full", told.seed) for name in wanted]
    passed, failed, left = (sum(len(getattr(each, what)) for each in found) for what in ("passed", "failed", "not_run"))
    print(f"{passed} passed, {failed} failed" + (f", {left} not run" if left else ""), end="")
    print(f" in {(time.monotonic() - begun) / 60:.1f} minutes; evidence in {PLACE}")
    return 1 if failed else 0


def meant(said: str) -> list[str]:
    """The proof of this name, or those of which it is the beginning: kill is kill-sqlite and kill-postgresql."""
    return [said] if said in PROOFS else [name for name in PROOFS if name.startswith(f"{said}-")]


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
