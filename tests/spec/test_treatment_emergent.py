"""Treatment-emergent: a grade counts where it came, or is worse than before treatment, from the first dose on.

First dose on 2025-03-03, last dose on 2025-06-15; the protocol's safety time says how many days after it still count.
Lower limit of neutrophils 1,800, upper limit of ALT 40, of creatinine 1.2.
"""

from __future__ import annotations

import pytest

from builders import case, course, day, ended, form, limits, taken
from trialwright.core.ledger import Missing
from trialwright.core.toxicity import toxicities, worst_grades
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v5 import CTCAE_5
from trialwright.standards.units import UNITS

RANGES = (limits("anc", "1800 /mm3", "7500 /mm3"), limits("alt", "5 U/L", "40 U/L"))
START = course(1, "2025-03-03")
OVER = (taken(1, "2025-03-03", "2025-06-15"), ended("2025-06-20", last_dose="2025-06-15"))
ANC = "Neutrophils/granulocytes"


def worst(*events, items=None, table=CTCAE_3, on="2025-12-31", safety=30, ranges=RANGES):
    given = case(START, *events, items=items, concepts=CONCEPTS, units=UNITS, ranges=ranges)
    found = worst_grades(given, table, day(on), safety)
    return {term: grade.number if grade else None for term, grade in found.items()}


def counts(**by_day):
    """d0220="900" is a neutrophil count of 20 February."""
    return {f"anc on 2025-{key[1:3]}-{key[3:]}": f"{value} /mm3" for key, value in by_day.items()}


def fatigue(grade, start, **fields):
    return {"term": "Fatigue", "grade": grade, "start": start, "related": "no", "serious": "no", **fields}


# --- the grade before treatment -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "during", "ranges", "expected"),
    [
        # known: below, at, above
        ("1600", "1700", RANGES, {}),
        ("1600", "1500", RANGES, {}),
        ("1600", "1499", RANGES, {ANC: 2}),
        # without limits the value before can be of grade 0 or 1
        ("2000", "1700", (), {ANC: None}),  # 0 or 1, from 0 or 1
        ("2000", "1400", (), {ANC: 2}),  # surely worse than 1
        ("1400", "1700", (), {}),  # 0 or 1, from 2
        ("900", "900", (), {}),
    ],
)
def test_a_value_is_held_against_what_the_one_before_can_have_been(before, during, ranges, expected):
    assert worst(items=counts(d0220=before, d0317=during), ranges=ranges) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # the last value before treatment, not the worst or the first; one of the day of the first dose is before it
        (counts(d0210="900", d0220="2000", d0317="1400"), {ANC: 2}),
        (counts(d0210="2000", d0220="900", d0317="1400"), {}),
        (counts(d0220="2000", d0303="900", d0317="1400"), {}),
        (counts(d0303="2000", d0304="900"), {ANC: 3}),
        # a value that was not done is none
        ({**counts(d0210="2000", d0317="1400"), "anc on 2025-02-20": Missing("not_done")}, {ANC: 2}),
        # one that cannot be graded at all could have been anything
        ({**counts(d0317="1400"), "anc on 2025-02-20": "4 cm"}, {ANC: None}),
        ({**counts(d0317="2000"), "anc on 2025-02-20": "4 cm"}, {}),
    ],
)
def test_which_value_before_treatment_counts(values, expected):
    assert worst(items=values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # 130 is 3.25 times the upper limit, and 1.3 times the value before where that was abnormal: below 1.5
        ({"2025-02-20": "30", "2025-03-17": "130"}, 2),
        ({"2025-02-20": "100", "2025-03-17": "130"}, 0),
        ({"2025-02-10": "100", "2025-02-20": "30", "2025-03-17": "130"}, 2),
        ({"2025-02-10": "30", "2025-02-20": "100", "2025-03-17": "130"}, 0),
        ({"2025-02-20": "30", "2025-03-03": "100", "2025-03-17": "130"}, 0),  # blood before the dose of that day
    ],
)
def test_a_grade_by_baseline_takes_the_last_value_up_to_the_day_of_the_first_dose(values, expected):
    given = case(
        START, items={f"alt on {on}": f"{value} U/L" for on, value in values.items()}, concepts=CONCEPTS, units=UNITS,
        ranges=RANGES,
    )  # fmt: skip
    last = [one for one in toxicities(given, CTCAE_5, day("2025-03-17")) if one.term.startswith("Alanine")][-1]
    assert last.grade.number == expected


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("not_done", 2),  # the value before it counts
        (None, 2),
    ],
)
def test_a_baseline_that_was_not_done_is_passed_over_for_the_one_before(missing, expected):
    items = {"alt on 2025-02-10": "30 U/L", "alt on 2025-03-17": "130 U/L"}
    items |= {"alt on 2025-02-20": Missing(missing)} if missing else {}
    assert worst(items=items, table=CTCAE_5) == {"Alanine aminotransferase increased": expected}


