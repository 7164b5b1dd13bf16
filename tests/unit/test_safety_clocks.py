"""The clocks of serious events: hours over a change to summer time, days by the calendar, and what is not known."""

from __future__ import annotations

from datetime import datetime

import pytest

from builders import case, correction, course, day, ended, form, protocol, registered, screened
from trialwright.core.safety import safety_clocks, safety_window
from trialwright.standards.clock import CLOCK

SITES = [{"id": "S01", "name": "North", "time_zone": "America/Chicago"}, {"id": "S02", "name": "S", "time_zone": "UTC"}]
DESIGN = {"id": "design", "accrual": {"id": "accrual", "planned": 10}, "sites": SITES}
RULES = [
    {"id": "at_once", "quotes": ["at once"], "when": {"serious": True}, "to": "sponsor", "within": "24 hours"},
    {"id": "death", "quotes": ["7 days"], "to": "regulator", "within": "7 days",
     "when": {"serious": True, "related": True, "expected": False, "outcome": ["fatal"]}},
    {"id": "susar", "quotes": ["15 days"], "to": "regulator", "within": "15 days",
     "when": {"serious": True, "related": True, "expected": False}},
]  # fmt: skip
AWARE = {"aware": "2025-03-08", "aware_time": "14:30"}


def study(*rules: dict, **safety):
    return protocol(design=DESIGN, safety={"reporting": list(rules or RULES), **safety})


def events(on: str = "2025-03-08", **fields):
    """A serious event entered on a day."""
    told = {"term": "Sepsis", "grade": 4, "start": "2025-03-07", "serious": "yes", **fields}
    return [
        screened("2025-02-20"),
        registered("2025-02-28"),
        course(1, "2025-03-03"),
        form(on, {"adverse_event/1": told}),
    ]


def report(on: str, time: str = "", to: str = "sponsor", kind: str = "initial"):
    told = {"adverse_event": "1", "to": to, "on": on, "kind": kind, **({"time": time} if time else {})}
    return form(on, {f"safety_report/{to}.{kind}.{on}": told})


def clocks(*told, on="2025-03-20", now: str | None = None, rules=None):
    one = case(*told, protocol=rules or study())
    return {
        each.clause: each for each in safety_clocks(one, CLOCK, day(on), datetime.fromisoformat(now) if now else None)
    }


# --- hours -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aware", "time", "due"),
    [
        ("2025-03-05", "14:30", "2025-03-06 14:30 -0600"),
        ("2025-03-08", "14:30", "2025-03-09 15:30 -0500"),  # the clock went on by an hour at 02:00
        ("2025-11-01", "14:30", "2025-11-02 13:30 -0600"),  # and back
        ("2025-11-02", "01:30", "2025-11-03 00:30 -0600"),  # comes twice that night: the first time counts
        ("2025-03-05", "", "2025-03-06 00:00 -0600"),  # no time: from the earliest it can have been
        ("2025-03", "", "2025-03-02 00:00 -0600"),  # no day either
    ],
)
def test_24_hours_run_by_the_clock_of_the_world(aware, time, due) -> None:
    told = {"start": "2025-02-28", "aware": aware, **({"aware_time": time} if time else {})}
    found = clocks(*events("2025-11-05" if "-11-" in aware else "2025-03-20", **told), on="2025-11-06")["at_once"]
    assert f"{found.due:%Y-%m-%d %H:%M %z}" == due
    assert ("no time is told" in found.why) is not bool(time)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2025-03-09T15:29:00-05:00", "running"),
        ("2025-03-09T15:30:00-05:00", "running"),
        ("2025-03-09T15:31:00-05:00", "overdue"),
    ],
)
def test_a_clock_just_before_at_and_after_its_limit(now, state) -> None:
    assert clocks(*events(**AWARE), on="2025-03-09", now=now)["at_once"].state == state


@pytest.mark.parametrize(
    ("on", "state"), [("2025-03-08", "running"), ("2025-03-09", "due today"), ("2025-03-10", "overdue")]
)
def test_by_the_day_alone_what_falls_due_within_it_is_not_overdue(on, state) -> None:
    assert clocks(*events(**AWARE), on=on)["at_once"].state == state


