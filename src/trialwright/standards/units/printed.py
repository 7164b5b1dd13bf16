"""How a UCUM code is printed for people: /mm3 as /mm³, 10*9/L as ×10⁹/L, Cel as °C.

Only the look changes; the code that was entered is what is kept. A code that no rule here knows is printed as it is.
"""

from __future__ import annotations

import re

WHOLE = {"1": "", "": "", "Cel": "°C", "mm[Hg]": "mmHg", "a": "years", "mo": "months", "wk": "weeks", "d": "days"}
"""Codes whose printed form is another word."""
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
POWER_OF_TEN = re.compile(r"10[*^](-?\d+)")
EXPONENT = re.compile(r"(?<=[A-Za-z\]])(-?\d)(?![\d*^])")
MICRO = re.compile(r"(?<![A-Za-z])u(?=(?:g|L|l|mol|m|kat|I?U)(?![a-z]))")
REMARK = re.compile(r"\{[^{}]*\}")


BRACKETS = {"[iU]": "IU", "[lb_av]": "lb", "[oz_av]": "oz", "[in_i]": "in", "[ft_i]": "ft", "[degF]": "°F"}
"""Units whose code stands in brackets: international units and those of households."""
BRACKET = re.compile("|".join(map(re.escape, BRACKETS)))


def printed_unit(code: str) -> str:
    """A UCUM code as a person reads it; a number without a unit has none.

    >>> printed_unit("/mm3"), printed_unit("10*9/L"), printed_unit("umol/L"), printed_unit("mg/m2"), printed_unit("1")
    ('/mm³', '×10⁹/L', 'µmol/L', 'mg/m²', '')
    >>> printed_unit("[degF]"), printed_unit("m[iU]/mL"), printed_unit("[lb_av]")
    ('°F', 'mIU/mL', 'lb')
    """
    if code in WHOLE:
        return WHOLE[code]
    code = BRACKET.sub(lambda found: BRACKETS[found[0]], code)
    powered = POWER_OF_TEN.sub(lambda found: "×10" + found[1].translate(RAISED), REMARK.sub("", code))
    return MICRO.sub("µ", EXPONENT.sub(lambda found: found[1].translate(RAISED), powered))
