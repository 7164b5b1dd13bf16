"""Windows with two ends, first doses planned and late, multiples of the baseline, scales, impossible numbers."""

import pytest

from builders import CONCEPTS, UNITS, case, condition, course, day, protocol, registered, taken
from trialwright.core.conditions import judge_condition
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.subject import why_impossible
from trialwright.core.terms import Answer, Quantity, Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET


def judged(words: dict, items: dict, *events, on: str = "2025-03-31", **others) -> Answer:
    return judge_condition(condition(**words), case(*events, items=items, on="2025-01-01", **others).facts(day(on)))


# ---- from .. to: 14 days before 31 March is 17 March, 10 days before it is 21 March ----

TEST = {"measure": "test", "in": ["negative"], "between": "10-14 days"}


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        ("2025-03-16", U),
        ("2025-03-17", M),
        ("2025-03-19", M),
        ("2025-03-21", M),
        ("2025-03-22", U),
        ("2025-03-31", U),
        ("2025-03", U),
    ],
)
def test_a_test_10_to_14_days_before_counts_on_the_14th_and_the_10th_day_and_not_outside(on, verdict) -> None:
    assert judged(TEST, {f"test on {on}": "negative"}).verdict is verdict


def test_a_later_test_outside_the_time_does_not_stand_for_the_one_inside_nor_against_it() -> None:
    both = {"test on 2025-03-19": "negative", "test on 2025-03-30": "positive"}
    assert judged(TEST, both).verdict is M
    assert judged(TEST, {"test on 2025-03-30": "negative"}).verdict is U


def test_what_is_missing_names_the_time_and_the_evidence_is_the_one_outside_it() -> None:
    answer = judged({**TEST, "before": "first_dose"}, {"test on 2025-03-30": "negative"})
    assert answer.missing == ("test 10-14 days before first_dose",)
    assert [one.on for one in answer.evidence] == ["2025-03-30"]


@pytest.mark.parametrize(("on", "verdict"), [("2025-02-27", U), ("2025-02-28", M), ("2025-03-01", U)])
def test_a_time_in_months_is_one_of_the_calendar(on, verdict) -> None:
    assert judged({**TEST, "between": "1-1 months"}, {f"test on {on}": "negative"}).verdict is verdict


@pytest.mark.parametrize(
    ("start", "verdict"),
    [("2020-03-30", N), ("2020-03-31", M), ("2024-03-31", M), ("2024-04-01", N), ("2024", U), ("2022", M)],
)
def test_an_episode_that_began_between_1_and_5_years_ago(start, verdict) -> None:
    items = {"prior_therapy/1": {"code": "x", "start": start}, "prior_therapy_review on 2025-03-30": "listed"}
    assert judged({"had": "prior_therapy", "between": "1-5 years"}, items).verdict is verdict


def test_the_time_before_a_first_dose_counts_from_the_plan_and_from_the_actual_one_once_it_is_taken() -> None:
    words, items = {**TEST, "before": "first_dose"}, {"test on 2025-03-20": "negative"}
    planned = registered("2025-03-25", planned_first_dose="2025-03-31")
    assert judged(words, items, planned, on="2025-03-26").verdict is M  # 11 days
    assert judged(words, items, planned, course(1, "2025-04-03"), on="2025-04-20").verdict is M  # 14 days
    assert judged(words, items, planned, course(1, "2025-04-04"), on="2025-04-20").verdict is U  # 15 days


@pytest.mark.parametrize(("on", "verdict"), [("2025-03-31", M), ("2025-04-03", M), ("2025-04-04", U)])
def test_a_planned_first_dose_that_was_not_taken_cannot_have_been_earlier_than_today(on, verdict) -> None:
    words, items = {**TEST, "before": "first_dose"}, {"test on 2025-03-20": "negative"}
    planned = registered("2025-03-25", planned_first_dose="2025-03-31")
    assert judged(words, items, planned, on=on).verdict is verdict


# ---- multiples of the value before treatment ----

DOUBLED = {"measure": "ast", "is": "<= 2 x baseline"}
STARTED = course(1, "2025-03-10")


@pytest.mark.parametrize(("value", "verdict"), [("79 U/L", M), ("80 U/L", M), ("80.1 U/L", N)])
def test_twice_the_baseline_below_at_and_above(value, verdict) -> None:
    items = {"ast on 2025-03-10": "40 U/L", "ast on 2025-03-20": value}
    assert judged(DOUBLED, items, STARTED).verdict is verdict


@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        ({"ast on 2025-03-10": "40 U/L"}, M),  # drawn before the first dose of that day
        ({"ast on 2025-03-11": "40 U/L"}, U),
        ({"ast on 2025-03-01": "10 U/L", "ast on 2025-03-09": "40 U/L"}, M),
        ({"ast on 2025-03-01": "40 U/L", "ast on 2025-03-09": "10 U/L"}, N),
        ({"ast/1": {"value": "40 U/L", "bound": "<", "on": "2025-03-09"}}, U),
        ({"ast/1": {"value": "40 U/L", "on": "2025-03-09"}, "ast/2": {"value": "10 U/L", "on": "2025-03-09"}}, U),
        ({}, U),
    ],
)
def test_the_baseline_is_the_last_value_up_to_the_day_of_the_first_dose(before, verdict) -> None:
    answer = judged(DOUBLED, {**before, "ast on 2025-03-20": "70 U/L"}, STARTED)
    assert answer.verdict is verdict
    assert (answer.missing != ()) == (verdict is U)


