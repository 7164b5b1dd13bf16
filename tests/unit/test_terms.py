"""Quantities are read as one number and one unit, never as two numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trialwright.core.terms import Quantity


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,500 /mm3", "1500", "/mm3"),
        ("1500/mm3", "1500", "/mm3"),
        ("3.20 10*3/uL", "3.20", "10*3/uL"),
        ("5", "5", "1"),
        ("1.1 1", "1.1", "1"),
        ("-2 mg", "-2", "mg"),
        ("10 [iU]/L", "10", "[iU]/L"),
        ("2 %", "2", "%"),
    ],
)
def test_a_quantity_keeps_what_was_typed(text: str, value: str, unit: str) -> None:
    assert Quantity.parse(text) == Quantity(Decimal(value), unit)


@pytest.mark.parametrize("text", ["15 00", "1,5 mg", "1.2.3", "", "mg", "1,50 mg", "1 .5"])
def test_what_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        Quantity.parse(text)
