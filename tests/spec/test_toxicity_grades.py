"""How laboratory values are graded by CTCAE 3.0: each row is a value and the grade it has.

The grades follow by hand from the printed table: a range "<1500 - 1000" contains 1000 and not 1500, so a value on a
bound has the lower grade. "0 or 1" is a value that cannot be graded further, because a limit of normal is not known.
"""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from trialwright.core.conditions import Reading
from trialwright.core.terms import Grade, PartialDate, Quantity
from trialwright.core.toxicity import Bound, Graded, LaboratoryTerm, grade_reading
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.units import UNITS


def graded(term: str, value: str, low: str = "", high: str = "") -> Graded:
    """A value such as "1.5 10*9/L" or "< 5 /mm3", graded under the term with these limits of normal."""
    found = CTCAE_3.term(term)
    bound = value[0] if value[0] in "<>" else ""
    read = Reading(
        concept=found.analyte,
        value=Quantity.parse(value.lstrip("<> ")),
        on=PartialDate(2025, 3, 3),
        low=Quantity.parse(low) if low else None,
        high=Quantity.parse(high) if high else None,
        bound=bound,
    )
    return grade_reading(found, read, UNITS)


def told(given: Graded) -> str:
    """The grade, or the grades it can have."""
    assert (given.grade is not None) == (len(given.possible) == 1)
    return " or ".join(str(grade.number) for grade in given.possible)


@pytest.mark.parametrize(
    ("term", "low", "high", "unit", "rows"),
    [
        ("Neutrophils/granulocytes (ANC/AGC)", "1.8 10*9/L", "", "10*9/L",
         "1.8:0 1.79:1 1.51:1 1.5:1 1.49:2 1.0:2 0.99:3 0.5:3 0.49:4 0:4"),
        ("Neutrophils/granulocytes (ANC/AGC)", "1800 /mm3", "", "/mm3",
         "1801:0 1800:0 1799:1 1500:1 1499:2 1000:2 999:3 500:3 499:4"),
        ("Platelets", "150 10*9/L", "", "10*9/L", "151:0 150:0 149:1 75:1 74.9:2 50:2 49.9:3 25:3 24.9:4"),
        ("Leukocytes (total WBC)", "4.0 10*9/L", "", "10*3/uL", "4.0:0 3.99:1 3.0:1 2.99:2 2.0:2 1.99:3 1.0:3 0.99:4"),
        ("Hemoglobin", "13.5 g/dL", "", "g/dL", "13.5:0 13.4:1 10.0:1 9.9:2 8.0:2 7.9:3 6.5:3 6.4:4"),
        ("Lymphopenia", "1000 /mm3", "", "/mm3", "1000:0 999:1 800:1 799:2 500:2 499:3 200:3 199:4"),
        ("ALT", "", "40 U/L", "U/L", "40:0 41:1 100:1 100.1:2 200:2 200.1:3 800:3 801:4"),
        ("AST", "", "40 U/L", "U/L", "40:0 40.1:1 100:1 100.1:2 200:2 200.1:3 800:3 800.1:4"),
        ("Creatinine", "", "1.2 mg/dL", "mg/dL", "1.2:0 1.21:1 1.8:1 1.81:2 3.6:2 3.61:3 7.2:3 7.3:4"),
        ("Bilirubin", "", "1.2 mg/dL", "mg/dL", "1.2:0 1.8:1 1.81:2 3.6:2 3.7:3 12.0:3 12.1:4"),
        # grade 2 does not exist for these
        ("Potassium, serum-low", "3.5 mmol/L", "", "mmol/L", "3.5:0 3.49:1 3.0:1 2.99:3 2.5:3 2.49:4"),
        ("Sodium, serum-low", "135 mmol/L", "", "mmol/L", "135:0 134:1 130:1 129:3 120:3 119:4"),
        ("Magnesium, serum-high", "", "2.5 mg/dL", "mg/dL", "2.5:0 2.6:1 3.0:1 3.1:3 8.0:3 8.1:4"),
        # grade 4 needs more than a number
        ("Albumin, serum-low", "3.5 g/dL", "", "g/dL", "3.5:0 3.4:1 3:1 2.9:2 2:2 1.9:3 0.1:3"),
        ("INR", "", "1.1 1", "1", "1.1:0 1.2:1 1.65:1 1.66:2 2.2:2 2.21:3 9:3"),
        ("Proteinuria", "", "", "g/d", "0.14:0 0.15:1 1.0:1 1.01:2 3.5:2 3.51:3"),
        ("Glomerular filtration rate", "100 mL/min", "", "mL/min", "75:0 74:1 50:1 49:2 25:2 24:3"),
    ],
    ids=lambda given: given.split(" ")[0] if isinstance(given, str) else None,
)  # fmt: skip
def test_a_value_has_the_grade_of_the_printed_range_and_on_a_bound_the_lower_one(term, low, high, unit, rows):
    expected = dict(row.split(":") for row in rows.split())
    assert {value: told(graded(term, f"{value} {unit}", low, high)) for value in expected} == expected


