"""Strategies for intercurrent events, and variants of an endpoint beside it, each worked by hand.

Treatment from 3 March 2025 in courses of 28 days; the disease is assessed on day 28 of each course (30 March, 27 April,
25 May, 22 June), 3 days before to 3 days after. Days are counted with both ends: to 30 March 28, to 27 April 56.
"""

from __future__ import annotations

import pytest

from builders import case, course, day, ended, form, protocol, registered
from trialwright.core.endpoints import ROWS, SubjectEndpoints, best_of, estimand, subject_endpoints
from trialwright.core.protocol import STRATEGIES, Strategy, Variable
from trialwright.core.protocol.endpoints import asked_of
from trialwright.core.response import Assessment
from trialwright.core.terms import Response

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
ENCOUNTERS = [
    {"id": "baseline", "label": "Baseline", "epoch": "screening", "anchor": "first_dose", "window": [28, 0],
     "collect": ["disease_assessment"]},
    {"id": "assessment", "label": "Assessment", "epoch": "treatment", "anchor": "course", "day": 28, "window": [3, 3],
     "collect": ["disease_assessment"]},
    {"id": "follow_up", "label": "Follow-up", "epoch": "follow-up", "anchor": "end_of_treatment", "every": "3 months",
     "until": "1 year", "window": [14, 14], "collect": ["disease_assessment", "vital_status"]},
]  # fmt: skip


def does(event: str, strategy: str) -> list[dict[str, str]]:
    return [{"event": event, "strategy": strategy}]


VARIANTS = [
    {"id": "counts", "label": "C", "intercurrent": does("new treatment", "composite")},
    {"id": "passed", "label": "P", "intercurrent": does("new treatment", "treatment policy")},
    {"id": "stops", "label": "S", "intercurrent": does("treatment stopped", "composite")},
    {"id": "treated", "label": "T", "intercurrent": does("treatment stopped", "while on treatment")},
    {"id": "claims", "label": "L", "intercurrent": does("clinical progression", "composite")},
    {"id": "as_if", "label": "H", "intercurrent": does("clinical progression", "hypothetical")},
    {"id": "missed", "label": "M", "intercurrent": does("missed assessments", "treatment policy")},
    {"id": "moved", "label": "N", "progression_on": "next visit"},
    {"id": "since", "label": "R", "since": "registration", "population": "registered"},
]
EITHER = ["progression", "death"]
ENDPOINTS = [
    {"id": "pfs", "label": "PFS", "level": "primary", "variable": "time to event", "events": EITHER,
     "variants": VARIANTS},
    {"id": "dor", "label": "DOR", "level": "primary", "variable": "duration of response", "events": EITHER,
     "variants": [{"id": "as_seen", "label": "A", "confirmed": False}]},
    {"id": "complete", "label": "DOCR", "level": "other", "variable": "duration of response", "events": EITHER,
     "responders": ["CR"]},
    {"id": "os", "label": "OS", "level": "other", "variable": "time to event", "events": ["death"],
     "variants": [{"id": "os_until", "label": "U", "intercurrent": does("new treatment", "hypothetical")}]},
    {"id": "ttr", "label": "TTR", "level": "other", "variable": "time to event", "events": ["response"]},
    {"id": "ttp", "label": "TTP", "level": "other", "variable": "time to event", "events": ["progression"]},
]  # fmt: skip
STUDY = protocol(encounters=ENCOUNTERS, endpoints=ENDPOINTS, response={"id": "response", "confirm_after_days": 28})
BASELINE = form("2025-02-25", {"disease_assessment/baseline": {"on": "2025-02-25", "complete": "yes"}})
A1, A2, A3, A4 = "2025-03-30", "2025-04-27", "2025-05-25", "2025-06-22"
COURSES = (course(1, "2025-03-03"), course(2, "2025-03-31"), course(3, "2025-04-28"), course(4, "2025-05-26"))


def seen(on: str, response: Response, **parts) -> Assessment:
    return Assessment(day(on), "assessment", response, **parts)


def told(assessments, *events, cut="2025-12-31", courses=COURSES, study=STUDY) -> SubjectEndpoints:
    subject = case(registered("2025-02-20", "2025-03-03"), BASELINE, *courses, *events, protocol=study)
    return subject_endpoints(subject, assessments, day(cut))


def ends(name: str, assessments, *events, **others) -> tuple[str, bool, str]:
    answer = told(assessments, *events, **others)
    time = {**answer.times, **answer.variants}[name]
    return str(time.end), time.event, time.row


def died(on: str):
    return form(on, {"death/1": {"on": on}})


def new_therapy(on: str, number: int = 1):
    return form("2025-07-01", {f"new_therapy/{number}": {"code": "other", "start": on}})


TWICE = [seen(A1, SD), seen(A2, SD)]


