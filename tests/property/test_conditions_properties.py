"""What holds for any condition and any data: De Morgan, the failing side, and that ignorance never turns into a yes."""

from hypothesis import given
from hypothesis import strategies as st

from builders import case, day
from trialwright.core.conditions import All, AnyOf, AtLeast, Condition, IfThen, Not, judge_condition, read_condition
from trialwright.core.ledger import Missing
from trialwright.core.subject import SubjectFacts
from trialwright.core.terms import Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ON = day("2025-03-31")

LEAVES = st.sampled_from(
    [
        {"measure": "anc", "is": ">= 1500 /mm3"},
        {"measure": "anc", "is": "< 1000 /mm3", "for": "7 days"},
        {"measure": "anc", "is": ">= 1500 /mm3", "within": "14 days"},
        {"measure": "ast", "is": "<= 2 x ULN"},
        {"ask": "agrees"},
        {"had": "prior_therapy", "within": "5 years"},
        {"active_since": "prior_therapy", "within": "4 weeks"},
        {"sex": "female"},
    ]
).map(read_condition)
CONDITIONS = st.recursive(
    LEAVES,
    lambda within: st.one_of(
        st.lists(within, max_size=3).map(lambda of: All(tuple(of))),
        st.lists(within, min_size=1, max_size=3).map(lambda of: AnyOf(tuple(of))),
        st.lists(within, min_size=2, max_size=3).map(lambda of: AtLeast(2, tuple(of))),
        within.map(Not),
        st.tuples(within, within).map(lambda pair: IfThen(*pair)),
    ),
    max_leaves=6,
)
COUNTS = st.sampled_from(["500 /mm3", "999 /mm3", "1000 /mm3", "1499 /mm3", "1500 /mm3", "1501 /mm3", "1.5 10*9/L"])
DAYS = st.sampled_from(["2025-03-16", "2025-03-17", "2025-03-24", "2025-03-31", "2025-03", "2024"])
ANCS = st.lists(
    st.fixed_dictionaries({"value": COUNTS, "on": DAYS}, optional={"time": st.sampled_from(["08:00", "16:00"])}),
    max_size=3,
)
THERAPIES = st.lists(
    st.fixed_dictionaries(
        {"code": st.just("x")},
        optional={
            "start": st.sampled_from(["2020-03-31", "2020-03-30", "2020", "2025-01-01"]),
            "end": st.sampled_from(["2025-03-02", "2025-03-03", "2025-03"]),
            "ongoing": st.sampled_from(["yes", "no"]),
        },
    ),
    max_size=2,
)


def items_of(ancs, therapies, agrees, ast, asked) -> dict:
    items: dict = {f"anc/{n}": dict(fields) for n, fields in enumerate(ancs)}
    items |= {f"prior_therapy/{n}": dict(fields) for n, fields in enumerate(therapies)}
    items |= {"agrees": agrees} if agrees else {}
    items |= {"ast/1": {"value": ast, "high": "40 U/L"}} if ast else {}
    return items | ({"prior_therapy_review on 2025-03-01": "listed"} if asked else {}) | {"sex": "female"}


DATA = st.builds(
    items_of,
    ANCS,
    THERAPIES,
    st.sampled_from(["yes", "no", ""]),
    st.sampled_from(["79 U/L", "80 U/L", "81 U/L", ""]),
    st.booleans(),
)


def facts_of(items: dict) -> SubjectFacts:
    return case(items=items, on="2025-01-01").facts(ON)


def verdict(condition: Condition, facts: SubjectFacts) -> Verdict:
    return judge_condition(condition, facts).verdict


@given(st.lists(CONDITIONS, min_size=1, max_size=3), DATA)
def test_not_all_is_any_not_and_not_any_is_all_not(conditions, items) -> None:
    facts, of, opposite = facts_of(items), tuple(conditions), tuple(Not(each) for each in conditions)
    assert verdict(Not(All(of)), facts) is verdict(AnyOf(opposite), facts)
    assert verdict(Not(AnyOf(of)), facts) is verdict(All(opposite), facts)


@given(CONDITIONS, DATA)
def test_an_unknown_always_names_what_is_missing_and_an_answer_never_does(condition, items) -> None:
    answer = judge_condition(condition, facts_of(items))
    assert bool(answer.missing) == (answer.verdict is U)


@given(st.sampled_from([">=", ">", "<=", "<"]), st.integers(-50, 50), st.integers(-60, 60), st.integers(0, 60))
def test_moving_a_value_further_to_the_failing_side_never_improves_the_verdict(sign, limit, value, further) -> None:
    condition = read_condition({"measure": "score", "is": f"{sign} {limit}"})
    worse = value - further if sign.startswith(">") else value + further
    before, after = (verdict(condition, facts_of({"score": each})) for each in (value, worse))
    assert after.rank <= before.rank


@given(CONDITIONS, DATA, st.sampled_from(["anc on 2025-03-31", "anc on 2025-03", "agrees on 2025-03-31"]))
def test_adding_a_value_nobody_knows_never_turns_one_certain_answer_into_the_other(condition, items, key) -> None:
    before = verdict(condition, facts_of(items))
    after = verdict(condition, facts_of({**items, key: Missing("not_known")}))
    assert after is before or U in (before, after)


@given(LEAVES, DATA, st.sampled_from(["anc on 2025-03-31", "agrees on 2025-03-31", "ast on 2025-03-31"]))
def test_adding_a_value_nobody_knows_never_turns_not_met_into_met(leaf, items, key) -> None:
    if verdict(leaf, facts_of(items)) is N:
        assert verdict(leaf, facts_of({**items, key: Missing("not_known")})) is not M


@given(CONDITIONS, DATA)
def test_making_dates_less_exact_never_turns_one_certain_answer_into_the_other(condition, items) -> None:
    blurred = {
        key: {name: told[:7] if name in ("on", "start", "end") else told for name, told in fields.items()}
        if isinstance(fields, dict) else fields
        for key, fields in items.items()
    }  # fmt: skip
    before, after = verdict(condition, facts_of(items)), verdict(condition, facts_of(blurred))
    assert after is before or U in (before, after)
