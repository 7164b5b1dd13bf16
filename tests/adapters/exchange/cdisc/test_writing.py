"""Datasets as files: each format read back is what was derived; the folder is whole and says where it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from trialwright.adapters.exchange.cdisc import DATASETS, CannotWrite, rows_of, subjects, write_datasets
from trialwright.adapters.exchange.cdisc import parquet as parquet_module
from trialwright.adapters.exchange.cdisc import writing as writing_module
from trialwright.adapters.exchange.cdisc.csv_file import CsvSink, read_csv, typed
from trialwright.adapters.exchange.cdisc.dataset_json import (
    faults_of,
    read_dataset_json,
    read_dataset_ndjson,
    write_dataset_json,
)
from trialwright.adapters.exchange.cdisc.model import Layout, Standing, Variable
from trialwright.adapters.exchange.cdisc.parquet import ParquetSink, read_parquet

ALL = (".csv", ".parquet", ".json")


@pytest.fixture(scope="module")
def derived(rehearsed) -> dict[str, list[list[object]]]:
    """Every row as derived, by dataset."""
    found: dict[str, list[list[object]]] = {name: [] for name in DATASETS}
    for subject in subjects(rehearsed.asked(rehearsed.last)):
        for name, layout in DATASETS.items():
            found[name] += [list(row.values.values()) for row in rows_of(layout, subject)]
    return found


@pytest.fixture(scope="module")
def written(rehearsed, tmp_path_factory):
    """All formats in one folder."""
    return write_datasets(rehearsed.asked(rehearsed.last), tmp_path_factory.mktemp("written") / "out", ALL)


def plain(layout: Layout, rows: list[list[object]]) -> list[list[object]]:
    """A text that is missing is an empty text."""
    texts = [one.type == "text" for one in layout.variables]
    return [["" if text and cell is None else cell for text, cell in zip(texts, row, strict=True)] for row in rows]


def test_every_format_read_back_is_what_was_derived(derived, written):
    for name, layout in DATASETS.items():
        expected = plain(layout, derived[name])
        file = written.out / name.lower()
        assert read_csv(layout, file.with_suffix(".csv")) == expected
        assert read_parquet(layout, file.with_suffix(".parquet")) == expected
        told = read_dataset_json(file.with_suffix(".json").read_text("utf-8"))
        types = [one.type for one in layout.variables]
        assert [
            [
                cell if cell is None or kind != "date" else typed("date", cell)
                for kind, cell in zip(types, row, strict=True)
            ]
            for row in plain(layout, told.rows)
        ] == expected
    assert sum(written.rows.values()) == sum(map(len, derived.values())) > 100


def test_every_file_says_where_it_stands(rehearsed, written):
    index = json.loads((written.out / "datasets.json").read_text("utf-8"))
    place = (index["study"], index["cut"], index["position"], index["head"], index["simulated"])
    protocol = rehearsed.trial.versions[rehearsed.trial.latest].protocol
    assert place == (protocol, str(rehearsed.last), rehearsed.events[-1].seq, rehearsed.head, True)
    page = (written.out / "datasets.html").read_text("utf-8")
    assert "Simulated data." in page and rehearsed.head in page
    for name, layout in DATASETS.items():
        told = read_dataset_json((written.out / f"{name.lower()}.json").read_text("utf-8")).header
        assert rehearsed.head in told["fileOID"] and told["label"].endswith("(simulated data)")
        metadata = parquet_module.polars().read_parquet_metadata(written.out / f"{name.lower()}.parquet")
        assert (metadata["head_hash"], metadata["simulated"]) == (rehearsed.head, "yes")
        for row in read_csv(layout, written.out / f"{name.lower()}.csv"):
            mine = dict(zip(layout.names, row, strict=True))
            assert (mine["SIMFL"], mine["LEDGPOS"], mine["LEDGHEAD"]) == ("Y", rehearsed.events[-1].seq, rehearsed.head)


def test_the_same_ledger_and_cut_off_give_the_same_bytes(rehearsed, written, tmp_path):
    again = write_datasets(rehearsed.asked(rehearsed.last), tmp_path / "out", ALL)
    assert again.files == written.files
    for name in again.files:
        assert (again.out / name).read_bytes() == (written.out / name).read_bytes(), name


def test_earlier_datasets_are_replaced_and_nothing_else_is_touched(rehearsed, tmp_path):
    cut = rehearsed.cuts[0]
    write_datasets(rehearsed.asked(cut), tmp_path / "out", (".json",))
    write_datasets(rehearsed.asked(cut), tmp_path / "out", (".csv",))
    assert not list((tmp_path / "out").glob("ad*.json"))
    for name in ("mine.txt", "adsl.txt"):
        place = tmp_path / name.partition(".")[0]
        place.mkdir()
        (place / name).write_text("mine", "utf-8")
        with pytest.raises(CannotWrite):
            write_datasets(rehearsed.asked(cut), place, (".csv",))
        assert [each.name for each in place.iterdir()] == [name]


def test_a_failure_leaves_nothing_behind(rehearsed, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(writing_module, "rows_of", fail)
    with pytest.raises(OSError, match="disk"):
        write_datasets(rehearsed.asked(rehearsed.last), tmp_path / "out", ALL)
    assert list(tmp_path.iterdir()) == []


def test_before_anybody_came_the_datasets_are_empty_and_whole(rehearsed, tmp_path):
    written = write_datasets(rehearsed.asked(rehearsed.cuts[0]), tmp_path / "out", ALL)
    assert (written.subjects, set(written.rows.values())) == (0, {0})
    for name, layout in DATASETS.items():
        assert read_csv(layout, written.out / f"{name.lower()}.csv") == []
        assert read_parquet(layout, written.out / f"{name.lower()}.parquet") == []
        assert read_dataset_json((written.out / f"{name.lower()}.json").read_text("utf-8")).rows == []


# ---- one format at a time, with what data can hold ------------------------------------------------------------------

ODD = Layout(
    "ODD", "Odd values", "One row for each", ("A",),
    (Variable("A", "Text"), Variable("B", "Whole number", "integer"), Variable("C", "Number", "float"),
     Variable("D", "Day", "date")),
    rows=lambda subject: iter(()),
)  # fmt: skip
ROWS: list[list[object]] = [
    ["=1+1", 1, 0.1, typed("date", "2006-03-01")],
    ['a "quoted", text\nin two lines', -1, 1e-300, None],
    ["Sézary \U0001f9ea  ", None, None, typed("date", "2024-02-29")],
    ["", 0, 4.4, None],
]
STANDING = Standing("S", typed("date", "2006-03-01"), 1, "0" * 64, False, "0", "2006-03-01T00:00:00")  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [[], ROWS[:1], ROWS])
def test_texts_quotes_line_ends_and_what_looks_like_a_formula_stay_what_they_are(rows, tmp_path):
    for sink, read in (
        (CsvSink(ODD, tmp_path / "o.csv"), read_csv),
        (ParquetSink(ODD, tmp_path / "o.parquet", STANDING), read_parquet),
    ):
        for row in rows:
            sink.add(row)
        sink.close()
        assert read(ODD, tmp_path / f"o{sink.suffix}") == rows
    assert (tmp_path / "o.csv").read_bytes().startswith(b"A,B,C,D\r\n")


def test_parquet_of_many_parts_is_one_file_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_module, "ROWS_OF_A_PART", 2)
    sink = ParquetSink(ODD, tmp_path / "o.parquet", STANDING)
    rows = [[f"{n}", n, n / 3, None] for n in range(5)]
    for row in rows:
        sink.add(row)
    sink.close()
    assert read_parquet(ODD, tmp_path / "o.parquet") == rows
    assert [each.name for each in tmp_path.iterdir()] == ["o.parquet"]


def test_without_the_library_parquet_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(parquet_module.NoPolars, match=r"trialwright\[exchange\]"):
        parquet_module.polars()


# ---- Dataset-JSON of others ---------------------------------------------------------------------------------------


def examples(corpus, suffix: str) -> Mapping[str, str]:
    from zipfile import ZipFile

    with ZipFile(corpus / "cdisc-datasetjson" / "datasetjson_examples.zip") as held:
        return {
            name: held.read(name).decode("utf-8")
            for name in held.namelist()
            if name.startswith("examples/") and name.endswith(suffix)
        }


def test_the_examples_of_the_standard_are_read_and_written_without_loss(corpus):
    files = examples(corpus, ".json")
    assert len(files) == 25
    for name, text in files.items():
        read = read_dataset_json(text)
        assert json.loads(write_dataset_json(read)) == json.loads(text), name
    lines = examples(corpus, ".ndjson")
    for name, text in lines.items():
        of_lines = read_dataset_ndjson(text)
        assert of_lines.rows == read_dataset_json(files[name.replace(".ndjson", ".json")]).rows
    assert len(lines) == 25


def test_our_files_have_only_what_the_schema_of_the_standard_knows(corpus, written):
    from zipfile import ZipFile

    with ZipFile(corpus / "cdisc-datasetjson" / "datasetjson_examples.zip") as held:
        schema = json.loads(held.read("schema/dataset.schema.json"))
    column = schema["$defs"]["Column"]
    for name in DATASETS:
        document = json.loads((written.out / f"{name.lower()}.json").read_text("utf-8"))
        assert set(schema["required"]) <= set(document) <= set(schema["properties"])
        assert document["records"] == len(document["rows"])
        for one in document["columns"]:
            assert set(column["required"]) <= set(one) <= set(column["properties"])
            assert one["dataType"] in schema["$defs"]["DataTypesEnum"]["enum"]
            assert one.get("targetDataType", "integer") in schema["$defs"]["TargetDataTypesEnum"]["enum"]
        assert all(len(row) == len(document["columns"]) for row in document["rows"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"records": 5}, "it tells of 5 records and has 0"),
        ({"datasetJSONVersion": "1.0.0"}, "its version is 1.0.0, not 1.1"),
        ({"colour": "red"}, "colour is nothing the standard knows"),
        (
            {"columns": [{"itemOID": "i", "name": "A", "label": "A", "dataType": "number"}]},
            "A: 'number' is no type of data",
        ),
        ({"columns": [{"itemOID": "i", "name": "A", "dataType": "string"}]}, "A: label is missing"),
    ],
)
def test_what_departs_from_the_standard_is_said(change, fault, written):
    good = read_dataset_json((written.out / "adsl.json").read_text("utf-8"))
    header = {**good.header, "records": 0, **change}
    assert fault in faults_of(type(good)(header, []))
    assert faults_of(good) == []
