"""How laboratory values are graded by CTCAE 5.0 wherever it differs from 4.03: each row is a value and its two grades.

Worked by hand from the printed ranges. "40:0/0" is a value of grade 0 in both; "1-2" is a value that can have either
grade, because the tables part them by something a person must tell. Baseline is the last value before treatment.
"""

from __future__ import annotations

import pytest

from trialwright.core.conditions import Reading
from trialwright.core.terms import PartialDate, Quantity
from trialwright.core.toxicity import Graded, ToxicityTable, grade_reading
from trialwright.standards.ctcae.since_v4 import ANTICOAGULATION, CONSEQUENCES, FASTING, SYMPTOMS
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5
from trialwright.standards.units import UNITS

BEFORE, AFTER = PartialDate(2025, 3, 3), PartialDate(2025, 4, 1)


def parsed(text: str) -> Quantity | None:
    return Quantity.parse(text) if text else None


def graded(
    table: ToxicityTable, name: str, value: str, low: str = "", high: str = "", baseline: str = "", early: bool = False
) -> Graded:
    """A value graded under a term, with limits of normal that hold for the baseline too."""
    term = table.term(name)
    limits = {"low": parsed(low), "high": parsed(high)}
    first = Reading(term.analyte, parsed(baseline), BEFORE, **limits) if baseline else None
    seen = Reading(term.analyte, Quantity.parse(value), AFTER, **limits)
    return grade_reading(term, seen, UNITS, first, before_treatment=early)


def told(given: Graded) -> str:
    assert (given.grade is not None) == (len(given.possible) == 1)
    return "-".join(str(grade.number) for grade in given.possible)