@pytest.mark.parametrize(
    ("term", "value", "low", "high", "grade"),
    [
        ("Neutrophils/granulocytes", "1.5 10*3/uL", "1.8 10*9/L", "", "1"),
        ("Neutrophils/granulocytes", "1499 /uL", "1.8 10*9/L", "", "2"),
        ("Hemoglobin", "79 g/L", "13.5 g/dL", "", "3"),
        ("Hemoglobin", "80 g/L", "135 g/L", "", "2"),
        # printed for mmol/L as well, and kept as printed: 6.2 mmol/L is 9.99 g/dL, yet the range ends at 6.2
        ("Hemoglobin", "6.2 mmol/L", "8.4 mmol/L", "", "1"),
        ("Hemoglobin", "6.19 mmol/L", "8.4 mmol/L", "", "2"),
        ("Glucose, serum-high", "8.9 mmol/L", "", "5.6 mmol/L", "1"),
        ("Glucose, serum-high", "8.91 mmol/L", "", "5.6 mmol/L", "2"),
        ("Creatinine", "159.12 umol/L", "", "1.2 mg/dL", "1"),  # 1.8 mg/dL by the molar mass 113.12: on the bound
        ("Creatinine", "160 umol/L", "", "106.08 umol/L", "2"),
    ],
)
def test_the_unit_does_not_change_the_grade(term, value, low, high, grade):
    assert told(graded(term, value, low, high)) == grade


@pytest.mark.parametrize(
    ("value", "low", "grade"),
    [
        ("1400 /mm3", "1300 /mm3", "2"),  # below 1500, whatever the laboratory calls normal
        ("1500 /mm3", "1300 /mm3", "0"),
        ("1400 /mm3", "", "2"),
        ("1500 /mm3", "", "0 or 1"),
        ("9000 /mm3", "", "0 or 1"),
        ("499 /mm3", "", "4"),
    ],
)
def test_an_absolute_bound_holds_whatever_the_lower_limit_and_without_it_the_value_is_never_called_normal(
    value, low, grade
):
    given = graded("ANC", value, low)
    assert told(given) == grade
    assert bool(given.missing) == ("or" in grade)


@pytest.mark.parametrize("value", ["10 U/L", "40 U/L", "5000 U/L"])
def test_a_multiple_of_an_upper_limit_that_is_not_known_is_not_graded(value):
    given = graded("ALT", value)
    assert told(given) == "0 or 1 or 2 or 3 or 4"
    assert given.missing == ("the laboratory's ULN of alt on 2025-03-03",)


@pytest.mark.parametrize("high", ["0 U/L", "-1 U/L"])
def test_an_upper_limit_that_cannot_be_is_a_limit_that_is_not_known(high):
    assert graded("ALT", "20 U/L", high=high).grade is None


def test_above_an_absolute_bound_the_upper_limit_is_not_needed():
    assert told(graded("Potassium, serum-high", "7.1 mmol/L")) == "4"
    assert told(graded("Potassium, serum-high", "5.5 mmol/L")) == "0 or 1"


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        ("< 500 /mm3", "4"),
        ("< 501 /mm3", "3 or 4"),
        ("< 1000 /mm3", "3 or 4"),
        ("< 2000 /mm3", "0 or 1 or 2 or 3 or 4"),
        ("> 1800 /mm3", "0"),
        ("> 1500 /mm3", "0 or 1"),
        ("> 1499 /mm3", "0 or 1 or 2"),
    ],
)
def test_a_value_known_only_as_below_or_above_has_a_grade_where_all_it_can_be_agree(value, grade):
    assert told(graded("ANC", value, "1800 /mm3")) == grade


def test_a_unit_of_another_kind_is_not_graded_and_the_reason_is_told():
    given = graded("ANC", "1.5 mg/dL", "1.8 10*9/L")
    assert (given.grade, given.possible) == (None, ())
    assert "mg/dL" in given.because


def test_a_limit_of_another_kind_than_the_value_is_not_graded():
    assert graded("ALT", "50 U/L", high="40 mg/dL").grade is None


@pytest.mark.parametrize(("value", "missing"), [(None, "not done"), ("clumped", ""), (Quantity.parse("-3 /mm3"), "")])
def test_what_is_no_measured_number_is_not_graded(value, missing):
    read = Reading("platelets", value, PartialDate(2025, 3, 3), missing=missing)
    given = grade_reading(CTCAE_3.term("Platelets"), read, UNITS)
    assert (given.grade, given.missing) == (None, ("platelets",))
    assert missing in given.because


