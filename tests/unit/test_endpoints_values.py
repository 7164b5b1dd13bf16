"""Values at encounters, changes from baseline, populations, readiness: a study of two arms outside oncology."""

from fractions import Fraction

import pytest

from builders import SITE, SUBJECT, case, course, day, ended, form, left, limits, protocol, registered, screened
from trialwright.core.endpoints import (
    Populations,
    analysis_set,
    changes_from_baseline,
    populations,
    readiness,
    subject_endpoints,
    values_at,
)
from trialwright.core.ledger import ArmAllocated
from trialwright.core.subject import Case
from trialwright.core.terms import Response, Verdict
from trialwright.standards.loading import load_standards

ENCOUNTERS = [
    {"id": "baseline", "label": "Baseline", "epoch": "screening", "anchor": "first_dose", "window": [7, 0]},
    {"id": "week_12", "label": "Week 12", "epoch": "treatment", "anchor": "first_dose", "offset": "12 weeks",
     "window": [7, 7]},
    {"id": "last_course", "label": "Course 2", "epoch": "treatment", "anchor": "course", "courses": "2", "day": 1},
]  # fmt: skip
SPECIMENS = [
    {"id": "blood", "label": "Blood", "matrix": "blood", "encounters": ["baseline", "week_12"],
     "assays": [{"id": "cytokines", "label": "Cytokines", "analytes": ["il_2", "il_4"]}]}
]  # fmt: skip
ENDPOINTS = [
    {"id": "pressure", "label": "Change of pressure", "level": "primary", "variable": "change from baseline",
     "concepts": ["pressure"], "baseline": "baseline", "at": ["week_12"], "against": "arm",
     "ready_when": "encounter_done"},
    {"id": "markers", "label": "Markers", "level": "secondary", "variable": "change from baseline",
     "concepts": ["cytokines"], "baseline": "baseline", "at": ["week_12"], "ready_when": "encounter_done"},
    {"id": "level", "label": "Pressure", "level": "other", "variable": "value", "concepts": ["pressure"],
     "at": ["week_12"]},
    {"id": "controlled", "label": "Controlled", "level": "secondary", "variable": "proportion", "at": ["week_12"],
     "condition": {"measure": "pressure", "is": "< 140 mg/dL"}},
    {"id": "course_2", "label": "Course 2", "level": "other", "variable": "value", "concepts": ["pressure"],
     "at": ["last_course"], "ready_when": "encounter_done"},
    {"id": "progressed", "label": "P", "level": "other", "variable": "time to event", "events": ["progression"],
     "ready_when": "all_progressed"},
    {"id": "either", "label": "P", "level": "other", "variable": "time to event", "events": ["progression", "death"],
     "ready_when": "all_progressed_or_dead"},
    {"id": "safety", "label": "Safety", "level": "other", "variable": "worst grade", "safety_days": 30,
     "ready_when": "last_safety_day"},
]  # fmt: skip
ARMS = [{"id": "A", "label": "Drug"}, {"id": "B", "label": "Placebo"}]
STUDY = protocol(encounters=ENCOUNTERS, specimens=SPECIMENS, endpoints=ENDPOINTS, arms=ARMS)
BY_ID = {one.id: one for one in STUDY.endpoints}
# First dose 3 March 2025; 12 weeks later is 26 May.
WEEK_0, WEEK_12, CUT = "2025-03-01", "2025-05-26", "2025-12-31"


def allocated(arm: str) -> ArmAllocated:
    who = {"actor": "a", "role": "r", "site": SITE, "subject": SUBJECT}
    return ArmAllocated(**who, occurred=day("2025-02-26"), arm=arm)


def subject(*events, items=None, assessed=(), arm="B") -> Case:
    told = (registered("2025-02-26", "2025-03-03"), allocated(arm), course(1, "2025-03-03"), *events)
    return case(*told, items=items, on="2025-06-30", protocol=STUDY, assessed=assessed)


