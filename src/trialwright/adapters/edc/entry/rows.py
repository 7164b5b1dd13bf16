"""An item on a page: which control it gets, what stands beside it, what was typed and what is wrong with it.

Which control is told by the kind of field and what may be chosen (`control_of`). Nothing is judged. Read `view_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from re import sub

from trialwright.adapters.edc.look import writing
from trialwright.core.casebook import (
    KEPT,
    MISSING,
    AskedWhen,
    Choice,
    Form,
    Item,
    Section,
    Shape,
    Typed,
    Unreadable,
    as_shown,
    read_day,
)
from trialwright.core.casebook.reading import is_plain_number
from trialwright.core.protocol import Kind
from trialwright.core.terms import Finding, PartialDate, Severity, Verdict

FEW = 4
"""So many answers are shown at once; more are in a list that opens."""
LISTED = "listed"
"""The answer that there are some, each in a record of its own."""
UNSEEN = ("fixed", "none")
"""Controls of items that are on no page: what the form fills in, what is typed with another item."""
LONG = frozenset({"reason", "cause", "comment", "why_missed"})
"""Fields in which people write sentences."""


def key_of(path: str) -> str:
    """The id of an item on a page.

    >>> key_of("anc/course_day_1.2/value")
    'i-anc-course_day_1-2-value'
    """
    return "i-" + sub(r"[^A-Za-z0-9_]", "-", path)


def written_day(typed: str) -> str:
    """An ISO date as 5 Jul 2006, in the reader's language; anything else, and what would be read otherwise, stays."""
    try:
        known = PartialDate.parse(typed)
        written = writing.day(known)
        return written if read_day(written) == known else typed
    except (ValueError, Unreadable):
        return typed


@dataclass(frozen=True)
class Row:
    """One item with its control: what was typed, what is wrong, what is asked about it."""

    item: Item
    control: str
    typed: Typed
    remark: str = ""
    said: tuple[Finding, ...] = ()
    confirmed: str = ""
    read_only: bool = False
    asked: Verdict = Verdict.MET

    @property
    def key(self) -> str:
        """The id of the item on the page."""
        return key_of(self.item.path)

    @property
    def concept(self) -> str:
        """The first part of the item's path."""
        return self.item.path.split("/")[0]

    @property
    def instance(self) -> str:
        """The second part."""
        return self.item.path.split("/")[1]

    @property
    def field(self) -> str:
        """The third part."""
        return self.item.path.split("/")[2]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What has to be mended before anything is saved."""
        return tuple(one for one in self.said if one.severity is Severity.ERROR)

    @property
    def asks(self) -> tuple[Finding, ...]:
        """What is asked about, and can be said to be right."""
        return tuple(one for one in self.said if one.severity is not Severity.ERROR)

    @property
    def wants_words(self) -> bool:
        """Whether the field for why an unusual value is right is shown."""
        return bool(self.asks or self.confirmed)

    @property
    def choices(self) -> Sequence[Choice]:
        """What may be chosen; of yes and no, these."""
        return YES_NO if self.item.field.kind is Kind.YES_NO else self.item.choices

    @property
    def foreign(self) -> bool:
        """Whether what stands in the item is none of what may be chosen, so that it is offered besides."""
        return bool(self.typed.text) and self.typed.text not in {one.code for one in self.choices}

    @property
    def text(self) -> str:
        """What stands in the field: a date as a person writes it, where reading that gives the same."""
        return written_day(self.typed.text) if self.control == "date" else self.typed.text

    @property
    def units(self) -> Sequence[str]:
        """The units to choose from, with the one that was typed."""
        more = [self.typed.unit] if self.typed.unit and self.typed.unit not in self.item.units else []
        return (*self.item.units, *more)

    @property
    def unit(self) -> str:
        """The unit that is chosen: as typed, else as this laboratory reports it."""
        return self.typed.unit or (self.item.units[0] if self.item.units else "")

    @property
    def normal(self) -> str:
        """The limits of normal of this site on the day, with their unit once; empty where there are none."""
        low, high = self.item.low, self.item.high
        if low is not None and high is not None and low.unit == high.unit:
            return f"{writing.number(low.value)} – {writing.quantity(high)}"
        if low is not None and high is not None:
            return f"{writing.quantity(low)} – {writing.quantity(high)}"
        return f"≤ {writing.quantity(high)}" if high is not None else f"≥ {writing.quantity(low)}" if low else ""

    @property
    def missing(self) -> Mapping[str, str]:
        """Why there may be no value; that it was erased only where it was."""
        erased = self.typed.missing if self.typed.missing not in MISSING else ""
        return {**MISSING, erased: erased} if erased else MISSING

    @property
    def waits(self) -> AskedWhen | None:
        """What decides whether the item is asked."""
        return self.item.asked_when

    @property
    def waits_key(self) -> str:
        """The id of that item on the page."""
        return key_of(self.item.asked_when.path) if self.item.asked_when else ""


YES_NO = (Choice("yes", "yes"), Choice("no", "no"))


@dataclass(frozen=True)
class Block:
    """Sections that stand together on a page: values in a list, parts as a table, a log with its records."""

    kind: str
    label: str
    sections: tuple[Section, ...]
    rows: Mapping[str, Row]

    @property
    def first(self) -> Section:
        """The first section, which the others are like."""
        return self.sections[0]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Each section with its rows."""
        return tuple(Line(one, tuple(self.rows[item.path] for item in one.items)) for one in self.sections)

    @property
    def key(self) -> str:
        """The id of the block on the page."""
        return f"b-{self.first.concept.id}"

    @property
    def begun(self) -> bool:
        """Whether anything is typed in it, so that it is not folded away."""
        return any(not row.typed.empty or row.said for line in self.lines for row in line.shown)

    @property
    def columns(self) -> tuple[Item, ...]:
        """The fields of parts, but the one that names the part."""
        return self.first.items[1:]

    @property
    def owes(self) -> bool:
        """Whether the question says that there are some, and none is recorded."""
        said = {row.typed.text for line in self.lines for row in line.shown if row.item is line.section.main}
        return LISTED in said and not self.log.records

    @property
    def log(self) -> Section:
        """The log of a block of one, after the question whether there is any."""
        return self.sections[-1]


