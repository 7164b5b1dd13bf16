"""Values against limits: below, at, above, missing, another unit, windows, ties, "< 5", the laboratory's own limits."""

import pytest

from builders import case, condition, day, limits, registered
from trialwright.core.conditions import judge_condition
from trialwright.core.ledger import Missing
from trialwright.core.terms import Answer, Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ON = "2025-03-15"


def judged(words: dict, items: dict, on: str = ON, **others) -> Answer:
    return judge_condition(condition(**words), case(items=items, on="2025-01-01", **others).facts(day(on)))


ANC = {"measure": "anc", "is": ">= 1500 /mm3"}


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("1499 /mm3", N),
        ("1500 /mm3", M),
        ("1501 /mm3", M),
        ("1.5 10*9/L", M),
        ("1.49 10*3/uL", N),
        ("1500 mg/dL", U),
        ("1500", U),
        (Missing("not_done"), U),
        ("normal", U),
    ],
)
def test_a_count_below_at_and_above_the_limit_in_any_unit_and_without_one(value, verdict) -> None:
    assert judged(ANC, {"anc on 2025-03-14": value}).verdict is verdict


@pytest.mark.parametrize(
    ("limit", "below", "at", "above"),
    [(">= 10", N, M, M), ("> 10", N, N, M), ("<= 10", M, M, N), ("< 10", M, N, N), ("= 10", N, M, N)],
)
def test_every_sign_below_at_and_above_its_limit(limit, below, at, above) -> None:
    words = {"measure": "score", "is": limit}
    assert [judged(words, {"score": each}).verdict for each in ("9.99", "10.00", "10.01")] == [below, at, above]


@pytest.mark.parametrize(("value", "verdict"), [("-1", N), ("0", M), ("2", M), ("2.1", N), ("3", N)])
def test_a_range_holds_from_its_first_to_its_last_value(value, verdict) -> None:
    assert judged({"measure": "ecog", "is": "0-2"}, {"ecog": value}).verdict is verdict


def test_a_value_nobody_recorded_is_unknown_and_named() -> None:
    answer = judged(ANC, {"platelets": "1500 /mm3"})
    assert (answer.verdict, answer.missing) == (U, ("anc",))


def test_an_answer_shows_the_value_its_date_and_the_event_it_came_in() -> None:
    (evidence,) = judged(ANC, {"anc on 2025-03-14": "1499 /mm3"}).evidence
    assert (evidence.concept, evidence.value, evidence.on, evidence.event) == ("anc", "1499 /mm3", "2025-03-14", "e1")


# ---- windows ----

# 14 days before 15 March is 1 March: the first day that counts.
WINDOW = {**ANC, "within": "14 days"}


@pytest.mark.parametrize(
    ("on", "verdict"),
    [("2025-02-28", U), ("2025-03-01", M), ("2025-03-15", M), ("2025-03-16", U), ("2025-03", U), ("2025", U)],
)
def test_both_edges_of_a_window_count_and_a_date_that_may_lie_outside_is_unknown(on, verdict) -> None:
    assert judged(WINDOW, {f"anc on {on}": "1600 /mm3"}).verdict is verdict


def test_a_value_too_old_is_unknown_and_says_of_when_the_last_one_is() -> None:
    answer = judged(WINDOW, {"anc on 2025-02-28": "1600 /mm3"})
    assert "2025-02-28" in answer.why
    assert answer.missing == ("anc within 14 days",)


def test_only_the_latest_value_in_the_window_counts() -> None:
    assert judged(WINDOW, {"anc on 2025-03-10": "1600 /mm3", "anc on 2025-03-11": "1400 /mm3"}).verdict is N
    assert judged(WINDOW, {"anc on 2025-03-11": "1400 /mm3", "anc on 2025-03-10": "1600 /mm3"}).verdict is N


@pytest.mark.parametrize(("value", "verdict"), [("1400 /mm3", U), ("1700 /mm3", M)])
def test_a_value_known_only_to_the_month_that_may_be_the_later_one_must_agree(value, verdict) -> None:
    assert judged(ANC, {"anc on 2025-02-10": "1600 /mm3", "anc on 2025-02": value}).verdict is verdict


