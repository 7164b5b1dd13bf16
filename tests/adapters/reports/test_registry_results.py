"""The registry's results section of ours: by hand for the small trial, adding up for every case, nothing invented."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small_trial as t
from test_document import ARMS, CASES, WAITING

from builders import form
from trialwright.adapters.exchange.ctgov.results import read_results, write_results
from trialwright.adapters.exchange.ctgov.results.choices import MilestoneType, Organ, ReportingStatus
from trialwright.adapters.exchange.ctgov.results.legacy import read_legacy_xml, write_legacy_xml
from trialwright.adapters.exchange.ctgov.results.more import MoreInfo, PointOfContact
from trialwright.adapters.exchange.ctgov.results.review import RULES, review
from trialwright.adapters.reports.results import RegistryResults, Said, read_said, results_of
from trialwright.adapters.reports.results.organs import OF_VERSION_3, organ_of
from trialwright.adapters.reports.results.region import country_of
from trialwright.core.terms import PartialDate
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5

ARITHMETIC = {rule.id for rule in RULES if not rule.from_memory} | {
    "flow-reasons",
    "baseline-exhaustive",
    "outcome-exhaustive",
}
SAFETY = {
    "id": "toxicity",
    "label": "Toxicity",
    "level": "secondary",
    "variable": "worst grade",
    "safety_days": 30,
    **t.CLAUSE,
}


def made(said: Said | None = None, **others: Any) -> RegistryResults:
    """The results section of people under a version of the small trial."""
    parts = others.pop("parts", {})
    told = t.analysis(version=t.protocol(**parts), **others)
    return results_of(told.gathered, said or Said())


def of_case(case: str) -> RegistryResults:
    others, parts = CASES[case]
    return made(parts=parts, **others)


def outcome(results: RegistryResults, title: str) -> Any:
    return next(one for one in results.results.outcome_measures if one.title == title)


def cells(one: Any) -> list[Any]:
    return [each for block in one.classes for row in block.categories for each in row.measurements]


# ---- by hand -------------------------------------------------------------------------------------------------------


def test_the_flow_of_the_small_trial_by_hand() -> None:
    """P-1 and P-3 progressed, P-2 is still treated, P-4 was registered and waits: four started, nobody completed."""
    (period,) = made().results.participant_flow.periods
    (group,) = made().results.participant_flow.groups
    assert [str(period.count(kind, group.id)) for kind in MilestoneType] == ["4", "0", "4"]
    assert [(str(one.type), one.reasons[0].num_subjects.text) for one in period.drop_withdraws] == [
        ("Progressive disease", "2"),
        ("No first dose by the data cut-off", "1"),
        ("Still on treatment at the data cut-off", "1"),
    ]
    assert made().results.participant_flow.pre_assignment_details == (
        "5 participants screened, 1 not eligible or not registered."
    )


def test_the_response_rate_is_a_percentage_with_its_exact_interval() -> None:
    """One confirmed response of three treated: 33.3%, 0.8 to 90.6 by the tables of Clopper and Pearson."""
    rate = outcome(made(), "response rate")
    (cell,) = cells(rate)
    assert (cell.value.text, cell.lower_limit.text, cell.upper_limit.text) == ("33.3", "0.8", "90.6")
    assert (rate.denoms[0].counts[0].value.text, rate.unit_of_measure) == ("3", "percentage of participants")


def test_a_median_is_told_in_months_and_a_limit_that_is_not_there_says_why() -> None:
    """Events at 32 and 113 days: the curve is flat on one half between, so (32 + 113) / 2 / 30.4375 = 2.4 months."""
    pfs_at_any_time = {name: one for name, one in t.PFS.items() if name != "ready_when"}
    people = {name: t.PEOPLE[name] for name in ("P-1", "P-3")}
    pfs = outcome(made(people=people, parts={"endpoints": [pfs_at_any_time]}), "progression-free survival")
    (cell,) = cells(pfs)
    assert (cell.value.text, cell.upper_limit.text) == ("2.4", "NA")
    assert cell.comment.startswith("Not estimable: ")


@pytest.mark.parametrize(
    "people", [{}, {"P-1": t.treated("2025-01-02")}, {f"P-{n}": t.treated("2025-01-02") for n in range(4)}]
)
def test_where_nobody_had_the_event_or_a_response_the_numbers_say_why_and_pass_review(people: Any) -> None:
    """Nobody at all, one subject, and ties everywhere: all censored on the day of the first dose."""
    at_any_time = {name: one for name, one in t.PFS.items() if name != "ready_when"} | {"landmarks": ["2 months"]}
    duration = t.RESPONSE | {"id": "dor", "label": "duration", "variable": "duration of response"}
    told = made(people=people, parts={"endpoints": [t.RESPONSE, at_any_time, duration]})
    for cell in cells(outcome(told, "progression-free survival")):
        assert cell.value.text == "NA" and cell.comment
    assert not cells(outcome(told, "duration"))
    found = {one.about for one in review(told.results)}
    assert not found & (ARITHMETIC | {"outcome-na", "outcome-nobody", "outcome-spread", "outcome-cells"})


def test_an_endpoint_that_waits_is_there_without_data_and_says_for_whom() -> None:
    told = made()
    pfs = outcome(told, "progression-free survival")
    assert pfs.reporting_status is ReportingStatus.NOT_POSTED
    assert "1 participant of 3 had not reached it" in pfs.population_description
    assert "6 participants still to be registered" in pfs.population_description
    assert not pfs.groups and not pfs.classes
    assert [one.clause for one in told.findings] == ["pfs"]


def test_the_month_in_which_data_are_expected_is_the_sponsor_s_to_say() -> None:
    told = made(Said(expected={"pfs": PartialDate(2027, 3)}))
    assert outcome(told, "progression-free survival").anticipated_posting_date == PartialDate(2027, 3)
    assert told.findings == ()


def test_two_arms_are_two_columns_a_total_and_a_difference() -> None:
    """Drug 2 and 4, placebo 6 and 8: means 3 and 7, difference -4."""
    people = {
        f"{name}-{number}": t.treated("2025-01-02", t.arm(name, "2025-01-01"), t.pain("2025-01-09", score, "week_1"))
        for name, scores in (("A", "24"), ("B", "68"))
        for number, score in enumerate(scores)
    }
    parts = {"arms": t.TWO_ARMS, "endpoints": [t.PAIN | {"at": ["week_1"], "against": "arm"}]}
    told = made(people=people, response=False, parts=parts)
    pain = outcome(told, "pain")
    assert [one.title for one in pain.groups] == ["Drug", "Placebo"]
    assert [(one.value.text, one.spread.text) for one in cells(pain)] == [("3.00", "1.41"), ("7.00", "1.41")]
    (analysis,) = pain.analyses
    assert (analysis.param_value.text, analysis.ci_pct_value.text) == ("-4.00", "95")
    assert [one.title for one in told.results.baseline.groups] == ["Drug", "Placebo", "Total"]


def test_of_several_rows_everyone_with_a_value_in_any_is_analysed_once() -> None:
    """P-1 has both values, P-2 the first alone, P-3 the second alone, P-4 none: 2 and 2, of 3 analysed."""
    people = {
        "P-1": t.treated("2025-01-02", t.pain("2025-01-02", "2", "start"), t.pain("2025-01-09", "4", "week_1")),
        "P-2": t.treated("2025-01-02", t.pain("2025-01-02", "3", "start")),
        "P-3": t.treated("2025-01-02", t.pain("2025-01-09", "5", "week_1")),
        "P-4": t.treated("2025-01-02"),
    }
    parts = {"endpoints": [t.PAIN | {"at": ["start", "week_1"]}]}
    pain = outcome(made(people=people, response=False, parts=parts), "pain")
    assert [one.denoms[0].counts[0].value.text for one in pain.classes] == ["2", "2"]
    assert pain.denoms[0].counts[0].value.text == "3"


def test_who_has_no_arm_is_told_before_the_groups_and_is_in_none() -> None:
    told = made(people={**ARMS, "P-9": WAITING["P-1"]}, parts={"arms": t.TWO_ARMS})
    flow = told.results.participant_flow
    assert "1 registered and not assigned to an arm" in flow.pre_assignment_details
    assert [str(flow.periods[0].count(MilestoneType.STARTED, one.id)) for one in flow.groups] == ["1", "2"]
    assert [one.value.text for one in told.results.baseline.denoms[0].counts] == ["1", "2", "3"]


AGE = {"id": "age", "label": "Age", "fields": [{"id": "value", "label": "Age", "kind": "integer"}]}
STATUS = {
    "id": "status",
    "label": "Performance status",
    "fields": [{"id": "value", "label": "Performance status", "kind": "integer", "possible": ["0", "5"]}],
}


def characterized(**values: str) -> dict[str, tuple[Any, ...]]:
    """One participant for each age, who also has a performance status."""
    return {
        name: t.treated(
            "2025-01-02",
            form("2025-01-01", {"age/1": {"value": age, "on": "2025-01-01"}} if age else {"pain/x": {"value": "1"}}),
            form("2025-01-01", {"status/1": {"value": str(place % 2), "on": "2025-01-01"}}),
        )
        for place, (name, age) in enumerate(values.items())
    }


def measure(results: RegistryResults, title: str) -> Any:
    return next(one for one in results.results.baseline.measures if str(one.title) == title)


def rows(one: Any) -> list[tuple[str, str]]:
    """The rows of the first column: title and value."""
    return [(row.title, row.measurements[0].value.text) for block in one.classes for row in block.categories]


def test_ages_at_the_limits_of_the_registry_s_categories_and_a_missing_one() -> None:
    people = characterized(A="17", B="18", C="19", D="64", E="65", F="66", G="")
    start = t.START | {"collect": ["pain", "sex", "age", "status"]}
    parts = {"concepts": [t.PAIN_CONCEPT, t.SEX, AGE, STATUS], "encounters": [start, t.WEEK_1]}
    told = made(people=people, parts=parts)
    ages = measure(told, "Age, Categorical")
    assert rows(ages) == [("<=18 years", "2"), ("Between 18 and 65 years", "2"), (">=65 years", "2")]
    assert ages.classes[0].denoms[0].counts[0].value.text == "6"
    assert rows(measure(told, "Performance status")) == [("0", "4"), ("1", "3")]
    assert [one.says for one in review(told.results) if one.about in ARITHMETIC] == []


def test_everyone_treated_has_one_best_response() -> None:
    best = outcome(made(), "response rate: best confirmed response")
    told = dict(rows(best))
    assert (told["Partial response"], told["Stable disease"], told["Progressive disease"]) == ("1", "1", "1")
    assert sum(map(int, told.values())) == 3


def test_the_rate_at_a_landmark_is_the_curve_s() -> None:
    """Events at 32 and 113 days of two: one half is free of it at 2 months (61 days)."""
    pfs = {name: one for name, one in t.PFS.items() if name != "ready_when"} | {"landmarks": ["2 months"]}
    people = {name: t.PEOPLE[name] for name in ("P-1", "P-3")}
    rates = outcome(made(people=people, parts={"endpoints": [pfs]}), "progression-free survival: rates")
    assert [one.title for one in rates.classes] == ["2 months"]
    assert cells(rates)[0].value.text == "50.0"


# ---- adverse events ------------------------------------------------------------------------------------------------


def event(number: int, on: str, term: str, serious: str | None = "no") -> Any:
    """One adverse event as a site enters it."""
    fields = {"term": term, "grade": "2", "start": on, **({"serious": serious} if serious else {})}
    return form(
        on if len(on) > len("2025-01") else "2025-01-20", {f"adverse_event/{number}": fields}, name="adverse_event"
    )


def of_events(*events: Any, others: int = 0) -> RegistryResults:
    """The results of somebody with these events, and of so many without any."""
    people = {"P-1": t.treated("2025-01-10", *events)}
    people |= {f"Q-{number}": t.treated("2025-01-10") for number in range(others)}
    return made(people=people, parts={"endpoints": [SAFETY]}, response=False)


@pytest.mark.parametrize(("others", "told"), [(18, True), (19, False), (20, False)])
def test_another_event_must_exceed_five_per_cent_of_a_group(others: int, told: bool) -> None:
    """1 of 19 is 5.3%, 1 of 20 is 5% and does not exceed it, 1 of 21 is 4.8%."""
    rows = of_events(event(1, "2025-01-12", "Nausea"), others=others).results.adverse_events.other_events
    assert bool(rows) is told


def test_a_serious_event_is_told_however_rare() -> None:
    events = of_events(event(1, "2025-01-12", "Sepsis", "yes"), others=40).results.adverse_events
    (row,) = events.serious_events
    (counts,) = row.stats
    assert (counts.num_events.text, counts.num_affected.text, counts.num_at_risk.text) == ("1", "1", "41")
    assert events.event_groups[0].serious_num_affected.text == "1"


def test_events_are_counted_and_participants_once() -> None:
    told = of_events(event(1, "2025-01-12", "Nausea"), event(2, "2025-01-20", "Nausea")).results.adverse_events
    assert [(one.num_events.text, one.num_affected.text) for one in told.other_events[0].stats] == [("2", "1")]


@pytest.mark.parametrize(("on", "counts"), [("2025-01-09", False), ("2025-01-10", True), ("2025-01", True)])
def test_an_event_counts_from_the_first_dose_on_and_where_its_day_may_be_later(on: str, counts: bool) -> None:
    told = of_events(event(1, on, "Nausea"))
    assert bool(told.results.adverse_events.other_events) is counts


@pytest.mark.parametrize(("grade", "counts"), [("1", False), ("2", False), ("3", True)])
def test_an_event_from_before_treatment_counts_only_where_it_worsened(grade: str, counts: bool) -> None:
    change = form("2025-01-20", {"adverse_event_grade/1.1": {"event": "1", "grade": grade, "on": "2025-01-20"}})
    told = of_events(event(1, "2025-01-05", "Nausea"), change)
    assert bool(told.results.adverse_events.other_events) is counts


def test_between_two_arms_a_time_has_a_log_rank_test_and_a_hazard_ratio_within_its_limits() -> None:
    pfs = {name: one for name, one in t.PFS.items() if name != "ready_when"}
    arms = {"P-1": "A", "P-2": "B", "P-3": "B"}
    people = {n: (*t.PEOPLE[n][:2], t.arm(a, "2025-01-01"), *t.PEOPLE[n][2:]) for n, a in arms.items()}
    people |= {f"Q-{n}": one for n, one in people.items() if n != "P-2"}
    crossed = {
        f"R-{n}": (*t.PEOPLE[n][:2], t.arm("A" if n == "P-3" else "B", "2025-01-01"), *t.PEOPLE[n][2:])
        for n in ("P-1", "P-3")
    }
    told = made(people=people | crossed, parts={"arms": t.TWO_ARMS, "endpoints": [pfs]})
    test, ratio = outcome(told, "progression-free survival").analyses
    assert test.statistical_method == "Log Rank" and 0 <= test.p_value.value <= 1
    assert ratio.ci_lower_limit.value < ratio.param_value.value < ratio.ci_upper_limit.value


def test_participants_are_counted_by_the_kind_of_event_and_an_unknown_relation_is_told_as_one() -> None:
    told = of_events(event(1, "2025-01-12", "Sepsis", "yes"), event(2, "2025-01-12", "Nausea"), others=1)
    kinds = outcome(told, "Toxicity: participants with adverse events")
    counts = {block.title: block.categories[0].measurements[0].value.text for block in kinds.classes}
    assert counts == {
        "Any adverse event": "1",
        "Related to a drug under study": "0",
        "Relation not stated": "1",
        "Serious": "1",
        "Serious and related": "0",
    }


def test_an_event_of_unknown_seriousness_is_a_finding_and_never_silently_another() -> None:
    told = of_events(event(1, "2025-01-12", "Nausea", None))
    assert any("seriousness of Nausea" in one.says for one in told.findings)
    assert "nobody said whether it was serious" in told.results.adverse_events.description


def test_a_term_that_no_table_has_is_placed_and_named() -> None:
    told = of_events(event(1, "2025-01-12", "Odd feeling"))
    assert told.results.adverse_events.other_events[0].organ_system.known is Organ.GENERAL
    assert any("Odd feeling" in one.says and one.matters for one in told.findings)


@pytest.mark.parametrize("table", [CTCAE_3, CTCAE_4_03, CTCAE_5], ids=str)
def test_every_term_of_every_grade_table_has_an_organ_system(table: Any) -> None:
    assert [one.name for one in (*table.laboratory, *table.named) if organ_of(one.name, table) is None] == []


def test_every_category_of_version_3_is_placed() -> None:
    assert {one.category for one in (*CTCAE_3.laboratory, *CTCAE_3.named)} == set(OF_VERSION_3)


# ---- every case ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_every_case_adds_up_and_comes_back_the_same_in_both_forms(case: str) -> None:
    told = of_case(case)
    section = write_results(told.results)
    assert [one.says for one in review(told.results) if one.about in ARITHMETIC] == []
    assert write_results(read_results(section)) == section
    assert not read_results(section).carried
    assert not read_legacy_xml(write_legacy_xml(told.results).content).findings
    assert "nan" not in json.dumps(section).lower().replace("unan", "")


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_valid_legacy_xml(case: str, corpus: Path) -> None:
    import xmlschema

    text = (corpus / "ctgov-schemas" / "public.xsd").read_text()
    own = '<xs:element name="clinical_results" type="clinical_results_struct"/></xs:schema>'
    schema = xmlschema.XMLSchema(text.replace("</xs:schema>", own))
    content = write_legacy_xml(of_case(case).results).content.decode()
    problems = [str(one.reason) for one in schema.iter_errors(content)]
    expected = ["outcome_list"] if case == "no endpoint at all" else []  # the schema asks for an outcome at least
    assert [one for one in problems if not any(word in one for word in expected)] == []


def test_simulated_data_say_so_in_every_column_and_first_among_the_limitations() -> None:
    results = made().results
    assert results.more_info.limitations_and_caveats.description.startswith("SIMULATED DATA")
    columns = [results.participant_flow.groups, results.baseline.groups, results.adverse_events.event_groups]
    assert all("Simulated data" in one.description for groups in columns for one in groups)


def test_real_data_never_do() -> None:
    assert "imulated" not in json.dumps(write_results(made(kind="real").results)).replace("SIMULATED", "imulated")


def test_the_same_people_make_the_same_section() -> None:
    assert write_results(made().results) == write_results(made().results)


# ---- what the sponsor says -----------------------------------------------------------------------------------------


def test_without_a_file_nothing_is_said_and_nobody_is_named(tmp_path: Path) -> None:
    assert read_said(tmp_path) == (Said(), ())
    assert made().results.more_info.point_of_contact is None


def test_what_the_sponsor_says_is_taken_by_the_registry_s_names(tmp_path: Path) -> None:
    (tmp_path / "registry.yaml").write_text(
        "moreInfoModule:\n  pointOfContact: {title: Study office, phone: '1'}\n"
        "expected: {pfs: 2027-03}\nprotocolSection: {}\nabbreviations: {VAS: visual analogue scale}\n"
    )
    said, findings = read_said(tmp_path)
    assert findings == ()
    assert said.more == MoreInfo(point_of_contact=PointOfContact(title="Study office", phone="1"))
    assert said.expected == {"pfs": PartialDate(2027, 3)}
    assert made(said).results.more_info.point_of_contact.title == "Study office"


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("expcted: {a: 2027}", "Is expected meant?"),
        ("expected: {pfs: soon}", "is no month"),
        ("abbreviations: {VAS: 3}", "no text"),
        ("moreInfoModule: {pointOfContact: {fax: '1'}}", "not understood"),
        ("moreInfoModule: {pointOfContact: none}", "not understood"),
        ("- a", "no list of names"),
        ("expected: [", ""),
        ("", ""),
    ],
)
def test_what_is_wrong_in_the_file_is_a_finding(tmp_path: Path, text: str, about: str) -> None:
    (tmp_path / "registry.yaml").write_text(text)
    said, findings = read_said(tmp_path)
    assert findings and any(about in one.says for one in findings)
    assert said.more.point_of_contact in (None, PointOfContact())


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Oslo", "Norway"), ("America/Chicago", "United States"), ("Etc/GMT+3", None), ("Nowhere/Else", None)],
)
def test_the_country_of_a_site_is_that_of_its_time_zone_or_none(zone: str, country: str | None) -> None:
    assert country_of(zone) == country


def test_a_cut_off_before_the_first_event_has_no_participants_and_no_numbers() -> None:
    results = made(cut=date(2004, 1, 1)).results
    assert results.baseline.measures == ()
    pfs = outcome(made(cut=date(2004, 1, 1)), "progression-free survival")
    assert pfs.reporting_status is ReportingStatus.NOT_POSTED
