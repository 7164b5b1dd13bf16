"""Whether treatment goes on, in every word: off treatment, so many courses more, left to subject and investigator.

Worked by hand. Courses begin on 2025-03-03, 2025-03-31 and 2025-04-28; their day 21 is 20 days later; a response is
assessed at the end of each course, on the day the next one may begin.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from builders import _who, case, course, day, form, protocol, regimen, registered, screened
from trialwright.core.dosing import ContinuationDecision, decide_continuation
from trialwright.core.ledger import ArmAllocated
from trialwright.core.terms import Because, Response

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
FIRST = date(2025, 3, 3)

PROGRESSED = {"id": "pd", "quotes": ["removed"], "when": {"response": "PD"}, "off_treatment": "progressive disease"}
MORE = {"id": "cr", "quotes": ["2 more"], "when": {"response": "CR"}, "courses_more": 2}
MAY = {"id": "pr", "quotes": ["may go on"], "when": {"response": ["PR", "SD"]}, "may_continue": True}
CONFIRMED = {"id": "response", "quotes": ["confirmed"]}


def going_on(
    doses: str, on: str, *responses: Response, rules=(PROGRESSED, MORE, MAY), confirmed=True, early: str = "", apart=28
) -> ContinuationDecision:
    """Where it is told by `early`, the only response was assessed on that day instead."""
    starts = [
        course(number, FIRST + timedelta(days=28 * (number - 1)), f"{dose} mg")
        for number, dose in enumerate(doses.split(), 1)
    ]
    parts = {"response": {**CONFIRMED, "confirm_after_days": apart}} if confirmed else {}
    plan = protocol(regimen=[regimen(dose={"start": "10 mg"})], continuation=list(rules), **parts)
    ends = tuple((FIRST + timedelta(days=28 * number), one) for number, one in enumerate(responses, 1))
    ends = ((day(early), responses[0]),) if early else ends
    one = case(screened("2025-02-20"), registered("2025-02-28"), *starts, protocol=plan, assessed=ends)
    return decide_continuation(one, day(on))


def test_whether_treatment_goes_on_is_told_with_its_clause() -> None:
    assert going_on("", "2025-03-03") == ContinuationDecision("continue", "no course has been given yet")
    assert going_on("10", "2025-03-30") == ContinuationDecision("continue", "course 1 is under way")
    said = going_on("10", "2025-03-31", PD)
    (why,) = said.because
    assert said == ContinuationDecision("off treatment", "progressive disease", 0, (why,))
    assert (why.clause, why.words) == ("pd", "removed") and "2025-03-31" in why.saw
    said = going_on("10", "2025-03-31", SD)
    (why,) = said.because
    assert said == ContinuationDecision(
        "may continue", "the protocol leaves it to subject and investigator", None, (why,)
    )
    assert (why.clause, why.words) == ("pr", "may go on") and "2025-03-31" in why.saw
    assert going_on("10", "2025-03-31", SD, rules=[PROGRESSED]) == ContinuationDecision(
        "continue", "nothing speaks against it"
    )


def test_courses_that_are_counted_are_told_from_the_course_at_whose_end_they_count() -> None:
    why = Because("cr", "2 more", "first documented on 2025-03-31, at the end of course 1")
    assert going_on("10", "2025-03-31", CR) == ContinuationDecision("continue", "2 more after this", 2, (why,))
    assert going_on("10 15 20", "2025-05-19", CR, CR) == ContinuationDecision("off treatment", "completed", 0, (why,))
    under_way = ContinuationDecision("continue", "0 more after this", 0, (why,))
    assert going_on("10 15 20", "2025-05-18", CR, CR) == under_way, "day 21 of the last course is not behind"
    named = {**MORE, "off_treatment": "complete response", "courses_more": 1}
    assert going_on("10 15", "2025-04-28", CR, CR, rules=[named]).reason == "complete response"


@pytest.mark.parametrize("apart", [28, 56, 57, 84])
def test_a_response_that_still_goes_on_counts_from_the_first_of_its_assessments_in_a_row(apart) -> None:
    """Assessed on days 28, 56 and 84: documented at the end of course 1, so that course 3 is the last of 2 more."""
    assert going_on("10 15 20", "2025-05-26", CR, CR, CR, apart=apart).reason == "completed"


def test_what_cannot_be_told_after_a_course_is_asked_for() -> None:
    said = going_on("10", "2025-03-31")
    (why,) = said.because
    assert said == ContinuationDecision(
        "undecided", "whether treatment goes on after course 1 cannot be told yet", None, (why,), said.missing
    )
    assert (why.clause, why.words) == ("pd", "removed") and why.saw and said.missing


@pytest.mark.parametrize(
    ("responses", "action"), [((), "undecided"), ((SD,), "undecided"), ((SD, NE), "undecided"), ((SD, SD), "continue")]
)
def test_a_decision_after_two_courses_asks_for_a_response_since_the_second_began(responses, action) -> None:
    decides = {"id": "two", "quotes": ["for 2"], "decide_after_course": 2, "off_treatment": "no response"}
    rules = [{**decides, "when": {"response": "PD"}}]
    said = going_on("10 15", "2025-04-28", *responses, rules=rules)
    assert said.action == action
    if action == "undecided":
        assert Because("two", "for 2", "no response is known since the last course began") in said.because
        assert said.missing and all(said.missing)
    if responses == (SD,):
        assert said.missing == ("response assessment",), "nothing else is missing"


def test_courses_counted_from_a_response_that_no_course_came_before_or_that_allows_none_more() -> None:
    none_yet = going_on("10", "2025-03-20", CR, early="2025-03-03")
    assert none_yet == ContinuationDecision("continue", "course 1 is under way")
    last = going_on("10", "2025-03-31", CR, rules=[{**MORE, "courses_more": 0}])
    assert (last.action, last.reason, last.courses_left) == ("off treatment", "completed", 0)


@pytest.mark.parametrize(("confirmed", "left"), [(False, 1), (True, None)])
def test_a_response_that_was_lost_counts_where_the_protocol_asks_for_no_confirmation(confirmed, left) -> None:
    assert going_on("10 15", "2025-04-28", CR, PR, confirmed=confirmed).courses_left == left


@pytest.mark.parametrize(
    ("on", "action"), [("2025-03-22", "continue"), ("2025-03-23", "continue"), ("2025-03-24", "off treatment")]
)
def test_a_rule_for_after_a_course_waits_for_its_last_day_of_dosing(on, action) -> None:
    rules = [
        {"id": "one", "quotes": ["1"], "decide_after_course": 1, "when": {"response": "SD"}, "off_treatment": "no"}
    ]
    assert going_on("10", on, SD, rules=rules, early="2025-03-10").action == action


@pytest.mark.parametrize(("arm", "action"), [("A", "off treatment"), ("B", "continue")])
def test_a_subject_whose_every_drug_is_stopped_goes_on_with_none_of_another_arm(arm, action) -> None:
    low = {
        "id": "low",
        "quotes": ["stop"],
        "when": {"measure": "anc", "is": "< 500 /mm3"},
        "then": {"stop": "toxicity"},
    }
    arms = [{"id": name, "label": f"Arm {name}", "type": "experimental"} for name in "AB"]
    drugs = [regimen(arms=["A"], rules=[low]), regimen(id="other", drug="otherinib", arms=["B"])]
    seen = form("2025-03-10", {"anc on 2025-03-10": "400 /mm3"})
    begun = [course(1, "2025-03-03", "10 mg"), ArmAllocated(**_who("2025-03-01"), arm=arm)]
    given = [screened("2025-02-20"), registered("2025-02-28"), *begun, seen]
    said = decide_continuation(case(*given, protocol=protocol(regimen=drugs, arms=arms)), day("2025-03-10"))
    assert said.action == action
    if action == "off treatment":
        assert said == ContinuationDecision("off treatment", "toxicity", 0, said.because)
        assert [(one.clause, one.words) for one in said.because] == [("low", "stop")]
