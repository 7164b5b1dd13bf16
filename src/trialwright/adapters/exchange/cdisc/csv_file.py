"""A dataset as comma-separated values (RFC 4180): a line of names, then the rows; UTF-8, lines end in CR LF.

A cell is the datum and nothing else: days as 2006-03-01, numbers as they are reckoned, nothing where there is none. No
apostrophe is put before a text that a spreadsheet would take for a formula, since that would change the data; how many
such texts there are is told in the index. Read `CsvSink`, then `read_csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from trialwright.adapters.exchange.cdisc.model import Cell, Layout


class CsvSink:
    """A file that takes rows as they come."""

    suffix = ".csv"

    def __init__(self, layout: Layout, path: Path) -> None:
        self._out = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._out, lineterminator="\r\n")
        self._writer.writerow(layout.names)

    def add(self, row: Sequence[Cell]) -> None:
        """Write one row."""
        self._writer.writerow(["" if cell is None else cell for cell in row])

    def close(self) -> None:
        """Nothing more is to come."""
        self.release()

    def release(self) -> None:
        """Let go of the file, finished or not."""
        self._out.close()


def read_csv(layout: Layout, path: Path) -> list[list[Cell]]:
    """The rows of a file this program wrote, typed again."""
    with path.open(encoding="utf-8", newline="") as lines:
        names, *rows = csv.reader(lines)
    if names != layout.names:
        raise ValueError(f"{path.name} has other variables than {layout.name}")
    types = [one.type for one in layout.variables]
    return [[typed(kind, cell) for kind, cell in zip(types, row, strict=True)] for row in rows]


def typed(kind: str, text: str) -> Cell:
    """A cell from its words.

    >>> typed("integer", ""), typed("integer", "3"), typed("text", ""), typed("date", "2006-03-01").isoformat()
    (None, 3, '', '2006-03-01')
    """
    if kind == "text":
        return text
    if not text:
        return None
    return {"integer": int, "float": float, "date": date.fromisoformat}[kind](text)  # type: ignore[operator,no-any-return]
