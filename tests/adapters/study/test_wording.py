"""The published descriptions of grades are read from the user's copy, and a copy of another version is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.adapters.study.wording import load_wording
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5

WIDE = "MedDRA SOC,CTCAE Term,Grade 1   ,Grade 2,Grade 3,Grade 4,Grade 5\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "wording.csv"
    path.write_bytes(text.encode("utf-8-sig"))
    return path


@pytest.mark.parametrize(
    "text",
    [
        WIDE + "General,Fatigue,first,second ;  third,x,-,\n",
        "term,grade,description\nfatigue,1,first\nFATIGUE,2,second ; third\nFatigue,3,x\n",
    ],
)
def test_a_column_for_each_grade_and_a_row_for_each_grade_are_read_alike(tmp_path, text):
    found = load_wording(written(tmp_path, text), CTCAE_5)
    assert found.texts == {"Fatigue": {1: "first", 2: "second ; third", 3: "x"}}
    assert found.findings == ()


def test_what_the_version_lacks_is_left_out_and_told_once_for_each_kind(tmp_path):
    text = WIDE + "G,Fatigue,a,b,c,d,\nG,Wolff-Parkinson-White syndrome,a,,,,\nG,Fetal death,,,,,e\n"
    found = load_wording(written(tmp_path, text), CTCAE_5)
    assert found.texts == {"Fatigue": {1: "a", 2: "b", 3: "c"}}
    assert [one.says for one in found.findings] == [
        "wording.csv has terms that CTCAE 5.0 lacks (2): Wolff-Parkinson-White syndrome; Fetal death.",
        "wording.csv has grades that do not exist in CTCAE 5.0 (1): Fatigue, grade 4.",
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
    ("table", "file", "terms"),
    [
        (CTCAE_3, "ctcae_v3_grades.csv", {term.short for term in (*CTCAE_3.laboratory, *CTCAE_3.named)}),
        (CTCAE_5, "ctcae_v5_terms.csv", {term.name for term in (*CTCAE_5.laboratory, *CTCAE_5.named)}),
        (CTCAE_4_03, "ctcae_v4_lab_terms.csv", {t.name for t in CTCAE_4_03.laboratory} - {"Proteinuria"}),
    ],
    ids=["3.0", "5.0", "4.03, laboratory terms alone"],
)
def test_a_whole_published_table_has_a_text_for_every_grade_of_every_term(corpus, table, file, terms):
    found = load_wording(corpus / "ctcae" / file, table)
    assert set(found.texts) == terms
    assert {name: set(found.texts[name]) for name in terms} == {name: set(table.term(name).grades) for name in terms}
    assert [one.says for one in found.findings] == []
