"""The worked patients of every study, each by its name; and what a case file may not say.

The cases themselves stand in studies/<id>/cases; their expectations are worked by hand from the clauses.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from trialwright.adapters.study import Study, load_study
from trialwright.adapters.study.cases import load_cases, run_case

STUDIES = sorted(file.parent for file in Path(__file__).resolve().parents[3].glob("studies/*/cases"))


@cache
def study_of(folder: Path) -> Study:
    return load_study(folder)


WORKED = [(folder, case) for folder in STUDIES for case in load_cases(study_of(folder))[0]]


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_the_case_files_of_a_study_hold_cases_and_nothing_wrong(folder):
    cases, findings = load_cases(study_of(folder))
    assert cases and [(one.where, one.says) for one in findings] == []


@pytest.mark.parametrize(("folder", "case"), WORKED, ids=[f"{folder.name}: {case.name}" for folder, case in WORKED])
def test_a_worked_patient(folder, case):
    trial = study_of(folder).trial
    assert trial is not None
    said = run_case(trial, case)
    assert [one.says for one in said.findings] == []
    assert [(one.word, "expected", one.expected, "got", one.got) for one in said.differences] == []
