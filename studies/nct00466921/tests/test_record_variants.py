"""The page as other text extractions give it: lines doubled or indented, columns, headings kept; the same fields."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trialwright.adapters.registry import read
from trialwright.adapters.registry.reading import RegistryReading, leaves

RECORD = (Path(__file__).resolve().parents[1] / "record.txt").read_text(encoding="utf-8")
LABELS = (
    "Allocation|Masking|Official Title|Primary Purpose|Last Verified|Other Study ID Numbers|First Posted ?|Study Type "
)
LABEL = rf"((?:{LABELS}):)"
ADVICE = r"(?m)^(?:Information from the|To learn more|Choosing|Please refer).*\n"
COLUMNS = ("Lymphoma Drug: lenalidomide Phase 2", "Experimental: Lenalidomide Drug: lenalidomide")
FOOTER = "\nTo Top\nFor Patients and Families\nFor Researchers\nFor Study Record Managers\nCopyright\nPrivacy\n"


def columns(by: str) -> str:
    text = RECORD
    for line in COLUMNS:
        text = text.replace(line, re.sub(r" (Drug:|Phase)", rf"{by}\1", line))
    return text


VARIANTS = {
    "a value on the line below its label": re.sub(LABEL + r"[ \xa0]*", r"\1\n", RECORD),
    "every line followed by a blank one": RECORD.replace("\n", "\n\n"),
    "no blank lines": re.sub(r"\n\s*\n", "\n", RECORD),
    "every line indented": "\n".join(f"   {line}" for line in RECORD.split("\n")),
    "columns parted by tabs": columns("\t"),
    "columns one below the other": columns("\n"),
    "plain spaces": RECORD.replace("\xa0", " "),
    "stars for bullets": RECORD.replace("•", "*"),
    "dashes for bullets": RECORD.replace("•", "-"),
    "no layout remarks": re.sub(r"(?m)^Layout table.*\n", "", RECORD),
    "no advice about contacts": re.sub(ADVICE, "", RECORD),
    "study information in one line": re.sub(
        r"(?m)^(Study Type|Estimated Enr|Allocation|Intervention Model|Masking)(.*)\n", r"\1\2 ", RECORD
    ),
    "headings of the page kept": RECORD.replace(
        "Layout table for study", "Study Design\nGo to sections\nLayout table for study"
    ).replace("Arm Interv", "Arms and Interventions\nGo to sections\nArm Interv"),
    "a footer": RECORD + FOOTER,
    "a byte order mark": "\ufeff" + RECORD,
    "the label of the status lost": RECORD.replace("Recruitment Status : ", ""),
}


def fields(reading: RegistryReading) -> dict[str, object]:
    tree = {"p": reading.protocolSection, "d": reading.derivedSection}
    return {path: " ".join(re.sub("[•*-]", "", str(value)).split()) for path, value in leaves(tree)}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_fields_come_out(variant: str) -> None:
    whole, reading = read(RECORD), read(VARIANTS[variant])
    assert VARIANTS[variant] != RECORD
    assert fields(reading) == fields(whole)
    assert reading.unread == ()
    assert [c.polarity for c in reading.criteria] == [c.polarity for c in whole.criteria]


@pytest.mark.parametrize(
    ("before", "missing"),
    [
        ("Brief Summary:", "Study Design"),
        ("PURPOSE:", "Study Design"),
        ("Study Type :", "eligibility"),
        ("Secondary Outcome Measures", "eligibility"),
        ("Fertile men must", "Sponsors and Collaborators"),
        ("United States, Texas", "Sponsors and Collaborators"),
        ("Study Chair:", "more information"),
        ("Other Study ID Numbers", "the date last verified"),
    ],
)
def test_a_page_cut_before_these_words_says_what_is_missing(before: str, missing: str) -> None:
    reading = read(RECORD[: RECORD.index(before)])
    errors = [f.says for f in reading.findings if f.severity.value == "error"]
    assert any("cut" in says and missing in says for says in errors)
    assert reading.protocolSection["identificationModule"]["nctId"] == "NCT00466921"
