"""Every page × method × role × relation of the web application, on both engines: the tests of the door, whole.

The cells, what is declared of each and the holes planted in the door are `tests/adapters/edc/access`; here they are run
without a sample and counted.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from faults.evidence import PROJECT, Evidence

TESTS = "tests/adapters/edc/access"
COUNTED = re.compile(r"(\d+) (passed|failed|error|errors|skipped)\b")


def prove(size: str, seed: int) -> Evidence:
    """Run them; one that failed, or was not run, fails the proof."""
    evidence = Evidence("application-access", size, seed)
    wanted = {**os.environ, **({"TRIALWRIGHT_MATRIX": "whole"} if size == "full" else {})}
    command = [sys.executable, "-m", "pytest", TESTS, "-q", "-p", "no:cacheprovider", "-p", "no:logging"]
    done = subprocess.run(command, cwd=PROJECT, env=wanted, capture_output=True, text=True, check=False)
    counted = {what: int(number) for number, what in COUNTED.findall(done.stdout.strip().splitlines()[-1])}
    for line in done.stdout.splitlines():
        if line.startswith(("FAILED", "ERROR")):
            evidence.failed.append(line)
    evidence.check("every test of the door passes", done.returncode == 0, **counted)
    evidence.check("none of them is left out", not counted.get("skipped"), **counted)
    evidence.figures["cells"] = "all" if size == "full" else "a sample, always the same"
    return evidence
