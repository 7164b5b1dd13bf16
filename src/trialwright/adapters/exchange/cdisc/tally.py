"""What is counted of a dataset while it is written: rows, the longest text of each variable, how many are filled."""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.adapters.exchange.cdisc.model import Cell, Layout
from trialwright.adapters.exchange.spreadsheet import begins_a_formula


class Tally:
    """The counts of one dataset; `formulas` are texts that a spreadsheet would take for a formula.

    `parameters` are the rows of each parameter, by its code and name.
    """

    def __init__(self, layout: Layout) -> None:
        names = layout.names
        self.layout, self.rows, self.formulas = layout, 0, 0
        self.parameters: dict[tuple[str, str], int] = {}
        self._longest, self._filled = [0] * len(names), [0] * len(names)
        self._parameter = (names.index("PARAMCD"), names.index("PARAM")) if "PARAMCD" in names else None

    @property
    def lengths(self) -> dict[str, int]:
        """The length of the longest text of each variable that has one."""
        return {name: n for name, n in zip(self.layout.names, self._longest, strict=True) if n}

    @property
    def filled(self) -> dict[str, int]:
        """In how many rows each variable has something."""
        return dict(zip(self.layout.names, self._filled, strict=True))

    def add(self, row: Sequence[Cell]) -> None:
        """Count one row."""
        self.rows += 1
        if self._parameter:
            key = str(row[self._parameter[0]]), str(row[self._parameter[1]])
            self.parameters[key] = self.parameters.get(key, 0) + 1
        longest, filled = self._longest, self._filled
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            filled[place] += 1
            if isinstance(cell, str):
                longest[place] = max(longest[place], len(cell))
                self.formulas += begins_a_formula(cell)
