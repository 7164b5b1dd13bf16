"""Where a study stands in the registry's words, day by day: each status the day before it, on it, and after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import DRUG, changes, day
from conducting import STUDY, activated, register, screened, study, trial, who
from trialwright.core.conduct import refusals
from trialwright.core.ledger import (
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    CourseStarted,
    Event,
    FormSubmitted,
    Said,
    StudyLeft,
    StudyOpened,
    StudyStatusDeclared,
    TreatmentEnded,
)
from trialwright.core.registration import RecordLife, Recruitment, record_life
from trialwright.core.terms import Quantity

whole = {"site": None}


def opened(on: str = "2024-12-01") -> StudyOpened:
    return StudyOpened(**{**who(on, None), **whole}, study="T", kind="real")


def suspended(on: str, site: str | None = None) -> AccrualSuspended:
    return AccrualSuspended(**{**who(on, None), "site": site}, why="too toxic")


def resumed(on: str, site: str | None = None) -> AccrualResumed:
    return AccrualResumed(**{**who(on, None), "site": site})


def declared(status: str, on: str, why: str = "the sponsor's decision", site: str | None = None) -> StudyStatusDeclared:
    return StudyStatusDeclared(**{**who(on, None), "site": site}, status=status, why=why)


def treated(number: int, on: str, site: str = "S01", left: str = "", lost: str = "") -> list[Event]:
    """A subject registered and dosed on a day, who was seen last and left the study on another, or was lost later."""
    name = f"{site}-00{number}"
    dose = {"drug": DRUG, "course": 1, "dose": Quantity.parse("10 mg"), "said": Said("")}
    told: list[Event] = [
        screened(name, site),
        register(name, site, on=on),
        CourseStarted(**who(on, name, site), **dose),
    ]
    if left:
        told.append(TreatmentEnded(**who(left, name, site), why="refusal", said=Said("")))
        told.append(FormSubmitted(**who(left, name, site), form="f", items=changes({f"anc on {left}": "2000 /mm3"})))
        told.append(StudyLeft(**who(lost or left, name, site), why="lost to follow-up"))
    return told


def life(*events: Event, on: str, planned: int = 2) -> RecordLife:
    accrual = replace(STUDY.design.accrual, planned=planned)
    own = replace(STUDY, design=replace(STUDY.design, accrual=accrual))
    return record_life(trial(own), study(*events), day(on))


BOTH = (opened(), activated(), activated("S02"))
TWO = (*BOTH, *treated(1, "2025-03-01", left="2025-06-01"), *treated(2, "2025-04-01", "S02", left="2025-07-01"))
ONE = (*BOTH, *treated(1, "2025-03-01", left="2025-06-01"))


@pytest.mark.parametrize(
    ("events", "on", "status", "since"),
    [
        ((), "2025-01-01", "not yet recruiting", None),
        ((opened(),), "2024-11-30", "not yet recruiting", None),
        ((opened(),), "2025-01-01", "not yet recruiting", "2024-12-01"),
        (BOTH, "2024-12-31", "not yet recruiting", "2024-12-01"),
        (BOTH, "2025-01-01", "recruiting", "2025-01-01"),
        ((opened(), activated("S02")), "2025-01-02", "recruiting", "2025-01-01"),
        ((*BOTH, suspended("2025-02-01")), "2025-01-31", "recruiting", "2025-01-01"),
        ((*BOTH, suspended("2025-02-01")), "2025-02-01", "suspended", "2025-02-01"),
        ((*BOTH, suspended("2025-02-01"), resumed("2025-03-01")), "2025-03-01", "recruiting", "2025-03-01"),
        ((*BOTH, suspended("2025-02-01", "S01")), "2025-02-01", "recruiting", "2025-01-01"),
        ((*BOTH, suspended("2025-02-01", "S01"), suspended("2025-02-03", "S02")),
         "2025-02-03", "suspended", "2025-02-03"),
        ((*BOTH, declared("enrolling by invitation", "2025-02-01")),
         "2025-02-01", "enrolling by invitation", "2025-02-01"),
        (TWO, "2025-03-31", "recruiting", "2025-01-01"),
        (TWO, "2025-04-01", "active, not recruiting", "2025-04-01"),
        (TWO, "2025-06-30", "active, not recruiting", "2025-04-01"),
        (TWO, "2025-07-01", "completed", "2025-07-01"),
        (TWO, "2026-07-01", "completed", "2025-07-01"),
        ((*ONE, declared("closed to accrual", "2025-05-01")), "2025-04-30", "recruiting", "2025-01-01"),
        ((*ONE, declared("closed to accrual", "2025-05-01")), "2025-05-01", "active, not recruiting", "2025-05-01"),
        ((*ONE, declared("closed to accrual", "2025-05-01")), "2025-06-01", "completed", "2025-06-01"),
        (
            (*ONE, declared("closed to accrual", "2025-05-01"), declared("open to accrual", "2025-05-20")),
            "2025-05-20",
            "recruiting",
            "2025-05-20",
        ),
        ((*ONE, declared("terminated", "2025-05-01")), "2025-05-31", "active, not recruiting", "2025-05-01"),
        ((*ONE, declared("terminated", "2025-05-01")), "2025-06-01", "terminated", "2025-06-01"),
        ((*ONE, declared("terminated", "2025-07-01")), "2025-07-01", "terminated", "2025-07-01"),
        ((*BOTH, declared("terminated", "2025-05-01")), "2025-05-01", "withdrawn", "2025-05-01"),
        ((*BOTH, declared("closed to accrual", "2025-05-01", site="S01")), "2025-05-01", "recruiting", "2025-01-01"),
    ],
)  # fmt: skip
def test_a_study_stands_where_the_ledger_says(events, on, status, since) -> None:
    told = life(*events, on=on).status
    assert (told.status.value, str(told.since) if told.since else None) == (status, since)


def test_a_declaration_that_was_voided_counts_no_more() -> None:
    from trialwright.core.ledger import EventVoided

    told = (*ONE, declared("terminated", "2025-05-01"))
    void = EventVoided(**{**who("2025-05-02", None), **whole}, voids=f"e{len(told)}", why="by mistake")
    assert life(*told, void, on="2025-05-03").status.status is Recruitment.RECRUITING


def test_the_statuses_a_study_ran_through_are_kept_in_order() -> None:
    ran = life(*TWO, on="2026-01-01").history
    assert [one.status.name for one in ran] == [
        "NOT_YET_RECRUITING",
        "RECRUITING",
        "ACTIVE_NOT_RECRUITING",
        "COMPLETED",
    ]


def test_an_approval_that_ended_at_the_only_site_suspends_and_one_at_one_of_two_does_not() -> None:
    ended = ApprovalEnded(**who("2025-02-01", None), why="lapsed")
    assert life(opened(), activated(), ended, on="2025-02-01").status.status is Recruitment.SUSPENDED
    assert life(*BOTH, ended, on="2025-02-01").status.status is Recruitment.RECRUITING


def test_a_site_stands_by_itself() -> None:
    told = life(*TWO, on="2025-06-15").sites
    assert {site: one.status.value for site, one in told.items()} == {
        "S01": "completed",
        "S02": "active, not recruiting",
    }
    alone = life(opened(), activated(), on="2025-02-01").sites
    assert {site: one.status.value for site, one in alone.items()} == {"S01": "recruiting", "S02": "not yet recruiting"}


def test_a_site_where_nobody_was_enrolled_when_the_study_closes_is_withdrawn() -> None:
    told = life(*ONE, declared("closed to accrual", "2025-05-01"), on="2025-05-02").sites
    assert told["S02"].status is Recruitment.WITHDRAWN


@pytest.mark.parametrize("status", ["terminated", "completed"])
def test_a_declared_end_while_somebody_is_on_study_is_a_finding_and_does_not_decide(status) -> None:
    told = life(*ONE, declared(status, "2025-05-01"), on="2025-05-02")
    assert told.status.status is Recruitment.ACTIVE_NOT_RECRUITING
    assert ["S01-001" in one.says for one in told.findings] == [True]
    assert life(*ONE, declared(status, "2025-05-01"), on="2025-06-01").findings == ()


@pytest.mark.parametrize(
    ("on", "start"), [("2025-02-28", None), ("2025-03-01", "2025-03-01"), ("2025-12-01", "2025-03-01")]
)
def test_the_start_is_actual_from_the_first_registration(on, start) -> None:
    told = life(*TWO, on=on).start
    assert (str(told.on) if told.on else None) == start
    assert bool(told.waiting) is (start is None)


@pytest.mark.parametrize(
    ("events", "on", "primary", "completion"),
    [
        (TWO, "2025-06-30", None, None),
        (TWO, "2025-07-01", "2025-07-01", "2025-07-01"),
        (ONE, "2025-12-01", None, None),
        ((*ONE, declared("closed to accrual", "2025-08-01")), "2025-08-01", "2025-06-01", "2025-06-01"),
        ((*ONE, declared("primary completion", "2025-05-15")), "2025-05-15", "2025-05-15", None),
        ((*BOTH, declared("closed to accrual", "2025-05-01")), "2025-06-01", None, None),
    ],
)
def test_completion_dates_turn_actual_once_nobody_more_comes_and_nobody_is_waited_for(
    events, on, primary, completion
) -> None:
    told = life(*events, on=on)
    found = [str(one.on) if one.on else None for one in (told.primary_completion, told.completion)]
    assert found == [primary, completion]
    assert all(one.because for one in (told.primary_completion, told.completion))


def test_a_subject_treated_after_all_others_were_final_moves_the_date() -> None:
    later = (*ONE, *treated(2, "2025-08-01", "S02", left="2025-09-01"))
    assert str(life(*later, on="2025-10-01").primary_completion.on) == "2025-09-01"
    assert life(*later, on="2025-08-31").primary_completion.waiting == ("S02-002",)


def test_who_keeps_a_date_open_is_named() -> None:
    told = life(*TWO, on="2025-06-15")
    assert told.primary_completion.waiting == ("S02-002",)
    assert told.completion.waiting == ("S02-002",)


def test_a_study_planned_for_nobody_or_with_more_than_planned_is_no_crash() -> None:
    assert life(*TWO, on="2025-05-01", planned=0).status.status is Recruitment.RECRUITING
    assert life(*TWO, on="2025-05-01", planned=1).status.status is Recruitment.ACTIVE_NOT_RECRUITING


@pytest.mark.parametrize(
    ("status", "why", "refused"),
    [
        ("terminated", "no drug left", ""),
        ("terminated", " ", "not why"),
        ("completed", "", ""),
        ("complete", "", "'completed' meant"),
        ("", "", "is no status"),
    ],
)
def test_a_status_is_declared_by_a_word_of_the_list_and_a_stop_with_its_reason(status, why, refused) -> None:
    found = [one.says for one in refusals(trial(), study(*BOTH), declared(status, "2025-05-01", why))]
    assert bool(found) is bool(refused)
    assert refused in " ".join(found)


def test_nobody_is_registered_after_the_study_was_declared_closed() -> None:
    told = study(*BOTH, declared("closed to accrual", "2025-02-01"), screened())
    says = " ".join(one.says for one in refusals(trial(), told, register()))
    assert "Registration is over in the whole study since 2025-02-01 (closed to accrual)" in says
    again = study(
        *BOTH, declared("closed to accrual", "2025-02-01"), declared("open to accrual", "2025-02-02"), screened()
    )
    assert "Registration is over" not in " ".join(one.says for one in refusals(trial(), again, register()))


def test_the_versions_after_the_first_are_amendments_from_the_day_they_were_approved_anywhere() -> None:
    second = activated("S02", "2"), replace(activated("S01", "2"), approved_on=day("2024-12-15"))
    told = life(*BOTH, *second, on="2025-02-01")
    assert told.amended == (("1", day("2025-01-01")),), "the version approved first is no amendment"
    assert life(*BOTH, on="2025-02-01").amended == ()


def test_somebody_treated_after_the_study_was_over_makes_it_active_again_until_gone() -> None:
    told = (*TWO, *treated(3, "2025-08-01", left="2025-09-01"))
    assert [(one.status.value, str(one.since)) for one in life(*told, on="2025-08-15").history[-2:]] == [
        ("completed", "2025-07-01"),
        ("active, not recruiting", "2025-08-01"),
    ]
    assert life(*told, on="2026-01-01").status.since == day("2025-09-01")


def test_a_site_that_was_closed_registers_nobody_and_the_other_goes_on() -> None:
    told = study(*BOTH, declared("closed to accrual", "2025-02-01", site="S01"), screened(), screened("S02-001", "S02"))
    here, there = (" ".join(one.says for one in refusals(trial(), told, event)) for event in (
        register(), register("S02-001", "S02")
    ))  # fmt: skip
    assert "Registration is over at S01 since 2025-02-01" in here
    assert "Registration is over" not in there


def test_who_was_lost_was_seen_last_before_and_nothing_is_told_before_it_was_known() -> None:
    lost = treated(2, "2025-04-01", "S02", left="2025-07-01", lost="2025-10-01")
    told = (*BOTH, *treated(1, "2025-03-01", left="2025-06-01"), *lost)
    assert life(*told, on="2025-09-30").status.status is Recruitment.ACTIVE_NOT_RECRUITING
    now = life(*told, on="2025-10-01")
    assert (now.status.status, now.status.since) == (Recruitment.COMPLETED, day("2025-10-01"))
    for one in (now.completion, now.primary_completion):
        assert (one.on, one.since) == (day("2025-07-01"), day("2025-10-01"))
