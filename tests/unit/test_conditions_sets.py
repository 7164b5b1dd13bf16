"""Sets of codes: joined, with exceptions taken out per event; and codes that a concept does not have."""

import pytest

from builders import CONCEPTS, case, condition, day, protocol
from trialwright.core.conditions import judge_condition
from trialwright.core.protocol import Concept, ConceptSet, Field, Kind
from trialwright.core.subject import codes_of
from trialwright.core.terms import Verdict

CODES = ("a", "b", "c", "d", "e")


def members(name: str, **sets: dict) -> str:
    """Which of the five codes are in a set."""
    known = {id_: ConceptSet(id=id_, of="therapy", **{key: tuple(told) for key, told in parts.items()})
             for id_, parts in sets.items()}  # fmt: skip
    wanted = codes_of(name, known)
    return "".join(code for code in CODES if code in wanted)


@pytest.mark.parametrize(
    ("expected", "sets"),
    [
        ("ab", {"x": {"codes": "ab"}}),
        ("abcde", {"x": {}}),
        ("cde", {"x": {"minus": ["y"]}, "y": {"codes": "ab"}}),
        ("abc", {"x": {"codes": "a", "union": ["y"]}, "y": {"codes": "bc"}}),
        ("ac", {"x": {"codes": "a", "union": ["y"]}, "y": {"codes": "bc", "minus": ["z"]}, "z": {"codes": "b"}}),
        ("b", {"x": {"codes": "abc", "minus": ["y"]}, "y": {"codes": "ac"}}),
        ("ab", {"x": {"codes": "abc", "minus": ["y"]}, "y": {"codes": "bc", "minus": ["z"]}, "z": {"codes": "b"}}),
        ("abcde", {"x": {"union": ["y", "z"]}, "y": {}, "z": {"codes": "a"}}),
        ("acde", {"x": {"union": ["y", "z"]}, "y": {"minus": ["w"]}, "z": {"codes": "a"}, "w": {"codes": "ab"}}),
        ("ab", {"x": {"codes": "abc", "minus": ["y"]}, "y": {"minus": ["z"]}, "z": {"codes": "ab"}}),
        ("", {"x": {"codes": "abc", "minus": ["y"]}, "y": {}}),
    ],
)
def test_a_set_is_its_codes_and_those_of_its_parts_without_the_exceptions_each_with_its_own(expected, sets) -> None:
    assert members("x", **sets) == expected


def test_a_set_that_contains_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="the set x contains itself"):
        members("x", x={"union": ["y"]}, y={"minus": ["x"]})


@pytest.mark.parametrize(
    ("value", "is_negative", "is_positive"),
    [
        ("negative", Verdict.MET, Verdict.NOT_MET),
        ("positive", Verdict.NOT_MET, Verdict.MET),
        ("Positive", Verdict.UNKNOWN, Verdict.UNKNOWN),
        ("pos", Verdict.UNKNOWN, Verdict.UNKNOWN),
    ],
)
def test_a_code_that_the_concept_does_not_have_is_unknown_never_no(value, is_negative, is_positive) -> None:
    field = Field(id="value", label="Result", kind=Kind.CODE, codes=("negative", "positive"))
    concepts = {**CONCEPTS, "test": Concept(id="test", label="Test", fields=(field,))}
    facts = case(items={"test": value}, concepts=concepts, protocol=protocol()).facts(day("2025-03-03"))
    for wanted, verdict in (("negative", is_negative), ("positive", is_positive)):
        assert judge_condition(condition(measure="test", **{"in": [wanted]}), facts).verdict is verdict
