"""Conditions in a protocol file: what is right loads, what could never be judged is an error in its place."""

from __future__ import annotations

import pytest
from small_study import changed, study_folder

from trialwright.adapters.study import load_study
from trialwright.core.conditions import Had, Measure
from trialwright.core.terms import Severity

CREATININE = '{measure: creatinine, is: "<= 2.0 mg/dL"}'
ASKS = "asks:\n  - {id: willing, asks: Is the patient willing?}\n"
STEROID = "{had: steroid, where: {outcome: failed}}"


def loaded(tmp_path, old: str, new: str):
    folder = study_folder(tmp_path)
    next(folder.glob("protocol/*.yaml")).write_text(changed(old, new), "utf-8")
    return load_study(folder)


@pytest.mark.parametrize(
    "written",
    [
        '{measure: creatinine, is: "<= 1.5 x baseline"}',
        '{measure: creatinine, is: "<= 2.0 mg/dL", between: 10-14 days, before: first_dose}',
        '{measure: stage, is: ">= IIB"}',
        "{measure: stage, is: IA to IVB}",
    ],
)
def test_what_can_be_judged_loads_without_a_finding(tmp_path, written) -> None:
    study = loaded(tmp_path, CREATININE, written)
    assert study.findings == ()
    assert isinstance(study.versions["1"].eligibility[1].must, Measure)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('{measure: stage, is: ">= IIC"}', "IIC"),
        ("{measure: stage, is: IVB to IA}", "No stage is >= IVB and <= IA"),
        ('{measure: race, is: ">= white"}', "recorded as code"),
        ('{measure: creatinine, is: ">= IIB"}', "recorded as quantity"),
        ('{measure: itch, is: "<= 2 x ULN"}', "has no laboratory limits"),
        ('{measure: creatinine, is: "<= 2.0 mg/dL", between: 14-10 days}', "nearer end first"),
        ('{measure: creatinine, is: "<= 2 x baselin"}', "baselin"),
    ],
)
def test_what_could_never_be_judged_is_an_error(tmp_path, written, says) -> None:
    findings = loaded(tmp_path, CREATININE, written).findings
    assert any(says in one.says and one.severity is Severity.ERROR for one in findings), findings
    assert all(one.where and one.where.startswith("1.yaml:") for one in findings)


def test_a_number_of_episodes_and_what_absence_means_are_words_of_the_file(tmp_path) -> None:
    study = loaded(tmp_path, STEROID, "{had: steroid, at_least_n: 2, distinct: yes, if_absent: no}")
    assert study.findings == ()
    had = study.versions["1"].eligibility[3].must_not
    assert isinstance(had, Had)
    assert (had.at_least_n, had.distinct, had.if_absent) == (2, True, "no")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("reviews: [{of: prior_therapy, valid_for: 28 days}]\n", None),
        ("reviews: [{of: prior_terapy, valid_for: 28 days}]\n", "prior_terapy"),
        ("reviews: [{of: prior_therapy, valid_for: 28 d}]\n", "28 d"),
        ("reviews: [{of: prior_therapy}]\n", "valid_for"),
    ],
)
def test_how_long_a_review_counts_is_said_of_a_repeating_concept(tmp_path, lines, says) -> None:
    findings = loaded(tmp_path, ASKS, ASKS + lines).findings
    assert [says in f"{one.says} {one.do}" for one in findings] == ([True] if says else []), findings


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("kind: judgement, valid_for: 14 days, signed_by: [investigator]", None),
        ("kind: judgment", "judgment"),
        ("valid_for: a fortnight", "a fortnight"),
    ],
)
def test_how_long_an_answer_counts_and_who_signs_it(tmp_path, keys, says) -> None:
    findings = loaded(tmp_path, ASKS, ASKS.replace("willing?}", f"willing?, {keys}}}")).findings
    assert [says in one.says for one in findings] == ([True] if says else []), findings
