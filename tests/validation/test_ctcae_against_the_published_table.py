"""The grade table against the published one: names, grades that exist, and every printed bound, read anew here.

The reader below takes from a printed range only its opening bound, "<1500 - 1000/mm(3)" -> below 1500, and whether it
is a multiple of a limit; it shares no code with the table.
"""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

import pytest

from trialwright.standards.ctcae.v3 import CTCAE_3

LABORATORY = ("BLOOD/BONE MARROW", "COAGULATION", "METABOLIC/LABORATORY")
# Printed in a shape of their own; their bounds are read by hand below.
IRREGULAR = {
    "Haptoglobin",
    "Fibrinogen",
    "Glomerular filtration rate",
    "Proteinuria",
    "Acidosis (metabolic or respiratory)",
    "Alkalosis (metabolic or respiratory)",
    "Uric acid, serum-high (hyperuricemia)",
}
# Reported by a person although a number stands in their text.
NOT_FROM_ONE_VALUE = {
    "Bone marrow cellularity",
    "Hemolysis (e.g., immune hemolytic anemia, drug-related hemolysis)",
    "Myelodysplasia",
}


def published(corpus: Path) -> dict[str, dict[str, str]]:
    """Term -> grade -> text, sites left out; and the category under the key "category"."""
    found: dict[str, dict[str, str]] = {}
    with (corpus / "ctcae" / "ctcae_v3_grades.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["term"], {"category": row["category"]})[row["grade"]] = row["description"]
    return found


def opening_bounds(text: str) -> set[tuple[str, Fraction | None, str]]:
    """The opening bound of each range: sign, number (None for a limit itself), and what it is a multiple of."""
    found = set()
    for part in re.split(r";| or ", text):
        opened = re.match(r"\s*([<>])\s*(ULN|LLN|[\d,.]+)", part)
        if not opened:
            continue
        sign, number = opened.groups()
        times = re.search(r"x (ULN|LLN)", part)
        if number in ("ULN", "LLN"):
            found.add((sign, Fraction(1), number))
        else:
            found.add((sign, Fraction(number.replace(",", "")), times[1] if times else ""))
    return found


def test_the_reader_takes_the_opening_bound_only():
    assert opening_bounds("<1500 - 1000/mm(3); <1.5 - 1.0 x 10e9 /L") == {("<", 1500, ""), ("<", Fraction(3, 2), "")}
    assert opening_bounds(">2.5 - 5.0 x ULN") == {(">", Fraction(5, 2), "ULN")}
    assert opening_bounds("<LLN - 75,000/mm(3)") == {("<", 1, "LLN")}


def test_every_published_term_is_known_with_the_grades_that_exist(corpus):
    terms = published(corpus)
    assert len(terms) == 371
    told = {name: CTCAE_3.term(name) for name in terms}
    assert [name for name, term in told.items() if term is None] == []
    wrong = {
        name: term.grades
        for name, term in told.items()
        if {str(grade) for grade in term.grades} != set(terms[name]) - {"category"}
    }
    assert wrong == {}
    assert [name for name, term in told.items() if term.category.upper() != terms[name]["category"]] == []


def test_no_term_stands_in_the_table_that_was_not_published(corpus):
    ours = {term.name for term in CTCAE_3.laboratory} | {term.name for term in CTCAE_3.named}
    found = {CTCAE_3.term(name).name for name in published(corpus)}
    assert ours == found


def test_every_printed_bound_is_the_bound_of_the_table(corpus):
    terms = published(corpus)
    compared = 0
    for name in {term.name for term in CTCAE_3.laboratory} - IRREGULAR:
        texts = {int(grade): text for grade, text in terms[name].items() if grade.isdigit()}
        printed = {(grade, *bound) for grade, text in texts.items() for bound in opening_bounds(text)}
        ours = {
            (bound.grade, bound.sign, at, bound.of)
            for term in CTCAE_3.laboratory
            if term.name == name
            for bound in term.bounds
            for at in bound.at
        }
        assert ours == printed, name
        compared += len(printed)
    assert compared > 150


def test_a_laboratory_term_with_numbers_is_either_graded_or_named_as_not_gradable(corpus):
    with_numbers = {
        name
        for name, texts in published(corpus).items()
        if texts["category"] in LABORATORY
        and any(opening_bounds(text) for grade, text in texts.items() if grade.isdigit())
    }
    assert with_numbers - {term.name for term in CTCAE_3.laboratory} <= NOT_FROM_ONE_VALUE


@pytest.mark.parametrize(
    ("name", "printed", "bounds"),
    [
        ("Haptoglobin", {1: "<LLN", 3: "Absent"}, {(1, "<", "1", "LLN"), (3, "<=", "0", "")}),
        (
            "Glomerular filtration rate",
            {1: "<75 - 50% LLN", 2: "<50 - 25% LLN", 3: "<25% LLN, chronic dialysis not indicated"},
            {(1, "<", "0.75", "LLN"), (2, "<", "0.5", "LLN"), (3, "<", "0.25", "LLN")},
        ),
        (
            "Proteinuria",
            {1: "1+ or 0.15 - 1.0 g/24 hrs", 2: "2+ to 3+ or >1.0 - 3.5 g/24 hrs", 3: "4+ or >3.5 g/24 hrs"},
            {(1, ">=", "0.15", ""), (2, ">", "1", ""), (3, ">", "3.5", "")},
        ),
        (
            "Acidosis (metabolic or respiratory)",
            {1: "pH <normal, but =>7.3", 3: "pH <7.3"},
            {(1, "<", "1", "LLN"), (3, "<", "7.3", "")},
        ),
        (
            "Alkalosis (metabolic or respiratory)",
            {1: "pH >normal, but <=7.5", 3: "pH >7.5"},
            {(1, ">", "1", "ULN"), (3, ">", "7.5", "")},
        ),
        (
            "Uric acid, serum-high (hyperuricemia)",
            {1: ">ULN - 10 mg/dL; <=0.59 mmol/L without physiologic consequences", 4: ">10 mg/dL; >0.59 mmol/L"},
            {(1, ">", "1", "ULN"), (4, ">", "10", ""), (4, ">", "0.59", "")},
        ),
        (
            "Fibrinogen",
            {
                1: "<1.0 - 0.75 x LLN; or <25% decrease from baseline",
                2: "<0.75 - 0.5 x LLN; or 25 - <50% decrease from baseline",
                3: "<0.5 - 0.25 x LLN; or 50 - <75% decrease from baseline",
                4: "<0.25 x LLN; or 75% decrease from baseline or absolute value <50 mg/dL",
            },
            {
                *((grade, "<", at, "LLN") for grade, at in ((1, "1"), (2, "0.75"), (3, "0.5"), (4, "0.25"))),
                *((grade, "<=", at, "BASELINE") for grade, at in ((2, "0.75"), (3, "0.5"), (4, "0.25"))),
                (1, "<", "1", "BASELINE"),
                (4, "<", "50", ""),
            },
        ),
    ],
)
def test_a_term_printed_in_a_shape_of_its_own_is_read_by_hand(corpus, name, printed, bounds):
    texts = published(corpus)[name]
    assert {grade: texts[str(grade)] for grade in printed} == printed
    ours = {(bound.grade, bound.sign, at, bound.of) for bound in CTCAE_3.term(name).bounds for at in bound.at}
    assert ours == {(grade, sign, Fraction(at), of) for grade, sign, at, of in bounds}


def test_the_thresholds_written_out_for_ten_analytes_agree(corpus):
    """A second table of the same numbers, made by others from the printed one; counts stand there in 10^9/L."""
    with (corpus / "ctcae" / "ctcae_lab_thresholds.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["ctcae_version"] == "3.0"]
    assert len(rows) == 10
    for row in rows:
        term = CTCAE_3.term(row["ctcae_term"])
        place = [unit.replace("*", "^") for unit in term.units].index(row["unit"]) if row["unit"] != "ratio" else 0
        for grade in (1, 2, 3, 4):
            [bound] = [bound for bound in term.bounds if bound.grade == grade]
            sign, number = row[f"grade_{grade}"][0], row[f"grade_{grade}"][1:]
            of = "LLN" if number == "LLN" else "ULN" if row["basis"] == "xULN" else ""
            at = bound.at[place] if not bound.of else bound.at[0]
            assert (bound.sign, bound.of, at) == (sign, of, Fraction(1 if number == "LLN" else number)), (
                term.name,
                grade,
            )
