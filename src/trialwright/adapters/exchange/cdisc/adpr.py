"""ADPR: each specimen that was planned or taken with what was measured in it, and each procedure that was recorded.

The state of a specimen and of each analyte is what `core.specimens` says on the day of the cut-off. Read `adpr`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origins, Row, Variable
from trialwright.adapters.exchange.cdisc.people import (
    COMMON,
    LINKS,
    SETS,
    STANDING,
    Subject,
    as_origins,
    common,
    imputed,
)
from trialwright.adapters.exchange.cdisc.terms import short_code, yes_no
from trialwright.core.specimens import AssayResult, Custody, Panel, custody_of, panels
from trialwright.core.specimens.steps import assay_key
from trialwright.core.subject import Observation
from trialwright.core.terms import PartialDate

VARIABLES: tuple[Variable, ...] = (
    *COMMON,
    *SETS,
    Variable("PRSEQ", "Sequence Number", "integer", derivation="Rows of the subject in order of the plan."),
    Variable("PARCAT1", "Parameter Category 1", origin="Assigned", derivation="SPECIMEN, ASSAY or PROCEDURE."),
    Variable(
        "PRTRT",
        "Reported Name of Procedure",
        origin="Protocol",
        derivation="The specimen's label, or the procedure as recorded.",
    ),
    Variable("PRREFID", "Reference ID", origin="Assigned", derivation="The specimen and its visit, as it is labelled."),
    Variable("PRMATRIX", "Matrix of the Specimen", origin="Protocol", derivation="What the specimen is of."),
    Variable("PARAM", "Parameter", origin="Assigned"),
    Variable(
        "PARAMCD",
        "Parameter Code",
        origin="Assigned",
        derivation="SPECIMEN, PROC, or a short form of assay and analyte.",
    ),
    Variable("AVISIT", "Analysis Visit", origin="Protocol", derivation="The visit it is planned at."),
    Variable("PLANDT", "Planned Date", "date", derivation="The day the visit is due.", by="core.schedule.samples"),
    Variable(
        "ADT", "Analysis Date", "date", derivation="The day it was taken or done; of an assay the day of its specimen."
    ),
    Variable(
        "ADTF",
        "Analysis Date Imputation Flag",
        derivation="D or M where the day or the month was filled in.",
        codelist="DATEFL",
    ),
    Variable("ADY", "Analysis Relative Day", "integer", derivation="Study day of ADT; there is no day 0."),
    Variable(
        "PLANFL",
        "Planned Record Flag",
        derivation="Y where the protocol asks for it, N where nobody planned it.",
        codelist="NY",
    ),
    Variable("AVAL", "Analysis Value", "float", derivation="The result of the assay.", by="core.specimens.panels"),
    Variable("AVALU", "Analysis Value Unit", origin="Collected"),
    Variable(
        "AVALC", "Analysis Value (C)", derivation="The state of the specimen or of the analyte.", by="core.specimens"
    ),
    Variable(
        "PRREASND", "Reason Not Done", origin="Collected", derivation="Why it was not collected or is not evaluable."
    ),
    Variable(
        "PRLOC", "Place of the Specimen", derivation="Where it is at the cut-off.", by="core.specimens.custody_of"
    ),
    Variable("CLAUSE", "Clause of the Protocol", origin="Protocol", derivation="The specimen, or the assay."),
    *LINKS,
    *STANDING,
)


def adpr(subject: Subject) -> Iterator[Row]:
    """The rows of one participant: specimens in order of the plan, each with its assays, then procedures."""
    if not subject.person.registered and not subject.person.screened:
        return
    shared, place = common(subject), 0
    for place, row in enumerate((*_specimens(subject), *_procedures(subject)), 1):
        told = row.values.get("ADT")
        row.values = {
            **shared,
            **row.values,
            "PRSEQ": place,
            "ADY": subject.day(told if isinstance(told, date) else None),
        }
        yield row


def _specimens(subject: Subject) -> Iterator[Row]:
    held = _entries(subject)
    measured: dict[str, list[Panel]] = {}
    for panel in panels(subject.case, subject.cut):
        measured.setdefault(panel.key, []).append(panel)
    for custody in custody_of(subject.case, subject.cut):
        yield _of_specimen(custody, held)
        for panel in measured.get(custody.key, ()):
            for result in panel.results:
                yield _of_assay(subject, custody, panel, result, held)


Entries = Mapping[tuple[str, str], list[Observation]]
"""What was recorded of a specimen, by concept and key; of an assay by its key and analyte."""


def _entries(subject: Subject) -> Entries:
    found: dict[tuple[str, str], list[Observation]] = {}
    for one in subject.seen("specimen"):
        found.setdefault(("specimen", one.instance), []).append(one)
    for one in subject.seen("custody"):
        found.setdefault(("custody", one.text("specimen")), []).append(one)
    for one in subject.seen("assay"):
        name = f"{assay_key(one)}/{one.text('assay')}/{one.text('analyte')}"
        found.setdefault(("assay", name), []).append(one)
    return found


def _plan(custody: Custody) -> dict[str, Cell]:
    visit = custody.sample.visit if custody.sample else None
    return {
        "PRTRT": custody.specimen.label,
        "PRREFID": custody.key,
        "PRMATRIX": custody.specimen.matrix,
        "AVISIT": visit.key if visit else custody.key.partition(".")[2],
        "PLANDT": visit.due if visit else None,
        "PLANFL": yes_no(custody.sample is not None),
        **_dated(_collected(custody)),
    }


def _collected(custody: Custody) -> PartialDate | None:
    return next((one.at.on for one in custody.steps if one.step == "collected"), None)


def _dated(day: PartialDate | None) -> dict[str, Cell]:
    first = day.earliest if day else None
    return {"ADT": first, "ADTF": imputed(day, first)}


def _of_specimen(custody: Custody, held: Entries) -> Row:
    told = [*held.get(("specimen", custody.key), ()), *held.get(("custody", custody.key), ())]
    refused = next((one.text("reason") for one in told if one.yes("collected") is False), "")
    return Row(
        {
            **_plan(custody),
            "PARCAT1": "SPECIMEN",
            "PARAM": "State of the Specimen",
            "PARAMCD": "SPECIMEN",
            "AVALC": custody.state.upper(),
            "PRREASND": refused,
            "PRLOC": custody.place,
            "CLAUSE": custody.specimen.id,
        },
        as_origins(told, "custody"),
    )


def _of_assay(subject: Subject, custody: Custody, panel: Panel, result: AssayResult, held: Entries) -> Row:
    code = subject.setting.assay_codes.get(f"{panel.assay.id}.{result.analyte}")
    origins: Origins = as_origins(held.get(("assay", f"{panel.key}/{panel.assay.id}/{result.analyte}"), ()), "result")
    return Row(
        {
            **_plan(custody),
            "PARCAT1": "ASSAY",
            "PARAM": f"{panel.assay.label}: {result.analyte}",
            "PARAMCD": code or short_code(f"{panel.assay.id}{result.analyte}"),
            "AVAL": float(result.value.value) if result.value else None,
            "AVALU": result.value.unit if result.value else "",
            "AVALC": result.state.upper(),
            "PRREASND": result.reason,
            "CLAUSE": panel.assay.id,
        },
        origins,
    )


def _procedures(subject: Subject) -> Iterator[Row]:
    for one in subject.seen("procedure"):
        day = one.date_of("start")
        yield Row(
            {
                "PARCAT1": "PROCEDURE",
                "PRTRT": one.text("term") or one.text("code"),
                "PRREFID": one.instance,
                "PARAM": "Procedure",
                "PARAMCD": "PROC",
                "AVISIT": one.encounter,
                **_dated(day),
                "PLANFL": "N",
                "AVALC": "DONE",
            },
            as_origins([one], "procedure"),
        )


ADPR = Layout(
    name="ADPR",
    label="Specimens and Procedures Analysis Dataset",
    structure="One row for each subject, specimen, and analyte or procedure",
    keys=("STUDYID", "USUBJID", "PRSEQ"),
    variables=VARIABLES,
    rows=adpr,
    locator=("PRSEQ",),
)
