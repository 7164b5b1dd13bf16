"""The numbers of a report, worked by hand for the small trial."""

from dataclasses import replace
from datetime import date

import pytest
import small_trial as t

from builders import _who, ended, registered, screened
from trialwright.adapters.reports.analysis.comparison import compared, merged, sourced
from trialwright.adapters.reports.analysis.safety import safety
from trialwright.adapters.reports.analysis.survival import ticks_up_to
from trialwright.core.analysis import gather
from trialwright.core.analysis.people import Gathered, Person
from trialwright.core.conduct import said_for_registration, subject_status, trial_status
from trialwright.core.eligibility import CriterionAnswer, Eligibility
from trialwright.core.estimation import NotEstimable
from trialwright.core.ledger import Said, ScreeningFailed, StudyStatusDeclared, SubjectTransferred
from trialwright.core.subject import fold_study
from trialwright.core.terms import Grade, Response, Verdict


def test_planned_registered_treated_and_evaluable_are_four_numbers() -> None:
    flow = t.analysis().flow
    assert (flow.planned, flow.screened, flow.failed, flow.registered, flow.treated, flow.evaluable) == (
        10,
        5,
        1,
        4,
        3,
        3,
    )


def test_a_screen_failure_is_told_by_the_words_of_its_clause() -> None:
    assert t.analysis().flow.failures == (("Ok (Prescribing information)", 1),)


def test_who_met_every_criterion_and_was_not_registered_failed_none_of_them() -> None:
    went = ScreeningFailed(**_who("2025-01-03"), said=Said("eligible", ("ok",)), why="moved away")
    people = {**t.PEOPLE, "P-6": (screened("2025-01-01"), went)}
    assert dict(t.analysis(people).flow.failures)["Moved away"] == 1
    assert dict(t.analysis(people).flow.failures)["Ok (Prescribing information)"] == 1


@pytest.mark.parametrize(
    ("quotes", "words"),
    [
        (["Inclusion Criteria:", "30-60 years age"], "30-60 years age"),
        (["30-60 years age", "Ages"], "30-60 years age"),
        (["Inclusion Criteria:"], "Inclusion Criteria:"),
    ],
)
def test_a_heading_of_the_record_is_no_reason(quotes, words) -> None:
    version = t.protocol(eligibility=[{"id": "ok", "quotes": quotes, "must": {"measure": "pain", "is": "<= 10"}}])
    assert t.analysis(version=version).flow.failures == ((words, 1),)


def test_everyone_treated_is_on_treatment_or_off_it_with_a_reason() -> None:
    (column,) = t.analysis().flow.columns
    assert (column.treated, column.on_treatment, column.off_treatment) == (3, 1, (("Progressive disease", 2),))
    assert column.never_treated == 1


@pytest.mark.parametrize(
    ("population", "of", "lower", "upper"),
    [("registered", 4, 0.0063, 0.8059), ("treated", 3, 0.0084, 0.9057), ("evaluable", 3, 0.0084, 0.9057)],
)
def test_one_confirmed_response_on_each_denominator(population, of, lower, upper) -> None:
    """Exact limits of 1/4 and 1/3 as in the tables of Clopper and Pearson."""
    rate = t.analysis().response.rate(population)
    assert (rate.successes, rate.n) == (1, of)
    assert (rate.lower, rate.upper) == (pytest.approx(lower, abs=5e-5), pytest.approx(upper, abs=5e-5))


def test_best_responses_are_counted_as_seen_and_as_confirmed() -> None:
    (best,) = t.analysis().response.best
    assert best.n == 3
    assert best.confirmed == {Response.PR: 1, Response.SD: 1, Response.PD: 1}


def test_the_waterfall_falls_from_the_greatest_increase_to_the_greatest_decrease() -> None:
    """Least ratios before or at progression: 3/10, 9/10 and 3/2 of baseline."""
    assert [(one.subject, round(one.percent)) for one in t.analysis().response.changes] == [
        ("P-3", 50),
        ("P-2", -10),
        ("P-1", -70),
    ]


