"""Creatinine clearance by Cockcroft and Gault, worked by hand: (140 - age) x kg / (72 x mg/dL), x 0.85 in a woman.

A man of 60, 72 kg, creatinine 1.0: 80 x 72 / 72 = 80. A woman: 68. At 1.2: 66.67. A man of 80: 60 x 72 / 72 = 60.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from builders import case, condition, day
from trialwright.core.conditions import judge_condition
from trialwright.core.subject.derived import cockcroft_gault
from trialwright.core.terms import Quantity
from trialwright.standards.units import UNITS as EXACT

ON = "2025-03-03"
MAN = {"sex": "male", "weight on 2025-03-01": "72 kg", "birth_date": "1965-01-15", f"creatinine on {ON}": "1.0 mg/dL"}
BELOW_60 = {"measure": "creatinine_clearance", "is": "< 60 mL/min", "within": "14 days"}


def facts(told, on=ON):
    items = {name: each for name, each in told.items() if each is not None}
    items = {("birth_date/1/value" if name == "birth_date" else name): each for name, each in items.items()}
    return case(items=items, units=EXACT, on="2025-03-03").facts(day(on))


def clearances(told, on=ON) -> list[str]:
    return [str(one.value) if one.value else one.missing for one in facts(told, on).readings("creatinine_clearance")]


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ({}, "80.00 mL/min"),
        ({"sex": "female"}, "68.00 mL/min"),
        ({f"creatinine on {ON}": "1.2 mg/dL"}, "66.66 mL/min"),  # 66.666..., never rounded up
        ({f"creatinine on {ON}": "2.0 mg/dL"}, "40.00 mL/min"),
        ({"birth_date": "1945-01-15"}, "60.00 mL/min"),
        ({"birth_date": "1945-03-03"}, "60.00 mL/min"),  # 80 on the day
        ({"birth_date": "1945-03-04"}, "61.00 mL/min"),  # 79 until tomorrow
        ({"weight on 2025-03-01": "72000 g"}, "80.00 mL/min"),
        ({f"creatinine on {ON}": "0.01 g/L"}, "80.00 mL/min"),
        ({"birth_date": "1880-01-01"}, "0.00 mL/min"),
    ],
)
def test_the_clearance_of_a_day_is_worked_out_of_age_weight_sex_and_creatinine(told, value) -> None:
    assert clearances({**MAN, **told}) == [value]


@pytest.mark.parametrize(
    ("told", "lacks"),
    [
        ({"weight on 2025-03-01": None}, "weight"),
        ({"birth_date": None}, "age"),
        ({"sex": None}, "sex"),
        ({"sex": "intersex"}, "sex"),
        ({f"creatinine on {ON}": "0 mg/dL"}, "creatinine"),
        ({"weight on 2025-03-01": "72 cm"}, "weight"),
        ({"sex": None, "birth_date": None, "weight on 2025-03-01": None}, "weight, age, sex"),
    ],
)
def test_without_one_of_its_parts_it_is_unknown_and_the_part_is_named(told, lacks) -> None:
    answer = judge_condition(condition(**BELOW_60), facts({**MAN, **told}))
    assert (answer.verdict.value, answer.missing) == ("unknown", (lacks,))
    assert f"without {lacks}" in answer.why


def test_without_any_creatinine_there_is_none() -> None:
    assert clearances({**MAN, f"creatinine on {ON}": None}) == []


def test_a_weight_taken_later_is_not_the_weight_of_the_day() -> None:
    later = {**MAN, "weight on 2025-03-01": None, "weight on 2025-03-04": "72 kg"}
    assert "without weight" in clearances(later, on="2025-03-10")[0]


def test_the_weight_last_measured_by_the_day_counts() -> None:
    assert clearances({**MAN, "weight on 2025-02-01": "144 kg"}) == ["80.00 mL/min"]
    assert clearances({**MAN, "weight on 2025-03-03": "144 kg"}) == ["160.00 mL/min"]


def test_a_weight_of_a_month_counts_from_the_month_s_end() -> None:
    """Until then it may have been taken later than the creatinine."""
    weights = {"weight on 2025-02-10": "72 kg", "weight on 2025-03": "144 kg", "weight on 2025-03-20": "36 kg"}
    of_creatinine = {"weight on 2025-03-01": None, f"creatinine on {ON}": None}
    days = {"creatinine on 2025-03-15": "1.0 mg/dL", "creatinine on 2025-03-30": "1.0 mg/dL"}
    told = {**MAN, **of_creatinine, **weights, **days, "creatinine on 2025-03-31": "1.0 mg/dL"}
    assert clearances(told, on="2025-04-02") == ["80.00 mL/min", "40.00 mL/min", "160.00 mL/min"]


@pytest.mark.parametrize(
    ("kilograms", "verdict"), [("71 kg", "met"), ("72 kg", "not met"), ("73 kg", "not met"), (None, "unknown")]
)
def test_below_at_above_and_missing_against_a_limit(kilograms, verdict) -> None:
    """A man of 80 with creatinine 1.0: his weight in kg x 60 / 72."""
    told = {**MAN, "birth_date": "1945-01-15", "weight on 2025-03-01": kilograms}
    assert judge_condition(condition(**BELOW_60), facts(told)).verdict.value == verdict


def test_a_clearance_recorded_for_the_day_wins_and_one_of_another_day_does_not() -> None:
    recorded = {**MAN, f"creatinine_clearance on {ON}": "55 mL/min"}
    assert clearances(recorded) == ["55 mL/min"]
    assert judge_condition(condition(**BELOW_60), facts(recorded)).verdict.value == "met"
    assert clearances({**MAN, "creatinine_clearance on 2025-03-01": "55 mL/min"}) == ["55 mL/min", "80.00 mL/min"]


def test_an_answer_says_what_it_was_worked_out_from() -> None:
    answer = judge_condition(condition(**BELOW_60), facts(MAN))
    assert "worked out from creatinine 1.0 mg/dL, weight 72 kg of 2025-03-01, age 60, male" in answer.why
    (evidence,) = answer.evidence
    assert (evidence.concept, evidence.on) == ("creatinine_clearance", ON)


def test_a_birth_year_gives_every_age_and_decides_where_all_decide_alike() -> None:
    """Born in 1944: 80 or 81 years, so 60.00 or 59.00; born in 1965: 59 or 60, so 81 or 80."""
    assert clearances({**MAN, "birth_date": "1944"}) == ["60.00 mL/min", "59.00 mL/min"]
    unknown = judge_condition(condition(**BELOW_60), facts({**MAN, "birth_date": "1944"}))
    assert (unknown.verdict.value, unknown.missing) == ("unknown", ("birth_date, to the day",))
    assert judge_condition(condition(**BELOW_60), facts({**MAN, "birth_date": "1965"})).verdict.value == "not met"


def test_the_formula_is_exact() -> None:
    assert cockcroft_gault(65, Fraction(70), Fraction(11, 10), "female") == Fraction(75 * 70 * 85 * 10, 72 * 11 * 100)
    assert cockcroft_gault(140, Fraction(70), Fraction(1), "male") == 0
    assert cockcroft_gault(150, Fraction(70), Fraction(1), "male") == 0
    assert Quantity.parse("80 mL/min")
