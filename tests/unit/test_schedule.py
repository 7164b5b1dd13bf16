"""The calendar of a subject: planned days from actual ones, windows, states, repetitions, samples and duties."""

from datetime import date

import pytest

from builders import (
    case,
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
from trialwright.core.ledger import ScreeningFailed
from trialwright.core.schedule import due_on, duties, planned_courses, samples, visit_key, visits
from trialwright.core.subject import Case
from trialwright.core.terms import Verdict

REGISTERED = registered("2025-02-24", planned_first_dose="2025-03-03")


def encounter(id_: str, anchor: str, epoch: str = "treatment", **parts) -> dict:
    return {"id": id_, "quotes": [f"the words of {id_}"], "label": id_, "epoch": epoch, "anchor": anchor, **parts}


DAY_1 = encounter("day_1", "course", day=1, window=[3, 4])
DAY_15 = encounter("day_15", "course", courses="1", day=15, window=[2, 2])
FOLLOW_UP = encounter("follow_up", "last_dose", "follow-up", every="3 months", until="1 year", window=[14, 14])


def subject(*events, encounters=(DAY_1, DAY_15), items=None, on="2025-03-03", **parts) -> Case:
    study = protocol(encounters=list(encounters), **parts)
    return case(REGISTERED, *events, protocol=study, items=items, on=on)


def table(of: Case, on: str, horizon: str | None = None) -> dict[str, tuple[str, str]]:
    return {one.key: (str(one.due), one.state) for one in visits(of, day(on), day(horizon) if horizon else None)}


def days(of: Case, on: str, horizon: str | None = None) -> dict[str, str]:
    return {key: due for key, (due, _) in table(of, on, horizon).items()}


def state(of: Case, key: str, on: str) -> str:
    return table(of, on)[key][1]


# ---- courses ----


def test_courses_without_delay_begin_every_28_days_from_the_first_dose() -> None:
    # 3 March + 28 days = 31 March, 28 April, 26 May; day 15 of course 1 is 17 March.
    planned = days(subject(), "2025-02-24", "2025-05-26")
    assert planned == {
        "day_1.1": "2025-03-03",
        "day_15": "2025-03-17",
        "day_1.2": "2025-03-31",
        "day_1.3": "2025-04-28",
        "day_1.4": "2025-05-26",
    }


def test_without_a_horizon_only_the_next_course_is_planned() -> None:
    assert list(days(subject(), "2025-02-24")) == ["day_1.1", "day_15"]
    assert list(days(subject(course(1, "2025-03-03")), "2025-03-03")) == ["day_1.1", "day_15", "day_1.2"]


def test_day_1_is_the_day_the_first_dose_was_taken_not_the_day_it_was_planned() -> None:
    late = subject(course(1, "2025-03-04"), taken(1, "2025-03-05"))
    assert days(late, "2025-03-06") == {"day_1.1": "2025-03-05", "day_15": "2025-03-19", "day_1.2": "2025-04-02"}


LIMITED = regimen(limits=[{"id": "two_years", "within": "2 years"}])


def test_no_course_is_planned_whose_last_day_of_dosing_lies_past_the_limit() -> None:
    # First dose 3 March 2025, limit 3 March 2027: course 26 begins 1 February 2027 and its day 21 is 21 February;
    # course 27 would begin 1 March and its day 21 would be 21 March.
    courses = planned_courses(subject(regimen=[LIMITED]), day("2025-02-24"), day("2028-01-01"))
    assert (courses[-1].number, courses[-1].day_1) == (26, date(2027, 2, 1))
    delayed = subject(course(25, "2027-01-11"), course(1, "2025-03-03"), regimen=[LIMITED])
    # course 26 on 8 February ends its dosing on 28 February: still inside
    assert planned_courses(delayed, day("2027-01-12"))[-1].day_1 == date(2027, 2, 8)
    # begun 18 January, course 26 would be given until 7 March: outside
    later = subject(course(25, "2027-01-18"), course(1, "2025-03-03"), regimen=[LIMITED])
    assert planned_courses(later, day("2027-01-19"))[-1].number == 25


@pytest.mark.parametrize(("most", "last"), [(1, 1), (2, 2), (3, 3)])
def test_no_more_courses_are_planned_than_the_regimen_allows(most, last) -> None:
    limited = regimen(limits=[{"id": "few", "courses": most}])
    assert planned_courses(subject(regimen=[limited]), day("2025-02-24"), day("2026-01-01"))[-1].number == last


@pytest.mark.parametrize(("within", "courses"), [("19 days", 0), ("20 days", 1), ("48 days", 2), ("47 days", 1)])
def test_a_course_whose_last_day_of_dosing_is_the_day_of_the_limit_is_planned(within, courses) -> None:
    # day 21 of course 1 is 20 days after the first dose, that of course 2 is 48 days after it
    limited = regimen(limits=[{"id": "short", "within": within}])
    assert len(planned_courses(subject(regimen=[limited]), day("2025-02-24"), day("2026-01-01"))) == courses


def test_a_course_of_two_drugs_begins_with_the_first_of_them() -> None:
    both = [regimen(), regimen(id="second", drug="otherinib")]
    of = subject(course(1, "2025-03-03"), course(1, "2025-03-05", drug="otherinib"), regimen=both)
    assert days(of, "2025-03-05") == {"day_1.1": "2025-03-03", "day_15": "2025-03-17", "day_1.2": "2025-03-31"}


def test_the_courses_after_an_overdue_one_are_planned_from_today() -> None:
    # course 2 was due on 31 March; on 20 April course 3 can begin on 18 May at the earliest
    planned = planned_courses(subject(course(1, "2025-03-03")), day("2025-04-20"), day("2025-05-20"))
    assert [str(one.day_1) for one in planned] == ["2025-03-03", "2025-03-31", "2025-05-18"]


def test_once_treatment_has_ended_or_the_subject_has_left_no_further_course_is_planned() -> None:
    for end in (ended("2025-03-20"), left("2025-03-20")):
        of = subject(course(1, "2025-03-03"), end)
        assert [one.number for one in planned_courses(of, day("2025-03-19"))] == [1, 2]
        assert [one.number for one in planned_courses(of, day("2025-03-20"))] == [1]


def test_without_a_date_for_the_first_dose_nothing_is_planned_from_it() -> None:
    study = protocol(encounters=[DAY_1])
    assert visits(case(registered("2025-02-24"), protocol=study), day("2025-03-01")) == ()


@pytest.mark.parametrize(
    ("courses", "numbers"),
    [("all", [1, 2, 3, 4]), ("2", [2]), ("2-", [2, 3, 4]), ("2-3", [2, 3]), ("1, 3-", [1, 3, 4])],
)
def test_an_encounter_comes_in_the_courses_named(courses, numbers) -> None:
    of = subject(encounters=[encounter("x", "course", courses=courses)])
    assert [one.course for one in visits(of, day("2025-02-24"), day("2025-05-26"))] == numbers


def test_the_days_of_an_overdue_course_move_with_it_and_it_is_not_missed_before_it_begins() -> None:
    of = subject(course(1, "2025-03-03"), encounters=[DAY_1, encounter("day_8", "course", courses="2", day=8)])
    assert table(of, "2025-04-20") == {
        "day_1.1": ("2025-03-03", "missed"),
        "day_1.2": ("2025-03-31", "overdue"),
        "day_8": ("2025-04-27", "coming"),
    }


# ---- windows and states ----


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-03-14", "coming"),
        ("2025-03-15", "due"),
        ("2025-03-17", "due"),
        ("2025-03-18", "overdue"),
        ("2025-03-19", "overdue"),
        ("2025-03-20", "missed"),
    ],
)
def test_a_visit_is_coming_due_overdue_and_missed_as_its_window_opens_and_closes(on, expected) -> None:
    assert state(subject(course(1, "2025-03-03")), "day_15", on) == expected


