"""What stands on a sheet of paper; what nobody recorded says so, and is no empty field. Read `Sheet`."""

from __future__ import annotations

from dataclasses import dataclass, field

NOT_KNOWN = "not known"
"""Stands where nothing was recorded: a blank could be read as a no."""


SHORT = 30
"""Up to so many letters a cell is not broken into lines."""


@dataclass(frozen=True)
class Row:
    """A label with what was recorded; `hint` is small print beside it, `write` leaves room to write instead."""

    label: str
    told: str = ""
    hint: str = ""
    write: bool = False


@dataclass(frozen=True)
class Grid:
    """A table; every cell is a text."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""

    @property
    def widths(self) -> tuple[int, ...]:
        """For each column its part of the width, in letters; 0 where it keeps the width of its longest cell."""
        longest = [max((len(row[at]) for row in self.rows), default=0) for at in range(len(self.headings))]
        return tuple(min(one, 90) if one > SHORT else 0 for one in longest)


@dataclass(frozen=True)
class Part:
    """One part under its heading: rows, a table, and lines to write on."""

    title: str
    rows: tuple[Row, ...] = ()
    grid: Grid | None = None
    note: str = ""
    lines: int = 0
    level: int = 1
    new_page: bool = False


@dataclass(frozen=True)
class Sheet:
    """A document of few pages: `facts` stand at its top, `stands` in its foot, `signed` are roles that sign it."""

    title: str
    subtitle: str
    simulated: bool
    dated: tuple[int, int, int]
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    stands: str
    running: str
    signed: tuple[str, ...] = ()
    contents: bool = False
    notices: tuple[str, ...] = field(default=())