def test_progression_free_survival_by_hand() -> None:
    """P-3: 10 Jan to 10 Feb, 32 days, event. P-2: 5 Jan to 28 Feb, 55 days, censored. P-1: 2 Jan to 24 Apr, 113 days.

    S is 2/3 from 32 days and 0 from 113 days, so the median is 113 / 30.4375 = 3.7125 months.
    """
    pfs = next(one for one in t.analysis().times if one.endpoint.id == "pfs")
    assert sorted((time.days, time.event) for _, time in pfs.members) == [(32, True), (55, False), (113, True)]
    assert pfs.curves[0].curve.survival.tolist() == pytest.approx([2 / 3, 2 / 3, 0])
    assert pfs.curves[0].median.estimate == pytest.approx(113 / 30.4375)


def test_survival_is_added_where_death_counts_and_no_endpoint_asks_for_it() -> None:
    times = t.analysis().times
    assert [(one.endpoint.id, one.added) for one in times] == [("pfs", False), ("overall_survival", True)]


def test_a_study_without_responses_has_no_response_and_no_survival() -> None:
    told = t.analysis(version=t.protocol(endpoints=[t.PAIN | {"at": ["week_1"]}]), response=False)
    assert told.response is None
    assert told.times == ()
    assert told.flow.evaluable == 3


@pytest.mark.parametrize(
    ("cut", "registered", "treated", "progressed"),
    [
        (date(2024, 12, 31), 0, 0, 0),
        (date(2025, 1, 1), 4, 0, 0),
        (date(2025, 1, 2), 4, 1, 0),
        (date(2025, 2, 9), 4, 3, 0),
        (date(2025, 2, 10), 4, 3, 1),
    ],
)
def test_nothing_after_the_cut_off_is_seen(cut, registered, treated, progressed) -> None:
    told = t.analysis(cut=cut)
    pfs = next(one for one in told.times if one.endpoint.id == "pfs")
    assert (told.flow.registered, told.flow.treated, pfs.events) == (registered, treated, progressed)


def test_arms_are_compared_by_difference_of_means_and_each_has_its_row() -> None:
    """Drug 2 and 4, placebo 6 and 8: means 3 and 7, difference -4; Welch's standard error is the root of 1 + 1."""
    people = {
        f"{name}-{number}": t.treated("2025-01-02", t.arm(name, "2025-01-01"), t.pain("2025-01-09", score, "week_1"))
        for name, scores in (("A", "24"), ("B", "68"))
        for number, score in enumerate(scores)
    }
    version = t.protocol(arms=t.TWO_ARMS, endpoints=[t.PAIN | {"at": ["week_1"], "against": "arm"}])
    (found,) = t.analysis(people, version=version, response=False).measured
    assert [(one.group, one.mean.mean) for one in found.means] == [("Drug", 3.0), ("Placebo", 7.0)]
    assert found.differences[0].difference.difference == -4.0
    assert found.differences[0].difference.interval.upper == pytest.approx(-4 + 4.302653 * 2**0.5)  # t(0.975, 2)


def test_pairs_need_both_values_and_the_incomplete_are_counted() -> None:
    people = {
        "P-1": t.treated("2025-01-02", t.pain("2025-01-02", "8", "start"), t.pain("2025-01-09", "5", "week_1")),
        "P-2": t.treated("2025-01-02", t.pain("2025-01-02", "7", "start")),
    }
    (found,) = t.analysis(people, version=t.protocol(endpoints=[t.PAIN_CHANGE]), response=False).measured
    assert found.pairs[0].pairs == (("P-1", 8.0, 5.0),)
    assert found.pairs[0].missing == 1
    assert isinstance(found.pairs[0].change.lower, NotEstimable)


def test_pairs_with_equal_changes_of_decimals_are_tied() -> None:
    """0.1 up three times and down once, each of rank 2.5: 2 x (4 + 1) of 16 choices of signs, 0.625."""
    told = [("6.2", "6.3"), ("6.3", "6.4"), ("6.4", "6.5"), ("6.6", "6.5")]
    people = {
        f"P-{n}": t.treated("2025-01-02", t.pain("2025-01-02", a, "start"), t.pain("2025-01-09", b, "week_1"))
        for n, (a, b) in enumerate(told)
    }
    (found,) = t.analysis(people, version=t.protocol(endpoints=[t.PAIN_CHANGE]), response=False).measured
    assert found.pairs[0].test.p == 0.625


