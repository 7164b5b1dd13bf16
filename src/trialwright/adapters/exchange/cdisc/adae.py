"""ADAE: each adverse event that was reported and each laboratory value that has a grade, span of one grade by span.

Grades are those of `core.toxicity`; whether one emerged under treatment is asked there too, and U stands where that
cannot be known. Laboratory values of one term that follow each other with the same grade are one row. Counting rows
with TRTEMFL by subject and term gives the worst grades of the report. Read `adae`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origin, Origins, Row, Variable
from trialwright.adapters.exchange.cdisc.people import COMMON, LINKS, SETS, STANDING, Subject, common, imputed
from trialwright.adapters.exchange.cdisc.terms import term, verdict, yes_no
from trialwright.core.analysis import safety_endpoint
from trialwright.core.subject import Observation
from trialwright.core.terms import Grade, PartialDate
from trialwright.core.toxicity import AdverseEvent, Emergence, ToxicityTable, adverse_events, emergences

NO_TABLE = ToxicityTable("", "", (), ())
"""Of a protocol that names no table of grades, events have the grade they were entered with, of any term."""
SERIOUS = {
    "AESDTH": ("Results in Death", "death"),
    "AESLIFE": ("Is Life Threatening", "life-threatening"),
    "AESHOSP": ("Requires or Prolongs Hospitalization", "hospitalization"),
    "AESDISAB": ("Persist or Signif Disability/Incapacity", "disability"),
    "AESCONG": ("Congenital Anomaly or Birth Defect", "congenital anomaly"),
    "AESMIE": ("Other Medically Important Serious Event", "medically important"),
}
"""Why an event is serious (ICH E2A): the variable, its label and our word."""

VARIABLES: tuple[Variable, ...] = (
    *COMMON,
    *SETS,
    Variable("AESEQ", "Sequence Number", "integer", derivation="Rows of the subject by start, then term."),
    Variable(
        "AESPID",
        "Sponsor-Defined Identifier",
        origin="Assigned",
        derivation="The number of the event as entered; rows of one event have the same.",
    ),
    Variable(
        "AECAT",
        "Category for Adverse Event",
        origin="Assigned",
        derivation="REPORTED by the investigator, or LABORATORY: graded from a value.",
    ),
    Variable(
        "AETERM",
        "Reported Term for the Adverse Event",
        origin="Collected",
        derivation="As recorded; of a laboratory value the term it is graded under.",
    ),
    Variable(
        "AEDECOD",
        "Dictionary-Derived Term",
        derivation="The short name of the term in the grade table (AEGRSTD).",
        by="ToxicityTable.term",
    ),
    Variable(
        "AEBODSYS",
        "Body System or Organ Class",
        derivation="The category of the term in the grade table.",
        by="ToxicityTable",
    ),
    Variable(
        "AEGRSTD",
        "Standard the Grade Was Given Under",
        derivation="Name and version of the grade table.",
        by="Toxicity.standard",
    ),
    Variable(
        "AETOXGR",
        "Standard Toxicity Grade",
        origin="Collected",
        derivation="The grade as entered; empty of a laboratory value.",
        by="core.toxicity",
    ),
    Variable(
        "ATOXGR", "Analysis Toxicity Grade", derivation="The grade, empty where it cannot be known.", by="core.toxicity"
    ),
    Variable("ATOXGRN", "Analysis Toxicity Grade (N)", "integer", derivation="ATOXGR as a number.", by="core.toxicity"),
    Variable(
        "ATOXGRHI",
        "Highest Grade It Can Have",
        "integer",
        derivation="ATOXGRN, or the highest of the grades it can have.",
        by="core.toxicity",
    ),
    Variable(
        "AESER",
        "Serious Event",
        derivation="Y where any criterion is met or it was said to be.",
        by="AdverseEvent.serious",
        codelist="NY",
    ),
    *(
        Variable(
            name,
            label,
            derivation="The criterion as ticked; a death also by grade 5 or a fatal outcome.",
            by="AdverseEvent.criteria",
            codelist="NY",
        )
        for name, (label, _) in SERIOUS.items()
    ),
    Variable(
        "AEREL",
        "Causality",
        derivation="Y related, N not related, by the investigator's word for each drug.",
        by="AdverseEvent.related",
    ),
    Variable("AEACN", "Action Taken with Study Treatment", origin="Collected", codelist="ACN"),
    Variable("AEOUT", "Outcome of Adverse Event", origin="Collected", codelist="OUT"),
    Variable(
        "AESTDTC",
        "Start Date/Time of Adverse Event",
        origin="Collected",
        derivation="The first day of the grade as recorded; it may be partial.",
    ),
    Variable(
        "AEENDTC",
        "End Date/Time of Adverse Event",
        origin="Collected",
        derivation="The last day of the grade as recorded; it may be partial.",
    ),
    Variable(
        "ASTDT",
        "Analysis Start Date",
        "date",
        derivation="AESTDTC; of a partial date the first day it can be, the first dose where that lies in it.",
    ),
    Variable(
        "ASTDTF",
        "Analysis Start Date Imputation Flag",
        derivation="D or M where the day or the month was filled in.",
        codelist="DATEFL",
    ),
    Variable("ASTDY", "Analysis Start Relative Day", "integer", derivation="Study day of ASTDT; there is no day 0."),
    Variable(
        "AENDT",
        "Analysis End Date",
        "date",
        derivation="AEENDTC; where it is partial the last day it can be, not after death or the cut-off.",
    ),
    Variable(
        "AENDTF",
        "Analysis End Date Imputation Flag",
        derivation="D or M where the day or the month was filled in.",
        codelist="DATEFL",
    ),
    Variable("AENDY", "Analysis End Relative Day", "integer", derivation="Study day of AENDT; there is no day 0."),
    Variable(
        "TRTEMFL",
        "Treatment Emergent Analysis Flag",
        derivation="Y where it came or worsened under treatment or in the safety time, U where that is not known.",
        by="core.toxicity.emergences",
        codelist="NY",
    ),
    Variable("TRTEMREA", "Reason for the Emergence Flag", derivation="Why, in words.", by="core.toxicity.emergences"),
    Variable(
        "AOCCIFL",
        "1st Max Sev./Int. Occurrence Flag",
        derivation="Y on the first emergent row of the subject's worst known grade.",
        codelist="NY",
    ),
    Variable(
        "AOCCPIFL",
        "1st Max Sev./Int. Occur Within PT Flag",
        derivation="Y on the first emergent row of the worst known grade of the term.",
        codelist="NY",
    ),
    *LINKS,
    *STANDING,
)


def adae(subject: Subject) -> Iterator[Row]:
    """The rows of one participant, by start."""
    table = subject.setting.standards[subject.person.version].toxicity or NO_TABLE
    if not subject.person.registered:
        return
    events = {one.id: one for one in adverse_events(subject.case, table, subject.cut)}
    rows = [_row(subject, table, events, ones) for ones in _spans(subject, table)]
    rows.sort(key=lambda row: (row.values["ASTDT"] or date.min, str(row.values["AEDECOD"]), str(row.values["AESPID"])))
    _flag_worst(rows, "AOCCIFL", ())
    _flag_worst(rows, "AOCCPIFL", ("AEDECOD", "AEGRSTD"))
    for place, row in enumerate(rows, 1):
        row.values["AESEQ"] = place
        yield row


def _spans(subject: Subject, table: ToxicityTable) -> Iterator[Sequence[Emergence]]:
    """What stands in one row: an event while it had one grade, values of one grade one after another."""
    found = emergences(subject.case, table, subject.cut, _safety_days(subject))
    yield from ([one] for one in found if not one.toxicity.laboratory)
    values = sorted(
        (one for one in found if one.toxicity.laboratory),
        key=lambda one: (one.counted_as, one.toxicity.standard, one.toxicity.onset.latest),
    )
    for _, ones in groupby(values, key=lambda one: (one.counted_as, one.toxicity.standard, one.possible, one.emergent)):
        run = list(ones)
        if max(run[0].possible) > Grade(0):
            yield run


def _safety_days(subject: Subject) -> int | None:
    """As the worst grades of the subject are asked for: by its own protocol version."""
    return safety_endpoint(subject.case.protocol)[1]


def _row(subject: Subject, table: ToxicityTable, events: Mapping[str, AdverseEvent], ones: Sequence[Emergence]) -> Row:
    first, last = ones[0].toxicity, ones[-1].toxicity
    event = events.get(first.adverse_event) if not first.laboratory else None
    grade = str(first.grade.number) if first.grade is not None else ""
    term_of = table.term(first.term)
    values: dict[str, Cell] = {
        **common(subject),
        "AESPID": event.id if event else "",
        "AECAT": "LABORATORY" if first.laboratory else "REPORTED",
        "AETERM": event.reported if event else first.term,
        "AEDECOD": first.term,
        "AEBODSYS": term_of.category if term_of else "",
        "AEGRSTD": first.standard.strip(),
        "AETOXGR": "" if first.laboratory else grade,
        "ATOXGR": grade,
        "ATOXGRN": first.grade.number if first.grade is not None else None,
        "ATOXGRHI": max(ones[0].possible).number,
        **(_reported(event) if event else {}),
        **_dates(subject, first.onset, last.end),
        "TRTEMFL": verdict(ones[0].emergent),
        "TRTEMREA": ones[0].because,
    }
    return Row(values, _origins(subject, ones, event), because={"TRTEMFL": ones[0].because})


def _reported(event: AdverseEvent) -> dict[str, Cell]:
    known = event.serious is not None
    criteria = {name: yes_no(word in event.criteria if known else None) for name, (_, word) in SERIOUS.items()}
    return {
        "AESER": yes_no(event.serious),
        **criteria,
        "AEREL": yes_no(event.related),
        "AEACN": term("ACN", event.action),
        "AEOUT": term("OUT", event.outcome),
    }


def _dates(subject: Subject, onset: PartialDate, end: PartialDate | None) -> dict[str, Cell]:
    start, over = start_date(onset, subject.person.first_dose), end_date(subject, end)
    return {
        "AESTDTC": str(onset),
        "AEENDTC": str(end) if over else "",
        "ASTDT": start,
        "ASTDTF": imputed(onset, start),
        "ASTDY": subject.day(start),
        "AENDT": over,
        "AENDTF": imputed(end, over),
        "AENDY": subject.day(over),
    }


def start_date(onset: PartialDate, first_dose: date | None) -> date:
    """The first day it can be; of a time in which the first dose was taken, the day of that dose.

    >>> start_date(PartialDate.parse("2006-03"), date(2006, 3, 14)).isoformat()
    '2006-03-14'
    """
    inside = first_dose is not None and onset.earliest <= first_dose <= onset.latest
    return first_dose if inside and first_dose else onset.earliest


def end_date(subject: Subject, end: PartialDate | None) -> date | None:
    """The last day it can be, not after death or the cut-off; nothing where it goes on at the cut-off."""
    if end is None or end.earliest > subject.cut:
        return None
    if end.exact:
        return end.exact
    died = subject.person.died
    return max(min(end.latest, subject.cut, died[0] if died else subject.cut), end.earliest)


def _flag_worst(rows: Sequence[Row], name: str, within: tuple[str, ...]) -> None:
    """Y on the first row of the worst known grade among those that emerged, in all or within a variable."""
    best: dict[tuple[Cell, ...], Row] = {}
    for row in rows:
        if row.values["TRTEMFL"] == "Y" and row.values["ATOXGRN"] is not None:
            key = tuple(row.values[one] for one in within)
            held = best.get(key)
            if held is None or int(str(row.values["ATOXGRN"])) > int(str(held.values["ATOXGRN"])):
                best[key] = row
    for row in best.values():
        row.values[name] = "Y"


def _origins(subject: Subject, ones: Sequence[Emergence], event: AdverseEvent | None) -> Origins:
    if event and event.entered:
        entered: list[Observation] = [event.entered, *event.rows]
        return tuple(Origin(one, (), "adverse event") for one in entered)
    analytes = {
        name for one in subject.setting.standards.values() for name in _analytes(one.toxicity, ones[0].toxicity.term)
    }
    wanted = dict.fromkeys(one.toxicity.event for one in ones)
    return tuple(
        Origin(one, ("value",), "laboratory value")
        for entered in wanted
        for one in subject.laboratory.get(entered, ())
        if one.concept in analytes
    )


@lru_cache(maxsize=4096)
def _analytes(table: ToxicityTable | None, term: str) -> tuple[str, ...]:
    """What is measured for a laboratory term."""
    return tuple(dict.fromkeys(one.analyte for one in table.laboratory if one.short == term)) if table else ()


ADAE = Layout(
    name="ADAE",
    label="Adverse Events Analysis Dataset",
    structure="One row for each subject, adverse event and span of one grade",
    keys=("STUDYID", "USUBJID", "AESEQ"),
    variables=VARIABLES,
    rows=adae,
    locator=("AESEQ",),
    of="OCCURRENCE DATA STRUCTURE",
)