def at_visit(encounter: str, on: str, items: dict):
    return form(on, {f"visit/{encounter}": {"on": on, "done": "yes"}, **items}, encounter=encounter)


# ---- changes ----


def test_a_change_is_the_value_at_the_encounter_less_that_at_baseline_in_the_unit_of_the_baseline() -> None:
    of = subject(
        at_visit("baseline", WEEK_0, {"pressure/baseline/value": "160 mg/dL"}),
        at_visit("week_12", WEEK_12, {"pressure/week_12/value": "1.32 g/L"}),
    )
    (one,) = changes_from_baseline(BY_ID["pressure"], of, day(CUT))
    assert (one.subject, one.arm, one.variable, one.unit) == (SUBJECT, "B", "pressure", "mg/dL")
    assert (one.change, one.percent) == (-28, Fraction(-35, 2))  # 132 - 160; 28 of 160 is 17.5 percent


@pytest.mark.parametrize(
    ("first", "later", "why"),
    [
        ({"pressure/baseline/value": "160 mg/dL"}, {}, "no pressure at week_12"),
        ({}, {"pressure/week_12/value": "132 mg/dL"}, "no pressure at baseline"),
        ({"pressure/baseline/value": "160 mg/dL"}, {"pressure/week_12/value": "132 cm"}, "cannot be read as"),
        ({"pressure/baseline/value": "160 mg/dL"}, {"pressure/week_12/value": "high"}, "is given as high"),
    ],
)
def test_without_both_values_in_units_that_go_together_there_is_no_change_and_the_reason_is_said(
    first, later, why
) -> None:
    of = subject(at_visit("baseline", WEEK_0, first), at_visit("week_12", WEEK_12, later))
    (one,) = changes_from_baseline(BY_ID["pressure"], of, day(CUT))
    assert (one.change, one.percent) == (None, None)
    assert why in one.why


@pytest.mark.parametrize(
    "items",
    [
        {"pressure/week_12/value": "132 mg/dL"},
        {"pressure/p7": {"value": "132 mg/dL", "encounter": "week_12"}},
        {"pressure/u1": {"value": "132 mg/dL", "on": WEEK_12}},
    ],
    ids=["by its instance", "by the encounter it names", "by the day of the visit"],
)
def test_a_value_belongs_to_an_encounter_by_its_instance_its_encounter_or_its_day(items) -> None:
    told = form(WEEK_12, {"visit/week_12": {"on": WEEK_12, "done": "yes"}})
    (one,) = values_at(BY_ID["level"], subject(told, form("2025-06-30", items)), "week_12", day(CUT))
    assert str(one.value) == "132 mg/dL"


def test_of_several_values_at_an_encounter_the_latest_counts_and_two_of_one_day_that_differ_are_none() -> None:
    def measured(*days: str):
        items = {f"pressure/{n}": {"value": f"{130 + n} mg/dL", "on": on} for n, on in enumerate(days)}
        (one,) = values_at(BY_ID["level"], subject(at_visit("week_12", WEEK_12, items)), "week_12", day(CUT))
        return str(one.value)

    assert measured("2025-05-25", "2025-05-26") == "131 mg/dL"
    assert measured("2025-05-26", "2025-05-26") == "None"


def test_an_assay_has_a_change_for_each_analyte() -> None:
    def result(encounter: str, analyte: str, value: str) -> dict:
        told = {"specimen": "blood", "encounter": encounter, "assay": "cytokines", "analyte": analyte, "value": value}
        return {f"assay/blood.{encounter}.cytokines.{analyte}": told}

    items = result("baseline", "il_2", "10") | result("week_12", "il_2", "15") | result("baseline", "il_4", "3")
    il_2, il_4 = changes_from_baseline(BY_ID["markers"], subject(items=items), day(CUT))
    assert (il_2.variable, il_2.change, il_2.percent) == ("cytokines.il_2", 5, 50)
    assert (il_4.change, il_4.why) == (None, "no cytokines.il_4 at week_12")


