"""The units as data: what each atom is in base units, which prefixes it takes, how sites spell it, what is refused.

Codes, definitions and prefixes follow UCUM 2.2 (case-sensitive codes); a test derives every factor again from
UCUM's own file. Departures, all towards refusing: kelvin, months and years are no units of a trial; amount of
substance (mol) and equivalents (eq) are dimensions of their own, not numbers; a counted thing ({capsule},
{1.73_m2}) is a dimension of its own; prefixes above kilo are left out, since Mg for mg is a slip, not a megagram.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

Dimension = tuple[tuple[str, int], ...]
"""Base symbols with their powers, sorted by symbol: ((m, -3), (mol, 1)) is amount of substance per volume."""


class Atom(NamedTuple):
    """One UCUM atom: its definition in base units, exact; `prefixed` where UCUM calls it metric."""

    factor: Fraction
    dimension: Dimension
    prefixed: bool = False
    offset: Fraction = Fraction(0)


def _of(factor: str | int, prefixed: bool = False, offset: str = "0", **powers: int) -> Atom:
    return Atom(Fraction(factor), tuple(sorted(powers.items())), prefixed, Fraction(offset))


PREFIXES: Mapping[str, Fraction] = {
    code: Fraction(10) ** power
    for code, power in {"k": 3, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}.items()
}

ATOMS: Mapping[str, Atom] = {
    "m": _of(1, True, m=1),
    "g": _of(1, True, g=1),
    "s": _of(1, True, s=1),
    "mol": _of(1, True, mol=1),
    "eq": _of(1, True, eq=1),
    "osm": _of(1, True, osm=1),
    "[iU]": _of(1, True, iU=1),
    "[IU]": _of(1, True, iU=1),
    "L": _of("1/1000", True, m=3),
    "l": _of("1/1000", True, m=3),
    "min": _of(60, s=1),
    "h": _of(3600, s=1),
    "d": _of(86400, s=1),
    "wk": _of(604800, s=1),
    "U": _of("1/60000000", True, mol=1, s=-1),
    "kat": _of(1, True, mol=1, s=-1),
    "Pa": _of(1000, True, g=1, m=-1, s=-2),
    "m[Hg]": _of(133322000, True, g=1, m=-1, s=-2),
    "Cel": _of(1, offset="273.15", K=1),
    "[degF]": _of("5/9", offset="459.67", K=1),
    "[lb_av]": _of("453.59237", g=1),
    "[oz_av]": _of("28.349523125", g=1),
    "[in_i]": _of("0.0254", m=1),
    "[ft_i]": _of("0.3048", m=1),
    "Hz": _of(1, True, s=-1),
    "%": _of("1/100"),
    "[ppm]": _of("1/1000000"),
}
"""`offset` is added before the factor: kelvin = (Cel + 273.15) * 1, kelvin = ([degF] + 459.67) * 5/9."""

LABELS = frozenset(
    "cells cell WBC WBCs RBC RBCs Sezary_cells lymphocytes neutrophils platelets"
    " copies score points ratio INR ULN index beats breaths".split()
)
"""Annotations that only say what is counted or scored: {cells}/uL is /uL. Any other one is a dimension of its own."""

REFUSED: Mapping[str, str] = {
    "mo": "UCUM's month is 30.4375 days; months in a protocol are calendar months: write a duration such as 3 months",
    "a": "UCUM's year is 365.25 days; years in a protocol are calendar years: write a duration such as 5 years",
    "K": "in UCUM K is kelvin; for thousands write 10*3, as in 10*3/uL",
    "M": "M is molar to some and million to others; write mol/L or 10*6/uL",
    "Mg": "Mg is a megagram, a million grams; if milligrams are meant, write mg",
}
"""Atoms that are understood and still refused, with the reason."""

CALENDAR_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("month", "months", "mth", "mths"), "mo"),
    **dict.fromkeys(("year", "years", "yr", "yrs", "y", "yo"), "a"),
}

SPOKEN: Mapping[str, str] = {
    "G/L": "10*9/L",
    "Gpt/L": "10*9/L",
    "Gpt/l": "10*9/L",
    "Giga/L": "10*9/L",
    "T/L": "10*12/L",
    "Tpt/L": "10*12/L",
    "Tpt/l": "10*12/L",
    "mM": "mmol/L",
    "uM": "umol/L",
    "nM": "nmol/L",
    "g%": "g/dL",
    "mg%": "mg/dL",
    "cmm": "/mm3",
    "/cmm": "/mm3",
    "/cumm": "/mm3",
    "/cu mm": "/mm3",
    "cells/cumm": "{cells}/mm3",
    "bpm": "{beats}/min",
    "mL/min/1.73m2": "mL/min/{1.73_m2}",
    "mL/min/1.73_m2": "mL/min/{1.73_m2}",
    "ml/min/1.73m2": "mL/min/{1.73_m2}",
    "mL/min/1.73 m2": "mL/min/{1.73_m2}",
    "ml/min/1.73 m2": "mL/min/{1.73_m2}",
    "mL/min per 1.73 m2": "mL/min/{1.73_m2}",
}
"""Whole units as sites write them (after Greek letters, superscripts and times signs are rewritten)."""

SPOKEN_ATOMS: Mapping[str, str] = {
    **dict.fromkeys(("IU", "iu", "I.U."), "[iU]"),
    **{f"{prefix}IU": f"{prefix}[iU]" for prefix in "kmun"},
    **dict.fromkeys(("mEq", "mequiv", "mval"), "meq"),
    **dict.fromkeys(("mOsm", "mosmol", "mOsmol"), "mosm"),
    **dict.fromkeys(("°C", "degC", "deg C", "degrees C", "°c", "Celsius", "celsius"), "Cel"),
    **dict.fromkeys(("°F", "degF", "deg F", "degrees F", "°f", "Fahrenheit", "fahrenheit"), "[degF]"),
    **dict.fromkeys(("mmHg", "mm Hg"), "mm[Hg]"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "[lb_av]"),
    **dict.fromkeys(("oz", "ounce", "ounces"), "[oz_av]"),
    **dict.fromkeys(("in", "inch", "inches"), "[in_i]"),
    **dict.fromkeys(("ft", "foot", "feet"), "[ft_i]"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("week", "weeks", "wks"), "wk"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("minute", "minutes", "mins"), "min"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("gm", "gms", "gram", "grams"), "g"),
    **dict.fromkeys(("milligram", "milligrams", "mgs"), "mg"),
    **dict.fromkeys(("mcg", "microgram", "micrograms"), "ug"),
    **dict.fromkeys(("kgs", "kilogram", "kilograms"), "kg"),
    **dict.fromkeys(("mcL", "mcl", "microliter", "microlitre"), "uL"),
    **dict.fromkeys(("mcmol", "micromol"), "umol"),
    **dict.fromkeys(("cc", "milliliter", "millilitre"), "mL"),
    **dict.fromkeys(("Liter", "liter", "litre"), "L"),
    **dict.fromkeys(("percent", "pct"), "%"),
    **{word: f"{{{word}}}" for word in LABELS},
    **dict.fromkeys(("capsule", "capsules", "cap", "caps"), "{capsule}"),
    **dict.fromkeys(("tablet", "tablets", "tab", "tabs"), "{tablet}"),
    **dict.fromkeys(("thousand", "thousands"), "10*3"),
    **dict.fromkeys(("million", "millions", "mill"), "10*6"),
    **dict.fromkeys(("sqm", "sq m"), "m2"),
}
"""Single words as sites write them; a label such as cells becomes its annotation {cells}."""

HINTS: Mapping[str, str] = {
    "C": "Cel",
    "F": "[degF]",
    "c": "Cel",
    "f": "[degF]",
    "u": "U",
    "unit": "[iU]",
    "units": "[iU]",
}
"""What is offered for texts too short for a near miss."""

OFFERED = (
    "/uL /mm3 10*3/uL 10*6/uL 10*9/L 10*12/L g/dL g/L mg/dL mg/L ug/dL ug/L ug/mL ng/mL ng/dL ng/L pg/mL pg"
    " mol/L mmol/L umol/L nmol/L pmol/L meq/L mosm/kg U/L [iU]/L [iU]/mL m[iU]/mL m[iU]/L u[iU]/mL nkat/L"
    " ukat/L Cel [degF] km m cm mm um nm cm2 mm2 m2 mm3 kg g mg ug ng [lb_av] [in_i] kg/m2 mm[Hg] kPa s min h d"
    " wk {score} {ratio} 1 % mL L dL uL fL mL/min mL/min/{1.73_m2} mg/kg mg/m2 mg/d [iU] {capsule} {tablet}"
    " mg/g mg/mmol mmol/mol g/cm2 /min mL/h mg/h"
).split()
"""The codes a near miss is looked for in."""
