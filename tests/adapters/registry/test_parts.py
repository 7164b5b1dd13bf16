"""Single rules of the reader: labels on one line, dates, names, lists inside descriptions, polarity, MeSH."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from typing import Any

import pytest

import trialwright.adapters.registry as registry
from trialwright.adapters.registry import read
from trialwright.adapters.registry.criteria import split_criteria

NAME = registry.__name__
MODULES = [NAME, *sorted(f"{NAME}.{m.name}" for m in pkgutil.iter_modules(registry.__path__))]

PAGE = """A Study of Two Things (TWIN)

Identifier: NCT00000123 Recruitment Status : Recruiting
First Posted : May 1, 2018    Key Record Dates
Last Update Posted : May 3, 2019
Sponsor:
City Hospital
Information provided by (Responsible Party):
Ann Lee, City Hospital

Brief Summary:

Study Type: Observational is not what this sentence says.

Condition or disease Intervention/treatment Phase
Asthma
Hay Fever
Device: inhaler
Behavioral: breathing lessons
Phase 1
Phase 2

Study Type : Interventional   (Clinical Trial)
Actual Enrollment : 1,204 participants
Allocation: Randomized   Intervention Model: Parallel Assignment
Intervention Model Description: Two arms.

Masking: is described in this sentence too.
Masking: Double (Participant, Outcomes Assessor)
Primary Purpose: Health Services Research
Official Title: A Study of Two Things in Three Places
Actual Study Start Date : May 30, 2018
Estimated Study Completion Date : June 2030

Arm Intervention/treatment
Experimental: Both
Inhaler and lessons. Drug: none is given.
Device: inhaler
Twice daily
Other Name: puffer
Behavioral: breathing lessons
No Intervention: Waiting list

Primary Outcome Measures :
  1. Peak flow [ Time Frame: 6 weeks ]
Measured as follows:
1. sit down
2. breathe out
  2. Days off work [ Time Frame: 1 year [calendar] ]

Ages Eligible for Study:   up to 17 Years   (Child)
Sexes Eligible for Study: Female
Gender Based Eligibility: Yes
Accepts Healthy Volunteers: Yes
Criteria

Inclusion Criteria:

1. Asthma
   a. of any kind

Exclusion Criteria:

- No informed consent
- Smoker

