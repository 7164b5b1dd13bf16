"""What holds for any condition and any data: De Morgan, the failing side, the order of entry, what has no bearing, and
that ignorance never turns into a yes."""

from collections.abc import Iterator
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from builders import case, day, form
from studies_at_hand import STUDIES
from trialwright.adapters.study import load_study
from trialwright.core.conditions import (
    ALWAYS,
    All,
    AnyOf,
    AtLeast,
    Condition,
    IfThen,
    Limit,
    Measure,
    Not,
    judge_condition,
    read_condition,
)
from trialwright.core.ledger import Missing
from trialwright.core.subject import SubjectFacts
from trialwright.core.terms import Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ON = day("2025-03-31")
NEVER = Not(ALWAYS)

LEAVES = st.sampled_from(
    [
        {"measure": "anc", "is": ">= 1500 /mm3"},
        {"measure": "anc", "is": "< 1000 /mm3", "for": "7 days"},
        {"measure": "anc", "is": ">= 1500 /mm3", "within": "14 days"},
        {"measure": "ast", "is": "<= 2 x ULN"},
        {"ask": "agrees"},
        {"had": "prior_therapy", "within": "5 years"},
        {"active_since": "prior_therapy", "within": "4 weeks"},
        {"measure": "anc", "is": ">= 0.5 x baseline"},
        {"measure": "anc", "is": "< 1500 /mm3", "between": "7-14 days"},
        {"had": "prior_therapy", "at_least_n": 2},
        {"ongoing": "prior_therapy"},
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


# ---- a value further to the failing side, through every way a number is looked at ----

ONE_SIDED = st.sampled_from(
    [
        {"is": ">= 2 x ULN"},
        {"is": "<= 2 x ULN"},
        {"is": ">= 1 x LLN"},
        {"is": "< 3 x LLN", "within": "14 days"},
        {"is": "> 50 U/L", "within": "14 days"},
        {"is": "<= 50 U/L", "between": "1-14 days"},
        {"is": "< 50 U/L", "for": "7 days"},
        {"is": ">= 50 U/L", "for": "7 days"},
        {"is": "<= 1.5 x baseline"},
    ]
)
VALUES = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["2025-03-17", "2025-03-24", "2025-03-31",
                  "2025-03"]), st.sampled_from(["", "<", ">"])), min_size=1, max_size=3)  # fmt: skip


def readings_of(values) -> dict:
    told = enumerate(values)
    return {
        f"ast/{n}": {"value": f"{value} U/L", "on": on, "bound": bound, "low": "20 U/L", "high": "40 U/L"}
        for n, (value, on, bound) in told
    } | {"ast/0b": {"value": "60 U/L", "on": "2025-02-01", "low": "20 U/L", "high": "40 U/L"}}


@given(ONE_SIDED, VALUES, st.integers(0, 250))
def test_however_a_number_is_looked_at_all_values_further_to_the_failing_side_never_improve_it(words, values, by):
    condition = read_condition({"measure": "ast", **words})
    away = -by if words["is"].startswith(">") else by
    further = [(value + away, on, bound) for value, on, bound in values]
    before, after = (
        judge_condition(condition, case(items=readings_of(each), on="2025-01-01").facts(ON)).verdict
        for each in (values, further)
    )
    assert after.rank <= before.rank


def measures_in(condition: Condition, good: bool) -> Iterator[tuple[Measure, bool]]:
    """Each measure of one limit, and whether holding is good for what it stands in; none below what is known first."""
    match condition:
        case All(of) | AnyOf(of) | AtLeast(_, of):
            for part in of:
                yield from measures_in(part, good)
        case Not(of=part):
            yield from measures_in(part, not good)
        case IfThen(when, then):
            yield from measures_in(when, not good)
            yield from measures_in(then, good)
        case Measure(limit=Limit(comparisons=comparisons)) if len(comparisons) == 1 and comparisons[0][0] != "=":
            yield condition, good


CRITERIA = [
    (f"{study.folder.name} {protocol.version} {one.id}", protocol, standards, one, measure, good)
    for study in map(load_study, STUDIES)
    for protocol, standards in ((study.versions[name], study.trial.standards[name]) for name in study.versions)
    for one in protocol.eligibility
    for asked, holds in ((one.must, True), (one.must_not, False))
    if asked
    for measure, good in measures_in(asked, holds)
]


def test_the_studies_at_hand_have_criteria_with_numbers() -> None:
    assert len({name for name, *_ in CRITERIA}) >= 8


@given(st.sampled_from(CRITERIA), st.decimals("-1", "1.5", places=2), st.decimals(0, 3, places=2))
def test_no_criterion_of_a_study_is_better_met_by_a_value_further_to_the_failing_side(told, at, by) -> None:
    _, protocol, standards, criterion, measure, good = told
    ((sign, bound),) = measure.limit.comparisons
    unit = standards.concepts[measure.concept].value.unit if bound.unit == "ULN" else bound.unit
    lower_is_worse = sign.startswith(">") is good
    values = [Decimal(1) + at, Decimal(1) + at - (by if lower_is_worse else -by)]
    ranks = []
    for factor in values:
        number = bound.value * factor * (40 if bound.unit == "ULN" else 1)
        items = {f"{measure.concept}/1": {"value": f"{number:f} {unit}".removesuffix(" 1"), "high": f"40 {unit}"}}
        subject = case(items=items, on="2025-03-20", protocol=protocol, units=standards.units,
                       concepts=standards.concepts)  # fmt: skip
        ranks.append(verdict(All((criterion.must or ALWAYS, Not(criterion.must_not or NEVER))), subject.facts(ON)).rank)
    if min(values) >= 0:
        assert ranks[1] <= ranks[0]


# ---- the order of entry, and what has no bearing ----


@given(CONDITIONS, DATA, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_in_which_facts_were_recorded(condition, items, chance) -> None:
    parts_of = list(items.items())
    shuffled = parts_of.copy()
    chance.shuffle(shuffled)
    seen = []
    for order in (parts_of, shuffled):
        answer = judge_condition(condition, case(*(form("2025-01-01", {key: told}) for key, told in order)).facts(ON))
        evidence = {(one.concept, one.value, one.on) for one in answer.evidence}
        seen.append((answer.verdict, set(answer.missing), evidence))
    assert seen[0] == seen[1]


NO_BEARING = st.sampled_from(
    [
        {"platelets on 2025-03-30": "5 /mm3"},
        {"unheard_of on 2025-03-30": "yes"},
        {"medication/1": {"code": "x", "start": "2025-01-01", "ongoing": "yes"}},
        {"anc on 2025-04-01": "1 /mm3"},
        {"agrees on 2025-04-01": "no"},
    ]
)


@given(CONDITIONS, DATA, NO_BEARING)
def test_a_fact_without_bearing_or_of_a_later_day_changes_nothing(condition, items, other) -> None:
    before, after = (judge_condition(condition, facts_of(each)) for each in (items, {**items, **other}))
    assert (after.verdict, after.why, after.missing) == (before.verdict, before.why, before.missing)
    assert [one.value for one in after.evidence] == [one.value for one in before.evidence]
