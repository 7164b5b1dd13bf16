"""The page with each cell on a line of its own, with the site's furniture: line ends, labels, sites, people, lists."""

from __future__ import annotations

import pytest

from trialwright.adapters.registry import read
from trialwright.adapters.registry.reading import RegistryReading
from trialwright.adapters.registry.run_together import part

PAGE = """{menu}
A Study of Rest in Tired People
The safety and scientific validity of this study is the responsibility of the study sponsor and investigators. Read our
disclaimer
for details.
ClinicalTrials.gov Identifier:
NCT01234567
Recruitment Status
 :
Terminated (slow accrual)
First Posted
 :
March 5, 2015
Last Update Posted
 :
March 5, 2018
Sponsor:
City Hospital
Information provided by (Responsible Party):
City Hospital
Study Description
Go to
Brief Summary:
Rest is tried.
Condition or disease
Intervention/treatment
Phase
Asthma
Heart Failure
Drug: Restol
Phase 1
Phase 2
Study Design
Go to
Study Type
 :
Interventional (Clinical Trial)
Actual Enrollment
 :
0 participants
Allocation:
Randomized
Arms and Interventions
Go to
Arm
Intervention/treatment
{arms}
Outcome Measures
Go to
{outcomes}
Eligibility Criteria
Go to
Ages Eligible for Study:
{ages}
Sexes Eligible for Study:
All
Criteria
Inclusion Criteria:
- Tired
Exclusion Criteria:
- Asleep
Contacts and Locations
Go to
Please refer to this study by its ClinicalTrials.gov identifier (NCT number):
NCT01234567
{places}
Sponsors and Collaborators
City Hospital
{officials}
More Information
Go to
Responsible Party:
City Hospital
Other Study ID Numbers:
CH-1
Last Verified:
March 2018
"""
PARTS = {
    "menu": "",
    "arms": "Experimental: Rest\nDrug: Restol\ntwice daily",
    "outcomes": "Primary Outcome Measures :\n1. Hours of sleep [ Time Frame: 2 weeks ]",
    "ages": "18 Years and older \xa0 (Adult, Older Adult)",
    "places": "",
    "officials": "",
}


def page(**parts: str) -> RegistryReading:
    return read(PAGE.format(**{**PARTS, **parts}))


def said(reading: RegistryReading, words: str) -> bool:
    return any(words in finding.says for finding in reading.findings)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\n\n", "\n\n\n", "\n \xa0\n"])
def test_cells_are_read_alike_whatever_ends_the_lines(newline: str) -> None:
    reading = read(PAGE.format(**PARTS).replace("\n", newline))
    status, design = reading.protocolSection["statusModule"], reading.protocolSection["designModule"]
    assert (status["overallStatus"], status["whyStopped"]) == ("TERMINATED", "slow accrual")
    assert status["studyFirstPostDateStruct"]["date"] == "2015-03-05"
    assert reading.protocolSection["conditionsModule"]["conditions"] == ["Asthma", "Heart Failure"]
    assert design["phases"] == ["PHASE1", "PHASE2"]
    assert design["enrollmentInfo"] == {"count": 0, "type": "ACTUAL"}
    assert [c.polarity for c in reading.criteria] == ["inclusion", "exclusion"]
    assert "\r" not in reading.protocolSection["eligibilityModule"]["eligibilityCriteria"]
    assert reading.unread == ()


@pytest.mark.parametrize(
    "line",
    [
        "Save this study",
        "Warning You have reached the maximum number of saved studies (100).",
        "Study Details Tabular View No Results Posted Disclaimer How to Read a Study Record",
        "Study Details Tabular View Study Results Disclaimer How to Read a Study Record",
        "No Study Results Posted",
        "Print Download",
        "Back to Top",
        "See Studies on Map",
        "https://www.coronavirus.gov",
    ],
)
def test_a_line_of_the_sites_own_is_furniture(line: str) -> None:
    reading = page(menu=line)
    assert reading.unread == ()
    assert [f for f in reading.furniture if reading.source[f.span.start : f.span.end] == line]
    assert reading.protocolSection["identificationModule"]["briefTitle"] == "A Study of Rest in Tired People"


@pytest.mark.parametrize(
    ("line", "age"),
    [
        ("18 Years and older   (Adult, Older Adult)", {"minimumAge": "18 Years", "stdAges": ["ADULT", "OLDER_ADULT"]}),
        ("up to 17 Years   (Child)", {"maximumAge": "17 Years", "stdAges": ["CHILD"]}),
        ("6 Months to 24 Months", {"minimumAge": "6 Months", "maximumAge": "24 Months"}),
        ("2 Days to 8 Weeks (Child)", {"minimumAge": "2 Days", "maximumAge": "8 Weeks", "stdAges": ["CHILD"]}),
        ("Child, Adult, Older Adult", {"stdAges": ["CHILD", "ADULT", "OLDER_ADULT"]}),
    ],
)
def test_ages(line: str, age: dict[str, object]) -> None:
    module = page(ages=line).protocolSection["eligibilityModule"]
    assert {key: module[key] for key in ("minimumAge", "maximumAge", "stdAges") if key in module} == age


