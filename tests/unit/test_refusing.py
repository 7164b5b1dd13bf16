"""Which decision is refused, for which reason: entry, moves between versions and sites, locks, voidings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import DRUG, SITE, SUBJECT, course, day, ended, form, left
from conducting import (
    DESIGN_OF_STUDY,
    HASH,
    STUDY,
    activated,
    counted,
    protocol,
    register,
    released,
    screened,
    study,
    trial,
    who,
)
from trialwright.core.conduct import refusals
from trialwright.core.ledger import (
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    ArmAllocated,
    ConsentGiven,
    ConsentWithdrawn,
    Event,
    EventVoided,
    FormCorrected,
    Locked,
    ProtocolActivated,
    ReferenceRangeSet,
    Said,
    ScreeningFailed,
    Signed,
    SubjectFound,
    SubjectMoved,
    SubjectScreened,
    SubjectTransferred,
    Unlocked,
)

SECOND = replace(STUDY, version="2")
BOTH = trial(STUDY, SECOND)
THIRTY_FIVE = {"id": "accrual", "quotes": ["35 patients"], "planned": 35}
MANY = trial(protocol(design={**DESIGN_OF_STUDY, "accrual": THIRTY_FIVE}))


def says(event: Event, *before: Event, under: Any = BOTH) -> str:
    return " | ".join(one.says for one in refusals(under, study(*before), event))


def on_site(site: str = SITE, on: str = "2025-01-01") -> dict[str, Any]:
    return who(on, None, site)


def active(version: str, on: str, until: str | None = None, site: str = SITE) -> ProtocolActivated:
    ends = day(until) if until else None
    return ProtocolActivated(
        **on_site(site, on), version=version, file_hash=HASH, approved_on=day(on), approved_until=ends
    )


def consents(on: str, version: str = "2", *scope: str) -> ConsentGiven:
    return ConsentGiven(**who(on), version=version, scope=scope or ("study",))


def withdraws(on: str, *scope: str) -> ConsentWithdrawn:
    return ConsentWithdrawn(**who(on), scope=scope, why="tired")


def suspends(on: str, site: str | None = SITE) -> AccrualSuspended:
    return AccrualSuspended(**who(on, None, site), why="too toxic")  # type: ignore[arg-type]


FAILED = ScreeningFailed(**who("2025-02-26"), said=Said("not eligible"), why="count too low")
ENTERED = (activated(), screened(), counted())
IN = (*ENTERED, register())
TREATED = (*IN, course(1, "2025-03-03"))
NEW = active("2", "2025-02-24")


# ---- registration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "version", "because"),
    [
        ((active("1", "2025-01-01", "2025-02-28"), screened(), counted()), "1", ""),
        ((active("1", "2025-01-01", "2025-02-27"), screened(), counted()), "1", "of version 1 lapsed on 2025-02-27"),
        ((active("1", "2025-03-01"), screened(), counted()), "1", "version 1 was approved on 2025-03-01"),
        ((screened(), counted()), "1", "no ethics approval is recorded"),
        ((active("1", "2025-01-01", site="S02"), screened(), counted()), "1", "in force at S01 on 2025-02-28"),
        (
            (*ENTERED, ApprovalEnded(**on_site(on="2025-02-27"), why="site closed")),
            "1",
            "the approval of version 1 ended on 2025-02-27: site closed",
        ),
        ((*ENTERED, ApprovalEnded(**on_site(on="2025-03-01"), why="site closed")), "1", ""),
    ],
)
def test_nobody_is_registered_without_the_ethics_approval_at_the_site(before, version, because) -> None:
    said = says(register(version=version), *before)
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize(
    ("more", "version", "because"),
    [
        ((), "1", "Version 2 is in force at S01 on 2025-02-28, not 1"),
        ((), "2", "No consent of S01-001 to version 2 on or before 2025-02-28 is recorded, only to 1 on 2025-02-20"),
        ((consents("2025-02-28"),), "2", ""),
        ((consents("2025-03-01"),), "2", "only to 1 on 2025-02-20"),
        ((consents("2025-02-26", "2", "stored specimens"),), "2", "No consent of S01-001 to version 2"),
        ((consents("2025-02-26"), withdraws("2025-02-27", "study")), "2", "is off study since 2025-02-27"),
        ((consents("2025-02-26"), withdraws("2025-02-27", "stored specimens")), "2", ""),
        ((withdraws("2025-02-26", "study"), consents("2025-02-27")), "2", ""),
    ],
)
def test_who_was_screened_under_an_older_version_consents_again_before_registration(more, version, because) -> None:
    said = says(register(version=version), *ENTERED, NEW, *more)
    assert because in said and bool(said) is bool(because)


def again(subject: str, of: str) -> SubjectScreened:
    return SubjectScreened(**who("2025-02-20", subject), version="1", rescreens=of)


def test_after_a_failed_screening_the_person_is_screened_again_under_a_new_id() -> None:
    assert "screening of S01-001 failed on 2025-02-26: count too low" in says(register(), *ENTERED, FAILED)
    assert says(register(), *ENTERED, replace(FAILED, occurred=day("2025-03-01"))) == ""
    anew = (*ENTERED, FAILED, again("S01-002", SUBJECT), counted(subject="S01-002"))
    assert says(register("S01-002"), *anew) == ""


def test_a_person_is_registered_once_under_whichever_id() -> None:
    twice = (*IN, again("S01-002", SUBJECT), counted(subject="S01-002"))
    assert "S01-002 is the person registered as S01-001 on 2025-02-28" in says(register("S01-002"), *twice)
    chain = (*IN, again("S01-002", SUBJECT), again("S01-003", "S01-002"), counted(subject="S01-003"))
    assert "registered as S01-001" in says(register("S01-003"), *chain)
    later = (activated(), screened(), counted(), again("S01-002", SUBJECT), counted(subject="S01-002"))
    assert "registered as S01-002" in says(register(), *later, register("S01-002"))


def test_a_screening_again_names_an_earlier_id_that_is_known() -> None:
    assert "No earlier subject S01-0O1 is known; is S01-001 meant" in says(again("S01-002", "S01-0O1"), *ENTERED)


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ((suspends("2025-02-28"),), "Registration is suspended at S01 since 2025-02-28: too toxic"),
        ((suspends("2025-03-01"),), ""),
        ((suspends("2025-02-01", None),), "suspended in the whole study since 2025-02-01"),
        ((suspends("2025-02-01", "S02"),), ""),
        ((suspends("2025-02-01"), AccrualResumed(**on_site(on="2025-02-28"))), ""),
        ((suspends("2025-02-01"), AccrualResumed(**on_site(on="2025-03-01"))), "is suspended at S01"),
        ((suspends("2025-02-01"), AccrualResumed(**on_site("S02", "2025-02-28"))), "is suspended at S01"),
    ],
)
def test_nobody_is_registered_while_accrual_is_suspended(more, because) -> None:
    said = says(register(), *ENTERED, *more)
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize(("registered", "refused"), [(34, False), (35, True), (36, True)])
def test_the_subject_past_the_planned_number_is_refused_with_the_clause(registered, refused) -> None:
    others = [one for n in range(registered) for one in (screened(f"S02-{n}"), register(f"S02-{n}"))]
    found = refusals(MANY, study(activated(), screened(), *others), register())
    assert [(one.clause, one.says) for one in found] == (
        [("accrual", f"{registered} subjects are registered; 35 are planned (35 patients).")] if refused else []
    )


# ---- of whom nothing more is decided --------------------------------------------------------------------------------

DIED = form("2025-03-20", {"death/1/on": "2025-03-10"})


@pytest.mark.parametrize(
    "event",
    [
        ArmAllocated(**who("2025-03-10"), arm="A"),
        SubjectMoved(**who("2025-03-10"), version="2"),
        course(2, "2025-03-10"),
        replace(released(1), occurred=day("2025-03-10")),
    ],
    ids=lambda event: type(event).__name__,
)
@pytest.mark.parametrize(
    ("more", "because"),
    [
        ((DIED,), "S01-001 died on 2025-03-10"),
        ((left("2025-03-10", "lost to follow-up"),), "is off study since 2025-03-10: lost to follow-up"),
        ((withdraws("2025-03-10", "study"),), "consent withdrawn (study): tired"),
        ((Locked(**who("2025-05-01"), what="subject"),), "were locked by a on 2025-05-01"),
        ((Locked(**who("2025-05-01", None, None), what="study"),), "were locked by a on 2025-05-01"),  # type: ignore[arg-type]
    ],
)
def test_nothing_is_decided_after_death_leaving_withdrawal_or_a_lock(event, more, because) -> None:
    assert because in says(event, *TREATED, *more)


def test_a_registration_of_the_dead_is_refused_and_one_before_the_death_is_not() -> None:
    assert "died on 2025-02-28" in says(register(), *ENTERED, form("2025-03-01", {"death/1/on": "2025-02-28"}))
    assert says(register(), *ENTERED, form("2025-03-02", {"death/1/on": "2025-03-01"})) == ""


@pytest.mark.parametrize("scope", ["treatment", "study"])
def test_no_dose_after_consent_to_treatment_was_withdrawn_until_it_is_given_again(scope) -> None:
    tested = form("2025-03-31", {"pregnancy_test on 2025-03-31": "negative"})
    gone, back = withdraws("2025-03-30", scope), consents("2025-03-31", "1", scope)
    assert "consent withdrawn" in says(course(2, "2025-03-31", "15 mg"), *TREATED, tested, gone)
    assert says(course(2, "2025-03-31", "15 mg"), *TREATED, tested, gone, back) == ""
    assert says(course(2, "2025-03-31", "15 mg"), *TREATED, tested, withdraws("2025-03-30", "stored specimens")) == ""


def test_facts_are_let_in_after_death_leaving_withdrawal_and_lock() -> None:
    fact = counted("2000", "2025-06-01")
    for more in (DIED, left("2025-03-10"), withdraws("2025-03-10", "study"), Locked(**who("2025-05-01"), what=SUBJECT)):
        assert says(fact, *TREATED, more) == ""


def test_a_course_has_one_day_1() -> None:
    assert "Course 1 of examplinib was started on 2025-03-03" in says(course(1, "2025-03-03"), *TREATED)


# ---- moving ---------------------------------------------------------------------------------------------------------


def moves(on: str = "2025-04-01", version: str = "2", site: str = SITE) -> SubjectMoved:
    return SubjectMoved(**who(on, site=site), version=version)


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ((), "Version 1 is in force at S01 on 2025-04-01, not 2: no ethics approval is recorded"),
        ((active("2", "2025-04-02"), consents("2025-04-01")), "version 2 was approved on 2025-04-02"),
        ((active("2", "2025-04-01", site="S02"), consents("2025-04-01")), "in force at S01"),
        ((active("2", "2025-04-01"),), "No consent of S01-001 to version 2"),
        ((active("2", "2025-04-01"), consents("2025-04-02")), "No consent of S01-001 to version 2"),
        ((active("2", "2025-04-01"), consents("2025-04-01")), ""),
        ((active("2", "2025-04-01"), consents("2025-03-20")), ""),
        ((active("2", "2025-04-01", "2025-03-31"), consents("2025-03-20")), "lapsed on 2025-03-31"),
    ],
)
def test_a_subject_moves_to_the_version_in_force_at_its_site_after_consent(more, because) -> None:
    said = says(moves(), *TREATED, *more)
    assert because in said and bool(said) is bool(because)


ON_SECOND = (*TREATED, active("2", "2025-03-20"), consents("2025-03-20"), moves("2025-03-25"))
ENDED_SECOND = ApprovalEnded(**on_site(on="2025-04-01"), version="2", why="withdrawn")


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ((), "Version 1 is older than 2, which is approved at S01"),
        ((active("1", "2025-03-28"),), "Version 1 is older than 2"),
        ((ENDED_SECOND,), "has not consented to version 1 again since SubjectMoved of 2025-03-25"),
        ((ENDED_SECOND, consents("2025-04-02", "1")), ""),
        ((ENDED_SECOND, consents("2025-04-02", "1", "stored specimens")), "has not consented to version 1 again"),
    ],
)
def test_a_subject_goes_back_only_where_the_newer_version_was_withdrawn(more, because) -> None:
    said = says(moves("2025-04-02", "1"), *ON_SECOND, *more)
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize(
    ("event", "before", "because"),
    [
        (moves(version="3"), TREATED, "no protocol version '3'"),
        (moves(version="1"), TREATED, "is on version 1 already"),
        (moves(), ENTERED, "is not registered"),
    ],
)
def test_a_move_that_is_none_is_refused(event, before, because) -> None:
    assert because in says(event, *before)


def test_two_sites_may_be_on_different_versions_and_each_subject_is_judged_by_its_own() -> None:
    high = replace(STUDY.regimen[0], dose=replace(STUDY.regimen[0].dose, start=course(1, "2025-03-03", "20 mg").dose))
    both = trial(STUDY, replace(STUDY, version="2", regimen=(high,)))
    second = ("S02-001", "S02")
    before = [
        activated(), active("1", "2025-01-01", site="S02"), active("2", "2025-02-01", site="S02"),
        screened(), counted(), register(),
        replace(screened(*second), version="2"), counted(subject="S02-001"), register(*second, version="2"),
    ]  # fmt: skip
    assert says(before[-1], *before[:-1], under=both) == "" and says(before[5], *before[:5], under=both) == ""
    assert says(course(1, "2025-03-03", "10 mg"), *before, under=both) == ""
    assert "The dose is 10 mg, not 20 mg" in says(course(1, "2025-03-03", "20 mg"), *before, under=both)
    there = replace(course(1, "2025-03-03", "20 mg"), subject="S02-001", site="S02")
    assert says(there, *before, under=both) == ""
    assert "The dose is 20 mg, not 10 mg" in says(
        replace(there, dose=course(1, "2025-03-03").dose), *before, under=both
    )


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (SubjectTransferred(**who("2025-04-01"), to="S02"), ""),
        (SubjectTransferred(**who("2025-04-01"), to="S03"), "S03 is no site of the study"),
        (SubjectTransferred(**who("2025-04-01"), to="S01"), "belongs to S01 already"),
        (consents("2025-04-01", "7"), "no protocol version '7'"),
        (consents("2025-04-01", "1", "the weather"), "the weather is no part of the study"),
        (ConsentWithdrawn(**who("2025-04-01"), scope=()), "Nothing is no part of the study"),
        (SubjectFound(**who("2025-04-01")), "has not left the study by 2025-04-01"),
    ],
)
def test_what_a_subject_cannot_do_is_refused(event, because) -> None:
    said = says(event, *TREATED)
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (ApprovalEnded(**on_site(), version="2", why="x"), "Version 2 was never activated at S01"),
        (ApprovalEnded(**on_site("S02"), why="x"), "No version was ever activated at S02"),
        (ApprovalEnded(**on_site(), version="1", why="x"), ""),
        (AccrualResumed(**on_site()), "not suspended at S01"),
        (AccrualResumed(**who("2025-04-01", None, None)), "not suspended in the whole study"),  # type: ignore[arg-type]
        (suspends("2025-04-01"), ""),
        (active("1", "2025-03-01", "2025-02-28"), "end on 2025-02-28, before it began on 2025-03-01"),
    ],
)
def test_what_a_site_cannot_say_is_refused(event, because) -> None:
    said = says(event, activated())
    assert because in said and bool(said) is bool(because)


def test_what_is_suspended_is_not_suspended_again() -> None:
    assert "suspended at S01 since 2025-04-01 already" in says(
        suspends("2025-05-01"), activated(), suspends("2025-04-01")
    )


# ---- locks ----------------------------------------------------------------------------------------------------------

COUNT = form("2025-03-10", {"anc/c1d8/value": "1000 /mm3"}, encounter="course_day_8")


def corrects(path: str = "anc/c1d8/value", value: str = "900 /mm3", on: str = "2025-05-02") -> FormCorrected:
    made = form(on, {path: value})
    return FormCorrected(**who(on), form="form", why="typing error", items=made.items)


def locks(what: str, on: str = "2025-05-01", subject: str | None = SUBJECT, site: str | None = SITE) -> Locked:
    return Locked(**who(on, subject, site), what=what)  # type: ignore[arg-type]


def unlocks(what: str, why: str = "a late report", on: str = "2025-05-02") -> Unlocked:
    return Unlocked(**who(on), what=what, why=why)


@pytest.mark.parametrize(
    ("lock", "locked"),
    [
        (locks("subject"), True),
        (locks(SUBJECT), True),
        (locks("course_day_8"), True),
        (locks("anc/c1d8/value"), True),
        (locks("anc/c1d8"), True),
        (locks("anc"), True),
        (locks("anc/c1d1"), False),
        (locks("study", subject=None, site=None), True),
        (locks("site", subject=None), True),
        (locks("site", subject=None, site="S02"), False),
        (locks("subject", subject="S02-001"), False),
    ],
)
def test_a_correction_of_what_is_locked_is_refused_with_who_locked_it_and_when(lock, locked) -> None:
    said = says(corrects(), *TREATED, COUNT, screened("S02-001", "S02"), lock)
    assert ("anc/c1d8/value was locked by a on 2025-05-01" in said) is locked
    assert bool(said) is locked


def test_what_does_not_change_what_is_recorded_is_let_in_under_a_lock() -> None:
    before = (*TREATED, COUNT, locks("subject"))
    assert says(corrects(value="1000 /mm3"), *before) == ""
    assert says(form("2025-05-02", {"anc/c1d15/value": "900 /mm3"}), *before) == ""
    assert "was locked" in says(form("2025-05-02", {"anc/c1d8/value": "900 /mm3"}), *before)


def test_after_an_unlock_with_a_reason_it_may_change_and_is_locked_again_by_the_next_lock() -> None:
    before = (*TREATED, COUNT, locks("subject"))
    assert says(corrects(), *before, unlocks("subject")) == ""
    assert says(corrects(), *before, unlocks(SUBJECT)) == ""
    assert "was locked" in says(corrects(), *before, unlocks("subject"), locks("anc", "2025-05-03"))


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (locks("anc"), ""),
        (locks("subject"), "subject was locked by a on 2025-05-01 already"),
        (locks("anc/c9"), "Nothing of S01-001 is recorded under 'anc/c9'"),
        (locks("course_day_9"), "recorded under 'course_day_9'"),
        (locks("everything", subject=None, site=None), "everything is not the study or a site"),
        (unlocks("anc"), "anc is not locked"),
        (unlocks("subject", " "), "unlocked without a reason"),
        (unlocks("subject"), ""),
    ],
)
def test_a_lock_names_what_is_there_and_an_unlock_what_is_locked(event, because) -> None:
    said = says(event, *TREATED, COUNT, locks("subject"))
    assert because in said and bool(said) is bool(because)


# ---- voiding --------------------------------------------------------------------------------------------------------


def voids(number: int, again_as: str = "", why: str = "another subject's", **others: Any) -> EventVoided:
    return EventVoided(**{**who("2025-05-02"), **others}, voids=f"e{number}", why=why, entered_again_as=again_as)


# e1 activation, e2 screening, e3 count, e4 registration, e5 course 1, e6 count of day 8
VOIDABLE = (*TREATED, COUNT)


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (voids(6), ""),
        (voids(6, "e3"), ""),
        (voids(5), ""),
        (voids(9), "No event 'e9' is recorded"),
        (voids(6, "e9"), "No event 'e9' is recorded that says it rightly"),
        (voids(6, "e6"), "No event 'e6' is recorded that says it rightly"),
        (voids(6, "e5"), "does not say again what FormSubmitted said"),
        (voids(6, why=" "), "voided without a reason"),
        (voids(6, subject="S02-001"), "is of S01-001, not of S02-001"),
        (voids(4), "is what 1 later event rests on: CourseStarted of 2025-03-03 (event e5)"),
        (voids(2), "is what 5 later events rest on: FormSubmitted of 2025-02-25 (event e3); SubjectRegistered"),
        (voids(1, subject=None), "rests on: SubjectRegistered of 2025-02-28 (event e4)"),
        (voids(7), "is never voided"),
    ],
)
def test_an_event_is_voided_where_nothing_rests_on_it(event, because) -> None:
    signed = Signed(**who("2025-03-11"), meaning="reviewed", content_hash="a" * 64, name="A")
    said = says(event, *VOIDABLE, signed, screened("S02-001", "S02"))
    assert because in said and bool(said) is bool(because)


def test_what_is_voided_already_is_voided_once_and_restored_by_voiding_the_voiding() -> None:
    assert "was voided by a on 2025-05-02 already" in says(voids(6), *VOIDABLE, voids(6))
    assert says(voids(7), *VOIDABLE, voids(6)) == ""


def test_what_took_its_place_is_voided_before_it_is_restored() -> None:
    over = (*VOIDABLE, ended("2025-04-01"), voids(7), ended("2025-04-02"))
    assert "would count beside TreatmentEnded of 2025-04-02 (event e9)" in says(voids(8), *over)
    assert says(voids(8), *over, voids(9)) == ""


# two places; e4 and e7 are the registrations of two subjects, e8 voids the second
SECOND_ONE, THIRD_ONE = "S01-002", "S01-003"
TWO_PLACES = (
    activated(), screened(), counted(), register(),
    screened(SECOND_ONE), counted(subject=SECOND_ONE), register(SECOND_ONE),
    voids(7, subject=SECOND_ONE),
)  # fmt: skip


def test_a_registration_is_restored_only_while_a_place_is_left() -> None:
    third = (screened(THIRD_ONE), counted(subject=THIRD_ONE), register(THIRD_ONE))
    restores = voids(8, subject=SECOND_ONE)
    assert says(restores, *TWO_PLACES) == ""
    assert says(restores, *TWO_PLACES, *third[:2]) == ""
    assert says(restores, *TWO_PLACES, *third) == "2 subjects are registered; 2 are planned (2 patients)."


def test_a_registration_is_not_restored_once_the_person_is_registered_under_another_id() -> None:
    again = replace(screened(THIRD_ONE), rescreens=SECOND_ONE)
    both = (*TWO_PLACES, again, counted(subject=THIRD_ONE), register(THIRD_ONE))
    said = says(voids(8, subject=SECOND_ONE), *both, under=MANY)
    assert "S01-002 is the person registered as S01-003 on 2025-02-28" in said


def test_a_voiding_voided_twice_is_again_a_voiding_and_needs_that_nothing_rests_on_the_event() -> None:
    # e5 course 1 and e4 registration are voided (e6, e7) and restored (e9, e8): the course rests on the registration
    again = (*TREATED, voids(5), voids(4), voids(7), voids(6))
    said = says(voids(8), *again)
    assert "SubjectRegistered of 2025-02-28 (event e4) is what 1 later event rests on: CourseStarted" in said
    assert says(voids(9), *again) == ""  # the course may go again: nothing rests on it
    assert says(voids(8), *again, voids(9)) == ""


def test_a_voiding_turned_round_three_times_restores_the_event_and_is_checked_as_such() -> None:
    # e8 restored the registration of the second subject, e9 took it back; a third subject has the place
    third = (screened(THIRD_ONE), counted(subject=THIRD_ONE), register(THIRD_ONE))
    turned = (*TWO_PLACES, voids(8, subject=SECOND_ONE), voids(9, subject=SECOND_ONE))
    assert says(voids(10, subject=SECOND_ONE), *turned) == ""
    assert "2 are planned" in says(voids(10, subject=SECOND_ONE), *turned, *third)


def test_what_rests_on_a_voided_event_is_restored_after_it() -> None:
    # e6 voids course 1, e7 the registration
    gone = (*TREATED, voids(5), voids(4))
    assert says(voids(6), *gone) == (
        "CourseStarted of 2025-03-03 (event e5) rests on SubjectRegistered of 2025-02-28 (event e4), which was voided."
    )
    assert says(voids(6), *gone, voids(7)) == ""
    assert says(voids(6), *gone, register()) == ""  # registered again


def test_a_correction_is_voided_before_the_form_it_corrects() -> None:
    before = (*VOIDABLE, corrects())
    assert "1 later event rests on: FormCorrected" in says(voids(6), *before)
    assert says(voids(6), *before, voids(7)) == "" and says(voids(7), *before) == ""


def test_a_release_is_voided_before_its_course() -> None:
    before = (*TREATED, replace(released(21), occurred=day("2025-03-03")))
    assert "rests on: DoseReleased" in says(voids(5), *before)


def test_locked_data_are_not_voided() -> None:
    assert "anc/c1d8/value was locked by a" in says(voids(6), *VOIDABLE, locks("anc"))
    assert says(voids(5), *VOIDABLE, locks("anc")) == ""
    assert "subject was locked by a" in says(voids(5), *VOIDABLE, locks("subject"))


def test_a_limit_of_the_laboratory_is_voided_by_nobody_but_its_site() -> None:
    limits = ReferenceRangeSet(**on_site(), analyte="anc", low=COUNT.items[0].new)  # type: ignore[arg-type]
    assert says(voids(2, subject=None), activated(), limits) == ""


def test_a_voided_registration_frees_its_place() -> None:
    one = trial(protocol(design={**DESIGN_OF_STUDY, "accrual": {"id": "accrual", "planned": 1}}))
    other = (activated(), screened("S02-001"), register("S02-001"), screened())
    assert "1 subjects are registered" in says(register(), *other, under=one)
    mistaken = EventVoided(**who("2025-02-28", "S02-001"), voids="e3", why="by mistake")
    assert says(register(), *other, mistaken, under=one) == ""


def test_what_a_voided_course_gave_is_given_again() -> None:
    assert says(course(1, "2025-03-04"), *TREATED, voids(5)) == ""
    assert DRUG in says(course(1, "2025-03-04"), *TREATED)


def test_a_course_while_the_approval_had_lapsed_is_let_in_since_the_patient_was_treated() -> None:
    before = (active("1", "2025-01-01", until="2025-03-02"), screened(), counted(), register())
    assert says(course(1, "2025-03-03"), *before) == ""
    assert "lapsed on 2025-03-02" in says(register(on="2025-03-03"), *before[:-1])
