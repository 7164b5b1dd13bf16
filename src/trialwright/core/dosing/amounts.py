"""Doses as exact numbers in the regimen's own unit, so that a dose taken in grams compares with one planned in mg."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from trialwright.core.protocol import DosePlan
from trialwright.core.terms import Quantity, UnitTable

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Amounts:
    """The plan of a regimen's dose in numbers of one unit: start, step, most and least.

    A dose that takes no steps is never more than its start.
    """

    unit: str
    units: UnitTable
    start: Decimal
    step: Decimal
    most: Decimal | None
    floor: Decimal
    again: bool

    @classmethod
    def of(cls, plan: DosePlan, units: UnitTable) -> Amounts:
        """The plan in the unit of its start; raises UnitMismatch where its parts measure different things."""
        bare = cls(plan.start.unit, units, plan.start.value, NOTHING, None, NOTHING, plan.steps_up_after_reduction)
        return cls(
            unit=bare.unit,
            units=units,
            start=bare.start,
            step=bare.number(plan.step),
            most=bare.number(plan.maximum) if plan.maximum else None if plan.step else bare.start,
            floor=bare.number(plan.floor),
            again=bare.again,
        )

    def number(self, dose: Quantity | None) -> Decimal:
        """A dose as a number of the regimen's unit; none is 0."""
        if dose is None:
            return NOTHING
        if dose.unit == self.unit:
            return dose.value
        exact = dose.in_unit(self.unit, self.units)
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    def dose(self, number: Decimal) -> Quantity:
        """The number as a dose again."""
        return Quantity(number, self.unit)

    def too_low(self, number: Decimal) -> bool:
        """Under the floor, or nothing at all: no such dose can be given."""
        return number < self.floor or number <= NOTHING

    def at_most(self, number: Decimal) -> Decimal:
        """No more than the maximum."""
        return number if self.most is None else min(number, self.most)