@dataclass(frozen=True)
class Line:
    """One section with its rows: the one with the value, those beside it that are shown, those that are folded away."""

    section: Section
    rows: tuple[Row, ...]

    @property
    def main(self) -> Row | None:
        """The row with the value, of a concept of one value."""
        return next((one for one in self.rows if one.item is self.section.main), None)

    @property
    def signers(self) -> tuple[str, ...]:
        """The roles that may answer, where a question is not for everybody."""
        role = next((one for one in self.rows if one.item.name == "role"), None)
        return tuple(one.code for one in role.choices) if role is not None and self.main is not None else ()

    @property
    def shown(self) -> tuple[Row, ...]:
        """Every row that is not folded away, nor filled in by the form."""
        return tuple(one for one in self.rows if one.control not in UNSEEN and not one.item.aside)

    @property
    def folded(self) -> tuple[Row, ...]:
        """When it was another day, the limits as printed, who said it."""
        return tuple(one for one in self.rows if one.item.aside and one.control not in UNSEEN)

    @property
    def open(self) -> bool:
        """Whether what is folded away says anything, or something is wrong with it."""
        return any(not one.typed.empty or one.said for one in self.folded)

    @property
    def name(self) -> Row:
        """The row that names a part."""
        return self.rows[0]


@dataclass(frozen=True)
class View:
    """A form as a page shows it: blocks in the order of reading, and the findings that are at no item."""

    form: Form
    blocks: tuple[Block, ...]
    rows: Mapping[str, Row]
    findings: tuple[Finding, ...] = ()

    @property
    def wrong(self) -> tuple[Row, ...]:
        """The rows with something to mend, for the list at the top."""
        return tuple(one for one in self.rows.values() if one.errors)

    @property
    def seen(self) -> tuple[Row, ...]:
        """The rows that are on the page."""
        return tuple(one for one in self.rows.values() if one.control not in UNSEEN)

    @property
    def recorded(self) -> bool:
        """Whether anything on the form is recorded already, so that a change of it needs a reason."""
        return any(one.item.recorded for one in self.rows.values())

    @property
    def asked_about(self) -> tuple[Row, ...]:
        """The rows that are asked about and not said to be right."""
        return tuple(one for one in self.rows.values() if one.asks and not one.confirmed)


