"""The registry's review criteria: a record without fault, each rule caught by one change, and what others posted."""

from __future__ import annotations

import copy
import runpy
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from posted_results import posted
from trialwright.adapters.exchange.ctgov.results import read_results
from trialwright.adapters.exchange.ctgov.results.review import RULES, review

Json = dict[str, Any]


def at(*counts: str, key: str = "numSubjects", prefix: str = "FG") -> list[Json]:
    """One count for each group."""
    return [{"groupId": f"{prefix}00{place}", key: count} for place, count in enumerate(counts)]


def groups(prefix: str, *titles: str) -> list[Json]:
    return [{"id": f"{prefix}00{n}", "title": one, "description": f"{one} daily"} for n, one in enumerate(titles)]


def denoms(prefix: str, *counts: str) -> list[Json]:
    return [{"units": "Participants", "counts": at(*counts, key="value", prefix=prefix)}]


def cells(prefix: str, *values: str, **more: str) -> list[Json]:
    return [{**one, **more} for one in at(*values, key="value", prefix=prefix)]


def milestone(kind: str, *counts: str) -> Json:
    return {"type": kind, "achievements": at(*counts)}


FLAWLESS: Json = {
    "participantFlowModule": {
        "groups": groups("FG", "Drug", "Placebo"),
        "periods": [
            {
                "title": "Treatment",
                "milestones": [
                    milestone("STARTED", "20", "21"),
                    milestone("Received a Dose", "20", "20"),
                    milestone("COMPLETED", "18", "17"),
                    milestone("NOT COMPLETED", "2", "4"),
                ],
                "dropWithdraws": [
                    {"type": "Death", "reasons": at("1", "1")},
                    {"type": "Lost to Follow-up", "reasons": at("1", "3")},
                ],
            },
            {
                "title": "Follow-up",
                "milestones": [
                    milestone("STARTED", "18", "17"),
                    milestone("COMPLETED", "18", "17"),
                    milestone("NOT COMPLETED", "0", "0"),
                ],
            },
        ],
    },
    "baselineCharacteristicsModule": {
        "groups": groups("BG", "Drug", "Placebo", "Total"),
        "denoms": denoms("BG", "20", "21", "41"),
        "measures": [
            {
                "title": "Age, Continuous",
                "paramType": "MEAN",
                "dispersionType": "STANDARD_DEVIATION",
                "unitOfMeasure": "years",
                "classes": [{"categories": [{"measurements": cells("BG", "61.0", "62.0", "61.5", spread="9.0")}]}],
            },
            {
                "title": "Sex: Female, Male",
                "paramType": "COUNT_OF_PARTICIPANTS",
                "unitOfMeasure": "Participants",
                "classes": [
                    {
                        "categories": [
                            {"title": "Female", "measurements": cells("BG", "9", "10", "19")},
                            {"title": "Male", "measurements": cells("BG", "11", "11", "22")},
                        ]
                    }
                ],
            },
            {
                "title": "Race and Ethnicity Not Collected",
                "paramType": "COUNT_OF_PARTICIPANTS",
                "unitOfMeasure": "Participants",
                "classes": [{"categories": [{"measurements": cells("BG", "0", "0", "0")}]}],
            },
            {
                "title": "Region of Enrollment",
                "paramType": "NUMBER",
                "unitOfMeasure": "participants",
                "classes": [{"title": "Norway", "categories": [{"measurements": cells("BG", "20", "21", "41")}]}],
            },
        ],
    },
    "outcomeMeasuresModule": {
        "outcomeMeasures": [
            {
                "type": "PRIMARY",
                "title": "Percentage of Participants With a Response",
                "description": "Response by the criteria of the protocol.",
                "populationDescription": "Everyone treated.",
                "reportingStatus": "POSTED",
                "paramType": "NUMBER",
                "dispersionType": "95% Confidence Interval",
                "unitOfMeasure": "percentage of participants",
                "timeFrame": "12 weeks",
                "groups": groups("OG", "Drug", "Placebo"),
                "denoms": denoms("OG", "20", "20"),
                "classes": [
                    {"categories": [{"measurements": cells("OG", "30.0", "20.0", lowerLimit="9.0", upperLimit="60.0")}]}
                ],
                "analyses": [
                    {
                        "groupIds": ["OG000", "OG001"],
                        "nonInferiorityType": "SUPERIORITY",
                        "pValue": "0.72",
                        "statisticalMethod": "Fisher Exact",
                        "paramType": "Odds Ratio (OR)",
                        "paramValue": "1.71",
                        "ciPctValue": "95",
                        "ciNumSides": "TWO_SIDED",
                        "ciLowerLimit": "0.40",
                        "ciUpperLimit": "7.34",
                    }
                ],
            },
            {
                "type": "SECONDARY",
                "title": "Pain",
                "description": "Scale from 0 to 10; a higher score is worse.",
                "populationDescription": "Everyone treated.",
                "reportingStatus": "POSTED",
                "paramType": "MEAN",
                "dispersionType": "Standard Deviation",
                "unitOfMeasure": "score on a scale",
                "timeFrame": "Baseline and week 12",
                "groups": groups("OG", "Drug", "Placebo"),
                "denoms": denoms("OG", "20", "20"),
                "classes": [{"categories": [{"measurements": cells("OG", "3.1", "4.2", spread="1.1")}]}],
            },
            {
                "type": "SECONDARY",
                "title": "Overall Survival",
                "description": "Time from the first dose to death.",
                "populationDescription": "Everyone treated.",
                "reportingStatus": "NOT_POSTED",
                "anticipatedPostingDate": "2031-02",
                "timeFrame": "5 years",
            },
        ]
    },
    "adverseEventsModule": {
        "frequencyThreshold": "5",
        "timeFrame": "12 weeks",
        "description": "Asked at every visit.",
        "eventGroups": [
            {
                "id": f"EG00{place}",
                "title": title,
                "description": f"{title} daily",
                "deathsNumAffected": 1,
                "deathsNumAtRisk": 20,
                "seriousNumAffected": 1,
                "seriousNumAtRisk": 20,
                "otherNumAffected": 2,
                "otherNumAtRisk": 20,
            }
            for place, title in enumerate(("Drug", "Placebo"))
        ],
        "seriousEvents": [
            {
                "term": "Sepsis",
                "organSystem": "Infections and infestations",
                "assessmentType": "SYSTEMATIC_ASSESSMENT",
                "stats": [
                    {"groupId": f"EG00{place}", "numEvents": 1, "numAffected": 1, "numAtRisk": 20} for place in (0, 1)
                ],
            }
        ],
        "otherEvents": [
            {
                "term": "Nausea",
                "organSystem": "Gastrointestinal disorders",
                "assessmentType": "SYSTEMATIC_ASSESSMENT",
                "stats": [
                    {"groupId": f"EG00{place}", "numEvents": 3, "numAffected": 2, "numAtRisk": 20} for place in (0, 1)
                ],
            }
        ],
    },
    "moreInfoModule": {
        "limitationsAndCaveats": {"description": "Few participants."},
        "certainAgreement": {"piSponsorEmployee": True},
        "pointOfContact": {"title": "Study office", "organization": "Hospital", "phone": "000"},
    },
}


