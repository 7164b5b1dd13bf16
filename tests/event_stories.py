"""An adverse event as a site enters it, for the tests that follow one: `entered` is one event with its rows.

`across` is a subject that went over from version 3.0 to 5.0 of the grade table on 1 April.
"""

from __future__ import annotations

from builders import case, course, day, form, protocol, regimen
from trialwright.core.subject import Case
from trialwright.core.toxicity import AdverseEvent, EarlierTable, adverse_events, toxicity_findings
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.units import UNITS

START = course(1, "2025-03-03")
TOLD = {"term": "Fatigue", "grade": 2, "start": "2025-03-10", "related": "yes", "serious": "no"}
TWO_DRUGS = protocol(regimen=[regimen(), regimen(id="second", drug="otherinib")])


def subject(*events, **others) -> Case:
    return case(START, *events, concepts=CONCEPTS, units=UNITS, **others)


def entered(*rows: dict, on: str = "2025-03-12", **fields) -> Case:
    """One event as told with these fields, entered on a day, and the rows that go with it."""
    items = {"adverse_event/1": {**TOLD, **fields}}
    for number, row in enumerate(rows, 1):
        concept = "adverse_event_attribution" if "drug" in row else "adverse_event_grade"
        items[f"{concept}/1.{number}"] = {"event": "1", **row}
    return subject(form(on, items))


def one(given: Case, on: str = "2025-06-01") -> AdverseEvent:
    [found] = adverse_events(given, CTCAE_3, day(on))
    return found


def spans(event: AdverseEvent) -> list[tuple]:
    return [(each.grade and each.grade.number, str(each.since), str(each.until or "")) for each in event.spans]


def findings(given: Case, on: str = "2025-06-01") -> list[str]:
    return [each.says for each in toxicity_findings(given, CTCAE_3, day(on))]


def row(grade: object, on: str) -> dict:
    return {"grade": grade, "on": on}


def drug(name: str, relation: str, **fields) -> dict:
    return {"drug": name, "relation": relation, **fields}


DIED = {"death/1": {"on": "2025-03-20", "cause": "disease"}}

MOVED = EarlierTable(CTCAE_3, day("2025-04-01"), 4)
"""The subject went over from version 3.0 to 5.0 of the table on 1 April, as the fourth event of its ledger."""


def across(*events, items=None) -> Case:
    return subject(*events, items=items, earlier_tables=(MOVED,))
