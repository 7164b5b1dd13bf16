"""The codes of API v2 in the words of the upload format; what has no word there is not in the table.

The words are those of the comments in ProtocolRecordSchema (2018-05-08). Where the registry has since renamed one
(Anticipated is Estimated now), the schema's word stands. Read `STATUS`, then the rest as you need it.
"""

from __future__ import annotations

from collections.abc import Mapping

STATUS: Mapping[str, str] = {
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "RECRUITING": "Recruiting",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "COMPLETED": "Completed",
    "SUSPENDED": "Suspended",
    "TERMINATED": "Terminated",
    "WITHDRAWN": "Withdrawn",
}
EXPANDED_ACCESS: Mapping[str, str] = {
    "AVAILABLE": "Available",
    "NO_LONGER_AVAILABLE": "No longer available",
    "TEMPORARILY_NOT_AVAILABLE": "Temporarily not available",
    "APPROVED_FOR_MARKETING": "Approved for marketing",
}
DATE_TYPE: Mapping[str, str] = {"ESTIMATED": "Anticipated", "ACTUAL": "Actual"}
STUDY_TYPE: Mapping[str, str] = {
    "INTERVENTIONAL": "Interventional",
    "OBSERVATIONAL": "Observational",
    "EXPANDED_ACCESS": "Expanded Access",
}
PHASES: Mapping[tuple[str, ...], str] = {
    ("NA",): "N/A",
    ("EARLY_PHASE1",): "Early Phase 1",
    ("PHASE1",): "Phase 1",
    ("PHASE1", "PHASE2"): "Phase 1/2",
    ("PHASE2",): "Phase 2",
    ("PHASE2", "PHASE3"): "Phase 2/3",
    ("PHASE3",): "Phase 3",
    ("PHASE4",): "Phase 4",
}
PURPOSE: Mapping[str, str] = {
    "TREATMENT": "Treatment",
    "PREVENTION": "Prevention",
    "DIAGNOSTIC": "Diagnostic",
    "BASIC_SCIENCE": "Basic Science",
    "SUPPORTIVE_CARE": "Supportive Care",
    "SCREENING": "Screening",
    "HEALTH_SERVICES_RESEARCH": "Health Services Research",
    "DEVICE_FEASIBILITY": "Device Feasibility",
    "OTHER": "Other",
}
MODEL: Mapping[str, str] = {
    "SINGLE_GROUP": "Single Group Assignment",
    "PARALLEL": "Parallel Assignment",
    "CROSSOVER": "Crossover Assignment",
    "FACTORIAL": "Factorial Assignment",
    "SEQUENTIAL": "Sequential Assignment",
}
ALLOCATION: Mapping[str, str] = {"RANDOMIZED": "Randomized", "NON_RANDOMIZED": "Non-randomized", "NA": "N/A"}
MASKING: Mapping[str, str] = {
    "NONE": "Open Label",
    "SINGLE": "Single Blind",
    "DOUBLE": "Double Blind",
    "TRIPLE": "Triple Blind",
    "QUADRUPLE": "Quadruple Blind",
}
"""The deprecated element, for a record that says how many are masked and not who."""
OBSERVATIONAL_MODEL: Mapping[str, str] = {
    "COHORT": "Cohort",
    "CASE_CONTROL": "Case-Control",
    "CASE_ONLY": "Case-Only",
    "CASE_CROSSOVER": "Case-Crossover",
    "ECOLOGIC_OR_COMMUNITY": "Ecologic or Community",
    "FAMILY_BASED": "Family-Based",
    "OTHER": "Other",
}
TIME: Mapping[str, str] = {
    "RETROSPECTIVE": "Retrospective",
    "PROSPECTIVE": "Prospective",
    "CROSS_SECTIONAL": "Cross-Sectional",
    "OTHER": "Other",
}
RETENTION: Mapping[str, str] = {
    "NONE_RETAINED": "None Retained",
    "SAMPLES_WITH_DNA": "Samples With DNA",
    "SAMPLES_WITHOUT_DNA": "Samples Without DNA",
}
ARM_TYPE: Mapping[str, str] = {
    "EXPERIMENTAL": "Experimental",
    "ACTIVE_COMPARATOR": "Active Comparator",
    "PLACEBO_COMPARATOR": "Placebo Comparator",
    "SHAM_COMPARATOR": "Sham Comparator",
    "NO_INTERVENTION": "No Intervention",
    "OTHER": "Other",
}
INTERVENTION: Mapping[str, str] = {
    "DRUG": "Drug",
    "DEVICE": "Device",
    "BIOLOGICAL": "Biological/Vaccine",
    "PROCEDURE": "Procedure/Surgery",
    "RADIATION": "Radiation",
    "BEHAVIORAL": "Behavioral",
    "GENETIC": "Genetic",
    "DIETARY_SUPPLEMENT": "Dietary Supplement",
    "COMBINATION_PRODUCT": "Combination Product",
    "DIAGNOSTIC_TEST": "Diagnostic Test",
    "OTHER": "Other",
}
"""Combination product and diagnostic test came with the rule of 2017; the schema's comment does not list them."""
SEX: Mapping[str, str] = {"ALL": "All", "FEMALE": "Female", "MALE": "Male"}
SAMPLING: Mapping[str, str] = {
    "PROBABILITY_SAMPLE": "Probability Sample",
    "NON_PROBABILITY_SAMPLE": "Non-Probability Sample",
}
ROLE: Mapping[str, str] = {
    "PRINCIPAL_INVESTIGATOR": "Principal Investigator",
    "SUB_INVESTIGATOR": "Sub-Investigator",
    "STUDY_CHAIR": "Study Chair",
    "STUDY_DIRECTOR": "Study Director",
}
PARTY: Mapping[str, str] = {
    "SPONSOR": "Sponsor",
    "PRINCIPAL_INVESTIGATOR": "Principal Investigator",
    "SPONSOR_INVESTIGATOR": "Sponsor-Investigator",
}
SECONDARY_ID: Mapping[str, str] = {
    "NIH": "NIH Grant Number",
    "OTHER_GRANT": "Other Grant/Funding Number",
    "REGISTRY": "Registry Identifier",
    "CTIS": "EU Trial (CTIS) Number",
    "EUDRACT_NUMBER": "EudraCT Number",
    "OTHER": "Other Identifier",
    "FDA": "Other Grant/Funding Number",
    "VA": "Other Grant/Funding Number",
    "CDC": "Other Grant/Funding Number",
    "AHRQ": "Other Grant/Funding Number",
    "SAMHSA": "Other Grant/Funding Number",
}
GRANTORS: tuple[str, ...] = ("FDA", "VA", "CDC", "AHRQ", "SAMHSA")
"""Authorities whose grants the upload has no type for: the authority is named as the grantor."""
SHARING: Mapping[str, str] = {"YES": "yes", "NO": "no", "UNDECIDED": "undecided"}
DOCUMENTS: tuple[str, ...] = (
    "Individual Participant Data Set",
    "Study Protocol",
    "Statistical Analysis Plan",
    "Informed Consent Form",
    "Clinical Study Report",
    "Analytic Code",
)
"""Kinds of document the upload knows; another is "Other" with its own words."""


def yes_no(said: bool | None) -> str | None:
    """
    >>> yes_no(True), yes_no(None)
    ('yes', None)
    """
    return None if said is None else "yes" if said else "no"
