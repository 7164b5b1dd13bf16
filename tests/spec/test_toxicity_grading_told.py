"""What a grading says of itself: the value, the limits and the day; what is missing; and the values it must not use."""

from __future__ import annotations

import pytest

from trialwright.core.conditions import Reading
from trialwright.core.terms import PartialDate, Quantity
from trialwright.core.toxicity import Graded, NamedTerm, ToxicityTable, grade_reading
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v5 import CTCAE_5
from trialwright.standards.units import UNITS

ON = PartialDate(2025, 3, 10)


def read(concept: str, value: str, low: str = "", high: str = "", bound: str = "", on: PartialDate = ON) -> Reading:
    limits = {"low": Quantity.parse(low) if low else None, "high": Quantity.parse(high) if high else None}
    return Reading(concept, Quantity.parse(value) if value else None, on, bound=bound, **limits)


def graded(table, name: str, *given: str, baseline: Reading | None = None, bound: str = "") -> Graded:
    term = table.term(name)
    return grade_reading(term, read(term.analyte, *given, bound=bound), UNITS, baseline)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (("1800 /mm3", "7500 /mm3"), "normal 1800 /mm3 to 7500 /mm3"),
        (("1800 /mm3", ""), "normal 1800 /mm3 to not known"),
        (("", "7500 /mm3"), "normal not known to 7500 /mm3"),
        (("", ""), "limits of normal not known"),
    ],
)
def test_a_grade_says_the_value_its_day_and_the_limits(limits, told):
    found = graded(CTCAE_3, "ANC", "900 /mm3", *limits)
    assert found.because == f"Neutrophils/granulocytes grade 3: anc 900 /mm3 on 2025-03-10, {told}"


def test_a_value_that_is_not_gradable_further_says_which_grades_and_what_is_missing():
    found = graded(CTCAE_3, "ANC", "2000 /mm3")
    assert found.because.startswith("Neutrophils/granulocytes grade 0 or 1, not gradable further: anc 2000 /mm3")
    assert found.missing == ("the laboratory's LLN of anc on 2025-03-10",)


@pytest.mark.parametrize(("value", "grade"), [("0 /mm3", 4), ("-0.5 /mm3", None), ("-1 /mm3", None)])
def test_zero_is_a_value_and_less_than_zero_is_none(value, grade):
    found = graded(CTCAE_3, "ANC", value, "1800 /mm3")
    assert (found.grade and found.grade.number) == grade
    if grade is None:
        assert found.because == "Neutrophils/granulocytes: anc of 2025-03-10: it is no number that can be measured"
        assert (found.missing, found.possible) == (("anc",), ())


def test_a_unit_that_measures_something_else_says_which_unit_would_do():
    found = graded(CTCAE_3, "ANC", "4 cm", "1800 /mm3")
    assert found.grade is None
    assert found.missing == ("anc in /mm3",)


@pytest.mark.parametrize(
    ("value", "high", "grade"),
    [("3 U/L", "0 U/L", None), ("3 U/L", "-1 U/L", None), ("3 U/L", "1 U/L", 2), ("0.9 U/L", "0.9 U/L", 0)],
)
def test_a_limit_of_normal_of_zero_or_less_is_no_limit(value, high, grade):
    found = graded(CTCAE_3, "ALT", value, "", high)
    assert (found.grade and found.grade.number) == grade


BEFORE = PartialDate(2025, 2, 20)
NORMAL = read("alt", "30 U/L", high="40 U/L", on=BEFORE)


@pytest.mark.parametrize(
    ("baseline", "missing"),
    [
        (None, ("alt before treatment",)),
        (read("alt", "", high="40 U/L"), ("alt before treatment",)),
        (read("alt", "30 U/L", on=BEFORE), ("the laboratory's ULN of alt on 2025-02-20",)),
        (read("alt", "9 U/L", high="0 U/L", on=BEFORE), ("the laboratory's ULN of alt on 2025-02-20",)),
        # known only as less than 60: it may have been normal, and it is no number to take multiples of
        (read("alt", "60 U/L", high="40 U/L", bound="<", on=BEFORE),
         ("the laboratory's ULN of alt on 2025-02-20",)),
        (NORMAL, ()),
    ],
)  # fmt: skip
def test_a_grade_that_needs_the_value_before_treatment_says_what_of_it_is_missing(baseline, missing):
    """130 is 3.25 times the upper limit of 40: grade 2 from a normal baseline, open from an unknown one."""
    found = graded(CTCAE_5, "Alanine aminotransferase increased", "130 U/L", "", "40 U/L", baseline=baseline)
    assert set(missing) <= set(found.missing)
    assert bool(found.missing) == bool(missing)
    assert all(isinstance(one, str) for one in found.missing)
    assert (found.grade is None) == bool(missing)