Layout table for location information
Korea, Republic of
Seoul Clinic Recruiting
Seoul, Korea, Republic of, 03080
Contact: Kim Park, MD   02-555-01234 ext. 7   kim@example.org
France
Lyon, France
Sponsors and Collaborators
City Hospital
Layout table for investigator information
Principal Investigator: Ann Lee City Hospital
Study Director: Bo Ek, MD, PhD University Clinic North
Additional Information:
About the study
Publications of Results:
Lee A. Two things. J Things. 2019.
Responsible Party: Ann Lee, Head of Clinic, City Hospital Identifier: NCT00000123   History of Changes
Other Study ID Numbers: TWO-1
2017-000001-11 ( EudraCT Number )
X-9 ( Other Identifier: City Ethics (CE) )
First Posted: May 1, 2018    Key Record Dates
Last Verified: April 2019
Individual Participant Data (IPD) Sharing Statement:
Plan to Share IPD: Undecided
Studies a U.S. FDA-regulated Drug Product: No   Studies a U.S. FDA-regulated Device Product: Yes
Keywords provided by Ann Lee, City Hospital:
wheeze
"""
P = "protocolSection."


@pytest.fixture(scope="module")
def reading() -> Any:
    return read(PAGE)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("identificationModule", {"acronym": "TWIN", "briefTitle": "A Study of Two Things", "nctId": "NCT00000123"}),
        ("identificationModule", {"orgStudyIdInfo": {"id": "TWO-1"}}),
        (
            "identificationModule",
            {
                "secondaryIdInfos": [
                    {"id": "2017-000001-11", "type": "EUDRACT_NUMBER"},
                    {"id": "X-9", "type": "OTHER", "domain": "City Ethics (CE)"},
                ]
            },
        ),
        ("statusModule", {"overallStatus": "RECRUITING", "studyFirstPostDateStruct": {"date": "2018-05-01"}}),
        ("statusModule", {"startDateStruct": {"type": "ACTUAL", "date": "2018-05-30"}}),
        ("statusModule", {"completionDateStruct": {"type": "ESTIMATED", "date": "2030-06"}}),
        (
            "sponsorCollaboratorsModule",
            {
                "responsibleParty": {
                    "investigatorFullName": "Ann Lee",
                    "investigatorTitle": "Head of Clinic",
                    "investigatorAffiliation": "City Hospital",
                    "type": "PRINCIPAL_INVESTIGATOR",
                }
            },
        ),
        ("descriptionModule", {"briefSummary": "Study Type: Observational is not what this sentence says."}),
        ("conditionsModule", {"conditions": ["Asthma", "Hay Fever"], "keywords": ["wheeze"]}),
        ("designModule", {"studyType": "INTERVENTIONAL", "phases": ["PHASE1", "PHASE2"]}),
        ("designModule", {"enrollmentInfo": {"type": "ACTUAL", "count": 1204}}),
        (
            "designModule",
            {
                "designInfo": {
                    "allocation": "RANDOMIZED",
                    "interventionModel": "PARALLEL",
                    "interventionModelDescription": "Two arms.\n\nMasking: is described in this sentence too.",
                    "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "OUTCOMES_ASSESSOR"]},
                    "primaryPurpose": "HEALTH_SERVICES_RESEARCH",
                }
            },
        ),
        ("eligibilityModule", {"maximumAge": "17 Years", "stdAges": ["CHILD"], "sex": "FEMALE", "genderBased": True}),
        ("ipdSharingStatementModule", {"ipdSharing": "UNDECIDED"}),
        ("oversightModule", {"isFdaRegulatedDrug": False, "isFdaRegulatedDevice": True}),
        (
            "referencesModule",
            {"references": [{"type": "RESULT", "citation": "Lee A. Two things. J Things. 2019."}]},
        ),
        ("referencesModule", {"seeAlsoLinks": [{"label": "About the study"}]}),
    ],
)
def test_a_page_with_other_sections(module: str, expected: dict[str, Any], reading: Any) -> None:
    found = reading.protocolSection[module]
    assert {key: found.get(key) for key in expected} == expected


def test_arms_and_interventions_of_two_columns(reading: Any) -> None:
    module = reading.protocolSection["armsInterventionsModule"]
    assert [(a["type"], a["label"], a.get("interventionNames", [])) for a in module["armGroups"]] == [
        ("EXPERIMENTAL", "Both", ["Device: inhaler", "Behavioral: breathing lessons"]),
        ("NO_INTERVENTION", "Waiting list", []),
    ]
    assert module["armGroups"][0]["description"] == "Inhaler and lessons. Drug: none is given."
    assert module["interventions"][0] == {
        "type": "DEVICE", "name": "inhaler", "armGroupLabels": ["Both"], "description": "Twice daily",
        "otherNames": ["puffer"],
    }  # fmt: skip


def test_a_numbered_list_inside_a_description_is_no_outcome(reading: Any) -> None:
    assert reading.protocolSection["outcomesModule"]["primaryOutcomes"] == [
        {
            "measure": "Peak flow",
            "timeFrame": "6 weeks",
            "description": "Measured as follows:\n1. sit down\n2. breathe out",
        },
        {"measure": "Days off work", "timeFrame": "1 year [calendar]"},
    ]


def test_sites_with_status_with_a_comma_in_the_country_and_without_facility(reading: Any) -> None:
    first, second = reading.protocolSection["contactsLocationsModule"]["locations"]
    assert first == {
        "facility": "Seoul Clinic", "status": "RECRUITING",
        "city": "Seoul", "country": "Korea, Republic of", "zip": "03080",
        "contacts": [{"name": "Kim Park, MD", "role": "CONTACT", "phone": "02-555-01234", "phoneExt": "7",
                      "email": "kim@example.org"}],
    }  # fmt: skip
    assert second == {"city": "Lyon", "country": "France"}


def test_a_name_and_an_affiliation_in_one_line(reading: Any) -> None:
    officials = reading.protocolSection["contactsLocationsModule"]["overallOfficials"]
    assert [(one["name"], one["affiliation"]) for one in officials] == [
        ("Ann Lee", "City Hospital"),  # known as the sponsor
        ("Bo Ek, MD, PhD", "University Clinic North"),  # parted after the degrees
    ]


def test_nothing_is_unread_and_no_error_is_found(reading: Any) -> None:
    assert reading.unread == ()
    assert [f.says for f in reading.findings if f.severity.value == "error"] == []


def test_under_a_heading_the_heading_decides_and_a_denial_is_marked(reading: Any) -> None:
    assert [(c.text, c.polarity, c.negated, c.level) for c in reading.criteria] == [
        ("Asthma", "inclusion", False, 0),
        ("of any kind", "inclusion", False, 1),
        ("No informed consent", "exclusion", True, 0),
        ("Smoker", "exclusion", False, 0),
    ]


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("No prior stem cell transplantation", "exclusion"),
        ("Not pregnant or nursing", "exclusion"),
        ("Patients must not have received chemotherapy", "exclusion"),
        ("Must have no active infection", "exclusion"),
        ("Prior organ transplant is not allowed", "exclusion"),
        ("No more than 2 prior regimens", "inclusion"),
        ("Not less than 18 years of age", "inclusion"),
        ("No restriction on prior therapy", "inclusion"),
        ("No patients without measurable disease", "inclusion"),
        ("Non-small cell lung cancer", "inclusion"),
        ("More than 4 weeks since prior therapy", "inclusion"),
        ("Negative pregnancy test", "inclusion"),
        ("Notified consent", "inclusion"),
        ("Normal liver function", "inclusion"),
    ],
)
def test_words_that_deny_rule_out(text: str, polarity: str) -> None:
    assert split_criteria(f"* {text}")[0][0].polarity == polarity


def test_two_lists_without_headings_are_parted_by_their_kind_and_a_finding_says_so() -> None:
    text = "• Age 18 years or older\n• Signed informed consent\n\n\n• History of stroke\n• Pregnancy\n• Known HIV"
    criteria, findings = split_criteria(text)
    assert [c.polarity for c in criteria] == ["inclusion"] * 2 + ["exclusion"] * 3
    assert {c.by for c in criteria} == {"block"}
    assert ["No heading parts" in f.says for f in findings] == [True]


def test_one_heading_of_two_is_a_finding() -> None:
    text = "Inclusion Criteria:\n\n• Age 18 years or older\n• Informed consent\n\n\n• History of stroke\n• Pregnancy"
    criteria, findings = split_criteria(text)
    assert [c.polarity for c in criteria] == ["inclusion"] * 2 + ["exclusion"] * 2
    assert ["none for exclusion" in f.says for f in findings] == [True]


def test_names_of_conditions_in_one_line_are_parted_by_known_terms_or_a_finding_says_so() -> None:
    lines = "Condition or disease Intervention/treatment Phase\nBreast Cancer Lung Cancer Drug: alpha Phase 2\n"
    known = "Keywords provided by X:\nlung cancer\nbreast cancer\n"
    parted = read(f"Identifier: NCT00000123\nBrief Summary:\nText.\n{lines}{known}")
    whole = read(f"Identifier: NCT00000123\nBrief Summary:\nText.\n{lines}")
    assert parted.protocolSection["conditionsModule"]["conditions"] == ["Breast Cancer", "Lung Cancer"]
    assert whole.protocolSection["conditionsModule"]["conditions"] == ["Breast Cancer", "Lung Cancer"]
    assert any("without a divider" in f.says for f in whole.findings)


MESH = "Identifier: NCT00000123\nBrief Summary:\nText.\nAdditional relevant MeSH terms:\nLayout table for MeSH terms\n"


def test_mesh_lists_that_nothing_parts_are_reported_and_a_mesh_file_decides() -> None:
    text = MESH + "Aba\nCede\nDodo"
    trees = {"Aba": ["C01.1"], "Cede": ["D02.1"], "Dodo": ["D02"]}
    assert any("not sure" in f.says for f in read(text).findings)
    sure = read(text, mesh=trees)
    assert not any("not sure" in f.says for f in sure.findings)
    assert sure.derivedSection == {
        "conditionBrowseModule": {"meshes": [{"term": "Aba"}]},
        "interventionBrowseModule": {"meshes": [{"term": "Cede"}], "ancestors": [{"term": "Dodo"}]},
    }


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ("18 Years to 120 Years   (Adult, Older Adult)", ("18 Years", "120 Years")),
        ("18 Years and older   (Adult, Older Adult)", ("18 Years", None)),
        ("up to 6 Months   (Child)", (None, "6 Months")),
        ("Child, Adult, Older Adult", (None, None)),
        ("N/A and older", (None, None)),
    ],
)
def test_ages(ages: str, expected: tuple[str | None, str | None]) -> None:
    found = read(f"Identifier: NCT00000123\nAges Eligible for Study: {ages}\nSexes Eligible for Study: All\n\n• Age")
    module = found.protocolSection["eligibilityModule"]
    assert (module.get("minimumAge"), module.get("maximumAge")) == expected
