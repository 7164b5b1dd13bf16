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
    if isinstance(value, Quantity) and value.unit != (field.unit or value.unit):
        number = _converted(value, str(field.unit), units, analyte)
        return "" if number is None else _side(number, *_exactly(field.plausible))
    if isinstance(value, Quantity | int) and not isinstance(value, bool):
        return _side(Decimal(value) if isinstance(value, int) else value.value, *_as_written(field.plausible))
    return ""


def _side(number: Number, low: Number, high: Number) -> str:
    return "below" if number < low else "above" if number > high else ""


def _converted(value: Quantity, unit: str, units: UnitTable, analyte: str) -> Fraction | None:
    try:
        return value.in_unit(unit, units, analyte)
    except UnitMismatch:
        return None


@lru_cache(maxsize=1 << 10)
def _exactly(plausible: tuple[str, str]) -> tuple[Fraction, Fraction]:
    """The two ends as exact numbers."""
    return Fraction(plausible[0]), Fraction(plausible[1])


@lru_cache(maxsize=1 << 10)
def _as_written(plausible: tuple[str, str]) -> tuple[Decimal, Decimal]:
    """The two ends as they are written, for a value in the unit of its field."""
    return Decimal(plausible[0]), Decimal(plausible[1])
