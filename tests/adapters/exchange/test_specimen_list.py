"""The laboratory's list of specimens: a row for each thing to do, and no cell a spreadsheet would reckon with."""

from __future__ import annotations

import csv
import io

import pytest

from builders import case, course, day, protocol, registered
from trialwright.adapters.exchange.specimen_list import HEADINGS, write_specimen_list
from trialwright.core.specimens import laboratory

VISIT = {"id": "day_15", "quotes": ["day 15"], "label": "Day 15", "epoch": "treatment", "anchor": "course",
         "courses": "1", "day": 15, "window": [2, 2]}  # fmt: skip
BLOOD = {"id": "blood", "quotes": ["blood is drawn"], "label": "Blood", "matrix": "blood", "encounters": ["day_15"],
         "assays": [{"id": "panel", "label": "Panel", "analytes": ["CD4"], "quotes": ["and analysed"]}]}  # fmt: skip
STARTED = (registered("2025-02-24", "2025-03-03"), course(1, "2025-03-03"))


def rows(items: dict[str, dict[str, str]] | None, on: str = "2025-03-18") -> list[dict[str, str]]:
    of = case(*STARTED, protocol=protocol(encounters=[VISIT], specimens=[BLOOD]), items=items, on="2025-03-17")
    text = write_specimen_list(laboratory([of], day(on)), simulated=False).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def custody(**fields: str) -> dict[str, dict[str, str]]:
    return {"custody/1": {"specimen": "blood.day_15", "step": "collected", "on": "2025-03-17", **fields}}


def test_a_specimen_to_be_collected_has_a_row_with_the_last_day_for_it() -> None:
    (row,) = rows(None)
    assert (row["state"], row["to_do"], row["due"], row["overdue"]) == ("planned", "collect", "2025-03-19", "yes")
    assert (row["site"], row["subject"], row["clause"], row["simulated"]) == ("S01", "S01-001", "blood", "no")


def test_a_specimen_at_hand_says_where_it_is_and_what_is_next() -> None:
    (row,) = rows(custody(place="Clinic, room 2"))
    assert (row["state"], row["place"], row["since"], row["to_do"]) == (
        "collected", "Clinic, room 2", "2025-03-17", "assay")  # fmt: skip


@pytest.mark.parametrize("place", ["=1+1", "+x", "@x", "-1 cold"])
def test_a_cell_that_looks_like_a_formula_is_text(place) -> None:
    assert [row["place"] for row in rows(custody(place=place))] == [f"'{place}"]


def test_without_specimens_there_are_the_headings_alone() -> None:
    assert write_specimen_list([], simulated=True).decode().strip() == ",".join(HEADINGS)
