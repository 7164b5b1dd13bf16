"""A subject and a protocol from plain words, for every test of the core; no real drug and no real study.

`protocol(encounters=[{...}])` reads the same words a protocol file holds; `case(items={...})` is a subject under it.
Items are written short: "anc" (one value), "anc on 2025-03-01" (dated), "anc/c1d1/value" (a whole path), or
"medication/1" with a mapping of fields. "1500 /mm3" is a quantity, any other text stays text.

    case(items={"anc on 2025-03-01": "1500 /mm3", "sex": "female"}, on="2025-03-03").facts(day("2025-03-03"))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any

from pydantic import TypeAdapter

from trialwright.core.conditions import Condition, read_condition
from trialwright.core.ledger import (
    Change,
    CourseStarted,
    Event,
    FormCorrected,
    FormSubmitted,
    ReferenceRangeSet,
    Said,
    StudyLeft,
    SubjectRegistered,
    SubjectScreened,
    SubstudyJoined,
    TreatmentEnded,
    Value,
)
from trialwright.core.protocol import Concept, Field, Kind, StudyProtocol
from trialwright.core.subject import Case, SiteRecord, fold_subject
from trialwright.core.terms import Quantity, UnitMismatch

SUBJECT, SITE, DRUG, VERSION = "S01-001", "S01", "examplinib", "1"


def day(text: str | date) -> date:
    """A date from its words."""
    return text if isinstance(text, date) else date.fromisoformat(text)


# ---- units and concepts --------------------------------------------------------------------------------------------

_SCALES: tuple[dict[str, Fraction], ...] = (
    {"/mm3": Fraction(1), "/uL": Fraction(1), "10*3/uL": Fraction(1000), "10*9/L": Fraction(1000)},
    {"mg/dL": Fraction(1), "g/dL": Fraction(1000), "g/L": Fraction(100)},
    {"mg": Fraction(1), "g": Fraction(1000)},
    {"cm": Fraction(1), "mm": Fraction(1, 10), "m": Fraction(100)},
    {"years": Fraction(1), "a": Fraction(1)},
)


class ExactUnits:
    """A small exact table of units: counts, concentrations, masses, lengths and years."""

    def convert(self, quantity: Quantity, unit: str, analyte: str | None = None) -> Fraction:
        """The value in `unit`; UnitMismatch where the two measure different things."""
        for scale in _SCALES:
            if quantity.unit in scale and unit in scale:
                return Fraction(quantity.value) * scale[quantity.unit] / scale[unit]
        raise UnitMismatch(f"{quantity.unit} cannot be read as {unit}")


UNITS = ExactUnits()


def concept(name: str, *, reference_range: bool = False) -> Concept:
    """A concept with one value."""
    value = Field(id="value", label=name, kind=Kind.QUANTITY)
    return Concept(id=name, label=name, fields=(value,), reference_range=reference_range)


CONCEPTS = {
    name: concept(name, reference_range=True)
    for name in "anc wbc platelets hemoglobin creatinine bilirubin ast alt lymphocytes".split()
}


# ---- protocol ------------------------------------------------------------------------------------------------------

_ARM = {"id": "A", "label": "Arm A", "type": "experimental"}
_REGIMEN = {
    "id": "regimen",
    "quotes": ["10 mg on days 1-21 of a 28-day cycle"],
    "drug": DRUG,
    "cycle": "28 days",
    "days": "1-21",
    "dose": {"start": "10 mg"},
}
_DESIGN = {
    "id": "design",
    "accrual": {"id": "accrual", "planned": 10},
    "sites": [
        {"id": "S01", "name": "North hospital", "time_zone": "UTC"},
        {"id": "S02", "name": "South hospital", "time_zone": "UTC"},
    ],
}
_READER = TypeAdapter(StudyProtocol)


def protocol(**parts: Any) -> StudyProtocol:
    """A minimal protocol; any part of it is given in the words of a protocol file."""
    plain: dict[str, Any] = {
        "protocol": "EXAMPLE-1",
        "version": VERSION,
        "title": "An example",
        "standards": {},
        "sources": {},
        "design": _DESIGN,
        "arms": [_ARM],
        "eligibility": [],
        "regimen": [_REGIMEN],
        "encounters": [],
        "endpoints": [],
    }
    return _READER.validate_python({**plain, **parts})


def of_two_arms(one: StudyProtocol) -> StudyProtocol:
    """The same protocol with a second arm, B, so that a subject has to be allocated."""
    return replace(one, arms=(*one.arms, replace(one.arms[0], id="B", label="Arm B")))


def regimen(**parts: Any) -> dict[str, Any]:
    """The minimal regimen in plain words, with parts of it put otherwise."""
    return {**_REGIMEN, **parts}


def condition(**words: Any) -> Condition:
    """A condition from plain words: condition(measure="anc", **{"is": ">= 1500 /mm3"})."""
    return read_condition(words)


# ---- items ---------------------------------------------------------------------------------------------------------

_minted = count(1)


def value(given: Any) -> Value:
    """ "1500 /mm3" and "1.5" are quantities; a date, a word, a number of Python and a Missing stay what they are."""
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, str) and re.fullmatch(r"[+-]?[\d,]*\.?\d+( \S+)?", given):
        return Quantity.parse(given)
    return given


def _paths(key: str, given: Any) -> Iterable[tuple[str, Any]]:
    """The short ways to write an item, each as full path and value."""
    name, _, on = key.partition(" on ")
    if name.count("/") == 2:
        return [(name, given)]
    if "/" not in name:
        name = f"{name}/{f'd{next(_minted)}' if on else '1'}"
    fields = dict(given) if isinstance(given, Mapping) else {"value": given}
    return [(f"{name}/{part}", told) for part, told in {**fields, **({"on": on} if on else {})}.items()]


def changes(items: Mapping[str, Any]) -> tuple[Change, ...]:
    """Items in short words as the changes of a form."""
    told = (each for key, given in items.items() for each in _paths(key, given))
    return tuple(Change(path, None, given if _is_date(path) else value(given)) for path, given in told)


def _is_date(path: str) -> bool:
    """Dates stay text: 2006 alone is a year, not a quantity."""
    return re.fullmatch(r".*_date/.*/value|.*/(on|start|end|first_dose|last_dose)", path) is not None


# ---- events --------------------------------------------------------------------------------------------------------

SAID = Said("eligible")


def _who(on: str | date, site: str = SITE) -> dict[str, Any]:
    """What every event says, in a test."""
    return {"actor": "someone", "role": "coordinator", "site": site, "subject": SUBJECT, "occurred": day(on)}


def form(
    on: str | date, items: Mapping[str, Any], encounter: str = "", name: str = "form", role: str = "investigator"
) -> FormSubmitted:
    """A form filled in by the investigator on a day, at an encounter."""
    return FormSubmitted(**{**_who(on), "role": role}, form=name, encounter=encounter, items=changes(items))


def correction(on: str | date, items: Mapping[str, Any], encounter: str = "") -> FormCorrected:
    """A later correction of items."""
    return FormCorrected(**_who(on), form="form", encounter=encounter, why="typing error", items=changes(items))


def screened(on: str | date, version: str = VERSION) -> SubjectScreened:
    """The subject came to be screened."""
    return SubjectScreened(**_who(on), version=version)


def registered(on: str | date, planned_first_dose: str | None = None, version: str = VERSION) -> SubjectRegistered:
    """The subject was registered, with the first dose planned for a day."""
    planned = day(planned_first_dose) if planned_first_dose else None
    return SubjectRegistered(**_who(on), version=version, planned_first_dose=planned, said=SAID)


def course(number: int, on: str | date, dose: str = "10 mg", drug: str = DRUG) -> CourseStarted:
    """A course was started: its day 1 and its dose."""
    return CourseStarted(**_who(on), drug=drug, course=number, dose=Quantity.parse(dose), said=Said(dose))


def taken(
    number: int, first: str, last: str = "", dose: str = "10 mg", drug: str = DRUG, part: str = "", **others: Any
) -> FormSubmitted:
    """What was taken of a course: its first and its last dose; `others` are further fields, such as days_taken."""
    fields: dict[str, Any] = {"drug": drug, "course": str(number), "dose": dose, "first_dose": first, **others}
    told = {f"exposure/{drug}{number}{part}/{name}": each for name, each in fields.items()} | (
        {f"exposure/{drug}{number}{part}/last_dose": last} if last else {}
    )
    items = tuple(Change(path, None, each if path.endswith("/course") else value(each)) for path, each in told.items())
    return FormSubmitted(**_who(last or first), form="exposure", items=items)


def ended(on: str | date, why: str = "completed", last_dose: str | None = None) -> TreatmentEnded:
    """Treatment is over."""
    return TreatmentEnded(**_who(on), why=why, last_dose=day(last_dose) if last_dose else None, said=SAID)


def left(on: str | date, why: str = "follow-up complete") -> StudyLeft:
    """The subject left the study."""
    return StudyLeft(**_who(on), why=why)


def joined(substudy: str, on: str | date) -> SubstudyJoined:
    """The subject joined a sub-study."""
    return SubstudyJoined(**_who(on), substudy=substudy)


def limits(analyte: str, low: str | None = None, high: str | None = None, **others: Any) -> ReferenceRangeSet:
    """The laboratory's limits of an analyte, in force since 2000."""
    return ReferenceRangeSet(
        **{**_who("2000-01-01"), "subject": None},
        analyte=analyte,
        low=Quantity.parse(low) if low else None,
        high=Quantity.parse(high) if high else None,
        **others,
    )


# ---- a subject -----------------------------------------------------------------------------------------------------


def case(
    *events: Event,
    protocol: StudyProtocol | None = None,
    items: Mapping[str, Any] | None = None,
    on: str | date = "2025-03-03",
    site: str = SITE,
    ranges: tuple[ReferenceRangeSet, ...] = (),
    **others: Any,
) -> Case:
    """A subject: its events in the order recorded, then `items` on a form of the day `on`.

    `others` are fields of Case, such as `graded` and `assessed`.
    """
    told = [*events, *([form(on, items)] if items else [])]
    numbered = [_numbered(event, number, site) for number, event in enumerate(told, 1)]
    return Case(
        record=fold_subject(SUBJECT, numbered),
        protocol=protocol or _MINIMAL,
        units=others.pop("units", UNITS),
        concepts=others.pop("concepts", CONCEPTS),
        site=SiteRecord(site, (), ranges),
        **others,
    )


def _numbered(event: Event, number: int, site: str) -> Event:
    return type(event)(**{**vars(event), "seq": number, "id": f"e{number}", "site": site})


_MINIMAL = protocol()
