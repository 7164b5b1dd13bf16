"""Input that is no record, or not a whole one: a finding that says what is missing, what could be read, never an
exception.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trialwright.adapters.registry import read
from trialwright.cli import main
from trialwright.core.terms import Severity

RECORD_FILE = Path(__file__).resolve().parents[1] / "record.txt"
RECORD = RECORD_FILE.read_bytes()
WEATHER = b"Weather\n\nTomorrow it will rain in the north.\n\nStudy Design\nContact us\n"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param(b"", "empty", id="an empty file"),
        pytest.param(b" \n\t\n", "empty", id="white space only"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not text", id="a picture"),
        pytest.param(b"%PDF-1.7\n\xe2\xe3\xcf\xd3\x00", "not text", id="a PDF"),
        pytest.param(WEATHER, "not a study page", id="another web page"),
        pytest.param(b"<!DOCTYPE html><html>", "HTML", id="a page as HTML"),
        pytest.param(b"<?xml version='1.0'?><clinical_study/>", "not read yet", id="the older XML"),
        pytest.param(b'{"protocolSection": {"identif', "opens like JSON", id="JSON cut in the middle"),
        pytest.param(b'{"protocolSection": {}}', "no NCT number", id="JSON of a study without its number"),
        pytest.param(b'{"studies": []}', "protocolSection", id="JSON of something else"),
        pytest.param(b"[" * 50000 + b"]" * 50000, "opens like JSON", id="JSON nested without end"),
        pytest.param(b"[1, 2", "opens like JSON", id="half a list"),
    ],
)
def test_what_is_no_record_is_refused_in_words(raw: bytes, says: str) -> None:
    reading = read(raw)
    errors = [f for f in reading.findings if f.severity is Severity.ERROR]
    assert any(says in f.says for f in errors)
    assert all(f.do for f in errors)
    assert not reading.protocolSection.get("identificationModule")


def test_a_page_cut_in_the_middle_names_what_is_missing_and_keeps_what_stands_before() -> None:
    cut = RECORD[: RECORD.index(b"Primary Outcome Measures")]
    reading = read(cut)
    said = " ".join(f.says for f in reading.findings if f.severity is Severity.ERROR)
    assert "cut after “arms or groups”" in said
    assert all(block in said for block in ("eligibility", "Sponsors and Collaborators", "more information"))
    assert reading.protocolSection["designModule"]["enrollmentInfo"]["count"] == 35


def test_a_whole_page_has_no_error() -> None:
    assert not [f for f in read(RECORD).findings if f.severity is Severity.ERROR]


def test_a_byte_that_is_no_utf8_is_named_and_the_rest_is_read() -> None:
    reading = read(RECORD.replace("³".encode(), b"\xb3"))
    assert any("not UTF-8" in f.says for f in reading.findings if f.severity is Severity.ERROR)
    assert reading.protocolSection["identificationModule"]["nctId"] == "NCT00466921"


def test_two_dates_for_one_field_are_a_finding_and_the_first_is_kept() -> None:
    reading = read(RECORD.replace(b"First Posted: April 27, 2007", b"First Posted: April 28, 2007"))
    assert reading.protocolSection["statusModule"]["studyFirstPostDateStruct"]["date"] == "2007-04-27"
    assert any("twice and differently" in f.says for f in reading.findings)
    assert [u.text for u in reading.unread] == ["April 28, 2007"]


def test_a_line_that_is_not_understood_is_listed_with_its_place() -> None:
    reading = read(RECORD.replace(b"Allocation: N/A\n", b"Allocation: by moonlight\n"))
    assert [u.text for u in reading.unread] == ["by moonlight"]
    assert "allocation" not in reading.protocolSection["designModule"]["designInfo"]
    assert any("by moonlight" in f.says for f in reading.findings)


def run(*arguments: str) -> int:
    """The command line's exit code."""
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    return int(leaving.value.code or 0)


@pytest.mark.parametrize(("raw", "code"), [(RECORD, 0), (RECORD[:3000], 1), (b"", 1), (WEATHER, 1), (b"\x00\x01", 1)])
def test_the_command_exits_1_where_the_file_is_no_whole_record(
    raw: bytes, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.txt"
    file.write_bytes(raw)
    assert [run("read", str(file)), run("read", str(file), "--json")] == [code, code]
    assert "Traceback" not in capsys.readouterr().err


def test_a_json_record_with_a_field_of_the_wrong_shape_is_shown_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.json"
    file.write_text('{"protocolSection": {"armsInterventionsModule": {"armGroups": ["A"]}, "designModule": 4}}')
    assert run("read", str(file)) == 1
    said = capsys.readouterr().err
    assert "armGroups" in said
    assert "designModule" in said


def test_json_has_the_keys_that_stay(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", "--json", str(RECORD_FILE)) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"protocolSection", "derivedSection", "spans", "unread"} <= set(document)
    start, end = document["spans"]["protocolSection.identificationModule.briefTitle"][0]
    assert RECORD.decode()[start:end] == document["protocolSection"]["identificationModule"]["briefTitle"]
