"""Every word of an answer about the dose: what to do, on which days, by which clauses, what was looked at, what lacks.

Worked by hand. Courses begin on 2025-03-03, 2025-03-31 and 2025-04-28; day 21 is 20 days after day 1.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from builders import UNITS, _who, case, course, day, ended, form, of_two_arms, protocol, regimen, registered, screened
from trialwright.core.dosing import (
    ContinuationDecision,
    DoseDecision,
    HoldPeriod,
    RuleOutcome,
    decide_continuation,
    decide_dose,
    decided_before_courses,
    hold_periods,
)
from trialwright.core.dosing.amounts import Amounts
from trialwright.core.ledger import ArmAllocated
from trialwright.core.subject import Case
from trialwright.core.terms import Because, Quantity, Response, Verdict

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
FIRST = date(2025, 3, 3)
TITRATED = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg", "floor": "5 mg"}
WORDS = "10 mg on days 1-21 of a 28-day cycle"
DELAY = {"id": "delay", "quotes": ["weekly"], "by": "1 week", "at_most": "28 days", "then_stop": "toxicity"}
GATE = {"id": "gate", "quotes": ["counts"], "when": {"measure": "anc", "is": ">= 1000 /mm3", "within": "7 days"}}
NOTHING_YET = "no anc recorded"


def rule(name: str, limit: str, then, concept: str = "anc"):
    when = {"measure": concept, "is": f"< {limit} /mm3"}
    return {"id": name, "quotes": [f"words of {name}"], "when": when, "then": then}


def hold_until(limit: str, lower: str | None = None):
    hold = {"until": {"measure": "anc", "is": f">= {limit} /mm3"}}
    return {"hold": {**hold, **({"resume_lower_by": lower} if lower else {})}}


STOP, HOLD, REDUCE = (
    rule("stopping", "100", {"stop": "toxicity"}),
    rule("low", "500", hold_until("1000", "5 mg")),
    rule("lower", "800", {"reduce_by": "5 mg"}),
)
CAP, STEADY, WARN = (
    rule("cap", "800", {"cap": "10 mg"}),
    rule("steady", "800", {"no_step_up": True}),
    rule("warn", "800", {"warn": "look"}),
)


def study(*rules, continuation=(), **parts):
    plan = regimen(**{"dose": TITRATED, "rules": list(rules), **parts})
    return protocol(regimen=[plan], continuation=list(continuation))


def treated(doses: str, *events, study_, **others) -> Case:
    starts = [
        course(number, FIRST + timedelta(days=28 * (number - 1)), f"{dose} mg")
        for number, dose in enumerate(doses.split(), 1)
    ]
    return case(screened("2025-02-20"), registered("2025-02-28"), *starts, *events, protocol=study_, **others)


def decide(one: Case, on: str | date) -> DoseDecision:
    return decide_dose(one, one.protocol.regimen[0], day(on))


def anc(on: str, count: int):
    return form(on, {f"anc on {on}": f"{count} /mm3"})


def saw(count: int, limit: str, on: str = "2025-03-10") -> str:
    return f"anc {count} /mm3 on {on}, limit {limit} /mm3"


def since(count: int, limit: str, on: str = "2025-03-10") -> str:
    return f"since {on}: {saw(count, limit, on)}"


def answer(action: str, **told) -> DoseDecision:
    return DoseDecision(action, "examplinib", frequency="once daily", **told)


def mg(number: int) -> Quantity:
    return Quantity.parse(f"{number} mg")


# ---- in a course -----------------------------------------------------------------------------------------------------


def test_a_stop_is_told_with_its_rule_its_day_and_every_other_rule() -> None:
    why = since(99, "< 100")
    said = decide(treated("10", anc("2025-03-10", 99), study_=study(STOP, HOLD, REDUCE)), "2025-03-11")
    assert said == answer(
        "stop",
        course=1,
        day=9,
        because=(Because("stopping", "words of stopping", why),),
        fired=(
            RuleOutcome("stopping", MET, "stop: toxicity", why),
            RuleOutcome("low", MET, "hold, then resume 5 mg lower", since(99, "< 500")),
            RuleOutcome("lower", MET, "reduce by 5 mg", since(99, "< 800")),
        ),
        won="stopping",
        since=day("2025-03-10"),
        reason="toxicity",
    )


def test_a_hold_is_told_with_its_rule_since_when_and_when_to_count_again() -> None:
    one = treated("10", anc("2025-03-10", 400), study_=study(STOP, HOLD, WARN, CAP, STEADY, delay=DELAY))
    assert decide(one, "2025-03-11") == answer(
        "hold",
        course=1,
        day=9,
        because=(Because("low", "words of low", since(400, "< 500")),),
        fired=(
            RuleOutcome("stopping", NOT_MET, "stop: toxicity", saw(400, "< 100")),
            RuleOutcome("low", MET, "hold, then resume 5 mg lower", since(400, "< 500")),
            RuleOutcome("warn", MET, "warn: look", saw(400, "< 800")),
            RuleOutcome("cap", MET, "no step up above 10 mg", saw(400, "< 800")),
            RuleOutcome("steady", MET, "no step up", since(400, "< 800")),
        ),
        won="low",
        next_check=day("2025-03-17"),
        since=day("2025-03-10"),
        reason=f"held since 2025-03-10: {saw(400, '< 500')}",
    )


def test_two_holds_are_told_one_after_the_other_since_the_first_and_with_what_lacks() -> None:
    other = rule("other", "900", hold_until("950"))
    blind = rule("blind", "10", {"stop": "bleeding"}, concept="platelets")
    events = [anc("2025-03-10", 800), anc("2025-03-12", 400)]
    said = decide(treated("10", *events, study_=study(HOLD, other, blind)), "2025-03-12")
    assert (said.since, said.won, said.missing) == (day("2025-03-10"), "other", ("platelets",))
    low, first = saw(400, "< 500", "2025-03-12"), saw(800, "< 900")
    assert said.reason == f"held since 2025-03-10: {first}; {low}"
    assert said.fired[1].action == "hold"


def test_a_dose_resumed_lower_is_told_from_the_day_it_was_resumed() -> None:
    events = [anc("2025-03-10", 400), anc("2025-03-12", 1000)]
    assert decide(treated("10", *events, study_=study(HOLD)), "2025-03-13") == answer(
        "give",
        course=1,
        day=11,
        dose=mg(5),
        first_day=day("2025-03-12"),
        last_day=day("2025-03-23"),
        because=(Because("low", "words of low", since(400, "< 500")), Because("regimen", WORDS, "course 1 at 5 mg")),
        fired=(RuleOutcome("low", MET, "hold, then resume 5 mg lower", since(400, "< 500")),),
        won="low",
        reason="course 1 at 5 mg",
    )


@pytest.mark.parametrize(("days", "first", "last"), [("1-21", "03-03", "03-23"), ("3-14", "03-05", "03-16")])
def test_a_dose_is_told_for_the_days_of_dosing_by_each_quote_of_the_regimen(days, first, last) -> None:
    said = decide(treated("10", study_=study(days=days, quotes=["10 mg", "by mouth"])), "2025-03-10")
    assert said == answer(
        "give",
        course=1,
        day=8,
        dose=mg(10),
        first_day=day(f"2025-{first}"),
        last_day=day(f"2025-{last}"),
        because=(Because("regimen", "10 mg", "course 1 at 10 mg"), Because("regimen", "by mouth", "course 1 at 10 mg")),
        won="regimen",
        reason="course 1 at 10 mg",
    )


def test_a_day_of_rest_is_told_with_the_day_of_the_next_course() -> None:
    rest = "day 23 of course 1 is a day of rest"
    assert decide(treated("10", study_=study()), "2025-03-25") == answer(
        "rest",
        course=1,
        day=23,
        because=(Because("regimen", WORDS, rest),),
        won="regimen",
        next_check=day("2025-03-31"),
        reason=rest,
    )


def test_a_dose_lowered_under_the_least_is_told_with_the_least() -> None:
    plan = study(REDUCE, dose={**TITRATED, "floor": "6 mg"})
    said = decide(treated("10", anc("2025-03-10", 700), study_=plan), "2025-03-10")
    assert (said.action, said.won, said.reason) == ("stop", "lower", "the dose would fall under the least, 6 mg")


# ---- at the start of a course ----------------------------------------------------------------------------------------


def test_a_step_up_is_told_from_what_was_given_last() -> None:
    told = "course 1 was given at 10 mg; 5 mg up"
    assert decide(treated("10", study_=study()), "2025-04-02") == answer(
        "give",
        course=2,
        dose=mg(15),
        first_day=day("2025-04-02"),
        last_day=day("2025-04-22"),
        because=(Because("regimen", WORDS, told),),
        won="regimen",
        reason=f"course 2 at 15 mg: {told}",
        starts_course=True,
    )


@pytest.mark.parametrize(
    ("first", "dose", "words"),
    [
        (CAP, "10 mg", "no step up above 10 mg"),
        (STEADY, "10 mg", "no step up"),
    ],
)
def test_a_dose_kept_from_rising_is_told_by_the_rule_that_kept_it(first, dose, words) -> None:
    said = decide(treated("10", anc("2025-03-31", 700), study_=study(first)), "2025-03-31")
    name, on = first["id"], "2025-03-31"
    seen = saw(700, "< 800", on) if name == "cap" else since(700, "< 800", on)
    told = "course 1 was given at 10 mg; no step up"
    assert (str(said.dose), said.won, said.reason) == (dose, name, f"course 2 at 10 mg: {told}")
    assert said.because == (Because(name, f"words of {name}", seen), Because("regimen", WORDS, told))
    assert said.fired == (RuleOutcome(name, MET, words, seen),)


def test_a_cap_below_the_start_lowers_the_first_course_alone() -> None:
    plan = study(rule("cap", "800", {"cap": "5 mg"}))
    first = decide(treated("", anc("2025-03-03", 700), study_=plan), FIRST)
    assert (str(first.dose), first.won, first.reason) == ("5 mg", "cap", "course 1 at 5 mg: course 1 starts at 5 mg")
    assert str(decide(treated("10", anc("2025-03-31", 700), study_=plan), "2025-03-31").dose) == "10 mg"


def test_what_lacks_is_told_by_every_gate_and_rule_that_asks_for_it() -> None:
    said = decide(treated("10", study_=study(STOP, WARN, start_course_when=[GATE])), "2025-03-31")
    assert said == answer(
        "wait",
        course=2,
        because=(Because("gate", "counts", NOTHING_YET), Because("stopping", "words of stopping", NOTHING_YET)),
        fired=(
            RuleOutcome("stopping", UNKNOWN, "stop: toxicity", NOTHING_YET, ("anc",)),
            RuleOutcome("warn", UNKNOWN, "warn: look", NOTHING_YET, ("anc",)),
            RuleOutcome("gate", UNKNOWN, "start only when this holds", NOTHING_YET, ("anc within 7 days",)),
        ),
        won="gate",
        missing=("anc within 7 days", "anc"),
        reason="wait for data: anc within 7 days, anc",
    )


def test_a_course_put_off_is_told_with_its_gate_its_due_day_and_when_to_look_again() -> None:
    release = {"id": "test", "quotes": ["a test"], "when": {"measure": "test", "in": ["negative"]}}
    limit = {"id": "two_years", "quotes": ["2 years"], "within": "2 years", "reason": "2 years"}
    plan = study(delay=DELAY, start_course_when=[GATE], release_when=[release], limits=[limit])
    why = saw(900, ">= 1000", "2025-03-31")
    against = "its last day 2025-04-20 against 2 years from 2025-03-03: 2027-03-03"
    assert decide(treated("10", anc("2025-03-31", 900), study_=plan), "2025-03-31") == answer(
        "hold",
        course=2,
        because=(Because("gate", "counts", why),),
        fired=(
            RuleOutcome("gate", NOT_MET, "start only when this holds", why),
            RuleOutcome("test", UNKNOWN, "release only when this holds", "no test recorded", ("test",)),
            RuleOutcome("two_years", NOT_MET, "no further course: 2 years", against),
        ),
        won="gate",
        missing=("test",),
        next_check=day("2025-04-07"),
        since=day("2025-03-31"),
        reason=f"course 2 may not start: {why}",
    )


def test_a_course_delayed_too_long_is_told_with_its_due_day() -> None:
    why = "course 2 was due on 2025-03-31 and is delayed by more than 28 days"
    plan = study(delay=DELAY, start_course_when=[GATE])
    old = "the last anc is of 2025-03-31, outside the window"
    assert decide(treated("10", anc("2025-03-31", 900), study_=plan), "2025-05-12") == answer(
        "stop",
        course=2,
        because=(Because("delay", "weekly", why),),
        fired=(RuleOutcome("gate", UNKNOWN, "start only when this holds", old, ("anc within 7 days",)),),
        won="delay",
        reason="toxicity",
    )


@pytest.mark.parametrize(
    ("limit", "on", "why"),
    [
        ({"courses": 3, "within": "2 years"}, "2025-05-26", "course 4 would be more than 3 courses"),
        ({"within": "90 days"}, "2025-05-26", "its last day 2025-06-15 against 90 days from 2025-03-03: 2025-06-01"),
        (
            {"within": "90 days", "last_day": 8},
            "2025-05-26",
            "its last day 2025-06-02 against 90 days from 2025-03-03: 2025-06-01",
        ),
    ],
)
def test_a_limit_reached_is_told_with_what_would_pass_it(limit, on, why) -> None:
    plan = study(limits=[{"id": "most", "quotes": ["no more"], "reason": "done", **limit}])
    assert decide(treated("10 15 20", study_=plan), on) == answer(
        "stop",
        course=4,
        because=(Because("most", "no more", why),),
        fired=(RuleOutcome("most", MET, "no further course: done", why),),
        won="most",
        reason="done",
    )


def test_a_limit_not_reached_says_so_before_any_course() -> None:
    plan = study(limits=[{"id": "most", "quotes": ["no more"], "reason": "done", "courses": 3, "within": "90 days"}])
    assert decide(treated("", study_=plan), FIRST).fired == (
        RuleOutcome("most", NOT_MET, "no further course: done", "not reached"),
    )


# ---- outside the rules -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "saw_", "since_"),
    [
        (form("2025-03-10", {"death/1": {"on": "2025-03-10"}}), "died on 2025-03-10", "2025-03-10"),
        (ended("2025-03-12", "withdrawal"), "off treatment since 2025-03-12: withdrawal", "2025-03-12"),
    ],
)
def test_who_is_dead_or_off_treatment_is_told_since_when(event, saw_, since_) -> None:
    one = treated("10", event, study_=study())
    said = Because("", "", saw_)
    assert decide(one, "2025-03-14") == answer("stop", because=(said,), since=day(since_), reason=saw_)
    assert decide_continuation(one, day("2025-03-14")) == ContinuationDecision("off treatment", saw_, 0, (said,))


def test_who_was_taken_off_treatment_and_died_is_said_to_have_died() -> None:
    one = treated(
        "10", ended("2025-03-10", "withdrawal"), form("2025-03-12", {"death/1": {"on": "2025-03-12"}}), study_=study()
    )
    assert decide_continuation(one, day("2025-03-14")).reason == "died on 2025-03-12"
    assert decide_continuation(one, day("2025-03-11")).reason == "off treatment since 2025-03-10: withdrawal"


def test_who_is_not_registered_or_has_no_arm_or_another_is_told_so() -> None:
    nobody = case(screened("2025-02-20"), protocol=study())
    not_yet = Because("", "", "not registered")
    assert decide(nobody, FIRST) == answer("none", because=(not_yet,), reason="not registered")
    two = of_two_arms(study(arms=["A"]))
    assert decide(treated("", study_=two), FIRST) == answer(
        "wait", because=(Because("regimen", WORDS, "no arm yet"),), missing=("allocation to an arm",)
    )
    other = ArmAllocated(**_who("2025-03-01"), arm="B")
    assert decide(treated("", other, study_=two), FIRST) == answer("none", reason="arm B is not given examplinib")


def test_a_dose_that_cannot_be_read_waits_before_every_course_and_stands_in_no_hold() -> None:
    events = [screened("2025-02-20"), registered("2025-02-28"), course(1, FIRST, "10 cm")]
    one = case(*events, protocol=study(HOLD))
    why = "cm cannot be read as mg"
    unread = {"because": (Because("regimen", WORDS, why),), "won": "regimen", "missing": (why,), "reason": why}
    assert decide(one, "2025-03-31") == answer("wait", **unread)
    plan = one.protocol.regimen[0]
    assert hold_periods(one, plan, day("2025-03-31")) == ()
    ((number, (begun, said)),) = decided_before_courses(one, plan, day("2025-03-31")).items()
    assert (number, begun.day_1, said) == (1, FIRST, DoseDecision("wait", "examplinib", **unread))


# ---- holds of the past -----------------------------------------------------------------------------------------------


def test_every_hold_is_told_with_its_days_and_those_that_go_on_last() -> None:
    events = [anc("2025-03-10", 400), anc("2025-03-12", 1000), anc("2025-03-14", 450), anc("2025-03-17", 90)]
    one = treated("10", *events, study_=study(STOP, HOLD))
    plan = one.protocol.regimen[0]
    first = HoldPeriod("low", "words of low", day("2025-03-10"), day("2025-03-12"), saw(400, "< 500"), ("e4",))
    second = HoldPeriod("low", "words of low", day("2025-03-14"), None, saw(450, "< 500", "2025-03-14"), ("e6",))
    stop = HoldPeriod("stopping", "words of stopping", day("2025-03-17"), None, saw(90, "< 100", "2025-03-17"), ("e7",))
    assert hold_periods(one, plan, day("2025-03-09")) == ()
    assert hold_periods(one, plan, day("2025-03-13")) == (first,)
    assert hold_periods(one, plan, day("2025-03-15")) == (first, second)
    assert hold_periods(one, plan, day("2025-03-17")) == (first, second, stop)


# ---- what else makes the answer what it is ---------------------------------------------------------------------------


def test_what_lacks_for_the_next_course_and_for_going_on_is_told_once() -> None:
    progressed = {"id": "pd", "quotes": ["removed"], "when": {"response": "PD"}, "off_treatment": "progression"}
    plan = study(STOP, start_course_when=[GATE], continuation=[progressed])
    said = decide(treated("10", study_=plan), "2025-03-31")
    assert [one.clause for one in said.because] == ["gate", "stopping", "pd"]
    assert said.missing[:2] == ("anc within 7 days", "anc") and len(said.missing) == 3
    assert said.missing[2].startswith("response")
    alone = decide(treated("10", study_=study(continuation=[progressed])), "2025-03-31")
    assert (alone.action, alone.won, alone.missing) == ("wait", "pd", said.missing[2:])


def test_before_course_2_the_same_was_asked_for_as_on_its_day_1() -> None:
    progressed = {"id": "pd", "quotes": ["removed"], "when": {"response": "PD"}, "off_treatment": "progression"}
    one = treated("10 15", study_=study(continuation=[progressed]))
    before = decided_before_courses(one, one.protocol.regimen[0], day("2025-04-10"))
    assert [(number, said.action) for number, (_, said) in before.items()] == [(1, "give"), (2, "wait")]


@pytest.mark.parametrize(("cap", "action", "reason"), [
    ("4 mg", "stop", "the dose would fall under 5 mg"),
    ("5 mg", "give", "course 1 at 5 mg: course 1 starts at 5 mg"),
])  # fmt: skip
def test_a_first_course_capped_below_the_least_is_not_begun(cap, action, reason) -> None:
    said = decide(treated("", anc("2025-03-03", 700), study_=study(rule("cap", "800", {"cap": cap}))), FIRST)
    assert (said.action, said.won, said.reason) == (action, "cap", reason)


@pytest.mark.parametrize(("again", "dose"), [(False, "10 mg"), (True, "15 mg")])
def test_a_dose_that_a_person_lowered_rises_again_only_where_the_protocol_lets_it(again, dose) -> None:
    plan = study(dose={**TITRATED, "steps_up_after_reduction": again})
    assert str(decide(treated("10 15 10", study_=plan), "2025-05-26").dose) == dose
    assert str(decide(treated("20 15 10", study_=plan), "2025-05-26").dose) == dose


RELATED = {"grade": "any", "is": ">= 2", "related": "yes"}


@pytest.mark.parametrize(("given", "action"), [("", "give"), ("10", "wait")])
def test_toxicity_of_the_drug_is_asked_for_only_once_there_was_a_dose(given, action) -> None:
    on = "2025-03-31" if given else "2025-03-03"
    gate = {"id": "mild", "quotes": ["no worse than 1"], "when": {"not": RELATED}}
    stop = {"id": "grave", "quotes": ["stop"], "when": RELATED, "then": {"stop": "toxicity"}}
    for plan in (study(start_course_when=[gate]), study(release_when=[gate]), study(stop)):
        assert decide(treated(given, study_=plan), on).action == action


@pytest.mark.parametrize(("first_course", "action"), [(True, "wait"), (False, "give")])
def test_a_gate_of_release_may_leave_the_first_course_out(first_course, action) -> None:
    plan = study(release_when=[{**GATE, "first_course": first_course}])
    assert decide(treated("", study_=plan), FIRST).action == action
    assert decide(treated("10", study_=plan), "2025-03-31").action == "wait"


def test_where_treatment_is_off_by_a_rule_of_going_on_that_rule_is_the_reason() -> None:
    progressed = {"id": "pd", "quotes": ["removed"], "when": {"response": "PD"}, "off_treatment": "progression"}
    seen = ((day("2025-03-10"), Response.PD),)
    one = treated("10", anc("2025-03-10", 90), study_=study(STOP, continuation=[progressed]), assessed=seen)
    assert decide(one, "2025-03-10").won == "stopping"
    said = decide_continuation(one, day("2025-03-10"))
    assert (said.reason, said.because[0].clause) == ("progression", "pd")
    off = decide(treated("10", study_=study(continuation=[progressed]), assessed=seen), "2025-03-10")
    assert (off.action, off.won, off.reason, off.because) == ("stop", "pd", "progression", said.because)


@pytest.mark.parametrize(
    ("plan", "unit", "told"),
    [
        ({"start": "10 mg", "step": "5 mg", "maximum": "25 mg", "floor": "5 mg"}, "mg", (10, 5, 25, 5)),
        ({"start": "10 mg", "step": "5 mg"}, "mg", (10, 5, None, 0)),
        ({"start": "10 mg"}, "mg", (10, 0, 10, 0)),
        ({"start": "0.01 g", "step": "5 mg", "maximum": "25 mg"}, "g", ("0.01", "0.005", "0.025", 0)),
    ],
)
def test_a_dose_plan_is_read_in_the_unit_of_its_start(plan, unit, told) -> None:
    read = Amounts.of(study(dose=plan).regimen[0].dose, UNITS)
    numbers = tuple(None if one is None else Decimal(one) for one in told)
    assert (read.unit, (read.start, read.step, read.most, read.floor)) == (unit, numbers)
    most = Decimal(1000) if read.most is None else read.most
    assert (read.at_most(Decimal(1000)), read.at_most(Decimal(0))) == (most, Decimal(0))
    assert [read.too_low(read.floor + off) for off in (Decimal(-1), Decimal(0), Decimal(1))] == [
        True,
        read.floor == 0,
        False,
    ]
    assert (read.number(None), str(read.dose(Decimal(7)))) == (0, f"7 {unit}")


def test_before_the_first_dose_each_rule_is_judged_by_its_own_condition() -> None:
    said = decide(treated("", anc("2025-03-03", 700), study_=study(STOP, WARN)), FIRST)
    assert [(one.clause, one.verdict) for one in said.fired] == [("stopping", NOT_MET), ("warn", MET)]
