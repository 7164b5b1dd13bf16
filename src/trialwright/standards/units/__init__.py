"""Units of measurement as trials use them: a part of UCUM, exact, with the spellings that sites really type.

    table       atoms, prefixes, labels, spellings and the units that are refused, as data
    analytes    molar masses, valences and enzymes: what turns mg/dL into umol/L for a named analyte
    reading     text -> UCUM code -> Unit: dimension and exact factor
    conversion  Units: convert, compare, same_dimension; what the core is handed

A missing unit is never guessed, a unit nobody knows is refused with the near miss, and two units that measure
different things never compare. Start with `UNITS`.
"""

from trialwright.standards.units.analytes import ANALYTES, Analyte
from trialwright.standards.units.conversion import UNITS, Units, exact_decimal, rounded
from trialwright.standards.units.reading import Unit, read_unit, ucum_code

__all__ = ["ANALYTES", "UNITS", "Analyte", "Unit", "Units", "exact_decimal", "read_unit", "rounded", "ucum_code"]