def flow(r: Json) -> Json:
    return r["participantFlowModule"]


def period(r: Json) -> Json:
    return flow(r)["periods"][0]


def reached(r: Json, number: int) -> Json:
    return period(r)["milestones"][number]["achievements"][0]


def age(r: Json) -> Json:
    return r["baselineCharacteristicsModule"]["measures"][0]


def sex(r: Json) -> Json:
    return r["baselineCharacteristicsModule"]["measures"][1]


def rate(r: Json) -> Json:
    return r["outcomeMeasuresModule"]["outcomeMeasures"][0]


def pain(r: Json) -> Json:
    return r["outcomeMeasuresModule"]["outcomeMeasures"][1]


def survival(r: Json) -> Json:
    return r["outcomeMeasuresModule"]["outcomeMeasures"][2]


def analysis(r: Json) -> Json:
    return rate(r)["analyses"][0]


def cell(measure: Json, row: int = 0) -> Json:
    return measure["classes"][0]["categories"][row]["measurements"][0]


def events(r: Json) -> Json:
    return r["adverseEventsModule"]


def arm(r: Json) -> Json:
    return events(r)["eventGroups"][0]


def sepsis(r: Json) -> Json:
    return events(r)["seriousEvents"][0]


def put(node: Callable[[Json], Json], **fields: Any) -> Callable[[Json], None]:
    """A change that sets fields."""
    return lambda r: node(r).update(fields)


