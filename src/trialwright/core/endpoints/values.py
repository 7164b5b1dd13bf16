"""A concept or an assay at an encounter, and its change from the baseline encounter, in the unit of the baseline.

A value belongs to an encounter where it was entered at it (its instance, its form, or the encounter it names), or was
measured on the day the visit was done; the latest counts. Two of one day that differ are not averaged: there is none.
Read `changes_from_baseline`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from trialwright.core.protocol import Assay, Endpoint
from trialwright.core.schedule import Visit, visits
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Quantity, UnitMismatch


@dataclass(frozen=True)
class Measured:
    """What was measured of one variable at one encounter; without a value `why` says why there is none."""

    variable: str
    encounter: str
    value: Quantity | None
    on: date | None = None
    why: str = ""


@dataclass(frozen=True)
class ChangeFromBaseline:
    """One variable of one subject at an encounter against baseline; the change is in the unit of the baseline."""

    subject: str
    arm: str | None
    variable: str
    baseline: Measured
    at: Measured
    change: Fraction | None
    unit: str = ""
    why: str = ""

    @property
    def percent(self) -> Fraction | None:
        """The change in percent of the baseline; None where there is no change or the baseline is 0."""
        first = self.baseline.value
        return (
            None if self.change is None or not first or not first.value else 100 * self.change / Fraction(first.value)
        )


def changes_from_baseline(endpoint: Endpoint, case: Case, cut: date) -> tuple[ChangeFromBaseline, ...]:
    """Each variable of the endpoint at each of its encounters against its baseline encounter."""
    if endpoint.baseline is None:
        return ()
    first = {one.variable: one for one in values_at(endpoint, case, endpoint.baseline, cut)}
    return tuple(
        _change(case, first[later.variable], later)
        for encounter in endpoint.at
        for later in values_at(endpoint, case, encounter, cut)
    )


def _change(case: Case, first: Measured, later: Measured) -> ChangeFromBaseline:
    change, unit, why = None, "", first.why or later.why
    if first.value is not None and later.value is not None:
        unit = first.value.unit
        try:
            change = later.value.in_unit(unit, case.units, later.variable) - Fraction(first.value.value)
        except UnitMismatch as problem:
            why = str(problem)
    return ChangeFromBaseline(case.record.subject, case.record.arm, later.variable, first, later, change, unit, why)


def values_at(endpoint: Endpoint, case: Case, encounter: str, cut: date) -> tuple[Measured, ...]:
    """Each variable of the endpoint at an encounter (its id or one visit's key); an assay has one for each analyte."""
    held = tuple(one for one in visits(case, cut) if encounter in (one.encounter.id, one.key))
    keys = frozenset({encounter, *(one.key for one in held)})
    days = frozenset(one.done_on for one in held if one.done_on)
    return tuple(
        _measured(variable, encounter, found)
        for concept in endpoint.concepts
        for variable, found in _found(case, concept, keys, days, cut)
    )


def _found(
    case: Case, concept: str, keys: frozenset[str], days: frozenset[date], cut: date
) -> Iterator[tuple[str, Sequence[Observation]]]:
    """The variables a concept stands for, each with what was recorded of it at the encounter."""
    assay = next((one for each in case.protocol.specimens for one in each.assays if one.id == concept), None)
    if assay is None:
        known = [one for one in observations(case.record, concept, cut) if one.text("value")]
        yield concept, [one for one in known if _at(one, keys)] or [one for one in known if one.on.exact in days]
        return
    results = [one for one in observations(case.record, "assay", cut) if one.text("assay") == assay.id]
    for analyte in _analytes(assay, results):
        of_analyte = [one for one in results if one.text("analyte") == analyte and one.text("value")]
        yield f"{assay.id}.{analyte}", [one for one in of_analyte if _at(one, keys)]


def _analytes(assay: Assay, results: Sequence[Observation]) -> tuple[str, ...]:
    """The analytes planned, and any measured besides."""
    return tuple(dict.fromkeys([*assay.analytes, *(one.text("analyte") for one in results if one.text("analyte"))]))


def _at(one: Observation, keys: frozenset[str]) -> bool:
    return bool({one.instance, one.text("encounter"), one.encounter} & keys)


def _measured(variable: str, encounter: str, found: Sequence[Observation]) -> Measured:
    if not found:
        return Measured(variable, encounter, None, why=f"no {variable} at {encounter}")
    last = max(one.on.latest for one in found)
    latest = [one for one in found if one.on.latest == last]
    given = {one.quantity() for one in latest}
    if len(given) > 1 or None in given:
        told = ", ".join(one.text("value") for one in latest)
        return Measured(variable, encounter, None, why=f"{variable} at {encounter} is given as {told}")
    return Measured(variable, encounter, given.pop(), latest[0].on.exact)


def visit_of(case: Case, encounter: str, cut: date) -> Visit | None:
    """The visit of an encounter that was done, the last one where there are several."""
    done = [one for one in visits(case, cut) if encounter in (one.encounter.id, one.key) and one.done_on]
    return done[-1] if done else None
