"""Every character has one class, and every text value is the words its span points at, whatever the page."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies_at_hand import RECORDS, STUDIES
from trialwright.adapters.registry import RegistryReading, read
from trialwright.adapters.registry.reading import leaves

PAGES = st.sampled_from(RECORDS)
CODED = (
    "Module.overallStatus",
    ".date",
    "DateStruct.type",
    "statusVerifiedDate",
    ".designInfo.",
    "studyType",
    "phases[",
    ".type",
    ".role",
    "stdAges",
    ".sex",
    "samplingMethod",
    "infoTypes",
    "ipdSharing",
    ".status",
    "retention",
)


def squeeze(text: str) -> str:
    return " ".join(text.split())


def check_classes(reading: RegistryReading) -> None:
    """Value, label, furniture and unread are disjoint and together cover all that is not white space."""
    owners: list[set[str]] = [set() for _ in reading.source]
    kinds = {
        "value": [s for spans in reading.spans.values() for s in spans],
        "label": list(reading.labels),
        "furniture": [f.span for f in reading.furniture],
        "unread": [u.span for u in reading.unread],
    }
    for kind, spans in kinds.items():
        for start, end in spans:
            for n in range(start, end):
                owners[n].add(kind)
    for n, found in enumerate(owners):
        assert reading.source[n].isspace() or len(found) == 1, (n, reading.source[n - 20 : n + 20], found)


def check_values(reading: RegistryReading) -> None:
    """Every leaf has a span, and a text leaf is the words of each of its spans."""
    tree = {"protocolSection": reading.protocolSection, "derivedSection": reading.derivedSection}
    for path, value in leaves(tree):
        assert path in reading.spans, path
        if isinstance(value, str) and not any(mark in path for mark in CODED):
            for start, end in reading.spans[path]:
                assert squeeze(reading.source[start:end]) == squeeze(value), path


@pytest.mark.parametrize("page", RECORDS, ids=[folder.name for folder in STUDIES])
def test_every_study_s_page(page: str) -> None:
    reading = read(page)
    check_classes(reading)
    check_values(reading)


@given(PAGES, st.floats(min_value=0, max_value=1))
def test_a_page_cut_anywhere_is_still_accounted_for(page: str, share: float) -> None:
    reading = read(page[: int(len(page) * share)])
    check_classes(reading)
    check_values(reading)


@given(PAGES, st.integers())
def test_lines_in_any_order_are_accounted_for_and_raise_nothing(page: str, seed: int) -> None:
    lines = page.split("\n")
    random.Random(seed).shuffle(lines)
    reading = read("\n".join(lines))
    check_classes(reading)
    check_values(reading)


@given(PAGES, st.sets(st.integers(min_value=0, max_value=max(page.count("\n") for page in RECORDS))))
def test_any_lines_lost_are_accounted_for(page: str, lost: set[int]) -> None:
    reading = read("\n".join(line for n, line in enumerate(page.split("\n")) if n not in lost))
    check_classes(reading)
    check_values(reading)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_without_an_exception(raw: bytes) -> None:
    read(raw)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["protocolSection", "eligibilityModule", "eligibilityCriteria", "identificationModule", "locations"]
                ),
                inner,
            )
        ),
    )
)
def test_any_json_is_read_or_refused_without_an_exception(value: object) -> None:
    read(json.dumps({"protocolSection": value}))
    read(json.dumps(value))


@pytest.mark.parametrize("page", RECORDS, ids=[folder.name for folder in STUDIES])
def test_offsets_count_the_text_as_received(page: str) -> None:
    reading = read(page.replace("\n", "\r\n"))
    check_classes(reading)
    check_values(reading)
    whole = read(page)
    assert reading.protocolSection["identificationModule"] == whole.protocolSection["identificationModule"]
