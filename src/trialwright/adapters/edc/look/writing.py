"""Dates, times, quantities and values as a page writes them, in the reader's language.

A date is 5 Jul 2006 and only as exact as it is known, in sentences of the core too. Numbers keep the decimal point and
the digits they were entered with, in every language: a comma read as a thousands mark would be a tenfold error. Read
`day` and `value`.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.utils import formats
from django.utils.translation import get_language, gettext, gettext_lazy, override

from trialwright.adapters.archive.words import KIND_WORDS
from trialwright.core.ledger import Missing
from trialwright.core.terms import PartialDate, Quantity
from trialwright.standards.units.printed import printed_unit

THIN = "\u202f"
"""Thin, and no line ends at it: a number stays with its unit."""
ISO_DATE = re.compile(r"(?<![\w/-])\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\w/-])")
ENTRY_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-([0-9a-f]{6})([0-9a-f]{6})\b")
KINDS = {name: words.lower() for name, words in KIND_WORDS.items() if any(map(str.isupper, name[1:]))}
KIND = re.compile(rf"\b({'|'.join(KINDS)})\b")
LIMIT = re.compile(r"(?<!\S)(>=|<=)(?!\S)")
SIGN = {">=": "≥", "<=": "≤"}
CODE = re.compile(r"(?<![\w/.@-])[a-z]+(?:_[a-z0-9]+)+(?![\w/.@-])")
POWER, RAISED = re.compile(r"(?<![\d.])10\*(\d+)(?=/)"), str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""A power of ten as units are coded, and as it is printed."""
DAY, MONTH, YEAR = "j M Y", "M Y", "Y"
MISSING = {
    "not_done": gettext_lazy("not done"),
    "not_known": gettext_lazy("not known"),
    "not_applicable": gettext_lazy("does not apply"),
    "redacted": gettext_lazy("redacted"),
}
"""Why a value is not there, as a person reads it."""


def day(on: date | datetime | PartialDate | str | None) -> str:
    """A date as 5 Jul 2006, a partial one as Jul 2006 or 2006; text that is no date stays as it is."""
    if on is None or on == "":
        return gettext("not known")
    if isinstance(on, datetime):
        return f"{formats.date_format(on, _form(DAY))}, {formats.time_format(on, 'H:i')}"
    known = on if isinstance(on, PartialDate) else _read(on)
    if known is None:
        return str(on)
    return _date(known.earliest, _form(DAY if known.day else MONTH if known.month else YEAR), get_language())


@lru_cache(maxsize=1 << 14)
def _date(on: date, form: str, language: str | None) -> str:
    """A date in a form, written in the language that is asked for now; pages write the same days again and again."""
    return formats.date_format(on, form)


def _form(english: str) -> str:
    """The same form in the reader's language: other languages write their months small."""
    return english if (get_language() or "en").startswith("en") else english.replace("M", "b")


def _read(on: date | str) -> PartialDate | None:
    try:
        return PartialDate.parse(on)
    except ValueError:
        return None


def dated(sentence: object) -> str:
    """A sentence of the core, English as it is, with its dates as 5 Jul 2006, codes as words, entries by their end.

    >>> dated("no visit_2 since 2006-13-45")
    'no visit 2 since 2006-13-45'
    >>> dated("CourseStarted already; platelets 90000 /mm3, limit >= 100000 /mm3")
    'course started already; platelets 90000 /mm³, limit ≥ 100000 /mm³'
    >>> dated("platelets 215 10*9/L")
    'platelets 215 ×10⁹/L'
    """
    return "" if sentence is None else _dated(str(sentence))


@lru_cache(maxsize=1 << 13)
def _dated(text: str) -> str:
    with override("en"):  # as the sentence is
        text = ISO_DATE.sub(lambda found: day(found[0]), text)
    text = ENTRY_ID.sub(lambda found: f"…{found[2]}", text)
    text = LIMIT.sub(lambda found: SIGN[found[1]], KIND.sub(lambda found: KINDS[found[1]], text))
    text = POWER.sub(lambda found: f"×10{found[1].translate(RAISED)}", text.replace("/mm3", "/mm³"))
    return CODE.sub(lambda found: found[0].replace("_", " "), text)


def span(first: date | str | None, last: date | str | None) -> str:
    """Two dates as 17 – 21 Jul 2006; one where both are the same."""
    start, end = day(first), day(last)
    if start == end:
        return start
    shared = len(start) > 5 and start[-5:] == end[-5:]
    return f"{start[:-5] if shared else start} – {end}"


def number(value: Decimal | float | int) -> str:
    """A number with a point and thin spaces between thousands, never in powers of ten."""
    text = f"{value:f}" if isinstance(value, Decimal) else f"{value:,}".replace(",", "")
    whole, point, rest = text.partition(".")
    sign, digits = ("−", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(digits):,}".replace(",", "\u202f") if len(digits) > 4 and digits.isdigit() else digits
    return f"{sign}{grouped}{point}{rest}"


def quantity(of: Quantity | None) -> str:
    """A quantity with its printed unit after a thin space."""
    if of is None:
        return gettext("not known")
    return with_unit(number(of.value), of.unit)


def with_unit(text: str, code: str) -> str:
    """A number as text and its unit in its printed form."""
    unit = printed_unit(code)
    return f"{text}{THIN}{unit}" if unit else text


def value(of: object) -> str:
    """Any value of an item as a person reads it: a quantity, a code, yes or no, a date, or why there is none."""
    if isinstance(of, Missing):
        return str(MISSING.get(of.code, of.code))
    if isinstance(of, Quantity):
        return quantity(of)
    if isinstance(of, bool):
        return gettext("yes") if of else gettext("no")
    if isinstance(of, (date, PartialDate)):
        return day(of)
    return gettext("no value") if of is None else str(of)
