"""Conditions as written: each construct is read; a misspelt one is refused with its place and near miss."""

import pytest

from trialwright.core.conditions import CONSTRUCTS, ConditionError, Had, Limit, Measure, parts, read_condition

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
        ({"measure": "test", "in": ["negative"], "between": "14-10 days"}, ("between",), "nearer end first"),
        ({"measure": "test", "in": ["negative"], "between": "10 to 14 days"}, ("between",), "10-14 days"),
        (
            {"measure": "anc", "is": ">= 1", "within": "3 days", "between": "1-3 days"},
            ("between",),
            "leave `within` out",
        ),
        ({"active_since": "x", "within": "3 days", "between": "1-3 days"}, ("between",), "takes no 'between'"),
        ({"measure": "stage", "is": ">= IIB", "for": "7 days"}, ("for",), "a limit on a number"),
        ({"measure": "ast", "is": "<= ULN"}, ("is",), "<= 2 x ULN"),
        ({"measure": "ast", "is": "> baseline"}, ("is",), "not a limit"),
        ({"had": "therapy", "at_least_n": 0}, ("at_least_n",), "no number of episodes"),
        ({"had": "therapy", "at_least_n": True}, ("at_least_n",), "no number of episodes"),
        ({"had": "therapy", "at_least_n": "two"}, ("at_least_n",), "no number of episodes"),
        ({"had": "therapy", "if_absent": "none"}, ("if_absent",), "no_if_observed"),
        ({"had": "therapy", "distinct": "perhaps"}, ("distinct",), "neither yes nor no"),
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
        ("> 1.5 x baseline", [(">", "1.5", "baseline")]),
    ],
)
def test_a_limit_is_read_with_its_unit(text, comparisons) -> None:
    seen = [(sign, str(limit.value), limit.unit) for sign, limit in Limit.parse(text).comparisons]
    assert seen == comparisons


@pytest.mark.parametrize("text", ["1500", "2 ULN", ">= 1,5", ">= 1.500,0", ">= 15 00", "5-2", "=> 3", "", ">= many"])
def test_what_is_no_limit_is_refused(text) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limit.parse(text)


def test_a_place_on_a_scale_and_a_time_with_two_ends_are_read_as_they_are_written() -> None:
    read = read_condition({"measure": "stage", "is": "IA to IVB", "between": "2-4 weeks"})
    assert isinstance(read, Measure)
    assert (str(read.rank), str(read.between), read.limit) == (">= IA and <= IVB", "2-4 weeks", None)
    assert str(read.looks_back) == "4 weeks"


@pytest.mark.parametrize(("told", "kept"), [(False, "no"), ("no", "no"), ("unknown", "unknown")])
def test_what_absence_means_is_a_word_also_where_a_file_reader_took_no_for_false(told, kept) -> None:
    read = read_condition({"ongoing": "medication", "if_absent": told})
    assert isinstance(read, Had)
    assert read.if_absent == kept


def test_yes_and_no_that_a_file_reader_took_for_true_and_false_are_words_again() -> None:
    assert read_condition({"measure": "consent", "in": [True]}) == read_condition({"measure": "consent", "in": ["yes"]})
