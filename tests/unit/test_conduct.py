"""What holds for a subject and the trial, and which event is refused with which reason; facts are let in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import DRUG, SUBJECT, case, course, day, ended, form, protocol
from conducting import (
    DESIGN_OF_STUDY,
    HASH,
    STUDY,
    TRIAL,
    activated,
    counted,
    register,
    released,
    screened,
    study,
    trial,
    who,
)
from trialwright.core.conduct import (
    Trial,
    case_of,
    refusals,
    said_for_course,
    said_for_registration,
    subject_status,
    trial_status,
)
from trialwright.core.dosing import decide_dose
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.ledger import (
    ArmAllocated,
    Event,
    FormSubmitted,
    Said,
    ScreeningFailed,
    Signed,
    StudyOpened,
    SubjectMoved,
    SubstudyJoined,
)
from trialwright.core.protocol import Epoch
from trialwright.core.terms import Quantity


def says(event: Event, *before: Event, under: Trial = TRIAL) -> str:
    return " | ".join(f"{one.clause}: {one.says}" for one in refusals(under, study(*before), event))


READY = (activated(), activated("S02"), screened(), counted())
IN = (*READY, register())
TREATED = (*IN, course(1, "2025-03-03"))


# ---- registration ---------------------------------------------------------------------------------------------------


def test_an_eligible_subject_is_registered() -> None:
    assert says(register(), *READY) == ""


@pytest.mark.parametrize(
    ("before", "event", "because"),
    [
        ((activated(), screened()), register(), "anc: anc is unknown: no anc recorded. Missing: anc."),
        ((activated(), screened(), counted("1499")), register(), "anc: anc is not met"),
        ((screened(), counted()), register(), "No protocol version is in force"),
        ((activated("S02"), screened(), counted()), register(), "No protocol version is in force"),
        (IN, register(), "was registered on 2025-02-28 already"),
        ((activated(),), register(), "No subject S01-001 is known"),
        (READY, register(version="2"), "Version 1 is in force"),
        (READY, register(said="not eligible"), "The event says 'not eligible'"),
        (READY, register(site="S09"), "S09 is no site"),
        ((*READY, form("2025-03-01", {"consent_date/1/value": "2025-03-01"})), register(), "No consent"),
    ],
)
def test_a_registration_is_refused_with_its_reason(before, event, because) -> None:
    assert because in says(event, *before)


@pytest.mark.parametrize(("others", "refused"), [(0, False), (1, False), (2, True)])
def test_no_more_subjects_are_registered_than_planned(others, refused) -> None:
    before = [
        one
        for n in range(others)
        for one in (screened(f"S02-00{n}"), counted(subject=f"S02-00{n}"), register(f"S02-00{n}"))
    ]
    assert (
        "accrual: 2 subjects are registered; 2 are planned (2 patients)." in says(register(), *READY, *before)
    ) is refused


def test_what_happened_is_let_in_though_it_goes_against_the_rules() -> None:
    dose = {f"exposure/1/{name}": value for name, value in
            {"drug": DRUG, "course": 1, "dose": "50 mg", "first_dose": "2025-02-01"}.items()}  # fmt: skip
    assert says(form("2025-02-28", dose), activated(), screened()) == ""
    assert says(form("2025-12-24", {"anc on 2025-03-15": "10 /mm3"}), activated(), screened()) == ""


# ---- arms, courses, supply ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arm", "before", "because"),
    [
        ("A", IN, ""),
        ("C", IN, "There is no arm 'C'"),
        ("A", READY, "is not registered"),
        ("B", (*IN, ArmAllocated(**who("2025-03-01"), arm="A")), "is in arm A already"),
    ],
)
def test_an_arm_is_allocated_once_and_only_one_there_is(arm, before, because) -> None:
    said = says(ArmAllocated(**who("2025-03-02"), arm=arm), *before)
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize(
    ("event", "before", "because"),
    [
        (course(1, "2025-03-03"), IN, ""),
        (course(1, "2025-03-03", "0.010 g"), IN, ""),
        (course(1, "2025-03-03", "15 mg"), IN, "The dose is 10 mg, not 15 mg"),
        (course(2, "2025-03-03"), IN, "The next course is 1, not 2"),
        (course(1, "2025-03-03", drug="other"), IN, "No regimen"),
        (course(1, "2025-03-03"), READY, "not registered"),
        (course(2, "2025-03-30", "15 mg"), TREATED, "No course of examplinib starts on 2025-03-30: rest"),
        (course(2, "2025-03-31", "15 mg"), TREATED, "wait"),
        (course(2, "2025-03-31", "15 mg"), (*TREATED, ended("2025-03-30")), "stop"),
        (
            course(2, "2025-03-31", "15 mg"),
            (*TREATED, form("2025-03-31", {"pregnancy_test on 2025-03-31": "negative"})),
            "",
        ),
        (
            course(2, "2025-03-31", "15 mg"),
            (*TREATED, form("2025-03-31", {"pregnancy_test on 2025-03-31": "positive"})),
            "test: ",
        ),
    ],
)
def test_a_course_starts_only_as_the_rules_decide(event, before, because) -> None:
    said = says(event, *before)
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize(("days", "refused"), [(0, True), (20, False), (21, False), (22, True)])
def test_no_more_days_are_released_than_the_course_has(days, refused) -> None:
    tested = form("2025-03-03", {"pregnancy_test on 2025-03-03": "negative"})
    assert ("days' supply" in says(released(days), *TREATED, tested)) is refused
    assert ("Release at most" in str(refusals(TRIAL, study(*TREATED, tested, released(10)), released(12)))) is True
    assert says(released(11), *TREATED, tested, released(10)) == ""


def test_nothing_is_released_without_the_test_or_at_another_dose() -> None:
    every = replace(STUDY.regimen[0], release_when=(replace(STUDY.regimen[0].release_when[0], first_course=True),))
    strict = trial(replace(STUDY, regimen=(every,)))
    assert says(released(21), *TREATED) == "", "the gate is not for the first course"
    assert "test: " in says(released(21), *TREATED, under=strict)
    tested = form("2025-03-03", {"pregnancy_test on 2025-03-03": "negative"})
    assert "Due is course 1 at 10 mg, not course 1 at 15 mg" in says(released(21, "15 mg"), *TREATED, tested)


# ---- what cannot be a fact -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "because"),
    [
        ("anc/c1/value", Quantity.parse("1500 /mm3"), ""),
        ("anc/c1/value", Quantity.parse("1.5 10*9/L"), ""),
        ("anc/c1/value", Quantity.parse("1500 mg/dL"), "cannot be read as /mm3"),
        ("anc/c1/value", "many", "is no number"),
        ("ank/c1/value", "1", "No concept is named 'ank'; is 'anc' meant"),
        ("anc/c1/valve", "1", "has no field 'valve'; is 'value' meant"),
        ("anc/value", "1", "is no item"),
        ("anc/c1/on", "2025-02-28", ""),
        ("anc/c1/on", "2025-02", ""),
        ("anc/c1/on", "2025-02-30", "is no date"),
        ("anc/c1/on", "2025-03-11", ""),
        ("anc/c1/on", "2025-03-12", "lies in the future"),
        ("ecog/c1/value", "2", ""),
        ("ecog/c1/value", "3", "is no code"),
        ("fever/c1/value", "yes", ""),
        ("fever/c1/value", "perhaps", "neither yes nor no"),
        ("exposure/1/course", "1", ""),
        ("exposure/1/course", "one", "no whole number"),
    ],
)
def test_an_item_that_cannot_be_is_refused(path, value, because) -> None:
    from trialwright.core.ledger import Change

    at = datetime(2025, 3, 10, 12, tzinfo=UTC)
    event = FormSubmitted(**who("2025-03-10"), recorded=at, form="f", items=(Change(path, None, value),))
    said = says(event, *IN)
    assert because in said and bool(said) is bool(because)


def test_an_event_of_a_day_to_come_is_refused() -> None:
    at = datetime(2025, 3, 10, 12, tzinfo=UTC)
    assert "still to come" in says(replace(form("2025-03-12", {}), recorded=at), *IN)
    assert says(replace(form("2025-03-11", {}), recorded=at), *IN) == ""


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (screened(), "is a subject already"),
        (activated(version="9"), "There is no protocol version '9'"),
        (activated(file_hash="b" * 64), "has the hash"),
        (SubjectMoved(**who("2025-03-01"), version="9"), "There is no protocol version '9'"),
        (Signed(**who("2025-03-01"), meaning="review", content_hash="x", name="N"), "A signature needs"),
        (StudyOpened(**who("2025-03-01", None), study="EXAMPLE-1", kind="real"), "open already"),
    ],
)
def test_other_decisions_are_refused_where_they_cannot_hold(event, because) -> None:
    assert because in says(event, *IN)


def test_the_events_themselves_do_as_well_as_the_record() -> None:
    assert refusals(TRIAL, list(READY), register()) == []
    assert "already" in refusals(TRIAL, list(IN), register())[0].says


# ---- the version a subject is on ------------------------------------------------------------------------------------


def test_a_subject_stays_on_its_version_until_it_is_moved() -> None:
    second = replace(
        STUDY,
        version="2",
        regimen=(replace(STUDY.regimen[0], dose=replace(STUDY.regimen[0].dose, start=Quantity.parse("20 mg"))),),
    )
    both = trial(STUDY, second)
    later = replace(activated(version="2"), occurred=day("2025-03-01"))
    moved = SubjectMoved(**who("2025-03-10"), version="2")
    record = study(*IN, later, moved)
    assert case_of(both, record, SUBJECT, day("2025-03-09")).protocol.version == "1"
    assert case_of(both, record, SUBJECT, day("2025-03-10")).protocol.version == "2"


# ---- status ---------------------------------------------------------------------------------------------------------


def test_the_status_of_a_subject_says_where_it_stands_and_what_dose() -> None:
    said = subject_status(TRIAL, study(*TREATED), SUBJECT, day("2025-03-10"))
    assert (said.disposition.epoch, said.course, said.day) == (Epoch.TREATMENT, 1, 8)
    assert str(said.doses[DRUG].dose) == "10 mg" and said.doses[DRUG].because[0].clause == "regimen"
    assert said.next_change == day("2025-03-24")
    before = subject_status(TRIAL, study(*READY), SUBJECT, day("2025-02-26"))
    assert before.eligibility is not None and before.eligibility.word == "eligible"
    assert before.doses[DRUG].action == "none"


@pytest.mark.parametrize(("on", "ready"), [("2025-04-22", False), ("2025-04-23", True)])
def test_the_safety_endpoint_is_ready_after_the_last_safety_day(on, ready) -> None:
    said = trial_status(TRIAL, study(*TREATED, ended("2025-03-23", last_dose="2025-03-23")), day(on))
    assert {one.endpoint: one.ready for one in said.readiness} == {"pfs": False, "safety": ready}


def test_the_status_of_the_trial_keeps_planned_registered_and_treated_apart() -> None:
    other = [screened("S02-001", "S02"), counted(subject="S02-001"), register("S02-001", "S02", on="2025-03-05")]
    third = [screened("S02-002", "S02"), register("S02-002", "S02", on="2025-03-06")]
    said = trial_status(TRIAL, study(*TREATED, *other, screened("S02-009", "S02")), day("2025-03-10"))
    assert (said.planned, said.screened, said.registered, said.treated) == (2, 3, 2, 1)
    assert (said.by_site, said.accrual_by_month) == ({"S01": 1, "S02": 1}, {"2025-02": 1, "2025-03": 1})
    assert said.findings == ()
    over = trial_status(TRIAL, study(*TREATED, *other, *third), day("2025-03-10"))
    assert over.findings[0].clause == "accrual"


def test_what_the_program_says_carries_clauses_hash_and_version() -> None:
    one = case_of(TRIAL, study(*IN), SUBJECT, day("2025-03-03"))
    course_said = said_for_course(TRIAL, "1", decide_dose(one, STUDY.regimen[0], day("2025-03-03")))
    assert course_said == Said("10 mg once daily", ("regimen",), HASH, "0.1")
    assert said_for_registration(TRIAL, "1", judge_eligibility(one, day("2025-03-03"))).answer == "eligible"


def test_what_was_known_later_is_not_seen_earlier() -> None:
    record = study(*TREATED, form("2025-03-20", {"anc on 2025-03-20": "100 /mm3"}))
    first, again = (subject_status(TRIAL, record, SUBJECT, date(2025, 3, 10) + timedelta(days=n)) for n in (0, 0))
    assert first == again
    assert case(protocol=STUDY).facts(day("2025-03-19")).readings("anc") == ()


# ---- sub-studies ----------------------------------------------------------------------------------------------------

SUBSTUDY = {"id": "blood", "quotes": ["blood"], "label": "Blood", "sites": ["S01"], "target": 1, "offered_until": 1}


def test_a_sub_study_is_joined_at_its_sites_until_enough_have() -> None:
    design = {**DESIGN_OF_STUDY, "substudies": [SUBSTUDY]}
    under = trial(protocol(design=design))
    joins = [SubstudyJoined(**who("2025-03-01", name, site), substudy="blood")
             for name, site in (("A", "S01"), ("B", "S01"), ("C", "S02"))]  # fmt: skip
    known = (activated(), activated("S02"), screened("A"), screened("B"), screened("C", "S02"))
    assert says(joins[0], *known, under=under) == ""
    assert "offered until 1" in says(joins[1], *known, joins[0], under=under)
    assert "no part in it" in says(joins[2], *known, under=under)


# ---- whom screening turned away -------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [0, 1, 400])
def test_who_was_not_registered_is_told_as_on_the_day_that_decided_however_late_one_looks(later: int) -> None:
    """A count of 26 Feb is as fresh on the day screening ended as it was; a year behind it, nothing is asked for."""
    failed = ScreeningFailed(**who("2025-02-26"), said=Said("not eligible"), why="count too low")
    record, decided = study(*READY, failed), day("2025-02-26")
    then = judge_eligibility(case_of(TRIAL, record, SUBJECT, decided), decided)
    said = subject_status(TRIAL, record, SUBJECT, decided + timedelta(later))
    assert said.eligibility is not None
    assert [one.verdict for one in said.eligibility.criteria] == [one.verdict for one in then.criteria]
    assert said.eligibility.on == decided
