"""A table of separated values as a stranger wrote it: encoding and delimiter found, shown, and never assumed silently.

A table that two delimiters would part alike well is refused until somebody says which. Rows with more or fewer cells
than the headings are refused by line. Read `read_sheet`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.adapters.exchange.incoming.uploads import LIMITS, Limits, refused_upload
from trialwright.core.terms import Finding, Severity

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ENCODINGS = ("utf-8", "utf-16", "cp1252")
LOOKED_AT = 50
ALLOWED_CONTROLS = frozenset("\t\r\n")


@dataclass(frozen=True)
class Sheet:
    """The headings, the rows with their line numbers, and how the file was read."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    delimiter: str
    encoding: str

    def column(self, heading: str) -> int:
        """The place of a heading."""
        return self.headings.index(heading)

    @property
    def cells(self) -> Iterator[str]:
        """Every cell of every row."""
        return (cell for _, row in self.rows for cell in row)


def read_sheet(
    content: bytes, delimiter: str = "", encoding: str = "", limits: Limits = LIMITS
) -> tuple[Sheet | None, list[Finding]]:
    """The table, and everything wrong with it; a finding that is an error leaves no table."""
    if refused := refused_upload(content, "csv", limits):
        return None, refused
    text, found_encoding, findings = _decoded(content, encoding)
    if text is None:
        return None, findings
    delimiter, wrong = (delimiter, None) if delimiter else _delimiter(text)
    if wrong is not None:
        return None, [*findings, wrong]
    headings, rows, faults = _parted(text, delimiter, limits)
    findings += faults
    if any(one.severity is Severity.ERROR for one in findings):
        return None, findings
    return Sheet(headings, rows, delimiter, found_encoding), findings


def _decoded(content: bytes, named: str) -> tuple[str | None, str, list[Finding]]:
    """The text and its encoding: as named, as the byte-order mark says, UTF-8, else Windows' Western letters."""
    if named and named not in ENCODINGS:
        return None, named, [_no(f"The encoding {named[:40]!r} is not read.", f"Name one of {', '.join(ENCODINGS)}.")]
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = named or ("utf-16" if marked else "utf-8")
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as wrong:
        if encoding != "utf-8" or named:
            return None, encoding, [_no(f"The file is not {encoding} text (byte {wrong.start + 1}).", SAVE_AGAIN)]
        return _western(content)
    return _without_controls(text, encoding, [])


def _western(content: bytes) -> tuple[str | None, str, list[Finding]]:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as wrong:
        says = f"The file is neither UTF-8 nor Windows-1252 text (byte {wrong.start + 1})."
        return None, "", [_no(says, SAVE_AGAIN)]
    said = Finding(
        about="file",
        says="The file is not UTF-8; it was read with the Western letters of Windows (cp1252).",
        matters="A letter such as µ or é may have been meant otherwise.",
        do="Look whether names and units read as they should; if not, save the table as CSV (UTF-8).",
        severity=Severity.WARNING,
    )
    return _without_controls(text, "cp1252", [said])


def _without_controls(text: str, encoding: str, findings: list[Finding]) -> tuple[str | None, str, list[Finding]]:
    """Letters that print nothing are refused: they come from a damaged file, or hide something.

    A letter that some machines write as two signs (é) is the one sign that the ledger keeps.
    """
    odd = next((place for place, one in enumerate(text) if one < " " and one not in ALLOWED_CONTROLS), None)
    if odd is None:
        return unicodedata.normalize("NFC", text), encoding, findings
    line = text.count("\n", 0, odd) + 1
    says = f"The file holds a control character (code {ord(text[odd])})."
    return None, encoding, [_no(says, SAVE_AGAIN, where=f"line {line}")]


def _delimiter(text: str) -> tuple[str, Finding | None]:
    """The delimiter that parts the first lines alike; one column alone is parted by a comma that is not there."""
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]
    counts = {each: _cells_of(lines, each) for each in DELIMITERS}
    alike = [each for each, found in counts.items() if len(set(found)) == 1 and found[0] > 1]
    several = alike or [each for each, found in counts.items() if found and found[0] > 1]
    if len(several) > 1:
        names = " or ".join(DELIMITERS[each] for each in several)
        return "", _no(f"The columns may be parted by {names}.", "Say which delimiter the file has.")
    return (several or [","])[0], None


def _cells_of(lines: list[str], delimiter: str) -> list[int]:
    try:
        return [len(row) for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return []


def _parted(
    text: str, delimiter: str, limits: Limits
) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[str, ...]], ...], list[Finding]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    headings: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = []
    findings: list[Finding] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if faults := _faults_of(cells, headings, reader.line_num, limits, len(rows)):
                findings += faults
                if not headings or len(rows) >= limits.rows or len(findings) >= limits.findings:
                    break
            elif not headings:
                headings = tuple(cell.strip() for cell in cells)
            else:
                rows.append((reader.line_num, tuple(cell.strip() for cell in cells)))
    except csv.Error as wrong:
        findings.append(_no(f"The table cannot be read: {wrong}.", SAVE_AGAIN, where=f"line {reader.line_num}"))
    if not findings and not rows:
        findings.append(_no("The table has headings and no row." if headings else "The table is empty.", SAVE_AGAIN))
    return headings, tuple(rows), findings


def _faults_of(cells: list[str], headings: tuple[str, ...], line: int, limits: Limits, rows: int) -> list[Finding]:
    """What is wrong with one row: too many cells, a cell too long, other cells than headings."""
    where = f"line {line}"
    if len(cells) > limits.columns:
        return [_no(f"The row has {len(cells):,} columns; at most {limits.columns} are read.", FEWER, where)]
    if long := next((place for place, cell in enumerate(cells, 1) if len(cell) > limits.cell), None):
        return [_no(f"Column {long} has more than {limits.cell:,} letters.", FEWER, where)]
    if not headings:
        return _faults_of_headings([cell.strip() for cell in cells], where)
    if rows >= limits.rows:
        return [_no(f"The table has more than {limits.rows:,} rows.", "Upload it in parts.", where)]
    if len(cells) != len(headings):
        return [_no(f"The row has {len(cells)} cells; the headings are {len(headings)}.", SAVE_AGAIN, where)]
    return []


def _faults_of_headings(cells: list[str], where: str) -> list[Finding]:
    twice = sorted({cell for cell in cells if cell and cells.count(cell) > 1})
    return [
        _no(f"The heading {cell[:60]!r} stands twice.", "Name each column differently.", where) for cell in twice[:20]
    ]


SAVE_AGAIN = "Save the table again as CSV (UTF-8), one heading for each column."
FEWER = "Leave out what is not needed, or upload the table in parts."


def _no(says: str, do: str, where: str | None = None) -> Finding:
    return Finding(
        about="file",
        says=says,
        matters="A cell read in the wrong column would be another patient's or another test's; nothing was saved.",
        do=do,
        where=where,
    )