# ---- another treatment ----


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pfs", (A2, False, "before_new_treatment")),
        ("counts", ("2025-05-05", True, "new_treatment_counts")),
        ("passed", (A3, True, "progression")),
        ("ttp", (A2, False, "before_new_treatment")),
        ("os", (A3, False, "alive")),
        ("os_until", ("2025-05-05", False, "before_new_treatment")),
    ],
)
def test_another_treatment_before_progression_by_each_strategy(name, expected) -> None:
    assert ends(name, [*TWICE, seen(A3, PD)], new_therapy("2025-05-05"), courses=COURSES[:3]) == expected


def test_another_treatment_counts_as_the_event_only_before_progression_and_never_after_death() -> None:
    assert ends("counts", [*TWICE, seen(A3, PD)], new_therapy("2025-05-26")) == (A3, True, "progression")
    assert ends("counts", [*TWICE, seen(A3, PD)], new_therapy(A3))[2] == "progression"
    assert ends("counts", TWICE, died("2025-05-01"), new_therapy("2025-05-02"))[2] == "death_between"


def test_of_a_month_the_first_day_counts_as_the_event_and_the_words_say_so() -> None:
    answer = told([*TWICE, seen(A3, PD)], new_therapy("2025-05"))
    assert str(answer.variants["counts"].end) == "2025-05-01"
    assert "2025-05, the first day it can have been" in answer.variants["counts"].why


@pytest.mark.parametrize(
    ("therapies", "expected"),
    [
        (("2025-02-10",), (A3, True)),  # over and done before the first dose: given before
        (("2025-02",), (A3, True)),
        (("2025-03",), ("2025-03-03", False)),  # after the start perhaps, and before progression surely
        (("2025-02-10", "2025-05-05"), (A2, False)),
        (("2025-05-05", "2025-04-10"), (A1, False)),
    ],
)
def test_the_first_other_treatment_after_the_start_counts_and_what_was_given_before_is_none(
    therapies, expected
) -> None:
    events = [new_therapy(on, number) for number, on in enumerate(therapies, 1)]
    assert ends("pfs", [*TWICE, seen(A3, PD)], *events)[:2] == expected


def test_a_treatment_that_is_to_begin_after_the_cut_has_not_begun() -> None:
    assert ends("pfs", TWICE, new_therapy("2025-05-05"), cut="2025-05-04")[2] == "event_free"


# ---- a stop, a claim ----


@pytest.mark.parametrize(
    ("why", "name", "expected"),
    [
        ("toxicity", "pfs", (A3, True, "progression")),
        ("toxicity", "stops", ("2025-05-05", True, "stop_counts")),
        ("toxicity", "treated", (A2, False, "until_stopped")),
        ("toxicity", "claims", (A3, True, "progression")),
        ("completed", "stops", (A3, True, "progression")),
        ("completed", "treated", (A3, True, "progression")),
        ("progressive disease", "pfs", (A3, True, "progression")),
        ("progressive disease", "stops", (A3, True, "progression")),
        ("progressive disease", "claims", ("2025-05-05", True, "claim_counts")),
        ("progressive disease", "as_if", (A2, False, "until_claimed")),
        ("words nobody knows", "stops", ("2025-05-05", True, "stop_counts")),
    ],
)
def test_a_stop_and_a_claim_of_progression_by_each_strategy(why, name, expected) -> None:
    stopped = ended("2025-05-05", why)
    assert ends(name, [*TWICE, seen(A3, PD)], stopped, courses=COURSES[:3]) == expected


@pytest.mark.parametrize(
    ("why", "row"),
    [("toxicity", "stopped_only"), ("progression", "claimed_only"), ("completed", "event_free")],
)
def test_without_an_event_the_row_says_how_treatment_ended_and_the_day_is_the_same(why, row) -> None:
    assert ends("pfs", TWICE, ended("2025-05-05", why), courses=COURSES[:3]) == (A2, False, row)


def test_progression_judged_clinically_is_a_claim_on_its_day() -> None:
    judged = form("2025-05-01", {"progression_clinical on 2025-05-01": "yes"})
    assert ends("claims", TWICE, judged) == ("2025-05-01", True, "claim_counts")
    assert ends("pfs", TWICE, judged) == (A2, False, "claimed_only")
    assert ends("claims", [seen(A1, SD), seen(A2, PD)], judged)[2] == "progression"


def test_a_claim_on_the_day_progression_was_documented_is_no_claim() -> None:
    assert ends("claims", [seen(A1, SD), seen(A2, PD)], ended(A2, "progression"), courses=COURSES[:2]) == (
        A2,
        True,
        "progression",
    )


# ---- the day of progression ----


