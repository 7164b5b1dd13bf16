"""CTCAE version 3.0 (NCI, 2003, revised 2006): laboratory terms with their printed bounds, and every other term.

A grade holds where the value is below (or above) its bound and no higher grade holds, so a value on a bound has the
lower grade. Where the table prints g/dL and mmol/L each is kept as printed. Grades that need a person (physiologic
consequences, dialysis, life-threatening acidosis, death) have no bound here and can only be reported.
"""

from __future__ import annotations

from trialwright.core.toxicity import Bound, LaboratoryTerm, ToxicityTable
from trialwright.standards.ctcae.bounds import above, below, falling, rising, term, times_lower, times_upper
from trialwright.standards.ctcae.v3_terms import NAMED

BLOOD = "Blood/bone marrow"
CLOTTING = "Coagulation"
METABOLIC = "Metabolic/laboratory"

_BLOOD_COUNTS: tuple[LaboratoryTerm, ...] = (
    falling("Leukocytes (total WBC)", BLOOD, "wbc", {"/mm3": "3000 2000 1000", "10*9/L": "3.0 2.0 1.0"}, "12345",
            "WBC", "leukopenia"),
    falling("Neutrophils/granulocytes (ANC/AGC)", BLOOD, "anc", {"/mm3": "1500 1000 500", "10*9/L": "1.5 1.0 0.5"},
            "12345", "ANC", "neutropenia", "neutrophils"),
    falling("Platelets", BLOOD, "platelets", {"/mm3": "75000 50000 25000", "10*9/L": "75.0 50.0 25.0"}, "12345",
            "thrombocytopenia"),
    falling("Hemoglobin", BLOOD, "hemoglobin",
            {"g/dL": "10.0 8.0 6.5", "mmol/L": "6.2 4.9 4.0", "g/L": "100 80 65"}, "12345", "anemia"),
    falling("Lymphopenia", BLOOD, "lymphocytes", {"/mm3": "800 500 200", "10*9/L": "0.8 0.5 0.2"}, "12345"),
    falling("CD4 count", BLOOD, "cd4", {"/mm3": "500 200 50", "10*9/L": "0.5 0.2 0.05"}, "12345"),
    term("Haptoglobin", BLOOD, "haptoglobin", "low", "mg/dL",
         (below(1, "1", of="LLN"), below(3, "0", sign="<=")), "135"),
)  # fmt: skip

_FIBRINOGEN: tuple[Bound, ...] = (
    below(1, "1", of="LLN"), below(2, "0.75", of="LLN"), below(3, "0.5", of="LLN"), below(4, "0.25", of="LLN"),
    below(4, "50"),
    # a decrease from baseline of less than 25%, 25 to less than 50%, 50 to less than 75%, 75%
    below(1, "1", of="BASELINE"), below(2, "0.75", of="BASELINE", sign="<="),
    below(3, "0.5", of="BASELINE", sign="<="), below(4, "0.25", of="BASELINE", sign="<="),
)  # fmt: skip

_COAGULATION: tuple[LaboratoryTerm, ...] = (
    term("Fibrinogen", CLOTTING, "fibrinogen", "low", "mg/dL", _FIBRINOGEN, "12345"),
    times_upper("INR (International Normalized Ratio of prothrombin time)", CLOTTING, "inr", "1", "1 1.5 2", "123"),
    times_upper("PTT (Partial Thromboplastin Time)", CLOTTING, "ptt", "s", "1 1.5 2", "123"),
)

_ENZYMES: tuple[LaboratoryTerm, ...] = (
    times_upper("ALT, SGPT (serum glutamic pyruvic transaminase)", METABOLIC, "alt", "U/L", "1 2.5 5.0 20.0", "1234",
                "ALT", "SGPT"),
    times_upper("AST, SGOT(serum glutamic oxaloacetic transaminase)", METABOLIC, "ast", "U/L", "1 2.5 5.0 20.0",
                "1234", "AST", "SGOT"),
    times_upper("Alkaline phosphatase", METABOLIC, "alkaline_phosphatase", "U/L", "1 2.5 5.0 20.0", "1234"),
    times_upper("GGT (gamma-Glutamyl transpeptidase)", METABOLIC, "ggt", "U/L", "1 2.5 5.0 20.0", "1234"),
    times_upper("Amylase", METABOLIC, "amylase", "U/L", "1 1.5 2.0 5.0", "1234"),
    times_upper("Lipase", METABOLIC, "lipase", "U/L", "1 1.5 2.0 5.0", "1234"),
    times_upper("CPK (creatine phosphokinase)", METABOLIC, "creatine_kinase", "U/L", "1 2.5 5 10", "12345"),
)  # fmt: skip