def test_baseline_counts_what_is_missing() -> None:
    people = {
        "P-1": t.treated("2025-01-02", t.pain("2025-01-02", "8", "start")),
        "P-2": t.treated("2025-01-02", t.pain("2025-01-02", "4", "start")),
        "P-3": t.treated("2025-01-02", t.pain("2025-01-03", "1", "later")),
    }
    row = next(one for one in t.analysis(people).baseline if one.concept == "pain")
    assert (row.groups[0].n, row.groups[0].missing, row.groups[0].median) == (2, 1, 6.0)


def test_readiness_names_who_still_waits() -> None:
    (pfs,) = t.analysis().conduct.readiness
    assert pfs.waiting == ("P-2",)


def test_toxicity_counts_participants_once_for_each_term_and_an_unknown_grade_hides_nothing_worse() -> None:
    worst = [{"Fatigue": Grade(3), "ANC": None}, {"Fatigue": Grade(1)}, {"ANC": None}, {}]
    base = t.analysis().gathered
    people = tuple(
        Person(f"P-{place}", "S01", "1", base.people[0].case, registered=t.CUT, first_dose=t.CUT, worst=each)
        for place, each in enumerate(worst)
    )
    told = safety(Gathered(base.protocol, base.versions, base.hashes, t.CUT, people))
    fatigue, (anyone,) = told.term("Fatigue", "All participants"), told.any_term
    assert (fatigue.n, fatigue.any_grade, fatigue.severe, fatigue.unknown) == (4, 2, 1, 0)
    assert told.term("ANC", "All participants").unknown == 2
    assert (anyone.any_grade, anyone.severe, anyone.unknown) == (3, 1, 1)


# ---- published against ours -----------------------------------------------------------------------------------------

PUBLISHED = [
    {"id": "orr", "label": "Response", "published": "1 of 3", "source": "paper", "measure": "response rate"},
    {"id": "os", "label": "Survival", "published": "43 months", "measure": "median time", "of": "overall_survival"},
    {"id": "odd", "label": "Odd", "published": "1", "measure": "no such measure"},
]


def test_published_rows_say_how_ours_came() -> None:
    said = [
        {"id": "orr", "how": "calibrated", "why": "by the classes"},
        {"id": "new", "label": "New", "published": "2"},
    ]
    rows = merged(sourced(PUBLISHED, {"paper": "A paper, 2014"}), said)
    orr, survival, odd, new = compared(rows, t.analysis())
    assert (orr.source, orr.how, orr.why) == ("A paper, 2014", "calibrated", "by the classes")
    assert orr.ours == "1 of 3 (33.3%), 95% interval 0.8–90.6%"
    assert survival.ours == "not estimable: the curve does not come down to 50% (0 events in 3)"
    assert odd.ours == new.ours == "not reckoned in this report"
    assert survival.how == "not stated"


@pytest.mark.parametrize(("longest", "last"), [(0, 0.5), (0.5, 0.5), (9, 9), (9.1, 10), (36, 36), (400, 420)])
def test_the_times_under_a_curve_reach_past_the_longest(longest, last) -> None:
    assert ticks_up_to(longest)[-1] == last


def test_nobody_is_left_out_who_was_registered_and_left_before_a_dose() -> None:
    people = {"P-1": (screened("2025-01-01"), registered("2025-01-01"), ended("2025-01-05", "withdrew"))}
    (column,) = t.analysis(people).flow.columns
    assert (column.registered, column.treated, column.never_treated, column.off_treatment) == (1, 0, 1, ())