@pytest.mark.parametrize(("value", "verdict"), [("1400 /mm3", U), ("1700 /mm3", M)])
def test_a_value_of_this_month_nobody_knows_of_which_day_may_be_the_later_one_too(value, verdict) -> None:
    items = {"anc on 2025-03-10": "1600 /mm3", "anc on 2025-03": value}
    assert judged(ANC, items, on="2025-03-15").verdict is verdict


def test_a_value_of_an_earlier_month_is_not_the_latest() -> None:
    assert judged(ANC, {"anc on 2025-03-01": "1600 /mm3", "anc on 2025-02": "1400 /mm3"}).verdict is M


def test_a_window_before_an_anchor_counts_from_the_anchor() -> None:
    words = {**WINDOW, "before": "registration"}
    events = {"anc on 2025-03-01": "1600 /mm3", "anc on 2025-03-12": "900 /mm3"}
    facts = case(registered("2025-03-10"), items=events, on="2025-01-01").facts(day(ON))
    assert judge_condition(condition(**words), facts).verdict is M


# ---- one day, several values ----


def two(first: str, second: str, times: tuple[str, str] = ("", "")) -> dict:
    given = zip(("a", "b"), (first, second), times, strict=True)
    return {f"anc/{key}": {"value": value, "on": "2025-03-14", "time": time} for key, value, time in given}


@pytest.mark.parametrize(
    ("first", "second", "times", "verdict"),
    [
        ("1600 /mm3", "1400 /mm3", ("", ""), U),
        ("1600 /mm3", "1700 /mm3", ("", ""), M),
        ("1300 /mm3", "1400 /mm3", ("", ""), N),
        ("1600 /mm3", "1400 /mm3", ("08:00", ""), U),
        ("1600 /mm3", "1400 /mm3", ("08:00", "16:30"), N),
        ("1600 /mm3", "1400 /mm3", ("16:30", "08:00"), M),
        ("1600 /mm3", "1400 /mm3", ("10:15", "9:30"), M),
        ("1600 /mm3", "1400 /mm3", ("16:30", "16:30"), U),
        ("1600 /mm3", "1400 /mm3", ("16:30", "in the evening"), U),
    ],
)
def test_values_of_one_day_that_disagree_are_unknown_unless_their_times_tell(first, second, times, verdict) -> None:
    assert judged(ANC, two(first, second, times)).verdict is verdict


def test_values_of_one_day_that_agree_are_all_shown() -> None:
    answer = judged(ANC, two("1600 /mm3", "1700 /mm3"))
    assert [each.value for each in answer.evidence] == ["1600 /mm3", "1700 /mm3"]


def test_a_disagreement_shows_both_values() -> None:
    answer = judged(ANC, two("1600 /mm3", "1400 /mm3"))
    assert [each.value for each in answer.evidence] == ["1400 /mm3", "1600 /mm3"]
    assert answer.missing == ("which anc of 2025-03-14 is the later one",)


# ---- values known only as below or above ----


@pytest.mark.parametrize(
    ("bound", "limit", "verdict"),
    [
        ("<", "<= 10", M),
        ("<", "< 5", M),
        ("<", "<= 5", M),
        ("<", ">= 5", N),
        ("<", "> 5", N),
        ("<", "= 5", N),
        ("<", ">= 3", U),
        ("<", "<= 3", U),
        ("<", "= 4", U),
        (">", ">= 3", M),
        (">", "> 5", M),
        (">", "<= 5", N),
        (">", "= 5", N),
        (">", ">= 10", U),
        (">", "<= 10", U),
        ("<=", "<= 5", M),
        ("<=", "< 5", U),
        ("<=", ">= 5", U),
        ("<=", "> 5", N),
        ("<=", "= 5", U),
        ("<=", "< 6", M),
        (">=", ">= 5", M),
        (">=", "< 5", N),
        (">=", "> 5", U),
        ("~", "<= 10", U),
    ],
)
def test_a_value_given_only_as_below_or_above_5_decides_where_all_it_can_be_agrees(bound, limit, verdict) -> None:
    items = {"crp/1": {"value": "5", "bound": bound}}
    assert judged({"measure": "crp", "is": limit}, items).verdict is verdict


