"""Courses put off and courses late, and the dose counted from what was in fact taken.

Worked by hand. Course 1 begins on Monday 2025-03-03 and course 2 is due on 2025-03-31; 28 days later is 2025-04-28.
"""

from __future__ import annotations

import pytest

from builders import case, course, day, form, protocol, regimen, registered, screened, taken
from trialwright.core.dosing import DoseDecision, decide_dose
from trialwright.core.subject import Case
from trialwright.core.terms import Because

TITRATED = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg", "floor": "5 mg"}
DELAY = {"id": "delay", "quotes": ["weekly"], "by": "1 week", "at_most": "28 days", "then_stop": "toxicity"}
GATE = {"id": "gate", "quotes": ["counts"], "when": {"measure": "anc", "is": ">= 1000 /mm3"}}
HOLD = {
    "id": "low",
    "quotes": ["interrupt"],
    "when": {"measure": "anc", "is": "< 500 /mm3"},
    "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}}},
}


def treated(*events, **parts) -> Case:
    plan = protocol(regimen=[regimen(**{"dose": TITRATED, **parts})])
    return case(screened("2025-02-20"), registered("2025-02-28"), *events, protocol=plan)


def decide(one: Case, on: str) -> DoseDecision:
    return decide_dose(one, one.protocol.regimen[0], day(on))


def anc(on: str, count: int):
    return form(on, {f"anc on {on}": f"{count} /mm3"})


FIRST = course(1, "2025-03-03", "10 mg")


@pytest.mark.parametrize(
    ("fine_on", "action"), [("2025-03-30", "give"), ("2025-03-31", "give"), ("2025-04-01", "stop"), (None, "stop")]
)
def test_a_hold_that_ends_after_the_due_day_delays_the_course_and_one_that_ended_by_then_does_not(
    fine_on, action
) -> None:
    fine = [anc(fine_on, 1500)] if fine_on else []
    said = decide(treated(FIRST, anc("2025-03-20", 400), *fine, rules=[HOLD], delay=DELAY), "2025-04-29")
    assert (said.action, said.won) == (action, "low" if action == "give" else "delay")


def test_a_course_put_off_waits_for_its_week_by_the_count_that_put_it_off() -> None:
    plan = {"start_course_when": [GATE], "delay": DELAY}
    said = decide(treated(FIRST, anc("2025-03-31", 900), anc("2025-04-03", 1500), **plan), "2025-04-03")
    why = "anc 900 /mm3 on 2025-03-31, limit >= 1000 /mm3"
    assert (said.action, said.won, said.because) == ("hold", "gate", (Because("gate", "counts", why),))
    assert (said.since, said.next_check) == (day("2025-03-31"), day("2025-04-07"))
    assert said.reason == f"course 2 may not start: {why}"
    again = decide(treated(FIRST, anc("2025-03-31", 900), anc("2025-04-09", 800), **plan), "2025-04-09")
    assert (again.next_check, again.because[0].saw) == (
        day("2025-04-16"),
        "anc 800 /mm3 on 2025-04-09, limit >= 1000 /mm3",
    )


@pytest.mark.parametrize(
    ("on", "looked_at_again", "gate"),
    [
        ("2025-03-31", "2025-04-07", "gate"),
        ("2025-04-01", "2025-04-07", "gate"),
        ("2025-04-03", "2025-04-07", "platelets"),  # the count is fine, the platelets are not
        ("2025-04-06", "2025-04-07", "platelets"),
        ("2025-04-07", "2025-04-14", "platelets"),  # nobody looked: the next of its weeks
        ("2025-04-08", "2025-04-14", "platelets"),
        ("2025-04-13", "2025-04-14", "platelets"),
        ("2025-04-14", "2025-04-21", "platelets"),
        ("2025-04-16", "2025-04-23", "platelets"),  # looked at: a week from that day
        ("2025-04-17", "2025-04-23", "platelets"),
    ],
)
def test_a_course_put_off_keeps_the_day_named_whichever_gate_fails_while_it_waits(on, looked_at_again, gate) -> None:
    other = {"id": "platelets", "quotes": ["platelets"], "when": {"measure": "platelets", "is": ">= 50000 /mm3"}}
    platelets = [
        form(on, {f"platelets on {on}": f"{count} /mm3"})
        for on, count in (("2025-03-31", 90000), ("2025-04-03", 40000), ("2025-04-16", 45000))
    ]
    counts = [anc("2025-03-31", 900), anc("2025-04-03", 1500)]
    said = decide(treated(FIRST, *counts, *platelets, start_course_when=[GATE, other], delay=DELAY), on)
    assert (said.action, said.next_check, said.won) == ("hold", day(looked_at_again), gate)


@pytest.mark.parametrize(
    ("on", "looked_at_again"),
    [
        ("2025-03-10", "2025-03-17"),
        ("2025-03-11", "2025-03-17"),  # asked again a day later, the count is due no later
        ("2025-03-16", "2025-03-17"),
        ("2025-03-17", "2025-03-24"),
        ("2025-03-19", "2025-03-26"),  # counted again: a week from that count
        ("2025-03-20", "2025-03-26"),
    ],
)
def test_the_day_to_count_again_in_a_hold_does_not_move_with_the_day_of_the_question(on, looked_at_again) -> None:
    counts = [anc("2025-03-10", 400), anc("2025-03-19", 450)]
    said = decide(treated(FIRST, *counts, rules=[HOLD], delay=DELAY), on)
    assert (said.action, said.won, said.next_check) == ("hold", "low", day(looked_at_again))


def test_without_a_rule_of_delay_a_course_waits_for_its_gate_and_no_longer() -> None:
    plan = {"start_course_when": [GATE]}
    low = decide(treated(FIRST, anc("2025-03-31", 900), **plan), "2025-06-30")
    assert (low.action, low.next_check) == ("hold", None)
    assert (
        decide(treated(FIRST, anc("2025-03-31", 900), anc("2025-04-03", 1500), **plan), "2025-04-03").action == "give"
    )


@pytest.mark.parametrize(
    ("plan", "dose", "following"),
    [
        (TITRATED, "10 mg", "15 mg"),
        (TITRATED, "7 mg", "12 mg"),
        (TITRATED, "5 mg", "10 mg"),
        (TITRATED, "4 mg", "15 mg"),  # under the least: no dose to count from
        ({"start": "100 mg"}, "50 mg", "100 mg"),  # a dose without steps is what it is
    ],
)
def test_the_next_dose_counts_from_what_was_taken(plan, dose, following) -> None:
    begun = course(1, "2025-03-03", plan["start"])
    said = decide(treated(begun, taken(1, "2025-03-03", "2025-03-23", dose=dose), dose=plan), "2025-03-31")
    assert (said.action, str(said.dose)) == ("give", following)


def test_a_course_that_was_taken_and_never_decided_counts_as_a_course() -> None:
    said = decide(treated(taken(1, "2025-03-03", "2025-03-23", dose="10 mg")), "2025-03-31")
    assert (said.course, str(said.dose), said.reason) == (
        2,
        "15 mg",
        "course 2 at 15 mg: course 1 was given at 10 mg; 5 mg up",
    )
