"""What a person fills in for a decision, and how what was typed is read: a value, or words at the blank.

Nothing is guessed: a day is written in full, a choice is one of those offered, a number is whole. What was typed is
kept beside what is wrong with it. Read `Blank`, then `read`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from trialwright.adapters.edc.look import writing
from trialwright.adapters.edc.look.controls import Control
from trialwright.core.terms import Quantity

Words = str | Promise
Options = tuple[tuple[str, Words], ...]
"""What may be chosen, each with its words."""
Typed = Mapping[str, Sequence[str]]
"""What came with a request, by the name of the blank."""
LONGEST = 4000
"""A text has so many letters at most."""
MOST = 10**6
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""No day of a trial lies outside."""
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
"""The key of a save, as it is minted with a form."""


class BlankKind(Enum):
    """How a blank is filled in."""

    DAY = "day"
    TEXT = "text"
    LONG = "long text"
    CHOICE = "choice"
    SEVERAL = "several"
    ID = "id"
    NUMBER = "number"
    TIME = "time"
    MEASURE = "measured number"
    TICK = "tick"
    KEPT = "kept"
    """What was shown and goes back as it was shown."""
    KEPT_NUMBER = "kept number"
    KEPT_DOSE = "kept dose"


CONTROLS: Mapping[BlankKind, str] = {
    BlankKind.DAY: "date",
    BlankKind.TEXT: "text",
    BlankKind.LONG: "textarea",
    BlankKind.ID: "text",
    BlankKind.CHOICE: "select",
    BlankKind.SEVERAL: "checkbox",
    BlankKind.NUMBER: "number",
    BlankKind.TIME: "time",
    BlankKind.MEASURE: "number",
    BlankKind.TICK: "checkbox",
    **dict.fromkeys((BlankKind.KEPT, BlankKind.KEPT_NUMBER, BlankKind.KEPT_DOSE), "hidden"),
}
"""The control of each kind of blank."""


@dataclass(frozen=True, kw_only=True)
class Blank:
    """One thing to fill in: its name, its words, what may be chosen, what stands in it at first.

    `not_after` is the last day that may be given. A text with options offers them and takes other words too. `assumed`
    is what an empty blank is taken to hold where it is asked ahead what stands against a decision.
    """

    name: str
    label: Words
    kind: BlankKind = BlankKind.TEXT
    options: Options = ()
    value: tuple[str, ...] = ()
    needed: bool = True
    help: Words = ""
    not_after: date | None = None
    unit: str = ""
    longest: int = LONGEST
    assumed: str = ""
    wrong: str = ""

    @property
    def one(self) -> str:
        """What stands in it, of a blank that takes one thing."""
        return self.value[0] if self.value else ""

    @property
    def control(self) -> Control:
        """The blank as the pages draw a control."""
        offered = self.kind is BlankKind.TEXT and bool(self.options)
        empty = [] if self.one or self.kind is not BlankKind.CHOICE else [("", "")]
        return Control(
            name=self.name,
            label=str(self.label),
            kind=CONTROLS[self.kind],
            value=self.one,
            options=[*empty, *((value, str(label)) for value, label in self.options)],
            hint=str(self.help),
            unit=self.unit,
            errors=(self.wrong,) if self.wrong else (),
            required=self.needed,
            attributes={"list": f"{self.name}-offered"} if offered else {},
            size="long" if offered else "",
        )

    @property
    def to_choose(self) -> bool:
        """Whether something has to be chosen here and nothing is yet."""
        return self.needed and not self.value and self.kind in (BlankKind.CHOICE, BlankKind.SEVERAL)

    @property
    def is_wrong(self) -> bool:
        """Whether something is said against what was typed."""
        return bool(self.wrong)


