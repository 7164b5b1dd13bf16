"""Each dose rule below, at and above its limit and with its value missing; floors, delays, doubts, and who goes on.

Worked by hand. Courses begin on 2025-03-03, 2025-03-31 and 2025-04-28; two years after the first are 2027-03-03.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from builders import (
    _who,
    case,
    correction,
    course,
    day,
    ended,
    form,
    left,
    of_two_arms,
    protocol,
    regimen,
    registered,
    screened,
)
from trialwright.core.conditions import Toxicity
from trialwright.core.dosing import DoseDecision, decide_continuation, decide_dose
from trialwright.core.ledger import ConsentWithdrawn, SubjectRegistered
from trialwright.core.subject import Case
from trialwright.core.terms import Grade, PartialDate, Response

FIRST = date(2025, 3, 3)
TITRATED = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg", "floor": "5 mg"}


def rule(name: str, when, then):
    return {"id": name, "quotes": [f"words of {name}"], "when": when, "then": then}


def below(limit: str, then, concept="anc", name="low"):
    return rule(name, {"measure": concept, "is": f"< {limit} /mm3"}, then)


def hold_until(limit: str, lower: str | None = "5 mg", concept="anc"):
    hold = {"until": {"measure": concept, "is": f">= {limit} /mm3"}}
    return {"hold": {**hold, **({"resume_lower_by": lower} if lower else {})}}


def study(*rules, **parts):
    return protocol(regimen=[regimen(**{"dose": TITRATED, "rules": list(rules), **parts})])


def treated(doses: str, *events, study_, **others) -> Case:
    starts = [
        course(number, FIRST + timedelta(days=28 * (number - 1)), f"{dose} mg")
        for number, dose in enumerate(doses.split(), 1)
    ]
    return case(screened("2025-02-20"), registered("2025-02-28"), *starts, *events, protocol=study_, **others)


def decide(one: Case, on: str | date) -> DoseDecision:
    return decide_dose(one, one.protocol.regimen[0], day(on))


def counted(on: str, **values):
    return form(on, {f"{name} on {on}": f"{value} /mm3" for name, value in values.items()})


# ---- the golden calendar of a titration without delay ----------------------------------------------------------------

COURSES = [
    (1, "2025-03-03", "2025-03-23", "10 mg"),
    (2, "2025-03-31", "2025-04-20", "15 mg"),
    (3, "2025-04-28", "2025-05-18", "20 mg"),
    (4, "2025-05-26", "2025-06-15", "25 mg"),
    (5, "2025-06-23", "2025-07-13", "25 mg"),
    (26, "2027-02-01", "2027-02-21", "25 mg"),
]
TWO_YEARS = {"id": "two_years", "quotes": ["up to 2 years"], "within": "2 years", "last_day": 21, "reason": "2 years"}


def doses_before(number: int) -> str:
    return " ".join(["10", "15", "20", *["25"] * 30][: number - 1])


@pytest.mark.parametrize(("number", "first", "last", "dose"), COURSES)
def test_each_course_of_the_calendar_has_its_dose_and_its_days(number, first, last, dose) -> None:
    said = decide(treated(doses_before(number), study_=study(limits=[TWO_YEARS])), first)
    assert (said.action, said.course, str(said.dose)) == ("give", number, dose)
    assert (said.first_day, said.last_day) == (day(first), day(last))


def test_the_course_that_would_end_after_two_years_does_not_start() -> None:
    """Course 27 would begin on 2027-03-01; its day 21 would be 2027-03-21, after 2027-03-03."""
    said = decide(treated(doses_before(27), study_=study(limits=[TWO_YEARS])), "2027-03-01")
    assert (said.action, said.won) == ("stop", "two_years")
    assert "2027-03-21" in said.because[0].saw and "2027-03-03" in said.because[0].saw


# ---- each action, below, at, above and missing -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "below_", "at", "above", "missing"),
    [
        ({"stop": "toxicity"}, "stop", "20 mg", "20 mg", "wait"),
        (hold_until("1000"), "hold", "20 mg", "20 mg", "wait"),
        ({"reduce_by": "5 mg"}, "10 mg", "20 mg", "20 mg", "wait"),
        ({"no_step_up": True}, "15 mg", "20 mg", "20 mg", "wait"),
        ({"cap": "15 mg"}, "15 mg", "20 mg", "20 mg", "wait"),
        ({"cap": "20 mg"}, "20 mg", "20 mg", "20 mg", "20 mg"),
        ({"warn": "look"}, "20 mg", "20 mg", "20 mg", "20 mg"),
    ],
)
def test_what_each_action_does_below_at_and_above_its_limit_and_without_a_value(
    then, below_, at, above, missing
) -> None:
    plan = study(below("1000", then))
    for count, expected in (("999", below_), ("1000", at), ("1001", above), (None, missing)):
        seen = [counted("2025-04-28", anc=count)] if count else []
        said = decide(treated("10 15", *seen, study_=plan), "2025-04-28")
        assert (str(said.dose) if said.action == "give" else said.action) == expected, count
        assert ("anc" in said.missing) is (expected == "wait")


@pytest.mark.parametrize(
    ("clearance", "given", "dose"),
    [
        ("59.99", "10", "10 mg"),  # no step up past the cap
        ("60", "10", "15 mg"),
        ("60.01", "10", "15 mg"),
        ("59.99", "10 15", "15 mg"),  # a dose that is higher already stays
        ("59.99", "5", "10 mg"),
        (None, "10", "wait"),
    ],
)
def test_a_cap_for_the_kidney_keeps_the_dose_from_rising_past_it(clearance, given, dose) -> None:
    on = FIRST + timedelta(days=28 * len(given.split()))
    when = {"measure": "clearance", "is": "< 60 mL/min", "within": "14 days"}
    seen = [form(on, {f"clearance on {on}": f"{clearance} mL/min"})] if clearance else []
    said = decide(treated(given, *seen, study_=study(rule("kidney", when, {"cap": "10 mg"}))), on)
    assert (str(said.dose) if said.action == "give" else said.action) == dose


# ---- the floor, and stepping up again --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dose", "floor", "resumed"),
    [
        ("9", "5 mg", "stop"),  # 4 mg
        ("10", "5 mg", "5 mg"),
        ("11", "5 mg", "6 mg"),
        ("9", None, "4 mg"),
        ("5", None, "stop"),  # nothing is no dose
    ],
)
def test_a_dose_lowered_to_below_at_and_above_the_floor(dose, floor, resumed) -> None:
    plan = {"start": f"{dose} mg", "maximum": "25 mg", **({"floor": floor} if floor else {})}
    events = [counted("2025-03-10", anc=400), counted("2025-03-12", anc=1500)]
    said = decide(treated(dose, *events, study_=study(below("500", hold_until("1000")), dose=plan)), "2025-03-12")
    assert (str(said.dose) if said.action == "give" else said.action) == resumed
    if resumed == "stop":
        assert said.won == "low" and said.reason.startswith("the dose would fall under the least")


@pytest.mark.parametrize(
    ("again", "doses"), [(False, ["10 mg", "10 mg", "10 mg"]), (True, ["10 mg", "15 mg", "20 mg"])]
)
def test_after_a_reduction_the_dose_rises_again_only_where_the_protocol_lets_it(again, doses) -> None:
    """Course 2 at 15 mg is lowered to 10; then courses 3, 4 and 5."""
    plan = study(below("500", hold_until("1000")), dose={**TITRATED, "steps_up_after_reduction": again})
    events = [counted("2025-04-07", anc=400), counted("2025-04-14", anc=3000)]
    given = "10 15"
    for expected in doses:
        on = FIRST + timedelta(days=28 * len(given.split()))
        said = decide(treated(given, *events, study_=plan), on)
        assert str(said.dose) == expected
        given += f" {expected.split()[0]}"


# ---- holds: every rule that opened it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platelets", "anc", "action"),
    [
        (49999, 1000, "hold"),
        (50000, 999, "hold"),
        (49999, 999, "hold"),
        (50000, 1000, "give"),
        (50001, 1001, "give"),
        (None, 1000, "hold"),
        (50000, None, "hold"),
        (None, None, "hold"),
    ],
)
def test_a_hold_ends_only_when_every_rule_that_opened_it_is_satisfied(platelets, anc, action) -> None:
    rules = [
        below("500", hold_until("1000"), name="anc"),
        below("50000", hold_until("50000", concept="platelets"), concept="platelets", name="plt"),
    ]
    later = {name: value for name, value in (("platelets", platelets), ("anc", anc)) if value}
    events = [counted("2025-03-10", anc=400, platelets=40000), *([counted("2025-03-12", **later)] if later else [])]
    said = decide(treated("10", *events, study_=study(*rules)), "2025-03-12")
    assert said.action == action
    open_ = {one.clause for one in said.because} if action == "hold" else set()
    assert open_ == {
        name for name, fine in (("anc", (anc or 0) >= 1000), ("plt", (platelets or 0) >= 50000)) if not fine
    } or (action == "give")


def test_the_order_of_severity_is_stop_hold_reduce_no_step_up_give() -> None:
    rules = [
        below("100", {"stop": "toxicity"}, name="stop"),
        below("500", hold_until("1000"), name="hold"),
        below("1000", {"reduce_by": "5 mg"}, name="reduce"),
        below("1500", {"no_step_up": True}, name="steady"),
    ]
    expected = {99: "stop", 100: "hold", 499: "hold", 500: "10 mg", 999: "10 mg", 1000: "15 mg", 1499: "15 mg"}
    for count, answer in {**expected, 1500: "20 mg"}.items():
        said = decide(treated("10 15", counted("2025-04-28", anc=count), study_=study(*rules)), "2025-04-28")
        assert (str(said.dose) if said.action == "give" else said.action) == answer, count
        met = [one.clause for one in said.fired if one.verdict.value == "met"]
        assert met == [
            name for name, limit in (("stop", 100), ("hold", 500), ("reduce", 1000), ("steady", 1500)) if count < limit
        ]
        assert said.won == (met[0] if met else "regimen")


# ---- delays ---------------------------------------------------------------------------------------------------------

GATE = {"id": "gate", "quotes": ["counts"], "when": {"measure": "anc", "is": ">= 1000 /mm3", "within": "7 days"}}
DELAY = {"id": "delay", "quotes": ["weekly"], "by": "1 week", "at_most": "28 days", "then_stop": "toxicity"}


@pytest.mark.parametrize(
    ("fine_on", "action"), [("2025-04-27", "hold"), ("2025-04-28", "give"), ("2025-04-29", "stop")]
)
def test_a_course_delayed_by_27_28_and_29_days(fine_on, action) -> None:
    """Due on 2025-03-31 and put off week by week: 2025-04-28 is the last day; on the 27th the next look is the 28th."""
    lows = [counted(str(date(2025, 3, 31) + timedelta(days=7 * week)), anc=900) for week in range(4)]
    plan = study(start_course_when=[GATE], delay=DELAY)
    said = decide(
        treated("10", counted("2025-03-03", anc=3000), *lows, counted(fine_on, anc=1500), study_=plan), fine_on
    )
    assert said.action == action
    if action == "hold":
        assert said.next_check == day("2025-04-28")
    if action == "stop":
        assert (said.won, said.reason) == ("delay", "toxicity")


def test_each_look_at_a_delayed_course_is_a_week_after_the_one_before() -> None:
    plan = study(start_course_when=[GATE], delay=DELAY)
    seen = [counted("2025-03-03", anc=3000)]
    for on, again in (("2025-03-31", "2025-04-07"), ("2025-04-07", "2025-04-14"), ("2025-04-14", "2025-04-21")):
        seen.append(counted(on, anc=900))
        said = decide(treated("10", *seen, study_=plan), on)
        assert (said.action, said.next_check) == ("hold", day(again))


@pytest.mark.parametrize(("given", "action"), [("10", "give"), ("10 15", "give"), ("10 15 20", "stop")])
def test_at_most_so_many_courses(given, action) -> None:
    on = FIRST + timedelta(days=28 * len(given.split()))
    limit = {"id": "three", "quotes": ["3 courses"], "courses": 3, "reason": "completed"}
    said = decide(treated(given, study_=study(limits=[limit])), on)
    assert (said.action, said.won) == (action, "three" if action == "stop" else "regimen")


# ---- what could not be told is not forgotten -----------------------------------------------------------------------

GRAVE = {"grade": "any", "is": ">= 3", "related": "yes", "ongoing": "yes", "laboratory": "no"}
HOLD_GRAVE = rule("grave", GRAVE, {"hold": {"until": {"not": GRAVE}, "resume_lower_by": "5 mg"}})
REVIEWED = form("2025-03-20", {"adverse_event_review on 2025-03-20": "listed", "adverse_event/1": {"term": "Rash"}})


def rash(grade: int | None, ended: str = "2025-03-12", related: bool | None = True):
    on = PartialDate.parse("2025-03-10")
    return Toxicity("Rash", Grade(grade) if grade else None, on, PartialDate.parse(ended), related, event="e9")


@pytest.mark.parametrize(
    ("seen", "action", "missing"),
    [
        (rash(2), "give", ""),
        (rash(3), "give", ""),
        (rash(None), "wait", "grade"),
        (rash(3, related=None), "wait", "relation"),
        (rash(2, related=None), "give", ""),
        (rash(3, ended="2025-03"), "wait", "end"),
    ],
)
def test_an_event_that_is_over_and_could_not_be_told_keeps_its_question_open(seen, action, missing) -> None:
    events = [form("2025-03-10", {"anc on 2025-03-10": "2000 /mm3"}), REVIEWED]
    one = treated("10", *events, study_=study(HOLD_GRAVE), graded=(seen,))
    said = decide(one, "2025-04-01")
    assert said.action == action
    if action == "wait":
        assert said.won == "grave" and any(missing in item for item in said.missing)
    else:
        assert str(said.dose) == ("5 mg" if seen.grade == Grade(3) else "15 mg")


def test_once_an_event_is_told_to_be_mild_the_dose_rises() -> None:
    events = [form("2025-03-10", {"anc on 2025-03-10": "2000 /mm3"}), REVIEWED]
    assert decide(treated("10", *events, study_=study(HOLD_GRAVE), graded=(rash(None),)), "2025-04-01").action == "wait"
    assert (
        str(decide(treated("10", *events, study_=study(HOLD_GRAVE), graded=(rash(1),)), "2025-04-01").dose) == "15 mg"
    )


@pytest.mark.parametrize(
    ("told", "dose"),
    [
        ({"anc/a/value": "400 /mm3", "anc/b/value": "2000 /mm3"}, "15 mg"),  # one of them asks to hold: no step up
        ({"anc/a/value": "600 /mm3", "anc/b/value": "2000 /mm3"}, "20 mg"),
        ({"anc/a/value": "400 /mm3", "anc/b/value": "450 /mm3"}, "10 mg"),  # both do: held, and lower
        ({"anc/a/value": None, "anc/b/value": None}, "20 mg"),  # nothing was measured
    ],
)
def test_values_of_a_day_that_disagree_raise_no_dose_even_after_a_later_one(told, dose) -> None:
    dates = {f"anc/{key}/on": "2025-04-07" for key in "ab"}
    events = [counted("2025-03-03", anc=3000), form("2025-04-07", {**told, **dates}), counted("2025-04-14", anc=3000)]
    said = decide(treated("10 15", *events, study_=study(below("500", hold_until("1000")))), "2025-04-28")
    assert (said.action, str(said.dose)) == ("give", dose)
    if dose == "15 mg":
        (outcome,) = said.fired
        assert outcome.verdict.value == "unknown" and "cannot be told" in outcome.saw


def test_a_positive_and_a_negative_result_of_one_day_are_not_settled_by_a_later_negative_one() -> None:
    positive = rule("pregnant", {"measure": "test", "in": ["positive"]}, {"stop": "pregnancy"})
    told = {
        "test/a/value": "positive",
        "test/b/value": "negative",
        "test/a/on": "2025-03-10",
        "test/b/on": "2025-03-10",
    }
    events = [form("2025-03-10", told), form("2025-03-12", {"test on 2025-03-12": "negative"})]
    assert decide(treated("10", *events, study_=study(positive)), "2025-03-12").action == "wait"
    events.append(correction("2025-03-13", {"test/a/value": "negative"}))
    assert decide(treated("10", *events, study_=study(positive)), "2025-03-13").action == "give"


def test_a_missing_value_between_two_that_are_fine_leaves_nothing_open() -> None:
    events = [counted("2025-03-03", anc=3000), form("2025-03-10", {"anc/x/value": None, "anc/x/on": "2025-03-10"})]
    one = treated("10", *events, counted("2025-03-12", anc=3000), study_=study(below("500", hold_until("1000"))))
    assert str(decide(one, "2025-03-31").dose) == "15 mg"


# ---- who never goes on -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (form("2025-03-10", {"death/1": {"on": "2025-03-10"}}), "died on 2025-03-10"),
        (left("2025-03-10", "lost to follow-up"), "lost to follow-up"),
        (ended("2025-03-10", "withdrawal"), "withdrawal"),
        (ConsentWithdrawn(**_who("2025-03-10"), scope=("treatment",), why="moved"), "consent withdrawn"),
        (ConsentWithdrawn(**_who("2025-03-10"), scope=("study",), why="moved"), "consent withdrawn"),
        (form("2025-03-10", {"pregnancy_test on 2025-03-10": "positive"}), "pregnancy"),
    ],
)
@pytest.mark.parametrize("assessed", [(), ((day("2025-03-09"), Response.CR),), ((day("2025-03-09"), Response.SD),)])
def test_who_is_dead_gone_withdrawn_or_pregnant_is_never_given_and_never_continues(event, reason, assessed) -> None:
    pregnant = rule("pregnant", {"measure": "pregnancy_test", "in": ["positive"]}, {"stop": "pregnancy"})
    going = [
        {"id": "cr", "quotes": ["2 more"], "when": {"response": "CR"}, "courses_more": 2},
        {"id": "sd", "quotes": ["may"], "when": {"response": "SD"}, "may_continue": True},
    ]
    plan = protocol(regimen=[regimen(dose=TITRATED, rules=[pregnant])], continuation=going)
    tested = form("2025-03-03", {"pregnancy_test on 2025-03-03": "negative"})
    one = treated("10", tested, event, study_=plan, assessed=assessed)
    before, after = day("2025-03-09"), day("2025-03-10")
    assert decide(one, before).action == "give"
    assert decide_continuation(one, before).action in ("continue", "may continue")
    for on in (after, day("2025-03-31"), day("2026-03-03")):
        assert decide(one, on).action == "stop"
        said = decide_continuation(one, on)
        assert (said.action, said.courses_left) == ("off treatment", 0) and reason in said.reason
        assert said.because


def test_where_one_of_two_drugs_is_stopped_treatment_goes_on_with_the_other() -> None:
    stop = below("500", {"stop": "toxicity"})
    both = protocol(regimen=[regimen(rules=[stop]), regimen(id="other", drug="otherinib")])
    one = treated("10", counted("2025-03-10", anc=400), study_=both)
    assert decide(one, "2025-03-10").action == "stop"
    assert decide_continuation(one, day("2025-03-10")).action == "continue"
    alone = treated("10", counted("2025-03-10", anc=400), study_=study(stop))
    said = decide_continuation(alone, day("2025-03-10"))
    assert (said.action, said.because[0].clause) == ("off treatment", "low")


def test_a_subject_of_another_arm_is_given_nothing() -> None:
    assert isinstance(registered("2025-02-28"), SubjectRegistered)
    assert decide(treated("", study_=of_two_arms(study(arms=["B"]))), "2025-03-03").action == "wait"
    assert decide(treated("", study_=study(arms=["B"])), "2025-03-03").action == "none", "the only arm is A"


# ---- the words and the edges of an answer ----------------------------------------------------------------------------


def test_an_answer_says_in_words_what_was_given_last_and_what_changed() -> None:
    plan = study(below("1000", {"reduce_by": "5 mg"}))
    told = {
        "": "course 1 at 10 mg: course 1 starts at 10 mg",
        "10": "course 2 at 15 mg: course 1 was given at 10 mg; 5 mg up",
        "10 15 20 25": "course 5 at 25 mg: course 4 was given at 25 mg; the maximum",
    }
    for given, words in told.items():
        on = FIRST + timedelta(days=28 * len(given.split()))
        assert decide(treated(given, counted(str(on), anc=3000), study_=plan), on).reason == words
    low = decide(treated("10 15", counted("2025-04-28", anc=900), study_=plan), "2025-04-28")
    assert low.reason == "course 3 at 10 mg: course 2 was given at 15 mg; 5 mg down"
    steady = decide(
        treated("10", counted("2025-03-31", anc=900), study_=study(below("1000", {"no_step_up": True}))), "2025-03-31"
    )
    assert steady.reason == "course 2 at 10 mg: course 1 was given at 10 mg; no step up"


def test_two_answers_are_equal_where_they_say_the_same_and_looked_at_the_same() -> None:
    plan = study(below("1000", {"reduce_by": "5 mg"}))
    one, other = (treated("10", counted("2025-03-31", anc=3000), study_=plan) for _ in range(2))
    said, again = decide(one, "2025-03-31"), decide(other, "2025-03-31")
    assert said == again and hash(said.fired) == hash(again.fired)
    assert said.fired == tuple(again.fired) and said.fired != () and said.fired != "low"
    assert repr(said.fired) == repr(tuple(said.fired)) and len(said.fired) == 1
    assert said.fired != decide(treated("10", counted("2025-03-31", anc=2000), study_=plan), "2025-03-31").fired


@pytest.mark.parametrize(("on", "action"), [("2025-03-24", "give"), ("2025-03-23", "wait"), ("2025-03-25", "give")])
def test_a_value_counts_on_the_last_day_of_its_time_and_not_a_day_later(on, action) -> None:
    """Asked on 2025-03-31 for a count of the last 7 days."""
    said = decide(treated("10", counted(on, anc=3000), study_=study(start_course_when=[GATE])), "2025-03-31")
    assert said.action == action


@pytest.mark.parametrize(("value", "action"), [("0.9 10*9/L", "hold"), ("1 10*9/L", "give"), ("900 /mm3", "hold")])
def test_a_value_in_another_unit_is_the_same_value(value, action) -> None:
    seen = form("2025-03-31", {"anc on 2025-03-31": value})
    assert decide(treated("10", seen, study_=study(start_course_when=[GATE])), "2025-03-31").action == action


def test_a_limit_of_time_is_told_with_the_day_it_counts_from() -> None:
    said = decide(treated(doses_before(3), study_=study(limits=[TWO_YEARS])), "2025-04-28")
    (outcome,) = said.fired
    assert outcome.saw == "its last day 2025-05-18 against 2 years from 2025-03-03: 2027-03-03"
    assert (outcome.verdict.value, outcome.action) == ("not met", "no further course: 2 years")


@pytest.mark.parametrize(
    ("responses", "left_"),
    [
        ("SD CR CR PR", 0),  # confirmed at the end of course 3: two more after course 2 are courses 3 and 4
        ("SD CR PR PR", None),
        ("CR CR PR PR", -1),
        ("SD SD CR CR", 1),
    ],
)
def test_a_complete_response_that_was_confirmed_counts_even_after_it_is_lost(responses, left_) -> None:
    rules = [
        {"id": "cr", "quotes": ["2 more"], "when": {"response": "CR"}, "courses_more": 2},
        {"id": "pr", "quotes": ["may"], "when": {"response": ["PR", "SD"]}, "may_continue": True},
    ]
    plan = protocol(
        regimen=[regimen(dose=TITRATED)], continuation=rules, response={"id": "response", "quotes": ["confirmed"]}
    )
    seen = tuple(
        (FIRST + timedelta(days=28 * number), Response[name]) for number, name in enumerate(responses.split(), 1)
    )
    one = treated("10 15 20 25", study_=plan, assessed=seen)
    said = decide_continuation(one, FIRST + timedelta(days=4 * 28))
    if left_ is None:
        assert said.action == "may continue"
    elif left_ <= 0:
        assert (said.action, said.courses_left) == ("off treatment", 0)
    else:
        assert (said.action, said.courses_left) == ("continue", left_)


def test_who_died_before_being_allocated_to_an_arm_does_not_continue() -> None:
    one = treated("", form("2025-03-10", {"death/1": {"on": "2025-03-10"}}), study_=study(arms=["A"]))
    assert decide_continuation(one, day("2025-03-10")).reason == "died on 2025-03-10"
    gone = treated("", left("2025-03-10", "moved"), study_=study(arms=["A"]))
    assert decide_continuation(gone, day("2025-03-10")).reason == "off treatment since 2025-03-10: moved"
