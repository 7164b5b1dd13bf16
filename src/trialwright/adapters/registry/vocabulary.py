"""The words the page prints for coded fields, and the API v2 codes they stand for.

Decided here: one table per coded field, words in lower case; older wordings of the page stand beside the newer ones.
Source of the codes: the enumerations of the registry's public API description, version 2. Read first: `code_at`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

Code = TypeVar("Code")

STATUS = {
    "active, not recruiting": "ACTIVE_NOT_RECRUITING",
    "completed": "COMPLETED",
    "enrolling by invitation": "ENROLLING_BY_INVITATION",
    "not yet recruiting": "NOT_YET_RECRUITING",
    "recruiting": "RECRUITING",
    "suspended": "SUSPENDED",
    "terminated": "TERMINATED",
    "withdrawn": "WITHDRAWN",
    "available": "AVAILABLE",
    "no longer available": "NO_LONGER_AVAILABLE",
    "temporarily not available": "TEMPORARILY_NOT_AVAILABLE",
    "approved for marketing": "APPROVED_FOR_MARKETING",
    "withheld": "WITHHELD",
    "unknown": "UNKNOWN",
    "unknown status": "UNKNOWN",
}
STUDY_TYPE = {
    "interventional": "INTERVENTIONAL",
    "observational": "OBSERVATIONAL",
    "expanded access": "EXPANDED_ACCESS",
}
PHASE = {
    "not applicable": "NA",
    "n/a": "NA",
    "early phase 1": "EARLY_PHASE1",
    "phase 0": "EARLY_PHASE1",
    "phase 1": "PHASE1",
    "phase 2": "PHASE2",
    "phase 3": "PHASE3",
    "phase 4": "PHASE4",
    "phase i": "PHASE1",
    "phase ii": "PHASE2",
    "phase iii": "PHASE3",
    "phase iv": "PHASE4",
}
ALLOCATION = {
    "n/a": "NA",
    "not applicable": "NA",
    "randomized": "RANDOMIZED",
    "non-randomized": "NON_RANDOMIZED",
    "non randomized": "NON_RANDOMIZED",
}
INTERVENTION_MODEL = {
    f"{words}{tail}": code
    for words, code in (
        ("single group", "SINGLE_GROUP"),
        ("parallel", "PARALLEL"),
        ("crossover", "CROSSOVER"),
        ("factorial", "FACTORIAL"),
        ("sequential", "SEQUENTIAL"),
    )
    for tail in (" assignment", "")
}
MASKING = {
    "none (open label)": "NONE",
    "none": "NONE",
    "open label": "NONE",
    "no masking": "NONE",
    "single blind": "SINGLE",
    "single": "SINGLE",
    "double blind": "DOUBLE",
    "double-blind": "DOUBLE",
    "double": "DOUBLE",
    "triple": "TRIPLE",
    "quadruple": "QUADRUPLE",
}
WHO_MASKED = {
    "participant": "PARTICIPANT",
    "subject": "PARTICIPANT",
    "care provider": "CARE_PROVIDER",
    "caregiver": "CARE_PROVIDER",
    "investigator": "INVESTIGATOR",
    "outcomes assessor": "OUTCOMES_ASSESSOR",
}
PURPOSE = {
    "treatment": "TREATMENT",
    "prevention": "PREVENTION",
    "diagnostic": "DIAGNOSTIC",
    "educational/counseling/training": "ECT",
    "supportive care": "SUPPORTIVE_CARE",
    "screening": "SCREENING",
    "health services research": "HEALTH_SERVICES_RESEARCH",
    "basic science": "BASIC_SCIENCE",
    "device feasibility": "DEVICE_FEASIBILITY",
    "other": "OTHER",
}
OBSERVATIONAL_MODEL = {
    "cohort": "COHORT",
    "case-control": "CASE_CONTROL",
    "case control": "CASE_CONTROL",
    "case-only": "CASE_ONLY",
    "case-crossover": "CASE_CROSSOVER",
    "ecologic or community": "ECOLOGIC_OR_COMMUNITY",
    "family-based": "FAMILY_BASED",
    "defined population": "DEFINED_POPULATION",
    "natural history": "NATURAL_HISTORY",
    "other": "OTHER",
}
TIME_PERSPECTIVE = {
    "retrospective": "RETROSPECTIVE",
    "prospective": "PROSPECTIVE",
    "cross-sectional": "CROSS_SECTIONAL",
    "other": "OTHER",
}
RETENTION = {
    "none retained": "NONE_RETAINED",
    "samples with dna": "SAMPLES_WITH_DNA",
    "samples without dna": "SAMPLES_WITHOUT_DNA",
}
ARM_TYPE = {
    "experimental": "EXPERIMENTAL",
    "active comparator": "ACTIVE_COMPARATOR",
    "placebo comparator": "PLACEBO_COMPARATOR",
    "sham comparator": "SHAM_COMPARATOR",
    "no intervention": "NO_INTERVENTION",
    "other": "OTHER",
}
INTERVENTION_TYPE = {
    "behavioral": "BEHAVIORAL",
    "biological": "BIOLOGICAL",
    "combination product": "COMBINATION_PRODUCT",
    "device": "DEVICE",
    "diagnostic test": "DIAGNOSTIC_TEST",
    "dietary supplement": "DIETARY_SUPPLEMENT",
    "drug": "DRUG",
    "genetic": "GENETIC",
    "procedure": "PROCEDURE",
    "radiation": "RADIATION",
    "other": "OTHER",
}
SEX = {"all": "ALL", "both": "ALL", "female": "FEMALE", "male": "MALE"}
AGE_GROUP = {"older adult": "OLDER_ADULT", "senior": "OLDER_ADULT", "adult": "ADULT", "child": "CHILD"}
SAMPLING = {
    "non-probability sample": "NON_PROBABILITY_SAMPLE",
    "probability sample": "PROBABILITY_SAMPLE",
}
ROLE = {
    "study chair": "STUDY_CHAIR",
    "study director": "STUDY_DIRECTOR",
    "principal investigator": "PRINCIPAL_INVESTIGATOR",
    "sub-investigator": "SUB_INVESTIGATOR",
    "contact": "CONTACT",
}
ID_KIND = {
    "u.s. nih grant/contract": "NIH",
    "u.s. fda grant/contract": "FDA",
    "u.s. va grant/contract": "VA",
    "u.s. cdc grant/contract": "CDC",
    "u.s. ahrq grant/contract": "AHRQ",
    "u.s. samhsa grant/contract": "SAMHSA",
    "other grant/funding number": "OTHER_GRANT",
    "eudract number": "EUDRACT_NUMBER",
    "eu trial (ctis) number": "CTIS",
    "ctis": "CTIS",
    "registry identifier": "REGISTRY",
    "other identifier": "OTHER",
}
IPD = {"yes": "YES", "no": "NO", "undecided": "UNDECIDED"}
IPD_MATERIAL = {
    "study protocol": "STUDY_PROTOCOL",
    "statistical analysis plan (sap)": "SAP",
    "statistical analysis plan": "SAP",
    "informed consent form (icf)": "ICF",
    "informed consent form": "ICF",
    "clinical study report (csr)": "CSR",
    "clinical study report": "CSR",
    "analytic code": "ANALYTIC_CODE",
}
YES_NO = {"yes": True, "no": False, "accepts healthy volunteers": True}
DATE_KIND = {"actual": "ACTUAL", "estimated": "ESTIMATED", "anticipated": "ESTIMATED"}


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    spaced = (re.escape(w).replace(r"\ ", r"\s+") for w in longest_first)
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)", re.IGNORECASE)


def word_pattern(table: Mapping[str, object]) -> re.Pattern[str]:
    """A pattern that finds any of the table's words, the longest first."""
    return _pattern(tuple(table))


def code_of(table: Mapping[str, Code], words: str) -> Code:
    """The code for words that `word_pattern` found.

    >>> code_of(PHASE, "Phase  2")
    'PHASE2'
    """
    return table[" ".join(words.lower().split())]
