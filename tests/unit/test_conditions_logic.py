"""Three-valued logic, exhaustively: every combinator on every combination of met, unknown and not met."""

from itertools import product

import pytest

from builders import case, condition, day
from trialwright.core.conditions import All, AnyOf, AtLeast, Condition, FirstKnown, IfThen, Not, judge_condition, parts
from trialwright.core.terms import Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
LEAF: dict[Verdict, Condition] = {
    M: condition(ask="answered_yes"),
    U: condition(ask="never_asked"),
    N: condition(ask="answered_no"),
}
FACTS = case(items={"answered_yes": "yes", "answered_no": "no"}).facts(day("2025-03-03"))
TRIPLES = list(product((N, U, M), repeat=3))


def verdict(of: Condition) -> Verdict:
    return judge_condition(of, FACTS).verdict


def leaves(verdicts: tuple[Verdict, ...]) -> tuple[Condition, ...]:
    return tuple(LEAF[each] for each in verdicts)


# Kleene's tables, written out by hand: rows are the first, columns the second, in the order N U M.
AND = {N: (N, N, N), U: (N, U, U), M: (N, U, M)}
OR = {N: (N, U, M), U: (U, U, M), M: (M, M, M)}
IF = {N: (M, M, M), U: (U, U, M), M: (N, U, M)}
FIRST = {N: (N, N, N), U: (N, U, M), M: (M, M, M)}


@pytest.mark.parametrize(
    ("combine", "table"),
    [
        (lambda a, b: All((a, b)), AND),
        (lambda a, b: AnyOf((a, b)), OR),
        (lambda a, b: IfThen(a, b), IF),
        (lambda a, b: FirstKnown((a, b)), FIRST),
    ],
    ids=["all", "any", "if then", "first known"],
)
def test_two_parts_combine_by_kleenes_tables(combine, table) -> None:
    other = {**LEAF, U: condition(ask="another_never_asked")}
    seen = {a: tuple(verdict(combine(LEAF[a], other[b])) for b in (N, U, M)) for a in (N, U, M)}
    assert seen == table


def test_not_turns_met_and_not_met_round_and_leaves_unknown() -> None:
    assert [verdict(Not(LEAF[each])) for each in (M, U, N)] == [N, U, M]


def resolved(verdicts: tuple[Verdict, ...]) -> list[list[bool]]:
    """Every way in which the unknown ones may turn out."""
    choices = [(True, False) if each is U else (each is M,) for each in verdicts]
    return [list(way) for way in product(*choices)]


@pytest.mark.parametrize("verdicts", TRIPLES)
def test_three_parts_are_known_exactly_where_every_way_the_unknown_may_turn_out_agrees(verdicts) -> None:
    ways = resolved(verdicts)
    of = leaves(verdicts)
    expected = {
        All(of): {all(way) for way in ways},
        AnyOf(of): {any(way) for way in ways},
        AtLeast(1, of): {sum(way) >= 1 for way in ways},
        AtLeast(2, of): {sum(way) >= 2 for way in ways},
        AtLeast(3, of): {sum(way) >= 3 for way in ways},
    }
    for combined, outcomes in expected.items():
        assert verdict(combined) is (Verdict.of(outcomes.pop()) if len(outcomes) == 1 else U), combined


@pytest.mark.parametrize("verdicts", TRIPLES)
def test_the_first_known_of_three_decides(verdicts) -> None:
    known = [each for each in verdicts if each is not U]
    assert verdict(FirstKnown(leaves(verdicts))) is (known[0] if known else U)


def test_what_asks_nothing_is_met() -> None:
    assert verdict(All(())) is M


def test_an_answer_gives_the_reasons_of_the_parts_that_decided_and_names_only_what_is_missing() -> None:
    blocked = judge_condition(All((LEAF[M], LEAF[U])), FACTS)
    assert (blocked.missing, "answered_yes" in blocked.why) == (("never_asked",), False)
    refused = judge_condition(All((LEAF[U], LEAF[N])), FACTS)
    assert (refused.verdict, refused.missing) == (N, ())
    assert "answered_no is no" in refused.why


def test_what_does_not_apply_is_met_because_it_does_not_apply() -> None:
    answer = judge_condition(IfThen(LEAF[N], LEAF[U]), FACTS)
    assert answer.verdict is M
    assert answer.why.startswith("does not apply: answered_no is no")


def test_the_parts_of_a_condition_are_all_within_it_outermost_first() -> None:
    whole = IfThen(Not(LEAF[M]), All((LEAF[U], AtLeast(1, (LEAF[N],)))))
    assert [type(part).__name__ for part in parts(whole)] == ["IfThen", "Not", "Ask", "All", "Ask", "AtLeast", "Ask"]


def test_a_verdict_is_never_read_as_yes_or_no() -> None:
    with pytest.raises(TypeError, match="unknown is not no"):
        bool(U)
