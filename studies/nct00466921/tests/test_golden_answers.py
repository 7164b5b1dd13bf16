"""Golden grades, eligibility, responses and stages, through the study's own protocol file and a subject's status.

Sources: CTCAE v3.0 as printed (a value on a bound has the lower grade); the registry record's criteria; a ratio of the
index lesions of at most 0.5 is a partial response, 1.25 or more progression; ISCL/EORTC 2007 stage groups.
"""

from __future__ import annotations

import pytest

from trialwright.core.terms import Response

C1, C2, C3 = "2025-03-03", "2025-03-31", "2025-04-28"
SCREENED = "2025-02-24"

# --- CTCAE v3.0, with the limits of normal of the laboratory: ANC 1.8, platelets 150, WBC 4.0, hemoglobin 13.5,
# ULN of creatinine 1.2, bilirubin 1.2, ALT 40 -------------------------------------------------------------------------
GRADES = {
    ("anc", "10*9/L", "Neutrophils"): "1.8 0, 1.79 1, 1.5 1, 1.49 2, 1.0 2, 0.99 3, 0.5 3, 0.49 4",
    ("platelets", "10*9/L", "Platelets"): "75 1, 74.9 2, 50 2, 49.9 3, 25 3, 24.9 4",
    ("wbc", "10*9/L", "Leukocytes"): "3.0 1, 2.99 2, 2.0 2, 1.99 3, 0.99 4",
    ("hemoglobin", "g/dL", "Hemoglobin"): "10.0 1, 9.9 2, 8.0 2, 7.9 3, 6.5 3, 6.4 4",
    ("alt", "U/L", "ALT"): "40 0, 41 1, 100 1, 100.1 2, 200 2, 200.1 3, 800 3, 801 4",
    ("creatinine", "mg/dL", "Creatinine"): "1.2 0, 1.8 1, 1.81 2, 3.6 2, 3.61 3, 7.2 3, 7.3 4",
    ("bilirubin", "mg/dL", "Bilirubin"): "1.8 1, 1.81 2, 3.6 2, 3.7 3, 12.0 3, 12.1 4",
}


@pytest.mark.parametrize(
    ("analyte", "unit", "term", "value", "grade"),
    [(*key, *pair.split()) for key, pairs in GRADES.items() for pair in pairs.split(", ")],
)
def test_a_value_under_treatment_has_the_printed_grade_in_the_status(story, analyte, unit, term, value, grade):
    told = story().entered(C1, hemoglobin="14 g/dL").start(C1).note("2025-03-10", {analyte: f"{value} {unit}"})
    found = {name: worst for name, worst in told.status("2025-03-10").grades.items() if name.startswith(term)}
    assert [str(worst) for worst in found.values()] == ([f"grade {grade}"] if grade != "0" else [])


# --- eligibility at its borders: the registration is let in or refused ------------------------------------------------
BASAL = {"code": "basal_cell_carcinoma_of_skin", "start": "2024-01", "end": "2024-02", "treated": "yes"}
MELANOMA = {
    "code": "melanoma_in_situ_of_skin",
    "start": "2024-01",
    "end": "2024-02",
    "treated": "yes",
    "margins_free": "yes",
    "disease_free": "yes",
}
OTHER = {"code": "other_malignancy", "start": "2018"}


def _interferon(end: str) -> dict[str, object]:
    return {"prior_therapy/2": {"code": "interferon", "start": "2024-01", "end": end}}


def _malignancy(**told: str) -> dict[str, object]:
    return {"malignancy_review": "listed", "malignancy/1": told}