@pytest.mark.parametrize(
    ("done", "inside"),
    [("2025-03-14", False), ("2025-03-15", True), ("2025-03-19", True), ("2025-03-20", False)],
)
def test_a_visit_that_was_done_stays_done_on_its_day_in_or_out_of_its_window(done, inside) -> None:
    of = subject(course(1, "2025-03-03"), items={"visit/day_15": {"encounter": "day_15", "on": done, "done": "yes"}})
    (visit,) = [one for one in visits(of, day("2025-06-01")) if one.key == "day_15"]
    assert (visit.state, visit.done_on, visit.in_window) == ("done", day(done), inside)


def test_what_was_done_later_is_not_yet_seen() -> None:
    of = subject(course(1, "2025-03-03"), items={"visit/day_15": {"on": "2025-03-18", "done": "yes"}})
    assert [state(of, "day_15", on) for on in ("2025-03-17", "2025-03-18")] == ["due", "done"]


def test_a_form_filled_in_at_the_encounter_shows_that_the_visit_was_done() -> None:
    of = subject(course(1, "2025-03-03"), form("2025-03-16", {"anc": "1500 /mm3"}, encounter="day_15"))
    (visit,) = [one for one in visits(of, day("2025-03-20")) if one.key == "day_15"]
    assert (visit.state, visit.done_on) == ("done", day("2025-03-16"))


