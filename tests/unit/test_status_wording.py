"""How parts of a status page read: capsules that add up or do not, and each specimen once with all there is to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from trialwright.cli.status_dose import account_lines
from trialwright.cli.status_record import specimen_lines
from trialwright.core.dosing import CourseAccount
from trialwright.core.specimens import SpecimenDue
from trialwright.core.terms import Because, Quantity

TEN, FIVE = Quantity.parse("10 mg"), Quantity.parse("5 mg")


@pytest.mark.parametrize(
    ("returned", "taken", "difference", "words"),
    [
        ({TEN: 2, FIVE: 1}, {TEN: 40, FIVE: 20}, {TEN: 0, FIVE: 0}, "all are accounted for"),
        ({TEN: 2, FIVE: 1}, {TEN: 39, FIVE: 20}, {TEN: 1, FIVE: 0}, "DOES NOT ADD UP: 1 x 10 mg left over"),
        ({TEN: 0, FIVE: 0}, {TEN: 0, FIVE: 0}, {TEN: 42, FIVE: 21}, "42 x 10 mg and 21 x 5 mg left over"),
        (None, {TEN: 40, FIVE: 20}, None, "brought back not known"),
        (None, {TEN: 40, FIVE: 20}, None, "whether any is lost is not known"),
    ],
)
def test_capsules_say_of_each_number_what_it_counts(returned, taken, difference, words) -> None:
    account = CourseAccount("examplinib", 1, {TEN: 42, FIVE: 21}, returned, taken, difference)
    line = "\n".join(account_lines([account]))
    assert "course 1: handed out 42 x 10 mg and 21 x 5 mg; brought back " in line
    assert words in line


BIOPSY = SpecimenDue(
    "S01-001", "S01", "biopsy.baseline", "Skin biopsy", "assay", "", None, "", False, "the laboratory",
    Because("biopsy", "Biopsies are taken"),
)  # fmt: skip


def test_a_specimen_stands_once_with_all_that_is_to_be_done() -> None:
    late = replace(BIOPSY, to_do="destroy", due=date(2025, 5, 1), overdue=True)
    other = replace(BIOPSY, key="biopsy.end", to_do="collect", place="", due=date(2025, 6, 1), time="10:00")
    lines = list(specimen_lines(SimpleNamespace(specimens=(BIOPSY, late, other), on=date(2025, 6, 1))))
    told = [line.strip() for line in lines if line.strip() and not line.strip().startswith("because")]
    assert told == [
        "SPECIMENS",
        "Skin biopsy (biopsy.baseline), at the laboratory",
        "assay",
        "destroy, by 2025-05-01, LATE",
        "Skin biopsy (biopsy.end)",
        "collect, by 2025-06-01 10:00",
    ]
    assert sum("because" in line for line in lines) == 2


def test_without_specimens_there_is_no_heading() -> None:
    assert list(specimen_lines(SimpleNamespace(specimens=(), on=date(2025, 6, 1)))) == []
