"""Laboratory terms that no number grades: only a person reports them, each with the reason.

A term is here where its published grades speak of a blood, urine or marrow test, or of a limit of normal, and one value
of one analyte does not decide the grade. The others are graded: see the laboratory terms of each version. `reason_of`.
"""

from __future__ import annotations

from collections.abc import Mapping

from trialwright.core.toxicity import NamedTerm

SEVERAL = "a diagnosis from several findings at once"
SYMPTOMS = "the grades go by symptoms and by what is done, not by the value"
MICROSCOPE = "what a pathologist sees, in words"
MAKER = "the border is the level of infarction that the maker of the test defines"
CONSEQUENCE = "grades go by symptoms and consequences; the laboratory only proves the state"

REASONS: Mapping[str, str] = {
    # blood and marrow
    "Bone marrow cellularity": MICROSCOPE,
    "Bone marrow hypocellular": MICROSCOPE,
    "Myelodysplasia": MICROSCOPE,
    "Hemolysis": SEVERAL,
    "DIC": SEVERAL,
    "Disseminated intravascular coagulation": SEVERAL,
    "Thrombotic microangiopathy": SEVERAL,
    "Hemolytic uremic syndrome": SEVERAL,
    "Thrombotic thrombocytopenic purpura": SEVERAL,
    "Febrile neutropenia": "a neutrophil count together with the course of the temperature",
    "Iron overload": CONSEQUENCE,
    "Splenic function": MICROSCOPE,
    # heart
    "Cardiac troponin I": MAKER,
    "Cardiac troponin T": MAKER,
    "Cardiac troponin I increased": MAKER,
    "Cardiac troponin T increased": MAKER,
    "Heart failure": CONSEQUENCE,
    "Right ventricular dysfunction": CONSEQUENCE,
    # liver, pancreas, kidney
    "Sinusoidal obstruction syndrome": SEVERAL,
    "Pancreatic enzymes decreased": "several enzymes at once, and symptoms from grade 2 on",
    "Acute kidney injury": "a change within hours to days, and what is done about it",
    "Chronic kidney disease": "a state of months; one filtration rate does not make it",
    "Hemoglobinuria": "present or not, and from grade 2 on what is done about it",
    "Glucosuria": "present or not",
    # metabolism and hormones
    "Hyperglycemia": "from version 5.0 on by what is done about it",
    "Hypophosphatemia": "from version 5.0 on by what is done about it",
    "Hyperphosphatemia": SYMPTOMS,
    "Hyperlipidemia": "by the treatment that is needed",
    "Rhabdomyolysis": CONSEQUENCE,
    "Tumor lysis syndrome": SEVERAL,
    "Precocious puberty": CONSEQUENCE,
    "Blood antidiuretic hormone abnormal": SYMPTOMS,
    "Blood corticotrophin decreased": SYMPTOMS,
    "Blood gonadotrophin abnormal": SYMPTOMS,
    "Blood prolactin abnormal": SYMPTOMS,
    "Growth hormone abnormal": SYMPTOMS,
    # neither blood nor urine, and yet measured against a limit of normal or a count
    "Carbon monoxide diffusing capacity decreased": "a lung test, by limit at first and by baseline afterwards",
    "Hypertension": "a pressure, by age, by how often, and by the medication that is needed",
    "Oligospermia": "the higher of the grades by concentration and by motility",
    "Hypoxia": "measured at rest, under exercise or from arterial blood, and by the oxygen that is needed",
}


def reason_of(term: NamedTerm) -> str:
    """Why a person reports a laboratory term; empty for a term that is none."""
    return REASONS.get(term.name, "")
