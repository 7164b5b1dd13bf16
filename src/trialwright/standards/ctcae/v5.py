"""CTCAE version 5.0 (NCI, 27 November 2017): the laboratory terms whose bounds differ from version 4.03, and the table.

Liver values count by the upper limit where the value before treatment was normal, else by that value; creatinine by
both, grade 1 by the upper limit alone. Lipase, amylase and sodium part grades by symptoms that a number cannot tell.
High glucose and low phosphate are graded by what was done about them and only a person reports them. Read `CTCAE_5`.
"""

from __future__ import annotations

from dataclasses import replace

from trialwright.core.terms import Quantity
from trialwright.core.toxicity import Bound, LaboratoryTerm, ToxicityTable
from trialwright.standards.ctcae.bounds import above, and_where, below, term, times_baseline, times_lower, times_upper
from trialwright.standards.ctcae.meddra_terms import named
from trialwright.standards.ctcae.since_v4 import (
    ANTICOAGULATION,
    BLOOD,
    CONSEQUENCES,
    KIDNEY,
    METABOLISM,
    SAME,
    SYMPTOMS,
    TESTS,
)

_LIVER: tuple[LaboratoryTerm, ...] = (
    times_baseline("Alanine aminotransferase increased", TESTS, "alt", "U/L", "1 3.0 5.0 20.0", ">= 1.5", "1234",
                   "ALT", "SGPT"),
    times_baseline("Aspartate aminotransferase increased", TESTS, "ast", "U/L", "1 3.0 5.0 20.0", ">= 1.5", "1234",
                   "AST", "SGOT"),
    times_baseline("Alkaline phosphatase increased", TESTS, "alkaline_phosphatase", "U/L", "1 2.5 5.0 20.0", ">= 2.0",
                   "1234"),
    times_baseline("GGT increased", TESTS, "ggt", "U/L", "1 2.5 5.0 20.0", ">= 2.0", "1234", "GGT"),
    times_baseline("Blood bilirubin increased", TESTS, "bilirubin", "mg/dL", "1 1.5 3.0 10.0", "> 1.0", "1234",
                   "hyperbilirubinemia"),
)  # fmt: skip

_PANCREAS: tuple[Bound, ...] = (
    above(1, "1", of="ULN"), above(2, "1.5", of="ULN"), above(3, "5.0", of="ULN"),
)  # fmt: skip
_PANCREAS_SYMPTOMS: tuple[Bound, ...] = (above(3, "2.0", of="ULN"), above(4, "5.0", of="ULN"))

_CREATININE: tuple[Bound, ...] = (
    above(1, "1", of="ULN"), above(2, "1.5", of="ULN"), above(3, "3.0", of="ULN"), above(4, "6.0", of="ULN"),
    above(2, "1.5", of="BASELINE"), above(3, "3.0", of="BASELINE"),
)  # fmt: skip

_FIBRINOGEN: tuple[Bound, ...] = (
    below(1, "1", of="LLN"), below(2, "0.75", of="LLN"), below(3, "0.5", of="LLN"), below(4, "0.25", of="LLN"),
    below(4, "50"),
    # "if abnormal": the decrease from baseline counts for a value that is itself below the lower limit
    *(replace(below(grade, at, of="BASELINE", sign="<="), when="abnormal")
      for grade, at in ((2, "0.75"), (3, "0.5"), (4, "0.25"))),
)  # fmt: skip

_ORGANS: tuple[LaboratoryTerm, ...] = (
    and_where(term("Lipase increased", TESTS, "lipase", "high", "U/L", _PANCREAS, "1234"),
              SYMPTOMS, *_PANCREAS_SYMPTOMS),
    and_where(term("Serum amylase increased", TESTS, "amylase", "high", "U/L", _PANCREAS, "1234"),
              SYMPTOMS, *_PANCREAS_SYMPTOMS),
    term("Creatinine increased", TESTS, "creatinine", "high", "mg/dL", _CREATININE, "1234"),
    term("Proteinuria", KIDNEY, "urine_protein", "high", "g/d",
         (above(1, "1", of="ULN", sign=">="), above(2, "1.0", sign=">="), above(3, "3.5", sign=">=")), "123"),
    times_upper("Blood lactate dehydrogenase increased", TESTS, "ldh", "U/L", "1", "1", "LDH"),
    times_upper("Thyroid stimulating hormone increased", TESTS, "tsh", "m[IU]/L", "1", "1", "TSH"),
)  # fmt: skip

_INR = tuple(above(grade, at) for grade, at in ((1, "1.2"), (2, "1.5"), (3, "2.5")))
_INR_TREATED = tuple(above(grade, at, of="BASELINE") for grade, at in ((1, "1"), (2, "1.5"), (3, "2.5")))

_HEMOGLOBIN = tuple(
    above(grade, "1", of="ULN", plus=Quantity.parse(f"{more} g/dL")) for grade, more in ((1, "0"), (2, "2"), (3, "4"))
)
"""An increase "above normal", as the definition of the term says; 4.03 reckoned from a high baseline instead."""

_EOSINOPHILS = (
    above(1, "1", of="ULN", when="baseline normal"),
    above(1, "1", of="BASELINE", when="baseline abnormal"),
)
"""Above the upper limit and above the baseline: whichever of the two is higher."""

_BLOOD: tuple[LaboratoryTerm, ...] = (
    term("Eosinophilia", BLOOD, "eosinophils", "high", "/mm3", _EOSINOPHILS, "13"),
    term("Methemoglobinemia", BLOOD, "methemoglobin", "high", "%", (above(2, "1", of="ULN"),), "2345"),
    term("Fibrinogen decreased", TESTS, "fibrinogen", "low", "mg/dL", _FIBRINOGEN, "1234"),
    and_where(term("INR increased", TESTS, "inr", "high", "1", _INR, "123", "INR"), ANTICOAGULATION, *_INR_TREATED),
    term("Hemoglobin increased", TESTS, "hemoglobin", "high", "g/dL", _HEMOGLOBIN, "123"),
)

_METABOLISM: tuple[LaboratoryTerm, ...] = (
    times_lower("Blood bicarbonate decreased", TESTS, "bicarbonate", "mmol/L", "1", "1"),
    and_where(times_upper("Hyperuricemia", METABOLISM, "uric_acid", "mg/dL", "1", "1345"),
              CONSEQUENCES, above(3, "1", of="ULN")),
    # printed in whole numbers, 125-129 and 120-124: a value between two of them belongs to the worse range
    and_where(term("Hyponatremia", METABOLISM, "sodium", "low", "mmol/L",
                   (below(1, "1", of="LLN"), below(2, "130"), below(3, "125"), below(4, "120")), "12345"),
              SYMPTOMS, below(3, "130")),
)  # fmt: skip

CTCAE_5 = ToxicityTable(
    name="CTCAE",
    version="5.0",
    laboratory=(*SAME, *_LIVER, *_ORGANS, *_BLOOD, *_METABOLISM),
    named=named("5.0"),
)
"""The whole of version 5.0 as this program uses it."""
