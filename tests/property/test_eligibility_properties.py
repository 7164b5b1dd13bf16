"""How long an answer of eligibility holds: held against every day after it, one by one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from builders import case, protocol, registered
from trialwright.core.eligibility import judge_eligibility

FIRST = date(2025, 1, 1)
ON = FIRST + timedelta(days=70)
DAYS_AHEAD = 110
TIMES = st.sampled_from(["0 days", "1 day", "14 days", "4 weeks", "1 month", "2 months"])
BETWEEN = st.sampled_from(["1-3 days", "10-14 days", "2-4 weeks"])
BEFORE = st.sampled_from([{}, {"before": "first_dose"}])
WHEN = st.one_of(TIMES.map(lambda told: {"within": told}), BETWEEN.map(lambda told: {"between": told}))
ASKED = st.one_of(
    st.builds(lambda when, before: {"measure": "anc", "is": ">= 1000 /mm3", **when, **before}, WHEN, BEFORE),
    st.builds(lambda when, before: {"had": "prior_therapy", **when, **before}, WHEN, BEFORE),
    st.builds(lambda when, before: {"not": {"had": "prior_therapy", **when, **before}}, WHEN, BEFORE),
    TIMES.map(lambda told: {"elapsed": "first_dose", "is": told}),
)
days = st.integers(0, 70).map(lambda number: FIRST + timedelta(days=number))


@given(
    criteria=st.lists(ASKED, min_size=1, max_size=2),
    counts=st.dictionaries(days, st.integers(500, 2000), max_size=3),
    therapies=st.lists(st.tuples(days, st.integers(0, 30)), max_size=2),
    review=st.none() | days,
    first_dose=st.none() | st.integers(0, 40).map(lambda number: ON + timedelta(days=number)),
)
def test_an_answer_holds_until_the_first_day_on_which_any_criterion_has_another(
    criteria, counts, therapies, review, first_dose
) -> None:
    items: dict[str, object] = {f"anc on {on}": f"{count} /mm3" for on, count in counts.items()}
    for number, (start, lasted) in enumerate(therapies, 1):
        end = min(start + timedelta(days=lasted), ON)
        items[f"prior_therapy/{number}"] = {"code": "x", "start": str(start), "end": str(end)}
    items |= {f"prior_therapy_review on {review}": "listed"} if review else {}
    study = protocol(
        eligibility=[{"id": f"c{number}", "must": asked} for number, asked in enumerate(criteria)],
        reviews=[{"of": "prior_therapy", "valid_for": "28 days"}],
    )
    planned = [registered(FIRST, planned_first_dose=str(first_dose))] if first_dose else []
    one = case(*planned, protocol=study, items=items, on=FIRST)

    def verdicts(day: date) -> list[object]:
        return [each.verdict for each in judge_eligibility(one, day).criteria]

    ahead = [ON + timedelta(days=number) for number in range(1, DAYS_AHEAD)]
    expected = next((day for day in ahead if verdicts(day) != verdicts(ON)), None)
    found = judge_eligibility(one, ON).holds_until
    assert found == expected or (expected is None and found and found > ahead[-1])
