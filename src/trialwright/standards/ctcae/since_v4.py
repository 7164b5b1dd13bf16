"""Laboratory terms that CTCAE versions 4.03 (NCI, 2010) and 5.0 (NCI, 2017) print with the same bounds.

Terms are MedDRA's and stand in its system organ classes. A semicolon inside a printed grade means "or", so a range
"; symptomatic" has further cases that a person reports and loses none. Where one range is printed for two grades, apart
by symptoms alone, the number leaves both open. Calcium is printed as corrected for albumin: a total calcium is graded
as it was reported, and `corrected_calcium` is there for laboratories that correct.
"""

from __future__ import annotations

from trialwright.core.toxicity import LaboratoryTerm
from trialwright.standards.ctcae.bounds import above, and_where, below, falling, rising, term, times_lower, times_upper

BLOOD = "Blood and lymphatic system disorders"
TESTS = "Investigations"
METABOLISM = "Metabolism and nutrition disorders"
KIDNEY = "Renal and urinary disorders"

SYMPTOMS = "there are signs or symptoms"
CONSEQUENCES = "there are physiologic consequences"
FASTING = "the subject was fasting"
ANTICOAGULATION = "the subject takes an anticoagulant"

_COUNTS: tuple[LaboratoryTerm, ...] = (
    falling("Anemia", BLOOD, "hemoglobin", {"g/dL": "10.0 8.0", "mmol/L": "6.2 4.9", "g/L": "100 80"}, "12345"),
    term("Leukocytosis", BLOOD, "wbc", "high", "/mm3", (above(3, "100000"),), "345"),
    falling("White blood cell decreased", TESTS, "wbc", {"/mm3": "3000 2000 1000", "10*9/L": "3.0 2.0 1.0"}, "1234",
            "WBC", "leukopenia"),
    falling("Neutrophil count decreased", TESTS, "anc", {"/mm3": "1500 1000 500", "10*9/L": "1.5 1.0 0.5"}, "1234",
            "ANC", "neutropenia"),
    falling("Platelet count decreased", TESTS, "platelets",
            {"/mm3": "75000 50000 25000", "10*9/L": "75.0 50.0 25.0"}, "1234", "thrombocytopenia"),
    falling("Lymphocyte count decreased", TESTS, "lymphocytes",
            {"/mm3": "800 500 200", "10*9/L": "0.8 0.5 0.2"}, "1234", "lymphopenia"),
    term("Lymphocyte count increased", TESTS, "lymphocytes", "high", "/mm3",
         (above(2, "4000"), above(3, "20000")), "23", "lymphocytosis"),
    falling("CD4 lymphocytes decreased", TESTS, "cd4", {"/mm3": "500 200 50", "10*9/L": "0.5 0.2 0.05"}, "1234", "CD4"),
)  # fmt: skip

_PROTEINS: tuple[LaboratoryTerm, ...] = (
    times_upper("Activated partial thromboplastin time prolonged", TESTS, "ptt", "s", "1 1.5 2.5", "123", "aPTT",
                "PTT"),
    times_lower("Haptoglobin decreased", TESTS, "haptoglobin", "mg/dL", "1", "1"),
    times_upper("CPK increased", TESTS, "creatine_kinase", "U/L", "1 2.5 5 10", "1234", "CPK"),
    rising("Cholesterol high", TESTS, "cholesterol", {"mg/dL": "300 400 500", "mmol/L": "7.75 10.34 12.92"}, "1234"),
    falling("Hypoalbuminemia", METABOLISM, "albumin", {"g/dL": "3 2", "g/L": "30 20"}, "12345"),
    # grade 1 is printed as a range of its own, 150 to 300, and does not look at a limit of normal
    term("Hypertriglyceridemia", METABOLISM, "triglycerides", "high", "mg/dL mmol/L",
         (above(1, "150", "1.71", sign=">="), above(2, "300", "3.42"), above(3, "500", "5.7"),
          above(4, "1000", "11.4")), "12345"),
)  # fmt: skip

_CALCIUM: tuple[LaboratoryTerm, ...] = (
    *(rising("Hypercalcemia", METABOLISM, analyte, {"mg/dL": "11.5 12.5 13.5", "mmol/L": "2.9 3.1 3.4"}, "12345")
      for analyte in ("calcium", "corrected_calcium")),
    rising("Hypercalcemia", METABOLISM, "ionized_calcium", {"mmol/L": "1.5 1.6 1.8"}, "12345"),
    *(falling("Hypocalcemia", METABOLISM, analyte, {"mg/dL": "8.0 7.0 6.0", "mmol/L": "2.0 1.75 1.5"}, "12345")
      for analyte in ("calcium", "corrected_calcium")),
    falling("Hypocalcemia", METABOLISM, "ionized_calcium", {"mmol/L": "1.0 0.9 0.8"}, "12345"),
)  # fmt: skip

_SALTS: tuple[LaboratoryTerm, ...] = (
    rising("Hypernatremia", METABOLISM, "sodium", {"mmol/L": "150 155 160"}, "12345"),
    rising("Hyperkalemia", METABOLISM, "potassium", {"mmol/L": "5.5 6.0 7.0"}, "12345"),
    # grades 1 and 2 are the same range, without and with symptoms
    and_where(falling("Hypokalemia", METABOLISM, "potassium", {"mmol/L": "- 3.0 2.5"}, "12345"),
              SYMPTOMS, below(2, "1", of="LLN")),
    rising("Hypermagnesemia", METABOLISM, "magnesium", {"mg/dL": "- 3.0 8.0", "mmol/L": "- 1.23 3.30"}, "1345"),
    falling("Hypomagnesemia", METABOLISM, "magnesium", {"mg/dL": "1.2 0.9 0.7", "mmol/L": "0.5 0.4 0.3"}, "12345"),
    *(falling("Hypoglycemia", METABOLISM, analyte, {"mg/dL": "55 40 30", "mmol/L": "3.0 2.2 1.7"}, "12345")
      for analyte in ("glucose", "fasting_glucose", "random_glucose")),
    term("Acidosis", METABOLISM, "arterial_ph", "low", "1", (below(1, "1", of="LLN"), below(3, "7.3")), "1345"),
    term("Alkalosis", METABOLISM, "arterial_ph", "high", "1", (above(1, "1", of="ULN"), above(3, "7.5")), "1345"),
)  # fmt: skip

SAME: tuple[LaboratoryTerm, ...] = (*_COUNTS, *_PROTEINS, *_CALCIUM, *_SALTS)
"""The laboratory terms of both versions."""