@pytest.mark.parametrize(
    ("sent", "time", "state"),
    [
        ("2025-03-09", "15:29", "reported in time"),
        ("2025-03-09", "15:30", "reported in time"),
        ("2025-03-09", "15:31", "reported late"),
        ("2025-03-08", "", "reported in time"),
        ("2025-03-09", "", "cannot be told"),
        ("2025-03-10", "", "reported late"),
    ],
)
def test_a_report_before_at_and_after_the_limit_and_without_its_time(sent, time, state) -> None:
    assert clocks(*events(**AWARE), report(sent, time))["at_once"].state == state


@pytest.mark.parametrize(("to", "kind"), [("regulator", "initial"), ("sponsor", "follow-up")])
def test_another_recipient_or_another_kind_of_report_is_no_report(to, kind) -> None:
    assert clocks(*events(**AWARE), report("2025-03-08", "16:00", to, kind))["at_once"].state == "overdue"


# --- days ------------------------------------------------------------------------------------------------------------


SUSPECTED = {**AWARE, "related": "yes", "expected": "no"}


@pytest.mark.parametrize(
    ("sent", "state"),
    [("2025-03-22", "reported in time"), ("2025-03-23", "reported in time"), ("2025-03-24", "reported late")],
)
def test_15_days_end_with_the_15th_day_after(sent, state) -> None:
    assert clocks(*events(**SUSPECTED), report(sent, to="regulator"), on="2025-03-30")["susar"].state == state


@pytest.mark.parametrize(
    ("on", "state"), [("2025-03-14", "running"), ("2025-03-15", "running"), ("2025-03-16", "overdue")]
)
def test_7_days_of_a_death(on, state) -> None:
    assert clocks(*events(**SUSPECTED, outcome="fatal"), on=on)["death"].state == state


# --- which clocks run -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "running"),
    [
        ({"serious": "no"}, set()),
        ({"serious": "no", "serious_hospitalization": "yes"}, {"at_once"}),
        ({"related": "no", "expected": "no"}, {"at_once"}),
        ({"related": "yes", "expected": "yes"}, {"at_once"}),
        ({"related": "yes", "expected": "no", "outcome": "recovered"}, {"at_once", "susar"}),
        ({"related": "yes", "expected": "no", "outcome": "fatal"}, {"at_once", "susar", "death"}),
    ],
)
def test_the_rule_says_which_events_start_a_clock(fields, running) -> None:
    with_related = {"related": "no", "expected": "yes", **AWARE, **fields}
    assert set(clocks(*events(**with_related))) == running


def test_a_datum_that_is_missing_leaves_the_clock_open_and_is_named() -> None:
    found = clocks(*events(**AWARE, related="yes"))["susar"]
    assert (found.state, found.missing) == ("cannot be told", ("whether it was expected (Sepsis)",))
    assert f"{found.due:%Y-%m-%d}" == "2025-03-23" and found.open


def test_after_the_safety_time_only_related_events_count_where_the_rule_says_so() -> None:
    rules = study({**RULES[0], "within_window": True}, window={"id": "w", "quotes": ["30 days"], "after": "30 days"})
    for start, related, runs in [("2025-04-22", "no", True), ("2025-04-23", "no", False), ("2025-04-23", "yes", True)]:
        told = [
            *events("2025-04-30", start=start, aware="2025-04-30", related=related),
            ended("2025-03-24", last_dose="2025-03-23"),
        ]
        assert bool(clocks(*told, on="2025-04-30", rules=rules)) is runs


# --- since when -------------------------------------------------------------------------------------------------------


def test_an_event_that_becomes_serious_later_starts_its_clock_then() -> None:
    told = events(serious="no", aware="2025-03-08", aware_time="14:30")
    assert clocks(*told) == {}
    later = form("2025-03-12", {"adverse_event/1/serious": "yes"})
    found = clocks(*told, later)["at_once"]
    assert f"{found.started:%Y-%m-%d %H:%M}" == "2025-03-12 00:00" and "entry of 2025-03-12" in found.why


def test_the_site_may_say_exactly_when_it_knew_that_the_event_was_serious() -> None:
    later = {"adverse_event/1/serious": "yes", "adverse_event/1/aware_serious": "2025-03-11",
             "adverse_event/1/aware_serious_time": "09:15"}  # fmt: skip
    found = clocks(*events(serious="no", **AWARE), form("2025-03-12", later))["at_once"]
    assert f"{found.started:%Y-%m-%d %H:%M}" == "2025-03-11 09:15"


