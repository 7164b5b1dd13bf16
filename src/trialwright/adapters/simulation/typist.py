"""How a site writes down what it saw: units of its laboratory, rounding, partial dates, and slips of the pen.

Decided here: the value of an item as typed. The laboratory's unit and decimals come from the site, the kind of a field
from its concept. A slip is one item typed wrongly, with what should have been typed; whether and when it is corrected
is decided in `mending`. Read `Typist`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from trialwright.adapters.simulation.chance import Chance, one_of
from trialwright.adapters.simulation.language import Habits, Rehearsal, Value
from trialwright.core.ledger import Change, ItemPath, Missing
from trialwright.core.ledger import Value as Item
from trialwright.core.protocol import Concept, Kind
from trialwright.core.terms import PartialDate, Quantity, UnitMismatch, UnitTable


@dataclass(frozen=True)
class Slip:
    """An item that was typed wrongly: as typed, and as it should have been."""

    path: str
    typed: Item
    meant: Item
    kind: str


@dataclass(frozen=True)
class Typist:
    """One site's way of writing values down."""

    rehearsal: Rehearsal
    site: str
    concepts: Mapping[str, Concept]
    units: UnitTable

    @property
    def habits(self) -> Habits:
        """How this site keeps to the plan and types."""
        return self.rehearsal.habits_of(self.site)

    def item(self, concept: str, field: str, value: Value, stands: float | str) -> Item:
        """A true value as this site types it: a word, a whole number, or a quantity in its laboratory's unit."""
        kind = self.kind(concept, field)
        if isinstance(stands, str):
            return int(stands) if kind is Kind.INTEGER and stands.isdigit() else stands
        if kind is Kind.INTEGER:
            return int(rounded(stands, 0))
        if kind in (Kind.CODE, Kind.TEXT):
            return str(rounded(stands, value.digits))
        test = self.rehearsal.test_of(self.site, concept)
        unit, digits = (test.unit, test.digits) if test else (value.unit or self.unit(concept, field), value.digits)
        return Quantity(rounded(self._in_unit(stands, value.unit or unit, unit, concept), digits), unit)

    def _in_unit(self, stands: float, unit: str, wanted: str, concept: str) -> float:
        if unit == wanted:
            return stands
        try:
            return float(self.units.convert(Quantity(Decimal(str(stands)), unit), wanted, concept))
        except UnitMismatch as wrong:
            raise ValueError(f"{concept}: {unit} cannot be typed as {wanted}: {wrong}") from None

    def kind(self, concept: str, field: str) -> Kind:
        """What kind of value a field takes; a number where nobody says."""
        known = self.concepts.get(concept)
        each = next((one for one in known.fields if one.id == field), None) if known else None
        return each.kind if each else Kind.QUANTITY

    def has(self, concept: str, field: str) -> bool:
        """Whether a concept has a field; one that nobody describes takes any."""
        known = self.concepts.get(concept)
        return known is None or any(one.id == field for one in known.fields)

    def unit(self, concept: str, field: str) -> str:
        """The usual unit of a field."""
        known = self.concepts.get(concept)
        each = next((one for one in known.fields if one.id == field), None) if known else None
        return (each.unit if each else None) or "1"

    def day(self, chance: Chance, day: date) -> str:
        """A date as typed: sometimes only its month is known."""
        known = not chance.happens(self.habits.partial_date, "partial", day)
        return day.isoformat() if known else str(PartialDate(day.year, day.month))

    # ---- slips ----------------------------------------------------------------------------------------------------

    def slipped(self, chance: Chance, items: Sequence[Change]) -> tuple[tuple[Change, ...], tuple[Slip, ...]]:
        """The items as typed, a few of them wrongly, and which."""
        typed, slips = [], []
        for item in items:
            slip = self._slip(chance.of("slip", item.path), item)
            typed.append(replace(item, new=slip.typed) if slip else item)
            slips += [slip] if slip else []
        return tuple(typed), tuple(slips)

    def _slip(self, chance: Chance, item: Change) -> Slip | None:
        habits, path = self.habits, ItemPath.parse(item.path)
        if not chance.happens(habits.slips) or {path.concept, f"{path.concept}/{path.field}"} & {
            *habits.slips_never_in
        }:
            return None
        kind = one_of(chance.fraction("kind"), habits.slip_kinds)
        typed = self._wrong(chance, kind, item.new, path)
        return None if typed is None or typed == item.new else Slip(item.path, typed, item.new, kind)

    def _wrong(self, chance: Chance, kind: str, meant: Item, path: ItemPath) -> Item:
        """The value typed wrongly, or None where this kind of slip cannot befall it."""
        if isinstance(meant, bool | Missing):
            return None
        if kind == "date" and isinstance(meant, str):
            return wrong_day(chance, meant)
        if kind == "unit" and isinstance(meant, Quantity):
            usual = self.unit(path.concept, path.field)
            return Quantity(meant.value, usual) if usual not in ("1", meant.unit) else None
        if kind == "digit" and isinstance(meant, Quantity):
            return Quantity(wrong_digit(chance, meant.value), meant.unit)
        return None


def rounded(number: float, digits: int) -> Decimal:
    """A number with so many decimals, as a laboratory prints it.

    >>> rounded(4.25, 1), rounded(1499.6, 0)
    (Decimal('4.2'), Decimal('1500'))
    """
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN) + 0


def wrong_digit(chance: Chance, number: Decimal) -> Decimal:
    """Two neighbouring digits changed places, or the point slipped by one place."""
    text = str(number)
    places = [n for n in range(len(text) - 1) if text[n].isdigit() and text[n + 1].isdigit() and text[n] != text[n + 1]]
    if places and chance.happens(0.5, "swap"):
        n = places[int(chance.fraction("place") * len(places))]
        return Decimal(text[:n] + text[n + 1] + text[n] + text[n + 2 :])
    return number * 10 if chance.happens(0.5, "up") else number / 10


def wrong_day(chance: Chance, text: str) -> str | None:
    """A full date a month, a year or some days off; None for what is no full date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    off = (timedelta(days=-365), timedelta(days=-30), timedelta(days=chance.days(1, 9, "off") - 10))
    return (day + off[int(chance.fraction("which") * len(off))]).isoformat()
