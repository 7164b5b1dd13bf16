"""What is counted of a dataset while it is written: rows, the longest text of each variable, how many are filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trialwright.adapters.exchange.cdisc.csv_file import FORMULA
from trialwright.adapters.exchange.cdisc.model import Cell, Layout


@dataclass
class Tally:
    """The counts of one dataset; `formulas` are texts that a spreadsheet would take for a formula."""

    layout: Layout
    rows: int = 0
    lengths: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    formulas: int = 0

    def add(self, row: Sequence[Cell]) -> None:
        """Count one row."""
        self.rows += 1
        for name, cell in zip(self.layout.names, row, strict=True):
            if cell is None or cell == "":
                continue
            self.filled[name] = self.filled.get(name, 0) + 1
            if isinstance(cell, str):
                self.lengths[name] = max(self.lengths.get(name, 0), len(cell))
                self.formulas += cell.startswith(FORMULA)
