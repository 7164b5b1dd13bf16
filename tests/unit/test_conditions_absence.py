"""When nothing recorded means that there was nothing: reviews, how old they may be, and how many episodes are asked."""

import pytest

from builders import case, condition, course, day, protocol, registered
from trialwright.core.conditions import judge_condition
from trialwright.core.terms import Answer, Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ON = "2025-03-31"
SETS = [{"id": "cytotoxic", "of": "prior_therapy", "codes": ["drug_a", "drug_b"]}]
FRESH = [{"of": "medication", "valid_for": "28 days"}, {"of": "prior_therapy", "valid_for": "28 days"}]


def judged(words: dict, items: dict, *events, on: str = ON, reviews=FRESH) -> Answer:
    subject = case(*events, items=items, on="2025-01-01", protocol=protocol(sets=SETS, reviews=reviews))
    return judge_condition(condition(**words), subject.facts(day(on)))


def none_on(day_: str, concept: str = "medication") -> dict:
    return {f"{concept}_review on {day_}": "none"}


ONGOING = {"ongoing": "medication"}
WASHOUT = {"active_since": "cytotoxic", "within": "4 weeks"}


# ---- how old a review may be: 28 days before 31 March is 3 March ----


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [("2025-03-31", N), ("2025-03-04", N), ("2025-03-03", N), ("2025-03-02", U), ("2024-12-31", U)],
)
def test_a_review_good_for_28_days_shows_absence_on_the_28th_day_and_not_on_the_29th(asked, verdict) -> None:
    assert judged(ONGOING, none_on(asked)).verdict is verdict


def test_a_review_too_old_names_what_to_ask_and_shows_when_it_was_asked_last() -> None:
    answer = judged(ONGOING, none_on("2025-03-02"))
    assert answer.missing == ("history of medication",)
    assert "the review of 2025-03-02 counts until 2025-03-30" in answer.why
    assert [(one.concept, one.value, one.on) for one in answer.evidence] == [
        ("medication_review", "none", "2025-03-02")
    ]


def test_without_a_time_in_the_protocol_a_review_does_not_grow_old() -> None:
    assert judged(ONGOING, none_on("2024-12-31"), reviews=[]).verdict is N


def test_the_latest_review_counts() -> None:
    both = {**none_on("2025-01-01"), **none_on("2025-03-20")}
    assert judged(ONGOING, both).verdict is N


def test_a_review_after_the_day_is_not_seen() -> None:
    assert judged(ONGOING, none_on("2025-04-01")).verdict is U


def test_a_review_known_only_to_the_month_counts_from_the_first_of_it() -> None:
    assert judged(ONGOING, none_on("2025-03"), on="2025-03-29").verdict is N
    assert judged(ONGOING, none_on("2025-03"), on="2025-03-30").verdict is U


def test_a_review_that_shows_absence_is_the_evidence_of_it() -> None:
    (evidence,) = judged(ONGOING, none_on("2025-03-20")).evidence
    assert (evidence.concept, evidence.value, evidence.on, evidence.event) == (
        "medication_review", "none", "2025-03-20", "e1",
    )  # fmt: skip


# ---- a review speaks for the time up to its day ----


@pytest.mark.parametrize(("asked", "verdict"), [("2025-03-04", N), ("2025-03-03", N), ("2025-03-02", U)])
@pytest.mark.parametrize("words", [WASHOUT, {"had": "cytotoxic", "within": "4 weeks"}], ids=["active since", "had"])
def test_a_review_before_the_time_looked_back_over_says_nothing_about_it(words, asked, verdict) -> None:
    assert judged(words, none_on(asked, "prior_therapy"), reviews=[]).verdict is verdict


def test_a_review_that_is_young_enough_but_lies_before_the_time_says_nothing_about_it() -> None:
    week = {**WASHOUT, "within": "1 week"}
    assert judged(week, none_on("2025-03-24", "prior_therapy")).verdict is N
    answer = judged(week, none_on("2025-03-23", "prior_therapy"))
    assert (answer.verdict, answer.missing) == (U, ("history of cytotoxic",))
    assert "of 2025-03-23, before 2025-03-24" in answer.why


def test_a_review_covers_the_time_before_a_planned_first_dose_as_far_as_today() -> None:
    words = {**WASHOUT, "before": "first_dose"}
    planned = registered(ON, planned_first_dose="2025-04-20")  # four weeks before it is 23 March
    assert judged(words, none_on("2025-03-23", "prior_therapy"), planned).verdict is N
    assert judged(words, none_on("2025-03-22", "prior_therapy"), planned).verdict is U


def test_a_review_long_after_a_time_gone_by_covers_it() -> None:
    words = {"had": "cytotoxic", "within": "4 weeks", "before": "registration"}
    assert judged(words, none_on("2025-03-30", "prior_therapy"), registered("2025-02-01")).verdict is N


