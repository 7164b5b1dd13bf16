"""Eligibility: met is good for entry, unknown blocks, references are followed, and a verdict expires visibly."""

from datetime import timedelta
from itertools import product

import pytest

from builders import case, day, protocol, registered
from trialwright.core.eligibility import Eligibility, judge_eligibility
from trialwright.core.terms import Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ON = "2025-03-15"
YES_NO = {M: "yes", N: "no", U: None}


def judged(criteria: list[dict], items: dict | None = None, *events, on: str = ON, **others) -> Eligibility:
    study = protocol(eligibility=criteria)
    return judge_eligibility(case(*events, protocol=study, items=items, on="2025-01-01", **others), day(on))


def verdicts(criteria: list[dict], items: dict) -> dict[str, Verdict]:
    return {one.id: one.verdict for one in judged(criteria, items).criteria}


ASK = [{"id": f"c{n}", "quotes": [f"criterion {n}"], "must": {"ask": f"q{n}"}} for n in range(3)]


@pytest.mark.parametrize("three", list(product((N, U, M), repeat=3)))
def test_eligible_only_if_all_are_met_not_eligible_if_one_is_not_and_else_undetermined(three) -> None:
    answers = {f"q{n}": YES_NO[verdict] for n, verdict in enumerate(three) if YES_NO[verdict]}
    word = "not eligible" if N in three else "undetermined" if U in three else "eligible"
    assert judged(ASK, answers).word == word


@pytest.mark.parametrize(("answer", "must", "must_not"), [("yes", M, N), ("no", N, M), (None, U, U)])
def test_met_is_good_for_entry_whichever_way_the_criterion_is_written(answer, must, must_not) -> None:
    criteria = [{"id": "consents", "must": {"ask": "it"}}, {"id": "ill", "must_not": {"ask": "it"}}]
    assert verdicts(criteria, {"it": answer} if answer else {}) == {"consents": must, "ill": must_not}


def test_a_criterion_with_both_a_must_and_a_must_not_needs_both() -> None:
    criteria = [{"id": "both", "must": {"ask": "a"}, "must_not": {"ask": "b"}}]
    assert verdicts(criteria, {"a": "yes", "b": "no"}) == {"both": M}
    assert verdicts(criteria, {"a": "yes", "b": "yes"}) == {"both": N}


def test_an_answer_names_its_clause_its_words_what_was_seen_and_the_data_it_stands_on() -> None:
    count = {"id": "anc", "quotes": ["ANC at least 1,500"], "must": {"measure": "anc", "is": ">= 1500 /mm3"}}
    (answer,) = judged([count], {"anc on 2025-03-14": "1499 /mm3"}).criteria
    (because,) = answer.because
    assert (because.clause, because.words) == ("anc", "ANC at least 1,500")
    assert "1499 /mm3" in because.saw
    assert [(one.value, one.on) for one in answer.evidence] == [("1499 /mm3", "2025-03-14")]


def test_an_unknown_names_the_missing_datum_and_the_whole_lists_them_once() -> None:
    eligibility = judged([*ASK, {"id": "again", "must": {"ask": "q0"}}], {"q1": "yes"})
    assert [one.missing for one in eligibility.criteria] == [("q0",), (), ("q2",), ("q0",)]
    assert eligibility.missing == ("q0", "q2")


@pytest.mark.parametrize("words", [{}, {"must": {"all": []}}])
def test_a_criterion_that_asks_nothing_is_met_because_it_restricts_nothing(words) -> None:
    (answer,) = judged([{"id": "sexes", "quotes": ["Sexes: all"], **words}]).criteria
    assert answer.verdict is M
    assert answer.because[0].saw in ("it restricts nothing", "it asks nothing of the subject")


# ---- references ----


@pytest.mark.parametrize(("first", "second"), list(product((N, U, M), repeat=2)))
def test_a_criterion_that_points_to_others_has_their_joined_verdict(first, second) -> None:
    criteria = [{"id": "see_them", "see": ["c0", "c1"]}, *ASK[:2]]
    answers = {f"q{n}": YES_NO[verdict] for n, verdict in enumerate((first, second)) if YES_NO[verdict]}
    assert verdicts(criteria, answers)["see_them"] is min((first, second), key=lambda one: one.rank)


def test_a_reference_to_a_reference_is_followed_and_one_to_what_asks_nothing_is_met() -> None:
    criteria = [{"id": "a", "see": ["b"]}, {"id": "b", "see": ["c0"]}, {"id": "d", "see": ["e"]}, {"id": "e"}, ASK[0]]
    assert verdicts(criteria, {"q0": "no"}) == {"a": N, "b": N, "c0": N, "d": M, "e": M}