@pytest.mark.parametrize(
    ("term", "low", "high", "baseline", "unit", "rows"),
    [
        # ULN 40. Baseline 40 is normal: x ULN in both, 120 is 3 x, 200 is 5 x, 800 is 20 x.
        ("ALT", "", "40 U/L", "40 U/L", "U/L", "40:0/0 40.1:1/1 120:1/1 120.1:2/2 200:2/2 200.1:3/3 800:3/3 800.1:4/4"),
        # Baseline 80 is not: 5.0 counts from 1.5 x 80 = 120, 3 x 80 = 240, 5 x 80 = 400, 20 x 80 = 1600.
        ("ALT", "", "40 U/L", "80 U/L", "U/L",
         "40:0/0 80:1/0 119.9:1/0 120:1/1 120.1:2/1 240:3/1 240.1:3/2 400:3/2 400.1:3/3 801:4/3 1600:4/3 1600.1:4/4"),
        ("AST", "", "40 U/L", "40 U/L", "U/L", "40:0/0 41:1/1 120:1/1 121:2/2 200:2/2 201:3/3 800:3/3 801:4/4"),
        ("AST", "", "40 U/L", "80 U/L", "U/L",
         "119:1/0 120:1/1 121:2/1 240:3/1 241:3/2 400:3/2 401:3/3 801:4/3 1600:4/3 1601:4/4"),
        # ULN 100, baseline 200: from 2 x 200 = 400, 2.5 x 200 = 500, 5 x 200 = 1000, 20 x 200 = 4000.
        ("Alkaline phosphatase increased", "", "100 U/L", "100 U/L", "U/L",
         "100:0/0 101:1/1 250:1/1 251:2/2 500:2/2 501:3/3 2000:3/3 2001:4/4"),
        ("Alkaline phosphatase increased", "", "100 U/L", "200 U/L", "U/L",
         "200:1/0 399:2/0 400:2/1 500:2/1 501:3/2 1000:3/2 1001:3/3 2001:4/3 4000:4/3 4001:4/4"),
        ("GGT", "", "50 U/L", "50 U/L", "U/L", "50:0/0 51:1/1 125:1/1 126:2/2 250:2/2 251:3/3 1000:3/3 1001:4/4"),
        ("GGT", "", "50 U/L", "100 U/L", "U/L",
         "100:1/0 199:2/0 200:2/1 250:2/1 251:3/2 500:3/2 501:3/3 2000:4/3 2001:4/4"),
        # ULN 1.2, baseline 1.0 is normal, baseline 2.0 is not: above 1 x 2 = 2, 1.5 x 2 = 3, 3 x 2 = 6, 10 x 2 = 20.
        ("hyperbilirubinemia", "", "1.2 mg/dL", "1.0 mg/dL", "mg/dL",
         "1.2:0/0 1.21:1/1 1.8:1/1 1.81:2/2 3.6:2/2 3.61:3/3 12.0:3/3 12.1:4/4"),
        ("hyperbilirubinemia", "", "1.2 mg/dL", "2.0 mg/dL", "mg/dL",
         "1.9:2/0 2.0:2/0 2.01:2/1 3.0:2/1 3.01:2/2 3.61:3/2 6.0:3/2 6.01:3/3 12.1:4/3 20.0:4/3 20.1:4/4"),
        # ULN 1.2, baseline 0.6: 4.03 has grade 1 above 0.6; both have 2 above 0.9, 3 above 1.8, 4 above 6 x ULN = 7.2
        ("Creatinine increased", "", "1.2 mg/dL", "0.6 mg/dL", "mg/dL",
         "0.6:0/0 0.61:1/0 0.9:1/0 0.91:2/2 1.2:2/2 1.8:2/2 1.81:3/3 7.2:3/3 7.21:4/4"),
        # baseline 1.6, above ULN: 1.61 is above both; 1.8 = 1.5 x ULN, 3.6 = 3 x ULN
        ("Creatinine increased", "", "1.2 mg/dL", "1.6 mg/dL", "mg/dL",
         "1.2:0/0 1.21:1/1 1.8:1/1 1.81:2/2 3.6:2/2 3.61:3/3 7.2:3/3 7.21:4/4"),
        # ULN 60: 90 is 1.5 x, 120 is 2 x, 300 is 5 x
        ("Lipase increased", "", "60 U/L", "", "U/L",
         "60:0/0 61:1/1 90:1/1 91:2/2 120:2/2 121:3/2-3 300:3/2-3 301:4/3-4"),
        ("Serum amylase increased", "", "100 U/L", "", "U/L",
         "100:0/0 101:1/1 150:1/1 151:2/2 200:2/2 201:3/2-3 500:3/2-3 501:4/3-4"),
        # 5.0 prints 125-129 and 120-124; 129.5 and 124.5 lie in the worse of their neighbours
        ("Hyponatremia", "135 mmol/L", "", "", "mmol/L",
         "135:0/0 134:1/1 130:1/1 129.5:3/2-3 129:3/2-3 125:3/2-3 124.5:3/3 124:3/3 120:3/3 119:4/4"),
        # ULN 1.1, baseline 1.0: 4.03 by ULN (1.65 is 1.5 x, 2.75 is 2.5 x), 5.0 by the INR itself; under an
        # anticoagulant, which nobody told, both also by the baseline (1, 1.5 and 2.5)
        ("INR", "", "1.1 1", "1.0 1", "1",
         "1.0:0/0 1.05:0-1/0-1 1.1:0-1/0-1 1.2:1/0-1 1.21:1/1 1.5:1/1 1.51:1-2/2 1.65:1-2/2 "
         "1.66:2/2 2.5:2/2 2.51:2-3/3 2.76:3/3"),
        # ULN 17.5: baseline 16 is normal; 19.5 is 2 above, 21.5 is 4 above
        ("Hemoglobin increased", "", "17.5 g/dL", "16 g/dL", "g/dL",
         "17.5:0/0 17.6:1/1 19.5:1/1 19.6:2/2 21.5:2/2 21.6:3/3"),
        # baseline 18.5 is above ULN: 4.03 counts from it
        ("Hemoglobin increased", "", "17.5 g/dL", "18.5 g/dL", "g/dL",
         "18.5:0/1 18.6:1/1 19.6:1/2 20.5:1/2 20.6:2/2 21.6:2/3 22.5:2/3 22.6:3/3"),
        # LLN 200, baseline 400: a fall to 300 is 25%, to 200 is 50%, to 100 is 75%; 5.0 looks at it below LLN only
        ("Fibrinogen decreased", "200 mg/dL", "", "400 mg/dL", "mg/dL",
         "400:0/0 399:1/0 301:1/0 300:2/0 201:2/0 200:3/0 199:3/3 101:3/3 100:4/4 49:4/4"),
        ("Fibrinogen decreased", "200 mg/dL", "", "210 mg/dL", "mg/dL",
         "200:1/0 199:1/1 158:1/1 157.5:2/2 106:2/2 105:3/3 99:3/3 52.5:4/4 49.9:4/4"),
        # ULN 0.2 g/24 h
        ("Proteinuria", "", "0.2 g/d", "", "g/d", "0.19:0/0 0.2:0/1 0.21:1/1 0.99:1/1 1.0:2/2 3.49:2/2 3.5:3/3"),
        # ULN 7: 4.03 has grade 4 above 10, 5.0 leaves grade 4 to a person
        ("Hyperuricemia", "", "7 mg/dL", "", "mg/dL", "7:0/0 7.1:1-3/1-3 10:1-3/1-3 10.1:4/1-3"),
    ],
)  # fmt: skip
def test_a_value_has_these_grades_in_version_4_03_and_in_version_5_0(term, low, high, baseline, unit, rows):
    expected = dict(row.split(":") for row in rows.split())
    found = {
        value: "/".join(
            told(graded(table, term, f"{value} {unit}", low, high, baseline)) for table in (CTCAE_4_03, CTCAE_5)
        )
        for value in expected
    }
    assert found == expected