def drop(node: Callable[[Json], Json], *names: str) -> Callable[[Json], None]:
    """A change that takes fields away."""
    return lambda r: [node(r).pop(name) for name in names] and None


def as_counts(node: Callable[[Json], Json], *values: str) -> Callable[[Json], None]:
    """A change that makes a measure a count of participants."""

    def change(r: Json) -> None:
        prefix = cell(node(r))["groupId"][:2]
        node(r).update(paramType="COUNT_OF_PARTICIPANTS", unitOfMeasure="Participants")
        node(r).pop("dispersionType", None)
        node(r)["classes"] = [{"categories": [{"measurements": cells(prefix, *values)}]}]

    return change


def nobody(r: Json) -> None:
    for kind in ("serious", "other"):
        arm(r).update({f"{kind}NumAtRisk": 0, f"{kind}NumAffected": 0})
        for row in events(r)[f"{kind}Events"]:
            row["stats"] = row["stats"][1:]
    events(r).pop("description")
    arm(r).pop("description")


def twice(r: Json) -> None:
    r["outcomeMeasuresModule"]["outcomeMeasures"].append(copy.deepcopy(pain(r)))


CHANGES: dict[str, Callable[[Json], Any]] = {
    "flow-there": lambda r: flow(r).pop("periods"),
    "flow-milestones": lambda r: flow(r)["periods"][1]["milestones"].pop(2),
    "flow-groups": lambda r: period(r)["milestones"][1]["achievements"].pop(),
    "flow-add-up": lambda r: reached(r, 2).update(numSubjects="17"),
    "flow-reasons": lambda r: period(r)["dropWithdraws"][1]["reasons"][1].update(numSubjects="2"),
    "flow-no-reasons": lambda r: period(r).pop("dropWithdraws"),
    "flow-other": lambda r: period(r)["dropWithdraws"][1].update(type="Other"),
    "flow-next-period": lambda r: flow(r)["periods"][1].update(
        milestones=[
            milestone("STARTED", "19", "17"),
            milestone("COMPLETED", "19", "17"),
            milestone("NOT COMPLETED", "0", "0"),
        ]
    ),
    "flow-between": lambda r: reached(r, 1).update(numSubjects="21"),
    "flow-whole": lambda r: reached(r, 1).update(numSubjects="19.5"),
    "flow-described": lambda r: flow(r)["groups"][0].pop("description"),
    "baseline-flow": lambda r: r["baselineCharacteristicsModule"].update(denoms=denoms("BG", "19", "21", "40")),
    "baseline-asked": lambda r: sex(r).update(title="Height"),
    "baseline-race": lambda r: r["baselineCharacteristicsModule"]["measures"].pop(2),
    "baseline-region": lambda r: r["baselineCharacteristicsModule"]["measures"].pop(3),
    "baseline-total": lambda r: sex(r)["classes"][0]["categories"][0]["measurements"][0].update(value="8"),
    "baseline-age": lambda r: cell(age(r)).update(value="161.0"),
    "baseline-unit": drop(age, "unitOfMeasure"),
    "baseline-kind": drop(age, "paramType"),
    "baseline-dispersion": drop(age, "dispersionType"),
    "baseline-count-alone": put(sex, dispersionType="STANDARD_DEVIATION"),
    "baseline-spread": lambda r: cell(age(r)).pop("spread"),
    "baseline-spread-negative": lambda r: cell(age(r)).update(spread="-1"),
    "baseline-order": lambda r: cell(age(r)).update(lowerLimit="62.0"),
    "baseline-na": lambda r: cell(age(r)).update(value="NA"),
    "baseline-numeric": lambda r: cell(age(r)).update(value="about 60"),
    "baseline-whole": lambda r: cell(sex(r)).update(value="9.5"),
    "baseline-at-most": lambda r: cell(sex(r)).update(value="21"),
    "baseline-exhaustive": lambda r: cell(sex(r)).update(value="8"),
    "baseline-percent": lambda r: (
        age(r).update(unitOfMeasure="percentage of participants", title="Smokers") or cell(age(r)).update(value="101")
    ),
    "baseline-cells": lambda r: age(r)["classes"][0]["categories"][0]["measurements"].pop(),
    "baseline-unit-of-count": put(sex, unitOfMeasure="lesions"),
    "outcome-primary": put(rate, type="SECONDARY"),
    "outcome-titled": drop(survival, "title"),
    "outcome-described": drop(rate, "description"),
    "outcome-time-frame": put(rate, timeFrame="throughout"),
    "outcome-twice": twice,
    "outcome-scale": put(pain, description="A higher score is worse."),
    "outcome-title-unit": put(rate, title="Number of Participants With a Response"),
    "outcome-unit-words": put(pain, unitOfMeasure="NA"),
    "baseline-title-unit": put(age, title="Percentage of Participants Who Smoke", unitOfMeasure="participants"),
    "baseline-unit-words": put(age, title="Height", unitOfMeasure="100"),
    "outcome-time-unit": put(pain, title="Time to Relapse", unitOfMeasure="mg"),
    "outcome-analysed": drop(rate, "populationDescription"),
    "outcome-nobody": put(rate, denoms=denoms("OG", "0", "0")),
    "outcome-numbers": put(rate, denoms=denoms("OG", "20")),
    "outcome-groups": lambda r: rate(r)["groups"][0].pop("description"),
    "outcome-when": drop(survival, "anticipatedPostingDate"),
    "analysis-method": drop(analysis, "statisticalMethod"),
    "analysis-p": put(analysis, pValue="0.000"),
    "analysis-interval": drop(analysis, "ciPctValue"),
    "analysis-limits": drop(analysis, "ciUpperLimit"),
    "analysis-order": put(analysis, paramValue="7.35"),
    "analysis-estimate": drop(analysis, "paramType"),
    "analysis-groups": put(analysis, groupIds=["OG000", "OG002"]),
    "analysis-margin": put(analysis, nonInferiorityType="NON_INFERIORITY"),
    "analysis-ratio": put(analysis, ciLowerLimit="-0.40"),
    "outcome-unit": drop(pain, "unitOfMeasure"),
    "outcome-kind": drop(rate, "paramType"),
    "outcome-dispersion": drop(pain, "dispersionType"),
    "outcome-count-alone": put(
        rate, paramType="COUNT_OF_PARTICIPANTS", title="Responders", unitOfMeasure="Participants"
    ),
    "outcome-spread": lambda r: cell(pain(r)).pop("spread"),
    "outcome-spread-negative": lambda r: cell(pain(r)).update(spread="-0.1"),
    "outcome-order": lambda r: cell(rate(r)).update(value="60.1"),
    "outcome-na": lambda r: cell(rate(r)).update(upperLimit="NA"),
    "outcome-numeric": lambda r: cell(pain(r)).update(value="3,1"),
    "outcome-whole": as_counts(pain, "3.5", "4"),
    "outcome-at-most": as_counts(pain, "21", "4"),
    "outcome-exhaustive": lambda r: (
        as_counts(pain, "3", "4")(r)
        or pain(r)["classes"][0]["categories"].append({"title": "None", "measurements": cells("OG", "16", "16")})
    ),
    "outcome-percent": lambda r: cell(rate(r)).update(upperLimit="100.1"),
    "outcome-cells": lambda r: rate(r)["classes"][0]["categories"][0]["measurements"].pop(),
    "outcome-unit-of-count": lambda r: as_counts(pain, "3", "4")(r) or pain(r).update(unitOfMeasure="mg"),
    "events-there": drop(arm, "otherNumAffected"),
    "events-deaths": drop(arm, "deathsNumAffected"),
    "events-at-risk": put(arm, deathsNumAffected=21),
    "events-threshold": put(events, frequencyThreshold="5.1"),
    "events-above": lambda r: (
        [one.update(numAffected=0) for one in events(r)["otherEvents"][0]["stats"]]
        and [one.update(otherNumAffected=0) for one in events(r)["eventGroups"]]
    ),
    "events-time-frame": drop(events, "timeFrame"),
    "events-count": lambda r: events(r)["otherEvents"][0]["stats"][0].update(numEvents=1),
    "events-totals": put(arm, otherNumAffected=3),
    "events-assessed": drop(sepsis, "assessmentType"),
    "events-organ": put(sepsis, organSystem="Blood"),
    "events-started": put(arm, otherNumAtRisk=42),
    "events-deaths-flow": lambda r: [one.update(deathsNumAffected=0) for one in events(r)["eventGroups"]],
    "events-repeated": lambda r: (
        events(r)["seriousEvents"].append({**sepsis(r), "term": "SEPSIS"})
        or [one.update(seriousNumAffected=2) for one in events(r)["eventGroups"]]
    ),
    "events-columns": lambda r: sepsis(r)["stats"].append({"groupId": "EG007", "numAffected": 0, "numAtRisk": 20}),
    "events-nobody": nobody,
    "words-contact": lambda r: r["moreInfoModule"].pop("pointOfContact"),
    "words-agreement": lambda r: r["moreInfoModule"].pop("certainAgreement"),
    "words-length": put(pain, title="Pain " * 52),
    "words-names": put(pain, populationDescription="Those seen by Dr. Example."),
    "words-praise": put(rate, description="The drug was well tolerated."),
    "words-we": put(rate, description="Response as we saw it."),
    "words-short": put(pain, title="Pain by VAS"),
}
"""For each rule one change to the flawless record that breaks it."""
ALSO = {
    "outcome-nobody": {"outcome-exhaustive"},
    "baseline-flow": {"baseline-exhaustive", "baseline-at-most"},
    "baseline-total": {"baseline-exhaustive"},
    "baseline-at-most": {"baseline-exhaustive", "baseline-total"},
    "baseline-exhaustive": {"baseline-total"},
    "baseline-whole": {"baseline-exhaustive", "baseline-total"},
    "outcome-count-alone": {"outcome-whole", "outcome-at-most"},
    "baseline-na": {"baseline-spread"},
    "flow-there": {"outcome-analysed"},
    "flow-add-up": {"flow-next-period"},
    "baseline-count-alone": {"baseline-spread"},
    "baseline-percent": {"baseline-asked"},
    "baseline-title-unit": {"baseline-asked"},
    "baseline-unit-words": {"baseline-asked"},
    "words-length": {"words-short"},
}
"""Rules that one change cannot but break as well."""


