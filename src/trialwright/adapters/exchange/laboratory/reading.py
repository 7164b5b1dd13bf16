"""Rows of a laboratory's table by its map: what is given of each subject, and a finding for each line that is not read.

A line is read whole or refused whole: a value without its limits, or limits without their value, is half a result.
Words of tests that the map does not name are listed once, as left out. Read `read_laboratory`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.adapters.exchange.incoming.comparing import Given
from trialwright.adapters.exchange.incoming.delimited import Sheet
from trialwright.adapters.exchange.incoming.typed import Unreadable, names_a_visit, read_cell, read_date, read_time
from trialwright.adapters.exchange.laboratory.columns import PLACES, Column, ColumnMap
from trialwright.core.ledger import Missing, Value
from trialwright.core.protocol import Concept, Field
from trialwright.core.terms import Finding, Severity, UnitTable

BETWEEN = re.compile(r"^\s*(?P<low>[\d.,\s]*\d)\s*(?:-|–|to|bis)\s*(?P<high>[\d.,\s]*\d)\s*$")
ONE_SIDED = re.compile(r"^\s*(?P<sign>[<>])\s*=?\s*(?P<limit>[\d.,\s]*\d)\s*$")


@dataclass(frozen=True)
class Known:
    """What the study records: its concepts, its visits by key, and its table of units."""

    concepts: Mapping[str, Concept]
    units: UnitTable
    encounters: Collection[str] = ()


@dataclass(frozen=True)
class Row:
    """One row with its headings."""

    number: int
    cells: Mapping[str, str]

    def of(self, heading: str) -> str:
        """The cell under a heading; empty where the table has no such column."""
        return self.cells.get(heading, "") if heading else ""


def read_laboratory(sheet: Sheet, by: ColumnMap, known: Known) -> tuple[list[Given], list[Finding]]:
    """What the table gives, and everything that was refused or left out."""
    given: list[Given] = []
    findings: list[Finding] = []
    left_out: Counter[str] = Counter()
    for number, cells in sheet.rows:
        row = Row(number, dict(zip(sheet.headings, cells, strict=True)))
        for word, column, value in _results(row, by):
            if column is None:
                left_out[word] += 1
                continue
            try:
                given += _given(row, word, column, value, by, known)
            except Unreadable as wrong:
                findings.append(_refused(row, word, str(wrong)))
    told = [_left_out(word, count) for word, count in left_out.items()]
    return given, [*findings, *told, *_columns_left_out(sheet, by)]


def _results(row: Row, by: ColumnMap) -> Iterator[tuple[str, Column | None, str]]:
    """The tests of a row with their cells; one in a long table, one for each mapped column in a wide one."""
    if by.shape == "long":
        word = row.of(by.analyte)
        yield word, by.tests.get(word), row.of(by.value)
        return
    for heading, column in by.tests.items():
        if cell := row.of(heading):
            yield heading, column, cell


def _given(row: Row, word: str, column: Column, cell: str, by: ColumnMap, known: Known) -> list[Given]:
    concept = known.concepts[column.concept]
    if not cell:
        raise Unreadable(f"the result of {word[:60]!r} is empty; say why, by a word that the map takes for missing")
    on, time = _when(row, by)
    unit = row.of(by.unit) or column.unit
    values = read_cell(cell, concept.value, concept.id, unit, by.writing, known.units)
    if not isinstance(values.get(concept.value.id), Missing):
        values |= _limits(row, concept, unit, by, known)
    subject = row.of(by.subject)
    if not subject:
        raise Unreadable("no subject is named")
    encounter = _encounter(row, by, known)
    where = f"line {row.number}, {word}"
    told = Given(subject=subject, concept=concept.id, values=values, on=on, time=time, encounter=encounter, where=where)
    return [told]


def _when(row: Row, by: ColumnMap) -> tuple[date, str]:
    """The day and time of the sample; a time of its own column wins over one behind the date."""
    on, time = read_date(row.of(by.date), by.dates)
    own = row.of(by.time)
    return on, read_time(own) if own else time


def _limits(row: Row, concept: Concept, unit: str, by: ColumnMap, known: Known) -> dict[str, Value]:
    """The laboratory's limits of normal, where the table prints them and the concept keeps them."""
    fields = {field.id: field for field in concept.fields if field.id in ("low", "high")}
    if not fields:
        return {}
    cells = {"low": row.of(by.low), "high": row.of(by.high)}
    if span := row.of(by.limits):
        cells = _span(span)
    return {
        name: value
        for name, cell in cells.items()
        if cell
        for value in [_limit(cell, fields[name], concept, unit, by, known)]
        if value is not None
    }


def _limit(cell: str, of: Field, concept: Concept, unit: str, by: ColumnMap, known: Known) -> Value:
    if cell[0] in "<>":
        raise Unreadable(f"the limit {cell[:40]!r} is no number")
    found = read_cell(cell, of, concept.id, unit, by.writing, known.units).get(of.id)
    return None if isinstance(found, Missing) else found


def _span(text: str) -> dict[str, str]:
    """Both limits of one cell: 4.0-11.0, < 35, > 60."""
    if both := BETWEEN.match(text):
        return {"low": both["low"].strip(), "high": both["high"].strip()}
    if one := ONE_SIDED.match(text):
        return {"high" if one["sign"] == "<" else "low": one["limit"].strip()}
    raise Unreadable(f"the limits {text[:40]!r} are not written as 4.0-11.0")


def _encounter(row: Row, by: ColumnMap, known: Known) -> str:
    key = row.of(by.encounter)
    if key and known.encounters and not names_a_visit(key, known.encounters):
        raise Unreadable(f"{key[:60]!r} is no visit of the protocol")
    return key


def _refused(row: Row, word: str, why: str) -> Finding:
    return Finding(
        about="line",
        says=f"{why[:1].upper()}{why[1:]}.",
        matters="The line was not read; a result that is guessed decides about a patient.",
        do="Correct the line or the map of columns, and upload the file again.",
        where=f"line {row.number}, {word[:60]}" if word else f"line {row.number}",
    )


def _columns_left_out(sheet: Sheet, by: ColumnMap) -> Iterator[Finding]:
    """Columns that the map does not name, such as one that came since it was saved, where anything stands in them."""
    named = {getattr(by, place) for place in PLACES} | ({*by.tests} if by.shape == "wide" else set())
    for place, heading in enumerate(sheet.headings):
        count = 0 if heading in named else sum(bool(cells[place]) for _, cells in sheet.rows)
        if count:
            yield Finding(
                about="columns",
                says=f"The column {heading[:60]!r} is not in the map; {_cells(count)} left out.",
                matters="What is left out is recorded nowhere: a result, or the unit that the others are in.",
                do="Change the map if the column tells something that the study records.",
                severity=Severity.WARNING,
            )


def _cells(count: int) -> str:
    return f"{count:,} cell was" if count == 1 else f"{count:,} cells were"


def _left_out(word: str, count: int) -> Finding:
    named = f"The test {word[:60]!r}" if word else "A row without the name of a test"
    return Finding(
        about="tests",
        says=f"{named} is not in the map; {count} {'result was' if count == 1 else 'results were'} left out.",
        matters="What is left out is recorded nowhere.",
        do="Map the test if the study records it.",
        severity=Severity.WARNING,
    )