@pytest.mark.parametrize(
    ("on", "moved"),
    [
        (A2, A2),
        ("2025-04-24", "2025-04-24"),  # 3 days early: at the assessment of 27 April
        ("2025-04-23", A2),
        ("2025-04-30", "2025-04-30"),  # 3 days late
        ("2025-05-01", A3),
        ("2025-04-10", A2),
    ],
)
def test_progression_between_planned_assessments_moves_to_the_next_one(on, moved) -> None:
    assert ends("moved", [seen(A1, SD), seen(on, PD)])[:2] == (moved, True)
    assert ends("pfs", [seen(A1, SD), seen(on, PD)])[:2] == (on, True)


def test_a_moved_day_lies_after_neither_death_nor_cut_and_what_came_first_is_asked_before_it_is_moved() -> None:
    between = [seen(A1, SD), seen("2025-04-10", PD)]
    assert ends("moved", between, died("2025-04-20"))[:2] == ("2025-04-20", True)
    assert ends("moved", between, cut="2025-04-15")[:2] == ("2025-04-15", True)
    assert ends("moved", between, new_therapy("2025-04-12"))[:2] == (A2, True)


def test_after_the_last_course_the_day_planned_next_is_that_of_follow_up_or_a_cycle_on() -> None:
    # treatment stopped for progression of 10 June: the fourth course would have been assessed on 22 June
    stopped = ended("2025-06-10", "progression", last_dose="2025-06-10")
    assert ends("moved", [*TWICE, seen(A3, SD), seen("2025-06-10", PD)], stopped)[:2] == (A4, True)


def test_new_disease_counts_on_the_day_it_was_seen_and_a_score_when_its_last_part_was_measured() -> None:
    new = seen(A2, PD, events=("new tumor of the skin",), seen_on=day("2025-04-20"))
    assert ends("pfs", [seen(A1, SD), new]) == ("2025-04-20", True, "progression_between")
    assert f"the whole assessment done on {A2}" in told([seen(A1, SD), new]).times["pfs"].why
    score = seen(A2, PD, seen_on=day("2025-04-20"))
    assert ends("pfs", [seen(A1, SD), score])[0] == A2
    before_the_first_dose = seen(A1, PD, events=("new node",), seen_on=day("2025-03-01"))
    assert ends("pfs", [before_the_first_dose])[0] == "2025-03-03"


# ---- missed, and other starts ----


@pytest.mark.parametrize("name", ["pfs", "missed"])
def test_after_more_than_one_missed_assessment_by_each_strategy(name) -> None:
    late = [seen(A1, SD), seen(A4, PD)]  # more than 62 days after 30 March
    assert ends(name, late)[:2] == ((A1, False) if name == "pfs" else (A4, True))
    assert ends(name, [seen(A1, SD)], died(A4))[:2] == ((A1, False) if name == "pfs" else (A4, True))


def test_counted_from_registration_an_assessment_before_the_first_dose_is_a_baseline() -> None:
    answer = told([seen(A1, PD)])
    assert (str(answer.variants["since"].start), answer.variants["since"].event) == ("2025-02-20", True)
    assert answer.variants["since"].days == 39  # 9 days of February and 30 of March


def test_who_was_never_treated_has_a_time_from_registration_alone() -> None:
    answer = told([], courses=())
    assert set(answer.variants) == {"since"}
    assert "pfs" not in answer.times


# ---- response ----


def test_a_response_after_another_treatment_is_none_unless_the_endpoint_says_so() -> None:
    after = [seen(A1, SD), seen(A2, PR), seen(A3, PR)]
    answer = told(after, new_therapy("2025-04-10"))
    assert (answer.best.response, answer.best.confirmed_response) == (SD, SD)
    assert {"dor", "as_seen"}.isdisjoint({**answer.times, **answer.variants})
    followed_on = {"id": "rate", "label": "R", "level": "primary", "variable": "best response",
                   "intercurrent": does("new treatment", "treatment policy")}  # fmt: skip
    study = protocol(encounters=ENCOUNTERS, endpoints=[*ENDPOINTS, followed_on])
    assert told(after, new_therapy("2025-04-10"), study=study).best.confirmed_response is PR


def test_an_assessment_of_the_day_another_treatment_began_counts() -> None:
    assert told([seen(A1, PR), seen(A2, PR)], new_therapy(A2)).best.confirmed_response is PR
    assert told([seen(A1, PR), seen(A2, PR)], new_therapy("2025-04-26")).best.confirmed_response is SD


def test_why_nothing_can_be_told_of_a_response_says_what_was_passed_over() -> None:
    best = told([seen(A2, PR)], new_therapy("2025-04-10")).best
    assert best.response is NE
    assert best.not_evaluable == (
        "no assessment since the first dose; what was assessed after the new treatment of 2025-04-10 does not count"
    )