def found(section: Json) -> set[str]:
    """The rules that a record breaks."""
    return {one.about for one in review(read_results(section))}


def test_a_flawless_record_breaks_no_rule() -> None:
    assert [(one.about, one.says) for one in review(read_results(FLAWLESS))] == []


def test_there_is_a_change_for_every_rule() -> None:
    beside = {"flow-enrolled"}  # it is about the record around the results, and has a test of its own
    assert {rule.id for rule in RULES} == {*CHANGES, *beside}
    assert len(RULES) == len(CHANGES) + len(beside)


@pytest.mark.parametrize("rule", CHANGES)
def test_one_change_breaks_one_rule(rule: str) -> None:
    changed = copy.deepcopy(FLAWLESS)
    CHANGES[rule](changed)
    assert found(changed) - ALSO.get(rule, set()) == {rule}


@pytest.mark.parametrize(
    ("enrolment", "details", "breaks"),
    [
        ({"count": 41, "type": "ACTUAL"}, "", False),
        ({"count": 42, "type": "ACTUAL"}, "", True),
        ({"count": 42, "type": "ACTUAL"}, "One left before assignment.", False),
        ({"count": 42, "type": "ESTIMATED"}, "", False),
        ({"count": "42", "type": "ACTUAL"}, "", False),
        (None, "", False),
    ],
)
def test_as_many_started_as_were_enrolled_or_the_record_says_why(enrolment: Any, details: str, breaks: bool) -> None:
    changed = copy.deepcopy(FLAWLESS)
    if details:
        flow(changed)["preAssignmentDetails"] = details
    record = {"protocolSection": {"designModule": {"enrollmentInfo": enrolment}}, "resultsSection": changed}
    assert ("flow-enrolled" in found(record)) is breaks


