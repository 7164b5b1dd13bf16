"""The people of this study's tests: a man and a woman who may enter, under a version of the protocol."""

from __future__ import annotations

from pathlib import Path

from builders import case, limits
from trialwright.adapters.study import load_study
from trialwright.core.protocol import StudyProtocol
from trialwright.core.subject import Case
from trialwright.standards import load_standards

FOLDER = Path(__file__).resolve().parents[1]
STUDY = load_study(FOLDER)
V1, V2 = STUDY.versions["1"], STUDY.versions["2"]
DRUG = V2.regimen[0].drug
SITE = "northwestern"
RANGES = (limits("ast", "10 U/L", "40 U/L"), limits("alt", "10 U/L", "40 U/L"))

ELIGIBLE = {
    "age": "60",
    "sex": "male",
    "stage": "IB",
    "histology": "yes",
    "erythroderma": "no",
    "failed_topical": "yes",
    "indicator_lesion": "yes",
    "fertile": "no",
    "acute_infection": "no",
    "thalidomide_hypersensitivity": "no",
    "ecog": "1",
    "wbc": "6000 /mm3",
    "anc": "4000 /mm3",
    "platelets": "250000 /mm3",
    "creatinine": "1.0 mg/dL",
    "bilirubin": "0.8 mg/dL",
    "ast": "30 U/L",
    "alt": "30 U/L",
    "prior_therapy_review": "listed",
    "prior_therapy/1": {"code": "topical_steroid", "start": "2020-01", "end": "2024-06-01", "outcome": "failed"},
    "malignancy_review": "none",
    "medication_review": "none",
}
GOING_ON = {"ongoing": "yes", "start": "2024"}
WOMAN = {
    "sex": "female",
    "fertile": "yes",
    "pregnant": "no",
    "nursing": "no",
    "pregnancy_test": "negative",
    "double_contraception": "yes",
}


def subject(*events, items=None, on="2025-02-24", version: StudyProtocol = V2, **parts) -> Case:
    standards = load_standards(version)
    return case(
        *events,
        protocol=version,
        items=items,
        on=on,
        site=SITE,
        ranges=RANGES,
        units=standards.units,
        concepts=standards.concepts,
        **parts,
    )