@pytest.mark.parametrize(
    ("answers", "answer", "clauses", "reason"),
    [
        ({"a": "not met", "b": "unknown", "c": "met"}, "not eligible", ("a",), "A"),
        ({"a": "unknown", "b": "unknown", "c": "met"}, "undetermined", ("a", "b"), "Moved away"),
        ({"a": "met", "b": "met", "c": "met"}, "eligible", ("a", "b", "c"), "Moved away"),
    ],
)
def test_nobody_failed_a_criterion_that_was_not_judged(answers, answer, clauses, reason) -> None:
    """Who fails one criterion early is not examined for the rest: unknown is no reason against entry."""
    criteria = tuple(CriterionAnswer(name, Verdict(said), ()) for name, said in answers.items())
    verdict = next((one for one in (Verdict.NOT_MET, Verdict.UNKNOWN) if one.value in answers.values()), Verdict.MET)
    eligibility = Eligibility(date(2025, 1, 3), verdict, criteria)
    said = said_for_registration(t.trial(t.protocol()), "1", eligibility)
    assert (said.answer, said.clauses) == (answer, clauses)
    people = {"P-6": (screened("2025-01-01"), ScreeningFailed(**_who("2025-01-03"), said=said, why="moved away"))}
    assert t.analysis(people).flow.failures == ((reason, 1),)


def _declared(status: str, on: str, site: str | None = None) -> StudyStatusDeclared:
    told = {**_who(on), "subject": None, "site": site}
    return StudyStatusDeclared(**told, status=status, why="the sponsor decided so")


ALL_PROGRESSED = {name: one for name, one in t.PEOPLE.items() if name in ("P-1", "P-3")}


@pytest.mark.parametrize(
    ("declared", "over"),
    [
        ((), False),
        ((("closed to accrual", "2025-06-02", None),), False),  # after the cut-off
        ((("closed to accrual", "2025-06-01", None),), True),
        ((("terminated", "2025-04-01", None),), True),
        ((("closed to accrual", "2025-04-01", None), ("open to accrual", "2025-05-01", None)), False),
        ((("closed to accrual", "2025-04-01", "S01"),), False),
        ((("closed to accrual", "2025-04-01", "S01"), ("closed to accrual", "2025-05-01", "S02")), True),
    ],
)
def test_after_accrual_was_closed_short_of_the_plan_no_endpoint_waits_for_more_to_be_registered(declared, over) -> None:
    events = [*t.events_of(ALL_PROGRESSED), *(_declared(*one) for one in declared)]
    told = [replace(event, seq=number, id=f"e{number}") for number, event in enumerate(events, 1)]
    gathered = gather(t.trial(t.protocol()), fold_study(told), date(2025, 6, 1))
    (pfs,) = [one for one in gathered.readiness if one.endpoint == "pfs"]
    assert (pfs.to_accrue, pfs.ready) == ((0, True) if over else (8, False))


@pytest.mark.parametrize(("cut", "site"), [("2025-03-09", "S01"), ("2025-03-10", "S02"), ("2025-03-11", "S02")])
def test_a_report_at_an_earlier_cut_off_tells_of_who_moved_later_at_the_site_of_then(cut, site) -> None:
    moved = SubjectTransferred(**_who("2025-03-10"), to="S02")
    told = fold_study(t.events_of({"P-2": (*t.PEOPLE["P-2"], moved)}))
    (person,) = gather(t.trial(t.protocol()), told, date.fromisoformat(cut)).people
    assert (person.site, person.case.record.site) == (site, site)


@pytest.mark.parametrize(("cut", "arm"), [("2025-01-08", None), ("2025-01-09", "A"), ("2025-01-10", "A")])
def test_at_an_earlier_cut_off_nobody_is_in_the_arm_that_was_allocated_later(cut, arm) -> None:
    waiting = (screened("2025-01-01"), registered("2025-01-01"), t.arm("A", "2025-01-09"))
    told, on = fold_study(t.events_of({"P-4": waiting})), date.fromisoformat(cut)
    trial = t.trial(t.protocol(arms=t.TWO_ARMS))
    gathered = gather(trial, told, on)
    assert [one.arm for one in gathered.people] == [arm]
    assert [(one.label, len(one)) for one in gathered.groups][-1] == (
        ("No arm yet", 1) if arm is None else ("Placebo", 0)
    )
    assert dict(trial_status(trial, told, on).by_arm) == {arm or "not allocated": 1}
    assert subject_status(trial, told, "P-4", on).arm == arm