def test_a_change_from_a_baseline_of_0_has_no_percent() -> None:
    items = {"pressure/baseline/value": "0 mg/dL", "pressure/week_12/value": "2 mg/dL"}
    (one,) = changes_from_baseline(BY_ID["pressure"], subject(items=items), day(CUT))
    assert (one.change, one.percent) == (2, None)


def test_all_endpoints_of_a_study_without_a_disease_to_assess_are_there_for_one_subject() -> None:
    of = subject(
        at_visit("baseline", WEEK_0, {"pressure/baseline/value": "160 mg/dL"}),
        at_visit("week_12", WEEK_12, {"pressure/week_12/value": "132 mg/dL"}),
    )
    answer = subject_endpoints(of, (), day(CUT))
    assert answer.changes["pressure"][0].change == -28
    assert str(answer.values["level"][0].value) == "132 mg/dL"
    assert answer.answers["controlled"].verdict is Verdict.MET
    before = subject_endpoints(of, (), day("2025-05-25"))
    assert before.changes["pressure"][0].change is None
    assert before.answers["controlled"].missing == ("week_12",)


# ---- populations ----

PR = (day("2025-04-01"), Response.PR)
PD = (day("2025-05-01"), Response.PD)
NE = (day("2025-04-01"), Response.NE)


def test_planned_registered_treated_and_evaluable_are_four_numbers() -> None:
    cases = [
        case(screened("2025-02-01"), protocol=STUDY),
        case(registered("2025-02-26", "2025-03-03"), protocol=STUDY),
        subject(),
        subject(assessed=(NE,)),
        subject(assessed=(PR,)),
    ]
    assert populations(cases, STUDY, day(CUT)) == Populations(planned=10, registered=4, treated=3, evaluable=1)
    assert populations(cases, STUDY, day("2025-03-31")) == Populations(10, 4, 3, 0)
    assert populations(cases, STUDY, day("2025-03-02")) == Populations(10, 4, 0, 0)
    assert populations(cases, STUDY, day("2025-02-25")) == Populations(10, 0, 0, 0)
    assert len(analysis_set(cases, "allocated", day(CUT))) == 3
    assert analysis_set(cases, "registered", day(CUT), sites=("S02",)) == ()


def test_a_population_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="is no population; write registered"):
        analysis_set([], "everybody", day(CUT))


# ---- readiness ----


def ready(endpoint: str, *cases: Case, on: str = CUT, over: bool = True):
    found = readiness(BY_ID[endpoint], cases, STUDY, day(on), accrual_over=over)
    return found.ready, len(found.waiting), len(found.no_longer)


DEAD = form("2025-06-01", {"death/1": {"on": "2025-06-01"}})


def test_an_endpoint_waits_for_every_treated_subject_that_has_not_progressed() -> None:
    assert ready("progressed", subject(assessed=(PD,)), subject(assessed=(PR,))) == (False, 1, 0)
    assert ready("progressed", subject(assessed=(PD,))) == (True, 0, 0)
    assert ready("progressed", subject(assessed=(PD,)), on="2025-04-30") == (False, 1, 0)


def test_who_died_or_left_can_no_longer_progress_and_keeps_nothing_from_being_ready_but_is_named() -> None:
    assert ready("progressed", subject(DEAD), subject(left("2025-06-01"))) == (True, 0, 2)
    assert ready("either", subject(DEAD), subject(left("2025-06-01"))) == (True, 0, 1)


def test_while_subjects_are_still_to_be_registered_an_endpoint_that_waits_is_not_ready() -> None:
    found = readiness(BY_ID["either"], [subject(DEAD)], STUDY, day(CUT))
    assert (found.ready, found.to_accrue, found.of) == (False, 9, 1)


@pytest.mark.parametrize(("on", "is_ready"), [("2025-07-15", False), ("2025-07-16", True)])
def test_safety_is_ready_after_30_days_from_the_last_dose(on, is_ready) -> None:
    # last dose 15 June: the 30th day after it is 15 July
    assert ready("safety", subject(ended("2025-06-20", last_dose="2025-06-15")), on=on)[0] is is_ready
    assert ready("safety", subject(), on=on)[0] is False


