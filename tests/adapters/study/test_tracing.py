"""Statement to module to case: every clause has its cases, every statement its proof, and the manual is up to date."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from pathlib import Path

import pytest

from trialwright.adapters.study import load_study
from trialwright.adapters.study.cases import CaseResult, coverage, load_cases, run_case
from trialwright.adapters.study.tracing import MODULES, load_statements, modules_of, traced, untraced
from trialwright.core import protocol as kinds
from trialwright.core.protocol import Clause, StudyProtocol, clauses

PROJECT = Path(__file__).resolve().parents[3]
STUDIES = sorted(file.parent for file in PROJECT.glob("studies/*/cases"))


@cache
def judged(folder: Path) -> tuple[StudyProtocol, tuple[CaseResult, ...]]:
    study = load_study(folder)
    cases, findings = load_cases(study)
    trial = study.trial
    assert trial is not None and not findings
    return trial.versions[trial.latest], tuple(run_case(trial, case) for case in cases)


def manual():
    """docs/manual.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("manual", PROJECT / "docs" / "manual.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_kind_of_clause_has_modules_that_act_on_it_and_these_exist():
    named = [one for one in vars(kinds).values() if isinstance(one, type) and issubclass(one, Clause)]
    assert {one.__name__ for one in named} - {"Clause"} <= {one.__name__ for one in MODULES}
    for module in {each for some in MODULES.values() for each in some}:
        assert importlib.import_module(f"trialwright.{module}")


@pytest.mark.parametrize("folder", STUDIES, ids=lambda one: one.name)
def test_no_clause_that_decides_something_is_without_a_case(folder):
    protocol, results = judged(folder)
    assert [clause for clause, names in coverage(protocol, results).items() if not names] == []


@pytest.mark.parametrize("folder", STUDIES, ids=lambda one: one.name)
def test_every_clause_of_a_study_has_modules(folder):
    protocol, _ = judged(folder)
    assert all(modules_of(clause) for _, clause in clauses(protocol))


@pytest.mark.parametrize(
    "folder", [one for one in STUDIES if (one / "statements.yaml").is_file()], ids=lambda one: one.name
)
def test_every_statement_has_its_words_in_the_record_its_clauses_and_its_proof(folder):
    protocol, results = judged(folder)
    statements, findings = load_statements(folder)
    assert statements is not None, [one.says for one in findings]
    record = " ".join((folder / "record.txt").read_text("utf-8").split())
    quotes = [one.quote for one in statements.statements if one.no_clause != "absent"]
    assert [quote for quote in quotes if " ".join(quote.split()) not in record] == []
    assert (PROJECT / statements.read_by).is_file()
    assert [one.says for one in untraced(traced(statements, protocol, results), protocol)] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- number: 1\n", "The file has read_by, and statements, a list."),
        ("statements: [{number: 1, says: x}]", "Statement 1 needs either clauses, or no_clause: furniture or absent."),
        ("statements: [{number: 1, says: x, no_clause: lost}]", "Statement 1 needs either clauses"),
        ("statements: [{number: 1, clauses: [a]}]", "A statement has clauses, no_clause, number, quote, says"),
    ],
)
def test_what_statements_yaml_may_not_say(tmp_path, text, says):
    (tmp_path / "statements.yaml").write_text(text, "utf-8")
    found, findings = load_statements(tmp_path)
    assert found is None and findings[0].says.startswith(says)


def test_a_statement_of_a_clause_there_is_not_or_that_no_case_proves_is_told(tmp_path):
    folder = STUDIES[0]
    protocol, results = judged(folder)
    text = "read_by: ''\nstatements:\n  - {number: 1, says: x, clauses: [nowhere]}\n"
    text += "  - {number: 2, says: y, clauses: [age]}\n"
    (tmp_path / "statements.yaml").write_text(text, "utf-8")
    statements, _ = load_statements(tmp_path)
    assert statements is not None
    says = [one.says for one in untraced(traced(statements, protocol, ()), protocol)]
    assert says == ["Statement 1 names nowhere, which is no clause.", "Statement 2 becomes age, which no case proves."]
    assert [one.says for one in untraced(traced(statements, protocol, results), protocol)] == says[:1]


@pytest.mark.parametrize("folder", STUDIES, ids=lambda one: one.name)
def test_the_manual_is_as_the_study_is(folder):
    for name, text in manual().pages(folder).items():
        page = PROJECT / "docs" / "manual" / folder.name / name
        assert page.read_text("utf-8") == text, f"{page} is out of date; run `make manual`."