def test_a_form_of_a_later_day_is_not_yet_seen() -> None:
    of = subject(course(1, "2025-03-03"), form("2025-03-18", {"anc": "1500 /mm3"}, encounter="day_15"))
    assert [state(of, "day_15", on) for on in ("2025-03-17", "2025-03-18")] == ["due", "done"]


def test_a_visit_recorded_as_not_done_is_missed_with_its_reason_even_inside_its_window() -> None:
    told = form("2025-03-17", {"visit/day_15": {"done": "no", "reason": "snow"}}, encounter="day_15")
    (visit,) = [one for one in visits(subject(course(1, "2025-03-03"), told), day("2025-03-17")) if one.key == "day_15"]
    assert (visit.state, visit.done_on) == ("missed", None)
    assert "snow" in visit.because[0].saw


def test_an_unscheduled_visit_is_no_planned_one() -> None:
    of = subject(course(1, "2025-03-03"), items={"visit/u1": {"on": "2025-03-10", "done": "yes"}})
    assert "u1" not in table(of, "2025-03-17")


def test_the_number_of_a_course_that_comes_once_may_be_written_or_left_out() -> None:
    of = subject(course(1, "2025-03-03"), items={"visit/day_15.1": {"on": "2025-03-17", "done": "yes"}})
    assert state(of, "day_15", "2025-03-20") == "done"


def test_a_visit_says_its_clause_and_what_its_day_counts_from() -> None:
    (visit,) = [one for one in visits(subject(course(1, "2025-03-03")), day("2025-03-17")) if one.key == "day_15"]
    (because,) = visit.because
    assert (because.clause, because.words) == ("day_15", "the words of day_15")
    assert "day 15 of course 1, which began on 2025-03-03" in because.saw


def test_due_on_a_day_are_the_visits_whose_window_is_open() -> None:
    of = subject(course(1, "2025-03-03"), items={"visit/day_1.1": {"on": "2025-03-03", "done": "yes"}})
    assert [one.key for one in due_on(of, day("2025-03-17"))] == ["day_15"]
    assert [one.key for one in due_on(of, day("2025-03-20"))] == []


# ---- whom and when it concerns ----


@pytest.mark.parametrize(("fertile", "expected"), [("yes", "due"), ("no", "does not apply"), ("", "due")])
def test_a_visit_applies_where_its_condition_holds_and_stays_planned_while_that_is_unknown(fertile, expected) -> None:
    test = encounter("test", "course", courses="1", applies_when={"ask": "fertile"})
    of = subject(course(1, "2025-03-03"), encounters=[test], items={"fertile": fertile} if fertile else None)
    (visit,) = visits(of, day("2025-03-03"))
    assert visit.state == expected
    assert ("unknown" in visit.because[0].saw) == (fertile == "")


def test_an_encounter_of_another_site_or_arm_is_not_planned() -> None:
    here, elsewhere = (
        encounter("here", "registration", sites=["S01"]),
        encounter("there", "registration", sites=["S02"]),
    )
    other_arm = encounter("other", "registration", arms=["B"])
    assert list(days(subject(encounters=[here, elsewhere, other_arm]), "2025-03-01")) == ["here"]