def test_an_encounter_is_passed_when_it_was_done_or_its_window_is_over() -> None:
    assert ready("pressure", subject(), on="2025-06-02") == (False, 1, 0)
    assert ready("pressure", subject(), on="2025-06-03") == (True, 0, 0)
    assert ready("pressure", subject(at_visit("week_12", WEEK_12, {})), on=WEEK_12) == (True, 0, 0)


def test_a_visit_of_a_course_that_never_came_is_not_waited_for_once_treatment_has_ended() -> None:
    assert ready("course_2", subject(), on="2025-04-15") == (False, 1, 0)
    assert ready("course_2", subject(ended("2025-03-20")), on="2025-04-15") == (True, 0, 0)


# ---- worst grades ----


@pytest.mark.parametrize(("on", "grade"), [("2025-03-10", 3), ("2025-06-14", 3), ("2025-06-15", None)])
def test_the_worst_grade_counts_up_to_the_days_of_safety_after_the_last_dose(on, grade) -> None:
    # last dose 15 May and 30 days: to 14 June; 900 neutrophils per mm3 are grade 3 from below 1000 to 500 (CTCAE 3.0)
    graded = protocol(endpoints=ENDPOINTS[-1:], standards={"toxicity": "ctcae/3.0"})
    standards = load_standards(graded)
    told = (
        registered("2025-02-26", "2025-03-03"),
        course(1, "2025-03-03"),
        ended("2025-05-20", last_dose="2025-05-15"),
    )
    items = {"anc on 2025-03-01": "2000 /mm3", f"anc on {on}": "900 /mm3"}
    of = case(
        *told, items=items, on="2025-06-30", protocol=graded, units=standards.units, concepts=standards.concepts,
        ranges=(limits("anc", low="1800 /mm3"),),
    )  # fmt: skip
    found = subject_endpoints(of, (), day(CUT), standards.toxicity).grades["safety"]
    assert [one.number for one in found.values() if one] == ([grade] if grade else [])


def told(endpoint: str, *cases: Case, on: str = CUT):
    found = readiness(BY_ID[endpoint], cases, STUDY, day(on), accrual_over=True)
    return [(one.because, str(one.since)) for one in (*found.awaited, *found.never)], found.reached


def test_who_is_waited_for_is_told_with_what_has_not_come_and_since_when() -> None:
    assert told("progressed", subject(assessed=(PR,))) == (
        [("no progression documented, last assessed on 2025-04-01", "2025-03-03")],
        False,
    )
    assert told("progressed", subject(assessed=(NE,)))[0] == [
        ("no progression documented, not assessed since the first dose", "2025-03-03")
    ]
    assert told("safety", subject())[0] == [("treatment has not ended", "2025-03-03")]
    off = ended("2025-06-20", last_dose="2025-06-15")
    assert told("safety", subject(off), on="2025-06-30")[0] == [
        ("in the time of safety after the last dose, up to 2025-07-15", "2025-06-15")
    ]
    assert told("pressure", subject(), on="2025-05-30")[0] == [
        ("Week 12 is overdue, planned for 2025-05-26", "2025-05-26")
    ]


def test_who_never_will_is_told_with_the_day_and_the_reason_and_the_time_frame_is_never_reached() -> None:
    assert told("progressed", subject(DEAD)) == (
        [("died before: no progression documented, not assessed since the first dose", "2025-06-01")],
        False,
    )
    assert told("progressed", subject(left("2025-06-01", "lost to follow-up")))[0] == [
        ("off study (lost to follow-up) before: no progression documented, not assessed since the first dose",
         "2025-06-01")
    ]  # fmt: skip
    assert told("progressed", subject(assessed=(PD,))) == ([], True)
    assert told("progressed") == ([], False)  # nobody was treated, so nobody reached it


def test_after_death_no_toxicity_is_waited_for() -> None:
    assert told("safety", subject(DEAD), on="2025-06-02") == ([], True)