# ---- the laboratory's own limits ----

TWICE = {"measure": "ast", "is": "<= 2 x ULN"}


@pytest.mark.parametrize(("value", "verdict"), [("79 U/L", M), ("80 U/L", M), ("80.1 U/L", N)])
def test_twice_the_upper_limit_below_at_and_above(value, verdict) -> None:
    assert judged(TWICE, {"ast/1": {"value": value, "high": "40 U/L"}}).verdict is verdict


def test_without_the_laboratorys_limit_it_is_unknown_and_the_limit_is_what_is_missing() -> None:
    answer = judged(TWICE, {"ast": "20 U/L"})
    assert answer.verdict is U
    assert "ULN for ast" in answer.missing[0]


def test_the_sites_limit_stands_in_where_the_result_brings_none() -> None:
    assert judged(TWICE, {"ast": "80 U/L"}, ranges=(limits("ast", high="40 U/L"),)).verdict is M


def test_a_limit_made_for_women_does_not_judge_a_subject_whose_sex_is_not_recorded() -> None:
    ranges = (limits("ast", high="40 U/L", sex="female"),)
    assert judged(TWICE, {"ast": "80 U/L"}, ranges=ranges).verdict is U
    assert judged(TWICE, {"ast": "80 U/L", "sex": "female"}, ranges=ranges).verdict is M
    assert judged(TWICE, {"ast": "80 U/L", "sex": "male"}, ranges=ranges).verdict is U


# ---- kept for a time ----

WEEK = {"measure": "anc", "is": "< 1000 /mm3", "for": "7 days"}
LOW, HIGH = "900 /mm3", "1100 /mm3"


@pytest.mark.parametrize(
    ("values", "on", "verdict"),
    [
        ({"03-01": LOW, "03-08": LOW}, "2025-03-08", M),
        ({"03-01": LOW, "03-07": LOW}, "2025-03-07", N),
        ({"03-01": LOW, "03-07": LOW}, "2025-03-08", U),
        ({"03-01": LOW}, "2025-03-07", N),
        ({"03-01": LOW}, "2025-03-08", U),
        ({"03-01": LOW, "03-04": HIGH, "03-08": LOW}, "2025-03-08", N),
        ({"03-01": LOW, "03-08": HIGH}, "2025-03-08", N),
        ({"03-01": LOW, "03-04": Missing("not_done"), "03-08": LOW}, "2025-03-08", U),
        ({"03-01": LOW, "03-04": Missing("not_done"), "03-06": LOW, "03-13": LOW}, "2025-03-13", M),
        ({"03": LOW}, "2025-03-31", U),
        ({"03": LOW, "03-24": LOW}, "2025-03-31", U),
        ({"03": LOW, "03-30": HIGH}, "2025-03-31", U),
        ({}, "2025-03-08", U),
    ],
)
def test_a_limit_kept_for_a_week_needs_two_values_a_week_apart_and_none_between_that_breaks_it(
    values, on, verdict
) -> None:
    assert judged(WEEK, {f"anc on 2025-{each}": value for each, value in values.items()}, on=on).verdict is verdict


@pytest.mark.parametrize(
    ("times", "verdict"), [(("", ""), U), (("08:00", "16:00"), N), (("16:00", "08:00"), N)], ids=str
)
def test_a_day_between_on_which_values_disagree_leaves_a_week_unknown_unless_the_times_tell(times, verdict) -> None:
    between = {f"anc/{key}": {"value": value, "on": "2025-03-04", "time": time}
               for key, value, time in zip("ab", (LOW, HIGH), times, strict=True)}  # fmt: skip
    assert (
        judged(WEEK, {"anc on 2025-03-01": LOW, **between, "anc on 2025-03-08": LOW}, on="2025-03-08").verdict
        is verdict
    )


