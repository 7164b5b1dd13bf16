"""`export --format adam|adam-csv|dataset-json` and `--trace`, as a stranger calls them."""

from __future__ import annotations

import csv
import json
import sys

import pytest

FORMATS = {"adam": {".csv", ".parquet"}, "adam-csv": {".csv"}, "dataset-json": {".json"}}


@pytest.mark.parametrize("form", FORMATS)
def test_every_study_is_written_as_datasets_with_an_index(run, rehearsed, tmp_path, form):
    answer = run("export", rehearsed, "--format", form, "--out", tmp_path / "out")
    assert answer.code == 0, answer.err
    assert answer.out.startswith("Simulated data. ")
    written = {each.name for each in (tmp_path / "out").iterdir()}
    index = json.loads((tmp_path / "out" / "datasets.json").read_text("utf-8"))
    assert set(index["files"]) == written
    assert {each.suffix for each in (tmp_path / "out").glob("adsl.*")} == FORMATS[form]
    assert [one["name"] for one in index["datasets"]][:3] == ["ADSL", "ADRS", "ADTTE"]
    assert len(index["head"]) == 64


def test_the_json_document_tells_where_it_stands_and_how_many_rows(run, rehearsed, tmp_path):
    said = run("export", rehearsed, "--format", "adam-csv", "--out", tmp_path / "out", "--json").document
    assert {"format", "out", "cut", "position", "head", "simulated", "subjects", "rows", "files", "findings"} <= set(
        said
    )
    assert said["rows"]["ADSL"] == said["subjects"] > 0
    with (tmp_path / "out" / "adsl.csv").open(encoding="utf-8", newline="") as lines:
        assert {row["LEDGHEAD"] for row in csv.DictReader(lines)} == {said["head"]}


def test_a_cut_off_and_a_position_are_two_things(run, rehearsed, tmp_path):
    everything = run("export", rehearsed, "--format", "adam-csv", "--out", tmp_path / "1", "--json").document
    early = run("export", rehearsed, "--format", "adam-csv", "--cut", "1999-01-01", "--out", tmp_path / "2", "--json")
    known = run("export", rehearsed, "--format", "adam-csv", "--known-at", "2", "--out", tmp_path / "3", "--json")
    assert (early.code, early.document["subjects"], early.document["position"]) == (0, 0, everything["position"])
    assert (known.code, known.document["position"]) == (0, 2)
    assert known.document["head"] != everything["head"]


def test_a_place_that_holds_something_else_is_left_alone(run, rehearsed, tmp_path, clear):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine", "utf-8")
    answer = run("export", rehearsed, "--format", "adam-csv", "--out", tmp_path / "out")
    clear(answer, "holds something", "--out")
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["notes.txt"]


def test_a_ledger_without_events_is_told_so(run, fresh, a_study, tmp_path):
    answer = run("export", fresh(a_study, tmp_path / "study"), "--format", "adam-csv", "--out", tmp_path / "out")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    assert not (tmp_path / "out").exists()


def test_without_the_library_for_parquet_it_says_what_to_install(run, small, tmp_path, clear, monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    clear(run("export", small, "--format", "adam", "--out", tmp_path / "out"), "trialwright[exchange]", "adam-csv")
    assert not (tmp_path / "out").exists()
    assert run("export", small, "--format", "adam-csv", "--out", tmp_path / "out").code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--format", "adm", "--out", "x"), "Is adam meant?"),
        (("--format", "adam"), "--out"),
        (("--format", "adam", "--out", "-"), "writes a folder"),
        (("--format", "adam", "--out", "x", "--site", "S01"), "leave out --subject and --site"),
        (("--format", "icalendar", "--trace", "ADSL.1.AGE"), "has none"),
    ],
)
def test_wrong_use_is_said(run, small, options, words):
    answer = run("export", small, *options)
    assert (answer.code, words in answer.err) == (2, True), answer.err


def test_a_cell_is_traced_in_words_and_as_data(run, small, tmp_path):
    run("export", small, "--format", "adam-csv", "--out", tmp_path / "out")
    with (tmp_path / "out" / "adsl.csv").open(encoding="utf-8", newline="") as lines:
        name = next(row["SUBJID"] for row in csv.DictReader(lines) if row["ENRLDT"])
    cell = f"ADSL.{name}.ENRLDT"
    words = run("export", small, "--format", "adam", "--trace", cell)
    assert words.code == 0, words.err
    assert words.out.startswith(f"{cell} = ")
    data = run("export", small, "--format", "adam", "--trace", cell, "--json").document
    assert data["chain"]["cell"] == cell
    assert {"seq", "item", "value", "actor", "role", "site", "happened", "recorded"} <= set(data["chain"]["entries"][0])


def test_a_cell_nobody_has_is_an_answer_of_no_with_the_near_miss(run, small, clear):
    clear(run("export", small, "--format", "adam", "--trace", "ADSLL.x.AGE"), "Is ADSL meant?")
