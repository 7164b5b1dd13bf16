"""Files of strangers: what is not text is refused by its content, what is text is bounded; nothing takes long or grows.

The corpora are those of the project's list of attacks: entities and bombs in XML, packed bombs and paths that climb,
formulas, odd encodings, NUL, a million columns. Each is read by every reader of an upload, within 2 s and 100 MB.
"""

from __future__ import annotations

import json
import time
import tracemalloc

import pytest

from hostile_words import packed
from trialwright.adapters.exchange.fhir import Asked, read_observations
from trialwright.adapters.exchange.incoming import LIMITS, Limits, kind_of, read_json, read_sheet, refused_upload
from trialwright.adapters.exchange.incoming.typed import date_orders, decimal_marks
from trialwright.core.terms import Severity
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.concepts.loinc import CONCEPT_OF
from trialwright.standards.units import UNITS

ASKED = Asked(CONCEPTS, UNITS, CONCEPT_OF)

ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{target}">]><a>&x;</a>'
XXE = {
    f"xxe {target}": ENTITY.format(target=target).encode()
    for target in (
        "file:///etc/passwd", "file:///etc/hostname", "http://127.0.0.1/", "ftp://127.0.0.1/", "php://filter",
        "expect://id", "jar:file:///a!/b", "gopher://127.0.0.1", "netdoc:///etc", "data:text/plain,x",
    )
}  # fmt: skip
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">{LAUGHS}]><l>&l9;</l>'.encode(),
    "quadratic blowup": b'<!DOCTYPE l [<!ENTITY a "' + b"x" * 50_000 + b'">]><l>' + b"&a;" * 5_000 + b"</l>",
    "zip bomb": packed("bomb.csv", size=50_000_000),
    "workbook": packed("xl/workbook.xml", "[Content_Types].xml"),
    "zip slip": packed("../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini"),
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 100,
    "old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512,
    "program": b"\x7fELF" + b"\x00" * 64,
    "picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 64,
    "nul": b"subject,date,anc\nS01-001,2006-03-01,1\x0000\n",
    "a million columns": b",".join(b"c" for _ in range(1_000_000)) + b"\n",
    "a million quotes": b'a,b\n"' + b'""' * 1_000_000,
    "one open quote": b'a,b\n"' + b"x\n" * 500_000,
    "a cell of megabytes": b"a,b\n1," + b"9" * 4_000_000 + b"\n",
    "deep json": b"[" * 100_000,
    "deep json objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a number of a million digits": b'{"a": ' + b"9" * 1_000_000 + b"}",
    "an exponent": b'{"a": 1e999999999}',
    "not a number": b'{"a": NaN}',
    "twice": b'{"a": 1, "a": 2}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "utf-16 without end": b"\xff\xfea",
    "utf-7": b"+ADw-script+AD4-,b\n1,2\n",
    "escape letters": b"a,b\n\x1b[2J,2\n",
    "too many bytes": b"a,b\n" + b"1,2\n" * 3_000_000,
    "entries without end": json.dumps({"resourceType": "Bundle", "entry": [{}] * 30_000}).encode(),
}


@pytest.mark.parametrize("name", [*XXE, *BOMBS])
def test_a_hostile_file_is_inert(name) -> None:
    content = {**XXE, **BOMBS}[name]
    begun = time.process_time()
    sheet, faults = read_sheet(content)
    given, refused = read_observations(content, ASKED, ())
    took = time.process_time() - begun
    tracemalloc.start()
    read_sheet(content)
    read_observations(content, ASKED, ())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert given == []
    assert refused and all(one.says for one in refused)
    assert sheet is not None or any(one.severity is Severity.ERROR and one.do for one in faults)
    assert took < 2
    assert most < 100_000_000


@pytest.mark.parametrize("name", sorted({*XXE, *BOMBS} - {"utf-7"}))
def test_no_hostile_file_becomes_a_table(name) -> None:
    assert read_sheet({**XXE, **BOMBS}[name])[0] is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"subject,anc\n", "csv"),
        (b"\xef\xbb\xbfsubject,anc\n", "csv"),
        (b"\xff\xfes\x00", "csv"),
        (b'{"resourceType":"Bundle"}', "json"),
        (b"  [1]", "json"),
        (b"<Bundle/>", "xml"),
        (b"PK\x03\x04", "packed"),
        (b"%PDF-1.7", "packed"),
        (b"a\x00b", "binary"),
    ],
)
def test_a_file_is_what_its_content_says(content, kind) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(("size", "refused"), [(99, False), (100, False), (101, True)])
def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not(size, refused) -> None:
    found = refused_upload(b"a" * size, "csv", Limits(size=100))
    assert bool(found) is refused