def test_after_the_end_of_treatment_the_days_of_a_course_no_longer_apply() -> None:
    of = subject(course(1, "2025-03-03"), ended("2025-03-16"), items={"visit/day_1.1": {"done": "yes"}})
    assert table(of, "2025-03-25") == {
        "day_1.1": ("2025-03-03", "done"),
        "day_15": ("2025-03-17", "does not apply"),
        "day_1.2": ("2025-03-31", "does not apply"),
    }
    same_day = subject(course(1, "2025-03-03"), ended("2025-03-17"))
    assert state(same_day, "day_15", "2025-03-25") == "missed"


@pytest.mark.parametrize("end", [left("2025-04-01"), form("2025-04-01", {"death/1": {"on": "2025-04-01"}})])
def test_nothing_is_due_after_the_subject_left_or_died(end) -> None:
    of = subject(course(1, "2025-01-01"), ended("2025-01-21", last_dose="2025-01-10"), end, encounters=[FOLLOW_UP])
    # 10 January + 3 months = 10 April, window from 27 March
    assert [state(of, "follow_up.1", on) for on in ("2025-03-31", "2025-04-01")] == ["due", "does not apply"]


def test_a_window_that_closed_on_the_day_the_subject_left_was_to_be_kept() -> None:
    events = (ended("2025-01-21", last_dose="2025-01-10"), left("2025-04-24"))  # 10 April and 14 days
    assert state(subject(*events, encounters=[FOLLOW_UP]), "follow_up.1", "2025-04-25") == "missed"


def test_after_a_failed_screening_nothing_is_due() -> None:
    common = {"actor": "a", "role": "r", "site": "S01", "subject": "S01-001"}
    failed = ScreeningFailed(**common, occurred=day("2025-02-20"), said=REGISTERED.said, why="not eligible")
    study = protocol(encounters=[encounter("labs", "screening", "screening", window=[0, 28])])
    of = case(screened("2025-02-10"), failed, protocol=study)
    assert [state(of, "labs", on) for on in ("2025-02-19", "2025-02-20")] == ["overdue", "does not apply"]


# ---- anchors and repetitions ----


def test_follow_up_every_3_months_for_1_year_counts_by_the_calendar_from_the_last_dose() -> None:
    of = subject(course(4, "2025-05-26"), ended("2025-06-20", last_dose="2025-06-15"), encounters=[FOLLOW_UP])
    planned = visits(of, day("2025-06-20"))
    assert {one.key: (str(one.due), str(one.earliest), str(one.latest)) for one in planned} == {
        "follow_up.1": ("2025-09-15", "2025-09-01", "2025-09-29"),
        "follow_up.2": ("2025-12-15", "2025-12-01", "2025-12-29"),
        "follow_up.3": ("2026-03-15", "2026-03-01", "2026-03-29"),
        "follow_up.4": ("2026-06-15", "2026-06-01", "2026-06-29"),
    }


def test_months_are_counted_from_the_anchor_so_that_a_short_month_shifts_nothing_after_it() -> None:
    of = subject(course(1, "2025-11-03"), ended("2025-11-30", last_dose="2025-11-30"), encounters=[FOLLOW_UP])
    assert list(days(of, "2025-11-30").values()) == ["2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"offset": "30 days"}, {"x": "2025-07-15"}),
        ({"offset": "1 month", "every": "1 year", "until": "25 months"}, {
            "x.1": "2025-07-15", "x.2": "2026-07-15", "x.3": "2027-07-15"}),
        ({"offset": "0 days", "every": "6 months", "until": "1 year"}, {
            "x.1": "2025-06-15", "x.2": "2025-12-15", "x.3": "2026-06-15"}),
        ({"offset": "4 weeks", "every": "14 days", "until": "8 weeks"}, {
            "x.1": "2025-07-13", "x.2": "2025-07-27", "x.3": "2025-08-10"}),
    ],
)  # fmt: skip
def test_an_offset_is_the_first_day_and_the_repetitions_follow_it(parts, expected) -> None:
    of = subject(ended("2025-06-15", last_dose="2025-06-15"), encounters=[encounter("x", "last_dose", **parts)])
    assert days(of, "2025-06-15") == expected


