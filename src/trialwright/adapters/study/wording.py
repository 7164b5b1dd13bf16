"""The published descriptions of grades from the user's own copy of the table: a file -> term, grade, text.

The texts are not part of the program. The copy is named by an option or by the environment (`TRIALWRIGHT_WORDING`): a
file, or a folder with one file for each version ("ctcae-3.0.csv"). CSV is read in two shapes, one row for each term
with a column for each grade (NCI's workbook, saved as CSV) or one row for each grade, and JSON as a list of terms with
their `grades`. Terms are found as a reported event's term is; what the file has and the version has not, or the other
way round, is told. Read `wording_for`, then `load_wording`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trialwright.core.terms import Finding, Grade, Severity
from trialwright.core.toxicity import ToxicityTable

ENVIRONMENT = "TRIALWRIGHT_WORDING"
SUFFIXES = (".csv", ".json")

Row = tuple[str, int, str]
"""A term as the file writes it, a grade, its text."""


@dataclass(frozen=True)
class Wording:
    """The description of each grade by the table's short name of the term, and what is wrong with the file."""

    texts: Mapping[str, Mapping[int, str]]
    findings: tuple[Finding, ...]
    standard: str = ""

    def text(self, term: str, grade: Grade | int | None) -> str:
        """The published description of a grade of a term, empty where the copy has none; "Pain - back" is of "Pain"."""
        number = grade.number if isinstance(grade, Grade) else grade
        of_term = self.texts.get(term) or self.texts.get(term.rpartition(" - ")[0]) or {}
        return of_term.get(number, "") if number is not None else ""


NO_WORDING = Wording({}, ())


def wording_for(table: ToxicityTable | None, given: Path | None = None) -> Wording:
    """The descriptions for a table from the copy that was named, by an argument or by the environment; else none."""
    named = given or (Path(told) if (told := os.environ.get(ENVIRONMENT, "")) else None)
    if table is None or named is None:
        return NO_WORDING
    return load_wording(_file(named, table), table)


def _file(named: Path, table: ToxicityTable) -> Path:
    """The file itself, or the one of this version in a folder, named by the table and the version."""
    if not named.is_dir():
        return named
    stem = f"{table.name.lower()}-{table.version}"
    there = [named / f"{stem}{suffix}" for suffix in SUFFIXES]
    return next((path for path in there if path.is_file()), there[0])


def load_wording(path: Path, table: ToxicityTable) -> Wording:
    """The descriptions in a file for one version of a table; without a readable file none, and why."""
    read = _json_rows if path.suffix.lower() == ".json" else _rows
    try:
        rows = list(read(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as problem:
        return Wording({}, (_unreadable(path, type(problem).__name__),))
    if not rows:
        return Wording({}, (_unreadable(path, "no row with a term and the text of a grade"),))
    texts = _texts(rows, table)
    return Wording(texts, (*_findings(path, rows, table), *_lacking(path, texts, table)), table.standard)


def _json_rows(text: str) -> Iterator[Row]:
    """A list of terms, each an object with `term` and `grades`; anything else in it is passed over."""
    data: Any = json.loads(text)
    for given in data if isinstance(data, list) else ():
        term, grades = (given.get("term"), given.get("grades")) if isinstance(given, dict) else (None, None)
        for grade, cell in grades.items() if isinstance(grades, dict) else ():
            told = " ".join(str(cell or "").split())
            if isinstance(term, str) and _says(str(grade), told):
                yield term, int(grade), told


def _rows(text: str) -> Iterator[Row]:
    for given in csv.DictReader(io.StringIO(text)):
        row = {_column(name): " ".join((cell or "").split()) for name, cell in given.items() if isinstance(name, str)}
        term = next((cell for name, cell in row.items() if name.endswith("term")), "")
        if row.get("grade", "").isdecimal():
            cells = {row["grade"]: row.get("description", "")}
        else:
            cells = {name.removeprefix("grade_"): cell for name, cell in row.items() if name.startswith("grade_")}
        yield from ((term, int(grade), cell) for grade, cell in cells.items() if term and _says(grade, cell))


def _says(grade: str, cell: str) -> bool:
    return grade.isdecimal() and cell not in ("", "-", "\N{EN DASH}", "\N{EM DASH}")


def _column(name: str) -> str:
    """The name of a column in small letters, "Grade 1   " as grade_1."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _texts(rows: list[Row], table: ToxicityTable) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for name, grade, text in rows:
        term = table.term(name)
        if term is not None and grade in term.grades:
            found.setdefault(term.short, {}).setdefault(grade, text)
    return found


def _findings(path: Path, rows: list[Row], table: ToxicityTable) -> Iterator[Finding]:
    """What the file has and the version has not: all of one kind in one finding, the first few by name."""
    terms = {name: table.term(name) for name, _, _ in rows}
    unknown = [name for name, term in terms.items() if term is None]
    others = [f"{name}, grade {g}" for name, g, _ in rows if (term := terms[name]) and g not in term.grades]
    doubt = "It may be a copy of another version; those texts are not shown."
    yield from _told(path, f"has terms that {table.standard} lacks", unknown, doubt, table)
    yield from _told(path, f"has grades that do not exist in {table.standard}", others, doubt, table)


def _lacking(path: Path, texts: Mapping[str, Mapping[int, str]], table: ToxicityTable) -> Iterator[Finding]:
    """What the version has and the file has not."""
    grades = {one.short: one.grades for one in table.laboratory} | {one.short: one.grades for one in table.named}
    absent = [name for name in grades if name not in texts]
    part = [f"{name}, grade {g}" for name in texts for g in grades[name] if g not in texts[name]]
    bare = "Their grades are shown by number alone."
    yield from _told(path, f"lacks terms of {table.standard}", absent, bare, table)
    yield from _told(path, f"lacks grades of {table.standard}", part, bare, table)


def _told(path: Path, what: str, names: Iterable[str], matters: str, table: ToxicityTable) -> Iterator[Finding]:
    listed = list(names)
    if listed:
        yield Finding(
            about=path.name,
            says=f"{path.name} {what} ({len(listed)}): {'; '.join(listed[:3])}{' ...' if len(listed) > 3 else ''}.",
            matters=matters,
            do=f"Give a whole copy of {table.standard}.",
            severity=Severity.WARNING,
        )


def _unreadable(path: Path, why: str) -> Finding:
    return Finding(
        about=path.name,
        says=f"{path.name} could not be read as descriptions of grades: {why}.",
        matters="Grades are shown by their numbers alone; nothing that is judged depends on the texts.",
        do="Save the published table as CSV in UTF-8, with a column for the term and one for each grade.",
        severity=Severity.WARNING,
    )
