"""An endpoint of a proportion: a condition held, did not hold, or it is not known of whom and why; worked out by hand.

Eight people, four in each arm, had a pain score a week after the first dose, and one more of the drug arm had none.
The condition (at most 3) held in three of four on the drug and in one of four on placebo.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import small_trial as t
from test_tied import untied

from trialwright.adapters.exchange.ctgov.results.review import review
from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.proportions import ProportionAnalysis
from trialwright.adapters.reports.document import Document
from trialwright.adapters.reports.results import results_of
from trialwright.adapters.reports.tied import located, numbers_in
from trialwright.core.estimation import NotEstimable

EASED = {
    "id": "eased",
    "label": "Little pain after a week",
    "level": "primary",
    "variable": "proportion",
    "condition": {"measure": "pain", "is": "<= 3"},
    "at": ["week_1"],
    **t.CLAUSE,
}
SCORES = {"A": ("3", "2", "0", "4"), "B": ("3", "4", "9", "5")}


def person(arm: str, score: str | None) -> tuple[Any, ...]:
    """One of an arm, treated, with a pain score a week after the first dose or none."""
    told = [t.pain("2025-01-09", score, "week_1")] if score else []
    return t.treated("2025-01-02", t.arm(arm, "2025-01-01"), *told)


EIGHT = {f"{arm}-{n}": person(arm, score) for arm, scores in SCORES.items() for n, score in enumerate(scores, 1)}
NINE = {**EIGHT, "A-5": person("A", None)}
NOBODY_KNOWN = {"A-1": person("A", None), "B-1": person("B", None)}


def analysis(people: Any = NINE, arms: bool = True, **clause: Any) -> Analysis:
    """The analysis of these people under a protocol with this endpoint alone."""
    parts: dict[str, Any] = {"arms": t.TWO_ARMS} if arms else {}
    return t.analysis(people, version=t.protocol(endpoints=[{**EASED, **clause}], **parts))


def eased(people: Any = NINE, **others: Any) -> ProportionAnalysis:
    (found,) = analysis(people, **others).proportions
    return found


def table(document: Document, name: str) -> Any:
    return next(one for one in document.tables() if one.name == name)


def outcome(told: Analysis) -> Any:
    return next(one for one in results_of(told.gathered).results.outcome_measures)


# ---- counted -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "yes", "no", "unknown"), [("Drug", 3, 1, 1), ("Placebo", 1, 3, 0), ("All participants", 4, 4, 1)]
)
def test_a_score_at_the_limit_counts_one_above_does_not_and_a_missing_one_is_neither(group, yes, no, unknown) -> None:
    row = eased().row(group=group)
    assert (row.yes, row.no, row.unknown, row.n) == (yes, no, unknown, yes + no + unknown)


def test_the_rate_is_of_those_of_whom_it_is_known_with_its_exact_interval() -> None:
    """3 of 4: lower limit 1 - beta(0.975; 2, 3) = 0.1941, upper limit 1 - beta(0.025; 1, 4) = 0.9937."""
    row = eased().row(group="Drug")
    assert row.estimate == 0.75
    assert (row.rate.lower, row.rate.upper) == pytest.approx((0.1941, 0.9937), abs=5e-5)


def test_what_the_rate_of_all_could_be_takes_unknown_as_no_and_as_yes() -> None:
    row = eased().row(group="Drug")
    assert (row.least, row.most) == (3 / 5, 4 / 5)


def test_two_arms_are_compared_by_newcombe_and_fisher() -> None:
    """Wilson 3/4: 0.3006, 0.9544; 1/4: 0.0456, 0.6994; so 0.5 less and plus the roots of the sums of squares.

    Fisher: (1 + 16) / 70 on either side of the table 3, 1 against 1, 3: 34 / 70.
    """
    (found,) = eased().compared
    assert found.groups == ("Drug", "Placebo")
    assert found.counts == ((3, 4), (1, 4))
    assert found.difference == 0.5
    assert (found.limits.lower, found.limits.upper) == pytest.approx((-0.1355, 0.7891), abs=5e-4)
    assert found.fisher.p == pytest.approx(34 / 70)


def test_one_arm_is_compared_with_nothing() -> None:
    assert eased(arms=False).compared == ()


def test_who_is_not_known_is_named_with_the_reason_and_the_missing_visit() -> None:
    (found,) = eased().unanswered
    assert (found.subject, found.why, found.missing) == ("A-5", "week_1 was not done", ("week_1",))


def test_who_was_registered_and_never_treated_counts_among_the_registered_alone() -> None:
    waiting = {**EIGHT, "A-6": t.PEOPLE["P-4"]}
    found = eased(waiting, arms=False)
    assert found.row("registered").unknown == 1
    assert found.row("treated").unknown == 0


def test_a_population_that_is_none_of_the_three_has_its_own_row() -> None:
    found = eased(population="allocated")
    assert (found.row().population, found.row().primary, found.row().n) == ("allocated", True, 9)


def test_at_other_sites_nobody_is_asked() -> None:
    found = eased(sites=["S09"])
    assert found.row().estimate == NotEstimable("no participant is in this population")


@pytest.mark.parametrize(
    ("people", "because"),
    [
        ({}, "no participant is in this population"),
        ({"P-5": t.PEOPLE["P-5"]}, "no participant is in this population"),
        (NOBODY_KNOWN, "of no participant is it known"),
    ],
)
def test_without_anybody_known_there_is_no_rate_and_it_says_why(people, because) -> None:
    row = eased(people).row()
    assert row.estimate == NotEstimable(because)
    assert "not estimable, because" in str(table(t.document(analysis(people)), "proportion-eased").rows)


def test_one_participant_has_a_rate_and_no_comparison() -> None:
    found = eased({"A-1": EIGHT["A-1"]})
    assert found.row().estimate == 1.0
    assert isinstance(found.compared[0].fisher.p, NotEstimable)
    assert isinstance(found.compared[0].difference, NotEstimable)


def test_before_the_visit_it_is_not_known_of_anybody() -> None:
    version = t.protocol(endpoints=[EASED], arms=t.TWO_ARMS)
    (found,) = t.analysis(NINE, date(2025, 1, 5), version).proportions
    assert (found.row().known, found.row().unknown) == (0, 9)


# ---- in the report -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arms", [True, False])
@pytest.mark.parametrize("people", [NINE, NOBODY_KNOWN, {}, {"A-1": EIGHT["A-1"]}])
def test_every_number_of_its_sentences_stands_in_a_table(people, arms) -> None:
    document = t.document(analysis(people, arms=arms))
    assert untied(document) == []
    found = located(document)
    assert [
        one for one in numbers_in(document) if one.in_a_cell and one.table.startswith("prop") and one not in found
    ] == []


def test_the_section_says_the_counts_the_comparison_and_who_is_not_known() -> None:
    document = t.document(analysis())
    rate = table(document, "proportion-eased").rows[1]
    assert rate[7] == "60.0–80.0%"
    assert rate[:6] == ("Drug", "Treated with at least one dose (primary)", "3", "1", "1", "75.0%")
    assert table(document, "proportion-compared-eased").rows[0][1:3] == ("3 of 4 against 1 of 4", "50.0 points")
    assert table(document, "proportion-unknown-eased").rows[0][0] == "A-5"


def test_the_synopsis_tells_the_result_and_of_how_many_it_is_not_known() -> None:
    (row,) = table(t.document(analysis(arms=False)), "results").rows
    assert row[2].startswith("4 of 8 (50.0%), 95% interval 15.7–84.3%")
    assert row[2].endswith("not known of 1")


# ---- in the registry's results -------------------------------------------------------------------------------------


def test_the_registry_is_told_the_percentage_of_those_known_and_of_how_many_it_is_not() -> None:
    told = outcome(analysis())
    assert [str(each.value) for each in told.classes[0].categories[0].measurements] == ["75.0", "25.0"]
    assert [str(each.value) for each in told.denoms[0].counts] == ["4", "4"]
    assert "not known of them: 1 participant (Drug)" in told.population_description


def test_the_registry_is_told_the_difference_and_the_test() -> None:
    difference, test = outcome(analysis()).analyses
    assert str(difference.param_value) == "50.0"
    assert (test.statistical_method, test.p_value.text) == ("Fisher Exact", "0.4857")


@pytest.mark.parametrize("people", [NINE, NOBODY_KNOWN])
def test_the_registry_finds_nothing_wrong_with_its_arithmetic(people) -> None:
    made = results_of(analysis(people).gathered)
    assert [one for one in made.findings if one.about == "eased"] == []
    assert [one for one in review(made.results) if one.clause.startswith("outcome-")] == []


# ---- several endpoints of response ---------------------------------------------------------------------------------

SEEN = {**t.RESPONSE, "id": "response_seen", "label": "response as seen", "level": "secondary", "confirmed": False}
COMPLETE = {**t.RESPONSE, "id": "complete", "label": "complete response", "responders": ["CR"]}
THREE = t.protocol(endpoints=[t.RESPONSE, SEEN, COMPLETE])


def test_every_endpoint_of_response_is_analysed_by_its_own_rule() -> None:
    """P-1 had a partial response that was confirmed; nobody had a complete one."""
    told = t.analysis(version=THREE).responses
    counts = {one.endpoint.id: (one.row("treated").rate.successes, one.row("treated").rate.n) for one in told}
    assert counts == {"response_rate": (1, 3), "response_seen": (1, 3), "complete": (0, 3)}


def test_every_endpoint_of_response_has_its_section_and_its_row_in_the_synopsis() -> None:
    document = t.document(t.analysis(version=THREE))
    assert untied(document) == []
    names = [one.name for one in document.tables()]
    assert len(set(names)) == len(names)
    assert {"response-rate", "response-rate-response-seen", "response-rate-complete"} <= set(names)
    told = {row[1]: row[2] for row in table(document, "results").rows}
    assert told["Response as seen"].startswith("1 of 3")
    assert told["Complete response"].startswith("0 of 3")


def test_every_endpoint_of_response_is_told_to_the_registry_and_each_best_response_once() -> None:
    made = results_of(t.analysis(version=THREE).gathered)
    titles = [one.title for one in made.results.outcome_measures]
    assert titles == [
        "response rate",
        "response rate: best confirmed response",
        "response as seen",
        "response as seen: best response",
        "complete response",
    ]
    assert made.findings == ()


def test_a_response_of_the_allocated_is_told_of_the_allocated() -> None:
    version = t.protocol(endpoints=[{**t.RESPONSE, "population": "allocated"}], arms=t.TWO_ARMS)
    told = t.analysis(NINE, version=version)
    assert told.responses[0].row("allocated").rate.n == 9
    assert results_of(told.gathered).results.outcome_measures


def test_of_several_versions_who_is_on_one_without_the_endpoint_is_not_known() -> None:
    told = analysis().gathered
    bare = replace(told, people=tuple(replace(one, answers={}) for one in told.people))
    from trialwright.adapters.reports.analysis.proportions import proportions

    (found,) = proportions(bare)
    assert found.row().unknown == 9
    assert "does not ask" in found.unanswered[0].why
