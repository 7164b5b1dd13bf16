"""What is counted of a dataset while it is written: rows, the longest text of each variable, how many are filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trialwright.adapters.exchange.cdisc.csv_file import FORMULA
from trialwright.adapters.exchange.cdisc.model import Cell, Layout


@dataclass
class Tally:
    """The counts of one dataset; `formulas` are texts that a spreadsheet would take for a formula.

    `parameters` are the rows of each parameter, by its code and name.
    """

    layout: Layout
    rows: int = 0
    lengths: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    formulas: int = 0
    parameters: dict[tuple[str, str], int] = field(default_factory=dict)
    _parameter: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        names = self.layout.names
        self._parameter = (names.index("PARAMCD"), names.index("PARAM")) if "PARAMCD" in names else None

    def add(self, row: Sequence[Cell]) -> None:
        """Count one row."""
        self.rows += 1
        if self._parameter:
            key = str(row[self._parameter[0]]), str(row[self._parameter[1]])
            self.parameters[key] = self.parameters.get(key, 0) + 1
        for name, cell in zip(self.layout.names, row, strict=True):
            if cell is None or cell == "":
                continue
            self.filled[name] = self.filled.get(name, 0) + 1
            if isinstance(cell, str):
                self.lengths[name] = max(self.lengths.get(name, 0), len(cell))
                self.formulas += cell.startswith(FORMULA)
