"""Every laboratory term of the three published tables is graded from a value, or says why no value grades it."""

from __future__ import annotations

import csv
import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from trialwright.core.toxicity import LaboratoryTerm, ToxicityTable
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.by_person import REASONS, reason_of
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5

TABLES = (CTCAE_3, CTCAE_4_03, CTCAE_5)
SPEAKS_OF_A_LABORATORY = re.compile(
    r"LLN|ULN|limit of normal|mg/dL|mmol|g/L\b|/mm\(?3|10e9|mEq|laborator|biochem|eGFR|\bANC\b|million/mL|manufacturer",
    re.IGNORECASE,
)
DOCS = Path(__file__).resolve().parents[2] / "docs"


def published(corpus: Path, table: ToxicityTable) -> Iterator[tuple[str, str]]:
    """Each term with the text of one of its grades."""
    folder = corpus / "ctcae"
    if table is CTCAE_4_03:
        for term in json.loads((folder / "ctcae_v4.json").read_text(encoding="utf-8")):
            yield from ((term["term"], text) for text in term["grades"].values())
        return
    name = "ctcae_v3_grades.csv" if table is CTCAE_3 else "ctcae_v5_terms.csv"
    with (folder / name).open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            cells = [row["description"]] if "description" in row else [row[f"grade_{n}"] for n in range(1, 6)]
            yield from ((row["term"], cell) for cell in cells)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.version)
def test_a_term_whose_grades_speak_of_a_laboratory_is_graded_or_has_its_reason(corpus, table):
    speaking = {
        " ".join(term.split()) for term, text in published(corpus, table) if SPEAKS_OF_A_LABORATORY.search(text)
    }
    assert len(speaking) >= 40
    unaccounted = []
    for name in sorted(speaking):
        term = table.term(name)
        assert term is not None, name
        # infections are graded by what is done; version 3.0 parts them by the neutrophil count in their names
        by_infection = "ANC" in name or term.category.startswith("Infection")
        if not (isinstance(term, LaboratoryTerm) or reason_of(term) or by_infection):
            unaccounted.append(name)
    assert unaccounted == []


def test_each_reason_is_of_a_term_that_some_version_has_and_leaves_to_a_person():
    named = {term.name for table in TABLES for term in table.named}
    assert set(REASONS) <= named


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.version)
def test_each_graded_analyte_is_a_concept_that_a_site_can_record_with_its_limits(table):
    for term in table.laboratory:
        assert CONCEPTS[term.analyte].reference_range, term.analyte


def test_the_page_of_laboratory_terms_is_up_to_date():
    written = (DOCS / "reference" / "laboratory-terms.md").read_text(encoding="utf-8")
    assert written == runpy.run_path(str(DOCS / "laboratory_terms.py"))["page"]()
