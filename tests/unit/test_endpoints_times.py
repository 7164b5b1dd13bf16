"""Times to event: every row of the censoring rules worked by hand, with the edges of each.

Treatment from 3 March 2025 in courses of 28 days; the disease is assessed on day 28 of each course (30 March, 27 April,
25 May, 22 June), 3 days before to 3 days after. More than one missed: more than 2 x 28 + 6 = 62 days after the last.
"""

from datetime import date
from fractions import Fraction

import pytest

from builders import case, course, day, ended, form, protocol, regimen, registered
from trialwright.core.endpoints import AssessmentPlan, SubjectEndpoints, TimeToEvent, subject_endpoints
from trialwright.core.response import Assessment
from trialwright.core.terms import Duration, Response

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
ENCOUNTERS = [
    {"id": "baseline", "label": "Baseline", "epoch": "screening", "anchor": "first_dose", "window": [28, 0],
     "collect": ["disease_assessment"]},
    {"id": "assessment", "label": "Assessment", "epoch": "treatment", "anchor": "course", "day": 28, "window": [3, 3],
     "collect": ["disease_assessment"]},
    {"id": "follow_up", "label": "Follow-up", "epoch": "follow-up", "anchor": "end_of_treatment", "every": "3 months",
     "until": "1 year", "window": [14, 14], "collect": ["disease_assessment", "vital_status"]},
]  # fmt: skip
ENDPOINTS = [
    {"id": "pfs", "label": "PFS", "level": "primary", "variable": "time to event", "events": ["progression", "death"]},
    {"id": "os", "label": "OS", "level": "secondary", "variable": "time to event", "events": ["death"]},
    {"id": "ttp", "label": "TTP", "level": "secondary", "variable": "time to event", "events": ["progression"]},
    {"id": "ttr", "label": "TTR", "level": "secondary", "variable": "time to event", "events": ["response"]},
    {"id": "since_registration", "label": "PFS", "level": "secondary", "variable": "time to event",
     "events": ["progression", "death"], "since": "registration"},
    {"id": "dor", "label": "DOR", "level": "primary", "variable": "duration of response",
     "events": ["progression", "death"]},
]  # fmt: skip
STUDY = protocol(encounters=ENCOUNTERS, endpoints=ENDPOINTS, response={"id": "response", "confirm_after_days": 28})
BASELINE = form("2025-02-25", {"disease_assessment/baseline": {"on": "2025-02-25", "complete": "yes"}})
A1, A2, A3, A4 = "2025-03-30", "2025-04-27", "2025-05-25", "2025-06-22"
COURSES = (course(1, "2025-03-03"), course(2, "2025-03-31"), course(3, "2025-04-28"), course(4, "2025-05-26"))


def seen(on: str, response: Response, **parts) -> Assessment:
    return Assessment(day(on), "assessment", response, **parts)


def endpoints(
    assessments, *events, cut="2025-12-31", baseline=(BASELINE,), courses=COURSES, study=STUDY
) -> SubjectEndpoints:
    subject = case(registered("2025-02-26", "2025-03-03"), *baseline, *courses, *events, protocol=study)
    return subject_endpoints(subject, assessments, day(cut))


def pfs(assessments, *events, **others) -> tuple[str, bool]:
    time = endpoints(assessments, *events, **others).times["pfs"]
    return str(time.end), time.event


def died(on: str):
    return form(on, {"death/1": {"on": on}})


def new_therapy(on: str):
    return form("2025-07-01", {"new_therapy/1": {"code": "other", "start": on}})


# ---- the rows of the censoring rules ----


def test_without_a_baseline_assessment_a_subject_is_censored_on_day_1_even_if_it_died() -> None:
    assert pfs([seen(A1, NE), seen(A2, NE)], baseline=()) == ("2025-03-03", False)
    assert pfs([], died("2025-03-20"), baseline=()) == ("2025-03-03", False)
    assert endpoints([], baseline=()).times["pfs"].days == 1


def test_an_incomplete_baseline_assessment_is_none() -> None:
    half = form("2025-02-25", {"disease_assessment/baseline": {"on": "2025-02-25", "complete": "no"}})
    assert pfs([seen(A1, NE)], died("2025-04-01"), baseline=(half,)) == ("2025-03-03", False)


