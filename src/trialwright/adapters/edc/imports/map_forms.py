"""The map of columns as a form: what was proposed or saved, to be looked at, corrected and said to be right.

Each row of `tests` (a laboratory) or `places` (REDCap) is a word of the file, the concept it is, and its unit. Read
`MapForm`; `FORMS` has one for each kind of file that needs a map.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.imports.sources import Known, Reading
from trialwright.adapters.edc.look.controls import Control
from trialwright.adapters.exchange.incoming.delimited import DELIMITERS, ENCODINGS, Sheet
from trialwright.adapters.exchange.incoming.typed import DATE_ORDERS
from trialwright.core.protocol import Kind

Posted = Mapping[str, str]
MOST_WORDS = 300
PLACES: Mapping[str, str] = {
    "subject": gettext_noop("Patient"),
    "date": gettext_noop("Date of the sample"),
    "time": gettext_noop("Time of the sample"),
    "encounter": gettext_noop("Visit (its key)"),
    "analyte": gettext_noop("Name of the test"),
    "value": gettext_noop("Result"),
    "unit": gettext_noop("Unit"),
    "low": gettext_noop("Lower limit of normal"),
    "high": gettext_noop("Upper limit of normal"),
    "limits": gettext_noop("Both limits in one column"),
}
LONG_ALONE = ("analyte", "value", "unit", "low", "high", "limits")


@dataclass(frozen=True)
class Row:
    """One word of the file: what it is taken for, and its unit."""

    word: str
    concept: Control
    unit: Control
    codes: Control | None = None
    hint: str = ""


@dataclass(frozen=True)
class MapForm:
    """What is asked of a map: how the file is written, which columns it has, and a row for each word of it.

    `known` are the fields that a word may be, listed once, where there are too many to be listed for each.
    """

    written: tuple[Control, ...]
    columns: tuple[Control, ...]
    rows: tuple[Row, ...]
    known: tuple[tuple[str, str], ...] = ()


# ---- a laboratory's table ------------------------------------------------------------------------------------------


def laboratory_form(reading: Reading, known: Known) -> MapForm:
    """The map of a laboratory's table."""
    by, sheet = reading.map, reading.sheets["file"]
    headings = [("", _("no such column")), *((one, one) for one in sheet.headings)]
    places = [
        Control(name=name, label=_(label), kind="select", options=headings, value=by.get(name, ""))
        for name, label in PLACES.items()
        if by.get("shape") == "long" or name not in LONG_ALONE
    ]
    rows = [_row(word, by["tests"].get(word, {}), known, str(number)) for number, word in enumerate(_words(by, sheet))]
    return MapForm((*_writing(by, sheet), _missing(by)), tuple(places), tuple(rows))


def _writing(by: Mapping[str, Any], sheet: Sheet) -> list[Control]:
    """How the file was written: shown as found, chosen where it is open."""
    shapes = [("long", _("a row for each result")), ("wide", _("a column for each test"))]
    marks = [("", _("please choose")), (".", _("point: 1234.5")), (",", _("comma: 1234,5"))]
    dates = [("", _("please choose")), *((one, one) for one in DATE_ORDERS)]
    parted = [(mark, _(name)) for mark, name in DELIMITERS.items()]
    letters = [(one, one) for one in ENCODINGS]
    return [
        Control(name="shape", label=_("Shape of the table"), kind="select", options=shapes, value=by["shape"]),
        Control(name="decimal", label=_("Decimal mark"), kind="select", options=marks, value=by["decimal"]),
        Control(name="dates", label=_("Dates are written"), kind="select", options=dates, value=by["dates"]),
        Control(
            name="delimiter", label=_("Columns are parted by"), kind="select", options=parted, value=sheet.delimiter
        ),
        Control(name="encoding", label=_("Letters (encoding)"), kind="select", options=letters, value=sheet.encoding),
    ]


def _missing(by: Mapping[str, Any]) -> Control:
    return Control(
        name="missing",
        label=_("Words for a missing result"),
        kind="textarea",
        value=as_lines(by["missing"]),
        hint=_("One on a line: ND = not_done. Also not_known, not_applicable."),
    )


def _words(by: Mapping[str, Any], sheet: Sheet) -> list[str]:
    """The names of tests in the file: cells of the column that names them, or headings that are nothing else."""
    if by["shape"] == "long":
        named = by.get("analyte", "")
        cells = [row[sheet.column(named)] for _, row in sheet.rows] if named in sheet.headings else []
    else:
        placed = {by.get(name, "") for name in PLACES}
        cells = [one for one in sheet.headings if one not in placed]
    return [word for word in dict.fromkeys([*by["tests"], *cells]) if word][:MOST_WORDS]