@dataclass(frozen=True)
class Filled:
    """The blanks as they were filled in, with the values read; `values` lacks those that are wrong or empty."""

    blanks: tuple[Blank, ...]
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with what was typed."""
        return not any(one.is_wrong for one in self.blanks)


def read(blanks: Iterable[Blank], typed: Typed) -> Filled:
    """Every blank with what was typed in it, and the values of those that could be read."""
    found, values = [], {}
    for blank in blanks:
        text = tuple(unicodedata.normalize("NFC", one).strip() for one in typed.get(blank.name, ()))
        text = tuple(one for one in text if one)
        value, wrong = (None, _lacking(blank)) if not text else READERS[blank.kind](blank, text)
        found.append(replace(blank, value=text, wrong=wrong))
        if value is not None and not wrong:
            values[blank.name] = value
    return Filled(tuple(found), values)


def assumed(blanks: Iterable[Blank]) -> Typed:
    """The blanks as they stand, the empty ones that are needed as they may be filled in: to ask ahead."""
    return {one.name: one.value or ((_assumed(one),) if one.needed else ()) for one in blanks}


def _assumed(blank: Blank) -> str:
    if blank.assumed:
        return blank.assumed
    if blank.options:
        return blank.options[0][0]
    return {BlankKind.DAY: str(blank.not_after or ""), BlankKind.NUMBER: "1"}.get(blank.kind, "…")


def key_of(text: str) -> str:
    """The key that a form carried; empty where it is none that was minted."""
    return text if KEY.fullmatch(text) else ""


def version_of(text: str) -> int | None:
    """The version of a record that a form was drawn from; None where it is no number."""
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None


Read = tuple[Any, str]


def _lacking(blank: Blank) -> str:
    return _("This is needed.") if blank.needed else ""


def _day(blank: Blank, text: Sequence[str]) -> Read:
    """A whole day, no later than it can have been."""
    try:
        found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text[0], re.ASCII)
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None, _("There is no day %(day)s.") % {"day": text[0]}
    if day is None:
        return None, _("Write the day as year-month-day, such as 2006-07-05.")
    if not FIRST_DAY <= day <= LAST_DAY:
        return None, _("%(day)s is no day of a trial.") % {"day": text[0]}
    if blank.not_after and day > blank.not_after:
        return None, _("%(day)s has not come yet; today is %(today)s.") % {"day": day, "today": blank.not_after}
    return day, ""


def _text(blank: Blank, text: Sequence[str]) -> Read:
    """Words, without what no keyboard types."""
    if len(text[0]) > blank.longest:
        return None, _("At most %(most)s letters; these are %(given)s.") % {
            "most": blank.longest,
            "given": len(text[0]),
        }
    odd = [one for one in text[0] if unicodedata.category(one) in ("Cc", "Cs", "Co", "Cn") and one not in "\n\r\t"]
    if odd:
        return None, _("A character that cannot be printed (%(code)s) is in the text.") % {
            "code": f"U+{ord(odd[0]):04X}"
        }
    return text[0], ""


def _id(blank: Blank, text: Sequence[str]) -> Read:
    """An opaque id, as it can stand in an address and on a tube."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", text[0], re.ASCII):
        return None, _("An id has letters, digits and hyphens, at most 32; %(typed)s is none.") % {
            "typed": text[0][:40]
        }
    return text[0], ""


def _choice(blank: Blank, text: Sequence[str]) -> Read:
    """One of those that are offered."""
    if text[0] not in {value for value, _label in blank.options}:
        return None, _("%(typed)s is none of those offered here.") % {"typed": text[0][:80]}
    return text[0], ""


def _several(blank: Blank, text: Sequence[str]) -> Read:
    """Some of those that are offered, in the order they are offered in."""
    offered = [value for value, _label in blank.options]
    strange = [one for one in text if one not in offered]
    if strange:
        return None, _("%(typed)s is none of those offered here.") % {"typed": strange[0][:80]}
    return tuple(one for one in offered if one in text), ""


def _number(blank: Blank, text: Sequence[str]) -> Read:
    """A whole number."""
    if not re.fullmatch(r"\d{1,7}", text[0], re.ASCII) or int(text[0]) > MOST:
        return None, _("Write a whole number; %(typed)s is none.") % {"typed": text[0][:40]}
    return int(text[0]), ""


def _time(blank: Blank, text: Sequence[str]) -> Read:
    """An hour and a minute of the day, by the clock on the wall."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text[0], re.ASCII):
        return None, _("Write the time as 14:30; %(typed)s is none.") % {"typed": text[0][:40]}
    return text[0], ""


def _measure(blank: Blank, text: Sequence[str]) -> Read:
    """A number with a decimal point, in the unit that stands beside it; a comma is refused, not guessed."""
    typed = text[0].replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d{1,9})?", typed, re.ASCII):
        return None, _("Write a number with a decimal point, such as -70.5; %(typed)s is none.") % {
            "typed": text[0][:40]
        }
    return Quantity(Decimal(typed), blank.unit), ""


def _dose(blank: Blank, text: Sequence[str]) -> Read:
    """A quantity as it was shown."""
    try:
        return Quantity.parse(text[0][:60]), ""
    except ValueError:
        return None, _("%(typed)s is no dose.") % {"typed": text[0][:40]}


def _tick(blank: Blank, text: Sequence[str]) -> Read:
    return True, ""


READERS: Mapping[BlankKind, Callable[[Blank, Sequence[str]], Read]] = {
    BlankKind.DAY: _day,
    BlankKind.TEXT: _text,
    BlankKind.LONG: _text,
    BlankKind.ID: _id,
    BlankKind.CHOICE: _choice,
    BlankKind.SEVERAL: _several,
    BlankKind.NUMBER: _number,
    BlankKind.TIME: _time,
    BlankKind.MEASURE: _measure,
    BlankKind.TICK: _tick,
    BlankKind.KEPT: _text,
    BlankKind.KEPT_NUMBER: _number,
    BlankKind.KEPT_DOSE: _dose,
}
"""How each kind of blank is read."""


def words_of(blank: Blank) -> str:
    """What stands in a blank, as a person reads it."""
    if blank.kind is BlankKind.DAY:
        return writing.day(blank.one) if blank.one else ""
    labels = dict(blank.options)
    return ", ".join(str(labels.get(one, one)) for one in blank.value)