def view_of(
    form: Form,
    typed: Mapping[str, Typed] | None = None,
    *,
    remarks: Mapping[str, str] | None = None,
    confirmed: Mapping[str, str] | None = None,
    said: Iterable[Finding] = (),
    read_only: bool = False,
) -> View:
    """A form as a page shows it: as recorded, with what was typed over it and what was said of that."""
    shown = {**as_shown(form), **(typed or {})}
    told = [one for one in said if one.about in form.by_path]
    rows = {
        item.path: Row(
            item=item,
            control=_control(section, item, read_only),
            typed=shown[item.path],
            remark=(remarks or {}).get(item.path, item.remark),
            said=tuple(one for one in told if one.about == item.path),
            confirmed=(confirmed or {}).get(item.path, ""),
            read_only=read_only,
            asked=_asked(item, shown),
        )
        for section in form.sections
        for item in section.items
    }
    rest = tuple(one for one in said if one.about not in form.by_path)
    return View(form, tuple(_blocks(form, rows)), rows, rest)


def _control(section: Section, item: Item, read_only: bool) -> str:
    """Which control an item gets on its form: none for what is typed elsewhere, as "<" is with its number."""
    if item.value == KEPT and item.identifies:
        return "kept"
    with_its_value = item.name == "bound" and section.main is not None
    of_the_visit = section.shape is Shape.PARTS and item.name == "on" and section.concept.id != "specimen"
    return "none" if (with_its_value and section.main is not item) or of_the_visit else control_of(item, read_only)


def _asked(item: Item, shown: Mapping[str, Typed]) -> Verdict:
    """Whether an item is asked, as far as the form tells."""
    waits = item.asked_when
    return Verdict.MET if waits is None or waits.path not in shown else waits.holds(shown[waits.path].text)


def control_of(item: Item, read_only: bool = False) -> str:
    """Which control an item gets."""
    if item.fixed:
        return "fixed"
    if item.locked or read_only:
        return "locked"
    if item.field.kind is Kind.YES_NO or (item.field.codes and len(item.choices) <= FEW):
        return "radio"
    if item.choices:
        return "select" if item.closed else "open"
    if item.field.kind is Kind.QUANTITY:
        return "number" if is_plain_number(item) else "quantity"
    kinds = {Kind.INTEGER: "integer", Kind.DATE: "date"}
    text = "time" if item.name == "time" or item.name.endswith("_time") else "text"
    return kinds.get(item.field.kind, "long" if item.name in LONG else text)


def _blocks(form: Form, rows: Mapping[str, Row]) -> Iterator[Block]:
    """Values that follow each other stand together, by what they are; a log stands with the question for it."""
    logs = {one.concept.id for one in form.sections if one.shape is Shape.LOG and not one.items}
    for (kind, label), sections in groupby(form.sections, key=lambda one: _stands_under(one, logs)):
        found = tuple(sections)
        yield Block(kind, found[-1].label if kind == "log" else label, found, rows)


def _stands_under(section: Section, logs: Set[str]) -> tuple[str, str]:
    of = section.concept.id.removesuffix("_review")
    if of in logs:
        return "log", of
    if section.concept.id in ("visit", "specimen"):
        return section.concept.id, section.concept.label
    if section.shape is Shape.ONE:
        return "values", "laboratory" if section.concept.reference_range else "observations"
    if section.shape is Shape.PARTS:
        return "parts", section.concept.label
    return "record", f"{section.concept.label}|{section.instance}"