def test_a_report_from_before_it_became_serious_does_not_answer_the_clock() -> None:
    told = [
        *events(serious="no", **AWARE),
        report("2025-03-08", "15:00"),
        form("2025-03-12", {"adverse_event/1/serious": "yes"}),
    ]
    assert clocks(*told, on="2025-03-12")["at_once"].state != "reported in time"


def test_a_typing_error_that_is_corrected_does_not_put_the_clock_off() -> None:
    told = [*events(serious="no", **AWARE), correction("2025-03-12", {"adverse_event/1/serious": "yes"})]
    assert f"{clocks(*told)['at_once'].started:%Y-%m-%d %H:%M}" == "2025-03-08 14:30"


def test_a_blank_that_is_filled_in_later_does_not_put_the_clock_off() -> None:
    told = [*events(**AWARE, related="yes"), form("2025-03-18", {"adverse_event/1/expected": "no"})]
    assert f"{clocks(*told)['susar'].started:%Y-%m-%d %H:%M}" == "2025-03-08 14:30"


@pytest.mark.parametrize(
    ("on", "sent", "state"),
    [
        # began on 7 March, entered on 10 March: known between 00:00 of the 7th and the end of the 10th
        ("2025-03-07", None, "running"),
        ("2025-03-09", None, "cannot be told"),
        ("2025-03-11", None, "cannot be told"),
        ("2025-03-12", None, "overdue"),
        ("2025-03-12", "2025-03-07", "reported in time"),
        ("2025-03-12", "2025-03-09", "cannot be told"),
        ("2025-03-13", "2025-03-12", "reported late"),
    ],
)
def test_where_nobody_said_when_the_site_knew_both_ends_are_told(on, sent, state) -> None:
    told = [*events("2025-03-10"), *([report(sent)] if sent else [])]
    assert clocks(*told, on=on)["at_once"].state == state


def test_a_time_that_is_none_counts_as_not_told() -> None:
    found = clocks(*events(aware="2025-03-08", aware_time="half past two"))["at_once"]
    assert f"{found.started:%H:%M}" == "00:00" and found.missing == () and "no time is told" in found.why


def test_without_a_rule_there_is_no_clock() -> None:
    assert clocks(*events(**AWARE), rules=protocol(design=DESIGN)) == {}


def test_a_day_that_the_clock_shortens_ends_at_its_last_moment() -> None:
    span = CLOCK.instants(day("2025-03-09"), "", "America/Chicago")
    assert (span.latest - span.earliest).total_seconds() == pytest.approx(23 * 3600, abs=1)


@pytest.mark.parametrize(("time", "zone"), [("25:00", "UTC"), ("12:00+01:00", "UTC"), ("12:00", "Mars/Olympus")])
def test_a_time_that_is_none_or_a_zone_nobody_knows_is_refused(time, zone) -> None:
    with pytest.raises(ValueError, match=r"time|hour|offset"):
        CLOCK.instants(day("2025-03-09"), time, zone)


# --- the safety time --------------------------------------------------------------------------------------------------

WORST = {"id": "tox", "quotes": ["toxicity"], "label": "Toxicity", "level": "secondary", "variable": "worst grade"}
WINDOW = {"window": {"id": "w", "quotes": ["5 weeks"], "after": "5 weeks"}}


@pytest.mark.parametrize(
    ("parts", "days"),
    [
        ({}, None),
        ({"endpoints": [WORST]}, None),
        ({"endpoints": [{**WORST, "safety_days": 30}]}, 30),
        ({"endpoints": [{**WORST, "safety_days": 30}], "safety": WINDOW}, 35),
        ({"safety": WINDOW}, 35),
    ],
)
def test_the_safety_time_is_the_protocols_and_never_a_usual_one(parts, days) -> None:
    window = safety_window(protocol(**parts))
    assert (window.days if window else None) == days


def test_a_safety_time_in_calendar_months_is_refused_since_it_has_no_number_of_days() -> None:
    with pytest.raises(ValueError, match="in days or weeks"):
        protocol(safety={"window": {"id": "w", "quotes": ["1 month"], "after": "1 month"}})