def test_a_missing_baseline_is_named() -> None:
    answer = judged(DOUBLED, {"ast on 2025-03-20": "70 U/L"}, STARTED)
    assert answer.missing == ("ast: the baseline of ast, by 2025-03-10, is not known",)


def test_the_baseline_is_compared_in_any_unit() -> None:
    items = {"anc on 2025-03-01": "4 10*9/L", "anc on 2025-03-20": "2000 /mm3"}
    assert judged({"measure": "anc", "is": ">= 0.5 x baseline"}, items, taken(1, "2025-03-10")).verdict is M
    assert judged({"measure": "anc", "is": "> 0.5 x baseline"}, items, taken(1, "2025-03-10")).verdict is N


def test_a_multiple_of_the_baseline_may_have_to_hold_for_a_week() -> None:
    words = {"measure": "ast", "is": "> 2 x baseline", "for": "7 days"}
    items = {"ast on 2025-03-10": "40 U/L", "ast on 2025-03-18": "90 U/L", "ast on 2025-03-25": "90 U/L"}
    assert judged(words, items, STARTED).verdict is M
    assert judged(words, {**items, "ast on 2025-03-20": "80 U/L"}, STARTED).verdict is N


# ---- places on a scale ----

STAGES = ("I", "II", "IIA", "III", "IV")
SCALE = Field(id="value", label="Stage", kind=Kind.CODE, codes=STAGES, ordered=True)
STAGED = {**CONCEPTS, "stage": Concept(id="stage", label="Stage", fields=(SCALE,))}


@pytest.mark.parametrize(
    ("place", "verdicts"),
    [(">= IIA", "NNMMM"), ("> IIA", "NNNMM"), ("<= IIA", "MMMNN"), ("< IIA", "MMNNN"), ("II to III", "NMMMN")],
)
def test_a_place_on_a_scale_below_at_and_above(place, verdicts) -> None:
    seen = [judged({"measure": "stage", "is": place}, {"stage": one}, concepts=STAGED).verdict for one in STAGES]
    assert "".join(one.value[0].upper() for one in seen) == verdicts


def test_a_stage_nobody_recorded_one_off_the_scale_and_a_scale_without_an_order_are_unknown() -> None:
    words = {"measure": "stage", "is": ">= IIA"}
    assert judged(words, {}, concepts=STAGED).missing == ("stage",)
    assert judged(words, {"stage": "V"}, concepts=STAGED).verdict is U
    assert judged({"measure": "stage", "is": ">= V"}, {"stage": "IV"}, concepts=STAGED).verdict is U
    assert judged(words, {"stage": "IV"}).missing == ("the order of stage",)


# ---- numbers that cannot be ----

COUNT = Field(id="value", label="Count", kind=Kind.QUANTITY, unit="/mm3", possible=("0",))
SHARE = Field(id="value", label="Share", kind=Kind.QUANTITY, unit="mg/dL", possible=("0", "100"))
REAL = {
    **CONCEPTS,
    "anc": Concept(id="anc", label="Count", fields=(COUNT,)),
    "share": Concept(id="share", label="Share", fields=(SHARE,)),
}


@pytest.mark.parametrize(("value", "verdict"), [("-1 /mm3", U), ("0 /mm3", M), ("1 /mm3", M), ("-0.001 10*9/L", U)])
def test_a_negative_count_is_no_low_count(value, verdict) -> None:
    answer = judged({"measure": "anc", "is": "< 500 /mm3"}, {"anc": value}, concepts=REAL)
    assert (answer.verdict, "less than nothing" in answer.why) == (verdict, verdict is U)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("-1 mg/dL", "less than nothing"),
        ("0 mg/dL", ""),
        ("100 mg/dL", ""),
        ("100.1 mg/dL", "above 100"),
        ("0.1 g/dL", ""),
        ("0.1001 g/dL", "above 100"),
        ("500 /mm3", ""),  # another dimension is told by the unit, not here
    ],
)
def test_a_number_above_the_most_there_can_be_is_none_in_any_unit(value, why) -> None:
    told = why_impossible(Quantity.parse(value), SHARE, "share", UNITS)
    assert why in told
    assert bool(told) == bool(why)


@pytest.mark.parametrize("possible", [("many",), ("0", "1", "2"), ("0", "")])
def test_the_range_of_a_field_is_a_least_and_a_greatest_number(possible) -> None:
    with pytest.raises(ValueError, match="least and a greatest possible number"):
        Field(id="value", label="Count", kind=Kind.QUANTITY, possible=possible)


def test_a_protocol_says_the_range_and_the_order_of_its_own_concepts() -> None:
    own = [
        {
            "id": "stage",
            "label": "Stage",
            "fields": [{"id": "value", "label": "Stage", "kind": "code", "codes": ["I", "II"], "ordered": True}],
        },
        {
            "id": "score",
            "label": "Score",
            "fields": [{"id": "value", "label": "Score", "kind": "quantity", "possible": ["-5", "5"]}],
        },
    ]
    stage, score = protocol(concepts=own).concepts
    assert stage.value.ordered
    below, least = (why_impossible(Quantity.parse(each), score.value, "score", UNITS) for each in ("-6", "-5"))
    assert (below, least) == ("-6 is below -5, the least there can be", "")
