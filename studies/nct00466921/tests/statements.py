"""The 132 numbered statements of the first study's page, and how each ends: field, clause, furniture or stated
absent.

One row a number (35 is five: 35a to 35e). For a field: its path and its value, written by hand from the page. For a
clause: the words that a clause of the protocol must quote. For furniture: words of the page that are no statement of
the study.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Statement(NamedTuple):
    number: str
    ending: str
    where: str
    value: Any = None


P, D = "protocolSection.", "derivedSection."
IDENT, STATUS, SPONSOR = P + "identificationModule.", P + "statusModule.", P + "sponsorCollaboratorsModule."
DESIGN, ARMS, OUT = P + "designModule.", P + "armsInterventionsModule.", P + "outcomesModule."
ELIG, PLACES, TEXT = P + "eligibilityModule.", P + "contactsLocationsModule.", P + "descriptionModule."
COND, INTER = D + "conditionBrowseModule.", D + "interventionBrowseModule."

HEAD = (
    Statement("1", "furniture", "COVID-19 is an emerging, rapidly evolving situation."),
    Statement(
        "2",
        "field",
        IDENT + "briefTitle",
        "Lenalidomide in Treating Patients With Relapsed Mycosis Fungoides/Sezary Syndrome",
    ),
    Statement(
        "3", "furniture", "The safety and scientific validity of this study is the responsibility of the study sponsor"
    ),
    Statement("4", "field", IDENT + "nctId", "NCT00466921"),
    Statement("5", "field", STATUS + "overallStatus", "ACTIVE_NOT_RECRUITING"),
    Statement("6", "field", STATUS + "studyFirstPostDateStruct.date", "2007-04-27"),
    Statement("7", "field", STATUS + "lastUpdatePostDateStruct.date", "2019-05-03"),
    Statement("8", "field", SPONSOR + "collaborators[0].name", "National Cancer Institute (NCI)"),
    Statement("9", "field", SPONSOR + "responsibleParty.type", "SPONSOR"),
    Statement(
        "10", "clause", "Lenalidomide may stop the growth of mycosis fungoides/Sezary syndrome by blocking blood flow"
    ),
    Statement(
        "11", "clause", "This phase II trial is studying how well lenalidomide works in treating patients with relapsed"
    ),
    Statement("12", "field", P + "conditionsModule.conditions[0]", "Lymphoma"),
    Statement("13", "field", ARMS + "interventions[0].name", "lenalidomide"),
    Statement("14", "field", DESIGN + "phases[0]", "PHASE2"),
    Statement("15", "stated absent", "resultsSection"),
)
OBJECTIVES = (
    Statement("16", "clause", "Determine the response rate and duration of response"),
    Statement("17", "clause", "Determine the progression-free survival of patients treated with this drug."),
    Statement("18", "clause", "Determine the toxicity of this drug in these patients."),
    Statement(
        "19", "clause", "Correlate the antiangiogenetic and costimulatory effects of this drug with clinical activity"
    ),
    Statement(
        "20", "clause", "Assess the specific immune effector cell recruitment and augmentation of antitumor response"
    ),
)
OUTLINE = (
    Statement("21", "clause", "This is a multicenter study."),
    Statement("22", "clause", "Patients receive oral lenalidomide once daily on days 1-21."),
    Statement("23", "clause", "Treatment repeats every 28 days"),
    Statement("24", "clause", "for 2 courses"),
    Statement("25", "clause", "Patients with progressive disease are removed from study."),
    Statement("26", "clause", "Patients achieving complete response receive 2 additional courses"),
    Statement(
        "27",
        "clause",
        "Patients achieving partial response or stable disease may continue to receive lenalidomide as above"
        " for up to 2 years.",
    ),
    Statement("28", "clause", "Treatment continues in the absence of disease progression or unacceptable toxicity."),
    Statement("29", "clause", "Patients undergo tissue biopsies at baseline and on day 1 of course 2."),
    Statement("30", "clause", "vessel density"),
    Statement("31", "clause", "presence of adhesion molecules"),
    Statement("32", "clause", "immunophenotyping of dermal infiltrate"),
    Statement("33", "clause", "blood and tissue samples from 5-10 patients are collected"),
    Statement(
        "34",
        "clause",
        "immune cell repertoire (CD4+, CD8+ T cells, NK cells, NKT cells, CD4+, CD25+ T-regulatory cells",
    ),
    Statement("35a", "clause", "cell surface molecules"),
    Statement(
        "35b",
        "clause",
        "TH1/TH2-associated cytokines, such as interleukin (IL)-2, IL-4, IL-10, IL-12, interferon gamma",
    ),
    Statement("35c", "clause", "at baseline, day 15 of course 1, and at the end of course 1"),
    Statement(
        "35d", "clause", "surface expression of CD45RO and CTLA-4 on CD4+ and CD8+ T cells in blood and skin samples"
    ),
    Statement("35e", "clause", "Skin specimens are stored for future research studies on predictive markers"),
    Statement("36", "clause", "patients are followed every 3 months for 1 year"),
    Statement("37", "clause", "A total of 35 patients will be accrued for this study."),
)
STUDY = (
    Statement("38", "field", DESIGN + "studyType", "INTERVENTIONAL"),
    Statement("39", "field", DESIGN + "enrollmentInfo.count", 35),
    Statement("40", "field", DESIGN + "designInfo.allocation", "NA"),
    Statement("41", "field", DESIGN + "designInfo.interventionModel", "SINGLE_GROUP"),
    Statement("42", "field", DESIGN + "designInfo.maskingInfo.masking", "NONE"),
    Statement("43", "field", DESIGN + "designInfo.primaryPurpose", "TREATMENT"),
    Statement(
        "44",
        "field",
        IDENT + "officialTitle",
        "Phase II Trial of CC-5013 (Lenalidomide, Revlimid®) in Patients With Cutaneous T-Cell Lymphoma",
    ),
    Statement("45", "field", STATUS + "startDateStruct.date", "2005-02"),
    Statement("46", "field", STATUS + "primaryCompletionDateStruct", {"date": "2020-02", "type": "ESTIMATED"}),
    Statement("47", "field", STATUS + "completionDateStruct", {"date": "2021-02", "type": "ESTIMATED"}),
    Statement(
        "48",
        "field",
        ARMS + "armGroups[0]",
        {"type": "EXPERIMENTAL", "label": "Lenalidomide", "interventionNames": ["Drug: lenalidomide"]},
    ),
    Statement(
        "49", "clause", "10 mg daily orally administered on days 1 - 21 followed by 7 days rest of a 28-day cycle"
    ),
    Statement("50", "clause", "increasing dose by 5 mg every cycle"),
    Statement("51", "clause", "up to a maximum of 25 mg"),
)
OUTCOMES = (
    Statement(
        "52",
        "field",
        OUT + "primaryOutcomes[0]",
        {"measure": "Response rate and duration of response", "timeFrame": "After all patients have progressed"},
    ),
    Statement(
        "53",
        "field",
        OUT + "primaryOutcomes[1]",
        {"measure": "Progression-free survival", "timeFrame": "After all patients have progressed or become deceased"},
    ),
    Statement(
        "54",
        "field",
        OUT + "secondaryOutcomes[0]",
        {
            "measure": "Toxicity as assessed by NCI CTCAE v3.0",
            "timeFrame": "Up to 30 days after the last patient receives the last study treatment.",
        },
    ),
    Statement(
        "55",
        "field",
        OUT + "secondaryOutcomes[1]",
        {
            "measure": "Correlation of antiangiogenetic and costimulatory effects with clinical activity at"
            " baseline and after course 1",
            "timeFrame": "After all patients have completed 1 course",
        },
    ),
    Statement(
        "56",
        "field",
        OUT + "secondaryOutcomes[2]",
        {
            "measure": "Specific immune effector cell recruitment and augmentation of antitumor response at"
            " baseline and day 15 of course 1 (Northwestern University only)",
            "timeFrame": "After all patients have completed thru day 15 of course 1.",
        },
    ),
)
ELIGIBILITY = (
    Statement("57", "field", ELIG + "minimumAge", "18 Years"),
    Statement("58", "field", ELIG + "sex", "ALL"),
    Statement("59", "field", ELIG + "healthyVolunteers", False),
    Statement("60", "clause", "Histologically confirmed mycosis fungoides/Sézary syndrome"),
    Statement("61", "clause", "Stage IA-IVB disease"),
    Statement("62", "clause", "Must have failed ≥ 1 prior topical treatment, including any of the following"),
    Statement("63", "clause", "Steroids"),
    Statement("64", "clause", "Nitrogen mustard"),
    Statement("65", "clause", "Retinoids"),
    Statement("66", "clause", "Phototherapy"),
    Statement("67", "clause", "Photochemotherapy"),
    Statement("68", "clause", "Radiotherapy"),
    Statement("69", "clause", "Total skin electron beam"),
    Statement("70", "clause", "Measurable disease with ≥ 1 indicator lesion designated prior to study entry"),
    Statement("71", "clause", "Erythrodermic patients are eligible"),
    Statement("72", "clause", "ECOG performance status 0-2"),
    Statement("73", "clause", "WBC ≥ 3,000/mm³"),
    Statement("74", "clause", "ANC ≥ 1,500/mm³"),
    Statement("75", "clause", "Platelet count ≥ 100,000/mm³"),
    Statement("76", "clause", "Creatinine ≤ 2.0 mg/dL"),
    Statement("77", "clause", "Bilirubin ≤ 2.2 mg/dL"),
    Statement("78", "clause", "AST and ALT ≤ 2 times upper limit of normal"),
    Statement("79", "clause", "Not pregnant"),
    Statement("80", "clause", "nursing"),
    Statement("81", "clause", "Negative pregnancy test"),
    Statement(
        "82",
        "clause",
        "Fertile women must use effective double-method contraception for ≥ 4 weeks before, during, and for"
        " ≥ 4 weeks after completion of study therapy",
    ),
    Statement("83", "clause", "Fertile men must use effective contraception during and for ≥ 4 weeks after completion"),
    Statement("84", "clause", "No other malignancy within the past 5 years"),
    Statement("85", "clause", "except treated squamous cell and basal cell carcinoma of the skin"),
    Statement("86", "clause", "carcinoma in situ of the cervix"),
    Statement(
        "87",
        "clause",
        "surgically removed melanoma in situ of the skin (stage 0), with histologically confirmed free margins",
    ),
    Statement("88", "clause", "No acute infection requiring systemic treatment"),
    Statement("89", "clause", "No known allergic reaction or hypersensitivity to thalidomide"),
    Statement("90", "clause", "See Disease Characteristics"),
    Statement("91", "clause", "More than 4 weeks since prior topical therapy"),
    Statement("92", "clause", "systemic chemotherapy"),
    Statement("93", "clause", "biological therapy"),
    Statement("94", "clause", "No prior stem cell transplantation"),
    Statement("95", "clause", "No other concurrent systemic antipsoriatic or anticancer therapies"),
    Statement("96", "clause", "including radiotherapy, thalidomide, or other investigational agents"),
    Statement("97", "clause", "No other concurrent topical agents except emollients"),
)


def _site(facility: str, city: str, state: str, postcode: str) -> dict[str, str]:
    return {"facility": facility, "city": city, "state": state, "zip": postcode, "country": "United States"}


PEOPLE = (
    Statement(
        "98", "field", PLACES + "locations[0]", _site("Stanford Cancer Center", "Stanford", "California", "94305-5824")
    ),
    Statement(
        "99",
        "field",
        PLACES + "locations[1]",
        _site(
            "Robert H. Lurie Comprehensive Cancer Center at Northwestern University",
            "Chicago",
            "Illinois",
            "60611-3013",
        ),
    ),
    Statement(
        "100",
        "field",
        PLACES + "locations[2]",
        _site("M. D. Anderson Cancer Center at University of Texas", "Houston", "Texas", "77030-4009"),
    ),
    Statement("101", "field", SPONSOR + "leadSponsor.name", "Northwestern University"),
    Statement("102", "field", SPONSOR + "collaborators", [{"name": "National Cancer Institute (NCI)"}]),
    Statement(
        "103",
        "field",
        PLACES + "overallOfficials[0]",
        {"name": "Timothy M. Kuzel, MD", "affiliation": "Robert H. Lurie Cancer Center", "role": "STUDY_CHAIR"},
    ),
    Statement("104", "stated absent", P + "referencesModule.references"),
    Statement("105", "field", SPONSOR + "responsibleParty.type", "SPONSOR"),
    Statement("106", "field", IDENT + "orgStudyIdInfo.id", "NU 04H5"),
    Statement("107", "field", IDENT + "secondaryIdInfos[0]", {"id": "P30CA060553", "type": "NIH"}),
    Statement("108", "field", STATUS + "studyFirstPostDateStruct.date", "2007-04-27"),
    Statement("109", "field", STATUS + "statusVerifiedDate", "2019-04"),
)
KEYWORDS = tuple(
    Statement(str(110 + n), "field", f"{P}conditionsModule.keywords[{n}]", f"{first} mycosis fungoides/Sezary syndrome")
    for n, first in enumerate(("recurrent", "stage I", "stage II", "stage III", "stage IV"))
)
_CONDITIONS = (
    "meshes[0] Mycosis Fungoides",
    "meshes[1] Sezary Syndrome",
    "ancestors[0] Neoplasms by Histologic Type",
    "ancestors[1] Lymphoproliferative Disorders",
    "ancestors[2] Lymphatic Diseases",
    "ancestors[3] Immunoproliferative Disorders",
    "ancestors[4] Immune System Diseases",
    "ancestors[5] Lymphoma, T-Cell, Cutaneous",
    "ancestors[6] Lymphoma, T-Cell",
    "ancestors[7] Lymphoma, Non-Hodgkin",
)
_INTERVENTIONS = (
    "ancestors[0] Immunologic Factors",
    "ancestors[1] Physiological Effects of Drugs",
    "ancestors[2] Angiogenesis Inhibitors",
    "ancestors[3] Angiogenesis Modulating Agents",
    "ancestors[4] Growth Substances",
    "ancestors[5] Growth Inhibitors",
    "ancestors[6] Antineoplastic Agents",
)
MESH = tuple(
    Statement(str(number), "field", f"{module}{line.split(' ', 1)[0]}.term", line.split(" ", 1)[1])
    for number, (module, line) in enumerate(
        [(COND, line) for line in _CONDITIONS] + [(INTER, line) for line in _INTERVENTIONS], 115
    )
)
LAST = (Statement("132", "furniture", "Please refer to this study by its identifier (NCT number):"),)

STATEMENTS = (*HEAD, *OBJECTIVES, *OUTLINE, *STUDY, *OUTCOMES, *ELIGIBILITY, *PEOPLE, *KEYWORDS, *MESH, *LAST)
