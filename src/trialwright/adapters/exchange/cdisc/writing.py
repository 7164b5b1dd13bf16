"""A study at a cut-off -> a folder of datasets, whole or not at all, with their index.

Everything is made in a temporary folder beside the place it goes to and moved there at the end; datasets made before
are replaced, any other folder is left alone. Rows are written subject by subject. The same ledger, position and cut-off
give the same bytes: no clock is read. Read `write_datasets`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from trialwright.adapters.exchange.cdisc.building import DATASETS, Asked, rows_of, subjects
from trialwright.adapters.exchange.cdisc.csv_file import CsvSink
from trialwright.adapters.exchange.cdisc.dataset_json import DatasetJsonSink
from trialwright.adapters.exchange.cdisc.index import index_document, index_page
from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Standing
from trialwright.adapters.exchange.cdisc.parquet import ParquetSink, polars
from trialwright.adapters.exchange.cdisc.tally import Tally
from trialwright.core.terms import Finding

INDEX = ("datasets.html", "datasets.json")


class Sink(Protocol):
    """What takes the rows of one dataset in one format."""

    def add(self, row: list[Cell]) -> None: ...
    def close(self) -> None: ...
    def release(self) -> None: ...


Make = Callable[[Layout, Path, Standing, Tally], Sink]
"""A layout, the file, where the data stand, and what is counted of the rows -> what writes them."""
WRITERS: Mapping[str, Make] = {
    ".csv": lambda layout, path, standing, tally: CsvSink(layout, path),
    ".parquet": lambda layout, path, standing, tally: ParquetSink(layout, path, standing),
    ".json": DatasetJsonSink,
}
"""What writes a file, by how its name ends."""


class CannotWrite(Exception):
    """There is nowhere to put the datasets; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__("the datasets cannot be written there")
        self.finding = finding


@dataclass(frozen=True)
class WrittenDatasets:
    """What was written: the folder, its files, and how many rows and subjects."""

    out: Path
    files: tuple[str, ...]
    rows: Mapping[str, int]
    subjects: int


def write_datasets(
    asked: Asked, out: Path, suffixes: tuple[str, ...], advance: Callable[[int], None] = lambda done: None
) -> WrittenDatasets:
    """Write every dataset in the formats asked for; `advance` is told of each subject done."""
    check_place(out)
    if ParquetSink.suffix in suffixes:
        polars()  # where it is missing, before anything is made
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".datasets-", dir=out.parent) as temporary:
        made = Path(temporary) / "datasets"
        made.mkdir()
        tallies, count = _fill(asked, made, suffixes, advance)
        files = tuple(sorted((*(each.name for each in made.iterdir()), *INDEX)))
        document = index_document(tallies, asked.standing, files)
        (made / "datasets.json").write_text(
            json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n"
        )
        (made / "datasets.html").write_text(index_page(document), "utf-8", newline="\n")
        _move(made, out, Path(temporary) / "before")
    return WrittenDatasets(out, files, {one.layout.name: one.rows for one in tallies}, count)


def _fill(
    asked: Asked, made: Path, suffixes: tuple[str, ...], advance: Callable[[int], None]
) -> tuple[list[Tally], int]:
    tallies = {name: Tally(layout) for name, layout in DATASETS.items()}
    sinks = {
        name: [
            WRITERS[suffix](layout, made / f"{name.lower()}{suffix}", asked.standing, tallies[name])
            for suffix in suffixes
        ]
        for name, layout in DATASETS.items()
    }
    every = [sink for each in sinks.values() for sink in each]
    try:
        count = _add_all(asked, tallies, sinks, advance)
        for sink in every:
            sink.close()
    finally:
        for sink in every:
            sink.release()
    return list(tallies.values()), count


def _add_all(
    asked: Asked, tallies: Mapping[str, Tally], sinks: Mapping[str, list[Sink]], advance: Callable[[int], None]
) -> int:
    """Hand every row of every subject to what writes it; how many subjects there were."""
    count = 0
    for subject in subjects(asked):
        for name, layout in DATASETS.items():
            for row in rows_of(layout, subject):
                cells = list(row.values.values())
                tallies[name].add(cells)
                for sink in sinks[name]:
                    sink.add(cells)
        count += 1
        advance(1)
    return count


def check_place(out: Path) -> None:
    """Datasets go into a new or empty folder, or over earlier ones; anything else is left alone."""
    if not out.exists() or (out.is_dir() and not out.is_symlink() and all(map(_is_ours, out.iterdir()))):
        return
    raise CannotWrite(
        Finding(
            about=str(out),
            says="The place for the datasets holds something that is none.",
            matters="Writing there could destroy other files; nothing was written.",
            do="Name a new folder with --out.",
        )
    )


def _is_ours(entry: Path) -> bool:
    """Whether a folder of datasets has this file."""
    ours = {f"{name.lower()}{suffix}" for name in DATASETS for suffix in WRITERS}
    return entry.is_file() and not entry.is_symlink() and entry.name in {*ours, *INDEX}


def _move(made: Path, out: Path, aside: Path) -> None:
    """Put the new datasets in place; those before go only once the new ones are there."""
    if out.exists():
        out.rename(aside)
    try:
        made.rename(out)
    except OSError:
        if aside.exists():
            aside.rename(out)
        raise