# ---- one that may be, and nobody asked ----


def test_what_may_be_and_what_nobody_asked_are_both_missing() -> None:
    items = {"prior_therapy/1": {"code": "drug_a", "start": "2025-01-01"}}
    assert judged(WASHOUT, items).missing == ("end of drug_a", "history of cytotoxic")
    assert judged(WASHOUT, {**items, **none_on("2025-03-20", "prior_therapy")}).missing == ("end of drug_a",)


@pytest.mark.parametrize(
    ("words", "fields", "missing"),
    [
        (WASHOUT, {"start": "2025-01-01"}, ("end of drug_a",)),
        (WASHOUT, {"end": "2025-03"}, ("end of drug_a",)),
        ({"had": "cytotoxic", "within": "5 years"}, {"end": "2025-03-02"}, ("start of drug_a",)),
        ({"had": "cytotoxic", "where": {"outcome": "failed"}}, {"start": "2025-01-01"}, ("outcome of drug_a",)),
        (
            {**WASHOUT, "where": {"outcome": "failed"}},
            {"start": "2025-01-01"},
            ("end of drug_a", "outcome of drug_a"),
        ),
        ({"ongoing": "cytotoxic"}, {"start": "2025-01-01"}, ("end of drug_a",)),
    ],
)
def test_of_an_episode_exactly_what_would_tell_is_missing(words, fields, missing) -> None:
    items = {"prior_therapy/1": {"code": "drug_a", **fields}, "prior_therapy_review on 2025-03-20": "listed"}
    answer = judged(words, items)
    assert (answer.verdict, answer.missing) == (U, missing)


# ---- what nothing recorded means, where a protocol says so ----


@pytest.mark.parametrize(
    ("if_absent", "without", "with_review"), [("no_if_observed", U, N), ("no", N, N), ("unknown", U, U)]
)
def test_a_protocol_may_say_what_nothing_recorded_means(if_absent, without, with_review) -> None:
    words = {**ONGOING, "if_absent": if_absent}
    assert judged(words, {}).verdict is without
    assert judged(words, none_on("2025-03-31")).verdict is with_review


def test_whatever_nothing_recorded_means_an_episode_that_is_there_counts() -> None:
    items = {"medication/1": {"code": "x", "start": "2025-03-01", "ongoing": "yes"}}
    assert [judged({**ONGOING, "if_absent": word}, items).verdict for word in ("no", "unknown")] == [M, M]


# ---- so many of them ----


def therapies(*codes: str) -> dict:
    listed = {f"prior_therapy/{n}": {"code": code, "start": "2025-01-01"} for n, code in enumerate(codes)}
    return {**listed, "prior_therapy_review on 2025-03-20": "listed"}


TWO = {"had": "cytotoxic", "at_least_n": "2"}


@pytest.mark.parametrize(
    ("codes", "two", "two_kinds"),
    [
        (("drug_a", "drug_b"), M, M),
        (("drug_a", "drug_a"), M, N),
        (("drug_a",), N, N),
        (("drug_a", "unheard_of"), U, U),
        (("drug_a", "drug_a", "unheard_of"), M, U),
        (("drug_a", ""), U, U),
        (("", ""), U, U),
        (("drug_a", "drug_b", "unheard_of"), M, M),
    ],
)
def test_two_therapies_and_two_different_ones(codes, two, two_kinds) -> None:
    assert judged(TWO, therapies(*codes)).verdict is two
    assert judged({**TWO, "distinct": "yes"}, therapies(*codes)).verdict is two_kinds


def test_that_there_were_no_more_than_one_is_known_only_by_a_review() -> None:
    one = {"prior_therapy/1": {"code": "drug_a", "start": "2025-01-01"}}
    answer = judged(TWO, one)
    assert (answer.verdict, answer.missing) == (U, ("history of cytotoxic",))


# ---- of a course ----


@pytest.mark.parametrize(("asked", "verdict"), [("2025-03-19", U), ("2025-03-20", U), ("2025-03-21", N)])
def test_what_was_asked_on_day_1_of_a_course_was_asked_before_its_first_dose(asked, verdict) -> None:
    words = {"grade": "any", "is": ">= 3", "during": "course"}
    answer = judged(words, none_on(asked, "adverse_event"), course(2, "2025-03-20"))
    assert answer.verdict is verdict
    assert answer.missing == (() if verdict is N else ("review of adverse events",))


def test_a_review_of_adverse_events_grows_old_as_the_protocol_says() -> None:
    words = {"grade": "any", "is": ">= 3"}
    fresh = [{"of": "adverse_event", "valid_for": "28 days"}]
    for asked, verdict in [("2025-03-03", N), ("2025-03-02", U)]:
        assert judged(words, none_on(asked, "adverse_event"), reviews=fresh).verdict is verdict
