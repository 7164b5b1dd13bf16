"""The golden vectors of grading, response and staging: worked by hand from the published tables, one row each.

Limits of the gradings by version 3.0: WBC 4.0, ANC 1.8, platelets 150 (10*9/L) and hemoglobin 13.5 g/dL are the lower,
creatinine 1.2 and bilirubin 1.2 mg/dL and ALT 40 U/L the upper limits of normal.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from trialwright.core.conditions import Reading
from trialwright.core.terms import PartialDate, Quantity
from trialwright.core.toxicity import grade_reading
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5
from trialwright.standards.response.composite import response_of_ratio
from trialwright.standards.response.mswat import REGIONS, skin_response, skin_sum
from trialwright.standards.staging.mf_ss import ISCL_EORTC_2007, stages
from trialwright.standards.units import UNITS

LIMITS = {
    "wbc": ("4.0 10*9/L", None),
    "anc": ("1.8 10*9/L", None),
    "platelets": ("150 10*9/L", None),
    "hemoglobin": ("13.5 g/dL", None),
    "creatinine": (None, "1.2 mg/dL"),
    "bilirubin": (None, "1.2 mg/dL"),
    "alt": (None, "40 U/L"),
}
ON = PartialDate(2025, 3, 10)


def graded(table, name: str, value: str, unit: str) -> int | None:
    """The grade of a value whose baseline was normal."""
    term = table.term(name)
    low, high = (Quantity.parse(one) if one else None for one in LIMITS[term.analyte])
    reading = Reading(term.analyte, Quantity.parse(f"{value} {unit}"), ON, low=low, high=high)
    normal = Quantity.parse(f"{high.value if high else low.value} {(high or low).unit}")
    grade = grade_reading(term, reading, UNITS, Reading(term.analyte, normal, ON, low=low, high=high)).grade
    return grade.number if grade else None


@pytest.mark.parametrize(
    ("term", "unit", "rows"),
    [
        ("ANC", "10*9/L", "1.8 0|1.79 1|1.5 1|1.49 2|1.0 2|0.99 3|0.5 3|0.49 4"),
        ("Platelets", "10*9/L", "75 1|74.9 2|50 2|49.9 3|25 3|24.9 4"),
        ("WBC", "10*9/L", "3.0 1|2.99 2|2.0 2|1.99 3|0.99 4"),
        ("Hemoglobin", "g/dL", "10.0 1|9.9 2|8.0 2|7.9 3|6.5 3|6.4 4"),
        ("ALT", "U/L", "40 0|41 1|100 1|100.1 2|200 2|200.1 3|800 3|801 4"),
        ("Creatinine", "mg/dL", "1.2 0|1.8 1|1.81 2|3.6 2|3.61 3|7.2 3|7.3 4"),
        ("Bilirubin", "mg/dL", "1.8 1|1.81 2|3.6 2|3.7 3|12.0 3|12.1 4"),
    ],
)
def test_version_3_of_the_grade_table(term, unit, rows):
    told = [row.split() for row in rows.split("|")]
    assert [graded(CTCAE_3, term, value, unit) for value, _ in told] == [int(grade) for _, grade in told]


@pytest.mark.parametrize("table", [CTCAE_4_03, CTCAE_5], ids=lambda table: table.version)
def test_the_border_of_alt_moved_after_version_3(table):
    assert [graded(table, "ALT", value, "U/L") for value in ("100.1", "120", "121")] == [1, 1, 2]


@pytest.mark.parametrize(("now", "response"), [(20, "PR"), (21, "SD"), (50, "PD"), (49, "SD"), (0, "CR")])
def test_composite_assessment_from_40(now, response):
    assert response_of_ratio(Fraction(now, 40)).name == response


@pytest.mark.parametrize(
    ("lowest", "now", "response"),
    [(100, 50, "PR"), (100, 51, "SD"), (100, 124, "SD"), (100, 125, "PD"), (20, 70, "SD"), (20, 71, "PD")],
)
def test_mswat_from_100(lowest, now, response):
    assert skin_response(Fraction(100), [Fraction(lowest)], Fraction(now)).name == response


@pytest.mark.parametrize(("kind", "total"), [("plaque", 200), ("tumor", 400)])
def test_mswat_of_a_whole_body(kind, total):
    assert skin_sum({region: {kind: Fraction(share)} for region, share in REGIONS.items()}) == total


@pytest.mark.parametrize(
    ("classes", "stage"),
    [
        ("T2 N0 M0 B1", "IB"),
        ("T1 N2 M0 B0", "IIA"),
        ("T3 N2 M0 B1", "IIB"),
        ("T4 N0 M0 B1", "IIIB"),
        ("T2 N0 M0 B2", "IVA1"),
        ("T1 N3 M0 B0", "IVA2"),
        ("T4 N3 M1 B2", "IVB"),
    ],
)
def test_stage(classes, stage):
    assert stages(ISCL_EORTC_2007, {one[0]: one for one in classes.split()}) == (stage,)
