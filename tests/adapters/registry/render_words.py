"""The words and signs of a rendered page: codes as words, dates, markup, and which fields the page does not print."""

from __future__ import annotations

import re

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
TITLE_CASE = {
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "NA": "N/A",
    "NON_RANDOMIZED": "Non-Randomized",
    "ECT": "Educational/Counseling/Training",
    "CASE_CONTROL": "Case-Control",
    "CASE_ONLY": "Case-Only",
    "CASE_CROSSOVER": "Case-Crossover",
    "FAMILY_BASED": "Family-Based",
    "CROSS_SECTIONAL": "Cross-Sectional",
    "NON_PROBABILITY_SAMPLE": "Non-Probability Sample",
    "SAMPLES_WITH_DNA": "Samples With DNA",
    "SAMPLES_WITHOUT_DNA": "Samples Without DNA",
    "ECOLOGIC_OR_COMMUNITY": "Ecologic or Community",
    "SUB_INVESTIGATOR": "Sub-Investigator",
    "OUTCOMES_ASSESSOR": "Outcomes Assessor",
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "NO_LONGER_AVAILABLE": "No longer available",
    "TEMPORARILY_NOT_AVAILABLE": "Temporarily not available",
    "APPROVED_FOR_MARKETING": "Approved for marketing",
}
MASKING = {
    "NONE": "None (Open Label)",
    "SINGLE": "Single",
    "DOUBLE": "Double",
    "TRIPLE": "Triple",
    "QUADRUPLE": "Quadruple",
}
PHASES = {
    "NA": "Not Applicable",
    "EARLY_PHASE1": "Early Phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
}
MATERIALS = {
    "STUDY_PROTOCOL": "Study Protocol",
    "SAP": "Statistical Analysis Plan (SAP)",
    "ICF": "Informed Consent Form (ICF)",
    "CSR": "Clinical Study Report (CSR)",
    "ANALYTIC_CODE": "Analytic Code",
}
ID_KINDS = {
    "NIH": "U.S. NIH Grant/Contract",
    "OTHER_GRANT": "Other Grant/Funding Number",
    "EUDRACT_NUMBER": "EudraCT Number",
    "REGISTRY": "Registry Identifier",
    "OTHER": "Other Identifier",
    "CTIS": "CTIS",
}
DISCLAIMER = (
    "The safety and scientific validity of this study is the responsibility of the study sponsor and investigators. "
    "Listing a study does not mean it has been evaluated by the U.S. Federal Government. Read our "
    "disclaimer for details."
)


def words(code: str) -> str:
    return TITLE_CASE.get(code) or code.replace("_", " ").title()


def date_words(iso: str) -> str:
    parts = iso.split("-")
    month = MONTHS[int(parts[1]) - 1]
    return f"{month} {int(parts[2])}, {parts[0]}" if len(parts) == 3 else f"{month} {parts[0]}"


def markup(text: str) -> str:
    """The record's light markup as the page shows it: bullets for stars, no escapes."""
    text = re.sub(r"\\([<>\[\]*_~#^`.&+()-])", r"\1", text)
    return re.sub(r"(?m)^( *)\* ", lambda m: f"{m[1]}  • ", text)


# Leaf fields that the page does not print, by the end of their path, and why.
NOT_SHOWN = {
    r"\.class$": "the class of an organisation is not printed",
    r"organization\.": "the record's organisation is not printed",
    r"nctIdAliases": "former numbers are not printed",
    r"statusModule\.(?!overallStat|whyStopped|statusVerified)\w*(Submit|expandedAcc|lastKnown|disp)\w*": "not printed",
    r"(studyFirstPost|lastUpdatePost|resultsFirstPost)DateStruct\.type": "posted dates carry no type",
    r"geoPoint": "coordinates are not printed",
    r"\.pmid$": "a link, not text",
    r"seeAlsoLinks\[\d+\]\.url": "a link, not text",
    r"\.link$": "a link, not text",
    r"orgStudyIdInfo\.type": "not printed beside the organisation's own number",
    r"oversightHasDmc": "not printed on this page",
    r"responsibleParty\.(type|old\w+)$": "printed only through names",
    r"locations_nested": "not a field of the registry",
    r"browseLeaves|browseBranches|miscInfo": "not printed",
    r"Browse\w+\[\d+\]\.id|BrowseModule\.\w+\[\d+\]\.id": "codes are not printed",
    r"BrowseModule": "compared as two lists, elsewhere",
    r"armGroupLabels": "the order of arms under an intervention is compared elsewhere",
    r"targetDuration\.": "older shape",
}


def shown(path: str) -> bool:
    """Whether the page can show this leaf at all."""
    return not any(re.search(pattern, path) for pattern in NOT_SHOWN)
