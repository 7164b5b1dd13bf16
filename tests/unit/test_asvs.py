"""Every requirement of ASVS 5.0.0 of levels 1 and 2 has one answer; what passes is shown by something that exists."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROWS = list(csv.DictReader((PROJECT / "docs" / "reference" / "asvs.csv").read_text("utf-8").splitlines()))
OF_LEVEL_3 = {"1.2.10", "2.3.5", "5.2.4", "5.3.3", "7.5.3", "8.3.2", "15.4.2"}
ANSWERS = {"pass", "not applicable", "deviation"}


def test_every_requirement_has_one_answer() -> None:
    """70 and 183 are the counts of the published list."""
    assert Counter(row["level"] for row in ROWS) == {"1": 70, "2": 183, "3": len(OF_LEVEL_3)}
    assert len({row["requirement"] for row in ROWS}) == len(ROWS)
    assert {row["requirement"] for row in ROWS if row["level"] == "3"} == OF_LEVEL_3
    assert {row["answer"] for row in ROWS} == ANSWERS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["requirement"])
def test_what_passes_is_shown_and_what_does_not_says_why(row: dict[str, str]) -> None:
    assert row["how"].endswith(".") and len(row["how"]) > 5
    shown, _, test = row["shown by"].partition("::")
    assert shown or row["answer"] != "pass", "a pass is shown by something"
    if shown:
        assert (PROJECT / shown).exists(), shown
    if test:
        assert f"def {test}(" in (PROJECT / shown).read_text("utf-8"), test