@pytest.mark.parametrize(
    ("term", "low", "high", "baseline", "unit", "rows"),
    [
        ("Blood bicarbonate decreased", "22 mmol/L", "", "", "mmol/L", "22:0 21.9:1 5:1"),
        ("LDH", "", "240 U/L", "", "U/L", "240:0 241:1 5000:1"),
        ("TSH", "", "4 m[IU]/L", "", "m[IU]/L", "4:0 4.1:1"),
        ("Methemoglobinemia", "", "1.5 %", "", "%", "1.5:0 1.6:2"),
        # above ULN and above baseline
        ("Eosinophilia", "", "500 /mm3", "300 /mm3", "/mm3", "300:0 500:0 501:1"),
        ("Eosinophilia", "", "500 /mm3", "900 /mm3", "/mm3", "501:0 900:0 901:1"),
    ],
)
def test_terms_that_came_with_version_5_0(term, low, high, baseline, unit, rows):
    expected = dict(row.split(":") for row in rows.split())
    found = {value: told(graded(CTCAE_5, term, f"{value} {unit}", low, high, baseline)) for value in expected}
    assert found == expected
    assert CTCAE_4_03.term(term) is None


@pytest.mark.parametrize("term", ["Hyperglycemia", "Hypophosphatemia"])
def test_what_version_5_0_grades_by_what_was_done_is_not_graded_from_a_number(term):
    assert term in {one.name for one in CTCAE_4_03.laboratory}
    assert term in {one.name for one in CTCAE_5.named}


@pytest.mark.parametrize(
    ("table", "term", "value", "missing"),
    [
        (CTCAE_5, "ALT", "130 U/L", "alt before treatment"),
        (CTCAE_5, "GGT", "30 U/L", "ggt before treatment"),
        (CTCAE_5, "hyperbilirubinemia", "1.0 mg/dL", "bilirubin before treatment"),
        (CTCAE_5, "Creatinine increased", "1.0 mg/dL", "creatinine before treatment"),
        (CTCAE_4_03, "Creatinine increased", "0.8 mg/dL", "creatinine before treatment"),
        (CTCAE_4_03, "Fibrinogen decreased", "250 mg/dL", "fibrinogen before treatment"),
        (CTCAE_4_03, "Hemoglobin increased", "18 g/dL", "hemoglobin before treatment"),
        (CTCAE_5, "Eosinophilia", "600 /mm3", "eosinophils before treatment"),
    ],
)
def test_without_a_value_before_treatment_none_is_called_normal(table, term, value, missing):
    given = graded(table, term, value, "200 mg/dL" if "Fibrin" in term else "", HIGH[term])
    assert given.grade is None
    assert missing in given.missing


HIGH = {"ALT": "40 U/L", "GGT": "50 U/L", "hyperbilirubinemia": "1.2 mg/dL", "Creatinine increased": "1.2 mg/dL",
        "Hemoglobin increased": "17.5 g/dL", "Eosinophilia": "500 /mm3", "Fibrinogen decreased": ""}  # fmt: skip


@pytest.mark.parametrize("table", [CTCAE_4_03, CTCAE_5], ids=["4.03", "5.0"])
@pytest.mark.parametrize(
    ("term", "value", "missing"),
    [
        ("ALT", "30 U/L", "the laboratory's ULN of alt on 2025-04-01"),
        ("Neutrophil count decreased", "5000 /mm3", "the laboratory's LLN of anc on 2025-04-01"),
        ("Hyponatremia", "140 mmol/L", "the laboratory's LLN of sodium on 2025-04-01"),
        ("Creatinine increased", "0.8 mg/dL", "the laboratory's ULN of creatinine on 2025-04-01"),
        ("Hypokalemia", "4 mmol/L", "the laboratory's LLN of potassium on 2025-04-01"),
    ],
)
def test_without_a_limit_of_normal_none_is_called_normal(table, term, value, missing):
    given = graded(table, term, value, baseline=value)
    assert given.grade is None
    assert missing in given.missing