def test_a_repetition_without_an_end_is_planned_to_the_next_one_still_to_come() -> None:
    survival = encounter("survival", "end_of_treatment", "follow-up", every="6 months")
    of = subject(ended("2025-06-15", last_dose="2025-06-15"), encounters=[survival])
    assert list(days(of, "2025-06-15").values()) == ["2025-12-15"]
    assert list(days(of, "2026-01-01").values()) == ["2025-12-15", "2026-06-15"]
    assert list(days(of, "2025-06-15", "2026-06-15").values()) == ["2025-12-15", "2026-06-15", "2026-12-15"]


def test_what_counts_from_the_last_dose_is_not_planned_while_treatment_goes_on() -> None:
    on_treatment = (course(1, "2025-03-03"), taken(1, "2025-03-03", "2025-03-23"))
    assert days(subject(*on_treatment, encounters=[FOLLOW_UP]), "2025-03-28") == {}
    off = subject(*on_treatment, ended("2025-03-30"), encounters=[FOLLOW_UP])
    assert days(off, "2025-03-30")["follow_up.1"] == "2025-06-23"  # the last dose taken, 23 March, and 3 months


def test_a_visit_before_an_anchor_moves_from_the_planned_to_the_actual_first_dose() -> None:
    before = encounter("biopsy", "first_dose", "screening", offset="7 days", before=True, window=[7, 6])
    assert days(subject(encounters=[before]), "2025-02-24") == {"biopsy": "2025-02-24"}
    assert days(subject(course(1, "2025-03-05"), encounters=[before]), "2025-03-05") == {"biopsy": "2025-02-26"}


def test_a_repetition_within_a_course_begins_on_its_day_and_stays_within_it() -> None:
    weekly = encounter("weekly", "course", courses="1-2", every="7 days", day=8)
    of = subject(course(1, "2025-03-03"), encounters=[weekly])
    assert days(of, "2025-03-03") == {
        "weekly.1.1": "2025-03-10",
        "weekly.1.2": "2025-03-17",
        "weekly.1.3": "2025-03-24",
        "weekly.2.1": "2025-04-07",
        "weekly.2.2": "2025-04-14",
        "weekly.2.3": "2025-04-21",
    }


def test_visit_keys_carry_the_course_and_the_repetition_where_there_are_several() -> None:
    study = protocol(encounters=[DAY_1, DAY_15, FOLLOW_UP])
    day_1, day_15, follow_up = study.encounters
    keys = [visit_key(day_1, 2), visit_key(day_15, 1), visit_key(follow_up, None, 1)]
    assert keys == ["day_1.2", "day_15", "follow_up.1"]


# ---- samples ----

DESIGN = {
    "id": "design",
    "accrual": {"id": "accrual", "planned": 10},
    "sites": [{"id": name, "name": name, "time_zone": "UTC"} for name in ("S01", "S02")],
    "substudies": [{"id": "immune", "label": "Immune", "sites": ["S01"], "target": 5, "offered_until": 10}],
}
SPECIMENS = [
    {"id": "biopsy", "label": "Biopsy", "matrix": "skin", "encounters": ["day_1.2", "day_15"]},
    {"id": "blood", "label": "Blood", "matrix": "blood", "encounters": ["day_15"], "substudy": "immune"},
]


def sampled(*events, items=None, site="S01", on="2025-03-20") -> dict[str, str]:
    study = protocol(encounters=[DAY_1, DAY_15], specimens=SPECIMENS, design=DESIGN)
    told = (REGISTERED, course(1, "2025-03-03"), *events)
    of = case(*told, protocol=study, items=items, on="2025-03-17", site=site)
    return {one.key: one.state for one in samples(of, day(on))}


