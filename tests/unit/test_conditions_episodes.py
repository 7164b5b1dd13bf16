"""Episodes, toxicities, responses and the numbers of the course: windows, washouts, reviews, and what is not known."""

from datetime import date

import pytest

from builders import case, condition, course, day, ended, protocol, registered
from trialwright.core.conditions import Toxicity, judge_condition
from trialwright.core.ledger import Missing
from trialwright.core.terms import Answer, Grade, PartialDate, Response, Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ON = "2025-03-31"
SETS = [
    {"id": "cytotoxic", "of": "prior_therapy", "codes": ["cytotoxic_a", "cytotoxic_b"]},
    {"id": "topical", "of": "prior_therapy", "codes": ["steroid", "emollient"], "minus": ["emollient"]},
    {"id": "emollient", "of": "prior_therapy", "codes": ["emollient"]},
    {"id": "other", "of": "prior_therapy", "codes": ["surgery"]},
]
STUDY = protocol(sets=SETS)
ASKED = {"prior_therapy_review on 2025-03-20": "listed"}


def judged(words: dict, items: dict, *events, on: str = ON, **others) -> Answer:
    subject = case(*events, items=items, on="2025-01-01", protocol=STUDY, **others)
    return judge_condition(condition(**words), subject.facts(day(on)))


def therapy(code="cytotoxic_a", **fields) -> dict:
    return {"prior_therapy/1": {"code": code, **fields}}


# ---- washout: "more than 4 weeks since" ----

ACTIVE = {"active_since": "cytotoxic", "within": "4 weeks"}


@pytest.mark.parametrize(
    ("fields", "active"),
    [
        # 28 days before 31 March is 3 March: ended that day it was still active within 4 weeks.
        ({"start": "2025-01-01", "end": "2025-03-04"}, M),
        ({"start": "2025-01-01", "end": "2025-03-03"}, M),
        ({"start": "2025-01-01", "end": "2025-03-02"}, N),
        ({"start": "2025-01-01", "end": "2025-03"}, U),
        ({"start": "2025-01-01", "end": "2025-02"}, N),
        ({"start": "2025-01-01"}, U),
        ({"start": "2025-01-01", "ongoing": "no"}, U),
        ({"start": "2025-01-01", "ongoing": "yes"}, M),
        ({"end": "2025-03-03"}, M),
        ({"end": "2025-03-02"}, N),
        ({}, U),
    ],
)
def test_a_therapy_that_ended_28_days_before_was_active_within_4_weeks_and_one_that_ended_29_days_before_was_not(
    fields, active
) -> None:
    assert judged(ACTIVE, {**ASKED, **therapy(**fields)}).verdict is active


def test_never_treated_is_no_only_where_someone_asked() -> None:
    assert judged(ACTIVE, {"prior_therapy_review on 2025-03-20": "none"}).verdict is N
    answer = judged(ACTIVE, {})
    assert (answer.verdict, answer.missing) == (U, ("history of cytotoxic",))


def test_a_therapy_outside_the_set_is_none_of_it_and_an_exception_is_taken_out_per_event() -> None:
    ongoing = {"start": "2025-01-01", "ongoing": "yes"}
    assert judged(ACTIVE, {**ASKED, **therapy("steroid", **ongoing)}).verdict is N
    both = {**therapy("emollient", **ongoing), "prior_therapy/2": {"code": "steroid", **ongoing}}
    topical = {"active_since": "topical", "within": "4 weeks"}
    assert judged(topical, {**ASKED, **therapy("emollient", **ongoing)}).verdict is N
    assert judged(topical, {**ASKED, **both}).verdict is M


@pytest.mark.parametrize("code", ["", Missing("not_known")])
def test_a_therapy_without_a_code_may_be_the_one_looked_for(code) -> None:
    answer = judged(ACTIVE, {**ASKED, **therapy(code, start="2025-01-01", ongoing="yes")})
    assert (answer.verdict, answer.missing) == (U, ("code of cytotoxic without a code",))
    assert judged(ACTIVE, {**ASKED, **therapy(code, start="2024-01-01", end="2024-02-01")}).verdict is N


def test_a_washout_is_judged_against_the_planned_first_dose_and_again_against_the_actual_one() -> None:
    words = {**ACTIVE, "before": "first_dose"}
    items = {**ASKED, **therapy(start="2025-01-01", end="2025-03-10")}
    planned = registered("2025-03-31", planned_first_dose="2025-04-08")
    assert judged(words, items, planned).verdict is N  # 29 days from 10 March to 8 April
    assert judged(words, items, planned, course(1, "2025-04-07"), on="2025-04-07").verdict is M


