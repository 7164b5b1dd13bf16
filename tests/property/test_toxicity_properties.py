"""Every grade table tiles its axis: each value has one grade, the grade only grows, none is out of reach.

Traps seen elsewhere: an empty range that leaves a grade nobody can have, a gap between two ranges, a bound that belongs
to both. The axis is sampled on each bound, a hair to each side of it, between neighbours and beyond the ends.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.conditions import Reading
from trialwright.core.terms import Grade, PartialDate, Quantity
from trialwright.core.toxicity import LaboratoryTerm, grade_reading
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.units import UNITS

DAY = PartialDate(2025, 3, 3)
TERMS = [(term, unit) for term in CTCAE_3.laboratory for unit in term.units]


def limits(term: LaboratoryTerm, unit: str) -> tuple[Decimal, Decimal]:
    """Limits of normal that leave room for grade 1: beyond the absolute bounds, on the normal side."""
    place = term.units.index(unit)
    absolute = [bound.at[place] for bound in term.bounds if not bound.of] or [Fraction(100)]
    normal = max(*absolute, Fraction(1)) * 8 if term.direction == "low" else min(absolute) / 2
    text = Decimal(normal.numerator) / Decimal(normal.denominator)
    return text, text


def numbers(term: LaboratoryTerm, unit: str) -> list[Fraction]:
    """Where each grade begins, as a number in the unit, in order: of several bounds the one that is met first."""
    normal, place = Fraction(limits(term, unit)[0]), term.units.index(unit)
    begins: dict[int, list[Fraction]] = {}
    for bound in term.bounds:
        if bound.of != "BASELINE":
            begins.setdefault(bound.grade, []).append(bound.at[0] * normal if bound.of else bound.at[place])
    return sorted(max(found) if term.direction == "low" else min(found) for found in begins.values())


def grade(term: LaboratoryTerm, unit: str, value: Fraction) -> Grade:
    low, high = (Quantity(limit, unit) for limit in limits(term, unit))
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    given_grade = grade_reading(
        term, Reading(term.analyte, Quantity(exact, unit), DAY, low=low, high=high), UNITS, before_treatment=True
    )
    assert given_grade.grade is not None
    return given_grade.grade


def samples(term: LaboratoryTerm, unit: str) -> list[Fraction]:
    bounds = numbers(term, unit)
    hair = Fraction(1, 10**6)
    between = [(one + other) / 2 for one, other in pairwise(bounds)]
    found = {
        Fraction(0),
        *between,
        bounds[-1] * 3,
        *(each for bound in bounds for each in (bound - hair, bound, bound + hair)),
    }
    return sorted(value for value in found if value >= 0)


@pytest.mark.parametrize(("term", "unit"), TERMS, ids=lambda given: getattr(given, "short", given))
def test_grades_only_grow_along_the_axis_and_each_one_with_a_bound_is_reached(term, unit):
    grades = [grade(term, unit, value).number for value in samples(term, unit)]
    along = grades[::-1] if term.direction == "low" else grades
    assert along == sorted(along)
    assert set(grades) == {0} | {bound.grade for bound in term.bounds}


@pytest.mark.parametrize(("term", "unit"), TERMS, ids=lambda given: getattr(given, "short", given))
def test_each_bound_parts_two_grades_and_belongs_to_the_lower_one(term, unit):
    hair = Fraction(1, 10**6)
    inclusive = {bound.at[0] for bound in term.bounds if bound.sign in ("<=", ">=") and bound.of != "BASELINE"}
    for bound in numbers(term, unit):
        on, normal_side, far_side = (
            grade(term, unit, max(value, Fraction(0)))
            for value in (
                (bound, bound + hair, bound - hair) if term.direction == "low" else (bound, bound - hair, bound + hair)
            )
        )
        if bound in inclusive:
            assert on == far_side
            assert on > normal_side
        else:
            assert on == normal_side
            assert on < far_side


@given(st.sampled_from(TERMS), st.decimals(0, 10**6, places=4, allow_nan=False, allow_infinity=False))
def test_any_value_has_exactly_one_grade_and_it_exists_for_the_term(pair, value):
    term, unit = pair
    assert grade(term, unit, Fraction(value)).number in (0, *term.grades)


@given(
    st.sampled_from(TERMS),
    st.decimals(0, 10**5, places=3, allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.booleans(),
)
def test_what_is_not_known_never_contradicts_what_is(pair, value, without_low, without_high):
    """Without a limit of normal the grade with it is always among the grades the value can have."""
    term, unit = pair
    low, high = (Quantity(limit, unit) for limit in limits(term, unit))
    whole = Reading(term.analyte, Quantity(value, unit), DAY, low=low, high=high)
    part = Reading(
        term.analyte, whole.value, DAY, low=None if without_low else low, high=None if without_high else high
    )
    known = grade_reading(term, whole, UNITS, before_treatment=True).grade
    assert known in grade_reading(term, part, UNITS, before_treatment=True).possible


@given(st.sampled_from(TERMS), st.decimals(0, 10**4, places=2), st.decimals(0, 10**4, places=2), st.sampled_from("<>"))
def test_a_value_below_or_above_can_have_the_grade_of_every_value_it_can_be(pair, limit, value, bound):
    term, unit = pair
    if not (value < limit if bound == "<" else value > limit):
        return
    low, high = (Quantity(number, unit) for number in limits(term, unit))
    only = Reading(term.analyte, Quantity(limit, unit), DAY, low=low, high=high, bound=bound)
    assert grade(term, unit, Fraction(value)) in grade_reading(term, only, UNITS, before_treatment=True).possible


def test_names_that_a_person_may_type_lead_to_one_term():
    for term in (*CTCAE_3.laboratory, *CTCAE_3.named):
        assert CTCAE_3.term(term.short).name == term.name
        assert CTCAE_3.term(term.name.upper()).name == term.name
