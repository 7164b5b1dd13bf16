"""Reading a registry record: the text of its public page, or its API v2 JSON, into API v2 fields with their spans.

`read` takes text or bytes, `read_file` a path. Decided here: what kind of record it is, and what is said about input
that is none (empty, binary, another page, cut). The page: `page` (its table of readers), `labels` (the known words of
the layout), `blocks` (where each part begins). Criteria: `criteria`. JSON: `json_record`. The result: `reading`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from trialwright.adapters.registry.accounts import account, numbered
from trialwright.adapters.registry.json_record import read_json
from trialwright.adapters.registry.layout import even
from trialwright.adapters.registry.mesh import Trees
from trialwright.adapters.registry.page import read_page, sweep
from trialwright.adapters.registry.reading import (
    Absent,
    Criterion,
    Furniture,
    OutlinePart,
    RegistryReading,
    Sheet,
    Span,
    Unread,
)
from trialwright.core.terms import Finding, Severity

__all__ = [
    "Absent",
    "Criterion",
    "Furniture",
    "OutlinePart",
    "RegistryReading",
    "Span",
    "Unread",
    "read",
    "read_file",
]


def read_file(path: str | Path, *, mesh: Trees | None = None) -> RegistryReading:
    """Read a record from a file; a file that cannot be opened raises OSError."""
    where = Path(path)
    return read(where.read_bytes(), name=where.name, mesh=mesh)


def read(record: str | bytes, *, name: str = "record", mesh: Trees | None = None) -> RegistryReading:
    """A registry record as API v2 fields, each with its place in the source; every problem is a finding, none an
    exception."""
    raw = record.encode("utf-8", "surrogatepass") if isinstance(record, str) else record
    decoded = record if isinstance(record, str) else raw.decode("utf-8", "replace")
    source = " " + decoded[1:] if decoded.startswith("\ufeff") else decoded  # a byte order mark is no word
    kind = kind_of(source, raw)
    sheet = Sheet(even(source) if kind == "page" else source)
    sheet.findings.extend(_bytes_findings(raw))
    if kind == "page":
        read_page(sheet, mesh)
        sweep(sheet)
    elif kind == "json":
        read_json(sheet)
    else:
        sheet.findings.extend(_unreadable(kind))
    return _reading(sheet, source, name, kind, hashlib.sha256(raw).hexdigest())


def kind_of(text: str, raw: bytes) -> str:
    """empty, binary, json, xml or page, by the first characters.

    >>> kind_of(" ", b" "), kind_of("{", b"{"), kind_of("<?xml", b"<?xml")
    ('empty', 'json', 'xml')
    """
    start = text.lstrip("\ufeff \t\r\n\xa0")[:200].lower()
    if not start:
        return "empty"
    if b"\x00" in raw[:4096] or sum(1 for c in text[:4096] if c == "\ufffd") > len(text[:4096]) / 10:
        return "binary"
    if start[0] in "{[":
        return "json"
    if start.startswith(("<?xml", "<clinical_study")):
        return "xml"
    return "html" if start.startswith(("<!doctype", "<html")) else "page"


def _bytes_findings(raw: bytes) -> Iterator[Finding]:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        yield Finding(
            about="file",
            says=f"The file is not UTF-8 text: byte {error.start} cannot be read.",
            matters="Signs such as ≥ or ³ may be lost where the text was read with a mark in their place.",
            do="Save the page again as UTF-8.",
        )


_SAYS = {
    "empty": ("The file is empty.", "Give the text of the study's page, or its record as API v2 JSON."),
    "binary": ("The file is not text.", "Save the page as text; a PDF or an archive is not read."),
    "xml": (
        "This is XML, the registry's older format, which is not read yet.",
        "Give the API v2 JSON of the same study.",
    ),
    "html": ("This is HTML, not the text of a page.", "Save the page as text, or give the API v2 JSON of the study."),
}


def _unreadable(kind: str) -> Iterator[Finding]:
    says, do = _SAYS[kind]
    yield Finding(about="file", says=says, matters="No study can be read from it.", do=do, severity=Severity.ERROR)


def _reading(sheet: Sheet, source: str, name: str, kind: str, sha256: str) -> RegistryReading:
    classes = account(sheet)
    return RegistryReading(
        name=name,
        kind=kind,
        source=source,
        sha256=sha256,
        protocolSection=sheet.tree.get("protocolSection", {}),
        derivedSection=sheet.tree.get("derivedSection", {}),
        hasResults=_has_results(sheet, kind),
        spans={path: tuple(spans) for path, spans in sheet.spans.items()},
        labels=classes.labels,
        furniture=classes.furniture,
        unread=tuple(numbered(classes.unread, source)),
        criteria=sheet.criteria,
        outline=sheet.outline,
        stated_absent=tuple(sheet.absent),
        findings=tuple(sheet.findings),
    )


def _has_results(sheet: Sheet, kind: str) -> bool | None:
    """True where results are posted, False where the page says there are none; None where it mentions neither."""
    if kind == "json":
        return sheet.held.get("hasResults", Span(0, 0)).end == 1
    if sheet.get("protocolSection.statusModule.resultsFirstPostDateStruct"):
        return True
    said = (sheet.source[f.span.start : f.span.end] for f in sheet.furniture)
    return False if any(re.search(r"\bNo (?:Study )?Results Posted", words) for words in said) else None