# ---- had, ongoing ----


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"start": "2020-03-30"}, N),
        ({"start": "2020-03-31"}, M),
        ({"start": "2025-03-31"}, M),
        ({"start": "2020"}, U),
        ({"start": "2020-03"}, U),
        ({"start": "2021"}, M),
        ({}, U),
    ],
)
def test_had_within_5_years_counts_what_started_on_the_first_day_of_them_or_later(fields, verdict) -> None:
    words = {"had": "cytotoxic", "within": "5 years"}
    assert judged(words, {**ASKED, **therapy(**fields)}).verdict is verdict


@pytest.mark.parametrize(("items", "verdict"), [(therapy(), M), (therapy("steroid"), N)])
def test_had_at_any_time_needs_no_date(items, verdict) -> None:
    assert judged({"had": "cytotoxic"}, {**ASKED, **items}).verdict is verdict


def test_had_before_an_earlier_day_needs_a_date() -> None:
    words = {"had": "cytotoxic", "before": "registration"}
    events = (registered("2025-03-10"),)
    assert judged(words, {**ASKED, **therapy()}, *events).verdict is U
    assert judged(words, {**ASKED, **therapy(start="2025-03-10")}, *events).verdict is M
    assert judged(words, {**ASKED, **therapy(start="2025-03-11")}, *events).verdict is N


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"ongoing": "yes"}, M),
        ({"ongoing": "no"}, N),
        ({"end": "2025-03-30"}, N),
        ({"end": "2025-03-31"}, M),
        ({"end": "2025-03"}, U),
        ({}, U),
    ],
)
def test_ongoing_is_what_has_not_ended_and_what_is_said_to_be_over_is_over(fields, verdict) -> None:
    assert judged({"ongoing": "cytotoxic"}, {**ASKED, **therapy(start="2025-01-01", **fields)}).verdict is verdict


def test_what_is_over_now_may_still_have_gone_on_at_an_earlier_day() -> None:
    words = {"ongoing": "cytotoxic", "before": "registration"}
    items = {**ASKED, **therapy(start="2025-01-01", ongoing="no")}
    assert judged(words, items, registered("2025-03-10")).verdict is U


@pytest.mark.parametrize(
    ("fields", "verdict"), [({"outcome": "failed"}, M), ({"outcome": "cured"}, N), ({"outcome": "unknown"}, U), ({}, U)]
)
def test_a_field_that_is_not_recorded_leaves_it_unknown(fields, verdict) -> None:
    words = {"had": "cytotoxic", "where": {"outcome": "failed"}}
    assert judged(words, {**ASKED, **therapy(**fields)}).verdict is verdict


def test_one_that_surely_is_outweighs_one_that_may_be() -> None:
    both = {**therapy(), "prior_therapy/2": {"code": "cytotoxic_b", "start": "2024-01-01"}}
    assert judged({"had": "cytotoxic", "within": "5 years"}, {**ASKED, **both}).verdict is M


def test_what_started_later_is_not_seen() -> None:
    assert judged({"had": "cytotoxic"}, {**ASKED, **therapy(start="2025-04-01")}).verdict is N


# ---- toxicities ----

REVIEWED = {"adverse_event_review on 2025-03-20": "none"}


def rash(grade: int | None = 3, onset: str = "2025-03-10", **fields) -> Toxicity:
    number = None if grade is None else Grade(grade)
    return Toxicity("rash", number, PartialDate.parse(onset), **fields)


@pytest.mark.parametrize(("grade", "verdict"), [(2, N), (3, M), (4, M), (None, U)])
def test_a_grade_below_at_and_above_the_limit_and_one_that_could_not_be_told(grade, verdict) -> None:
    words = {"grade": "rash", "is": ">= 3"}
    assert judged(words, REVIEWED, graded=(rash(grade),)).verdict is verdict


def test_no_toxicity_is_known_only_by_a_review_and_by_one_in_this_course_where_the_course_is_asked_about() -> None:
    words = {"grade": "rash", "is": ">= 3"}
    assert judged(words, {}).verdict is U
    assert judged(words, REVIEWED).verdict is N
    this_course = {**words, "during": "course"}
    assert judged(this_course, REVIEWED, course(2, "2025-03-19")).verdict is N
    assert judged(this_course, REVIEWED, course(2, "2025-03-20")).verdict is U  # asked before its first dose
    assert judged(this_course, REVIEWED, course(2, "2025-03-21")).verdict is U


def test_that_a_laboratory_value_is_not_that_low_is_known_only_where_one_was_measured_in_the_time_asked_about() -> None:
    words = {"grade": "platelets", "is": ">= 3", "laboratory": True}
    normal = Toxicity("platelets", Grade(0), PartialDate.parse("2025-03-10"), laboratory=True)
    assert judged(words, REVIEWED).verdict is U
    assert judged(words, {}, graded=(normal,)).verdict is N
    this_course = {**words, "during": "course"}
    assert judged(this_course, {}, course(2, "2025-03-10"), graded=(normal,)).verdict is N
    assert judged(this_course, REVIEWED, course(2, "2025-03-11"), graded=(normal,)).verdict is U


