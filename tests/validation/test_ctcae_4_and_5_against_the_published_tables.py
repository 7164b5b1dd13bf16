"""Versions 4.03 and 5.0 against the published tables: names, classes, grades that exist, and every printed number.

The reader below shares no code with the tables. From each part of a printed grade it takes the opening bound, its unit
or the limit it is a multiple of, and what the print asks besides; parts without a sign ("hospitalization indicated")
are for a person. Terms printed in a shape of their own are read by hand, with the print beside the reading.
"""

from __future__ import annotations

import csv
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from trialwright.core.toxicity import LaboratoryTerm
from trialwright.standards.ctcae.since_v4 import ANTICOAGULATION, CONSEQUENCES, FASTING, SYMPTOMS
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5

BY_HAND = {
    "4.03": {
        "Acidosis", "Alkalosis", "Fibrinogen decreased", "Hemoglobin increased", "Hypertriglyceridemia", "Hypokalemia",
        "INR increased", "Proteinuria",
    },
    "5.0": {
        "Acidosis", "Alkalosis", "Eosinophilia", "Fibrinogen decreased", "Hemoglobin increased", "Hypertriglyceridemia",
        "Hypokalemia", "Hyponatremia", "INR increased", "Lipase increased", "Proteinuria", "Serum amylase increased",
        "Thyroid stimulating hormone increased",
    },
}  # fmt: skip
# Only a person reports these, although a number or a limit of a laboratory value stands in their text: a diagnosis that
# needs more than one value, a test with a manufacturer's limit, several enzymes at once, no number from a laboratory.
NOT_FROM_ONE_VALUE = {
    "Acute kidney injury", "Carbon monoxide diffusing capacity decreased", "Chronic kidney disease",
    "Febrile neutropenia", "Pancreatic enzymes decreased", "Hypertension",
}  # fmt: skip
UNITS = {"mg/dL": "mg/dL", "mmol/L": "mmol/L", "/mm3": "/mm3", "10e9": "10*9/L", "g/dL": "g/dL", "g/L": "g/L"}
ASKED = {"without physiologic": "", "with physiologic": CONSEQUENCES, "Fasting": FASTING}

Printed = tuple[str, int, str, Fraction, str, str]
"""Kind of value, grade, sign, number, unit or limit it is a multiple of, and what is asked besides."""