def test_progression_is_an_event_on_the_day_it_was_documented_at_or_between_visits() -> None:
    assert pfs([seen(A1, SD), seen(A2, PD)]) == (A2, True)
    assert pfs([seen(A1, SD), seen(A2, SD), seen("2025-05-10", PD)]) == ("2025-05-10", True)
    # 3 to 31 March is 29 days with both ends, April 30, to 10 May 10: 69
    assert endpoints([seen(A1, SD), seen(A2, SD), seen("2025-05-10", PD)]).times["pfs"].days == 69


def test_the_first_progression_counts_and_what_follows_it_does_not() -> None:
    assert pfs([seen(A1, PD), seen(A2, SD), seen(A3, PD)], died("2025-06-01")) == (A1, True)


def test_without_progression_a_subject_is_censored_at_the_last_adequate_assessment() -> None:
    assert pfs([seen(A1, SD), seen(A2, PR)]) == (A2, False)
    assert pfs([]) == ("2025-03-03", False)


@pytest.mark.parametrize("last", [seen(A2, NE), seen(A2, SD, adequate=False)])
def test_an_assessment_that_is_not_evaluable_or_not_complete_is_not_adequate(last) -> None:
    assert pfs([seen(A1, SD), last]) == (A1, False)


def test_clinical_progression_alone_is_no_event() -> None:
    stopped = ended("2025-05-05", "clinical progression")
    noted = form("2025-05-05", {"progression_clinical": "yes"})
    assert pfs([seen(A1, SD), seen(A2, SD)], stopped, noted) == (A2, False)


@pytest.mark.parametrize("why", ["unacceptable toxicity", "withdrawal", "completed"])
def test_treatment_that_stopped_for_another_reason_is_no_event(why) -> None:
    assert pfs([seen(A1, SD), seen(A2, SD)], ended("2025-05-05", why)) == (A2, False)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2025-04-26", (A1, False)),
        ("2025-04-27", (A2, False)),  # assessed that day, before the new treatment
        ("2025-05-01", (A2, False)),
        ("2025-05-25", (A3, True)),  # the day of progression: progression came first
        ("2025-06-01", (A3, True)),
        ("2025-03-10", ("2025-03-03", False)),
        ("2025-05", (A3, True)),  # may have been after the progression of 25 May
        ("2025-04", (A1, False)),
    ],
)
def test_a_new_treatment_before_progression_censors_at_the_last_adequate_assessment_before_it(start, expected) -> None:
    assert pfs([seen(A1, SD), seen(A2, SD), seen(A3, PD)], new_therapy(start)) == expected


def test_where_a_new_treatment_may_have_come_before_the_progression_the_reason_says_so() -> None:
    time = endpoints([seen(A1, SD), seen(A2, SD), seen(A3, PD)], new_therapy("2025-05")).times["pfs"]
    assert "the new treatment of 2025-05 may have come before it" in time.why


def test_a_new_treatment_without_progression_censors_too() -> None:
    assert pfs([seen(A1, SD), seen(A2, SD)], new_therapy("2025-04-10"), died("2025-04-20")) == (A1, False)


def test_a_new_treatment_before_a_gap_decides_and_what_was_assessed_under_it_does_not_count() -> None:
    assert pfs([seen(A1, SD), seen(A2, SD), seen("2025-07-30", PD)], new_therapy("2025-04-10")) == (A1, False)


def test_death_before_the_first_assessment_is_an_event() -> None:
    assert pfs([], died("2025-03-20")) == ("2025-03-20", True)
    assert endpoints([], died("2025-03-20")).times["pfs"].days == 18


def test_death_between_adequate_assessments_is_an_event() -> None:
    assert pfs([seen(A1, SD), seen(A2, SD)], died("2025-05-10")) == ("2025-05-10", True)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-05-25", ("2025-05-25", True)),  # 56 days after 30 March: one missed
        ("2025-05-31", ("2025-05-31", True)),  # 62 days
        ("2025-06-01", (A1, False)),  # 63 days: more than one missed
        ("2025-06-22", (A1, False)),
    ],
)
def test_progression_or_death_after_more_than_one_missed_assessment_is_censored_before_the_gap(on, expected) -> None:
    assert pfs([seen(A1, SD), seen(on, PD)]) == expected
    assert pfs([seen(A1, SD)], died(on)) == expected


@pytest.mark.parametrize(
    ("on", "expected"), [("2025-05-04", ("2025-05-04", True)), ("2025-05-05", ("2025-03-03", False))]
)
def test_death_62_days_after_the_start_without_any_assessment_is_an_event_and_a_day_later_it_is_not(
    on, expected
) -> None:
    assert pfs([], died(on)) == expected


