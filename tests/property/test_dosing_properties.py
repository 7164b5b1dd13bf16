"""What must hold for every course of counts and doses: never more for a worse count, never more for less data."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from builders import case, condition, course, form, protocol, regimen, registered, screened
from trialwright.core.conditions import Toxicity, judge_condition
from trialwright.core.dosing import DoseDecision, decide_dose
from trialwright.core.dosing.evidence import Data
from trialwright.core.dosing.judging import cannot_hold, verdict_on
from trialwright.core.ledger import Missing
from trialwright.core.terms import Grade, PartialDate, Verdict

FIRST = date(2025, 3, 3)
LIMIT = {"id": "limit", "quotes": ["2 years"], "within": "2 years"}
STUDY = protocol(
    regimen=[
        regimen(
            dose={"start": "10 mg", "step": "5 mg", "maximum": "25 mg", "floor": "5 mg"},
            start_course_when=[{"id": "gate", "quotes": ["1,000"], "when": {"measure": "anc", "is": ">= 1000 /mm3"}}],
            delay={"id": "delay", "quotes": ["weekly"], "by": "7 days", "at_most": "28 days", "then_stop": "toxicity"},
            limits=[LIMIT],
            rules=[
                {
                    "id": "low",
                    "quotes": ["interrupt"],
                    "when": {"measure": "anc", "is": "< 500 /mm3"},
                    "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}, "resume_lower_by": "5 mg"}},
                },
                {
                    "id": "reduce",
                    "quotes": ["lower"],
                    "when": {"measure": "anc", "is": "< 700 /mm3"},
                    "then": {"reduce_by": "5 mg"},
                },
                {
                    "id": "steady",
                    "quotes": ["as tolerated"],
                    "when": {"measure": "anc", "is": "< 1200 /mm3"},
                    "then": {"no_step_up": True},
                },
            ],
        )
    ]
)
days = st.integers(0, 70)
counts = st.integers(200, 3000)
readings = st.dictionaries(days, counts, min_size=1, max_size=8)
doses = st.lists(st.sampled_from(["5 mg", "10 mg", "15 mg", "20 mg", "25 mg"]), max_size=2)


def decided(told, given_doses, at, order=1) -> DoseDecision:
    starts = [course(n, FIRST + timedelta(days=28 * n - 28), dose) for n, dose in enumerate(given_doses, 1)]
    forms = [
        form(
            FIRST + timedelta(days=int(on)),
            {f"anc/d{on}/value": value, f"anc/d{on}/on": str(FIRST + timedelta(days=int(on)))},
        )
        for on, value in told.items()
    ][::order]
    one = case(screened("2025-02-20"), registered("2025-02-28"), *starts, *forms, protocol=STUDY)
    return decide_dose(one, STUDY.regimen[0], FIRST + timedelta(days=at))


def amount(said: DoseDecision) -> Decimal:
    """What may be taken on the day: nothing unless it is given."""
    return said.dose.value if said.action == "give" and said.dose else Decimal(0)


def as_counts(told):
    return {on: f"{value} /mm3" for on, value in told.items()}


@given(readings, doses, days, st.integers(1, 2900), st.data())
def test_a_lower_count_never_gives_a_higher_dose(told, given_doses, at, less, data) -> None:
    on = data.draw(st.sampled_from(sorted(told)))
    lower = {**told, on: max(told[on] - less, 1)}
    assert amount(decided(as_counts(lower), given_doses, at)) <= amount(decided(as_counts(told), given_doses, at))


@given(readings, doses, days)
def test_a_latest_value_that_is_missing_never_releases_a_dose(told, given_doses, at) -> None:
    last = max((on for on in told if on <= at), default=None)
    if last is not None:
        without = {**as_counts(told), last: Missing("not_done")}
        assert amount(decided(without, given_doses, at)) <= amount(decided(as_counts(told), given_doses, at))


@given(readings, doses, days)
def test_without_any_count_nothing_is_given(told, given_doses, at) -> None:
    assert amount(decided({}, given_doses, at)) == 0
    assert amount(decided(dict.fromkeys(told, Missing("not_done")), given_doses, at)) == 0


@given(readings, doses, days)
def test_the_order_of_the_forms_does_not_matter(told, given_doses, at) -> None:
    forwards, backwards = (decided(as_counts(told), given_doses, at, order) for order in (1, -1))
    assert (forwards.action, forwards.dose, forwards.won) == (backwards.action, backwards.dose, backwards.won)


@given(readings, doses, days)
def test_the_dose_is_never_over_the_maximum_nor_under_the_floor(told, given_doses, at) -> None:
    said = decided(as_counts(told), given_doses, at)
    assert said.dose is None or Decimal(5) <= said.dose.value <= Decimal(25)


@given(readings, doses, days)
def test_every_answer_names_a_clause_and_lists_every_rule(told, given_doses, at) -> None:
    said = decided(as_counts(told), given_doses, at)
    assert said.because and said.won in {one.clause for one in said.because}
    assert [one.clause for one in said.fired[:3]] == ["low", "reduce", "steady"]


# ---- whatever happened ---------------------------------------------------------------------------------------------

BAD = st.integers(1, 499)
doses_taken = st.lists(st.sampled_from(["1 mg", "5 mg", "10 mg", "25 mg", "40 mg", "100 mg"]), max_size=3)


@given(readings, doses, days, days, BAD)
def test_recording_a_further_bad_value_never_raises_the_dose(told, given_doses, at, on, bad) -> None:
    with_it = {**as_counts(told), on: f"{bad} /mm3"} if on not in told else as_counts(told)
    assert amount(decided(with_it, given_doses, at)) <= amount(decided(as_counts(told), given_doses, at))


@given(readings, doses, days, days, BAD)
def test_a_second_bad_value_of_a_day_never_raises_the_dose(told, given_doses, at, on, bad) -> None:
    before = as_counts(told)
    with_it = {**before, on + 0.5: f"{bad} /mm3"}
    assert amount(decided(with_it, given_doses, at)) <= amount(decided(before, given_doses, at))


@given(readings, doses_taken, days)
def test_whatever_was_taken_the_dose_stays_between_floor_and_maximum(told, given_doses, at) -> None:
    said = decided(as_counts(told), given_doses, at)
    assert said.dose is None or Decimal(5) <= said.dose.value <= Decimal(25)


@given(readings, doses, days)
def test_nothing_is_given_while_the_count_that_held_has_not_recovered(told, given_doses, at) -> None:
    """Held by hand: since a count below 500 under treatment, none of 1,000 or more."""
    held = False
    for on in sorted(on for on in told if on <= at and given_doses):
        held = told[on] < 500 or (held and told[on] < 1000)
    if held:
        assert amount(decided(as_counts(told), given_doses, at)) == 0


# ---- the sieve of the replay against the evaluator ------------------------------------------------------------------

limits = st.builds(lambda sign, number: f"{sign} {number} /mm3", st.sampled_from(["<", "<=", ">", ">=", "="]), counts)
measures = st.builds(
    lambda concept, limit, within: {"measure": concept, "is": limit, **({"within": within} if within else {})},
    st.sampled_from(["anc", "platelets"]),
    limits,
    st.sampled_from([None, "1 day", "7 days", "1 month"]),
)
leaves = st.one_of(
    measures,
    st.builds(lambda limit: {"measure": "anc", "is": limit, "for": "7 days"}, limits),
    st.just({"measure": "test", "in": ["positive"]}),
    st.just({"ask": "well"}),
    st.just({"sex": "female"}),
    st.just({"grade": "any", "is": ">= 3", "related": "yes", "ongoing": "yes"}),
    st.just({"had": "medication"}),
)
conditions = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(lambda of: {"all": of}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda of: {"any": of}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda of: {"first_known": of}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda of: {"not": of}, parts),
        st.builds(lambda when, then: {"if": when, "then": then}, parts, parts),
    ),
    max_leaves=5,
)
values = {
    "anc": ["400 /mm3", "1200 /mm3", "1.1 10*9/L", "3 cm", Missing("not_done")],
    "platelets": ["90 /mm3", "2500 /mm3"],
    "test": ["positive", "negative", Missing("not_done")],
    "well": ["yes", "no", "perhaps"],
    "sex": ["female", "male"],
    "medication_review": ["none"],
    "adverse_event_review": ["none", "listed"],
}
entries = st.lists(
    st.sampled_from(sorted(values)).flatmap(
        lambda name: st.tuples(st.just(name), st.integers(0, 20), st.sampled_from(values[name]))
    ),
    max_size=8,
)


@given(conditions, entries, st.integers(0, 25), st.booleans())
def test_the_quick_verdict_is_that_of_the_evaluator(words, told, at, rash) -> None:
    items = {}
    for number, (name, on, value) in enumerate(told):
        items |= {f"{name}/{number}/value": value, f"{name}/{number}/on": str(FIRST + timedelta(days=on))}
    seen = Toxicity("Rash", Grade(3), PartialDate.parse(FIRST + timedelta(days=5)), related=True, event="e1")
    one = case(screened("2025-02-20"), form(FIRST, items), protocol=STUDY, graded=(seen,) if rash else ())
    asked, on = condition(**words), FIRST + timedelta(days=at)
    data = Data.of(one, FIRST + timedelta(days=30))
    expected = judge_condition(asked, data.on(on)).verdict
    assert verdict_on(data, asked, on) is expected
    assert not (cannot_hold(data, asked, on) and expected is Verdict.MET)