def test_samples_are_planned_at_their_visits_and_those_of_a_substudy_only_for_who_joined_it_at_its_site() -> None:
    plain = {"biopsy.day_15": "missed", "biopsy.day_1.2": "coming"}
    assert sampled() == plain
    assert sampled(joined("immune", "2025-03-10")) == {**plain, "blood.day_15": "missed"}
    assert sampled(joined("immune", "2025-03-19")) == {**plain, "blood.day_15": "missed"}
    assert sampled(joined("immune", "2025-03-20")) == plain  # the window closed on 19 March
    assert sampled(joined("immune", "2025-03-10"), site="S02") == plain
    assert sampled(joined("other", "2025-03-10")) == plain
    assert "blood.day_15" not in sampled(joined("immune", "2025-03-19"), on="2025-03-18")


@pytest.mark.parametrize(
    ("fields", "on", "expected"),
    [
        ({"specimen/biopsy.day_15": {"collected": "yes", "on": "2025-03-17"}}, "2025-03-17", "taken"),
        ({"specimen/biopsy.day_15": {"collected": "no", "reason": "refused"}}, "2025-03-17", "missed"),
        ({"visit/day_15": {"done": "yes", "on": "2025-03-17"}}, "2025-03-19", "overdue"),
        ({"visit/day_15": {"done": "yes", "on": "2025-03-17"}}, "2025-03-20", "missed"),
        ({}, "2025-03-17", "due"),
    ],
)
def test_a_sample_is_taken_not_taken_or_still_lacking(fields, on, expected) -> None:
    assert sampled(items=fields, on=on)["biopsy.day_15"] == expected


# ---- duties ----

CONTRACEPTION = {
    "id": "contraception",
    "quotes": ["4 weeks before, during and 4 weeks after"],
    "applies_when": {"ask": "fertile"},
    "commitment": "promises",
    "before": "4 weeks",
    "after": "4 weeks",
}


def duty(*events, items=None, on="2025-03-03"):
    study = protocol(obligations=[CONTRACEPTION])
    (one,) = duties(case(REGISTERED, *events, protocol=study, items=items, on="2025-02-01"), day(on))
    return one


def test_a_duty_runs_from_before_the_first_dose_and_is_open_while_treatment_goes_on() -> None:
    one = duty(items={"fertile": "yes"})
    assert (one.start, one.until) == (day("2025-02-03"), None)
    assert [one.holds_on(day(d)) for d in ("2025-02-02", "2025-02-03", "2030-01-01")] == [
        Verdict.NOT_MET, Verdict.MET, Verdict.MET]  # fmt: skip


def test_the_last_dose_of_a_course_does_not_end_a_duty_while_treatment_goes_on() -> None:
    of = (course(1, "2025-03-03"), taken(1, "2025-03-03", "2025-03-23"))
    assert duty(*of, items={"fertile": "yes"}, on="2025-03-25").until is None


def test_a_duty_of_4_weeks_after_a_last_dose_on_15_june_ends_on_13_july() -> None:
    one = duty(ended("2025-06-20", last_dose="2025-06-15"), items={"fertile": "yes"}, on="2025-06-20")
    assert one.until == day("2025-07-13")
    assert [one.holds_on(day(d)) for d in ("2025-07-13", "2025-07-14")] == [Verdict.MET, Verdict.NOT_MET]


@pytest.mark.parametrize(("fertile", "applies"), [("yes", Verdict.MET), ("no", Verdict.NOT_MET), ("", Verdict.UNKNOWN)])
def test_a_duty_binds_whom_it_applies_to_and_is_unknown_while_that_is(fertile, applies) -> None:
    one = duty(items={"fertile": fertile} if fertile else None)
    assert (one.applies, one.holds_on(day("2025-03-03"))) == (applies, applies)


def test_a_promise_4_weeks_ahead_holds_the_first_dose_back_so_long() -> None:
    one = duty(items={"fertile": "yes", "promises on 2025-02-10": "yes"})
    assert (one.promised, one.earliest_first_dose) == (Verdict.MET, day("2025-03-10"))
    assert duty(items={"fertile": "yes", "promises": "no"}).earliest_first_dose is None
    assert duty(items={"fertile": "yes"}).promised is Verdict.UNKNOWN
