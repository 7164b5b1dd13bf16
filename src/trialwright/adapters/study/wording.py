"""The published descriptions of grades from the user's own copy of the table: a CSV file -> term, grade, text.

The texts are not part of the program. Two shapes are read: one row for each term with a column for each grade (NCI's
workbook, saved as CSV), or one row for each grade. Terms are found as a reported event's term is; a text for a grade
the term does not have tells that the file is of another version. Read `load_wording`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trialwright.core.terms import Finding, Severity
from trialwright.core.toxicity import ToxicityTable

Row = tuple[str, int, str]
"""A term as the file writes it, a grade, its text."""


@dataclass(frozen=True)
class Wording:
    """The description of each grade by the table's short name of the term, and what is wrong with the file."""

    texts: Mapping[str, Mapping[int, str]]
    findings: tuple[Finding, ...]


def load_wording(path: Path, table: ToxicityTable) -> Wording:
    """The descriptions in a CSV file for one version of a table; without a readable file none, and why."""
    try:
        rows = list(_rows(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        return Wording({}, (_unreadable(path, type(problem).__name__),))
    if not rows:
        return Wording({}, (_unreadable(path, "no row with a term and the text of a grade"),))
    return Wording(_texts(rows, table), tuple(_findings(path, rows, table)))


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
    version = f"{table.name} {table.version}"
    for what, names in ((f"terms that {version} lacks", unknown), (f"grades that do not exist in {version}", others)):
        if names:
            few = f"{'; '.join(names[:3])}{' ...' if len(names) > 3 else ''}"
            yield Finding(
                about=path.name,
                says=f"{path.name} has {what} ({len(names)}): {few}.",
                matters="It may be a copy of another version; those texts are not shown.",
                do=f"Give a copy of {version}.",
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
