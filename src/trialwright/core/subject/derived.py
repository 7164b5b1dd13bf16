"""Readings that are worked out of others: creatinine clearance by Cockcroft and Gault (Nephron 1976;16:31-41).

(140 - age) x weight in kg / (72 x creatinine in mg/dL), times 0.85 in a woman: an estimate in mL/min for adults. It is
worked out on the day of each creatinine, with the weight last measured by then and every age the subject can have had.
Where a part is missing there is no value, and the reading names the part. A clearance that was recorded for the day
wins over the one worked out. Read `with_derived`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from trialwright.core.conditions import Reading
from trialwright.core.terms import Quantity, UnitMismatch, UnitTable

HUNDREDTH = Decimal("0.01")
AGE_AT_WHICH_NOTHING_IS_LEFT = 140
CREATININE_FACTOR = 72
OF_A_WOMAN = {"male": Fraction(1), "female": Fraction(85, 100)}


class Known(Protocol):
    """What a reading is worked out of: a subject's facts on a day."""

    @property
    def units(self) -> UnitTable: ...
    @property
    def sex(self) -> str | None: ...
    def readings(self, concept: str) -> Sequence[Reading]: ...
    def ages_on(self, day: date) -> frozenset[int]: ...


def with_derived(concept: str, recorded: Sequence[Reading], known: Known) -> Sequence[Reading]:
    """The recorded readings of a concept with those worked out for the days on which none was recorded."""
    if concept not in DERIVED:
        return recorded
    days = {one.on for one in recorded if one.value is not None}
    worked_out = [one for one in DERIVED[concept](known) if one.on not in days]
    kept = [one for one in recorded if one.value is not None or all(one.on != other.on for other in worked_out)]
    return tuple(sorted([*kept, *worked_out], key=lambda one: one.on.latest))


def creatinine_clearance(known: Known) -> Iterator[Reading]:
    """The clearance on the day of each creatinine; one for each age, where more than one is possible.

    Its weight is the last that was certainly taken by then: readings come in the order of their latest possible day.
    """
    weights = known.readings("weight")
    for creatinine in known.readings("creatinine"):
        before = bisect_right(weights, creatinine.on.latest, key=lambda one: one.on.latest)
        weight = weights[before - 1] if before else None
        rests_on = weight, known.ages_on(creatinine.on.latest), known.sex, known.units
        kept = creatinine.kept.get("clearance")
        if kept is None or kept[0] != rests_on:
            worked_out = tuple(_of_one(creatinine, weight, sorted(rests_on[1]), known))
            kept = creatinine.kept["clearance"] = rests_on, worked_out
        yield from kept[1]


def _of_one(creatinine: Reading, weight: Reading | None, ages: Sequence[int], known: Known) -> Iterator[Reading]:
    scr, kilograms = _number(creatinine, "mg/dL", known.units), _number(weight, "kg", known.units)
    parts = {"creatinine": scr, "weight": kilograms, "age": ages, "sex": known.sex in OF_A_WOMAN}
    lacking = [name for name, part in parts.items() if not part]
    if not scr or not kilograms or weight is None or known.sex is None or lacking:
        words = f"it cannot be worked out without {', '.join(lacking)}"
        yield _reading(creatinine, None, words, lacks=", ".join(lacking))
        return
    for age in ages:
        exact = cockcroft_gault(age, kilograms, scr, known.sex)
        parts_told = f"creatinine {creatinine.value}, weight {weight.value} of {weight.on}, age {age}, {known.sex}"
        lacks = "birth_date, to the day" if len(ages) > 1 else ""
        yield _reading(creatinine, _down_to_a_hundredth(exact), lacks=lacks, how=f"worked out from {parts_told}")


def cockcroft_gault(age: int, kilograms: Fraction, creatinine: Fraction, sex: str) -> Fraction:
    """The creatinine clearance in mL/min, exactly; creatinine in mg/dL.

    >>> cockcroft_gault(60, Fraction(72), Fraction(1), "male")
    Fraction(80, 1)
    """
    left = max(AGE_AT_WHICH_NOTHING_IS_LEFT - age, 0)
    return left * kilograms / (CREATININE_FACTOR * creatinine) * OF_A_WOMAN[sex]


def _down_to_a_hundredth(exact: Fraction) -> Quantity:
    """Never rounded up: what lies under a limit by less than a hundredth stays under it."""
    return Quantity(Decimal(exact.numerator * 100 // exact.denominator) * HUNDREDTH, "mL/min")


def _number(reading: Reading | None, unit: str, units: UnitTable) -> Fraction | None:
    """The value in a unit; None where it is missing, only a limit, nothing, or of another dimension."""
    if reading is None or not isinstance(reading.value, Quantity) or reading.bound or reading.value.value <= 0:
        return None
    try:
        return reading.value.in_unit(unit, units, reading.concept)
    except UnitMismatch:
        return None


def _reading(creatinine: Reading, value: Quantity | None, missing: str = "", lacks: str = "", how: str = "") -> Reading:
    return Reading(
        concept="creatinine_clearance",
        value=value,
        on=creatinine.on,
        time=creatinine.time,
        missing=missing,
        event=creatinine.event,
        lacks=lacks,
        how=how,
    )


DERIVED: Mapping[str, Callable[[Known], Iterable[Reading]]] = {"creatinine_clearance": creatinine_clearance}
"""The readings that are worked out, by concept."""
