"""What the calendar does when things go otherwise: unknown days, ends, delays, visits recorded loosely or twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import (
    SITE,
    SUBJECT,
    case,
    correction,
    course,
    day,
    ended,
    form,
    joined,
    left,
    protocol,
    regimen,
    registered,
    screened,
    taken,
)
from trialwright.core.ledger import ConsentGiven, ConsentWithdrawn, SubjectTransferred
from trialwright.core.schedule import (
    duties,
    samples,
    schedule_findings,
    substudy_progress,
    undated,
    unscheduled,
    visits,
)
from trialwright.core.subject import Case
from trialwright.core.terms import Verdict

REGISTERED = registered("2025-02-24", planned_first_dose="2025-03-03")
WHO = {"actor": "someone", "role": "coordinator", "site": SITE, "subject": SUBJECT}


def encounter(id_: str, anchor: str, epoch: str = "treatment", **parts: Any) -> dict[str, Any]:
    return {"id": id_, "quotes": [f"words of {id_}"], "label": id_, "epoch": epoch, "anchor": anchor, **parts}


DAY_1 = encounter("day_1", "course", day=1, window=[3, 4])
DAY_15 = encounter("day_15", "course", courses="1", day=15, window=[2, 2])
SAFETY = encounter("safety", "last_dose", "follow-up", offset="30 days", window=[0, 7])
FOLLOW_UP = encounter("follow_up", "end_of_treatment", "follow-up", every="3 months", until="1 year", window=[14, 14])
MONTHLY = encounter("monthly", "last_dose", "follow-up", every="1 month", until="4 months")


def subject(*events, encounters=(DAY_1,), items=None, on="2025-03-03", first=(REGISTERED,), **parts) -> Case:
    return case(*first, *events, protocol=protocol(encounters=list(encounters), **parts), items=items, on=on)


def days(of: Case, on: str) -> dict[str, str]:
    return {one.key: str(one.due) for one in visits(of, day(on))}


def states(of: Case, on: str) -> dict[str, str]:
    return {one.key: one.state for one in visits(of, day(on))}


def waiting(of: Case, on: str) -> dict[str, tuple[bool, str | None, str | None]]:
    return {
        one.key: (one.happened, str(one.earliest) if one.earliest else None, str(one.latest) if one.latest else None)
        for one in undated(of, day(on))
    }


def visit(key: str, on: str, **fields: str) -> dict[str, dict[str, str]]:
    return {f"visit/{key}": {"on": on, "done": "yes", **fields}}


# ---- days of the calendar ----


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2025-01-31", ["2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"]),
        ("2024-01-31", ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]),
        ("2024-02-29", ["2024-03-29", "2024-04-29", "2024-05-29", "2024-06-29"]),
        ("2025-10-31", ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28"]),
    ],
)
def test_a_month_after_the_31st_is_the_last_day_of_the_next_and_each_counts_from_the_anchor(last, expected) -> None:
    of = subject(course(1, "2024-01-02"), ended(last, last_dose=last), encounters=[MONTHLY])
    assert list(days(of, last).values()) == expected


def test_a_year_after_29_february_is_28_february() -> None:
    of = subject(course(1, "2024-02-05"), ended("2024-02-29", last_dose="2024-02-29"), encounters=[FOLLOW_UP])
    assert list(days(of, "2024-02-29").values()) == ["2024-05-29", "2024-08-29", "2024-11-29", "2025-02-28"]


def test_the_follow_up_after_a_last_dose_on_15_june_and_its_safety_visit() -> None:
    # 15 June + 30 days = 15 July; every 3 calendar months: 15 September, 15 December, 15 March, 15 June
    of = subject(course(4, "2025-05-26"), ended("2025-06-20", last_dose="2025-06-15"), encounters=[SAFETY, FOLLOW_UP])
    assert list(days(of, "2025-06-20").values()) == [
        "2025-07-15", "2025-09-15", "2025-12-15", "2026-03-15", "2026-06-15"]  # fmt: skip


def test_a_day_is_the_local_day_of_the_site_whatever_the_clock_says_elsewhere() -> None:
    # 23:30 in Chicago on 3 March is 05:30 UTC of 4 March; the course began on 3 March
    late = replace(course(1, "2025-03-03"), time="23:30", offset="-06:00", zone="America/Chicago")
    assert days(subject(late, encounters=[DAY_15]), "2025-03-03") == {"day_15": "2025-03-17"}


# ---- days nobody knows ----


def test_what_counts_from_a_last_dose_nobody_recorded_is_planned_without_a_day_and_says_why() -> None:
    of = subject(course(1, "2025-03-03"), ended("2025-03-20"), encounters=[SAFETY])
    assert days(of, "2025-03-20") == {}
    (one,) = undated(of, day("2025-03-20"))
    assert (one.key, one.happened, one.waits_for) == ("safety", True, "last_dose")
    assert one.because[0].saw == "date unknown, because the last dose of course 1 is not recorded"
    (found,) = schedule_findings(of, day("2025-03-20"))
    assert (found.clause, found.do) == ("safety", "Enter last dose to the day.")


def test_a_last_dose_known_to_the_month_gives_the_days_on_which_the_visit_can_lie() -> None:
    # 1 March + 30 days = 31 March; the last it can be is 20 March, when treatment ended: + 30 days = 19 April, + 7
    of = subject(
        course(1, "2025-02-24"),
        form("2025-03-20", {f"exposure/1/{name}": value for name, value in {
            "drug": "examplinib", "course": "1", "dose": "10 mg", "first_dose": "2025-02-24", "last_dose": "2025-03",
        }.items()}),
        ended("2025-03-20"),
        encounters=[SAFETY],
    )  # fmt: skip
    assert waiting(of, "2025-03-20") == {"safety": (True, "2025-03-31", "2025-04-26")}
    (one,) = undated(of, day("2025-03-20"))
    assert "the last dose of course 1 is recorded as 2025-03, so that it is due between" in one.because[0].saw


def test_the_last_dose_of_an_earlier_course_does_not_stand_in_for_that_of_the_last() -> None:
    events = (course(1, "2025-03-03"), taken(1, "2025-03-03", "2025-03-23"), course(2, "2025-03-31"))
    of = subject(*events, ended("2025-04-10"), encounters=[SAFETY])
    assert (days(of, "2025-04-10"), list(waiting(of, "2025-04-10"))) == ({}, ["safety"])
    told = subject(*events, taken(2, "2025-03-31", "2025-04-08"), ended("2025-04-10"), encounters=[SAFETY])
    assert (days(told, "2025-04-10"), waiting(told, "2025-04-10")) == ({"safety": "2025-05-08"}, {})


def test_while_treatment_goes_on_what_counts_from_its_end_waits_and_nobody_is_to_blame() -> None:
    of = subject(course(1, "2025-03-03"), encounters=[SAFETY, FOLLOW_UP])
    assert waiting(of, "2025-03-10") == {"safety": (False, None, None), "follow_up": (False, None, None)}
    assert {one.because[0].saw for one in undated(of, day("2025-03-10"))} == {
        "date unknown, because treatment has not ended"}  # fmt: skip
    assert schedule_findings(of, day("2025-03-10")) == ()


def test_before_a_first_dose_is_planned_the_courses_wait_for_it() -> None:
    of = subject(first=(registered("2025-02-24"),), encounters=[DAY_1, DAY_15])
    assert waiting(of, "2025-03-01") == {"day_1": (False, None, None), "day_15": (False, None, None)}


def test_a_course_whose_day_1_is_known_to_the_month_plans_its_days_between_two() -> None:
    # taken in March without a day: day 15 lies 14 days after the 1st at the earliest, after the 20th at the latest
    of = subject(
        form("2025-03-20", {"exposure/1": {"drug": "examplinib", "course": "1", "dose": "10 mg"},
                            "exposure/1/first_dose": "2025-03"}),
        first=(registered("2025-02-24"),),
        encounters=[DAY_15],
    )  # fmt: skip
    assert waiting(of, "2025-03-20")["day_15"] == (True, "2025-03-13", "2025-04-05")


def test_nobody_who_was_never_treated_is_asked_for_a_safety_visit() -> None:
    of = subject(ended("2025-02-28", why="withdrew before treatment"), encounters=[SAFETY])
    assert (days(of, "2025-03-10"), waiting(of, "2025-03-10")) == ({}, {})


@pytest.mark.parametrize("end", [left("2025-03-25"), form("2025-03-25", {"death/1": {"on": "2025-03-25"}})])
def test_after_death_or_leaving_nothing_waits_for_a_date(end) -> None:
    of = subject(course(1, "2025-03-03"), ended("2025-03-20"), end, encounters=[SAFETY])
    assert list(waiting(of, "2025-03-24")) == ["safety"]
    assert waiting(of, "2025-03-25") == {}


# ---- ends ----


def withdrawal(on: str, *scope: str) -> ConsentWithdrawn:
    return ConsentWithdrawn(**WHO, occurred=day(on), scope=scope, why="no wish to go on")


def test_the_course_that_was_next_when_treatment_ended_stays_in_sight_called_off() -> None:
    of = subject(course(1, "2025-03-03"), ended("2025-03-20", why="progression"))
    held = {one.key: one for one in visits(of, day("2025-04-10"))}
    assert (held["day_1.2"].state, str(held["day_1.2"].due)) == ("does not apply", "2025-03-31")
    assert held["day_1.2"].because[0].saw == "off treatment: progression"


def test_a_course_that_was_overdue_when_treatment_ended_is_called_off_too() -> None:
    of = subject(course(1, "2025-03-03"), ended("2025-04-20"))
    assert states(of, "2025-04-19")["day_1.2"] == "overdue"
    assert states(of, "2025-05-10")["day_1.2"] == "does not apply"


def test_a_visit_of_a_called_off_course_that_was_done_stays_done() -> None:
    of = subject(course(1, "2025-03-03"), form("2025-03-31", visit("day_1.2", "2025-03-31")), ended("2025-04-02"))
    assert states(of, "2025-04-10")["day_1.2"] == "done"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("treatment", {"day_15": "does not apply", "day_1.2": "does not apply"}),
        ("follow-up", {"day_15": "missed", "day_1.2": "overdue"}),
        ("study", {"day_15": "does not apply", "day_1.2": "does not apply"}),
        ("stored specimens", {"day_15": "missed", "day_1.2": "overdue"}),
    ],
)
def test_consent_withdrawn_from_treatment_ends_its_visits_and_from_other_parts_leaves_them(scope, expected) -> None:
    events = (course(1, "2025-03-03"), form("2025-03-03", visit("day_1.1", "2025-03-03")))
    of = subject(*events, withdrawal("2025-03-10", scope), encounters=[DAY_1, DAY_15])
    assert {key: state for key, state in states(of, "2025-04-01").items() if key != "day_1.1"} == expected


@pytest.mark.parametrize(
    ("scope", "safety", "follow_up"),
    [("treatment", "due", "coming"), ("follow-up", "does not apply", "does not apply"),
     ("study", "does not apply", "does not apply")],
)  # fmt: skip
def test_after_consent_to_follow_up_is_withdrawn_no_follow_up_is_planned(scope, safety, follow_up) -> None:
    events = (course(1, "2025-03-03"), ended("2025-03-20", last_dose="2025-03-20"), withdrawal("2025-03-21", scope))
    found = states(subject(*events, encounters=[SAFETY, FOLLOW_UP]), "2025-04-19")
    assert (found.get("safety"), found.get("follow_up.1")) == (safety, follow_up)


def test_consent_given_again_plans_it_again() -> None:
    again = ConsentGiven(**WHO, occurred=day("2025-04-01"), version="1", scope=("follow-up",))
    events = (
        course(1, "2025-03-03"),
        ended("2025-03-20", last_dose="2025-03-20"),
        withdrawal("2025-03-21", "follow-up"),
    )
    of = subject(*events, again, encounters=[FOLLOW_UP])
    assert [states(of, on)["follow_up.1"] for on in ("2025-03-31", "2025-04-01")] == ["does not apply", "coming"]


# ---- in place of another, and in a delay ----

COURSE_2 = encounter("course_2", "course", courses="2", day=1, window=[7, 0])
INSTEAD = encounter("end_1", "course", courses="1", day=28, window=[3, 3], instead_of="course_2")


@pytest.mark.parametrize(
    ("events", "on", "expected"),
    [
        ((), "2025-03-20", None),
        ((course(2, "2025-03-31"),), "2025-04-01", None),
        ((ended("2025-03-20"),), "2025-03-20", ("2025-03-30", "coming")),
        ((ended("2025-03-20"),), "2025-03-27", ("2025-03-30", "due")),
        ((ended("2025-03-20"),), "2025-04-02", ("2025-03-30", "overdue")),
        ((ended("2025-03-20"),), "2025-04-03", ("2025-03-30", "missed")),
        ((course(2, "2025-03-31"), ended("2025-04-10")), "2025-04-11", None),
        ((ended("2025-03-20"), left("2025-03-25")), "2025-03-26", ("2025-03-30", "does not apply")),
    ],
)
def test_day_28_of_course_1_stands_in_where_treatment_ends_before_course_2(events, on, expected) -> None:
    # course 1 began on 3 March: day 28 is 30 March, 3 days before and after
    of = subject(course(1, "2025-03-03"), *events, encounters=[COURSE_2, INSTEAD])
    found = [(str(one.due), one.state) for one in visits(of, day(on)) if one.key == "end_1"]
    assert found == ([expected] if expected else [])


def test_it_does_not_stand_in_where_the_other_visit_was_done_after_all() -> None:
    done = form("2025-03-31", visit("course_2", "2025-03-31"))
    of = subject(course(1, "2025-03-03"), done, ended("2025-04-05"), encounters=[COURSE_2, INSTEAD])
    assert states(of, "2025-04-10") == {"course_2": "done"}


REGULAR = encounter("in_delay", "course", courses="1-", day=29, every="4 weeks", through_delay=True, window=[1, 1])


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-03-31", []),
        ("2025-04-01", ["2025-03-31"]),
        ("2025-04-28", ["2025-03-31"]),
        ("2025-04-29", ["2025-03-31", "2025-04-28"]),
    ],
)
def test_tests_in_a_delay_begin_once_the_next_course_is_late_and_go_on_every_4_weeks(on, expected) -> None:
    # course 2 was planned for 31 March, which is day 29 of course 1; day 57 is 28 April
    of = subject(course(1, "2025-03-03"), encounters=[REGULAR])
    assert [str(one.due) for one in visits(of, day(on))] == expected


def test_a_delay_ends_with_the_next_course_or_with_treatment() -> None:
    began = subject(course(1, "2025-03-03"), course(2, "2025-04-14"), encounters=[REGULAR])
    assert days(began, "2025-04-20") == {"in_delay.1.1": "2025-03-31"}
    over = subject(course(1, "2025-03-03"), ended("2025-04-14"), encounters=[REGULAR])
    assert days(over, "2025-06-20") == {"in_delay.1.1": "2025-03-31"}
    on_time = subject(course(1, "2025-03-03"), course(2, "2025-03-31"), encounters=[REGULAR])
    assert days(on_time, "2025-04-20") == {}


def test_a_last_course_has_no_delay_after_it() -> None:
    limited = regimen(limits=[{"id": "one", "courses": 1}])
    assert days(subject(course(1, "2025-03-03"), encounters=[REGULAR], regimen=[limited]), "2025-06-01") == {}


# ---- visits recorded loosely ----

EARLIER = (course(1, "2025-03-03"), ended("2025-03-20", last_dose="2025-03-15"))
# follow-up: 15 June, 15 September, 15 December, 15 March, each 14 days before and after


@pytest.mark.parametrize(
    ("on", "key"),
    [
        ("2025-06-15", "follow_up.1"),
        ("2025-05-01", "follow_up.1"),
        ("2025-07-31", "follow_up.1"),  # 46 days after the first, 46 before the second: the earlier one
        ("2025-08-01", "follow_up.2"),
        ("2025-09-29", "follow_up.2"),
        ("2025-12-01", "follow_up.3"),
        ("2026-08-01", "follow_up.4"),
    ],
)
@pytest.mark.parametrize("record", ["follow_up", "u7"])
def test_a_record_that_names_the_encounter_alone_is_of_the_nearest_visit(record, on, key) -> None:
    of = subject(*EARLIER, form(on, visit(record, on, encounter="follow_up")), encounters=[FOLLOW_UP])
    done = {one.key: str(one.done_on) for one in visits(of, day("2026-09-01")) if one.state == "done"}
    assert done == {key: on}


def test_a_key_with_a_number_is_that_visit_whatever_its_day_and_none_beyond_the_plan() -> None:
    far = subject(*EARLIER, form("2026-03-01", visit("follow_up.1", "2026-03-01")), encounters=[FOLLOW_UP])
    (one,) = [one for one in visits(far, day("2026-09-01")) if one.state == "done"]
    assert (one.key, one.in_window) == ("follow_up.1", False)
    fifth = form("2026-06-15", visit("follow_up.5", "2026-06-15", encounter="follow_up"))
    of = subject(*EARLIER, fifth, encounters=[FOLLOW_UP])
    assert "done" not in states(of, "2026-09-01").values()
    assert [one.key for one in unscheduled(of, day("2026-09-01"))] == ["follow_up.5"]


def test_a_visit_done_twice_is_one_visit_and_a_finding_that_names_the_first() -> None:
    of = subject(
        course(1, "2025-03-03"),
        form("2025-03-17", visit("day_15", "2025-03-17")),
        form("2025-03-18", visit("u1", "2025-03-18", encounter="day_15")),
        encounters=[DAY_15],
    )
    (one,) = visits(of, day("2025-03-20"))
    assert (one.state, str(one.done_on)) == ("done", "2025-03-17")
    (found,) = schedule_findings(of, day("2025-03-20"))
    assert "recorded as 'u1' on 2025-03-18; it was already done on 2025-03-17 (event e3)" in found.says


def test_a_visit_entered_again_for_another_day_is_found_and_a_corrected_one_is_not() -> None:
    first, again = (form(on, visit("day_15", on)) for on in ("2025-03-17", "2025-03-18"))
    of = subject(course(1, "2025-03-03"), first, again, encounters=[DAY_15])
    (found,) = schedule_findings(of, day("2025-03-20"))
    assert "entered for 2025-03-18, and before that for 2025-03-17 (event e3" in found.says
    mended = correction("2025-03-19", {"visit/day_15/on": "2025-03-18"})
    assert (
        schedule_findings(subject(course(1, "2025-03-03"), first, mended, encounters=[DAY_15]), day("2025-03-20")) == ()
    )


@pytest.mark.parametrize(("on", "wrong"), [("2025-03-02", True), ("2025-03-03", True), ("2025-03-04", False)])
def test_day_15_done_before_the_course_had_begun_is_found(on, wrong) -> None:
    of = subject(course(1, "2025-03-03"), form(on, visit("day_15", on)), encounters=[DAY_15])
    found = [one for one in schedule_findings(of, day("2025-03-20")) if "before 2025-03-03" in one.says]
    assert bool(found) is wrong


def test_a_visit_whose_day_is_known_to_the_month_is_done_on_no_day() -> None:
    of = subject(course(1, "2025-03-03"), form("2025-03-20", visit("day_15", "2025-03")), encounters=[DAY_15])
    (one,) = visits(of, day("2025-03-20"))
    assert (one.state, one.done_on, one.in_window) == ("done", None, None)
    assert ["was done on 2025-03; its window" in found.says for found in schedule_findings(of, day("2025-03-20"))] == [
        True
    ]
    april = subject(course(1, "2025-03-03"), form("2025-04-20", visit("day_15", "2025-04")), encounters=[DAY_15])
    assert visits(april, day("2025-04-20"))[0].in_window is False


def test_a_visit_under_a_name_nobody_knows_is_found_with_the_near_miss() -> None:
    told = form("2025-03-17", visit("u1", "2025-03-17", encounter="day_51"))
    (found,) = schedule_findings(subject(course(1, "2025-03-03"), told, encounters=[DAY_15]), day("2025-03-20"))
    assert "'day_51', which this version of the protocol does not have. Is day_15 meant?" in found.says
    plain = form("2025-03-10", visit("u1", "2025-03-10"))
    assert schedule_findings(subject(course(1, "2025-03-03"), plain, encounters=[DAY_15]), day("2025-03-20")) == ()


# ---- whom a visit is for ----

TESTS = encounter("test", "course", courses="1", day=8, applies_when={"all": [{"sex": "female"}, {"ask": "fertile"}]})


@pytest.mark.parametrize(
    ("items", "applies", "state"),
    [
        ({"sex": "female", "fertile": "yes"}, Verdict.MET, "coming"),
        ({"sex": "female", "fertile": "no"}, Verdict.NOT_MET, "does not apply"),
        ({"sex": "male", "fertile": "yes"}, Verdict.NOT_MET, "does not apply"),
        ({"sex": "male"}, Verdict.NOT_MET, "does not apply"),
        ({"sex": "female"}, Verdict.UNKNOWN, "coming"),
        ({"fertile": "yes"}, Verdict.UNKNOWN, "coming"),
        ({"anc": "1500 /mm3"}, Verdict.UNKNOWN, "coming"),
    ],
)
def test_a_pregnancy_test_stays_planned_while_nobody_knows_whether_it_is_needed(items, applies, state) -> None:
    (one,) = visits(subject(course(1, "2025-03-03"), encounters=[TESTS], items=items), day("2025-03-03"))
    assert (one.applies, one.state) == (applies, state)


# ---- samples ----


def test_a_sample_of_a_visit_that_stands_in_is_planned_there() -> None:
    biopsy = {"id": "biopsy", "label": "Biopsy", "matrix": "skin", "encounters": ["course_2", "end_1"]}
    of = subject(course(1, "2025-03-03"), ended("2025-03-20"), encounters=[COURSE_2, INSTEAD], specimens=[biopsy])
    assert {one.key: one.state for one in samples(of, day("2025-03-30"))} == {
        "biopsy.end_1": "due", "biopsy.course_2": "does not apply"}  # fmt: skip


def test_a_sample_taken_before_treatment_ended_is_not_asked_for_again_where_another_visit_stands_in() -> None:
    biopsy = {"id": "biopsy", "label": "Biopsy", "matrix": "skin", "encounters": ["course_2", "end_1"]}
    told = {"specimen/biopsy.course_2": {"specimen": "biopsy", "collected": "yes", "on": "2025-03-28"}}
    of = subject(
        course(1, "2025-03-03"), form("2025-03-28", told), ended("2025-03-29"),
        encounters=[COURSE_2, INSTEAD], specimens=[biopsy],
    )  # fmt: skip
    assert {one.key: one.state for one in samples(of, day("2025-03-30"))} == {"biopsy.course_2": "taken"}


@pytest.mark.parametrize(("on", "taken_on"), [("2025-03-17", "2025-03-17"), ("2025-03", None)])
def test_a_sample_known_from_its_custody_alone_is_taken_and_a_day_that_is_not_told_is_not_made_up(on, taken_on) -> None:
    biopsy = {"id": "biopsy", "label": "Biopsy", "matrix": "skin", "encounters": ["day_15"]}
    told = {"custody/1": {"specimen": "biopsy.day_15", "step": "collected", "on": on}}
    of = subject(course(1, "2025-03-03"), form("2025-03-17", told), encounters=[DAY_15], specimens=[biopsy])
    (one,) = samples(of, day("2025-03-18"))
    assert (one.state, str(one.taken_on) if one.taken_on else None) == ("taken", taken_on)


def test_after_a_transfer_a_substudy_of_the_first_site_asks_for_no_more_samples() -> None:
    moved = SubjectTransferred(**WHO, occurred=day("2025-03-10"), to="S02")
    blood = {
        "id": "blood",
        "label": "Blood",
        "matrix": "blood",
        "encounters": ["day_1", "day_15"],
        "substudy": "immune",
    }
    events = (course(1, "2025-03-03"), joined("immune", "2025-02-24"))
    parts = {"encounters": [DAY_1, DAY_15], "specimens": [blood], "design": DESIGN}
    here = subject(*events, **parts)
    gone = subject(*events, moved, **parts)
    assert {one.key for one in samples(here, day("2025-03-20"))} == {
        "blood.day_1.1", "blood.day_1.2", "blood.day_15"}  # fmt: skip
    assert {one.key for one in samples(gone, day("2025-03-20"))} == {"blood.day_1.1"}


DESIGN = {
    "id": "design",
    "accrual": {"id": "accrual", "planned": 10},
    "sites": [{"id": name, "name": name, "time_zone": "UTC"} for name in ("S01", "S02")],
    "substudies": [{"id": "immune", "label": "Immune", "sites": ["S01"], "target": 2, "offered_until": 3}],
}
SUBSTUDY = protocol(
    encounters=[DAY_15],
    design=DESIGN,
    specimens=[
        {"id": name, "label": name, "matrix": name, "encounters": ["day_15"], "substudy": "immune"}
        for name in ("blood", "skin")
    ],
)


def member(number: int, *given: str, site: str = "S01", joins: bool = True):
    """A subject who joined on the day of its number and gave these samples."""
    told = {f"specimen/{name}.day_15": {"specimen": name, "collected": "yes", "on": "2025-03-17"} for name in given}
    events = [screened("2025-02-01"), *([joined("immune", f"2025-03-{number:02}")] if joins else [])]
    record = case(*events, protocol=SUBSTUDY, items=told or None, on="2025-03-17", site=site).record
    return replace(record, subject=f"{site}-{number:03}", site=site)


def progress(*members, on="2025-03-31"):
    (one,) = substudy_progress(SUBSTUDY, members, day(on))
    return one


@pytest.mark.parametrize(
    ("members", "offered", "reached", "places"),
    [
        ([], True, False, 3),
        ([member(1, "blood", "skin")], True, False, 2),
        ([member(1, "blood", "skin"), member(2, "blood")], True, False, 1),
        ([member(1, "blood", "skin"), member(2, "blood", "skin")], True, True, 1),
        ([member(1), member(2), member(3)], False, False, 0),
        ([member(1, "blood", "skin"), member(2, "blood", "skin", joins=False)], True, False, 2),
    ],
)
def test_a_substudy_is_offered_until_so_many_joined_and_succeeds_with_the_samples_of_its_target(
    members, offered, reached, places
) -> None:
    one = progress(*members)
    assert (one.offered, one.reached, one.places) == (offered, reached, places)
    assert one.findings == ()


def test_who_joins_after_the_last_place_or_at_another_site_is_found() -> None:
    late = progress(*(member(number) for number in (1, 2, 3, 4)))
    assert [("S01-004" in one.says, "as number 4" in one.says) for one in late.findings] == [(True, True)]
    elsewhere = progress(member(1), member(2, site="S02"))
    assert (elsewhere.joined, ["it is for S01 alone" in one.says for one in elsewhere.findings]) == (
        ("S01-001",),
        [True],
    )


def test_progress_is_that_of_the_day() -> None:
    members = [member(1, "blood", "skin"), member(10, "blood", "skin")]
    assert [len(progress(*members, on=on).joined) for on in ("2025-02-28", "2025-03-01", "2025-03-10")] == [0, 1, 2]


# ---- duties ----

PROMISE = {"id": "contraception", "quotes": ["4 weeks after"], "applies_when": {"ask": "fertile"},
           "commitment": "promises", "before": "4 weeks", "after": "4 weeks"}  # fmt: skip


def until(*events) -> tuple[str | None, str]:
    study = protocol(obligations=[PROMISE])
    (one,) = duties(
        case(REGISTERED, *events, protocol=study, items={"fertile": "yes"}, on="2025-02-25"), day("2025-08-01")
    )
    return (str(one.until) if one.until else None), one.because[0].saw


def test_a_duty_without_the_day_of_the_last_dose_has_no_end_and_says_so() -> None:
    assert until(course(1, "2025-06-01"), ended("2025-06-20", last_dose="2025-06-15"))[0] == "2025-07-13"
    end, saw = until(course(1, "2025-06-01"), ended("2025-06-20"))
    assert (end, "4 weeks after the last dose, whose day is not recorded" in saw) == (None, True)
    assert until(ended("2025-02-27"))[0] == "2025-02-27"
    assert until(course(1, "2025-06-01"), form("2025-06-10", {"death/1": {"on": "2025-06-10"}}))[0] == "2025-06-10"
