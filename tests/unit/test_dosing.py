"""The dose of a day: titration, rest, limits, holds, gates, what is missing; the protocols are built here.

Dates and doses of the titration are worked by hand: course 1 begins on Monday 2025-03-03; 28 days later is 2025-03-31,
then 2025-04-28, 2025-05-26; day 21 is 20 days after day 1.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from builders import (
    case,
    correction,
    course,
    day,
    ended,
    form,
    of_two_arms,
    protocol,
    regimen,
    registered,
    screened,
    taken,
)
from trialwright.core.conditions import Toxicity
from trialwright.core.dosing import DoseDecision, decide_continuation, decide_dose, decided_before_courses
from trialwright.core.ledger import Missing
from trialwright.core.subject import Case
from trialwright.core.terms import Grade, PartialDate, Response, Verdict

FIRST = date(2025, 3, 3)
TITRATED = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg", "floor": "5 mg"}
COUNTS_GATE = {"id": "gate_anc", "quotes": ["counts first"], "when": {"measure": "anc", "is": ">= 1000 /mm3"}}
LOW_COUNT = {
    "id": "low_count",
    "quotes": ["interrupt below 500"],
    "when": {"measure": "anc", "is": "< 500 /mm3"},
    "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}, "resume_lower_by": "5 mg"}},
}
LIMIT = {"id": "two_years", "quotes": ["up to 2 years"], "within": "2 years", "last_day": 21, "reason": "2 years"}
DELAY = {"id": "delay", "quotes": ["weekly"], "by": "7 days", "at_most": "28 days", "then_stop": "toxicity"}


def study(*, rules=(), gates=(), limits=(), release=(), dose=None, delay=None, continuation=(), arms=(), **parts):
    plan = regimen(
        dose=dose or TITRATED,
        rules=list(rules),
        start_course_when=list(gates),
        release_when=list(release),
        limits=list(limits),
        arms=list(arms),
        **({"delay": delay} if delay else {}),
    )
    return protocol(regimen=[plan], continuation=list(continuation), **parts)


def treated(doses: str, *events, study_=None, cycle: int = 28, **others) -> Case:
    """Registered, and given these doses in courses one cycle apart from 2025-03-03."""
    starts = [
        course(number, FIRST + timedelta(days=cycle * (number - 1)), f"{dose} mg")
        for number, dose in enumerate(doses.split(), 1)
    ]
    return case(
        screened("2025-02-20"), registered("2025-02-28"), *starts, *events, protocol=study_ or study(), **others
    )


def decide(one: Case, on: str | date) -> DoseDecision:
    return decide_dose(one, one.protocol.regimen[0], day(on))


def anc(on: str, count: str | None):
    return form(on, {f"anc on {on}": f"{count} /mm3"}) if count else form(on, {"note": "no count"})


# ---- titration -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "on", "dose", "last_day"),
    [
        ("", "2025-03-03", "10 mg", "2025-03-23"),
        ("10", "2025-03-31", "15 mg", "2025-04-20"),
        ("10 15", "2025-04-28", "20 mg", "2025-05-18"),
        ("10 15 20", "2025-05-26", "25 mg", "2025-06-15"),
        ("10 15 20 25", "2025-06-23", "25 mg", "2025-07-13"),
        ("10 15 20 25 25", "2025-07-21", "25 mg", "2025-08-10"),
    ],
)
def test_each_course_goes_one_step_up_to_the_maximum(given, on, dose, last_day) -> None:
    said = decide(treated(given), on)
    assert (said.action, str(said.dose), said.first_day, said.last_day) == ("give", dose, day(on), day(last_day))
    assert said.course == len(given.split()) + 1 and said.starts_course


@pytest.mark.parametrize(
    ("on", "action", "number"),
    [
        ("2025-03-03", "give", 1),
        ("2025-03-17", "give", 15),
        ("2025-03-23", "give", 21),
        ("2025-03-24", "rest", 22),
        ("2025-03-30", "rest", 28),
    ],
)
def test_days_1_to_21_are_days_of_dosing_and_22_to_28_of_rest(on, action, number) -> None:
    said = decide(treated("10"), on)
    assert (said.action, said.course, said.day) == (action, 1, number)
    assert said.because[0].words == "10 mg on days 1-21 of a 28-day cycle"


def test_the_cycle_counts_from_the_actual_first_dose() -> None:
    late = treated("10", taken(1, "2025-03-05", "2025-03-25"))
    assert decide(late, "2025-04-01").action == "rest"
    assert decide(late, "2025-04-02").first_day == day("2025-04-02")


def test_missed_days_are_not_made_up() -> None:
    missed = treated("10", taken(1, "2025-03-03", "2025-03-15"))
    assert decide(missed, "2025-03-24").action == "rest"


def test_a_lower_dose_taken_counts_and_a_higher_one_is_no_step_up() -> None:
    assert str(decide(treated("10 15", taken(2, "2025-03-31", dose="10 mg")), "2025-04-28").dose) == "15 mg"
    assert str(decide(treated("10 15", taken(2, "2025-03-31", dose="25 mg")), "2025-04-28").dose) == "20 mg"


def test_a_dose_taken_in_grams_counts_as_what_it_is() -> None:
    assert str(decide(treated("10", taken(1, "2025-03-03", dose="0.010 g")), "2025-03-31").dose) == "15 mg"


def test_a_dose_in_a_unit_of_another_dimension_waits_and_says_why() -> None:
    said = decide(treated("10", taken(1, "2025-03-03", dose="10 cm")), "2025-03-31")
    assert said.action == "wait" and "cm" in said.missing[0]


def test_a_fixed_dose_stays_what_it_is() -> None:
    fixed = study(dose={"start": "100 mg"}, limits=[{"id": "six", "quotes": ["6 courses"], "courses": 6}])
    assert str(decide(treated("100 100", study_=fixed), "2025-04-28").dose) == "100 mg"
    assert decide(treated("100 100 100 100 100 100", study_=fixed), "2025-08-18").action == "stop"


def test_one_course_alone_is_the_whole_treatment() -> None:
    single = study(dose={"start": "1 mg"}, limits=[{"id": "once", "quotes": ["a single course"], "courses": 1}])
    assert decide(treated("", study_=single), "2025-03-03").action == "give"
    said = decide(treated("1", study_=single), "2025-03-31")
    assert (said.action, said.won, said.reason) == ("stop", "once", "completed")


# ---- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("courses", "on", "action"), [(25, "2027-02-01", "give"), (26, "2027-03-01", "stop")])
def test_two_years_hold_26_courses_by_the_last_day_of_dosing(courses, on, action) -> None:
    one = treated(" ".join(["10", "15", "20", *["25"] * (courses - 3)]), study_=study(limits=[LIMIT]))
    said = decide(one, on)
    assert said.action == action
    assert said.won == ("two_years" if action == "stop" else "regimen")


@pytest.mark.parametrize(("on", "action"), [("2027-02-10", "give"), ("2027-02-11", "give"), ("2027-02-12", "stop")])
def test_the_last_day_may_be_the_last_day_of_the_two_years(on, action) -> None:
    one = treated(" ".join(["25"] * 25), study_=study(limits=[LIMIT]))  # 2027-02-11 + 20 days = 2027-03-03
    assert decide(one, on).action == action


# ---- who is not given anything --------------------------------------------------------------------------------------


def test_nothing_is_given_before_registration_or_after_treatment_ended() -> None:
    assert decide(case(screened("2025-02-20"), protocol=study()), "2025-03-03").action == "none"
    over = treated("10", ended("2025-03-20", "withdrawal"))
    assert (decide(over, "2025-03-19").action, decide(over, "2025-03-20").action) == ("give", "stop")


def test_a_subject_without_an_arm_waits_for_it() -> None:
    two = of_two_arms(study(arms=["A"]))
    assert decide(treated("", study_=two), "2025-03-03").missing == ("allocation to an arm",)


# ---- gates, delays and what is missing ------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "action"), [("999", "hold"), ("1000", "give"), ("1001", "give"), (None, "wait")])
def test_a_count_below_at_above_and_missing_at_the_start_of_a_course(count, action) -> None:
    one = treated("10", anc("2025-03-31", count), study_=study(gates=[COUNTS_GATE], delay=DELAY))
    said = decide(one, "2025-03-31")
    assert said.action == action
    if action == "wait":
        assert said.missing == ("anc",)
    if action == "hold":
        assert (said.won, said.next_check) == ("gate_anc", day("2025-04-07"))


def test_a_gate_that_is_not_for_the_first_course_lets_it_start() -> None:
    gate = {**COUNTS_GATE, "first_course": False}
    assert decide(treated("", study_=study(gates=[gate])), "2025-03-03").action == "give"
    assert decide(treated("", study_=study(gates=[COUNTS_GATE])), "2025-03-03").action == "wait"


@pytest.mark.parametrize(("on", "action"), [("2025-04-03", "hold"), ("2025-04-06", "hold"), ("2025-04-07", "give")])
def test_a_delayed_course_is_put_off_by_a_week_even_if_the_count_recovers_earlier(on, action) -> None:
    one = treated(
        "10", anc("2025-03-31", "900"), anc("2025-04-03", "1500"), study_=study(gates=[COUNTS_GATE], delay=DELAY)
    )
    assert decide(one, on).action == action


@pytest.mark.parametrize(("on", "action"), [("2025-04-28", "give"), ("2025-04-29", "stop")])
def test_a_course_delayed_by_more_than_28_days_does_not_start(on, action) -> None:
    one = treated(
        "10", anc("2025-03-31", "900"), anc("2025-04-28", "1500"), study_=study(gates=[COUNTS_GATE], delay=DELAY)
    )
    said = decide(one, on)
    assert said.action == action
    assert action == "give" or (said.won, said.reason) == ("delay", "toxicity")


def test_the_drug_is_not_handed_out_without_the_test_that_releases_it() -> None:
    test = {"if": {"sex": "female"}, "then": {"measure": "pregnancy_test", "in": ["negative"], "within": "1 day"}}
    release = [{"id": "test", "quotes": ["negative pregnancy test"], "when": test}]
    woman, man = {"sex": "female"}, {"sex": "male"}
    on = "2025-03-03"
    assert decide(treated("", items=man, study_=study(release=release)), on).action == "give"
    assert decide(treated("", items=woman, study_=study(release=release)), on).action == "wait"
    assert decide(treated("", study_=study(release=release)), on).action == "wait"
    tested = {**woman, f"pregnancy_test on {on}": "positive"}
    assert decide(treated("", items=tested, study_=study(release=release)), on).action == "hold"


# ---- holds ----------------------------------------------------------------------------------------------------------

HOLDING = study(rules=[LOW_COUNT], gates=[{**COUNTS_GATE, "first_course": False}], delay=DELAY)


@pytest.mark.parametrize(("count", "action"), [("499", "hold"), ("500", "give"), ("501", "give")])
def test_a_count_below_at_and_above_the_limit_within_a_course(count, action) -> None:
    one = treated("10 15", anc("2025-03-03", "3000"), anc("2025-04-07", count), study_=HOLDING)
    assert decide(one, "2025-04-07").action == action


def test_a_course_without_any_count_waits_for_one() -> None:
    said = decide(treated("10", study_=HOLDING), "2025-03-05")
    assert (said.action, said.missing, said.won) == ("wait", ("anc",), "low_count")


@pytest.mark.parametrize(
    ("on", "action", "dose"),
    [
        ("2025-04-06", "give", "15 mg"),
        ("2025-04-07", "hold", None),
        ("2025-04-10", "hold", None),
        ("2025-04-13", "hold", None),
        ("2025-04-14", "give", "10 mg"),
        ("2025-04-21", "rest", None),
        ("2025-04-28", "give", "10 mg"),
    ],
)
def test_a_hold_stays_open_until_later_data_satisfy_it_then_the_dose_is_lower(on, action, dose) -> None:
    counts = [("2025-03-03", "3000"), ("2025-04-07", "400"), ("2025-04-10", "999"), ("2025-04-14", "1000")]
    one = treated("10 15", *(anc(when, count) for when, count in counts), study_=HOLDING)
    said = decide(one, on)
    assert (said.action, said.dose and str(said.dose)) == (action, dose)
    if action == "hold":
        assert said.since == day("2025-04-07") and "interrupt below 500" in said.because[0].words
    if on == "2025-04-14":
        assert (said.first_day, said.last_day) == (day("2025-04-14"), day("2025-04-20"))


def test_a_hold_is_not_closed_by_data_that_have_nothing_to_say_about_it() -> None:
    rule = {**LOW_COUNT, "when": {"measure": "platelets", "is": "< 50000 /mm3"}}
    events = [form("2025-04-07", {"anc on 2025-04-05": "2000 /mm3", "platelets on 2025-04-07": "40000 /mm3"})]
    events.append(form("2025-04-10", {"weight on 2025-04-10": "70 kg"}))
    one = treated("10 15", *events, study_=study(rules=[rule]))
    assert decide(one, "2025-04-10").action == "hold"
    assert (
        decide(treated("10 15", *events, anc("2025-04-12", "2000"), study_=study(rules=[rule])), "2025-04-12").action
        == "give"
    )


def test_every_rule_that_opened_the_hold_has_to_be_satisfied() -> None:
    platelets = {
        "id": "low_platelets",
        "quotes": ["interrupt below 50,000"],
        "when": {"measure": "platelets", "is": "< 50000 /mm3"},
        "then": {"hold": {"until": {"measure": "platelets", "is": ">= 50000 /mm3"}, "resume_lower_by": "5 mg"}},
    }
    both = study(rules=[LOW_COUNT, platelets])
    low = form("2025-04-07", {"anc on 2025-04-07": "400 /mm3", "platelets on 2025-04-07": "40000 /mm3"})
    one = treated("10 15", low, anc("2025-04-10", "1500"), study_=both)
    said = decide(one, "2025-04-10")
    assert (said.action, said.won) == ("hold", "low_platelets")
    fine = form("2025-04-12", {"platelets on 2025-04-12": "60000 /mm3"})
    said = decide(treated("10 15", low, anc("2025-04-10", "1500"), fine, study_=both), "2025-04-12")
    assert (said.action, str(said.dose)) == ("give", "10 mg"), "one toxicity of two counts lowers the dose once"


def test_after_a_reduction_the_dose_does_not_step_up_again_unless_the_protocol_lets_it() -> None:
    counts = [anc("2025-03-03", "3000"), anc("2025-04-07", "400"), anc("2025-04-14", "3000")]
    assert str(decide(treated("10 15 10", *counts, study_=HOLDING), "2025-05-26").dose) == "10 mg"
    again = study(rules=[LOW_COUNT], dose={**TITRATED, "steps_up_after_reduction": True})
    assert str(decide(treated("10 15", *counts, study_=again), "2025-04-28").dose) == "10 mg"
    assert str(decide(treated("10 15 10", *counts, study_=again), "2025-05-26").dose) == "15 mg"


def test_a_reduction_under_the_floor_stops_treatment() -> None:
    low = study(rules=[LOW_COUNT], dose={**TITRATED, "floor": "10 mg"})
    said = decide(treated("10", anc("2025-03-10", "400"), study_=low), "2025-03-10")
    assert (said.action, said.won) == ("stop", "low_count")


def test_a_hold_that_outlasts_the_course_keeps_the_next_one_from_starting() -> None:
    one = treated(
        "10", anc("2025-03-03", "3000"), anc("2025-03-20", "400"), study_=study(rules=[LOW_COUNT], delay=DELAY)
    )
    assert decide(one, "2025-03-25").action == "rest"
    assert decide(one, "2025-03-31").action == "hold"
    assert decide(one, "2025-04-29").action == "stop"


def test_a_corrected_count_opens_the_hold_that_was_missed() -> None:
    events = [form("2025-04-07", {"anc/c2d8/value": "4000 /mm3", "anc/c2d8/on": "2025-04-07"})]
    assert decide(treated("10 15", *events, study_=HOLDING), "2025-04-08").action == "give"
    events.append(correction("2025-04-08", {"anc/c2d8/value": "400 /mm3"}))
    assert decide(treated("10 15", *events, study_=HOLDING), "2025-04-08").action == "hold"


def test_after_a_hold_was_closed_a_count_that_is_missing_waits_again() -> None:
    counts = [anc("2025-03-04", "200"), anc("2025-03-05", "1000")]
    missing = form("2025-03-06", {"anc on 2025-03-06": Missing("not_done")})
    one = study(rules=[{**LOW_COUNT, "then": {"hold": LOW_COUNT["then"]["hold"]}}], dose={**TITRATED, "floor": "1 mg"})
    assert decide(treated("10", *counts, study_=one), "2025-03-06").action == "give"
    assert decide(treated("10", *counts, missing, study_=one), "2025-03-06").action == "wait"


# ---- reduce, no step up, cap, stop, warn ----------------------------------------------------------------------------


def rule(then, limit="< 500 /mm3", name="rule"):
    return {"id": name, "quotes": [f"the words of {name}"], "when": {"measure": "anc", "is": limit}, "then": then}


@pytest.mark.parametrize(
    ("then", "in_course", "next_course"),
    [
        ({"stop": "toxicity"}, "stop", "stop"),
        ({"reduce_by": "5 mg"}, "10 mg", "10 mg"),
        ({"no_step_up": True}, "15 mg", "15 mg"),
        ({"cap": "10 mg"}, "15 mg", "20 mg"),  # the count has recovered by then
        ({"warn": "look"}, "15 mg", "20 mg"),
    ],
)
def test_what_each_action_does_in_the_course_and_at_the_next(then, in_course, next_course) -> None:
    counts = [anc("2025-03-03", "3000"), anc("2025-04-07", "400"), anc("2025-04-28", "3000")]
    one = treated("10 15", *counts, study_=study(rules=[rule(then)]))
    said, after = decide(one, "2025-04-08"), decide(one, "2025-04-28")
    assert (str(said.dose) if said.dose else said.action) == in_course
    assert (str(after.dose) if after.dose else after.action) == next_course
    assert said.fired[0].verdict is Verdict.MET


@pytest.mark.parametrize(("given", "dose"), [("", "10 mg"), ("10", "10 mg"), ("10 15", "15 mg"), ("10 15 20", "20 mg")])
def test_a_cap_keeps_the_dose_from_rising_and_does_not_lower_it(given, dose) -> None:
    on = FIRST + timedelta(days=28 * len(given.split()))
    one = treated(given, anc("2025-03-03", "400"), study_=study(rules=[rule({"cap": "10 mg"})]))
    assert str(decide(one, on).dose) == dose


def test_the_most_restrictive_rule_wins_and_every_rule_is_listed() -> None:
    rules = [
        rule({"warn": "look"}, name="warning"),
        rule({"no_step_up": True}, name="steady"),
        rule({"reduce_by": "5 mg"}, name="lower"),
        LOW_COUNT,
        rule({"stop": "toxicity"}, "< 100 /mm3", name="stopping"),
    ]
    said = decide(treated("10 15", anc("2025-04-07", "400"), study_=study(rules=rules)), "2025-04-07")
    assert (said.action, said.won) == ("hold", "low_count")
    assert [(one.clause, one.verdict.value) for one in said.fired] == [
        ("warning", "met"),
        ("steady", "met"),
        ("lower", "met"),
        ("low_count", "met"),
        ("stopping", "not met"),
    ]
    assert decide(treated("10 15", anc("2025-04-07", "99"), study_=study(rules=rules)), "2025-04-07").won == "stopping"


@pytest.mark.parametrize(
    ("then", "given", "action"),
    [
        ({"stop": "toxicity"}, "10", "wait"),
        ({"reduce_by": "5 mg"}, "10", "wait"),
        ({"no_step_up": True}, "10", "wait"),
        ({"cap": "10 mg"}, "10", "wait"),
        ({"cap": "10 mg"}, "", "give"),  # 10 mg either way
        ({"no_step_up": True}, "10 15 20 25", "give"),  # 25 mg either way
        ({"warn": "look"}, "10", "give"),
    ],
)
def test_an_unknown_rule_blocks_where_it_could_change_the_dose(then, given, action) -> None:
    on = FIRST + timedelta(days=28 * len(given.split()))
    said = decide(treated(given, study_=study(rules=[rule(then)])), on)
    assert said.action == action
    assert (said.missing == ("anc",)) is (action == "wait")


TOLD = {"term": "Fatigue", "grade": 2, "related": "no", "start": "2025-03-12", "end": "2025-03-18"}
ENDED = form("2025-03-31", {"adverse_event/1": TOLD})


@pytest.mark.parametrize(
    ("events", "on", "action"),
    [
        ((), "2025-03-03", "give"),
        ((), "2025-03-16", "give"),  # nobody saw the patient since the dose was decided
        ((anc("2025-03-17", "2000"),), "2025-03-17", "wait"),  # someone did, and nobody asked
        ((form("2025-03-17", {"adverse_event_review on 2025-03-17": "none"}),), "2025-03-17", "give"),
        ((ENDED,), "2025-03-19", "give"),  # what is told on the 31st of the 18th is no visit on the 18th
        ((), "2025-03-31", "wait"),
        ((form("2025-03-31", {"adverse_event_review on 2025-03-31": "none"}),), "2025-03-31", "give"),
    ],
)
def test_a_review_of_adverse_events_is_needed_whenever_the_patient_is_seen(events, on, action) -> None:
    grave = {
        "id": "grave",
        "quotes": ["lower after grade 3"],
        "when": {"grade": "any", "is": ">= 3", "related": "yes", "during": "course"},
        "then": {"reduce_by": "5 mg"},
    }
    said = decide(treated("10", *events, study_=study(rules=[grave])), on)
    assert said.action == action
    assert action == "give" or said.missing == ("review of adverse events",)


# ---- continuation ---------------------------------------------------------------------------------------------------

CONTINUATION = [
    {"id": "pd", "quotes": ["removed"], "when": {"response": "PD"}, "off_treatment": "progressive disease"},
    {"id": "cr", "quotes": ["2 additional courses"], "when": {"response": "CR"}, "courses_more": 2},
    {"id": "pr", "quotes": ["may continue"], "when": {"response": ["PR", "SD"]}, "may_continue": True},
]
CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE


def assessed(*responses: tuple[str, Response]):
    return tuple((day(on), response) for on, response in responses)


@pytest.mark.parametrize(
    ("responses", "action", "dosing"),
    [
        ((), "undecided", "wait"),
        ((("2025-03-31", NE),), "undecided", "wait"),
        ((("2025-03-31", SD),), "may continue", "give"),
        ((("2025-03-31", CR),), "continue", "give"),
        ((("2025-03-31", PD),), "off treatment", "stop"),
    ],
)
def test_the_response_decides_whether_the_next_course_starts(responses, action, dosing) -> None:
    one = treated("10", study_=study(continuation=CONTINUATION), assessed=assessed(*responses))
    on = day("2025-03-31")
    assert decide_continuation(one, on).action == action
    assert decide(one, on).action == dosing


def test_the_answer_says_how_often_on_a_day_the_dose_is_taken() -> None:
    twice = protocol(regimen=[regimen(frequency="twice daily", route="oral")])
    said = decide(treated("10", study_=twice), FIRST)
    assert (said.action, str(said.dose), said.frequency, said.route) == ("give", "10 mg", "twice daily", "oral")


@pytest.mark.parametrize(("courses", "action"), [(1, "continue"), (2, "may continue"), (3, "may continue")])
def test_before_the_courses_after_which_to_decide_are_over_treatment_goes_on_as_planned(courses, action) -> None:
    waits = [{**CONTINUATION[2], "decide_after_course": 2}]
    end = FIRST + timedelta(days=28 * courses)
    one = treated("10 15 20"[: 3 * courses - 1], study_=study(continuation=waits), assessed=assessed((str(end), SD)))
    assert decide_continuation(one, end).action == action


def test_progression_stops_a_course_that_is_under_way() -> None:
    one = treated("10 15", study_=study(continuation=CONTINUATION), assessed=assessed(("2025-04-10", PD)))
    assert (decide(one, "2025-04-09").action, decide(one, "2025-04-10").action) == ("give", "stop")


@pytest.mark.parametrize(
    ("courses", "responses", "left", "dosing"),
    [
        (2, [SD, CR], 2, "give"),
        (3, [SD, CR, CR], 1, "give"),
        (4, [SD, CR, CR, CR], 0, "stop"),
        (4, [SD, CR, PR, PR], None, "give"),  # not confirmed: back to the path of a partial response
        (4, [SD, CR, NE, CR], 0, "stop"),
        (4, [SD, CR, PR, CR], 2, "give"),  # documented anew after course 4
    ],
)
def test_two_courses_more_count_from_the_course_at_whose_end_complete_response_came(
    courses, responses, left, dosing
) -> None:
    ends = [(str(FIRST + timedelta(days=28 * number)), one) for number, one in enumerate(responses, 1)]
    one = treated(
        " ".join(["10"] * courses),
        study_=study(continuation=CONTINUATION, response={"id": "response", "quotes": ["a"]}),
        assessed=assessed(*ends),
    )
    on = FIRST + timedelta(days=28 * courses)
    assert decide_continuation(one, on).courses_left == left
    assert decide(one, on).action == dosing


def test_a_decision_after_two_courses_lets_the_second_start_without_a_response() -> None:
    rules = [
        {**CONTINUATION[0], "decide_after_course": 2},
        {"id": "two", "quotes": ["for 2"], "decide_after_course": 2},
    ]
    one, two = (treated(given, study_=study(continuation=rules)) for given in ("10", "10 15"))
    assert decide(one, "2025-03-31").action == "give"
    assert decide(two, "2025-04-28").action == "wait"


# ---- what would have been decided before each course ----------------------------------------------------------------


def test_each_course_is_compared_with_what_derives_before_it() -> None:
    one = treated("10 15 25", anc("2025-03-03", "3000"), study_=HOLDING)
    said = decided_before_courses(one, one.protocol.regimen[0], day("2025-05-01"))
    assert [(number, str(decision.dose)) for number, (_, decision) in said.items()] == [
        (1, "10 mg"),
        (2, "15 mg"),
        (3, "20 mg"),
    ]


# ---- what ends or delays treatment besides the rules ----------------------------------------------------------------


@pytest.mark.parametrize(
    "told", [{"death/1": {"on": "2025-03-10"}}, {"vital_status on 2025-03-10": "dead"}, {"death/1": {"on": "2025"}}]
)
def test_no_dose_is_given_after_a_death_however_it_was_recorded(told) -> None:
    one = treated("10", form("2025-03-12", told))
    assert decide(one, "2025-03-12").action == "stop"
    assert "died" in decide(one, "2025-03-12").reason


def test_a_subject_who_merely_comes_late_is_not_stopped_for_delay() -> None:
    gate = {"id": "counts", "quotes": ["counts"], "when": {"measure": "anc", "is": ">= 1000 /mm3", "within": "7 days"}}
    delayed = study(gates=[gate], delay=DELAY)
    fine = treated("10", anc("2025-03-03", "3000"), anc("2025-05-12", "3000"), study_=delayed)
    assert decide(fine, "2025-05-12").action == "give"
    low = treated("10", anc("2025-03-03", "3000"), anc("2025-03-31", "900"), anc("2025-05-12", "3000"), study_=delayed)
    assert decide(low, "2025-05-12").action == "stop"


def test_progression_that_may_be_a_flare_lets_treatment_go_on_and_a_missing_assessment_does_not() -> None:
    gate = {"id": "not_pd", "quotes": ["no progression"], "when": {"not": {"response": "PD"}}, "first_course": False}
    seen = {"assessed": ((day("2025-03-30"), Response.NE),)}
    gated = study(gates=[gate])
    assert decide(treated("10", study_=gated, **seen), "2025-03-31").action == "wait"
    flare = treated("10", study_=gated, **seen, flares=frozenset({day("2025-03-30")}))
    assert decide(flare, "2025-03-31").action == "give"


@pytest.mark.parametrize(("term", "action"), [("Pain - back", "hold"), ("Pain", "hold"), ("Painful nail", "give")])
def test_a_toxicity_with_its_site_meets_a_rule_on_the_term(term, action) -> None:
    pain = {
        "id": "pain",
        "quotes": ["pain"],
        "when": {"grade": "pain", "is": ">= 3"},
        "then": {"hold": {"until": {"not": {"grade": "pain", "is": ">= 3"}}}},
    }
    seen = Toxicity(term, Grade(3), PartialDate(2025, 3, 10), related=True)
    one = treated("10", form("2025-03-10", {"adverse_event_review": "listed", "adverse_event/1": {"term": term}}),
                  study_=study(rules=[pain]), graded=(seen,))  # fmt: skip
    assert decide(one, "2025-03-10").action == action


@pytest.mark.parametrize(("assessed", "action"), [("2025-03-30", "undecided"), ("2025-04-27", "may continue")])
def test_a_decision_after_a_course_needs_a_response_since_that_course_began(assessed, action) -> None:
    goes_on = {"id": "on", "quotes": ["may go on"], "when": {"response": "SD"}, "may_continue": True}
    rules = [{**goes_on, "decide_after_course": 2}]
    one = treated("10 15", study_=study(continuation=rules), assessed=((day(assessed), Response.SD),))
    assert decide_continuation(one, day("2025-04-28")).action == action
