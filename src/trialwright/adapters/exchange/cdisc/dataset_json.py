"""Dataset-JSON 1.1 (CDISC): a dataset as one JSON document, its variables told before its rows.

Everything of the standard is kept when a file of others is read and written again. A text that is missing is an empty
text, a number or day that is missing is null. Read `DatasetFile`, then `DatasetJsonSink`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Standing, Variable
from trialwright.adapters.exchange.cdisc.tally import Tally

VERSION = "1.1.0"
TYPES = {"text": "string", "integer": "integer", "float": "float", "date": "date"}
"""Our types as theirs."""
HEADER = (
    "datasetJSONCreationDateTime datasetJSONVersion fileOID dbLastModifiedDateTime originator sourceSystem studyOID"
    " metaDataVersionOID metaDataRef itemGroupOID records name label columns"
).split()
REQUIRED = ("datasetJSONCreationDateTime", "datasetJSONVersion", "itemGroupOID", "records", "name", "label", "columns")
OF_A_COLUMN = "itemOID name label dataType targetDataType length displayFormat keySequence".split()
DATA_TYPES = "string integer decimal float double boolean datetime date time URI".split()


@dataclass(frozen=True)
class DatasetFile:
    """A file as it stands: everything it says before its rows, and the rows."""

    header: Mapping[str, Any]
    rows: list[list[Any]] = field(default_factory=list)


def read_dataset_json(text: str) -> DatasetFile:
    """Read a document; a ValueError says what of the standard it does not keep."""
    told = json.loads(text)
    if not isinstance(told, dict):
        raise ValueError("a Dataset-JSON document is an object")
    rows = told.pop("rows", [])
    file = DatasetFile(told, rows)
    if faults := faults_of(file):
        raise ValueError("; ".join(faults))
    return file


def read_dataset_ndjson(text: str) -> DatasetFile:
    """Read the same from lines: the first is everything but the rows, each other line is a row."""
    first, *rows = text.splitlines()
    return DatasetFile(json.loads(first), [json.loads(one) for one in rows])


def faults_of(file: DatasetFile) -> list[str]:
    """What a document does not keep of the standard, as sentences."""
    header, columns = file.header, file.header.get("columns", ())
    faults = [f"{name} is missing" for name in REQUIRED if name not in header]
    faults += [f"{name} is nothing the standard knows" for name in header if name not in HEADER]
    if not str(header.get("datasetJSONVersion", "")).startswith("1.1"):
        faults.append(f"its version is {header.get('datasetJSONVersion')}, not 1.1")
    for one in columns:
        faults += [f"{one.get('name')}: {name} is missing" for name in OF_A_COLUMN[:4] if name not in one]
        faults += [
            f"{one.get('name')}: {name} is nothing the standard knows" for name in one if name not in OF_A_COLUMN
        ]
        if one.get("dataType") not in DATA_TYPES:
            faults.append(f"{one.get('name')}: {one.get('dataType')!r} is no type of data")
    if header.get("records") != len(file.rows):
        faults.append(f"it tells of {header.get('records')} records and has {len(file.rows)}")
    faults += [
        f"row {n} has {len(row)} of {len(columns)} cells"
        for n, row in enumerate(file.rows, 1)
        if len(row) != len(columns)
    ]
    return faults


def write_dataset_json(file: DatasetFile) -> str:
    """The document again, a row on each line."""
    lines = ",\n".join(_json(row) for row in file.rows)
    return f'{_json(dict(file.header))[:-1]},"rows":[\n{lines}\n]}}\n'


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


# --- writing as rows come ------------------------------------------------------------------------------------------


class DatasetJsonSink:
    """A file that takes rows as they come; how many there are is known, and told, at the end."""

    suffix = ".json"

    def __init__(self, layout: Layout, path: Path, standing: Standing, tally: Tally) -> None:
        self._layout, self._path, self._standing, self._tally = layout, path, standing, tally
        self._body = path.with_suffix(".rows")
        self._out = self._body.open("w", encoding="utf-8", newline="")

    def add(self, row: Sequence[Cell]) -> None:
        """Write one row."""
        self._out.write(f"{',' if self._tally.rows > 1 else ''}\n{_json([_cell(each) for each in row])}")

    def close(self) -> None:
        """Put what is told of the rows before them."""
        self.release()
        header = _json(header_of(self._layout, self._standing, self._tally))
        with self._path.open("w", encoding="utf-8", newline="") as whole, self._body.open(encoding="utf-8") as rows:
            whole.write(f'{header[:-1]},"rows":[')
            whole.writelines(rows)
            whole.write("\n]}\n")
        self._body.unlink()

    def release(self) -> None:
        """Let go of the file, finished or not."""
        self._out.close()


def _cell(cell: Cell) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell


def header_of(layout: Layout, standing: Standing, tally: Tally) -> dict[str, Any]:
    """Everything before the rows; the times are those of the ledger, never of the clock."""
    place = f"{standing.study}/{standing.cut}/{standing.seq}/{standing.head}"
    mark = " (simulated data)" if standing.simulated else ""
    return {
        "datasetJSONCreationDateTime": standing.recorded,
        "datasetJSONVersion": VERSION,
        "fileOID": f"{place}/{layout.name}",
        "dbLastModifiedDateTime": standing.recorded,
        "sourceSystem": {"name": "Trialwright", "version": standing.program},
        "studyOID": standing.study,
        "metaDataVersionOID": f"MDV.{place}",
        "metaDataRef": "datasets.json",
        "itemGroupOID": f"IG.{layout.name}",
        "records": tally.rows,
        "name": layout.name,
        "label": f"{layout.label}{mark}",
        "columns": [_column(layout, one, tally) for one in layout.variables],
    }


def _column(layout: Layout, one: Variable, tally: Tally) -> dict[str, Any]:
    told: dict[str, Any] = {
        "itemOID": f"IT.{layout.name}.{one.name}",
        "name": one.name,
        "label": one.label,
        "dataType": TYPES[one.type],
    }
    if one.type == "date":
        told |= {"targetDataType": "integer", "displayFormat": "E8601DA."}
    if one.type == "text":
        told["length"] = max(tally.lengths.get(one.name, 0), 1)
    if one.name in layout.keys:
        told["keySequence"] = layout.keys.index(one.name) + 1
    return told
