"""A rate against that of an inactive drug, and a design in two stages after its end.

The plan is Simon's for 10 % against 30 %: stop if at most 1 of 10 responds, inactive if at most 5 of 29 do. Expected
numbers: R 4.2.2 `binom.test(..., alternative = "greater")`; the unbiased estimate from Jung and Kim's sum; those of
Koyama and Chen from their article's example (6 of 29 is p 0.047) and by the sum written out below.
"""

from __future__ import annotations

from math import comb
from typing import Any

import pytest
import small_trial as t
from test_tied import untied

import builders as b
from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.against import Against
from trialwright.adapters.reports.document import Document
from trialwright.adapters.reports.results import results_of
from trialwright.adapters.reports.sections.opening import PACK
from trialwright.adapters.reports.tied import located, numbers_in
from trialwright.adapters.reports.writing import documents_of
from trialwright.core.estimation import NotEstimable

NULL = {"id": "inactive_rate", "rate": "10 %", **t.CLAUSE}
RATE = {**t.RESPONSE, "confirmed": False, "null_rate": NULL}
GATES = [
    {"id": "first", "after": 10, "endpoint": "response_rate", "continue_if_more_than": 1, "pause": False, **t.CLAUSE},
    {"id": "last", "after": 29, "endpoint": "response_rate", "continue_if_more_than": 5, "pause": False, **t.CLAUSE},
]
RESPONDED = t.treated("2025-01-02", t.scan(1, "2025-01-30", "PR", "2/5"))
PROGRESSED = t.treated("2025-01-02", t.scan(1, "2025-01-30", "PD", "3/2"))
NOT_ASSESSED = t.treated("2025-01-02")


def people(first: str, then: str = "") -> dict[str, tuple[Any, ...]]:
    """Participants in the order they were registered: + responded, - progressed, ? not assessed yet."""
    told = {"+": RESPONDED, "-": PROGRESSED, "?": NOT_ASSESSED}
    return {f"P-{n:02}": told[sign] for n, sign in enumerate(first + then, 1)}


def analysis(whom: Any, planned: int = 29, endpoint: Any = RATE, gates: Any = GATES) -> Analysis:
    """The analysis of these people under the plan."""
    accrual = {**b._DESIGN["accrual"], "planned": planned}
    design = {**b._DESIGN, "accrual": accrual, "stages": gates}
    return t.analysis(whom, version=t.protocol(endpoints=[endpoint], design=design))


def against(whom: Any, **others: Any) -> Against:
    (found,) = analysis(whom, **others).against
    return found


def table(document: Document, name: str) -> Any:
    return next(one for one in document.tables() if one.name == name)


NINE_OF_29 = people("+++-------", "++++++" + "-" * 13)


# ---- the plan as it was planned ------------------------------------------------------------------------------------


def test_after_nine_of_29_the_drug_is_called_active() -> None:
    after = against(NINE_OF_29).after
    assert (after.attained.first, after.attained.successes, after.attained.evaluated) == (3, 9, 29)
    assert after.decision == "active: 9 of 29 responded, and more than 5 of 29 are needed to call the drug active"


def test_after_nine_of_29_the_exact_rate_ignores_the_first_look() -> None:
    """R: binom.test(9, 29)$conf.int and binom.test(9, 29, 0.1, alternative = "greater")$p.value."""
    after = against(NINE_OF_29).after
    assert (after.rate.lower, after.rate.upper) == pytest.approx((0.15284594, 0.50832335), abs=1e-8)
    assert after.p == pytest.approx(0.00155018683815243, abs=1e-12)


def test_after_nine_of_29_the_unbiased_estimate_is_above_the_plain_one() -> None:
    assert against(NINE_OF_29).after.unbiased == pytest.approx(0.3308, abs=5e-5)


def test_p_that_knows_of_the_look_sums_every_way_to_go_on_and_end_as_high() -> None:
    """The sum over responders x of the first stage above 1: P(x of 10) P(at least 9 - x of 19), at 10 %."""

    def chance(k: int, n: int) -> float:
        return comb(n, k) * 0.1**k * 0.9 ** (n - k)

    by_hand = sum(chance(x, 10) * sum(chance(y, 19) for y in range(max(9 - x, 0), 20)) for x in range(2, 11))
    adjusted = against(NINE_OF_29).after.adjusted
    assert adjusted.p == pytest.approx(by_hand, rel=1e-12)
    assert adjusted.lower < against(NINE_OF_29).after.unbiased < adjusted.upper


def test_at_most_one_of_ten_stops_the_trial_and_the_estimate_is_of_the_first_stage() -> None:
    after = against(people("+---------")).after
    assert after.decision.startswith("stop: 1 of 10 responded")
    assert (after.unbiased, after.adjusted.method) == (0.1, "Koyama-Chen")


def test_who_was_registered_after_a_stop_does_not_count_for_the_plan() -> None:
    after = against(people("+---------", "++")).after
    assert (after.attained.successes, after.attained.evaluated) == (1, 10)
    assert against(people("+---------", "++")).tests[-1].rate.n == 12


# ---- another size, not yet, not at all -----------------------------------------------------------------------------


