"""What instruments that measure lesions share: limits with their source, lengths, visits with several kinds.

A limit stands beside the sentence it comes from; `default` marks one that was written down from memory of the
publication, or chosen where it is silent, and waits to be compared with the print. Read `sheets_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from trialwright.core.subject import Case, Observation
from trialwright.core.terms import UnitMismatch, UnitTable
from trialwright.standards.response.visits import Visit, visits_of


@dataclass(frozen=True)
class Limit:
    """One number of a published instrument: what it bounds, in which unit, and where it is printed."""

    value: Fraction
    unit: str
    says: str
    source: str
    default: bool = False


def limit(value: str, unit: str, says: str, source: str, *, default: bool = False) -> Limit:
    """A limit from its number as printed."""
    return Limit(Fraction(value), unit, says, source, default)


Parts = Mapping[str, tuple[Observation, ...]]


@dataclass(frozen=True)
class Sheet:
    """One visit: the lesions of each kind that were entered, and the answers about the whole."""

    key: str
    on: date
    parts: Mapping[str, Parts]
    asked: Observation | None

    def of(self, concept: str) -> Parts:
        """The lesions of one kind, by name."""
        return self.parts.get(concept, {})

    def one(self, concept: str, name: str) -> Observation | None:
        """A lesion as entered; None where it was not, or was entered twice so that nobody knows which holds."""
        entered = self.of(concept).get(name, ())
        return entered[0] if len(entered) == 1 else None

    def yes(self, name: str) -> bool | None:
        """An answer about the whole; None where nobody gave it."""
        return self.asked.yes(name) if self.asked else None

    def code(self, name: str) -> str:
        """A coded answer about the whole; empty where nobody gave it."""
        return self.asked.text(name) if self.asked else ""

    @property
    def new_seen_on(self) -> date | None:
        """The day on which the answers about the whole were given, a new lesion among them; the rest may be later."""
        return self.asked.on.exact if self.asked and self.asked.yes("new_lesion") else None

    @property
    def entered(self) -> bool:
        """Whether any lesion was entered."""
        return any(self.parts.values())


def sheets_of(case: Case, kinds: Mapping[str, str], assessment: str, on: date) -> tuple[Sheet, ...]:
    """The visits up to a day, oldest first; `kinds`: each concept of lesions with its field that names one."""
    found: dict[str, dict[str, Visit]] = {}
    for concept, part in kinds.items():
        for visit in visits_of(case, concept, part, on, assessment):
            found.setdefault(visit.key, {})[concept] = visit
    return tuple(sorted((_sheet(key, held) for key, held in found.items()), key=lambda one: (one.on, one.key)))


def _sheet(key: str, held: Mapping[str, Visit]) -> Sheet:
    asked = next((visit.asked for visit in held.values() if visit.asked), None)
    parts = {concept: visit.scored for concept, visit in held.items()}
    return Sheet(key, max(visit.on for visit in held.values()), parts, asked)


def baseline_and_later(
    sheets: Sequence[Sheet], first_dose: date | None, whole: Callable[[Sheet], bool]
) -> tuple[Sheet | None, tuple[Sheet, ...]]:
    """The last visit up to the first dose at which all was measured, and the visits after it; none before a dose."""
    if first_dose is None:
        return None, ()
    before = [one for one in sheets if one.on <= first_dose and (one.entered or one.asked)]
    measured = [one for one in before if whole(one)] or before
    return measured[-1] if measured else None, tuple(one for one in sheets if one.on > first_dose)


def length(one: Observation | None, name: str, unit: str, units: UnitTable) -> Fraction | None:
    """A length in a unit; a bare 0 is 0 in any, and any other bare, negative or foreign number is no length."""
    given = one.quantity(name) if one else None
    if given is None or given.value < 0:
        return None
    if given.unit == "1":
        return Fraction(0) if given.value == 0 else None
    try:
        return given.in_unit(unit, units)
    except UnitMismatch:
        return None


def product(one: Observation | None, unit: str, units: UnitTable) -> Fraction | None:
    """The longest diameter times the longest at a right angle to it, in the square of a unit."""
    longest, across = (length(one, name, unit, units) for name in ("longest", "perpendicular"))
    return None if longest is None or across is None else longest * across


def number(value: Fraction) -> str:
    """A number as a person writes it."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"
