"""Numbers that cannot be: a negative count, a share of more than all. They are no values, in no condition.

A number may be implausible and true; what is `possible` is a matter of what is counted. Read `why_impossible`.
"""

from __future__ import annotations

from fractions import Fraction

from trialwright.core.protocol import Field
from trialwright.core.terms import Quantity, UnitMismatch, UnitTable


def why_impossible(value: Quantity, field: Field, concept: str, units: UnitTable) -> str:
    """Why no value of the field can be this number; empty where it can, or where its unit cannot be read.

    Zero is zero in every unit that a field with a least value of 0 can have, so that only other limits are converted.
    """
    least, most = field.limits
    if least == 0 and value.value < 0:
        return f"{value} is less than nothing"
    if most is None and (least is None or least == 0):
        return ""
    try:
        number = value.in_unit(field.unit or "1", units, concept)
    except UnitMismatch:
        return ""
    if least is not None and number < Fraction(least):
        return f"{value} is below {least}, the least there can be"
    return f"{value} is above {most}, the most there can be" if most is not None and number > Fraction(most) else ""
