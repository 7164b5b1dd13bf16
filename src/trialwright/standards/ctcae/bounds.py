"""How the bounds of a grade table are written: as printed, the lower grade first.

`falling` and `rising` write a term whose first grade begins at a limit of normal and whose further grades are absolute
numbers, one list for each printed unit; `times_upper` one whose every grade is a multiple of the upper limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from trialwright.core.terms import Quantity
from trialwright.core.toxicity import Bound, LaboratoryTerm


def below(grade: int, *at: str, of: str = "", sign: str = "<", when: str = "") -> Bound:
    """The grade holds below these numbers, one for each printed unit, or below a multiple of a limit."""
    return Bound(grade, sign, tuple(Fraction(number) for number in at), of, when)


def above(grade: int, *at: str, of: str = "", sign: str = ">", when: str = "", plus: Quantity | None = None) -> Bound:
    """The grade holds above these numbers, one for each printed unit, or above a multiple of a limit."""
    return Bound(grade, sign, tuple(Fraction(number) for number in at), of, when, plus)


def falling(
    name: str, category: str, analyte: str, printed: Mapping[str, str], grades: str, *also: str
) -> LaboratoryTerm:
    """Grade 1 below the lower limit of normal, then below each number printed; "-" stands for a grade left out."""
    bounds = (below(1, "1", of="LLN"), *_absolute(printed, "<"))
    return _term(name, category, analyte, "low", tuple(printed), bounds, grades, also)


def rising(
    name: str, category: str, analyte: str, printed: Mapping[str, str], grades: str, *also: str
) -> LaboratoryTerm:
    """Grade 1 above the upper limit of normal, then above each number printed; "-" stands for a grade left out."""
    bounds = (above(1, "1", of="ULN"), *_absolute(printed, ">"))
    return _term(name, category, analyte, "high", tuple(printed), bounds, grades, also)


def times_upper(
    name: str, category: str, analyte: str, unit: str, factors: str, grades: str, *also: str
) -> LaboratoryTerm:
    """Each grade above a multiple of the upper limit of normal."""
    bounds = tuple(above(grade, factor, of="ULN") for grade, factor in enumerate(factors.split(), 1))
    return _term(name, category, analyte, "high", (unit,), bounds, grades, also)


def times_lower(
    name: str, category: str, analyte: str, unit: str, factors: str, grades: str, *also: str
) -> LaboratoryTerm:
    """Each grade below a multiple of the lower limit of normal."""
    bounds = tuple(below(grade, factor, of="LLN") for grade, factor in enumerate(factors.split(), 1))
    return _term(name, category, analyte, "low", (unit,), bounds, grades, also)


def times_baseline(
    name: str, category: str, analyte: str, unit: str, factors: str, first: str, grades: str, *also: str
) -> LaboratoryTerm:
    """Multiples of the upper limit where the value before treatment was normal, and of that value where it was not.

    `first` is where grade 1 begins then, as printed: ">= 1.5"; the further grades begin at the same factors.
    """
    sign, one = first.split()
    normal = [above(grade, at, of="ULN", when="baseline normal") for grade, at in enumerate(factors.split(), 1)]
    higher = [replace(bound, of="BASELINE", when="baseline abnormal") for bound in normal[1:]]
    lowest = above(1, one, of="BASELINE", when="baseline abnormal", sign=sign)
    return _term(name, category, analyte, "high", (unit,), (*normal, lowest, *higher), grades, also)


def and_where(found: LaboratoryTerm, when: str, *bounds: Bound) -> LaboratoryTerm:
    """The term with further bounds that hold only where a person tells so."""
    return replace(found, bounds=(*found.bounds, *(replace(bound, when=when) for bound in bounds)))


def only_where(found: LaboratoryTerm, when: str, *grades: int) -> LaboratoryTerm:
    """The term with the bounds of these grades holding only where a person tells so."""
    asked = (replace(bound, when=when) if bound.grade in grades else bound for bound in found.bounds)
    return replace(found, bounds=tuple(asked))


def term(
    name: str, category: str, analyte: str, direction: str, unit: str, bounds: Sequence[Bound], grades: str, *also: str
) -> LaboratoryTerm:
    """A term whose bounds are of several kinds, each written out; units are printed with blanks between them."""
    return _term(name, category, analyte, direction, tuple(unit.split()), bounds, grades, also)


def _absolute(printed: Mapping[str, str], sign: str) -> list[Bound]:
    """Bounds from grade 2 on, the numbers of all units side by side."""
    rows = zip(*(numbers.split() for numbers in printed.values()), strict=True)
    return [
        Bound(grade, sign, tuple(Fraction(number) for number in row))
        for grade, row in enumerate(rows, 2)
        if "-" not in row
    ]


def _term(
    name: str,
    category: str,
    analyte: str,
    direction: str,
    units: tuple[str, ...],
    bounds: Sequence[Bound],
    grades: str,
    also: Sequence[str],
) -> LaboratoryTerm:
    return LaboratoryTerm(
        name, category, analyte, direction, units, tuple(bounds), tuple(int(grade) for grade in grades), tuple(also)
    )