def test_a_finding_says_what_where_why_by_which_document_and_what_to_do() -> None:
    changed = copy.deepcopy(FLAWLESS)
    CHANGES["flow-add-up"](changed)
    one = next(one for one in review(read_results(changed)) if one.about == "flow-add-up")
    assert one.says == "FG000: 20 started, but 17 completed and 2 did not."
    assert one.where == "resultsSection.participantFlowModule.periods[0]"
    assert one.matters and one.do


def test_an_empty_record_is_found_wanting_and_harms_nobody() -> None:
    assert {"flow-there", "outcome-primary", "events-there", "words-contact"} <= found({})


LIMITS = [
    ("outcome-time-frame", put(rate, timeFrame="12"), True),
    ("outcome-time-frame", put(rate, timeFrame="12 weeks"), False),
    ("events-threshold", put(events, frequencyThreshold="4.9"), False),
    ("events-threshold", put(events, frequencyThreshold="5"), False),
    ("events-threshold", put(events, frequencyThreshold="5.01"), True),
    ("events-threshold", drop(events, "frequencyThreshold"), True),
    ("analysis-p", put(analysis, pValue="0"), True),
    ("analysis-p", put(analysis, pValue="<0.0001"), False),
    ("analysis-p", put(analysis, pValue="1"), False),
    ("analysis-p", put(analysis, pValue="1.01"), True),
    ("outcome-percent", lambda r: cell(rate(r)).update(lowerLimit="0"), False),
    ("outcome-percent", lambda r: cell(rate(r)).update(lowerLimit="-0.1"), True),
    ("outcome-percent", lambda r: cell(rate(r)).update(upperLimit="100"), False),
    ("baseline-age", lambda r: cell(age(r)).update(value="120"), False),
    ("baseline-age", lambda r: cell(age(r)).update(value="120.1"), True),
    ("events-at-risk", put(arm, deathsNumAffected=20), False),
]