@pytest.mark.parametrize(
    "criteria",
    [
        [{"id": "a", "see": ["nobody"]}],
        [{"id": "a", "see": ["a"]}],
        [{"id": "a", "see": ["b"]}, {"id": "b", "see": ["a"]}],
        [{"id": "a", "see": ["c0", "b"]}, {"id": "b", "see": ["a"]}, ASK[0]],
    ],
    ids=["unknown id", "itself", "loop", "loop beside a met one"],
)
def test_a_reference_that_leads_nowhere_is_unknown_and_says_so(criteria) -> None:
    eligibility = judged(criteria, {"q0": "yes"})
    answer = eligibility.criteria[0]
    assert (answer.verdict, bool(answer.missing), eligibility.word) == (U, True, "undetermined")


def test_a_reference_beside_a_loop_to_what_is_not_met_is_not_met() -> None:
    criteria = [{"id": "a", "see": ["c0", "b"]}, {"id": "b", "see": ["a"]}, ASK[0]]
    assert verdicts(criteria, {"q0": "no"})["a"] is N


# ---- how long it holds ----

COUNT = {"id": "anc", "must": {"measure": "anc", "is": ">= 1500 /mm3", "within": "14 days"}}


def test_a_verdict_holds_until_the_first_day_on_which_a_window_has_run_out() -> None:
    # 14 days before 15 March is 1 March, so a count of 1 March still serves on the 15th and no longer on the 16th.
    eligibility = judged([COUNT], {"anc on 2025-03-01": "1500 /mm3"})
    assert (eligibility.verdict, eligibility.holds_until) == (M, day("2025-03-16"))
    assert judged([COUNT], {"anc on 2025-03-01": "1500 /mm3"}, on="2025-03-16").word == "undetermined"


def test_the_earliest_window_to_run_out_decides_and_a_newer_value_keeps_its_own() -> None:
    platelets = {"id": "platelets", "must": {"measure": "platelets", "is": ">= 1 /mm3", "within": "14 days"}}
    items = {"anc on 2025-03-01": "1 /mm3", "anc on 2025-03-12": "1500 /mm3", "platelets on 2025-03-10": "9 /mm3"}
    assert judged([COUNT, platelets], items).holds_until == day("2025-03-25")
    assert judged([COUNT], items).holds_until == day("2025-03-27")


def test_an_answer_without_a_window_does_not_expire() -> None:
    assert judged(ASK[:1], {"q0": "yes"}).holds_until is None


def test_a_washout_says_on_which_day_it_will_be_over() -> None:
    washout = {"id": "washout", "must_not": {"active_since": "prior_therapy", "within": "4 weeks"}}
    items = {
        "prior_therapy/1": {"code": "x", "start": "2025-01-01", "end": "2025-03-01"},
        "prior_therapy_review on 2025-03-10": "listed",
    }
    eligibility = judged([washout], items)
    assert (eligibility.word, eligibility.holds_until) == ("not eligible", day("2025-03-30"))  # 29 days after
    assert judged([washout], items, on="2025-03-30").word == "eligible"


def test_a_window_that_ends_at_a_fixed_day_does_not_run_out() -> None:
    count = {"id": "anc", "must": {**COUNT["must"], "before": "registration"}}
    events = (registered("2025-03-14"),)
    assert judged([count], {"anc on 2025-03-01": "1500 /mm3"}, *events).holds_until is None


# ---- the borders that clinics ask about first; numbers as a protocol may write them ----

BORDERS = [
    {"id": "age", "must": {"age": ">= 18 years"}},
    {"id": "status", "must": {"measure": "ecog", "is": "0-2"}},
    {"id": "anc", "must": {"measure": "anc", "is": ">= 1500 /mm3"}},
    {"id": "creatinine", "must": {"measure": "creatinine", "is": "<= 2.0 mg/dL"}},
    {"id": "bilirubin", "must": {"measure": "bilirubin", "is": "<= 2.2 mg/dL"}},
    {"id": "ast", "must": {"measure": "ast", "is": "<= 2 x ULN"}},
]
AT_THE_LIMIT = {
    "birth_date": "2007-03-15",
    "ecog": "2",
    "anc": "1500 /mm3",
    "creatinine": "2.0 mg/dL",
    "bilirubin": "2.2 mg/dL",
    "ast/1": {"value": "80 U/L", "high": "40 U/L"},
}


