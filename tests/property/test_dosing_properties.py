"""What must hold for every course of counts and doses: never more for a worse count, never more for less data."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from builders import case, course, form, protocol, regimen, registered, screened
from trialwright.core.dosing import DoseDecision, decide_dose
from trialwright.core.ledger import Missing

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
        form(FIRST + timedelta(days=on), {f"anc/d{on}/value": value, f"anc/d{on}/on": str(FIRST + timedelta(days=on))})
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
