"""Conditions as written: each construct is read; a misspelt one is refused with its place and near miss."""

import pytest

from trialwright.core.conditions import CONSTRUCTS, ConditionError, Limit, parts, read_condition

WRITTEN = {
    "all": {"all": []},
    "any": {"any": [{"sex": "male"}]},
    "not": {"not": {"sex": "male"}},
    "at_least": {"at_least": 1, "of": [{"sex": "male"}]},
    "if": {"if": {"sex": "male"}, "then": {"ask": "fertile"}},
    "first_known": {"first_known": [{"ask": "infection"}, {"ongoing": "infection"}]},
    "age": {"age": ">= 18 years"},
    "sex": {"sex": "female"},
    "measure": {"measure": "anc", "is": "< 1000 /mm3", "within": "14 days", "before": "first_dose", "for": "7 days"},
    "had": {"had": "therapy", "within": "5 years", "before": "registration", "where": {"outcome": ["failed"]}},
    "ongoing": {"ongoing": "infection"},
    "active_since": {"active_since": "therapy", "within": "4 weeks"},
    "grade": {"grade": "any", "is": ">= 3", "related": "yes", "ongoing": True, "laboratory": "no", "during": "course"},
    "response": {"response": ["CR", "PR"]},
    "ask": {"ask": "agrees", "within": "30 days"},
    "course": {"course": ">= 2"},
    "day": {"day": "1-21"},
    "dose": {"dose": "<= 10 mg"},
    "elapsed": {"elapsed": "first_dose", "is": "2 years"},
}


def test_every_construct_has_a_written_example_here() -> None:
    assert set(WRITTEN) == set(CONSTRUCTS)


@pytest.mark.parametrize("words", WRITTEN.values(), ids=WRITTEN)
def test_every_construct_is_read(words) -> None:
    assert list(parts(read_condition(words)))


@pytest.mark.parametrize(
    ("words", "path", "says"),
    [
        ({"mesure": "anc", "is": ">= 1"}, (), "'measure'"),
        ({"measure": "anc", "is": ">= 1", "witin": "14 days"}, ("witin",), "'within'"),
        ({"all": [{"sex": "male"}, {"mesure": "anc", "is": ">= 1"}]}, ("all", 1), "'measure'"),
        ({"not": {"any": [{"ask": "a", "wthin": "3 days"}]}}, ("not", "any", 0, "wthin"), "'within'"),
        ({"if": {"sex": "femal"}, "then": {"ask": "a"}}, ("if", "sex"), "'female'"),
        ({"had": "x", "before": "first-dose"}, ("before",), "'first_dose'"),
        ({"measure": "anc", "is": ">= 1", "before": "frist_dose"}, ("before",), "'first_dose'"),
        ({"elapsed": "registraton", "is": "2 years"}, ("elapsed",), "'registration'"),
        ({"grade": "any", "is": ">= 3", "during": "cours"}, ("during",), "'course'"),
        ({"grade": "any", "is": ">= 3", "related": "perhaps"}, ("related",), "neither yes nor no"),
        ({"grade": "any"}, (), "needs `is:`"),
        ({"measure": "anc"}, (), "either `is:`"),
        ({"measure": "anc", "is": ">= 1", "in": ["a"]}, (), "either `is:`"),
        ({"measure": "test", "in": []}, ("in",), "empty list"),
        ({"measure": "test", "in": ["negative"], "for": "7 days"}, ("for",), "needs `is:`"),
        ({"measure": "anc", "is": "1500"}, ("is",), "not a limit"),
        ({"measure": "anc", "is": ">= 1,5 10*9/L"}, ("is",), "not a limit"),
        ({"measure": "anc", "is": ">= 1500 /mm3", "within": "2 fortnights"}, ("within",), "not a duration"),
        ({"measure": "anc", "is": ">= 1500 /mm3", "within": 14}, ("within",), "not a duration"),
        ({"active_since": "therapy"}, (), "needs `within:`"),
        ({"had": "therapy", "where": "failed"}, ("where",), "is a mapping"),
        ({"response": "Progressive"}, (), "is no response"),
        ({"response": []}, ("response",), "empty list"),
        ({"at_least": 0, "of": [{"sex": "male"}]}, (), "at_least: 1"),
        ({"at_least": True, "of": [{"sex": "male"}]}, (), "at_least: 1"),
        ({"at_least": 2, "of": [{"sex": "male"}]}, (), "can never hold"),
        ({"any": []}, ("any",), "empty list"),
        ({"first_known": []}, ("first_known",), "empty list"),
        ({"all": {"sex": "male"}}, ("all",), "a list of conditions"),
        ({"if": {"sex": "male"}}, (), "needs `then`"),
        ({"elapsed": "first_dose"}, (), "needs `is:`"),
        ({"sex": "male", "age": ">= 18 years"}, (), "one construct at a time"),
        ({}, (), "no construct"),
        ("anc >= 1500", (), "is a mapping"),
        (None, (), "is a mapping"),
    ],
    ids=str,
)
def test_what_cannot_mean_what_it_says_is_refused_with_its_place(words, path, says) -> None:
    with pytest.raises(ConditionError) as refused:
        read_condition(words)
    assert refused.value.path == path
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "comparisons"),
    [
        (">= 1500 /mm3", [(">=", "1500", "/mm3")]),
        (">= 1,500 /mm3", [(">=", "1500", "/mm3")]),
        (">=1500/mm3", [(">=", "1500", "/mm3")]),
        (">= 1.5 10*9/L", [(">=", "1.5", "10*9/L")]),
        ("<= 2.5 x ULN", [("<=", "2.5", "ULN")]),
        ("> -2 mmol/L", [(">", "-2", "mmol/L")]),
        ("0-2", [(">=", "0", "1"), ("<=", "2", "1")]),
        ("1-3 x ULN", [(">=", "1", "ULN"), ("<=", "3", "ULN")]),
        ("= 4", [("=", "4", "1")]),
    ],
)
def test_a_limit_is_read_with_its_unit(text, comparisons) -> None:
    seen = [(sign, str(limit.value), limit.unit) for sign, limit in Limit.parse(text).comparisons]
    assert seen == comparisons


@pytest.mark.parametrize("text", ["1500", "2 ULN", ">= 1,5", ">= 1.500,0", ">= 15 00", "5-2", "=> 3", "", ">= many"])
def test_what_is_no_limit_is_refused(text) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limit.parse(text)


def test_yes_and_no_that_a_file_reader_took_for_true_and_false_are_words_again() -> None:
    assert read_condition({"measure": "consent", "in": [True]}) == read_condition({"measure": "consent", "in": ["yes"]})
