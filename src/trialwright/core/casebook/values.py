"""What a form is made of: items with all that stands beside the field, sections of one concept, the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import cached_property

from trialwright.core.ledger import Value
from trialwright.core.protocol import Concept, Field
from trialwright.core.terms import PartialDate, Quantity, Verdict


class Shape(Enum):
    """How a concept is entered at an encounter: once, in parts (lesions, regions), or as records of their own."""

    ONE = "one value"
    AT_VISIT = "one record of the visit"
    PARTS = "parts at a visit"
    LOG = "records of their own"


@dataclass(frozen=True)
class Choice:
    """One answer to choose: what is written, and how it is said."""

    code: str
    label: str


@dataclass(frozen=True)
class Last:
    """The value recorded last before this one, and the day it holds for."""

    value: Value
    on: PartialDate
    encounter: str = ""


@dataclass(frozen=True)
class AskedWhen:
    """An item is asked where another item has one of these values; without values, where it has any but 0."""

    path: str
    label: str
    values: tuple[str, ...]

    def holds(self, value: str) -> Verdict:
        """Whether it is asked, by the other item as it was typed; unknown while that is empty."""
        return Verdict.of((value in self.values if self.values else value != "0") if value else None)


@dataclass(frozen=True)
class Item:
    """One field of one record on a form, with what a person wants to see beside it.

    `value` is what is recorded, None where nothing is; `low` and `high` the limits of this site's laboratory on the
    day; `units` those it may be typed in, the likeliest first; `choices` are all there are where `closed`. `fixed` is
    what the form itself fills in; `locked` says by whom it was locked; `aside` that it is seldom filled in.
    """

    path: str
    concept: Concept
    field: Field
    label: str
    value: Value = None
    low: Quantity | None = None
    high: Quantity | None = None
    last: Last | None = None
    units: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    closed: bool = False
    required: bool = False
    asked_when: AskedWhen | None = None
    fixed: str = ""
    locked: str = ""
    aside: bool = False
    remark: str = ""

    @property
    def recorded(self) -> bool:
        """Whether anything is recorded here; what was emptied again is not."""
        return self.value is not None

    @property
    def identifies(self) -> bool:
        """Whether it tells who the person is, and so stays at the site."""
        return self.field.identifies

    @property
    def name(self) -> str:
        """The id of the field."""
        return self.field.id


@dataclass(frozen=True)
class Record:
    """One record of a log as it stands: its instance, the items, and one line that tells which it is."""

    instance: str
    says: str
    since: PartialDate | None
    open: bool


@dataclass(frozen=True)
class Section:
    """One concept on a form: the items of one instance, or the records of a log with a way to its own form.

    `part` names the lesion or region; `ghost` that nothing is recorded of it yet; `carried` that it was measured
    before and is asked again.
    """

    concept: Concept
    label: str
    shape: Shape
    instance: str
    items: tuple[Item, ...] = ()
    records: tuple[Record, ...] = ()
    part: str = ""
    ghost: bool = False
    carried: bool = False
    asked_when: AskedWhen | None = None

    @property
    def main(self) -> Item | None:
        """The item that holds the value, for a concept of one value."""
        return next((one for one in self.items if one.field is self.concept.value), None)

    @property
    def beside(self) -> tuple[Item, ...]:
        """The other items: when, by whom, limits as printed."""
        return tuple(one for one in self.items if one is not self.main)


@dataclass(frozen=True)
class Form:
    """What is asked together: at one visit, or of one record; `words` are those of the clause that asks for it.

    `since` is the day the person came to screening: no visit of the study is expected before it.
    """

    id: str
    label: str
    encounter: str
    day: date | None
    sections: tuple[Section, ...]
    words: str = ""
    clause: str = ""
    window: tuple[date, date] | None = None
    applies: Verdict = Verdict.MET
    why: str = ""
    since: date | None = None

    @property
    def items(self) -> Iterator[Item]:
        """Every item, in the order of reading."""
        return (item for section in self.sections for item in section.items)

    @cached_property
    def by_path(self) -> dict[str, Item]:
        """Every item by its path."""
        return {item.path: item for item in self.items}

    def without_identifiers(self) -> Form:
        """The form as who is not at the site may see it: what tells who the person is keeps no value."""
        kept = tuple(replace(one, items=tuple(_masked(item) for item in one.items)) for one in self.sections)
        return replace(self, sections=kept)


def _masked(item: Item) -> Item:
    return replace(item, value=KEPT if item.recorded else None, last=None) if item.identifies else item


KEPT = "kept at the site"
"""What central users read in place of what tells who a person is."""
