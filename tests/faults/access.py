"""Every page × method × role × relation of the web application, on both engines; and every write with its event.

The cells, what is declared of each and the holes planted in the door are `tests/adapters/edc/access`; here they are run
without a sample and counted (`prove`). Every test of the web application runs under the watch of
`tests/adapters/edc/watching.py`; what it saw is held against what is declared: each page saved, each refused (`audit`).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from faults.evidence import PROJECT, Evidence

TESTS = "tests/adapters/edc/access"
COUNTED = re.compile(r"(\d+) (passed|failed|error|errors|skipped)\b")


def prove(size: str, seed: int) -> Evidence:
    """Run them; one that failed, or was not run, fails the proof."""
    evidence = Evidence("application-access", size, seed)
    passed, counted = _run(evidence, TESTS, **({"TRIALWRIGHT_MATRIX": "whole"} if size == "full" else {}))
    evidence.check("every test of the door passes", passed, **counted)
    evidence.check("none of them is left out", not counted.get("skipped"), **counted)
    evidence.figures["cells"] = "all" if size == "full" else "a sample, always the same"
    return evidence


def audit(size: str, seed: int) -> Evidence:
    """Run every test of the pages under the watch; a page that none of them saved by, or was refused at, fails."""
    evidence = Evidence("application-audit", size, seed)
    from adapters.edc.oversight.test_every_write_is_declared import MAKES

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seen"
        passed, counted = _run(evidence, "tests/adapters/edc", TRIALWRIGHT_SEEN_WRITES=str(file))
        seen = defaultdict(set)
        for line in file.read_text("utf-8").splitlines():
            page, _, what = line.partition("\t")
            seen[page].add(what)
    evidence.check("no request writes without its event, in all tests of the pages", passed, **counted)
    made = {page: kinds for page, kinds in MAKES.items() if kinds}
    unsaved = sorted(page for page, kinds in made.items() if not kinds & seen[page])
    evidence.check("each page that makes events made some", not unsaved, pages=len(made), unsaved=unsaved)
    never = sorted(page for page in MAKES if "refused" not in seen[page])
    evidence.check("each page that takes a form refused one", not never, pages=len(MAKES), never=never)
    pairs = [(page, kind) for page, kinds in made.items() for kind in kinds]
    evidence.figures["pairs of page and event"] = {
        "declared": len(pairs), "seen": sum(kind in seen[page] for page, kind in pairs),
    }  # fmt: skip
    planted = "test_nothing_is_written_past_an_event.py"
    evidence.control("a planted write is noticed", passed and any((PROJECT / "tests").rglob(planted)))
    return evidence


def identifiers(size: str, seed: int) -> Evidence:
    """Fifty of each of eighteen kinds of identifier typed everywhere and looked for everywhere, in every role."""
    evidence, passed, counted = _of_corpora(size, seed, "identifiers", "CANARIES", "test_identifiers_stay.py")
    evidence.check("what tells who a patient is stays where it was typed", passed, **counted)
    evidence.check("none of it is left out", not counted.get("skipped"), **counted)
    evidence.figures["canaries"] = "18 kinds of words × 50, 50 births" if size == "full" else "2 of each kind"
    seen = passed and counted.get("passed", 0) >= 4
    evidence.control("canaries are seen where they may be read, and a mistake that repeats one is heard", seen)
    return evidence


def hostile(size: str, seed: int) -> Evidence:
    """Every hostile text in every field, filter and address, and every hostile file at every upload."""
    evidence, passed, counted = _of_corpora(size, seed, "hostile", "HOSTILE", "test_hostile_input.py")
    evidence.check("nothing that was sent is run, opened, asked or reckoned", passed, **counted)
    evidence.check("none of it is left out", not counted.get("skipped"), **counted)
    evidence.figures["corpora"] = (
        "100 texts × fields, 30 keys × pages, 40 paths × 5 places, 30 cells × tables, 65 files × uploads"
        if size == "full"
        else "some of each, always the same"
    )
    evidence.control("what would be a tag is noticed in an answer", passed)
    return evidence


def _of_corpora(size: str, seed: int, name: str, asks: str, tests: str) -> tuple[Evidence, bool, dict[str, int]]:
    """Tests that take the whole of their corpora where `asks` says so, and some of each otherwise."""
    evidence = Evidence(f"application-{name}", size, seed)
    return evidence, *_run(evidence, f"{TESTS}/{tests}", **({f"TRIALWRIGHT_{asks}": "whole"} if size == "full" else {}))


def _run(evidence: Evidence, tests: str, **wanted: str) -> tuple[bool, dict[str, int]]:
    """Whether the tests pass, and their counts; the names of those that do not stand in the evidence."""
    command = [sys.executable, "-m", "pytest", tests, "-q", "-p", "no:cacheprovider", "-p", "no:logging"]
    done = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **wanted}, capture_output=True, text=True, check=False
    )
    evidence.failed += [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return done.returncode == 0, {
        what: int(number) for number, what in COUNTED.findall(done.stdout.strip().splitlines()[-1])
    }