def test_the_duration_of_complete_response_counts_from_the_first_confirmed_complete_one() -> None:
    answer = told([seen(A1, PR), seen(A2, CR), seen(A3, CR), seen(A4, PD)])
    assert (str(answer.times["dor"].start), str(answer.times["complete"].start)) == (A1, A2)
    assert (answer.times["complete"].days, answer.times["complete"].event) == (57, True)  # 56 days apart, both count
    assert "complete" not in told([seen(A1, PR), seen(A2, PR), seen(A3, CR)]).times


def test_a_response_seen_once_has_a_duration_only_where_responses_count_as_seen() -> None:
    answer = told([seen(A1, PR), seen(A2, PD)])
    assert "dor" not in answer.times
    assert (str(answer.variants["as_seen"].start), answer.variants["as_seen"].days) == (A1, 29)


def test_time_to_response_ends_without_one_at_progression_or_another_treatment() -> None:
    assert ends("ttr", [seen(A1, SD), seen(A2, PR), seen(A3, PR)]) == (A2, True, "responded")
    assert ends("ttr", [seen(A1, SD), seen(A2, PD), seen(A3, SD)]) == (A2, False, "no_response")
    assert ends("ttr", [*TWICE, seen(A3, SD)], new_therapy("2025-05-01")) == (A2, False, "no_response")


def test_best_response_is_none_before_the_first_dose() -> None:
    assert best_of(case(registered("2025-02-20"), protocol=STUDY), [], day(A1)) is None


def test_progression_documented_on_the_day_of_death_is_progression_of_that_day() -> None:
    assert ends("pfs", [seen(A1, SD), seen(A2, PD)], died(A2)) == (A2, True, "progression")
    assert ends("ttp", [seen(A1, SD), seen(A2, PD)], died(A2)) == (A2, True, "progression")
    assert ends("pfs", TWICE, died(A2)) == (A2, True, "death_between")


def test_what_was_assessed_after_death_counts_for_nothing_and_is_a_finding() -> None:
    answer = told([seen(A1, SD), seen(A2, PD)], died("2025-04-20"))
    assert (str(answer.times["pfs"].end), answer.times["pfs"].row) == ("2025-04-20", "death_between")
    assert any("after the death" in one.says for one in answer.findings)


def test_death_without_progression_ends_a_time_to_progression_and_is_told() -> None:
    answer = told(TWICE, died("2025-05-10"))
    assert (str(answer.times["ttp"].end), answer.times["ttp"].row) == (A2, "died_without")
    assert "death on 2025-05-10 without progression" in answer.times["ttp"].why


# ---- the table and the words ----


def test_every_row_is_an_event_or_a_censoring_with_its_day_in_words() -> None:
    assert all(one.situation and one.day and (one.kind != "") is one.event for one in ROWS.values())
    assert {one.table for one in ROWS.values()} == {"A", "B", "C", ""}


@pytest.mark.parametrize(
    "endpoint", [one for each in STUDY.endpoints for one in each.and_variants()], ids=lambda e: e.id
)
def test_every_endpoint_and_variant_has_all_attributes_of_an_estimand_in_words(endpoint) -> None:
    words = estimand(endpoint, STUDY)
    assert all((words.treatment, words.population, words.variable, words.summary, words.intercurrent))
    asked = {one.event for one in words.intercurrent} - {"death from any cause"}
    assert len(asked) == len(asked_of(endpoint))


def test_what_a_protocol_states_is_told_as_stated_and_the_rest_as_taken() -> None:
    pfs = STUDY.endpoints[0]
    taken = {one.event: (one.strategy, one.stated) for one in estimand(pfs, STUDY).intercurrent}
    stated = {
        one.event: (one.strategy, one.stated) for one in estimand(pfs.as_variant(pfs.variants[0]), STUDY).intercurrent
    }
    new = "another treatment of the disease is begun"
    assert (taken[new], stated[new]) == (("hypothetical", False), ("composite", True))


def test_a_variant_keeps_what_it_does_not_name() -> None:
    pfs = STUDY.endpoints[0]
    other = pfs.as_variant(next(one for one in pfs.variants if one.id == "counts"))
    assert other.strategy("new treatment") is Strategy.COMPOSITE
    assert other.strategy("missed assessments") is pfs.strategy("missed assessments") is Strategy.HYPOTHETICAL
    assert (other.events, other.since, other.variants) == (pfs.events, pfs.since, ())


def test_the_usual_strategies_are_those_of_table_a() -> None:
    usual = {event: options[0].value for event, options in STRATEGIES[Variable.TIME_TO_EVENT].items()}
    assert usual == {
        "new treatment": "hypothetical",
        "treatment stopped": "treatment policy",
        "clinical progression": "treatment policy",
        "missed assessments": "hypothetical",
    }