@pytest.mark.parametrize(
    ("others", "refused_by"),
    [
        ({}, []),
        ({"anc": "1500 /mm3"}, []),
        ({"anc": "1499 /mm3"}, ["anc"]),
        ({"creatinine": "2.0 mg/dL"}, []),
        ({"creatinine": "2.01 mg/dL"}, ["creatinine"]),
        ({"bilirubin": "2.2 mg/dL"}, []),
        ({"bilirubin": "2.21 mg/dL"}, ["bilirubin"]),
        ({"ast": "80 U/L"}, []),  # exactly 2 x 40
        ({"ast": "81 U/L"}, ["ast_alt"]),
        ({"ecog": "2"}, []),
        ({"ecog": "3"}, ["ecog"]),
        # 18 on the day of consent, and one day younger
        ({"age": None, "birth_date": "2007-02-24", "consent_date": SCREENED}, []),
        ({"age": None, "birth_date": "2007-02-25", "consent_date": SCREENED}, ["age"]),
        # the first dose is planned for 3 March: 28 days after 3 February, 29 after 2 February
        (_interferon("2025-02-02"), []),
        (_interferon("2025-02-03"), ["washout"]),
        (_interferon("2025-02"), ["washout"]),  # which day of February is not known
        # 14 and 15 days before registration
        ({"wbc": None, "wbc on 2025-02-10": "6000 /mm3"}, []),
        ({"wbc": None, "wbc on 2025-02-09": "6000 /mm3"}, ["wbc"]),
        # 5 years before registration, and a day more
        (_malignancy(**OTHER, end="2020-02-23"), []),
        (_malignancy(**OTHER, end="2020-02-24"), ["other_cancer"]),
        (_malignancy(**OTHER), ["other_cancer"]),  # nobody said when it ended
        (_malignancy(**BASAL), []),
        (_malignancy(**{**BASAL, "treated": "no"}), ["other_cancer"]),
        (_malignancy(**{name: told for name, told in BASAL.items() if name != "treated"}), ["other_cancer"]),
        (_malignancy(code="carcinoma_in_situ_of_cervix", start="2024"), []),
        (_malignancy(**MELANOMA), []),
        (_malignancy(**{**MELANOMA, "treated": "no"}), ["other_cancer"]),
        (_malignancy(**{**MELANOMA, "margins_free": "no"}), ["other_cancer"]),
        (_malignancy(**{**MELANOMA, "disease_free": "no"}), ["other_cancer"]),
        ({"malignancy_review": "listed"}, ["other_cancer"]),  # said to be listed, and nothing is
        ({"fertile": "yes"}, ["contraception_of_men"]),
        ({"fertile": "yes", "contraception_men": "no"}, ["contraception_of_men"]),
        ({"fertile": "yes", "contraception_men": "yes"}, []),
    ],
)
def test_a_registration_at_the_border_of_a_criterion(story, others, refused_by):
    told = story().screen(SCREENED, **others)
    assert [one.clause for one in told.no(told.registration(SCREENED, C1))] == refused_by


@pytest.mark.parametrize(
    "unsaid",
    "age sex stage histology indicator_lesion fertile acute_infection thalidomide_hypersensitivity ecog wbc anc "
    "platelets creatinine bilirubin ast alt prior_therapy_review malignancy_review medication_review".split(),
)
def test_a_registration_with_one_datum_unknown_is_refused(story, unsaid):
    told = story().screen(SCREENED, **{unsaid: None})
    found = told.no(told.registration(SCREENED, C1))
    assert found and all("unknown" in one.says for one in found)


# --- response: 20 points at baseline ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "asked", "response"),
    [
        (0, {}, Response.CR),
        (10, {}, Response.PR),  # 0.5
        (11, {}, Response.SD),
        (24, {}, Response.SD),  # 1.2
        (25, {}, Response.PD),  # 1.25
        (10, {"new_tumor": "yes"}, Response.PD),
        (10, {"new_node": "yes"}, Response.PD),
        (10, {"new_node": None}, Response.NE),  # nobody said
        (25, {"new_node": None}, Response.PD),  # progression is known whatever the answer
    ],
)
def test_the_response_of_an_assessment_by_its_ratio_to_baseline(story, score, asked, response):
    told = story().entered(C1).start(C1).assess(C2, score, **asked)
    assert [one.response for one in told.status(C2).assessments] == [response]


def test_a_partial_response_is_confirmed_28_days_later_and_not_27(story):
    for again, confirmed in [("2025-04-27", False), ("2025-04-28", True)]:
        told = story().entered(C1).start(C1).assess(C2, 10).assess(again, 10)
        best = told.status(again).best
        assert (best.response, best.confirmed, str(best.on)) == (Response.PR, confirmed, C2)


# --- stage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classes", "stage"),
    [
        ("T2 N0 M0 B1", "IB"),
        ("T1 N2 M0 B0", "IIA"),
        ("T3 N2 M0 B1", "IIB"),
        ("T4 N0 M0 B1", "IIIB"),
        ("T2 N0 M0 B2", "IVA1"),
        ("T1 N3 M0 B0", "IVA2"),
        ("T4 N3 M1 B2", "IVB"),
    ],
)
def test_a_stage_that_is_not_that_of_its_classes_is_a_finding_in_the_status(story, classes, stage):
    named = dict(zip(("tumor_class", "node_class", "metastasis_class", "blood_class"), classes.split(), strict=True))
    for said, found in [(stage, 0), ("IA", 1)]:
        told = story().screen(SCREENED, **{**named, "stage": said})
        assert len([one for one in told.status(SCREENED).findings if f"is {stage}" in one.says]) == found
