"""The table of constructs: complete, true to the reader, printed as it stands, each example read and judged."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from ruamel.yaml import YAML

from builders import case, course, day
from trialwright.core.conditions import CONSTRUCTS, judge_condition, parts, read_condition
from trialwright.core.conditions.constructs import Condition
from trialwright.core.conditions.judging import judge_condition as judge
from trialwright.core.conditions.table import COMBINING, DATA, TABLE
from trialwright.core.terms import Grade, PartialDate, Response, Verdict

DOCS = Path(__file__).resolve().parents[2] / "docs"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_conditions", DOCS / "conditions.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(word: str) -> dict:
    return YAML(typ="safe").load(TABLE[word].example)


def test_the_page_is_what_the_program_writes() -> None:
    page = (DOCS / "reference" / "conditions.md").read_text("utf-8")
    assert page == generator().page(), "run `make conditions`"


def test_the_table_has_every_construct_and_every_key_and_no_other() -> None:
    assert {word: set(one.keys) for word, one in TABLE.items()} == {word: set(of[1]) for word, of in CONSTRUCTS.items()}


def test_the_page_names_every_construct_and_every_key() -> None:
    page = generator().page()
    for word, one in TABLE.items():
        assert f"| `{word}` |" in page
        assert all(f"| `{word}` | `{key}` |" in page for key in one.keys)


@pytest.mark.parametrize("word", TABLE)
def test_every_example_is_read_as_the_construct_it_stands_for(word) -> None:
    condition = read_condition(written(word))
    assert isinstance(condition, Condition)
    assert next(parts(condition)) is condition
    assert next(iter(written(word))) == word


def bare():
    return case().facts(day("2025-03-31"))


@pytest.mark.parametrize("word", TABLE)
def test_every_example_is_unknown_of_somebody_of_whom_nothing_is_known_and_names_what_is_missing(word) -> None:
    answer = judge_condition(read_condition(written(word)), bare())
    assert (answer.verdict, bool(answer.missing), bool(answer.why)) == (Verdict.UNKNOWN, True, True)


REVIEWS = {f"{kind} on 2025-03-30": "none" for kind in (
    "topical_treatment_review", "systemic_anticancer_review", "chemotherapy_review", "anti_infective_review",
    "adverse_event_review",
)}  # fmt: skip
STARTED = course(2, "2023-03-20", "10 mg")
RASH = {"graded": ()}
SEVERE = {"term": "rash", "grade": Grade(3), "onset": PartialDate.parse("2025-03-21"), "related": True}
BOTH = {
    # the data that make the example hold, and the data that make it fail
    "all": ({"sex": "female", "fertile": "yes"}, {"sex": "female", "fertile": "no"}),
    "any": ({"indicator_lesion": "yes"}, {"indicator_lesion": "no", "erythroderma": "no"}),
    "not": ({"fertile": "no"}, {"fertile": "yes"}),
    "at_least": ({"fever": "yes", "chills": "yes"}, {"fever": "no", "chills": "no"}),
    "if": ({"sex": "male"}, {"sex": "female", "pregnancy_test on 2025-03-30": "positive"}),
    "first_known": (
        {"infection": "yes", "anti_infective_review on 2025-03-30": "none"},
        {"anti_infective_review on 2025-03-30": "none"},
    ),
    "age": ({"age": "18"}, {"age": "17"}),
    "sex": ({"sex": "female"}, {"sex": "male"}),
    "measure": (
        {"ast/1": {"value": "80 U/L", "high": "40 U/L", "on": "2025-03-30"}},
        {"ast/1": {"value": "81 U/L", "high": "40 U/L", "on": "2025-03-30"}},
    ),
    "had": ({"topical_treatment/1": {"code": "x", "start": "2020", "outcome": "failed"}}, REVIEWS),
    "ongoing": ({"systemic_anticancer/1": {"code": "x", "start": "2020", "ongoing": "yes"}}, REVIEWS),
    "active_since": ({"chemotherapy/1": {"code": "x", "start": "2020", "end": "2023-03-01"}}, REVIEWS),
    "response": ({}, {}),
    "ask": ({"acute_infection on 2025-03-30": "yes"}, {"acute_infection on 2025-03-30": "no"}),
    "grade": ({}, REVIEWS),
    "course": ({}, {}),
    "day": ({}, {}),
    "dose": ({}, {}),
    "elapsed": ({}, {}),
}
EVENTS = {
    "course": ((course(2, "2025-03-20"),), (course(1, "2025-03-20"),)),
    "day": ((course(1, "2025-03-11"),), (course(1, "2025-03-10"),)),
    "dose": ((course(1, "2025-03-20", "10 mg"),), (course(1, "2025-03-20", "11 mg"),)),
    "elapsed": ((course(1, "2023-03-31"),), (course(1, "2023-04-01"),)),
    "active_since": ((course(1, "2023-03-20"),), (course(1, "2025-03-30"),)),
    "grade": ((course(1, "2025-03-20"),), (course(1, "2025-03-20"),)),
}
PARTS = {
    "response": ({"assessed": ((day("2025-03-30"), Response.PR),)}, {"assessed": ((day("2025-03-30"), Response.SD),)}),
    "grade": ("severe", None),
}


def answers(word: str):
    from trialwright.core.conditions import Toxicity

    for place in (0, 1):
        more = PARTS.get(word, ({}, {}))[place]
        if word == "grade":
            more = {"graded": (Toxicity(**SEVERE),)} if place == 0 else {}
        events = EVENTS.get(word, ((), ()))[place]
        facts = case(*events, items=BOTH[word][place], on="2025-03-30", **more).facts(day("2025-03-31"))
        yield judge(read_condition(written(word)), facts)


@pytest.mark.parametrize("word", TABLE)
def test_every_example_can_be_met_and_not_met_each_time_with_the_data_it_stands_on(word) -> None:
    holds, fails = answers(word)
    assert [holds.verdict, fails.verdict] == [Verdict.MET, Verdict.NOT_MET]
    for answer in (holds, fails):
        assert answer.missing == ()
        assert answer.evidence, "an answer stands on data"
        assert all(one.concept and one.value and one.on for one in answer.evidence)


def test_what_joins_and_what_asks_for_data_are_all_there_is() -> None:
    assert not set(COMBINING) & set(DATA)
    assert set(COMBINING) | set(DATA) == set(CONSTRUCTS)
