"""Version 4.03 against grades that others derived: every graded laboratory record of a public trial data set.

The data set carries the low and the high direction apart and one signed grade, minus for low. Each record is graded
here from its value, limits, baseline and days; the two grades are the same, or the difference is of a kind listed in
KINDS, counted to the record. A difference of any other kind fails, and so does one record more or less of a kind.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from trialwright.core.conditions import Reading
from trialwright.core.terms import PartialDate, Quantity
from trialwright.core.toxicity import Graded, grade_reading
from trialwright.standards.ctcae.since_v4 import FASTING, SYMPTOMS
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.units import UNITS

ROW_UNITS = {
    "ALB": "g/L", "ALKPH": "U/L", "ALT": "U/L", "AST": "U/L", "BILI": "umol/L", "CA": "mmol/L", "CHOLES": "mmol/L",
    "CK": "U/L", "CREAT": "umol/L", "GGT": "U/L", "GLUC": "mmol/L", "HGB": "mmol/L", "LYMPH": "10*9/L",
    "PHOS": "mmol/L", "PLAT": "10*9/L", "POTAS": "mmol/L", "SODIUM": "mmol/L", "WBC": "10*9/L",
}  # fmt: skip

DAY = PartialDate(2014, 1, 2)

Row = dict[str, str]


def number(text: str, unit: str) -> Quantity | None:
    """A number as the laboratory wrote it: the file holds binary fractions (0.7999999999999999 is 0.8)."""
    return Quantity(Decimal(format(float(text), ".12g")), unit) if text else None


def before_treatment(row: Row) -> bool:
    return row["ADT"] <= row["TRTSDT"]


def graded_here(row: Row, name: str) -> Graded:
    value = row["AVAL"] or row["AVALC"]
    return graded_once(name, row["PARAMCD"], value, row["BASE"], row["ANRLO"], row["ANRHI"], before_treatment(row))


@cache
def graded_once(name: str, code: str, value: str, base: str, low: str, high: str, before: bool) -> Graded:
    term, unit = CTCAE_4_03.term(name), ROW_UNITS[code]
    limits = {"low": number(low, unit), "high": number(high, unit)}
    bound = value[0] if value[0] in "<>" else ""
    seen = Reading(term.analyte, number(value.lstrip("<>"), unit), DAY, bound=bound, **limits)
    first = Reading(term.analyte, number(base, unit), DAY, **limits) if base else None
    return grade_reading(term, seen, UNITS, first, before_treatment=before)


@pytest.fixture(scope="module")
def records(corpus: Path) -> list[tuple[Row, dict[str, Graded]]]:
    """Each record and its grade here, low and high, for the terms it has: their mapping calls all lymphocytes CD4."""
    with gzip.open(corpus / "adam-pharmaverse" / "adlb.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["ATOXDSCL"] or row["ATOXDSCH"]]
    sides = ("L", "H")
    return [(row, {side: graded_here(row, name) for side in sides if (name := row[f"ATOXDSC{side}"])}) for row in rows]


KINDS = {
    "the same grade": 54944,
    # their rules for anemia and high hemoglobin take g/L only, and the data are in mmol/L; here either unit is graded
    "hemoglobin in mmol/L: not graded there": 4998,
    # bilirubin "<3.42", glucose "<2.2204": no number there; here "less than" is enough for grade 0 ...
    "below detection: not graded there, grade 0 here": 7,
    # ... and not enough to tell which grade of hypoglycemia
    "below detection: not graded there, several grades possible here": 1,
    "no limit of normal: not graded there, grade 0 or 1 here": 18,
    # creatinine at screening above the last value before treatment: here a value before treatment has no baseline yet
    "before treatment: graded there against a later baseline": 4,
    # grades 1 and 2 of hypokalemia are one range, without and with symptoms: there the worst case is taken
    "symptoms not known: the worse grade there, both here": 18,
    # grades 1 and 2 of hyperglycemia are for fasting values: there none was fasting
    "fasting not known: not fasting there, both here": 93,
}


def kind_of(row: Row, theirs: str, ours: Graded) -> str:
    """Which kind of agreement or difference a record is; one that is of no kind is told in full."""
    grades = [str(grade.number) for grade in ours.possible]
    if grades == [theirs]:
        return "the same grade"
    if not theirs:
        return ungraded_there(row, grades)
    if row["PARAMCD"] == "CREAT" and before_treatment(row) and (theirs, grades) == ("1", ["0"]):
        return "before treatment: graded there against a later baseline"
    if ours.missing == (f"whether {SYMPTOMS}",) and theirs == grades[-1]:
        return "symptoms not known: the worse grade there, both here"
    if ours.missing == (f"whether {FASTING}",) and theirs == grades[0]:
        return "fasting not known: not fasting there, both here"
    return f"{row['PARAMCD']} {row['AVAL']} of {row['USUBJID']}: {theirs} there, {grades} here"


def ungraded_there(row: Row, grades: list[str]) -> str:
    if row["PARAMCD"] == "HGB" and len(grades) == 1:
        return "hemoglobin in mmol/L: not graded there"
    if row["AVALC"].startswith("<") and not row["AVAL"]:
        told = "grade 0" if grades == ["0"] else "several grades possible"
        return f"below detection: not graded there, {told} here"
    if not row["ANRLO"] and grades == ["0", "1"]:
        return "no limit of normal: not graded there, grade 0 or 1 here"
    return f"{row['PARAMCD']} {row['AVAL']} of {row['USUBJID']}: not graded there, {grades} here"


def test_every_record_has_the_same_grade_or_a_difference_of_a_known_kind(records):
    found = Counter(
        kind_of(row, row[f"ATOXGR{side}"], ours) for row, grades in records for side, ours in grades.items()
    )
    assert found == KINDS


def test_the_signed_grade_is_the_low_direction_with_a_minus_sign_else_the_high_one(records):
    """ATOXGR of a record put together from the two directions graded here, wherever both are certain."""
    agrees = Counter()
    for row, grades in records:
        if row["ATOXGR"] and all(one.grade is not None for one in grades.values()):
            low, high = (grades[side].grade.number if side in grades else 0 for side in ("L", "H"))
            agrees[row["ATOXGR"] == str(-low if low else high)] += 1
    assert agrees == {True: 42438, False: KINDS["before treatment: graded there against a later baseline"]}
