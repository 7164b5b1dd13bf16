"""What the registry is to be told: each limit on the day before it, on it and after it, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from builders import day
from trialwright.core.registration import (
    LIMITS,
    Posted,
    PostedDate,
    Reached,
    RecordLife,
    Recruitment,
    Stands,
    Update,
    late_finding,
    updates_due,
)
from trialwright.core.terms import PartialDate, Severity, Verdict
from trialwright.standards.registration import FDAAA_801, applicable

WAITS = Reached(None, "one is on study", ("S01-002",))


def reached(on: str) -> Reached:
    return Reached(day(on), "the last was seen")


def life(
    on: str, status: Recruitment = Recruitment.ACTIVE_NOT_RECRUITING, since: str = "2020-06-01", **told
) -> RecordLife:
    """A study of two sites that started in 2020 and goes on, unless told otherwise."""
    now = Stands(status, day(since) if since else None, "because it does", told.pop("why_stopped", ""))
    usual = {
        "history": (now,),
        "sites": {"S01": now, "S02": replace(now, status=Recruitment.COMPLETED)},
        "names": {"S01": "North Hospital", "S02": "South  Hospital"},
        "planned": 20,
        "registered": 18,
        "closed": day(since) if since else None,
        "start": reached("2020-01-15"),
        "primary_completion": WAITS,
        "completion": WAITS,
    }
    return RecordLife(on=day(on), **{**usual, **told})


def dated(on: str, actual: bool | None = False) -> PostedDate:
    return PostedDate(PartialDate.parse(on), actual)


GOOD = Posted(
    status=Recruitment.ACTIVE_NOT_RECRUITING,
    verified=PartialDate.parse("2020-06"),
    start=dated("2020-01-15", True),
    primary_completion=dated("2022-01"),
    completion=dated("2023-01"),
    enrolled=20,
    enrolled_actual=False,
    applies=Verdict.MET,
)
"""A record that agrees with `life` in 2020."""


def told(now: RecordLife, posted: Posted | None = GOOD) -> dict[str, Update]:
    return {one.field: one for one in updates_due(now, posted, FDAAA_801)}


def test_a_record_that_agrees_is_to_be_told_nothing() -> None:
    assert told(life("2020-07-01")) == {}


def test_every_limit_the_core_asks_for_is_in_the_law_with_its_source() -> None:
    assert set(FDAAA_801.by) == set(LIMITS)
    assert all(one.source and one.after for one in FDAAA_801.by.values())


@pytest.mark.parametrize(
    ("on", "late", "days"),
    [("2020-06-30", "not met", 0), ("2020-07-01", "not met", 0), ("2020-07-02", "met", 1), ("2020-08-01", "met", 31)],
)
def test_a_change_of_status_is_told_within_thirty_days(on, late, days) -> None:
    one = told(life(on), replace(GOOD, status=Recruitment.RECRUITING))["overall status"]
    assert (one.says, one.should_say, one.since, one.due) == (
        "recruiting",
        "active, not recruiting",
        date(2020, 6, 1),
        date(2020, 7, 1),
    )
    assert (one.late.value, one.days_late(day(on))) == (late, days)


def test_a_status_the_registry_set_itself_is_told_even_where_the_last_known_one_was_right() -> None:
    one = told(life("2020-06-15"), replace(GOOD, unknown_status=True))["overall status"]
    assert one.says == "unknown status (last known: active, not recruiting)"


@pytest.mark.parametrize("status", [Recruitment.SUSPENDED, Recruitment.TERMINATED, Recruitment.WITHDRAWN])
def test_a_study_that_was_stopped_says_why(status) -> None:
    now, posted = life("2020-06-02", status, why_stopped="no drug"), replace(GOOD, status=status)
    assert told(now, posted)["why stopped"].should_say == "no drug"
    assert "why stopped" not in told(now, replace(posted, why_stopped="no drug left"))


@pytest.mark.parametrize(
    ("posted", "should_say"),
    [
        (dated("2020-01-15", True), None),
        (dated("2020-01", True), None),
        (dated("2020-01", None), None),
        (dated("2020", None), None),
        (dated("2020-01-15"), "2020-01-15 (actual)"),
        (dated("2020-01-14", True), "2020-01-15 (actual)"),
        (dated("2020-02", None), "2020-01-15 (actual)"),
        (None, "2020-01-15 (actual)"),
    ],
)
def test_a_date_that_was_reached_agrees_at_its_own_precision_and_as_actual(posted, should_say) -> None:
    found = told(life("2020-07-01"), replace(GOOD, start=posted)).get("start date")
    assert (found.should_say if found else None) == should_say


@pytest.mark.parametrize(
    ("started", "due"), [("2017-01-17", "2018-01-17"), ("2017-01-18", "2017-02-17"), ("2017-01-19", "2017-02-18")]
)
def test_a_limit_of_the_rule_of_2017_binds_who_started_on_its_day_or_later_and_others_at_the_next_verification(
    started, due
) -> None:
    now = life("2020-07-01", start=reached(started))
    assert str(told(now, replace(GOOD, start=None))["start date"].due) == due


@pytest.mark.parametrize(
    ("since", "due"), [("2005-07-18", "2008-01-25"), ("2007-12-25", "2008-01-25"), ("2007-12-27", "2008-01-26")]
)
def test_nothing_was_due_before_there_was_a_law(since, due) -> None:
    """30 days after 26 December 2007 is 25 January 2008."""
    one = told(life("2008-01-25", since=since), replace(GOOD, status=Recruitment.RECRUITING))["overall status"]
    assert (str(one.since), str(one.due), one.late) == (since, due, Verdict.NOT_MET)


@pytest.mark.parametrize(
    ("reached_on", "due", "late"), [("2007-12-25", None, "not met"), ("2007-12-26", "2008-12-26", "met")]
)
def test_a_study_that_was_over_before_the_law_owes_nothing(reached_on, due, late) -> None:
    one = told(life("2009-01-01", primary_completion=reached(reached_on)))["results"]
    assert (str(one.due) if one.due else None, one.late.value) == (due, late)


@pytest.mark.parametrize(("on", "told_of"), [("2022-01-30", False), ("2022-01-31", False), ("2022-02-01", True)])
def test_an_estimate_that_has_passed_is_to_be_made_anew_and_never_made_up(on, told_of) -> None:
    now, posted = life(on), replace(GOOD, verified=PartialDate.parse("2022-01"))
    found = told(now, posted)
    assert ("primary completion date" in found) is told_of
    if told_of:
        one = found["primary completion date"]
        assert (one.should_say, one.since) == ("a later estimate", date(2022, 2, 1))
        assert "S01-002" in one.because


@pytest.mark.parametrize(
    ("expected", "should_say"),
    [("2022-01", "a later estimate"), ("2022-02", "2022-02 (estimated)"), ("2023-05-01", "2023-05-01 (estimated)")],
)
def test_the_estimate_of_the_sponsor_is_told_where_it_has_not_passed(expected, should_say) -> None:
    known = {"primary completion date": PartialDate.parse(expected)}
    found = {one.field: one for one in updates_due(life("2022-02-10"), GOOD, FDAAA_801, known)}
    assert found["primary completion date"].should_say == should_say


def test_a_date_posted_as_actual_that_was_not_reached_is_told_and_its_lateness_is_unknown() -> None:
    one = told(life("2020-07-01"), replace(GOOD, completion=dated("2020-06", True)))["completion date"]
    assert (one.should_say, one.due, one.late) == ("an estimate", None, Verdict.UNKNOWN)


def test_the_enrollment_turns_actual_with_the_primary_completion_date() -> None:
    now = life("2021-01-10", primary_completion=reached("2021-01-01"))
    posted = replace(GOOD, primary_completion=dated("2021-01-01", True), verified=PartialDate.parse("2021-01"))
    one = told(now, posted)["enrollment"]
    assert (one.says, one.should_say, str(one.due)) == ("20 (estimated)", "18 (actual)", "2021-01-31")
    assert "enrollment" not in told(now, replace(posted, enrolled=18, enrolled_actual=True))
    assert "enrollment" in told(now, replace(posted, enrolled=17, enrolled_actual=True))


def test_the_number_planned_is_that_of_the_protocol() -> None:
    assert told(life("2020-07-01"), replace(GOOD, enrolled=35))["enrollment"].should_say == "20 (estimated)"
    assert told(life("2020-07-01"), replace(GOOD, enrolled=None))["enrollment"].says == "nothing"


@pytest.mark.parametrize(
    ("on", "late"),
    [("2021-05-30", None), ("2021-05-31", "not met"), ("2021-06-01", "not met"), ("2021-06-02", "unknown"),
     ("2021-06-30", "unknown"), ("2021-07-01", "met")],
)  # fmt: skip
def test_a_record_is_verified_every_twelve_months_and_a_month_leaves_open_which_day(on, late) -> None:
    """Verified in June 2020: the twelve months end on a day from 1 to 30 June 2021; told 30 days before the last."""
    found = told(life(on)).get("verification date")
    assert (found.late.value if found else None) == late


def test_a_record_that_was_never_verified_is_unknown() -> None:
    assert told(life("2020-07-01"), replace(GOOD, verified=None))["verification date"].late is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("applies", "results", "asked"),
    [(Verdict.MET, None, True), (Verdict.MET, date(2021, 1, 1), False), (Verdict.NOT_MET, None, False),
     (Verdict.UNKNOWN, None, True)],
)  # fmt: skip
def test_a_study_that_is_over_is_verified_until_its_results_are_in_where_the_law_binds_it(
    applies, results, asked
) -> None:
    posted = replace(GOOD, status=Recruitment.COMPLETED, applies=applies, results_submitted=results)
    found = told(life("2022-01-01", Recruitment.COMPLETED), posted)
    assert ("verification date" in found) is asked


OVER = life(
    "2022-01-01", Recruitment.COMPLETED, primary_completion=reached("2021-01-01"), completion=reached("2021-01-01")
)


@pytest.mark.parametrize(
    ("on", "certified", "due", "late"),
    [
        ("2021-12-31", None, "2022-01-01", "not met"),
        ("2022-01-01", None, "2022-01-01", "not met"),
        ("2022-01-02", None, "2022-01-01", "met"),
        ("2022-01-02", "2022-01-01", "2024-01-01", "not met"),
        ("2022-01-02", "2022-01-02", "2022-01-01", "met"),
        ("2023-06-16", "2021-06-15", "2023-06-15", "met"),
    ],
)
def test_results_are_due_a_year_after_primary_completion_or_two_after_a_delay_certified_in_time(
    on, certified, due, late
) -> None:
    posted = replace(GOOD, delay_certified=day(certified) if certified else None)
    one = told(replace(OVER, on=day(on)), posted)["results"]
    assert (str(one.due), one.late.value) == (due, late)


def test_results_that_were_submitted_are_due_no_more_and_none_are_before_primary_completion() -> None:
    assert "results" not in told(OVER, replace(GOOD, results_submitted=date(2021, 6, 1)))
    assert "results" not in told(life("2022-01-01"))


@pytest.mark.parametrize(
    ("verified", "completion", "on", "shown"),
    [
        ("2020-06", "2021-01", "2022-06-30", False),
        ("2020-06", "2021-01", "2022-07-01", True),
        ("2020-06", "2023-01", "2023-01-31", False),
        ("2020-06", "2023-01", "2023-02-01", True),
        ("2020-06", None, "2022-06-30", False),
        ("2020-06", None, "2022-07-01", True),
    ],
)
def test_the_registry_shows_a_record_as_unknown_two_years_after_it_was_verified_once_its_completion_date_has_passed(
    verified, completion, on, shown
) -> None:
    ends = dated(completion) if completion else None
    posted = replace(GOOD, verified=PartialDate.parse(verified), completion=ends)
    assert ("shown status" in told(life(on), posted)) is shown


@pytest.mark.parametrize(
    ("last_update", "told_of"), [("2020-05-31", True), ("2020-06-01", False), ("2020-06", False), ("2020-05", True)]
)
def test_an_amendment_approved_after_the_last_update_is_told_within_thirty_days(last_update, told_of) -> None:
    now = life("2020-07-02", amended=(("2", day("2020-03-01")), ("3", day("2020-06-01"))))
    found = told(now, replace(GOOD, last_update=PartialDate.parse(last_update))).get("protocol amendment")
    assert (found is not None) is told_of
    if found:
        assert (found.should_say, str(found.due), found.late) == ("what version 3 changed", "2020-07-01", Verdict.MET)
    assert "protocol amendment" not in told(now, replace(GOOD, last_update=None))


@pytest.mark.parametrize(
    ("updated", "on", "shown"),
    [
        ("2020-06-10", "2022-06-10", False),
        ("2020-06-10", "2022-06-11", True),
        ("2020-07-02", "2022-06-30", False),
        ("2020-05-31", "2022-06-30", False),
    ],
)
def test_the_day_of_the_update_in_the_month_of_verification_is_the_day_it_was_verified(updated, on, shown) -> None:
    posted = replace(GOOD, completion=dated("2021-01"), last_update=PartialDate.parse(updated))
    assert ("shown status" in told(life(on), posted)) is shown


def test_places_are_compared_by_name_and_a_site_that_is_not_in_the_record_is_told() -> None:
    posted = replace(GOOD, sites={"north hospital": Recruitment.RECRUITING})
    found = told(life("2020-06-02"), posted)
    assert found["status of north hospital"].should_say == "active, not recruiting"
    assert found["place South  Hospital"].should_say == "completed"
    agreed = {"North Hospital": Recruitment.ACTIVE_NOT_RECRUITING, "South Hospital": None, "Elsewhere": None}
    assert told(life("2020-06-02"), replace(GOOD, sites=agreed)) == {}


@pytest.mark.parametrize(("on", "late"), [("2020-02-05", "not met"), ("2020-02-06", "met")])
def test_a_study_without_a_record_is_registered_within_21_days_of_the_first_subject(on, late) -> None:
    one = told(life(on), None)["record"]
    assert (str(one.due), one.late.value) == ("2020-02-05", late)
    assert told(life(on, start=WAITS), None)["record"].late is Verdict.UNKNOWN


def test_of_a_ledger_that_holds_nothing_by_the_day_only_what_the_record_alone_shows_is_told() -> None:
    before = life("2020-07-01", Recruitment.NOT_YET_RECRUITING, since="", start=WAITS)
    assert told(before, replace(GOOD, status=Recruitment.COMPLETED)) == {}
    assert set(told(replace(before, on=day("2021-07-01")))) == {"verification date"}


@pytest.mark.parametrize(
    ("on", "applies", "severity"),
    [
        ("2020-07-01", Verdict.MET, None),
        ("2020-07-02", Verdict.MET, Severity.WARNING),
        ("2020-07-02", Verdict.UNKNOWN, Severity.WARNING),
        ("2020-07-02", Verdict.NOT_MET, Severity.NOTE),
    ],
)
def test_what_is_late_is_one_finding_weighed_by_whether_the_law_binds_the_study(on, applies, severity) -> None:
    now, posted = life(on), replace(GOOD, status=Recruitment.RECRUITING, applies=applies)
    found = late_finding(updates_due(now, posted, FDAAA_801), posted, now)
    assert [one.severity for one in found] == ([severity] if severity else [])
    assert all("by up to 1 day: overall status" in one.says for one in found)
    assert late_finding(updates_due(now, posted, FDAAA_801), posted, replace(now, simulated=True)) == ()


YES, NO, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "phases", "purpose", "regulated", "us", "export", "verdict"),
    [
        ("INTERVENTIONAL", ("PHASE2",), "TREATMENT", YES, YES, OPEN, YES),
        ("INTERVENTIONAL", ("PHASE1", "PHASE2"), "TREATMENT", YES, YES, OPEN, YES),
        ("INTERVENTIONAL", ("NA",), "TREATMENT", YES, YES, OPEN, YES),
        ("INTERVENTIONAL", ("PHASE1",), "TREATMENT", YES, YES, OPEN, NO),
        ("INTERVENTIONAL", ("EARLY_PHASE1",), "TREATMENT", YES, YES, OPEN, NO),
        ("OBSERVATIONAL", None, None, YES, YES, OPEN, NO),
        ("INTERVENTIONAL", ("PHASE2",), "DEVICE_FEASIBILITY", YES, YES, OPEN, NO),
        ("INTERVENTIONAL", ("PHASE2",), "TREATMENT", NO, YES, OPEN, NO),
        ("INTERVENTIONAL", ("PHASE2",), "TREATMENT", OPEN, YES, OPEN, OPEN),
        ("INTERVENTIONAL", ("PHASE2",), "TREATMENT", YES, NO, NO, NO),
        ("INTERVENTIONAL", ("PHASE2",), "TREATMENT", YES, NO, YES, YES),
        ("INTERVENTIONAL", ("PHASE2",), "TREATMENT", YES, NO, OPEN, OPEN),
        ("INTERVENTIONAL", None, "TREATMENT", YES, YES, OPEN, OPEN),
        (None, ("PHASE2",), "TREATMENT", YES, YES, OPEN, OPEN),
    ],
)
def test_whether_the_law_binds_a_study(kind, phases, purpose, regulated, us, export, verdict) -> None:
    found, because = applicable(kind, phases, purpose, regulated, us, export)
    assert found is verdict
    assert because