# --- events -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2025-03-02", {}), ("2025-03-03", {"Fatigue": 3}), ("2025-03", {"Fatigue": 3}), ("2025-02", {}),
        ("2025", {"Fatigue": 3}), ("2025-07-15", {"Fatigue": 3}), ("2025-07-16", {}), ("2025-07", {"Fatigue": 3}),
    ],
)  # fmt: skip
def test_an_event_counts_from_the_day_of_the_first_dose_to_30_days_after_the_last(start, expected):
    assert worst(*OVER, items={"adverse_event/1": fatigue(3, start)}) == expected


@pytest.mark.parametrize(("safety", "expected"), [(0, {}), (27, {}), (28, {"Fatigue": 3}), (None, {"Fatigue": 3})])
def test_the_number_of_days_is_the_protocols(safety, expected):
    assert worst(*OVER, items={"adverse_event/1": fatigue(3, "2025-07-13")}, safety=safety) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # going on at the first dose, and worse, the same or better after it
        (2, 3, {"Fatigue": 3}),
        (2, 2, {}),
        (2, 1, {}),
        # not known before, or after
        (Missing("not_known"), 3, {"Fatigue": None}),
        (Missing("not_known"), 4, {"Fatigue": None}),
        (2, Missing("not_known"), {"Fatigue": None}),
    ],
)
def test_an_event_that_was_there_before_counts_with_a_change_for_the_worse(before, after, expected):
    items = {"adverse_event/1": fatigue(before, "2025-02-01")}
    items["adverse_event_grade/1.1"] = {"event": "1", "grade": after, "on": "2025-03-17"}
    assert worst(items=items) == expected


@pytest.mark.parametrize(
    ("end", "expected"),
    [("2025-02-20", {"Fatigue": 2}), ("2025-03-02", {"Fatigue": 2}), ("2025-03-03", {}), (None, {})],
)
def test_an_event_that_was_over_before_treatment_and_comes_back_counts(end, expected):
    first = {**fatigue(2, "2025-02-01"), **({"end": end} if end else {})}
    again = fatigue(2, "2025-03-20", recurrence_of="1")
    assert worst(items={"adverse_event/1": first, "adverse_event/2": again}) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [(4, {"Hemoglobin": None}), (5, {"Hemoglobin": 5})],  # an event can be of grade 5, and nothing is worse than that
)
def test_an_event_of_unknown_grade_could_be_the_worst(known, expected):
    told = {"term": "Hemoglobin", "start": "2025-03-20", "related": "no", "serious": "yes"}
    items = {"adverse_event/1": {**told, "grade": known}, "adverse_event/2": {**told, "grade": Missing("not_known")}}
    assert worst(items=items) == expected


def test_a_value_that_cannot_be_graded_is_at_most_of_grade_4():
    assert worst(items={**counts(d0220="2000", d0310="400"), "anc on 2025-03-17": "4 cm"}) == {ANC: 4}
    assert worst(items={**counts(d0220="2000", d0310="900"), "anc on 2025-03-17": "4 cm"}) == {ANC: None}


def test_what_is_not_known_and_cannot_be_worse_than_the_worst_known_does_not_matter():
    rows = {"adverse_event/1": fatigue(2, "2025-02-01"), "adverse_event/2": fatigue(4, "2025-03-20")}
    rows["adverse_event/3"] = fatigue(Missing("not_known"), "2025-02-10", end="2025-02-20")
    assert worst(items=rows) == {"Fatigue": 4}


def test_no_course_no_emergence_and_a_form_filled_later_does_not_move_an_onset():
    given = case(items={"adverse_event/1": fatigue(3, "2025-03-20")}, concepts=CONCEPTS, units=UNITS)
    assert worst_grades(given, CTCAE_3, day("2025-12-31"), 30) == {}
    late = form("2025-09-01", {"adverse_event/1": fatigue(3, "2025-03-02")})
    assert worst(*OVER, late) == {}


@pytest.mark.parametrize(("during", "expected"), [(2, {}), (3, {}), (4, {"Fatigue": 4})])
def test_of_several_events_before_treatment_the_worst_is_held_against(during, expected):
    items = {f"adverse_event/{n}": fatigue(grade, "2025-02-01") for n, grade in ((1, 1), (2, 3), (3, 2))}
    assert worst(items={**items, "adverse_event/4": fatigue(during, "2025-03-20")}) == expected