def test_an_inadequate_assessment_does_not_bridge_a_gap_and_a_gap_before_the_last_one_does_not_matter() -> None:
    assert pfs([seen(A1, SD), seen(A2, NE), seen(A3, NE), seen(A4, PD)]) == (A1, False)
    assert pfs([seen(A1, SD), seen(A4, SD), seen("2025-07-20", PD)]) == ("2025-07-20", True)


def test_after_treatment_the_gap_is_counted_by_the_follow_up_visits() -> None:
    # Treatment ended on 25 May: follow-up is due on 25 August and 25 November, +/- 14 days (28 in all): to 23 December.
    off = ended("2025-05-25", "withdrawal", last_dose="2025-05-25")
    three = [seen(A1, SD), seen(A2, SD), seen(A3, SD)]
    assert pfs([*three, seen("2025-12-23", PD)], off) == ("2025-12-23", True)
    assert pfs([*three, seen("2025-12-24", PD)], off) == (A3, False)


@pytest.mark.parametrize(
    ("ended_on", "later", "every", "last"),
    [
        (None, (), None, "2025-05-31"),  # 30 March and 2 x 28 + 6 days
        ("2025-04-27", (("2025-07-27", 28),), "3 months", "2025-08-24"),  # 27 April in the course, then follow-up
        ("2025-04-26", (("2025-07-26", 28), ("2025-10-26", 28)), "3 months", "2025-11-23"),  # both in follow-up
        ("2025-04-26", (("2025-07-26", 28),), "3 months", "2025-11-01"),  # past the last one, 3 months and 6 days on
        ("2025-04-26", (), None, "2025-05-31"),
    ],
)
def test_two_assessments_on_from_the_last_one_by_the_plan(ended_on, later, every, last) -> None:
    plan = AssessmentPlan(
        Duration(28, "days"),
        6,
        day(ended_on) if ended_on else None,
        tuple((day(on), windows) for on, windows in later),
        Duration.parse(every) if every else None,
    )
    assert plan.last_day_covered(day(A1)) == day(last)


# ---- the reasons ----


def test_every_time_says_why_it_ends_and_which_clause_it_answers() -> None:
    def why(*given) -> str:
        return endpoints(*given).times["pfs"].why

    assert "no complete assessment" in endpoints([], baseline=()).times["pfs"].why
    assert why([seen(A1, PD)]) == f"progression documented on {A1}"
    assert "more than one missed assessment" in why([seen(A1, SD), seen(A4, PD)])
    assert "new treatment of the disease on 2025-04-01" in why([seen(A1, SD), seen(A2, PD)], new_therapy("2025-04-01"))
    assert f"last adequate assessment on {A1}" in why([seen(A1, SD)])
    assert why([], died("2025-03-20")) == "death on 2025-03-20"
    assert endpoints([]).times["pfs"].clause == "pfs"


# ---- survival, progression alone, other starts ----


def test_survival_ends_by_death_whatever_was_missed_or_given_and_else_when_last_known_alive() -> None:
    os = endpoints([seen(A1, SD)], died("2025-11-30"), new_therapy("2025-05-01")).times["os"]
    assert (os.end, os.event) == (date(2025, 11, 30), True)
    alive = form("2025-10-01", {"vital_status on 2025-10-01": "alive"})
    unknown = form("2025-11-01", {"vital_status on 2025-11-01": "unknown"})
    os = endpoints([seen(A1, SD)], alive, unknown).times["os"]
    assert (os.end, os.event, os.why) == (date(2025, 10, 1), False, "last known alive on 2025-10-01")


@pytest.mark.parametrize(
    ("told", "alive_on"),
    [
        ({"anc on 2025-07-01": "1500 /mm3"}, "2025-07-01"),
        ({"visit/x": {"on": "2025-07-02", "done": "yes"}}, "2025-07-02"),
        ({"visit/x": {"on": "2025-07-02", "done": "no"}}, "2025-05-26"),
        ({"vital_status on 2025-07": "alive"}, "2025-07-01"),
        ({}, "2025-05-26"),  # day 1 of the last course
    ],
)
def test_a_subject_was_alive_when_it_was_seen_measured_or_treated(told, alive_on) -> None:
    events = (form("2025-08-01", told),) if told else ()
    assert str(endpoints([seen(A1, SD)], *events).times["os"].end) == alive_on


