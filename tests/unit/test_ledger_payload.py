"""What an event says and what the ledger keeps of it are the same, and a value that is none is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trialwright.core.ledger import (
    Change,
    CourseStarted,
    FormSubmitted,
    Missing,
    Said,
    from_changes,
    from_json,
    to_changes,
    to_json,
)
from trialwright.core.terms import Quantity

COMMON: dict[str, Any] = {"actor": "a1", "role": "investigator", "site": "S1", "subject": "S1-001"}


@pytest.mark.parametrize(
    "event",
    [
        FormSubmitted(
            **COMMON,
            occurred=date(2025, 3, 3),
            form="labs",
            items=(
                Change("anc/c1d1/value", None, Quantity.parse("1.40 10*9/L")),
                Change("anc/c1d1/on", None, "2025-03"),
            ),
        ),
        CourseStarted(
            **COMMON,
            occurred=date(2025, 3, 3),
            drug="examplinib",
            course=2,
            dose=Quantity.parse("15 mg"),
            said=Said("give 15 mg", ("treatment", "counts"), "ab" * 32, "0.1.0"),
        ),
    ],
    ids=lambda event: type(event).__name__,
)
def test_an_event_comes_back_from_its_changes_as_it_was(event: Any) -> None:
    assert from_changes(type(event).__name__, to_changes(event), COMMON) == event


@pytest.mark.parametrize("value", ["2026-02", True, 7, None, Missing("not_done"), Quantity.parse("3.20 10*3/uL")])
def test_a_value_comes_back_from_json_as_it_was_typed(value: Any) -> None:
    assert from_json(to_json(value)) == value


@pytest.mark.parametrize(
    "data", [1.5, {"v": "NaN", "u": "mg"}, {"v": "abc", "u": "mg"}, {"v": "1"}, {"v": 1, "u": "mg"}, [1]]
)
def test_what_is_no_value_is_refused_and_not_taken_for_one(data: Any) -> None:
    with pytest.raises(ValueError, match="a value is"):
        from_json(data)