@pytest.mark.parametrize(
    ("table", "term", "value", "limits", "grades", "question"),
    [
        (CTCAE_4_03, "Hypokalemia", "3.2 mmol/L", ("3.5 mmol/L", ""), "1-2", SYMPTOMS),
        (CTCAE_5, "Hypokalemia", "3.2 mmol/L", ("3.5 mmol/L", ""), "1-2", SYMPTOMS),
        (CTCAE_4_03, "Hyperglycemia", "200 mg/dL", ("", "100 mg/dL"), "0-2", FASTING),
        (CTCAE_4_03, "Hyperglycemia", "120 mg/dL", ("", "100 mg/dL"), "0-1", FASTING),
        (CTCAE_4_03, "Hyperglycemia", "251 mg/dL", ("", "100 mg/dL"), "3", ""),
        (CTCAE_4_03, "Hyperuricemia", "8 mg/dL", ("", "7 mg/dL"), "1-3", CONSEQUENCES),
        (CTCAE_5, "Lipase increased", "150 U/L", ("", "60 U/L"), "2-3", SYMPTOMS),
        (CTCAE_5, "Hyponatremia", "127 mmol/L", ("135 mmol/L", ""), "2-3", SYMPTOMS),
    ],
)
def test_two_grades_of_one_number_stay_open_until_a_person_tells_what_parts_them(
    table, term, value, limits, grades, question
):
    given = graded(table, term, value, *limits)
    assert told(given) == grades
    assert given.missing == ((f"whether {question}",) if question else ())


@pytest.mark.parametrize(
    ("analyte", "rows"),
    [
        ("fasting_glucose", "100:0 101:1 160:1 161:2 250:2 251:3 500:3 501:4"),
        ("random_glucose", "101:0 161:0 250:0 251:3 500:3 501:4"),
    ],
)
def test_a_glucose_that_says_whether_the_subject_was_fasting_has_one_grade(analyte, rows):
    [term] = [one for one in CTCAE_4_03.laboratory if (one.name, one.analyte) == ("Hyperglycemia", analyte)]
    for row in rows.split():
        value, expected = row.split(":")
        seen = Reading(analyte, Quantity.parse(f"{value} mg/dL"), AFTER, high=Quantity.parse("100 mg/dL"))
        assert told(grade_reading(term, seen, UNITS)) == expected


def test_an_inr_under_anticoagulation_counts_from_the_value_before_treatment():
    given = graded(CTCAE_4_03, "INR", "1.9 1", high="1.2 1", baseline="1.2 1")
    assert told(given) == "2"  # 1.58 x ULN and 1.58 x baseline
    given = graded(CTCAE_4_03, "INR", "1.3 1", high="1.4 1", baseline="1.2 1")
    assert told(given) == "0-1"  # below ULN; 1.08 x baseline, if the subject takes an anticoagulant
    assert given.missing == (f"whether {ANTICOAGULATION}",)


@pytest.mark.parametrize(
    ("table", "term", "value", "limits", "grade"),
    [
        # an abnormal value before treatment is no multiple of itself: graded by the limit of normal alone
        (CTCAE_5, "ALT", "100 U/L", ("", "40 U/L"), "1"),
        (CTCAE_5, "ALT", "130 U/L", ("", "40 U/L"), "2"),
        (CTCAE_4_03, "Creatinine increased", "1.9 mg/dL", ("", "1.2 mg/dL"), "2"),
        (CTCAE_4_03, "Hemoglobin increased", "18.5 g/dL", ("", "17.5 g/dL"), "1"),
        (CTCAE_5, "Eosinophilia", "900 /mm3", ("", "500 /mm3"), "1"),
        (CTCAE_4_03, "Fibrinogen decreased", "190 mg/dL", ("200 mg/dL", ""), "1"),
    ],
)
def test_a_value_from_before_treatment_is_graded_by_the_limits_of_normal_alone(table, term, value, limits, grade):
    assert told(graded(table, term, value, *limits, early=True)) == grade
    assert told(graded(table, term, value, *limits, baseline=value, early=True)) == grade


