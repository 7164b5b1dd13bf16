"""What is measured at an encounter, and one participant's value of it in the measure's unit, or its change.

A change is reckoned with the decimals as recorded: equal changes are then equal numbers, and a rank test sees its ties.
Read `measures`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from trialwright.core.analysis.people import Gathered, Person
from trialwright.core.protocol import Assay, Concept
from trialwright.core.terms import UnitMismatch


@dataclass(frozen=True)
class Measure:
    """What is measured: the concept, or one analyte of an assay in one specimen's matrix."""

    id: str
    label: str
    unit: str
    analyte: str = ""


def measures(gathered: Gathered, name: str) -> Iterable[Measure]:
    """A concept by its id, or each analyte of an assay by the assay's id."""
    for specimen in gathered.protocol.specimens:
        for assay in specimen.assays:
            if assay.id == name:
                yield from (_analyte(specimen.matrix, assay, each) for each in assay.analytes)
    concept = _concept(gathered, name)
    if concept is not None:
        yield Measure(name, concept.label, concept.value.unit or "")


def _analyte(matrix: str, assay: Assay, analyte: str) -> Measure:
    """The variable as `core.endpoints` names it; "1" is a number without unit."""
    return Measure(f"{assay.id}.{analyte}", f"{analyte}, {matrix}", "" if assay.unit == "1" else assay.unit, analyte)


def _concept(gathered: Gathered, name: str) -> Concept | None:
    own = next((one for one in gathered.protocol.concepts if one.id == name), None)
    return own or next((one.concepts[name] for one in gathered.people if name in one.concepts), None)


def value_at(one: Person, measure: Measure, encounter: str) -> float | None:
    """What was measured at the encounter, in the measure's unit; None where the core has no one value of it."""
    value = _exact(one, measure, encounter)
    return None if value is None else float(value)


def change_at(one: Person, measure: Measure, before: str, after: str) -> float | None:
    """The value at one encounter minus that at another; None where one is missing.

    From 6.2 to 6.3 and from 6.3 to 6.4 are the same change, 0.1, which they are not as differences of floats.
    """
    first, second = _exact(one, measure, before), _exact(one, measure, after)
    return None if first is None or second is None else float(second - first)


def _exact(one: Person, measure: Measure, encounter: str) -> Fraction | None:
    value = one.values.get((encounter, measure.id))
    if value is None:
        return None
    try:
        return value.in_unit(measure.unit, one.units, measure.id) if measure.unit else Fraction(value.value)
    except UnitMismatch:
        return None
