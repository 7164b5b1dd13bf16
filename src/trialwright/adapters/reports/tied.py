"""Sentences whose every number is a reference to the analysis, never typed.

`tell` fills a sentence with numbers that were looked up; a digit that stands in the sentence itself is refused. A
`Number` knows its path in the analysis and the table that shows it, a `Quote` its clause; `located` finds the cell.
A `Tied` sentence is a plain text to everyone who only prints it. Read `tell`, then `References`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Any, Self

from trialwright.adapters.reports.document import GROUP, Document, Paragraph, Table
from trialwright.adapters.reports.text import number

DIGIT = re.compile(r"\d")
COUNT = "count"
"""The last step of a path: how many there are."""


@dataclass(frozen=True)
class Number:
    """A number as printed and where it comes from: its path in the analysis, and the table, row and column it is in.

    `row` are words of the row's other cells, `group` the arm, `column` a word of its heading. With neither row nor
    column it stands in no cell, but is counted from the whole table.
    """

    told: str
    path: str
    table: str = ""
    row: tuple[str, ...] = ()
    column: str = ""
    group: str = ""

    @property
    def in_a_cell(self) -> bool:
        """Whether one cell of its table shows it."""
        return bool(self.row or self.column)


@dataclass(frozen=True)
class Quote:
    """Words of the record or of the protocol, as they stand there, with their clause; a `label` needs no marks."""

    words: str
    clause: str
    label: bool = False

    @property
    def text(self) -> str:
        """The words as they are printed."""
        return self.words if self.label else f"“{self.words}”"


@dataclass(frozen=True)
class Link:
    """Words that lead to a section or table of the report, by its name."""

    words: str
    target: str


Part = str | Number | Quote | Link


class Tied(str):
    """A text that still knows which of its parts are numbers, and where each comes from."""

    parts: tuple[Part, ...]

    def __new__(cls, parts: Iterable[Part]) -> Self:
        """The text of the parts; its own words hold no digit."""
        kept = tuple(parts)
        for part in kept:
            if isinstance(part, str) and DIGIT.search(part):
                raise ValueError(f"A number is typed into a sentence: {part!r}. Refer to it instead.")
        told = super().__new__(cls, "".join(_text(part) for part in kept))
        told.parts = kept
        return told

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers it refers to."""
        return tuple(part for part in self.parts if isinstance(part, Number))


def _text(part: Part) -> str:
    if isinstance(part, Number):
        return part.told
    if isinstance(part, Link):
        return part.words
    return part.text if isinstance(part, Quote) else part


def tell(sentence: str, /, **named: Part) -> Tied:
    """A sentence with what it names in braces filled in.

    >>> tell("{n} were registered.", n=Number("35", "flow.registered"))
    '35 were registered.'
    >>> tell("9 responded.")
    Traceback (most recent call last):
    ValueError: A number is typed into a sentence: '9 responded.'. Refer to it instead.
    """
    parts: list[Part] = []
    for words, name, _, _ in Formatter().parse(sentence):
        parts.append(words)
        if name is not None:
            parts += parts_of(named[name])
    return Tied(part for part in parts if part != "")


def label(words: str, clause: str) -> Quote:
    """A label of the protocol, such as an arm's or a visit's, with what it is the label of."""
    return Quote(words, clause, label=True)


def parts_of(told: Part) -> tuple[Part, ...]:
    """What a text is made of; a plain text is one part."""
    return told.parts if isinstance(told, Tied) else (told,)


def joined(texts: Iterable[Part], between: str = " ", last: str = "") -> Tied:
    """Texts one after another; `last` stands between the last two where it differs.

    >>> joined(["a", "b", "c"], ", ", " and ")
    'a, b and c'
    """
    kept = [one for one in texts if not isinstance(one, str) or one]
    parts: list[Part] = []
    for place, one in enumerate(kept):
        if place:
            parts.append(last if last and place == len(kept) - 1 else between)
        parts += parts_of(one)
    return Tied(parts)


