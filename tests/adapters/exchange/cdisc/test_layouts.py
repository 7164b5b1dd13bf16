"""What every dataset keeps: names, labels, days, keys, controlled terms, and a way back for every row."""

from __future__ import annotations

import gzip
import json
from datetime import date

import pytest

from trialwright.adapters.exchange.cdisc import DATASETS, Variable, rows_of, subjects
from trialwright.adapters.exchange.cdisc.terms import CODELISTS, LBTESTCD, RESPONSES, TERMS, short_code

FLAGS = {"Y", "N", "U", ""}
LABORATORY_TESTS = "C65047"


@pytest.fixture(scope="module")
def derived(rehearsed):
    """Every row with its origins, by dataset."""
    found = {name: [] for name in DATASETS}
    for subject in subjects(rehearsed.asked(rehearsed.last)):
        for name, layout in DATASETS.items():
            found[name] += rows_of(layout, subject)
    return found


def test_keys_tell_the_rows_apart(derived):
    for name, layout in DATASETS.items():
        keys = [tuple(str(row.values[key]) for key in layout.keys) for row in derived[name]]
        twice = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else set()
        assert twice == set(), name


def test_a_parameter_has_one_code_and_a_code_one_parameter(derived):
    for name, layout in DATASETS.items():
        if "PARAMCD" in layout.names:
            pairs = {(row.values["PARAMCD"], row.values["PARAM"]) for row in derived[name]}
            assert len({code for code, _ in pairs}) == len(pairs) == len({param for _, param in pairs}), name


def test_every_cell_is_of_its_type_and_every_flag_is_one(derived):
    kinds = {"text": str, "integer": int, "float": (int, float), "date": date}
    for name, layout in DATASETS.items():
        for row in derived[name]:
            for one in layout.variables:
                cell = row.values[one.name]
                assert cell is None or (isinstance(cell, kinds[one.type]) and not isinstance(cell, bool)), (
                    name,
                    one.name,
                    cell,
                )
                if one.codelist == "NY":
                    assert (cell or "") in FLAGS, (name, one.name, cell)
                if one.name.endswith("DY") or one.name == "ADY":
                    assert cell != 0, (name, one.name)


def test_every_row_leads_back_to_the_ledger(derived, rehearsed):
    known = {event.seq: event for event in rehearsed.events}
    counted = 0
    for name in DATASETS:
        for row in derived[name]:
            if row.values.get("PARAMCD") == "SPECIMEN" or not row.origins:
                continue  # what is planned and not yet taken stands on the protocol
            subject = row.values["SUBJID"]
            assert all(known[one.seq].subject == subject for one in row.origins), name
            assert row.values["SRCSEQ"] in known
            counted += 1
    assert counted > 100
    for name in ("ADSL", "ADTTE", "ADAE", "ADLB"):
        assert all(row.origins for row in derived[name]), name


def test_no_name_of_a_person_is_in_a_dataset(derived, rehearsed):
    actors = {event.actor for event in rehearsed.events}
    for name in DATASETS:
        for row in derived[name]:
            assert not actors & {cell for cell in row.values.values() if isinstance(cell, str)}


@pytest.mark.parametrize(
    ("name", "label", "kind"),
    [
        ("TOOLONGNAME", "A", "text"),
        ("lower", "A", "text"),
        ("A", "x" * 41, "text"),
        ("A", "", "text"),
        ("A", "A", "number"),
    ],
)
def test_a_variable_that_no_transport_file_could_hold_is_refused(name, label, kind):
    with pytest.raises(ValueError, match=name):
        Variable(name, label, kind)


def test_short_codes_are_told_apart():
    taken: set[str] = set()
    for _ in range(12):
        taken.add(short_code("vessel_density", taken))
    assert len(taken) == 12 and all(len(one) <= 8 and one.isalnum() for one in taken)


# ---- against CDISC controlled terminology -------------------------------------------------------------------------


def terms_of(corpus, package: str) -> dict[str, tuple[bool, set[str]]]:
    with gzip.open(corpus / "cdisc-ct" / f"{package}.json.gz", "rt", encoding="utf-8") as text:
        lists = json.load(text)["codelists"]
    return {
        one["conceptId"]: (str(one["extensible"]).lower() == "true", {each["submissionValue"] for each in one["terms"]})
        for one in lists
    }


def test_our_terms_are_those_of_the_code_lists(corpus):
    """Of the list of races MULTIPLE and UNKNOWN were added after the terminology of 2015 that is at hand."""
    known = {**terms_of(corpus, "sdtmct-2015-12-18"), **terms_of(corpus, "adamct-2026-03-27")}
    for name, (code, table) in TERMS.items():
        extensible, terms = known[code]
        unknown = set(table.values()) - terms
        assert unknown <= ({"MULTIPLE", "UNKNOWN"} if name == "RACE" else set()), (name, unknown, extensible)
    assert set(CODELISTS.values()) <= set(known)
    assert {term for term, _ in RESPONSES.values()} <= known[CODELISTS["ONCRSR"]][1]
    assert {"COMPLETED", "DISCONTINUED", "ONGOING"} <= known[CODELISTS["SBJTSTAT"]][1]
    assert {"D", "M"} <= known[CODELISTS["DATEFL"]][1]


def test_our_codes_of_laboratory_tests_are_those_of_sdtm(corpus):
    """By the terminology of SDTM of 2015 or that of SEND of 2026, which share the list."""
    packages = ("sdtmct-2015-12-18", "sendct-2026-03-27")
    known = set().union(*(terms_of(corpus, package)[LABORATORY_TESTS][1] for package in packages))
    assert set(LBTESTCD.values()) - known == set()
    assert len(set(LBTESTCD.values())) == len(LBTESTCD)


def test_every_code_list_a_variable_names_is_known():
    named = {one.codelist for layout in DATASETS.values() for one in layout.variables if one.codelist}
    assert named <= set(CODELISTS)