@pytest.mark.parametrize(
    ("id_", "changed"),
    [
        ("age", {"birth_date": "2007-03-16"}),
        ("status", {"ecog": "3"}),
        ("anc", {"anc": "1499 /mm3"}),
        ("creatinine", {"creatinine": "2.01 mg/dL"}),
        ("bilirubin", {"bilirubin": "2.21 mg/dL"}),
        ("ast", {"ast/1": {"value": "81 U/L", "high": "40 U/L"}}),
    ],
)
def test_at_every_limit_a_subject_is_eligible_and_a_step_past_any_one_it_is_not(id_, changed) -> None:
    at = judged(BORDERS, AT_THE_LIMIT)
    assert (at.word, at.missing) == ("eligible", ())
    past = judged(BORDERS, {**AT_THE_LIMIT, **changed})
    assert past.word == "not eligible"
    assert [one.id for one in past.criteria if one.verdict is not M] == [id_]


@pytest.mark.parametrize("id_", [one["id"] for one in BORDERS])
def test_with_any_one_datum_missing_it_is_undetermined(id_) -> None:
    datum = {"age": "birth_date", "status": "ecog", "ast": "ast/1"}.get(id_, id_)
    items = {key: told for key, told in AT_THE_LIMIT.items() if key != datum}
    eligibility = judged(BORDERS, items)
    assert eligibility.word == "undetermined"
    assert [one.id for one in eligibility.criteria if one.verdict is U] == [id_]


# ---- until when it holds: each way in which time alone turns an answer ----

LISTED = "prior_therapy_review on 2025-03-10"
REVIEWS = [{"of": "prior_therapy", "valid_for": "28 days"}]


@pytest.mark.parametrize(
    ("criterion", "items", "word", "until"),
    [
        # a review of 10 March counts for 28 days, to 7 April
        ({"must_not": {"had": "prior_therapy"}}, {LISTED: "none"}, "eligible", "2025-04-08"),
        # a washout of 14 days is covered by it as long as it lies in them: to 24 March
        (
            {"must_not": {"active_since": "prior_therapy", "within": "14 days"}},
            {LISTED: "none"},
            "eligible",
            "2025-03-25",
        ),
        # that of 10 March counts to 7 April, which is a month before 7 May
        (
            {"must_not": {"had": "prior_therapy", "between": "1-4 months"}},
            {LISTED: "none"},
            "eligible",
            "2025-05-08",
        ),
        # 10 to 14 days after a test of 6 March are 16 to 20 March
        (
            {"must": {"measure": "test", "in": ["negative"], "between": "10-14 days"}},
            {"test on 2025-03-06": "negative"},
            "undetermined",
            "2025-03-16",
        ),
        (
            {"must": {"measure": "test", "in": ["negative"], "between": "9-14 days"}},
            {"test on 2025-03-06": "negative"},
            "eligible",
            "2025-03-21",
        ),
        # a therapy that ends on 20 March goes on that day and no longer
        (
            {"must_not": {"ongoing": "prior_therapy"}},
            {"prior_therapy/1": {"code": "x", "start": "2025-01-01", "end": "2025-03-20"}, LISTED: "listed"},
            "not eligible",
            "2025-03-21",
        ),
        # one that began 5 years before 20 March 2025 is within 5 years to that day
        (
            {"must": {"had": "prior_therapy", "within": "5 years"}},
            {"prior_therapy/1": {"code": "x", "start": "2020-03-20"}, LISTED: "listed"},
            "eligible",
            "2025-03-21",
        ),
        # a low count alone shows a week of it neither before nor after a week is over
        (
            {"must_not": {"measure": "anc", "is": "< 1000 /mm3", "for": "7 days"}},
            {"anc on 2025-03-12": "900 /mm3"},
            "eligible",
            "2025-03-19",
        ),
    ],
)  # fmt: skip
def test_a_verdict_says_on_which_day_time_alone_turns_it_and_then_it_is_turned(criterion, items, word, until) -> None:
    study = protocol(eligibility=[{"id": "one", **criterion}], reviews=REVIEWS)
    subject = case(protocol=study, items=items, on="2025-01-01")
    today = judge_eligibility(subject, day(ON))
    assert (today.word, today.holds_until) == (word, day(until))
    days = [day(ON) + timedelta(days=later) for later in range((day(until) - day(ON)).days)]
    assert {judge_eligibility(subject, each).word for each in days} == {word}
    assert judge_eligibility(subject, day(until)).word != word


def test_a_first_dose_planned_and_not_taken_moves_the_washout_from_the_day_after() -> None:
    washout = {
        "id": "washout",
        "must_not": {"active_since": "prior_therapy", "within": "4 weeks", "before": "first_dose"},
    }
    items = {"prior_therapy/1": {"code": "x", "start": "2025-01-01", "end": "2025-02-20"}, LISTED: "listed"}
    planned = registered("2025-03-15", planned_first_dose="2025-03-20")
    eligibility = judged([washout], items, planned)  # 28 days from 20 February to 20 March: still within
    assert (eligibility.word, eligibility.holds_until) == ("not eligible", day("2025-03-21"))
    assert judged([washout], items, planned, on="2025-03-21").word == "eligible"
