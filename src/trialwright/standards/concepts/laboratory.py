"""Laboratory values: the usual unit of a report and the range outside which a value is more likely a slip.

The plausible range lets every value through that a living patient has been seen with; it is meant to catch a count
typed in thousands, g/L typed as g/dL, a comma in the wrong place. It raises a query and refuses nothing.
"""

from __future__ import annotations

from trialwright.standards.concepts.making import laboratory, table

LABORATORY = table(
    # blood count
    laboratory("wbc", "White blood cell count", "/mm3", "50", "800000"),
    laboratory("anc", "Absolute neutrophil count", "/mm3", "20", "300000"),
    laboratory("lymphocytes", "Absolute lymphocyte count", "/mm3", "20", "700000"),
    laboratory("eosinophils", "Eosinophil count, absolute", "/mm3", "0", "300000"),
    laboratory("cd4", "CD4 count", "/mm3", "5", "100000"),
    laboratory("platelets", "Platelet count", "/mm3", "1500", "3000000"),
    laboratory("hemoglobin", "Hemoglobin", "g/dL", "2", "25"),
    laboratory("hematocrit", "Hematocrit", "%", "8", "75"),
    laboratory("methemoglobin", "Methemoglobin", "%", "0", "80"),
    laboratory("sezary_cells", "Sézary cell count, absolute", "/mm3", "0", "700000"),
    # kidney and liver
    laboratory("creatinine", "Creatinine", "mg/dL", "0.1", "25"),
    laboratory("creatinine_clearance", "Creatinine clearance", "mL/min", "1", "300"),
    laboratory("gfr", "Glomerular filtration rate", "mL/min", "1", "250"),
    laboratory("urea_nitrogen", "Urea nitrogen", "mg/dL", "1", "300"),
    laboratory("urine_protein", "Protein in urine, 24 hours", "g/d", "0", "50"),
    laboratory("bilirubin", "Total bilirubin", "mg/dL", "0.05", "60"),
    laboratory("ast", "AST", "U/L", "3", "20000"),
    laboratory("alt", "ALT", "U/L", "2", "20000"),
    laboratory("alkaline_phosphatase", "Alkaline phosphatase", "U/L", "5", "10000"),
    laboratory("ggt", "GGT", "U/L", "1", "10000"),
    laboratory("ldh", "Lactate dehydrogenase", "U/L", "20", "50000"),
    laboratory("albumin", "Albumin", "g/dL", "0.5", "8"),
    # pancreas and muscle
    laboratory("amylase", "Amylase", "U/L", "1", "20000"),
    laboratory("lipase", "Lipase", "U/L", "1", "50000"),
    laboratory("creatine_kinase", "Creatine phosphokinase", "U/L", "5", "500000"),
    # salts and metabolism
    laboratory("sodium", "Sodium", "mmol/L", "90", "200"),
    laboratory("potassium", "Potassium", "mmol/L", "1", "12"),
    laboratory("calcium", "Calcium, total", "mg/dL", "3", "25"),
    laboratory("corrected_calcium", "Calcium, corrected for albumin", "mg/dL", "3", "25"),
    laboratory("ionized_calcium", "Calcium, ionized", "mmol/L", "0.3", "5"),
    laboratory("magnesium", "Magnesium", "mg/dL", "0.2", "20"),
    laboratory("phosphate", "Phosphate", "mg/dL", "0.2", "30"),
    laboratory("bicarbonate", "Bicarbonate", "mmol/L", "2", "60"),
    laboratory("arterial_ph", "pH of arterial blood", "1", "6.5", "8"),
    laboratory("glucose", "Glucose", "mg/dL", "10", "2000"),
    laboratory("fasting_glucose", "Glucose, fasting", "mg/dL", "10", "2000"),
    laboratory("random_glucose", "Glucose, not fasting", "mg/dL", "10", "2000"),
    laboratory("uric_acid", "Uric acid", "mg/dL", "0.2", "40"),
    laboratory("cholesterol", "Cholesterol", "mg/dL", "20", "2000"),
    laboratory("triglycerides", "Triglycerides", "mg/dL", "10", "15000"),
    # coagulation
    laboratory("inr", "INR", "1", "0.5", "20"),
    laboratory("ptt", "Partial thromboplastin time", "s", "10", "250"),
    laboratory("fibrinogen", "Fibrinogen", "mg/dL", "5", "2000"),
    laboratory("haptoglobin", "Haptoglobin", "mg/dL", "0", "1000"),
    # other
    laboratory("tsh", "Thyroid stimulating hormone", "m[IU]/L", "0", "500"),
    laboratory("hcg", "hCG", "[IU]/L", "0", "1000000"),
)