@pytest.mark.parametrize("table", [CTCAE_4_03, CTCAE_5], ids=["4.03", "5.0"])
@pytest.mark.parametrize(
    ("term", "low", "high", "unit", "rows"),
    [
        ("ANC", "1.8 10*9/L", "", "10*9/L", "1.8:0 1.79:1 1.5:1 1.49:2 1.0:2 0.99:3 0.5:3 0.49:4"),
        ("Anemia", "13.5 g/dL", "", "g/dL", "13.5:0 13.4:1 10.0:1 9.9:2 8.0:2 7.9:3 3.0:3"),
        ("Platelet count decreased", "150000 /mm3", "", "/mm3", "150000:0 149999:1 75000:1 74999:2 50000:2 49999:3 "
         "25000:3 24999:4"),
        ("Leukocytosis", "", "11000 /mm3", "/mm3", "11000:0 100000:0 100001:3"),
        ("Lymphocyte count increased", "", "4000 /mm3", "/mm3", "4000:0 4001:2 20000:2 20001:3"),
        ("aPTT", "", "30 s", "s", "30:0 31:1 45:1 46:2 75:2 76:3"),
        ("Hypertriglyceridemia", "", "150 mg/dL", "mg/dL", "149:0 150:1 300:1 301:2 500:2 501:3 1000:3 1001:4"),
        ("Hypertriglyceridemia", "", "", "mmol/L", "1.70:0 1.71:1 3.42:1 3.43:2 5.7:2 5.71:3 11.4:3 11.5:4"),
        ("Hypoalbuminemia", "35 g/L", "", "g/L", "35:0 34:1 30:1 29:2 20:2 19:3 1:3"),
        ("Hypermagnesemia", "", "1.0 mmol/L", "mmol/L", "1.0:0 1.1:1 1.23:1 1.24:3 3.3:3 3.31:4"),
        ("Acidosis", "7.35 1", "", "1", "7.35:0 7.34:1 7.3:1 7.29:3"),
    ],
)  # fmt: skip
def test_terms_that_both_versions_print_alike(table, term, low, high, unit, rows):
    expected = dict(row.split(":") for row in rows.split())
    assert {value: told(graded(table, term, f"{value} {unit}", low, high)) for value in expected} == expected


@pytest.mark.parametrize(
    ("table", "term", "value", "limits", "baseline", "grade"),
    [
        # 2 g/dL above 17.5 is 195 g/L, whatever unit the value, the limit and the baseline came in
        (CTCAE_4_03, "Hemoglobin increased", "195 g/L", ("", "17.5 g/dL"), "160 g/L", "1"),
        (CTCAE_4_03, "Hemoglobin increased", "196 g/L", ("", "17.5 g/dL"), "16 g/dL", "2"),
        (CTCAE_5, "Hemoglobin increased", "12.11 mmol/L", ("", "175 g/L"), "160 g/L", "2"),  # 12.11 x 1.61145 = 19.51
        (CTCAE_5, "Hemoglobin increased", "12.10 mmol/L", ("", "175 g/L"), "160 g/L", "1"),  # 19.499
        # baseline 1.0 mg/dL is 88.402 umol/L by the molar mass 113.12; 1.5 x is 132.60
        (CTCAE_5, "Creatinine increased", "132.5 umol/L", ("", "1.5 mg/dL"), "1.0 mg/dL", "0"),
        (CTCAE_5, "Creatinine increased", "132.7 umol/L", ("", "1.5 mg/dL"), "1.0 mg/dL", "2"),
        # 1 ukat/L is 60 U/L: baseline 80 U/L is not normal, 120 U/L is 1.5 x
        (CTCAE_5, "ALT", "2.0 ukat/L", ("", "40 U/L"), "80 U/L", "1"),
        (CTCAE_5, "ALT", "1.99 ukat/L", ("", "40 U/L"), "80 U/L", "0"),
        (CTCAE_5, "Leukocytosis", "100.0 10*9/L", ("", ""), "", "0"),
        (CTCAE_5, "Leukocytosis", "100.1 10*9/L", ("", ""), "", "3"),
        (CTCAE_5, "Anemia", "6.2 mmol/L", ("8.4 mmol/L", ""), "", "1"),
        (CTCAE_5, "Anemia", "6.19 mmol/L", ("135 g/L", ""), "", "2"),
    ],
)
def test_the_unit_does_not_change_the_grade(table, term, value, limits, baseline, grade):
    assert told(graded(table, term, value, *limits, baseline=baseline)) == grade


@pytest.mark.parametrize("table", [CTCAE_4_03, CTCAE_5], ids=["4.03", "5.0"])
def test_grade_5_and_grade_4_that_only_a_person_can_give_never_follow_from_a_number(table):
    assert all(bound.grade <= 4 for term in table.laboratory for bound in term.bounds)
    for name in ("Anemia", "Hypoalbuminemia", "Acidosis", "Alkalosis", "Leukocytosis"):
        term = table.term(name)
        assert 4 in term.grades
        assert 4 not in {bound.grade for bound in term.bounds}