_KIDNEY_AND_LIVER: tuple[LaboratoryTerm, ...] = (
    times_upper("Creatinine", METABOLIC, "creatinine", "mg/dL", "1 1.5 3.0 6.0", "12345"),
    times_upper("Bilirubin (hyperbilirubinemia)", METABOLIC, "bilirubin", "mg/dL", "1 1.5 3.0 10.0", "1234",
                "hyperbilirubinemia"),
    times_lower("Glomerular filtration rate", METABOLIC, "gfr", "mL/min", "0.75 0.50 0.25", "12345"),
    falling("Albumin, serum-low (hypoalbuminemia)", METABOLIC, "albumin", {"g/dL": "3 2", "g/L": "30 20"}, "1235",
            "hypoalbuminemia"),
    term("Proteinuria", METABOLIC, "urine_protein", "high", "g/d",
         (above(1, "0.15", sign=">="), above(2, "1.0"), above(3, "3.5")), "12345"),
)  # fmt: skip

_SALTS: tuple[LaboratoryTerm, ...] = (
    rising("Sodium, serum-high (hypernatremia)", METABOLIC, "sodium", {"mmol/L": "150 155 160"}, "12345",
           "hypernatremia"),
    falling("Sodium, serum-low (hyponatremia)", METABOLIC, "sodium", {"mmol/L": "- 130 120"}, "1345", "hyponatremia"),
    rising("Potassium, serum-high (hyperkalemia)", METABOLIC, "potassium", {"mmol/L": "5.5 6.0 7.0"}, "12345",
           "hyperkalemia"),
    falling("Potassium, serum-low (hypokalemia)", METABOLIC, "potassium", {"mmol/L": "- 3.0 2.5"}, "1345",
            "hypokalemia"),
    rising("Calcium, serum-high (hypercalcemia)", METABOLIC, "calcium",
           {"mg/dL": "11.5 12.5 13.5", "mmol/L": "2.9 3.1 3.4"}, "12345", "hypercalcemia"),
    falling("Calcium, serum-low (hypocalcemia)", METABOLIC, "calcium",
            {"mg/dL": "8.0 7.0 6.0", "mmol/L": "2.0 1.75 1.5"}, "12345", "hypocalcemia"),
    rising("Calcium, serum-high (hypercalcemia)", METABOLIC, "ionized_calcium", {"mmol/L": "1.5 1.6 1.8"}, "12345"),
    falling("Calcium, serum-low (hypocalcemia)", METABOLIC, "ionized_calcium", {"mmol/L": "1.0 0.9 0.8"}, "12345"),
    rising("Magnesium, serum-high (hypermagnesemia)", METABOLIC, "magnesium",
           {"mg/dL": "- 3.0 8.0", "mmol/L": "- 1.23 3.30"}, "1345", "hypermagnesemia"),
    falling("Magnesium, serum-low (hypomagnesemia)", METABOLIC, "magnesium",
            {"mg/dL": "1.2 0.9 0.7", "mmol/L": "0.5 0.4 0.3"}, "12345", "hypomagnesemia"),
    falling("Phosphate, serum-low (hypophosphatemia)", METABOLIC, "phosphate",
            {"mg/dL": "2.5 2.0 1.0", "mmol/L": "0.8 0.6 0.3"}, "12345", "hypophosphatemia"),
    falling("Bicarbonate, serum-low", METABOLIC, "bicarbonate", {"mmol/L": "16 11 8"}, "12345"),
    term("Acidosis (metabolic or respiratory)", METABOLIC, "arterial_ph", "low", "1",
         (below(1, "1", of="LLN"), below(3, "7.3")), "1345"),
    term("Alkalosis (metabolic or respiratory)", METABOLIC, "arterial_ph", "high", "1",
         (above(1, "1", of="ULN"), above(3, "7.5")), "1345"),
)  # fmt: skip

_METABOLISM: tuple[LaboratoryTerm, ...] = (
    rising("Glucose, serum-high (hyperglycemia)", METABOLIC, "glucose",
           {"mg/dL": "160 250 500", "mmol/L": "8.9 13.9 27.8"}, "12345", "hyperglycemia"),
    falling("Glucose, serum-low (hypoglycemia)", METABOLIC, "glucose",
            {"mg/dL": "55 40 30", "mmol/L": "3.0 2.2 1.7"}, "12345", "hypoglycemia"),
    # grade 3 is the range of grade 1 with physiologic consequences, which only a person can report
    rising("Uric acid, serum-high (hyperuricemia)", METABOLIC, "uric_acid",
           {"mg/dL": "- - 10", "mmol/L": "- - 0.59"}, "1345", "hyperuricemia"),
    rising("Cholesterol, serum-high (hypercholesteremia)", METABOLIC, "cholesterol",
           {"mg/dL": "300 400 500", "mmol/L": "7.75 10.34 12.92"}, "12345", "hypercholesteremia"),
    times_upper("Triglyceride, serum-high (hypertriglyceridemia)", METABOLIC, "triglycerides", "mg/dL",
                "1 2.5 5.0 10", "12345", "hypertriglyceridemia"),
)  # fmt: skip

CTCAE_3 = ToxicityTable(
    name="CTCAE",
    version="3.0",
    laboratory=(*_BLOOD_COUNTS, *_COAGULATION, *_ENZYMES, *_KIDNEY_AND_LIVER, *_SALTS, *_METABOLISM),
    named=NAMED,
)
"""The whole of version 3.0 as this program uses it."""