@pytest.mark.parametrize(("rows", "read"), [(2, True), (3, True), (4, False)])
def test_the_last_row_allowed_is_read(rows, read) -> None:
    sheet, findings = read_sheet(b"a,b\n" + b"1,2\n" * rows, limits=Limits(rows=3))
    assert (sheet is not None) is read
    assert read or "more than 3 rows" in findings[0].says


@pytest.mark.parametrize(("columns", "read"), [(4, True), (5, True), (6, False)])
def test_the_last_column_allowed_is_read(columns, read) -> None:
    row = b",".join(b"%d" % n for n in range(columns)) + b"\n"
    assert (read_sheet(row + row, ",", limits=Limits(columns=5))[0] is not None) is read


# ---- how a table was written ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "delimiter", "encoding"),
    [
        ("a,b\n1,2\n", ",", "utf-8"),
        ("a;b\n1,5;2\n", ";", "utf-8"),
        ("a\tb\n1\t2\n", "\t", "utf-8"),
        ("a|b\n1|2\n", "|", "utf-8"),
        ('a,b\n"1;2",3\n', ",", "utf-8"),
    ],
)
def test_the_delimiter_is_the_one_that_parts_every_line_alike(content, delimiter, encoding) -> None:
    sheet, findings = read_sheet(content.encode(encoding))
    assert findings == []
    assert sheet is not None and (sheet.delimiter, sheet.encoding) == (delimiter, encoding)


def test_a_table_that_two_delimiters_part_alike_is_refused_until_one_is_said() -> None:
    content = b"a;b,c\n1;2,3\n"
    sheet, findings = read_sheet(content)
    assert sheet is None and "comma or semicolon" in findings[0].says
    said, _ = read_sheet(content, ";")
    assert said is not None and said.headings == ("a", "b,c")


def test_windows_letters_are_read_with_a_warning_and_utf_16_by_its_mark() -> None:
    western, findings = read_sheet("subject,µmol/L\nS1,5\n".encode("cp1252"))
    assert western is not None and western.headings == ("subject", "µmol/L")
    assert [one.severity for one in findings] == [Severity.WARNING]
    marked, none = read_sheet("subject,µmol/L\nS1,5\n".encode("utf-16"))
    assert none == [] and marked is not None and marked.headings == ("subject", "µmol/L")


def test_a_row_with_another_number_of_cells_is_refused_by_its_line() -> None:
    sheet, findings = read_sheet(b"a,b\n1,2\n1\n1,2,3\n")
    assert sheet is None
    assert [one.where for one in findings] == ["line 3", "line 4"]


def test_a_heading_that_stands_twice_is_refused() -> None:
    assert "stands twice" in read_sheet(b"anc,anc\n1,2\n")[1][0].says


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["1.5", "2"], (".",)),
        (["1,5", "2"], (",",)),
        (["1,500", "2"], (".", ",")),
        (["1.5", "1,5"], ()),
        (["1,234.5"], (".",)),
        (["1.234,5"], (",",)),
        ([], (".", ",")),
    ],
)
def test_the_decimal_mark_is_told_by_every_number_or_left_open(cells, marks) -> None:
    assert decimal_marks(cells) == marks


@pytest.mark.parametrize(
    ("cells", "orders"),
    [
        (["2006-03-05"], ("YYYY-MM-DD",)),
        (["03/04/2006"], ("DD.MM.YYYY", "MM/DD/YYYY")),
        (["03/14/2006", "03/04/2006"], ("MM/DD/YYYY",)),
        (["14.03.2006"], ("DD.MM.YYYY",)),
        (["05-MAR-2006"], ("DD-MON-YYYY",)),
        (["20060305"], ("YYYYMMDD",)),
        (["2006-02-30"], ()),
        ([], ()),
    ],
)
def test_the_way_of_writing_dates_is_told_by_every_cell_or_left_open(cells, orders) -> None:
    assert date_orders(cells) == orders


def test_json_keeps_every_digit_and_names_the_place_of_a_fault() -> None:
    found, faults = read_json(b'{"a": 1.50}')
    assert faults == [] and str(found["a"]) == "1.50"
    assert read_json(b'{"a": }')[1][0].where == "line 1, column 7"


@pytest.mark.parametrize(("depth", "read"), [(LIMITS.depth - 1, True), (LIMITS.depth, True), (LIMITS.depth + 1, False)])
def test_the_deepest_json_allowed_is_read(depth, read) -> None:
    assert (read_json(b"[" * depth + b"]" * depth)[1] == []) is read
    inside_text = json.dumps({"a": "[" * 1000}).encode()
    assert read_json(inside_text)[1] == []
