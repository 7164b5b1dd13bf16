"""The map of a laboratory's columns, as it is saved and used again: one document, checked like the file itself.

Read `ColumnMap`, then `map_faults`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from trialwright.adapters.exchange.incoming.delimited import DELIMITERS, ENCODINGS, Sheet
from trialwright.adapters.exchange.incoming.typed import DATE_ORDERS, MISSING_CODES, NUMBERS, Unreadable, Writing, ucum
from trialwright.core.protocol import Concept, Kind
from trialwright.core.terms import Finding, Quantity, UnitMismatch, UnitTable

SHAPES = ("long", "wide")
PLACES = "subject date time encounter analyte value unit low high limits".split()
"""What a heading may be mapped to, besides the tests of a wide table."""
LARGEST_WORD = 400


@dataclass(frozen=True)
class Column:
    """A column of a wide table, or a word for a test in a long one: its concept, and its unit where none is given."""

    concept: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class ColumnMap:
    """How to read one laboratory's table; headings stand as in the file, `""` where it has no such column."""

    name: str = ""
    shape: str = "long"
    delimiter: str = ""
    encoding: str = ""
    decimal: str = ""
    dates: str = ""
    subject: str = ""
    date: str = ""
    time: str = ""
    encounter: str = ""
    analyte: str = ""
    value: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    limits: str = ""
    tests: Mapping[str, Column] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def writing(self) -> Writing:
        """How the file writes numbers, dates and what is missing."""
        return Writing(self.decimal, self.dates, self.missing)


def map_document(of: ColumnMap) -> dict[str, Any]:
    """The map as plain data, to be kept as JSON."""
    return asdict(of)


def read_map(document: Any) -> ColumnMap:
    """The map of a document; raises ValueError where it is none."""
    if not isinstance(document, dict):
        raise ValueError(f"a map of columns is an object with names, not {type(document).__name__}")
    known = {name for name in ColumnMap.__dataclass_fields__ if name not in ("tests", "missing")}
    told = {name: _text(document.get(name, "")) for name in known}
    tests = {_text(word): _column(each) for word, each in _object(document.get("tests", {})).items()}
    missing = {_text(word): _text(code) for word, code in _object(document.get("missing", {})).items()}
    return ColumnMap(**told, tests=tests, missing=missing)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"a list of words is an object with names, not {type(value).__name__}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LARGEST_WORD:
        raise ValueError(f"a word of a map is a text of at most {LARGEST_WORD} letters, not {type(value).__name__}")
    return value


def _column(value: Any) -> Column:
    found = _object(value)
    return Column(_text(found.get("concept", "")), _text(found.get("unit", "")))


def map_faults(of: ColumnMap, sheet: Sheet, concepts: Mapping[str, Concept], units: UnitTable) -> list[Finding]:
    """Everything that keeps a map from reading this table: a heading that is not there, a test nobody records."""
    return [*_closed(of), *_headings(of, sheet), *_tests(of, concepts, units)]


def _closed(of: ColumnMap) -> Iterator[Finding]:
    """Choices from a list, each made by a person where the file leaves it open."""
    choices = {
        "shape": (of.shape, SHAPES),
        "decimal": (of.decimal, tuple(NUMBERS)),
        "dates": (of.dates, tuple(DATE_ORDERS)),
        "delimiter": (of.delimiter, ("", *DELIMITERS)),
        "encoding": (of.encoding, ("", *ENCODINGS)),
    }
    for name, (chosen, known) in choices.items():
        if chosen not in known:
            said = f"is {chosen!r}" if chosen else "is not said"
            yield _no(name, f"The {WORDS[name]} {said}.", f"Choose one of {', '.join(filter(None, known))}.")
    for word, code in of.missing.items():
        if code not in MISSING_CODES:
            yield _no("missing", f"{word!r} stands for {code!r}.", f"Choose one of {', '.join(MISSING_CODES)}.")


WORDS = {
    "shape": "shape of the table",
    "decimal": "decimal mark",
    "dates": "way of writing dates",
    "delimiter": "delimiter",
    "encoding": "encoding",
}


def _headings(of: ColumnMap, sheet: Sheet) -> Iterator[Finding]:
    needed = ("subject", "date", "analyte", "value") if of.shape == "long" else ("subject", "date")
    for name in needed:
        if not getattr(of, name):
            yield _no(name, f"No column is named for the {name}.", "Choose the column.")
    named = [getattr(of, name) for name in PLACES] + (list(of.tests) if of.shape == "wide" else [])
    for heading in filter(None, named):
        if heading not in sheet.headings:
            yield _no("columns", f"The table has no column {heading[:60]!r}.", "Choose another column or another map.")
    if not of.tests:
        yield _no("tests", "No test of the file is mapped to what is recorded.", "Map at least one test.")


def _tests(of: ColumnMap, concepts: Mapping[str, Concept], units: UnitTable) -> Iterator[Finding]:
    for word, column in of.tests.items():
        concept = concepts.get(column.concept)
        if concept is None:
            yield _no("tests", f"{word[:60]!r} is mapped to {column.concept[:60]!r}, which is not recorded.", RECORDED)
        elif concept.repeats or concept.value.kind not in (Kind.QUANTITY, Kind.INTEGER, Kind.CODE):
            yield _no("tests", f"{word[:60]!r} is mapped to {concept.label}, which is no result of a test.", RECORDED)
        elif column.unit and concept.value.kind is Kind.QUANTITY:
            yield from _unit(word, column.unit, concept, units)


def _unit(word: str, unit: str, concept: Concept, units: UnitTable) -> Iterator[Finding]:
    try:
        one = Quantity(Decimal(1), ucum(unit, units))
        one.in_unit(concept.value.unit or "1", units, concept.id)
    except (Unreadable, UnitMismatch) as wrong:
        yield _no("tests", f"{word[:60]!r}: {str(wrong).rstrip('.')}.", "Name the unit the laboratory reports in.")


RECORDED = "Choose a concept of the study."


def _no(about: str, says: str, do: str) -> Finding:
    return Finding(about=about, says=says, matters="The table cannot be read by this map; nothing was saved.", do=do)
