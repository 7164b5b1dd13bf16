"""What was published of the trial, from a YAML file: rows to set ours beside, and every mistake with its place.

A row that cannot be used is left out, and said; docs/reference/published-file.md describes the file. Read
`read_published`, then CHECKS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from trialwright.adapters.reports.analysis.comparison import MEASURES, sourced
from trialwright.adapters.reports.analysis.response import POPULATIONS
from trialwright.adapters.reports.sections.comparing import HOW
from trialwright.adapters.study import read_yaml
from trialwright.adapters.study.positions import Document
from trialwright.adapters.study.positions import Path as Place
from trialwright.core.protocol import StudyProtocol, Variable
from trialwright.core.terms import Finding, Response, Severity

TOP = ("sources", "results")
KEYS = ("id", "label", "published", "source", "measure", "of", "population", "grade", "how", "why")
NEEDED = ("id", "published")
GRADES = range(1, 6)
MATTERS = "The row would stand beside a number it does not mean, or beside none."

Row = Mapping[str, Any]
Check = Callable[[Row, StudyProtocol], Iterable[tuple[str, str, str]]]
"""A row and the protocol -> the key that is wrong, what is wrong, and what to do."""


def read_published(file: Path, protocol: StudyProtocol) -> tuple[list[Row], list[Finding]]:
    """The rows of the file that can be used, with their sources written out; and what is wrong with the others."""
    try:
        content = file.read_bytes()
    except OSError as error:
        return [], [_finding(f"{file.name}:1:1", f"{file.name} cannot be read: {error.strerror}.", "Name a file.")]
    document, problems = read_yaml(content, file.name)
    if problems:
        return [], problems
    findings = list(_shape(document))
    found = document.data.get("results") if isinstance(document.data, Mapping) else None
    named = document.data.get("sources") if isinstance(document.data, Mapping) else None
    sources = named if isinstance(named, Mapping) else {}
    rows: list[Row] = []
    for place, row in enumerate(found if isinstance(found, list) else []):
        wrong = list(_row(document, ("results", place), row, protocol, sources))
        findings += wrong
        if not wrong:
            rows.append(row)
    return sourced(rows, sources), [*findings, *(_twice(document, found) if isinstance(found, list) else ())]


def _finding(where: str, says: str, do: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(about="published results", says=says, matters=MATTERS, do=do, where=where, severity=severity)


def _shape(document: Document) -> Iterator[Finding]:
    """The outline of the file: sources and results, and nothing else."""
    data = document.data
    if not isinstance(data, Mapping):
        yield _finding(document.where(()), "The file holds no `results`.", "Write `results:` and a list of rows.")
        return
    for key in data:
        if key not in TOP:
            yield _finding(document.where((key,), key=True), f"{key!r} is not known here.", _nearest(key, TOP))
    if not isinstance(data.get("results"), list):
        yield _finding(document.where(("results",)), "`results` is no list of rows.", "Begin each row with a dash.")
    if not isinstance(data.get("sources", {}), Mapping):
        yield _finding(document.where(("sources",)), "`sources` has no names.", "Write `name: the source in full`.")


def _row(
    document: Document, at: Place, row: Any, protocol: StudyProtocol, sources: Mapping[str, Any]
) -> Iterator[Finding]:
    """Everything that is wrong with one row."""
    if not isinstance(row, Mapping):
        yield _finding(document.where(at), f"{row!r} is no row.", f"Write keys such as {', '.join(NEEDED)}.")
        return
    for key in row:
        if key not in KEYS:
            yield _finding(document.where((*at, key), key=True), f"{key!r} is no key of a row.", _nearest(key, KEYS))
    for key in NEEDED:
        if row.get(key) in (None, ""):
            yield _finding(document.where(at), f"The row has no {key!r}.", f"Write `{key}:`.")
    for check in CHECKS:
        for key, says, do in check(row, protocol):
            yield _finding(document.where((*at, key)), says, do)
    for name in _list(row.get("source")):
        if sources and " " not in str(name) and name not in sources:
            yield _finding(document.where((*at, "source")), f"No source is named {name!r}.", _nearest(name, sources))


def _twice(document: Document, rows: Sequence[Any]) -> Iterator[Finding]:
    """Rows of one id: which of them the calibration speaks of could not be told."""
    seen: set[str] = set()
    for place, row in enumerate(rows):
        name = str(row.get("id", "")) if isinstance(row, Mapping) else ""
        if name and name in seen:
            says = f"Two rows have the id {name!r}."
            yield _finding(document.where(("results", place, "id")), says, "Give each its own.", Severity.WARNING)
        seen.add(name)


# ---- what a row can have wrong ------------------------------------------------------------------------------------


def _measure(row: Row, protocol: StudyProtocol) -> Iterable[tuple[str, str, str]]:
    if "measure" in row and str(row["measure"]) not in MEASURES:
        yield "measure", f"No measure is called {row['measure']!r}.", _nearest(row["measure"], MEASURES)


def _of(row: Row, protocol: StudyProtocol) -> Iterable[tuple[str, str, str]]:
    known = OF.get(str(row.get("measure", "")))
    if known is None:
        return
    names = known(protocol)
    if row.get("of") is None:
        yield "measure", f"The measure {row['measure']!r} asks of what.", f"Write `of:` with one of {', '.join(names)}."
    elif str(row["of"]) not in names:
        yield "of", f"{row['of']!r} is nothing this trial has.", _nearest(row["of"], names)


def _population(row: Row, protocol: StudyProtocol) -> Iterable[tuple[str, str, str]]:
    if "population" in row and row["population"] not in POPULATIONS:
        yield "population", f"No population is called {row['population']!r}.", _nearest(row["population"], POPULATIONS)


def _grade(row: Row, protocol: StudyProtocol) -> Iterable[tuple[str, str, str]]:
    if "grade" in row and row["grade"] not in GRADES:
        yield "grade", f"{row['grade']!r} is no grade.", f"Write a whole number from {GRADES[0]} to {GRADES[-1]}."


def _how(row: Row, protocol: StudyProtocol) -> Iterable[tuple[str, str, str]]:
    if "how" in row and row["how"] not in HOW:
        yield "how", f"Ours cannot come by {row['how']!r}.", _nearest(row["how"], HOW)


def _times(protocol: StudyProtocol) -> list[str]:
    kinds = (Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE)
    return [*(one.id for one in protocol.endpoints if one.variable in kinds), "overall_survival"]


def _responses(protocol: StudyProtocol) -> list[str]:
    return [one.name for one in Response]


OF: Mapping[str, Callable[[StudyProtocol], list[str]]] = {"median time": _times, "best response": _responses}
"""Measures that need `of`, and what it may be."""
CHECKS: tuple[Check, ...] = (_measure, _of, _population, _grade, _how)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _nearest(word: Any, known: Iterable[str]) -> str:
    names = [str(each) for each in known]
    close = get_close_matches(str(word), names, n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else f"Write one of {', '.join(names)}."
