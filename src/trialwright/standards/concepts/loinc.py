"""Which concept a LOINC code is, for results that come from a hospital's record. Codes of a hundred-odd common tests.

A code says what was measured in which material and by which property; only codes of the same material as the concept
stand here (a bilirubin in urine is none), and no estimates: a filtration rate reckoned from creatinine for a standard
body surface is another measure than one in mL/min. Units are not taken from the code: they come with the result and
are converted. LOINC is copyright Regenstrief Institute, Inc. and the LOINC Committee, used under its free licence.
"""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    # blood count
    "wbc": "6690-2 26464-8 804-5",
    "anc": "751-8 26499-4 753-4",
    "lymphocytes": "731-0 26474-7 732-8",
    "eosinophils": "711-2 26449-9 712-0",
    "cd4": "24467-3",
    "platelets": "777-3 26515-7 778-1",
    "hemoglobin": "718-7 59260-0",
    "hematocrit": "4544-3 20570-8",
    "methemoglobin": "2614-6",
    # kidney and liver
    "creatinine": "2160-0 14682-9 38483-4",
    "creatinine_clearance": "2164-2",
    "urea_nitrogen": "3094-0 6299-2",
    "urine_protein": "2889-4",
    "bilirubin": "1975-2 14631-6 42719-5",
    "ast": "1920-8 30239-8",
    "alt": "1742-6 1743-4",
    "alkaline_phosphatase": "6768-6",
    "ggt": "2324-2",
    "ldh": "2532-0 14804-9 14805-6",
    "albumin": "1751-7 61151-7 61152-5",
    # pancreas and muscle
    "amylase": "1798-8",
    "lipase": "3040-3",
    "creatine_kinase": "2157-6",
    # salts and metabolism
    "sodium": "2951-2 2947-0",
    "potassium": "2823-3 6298-4",
    "calcium": "17861-6 2000-8 49765-1",
    "ionized_calcium": "1995-0 1994-3",
    "magnesium": "19123-9 2601-3",
    "phosphate": "2777-1 14879-1",
    "bicarbonate": "1963-8",
    "arterial_ph": "2744-1",
    "glucose": "2345-7 14749-6 2339-0",
    "fasting_glucose": "1558-6 14771-0",
    "uric_acid": "3084-1 14933-6",
    "cholesterol": "2093-3 14647-2",
    "triglycerides": "2571-8 14927-8",
    # coagulation
    "inr": "6301-6 34714-6",
    "ptt": "14979-9 3173-2",
    "fibrinogen": "3255-7",
    "haptoglobin": "4542-7",
    # other
    "tsh": "3016-3 11580-8",
    "hcg": "19080-1 21198-7",
    # vital signs
    "temperature": "8310-5 8331-1",
    "weight": "29463-7 3141-9",
    "height": "8302-2",
    "systolic": "8480-6",
    "diastolic": "8462-4",
    "pulse": "8867-4",
    "oxygen_saturation": "59408-5 2708-6",
    "ecog": "89247-1",
}
"""The codes of each concept, blanks between them."""

CONCEPT_OF: Mapping[str, str] = {code: concept for concept, codes in CODES.items() for code in codes.split()}
"""The concept of each code."""
