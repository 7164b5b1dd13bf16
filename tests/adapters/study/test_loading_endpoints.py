"""Endpoints that could not be worked out, or that say something for nothing, are found when the protocol is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import PROTOCOL, study_folder

from trialwright.adapters.study import load_study
from trialwright.core.endpoints import ROWS

PFS = (
    "{id: pfs, label: PFS, level: other, variable: time to event, events: [progression, death], rests_on: Q1, "
    "intercurrent: [{event: new treatment, strategy: hypothetical}], landmarks: [6 months, 1 year], "
    "variants: [{id: other, label: Other, since: registration, rests_on: Q1}]}"
)
RATE = "{id: rate, label: Rate, level: other, variable: best response, rests_on: Q1, intercurrent: [], variants: []}"
TTR = "{id: ttr, label: TTR, level: other, variable: time to event, events: [response], rests_on: Q1}"
DOR = "{id: dor, label: DOR, level: other, variable: duration of response, events: [progression], rests_on: Q1}"

NULL = (
    "{id: rate, label: Rate, level: other, variable: best response, rests_on: Q1, "
    "null_rate: {id: inactive, rate: 10 %, rests_on: Q1}}"
)


def found(root: Path, entry: str):
    """What is said of a protocol with one more endpoint."""
    assert PROTOCOL.count("endpoints:\n") == 1
    return load_study(study_folder(root, PROTOCOL.replace("endpoints:\n", f"endpoints:\n  - {entry}\n"))).findings


@pytest.mark.parametrize("entry", [PFS, RATE, TTR, DOR, NULL])
def test_an_endpoint_that_can_be_worked_out_is_read_without_a_word(tmp_path, entry):
    assert found(tmp_path, entry) == ()


@pytest.mark.parametrize(
    ("entry", "old", "new", "says"),
    [
        (PFS, "event: new treatment", "event: new treatmnt", "Is 'new treatment' meant?"),
        (PFS, "strategy: hypothetical", "strategy: hypothetic", "Is 'hypothetical' meant?"),
        (PFS, "strategy: hypothetical", "strategy: principal stratum", "'principal stratum'"),
        (PFS, "{event: new treatment, strategy: hypothetical}", "{event: missed assessments, strategy: composite}",
         "For 'pfs', nothing follows from 'composite' for 'missed assessments'."),
        (PFS, "}], landmarks", "}, {event: new treatment, strategy: composite}], landmarks",
         "The intercurrent event 'new treatment' stands twice."),
        (PFS, "events: [progression, death]", "events: []", "lacks 'events'"),
        (PFS, "events: [progression, death]", "events: [progression, response]", "counts response together with"),
        (PFS, "events: [progression, death]", "events: [progresion]", "Is 'progression' meant?"),
        (PFS, "landmarks: [6 months", "landmarks: [6 mo", "is not a duration"),
        (PFS, "landmarks: [6 months, 1 year]", "interval: loglog", "Is 'log-log' meant?"),
        (PFS, "landmarks: [6 months, 1 year]", "progression_on: next vist", "Is 'next visit' meant?"),
        (PFS, "since: registration", "since: first_dose", "Nothing is otherwise in the variant 'other' of 'pfs'."),
        (PFS, "since: registration", "since: registrtion", "Is 'registration' meant?"),
        (PFS, "since: registration", "population: treted", "Is 'treated' meant?"),
        (PFS, ", since: registration", "", "Nothing is otherwise"),
        (PFS, "id: other", "id: pfs", "The clause id 'pfs' stands twice."),
        (PFS, "since: registration, rests_on: Q1", "since: registration", "has neither quotes, nor a source"),
        (RATE, "variants: []", "variants: [{id: v, label: V, since: registration, rests_on: Q1}]", "and is no time"),
        (RATE, "intercurrent: []", "intercurrent: [{event: treatment stopped, strategy: composite}]",
         "For 'rate', nothing follows"),
        (NULL, "10 %", "0 %", "0 % is no rate that an inactive treatment can have."),
        (NULL, "10 %", "100 %", "100 % is no rate that an inactive treatment can have."),
        (NULL, "10 %", "10 mg", "10 mg is no rate that an inactive treatment can have."),
        (NULL, "10 %, rests_on: Q1", "10 %", "has neither quotes, nor a source"),
        (NULL, "variable: best response", "variable: worst grade", "has a null_rate, and is no rate."),
        (TTR, "rests_on: Q1", "rests_on: Q1, intercurrent: [{event: missed assessments, strategy: hypothetical}]",
         "For 'ttr', nothing follows"),
        (DOR, "events: [progression], ", "", "lacks 'events'"),
    ],
)  # fmt: skip
def test_an_endpoint_that_could_not_be_is_found_with_its_place(tmp_path, entry, old, new, says):
    assert entry.count(old) == 1
    findings = found(tmp_path, entry.replace(old, new))
    assert any(says in one.says or says in one.do for one in findings), [(one.says, one.do) for one in findings]
    assert all(one.where and one.matters and one.do for one in findings)


def test_the_page_of_endpoints_has_every_row_as_the_program_tries_it():
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "endpoints.md"
    told = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| `") and line.count("|") == 6]
    rows = [
        f"| `{one.id}` | {one.table or '-'} | {one.situation} | {one.day} | {'event' if one.event else 'censored'} |"
        for one in ROWS.values()
    ]
    assert told == rows
