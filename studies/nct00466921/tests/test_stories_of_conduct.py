"""Patients through entry, response, the end of treatment and amendments: each answer worked by hand from the clause."""

from __future__ import annotations

import pytest

from trialwright import __version__
from trialwright.core.protocol import Epoch
from trialwright.core.terms import Response

C1, C2, C3, C4, C5 = "2025-03-03", "2025-03-31", "2025-04-28", "2025-05-26", "2025-06-23"
SCREENED = "2025-02-24"


# --- women ------------------------------------------------------------------------------------------------------------


def fertile_woman(story):
    """Screened 13 days before the first dose, with the first of the two tests."""
    told = story().screen("2025-02-18", WOMAN, pregnancy_test_first="negative").register("2025-02-20", C1)
    return told.assess("2025-02-20", 20)


WOMAN = {
    "age": "40", "sex": "female", "stage": "IB", "histology": "yes", "erythroderma": "no", "failed_topical": "yes",
    "indicator_lesion": "yes", "fertile": "yes", "acute_infection": "no", "thalidomide_hypersensitivity": "no",
    "ecog": "1", "wbc": "6000 /mm3", "anc": "4000 /mm3", "platelets": "250000 /mm3", "creatinine": "1.0 mg/dL",
    "creatinine_clearance": "90 mL/min", "bilirubin": "0.8 mg/dL", "ast": "30 U/L", "alt": "30 U/L",
    "prior_therapy_review": "listed", "malignancy_review": "none", "medication_review": "none", "pregnant": "no",
    "nursing": "no", "pregnancy_test": "negative", "double_contraception": "yes", "irregular_cycles": "no",
    "prior_therapy/1": {"code": "topical_steroid", "start": "2020-01", "end": "2024-06-01", "outcome": "failed"},
}  # fmt: skip
NOT_FERTILE = {"fertile": "no", "pregnancy_test": None, "double_contraception": None}


@pytest.mark.parametrize(
    ("tested", "lead_in", "action"),
    [
        ({C1: "negative"}, "yes", "give"),
        ({"2025-03-02": "negative"}, "yes", "give"),  # within a day
        ({"2025-03-01": "negative"}, "yes", "wait"),  # two days ago
        ({}, "yes", "wait"),
        ({C1: "positive"}, "yes", "stop"),
        ({C1: "negative"}, "no", "hold"),
        ({C1: "negative"}, None, "wait"),
    ],
)
def test_a_fertile_woman_has_no_dose_without_test_and_contraception(story, tested, lead_in, action):
    told = fertile_woman(story)
    for on, result in tested.items():
        told.note(on, {"pregnancy_test": result})
    told.note(C1, {**told.fine, "contraception_lead_in": lead_in})
    assert told.says(C1)[0] == action
    assert bool(told.no(told.course_of(C1, 1, "10 mg"))) is (action != "give")


@pytest.mark.parametrize(("first", "action"), [("2025-02-17", "give"), ("2025-02-16", "wait")])
def test_the_first_of_two_pregnancy_tests_is_at_most_14_days_old(story, first, action):
    told = story().screen("2025-02-20", WOMAN).register("2025-02-20", C1).assess("2025-02-20", 20)
    told.note(C1, {**told.fine, "contraception_lead_in": "yes", "pregnancy_test": "negative"})
    told.note(C1, {f"pregnancy_test_first on {first}": "negative"})
    assert told.says(C1)[0] == action


def test_a_positive_test_stops_for_good_and_nothing_is_released(story):
    told = fertile_woman(story).start(C1, contraception_lead_in="yes", pregnancy_test="negative")
    assert told.no(told.release_of(C1, 1, "10 mg")) == []
    assert [one.clause for one in told.no(told.release_of(C1, 1, "10 mg", 22))] == ["treatment"], "21 days of dosing"
    told.note("2025-03-10", {"pregnancy_test": "positive"})
    assert told.says("2025-03-10")[0] == "stop"
    assert told.no(told.release_of("2025-03-10", 1, "10 mg"))
    told.note("2025-03-11", {"pregnancy_test": "negative"})
    assert told.says("2025-03-11")[0] == "stop"


def test_a_woman_who_is_not_fertile_needs_no_test_but_a_positive_one_counts(story):
    told = story().screen(SCREENED, WOMAN, **NOT_FERTILE).register(SCREENED, C1).assess(SCREENED, 20).start(C1)
    assert told.says(C1) == ("give", "10 mg")
    told.note("2025-03-10", {"pregnancy_test": "positive"})
    assert told.says("2025-03-10")[0] == "stop"
    other = story().screen(SCREENED, WOMAN, **{**NOT_FERTILE, "pregnancy_test": "positive"})
    assert [one.clause for one in other.no(other.registration(SCREENED, C1))] == ["pregnancy_test_negative"]