def _row(word: str, told: Mapping[str, Any], known: Known, number: str, codes: bool = False, hint: str = "") -> Row:
    label = _("What %(word)s is") % {"word": word}
    chosen = told.get("concept", "")
    if codes and chosen:
        chosen = f"{chosen}/{told.get('field', 'value')}"
    concept = Control(
        name=f"concept-{number}",
        label=label,
        kind="text" if codes else "select",
        options=() if codes else _concepts(known),
        value=chosen,
    )
    unit = Control(name=f"unit-{number}", label=_("Unit of %(word)s") % {"word": word}, value=told.get("unit", ""))
    coded = Control(
        name=f"codes-{number}",
        label=_("Codes of %(word)s") % {"word": word},
        value="; ".join(f"{raw} = {code}" for raw, code in dict(told.get("codes") or {}).items()),
    )
    return Row(word, concept, unit, coded if codes else None, hint)


def _concepts(known: Known) -> list[tuple[str, str]]:
    kinds = (Kind.QUANTITY, Kind.INTEGER, Kind.CODE)
    held = [one for one in known.concepts.values() if not one.repeats and one.value.kind in kinds]
    return [("", _("left out")), *((one.id, _(one.label)) for one in held)]


def laboratory_map(posted: Posted, reading: Reading) -> dict[str, Any]:
    """The map as it was filled in."""
    words = _words(reading.map, reading.sheets["file"])
    settings = ("shape", "decimal", "dates", "delimiter", "encoding", *PLACES)
    told: dict[str, Any] = {name: posted.get(name, "") for name in settings}
    chosen = {word: (posted.get(f"concept-{n}", ""), posted.get(f"unit-{n}", "")) for n, word in enumerate(words)}
    told["tests"] = {word: {"concept": one, "unit": unit.strip()} for word, (one, unit) in chosen.items() if one}
    told["missing"] = from_lines(posted.get("missing", ""))
    return told


# ---- a REDCap project ----------------------------------------------------------------------------------------------


def redcap_form(reading: Reading, known: Known) -> MapForm:
    """The map of a REDCap project: a row for each field that is not an identifier."""
    by, names = reading.map, _variables(reading)
    options = [("", _("please choose")), *((name, name) for name in names)]
    columns = (
        Control(name="subject", label=_("Field with the patient's id"), kind="select", options=options,
                value=by.get("subject", "")),
        Control(name="dates", label=_("Date of each form"), kind="textarea", value=as_lines(by.get("dates", {})),
                hint=_("One on a line: the form = the field with its date.")),
        Control(name="encounters", label=_("Visit of each event"), kind="textarea",
                value=as_lines(by.get("encounters", {})), hint=_("One on a line: the event = the visit's key.")),
    )  # fmt: skip
    rows = [_row(name, by["places"].get(name, {}), known, str(n), codes=True) for n, name in enumerate(names)]
    missing = _missing({"missing": by.get("missing", {})})
    return MapForm((missing,), columns, tuple(rows), tuple(_fields(known)))


def _variables(reading: Reading) -> list[str]:
    """The columns of the records, and what the map names besides."""
    sheet = reading.sheets["records"]
    if "field_name" in sheet.headings:
        column = sheet.column("field_name")
        names = [row[column] for _, row in sheet.rows]
    else:
        names = [one for one in sheet.headings if not one.startswith("redcap_")]
    return list(dict.fromkeys([*names, *reading.map["places"]]))[:MOST_WORDS]


def _fields(known: Known) -> list[tuple[str, str]]:
    """Every field of every concept, as a REDCap field may be any of them."""
    held = [(concept, one) for concept in known.concepts.values() for one in concept.fields]
    return [(f"{concept.id}/{one.id}", f"{_(concept.label)}: {_(one.label)}") for concept, one in held]


def redcap_map(posted: Posted, reading: Reading) -> dict[str, Any]:
    """The map as it was filled in."""
    places = {}
    for number, name in enumerate(_variables(reading)):
        concept, _slash, field = posted.get(f"concept-{number}", "").partition("/")
        if concept:
            codes = from_lines(posted.get(f"codes-{number}", "").replace(";", "\n"))
            unit = posted.get(f"unit-{number}", "").strip()
            places[name] = {"concept": concept, "field": field or "value", "unit": unit, "codes": codes}
    several = {name: from_lines(posted.get(name, "")) for name in ("dates", "encounters", "missing")}
    return {"subject": posted.get("subject", ""), "places": places, **several}


def as_lines(told: Mapping[str, str]) -> str:
    """Words with what they stand for, one on a line."""
    return "\n".join(f"{word} = {code}" for word, code in told.items())


def from_lines(text: str) -> dict[str, str]:
    """The same back; a line without an equals sign stands for nothing, and is told as such by the map's check."""
    parted = (line.partition("=") for line in text.splitlines() if line.strip())
    return {word.strip(): code.strip() for word, _mark, code in parted}


FORMS: Mapping[str, tuple[Callable[[Reading, Known], MapForm], Callable[[Posted, Reading], dict[str, Any]]]] = {
    "laboratory": (laboratory_form, laboratory_map),
    "redcap": (redcap_form, redcap_map),
}
"""How the map of each kind of file is shown, and read back."""
