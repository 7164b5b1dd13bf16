"""Every criterion of entry at its border: at it met, a step past it not met, and unknown where the datum is missing.

The limits are those of the record's sentences, quoted beside them; dates are counted by hand from the registration on
2025-02-24 and the first dose planned for 2025-03-03.
"""

from __future__ import annotations

import pytest
from people import ELIGIBLE, GOING_ON, V1, V2, WOMAN, subject

from builders import registered
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.terms import Verdict

M, U, N = Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET
ON = "2025-02-24"
PLANNED = registered(ON, planned_first_dose="2025-03-03")
LIMITS = {"low": "10 U/L", "high": "40 U/L"}


def other(code: str = "other_malignancy", **told) -> dict:
    return {"malignancy_review": "listed", "malignancy/1": {"code": code, "start": "2018", **told}}


def drug(code: str, **told) -> dict:
    return {"medication_review": "listed", "medication/1": {"code": code, **told}}


def before(code: str, **told) -> dict:
    return {"prior_therapy/2": {"code": code, "start": "2024-01", **told}}


SKIN = {"code": "basal_cell_carcinoma_of_skin", "end": "2024-02", "treated": "yes"}
MELANOMA = {**SKIN, "code": "melanoma_in_situ_of_skin", "margins_free": "yes", "disease_free": "yes"}
FAILED_NOT = {"failed_topical": "no", "prior_therapy/1": {**ELIGIBLE["prior_therapy/1"], "outcome": "responded"}}
AGED = {"age": None, "consent_date": ON}

