"""Contradictions inside a record, over pages of every kind: few are reported, each at its place, and none is made up.

What one study's own page says against itself is proven with that study.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from render_page import render

from trialwright.adapters.registry import read
from trialwright.adapters.registry.contradictions import Contradiction, contradictions


def found_in(page: str) -> tuple[Contradiction, ...]:
    return contradictions(read(page))


def told(found: Contradiction) -> tuple[str, tuple[str, ...]]:
    return found.kind, tuple(claim.words for claim in found.claims)


def test_a_page_that_says_nothing_contradicts_nothing() -> None:
    assert found_in("") == found_in("Another page altogether.\n") == found_in("{}") == ()


# ---- the corpus ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def records(corpus: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(corpus / "ctgov-v2" / "studies.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]  # type: ignore[return-value]


def test_no_record_of_the_corpus_breaks_it_and_few_are_reported(records: list[dict[str, Any]]) -> None:
    """One record in five; at most one contradiction in six records on average, and half a second each."""
    reported = 0
    for record in records[::5]:
        source = json.dumps({key: record[key] for key in ("protocolSection", "derivedSection")})
        reading = read(source)
        started = time.process_time()
        found = contradictions(reading)
        assert time.process_time() - started < 0.5, record["protocolSection"]["identificationModule"]["nctId"]
        reported += len(found)
        for claim in (claim for one in found for claim in one.claims):
            assert 0 <= claim.span[0] < claim.span[1] <= len(source)
    print(f"\n{reported} contradictions in {len(records[::5])} records")
    assert 0 < reported < len(records[::5]) / 6


def test_a_page_and_its_json_tell_the_same_contradictions(records: list[dict[str, Any]]) -> None:
    for record in records[::40]:
        from_json = contradictions(read(json.dumps(record)))
        page = render(record)
        from_page = contradictions(read(page))
        for claim in (claim for one in from_page for claim in one.claims):
            assert page[claim.span[0] : claim.span[1]] == claim.words
        assert [one.kind for one in from_page] == [one.kind for one in from_json], [told(one) for one in from_page]
