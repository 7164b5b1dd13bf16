"""Answers of persons: who may give them, how long they count, and what is missing where they do not."""

import pytest

from builders import SUBJECT, case, condition, day, form, protocol
from trialwright.core.conditions import judge_condition
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.terms import Answer, Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ASKS = [
    {"id": "smokes", "asks": "Does the subject smoke?", "kind": "fact"},
    {"id": "infection", "asks": "Is there an infection?", "kind": "judgement", "valid_for": "14 days"},
    {"id": "read_by_two", "asks": "Read?", "kind": "judgement", "signed_by": ["radiologist"]},
    {"id": "biobank", "asks": "May tissue be kept?", "who": "subject", "kind": "consent"},
    {"id": "contraception", "asks": "Will you?", "who": "subject", "kind": "commitment", "valid_for": "1 month"},
    {"id": "weighed", "asks": "Weighed by the pharmacist?", "signed_by": ["pharmacist"]},
]
STUDY = protocol(asks=ASKS)


def asked(question: str, *forms, on: str, **words) -> Answer:
    return judge_condition(condition(ask=question, **words), case(*forms, protocol=STUDY).facts(day(on)))


def said(question: str, answer: str, on: str, entered_as: str = "investigator", /, **fields):
    return form(on, {f"{question}/{on}": {"value": answer, **fields}}, role=entered_as)


# ---- how long an answer counts ----


@pytest.mark.parametrize(
    ("on", "verdict"), [("2025-03-01", N), ("2025-03-14", N), ("2025-03-15", N), ("2025-03-16", U), ("2025-06-01", U)]
)
def test_an_answer_good_for_14_days_counts_on_the_14th_day_and_no_longer_on_the_15th(on, verdict) -> None:
    assert asked("infection", said("infection", "no", "2025-03-01"), on=on).verdict is verdict


def test_an_answer_that_expired_names_the_question_to_ask_again_and_shows_the_old_answer() -> None:
    answer = asked("infection", said("infection", "no", "2025-03-01"), on="2025-03-16")
    assert answer.missing == ("infection, asked again",)
    assert "of 2025-03-01 counted until 2025-03-15" in answer.why
    assert [(one.value, one.on) for one in answer.evidence] == [("no", "2025-03-01")]


def test_a_new_answer_outranks_the_one_that_expired_and_an_expired_one_is_never_followed_by_an_older_one() -> None:
    old, new = said("infection", "no", "2025-03-01"), said("infection", "yes", "2025-03-10")
    assert asked("infection", old, new, on="2025-03-20").verdict is M
    assert asked("infection", old, new, on="2025-03-25").verdict is U


@pytest.mark.parametrize(("on", "verdict"), [("2025-02-28", M), ("2025-03-01", U)])
def test_a_commitment_for_a_calendar_month_from_31_january_lapses_after_the_end_of_february(on, verdict) -> None:
    assert asked("contraception", said("contraception", "yes", "2025-01-31"), on=on).verdict is verdict


def test_an_answer_known_only_to_the_month_expires_counted_from_its_first_day() -> None:
    told = form("2025-03-20", {"infection/1": {"value": "no", "on": "2025-03"}})
    assert asked("infection", told, on="2025-03-20").verdict is U


def test_an_expired_answer_blocks_entry_from_the_day_the_verdict_said_it_would() -> None:
    study = protocol(asks=ASKS, eligibility=[{"id": "well", "must_not": {"ask": "infection"}}])
    subject = case(said("infection", "no", "2025-03-01"), protocol=study)
    today = judge_eligibility(subject, day("2025-03-05"))
    assert (today.word, today.holds_until) == ("eligible", day("2025-03-16"))
    assert judge_eligibility(subject, day("2025-03-15")).word == "eligible"
    later = judge_eligibility(subject, day("2025-03-16"))
    assert (later.word, later.missing) == ("undetermined", ("infection, asked again",))


@pytest.mark.parametrize(("on", "verdict"), [("2025-03-08", M), ("2025-03-09", U)])
def test_a_condition_may_ask_for_a_fresher_answer_than_the_question_does(on, verdict) -> None:
    told = said("infection", "yes", "2025-03-01")
    assert asked("infection", told, on=on, within="7 days").verdict is verdict


# ---- who may give it ----


@pytest.mark.parametrize(
    ("question", "role", "verdict"),
    [
        ("infection", "investigator", N),
        ("infection", "sub-investigator", N),
        ("infection", "coordinator", U),
        ("infection", "data manager", U),
        ("infection", "", U),
        ("read_by_two", "radiologist", N),
        ("read_by_two", "investigator", U),
        ("smokes", "coordinator", N),
        ("smokes", "", N),
        ("weighed", "pharmacist", N),
        ("weighed", "coordinator", U),
        ("contraception", "coordinator", N),
    ],
)
def test_a_judgement_counts_in_a_role_that_may_judge_and_a_fact_in_any_unless_roles_are_named(
    question, role, verdict
) -> None:
    assert asked(question, said(question, "no", "2025-03-01", role), on="2025-03-02").verdict is verdict


def test_an_answer_that_is_not_signed_names_who_has_to_sign_and_who_gave_it() -> None:
    answer = asked("infection", said("infection", "no", "2025-03-01", "coordinator"), on="2025-03-02")
    assert answer.missing == ("infection, signed by investigator or sub-investigator",)
    assert "answered by the coordinator" in answer.why


def test_what_a_coordinator_enters_for_a_named_investigator_is_the_investigators_judgement() -> None:
    for by, role, verdict in [("u7", "investigator", N), ("u7", "coordinator", U), ("u7", "", U)]:
        told = said("infection", "no", "2025-03-01", "coordinator", by=by, role=role)
        answer = asked("infection", told, on="2025-03-02")
        assert (answer.verdict, SUBJECT in answer.why) == (verdict, False)


def test_a_judgement_nobody_put_their_name_to_counts_for_nothing() -> None:
    told = said("infection", "no", "2025-03-01")
    nameless = type(told)(**{**vars(told), "actor": ""})
    assert "nobody named" in asked("infection", nameless, on="2025-03-02").why


def test_an_unsigned_answer_is_not_followed_by_the_signed_one_before_it() -> None:
    signed, unsigned = said("infection", "no", "2025-03-01"), said("infection", "yes", "2025-03-02", "coordinator")
    assert asked("infection", signed, unsigned, on="2025-03-03").verdict is U


# ---- consents and promises ----


@pytest.mark.parametrize(("more", "verdict"), [({"on": "2025-03-01"}, M), ({"on": "2025-03"}, U), ({}, U)])
def test_a_consent_needs_a_date_of_its_own_to_the_day(more, verdict) -> None:
    answer = asked("biobank", said("biobank", "yes", "2025-03-01", "coordinator", **more), on="2025-04-02")
    assert (answer.verdict, answer.missing) == (verdict, () if verdict is M else ("biobank, dated",))


@pytest.mark.parametrize("question", ["biobank", "contraception"])
def test_a_consent_or_a_promise_taken_back_is_a_no_from_that_day(question) -> None:
    given = said(question, "yes", "2025-03-01", on="2025-03-01")
    back = said(question, "no", "2025-03-05", on="2025-03-05")
    assert [asked(question, given, back, on=on).verdict for on in ("2025-03-04", "2025-03-05")] == [M, N]


def test_a_question_that_nobody_answered_is_missing_by_its_name() -> None:
    assert asked("infection", on="2025-03-02").missing == ("infection",)
    assert asked("infection", on="2025-03-02", within="7 days").missing == ("infection within 7 days",)
