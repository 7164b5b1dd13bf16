"""Patients whose dose is held, lowered, kept, stopped or waits for data: each answer worked by hand from the clause.

Hold below 500 neutrophils, below 1,000 for 7 days or with 38.5 C, below 50,000 platelets, for a related grade 3; resume
5 mg lower, never below 5 mg (`label_mcl`); no step up after that (A1); what nobody asked or measured is never "no".
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import day
from trialwright.core.ledger import Missing

C1, C2, C3, C4, C5 = "2025-03-03", "2025-03-31", "2025-04-28", "2025-05-26", "2025-06-23"
FATIGUE = "Fatigue (asthenia, lethargy, malaise)"
COUNTED = {"anc": "4000 /mm3", "platelets": "250000 /mm3", "temperature": "36.8 Cel", "adverse_event_review": "none"}


def in_course_1(story):
    return story().entered(C1).start(C1)


def in_course_2(story):
    return in_course_1(story).assess(C2, 20).start(C2)


@pytest.mark.parametrize(
    ("counts", "action"),
    [
        ({"anc": "499 /mm3"}, "hold"),
        ({"anc": "500 /mm3"}, "give"),
        ({"anc": "0.499 10*9/L"}, "hold"),
        ({"anc": "0.5 10*3/uL"}, "give"),
        ({"anc": "999 /mm3", "temperature": "38.4 Cel"}, "give"),
        ({"anc": "999 /mm3", "temperature": "38.5 Cel"}, "hold"),
        ({"anc": "1000 /mm3", "temperature": "38.5 Cel"}, "give"),
        ({"platelets": "49999 /mm3"}, "hold"),
        ({"platelets": "50000 /mm3"}, "give"),
        ({"platelets": "49.9 10*9/L"}, "hold"),
        ({"anc": Missing("not_done")}, "wait"),
    ],
)
def test_a_count_on_day_8(story, counts, action):
    told = in_course_1(story).note("2025-03-10", {**COUNTED, **counts})
    assert told.says("2025-03-10")[0] == action


def test_neutrophils_of_999_with_no_temperature_measured_wait_for_it(story):
    told = story().entered(C1).start(C1, temperature=None)
    told.note("2025-03-10", {**COUNTED, "anc": "999 /mm3", "temperature": None})
    assert told.says("2025-03-10")[0] == "wait"


@pytest.mark.parametrize(("again", "action"), [("2025-03-16", "give"), ("2025-03-17", "hold"), (None, "wait")])
def test_neutrophils_below_1000_for_7_days_need_a_second_count(story, again, action):
    # first seen on 10 March: 6 days on the 16th, 7 days on the 17th; nobody counting is not "recovered"
    told = in_course_1(story).note("2025-03-10", {**COUNTED, "anc": "999 /mm3"})
    if again:
        told.note(again, {**COUNTED, "anc": "999 /mm3"})
    assert told.says(again or "2025-03-17")[0] == action


def test_a_hold_ends_with_the_count_and_the_dose_resumes_5_mg_lower_and_does_not_rise_again(story):
    told = in_course_1(story).note("2025-03-10", {**COUNTED, "platelets": "30000 /mm3"})
    assert told.says("2025-03-16")[0] == "hold"
    told.note("2025-03-17", {**COUNTED, "platelets": "50000 /mm3"})
    assert told.says("2025-03-17") == ("give", "5 mg")
    assert told.says("2025-03-24")[0] == "rest", "day 22: days lost to the hold are not made up"
    told.assess(C2, 20).start(C2)
    assert told.says(C2) == ("give", "5 mg")


def test_two_rules_hold_at_once_and_lower_the_dose_once(story):
    told = in_course_2(story).note("2025-04-07", {**COUNTED, "anc": "400 /mm3", "platelets": "30000 /mm3"})
    told.note("2025-04-09", {**COUNTED, "anc": "1000 /mm3", "platelets": "49999 /mm3"})
    assert told.says("2025-04-09")[0] == "hold", "the platelets have not recovered"
    told.note("2025-04-11", COUNTED)
    assert told.says("2025-04-11") == ("give", "10 mg"), "15 - 5, not 15 - 10"


def test_a_second_hold_at_5_mg_stops_treatment(story):
    told = in_course_1(story).note("2025-03-10", {**COUNTED, "anc": "400 /mm3"}).note("2025-03-17", COUNTED)
    told.assess(C2, 20).start(C2).note("2025-04-07", {**COUNTED, "anc": "400 /mm3"})
    assert told.says("2025-04-07")[0] == "stop", "there is no dose below 5 mg"


def test_one_related_grade_3_holds_and_lowers_by_one_step(story):
    # hold_toxicity and reduce_after_toxicity both hold: 15 - 5 = 10, in this course and the next
    told = in_course_2(story).event("2025-04-07", 1, FATIGUE, 3)
    assert told.says("2025-04-07")[0] == "hold"
    told.note("2025-04-12", {**COUNTED, "adverse_event/1/grade": 1, "adverse_event_review": "listed"})
    assert told.says("2025-04-12") == ("give", "10 mg")
    told.assess(C3, 20).start(C3)
    assert told.says(C3) == ("give", "10 mg")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"grade": 3, "related": "no"}, ("give", "15 mg")),
        ({"grade": 2, "related": "yes"}, ("give", "15 mg")),
        ({"grade": 3}, ("wait", "")),  # nobody said whether it is related
        ({"related": "yes"}, ("wait", "")),  # nobody graded it
        ({"grade": 3, "related": "yes"}, ("hold", "")),
    ],
)
def test_an_adverse_event_of_course_2(story, event, said):
    told = in_course_2(story).note(
        "2025-04-07",
        {"adverse_event/1": {"term": FATIGUE, "start": "2025-04-07", **event}, "adverse_event_review": "listed"},
    )
    assert told.says("2025-04-07") == said


@pytest.mark.parametrize(
    ("tolerated", "said"), [("yes", ("give", "15 mg")), ("no", ("give", "10 mg")), (None, ("wait", ""))]
)
def test_a_related_grade_2_steps_up_only_if_the_dose_was_tolerated(story, tolerated, said):
    told = in_course_1(story).event("2025-03-12", 1, FATIGUE, 2).assess(C2, 20)
    told.note(C2, {**told.fine, "adverse_event_review": "listed", "dose_tolerated": tolerated})
    assert told.says(C2) == said


@pytest.mark.parametrize(
    "unasked",
    ["dose_tolerated", "unacceptable_toxicity", "severe_skin_reaction", "adverse_event_review", "anc", "platelets"],
)
def test_an_answer_from_before_the_last_course_is_no_answer_about_it(story, unasked):
    # everything was fine on day 1 of course 2, 28 days before; course 2 had a related grade 2
    told = in_course_2(story).event("2025-04-07", 1, FATIGUE, 2).assess(C3, 20)
    told.note(C3, {name: answer for name, answer in told.fine.items() if name != unasked})
    assert told.says(C3)[0] == "wait"
    assert told.no(told.course_of(C3, 3, "20 mg"))


@pytest.mark.parametrize(("counted_on", "action"), [("2025-03-24", "give"), ("2025-03-23", "wait")])
def test_neutrophils_count_for_7_days_before_a_course(story, counted_on, action):
    told = in_course_1(story).assess(C2, 20)
    told.note(C2, {name: answer for name, answer in told.fine.items() if name != "anc"})
    told.note(C2, {f"anc on {counted_on}": "4000 /mm3"})
    assert told.says(C2)[0] == action


@pytest.mark.parametrize(
    ("anc", "action"),
    [
        ({"value": "0.5 10*3/uL", "bound": "<"}, "hold"),
        ({"value": "2 10*3/uL", "bound": "<"}, "wait"),  # it may be 1.9 and it may be 0.3
        ({"value": "1 10*3/uL", "bound": ">"}, "give"),
        ({"value": Missing("not_done")}, "wait"),
    ],
)
def test_a_count_known_only_as_a_bound_or_not_done(story, anc, action):
    told = in_course_1(story).assess(C2, 20)
    told.note(C2, {name: answer for name, answer in told.fine.items() if name != "anc"}).note(C2, {"anc/lab": anc})
    assert told.says(C2)[0] == action


@pytest.mark.parametrize("typed", ["4.0 mg/dL", "<0.5"])
def test_a_count_in_a_unit_of_another_kind_or_as_text_is_not_let_in(story, typed):
    told = in_course_1(story)
    assert told.no(told.form_of("2025-03-10", {"anc": typed}))


def test_two_counts_of_one_day_on_both_sides_of_a_limit_wait(story):
    told = in_course_1(story).note("2025-03-10", {**COUNTED, "platelets/a": "49999 /mm3", "platelets/b": "50001 /mm3"})
    assert told.says("2025-03-10")[0] in ("wait", "hold")


def test_a_count_corrected_after_the_course_was_started_opens_the_hold_and_is_a_deviation(story):
    told = in_course_2(story).correct("2025-04-02", f"anc/{C2}/value", "4000 /mm3", "400 /mm3")
    assert told.says("2025-04-02")[0] == "hold"
    assert "course begun against the rules" in told.deviations("2025-04-02")


@pytest.mark.parametrize(("weeks", "said"), [(1, ("give", "10 mg")), (2, ("give", "5 mg")), (3, ("give", "5 mg")),
                                             (4, ("give", "5 mg")), (5, ("stop", ""))])  # fmt: skip
def test_a_course_that_low_neutrophils_delay_by_weeks(story, weeks, said):
    # one low count: no step up; low for 7 days: 5 mg lower; more than 28 days: off treatment
    told = in_course_1(story).assess(C2, 20)
    told.note(C2, {**told.fine, "anc": "900 /mm3"})
    assert told.says(C2)[0] == "hold"
    for week in range(1, weeks):
        told.note(str(day(C2) + timedelta(weeks=week)), {**told.fine, "anc": "900 /mm3"})
    back = str(day(C2) + timedelta(weeks=weeks))
    told.note(back, told.fine)
    assert told.says(back) == said
    assert told.dose(back).reason == "toxicity" or weeks < 5


def test_a_patient_who_merely_comes_5_weeks_late_is_not_off_treatment_for_toxicity(story):
    told = in_course_1(story).assess(C2, 20)
    late = str(day(C2) + timedelta(weeks=5))
    told.note(late, told.fine)
    assert told.says(late) == ("give", "15 mg")


@pytest.mark.parametrize(
    ("clearance", "said"),
    [
        ({C2: "59 mL/min"}, ("give", "10 mg")),
        ({C2: "60 mL/min"}, ("give", "15 mg")),
        ({}, ("wait", "")),  # the one of 28 days before is too old to raise the dose on
    ],
)
def test_the_dose_does_not_rise_past_10_mg_below_60_ml_per_minute(story, clearance, said):
    told = in_course_1(story).assess(C2, 20)
    told.note(C2, {**told.fine, "creatinine_clearance": clearance.get(C2)})
    assert told.says(C2) == said


def test_a_first_dose_a_day_earlier_than_planned_is_28_days_after_interferon_and_refused(story):
    # ended 2 February; 29 days to the planned 3 March, 28 to the 2nd: more than 4 weeks is strict
    therapy = {"code": "interferon", "start": "2024-01", "end": "2025-02-02"}
    told = story().entered(C1, **{"prior_therapy/2": therapy}).note("2025-03-02", story().fine)
    assert told.says("2025-03-02")[0] == "hold"
    assert [one.clause for one in told.no(told.course_of("2025-03-02", 1, "10 mg"))] == ["start_washout"]
    assert story().entered(C1, **{"prior_therapy/2": therapy}).start(C1).says(C1) == ("give", "10 mg")


def test_a_flare_that_holds_resumes_at_grade_1_and_not_at_grade_2(story):
    told = in_course_2(story).event("2025-04-07", 1, "Tumor flare", 3)
    assert told.says("2025-04-07")[0] == "hold"
    told.note("2025-04-10", {**COUNTED, "adverse_event/1/grade": 2, "adverse_event_review": "listed"})
    assert told.says("2025-04-10")[0] == "hold"
    told.note("2025-04-14", {**COUNTED, "adverse_event/1/grade": 1, "adverse_event_review": "listed"})
    assert told.says("2025-04-14") == ("give", "10 mg")