SITES = """Locations
Show 2 study locations
Germany, Saxony
Clinic North
Recruiting
Dresden, Saxony, Germany, 01067
Contact: Ann Lee, MD
555-555-0100 ext 12
ann@example.org
Japan
Clinic East
Withdrawn
Osaka, Japan"""


def test_a_site_keeps_its_status_and_its_contact_from_lines_of_their_own() -> None:
    first, second = page(places=SITES).protocolSection["contactsLocationsModule"]["locations"]
    contact = {
        "name": "Ann Lee, MD",
        "role": "CONTACT",
        "phone": "555-555-0100",
        "phoneExt": "12",
        "email": "ann@example.org",
    }
    assert (first["facility"], first["status"], first["contacts"]) == ("Clinic North", "RECRUITING", [contact])
    assert (second["facility"], second["status"], second["city"]) == ("Clinic East", "WITHDRAWN", "Osaka")


@pytest.mark.parametrize(
    "cells", ["Investigators\nStudy Chair:\nAnn Lee\nCity Hospital", "Study Chair: Ann Lee\nCity Hospital"]
)
def test_an_investigator_in_cells_of_their_own(cells: str) -> None:
    reading = page(officials=cells)
    assert reading.protocolSection["contactsLocationsModule"]["overallOfficials"] == [
        {"name": "Ann Lee", "affiliation": "City Hospital", "role": "STUDY_CHAIR"}
    ]
    assert "collaborators" not in reading.protocolSection["sponsorCollaboratorsModule"]


def test_outcomes_without_numbers_are_told_by_their_time_frames() -> None:
    text = "Primary Outcome Measures :\nHours [ Time Frame: 1 week ]\nBy diary.\nNaps [ Time Frame: 2 weeks ]"
    reading = page(outcomes=text)
    found = reading.protocolSection["outcomesModule"]["primaryOutcomes"]
    assert [one["measure"] for one in found] == ["Hours", "Naps"]
    assert found[0]["description"] == "By diary."
    assert not said(reading, "without numbers")


def test_outcomes_with_neither_numbers_nor_time_frames_are_said_to_be_unsure() -> None:
    reading = page(outcomes="Primary Outcome Measures :\nHours\nNaps")
    assert [one["measure"] for one in reading.protocolSection["outcomesModule"]["primaryOutcomes"]] == ["Hours", "Naps"]
    assert said(reading, "without numbers")


def test_two_interventions_of_one_name_keep_their_own_descriptions() -> None:
    arms = "Experimental: A\nDrug: Restol\ntwice daily\nExperimental: B\nDrug: Restol\nonce daily"
    text = PAGE.format(**{**PARTS, "arms": arms}).replace("Drug: Restol\nPhase", "Drug: Restol\nDrug: Restol\nPhase")
    found = read(text).protocolSection["armsInterventionsModule"]["interventions"]
    assert [one["description"] for one in found] == ["twice daily", "once daily"]
    assert [one["armGroupLabels"] for one in found] == [["A"], ["B"]]


def test_the_name_of_an_intervention_inside_a_sentence_is_no_head() -> None:
    arms = "Experimental: A\nDrug: Restol\n1. Drug: Restol 10 mg by mouth\nExperimental: B\nDrug: Restol"
    module = page(arms=arms).protocolSection["armsInterventionsModule"]
    assert [len(arm["interventionNames"]) for arm in module["armGroups"]] == [1, 1]
    assert module["interventions"][0]["description"] == "1. Drug: Restol 10 mg by mouth"


def test_an_arm_of_type_other_called_like_its_intervention_is_an_arm() -> None:
    arms = "Experimental: A\nDrug: Restol\n\nOther: Rest\nat home\nOther: Rest\nin bed"
    text = PAGE.format(**{**PARTS, "arms": arms}).replace("Drug: Restol\nPhase", "Drug: Restol\nOther: Rest\nPhase")
    module = read(text).protocolSection["armsInterventionsModule"]
    assert [arm["label"] for arm in module["armGroups"]] == ["A", "Rest"]
    assert module["armGroups"][1]["description"] == "at home"
    assert module["interventions"][1]["description"] == "in bed"


def groups(*rows: str) -> RegistryReading:
    text = PAGE.format(**{**PARTS, "arms": "\n".join(rows)})
    return read(text.replace("\nArm\n", "\nGroup/Cohort\n").replace("Arms and Interventions", "Groups and Cohorts"))


def test_groups_without_blank_lines_are_parted_by_what_every_row_repeats() -> None:
    reading = groups("One\nthe first\nDrug: Restol\nat night", "Two\nthe second\nDrug: Restol\nat night")
    found = reading.protocolSection["armsInterventionsModule"]["armGroups"]
    assert [(one["label"], one["description"]) for one in found] == [("One", "the first"), ("Two", "the second")]


