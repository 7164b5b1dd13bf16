"""Every grade table tiles its axis: each value has one grade, the grade only grows, none is out of reach.

Traps seen elsewhere: an empty range that leaves a grade nobody can have, a gap between two ranges, a bound that belongs
to both. The axis is sampled on each bound, a hair to each side of it, between neighbours and beyond the ends; for every
version, printed unit, answer a person can give, and kind of value before treatment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.conditions import Reading
from trialwright.core.terms import Grade, PartialDate, Quantity
from trialwright.core.toxicity import Bound, Graded, LaboratoryTerm, grade_reading
from trialwright.standards.loading import TOXICITY
from trialwright.standards.units import UNITS

DAY = PartialDate(2025, 3, 3)
HAIR = Fraction(1, 10**6)
BASELINE = {"none yet": None, "normal": Fraction(8, 10), "abnormal": Fraction(2)}
"""The value before treatment as a part of the limit of normal, for terms that look upwards; else its reciprocal."""


@dataclass(frozen=True)
class Setting:
    """One term of one version in one unit, its question answered, after one kind of value before treatment."""

    version: str
    printed: LaboratoryTerm
    unit: str
    answer: bool
    baseline: str

    @property
    def term(self) -> LaboratoryTerm:
        """The term as it is once a person has answered: bounds that ask hold, or are left out."""
        asked = self.printed.question
        kept = [bound for bound in self.printed.bounds if bound.when != asked or not asked or self.answer]
        return replace(self.printed, bounds=tuple(replace(b, when="") if asked == b.when else b for b in kept))

    @property
    def normal(self) -> Fraction:
        """A limit of normal that leaves room for grade 1: beyond the absolute bounds, on the normal side."""
        place = self.printed.units.index(self.unit)
        absolute = [bound.at[place] for bound in self.printed.bounds if not bound.of] or [Fraction(100)]
        return max(*absolute, Fraction(1)) * 8 if self.printed.direction == "low" else min(absolute) / 2

    @property
    def before(self) -> Fraction | None:
        part = BASELINE[self.baseline]
        return part and self.normal * (part if self.printed.direction == "high" else 1 / part)

    def reading(self, value: Fraction, *, low: bool = True, high: bool = True, bound: str = "") -> Reading:
        limit = quantity(self.normal, self.unit)
        given_low, given_high = limit if low else None, limit if high else None
        return Reading(
            self.printed.analyte, quantity(value, self.unit), DAY, low=given_low, high=given_high, bound=bound
        )

    def graded(self, reading: Reading, term: LaboratoryTerm | None = None, *, known: bool = True) -> Graded:
        first = self.reading(self.before) if self.before and known else None
        early = self.baseline == "none yet"
        return grade_reading(term or self.term, reading, UNITS, first, before_treatment=early)

    def __str__(self) -> str:
        return f"{self.version} {self.printed.short} {self.unit} {self.baseline}{' yes' if self.answer else ''}"


def quantity(value: Fraction, unit: str) -> Quantity:
    return Quantity(Decimal(value.numerator) / Decimal(value.denominator), unit)


def settings_of(version: str, term: LaboratoryTerm) -> list[Setting]:
    looks_back = any(bound.of == "BASELINE" or bound.when.startswith("baseline") for bound in term.bounds)
    return [
        Setting(version, term, unit, answer, baseline)
        for unit in term.units
        for answer in ((False, True) if term.question else (False,))
        for baseline in (BASELINE if looks_back else ("none yet",))
    ]


SETTINGS = [one for table in TOXICITY.values() for term in table.laboratory for one in settings_of(table.version, term)]


def begins_at(bound: Bound, one: Setting) -> tuple[Fraction, bool] | None:
    """Where a bound begins to hold and whether it does on that number; None where it does not apply."""
    if bound.when == "baseline normal" and one.baseline == "abnormal":
        return None
    if bound.when == "baseline abnormal" and one.baseline != "abnormal":
        return None
    base = {"": Fraction(1), "BASELINE": one.before}.get(bound.of, one.normal)
    if base is None:
        return None
    at = bound.at[0] if bound.of else bound.at[one.printed.units.index(one.unit)]
    more = bound.plus.in_unit(one.unit, UNITS, one.printed.analyte) if bound.plus else 0
    found = (at * base + more, "=" in bound.sign)
    beyond = found[0] >= one.normal if one.printed.direction == "low" else found[0] <= one.normal
    return (one.normal, False) if bound.when == "abnormal" and beyond else found


def first_met(found: list[tuple[Fraction, bool]], direction: str) -> tuple[Fraction, bool]:
    """Of several places the one a value reaches first on its way from normal."""
    way = -1 if direction == "low" else 1
    return min(found, key=lambda place: (way * place[0], not place[1]))


def numbers(one: Setting) -> dict[int, tuple[Fraction, bool]]:
    """Where each grade begins, without grades that a higher one covers from the same place on."""
    found: dict[int, list[tuple[Fraction, bool]]] = {}
    for bound in one.term.bounds:
        place = begins_at(bound, one)
        if place is not None:
            found.setdefault(bound.grade, []).append(place)
    begins = {grade: first_met(places, one.printed.direction) for grade, places in found.items()}
    direction = one.printed.direction
    return {
        number: place
        for number, place in begins.items()
        if not any(first_met([place, begins[more]], direction) == begins[more] for more in begins if more > number)
    }


def grade(one: Setting, value: Fraction) -> Grade:
    found = one.graded(one.reading(value)).grade
    assert found is not None
    return found


def samples(one: Setting) -> list[Fraction]:
    bounds = sorted({place for place, _ in numbers(one).values()})
    between = [(one + other) / 2 for one, other in pairwise(bounds)]
    around = (each for bound in bounds for each in (bound - HAIR, bound, bound + HAIR))
    return sorted(value for value in {Fraction(0), *between, bounds[-1] * 3, *around} if value >= 0)


def test_every_term_of_every_version_is_there():
    assert {table.version: len(table.laboratory) for table in TOXICITY.values()} == {"3.0": 41, "4.03": 48, "5.0": 49}
    assert len(
        {(one.version, one.printed.name, one.printed.analyte, one.printed.direction) for one in SETTINGS}
    ) == sum(len(table.laboratory) for table in TOXICITY.values())


@pytest.mark.parametrize("one", SETTINGS, ids=str)
def test_grades_only_grow_along_the_axis_and_each_one_with_a_bound_is_reached(one):
    grades = [grade(one, value).number for value in samples(one)]
    along = grades[::-1] if one.printed.direction == "low" else grades
    assert along == sorted(along)
    assert set(grades) == {0} | set(numbers(one))


@pytest.mark.parametrize("one", SETTINGS, ids=str)
def test_each_bound_parts_two_grades_and_belongs_to_the_lower_one(one):
    toward = HAIR if one.printed.direction == "low" else -HAIR
    for bound, inclusive in numbers(one).values():
        on, normal_side, far_side = (
            grade(one, max(value, Fraction(0))) for value in (bound, bound + toward, bound - toward)
        )
        if inclusive:
            assert on == far_side
            assert on > normal_side
        else:
            assert on == normal_side
            assert on < far_side


def test_no_grade_with_a_bound_is_out_of_reach_whatever_a_person_answers():
    reached: dict[tuple[str, LaboratoryTerm], set[int]] = {}
    for one in SETTINGS:
        reached.setdefault((one.version, one.printed), set()).update(numbers(one))
    wrong = [
        (version, term.name)
        for (version, term), grades in reached.items()
        if grades != {bound.grade for bound in term.bounds}
    ]
    assert wrong == []


def test_a_table_with_an_empty_range_would_be_found():
    """A printed slip seen elsewhere: grade 1 of GGT from 2.5 to 2.5 times the upper limit."""
    found = TOXICITY["ctcae/4.03"].term("GGT")
    slipped = replace(found, bounds=(replace(found.bounds[0], at=found.bounds[1].at), *found.bounds[1:]))
    assert set(numbers(Setting("slip", slipped, "U/L", False, "none yet"))) == {2, 3, 4}
    assert {bound.grade for bound in slipped.bounds} == {1, 2, 3, 4}


@given(st.sampled_from(SETTINGS), st.decimals(0, 10**6, places=4, allow_nan=False, allow_infinity=False))
def test_any_value_has_exactly_one_grade_and_it_exists_for_the_term(one, value):
    assert grade(one, Fraction(value)).number in (0, *one.printed.grades)


@given(
    st.sampled_from(SETTINGS),
    st.decimals(0, 10**5, places=3, allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_what_is_not_known_never_contradicts_what_is(one, value, low, high, baseline, asked):
    """Without a limit, a baseline or an answer the grade with them is among the grades the value can have."""
    known = grade(one, Fraction(value))
    part = one.reading(Fraction(value), low=low, high=high)
    assert known in one.graded(part, None if asked else one.printed, known=baseline).possible


@given(
    st.sampled_from([one for one in SETTINGS if one.baseline != "none yet"]),
    st.decimals(0, 10**5, places=3, allow_nan=False, allow_infinity=False),
)
def test_a_value_is_never_called_normal_where_the_one_before_treatment_could_tell_otherwise(one, value):
    """Grade 0 without the baseline stands only where no kind of baseline makes it more."""
    without = one.graded(one.reading(Fraction(value)), known=False)
    if without.grade == Grade(0):
        kinds = [replace(one, baseline=kind) for kind in ("normal", "abnormal")]
        assert {grade(kind, Fraction(value)) for kind in kinds} == {Grade(0)}


@given(
    st.sampled_from(SETTINGS), st.decimals(0, 10**4, places=2), st.decimals(0, 10**4, places=2), st.sampled_from("<>")
)
def test_a_value_below_or_above_can_have_the_grade_of_every_value_it_can_be(one, limit, value, bound):
    if not (value < limit if bound == "<" else value > limit):
        return
    only = one.reading(Fraction(limit), bound=bound)
    assert grade(one, Fraction(value)) in one.graded(only).possible


def test_names_that_a_person_may_type_lead_to_one_term():
    for table in TOXICITY.values():
        for term in (*table.laboratory, *table.named):
            assert table.term(term.short).name == term.name
            assert table.term(term.name.upper()).name == term.name


@given(
    st.sampled_from([*TOXICITY.values()]),
    st.sampled_from(["wbc", "anc", "platelets", "lymphocytes", "cd4"]),
    st.integers(0, 400_000),
    st.sampled_from(["/uL", "10*3/uL", "10*9/L"]),
)
def test_a_count_has_the_same_grade_in_whatever_unit_it_was_reported(table, analyte, count, unit):
    """Cells per mm3 and per uL are the same number; thousands per uL and 10*9 per L are a thousandth of it."""
    divisor = 1 if unit == "/uL" else 1000
    for term in (one for one in table.laboratory if one.analyte == analyte):
        told = []
        for name, by in (("/mm3", 1), (unit, divisor)):
            number, low, high = (Quantity(Decimal(each) / by, name) for each in (count, 1800, 11000))
            reading = Reading(analyte, number, PartialDate(2025, 3, 3), low=low, high=high)
            told.append(grade_reading(term, reading, UNITS).grade)
        assert told[0] is not None
        assert told[0] == told[1]
