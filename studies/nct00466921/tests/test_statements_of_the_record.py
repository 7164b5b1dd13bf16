"""The first study's page: all 132 numbered statements end somewhere, and every character of the page is accounted
for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from statements import STATEMENTS

from trialwright.adapters.registry import RegistryReading, read_file
from trialwright.adapters.registry.reading import leaves

STUDY = Path(__file__).resolve().parents[1]
PROTOCOL = STUDY / "protocol" / "2.yaml"


@pytest.fixture(scope="module")
def reading() -> RegistryReading:
    return read_file(STUDY / "record.txt")


def squeeze(text: str) -> str:
    return " ".join(text.split())


def at(reading: RegistryReading, path: str) -> Any:
    here: Any = {"protocolSection": reading.protocolSection, "derivedSection": reading.derivedSection}
    for key, place in re.findall(r"(\w+)|\[(\d+)\]", path):
        here = here[int(place)] if place else here[key]
    return here


def quotes_in(node: Any) -> Iterator[str]:
    """Every `quotes` in a protocol file, wherever it stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "quotes":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from quotes_in(value)
    elif isinstance(node, list):
        for one in node:
            yield from quotes_in(one)


def places(words: str, text: str) -> list[range]:
    return [range(m.start(), m.end()) for m in re.finditer(re.escape(squeeze(words)), text)]


def ends_in_clause(number: str, words: str) -> None:
    """Every word of the statement lies in some quote of the protocol, once the protocol file is there."""
    if not PROTOCOL.exists():
        return
    record = squeeze((STUDY / "record.txt").read_text(encoding="utf-8"))
    quoted = {
        n for quote in quotes_in(YAML(typ="safe").load(PROTOCOL)) for place in places(quote, record) for n in place
    }
    bare = [[record[n] for n in place if n not in quoted and record[n].isalnum()] for place in places(words, record)]
    assert any(not left for left in bare), f"statement {number} is in no clause's quotes: {words!r}"


def test_the_numbers_are_1_to_132_with_35_as_five() -> None:
    expected = [str(n) for n in range(1, 35)] + [f"35{c}" for c in "abcde"] + [str(n) for n in range(36, 133)]
    assert [one.number for one in STATEMENTS] == expected


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: f"{one.number}-{one.ending}")
def test_statement(statement: Any, reading: RegistryReading) -> None:
    match statement.ending:
        case "field":
            found = at(reading, statement.where)
            expected = statement.value
            for key in expected if isinstance(expected, dict) else ():
                assert found[key] == expected[key]
            assert isinstance(expected, dict) or found == expected
        case "clause":
            inside = [v for _, v in leaves(reading.protocolSection) if isinstance(v, str)]
            assert any(squeeze(statement.where) in squeeze(text) for text in inside)
            ends_in_clause(statement.number, statement.where)
        case "furniture":
            pieces = [squeeze(reading.source[f.span.start : f.span.end]) for f in reading.furniture]
            assert any(squeeze(statement.where) in piece for piece in pieces)
        case "stated absent":
            assert statement.where in {one.what for one in reading.stated_absent}
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("path", "times"),
    [
        ("protocolSection.identificationModule.nctId", 3),
        ("protocolSection.statusModule.studyFirstPostDateStruct.date", 2),
        ("protocolSection.statusModule.lastUpdatePostDateStruct.date", 2),
        ("protocolSection.sponsorCollaboratorsModule.collaborators[0].name", 2),
        ("protocolSection.sponsorCollaboratorsModule.responsibleParty.type", 2),
    ],
)
def test_what_the_page_states_again_is_one_field_with_a_span_for_each_place(
    path: str, times: int, reading: RegistryReading
) -> None:
    assert len(reading.spans[path]) == times


def test_a_month_stays_a_month_and_a_date_without_type_gets_none(reading: RegistryReading) -> None:
    status = reading.protocolSection["statusModule"]
    assert status["startDateStruct"] == {"date": "2005-02"}


def test_nothing_of_the_page_is_unread(reading: RegistryReading) -> None:
    assert reading.unread == ()


def test_criteria_by_polarity(reading: RegistryReading) -> None:
    # Counted by hand on the page: 22 items of the first level, one of them a reference; nine below them.
    tops = [c for c in reading.criteria if c.level == 0]
    assert Counter(c.polarity for c in tops if not c.refers) == {"inclusion": 14, "exclusion": 7}
    assert [c.text for c in tops if c.refers] == ["See Disease Characteristics"]
    assert [c.text.split()[0] for c in tops if c.polarity == "exclusion"] == ["Not", "No", "No", "No", "No", "No", "No"]
    assert sum(1 for c in reading.criteria if c.level == 1) == 9


def test_examples_stay_under_their_criterion(reading: RegistryReading) -> None:
    failed = next(n for n, c in enumerate(reading.criteria) if c.text.startswith("Must have failed"))
    below = [c.text for c in reading.criteria if c.parent == failed]
    assert below == [
        "Steroids",
        "Nitrogen mustard",
        "Retinoids",
        "Phototherapy",
        "Photochemotherapy",
        "Radiotherapy",
        "Total skin electron beam",
    ]


def test_the_three_blocks_of_the_list_are_kept(reading: RegistryReading) -> None:
    assert [sum(1 for c in reading.criteria if c.group == g and c.level == 0) for g in range(3)] == [3, 14, 5]


def test_parts_of_the_description(reading: RegistryReading) -> None:
    kinds = Counter((p.kind, p.role) for p in reading.outline)
    assert kinds == {
        ("rationale", None): 1,
        ("purpose", None): 1,
        ("objective", "primary"): 2,
        ("objective", "secondary"): 3,
        ("outline", None): 3,
        ("note", None): 1,
        ("follow-up", None): 1,
        ("accrual", None): 1,
    }


def test_every_part_and_criterion_points_at_its_own_words(reading: RegistryReading) -> None:
    for one in (*reading.criteria, *reading.outline):
        assert one.span is not None
        assert squeeze(reading.source[one.span.start : one.span.end]) == squeeze(one.text)
