"""A dataset as a Parquet file, by polars: types kept, and in its metadata what the dataset is and where it stands.

Rows are put aside in parts of so many and joined at the end, so that memory does not grow with the study. A text that
is missing is null. Read `ParquetSink`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Standing

ROWS_OF_A_PART = 5_000


class NoPolars(ImportError):
    """The library that writes Parquet is not installed."""


def polars() -> Any:
    """The library, where it is installed."""
    try:
        import polars as found
    except ImportError as absent:
        raise NoPolars("Parquet needs polars: pip install 'trialwright[exchange]'") from absent
    return found


class ParquetSink:
    """A file that takes rows as they come."""

    suffix = ".parquet"

    def __init__(self, layout: Layout, path: Path, standing: Standing) -> None:
        self._pl, self._layout, self._path = polars(), layout, path
        self._metadata = metadata_of(layout, standing)
        self._parts: list[Path] = []
        self._held: list[list[Cell]] = []
        self._aside = Path(mkdtemp(prefix=f".{layout.name}-", dir=path.parent))

    def add(self, row: Sequence[Cell]) -> None:
        """Take one row."""
        self._held.append([None if cell == "" else cell for cell in row])
        if len(self._held) == ROWS_OF_A_PART:
            self._put_aside()

    def _put_aside(self) -> None:
        part = self._aside / f"{len(self._parts):06}.parquet"
        self._frame().write_parquet(part)
        self._parts.append(part)
        self._held = []

    def _frame(self) -> Any:
        pl = self._pl
        types = {"text": pl.String, "integer": pl.Int64, "float": pl.Float64, "date": pl.Date}
        schema = {one.name: types[one.type] for one in self._layout.variables}
        return pl.DataFrame(self._held, schema=schema, orient="row")

    def close(self) -> None:
        """Write the file of all parts."""
        if self._parts:
            self._put_aside()
            self._pl.scan_parquet(self._parts).sink_parquet(self._path, metadata=self._metadata, maintain_order=True)
        else:
            self._frame().write_parquet(self._path, metadata=self._metadata)
        self.release()

    def release(self) -> None:
        """Let go of what was put aside, finished or not."""
        rmtree(self._aside, ignore_errors=True)


def metadata_of(layout: Layout, standing: Standing) -> dict[str, str]:
    """What the file says of itself, as the key-value metadata of Parquet."""
    labels = {one.name: one.label for one in layout.variables}
    return {
        "dataset": layout.name,
        "label": layout.label,
        "study": standing.study,
        "cut_off": standing.cut.isoformat(),
        "ledger_position": str(standing.seq),
        "head_hash": standing.head,
        "simulated": "yes" if standing.simulated else "no",
        "program": f"Trialwright {standing.program}",
        "labels": json.dumps(labels, ensure_ascii=False),
    }


def read_parquet(layout: Layout, path: Path) -> list[list[Cell]]:
    """The rows of a file this program wrote."""
    frame = polars().read_parquet(path)
    if frame.columns != layout.names:
        raise ValueError(f"{path.name} has other variables than {layout.name}")
    texts = [one.type == "text" for one in layout.variables]
    return [
        ["" if text and cell is None else cell for text, cell in zip(texts, row, strict=True)] for row in frame.rows()
    ]
