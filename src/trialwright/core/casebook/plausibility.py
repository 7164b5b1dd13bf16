"""Whether a value is more likely a slip than a finding: asked while it is typed, and of what is recorded.

Counted exactly in the field's own unit; both ends of the range are plausible. Read `side_of`.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from trialwright.core.ledger import Value
from trialwright.core.protocol import Field
from trialwright.core.terms import Quantity, UnitMismatch, UnitTable

Number = TypeVar("Number", Decimal, Fraction)


def side_of(field: Field, value: Value, units: UnitTable, analyte: str) -> str:
    """ "below" or "above" what is plausible; empty where it is plausible, is no number, or cannot be converted."""
    if field.plausible is None:
        return ""
    if isinstance(value, Quantity) and value.unit == field.unit:
        return _side(value.value, *_ends(field.plausible))
    number = number_of(field, value, units, analyte)
    return "" if number is None else _side(number, *_range(field.plausible))


def _side(number: Number, low: Number, high: Number) -> str:
    return "below" if number < low else "above" if number > high else ""


def number_of(field: Field, value: Value, units: UnitTable, analyte: str) -> Fraction | None:
    """A value as a number in the unit of its field; None where it is none or measures something else."""
    if isinstance(value, Quantity):
        try:
            return value.in_unit(field.unit or value.unit, units, analyte)
        except UnitMismatch:
            return None
    return Fraction(value) if isinstance(value, int) and not isinstance(value, bool) else None


@lru_cache(maxsize=1 << 10)
def _range(plausible: tuple[str, str]) -> tuple[Fraction, Fraction]:
    """The two ends as exact numbers."""
    return Fraction(plausible[0]), Fraction(plausible[1])


@lru_cache(maxsize=1 << 10)
def _ends(plausible: tuple[str, str]) -> tuple[Decimal, Decimal]:
    """The two ends as they are written, for a value in the unit of its field."""
    return Decimal(plausible[0]), Decimal(plausible[1])
