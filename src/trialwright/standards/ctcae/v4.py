"""CTCAE version 4.03 (NCI, 14 June 2010): the laboratory terms whose bounds version 5.0 changed, and the whole table.

Creatinine counts by the upper limit and by the value before treatment, whichever gives the higher grade; liver values
by the upper limit alone. INR counts by the value before treatment only under anticoagulation, which a number does not
tell. Proteinuria is printed for 24 hours as "1.0 - 3.4" and above: 3.5 is where grade 3 begins, so that no value is
left without a grade. Read `CTCAE_4_03`.
"""

from __future__ import annotations

from trialwright.core.terms import Quantity
from trialwright.core.toxicity import Bound, LaboratoryTerm, ToxicityTable
from trialwright.standards.ctcae.bounds import above, and_where, below, falling, only_where, rising, term, times_upper
from trialwright.standards.ctcae.meddra_terms import named
from trialwright.standards.ctcae.since_v4 import (
    ANTICOAGULATION,
    CONSEQUENCES,
    FASTING,
    KIDNEY,
    METABOLISM,
    SAME,
    TESTS,
)

_LIVER: tuple[LaboratoryTerm, ...] = (
    times_upper("Alanine aminotransferase increased", TESTS, "alt", "U/L", "1 3.0 5.0 20.0", "1234", "ALT", "SGPT"),
    times_upper("Aspartate aminotransferase increased", TESTS, "ast", "U/L", "1 3.0 5.0 20.0", "1234", "AST", "SGOT"),
    times_upper("Alkaline phosphatase increased", TESTS, "alkaline_phosphatase", "U/L", "1 2.5 5.0 20.0", "1234"),
    times_upper("GGT increased", TESTS, "ggt", "U/L", "1 2.5 5.0 20.0", "1234", "GGT"),
    times_upper("Blood bilirubin increased", TESTS, "bilirubin", "mg/dL", "1 1.5 3.0 10.0", "1234",
                "hyperbilirubinemia"),
    times_upper("Lipase increased", TESTS, "lipase", "U/L", "1 1.5 2.0 5.0", "1234"),
    times_upper("Serum amylase increased", TESTS, "amylase", "U/L", "1 1.5 2.0 5.0", "1234"),
)  # fmt: skip

_CREATININE: tuple[Bound, ...] = (
    above(1, "1", of="ULN"), above(2, "1.5", of="ULN"), above(3, "3.0", of="ULN"), above(4, "6.0", of="ULN"),
    above(1, "1", of="BASELINE"), above(2, "1.5", of="BASELINE"), above(3, "3.0", of="BASELINE"),
)  # fmt: skip

_KIDNEY: tuple[LaboratoryTerm, ...] = (
    term("Creatinine increased", TESTS, "creatinine", "high", "mg/dL", _CREATININE, "1234"),
    term("Proteinuria", KIDNEY, "urine_protein", "high", "g/d",
         (above(1, "1", of="ULN"), above(2, "1.0", sign=">="), above(3, "3.5", sign=">=")), "123"),
)  # fmt: skip

_FIBRINOGEN: tuple[Bound, ...] = (
    below(1, "1", of="LLN"), below(2, "0.75", of="LLN"), below(3, "0.5", of="LLN"), below(4, "0.25", of="LLN"),
    below(4, "50"),
    # a decrease from baseline of less than 25%, 25 to less than 50%, 50 to less than 75%, 75%
    below(1, "1", of="BASELINE"), below(2, "0.75", of="BASELINE", sign="<="),
    below(3, "0.5", of="BASELINE", sign="<="), below(4, "0.25", of="BASELINE", sign="<="),
)  # fmt: skip

_INR = tuple(above(grade, at, of="ULN") for grade, at in ((1, "1"), (2, "1.5"), (3, "2.5")))
_INR_TREATED = tuple(above(grade, at, of="BASELINE") for grade, at in ((1, "1"), (2, "1.5"), (3, "2.5")))

_HEMOGLOBIN: tuple[Bound, ...] = tuple(
    above(grade, "1", of=of, when=when, plus=Quantity.parse(f"{more} g/dL"))
    for of, when in (("ULN", "baseline normal"), ("BASELINE", "baseline abnormal"))
    for grade, more in ((1, "0"), (2, "2"), (3, "4"))
)

_BLOOD: tuple[LaboratoryTerm, ...] = (
    term("Fibrinogen decreased", TESTS, "fibrinogen", "low", "mg/dL", _FIBRINOGEN, "1234"),
    and_where(term("INR increased", TESTS, "inr", "high", "1", _INR, "123", "INR"), ANTICOAGULATION, *_INR_TREATED),
    term("Hemoglobin increased", TESTS, "hemoglobin", "high", "g/dL", _HEMOGLOBIN, "123"),
)

_SUGAR = {"mg/dL": "160 250 500", "mmol/L": "8.9 13.9 27.8"}

_METABOLISM: tuple[LaboratoryTerm, ...] = (
    # grades 1 and 2 are printed for fasting values, grades 3 and 4 for any
    only_where(rising("Hyperglycemia", METABOLISM, "glucose", _SUGAR, "12345"), FASTING, 1, 2),
    rising("Hyperglycemia", METABOLISM, "fasting_glucose", _SUGAR, "12345"),
    term("Hyperglycemia", METABOLISM, "random_glucose", "high", " ".join(_SUGAR),
         (above(3, "250", "13.9"), above(4, "500", "27.8")), "12345"),
    # grade 3 is the range of grade 1 with physiologic consequences
    and_where(rising("Hyperuricemia", METABOLISM, "uric_acid", {"mg/dL": "- - 10", "mmol/L": "- - 0.59"}, "1345"),
              CONSEQUENCES, above(3, "1", of="ULN")),
    falling("Hyponatremia", METABOLISM, "sodium", {"mmol/L": "- 130 120"}, "1345"),
    falling("Hypophosphatemia", METABOLISM, "phosphate", {"mg/dL": "2.5 2.0 1.0", "mmol/L": "0.8 0.6 0.3"}, "12345"),
)  # fmt: skip

CTCAE_4_03 = ToxicityTable(
    name="CTCAE",
    version="4.03",
    laboratory=(*SAME, *_LIVER, *_KIDNEY, *_BLOOD, *_METABOLISM),
    named=named("4.03"),
)
"""The whole of version 4.03 as this program uses it."""