@pytest.mark.parametrize(
    ("unsaid", "refused_by"),
    [
        ({"pregnancy_test": None}, ["pregnancy_test_negative"]),
        ({"pregnancy_test": "positive"}, ["pregnancy_test_negative"]),
        ({"pregnant": None}, ["pregnancy"]),
        ({"nursing": "yes"}, ["pregnancy"]),
        ({"double_contraception": None}, ["contraception_women"]),
        ({"fertile": None, "pregnancy_test": None}, ["pregnancy_test_negative"]),
    ],
)
def test_a_woman_is_not_registered_with_one_of_these(story, unsaid, refused_by):
    told = story().screen(SCREENED, WOMAN, **unsaid)
    assert [one.clause for one in told.no(told.registration(SCREENED, C1))] == refused_by


# --- response and going on --------------------------------------------------------------------------------------------


def test_a_complete_response_is_followed_by_two_courses_and_no_third(story):
    # 20 at baseline; complete at the end of course 2: courses 3 and 4, then off treatment
    told = story().entered(C1).start(C1).assess(C2, 10).start(C2).assess(C3, 0)
    assert told.status(C3).continuation.courses_left == 2
    told.start(C3).assess(C4, 0).start(C4).assess(C5, 0).note(C5, story().fine)
    assert told.says(C5)[0] == "stop"
    assert told.status(C5).disposition.to_end == "complete response and the additional courses completed"
    assert told.no(told.course_of(C5, 5, "25 mg"))


def test_a_complete_response_that_is_lost_at_the_next_assessment_counts_no_courses(story):
    told = story().entered(C1).start(C1).assess(C2, 10).start(C2).assess(C3, 0).start(C3).assess(C4, 8).start(C4)
    told.assess(C5, 8).start(C5)
    assert told.says(C5) == ("give", "25 mg")
    best = told.status(C5).best
    assert (best.response, best.confirmed, best.confirmed_response) == (Response.CR, False, Response.PR)


@pytest.mark.parametrize(
    ("score", "asked", "action"),
    [
        (24, {}, "give"),
        (25, {}, "stop"),
        (20, {"new_tumor": "yes"}, "stop"),
        (20, {"new_tumor": None}, "wait"),
        (25, {"flare_suspected": "yes"}, "give"),
        (25, {"flare_suspected": "yes", "new_tumor": "yes"}, "stop"),
        (20, {"new_tumor": None, "flare_suspected": "yes"}, "wait"),  # a flare explains no missing answer
    ],
)
def test_whether_course_2_starts_after_the_assessment_of_course_1(story, score, asked, action):
    told = story().entered(C1).start(C1).assess(C2, score, **asked).note(C2, story().fine)
    assert told.says(C2)[0] == action


def test_without_an_assessment_of_course_1_course_2_waits(story):
    told = story().entered(C1).start(C1).note(C2, story().fine)
    assert (told.says(C2)[0], told.dose(C2).missing) == ("wait", ("response assessment",))


def test_a_response_of_course_1_is_no_decision_after_course_2(story):
    # "for 2 courses", then a decision by response at each course (A3): it needs an assessment since day 1 of the last
    told = story().entered(C1).start(C1).assess(C2, 10).start(C2).note(C3, story().fine)
    assert (told.says(C3)[0], told.dose(C3).missing) == ("wait", ("response assessment",))
    assert told.assess(C3, 10).says(C3) == ("give", "20 mg")


@pytest.mark.parametrize(("again", "action", "since"), [(25, "stop", C2), (24, "give", None)])
def test_a_flare_that_is_still_there_28_days_later_is_progression_from_its_first_day(story, again, action, since):
    told = story().entered(C1).start(C1).assess(C2, 26, flare_suspected="yes").start(C2)
    assert [one.response for one in told.status(C2).assessments] == [Response.NE]
    told.assess(C3, again).note(C3, told.fine)
    assert told.says(C3)[0] == action
    progressed = [str(one.on) for one in told.status(C3).assessments if one.response is Response.PD]
    assert (progressed[:1] or [None]) == [since]


def test_a_flare_in_course_3_is_progression_at_once(story):
    told = story().entered(C1).start(C1).assess(C2, 20).start(C2).assess(C3, 20).start(C3)
    told.assess(C4, 26, flare_suspected="yes").note(C4, told.fine)
    assert told.says(C4)[0] == "stop"


@pytest.mark.parametrize("answer", ["yes", None])
def test_unacceptable_toxicity_ends_treatment_and_an_answer_not_given_waits(story, answer):
    told = story().entered(C1).start(C1).assess(C2, 20)
    told.note(C2, {**told.fine, "unacceptable_toxicity": answer})
    assert told.says(C2)[0] == ("stop" if answer else "wait")


# --- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told_as",
    [
        {"death/1": {"on": "2025-03-11", "cause": "pneumonia"}},
        {"death/1": {"on": "2025-03"}},
        {"vital_status/visit": {"value": "dead", "on": "2025-03-11"}},
    ],
)
def test_after_a_death_no_dose_is_given_or_released_and_no_visit_is_due(story, told_as):
    told = story().entered(C1).start(C1).note("2025-03-12", told_as)
    status = told.status("2025-03-12")
    assert (status.disposition.epoch, told.says("2025-03-12")[0], status.due) == (Epoch.OFF_STUDY, "stop", ())
    assert told.no(told.release_of("2025-03-12", 1, "10 mg"))
    assert told.no(told.course_of(C2, 2, "15 mg"))
    before = "2025-02-28" if told_as == {"death/1": {"on": "2025-03"}} else "2025-03-10"
    assert told.status(before).disposition.died is None