BORDERS = {
    # criterion: (data at the border: met), (data a step past it: not met), (the datum missing: unknown)
    "age": (  # "18 Years to 120 Years": 18 on the day, 17 years and 364 days
        [{**AGED, "birth_date": "2007-02-24"}, {"age": "18"}, {"age": "120"}],
        [{**AGED, "birth_date": "2007-02-25"}, {"age": "17"}, {"age": "121"}],
        [{"age": None}, {**AGED, "birth_date": "2007-02"}],
    ),
    "sex": ([{"sex": "male"}, WOMAN], [], [{"sex": None}, {"sex": "intersex"}]),
    "disease": ([{}], [{"histology": "no"}], [{"histology": None}]),
    "stage": ([{"stage": "IA"}, {"stage": "IVB"}], [], [{"stage": None}, {"stage": "V"}]),
    "prior_topical": (
        [{"failed_topical": "no"}, {"prior_therapy/1": None}],
        [FAILED_NOT],
        [{"failed_topical": None, "prior_therapy/1": None}],
    ),
    "measurable": (
        [{"indicator_lesion": "no", "erythroderma": "yes"}],
        [{"indicator_lesion": "no"}],
        [{"indicator_lesion": None}],
    ),
    "ecog": ([{"ecog": "0"}, {"ecog": "2"}], [{"ecog": "3"}, {"ecog": "4"}], [{"ecog": None}, {"ecog": "6"}]),
    "wbc": ([{"wbc": "3000 /mm3"}, {"wbc": "3.0 10*9/L"}], [{"wbc": "2999 /mm3"}], [{"wbc": None}, {"wbc": "-1 /mm3"}]),
    "anc": (
        [{"anc": "1500 /mm3"}, {"anc": "1.5 10*9/L"}],
        [{"anc": "1499 /mm3"}],
        [{"anc": None}, {"anc": "1.5 mg/dL"}],
    ),
    "platelets": ([{"platelets": "100000 /mm3"}], [{"platelets": "99999 /mm3"}], [{"platelets": None}]),
    "creatinine": (
        [{"creatinine": "2.0 mg/dL"}, {"creatinine": "176.8 umol/L"}],  # 2.0 x 10 / 113.12 x 1000 = 176.80
        [{"creatinine": "2.01 mg/dL"}, {"creatinine": "177 umol/L"}],
        [{"creatinine": None}],
    ),
    "bilirubin": ([{"bilirubin": "2.2 mg/dL"}], [{"bilirubin": "2.21 mg/dL"}], [{"bilirubin": None}]),
    "ast_alt": (
        [{"ast": "80 U/L"}, {"alt": "80 U/L"}, {"ast": None, "ast/1": {"value": "100 U/L", "high": "50 U/L"}}],
        [{"ast": "80.1 U/L"}, {"alt": "81 U/L"}],
        [{"ast": None}, {"alt": None}],
    ),
    "pregnancy": ([WOMAN], [{**WOMAN, "pregnant": "yes"}, {**WOMAN, "nursing": "yes"}], [{**WOMAN, "nursing": None}]),
    "pregnancy_test_negative": (
        [WOMAN, {**WOMAN, "fertile": "no", "pregnancy_test": None}, {"fertile": "yes"}],
        [{**WOMAN, "pregnancy_test": "positive"}, {**WOMAN, "fertile": "no", "pregnancy_test": "positive"}],
        [{**WOMAN, "pregnancy_test": None}, {**WOMAN, "fertile": None, "pregnancy_test": None}],
    ),
    "contraception_women": (
        [WOMAN, {**WOMAN, "fertile": "no", "double_contraception": None}],
        [{**WOMAN, "double_contraception": "no"}],
        [{**WOMAN, "double_contraception": None}],
    ),
    "contraception_of_men": (
        [{"fertile": "yes", "contraception_men": "yes"}],
        [{"fertile": "yes", "contraception_men": "no"}],
        [{"fertile": "yes"}, {"fertile": None}],
    ),
    "other_cancer": (  # five years before 24 February 2025 is 24 February 2020
        [other(end="2020-02-23"), other(**SKIN), other(**MELANOMA), other("carcinoma_in_situ_of_cervix")],
        [
            other(end="2020-02-24"),
            other(ongoing="yes"),
            other(**{**SKIN, "treated": "no"}),
            other(**{**MELANOMA, "treated": "no"}),
            other(**{**MELANOMA, "margins_free": "no"}),
            other(**{**MELANOMA, "disease_free": "no"}),
        ],
        [
            {"malignancy_review": None},
            other(end="2020"),
            other(**{**MELANOMA, "margins_free": None}),
            other(**{**SKIN, "treated": None}),
        ],
    ),
    "infection": ([{}], [{"acute_infection": "yes"}], [{"acute_infection": None}]),
    "thalidomide_allergy": (
        [{}],
        [{"thalidomide_hypersensitivity": "yes"}],
        [{"thalidomide_hypersensitivity": None}],
    ),
    "washout": (  # "More than 4 weeks": 28 days before 3 March is 3 February
        [before(code, end="2025-02-02") for code in ("topical_steroid", "methotrexate", "interferon")],
        [before(code, end="2025-02-03") for code in ("topical_steroid", "methotrexate", "interferon")],
        [before("interferon", end="2025-02"), before("interferon"), {"prior_therapy_review": None}],
    ),
    "no_transplantation": (
        [before("interferon", end="2024-02")],
        [before("stem_cell_transplantation"), before("allogeneic_transplantation", start="1999")],
        [{"prior_therapy_review": None}, before("", end="2024-02")],
    ),
    "no_concurrent_systemic": (
        [drug("methotrexate", start="2024", end="2025-02-23"), drug("emollient", **GOING_ON)],
        [drug("methotrexate", start="2024", end=ON), drug("thalidomide", **GOING_ON), drug("radiotherapy", **GOING_ON)],
        [{"medication_review": None}, drug("methotrexate", start="2024")],
    ),
    "no_concurrent_topical": (
        [drug("emollient", **GOING_ON), drug("topical_steroid", start="2024", end="2025-02-23")],
        [drug("topical_steroid", **GOING_ON)],
        [{"medication_review": None}, drug("unheard_of_cream", **GOING_ON)],
    ),
}
CASES = [
    pytest.param(name, told, verdict, id=f"{name} {verdict.value} {number}")
    for name, sides in BORDERS.items()
    for verdict, listed in zip((M, N, U), sides, strict=True)
    for number, told in enumerate(listed)
]


def judged(told: dict, version=V2):
    items = {**ELIGIBLE, **told}
    given = {key: value for key, value in items.items() if value is not None}
    return judge_eligibility(subject(PLANNED, items=given, on=ON, version=version), PLANNED.occurred)


@pytest.mark.parametrize(("name", "told", "verdict"), CASES)
def test_a_criterion_at_its_border_past_it_and_without_its_datum(name, told, verdict):
    answer = next(one for one in judged(told).criteria if one.id == name)
    assert answer.verdict is verdict, answer.because[0].saw
    assert bool(answer.missing) == (verdict is U), answer
    assert answer.because[0].words, "an answer quotes its clause"
    assert answer.evidence or verdict is U, "an answer stands on data"


@pytest.mark.parametrize("version", [V1, V2], ids=["1", "2"])
def test_every_criterion_has_its_borders_here_and_the_subject_at_none_of_them_is_eligible(version):
    assert {one.id for one in version.eligibility} - {"see_disease"} == set(BORDERS)
    assert judged({}, version).word == "eligible"


def test_a_reference_to_another_criterion_has_its_answer():
    for told, verdict in [({}, M), (FAILED_NOT, N)]:
        by_id = {one.id: one.verdict for one in judged(told).criteria}
        assert by_id["see_disease"] is by_id["prior_topical"] is verdict