def test_no_laboratory_value_is_grade_5():
    assert all(bound.grade <= 4 for term in CTCAE_3.laboratory for bound in term.bounds)
    assert graded("Potassium, serum-high", "30 mmol/L", high="5 mmol/L").grade == Grade(4)


def _fibrinogen(value: str, baseline: str = "", **how: bool) -> str:
    term = CTCAE_3.term("Fibrinogen")
    read, before = (
        Reading(
            "fibrinogen", Quantity.parse(f"{number} mg/dL"), PartialDate(2025, 3, 3), low=Quantity.parse("200 mg/dL")
        )
        for number in (value, baseline or "0")
    )
    return told(grade_reading(term, read, UNITS, before if baseline else None, **how))


@pytest.mark.parametrize(
    ("value", "baseline", "grade"),
    [
        ("400", "400", "0"),
        ("399", "400", "1"),  # any decrease of less than 25%
        ("301", "400", "1"),
        ("300", "400", "2"),  # 25%
        ("201", "400", "2"),
        ("200", "400", "3"),  # 50%, though 200 is the lower limit of normal itself
        ("101", "400", "3"),
        ("100", "400", "4"),  # 75%
        ("149", "150", "2"),  # below 0.75 x LLN
        ("49", "50", "4"),  # below 50 mg/dL
        ("190", "", "1 or 2 or 3 or 4"),
    ],
)
def test_a_fall_from_the_value_before_treatment_counts_where_the_table_says_so(value, baseline, grade):
    assert _fibrinogen(value, baseline) == grade


def test_the_value_before_treatment_is_graded_by_the_limits_of_normal_alone():
    assert _fibrinogen("190", "190", before_treatment=True) == "1"
    assert _fibrinogen("190", before_treatment=True) == "1"
    assert _fibrinogen("200", before_treatment=True) == "0"


# --- later versions are data: multiples of the value before treatment ----------------------------------------------

ONE = Fraction(1)
ALT_LATER = LaboratoryTerm(
    name="Alanine aminotransferase increased",
    category="Investigations",
    analyte="alt",
    direction="high",
    units=("U/L",),
    bounds=(
        *(
            Bound(n, ">", (Fraction(at),), "ULN", "baseline normal")
            for n, at in ((1, "1"), (2, "3"), (3, "5"), (4, "20"))
        ),
        Bound(1, ">=", (Fraction("1.5"),), "BASELINE", "baseline abnormal"),
        *(Bound(n, ">", (Fraction(at),), "BASELINE", "baseline abnormal") for n, at in ((2, "3"), (3, "5"), (4, "20"))),
    ),
    grades=(1, 2, 3, 4),
)
"""ALT of version 5.0: multiples of the upper limit where the baseline was normal, else of the baseline."""


def _alt(value: str, high: str = "40 U/L") -> Reading:
    limit = Quantity.parse(high) if high else None
    return Reading("alt", Quantity.parse(f"{value} U/L"), PartialDate(2025, 3, 3), high=limit)


@pytest.mark.parametrize(
    ("baseline", "rows"),
    [
        ("40", "40:0 41:1 100.1:1 120:1 121:2 200:2 201:3 800:3 801:4"),
        ("41", "41:0 61:0 61.5:1 123:1 123.1:2 205:2 206:3 820:3 821:4"),
        ("100", "100:0 149:0 150:1 300:1 301:2 500:2 501:3 2000:3 2001:4"),
        ("", "40:0 or 1 or 2 or 3 or 4"),
    ],
)
def test_a_version_that_reckons_from_the_value_before_treatment(baseline, rows):
    before = _alt(baseline) if baseline else None
    expected = dict(row.split(":") for row in re.split(r" (?=\d+(?:\.\d+)?:)", rows))
    assert {value: told(grade_reading(ALT_LATER, _alt(value), UNITS, before)) for value in expected} == expected


@pytest.mark.parametrize(("value", "grade"), [("40", "0"), ("100", "1"), ("121", "2")])
def test_an_abnormal_value_before_treatment_is_not_graded_against_itself(value, grade):
    assert told(grade_reading(ALT_LATER, _alt(value), UNITS, _alt(value), before_treatment=True)) == grade


def test_a_baseline_whose_limit_is_not_known_leaves_both_ways_open():
    given = grade_reading(ALT_LATER, _alt("130"), UNITS, _alt("100", high=""))
    assert told(given) == "0 or 1 or 2"  # 3.25 x ULN if the baseline was normal; 1.3 x baseline if not; never 3
    assert given.missing == ("the laboratory's ULN of alt on 2025-03-03",)
