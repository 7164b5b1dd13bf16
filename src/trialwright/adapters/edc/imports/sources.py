"""The kinds of file that are read: what is uploaded, by which map, and what they give.

`SOURCES` is the table: each row knows its parts, how to propose a map and how to read. Read `Reading`, `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.exchange import fhir, laboratory, redcap
from trialwright.adapters.exchange.incoming import Given, Sheet, read_sheet
from trialwright.adapters.exchange.incoming.delimited import DELIMITERS
from trialwright.core.protocol import Concept
from trialwright.core.terms import Finding, Severity, UnitTable
from trialwright.standards.concepts.loinc import CONCEPT_OF

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """What the study records, as the person's protocol has it."""

    concepts: Mapping[str, Concept]
    units: UnitTable
    encounters: frozenset[str]
    subjects: tuple[str, ...]
    zones: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, desk: Desk) -> Known:
        """The concepts, units and visits of the protocol, the subjects the person sees, their sites' clocks."""
        standards = desk.standards()
        encounters = frozenset(one.id for one in desk.protocol().encounters)
        zones = {one: desk.open.zones.get(desk.record(one).site or "", "") for one in desk.subjects()}
        return cls(standards.concepts, standards.units, encounters, desk.subjects(), zones)


@dataclass(frozen=True)
class Reading:
    """A file that was read: its tables, the map it is read by, what it gives, and what was refused or left out."""

    map: dict[str, Any] = field(default_factory=dict)
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    given: Sequence[Given] = ()
    findings: Sequence[Finding] = ()
    map_faults: Sequence[Finding] = ()
    readable: bool = False

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What stops the import."""
        return tuple(one for one in (*self.map_faults, *self.findings) if one.severity is Severity.ERROR)

    @property
    def noted(self) -> tuple[Finding, ...]:
        """What does not stop it, and is worth knowing."""
        return tuple(one for one in self.findings if one.severity is not Severity.ERROR)


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of file: its words, the parts that are uploaded, whether it needs a map, and how it is read."""

    id: str
    label: str
    tells: str
    parts: Mapping[str, str]
    accept: str
    mapped: bool
    read: Callable[[Mapping[str, bytes], Document, Known], Reading]


def read_laboratory(files: Mapping[str, bytes], document: Document, known: Known) -> Reading:
    """A laboratory's table by a map, or by one proposed where there is none yet."""
    by = laboratory.read_map(document) if document else None
    sheet, faults = read_sheet(files["file"], by.delimiter if by else "", by.encoding if by else "")
    if by is not None and (sheet is None or by.subject not in sheet.headings):
        other, noted = read_sheet(files["file"])
        if other is not None and (other.delimiter, other.encoding) != (by.delimiter, by.encoding):
            return Reading(
                dict(document), {"file": other}, findings=noted, map_faults=[_otherwise(other)], readable=True
            )
    if sheet is None:
        return Reading(dict(document), findings=faults)
    if by is None:
        proposed, open_ = laboratory.propose_map(sheet, known.concepts)
        return Reading(laboratory.map_document(proposed), {"file": sheet}, findings=[*faults, *open_], readable=True)
    sheets, wrong = {"file": sheet}, laboratory.map_faults(by, sheet, known.concepts, known.units)
    if wrong:
        return Reading(dict(document), sheets, findings=faults, map_faults=wrong, readable=True)
    given, found = laboratory.read_laboratory(
        sheet, by, laboratory.Known(known.concepts, known.units, known.encounters)
    )
    return Reading(dict(document), sheets, given, [*faults, *found], readable=True)


def _otherwise(found: Sheet) -> Finding:
    """That a file is not written as the map says that it is read by."""
    return Finding(
        about="map",
        says=f"The file is not written as the map says: its columns are parted by {DELIMITERS[found.delimiter]}, "
        f"its letters are {found.encoding}.",
        matters="Whoever wrote it otherwise may write numbers and dates otherwise as well. Nothing was saved.",
        do="Look at every line of the map, the decimal mark and the dates first, and say that it is right.",
    )


def read_fhir(files: Mapping[str, bytes], document: Document, known: Known) -> Reading:
    """A bundle needs no map: codes and units are those of standards."""
    asked = fhir.Asked(known.concepts, known.units, CONCEPT_OF, known.zones)
    given, findings = fhir.read_observations(files["file"], asked, frozenset(known.subjects))
    return Reading({}, {}, given, findings, readable=bool(given))


def read_redcap(files: Mapping[str, bytes], document: Document, known: Known) -> Reading:
    """The records of a project by its dictionary and a map, or by one proposed where there is none yet."""
    tables = {part: read_sheet(files[part]) for part in ("dictionary", "records")}
    faults = [fault for _, found in tables.values() for fault in found]
    sheets = {part: sheet for part, (sheet, _) in tables.items() if sheet is not None}
    if len(sheets) < len(tables):
        return Reading(dict(document), findings=faults)
    dictionary, wrong = redcap.read_dictionary(sheets["dictionary"])
    if dictionary is None:
        return Reading(dict(document), findings=[*faults, *wrong])
    if not document:
        proposed, notes = redcap.propose(dictionary, known.concepts)
        return Reading(redcap.map_document(proposed), sheets, findings=[*faults, *notes], readable=True)
    by = redcap.read_map(document)
    wrong = redcap.map_faults(by, dictionary, known.concepts, known.encounters, known.units)
    if wrong:
        return Reading(dict(document), sheets, findings=faults, map_faults=wrong, readable=True)
    given, found = redcap.read_records(sheets["records"], dictionary, by, redcap.Known(known.concepts, known.units))
    return Reading(dict(document), sheets, given, [*faults, *found], readable=True)


def drafted(files: Mapping[str, bytes], document: Document, known: Known) -> str | None:
    """The concepts that a project's dictionary has and the study lacks, as YAML; None where it cannot be read."""
    sheet, _ = read_sheet(files["dictionary"])
    dictionary = redcap.read_dictionary(sheet)[0] if sheet else None
    if dictionary is None:
        return None
    return redcap.draft_concepts(dictionary, {*document.get("places", {})}, {*known.concepts})


SOURCES: Mapping[str, Source] = {
    one.id: one
    for one in (
        Source(
            id="laboratory",
            label=gettext_noop("Laboratory table (CSV)"),
            tells=gettext_noop("A row for each result, or a row for each sample with a column for each test."),
            parts={"file": gettext_noop("Table (CSV)")},
            accept=".csv,.txt,.tsv,text/csv",
            mapped=True,
            read=read_laboratory,
        ),
        Source(
            id="fhir",
            label=gettext_noop("FHIR bundle of observations (JSON)"),
            tells=gettext_noop("Observations of a hospital's record, by LOINC code and UCUM unit (R4 or R5)."),
            parts={"file": gettext_noop("Bundle (JSON)")},
            accept=".json,application/json,application/fhir+json",
            mapped=False,
            read=read_fhir,
        ),
        Source(
            id="redcap",
            label=gettext_noop("REDCap project"),
            tells=gettext_noop("The data dictionary and the records of a project, both as CSV with raw values."),
            parts={"dictionary": gettext_noop("Data dictionary (CSV)"), "records": gettext_noop("Records (CSV)")},
            accept=".csv,text/csv",
            mapped=True,
            read=read_redcap,
        ),
    )
}
