"""The golden calendar and dose of the first study, through its protocol file: events, fold, status.

Worked by hand from the record: 10 mg on days 1-21 of 28, 5 mg up each course, at most 25 mg; up to 2 years; follow-up
every 3 months for 1 year; toxicity up to 30 days after the last dose; contraception for 4 weeks after it.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from builders import day
from trialwright.core.schedule import duties, visits
from trialwright.core.terms import Verdict

C1, C2, C3, C4, C5 = "2025-03-03", "2025-03-31", "2025-04-28", "2025-05-26", "2025-06-23"


def test_the_dose_rises_by_5_mg_each_course_to_25_mg_and_stays_there(story):
    # day 21 of a course is its day 1 + 20 days
    told = story().entered(C1)
    for on, dose, last, rest in [
        (C1, "10 mg", "2025-03-23", "2025-03-24"),
        (C2, "15 mg", "2025-04-20", "2025-04-21"),
        (C3, "20 mg", "2025-05-18", "2025-05-19"),
        (C4, "25 mg", "2025-06-15", "2025-06-16"),
        (C5, "25 mg", "2025-07-13", "2025-07-14"),
    ]:
        if on != C1:
            told.assess(on, 20)
        told.start(on)
        said = told.dose(on)
        assert (str(said.dose), str(said.last_day)) == (dose, last)
        assert (told.says(last), told.says(rest)[0]) == (("give", dose), "rest")


def test_day_15_of_course_1_is_14_days_after_its_day_1(story):
    told = story().entered(C1).start(C1)
    due = {one.key: str(one.due) for one in visits(told.case(C1), day(C1))}
    assert due["course_1_day_15"] == "2025-03-17"


def test_course_26_starts_within_2_years_and_course_27_is_refused(story):
    # 2 years from 2025-03-03 are over on 2027-03-03; day 21 of course 26 is 2027-02-21, of course 27 it is 2027-03-21
    told, on = story().entered(C1), date(2025, 3, 3)
    for number in range(1, 27):
        if number > 1:
            told.assess(str(on), 10)  # half of the 20 at baseline: partial response
        told.start(str(on))
        last, on = on, on + timedelta(days=28)
    assert (str(last), told.says("2027-02-21"), str(on)) == ("2027-02-01", ("give", "25 mg"), "2027-03-01")
    told.assess("2027-03-01", 10).note("2027-03-01", {"anc": "4000 /mm3", "platelets": "250000 /mm3"})
    assert told.says("2027-03-01")[0] == "stop"
    assert [one.clause for one in told.no(told.course_of("2027-03-01", 27, "25 mg"))] == ["two_years"]
    assert told.status("2027-03-01").disposition.to_end == "two years of treatment completed"


@pytest.mark.parametrize("told_last", ["2025-06-15", None], ids=["said at the end", "as recorded in exposure"])
def test_follow_up_safety_and_contraception_count_from_the_last_dose(story, told_last):
    told = story().entered("2025-05-26", fertile="yes", contraception_men="yes").start("2025-05-26")
    told.take(1, "2025-05-26", "2025-06-15").end("2025-06-20", "patient's wish", told_last)
    due = {one.key: str(one.due) for one in visits(told.case("2025-06-21"), day("2025-06-21"))}
    assert [due[f"follow_up.{number}"] for number in range(1, 5)] == [
        "2025-09-15", "2025-12-15", "2026-03-15", "2026-06-15",
    ]  # fmt: skip
    assert due["safety"] == "2025-07-15", "30 days after 15 June"
    duty = next(one for one in duties(told.case("2025-06-21"), day("2025-06-21")) if one.applies is Verdict.MET)
    assert str(duty.until) == "2025-07-13", "4 weeks after 15 June"


def test_a_grade_counts_up_to_the_30th_day_after_the_last_dose_and_not_on_the_31st(story):
    for on, counted in [("2025-04-22", True), ("2025-04-23", False)]:  # 30 and 31 days after 23 March
        told = story().entered(C1).start(C1).take(1, C1, "2025-03-23").end("2025-03-31", "wish", "2025-03-23")
        told.event(on, 1, "Fatigue (asthenia, lethargy, malaise)", 3)
        assert ("Fatigue" in told.status("2025-05-01").grades) is counted


def test_follow_up_from_29_february_falls_on_28_february_a_year_later(story):
    # last dose 2028-02-29: 3 months are 29 May, 12 months are 28 February 2029, which has no 29th
    told = story().entered("2028-02-14").start("2028-02-14").end("2028-02-29", "wish", "2028-02-29")
    due = {one.key: str(one.due) for one in visits(told.case("2028-03-01"), day("2028-03-01"))}
    assert (due["follow_up.1"], due["follow_up.4"]) == ("2028-05-29", "2029-02-28")


def test_a_course_counts_28_days_from_the_day_it_really_began(story):
    told = story().entered(C1).start("2025-03-05")  # planned for the 3rd
    assert told.says("2025-03-25") == ("give", "10 mg")
    assert told.says(C2)[0] == "rest", "day 27"
    told.assess("2025-04-02", 20).start("2025-04-02")
    assert (told.says("2025-04-22"), told.says("2025-04-23")[0]) == (("give", "15 mg"), "rest")