def test_a_newest_day_on_which_values_disagree_is_unknown_never_the_kinder_one() -> None:
    both = {"anc/a": {"value": LOW, "on": "2025-03-08"}, "anc/b": {"value": HIGH, "on": "2025-03-08"}}
    assert judged(WEEK, {"anc on 2025-03-01": LOW, **both}, on="2025-03-08").verdict is U


# ---- codes, sex, age, questions ----


@pytest.mark.parametrize(
    ("value", "verdict"), [("negative", M), ("positive", N), (Missing("not_done"), U), (Missing("redacted"), U)]
)
def test_a_coded_result_is_one_of_those_named(value, verdict) -> None:
    assert judged({"measure": "pregnancy_test", "in": ["negative"]}, {"pregnancy_test": value}).verdict is verdict


def test_a_number_is_one_of_the_numbers_named() -> None:
    assert judged({"measure": "ecog", "in": [0, 1]}, {"ecog": "1"}).verdict is M


def test_two_results_of_one_day_that_disagree_are_unknown() -> None:
    both = {f"pregnancy_test/{value}": {"value": value, "on": "2025-03-14"} for value in ("negative", "positive")}
    answer = judged({"measure": "pregnancy_test", "in": ["negative"]}, both)
    assert (answer.verdict, len(answer.evidence)) == (U, 2)


@pytest.mark.parametrize(("value", "verdict"), [("female", M), ("male", N), (Missing("not_known"), U)])
def test_sex_as_recorded(value, verdict) -> None:
    assert judged({"sex": "female"}, {"sex": value}).verdict is verdict
    assert judged({"sex": "female"}, {}).verdict is U


@pytest.mark.parametrize(
    ("birth", "verdict"),
    [
        ("2007-03-16", N),  # 17 years and 364 days on 15 March 2025
        ("2007-03-15", M),  # the 18th birthday
        ("2007-03-14", M),
        ("2007-03", U),  # whether before or after the 15th is not known
        ("2007-02", M),
        ("2007", U),
        ("2006", M),
        ("1904-03-15", N),  # 121 years
        ("1904-03-16", M),  # 120 years and 364 days
    ],
)
def test_age_in_completed_years_at_consent_from_a_birth_date_that_may_be_partial(birth, verdict) -> None:
    items = {"birth_date": birth, "consent_date": "2025-03-15"}
    assert judged({"age": "18-120 years"}, items).verdict is verdict


def test_a_birth_date_that_is_not_exact_enough_is_what_is_missing() -> None:
    items = {"birth_date": "2007-03", "consent_date": "2025-03-15"}
    assert judged({"age": "18-120 years"}, items).missing == ("birth_date, to the day",)
    assert judged({"age": ">= 30 years"}, items).missing == ()


@pytest.mark.parametrize(("age", "verdict"), [("17", N), ("18", M), ("120", M), ("121", N), (Missing("not_known"), U)])
def test_age_as_stated(age, verdict) -> None:
    assert judged({"age": "18-120 years"}, {"age": age}).verdict is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"), [("yes", M), ("no", N), (True, M), (False, N), ("maybe", U), (Missing("not_known"), U)]
)
def test_only_yes_and_no_answer_a_question(answer, verdict) -> None:
    assert judged({"ask": "agrees"}, {"agrees": answer}).verdict is verdict


def test_an_answer_expires_where_the_protocol_says_within_which_time_it_counts() -> None:
    words = {"ask": "agrees", "within": "14 days"}
    assert judged(words, {"agrees on 2025-03-01": "yes"}).verdict is M
    assert judged(words, {"agrees on 2025-02-28": "yes"}).verdict is U


def test_the_latest_answer_counts() -> None:
    assert judged({"ask": "agrees"}, {"agrees on 2025-03-01": "yes", "agrees on 2025-03-02": "no"}).verdict is N


def test_a_no_beside_an_answer_that_is_neither_yes_nor_no_is_unknown() -> None:
    both = {f"agrees/{told}": {"value": told, "on": "2025-03-14"} for told in ("no", "perhaps")}
    assert judged({"ask": "agrees"}, both).verdict is U
