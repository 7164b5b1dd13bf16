"""The evaluator against brute force: every way in which what is unknown may turn out, written without its code."""

from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders import case, day
from trialwright.core.conditions import Condition, judge_condition, read_condition
from trialwright.core.terms import Verdict

NAMES = ("a", "b", "c", "d")


def holds(tree: dict, turned: dict[str, bool]) -> bool:
    """What the condition comes to once everything is known."""
    word, told = next(iter(tree.items()))
    if word == "ask":
        return turned[told]
    if word == "not":
        return not holds(told, turned)
    if word == "if":
        return not holds(told, turned) or holds(tree["then"], turned)
    held = [holds(one, turned) for one in (tree["of"] if word == "at_least" else told)]
    return {"all": all(held), "any": any(held), "at_least": word == "at_least" and sum(held) >= told}[word]


TREES = st.recursive(
    st.sampled_from(NAMES).map(lambda name: {"ask": name}),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda of: {"all": of}),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: {"any": of}),
        st.lists(inner, min_size=2, max_size=3).map(lambda of: {"at_least": 2, "of": of}),
        inner.map(lambda one: {"not": one}),
        st.tuples(inner, inner).map(lambda pair: {"if": pair[0], "then": pair[1]}),
    ),
    max_leaves=8,
)
ANSWERS = st.fixed_dictionaries({name: st.sampled_from(["yes", "no", None]) for name in NAMES})


def facts_of(answers: dict):
    return case(items={name: told for name, told in answers.items() if told}, on="2025-03-01").facts(day("2025-03-03"))


def completions(answers: dict) -> list[dict[str, bool]]:
    """Every way in which those not answered may turn out."""
    choices = [{"yes": (True,), "no": (False,)}.get(told, (True, False)) for told in answers.values()]
    return [dict(zip(answers, way, strict=True)) for way in product(*choices)]


A, B, C = ({"ask": name} for name in "abc")


@settings(max_examples=400, deadline=None)
@given(TREES, ANSWERS)
@example({"any": [A, {"not": A}]}, dict.fromkeys(NAMES))
@example({"all": [A, {"not": A}]}, dict.fromkeys(NAMES))
@example({"any": [{"all": [A, B]}, {"all": [{"not": A}, B]}]}, dict.fromkeys(NAMES))
@example({"any": [{"all": [A, {"not": A}, B]}, C]}, dict.fromkeys(NAMES))
@example({"if": A, "then": A}, dict.fromkeys(NAMES))
@example({"at_least": 2, "of": [A, A, B]}, dict.fromkeys(NAMES))
def test_an_answer_is_known_exactly_where_all_ways_agree_and_misses_exactly_what_can_change_it(tree, answers) -> None:
    answer = judge_condition(read_condition(tree), facts_of(answers))
    ways = completions(answers)
    outcomes = {holds(tree, way) for way in ways}
    assert answer.verdict is (Verdict.of(outcomes.pop()) if len(outcomes) == 1 else Verdict.UNKNOWN)
    matters = {
        name
        for name, told in answers.items()
        if told is None and any(holds(tree, way) != holds(tree, {**way, name: not way[name]}) for way in ways)
    }
    assert set(answer.missing) == matters


def test_every_pair_of_answers_under_every_joining_word_is_as_all_ways_say() -> None:
    trees = [
        {"all": [A, B]}, {"any": [A, B]}, {"not": A}, {"if": A, "then": B}, {"at_least": 1, "of": [A, B]},
        {"at_least": 2, "of": [A, B]}, {"if": {"not": A}, "then": {"all": [A, B]}},
    ]  # fmt: skip
    for tree, told in product(trees, product(("yes", "no", None), repeat=2)):
        answers = dict(zip("ab", told, strict=True))
        outcomes = {holds(tree, way) for way in completions(answers)}
        expected = Verdict.of(outcomes.pop()) if len(outcomes) == 1 else Verdict.UNKNOWN
        assert judge_condition(read_condition(tree), facts_of(answers)).verdict is expected, (tree, answers)


def test_with_more_unknown_than_are_tried_the_answer_is_unknown_or_right_and_never_wrong() -> None:
    many = [{"ask": f"q{number}"} for number in range(9)]
    facts = facts_of({})
    tautology: Condition = read_condition({"any": [A, {"not": A}, *many]})
    assert judge_condition(tautology, facts).verdict is Verdict.MET  # what stands twice is tried alone
    pairs = read_condition({"all": [{"any": [one, {"not": one}]} for one in many]})
    assert judge_condition(pairs, facts).verdict is Verdict.UNKNOWN
    assert len(judge_condition(pairs, facts).missing) == 9


def test_where_the_first_known_is_asked_nothing_is_tried_both_ways() -> None:
    asked = read_condition({"first_known": [A, {"any": [A, {"not": A}]}]})
    assert judge_condition(asked, facts_of({})).verdict is Verdict.UNKNOWN
