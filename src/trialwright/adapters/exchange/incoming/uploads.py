"""How large an upload may be, and what it is by its content: a name or an announced type can say anything.

A packed file is refused unread, so that nothing has to be unpacked to find out how large it would become; so is XML,
which no import here needs. Read `refused_upload`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.terms import Finding

PACKED: tuple[tuple[bytes, str, str], ...] = (
    (
        b"PK\x03\x04",
        "a packed file (ZIP, or a workbook such as XLSX)",
        "Save the sheet as CSV (UTF-8) and upload that.",
    ),
    (b"PK\x05\x06", "an empty packed file", "Save the sheet as CSV (UTF-8) and upload that."),
    (b"\xd0\xcf\x11\xe0", "a workbook or document of an older office program", "Save the sheet as CSV (UTF-8)."),
    (b"\x1f\x8b", "a packed file (gzip)", "Unpack it and upload what is inside."),
    (b"BZh", "a packed file (bzip2)", "Unpack it and upload what is inside."),
    (b"\xfd7zXZ", "a packed file (xz)", "Unpack it and upload what is inside."),
    (b"(\xb5/\xfd", "a packed file (zstd)", "Unpack it and upload what is inside."),
    (b"7z\xbc\xaf", "a packed file (7z)", "Unpack it and upload what is inside."),
    (b"Rar!", "a packed file (RAR)", "Unpack it and upload what is inside."),
    (b"%PDF", "a PDF", "Ask the laboratory for the values as CSV or as FHIR JSON."),
    (b"\x7fELF", "a program", "Upload a table (CSV) or FHIR JSON."),
    (b"MZ", "a program", "Upload a table (CSV) or FHIR JSON."),
    (b"\x89PNG", "a picture", "Upload a table (CSV) or FHIR JSON."),
    (b"\xff\xd8\xff", "a picture", "Upload a table (CSV) or FHIR JSON."),
    (b"GIF8", "a picture", "Upload a table (CSV) or FHIR JSON."),
)
"""First bytes of what no import reads, what that is called, and what to do."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Limits:
    """How much of a file is read: bytes, rows, columns, letters of one cell, and depth of nested JSON."""

    size: int = 8 * 1024 * 1024
    rows: int = 20_000
    columns: int = 400
    cell: int = 4_000
    depth: int = 40
    findings: int = 500


LIMITS = Limits()
"""What a trial's laboratory or database hands over in one piece; more is uploaded in several."""


def kind_of(content: bytes) -> str:
    """What a file is by its content: csv, json, xml, packed, empty or binary.

    >>> kind_of(b"PK\\x03\\x04rest"), kind_of(b'{"resourceType": "Bundle"}'), kind_of(b"subject,anc")
    ('packed', 'json', 'csv')
    """
    if not content.strip():
        return "empty"
    if any(content.startswith(mark) for mark, _, _ in PACKED):
        return "packed"
    if content.startswith(UTF_16):
        return "csv"
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if b"\x00" in content:
        return "binary"
    return {b"<": "xml", b"{": "json", b"[": "json"}.get(start, "csv")


def refused_upload(content: bytes, wanted: str, limits: Limits = LIMITS) -> list[Finding]:
    """Why a file is not read at all: too large, empty, packed, or another kind than is `wanted` (csv or json)."""
    if len(content) > limits.size:
        return [_no(f"The file has {len(content):,} bytes; at most {limits.size:,} are read.", "Upload it in parts.")]
    kind = kind_of(content)
    if kind == wanted:
        return []
    if kind == "empty":
        return [_no("The file is empty.", "Choose the file again; nothing was in it.")]
    if kind == "packed":
        what, do = next((what, do) for mark, what, do in PACKED if content.startswith(mark))
        return [_no(f"The file is {what}, which is not opened.", do)]
    if kind == "xml":
        return [_no("The file is XML or a web page, which no import reads.", f"Upload {WORDS[wanted]}.")]
    if kind == "binary":
        return [_no("The file holds bytes that no text has (NUL).", "Export it again as text: CSV (UTF-8) or JSON.")]
    return [_no(f"The file looks like {WORDS[kind]}, and {WORDS[wanted]} is needed here.", "Choose the other import.")]


WORDS = {"csv": "a table of separated values (CSV)", "json": "JSON"}


def _no(says: str, do: str) -> Finding:
    return Finding(about="file", says=says, matters="Nothing of the file was read, and nothing was saved.", do=do)