def test_groups_that_cannot_be_parted_are_said_to_be_unsure() -> None:
    assert said(groups("One\nthe first\nTwo\nthe second"), "No blank line parts")


@pytest.mark.parametrize(
    ("line", "named", "conditions"),
    [
        ("Asthma Cancer", ["Asthma", "Cancer"], ["Asthma", "Cancer"]),
        ("Asthma Lung Cancer", ["Asthma"], ["Asthma", "Lung Cancer"]),
        ("Breast Cancer", ["Breast Cancer"], ["Breast Cancer"]),
        ("Pain After Surgery", [], ["Pain After Surgery"]),
        ("T-Cell Lymphoma Anemia", ["Lymphoma, T-Cell", "Anemia"], ["T-Cell Lymphoma", "Anemia"]),
        ("Carcinoma, Ductal Anemia", ["Anemia", "Carcinoma, Ductal"], ["Carcinoma, Ductal", "Anemia"]),
    ],
)
def test_conditions_in_one_line_are_parted_by_named_terms_and_words_for_diseases(
    line: str, named: list[str], conditions: list[str]
) -> None:
    assert part(line, named, "").conditions == conditions


def one_line(line: str, keywords: str) -> RegistryReading:
    text = PAGE.format(**PARTS).replace(
        "Condition or disease\nIntervention/treatment\nPhase\nAsthma\nHeart Failure\n", "@"
    )
    text = text.replace("@Drug: Restol\nPhase 1\nPhase 2", f"Condition or disease Intervention/treatment Phase\n{line}")
    return read(f"{text}Keywords provided by City Hospital:\n{keywords}")


def test_a_split_of_conditions_that_rests_on_a_guess_says_what_it_read() -> None:
    reading = one_line("Asthma Heart Failure Drug: Restol Phase 1", "asthma")
    assert reading.protocolSection["conditionsModule"]["conditions"] == ["Asthma", "Heart Failure"]
    assert said(reading, "read as 2: Asthma; Heart Failure")


def test_one_condition_that_the_page_names_elsewhere_needs_no_remark() -> None:
    reading = one_line("Heart Failure Drug: Restol Phase 1", "heart failure")
    assert reading.protocolSection["conditionsModule"]["conditions"] == ["Heart Failure"]
    assert not said(reading, "without a divider")


def test_a_name_that_ends_with_a_phase_keeps_it_above_the_line_of_phases() -> None:
    text = PAGE.format(**PARTS).replace(
        "Drug: Restol\nPhase 1\nPhase 2", "Drug: Restol as in Phase 1\nPhase 1\nPhase 2"
    )
    reading = read(text)
    assert reading.protocolSection["armsInterventionsModule"]["interventions"][0]["name"] == "Restol as in Phase 1"
    assert reading.protocolSection["designModule"]["phases"] == ["PHASE1", "PHASE2"]


@pytest.mark.parametrize(
    ("line", "results"), [("No Results Posted", False), ("No Study Results Posted", False), ("Home", None)]
)
def test_the_page_says_that_it_has_no_results(line: str, results: bool | None) -> None:
    assert page(menu=line).hasResults is results


def test_a_list_of_sites_without_heading_and_advice_is_no_criterion() -> None:
    text = PAGE.format(**{**PARTS, "places": SITES.removeprefix("Locations\nShow 2 study locations\n")})
    start, end = text.index("Contacts and Locations"), text.index("Germany, Saxony")
    reading = read(text[:start] + text[end:])
    assert [c.text for c in reading.criteria] == ["Tired", "Asleep"]
    assert len(reading.protocolSection["contactsLocationsModule"]["locations"]) == 2
    assert said(reading, "without a heading")


def test_a_criterion_that_names_a_country_is_no_site() -> None:
    text = PAGE.format(**PARTS).replace("- Tired", "- Tired\nLives in one of\nGermany\nSaxony, Germany, or nearby")
    reading = read(text)
    assert "contactsLocationsModule" not in reading.protocolSection
    assert not said(reading, "list of sites")


@pytest.mark.parametrize(
    ("end", "missing"),
    [
        ("Keywords provided by City Hospital:\nrest\nsle", "the MeSH terms"),
        ("Additional relevant MeSH terms:\nHeart Failure\nHeart Diseases", "those of the interventions"),
    ],
)
def test_a_page_that_ends_within_a_list_says_what_may_be_missing(end: str, missing: str) -> None:
    assert said(read(PAGE.format(**PARTS) + end), missing)


@pytest.mark.parametrize("last", ["Adrenergic Agents", "To Top"])
def test_a_page_with_both_mesh_lists_or_with_its_foot_is_not_said_to_end_within_one(last: str) -> None:
    end = f"Additional relevant MeSH terms:\nHeart Failure\nHeart Diseases\n{last}"
    assert not said(read(PAGE.format(**PARTS) + end), "The page ends within")
