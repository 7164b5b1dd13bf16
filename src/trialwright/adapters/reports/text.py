"""Numbers as a clinical report writes them: counts with percentages, ranges, intervals, dates, p values.

A number that cannot be had is said in words with its reason. Months have their English names whatever the machine's
language; a range has an en dash, a unit a thin space. Nothing is reckoned beyond a percentage. Read `share`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from math import floor, log10

from trialwright.core.estimation import Estimate, NotEstimable, Proportion, estimable
from trialwright.core.terms import PartialDate

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
ISO_DATE = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")
THIN, MINUS, DASH = "\u2009", "\u2212", "\u2013"
UNITS = {
    "/mm3": "/mm³", "10*9/L": "×10⁹/L", "10*3/uL": "×10³/µL", "10*12/L": "×10¹²/L", "umol/L": "µmol/L", "/uL": "/µL",
    "Cel": "°C", "mm[Hg]": "mmHg", "1": "", "": "", "{score}": "", "a": "years", "ug/L": "µg/L", "U/L": "U/L",
}  # fmt: skip
"""Units in UCUM whose printed form differs from their code."""


def day(on: date | PartialDate | None, otherwise: str = "not known") -> str:
    """A date as 5 Jul 2006; only the parts that are known.

    >>> day(date(2006, 7, 5)), day(PartialDate(2005, 2))
    ('5 Jul 2006', 'Feb 2005')
    """
    if on is None:
        return otherwise
    parts = [on.day, on.month and MONTHS[on.month - 1], on.year]
    return " ".join(str(part) for part in parts if part)


def unit(ucum: str) -> str:
    """A unit as it is printed; a number without a unit has none."""
    return UNITS.get(ucum, ucum)


def with_unit(value: str, ucum: str) -> str:
    """A number and its unit, with a thin space between them."""
    printed = unit(ucum)
    return f"{value}{THIN}{printed}" if printed else value


def headed(label: str, ucum: str) -> str:
    """A label with its unit, as in "Age (years)", unless the label says it.

    >>> headed("Weight", "kg"), headed("Age in years", "years")
    ('Weight (kg)', 'Age in years')
    """
    printed = unit(ucum)
    return f"{label} ({printed})" if printed and printed not in label.split() else label


def number(value: float, digits: int = 1) -> str:
    """A number with so many decimals, a real minus sign, thousands set apart, and no minus zero.

    >>> number(-0.04), number(-3.26), number(12345.6, 0)
    ('0.0', '−3.3', '12,346')
    """
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", MINUS)


def estimate(value: Estimate, digits: int = 1) -> str:
    """A number, or why there is none."""
    return f"not estimable: {value.because}" if isinstance(value, NotEstimable) else number(value, digits)


def digits_for(values: Iterable[float]) -> int:
    """How many decimals tell values of this size apart: three figures of the largest, at most three decimals.

    >>> digits_for([4200, 3100]), digits_for([45.2]), digits_for([0.0123])
    (0, 1, 3)
    """
    largest = max((abs(value) for value in values), default=0.0)
    return 1 if largest == 0 else min(3, max(0, 2 - floor(log10(largest))))


def percent(part: int, whole: int) -> str:
    """A percentage with one decimal; of nobody there is none."""
    return f"{number(100 * part / whole)}%" if whole else "no percentage of nobody"


def whole_percent(part: float) -> str:
    """A share such as a confidence level in whole percent.

    >>> whole_percent(0.95)
    '95%'
    """
    return f"{round(100 * part)}%"


def share(part: int, whole: int) -> str:
    """A count with its percentage.

    >>> share(9, 32), share(0, 0)
    ('9 (28.1%)', '0 (no percentage of nobody)')
    """
    return f"{part} ({percent(part, whole)})"


def of(part: int, whole: int) -> str:
    """A count out of a whole, with its percentage."""
    return f"{part} of {whole} ({percent(part, whole)})"


def span(low: Estimate, high: Estimate, digits: int = 1, end: str = "") -> str:
    """Two limits; with an en dash, or with "to" where a minus sign stands beside it.

    >>> span(13.75, 46.7, end="%"), span(-1.0, 2.0)
    ('13.8–46.7%', '−1.0 to 2.0')
    """
    if isinstance(low, NotEstimable) and low == high:
        return f"not estimable: {low.because}"
    told = [str(one) if isinstance(one, NotEstimable) else number(one, digits) + end for one in (low, high)]
    plain = estimable(low) and estimable(high) and low >= 0
    return f"{told[0].removesuffix(end) if end and plain else told[0]}{DASH if plain else ' to '}{told[1]}"


def rate_interval(rate: Proportion) -> str:
    """The confidence limits of a proportion in percent."""
    scaled = [100 * one if estimable(one) else one for one in (rate.lower, rate.upper)]
    return span(scaled[0], scaled[1], end="%")


def p_value(p: Estimate) -> str:
    """A p value with two figures, never below 0.001 and never exactly 1.

    >>> p_value(0.0312), p_value(0.00001), p_value(0.25)
    ('0.031', 'below 0.001', '0.25')
    """
    if isinstance(p, NotEstimable):
        return f"not estimable: {p.because}"
    if p < 0.001:
        return "below 0.001"
    return number(p, 3 if p < 0.1 else 2)


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> counted(1, "participant"), counted(0, "study", "studies")
    ('1 participant', '0 studies')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(words: Sequence[str], otherwise: str = "none") -> str:
    """Words in a row, with "and" before the last."""
    if len(words) < 2:
        return words[0] if words else otherwise
    return f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(words: str) -> str:
    """The words with a capital at the start, and their dates as dates are written here.

    >>> sentence("death on 2006-07-05")
    'Death on 5 Jul 2006'
    """
    told = ISO_DATE.sub(_written_out, words)
    return told[:1].upper() + told[1:]


def _written_out(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def code_words(code: str) -> str:
    """A code as words: underscores are blanks."""
    return code.replace("_", " ")