def test_time_to_progression_is_censored_by_a_death_without_it() -> None:
    ttp = endpoints([seen(A1, SD), seen(A2, SD)], died("2025-05-10")).times["ttp"]
    assert (str(ttp.end), ttp.event) == (A2, False)


def test_a_time_may_count_from_registration() -> None:
    time = endpoints([seen(A1, PD)]).times["since_registration"]
    assert (str(time.start), time.days) == ("2025-02-26", 33)  # 26, 27, 28 February and 30 days of March


def test_before_the_first_dose_there_is_no_time_from_it() -> None:
    assert "pfs" not in endpoints([], courses=()).times


# ---- response ----


def test_duration_of_response_counts_from_the_first_documentation_of_a_confirmed_response() -> None:
    answer = endpoints([seen(A1, PR), seen(A2, PR), seen(A3, PD)])
    dor = answer.times["dor"]
    assert (str(dor.start), str(dor.end), dor.event, dor.days) == (A1, A3, True, 57)  # 56 days apart, both ends count
    assert (answer.times["ttr"].end, answer.times["ttr"].event) == (day(A1), True)
    assert answer.best.confirmed_response is PR


def test_who_did_not_respond_or_was_not_confirmed_has_no_duration_of_response() -> None:
    for assessments in ([seen(A1, SD), seen(A2, SD)], [seen(A1, PR), seen(A2, SD)], []):
        answer = endpoints(assessments)
        assert "dor" not in answer.times
        assert answer.times["ttr"].event is False


def test_a_response_that_lasts_is_censored_at_the_last_adequate_assessment() -> None:
    dor = endpoints([seen(A1, PR), seen(A2, CR), seen(A3, CR)]).times["dor"]
    assert (str(dor.start), str(dor.end), dor.event) == (A1, A3, False)


def test_a_gap_within_a_response_censors_its_duration() -> None:
    dor = endpoints([seen(A1, PR), seen(A2, PR), seen("2025-07-20", PD)]).times["dor"]
    assert (str(dor.end), dor.event) == (A2, False)


# ---- the cut ----


def test_nothing_later_than_the_cut_is_seen() -> None:
    assessments = [seen(A1, SD), seen(A2, SD), seen(A3, PD)]
    events = (died("2025-06-10"),)
    assert pfs(assessments, *events, cut="2025-05-24") == (A2, False)
    assert pfs(assessments, *events, cut="2025-05-25") == (A3, True)
    assert endpoints(assessments, *events, cut="2025-06-09").times["os"].event is False
    assert endpoints(assessments, *events, cut="2025-06-10").times["os"].event is True
    assert endpoints([seen(A1, PR), seen(A2, PR)], cut="2025-04-26").best.confirmed_response is not PR


def test_a_day_after_the_protocols_follow_up_is_kept_and_flagged() -> None:
    off = ended("2025-05-25", "completed", last_dose="2025-05-25")
    # follow-up to 25 May 2026 and 14 days more: 8 June 2026
    for on, flagged in (("2026-06-08", False), ("2026-06-09", True)):
        os = endpoints([seen(A1, SD)], off, died(on), cut="2027-01-01").times["os"]
        assert (str(os.end), os.event, os.extra_protocol) == (on, True, flagged)
        assert ("after the protocol's follow-up" in os.why) == flagged


def test_a_month_is_30_4375_days() -> None:
    time = TimeToEvent("x", date(2025, 1, 1), date(2026, 12, 31), True, "", "")
    assert time.days == 730
    assert time.months == pytest.approx(float(Fraction(730) / Fraction("30.4375")))


def test_without_planned_assessments_no_gap_is_counted() -> None:
    plain = protocol(endpoints=ENDPOINTS, regimen=[regimen()])
    assert pfs([seen(A1, SD), seen("2025-12-01", PD)], study=plain) == ("2025-12-01", True)


def test_what_is_dated_after_death_counts_for_nothing_and_is_a_finding() -> None:
    answer = endpoints([seen(A1, PR), seen(A2, PR)], died("2025-04-10"))
    assert (str(answer.times["pfs"].end), answer.times["pfs"].event) == ("2025-04-10", True)
    assert "dor" not in answer.times
    assert [one.says for one in answer.findings] == [
        f"An assessment or a dose is dated {on}, after the death of 2025-04-10."
        for on in (A2, "2025-04-28", "2025-05-26")
    ]
    before = endpoints([seen(A1, PR)], died("2025-03-02")).times  # there is no time from a dose after death
    assert (list(before), before["since_registration"].days) == (["since_registration"], 5)
