"""Stopping rules and gates in stages, against every way in which what is open can turn out, listed one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import SITE, case, course, day, ended, form, left, protocol, registered, screened
from trialwright.core.estimation.designs import simon_two_stage
from trialwright.core.monitoring import Candidate, Watched, possible, simon_stages, stages, stopping
from trialwright.core.response import Assessment
from trialwright.core.terms import Response, Verdict

MET, NOT, MAYBE = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


# --- counting ---------------------------------------------------------------------------------------------------------


def listed(candidates: list[Candidate], first: int, future: int) -> dict[int, tuple[int, int]]:
    """Every way one by one: for each subject in or out, came or not; then each number of those still to come."""
    ways: dict[int, set[int]] = {}
    options = {MET: (True,), NOT: (False,), MAYBE: (True, False)}
    for members in product(*(options[one.member] for one in candidates)):
        for events in product(*(options[one.event] for one in candidates)):
            counted = [event for inside, event in zip(members, events, strict=True) if inside][:first]
            more = min(first - len(counted), future)
            for extra in range(more + 1):
                ways.setdefault(len(counted) + more, set()).add(sum(counted) + extra)
    return {size: (min(sums), max(sums)) for size, sums in ways.items()}


verdicts = st.sampled_from([MET, NOT, MAYBE])
candidates = st.lists(st.builds(Candidate, st.just("x"), verdicts, verdicts), max_size=4)


@given(candidates, st.integers(1, 7), st.integers(0, 4))
def test_the_count_is_that_of_every_way_listed_one_by_one(found, first, future) -> None:
    assert possible(found, first, future).by_members == listed(found, first, future)


@given(candidates, st.integers(1, 7), st.integers(0, 4), st.data())
def test_learning_one_answer_never_widens_the_count(found, first, future, data) -> None:
    place = data.draw(st.integers(0, max(len(found) - 1, 0)))
    if found and found[place].event is MAYBE:
        before = possible(found, first, future)
        found[place] = replace(found[place], event=data.draw(st.sampled_from([MET, NOT])))
        after = possible(found, first, future)
        assert before.least <= after.least <= after.most <= before.most


# --- subjects ---------------------------------------------------------------------------------------------------------

DAY_1 = day("2025-03-03")
ON = day("2025-06-01")


def subject(number: int, *events, response: Response | None = None, treated: bool = True, **others) -> Watched:
    """A registered subject, treated unless said otherwise, with one assessment on 30 March where it has a response."""
    told = [screened("2025-02-20"), registered("2025-02-28"), *([course(1, DAY_1)] if treated else []), *events]
    seen = (Assessment(day("2025-03-31"), "", response),) if response else ()
    one = case(*told, assessed=tuple((each.on, each.response) for each in seen), **others)
    return Watched(replace(one, record=replace(one.record, subject=f"{SITE}-{number:03}")), seen)


GONE = (ended("2025-04-01"), left("2025-04-02"))
"""Treatment ended and the subject left."""


# --- stopping rules ---------------------------------------------------------------------------------------------------


def rules(rule: dict, planned: int = 10):
    design = {
        "id": "d",
        "accrual": {"id": "accrual", "planned": planned},
        "sites": [{"id": SITE, "name": "n", "time_zone": "UTC"}],
    }
    return protocol(design=design, safety={"stopping": [{"id": "stop", "quotes": ["too many"], **rule}]})


def the_rule(rule: dict, *watched: Watched, planned: int = 10, on=ON):
    (found,) = stopping(rules(rule, planned), watched, on)
    return found


def deaths(number: int, of: int) -> list[Watched]:
    """So many subjects, of whom the first so many died; the others left."""
    died = [subject(one, form("2025-04-01", {"death/1": {"on": "2025-04-01"}})) for one in range(1, number + 1)]
    return died + [subject(one, *GONE) for one in range(number + 1, of + 1)]


@pytest.mark.parametrize(
    ("died", "state", "decision"),
    [(1, "open", "continue"), (2, "crossed", "suspend accrual"), (3, "crossed", "suspend accrual")],
)
def test_a_number_below_at_and_above_the_limit(died, state, decision) -> None:
    found = the_rule({"deaths": True, "first": 6, "at_least": 2}, *deaths(died, 4))
    assert (found.state, found.decision, len(found.counted), found.of) == (state, decision, died, 4)


def test_a_rule_that_nothing_can_cross_any_more_is_told_as_that() -> None:
    found = the_rule({"deaths": True, "first": 6, "at_least": 2}, *deaths(0, 5))
    assert (found.state, found.most) == ("can no longer be crossed", 1)
    assert the_rule({"deaths": True, "first": 6, "at_least": 2}, *deaths(1, 5)).state == "open"


def test_those_after_the_first_so_many_do_not_count() -> None:
    assert (
        the_rule({"deaths": True, "first": 2, "at_least": 2}, *deaths(0, 2), *deaths(2, 2)).state
        == "can no longer be crossed"
    )


COUNT = {"counts": {"measure": "anc", "is": "< 500 /mm3"}, "first": 3, "at_least": 2}


def count(number: int, value: str | None, *events) -> Watched:
    return subject(number, *([form("2025-03-10", {"anc on 2025-03-10": value})] if value else []), *events)


@pytest.mark.parametrize(
    ("values", "state", "best", "worst"),
    [
        (["400 /mm3", "3000 /mm3"], "open", 1, 1),
        (["400 /mm3", "499 /mm3"], "crossed", 2, 2),
        (["400 /mm3", "500 /mm3"], "open", 1, 1),
        (["400 /mm3", None], "may be crossed", 1, 2),
        ([None, None, "3000 /mm3"], "may be crossed", 0, 2),
        (["3000 /mm3", None], "open", 0, 1),
    ],
)
def test_a_subject_without_data_is_counted_both_ways(values, state, best, worst) -> None:
    found = the_rule(COUNT, *(count(number, value) for number, value in enumerate(values, 1)))
    assert (found.state, found.best, found.worst) == (state, best, worst)
    assert found.unknown == tuple(f"S01-{number:03}" for number, value in enumerate(values, 1) if value is None)
    assert found.halts is (state in ("crossed", "may be crossed"))


def test_what_came_after_the_time_of_the_rule_does_not_count() -> None:
    late = subject(
        1, form("2025-04-10", {"anc on 2025-04-10": "400 /mm3"}), form("2025-03-10", {"anc on 2025-03-10": "3000 /mm3"})
    )
    timed = {"counts": {"measure": "anc", "is": "< 500 /mm3"}, "at_least": 1}
    assert the_rule({**timed, "within": "5 weeks"}, late).counted == ()
    assert the_rule({**timed, "within": "6 weeks"}, late).counted == ("S01-001",)


@pytest.mark.parametrize(
    ("died", "of", "state"),
    [
        (1, 3, "open"),
        (1, 4, "open"),
        (2, 5, "crossed"),
        (1, 5, "open"),
        (2, 7, "open"),
        (2, 6, "crossed"),
        (3, 9, "crossed"),
    ],
)
def test_a_share_of_those_so_far_from_so_many_subjects_on(died, of, state) -> None:
    share = {"deaths": True, "share": "33 %", "from_subjects": 4}
    assert the_rule(share, *deaths(died, of)).state == state


def test_a_share_that_those_still_to_come_cannot_reach_is_told_as_that() -> None:
    share = {"deaths": True, "share": "33 %", "from_subjects": 4}
    assert the_rule(share, *deaths(0, 9)).state == "can no longer be crossed"  # 1 of 10 at most
    assert the_rule(share, *deaths(0, 6)).state == "open"  # 4 of 10


def test_without_a_rule_nothing_is_asked() -> None:
    assert stopping(protocol(), [], ON) == () and stages(protocol(), [], ON) == ()


# --- stages -----------------------------------------------------------------------------------------------------------

RATE = {"id": "rate", "quotes": ["response rate"], "label": "Response", "level": "primary", "variable": "best response"}


def staged(*gates: dict, planned: int = 29):
    design = {
        "id": "d",
        "accrual": {"id": "accrual", "planned": planned},
        "stages": [{"quotes": ["stage"], **each} for each in gates],
        "sites": [{"id": SITE, "name": "n", "time_zone": "UTC"}],
    }
    return protocol(design=design, endpoints=[RATE])


SIMON = simon_two_stage(0.10, 0.30, 0.05, 0.20).optimal
TWO_STAGES = staged(*simon_stages(SIMON, "rate"))


def patients(responding: int, not_responding: int, open_: int = 0) -> list[Watched]:
    """So many with a response, so many who progressed, so many of whom it is not known yet."""
    kinds = [Response.PR] * responding + [Response.PD] * not_responding + [Response.SD] * open_
    return [subject(number, response=one) for number, one in enumerate(kinds, 1)]


@pytest.mark.parametrize(
    ("responding", "progressed", "waiting", "decision"),
    [
        (1, 9, 0, "stop"),
        (2, 8, 0, "continue"),
        (3, 7, 0, "continue"),
        (2, 0, 0, "continue"),  # certain before ten are known
        (1, 8, 1, "wait"),
        (0, 9, 1, "stop"),  # one more cannot be enough
        (1, 8, 0, "open"),
        (0, 9, 0, "stop"),
        (0, 8, 0, "open"),
    ],
)
def test_the_first_gate_of_simons_design_one_of_ten(responding, progressed, waiting, decision) -> None:
    gate = stages(TWO_STAGES, patients(responding, progressed, waiting), ON)[0]
    assert (gate.decision, gate.halts) == (decision, decision in ("stop", "wait"))
    assert len(gate.waiting) == (waiting if decision == "wait" else 0)


@pytest.mark.parametrize(("responding", "says"), [(5, "the drug is called inactive"), (6, "the drug is called active")])
def test_the_end_of_the_design_five_of_29(responding, says) -> None:
    final = stages(TWO_STAGES, patients(responding, 29 - responding), ON)[1]
    assert says in final.says and final.of == 29 and not (final.halts and responding == 6)


def test_an_earlier_subject_who_may_turn_out_evaluable_keeps_the_gate_waiting() -> None:
    """Nine progressed, one has no assessment yet, the eleventh responded and another did: who is among the ten?"""
    early = subject(0)
    rest = patients(0, 8)
    responders = [subject(20, response=Response.PR), subject(21, response=Response.PR)]
    gate = stages(TWO_STAGES, [early, *rest, *responders], ON)[0]
    assert gate.decision == "wait" and gate.waiting == ("S01-000",)
    gone = stages(TWO_STAGES, [subject(0, *GONE), *rest, *responders], ON)[0]
    assert gone.decision == "continue"


def test_a_gate_that_does_not_pause_lets_accrual_go_on_while_it_waits() -> None:
    gate = {**simon_stages(SIMON, "rate")[0], "pause": False}
    (first,) = stages(staged(gate), patients(1, 8, 1), ON)
    assert (first.decision, first.halts) == ("wait", False)


def test_only_confirmed_responses_count_where_the_gate_asks_for_it() -> None:
    seen = subject(1, response=Response.PR)
    later = Assessment(day("2025-05-01"), "", Response.PR)
    confirmed = Watched(
        replace(seen.case, assessed=(*seen.case.assessed, (later.on, later.response))), (*seen.assessments, later)
    )
    gate = staged({"id": "g", "after": 1, "endpoint": "rate", "continue_if_more_than": 0, "confirmed": True})
    assert stages(gate, [seen], ON)[0].decision == "wait"
    assert stages(gate, [confirmed], ON)[0].decision == "continue"


def test_after_the_time_for_a_response_none_is_waited_for() -> None:
    gate = {"id": "g", "after": 1, "endpoint": "rate", "continue_if_more_than": 0}
    assert stages(staged(gate), patients(0, 0, 1), ON)[0].decision == "wait"
    assert stages(staged({**gate, "within": "12 weeks"}), patients(0, 0, 1), ON)[0].decision == "stop"


def test_the_chance_to_stop_at_the_first_gate_is_that_of_the_design() -> None:
    """Every outcome of ten patients through the live gate, weighed by the null rate of 10 % (Simon 1989: .736)."""
    stops = [
        number for number in range(11) if stages(TWO_STAGES, patients(number, 10 - number), ON)[0].decision == "stop"
    ]
    chance = sum(comb(10, number) * 0.1**number * 0.9 ** (10 - number) for number in stops)
    assert chance == pytest.approx(SIMON.early_stop) and chance == pytest.approx(0.736, abs=5e-4)