def test_more_than_planned_are_judged_by_the_size_attained() -> None:
    after = against(people("+++-------", "++++++" + "-" * 15), planned=31).after
    assert after.attained.evaluated == 31
    assert after.decision.startswith("not by the plan: 9 of 31")
    assert after.adjusted.method == "Koyama-Chen, second stage not of its planned size"
    assert 0 < after.adjusted.p < 0.05


def test_fewer_than_planned_are_judged_by_the_size_attained_once_nobody_is_to_come() -> None:
    after = against(people("+++-------", "+" + "-" * 14), planned=25).after
    assert after.decision.startswith("not by the plan: 4 of 25 responded, nobody more is to come")
    assert 0.05 < after.adjusted.p < 1


@pytest.mark.parametrize(
    ("whom", "because"),
    [
        (people("+++-------", "---"), "others are still to be evaluated; so far 13 participants"),
        (people("+++-------"), "others are still to be evaluated; so far 10 participants"),
        (people("+++------?"), "it is not known of P-10"),
        ({}, "others are still to be evaluated; so far 0 participants"),
        (people("+"), "others are still to be evaluated; so far 1 participant"),
    ],
)
def test_before_the_end_nothing_is_estimated_and_it_says_why(whom, because) -> None:
    after = against(whom).after
    assert after.unbiased == after.adjusted.p == after.adjusted.lower == NotEstimable(because)
    assert after.decision == f"not yet: {because}"


def test_of_three_gates_no_estimate_of_two_stages_is_made() -> None:
    more = [*GATES, {**GATES[1], "id": "third", "after": 40, "continue_if_more_than": 9}]
    after = against(NINE_OF_29, gates=more, planned=40).after
    assert "3 gates" in str(after.unbiased)


def test_without_a_rate_of_an_inactive_drug_nothing_is_tested() -> None:
    told = analysis(NINE_OF_29, endpoint={**RATE, "null_rate": None})
    assert told.against == ()
    assert not [one.name for one in t.document(told).tables() if one.name.startswith(("against", "two-stages"))]


def test_without_stages_the_rate_is_tested_by_the_exact_test_alone() -> None:
    found = against(NINE_OF_29, gates=[])
    assert found.after is None
    assert found.tests[0].p == pytest.approx(0.00155018683815243, abs=1e-12)


def test_a_proportion_is_tested_as_a_response_is() -> None:
    from test_proportions import EASED, EIGHT

    version = t.protocol(endpoints=[{**EASED, "null_rate": NULL}])
    (found,) = t.analysis(EIGHT, version=version).against
    assert (found.tests[0].rate.successes, found.tests[0].rate.n) == (4, 8)
    assert found.tests[0].p == pytest.approx(sum(comb(8, k) * 0.1**k * 0.9 ** (8 - k) for k in range(4, 9)))


# ---- in the report and in the pack ---------------------------------------------------------------------------------


@pytest.mark.parametrize("whom", [NINE_OF_29, people("+++------?"), people("+---------"), people("-" * 10), {}])
def test_every_number_of_its_sentences_stands_in_a_table(whom) -> None:
    document = t.document(analysis(whom))
    assert untied(document) == []
    found = located(document)
    lost = [one for one in numbers_in(document) if one.in_a_cell and one.table.startswith("against")]
    assert [one for one in lost if one not in found] == []


def test_the_report_sets_the_three_estimates_side_by_side() -> None:
    rows = table(t.document(analysis(NINE_OF_29)), "two-stages-response-rate").rows
    assert [row[2] for row in rows[:2]] == ["31.0%", "33.1%"]
    assert rows[0][3:] == ("15.3–50.8%", "0.002")
    assert rows[2][0] == "Koyama-Chen"


def test_nobody_responding_has_an_upper_limit_alone() -> None:
    rows = table(t.document(analysis(people("-" * 10))), "two-stages-response-rate").rows
    assert rows[0][2:4] == ("0.0%", "0.0–30.8%")
    assert "nobody responded" in rows[2][3]


def test_the_pack_of_the_committee_has_the_decision_and_the_estimates() -> None:
    told = analysis(NINE_OF_29)
    (document,) = dict(documents_of(told, t.standing(), "", PACK)).values()
    assert table(document, "stages").rows
    assert table(document, "two-stages-response-rate").rows
    assert any("By the design in two stages: active" in str(text) for text in _paragraphs(document))


def _paragraphs(document: Document) -> list[str]:
    return [one.text for one in document.blocks() if hasattr(one, "text")]


def test_the_registry_is_told_the_exact_test_and_against_what() -> None:
    outcome = results_of(analysis(NINE_OF_29).gathered).results.outcome_measures[0]
    (test,) = outcome.analyses
    assert (test.statistical_method, test.p_value.text) == ("Exact binomial test", "0.0016")
    assert "10.0%" in test.non_inferiority_comment


def test_closed_accrual_ends_the_wait_for_others() -> None:
    from trialwright.core.analysis.asking import counted
    from trialwright.core.monitoring import attained

    told = analysis(people("+++-------", "---")).gathered
    found = [one.ask(counted) for one in told.registered]
    assert [attained(told.protocol, found, over).open for over in (False, True)] == [True, False]
