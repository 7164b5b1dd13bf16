"""Exact conversion and comparison of quantities; what the core is handed as its table of units.

Everything is a fraction: 1,500 /mm3 is 1.5 10*9/L and not nearly so. Mass and amount of substance meet through the
analyte's molar mass, equivalents through its valence, [iU] and U through its being an enzyme; without the analyte
they are different things. Read `Units.convert` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cached_property

from trialwright.core.terms import Quantity, UnitMismatch
from trialwright.standards.units.analytes import ANALYTES, Analyte, analyte_named
from trialwright.standards.units.reading import Unit, read_unit, ucum_code
from trialwright.standards.units.table import Dimension

MEASURES: Mapping[Dimension, str] = {
    (): "a plain number",
    (("m", -3),): "a count per volume",
    (("g", 1), ("m", -3)): "mass per volume",
    (("m", -3), ("mol", 1)): "amount of substance per volume",
    (("eq", 1), ("m", -3)): "equivalents per volume",
    (("iU", 1), ("m", -3)): "international units per volume",
    (("iU", 1),): "international units",
    (("m", -3), ("mol", 1), ("s", -1)): "enzyme activity per volume",
    (("K", 1),): "temperature",
    (("g", 1),): "mass",
    (("m", 1),): "length",
    (("m", 2),): "area",
    (("m", 3),): "volume",
    (("s", 1),): "time",
    (("s", -1),): "a rate",
    (("g", 1), ("m", -1), ("s", -2)): "pressure",
    (("g", 1), ("m", -2)): "mass per area",
    (("m", 3), ("s", -1)): "volume per time",
    (("m", 3), ("s", -1), ("{1.73_m2}", -1)): "volume per time and standard body surface",
    (("mol", 1),): "amount of substance",
}


Way = tuple[Fraction, Fraction, Fraction]
"""What is added to a value, what it is multiplied by then, and what is taken off at last."""


@dataclass(frozen=True, eq=False)
class Units:
    """The table of units that core asks; a study may bring analytes of its own."""

    analytes: Mapping[str, Analyte] = field(default_factory=lambda: ANALYTES)

    def convert(self, quantity: Quantity, unit: str, analyte: str | None = None) -> Fraction:
        """The exact value in another unit; a UnitMismatch says why there is none.

        >>> UNITS.convert(Quantity.parse("1,500 /mm3"), "10*9/L")
        Fraction(3, 2)
        """
        before, factor, after = self._way(quantity.unit, unit, analyte)
        value = Fraction(quantity.value)
        return (value + before) * factor - after if before or after else value * factor

    def _way(self, given: str, wanted: str, analyte: str | None) -> Way:
        """How values of one unit become values of another, worked out once."""
        key = given, wanted, analyte
        if key not in self._ways:
            self._ways[key] = self._worked_out(read_unit(given), read_unit(wanted), analyte)
        return self._ways[key]

    @cached_property
    def _ways(self) -> dict[tuple[str, str, str | None], Way]:
        return {}

    def _worked_out(self, given: Unit, wanted: Unit, analyte: str | None) -> Way:
        if given.dimension != wanted.dimension:
            given, wanted = self._bridged(given, wanted, analyte)
        if given.fraction_of != wanted.fraction_of:
            raise UnitMismatch(f"{given.code} and {wanted.code} are different ratios and do not convert.")
        return given.offset, given.factor / wanted.factor, wanted.offset

    def compare(self, one: Quantity, other: Quantity, analyte: str | None = None) -> int:
        """-1, 0 or 1 as the first is below, equal to or above the second; never by floating point."""
        value, limit = self.convert(one, other.unit, analyte), Fraction(other.value)
        return (value > limit) - (value < limit)

    def same_dimension(self, one: str, other: str, analyte: str | None = None) -> bool:
        """Whether two units measure the same thing (of this analyte)."""
        try:
            self.convert(Quantity(Decimal(1), one), other, analyte)
        except UnitMismatch:
            return False
        return True

    def code(self, text: str) -> str:
        """The UCUM code of what was typed."""
        return ucum_code(text)

    def known(self, text: str) -> bool:
        """Whether this is a unit at all."""
        try:
            read_unit(text)
        except UnitMismatch:
            return False
        return True

    def with_analytes(self, **more: Analyte) -> Units:
        """The same table with a study's own analytes."""
        return replace(self, analytes={**self.analytes, **more})

    def _bridged(self, given: Unit, wanted: Unit, analyte: str | None) -> tuple[Unit, Unit]:
        """Both units in terms that meet for this analyte."""
        known = analyte_named(analyte, self.analytes)
        both = [_for_analyte(unit, known) for unit in (given, wanted)]
        if both[0].dimension != both[1].dimension:
            raise UnitMismatch(_why_not(given, wanted, analyte, known))
        return both[0], both[1]


def exact_decimal(value: Fraction) -> Decimal | None:
    """The value as a decimal number without any loss, or None where its digits never end.

    >>> exact_decimal(Fraction(3, 2)), exact_decimal(Fraction(1, 3))
    (Decimal('1.5'), None)
    """
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator)
    return Decimal((int(value < 0), tuple(map(int, digits)), -places))


def rounded(value: Fraction, like: Decimal) -> Decimal:
    """A converted value for showing, with as many significant digits as the value that was typed (never for comparing).

    >>> rounded(Fraction(5656000, 31994), Decimal("2.00"))
    Decimal('177')
    """
    digits = max(len(like.as_tuple().digits), 1)
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN)
    shown = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Decimal(f"{shown:f}")


def _for_analyte(unit: Unit, analyte: Analyte | None) -> Unit:
    """Equivalents and, for enzymes, international units as amount of substance; amount of substance as mass."""
    if analyte is None:
        return unit
    powers, factor = dict(unit.dimension), unit.factor
    if analyte.enzyme and (count := powers.pop("iU", 0)):
        factor *= Fraction(1, 60_000_000) ** count
        _add(powers, mol=count, s=-count)
    if analyte.valence and (count := powers.pop("eq", 0)):
        factor /= Fraction(analyte.valence) ** count
        _add(powers, mol=count)
    if analyte.molar_mass and (count := powers.pop("mol", 0)):
        factor *= analyte.molar_mass**count
        _add(powers, g=count)
    return replace(unit, factor=factor, dimension=tuple(sorted(powers.items())))


def _add(powers: dict[str, int], **more: int) -> None:
    for symbol, count in more.items():
        total = powers.pop(symbol, 0) + count
        if total:
            powers[symbol] = total


def _why_not(given: Unit, wanted: Unit, analyte: str | None, known: Analyte | None) -> str:
    """Why two units do not convert, and what would be needed where something would help."""
    says = f"{_measures(given)} and {_measures(wanted)} do not convert"
    symbols = {symbol for unit in (given, wanted) for symbol, _ in unit.dimension}
    if known is None and len(symbols & {"g", "mol", "eq", "iU"}) > 1:
        of = f"{analyte!r} has none registered" if analyte else "no analyte was named"
        return f"{says} without the analyte's molar mass, valence or activity; {of}."
    return f"{says}; re-enter the value in a unit of the same kind."


def _measures(unit: Unit) -> str:
    words = MEASURES.get(unit.dimension)
    return f"{unit.code} ({words})" if words else unit.code


UNITS = Units()
"""The table as it stands."""
