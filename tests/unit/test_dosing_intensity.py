"""Dose intensity, worked by hand: planned 10, 15, 20, 25 mg on 21 days of courses of 28 days.

Course 1: 210 mg planned, 52.5 mg a week. Course 2: 315 mg, 78.75 mg a week. Both: 525 mg in 8 weeks, 65.625 a week.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from builders import case, course, day, form, protocol, regimen, registered, screened
from trialwright.core.dosing import dose_intensity

FIRST = date(2025, 3, 3)
TITRATED = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg"}
TWICE = {"dose": TITRATED, "frequency": "twice daily"}


def exposure(number, dose, days=None, first=None, last=None, missed=None, key=""):
    begun = first or str(FIRST + timedelta(days=28 * (number - 1)))
    told = {
        "drug": "examplinib",
        "course": str(number),
        "dose": dose,
        "first_dose": begun,
        "last_dose": last,
        "days_taken": days,
        "days_missed": missed,
    }
    return form(begun, {f"exposure/{number}{key}": {name: each for name, each in told.items() if each is not None}})


def intensity(*exposures, on="2026-01-01", starts=(FIRST, FIRST + timedelta(days=28)), plan=None):
    courses = [course(number, begun) for number, begun in enumerate(starts, 1)]
    study = protocol(regimen=[regimen(**(plan or {"dose": TITRATED}))])
    one = case(screened("2025-02-20"), registered("2025-02-28"), *courses, *exposures, protocol=study)
    return dose_intensity(one, study.regimen[0], day(on))


def test_all_that_was_planned_was_taken() -> None:
    said = intensity(exposure(1, "10 mg", "21"), exposure(2, "15 mg", "21"))
    assert (said.planned, said.given, said.relative) == (525, 525, 1)
    assert said.planned_per_week == said.given_per_week == Fraction(525, 8)
    assert [(one.planned, one.planned_per_week) for one in said.courses] == [
        (210, Fraction(105, 2)),
        (315, Fraction(315, 4)),
    ]
    assert said.relative_per_week == 1 and said.missing == () and said.unit == "mg"


def test_each_course_is_told_with_its_unit_its_days_and_its_length() -> None:
    said = intensity(exposure(1, "10 mg", "20"), exposure(2, "15 mg", "21"))
    assert [(one.course, one.day_1, one.unit) for one in said.courses] == [
        (1, FIRST, "mg"),
        (2, date(2025, 3, 31), "mg"),
    ]
    assert [(one.days_planned, one.days_taken) for one in said.courses] == [(21, 20), (21, 21)]
    assert [(one.length_planned, one.length) for one in said.courses] == [(28, 28), (28, 28)]


def test_days_missed_and_a_lower_dose_lower_the_share() -> None:
    said = intensity(exposure(1, "10 mg", "14"), exposure(2, "10 mg", "21"))
    assert [one.relative for one in said.courses] == [Fraction(2, 3), Fraction(2, 3)]
    assert (said.given, said.relative) == (350, Fraction(2, 3))
    assert [one.days_taken for one in said.courses] == [14, 21]


def test_a_course_resumed_at_a_lower_dose_adds_up_both_parts() -> None:
    said = intensity(exposure(1, "10 mg", "7"), exposure(1, "5 mg", "7", first="2025-03-17", key="b"), starts=[FIRST])
    assert (said.given, said.relative, said.courses[0].days_taken) == (105, Fraction(1, 2), 14)


def test_a_delay_leaves_the_amount_and_lowers_the_amount_of_a_week() -> None:
    """Course 1 took 35 days: 525 mg in 9 weeks instead of 8."""
    starts = (FIRST, FIRST + timedelta(days=35))
    said = intensity(exposure(1, "10 mg", "21"), exposure(2, "15 mg", "21", first=str(starts[1])), starts=starts)
    assert said.relative == 1
    assert (said.given_per_week, said.relative_per_week) == (Fraction(525, 9), Fraction(8, 9))
    assert said.courses[0].given_per_week == 42  # 210 mg in 5 weeks


def test_a_dose_more_than_planned_is_a_share_above_one() -> None:
    assert intensity(exposure(1, "15 mg", "21"), starts=[FIRST]).relative == Fraction(3, 2)


def test_two_intakes_a_day_count_twice_on_both_sides() -> None:
    said = intensity(exposure(1, "10 mg", "21"), starts=[FIRST], plan=TWICE)
    assert (said.planned, said.given) == (420, 420)


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ({"days": "20"}, 20),
        ({"last": "2025-03-23", "missed": "0"}, 21),
        ({"last": "2025-03-23", "missed": "2"}, 19),
        ({"last": "2025-03-22", "missed": "0"}, 20),
        ({"days": "5", "last": "2025-03-23", "missed": "0"}, 5),
        ({"last": "2025-03-23"}, None),
        ({"last": "2025-03", "missed": "0"}, None),
        ({"missed": "0"}, None),
        ({}, None),
    ],
)
def test_days_taken_are_those_reported_or_counted_from_first_to_last(told, days) -> None:
    said = intensity(exposure(1, "10 mg", **told), starts=[FIRST])
    assert said.courses[0].days_taken == days
    assert said.given == (None if days is None else 10 * days)


@pytest.mark.parametrize(
    "exposures",
    [
        [],
        [exposure(1, "10 mg", "21")],
        [exposure(1, "10 mg", "21"), exposure(2, None, "21")],
        [exposure(1, "10 mg", "21"), exposure(2, "10 cm", "21")],
    ],
)
def test_where_an_exposure_is_not_recorded_every_sum_with_it_is_unknown(exposures) -> None:
    said = intensity(*exposures)
    assert (said.given, said.relative, said.given_per_week, said.relative_per_week) == (None, None, None, None)
    assert said.missing[-1] == "exposure of course 2 of examplinib"
    assert said.planned == 525, "what was planned is known all the same"


@pytest.mark.parametrize(("on", "courses", "weekly"), [
    ("2025-03-23", 0, None), ("2025-03-24", 1, None), ("2025-03-30", 1, None), ("2025-03-31", 1, Fraction(105, 2)),
])  # fmt: skip
def test_a_course_counts_once_its_days_of_dosing_are_over_and_its_week_once_it_is(on, courses, weekly) -> None:
    said = intensity(exposure(1, "10 mg", "21"), starts=[FIRST], on=on)
    assert (len(said.courses), said.given_per_week) == (courses, weekly)
    assert said.relative == (1 if courses else None)


def test_the_courses_of_another_drug_are_not_counted() -> None:
    study = protocol(regimen=[regimen(dose=TITRATED), regimen(id="other", drug="otherinib")])
    courses = [course(1, FIRST), course(1, FIRST, drug="otherinib")]
    one = case(registered("2025-02-28"), *courses, exposure(1, "10 mg", "21"), protocol=study)
    said = dose_intensity(one, study.regimen[0], day("2026-01-01"))
    assert (len(said.courses), said.planned, said.relative) == (1, 210, 1)