# ---- looking a number up ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class References:
    """The analysis as sentences refer to it: `ref("flow.treated")` looks a number up by its path and prints it."""

    root: Any
    others: Mapping[str, Any] = field(default_factory=dict)

    def __call__(
        self,
        path: str,
        told: Callable[[Any], str] = str,
        table: str = "",
        row: Sequence[str] = (),
        column: str = "",
        group: str = "",
    ) -> Number:
        """The number at a path, as `told` prints it, with the table, row, column and group that show it."""
        return Number(told(self.at(path)), path, table, tuple(row), column, group)

    def at(self, path: str) -> Any:
        """What stands at a path: names of attributes or keys, places in a row, and `count` for how many there are.

        >>> References({"deaths": ("A", "B")}).at("deaths.count")
        2
        """
        first, *_ = path.split(".")
        value = self.others if first in self.others else self.root
        for step in path.split("."):
            value = _step(value, step)
        return value


def _step(value: Any, step: str) -> Any:
    if step == COUNT:
        return len(value)
    if isinstance(value, Mapping):
        return value[step] if step in value else value[int(step)]
    return value[int(step)] if step.isdigit() else getattr(value, step)


def pointed(table: Table, numbers: Mapping[str, str]) -> Table:
    """The table with each link to a section saying the section's number; one to nowhere says so."""
    if not any(isinstance(cell, Tied) for row in table.rows for cell in row):
        return table
    return replace(table, rows=tuple(tuple(_pointed(cell, numbers) for cell in row) for row in table.rows))


def _pointed(cell: str, numbers: Mapping[str, str]) -> str:
    if not isinstance(cell, Tied):
        return cell
    links = [part for part in cell.parts if isinstance(part, Link)]
    if not links or len(links) < len(cell.parts):
        return cell
    target = links[0].target
    return Tied([Link(f"section {numbers[target]}", target)]) if target in numbers else "not in this document"


def shown(table: Table, most: int) -> Table:
    """The table as far as a page has room for it, with a note of where the rest is; a shorter one as it is."""
    if len(table.rows) <= most:
        return table
    file = f"tables/{table.name}.csv"
    rest = tell(
        "The first {most} of {all} rows; all of them stand in {file}.",
        most=Number(number(most, 0), "rows on a page"),
        all=Number(number(len(table.rows), 0), file),
        file=label(file, table.name),
    )
    return replace(table, rows=table.rows[:most], notes=(rest, *table.notes))


# ---- proving it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A cell of a table, by row and column."""

    table: str
    row: int
    column: int

    @property
    def anchor(self) -> str:
        """The cell's id in a page."""
        return f"{self.table}-r{self.row + 1}c{self.column + 1}"


def untied(document: Document) -> list[str]:
    """Every sentence of the document in which a digit stands that nothing refers to; there must be none."""
    return [text for text in prose(document) if not isinstance(text, Tied) and DIGIT.search(text)]


def prose(document: Document) -> Iterable[str]:
    """The sentences of the document: its paragraphs and the notes under its tables."""
    for block in document.blocks():
        if isinstance(block, Paragraph):
            yield block.text
    for table in document.tables():
        yield from table.notes


def numbers_in(document: Document) -> list[Number]:
    """Every number the sentences refer to."""
    return [number for text in prose(document) if isinstance(text, Tied) for number in text.numbers]


def located(document: Document) -> Mapping[Number, Cell]:
    """The cell of each number that names one; one whose cell is not there is left out."""
    tables = {table.name: table for table in document.tables()}
    found: dict[Number, Cell] = {}
    for one in numbers_in(document):
        cell = _cell(tables[one.table], one) if one.table in tables and one.in_a_cell else None
        if cell is not None:
            found[one] = cell
    return found


def _cell(table: Table, number: Number) -> Cell | None:
    """The first cell that shows the number, in the rows and columns that are named."""
    wanted = re.compile(rf"(?<![\w.,]){re.escape(number.told)}(?![\d])")
    for place, row in enumerate(table.rows):
        asked = (*number.row, *([number.group] if number.group and GROUP in table.headings else []))
        labels = [_named(words, row) for words in asked]
        if None in labels:
            continue
        for column, cell in enumerate(row):
            under = number.column.casefold() in table.headings[column].casefold()
            if column not in labels and under and wanted.search(cell):
                return Cell(table.name, place, column)
    return None


def _named(words: str, row: Sequence[str]) -> int | None:
    """The first column whose cell says these words."""
    return next((place for place, cell in enumerate(row) if words.casefold() in cell.casefold()), None)
