"""The published descriptions of grades are read from the user's copy, and a copy of another version is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.adapters.study.wording import ENVIRONMENT, load_wording, wording_for
from trialwright.core.terms import Grade
from trialwright.core.toxicity import NamedTerm, ToxicityTable
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5

WIDE = "MedDRA SOC,CTCAE Term,Grade 1   ,Grade 2,Grade 3,Grade 4,Grade 5\n"


FEW = ToxicityTable("CTCAE", "5.0", (), (NamedTerm("Fatigue", "General", (1, 2, 3)), NamedTerm("Rash", "Skin", (1, 2))))
"""A table of two terms, so that a copy of it is short."""


def written(folder: Path, text: str) -> Path:
    path = folder / "wording.csv"
    path.write_bytes(text.encode("utf-8-sig"))
    return path


@pytest.mark.parametrize(
    "text",
    [
        WIDE + "General,Fatigue,first,second ;  third,x,-,\nSkin,Rash,a,b,,,\n",
        "term,grade,description\nfatigue,1,first\nFATIGUE,2,second ; third\nFatigue,3,x\nrash,1,a\nrash,2,b\n",
        '[{"term": "Fatigue", "grades": {"1": "first", "2": "second ; third", "3": "x", "4": "-", "5": null}},'
        ' {"term": "Rash", "grades": {"1": "a", "2": " b "}}, {"term": 7, "grades": {"1": "z"}}, "note"]',
    ],
)
def test_a_column_for_each_grade_a_row_for_each_grade_and_a_list_of_terms_are_read_alike(tmp_path, text):
    path = written(tmp_path, text)
    found = load_wording(path.rename(path.with_suffix(".json")) if text.startswith("[") else path, FEW)
    assert found.texts == {"Fatigue": {1: "first", 2: "second ; third", 3: "x"}, "Rash": {1: "a", 2: "b"}}
    assert found.findings == ()


def test_the_text_of_a_grade_and_of_a_term_with_its_site(tmp_path):
    found = load_wording(written(tmp_path, "term,grade,description\nPain,2,second\nPain,3,third\n"), CTCAE_5)
    assert [found.text("Pain", grade) for grade in (Grade(2), 3, 1, None)] == ["second", "third", "", ""]
    assert [found.text(term, 2) for term in ("Pain - back", "Fatigue")] == ["second", ""]


@pytest.mark.parametrize("how", ["argument", "environment", "folder", "neither"])
def test_the_copy_is_named_by_an_argument_or_by_the_environment(tmp_path, monkeypatch, how):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    (tmp_path / "ctcae-5.0.csv").write_text("term,grade,description\nFatigue,1,first\n", encoding="utf-8")
    (tmp_path / "ctcae-3.0.csv").write_text("term,grade,description\nFatigue,1,old\n", encoding="utf-8")
    path = tmp_path if how == "folder" else tmp_path / "ctcae-5.0.csv"
    if how in ("environment", "folder"):
        monkeypatch.setenv(ENVIRONMENT, str(path))
    found = wording_for(CTCAE_5, path if how == "argument" else None)
    assert found.text("Fatigue", 1) == ("" if how == "neither" else "first")
    assert bool(found.findings) == (how != "neither")
    assert wording_for(None, path).findings == ()


def test_a_folder_without_the_version_says_which_file_it_looked_for(tmp_path):
    [finding] = wording_for(CTCAE_5, tmp_path).findings
    assert "ctcae-5.0.csv could not be read" in finding.says


def test_what_the_version_lacks_is_left_out_and_told_once_for_each_kind(tmp_path):
    text = WIDE + "G,Fatigue,a,b,c,d,\nG,Wolff-Parkinson-White syndrome,a,,,,\nG,Fetal death,,,,,e\n"
    found = load_wording(written(tmp_path, text), CTCAE_5)
    assert found.texts == {"Fatigue": {1: "a", 2: "b", 3: "c"}}
    assert [one.says for one in found.findings][:2] == [
        "wording.csv has terms that CTCAE 5.0 lacks (2): Wolff-Parkinson-White syndrome; Fetal death.",
        "wording.csv has grades that do not exist in CTCAE 5.0 (1): Fatigue, grade 4.",
    ]


def test_what_the_file_lacks_of_the_version_is_told_once_for_each_kind(tmp_path):
    found = load_wording(written(tmp_path, WIDE + "G,Fatigue,a,,c,,\n"), FEW)
    assert [one.says for one in found.findings] == [
        "wording.csv lacks terms of CTCAE 5.0 (1): Rash.",
        "wording.csv lacks grades of CTCAE 5.0 (1): Fatigue, grade 2.",
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"term,grade_1\nFatigue,\n", None])
def test_a_file_that_is_no_such_table_gives_no_texts_and_says_so(tmp_path, content):
    path = tmp_path / "wording.csv"
    if content is not None:
        path.write_bytes(content)
    found = load_wording(path, CTCAE_5)
    assert found.texts == {}
    [finding] = found.findings
    assert "could not be read" in finding.says


@pytest.mark.parametrize(
    ("table", "file", "terms", "lacking"),
    [
        (CTCAE_3, "ctcae_v3_grades.csv", {term.short for term in (*CTCAE_3.laboratory, *CTCAE_3.named)}, {}),
        (CTCAE_5, "ctcae_v5_terms.csv", {term.name for term in (*CTCAE_5.laboratory, *CTCAE_5.named)}, {}),
        (
            CTCAE_4_03,
            "ctcae_v4.json",
            {term.short for term in (*CTCAE_4_03.laboratory, *CTCAE_4_03.named)},
            # this copy has no text for the first grade of three terms
            {"Heart failure": {1}, "Myocarditis": {1}, "Right ventricular dysfunction": {1}},
        ),
    ],
    ids=["3.0", "5.0", "4.03"],
)
def test_a_whole_published_table_has_a_text_for_every_grade_of_every_term(corpus, table, file, terms, lacking):
    found = load_wording(corpus / "ctcae" / file, table)
    assert set(found.texts) == terms
    absent = {name: set(table.term(name).grades) - set(found.texts[name]) for name in terms}
    assert {name: grades for name, grades in absent.items() if grades} == lacking
    assert ["lacks grades" in one.says for one in found.findings] == ([True] if lacking else [])


def test_a_copy_of_the_laboratory_terms_alone_lacks_the_others(corpus):
    found = load_wording(corpus / "ctcae" / "ctcae_v4_lab_terms.csv", CTCAE_4_03)
    assert {term.short for term in CTCAE_4_03.laboratory} - {"Proteinuria"} == set(found.texts)
    assert ["lacks terms of CTCAE 4.03" in one.says for one in found.findings] == [True]


def test_a_copy_of_another_version_is_told(corpus):
    found = load_wording(corpus / "ctcae" / "ctcae_v5_terms.csv", CTCAE_3)
    kinds = [one.says.split(" (")[0].removeprefix("ctcae_v5_terms.csv ") for one in found.findings]
    assert kinds == [
        "has terms that CTCAE 3.0 lacks",
        "has grades that do not exist in CTCAE 3.0",
        "lacks terms of CTCAE 3.0",
        "lacks grades of CTCAE 3.0",
    ]
