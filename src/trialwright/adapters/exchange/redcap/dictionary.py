"""A REDCap data dictionary: the fields of a project as its CSV tells them, by either set of headings.

Read `read_dictionary`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from trialwright.adapters.exchange.incoming.delimited import Sheet
from trialwright.core.terms import Finding

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "type": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "note": ("Field Note", "field_note"),
    "validation": ("Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"),
    "identifier": ("Identifier?", "identifier"),
    "branching": ("Branching Logic (Show field only if...)", "branching_logic"),
}
"""What is read of a dictionary, under the headings of the download and of the interface."""
NEEDED = ("name", "form", "type", "label")
NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
CHOSEN = ("radio", "dropdown", "checkbox")
NOT_DATA = ("descriptive", "file", "calc", "sql")
TAG = re.compile(r"<[^<>]{0,400}>")


@dataclass(frozen=True)
class Variable:
    """One field of the project; `choices` are the labels by their raw values."""

    name: str
    form: str
    kind: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    validation: str = ""
    identifies: bool = False
    branching: str = ""


@dataclass(frozen=True)
class Dictionary:
    """The fields of a project by name, in its order; the first names the record."""

    variables: Mapping[str, Variable]

    @property
    def record(self) -> str:
        """The field that names a record."""
        return next(iter(self.variables))

    def base(self, column: str) -> Variable | None:
        """The field of a column of the records; a checkbox has one for each choice (`name___code`)."""
        return self.variables.get(column.partition("___")[0])


def read_dictionary(sheet: Sheet) -> tuple[Dictionary | None, list[Finding]]:
    """The fields of the project, and everything wrong with them."""
    columns = {name: next((one for one in told if one in sheet.headings), "") for name, told in HEADINGS.items()}
    lacking = [HEADINGS[name][0] for name in NEEDED if not columns[name]]
    if lacking:
        return None, [
            _no(f"The table has no column {each!r}, so it is no data dictionary of REDCap.") for each in lacking
        ]
    variables: dict[str, Variable] = {}
    findings: list[Finding] = []
    for line, row in sheet.rows:
        cells = dict(zip(sheet.headings, row, strict=True))
        found = _variable({name: cells.get(heading, "") for name, heading in columns.items()})
        if not NAME.fullmatch(found.name):
            findings.append(_no(f"{found.name[:60]!r} is no name of a field.", f"line {line}"))
        elif found.name in variables:
            findings.append(_no(f"The field {found.name!r} stands twice.", f"line {line}"))
        variables[found.name] = found
    return (None, findings) if findings else (Dictionary(variables), [])


def _variable(told: Mapping[str, str]) -> Variable:
    choices = _choices(told["choices"]) if told["type"] in CHOSEN else {}
    return Variable(
        name=told["name"],
        form=told["form"],
        kind=told["type"],
        label=plain(told["label"]),
        choices={"1": "yes", "0": "no"} if told["type"] in ("yesno", "truefalse") else choices,
        note=plain(told["note"]),
        validation=told["validation"],
        identifies=told["identifier"].strip().lower() in ("y", "yes", "1"),
        branching=" ".join(told["branching"].split()),
    )


def _choices(text: str) -> dict[str, str]:
    """Raw values with their labels: "1, Female | 2, Male"."""
    parted = (part.partition(",") for part in text.split("|") if part.strip())
    return {raw.strip(): plain(label) for raw, _, label in parted}


def plain(text: str) -> str:
    """A label without the markup that a project may carry in it."""
    return " ".join(TAG.sub(" ", text).split())


def _no(says: str, where: str | None = None) -> Finding:
    return Finding(
        about="dictionary",
        says=says,
        matters="Records cannot be read by a dictionary that is not understood; nothing was saved.",
        do="Download the data dictionary from REDCap again, and upload it unchanged.",
        where=where,
    )
