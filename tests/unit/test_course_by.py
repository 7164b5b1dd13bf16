"""A course as it was known on a day: nothing of what came later, neither its last dose nor how often it was taken."""

from __future__ import annotations

import pytest

from builders import case, course, day, screened, taken
from trialwright.core.ledger import Event
from trialwright.core.subject import Course, course_by

FIRST, LAST = "2025-03-03", "2025-03-23"


def known(on: str, *told: Event) -> Course:
    """Course 1, begun on 3 March at 10 mg, as known on a day."""
    (found,) = case(screened("2025-02-20"), course(1, FIRST), *told).courses(day(on))
    return course_by(found, day(on))


@pytest.mark.parametrize(
    ("on", "last", "days"),
    [("2025-03-22", None, ""), (LAST, LAST, "21"), ("2025-03-24", LAST, "21")],
    ids=["the day before", "on the day", "the day after"],
)
def test_its_end_is_known_from_the_last_dose_on(on, last, days):
    found = known(on, taken(1, FIRST, LAST, days_taken="21"))
    assert found.last_dose == (day(last) if last else None)
    assert found.exposures[0].text("days_taken") == days
    assert (found.day_1, str(found.dose)) == (day(FIRST), "10 mg")


@pytest.mark.parametrize(("on", "days"), [("2025-03-06", ""), ("2025-03-07", "5"), ("2025-03-08", "5")])
def test_without_a_last_dose_it_lasts_as_many_days_as_were_taken(on, days):
    """Five days from 3 March on are over on 7 March."""
    assert known(on, taken(1, FIRST, days_taken="5")).exposures[0].text("days_taken") == days


@pytest.mark.parametrize(("on", "dose"), [("2025-03-12", "10 mg"), ("2025-03-13", "5 mg"), ("2025-03-14", "5 mg")])
def test_it_keeps_its_dose_until_the_next_exposure_begins(on, dose):
    found = known(on, taken(1, FIRST, "2025-03-12"), taken(1, "2025-03-13", LAST, dose="5 mg", part="b"))
    assert str(found.dose) == dose


def test_nothing_is_changed_where_all_was_known():
    whole = known("2025-06-01", taken(1, FIRST, LAST, days_taken="21"))
    assert course_by(whole, day("2025-06-01")) is whole
    assert known("2025-06-01").exposures == ()
