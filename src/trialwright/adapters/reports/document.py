"""The report as a document of plain blocks: chapters of sections, these of paragraphs, tables and figures.

One document is written as HTML, as PDF and as CSV files, so that the three cannot disagree. Every cell is a text that
says something: a number, a word, or why there is none. Nothing is reckoned here. Read `Document`, then `Table`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

SIMULATED = "Simulated data"
SIMULATED_MEANS = "Simulated data: virtual patients made by this program. No person was treated."
GROUP = "Group"
"""The heading of the column that names the arm."""


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more; `kind` is plain, note (small print) or notice (to be seen)."""

    text: str
    kind: str = "plain"


@dataclass(frozen=True)
class Table:
    """Rows of texts under headings; `align` has l or r for each column, `stub` puts equal first cells into one heading.

    `name` is the name of its CSV file.
    """

    name: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str = ""
    notes: tuple[str, ...] = ()
    stub: bool = False
    empty: str = "There is nothing to list."

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.headings) or not all(cell.strip() for cell in row):
                raise ValueError(f"Table {self.name}: a row does not fill its {len(self.headings)} columns.")

    def lean(self) -> Table:
        """The table without its group column where there is but one group to name."""
        if GROUP not in self.headings or len({row[self.headings.index(GROUP)] for row in self.rows}) > 1:
            return self
        at = self.headings.index(GROUP)
        kept = [place for place in range(len(self.headings)) if place != at]
        return replace(
            self,
            headings=tuple(self.headings[place] for place in kept),
            rows=tuple(tuple(row[place] for place in kept) for row in self.rows),
            align="".join(self.sides[place] for place in kept),
            stub=self.stub and at != 0,
        )

    @property
    def sides(self) -> str:
        """The alignment of every column; the first is left and the others right unless said otherwise."""
        return self.align or "l" + "r" * (len(self.headings) - 1)


@dataclass(frozen=True)
class Drawing:
    """A figure: how it is drawn, its words for who cannot see it, and its numbers; `name` is the name of its files."""

    name: str
    title: str
    alt: str
    numbers: Table
    draw: Callable[[], Any]


Block = Paragraph | Table | Drawing


@dataclass(frozen=True)
class Section:
    """A heading with its blocks."""

    name: str
    title: str
    blocks: tuple[Block, ...]

    def lean(self) -> Section:
        """The section with every table lean."""
        return replace(self, blocks=tuple(_lean(block) for block in self.blocks))


def _lean(block: Block) -> Block:
    if isinstance(block, Table):
        return block.lean()
    return replace(block, numbers=block.numbers.lean()) if isinstance(block, Drawing) else block


@dataclass(frozen=True)
class Chapter:
    """Sections under one number of the table of contents, such as ICH E3 has it."""

    number: str
    title: str
    sections: tuple[Section, ...]

    @property
    def alone(self) -> bool:
        """Whether its one section bears its title, which need not be said twice."""
        return len(self.sections) == 1 and self.sections[0].title == self.title

    def numbered(self) -> Iterator[tuple[str, Section]]:
        """Its sections with their numbers."""
        for place, section in enumerate(self.sections, 1):
            yield (self.number if self.alone else f"{self.number}.{place}"), section


@dataclass(frozen=True)
class Signature:
    """A line to be signed on paper: in which role, and what the signature means."""

    role: str
    means: str


@dataclass(frozen=True)
class Document:
    """The whole report; `facts` are the rows of the title page, `notices` what must be read with it.

    `stands` says in a few words on what every number stands: cut-off and position in the ledger.
    """

    title: str
    subtitle: str
    simulated: bool
    facts: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    footer: str
    running: str
    signatures: tuple[Signature, ...] = ()
    stands: str = ""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section, in the order of the report."""
        return tuple(section for chapter in self.chapters for section in chapter.sections)

    def tables(self) -> Iterator[Table]:
        """Every table, those of the figures among them, in the order of the report."""
        for block in self.blocks():
            if isinstance(block, Table):
                yield block
            elif isinstance(block, Drawing):
                yield block.numbers

    def drawings(self) -> Iterator[Drawing]:
        """Every figure."""
        return (block for block in self.blocks() if isinstance(block, Drawing))

    def blocks(self) -> Iterator[Block]:
        """Every block, in the order of the report."""
        return (block for section in self.sections for block in section.blocks)
