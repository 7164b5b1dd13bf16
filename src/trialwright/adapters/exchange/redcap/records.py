"""Records of a REDCap project by a map: flat rows, or one value a row, with events and repeated forms.

Raw values are read, never labels: REDCap writes dates as 2006-03-05 whatever it shows. A row of a repeated form is an
instance of its own, named by form, event and number, so that reading the file again finds the same thing. Read
`read_records`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.adapters.exchange.incoming.comparing import Given
from trialwright.adapters.exchange.incoming.delimited import Sheet
from trialwright.adapters.exchange.incoming.typed import Unreadable, Writing, missing_of, read_cell, read_date
from trialwright.adapters.exchange.redcap.dictionary import Dictionary, Variable
from trialwright.adapters.exchange.redcap.mapping import DATES_OF_A_THING, Place, RecordMap
from trialwright.core.ledger import Missing, Value
from trialwright.core.protocol import Concept, Kind
from trialwright.core.terms import Finding, UnitTable

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
ONE_VALUE_A_ROW = ("record", "field_name", "value")
DATES = "YYYY-MM-DD"


@dataclass(frozen=True)
class Known:
    """What the study records: concepts and units."""

    concepts: Mapping[str, Concept]
    units: UnitTable


@dataclass(frozen=True)
class Row:
    """One row of a record: the line it stands on, its event and its place among repeated ones, its cells."""

    line: int
    cells: Mapping[str, str]
    event: str = ""
    form: str = ""
    number: str = ""


def read_records(sheet: Sheet, of: Dictionary, by: RecordMap, known: Known) -> tuple[list[Given], list[Finding]]:
    """What the records give, and everything that was refused."""
    given: list[Given] = []
    findings: list[Finding] = []
    if wrong := _no_records(sheet, of):
        return [], [wrong]
    if twice := _said_twice(sheet, of):
        return [], twice
    subjects = _subjects(sheet, of, by)
    for row in _rows(sheet, of):
        subject = row.cells.get(by.subject, "") or subjects.get(row.cells.get(of.record, ""), "")
        for concept, places in _mapped(row, of, by).items():
            try:
                found = _given(row, subject, known.concepts[concept], places, by, of, known)
            except Unreadable as wrong_cell:
                findings.append(_refused(row, concept, str(wrong_cell)))
            else:
                given += [found] if found else []
    return given, findings


def _no_records(sheet: Sheet, of: Dictionary) -> Finding | None:
    if of.record in sheet.headings or set(ONE_VALUE_A_ROW) <= set(sheet.headings):
        return None
    return Finding(
        about="file",
        says=f"The table has neither the column {of.record!r} nor the columns {', '.join(ONE_VALUE_A_ROW)}.",
        matters="It cannot be told whose a row is; nothing was saved.",
        do="Export the records from REDCap as CSV with raw values.",
    )


def _rows(sheet: Sheet, of: Dictionary) -> Iterator[Row]:
    if of.record in sheet.headings:
        for line, cells in sheet.rows:
            told = dict(zip(sheet.headings, cells, strict=True))
            yield Row(line, told, told.get(EVENT, ""), told.get(INSTRUMENT, ""), told.get(INSTANCE, ""))
    else:
        yield from _gathered(sheet, of)


def _gathered(sheet: Sheet, of: Dictionary) -> Iterator[Row]:
    """One value a row, put together to one row for each record, event and instance; checkboxes to their columns."""
    rows: dict[tuple[str, ...], tuple[int, dict[str, str]]] = {}
    for line, cells in sheet.rows:
        told = dict(zip(sheet.headings, cells, strict=True))
        key = tuple(told.get(name, "") for name in ("record", EVENT, INSTRUMENT, INSTANCE))
        variable = of.variables.get(told["field_name"])
        chosen = variable is not None and variable.kind == "checkbox"
        name, value = (
            (f"{told['field_name']}___{told['value']}", "1") if chosen else (told["field_name"], told["value"])
        )
        rows.setdefault(key, (line, {of.record: key[0]}))[1][name] = value
    for (_, event, form, number), (line, cells_) in rows.items():
        yield Row(line, cells_, event, form, number)


def _said_twice(sheet: Sheet, of: Dictionary) -> list[Finding]:
    """Of one value a row: a field of one form that has two values, of which the later row would win unseen."""
    if of.record in sheet.headings:
        return []
    first: dict[tuple[str, ...], tuple[int, str]] = {}
    found = []
    for line, cells in sheet.rows:
        told = dict(zip(sheet.headings, cells, strict=True))
        variable, value = of.variables.get(told["field_name"]), told["value"]
        if variable is None or variable.kind == "checkbox":
            continue
        key = tuple(told.get(name, "") for name in ("record", EVENT, INSTRUMENT, INSTANCE, "field_name"))
        before = first.setdefault(key, (line, value))
        if before[1] != value:
            row = Row(line, told)
            found.append(_refused(row, variable.name, f"{variable.name} has another value on line {before[0]}"))
    return found


def _subjects(sheet: Sheet, of: Dictionary, by: RecordMap) -> dict[str, str]:
    """The subject of each record, where one of its rows says so: other rows of the record leave it empty."""
    if by.subject == of.record:
        return {}
    found = ((row.cells.get(of.record, ""), row.cells.get(by.subject, "")) for row in _rows(sheet, of))
    return {record: subject for record, subject in found if subject}


def _mapped(row: Row, of: Dictionary, by: RecordMap) -> dict[str, dict[str, Place]]:
    """The variables of a row that say something, by concept; on a repeated row those of its form alone."""
    found: dict[str, dict[str, Place]] = {}
    for name, place in by.places.items():
        variable = of.base(name)
        if not row.cells.get(name) or variable is None or variable.identifies or row.form not in ("", variable.form):
            continue
        if variable.kind != "checkbox" or _filled_in(row, variable.form, of):
            found.setdefault(place.concept, {})[name] = place
    return found


def _filled_in(row: Row, form: str, of: Dictionary) -> bool:
    """Whether anything of a form was answered: of one that nobody opened, REDCap says that no box was ticked."""
    answers = ((variable, cell) for name, cell in row.cells.items() if cell and (variable := of.base(name)))
    return any(one.form == form and (one.kind, cell) != ("checkbox", "0") for one, cell in answers)


def _given(
    row: Row,
    subject: str,
    concept: Concept,
    places: Mapping[str, Place],
    by: RecordMap,
    of: Dictionary,
    known: Known,
) -> Given | None:
    if not subject:
        raise Unreadable("the record does not say which subject it is")
    encounter = by.encounters.get(row.event, "")
    values = _together({name: _read(row, name, place, by, of, known) for name, place in places.items()})
    form = next(variable.form for name in places if (variable := of.base(name)))
    return Given(
        subject=subject,
        concept=concept.id,
        values=values,
        on=_day(row, values, form, by),
        where=f"line {row.line}, {', '.join(places)}",
        encounter=encounter,
        instance=_instance(row, form) if concept.repeats or row.number else "",
        form=form,
        dated=any(each.id == "on" for each in concept.fields),
    )


def _together(told: Mapping[str, Mapping[str, Value]]) -> dict[str, Value]:
    """What the variables of one concept say; two that the map takes for the same field may not contradict."""
    values: dict[str, Value] = {}
    for name, said in told.items():
        for key, value in said.items():
            if values.setdefault(key, value) != value:
                raise Unreadable(
                    f"{name} says {value}; another field that the map takes for the same says {values[key]}"
                )
    return values


def _read(row: Row, name: str, place: Place, by: RecordMap, of: Dictionary, known: Known) -> dict[str, Value]:
    concept = known.concepts[place.concept]
    field = next(each for each in concept.fields if each.id == place.field)
    raw, decimal = row.cells[name], _decimal_mark(of.base(name))
    writing = Writing(decimal, DATES, by.missing)
    if code := missing_of(raw, writing):
        return {field.id: Missing(code)}
    if place.codes and raw not in place.codes:
        raise Unreadable(f"{name}: no code of the study stands for {raw[:40]!r} in the map")
    text = place.codes.get(raw, raw)
    if field.kind is Kind.YES_NO and not place.codes and raw not in ("0", "1"):
        raise Unreadable(f"{name}: {raw[:40]!r} is neither 1 nor 0")
    if field.kind is Kind.QUANTITY and (other := "." if decimal == "," else ",") in raw:
        raise Unreadable(f"{name}: {raw[:40]!r} is no number; the field's decimal mark is {decimal!r}, not {other!r}")
    return read_cell(text, field, concept.id, place.unit, writing, known.units)


def _decimal_mark(variable: Variable | None) -> str:
    """The mark that the field's validation asks for; a number is kept as it was typed, and thousands are not parted."""
    return "," if variable is not None and "comma_decimal" in variable.validation else "."


def _day(row: Row, values: Mapping[str, Value], form: str, by: RecordMap) -> date:
    """The day it holds for: its own, else the one of the form."""
    own = next((values[name] for name in DATES_OF_A_THING if isinstance(values.get(name), str)), None)
    cell = row.cells.get(by.dates.get(form, ""), "")
    told = own if isinstance(own, str) and len(own) == len("2006-03-01") else cell
    if not told:
        raise Unreadable(f"no day is given: the map names no date of the form {form!r}, or the row has none")
    return read_date(told, DATES)[0]


def _instance(row: Row, form: str) -> str:
    return ".".join(part for part in ("redcap", form, row.event, row.number) if part)


def _refused(row: Row, concept: str, why: str) -> Finding:
    return Finding(
        about="line",
        says=f"{why[:1].upper()}{why[1:]}.",
        matters="It was not read; a value that is guessed decides about a patient.",
        do="Correct the record in REDCap or the map, and upload the file again.",
        where=f"line {row.line}, {concept}",
    )