@pytest.mark.parametrize(
    ("onset", "verdict"), [("2025-03-19", N), ("2025-03-20", M), ("2025-03", U), ("2025-02", N), ("2025-04", N)]
)
def test_a_toxicity_of_this_course_began_on_its_day_1_or_later(onset, verdict) -> None:
    words = {"grade": "any", "is": ">= 3", "during": "course"}
    asked = {"adverse_event_review on 2025-03-25": "none"}
    assert judged(words, asked, course(2, "2025-03-20"), graded=(rash(onset=onset),)).verdict is verdict


@pytest.mark.parametrize(
    ("end", "ongoing", "over"), [(None, M, N), ("2025-03-31", M, N), ("2025-03-30", N, M), ("2025-03", U, U)]
)
def test_a_toxicity_goes_on_until_its_end(end, ongoing, over) -> None:
    graded = (rash(end=PartialDate.parse(end) if end else None),)
    words = {"grade": "rash", "is": ">= 3"}
    assert judged({**words, "ongoing": True}, REVIEWED, graded=graded).verdict is ongoing
    assert judged({**words, "ongoing": False}, REVIEWED, graded=graded).verdict is over


@pytest.mark.parametrize(("related", "verdict"), [(True, M), (False, N), (None, U)])
def test_a_relation_nobody_judged_leaves_it_unknown(related, verdict) -> None:
    words = {"grade": "rash", "is": ">= 3", "related": True}
    assert judged(words, REVIEWED, graded=(rash(related=related),)).verdict is verdict


# ---- response, numbers, elapsed ----


@pytest.mark.parametrize(
    ("assessed", "progressed", "evaluable"),
    [
        ((), U, U),
        ((Response.PD,), M, N),
        ((Response.PD, Response.SD), N, N),
        ((Response.SD, Response.NE), U, M),
    ],
)
def test_the_latest_response_counts_and_one_that_is_not_evaluable_is_unknown(assessed, progressed, evaluable) -> None:
    given = tuple((date(2025, 3, number), response) for number, response in enumerate(assessed, 1))
    assert judged({"response": "PD"}, {}, assessed=given).verdict is progressed
    assert judged({"response": ["NE"]}, {}, assessed=given).verdict is evaluable


def test_course_day_and_dose_are_unknown_before_the_first_course_and_numbers_after() -> None:
    assert judged({"course": ">= 1"}, {}).verdict is U
    started = course(2, "2025-03-20", "15 mg")
    expected = {"course": {1: M, 2: M, 3: N}, "day": {11: M, 12: M, 13: N}}  # 31 March is day 12
    for name, limits in expected.items():
        for limit, verdict in limits.items():
            assert judged({name: f">= {limit}"}, {}, started).verdict is verdict
    assert [judged({"dose": f">= {n} mg"}, {}, started).verdict for n in (14, 15, 16)] == [M, M, N]


@pytest.mark.parametrize(("on", "verdict"), [("2027-03-02", N), ("2027-03-03", M), ("2027-03-04", M)])
def test_two_years_since_the_first_dose_are_over_on_the_same_day_of_the_calendar(on, verdict) -> None:
    words = {"elapsed": "first_dose", "is": "2 years"}
    assert judged(words, {}, course(1, "2025-03-03"), on=on).verdict is verdict


def test_time_since_what_has_not_happened_is_unknown() -> None:
    assert judged({"elapsed": "end_of_treatment", "is": "30 days"}, {}).missing == ("end_of_treatment",)
    over = ended("2025-03-01", last_dose="2025-02-20")
    assert judged({"elapsed": "end_of_treatment", "is": "30 days"}, {}, over).verdict is M


@pytest.mark.parametrize("words", [{"had": "cytotoxic"}, {"active_since": "cytotoxic", "within": "4 weeks"}])
def test_a_code_that_no_set_names_may_be_of_any_set(words) -> None:
    told = {**ASKED, **therapy(code="new_drug", start="2025-03-01", ongoing="yes")}
    answer = judged(words, told)
    assert answer.verdict is U
    assert answer.missing == ("whether new_drug is cytotoxic",)
    long_over = {**told, **therapy(code="new_drug", start="2020-01-01", end="2020-02-01")}
    assert judged({"active_since": "cytotoxic", "within": "4 weeks"}, long_over).verdict is N


def test_listed_with_nothing_listed_is_no_answer() -> None:
    assert judged({"had": "cytotoxic"}, {"prior_therapy_review on 2025-03-20": "listed"}).verdict is U
    assert judged({"had": "cytotoxic"}, {"prior_therapy_review on 2025-03-20": "none"}).verdict is N
    other = {"prior_therapy_review on 2025-03-20": "listed", **therapy(code="surgery")}
    assert judged({"had": "cytotoxic"}, other).verdict is N