def names_and_grades(corpus: Path, version: str) -> dict[str, tuple[str, dict[int, str]]]:
    """Term -> class, and grade -> text. Of 4.03 the laboratory terms stand in a file of their own, which wins."""
    if version == "5.0":
        with (corpus / "ctcae" / "ctcae_v5_terms.csv").open(encoding="utf-8-sig", newline="") as lines:
            return {" ".join(row["term"].split()): (row["soc"], grades(row)) for row in csv.DictReader(lines)}
    terms = json.loads((corpus / "ctcae" / "ctcae_v4.json").read_text(encoding="utf-8"))
    found = {
        " ".join(term["term"].split()): (term["soc"], {int(number): text for number, text in term["grades"].items()})
        for term in terms
    }
    with (corpus / "ctcae" / "ctcae_v4_lab_terms.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["term"]: (row["soc"], grades(row)) for row in csv.DictReader(lines)}
    assert set(rows) - set(found) == {"Hypercalcemia (Ionized)", "Hypocalcemia (Ionized)", "Hyperglycemia (Fasting)"}
    return {**found, **{name: row for name, row in rows.items() if name in found}}


def grades(row: dict[str, str]) -> dict[int, str]:
    return {number: row[f"grade_{number}"] for number in range(1, 6) if row[f"grade_{number}"].strip() not in ("", "-")}


def opening_bounds(text: str, grade: int) -> set[Printed]:
    """The opening bound of each part of a printed grade."""
    found = set()
    for part in re.split(r";| or ", text):
        opened = re.search(r"([<>]=?)\s*(ULN|LLN|[\d,.]+)|^\s*([\d.]+) - [\d.]+ x baseline", part)
        if not opened:
            continue
        sign, number, bare = opened.groups()
        number = (number or bare).rstrip(".").replace(",", "")
        times = re.search(r"[\d.]+ (?:x )?(ULN|LLN|baseline)", part)
        of = number if number.isalpha() else times[1].upper() if times else ""
        unit = next((ours for printed, ours in UNITS.items() if re.search(re.escape(printed), part)), "")
        kind = "ionized" if "Ionized" in part else ""
        baseline = re.search(r"if baseline was (normal|abnormal)", part)
        asked = next((ours for printed, ours in ASKED.items() if printed in part), "")
        at = Fraction(1) if number.isalpha() else Fraction(number)
        when = f"baseline {baseline[1]}" if baseline else asked
        found.add((kind, grade, sign or ">=", at, of or unit, when))
    return found


def kind_of(term: LaboratoryTerm) -> str:
    return "ionized" if term.analyte.startswith("ionized") else ""


def bounds_of(term: LaboratoryTerm) -> set[Printed]:
    """The bounds of a term in the shape of the reader's."""
    return {
        (kind_of(term), bound.grade, bound.sign, at, bound.of or unit, bound.when)
        for bound in term.bounds
        for unit, at in zip(term.units, bound.at, strict=not bound.of)
    }


def test_the_reader_takes_the_opening_bound_its_unit_and_what_is_asked():
    assert opening_bounds("<100 - 80g/L; transfusion indicated", 2) == {("", 2, "<", 100, "g/L", "")}
    assert opening_bounds(">20,000/mm3", 3) == {("", 3, ">", 20000, "/mm3", "")}
    assert opening_bounds(
        ">ULN - 3.0 x ULN if baseline was normal; 1.5 - 3.0 x baseline if baseline was abnormal", 1
    ) == {
        ("", 1, ">", 1, "ULN", "baseline normal"),
        ("", 1, ">=", Fraction(3, 2), "BASELINE", "baseline abnormal"),
    }
    assert opening_bounds("Ionized calcium >ULN - 1.5 mmol/L", 1) == {("ionized", 1, ">", 1, "ULN", "")}
    assert opening_bounds("Life-threatening consequences", 4) == set()


@pytest.mark.parametrize(("table", "count"), [(CTCAE_4_03, 790), (CTCAE_5, 837)], ids=["4.03", "5.0"])
def test_every_published_term_is_known_in_its_class_with_the_grades_that_exist_and_no_other_is(corpus, table, count):
    published = names_and_grades(corpus, table.version)
    assert len(published) == count
    ours = {term.name: (term.category, set(term.grades)) for term in (*table.laboratory, *table.named)}
    assert ours == {name: (category, set(texts)) for name, (category, texts) in published.items()}


@pytest.mark.parametrize(("table", "count"), [(CTCAE_4_03, 160), (CTCAE_5, 170)], ids=["4.03", "5.0"])
def test_every_printed_number_is_a_bound_of_the_table_and_every_bound_is_printed(corpus, table, count):
    published = names_and_grades(corpus, table.version)
    compared = 0
    for term in table.laboratory:
        if term.name not in BY_HAND[table.version]:
            texts = published[term.name][1]
            printed = {bound for grade, text in texts.items() for bound in opening_bounds(text, grade)}
            wanted = {row for row in printed if row[0] == kind_of(term)}
            if term.analyte == "fasting_glucose":  # measured fasting: nothing is left to ask
                wanted = {(*row[:5], "") for row in wanted}
            if term.analyte == "random_glucose":
                wanted = {row for row in wanted if row[5] != FASTING}
            assert bounds_of(term) == wanted, (term.name, term.analyte)
            compared += len(wanted)
    assert compared > count


@pytest.mark.parametrize("table", [CTCAE_4_03, CTCAE_5], ids=["4.03", "5.0"])
def test_a_term_with_a_number_or_a_limit_is_graded_by_it_or_named_as_not_gradable(corpus, table):
    classes = {term.category for term in table.laboratory}
    with_numbers = {
        name
        for name, (category, texts) in names_and_grades(corpus, table.version).items()
        if category in classes and any(row[4] for grade, text in texts.items() for row in opening_bounds(text, grade))
    }
    assert with_numbers - {term.name for term in table.laboratory} <= NOT_FROM_ONE_VALUE


LLN, ULN, BASELINE = "LLN", "ULN", "BASELINE"
FIBRINOGEN_LLN = {(g, "<", at, LLN, "") for g, at in ((1, "1"), (2, "0.75"), (3, "0.5"), (4, "0.25"))}


@pytest.mark.parametrize(
    ("table", "name", "printed", "bounds"),
    [
        *(
            row
            for table in (CTCAE_4_03, CTCAE_5)
            for row in (
                (table, "Acidosis", {1: "pH <normal, but >=7.3", 3: "pH <7.3"},
                 {(1, "<", "1", LLN, ""), (3, "<", "7.3", "", "")}),
                (table, "Alkalosis", {1: "pH >normal, but <=7.5", 3: "pH >7.5"},
                 {(1, ">", "1", ULN, ""), (3, ">", "7.5", "", "")}),
                # the printed first range is closed below: 150 itself has grade 1
                (table, "Hypertriglyceridemia",
                 {1: "150 mg/dL - 300 mg/dL; 1.71 mmol/L - 3.42 mmol/L",
                  2: ">300 mg/dL - 500 mg/dL; >3.42 mmol/L - 5.7 mmol/L",
                  3: ">500 mg/dL - 1000 mg/dL; >5.7 mmol/L - 11.4 mmol/L",
                  4: ">1000 mg/dL; >11.4 mmol/L; life-threatening consequences"},
                 {(1, ">=", "150", "", ""), (1, ">=", "1.71", "", ""), (2, ">", "300", "", ""),
                  (2, ">", "3.42", "", ""), (3, ">", "500", "", ""), (3, ">", "5.7", "", ""),
                  (4, ">", "1000", "", ""), (4, ">", "11.4", "", "")}),
            )
        ),
        (CTCAE_4_03, "Hypokalemia",
         {1: "<LLN - 3.0 mmol/L", 2: "<LLN - 3.0 mmol/L; symptomatic; intervention indicated",
          3: "<3.0 - 2.5 mmol/L; hospitalization indicated", 4: "<2.5 mmol/L; life-threatening consequences"},
         {(1, "<", "1", LLN, ""), (2, "<", "1", LLN, SYMPTOMS), (3, "<", "3.0", "", ""), (4, "<", "2.5", "", "")}),
        (CTCAE_5, "Hypokalemia",
         {1: "<LLN - 3.0 mmol/L", 2: "Symptomatic with <LLN - 3.0 mmol/L; intervention indicated",
          3: "<3.0 - 2.5 mmol/L; hospitalization indicated", 4: "<2.5 mmol/L; life-threatening consequences"},
         {(1, "<", "1", LLN, ""), (2, "<", "1", LLN, SYMPTOMS), (3, "<", "3.0", "", ""), (4, "<", "2.5", "", "")}),
        (CTCAE_5, "Hyponatremia",
         {1: "<LLN - 130 mmol/L", 2: "125-129 mmol/L and asymptomatic",
          3: "125-129 mmol/L symptomatic; 120-124 mmol/L regardless of symptoms",
          4: "<120 mmol/L; life-threatening consequences"},
         {(1, "<", "1", LLN, ""), (2, "<", "130", "", ""), (3, "<", "130", "", SYMPTOMS), (3, "<", "125", "", ""),
          (4, "<", "120", "", "")}),
        *(
            (CTCAE_5, name,
             {1: ">ULN - 1.5 x ULN", 2: ">1.5 - 2.0 x ULN; >2.0 - 5.0 x ULN and asymptomatic",
              3: ">2.0 - 5.0 x ULN with signs or symptoms; >5.0 x ULN and asymptomatic",
              4: ">5.0 x ULN and with signs or symptoms"},
             {(1, ">", "1", ULN, ""), (2, ">", "1.5", ULN, ""), (3, ">", "2.0", ULN, SYMPTOMS),
              (3, ">", "5.0", ULN, ""), (4, ">", "5.0", ULN, SYMPTOMS)})
            for name in ("Lipase increased", "Serum amylase increased")
        ),
        (CTCAE_4_03, "INR increased",
         {1: ">1 - 1.5 x ULN; >1 - 1.5 times above baseline if on anticoagulation",
          2: ">1.5 - 2.5 x ULN; >1.5 - 2.5 times above baseline if on anticoagulation",
          3: ">2.5 x ULN; >2.5 times above baseline if on anticoagulation"},
         {(g, ">", at, of, when) for g, at in ((1, "1"), (2, "1.5"), (3, "2.5"))
          for of, when in ((ULN, ""), (BASELINE, ANTICOAGULATION))}),
        (CTCAE_5, "INR increased",
         {1: ">1.2 - 1.5; >1 - 1.5 x baseline if on anticoagulation; monitoring only indicated",
          2: ">1.5 - 2.5; >1.5 - 2.5 x baseline if on anticoagulation; dose adjustment indicated",
          3: ">2.5; >2.5 x baseline if on anticoagulation; bleeding"},
         {(1, ">", "1.2", "", ""), (2, ">", "1.5", "", ""), (3, ">", "2.5", "", ""),
          *((g, ">", at, BASELINE, ANTICOAGULATION) for g, at in ((1, "1"), (2, "1.5"), (3, "2.5")))}),
        (CTCAE_4_03, "Fibrinogen decreased",
         {1: "<1.0 - 0.75 x LLN or <25% decrease from baseline",
          2: "<0.75 - 0.5 x LLN or 25 - <50% decrease from baseline",
          3: "<0.5 - 0.25 x LLN or 50 - <75% decrease from baseline",
          4: "<0.25 x LLN or 75% decrease from baseline or absolute value <50 mg/dL"},
         {*FIBRINOGEN_LLN, (1, "<", "1", BASELINE, ""), (4, "<", "50", "", ""),
          *((g, "<=", at, BASELINE, "") for g, at in ((2, "0.75"), (3, "0.5"), (4, "0.25")))}),
        (CTCAE_5, "Fibrinogen decreased",
         {1: "<1.0 - 0.75 x LLN; if abnormal, <25% decrease from baseline",
          2: "<0.75 - 0.5 x LLN; if abnormal, 25 - <50% decrease from baseline",
          3: "<0.5 - 0.25 x LLN; if abnormal, 50 - <75% decrease from baseline",
          4: "<0.25 x LLN; if abnormal, 75% decrease from baseline; absolute value <50 mg/dL"},
         {*FIBRINOGEN_LLN, (4, "<", "50", "", ""),
          *((g, "<=", at, BASELINE, "abnormal") for g, at in ((2, "0.75"), (3, "0.5"), (4, "0.25")))}),
        (CTCAE_4_03, "Hemoglobin increased",
         {g: f"Increase in >{more} gm/dL above ULN or above baseline if baseline is above ULN"
          for g, more in ((1, "0 - 2"), (2, "2 - 4"), (3, "4"))},
         {(g, ">", "1", of, when) for g in (1, 2, 3)
          for of, when in ((ULN, "baseline normal"), (BASELINE, "baseline abnormal"))}),
        (CTCAE_5, "Hemoglobin increased",
         {g: f"Increase in >{more} g/dL" for g, more in ((1, "0 - 2"), (2, "2 - 4"), (3, "4"))},
         {(g, ">", "1", ULN, "") for g in (1, 2, 3)}),
        (CTCAE_4_03, "Proteinuria",
         {1: "1+ proteinuria; urinary protein <1.0 g/24 hrs",
          2: "Adults: 2+ proteinuria; urinary protein 1.0 - 3.4 g/24 hrs; "
             "Pediatric: urine P/C (Protein/Creatinine) ratio 0.5 - 1.9"},
         {(1, ">", "1", ULN, ""), (2, ">=", "1", "", ""), (3, ">=", "3.5", "", "")}),
        (CTCAE_5, "Proteinuria",
         {1: "1+ proteinuria; urinary protein ≥ULN - <1.0 g/24 hrs",
          2: "Adult: 2+ and 3+ proteinuria; urinary protein 1.0 - <3.5 g/24 hrs; "
             "Pediatric: Urine P/C (Protein/Creatinine) ratio 0.5 - 1.9",
          3: "Adult: Urinary protein >=3.5 g/24 hrs; 4+ proteinuria; "
             "Pediatric: Urine P/C (Protein/Creatinine) ratio >1.9"},
         {(1, ">=", "1", ULN, ""), (2, ">=", "1", "", ""), (3, ">=", "3.5", "", "")}),
        # above both is above the higher one: the limit where the baseline was normal, else the baseline
        (CTCAE_5, "Eosinophilia", {1: ">ULN and >Baseline", 3: "Steroids initiated"},
         {(1, ">", "1", ULN, "baseline normal"), (1, ">", "1", BASELINE, "baseline abnormal")}),
        (CTCAE_5, "Thyroid stimulating hormone increased", {1: "TSH increased and no intervention initiated"},
         {(1, ">", "1", ULN, "")}),
    ],
    ids=lambda given: given if isinstance(given, str) else getattr(given, "version", ""),
)  # fmt: skip
def test_a_term_printed_in_a_shape_of_its_own_is_read_by_hand(corpus, table, name, printed, bounds):
    texts = names_and_grades(corpus, table.version)[name][1]
    assert {grade: " ".join(texts[grade].split()) for grade in printed} == printed
    ours = {(bound.grade, bound.sign, at, bound.of, bound.when) for bound in table.term(name).bounds for at in bound.at}
    assert ours == {(grade, sign, Fraction(at), of, when) for grade, sign, at, of, when in bounds}


def test_every_term_left_to_the_hand_is_read_there():
    marks = test_a_term_printed_in_a_shape_of_its_own_is_read_by_hand.pytestmark
    [rows] = [mark.args[1] for mark in marks if mark.name == "parametrize"]
    read: dict[str, set[str]] = {}
    for table, name, *_ in rows:
        read.setdefault(table.version, set()).add(name)
    assert read == BY_HAND


def test_hemoglobin_rises_by_two_and_four_grams_whichever_it_is_reckoned_from():
    for table in (CTCAE_4_03, CTCAE_5):
        more = [(bound.grade, str(bound.plus)) for bound in table.term("Hemoglobin increased").bounds]
        assert set(more) == {(1, "0 g/dL"), (2, "2 g/dL"), (3, "4 g/dL")}


WRITTEN_OUT = {"xULN": ("ULN", ""), "xBASELINE": ("BASELINE", ""),
               "xULN_if_baseline_normal": ("ULN", "baseline normal"),
               "xBASELINE_if_baseline_abnormal": ("BASELINE", "baseline abnormal")}  # fmt: skip


@pytest.mark.parametrize(("table", "count"), [(CTCAE_4_03, 11), (CTCAE_5, 14)], ids=["4.03", "5.0"])
def test_the_thresholds_written_out_for_ten_analytes_agree(corpus, table, count):
    """A second table of the same numbers, made by others from the printed one."""
    with (corpus / "ctcae" / "ctcae_lab_thresholds.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["ctcae_version"] == table.version]
    assert len(rows) == count
    for row in rows:
        term = table.term(row["ctcae_term"])
        place = [unit.replace("*", "^") for unit in term.units].index(row["unit"]) if row["unit"] != "ratio" else 0
        of, when = WRITTEN_OUT.get(row["basis"], ("", ""))
        ours = {
            (bound.grade, bound.sign, bound.at[0 if bound.of else place])
            for bound in term.bounds
            if (bound.of, bound.when) == (of, when) or (bound.of == "LLN" and not of)
        }
        printed = {
            (grade, *re.match(r"([<>]=?)(.+)", cell).groups())
            for grade in (1, 2, 3, 4)
            if (cell := row[f"grade_{grade}"])
        }
        assert ours == {(g, sign, Fraction(1 if at == "LLN" else at)) for g, sign, at in printed}, row