def test_who_withdraws_is_off_study_with_nothing_due_and_no_further_course(story):
    told = story().entered(C1).start(C1).take(1, C1, "2025-03-12").leave("2025-03-13", "withdrew consent")
    status = told.status("2025-03-14")
    assert (status.disposition.epoch, status.due, told.says("2025-03-14")[0]) == (Epoch.OFF_STUDY, (), "stop")
    assert told.no(told.course_of(C2, 2, "15 mg"))


# --- deviations: what happened is let in ------------------------------------------------------------------------------


def test_a_dose_taken_without_a_decision_is_let_in_and_is_a_deviation(story):
    told = story().entered(C1).note(C1, story().fine).take(1, C1, "2025-03-23")
    assert "dose without a decision" in told.deviations("2025-03-24")
    assert told.says("2025-03-10") == ("give", "10 mg")


@pytest.mark.parametrize(
    ("taken", "kind"),
    [
        ({"dose": "25 mg", "last": "2025-03-23"}, "dose above what was decided"),
        ({"last": "2025-03-24"}, "dose on a day of rest"),  # day 22
        ({"last": "2025-03-23", "days_missed": 3, "why_missed": "nausea"}, "doses missed"),
    ],
)
def test_a_dose_taken_otherwise_is_a_deviation_and_the_next_course_counts_from_what_was_decided(story, taken, kind):
    told = story().entered(C1).start(C1).take(1, C1, **taken)
    assert kind in told.deviations("2025-03-25")
    told.assess(C2, 20).note(C2, told.fine)
    assert told.says(C2) == ("give", "15 mg")


def test_a_dose_before_registration_is_let_in_and_is_a_deviation(story):
    told = story().screen(SCREENED).take(1, C1, "2025-03-05")
    assert "dose before registration" in told.deviations("2025-03-06")


def test_a_late_visit_and_a_missed_visit_of_course_1(story):
    # day 8 is 10 March (8 to 12), day 15 is 17 March (15 to 19)
    told = story().entered(C1).start(C1).note("2025-03-20", {"anc": "4000 /mm3"}, "course_1_day_15")
    found = {one.says.split(" was ")[0]: one.kind for one in told.status("2025-03-21").deviations}
    assert found["Course 1 day 15"] == "late visit"
    assert found["Course 1 day 8"] == "visit missed"


def test_the_sub_study_is_for_one_site_and_a_sample_taken_elsewhere_is_a_deviation(story):
    told = story(site="stanford").entered(C1).start(C1)
    with pytest.raises(AssertionError, match="no part in it"):
        told.join(C1, "immune")
    sample = {"specimen": "immune_blood", "encounter": "course_1_day_15", "on": "2025-03-17", "collected": "yes"}
    told.note("2025-03-17", {"specimen/immune_blood.course_1_day_15": sample})
    assert "sample outside its sites" in told.deviations("2025-03-18")


def test_the_sub_study_is_offered_to_ten_patients_and_no_eleventh(story):
    told = story()
    for number in range(10):
        told.subject = f"N-{number:02}"
        told.screen(SCREENED).join(SCREENED, "immune")
    told.subject = "N-10"
    told.screen(SCREENED)
    with pytest.raises(AssertionError, match="offered until 10"):
        told.join(SCREENED, "immune")


# --- versions and accrual ---------------------------------------------------------------------------------------------


def test_who_was_registered_before_the_amendment_stays_on_25_mg_until_moved(story):
    told = story(version="1").entered(C1).start(C1, dose_tolerated=None)
    assert told.says(C1) == ("give", "25 mg")
    told.activate("2025-03-10", "2").assess(C2, 20).start(C2, dose_tolerated=None)
    assert (told.says(C2), told.status(C2).version) == (("give", "25 mg"), "1")
    told.consent(C3, "2").move(C3, "2").assess(C3, 20).note(C3, told.fine)
    assert (told.says(C3), told.status(C3).version) == (("give", "25 mg"), "2"), "25 mg is the most of version 2 too"
    told.subject = "S-002"
    told.screen("2025-03-12", version="2")
    assert told.no(told.registration("2025-03-12", C2, version="1")), "version 2 is in force"


def test_the_36th_registration_is_refused(story):
    told = story()
    for number in range(35):
        told.subject = f"N-{number:02}"
        told.screen(SCREENED).register(SCREENED, C1)
    told.subject = "N-35"
    told.screen(SCREENED)
    assert [one.clause for one in told.no(told.registration(SCREENED, C1))] == ["accrual"]


def test_what_is_said_carries_the_program_and_names_its_source(trial, story):
    assert trial.program == __version__
    told = story().entered(C1).start(C1).note("2025-03-10", {"platelets": "30000 /mm3", "anc": "4000 /mm3"})
    assert told.dose("2025-03-10").because[0].words.startswith("US prescribing information of lenalidomide")
