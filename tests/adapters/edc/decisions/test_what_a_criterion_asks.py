"""A criterion that no words of the record say is told on the checklist by what it asks, not by the name of a source."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from builders import CONCEPTS, protocol
from trialwright.adapters.edc.decisions.panels import _asked

ANC = {"id": "anc", "must": {"measure": "anc", "is": ">= 1500 /mm3"}}


@pytest.mark.parametrize(
    ("ground", "told"),
    [
        ({"source": "plan"}, "at least 1,500/mm³"),
        ({"quotes": ["ANC ≥ 1,500/mm³"]}, ""),
        ({"rests_on": ["Q1"]}, ""),
    ],
)
def test_the_checklist_says_what_is_asked_where_nothing_is_quoted(ground: dict[str, Any], told: str) -> None:
    question = {"id": "Q1", "asks": "How many?", "reading": "1,500 or more."}
    study = protocol(sources={"plan": "The plan"}, eligibility=[{**ANC, **ground}], questions=[question])
    scene: Any = SimpleNamespace(protocol=study, case=SimpleNamespace(concepts=CONCEPTS))
    said = _asked(scene, study.eligibility[0])
    assert told in said
    assert bool(said) == bool(told)