@pytest.mark.parametrize(("rule", "change", "breaks"), LIMITS)
def test_each_limit_below_at_and_above(rule: str, change: Callable[[Json], None], breaks: bool) -> None:
    changed = copy.deepcopy(FLAWLESS)
    change(changed)
    assert (rule in found(changed)) is breaks


def test_the_reference_page_is_the_table_of_the_program(project: Path) -> None:
    written = runpy.run_path(str(project / "docs" / "registry_results.py"))
    assert written["PAGE"].read_text(encoding="utf-8") == written["page"](), "run: python docs/registry_results.py"


def test_no_rule_of_arithmetic_is_broken_by_more_than_a_few_posted_records_and_no_major_one_by_half(
    corpus: Path,
) -> None:
    """The registry checks arithmetic itself: a rule of ours that finds much there would be wrong."""
    sections = dict(posted(corpus))
    broken = Counter(rule for section in sections.values() for rule in found(section))
    for rule in RULES:
        print(f"{rule.id}: {broken[rule.id]} of {len(sections)} posted records")
    arithmetic = [rule.id for rule in RULES if not rule.from_memory]
    assert {rule: broken[rule] for rule in arithmetic if broken[rule] > 2} == {}
    assert {rule.id: broken[rule.id] for rule in RULES if rule.major and broken[rule.id] > len(sections) / 3} == {}
    assert {rule.id: broken[rule.id] for rule in RULES if broken[rule.id] > len(sections) / 2} == {}
