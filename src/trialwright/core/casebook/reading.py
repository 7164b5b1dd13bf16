"""What was typed into one item -> its value; every refusal is a finding at the item, and what was typed is kept.

    numbers   digits, < and >, the unit             days   dates as far as they are known
    codes     by their code or label, never by likeness; a near miss is offered     texts   letters, no control signs

A missing value says why (`MISSING`). Nothing is guessed, repaired or dropped. Read `read_typed`, then `READERS`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from trialwright.core.casebook.days import read_day
from trialwright.core.casebook.numbers import Unreadable, read_number
from trialwright.core.casebook.values import Item
from trialwright.core.ledger import Missing, Value
from trialwright.core.protocol import Kind
from trialwright.core.terms import Finding, Quantity, UnitMismatch, UnitTable

LONGEST_TEXT = 4000
LONGEST_LINE = 200
LARGEST = 2**53 - 1
"""Whole numbers above this one are not kept exactly by everybody who reads them."""
MISSING: Mapping[str, str] = {
    "not_done": "not done",
    "not_known": "not known",
    "not_applicable": "does not apply",
}
"""Why a value is not there, as a person may say."""
YES_NO: Mapping[str, str] = {"yes": "yes", "y": "yes", "true": "yes", "no": "no", "n": "no", "false": "no"}
TIME = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d(?::[0-5]\d)?)(?:\s*([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Typed:
    """What a person typed into one item: the text, the unit chosen beside it, or why there is no value."""

    text: str = ""
    unit: str = ""
    missing: str = ""

    @property
    def empty(self) -> bool:
        """Nothing was typed and nothing said of why not; a unit alone says nothing."""
        return not self.text.strip() and not self.missing


@dataclass(frozen=True)
class Read:
    """What an item came to: its value, "<" or ">" for the limit of detection; or what is wrong."""

    value: Value = None
    bound: str = ""
    wrong: Finding | None = None


def read_typed(item: Item, typed: Typed, units: UnitTable) -> Read:
    """The value of an item as it was typed; empty is no value, and no finding."""
    if typed.empty:
        return Read()
    try:
        if typed.missing:
            return Read(_missing(typed))
        text = unicodedata.normalize("NFC", typed.text).strip()
        _refuse_signs(text)
        return READERS[item.field.kind](item, Typed(text, typed.unit.strip()), units)
    except Unreadable as wrong:
        return Read(wrong=finding(item, wrong.says, wrong.do))


def finding(item: Item, says: str, do: str) -> Finding:
    """What is wrong at an item, in the words of the form."""
    return Finding(item.path, f"{item.label}: {says}.", "Nothing was saved; what you typed is still here.", do)


def _missing(typed: Typed) -> Missing:
    if typed.text.strip():
        raise Unreadable(
            f"there is a value and a reason why there is none ({MISSING.get(typed.missing, typed.missing)})",
            "Clear one of the two.",
        )
    if typed.missing not in MISSING:
        raise Unreadable(f"{typed.missing!r} is no reason", f"Choose one of {', '.join(MISSING.values())}.")
    return Missing(typed.missing)


def _refuse_signs(text: str) -> None:
    """No sign that nobody sees or that turns the order of the letters round."""
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co") and sign not in "\n\t\r":
            raise Unreadable(f"it holds a sign that cannot be kept (U+{ord(sign):04X})", "Type it again without.")
        if sign in HIDDEN:
            raise Unreadable(f"it holds a sign that nobody sees (U+{ord(sign):04X})", "Type it again without.")


HIDDEN = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
"""Signs that turn the order of letters round, and blanks without a width."""


# --- each kind of value ---------------------------------------------------------------------------------------------


def _quantity(item: Item, typed: Typed, units: UnitTable) -> Read:
    number = read_number(typed.text)
    unit = _unit(item, number.unit, typed.unit)
    if number.bound and not any(one.id == "bound" for one in item.concept.fields):
        raise Unreadable(f"{number.bound} cannot be kept here", "Write the number alone.")
    value = Quantity(number.value, unit)
    if item.field.unit is not None:
        _refuse_other_dimension(value, item, units)
    return Read(value, number.bound)


def _unit(item: Item, beside: str, chosen: str) -> str:
    """The one unit that was told; without it only a plain number needs none."""
    if beside and chosen and beside != chosen:
        raise Unreadable(f"the unit stands twice: {beside} beside the number, {chosen} in the list", "Leave one.")
    given = beside or chosen
    if given:
        return given
    if is_plain_number(item):
        return "1"
    such = f", such as {item.units[0]}" if item.units else ""
    raise Unreadable("the unit is missing", f"Give the unit as the report has it{such}.")


def is_plain_number(item: Item) -> bool:
    """A scale without a unit: its unit is 1, or it has none and a range of plain numbers."""
    field = item.field
    return field.unit == "1" or (field.unit is None and field.plausible is not None)


def _refuse_other_dimension(value: Quantity, item: Item, units: UnitTable) -> None:
    wanted = item.field.unit or "1"
    if value.unit != wanted and (why := why_other(units, value.unit, wanted, item.concept.id)):
        raise Unreadable(why, f"Give a unit that measures the same as {wanted}.")


@lru_cache(maxsize=4096)
def why_other(units: UnitTable, unit: str, wanted: str, analyte: str) -> str:
    """Why a unit cannot be read as another one, of this analyte; empty where it can. It is asked again and again."""
    try:
        units.convert(Quantity(Decimal(1), unit), wanted, analyte)
    except UnitMismatch as wrong:
        return str(wrong).rstrip(".")
    return ""


def _integer(item: Item, typed: Typed, units: UnitTable) -> Read:
    number = read_number(typed.text)
    if number.bound or number.unit or "." in typed.text or "," in typed.text:
        raise Unreadable(f"{typed.text!r} is no whole number", "Write a whole number, such as 2.")
    if abs(number.value) > LARGEST:
        raise Unreadable(f"{typed.text} is larger than can be", "Write the number that was meant.")
    return Read(int(number.value))


def _code(item: Item, typed: Typed, units: UnitTable) -> Read:
    """A code or its label; of a list that is not closed any words are a code of their own."""
    known = {one.code: one.code for one in item.choices} | {code: code for code in item.field.codes}
    said = {spelled(one.label): one.code for one in item.choices} | {spelled(code): code for code in known}
    if code := known.get(typed.text) or said.get(spelled(typed.text)):
        return Read(code)
    if item.closed or item.field.codes:
        near = difflib.get_close_matches(spelled(typed.text), said, 1)
        meant = f"; is {said[near[0]]!r} meant" if near else ""
        raise Unreadable(f"{typed.text!r} is none of its answers{meant}", f"Choose one of {', '.join(known)}.")
    return _line(typed)


def spelled(text: str) -> str:
    """A text as it is compared with labels: blanks and underscores alike, capitals or not."""
    return " ".join(text.replace("_", " ").casefold().split())


def _yes_no(item: Item, typed: Typed, units: UnitTable) -> Read:
    said = YES_NO.get(typed.text.casefold())
    if said is None:
        raise Unreadable(f"{typed.text!r} is neither yes nor no", "Choose yes or no.")
    return Read(said)


def _date(item: Item, typed: Typed, units: UnitTable) -> Read:
    return Read(str(read_day(typed.text)))


def _text(item: Item, typed: Typed, units: UnitTable) -> Read:
    if item.name == "time" or item.name.endswith("_time"):
        return Read(read_time(typed.text))
    return _code(item, typed, units) if item.choices and item.closed else _line(typed)


def _line(typed: Typed) -> Read:
    if len(typed.text) > LONGEST_TEXT:
        raise Unreadable(f"{len(typed.text)} letters are more than are kept", f"Write at most {LONGEST_TEXT}.")
    return Read(typed.text.replace("\r\n", "\n").replace("\r", "\n"))


def read_time(text: str) -> str:
    """A time of day, to the minute.

    >>> read_time("9:05"), read_time("2.30 pm")
    ('09:05', '14:30')
    """
    found = TIME.fullmatch(text)
    if not found or (found[3] and not 1 <= int(found[1]) <= 12):
        raise Unreadable(f"{text!r} is no time of day", "Write hours and minutes, as 14:30.")
    hour = int(found[1]) % 12 + (12 if found[3] in ("p", "P") else 0) if found[3] else int(found[1])
    return f"{hour:02}:{found[2]}"


Reader = Callable[[Item, Typed, UnitTable], Read]
READERS: Mapping[Kind, Reader] = {
    Kind.QUANTITY: _quantity,
    Kind.INTEGER: _integer,
    Kind.CODE: _code,
    Kind.YES_NO: _yes_no,
    Kind.DATE: _date,
    Kind.TEXT: _text,
}
"""How each kind of value is read."""


# --- and back ---------------------------------------------------------------------------------------------------------


def as_typed(value: Value, bound: str = "") -> Typed:
    """A recorded value as it would be typed, so that a form sent back unchanged changes nothing."""
    match value:
        case None:
            return Typed()
        case Missing(code):
            return Typed(missing=code)
        case bool():
            return Typed("yes" if value else "no")
        case Quantity():
            return Typed(f"{bound}{value.value:f}", "" if value.unit == "1" else value.unit)
        case _:
            return Typed(str(value))


def same(one: Value, other: Value) -> bool:
    """Whether two values say the same: True is "yes", 3 is "3"; a missing value is like none but its own kind.

    >>> same(True, "yes"), same(Missing("not_done"), None), same(3, "3")
    (True, False, True)
    """
    if isinstance(one, Missing) or isinstance(other, Missing) or one is None or other is None:
        return type(one) is type(other) and one == other
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return one == other
    return _plain(one) == _plain(other)


def _plain(value: Value) -> Typed:
    """A value as it would be typed, without the blanks around it."""
    typed = as_typed(value)
    return Typed(unicodedata.normalize("NFC", typed.text).strip(), typed.unit)