def test_a_baseline_known_only_as_above_a_limit_is_abnormal_and_no_multiple_can_be_taken_of_it():
    above = read("alt", "60 U/L", high="40 U/L", bound=">", on=BEFORE)
    found = graded(CTCAE_5, "Alanine aminotransferase increased", "130 U/L", "", "40 U/L", baseline=above)
    assert found.missing == ("alt before treatment",)


def test_what_a_fall_below_normal_asks_is_the_limit_of_the_value_itself():
    """Fibrinogen of version 5.0 counts the fall from baseline only for a value below its own lower limit."""
    before = read("fibrinogen", "400 mg/dL", low="200 mg/dL", on=BEFORE)
    found = graded(CTCAE_5, "Fibrinogen decreased", "150 mg/dL", baseline=before)
    assert "the laboratory's LLN of fibrinogen on 2025-03-10" in found.missing
    assert not any("2025-02-20" in one for one in found.missing)


def test_a_name_that_stands_for_two_terms_stands_for_neither():
    named = (NamedTerm("Rash/itching", "Skin", (1, 2)), NamedTerm("Hives/itching", "Skin", (1, 2)))
    table = ToxicityTable("CTCAE", "0", (), named)
    assert [table.term(name) for name in ("rash", "hives", "itching")] == [*named, None]


@pytest.mark.parametrize("reported", ["Pain - back", "pain - lower - back", "Pain"])
def test_a_term_with_its_site_is_the_term_before_the_dash(reported):
    table = ToxicityTable(
        "CTCAE", "0", (), (NamedTerm("Pain", "Pain", (1, 2)), NamedTerm("Pain - lower", "Pain", (1,)))
    )
    assert table.term(reported).name == ("Pain - lower" if "lower" in reported else "Pain")


@pytest.mark.parametrize(("high", "grade"), [("1 U/L", 4), ("0.5 U/L", 4), ("0 U/L", None), ("-1 U/L", None)])
def test_whether_a_baseline_was_normal_is_told_by_any_limit_above_zero(high, grade):
    """A baseline of 0.4 is normal by an upper limit of 1 or 0.5; 30 is then far above 20 times either."""
    before = read("alt", "0.4 U/L", high=high, on=BEFORE)
    found = graded(CTCAE_5, "Alanine aminotransferase increased", "30 U/L", "", "1 U/L", baseline=before)
    assert (found.grade and found.grade.number) == grade


def test_a_baseline_is_held_against_a_limit_of_normal_in_another_kind_of_unit():
    """1.2 mg/dL of bilirubin are 20.5 umol/L: 10 before treatment was normal, and 40 is 1.95 times the limit."""
    before = read("bilirubin", "10 umol/L", high="1.2 mg/dL", on=BEFORE)
    found = graded(CTCAE_5, "Blood bilirubin increased", "40 umol/L", "", "1.2 mg/dL", baseline=before)
    assert (found.grade and found.grade.number, found.missing) == (2, ())


@pytest.mark.parametrize(
    ("limits", "baseline", "missing"),
    [
        (("", ""), True, ("the laboratory's LLN of fibrinogen on 2025-03-10",)),
        (("", ""), False, ("the laboratory's LLN of fibrinogen on 2025-03-10", "fibrinogen before treatment")),
        (("200 mg/dL", ""), False, ("fibrinogen before treatment",)),
        (("200 mg/dL", ""), True, ()),
    ],
)
def test_a_fall_below_normal_lacks_its_lower_limit_and_the_value_before_and_nothing_else(limits, baseline, missing):
    before = read("fibrinogen", "400 mg/dL", low="200 mg/dL", on=BEFORE) if baseline else None
    assert graded(CTCAE_5, "Fibrinogen decreased", "150 mg/dL", *limits, baseline=before).missing == missing


@pytest.mark.parametrize(("value", "grade"), [("3.7 mg/dL", 2), ("3.4 mg/dL", 3), ("3.1 mg/dL", 4)])
def test_an_absolute_bound_printed_in_another_kind_of_unit_is_met_by_conversion(value, grade):
    """40.078 g/mol of calcium: 3.7, 3.4 and 3.1 mg/dL are 0.92, 0.85 and 0.77 mmol/L; below 1, 0.9 and 0.8."""
    table = next(term for term in CTCAE_5.laboratory if term.analyte == "ionized_calcium" and term.direction == "low")
    found = grade_reading(table, read("ionized_calcium", value, "1.15 mmol/L"), UNITS)
    assert (found.grade and found.grade.number) == grade
