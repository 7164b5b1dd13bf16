"""ADLB: every laboratory value recorded, in the unit of its test, with its grade, against the one before treatment.

Limits are those of the site's laboratory on that day, grades those of `core.toxicity`. A value known only as below or
above a limit of detection has no AVAL; AVALC tells it as reported. Baseline is the last value up to the day of the
first dose, since blood of that day is drawn before the dose. Read `adlb`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origin, Origins, Row, Variable
from trialwright.adapters.exchange.cdisc.people import COMMON, LINKS, SETS, STANDING, Subject, common, imputed
from trialwright.adapters.exchange.cdisc.terms import flag
from trialwright.core.conditions import Reading
from trialwright.core.protocol import Concept
from trialwright.core.subject import Observation, by_day
from trialwright.core.terms import Quantity, UnitMismatch
from trialwright.core.toxicity import Graded, LaboratoryTerm, graded_readings

VARIABLES: tuple[Variable, ...] = (
    *COMMON,
    *SETS,
    Variable("PARAM", "Parameter", origin="Assigned", derivation="The test and its unit."),
    Variable(
        "PARAMCD",
        "Parameter Code",
        origin="Assigned",
        derivation="The test's code in SDTM, else a short form of its name.",
    ),
    Variable("AVISIT", "Analysis Visit", derivation="The visit at which it was entered."),
    Variable(
        "ADT", "Analysis Date", "date", derivation="The day of the value; where it is partial the first day it can be."
    ),
    Variable(
        "ADTF",
        "Analysis Date Imputation Flag",
        derivation="D or M where the day or the month was filled in.",
        codelist="DATEFL",
    ),
    Variable("ATMC", "Analysis Time (C)", origin="Collected", derivation="The local time, where it was told."),
    Variable("ADY", "Analysis Relative Day", "integer", derivation="Study day of ADT; there is no day 0."),
    Variable(
        "AVAL",
        "Analysis Value",
        "float",
        derivation="The value in the test's unit; empty where only a limit of detection is known.",
        by="Quantity.in_unit",
    ),
    Variable("AVALU", "Analysis Value Unit", origin="Assigned", derivation="The test's unit (UCUM)."),
    Variable("AVALC", "Analysis Value (C)", origin="Collected", derivation="As reported, with its unit."),
    Variable("AREASND", "Reason There Is No Value", derivation="Why, as it was said.", by="SubjectFacts.readings"),
    Variable(
        "ANRLO",
        "Analysis Normal Range Lower Limit",
        "float",
        derivation="The laboratory's limit of that day in the test's unit.",
        by="SiteRecord.limits",
    ),
    Variable(
        "ANRHI",
        "Analysis Normal Range Upper Limit",
        "float",
        derivation="The laboratory's limit of that day in the test's unit.",
        by="SiteRecord.limits",
    ),
    Variable(
        "ANRIND",
        "Analysis Reference Range Indicator",
        derivation="LOW or HIGH beyond a limit, else NORMAL; empty where no limit is known.",
        codelist="NRIND",
    ),
    Variable(
        "ATOXGR",
        "Analysis Toxicity Grade",
        derivation="The grade of either direction; one towards low has a minus.",
        by="core.toxicity.grade_reading",
    ),
    Variable(
        "ATOXGRL",
        "Analysis Toxicity Grade Low",
        derivation="The grade of the term for low values; empty where it cannot be known.",
        by="core.toxicity.grade_reading",
    ),
    Variable(
        "ATOXGRH",
        "Analysis Toxicity Grade High",
        derivation="The grade of the term for high values; empty where it cannot be known.",
        by="core.toxicity.grade_reading",
    ),
    Variable(
        "ATOXDSCL", "Analysis Toxicity Description Low", derivation="The term graded towards low.", by="ToxicityTable"
    ),
    Variable(
        "ATOXDSCH", "Analysis Toxicity Description High", derivation="The term graded towards high.", by="ToxicityTable"
    ),
    Variable(
        "ATOXREAS", "Why There Is No Grade", derivation="What is missing, in words.", by="core.toxicity.grade_reading"
    ),
    Variable(
        "ABLFL",
        "Baseline Record Flag",
        derivation="Y on the last value up to the day of the first dose.",
        codelist="NY",
    ),
    Variable("BASE", "Baseline Value", "float", derivation="AVAL of the row with ABLFL."),
    Variable("CHG", "Change from Baseline", "float", derivation="AVAL - BASE, of values after the first dose."),
    Variable("PCHG", "Percent Change from Baseline", "float", derivation="100 x CHG / BASE."),
    Variable(
        "BNRIND", "Baseline Reference Range Indicator", derivation="ANRIND of the row with ABLFL.", codelist="NRIND"
    ),
    Variable("BTOXGR", "Baseline Toxicity Grade", derivation="ATOXGR of the row with ABLFL."),
    Variable(
        "SHIFT1", "Shift from Baseline Reference Range", derivation="BNRIND to ANRIND, of values after the first dose."
    ),
    Variable(
        "SHIFT2", "Shift from Baseline Toxicity Grade", derivation="BTOXGR to ATOXGR, of values after the first dose."
    ),
    *LINKS,
    *STANDING,
)
LOW, HIGH = "low", "high"


@dataclass(frozen=True)
class _Value:
    """One value with its numbers in the test's unit."""

    reading: Reading
    values: dict[str, Cell]
    origins: Origins
    limits: Origins


Grades = Sequence[tuple[LaboratoryTerm, Graded]]


def adlb(subject: Subject) -> Iterator[Row]:
    """The rows of one participant, test by test in the order of their codes, each by day."""
    codes = subject.setting.test_codes
    tests = {codes[name]: name for name in subject.case.record.items if _is_laboratory(subject, name)}
    graded = _graded(subject)
    shared = common(subject)
    for code in sorted(tests):
        concept = subject.case.concepts[tests[code]]
        values = [_value(subject, concept, *one) for one in _readings(subject, concept, graded)]
        base = _baseline(values, subject.person.first_dose)
        for one in values:
            yield _row(subject, shared, code, concept, one, base)


def _is_laboratory(subject: Subject, name: str) -> bool:
    concept = subject.case.concepts.get(name)
    return concept is not None and concept.reference_range


def _graded(subject: Subject) -> Mapping[str, list[Grades]]:
    """The grades of each reading of each test, by the table of the version the subject is on."""
    table = subject.setting.standards[subject.person.version].toxicity
    by_term: dict[str, dict[LaboratoryTerm, list[Graded]]] = {}
    for term, _, _, given in graded_readings(subject.case, table, subject.cut) if table else ():
        by_term.setdefault(term.analyte, {}).setdefault(term, []).append(given)
    return {
        analyte: [list(zip(terms, each, strict=True)) for each in zip(*terms.values(), strict=True)]
        for analyte, terms in by_term.items()
    }


def _readings(
    subject: Subject, concept: Concept, graded: Mapping[str, list[Grades]]
) -> Iterator[tuple[Reading, Grades, Observation]]:
    """Each reading with its grades and the observation it was read from; one worked out of others is no row."""
    readings = subject.case.facts(subject.cut).readings(concept.id)
    grades = graded.get(concept.id, [()] * len(readings))
    known: dict[tuple[str, str, str], list[Observation]] = {}
    for one in subject.seen(concept.id):
        known.setdefault((one.event.id, str(one.on), one.text("time")), []).append(one)
    for reading, given in zip(readings, grades, strict=True):
        found = known.get((reading.event, str(reading.on), reading.time), [])
        if found:
            yield reading, given, found.pop(0)


def _value(subject: Subject, concept: Concept, reading: Reading, given: Grades, seen: Observation) -> _Value:
    unit = concept.value.unit or ""
    number = None if reading.bound else _number(subject, concept, reading.value)
    low, high = _number(subject, concept, reading.low), _number(subject, concept, reading.high)
    day = reading.on.earliest
    values: dict[str, Cell] = {
        "AVISIT": seen.encounter,
        "ADT": day,
        "ADTF": imputed(reading.on, day),
        "ATMC": reading.time,
        "ADY": subject.day(day),
        "AVAL": number,
        "AVALU": unit,
        "AVALC": f"{reading.bound}{reading.value}" if reading.value is not None else "",
        "AREASND": reading.missing if reading.value is None else "",
        "ANRLO": low,
        "ANRHI": high,
        "ANRIND": _indicator(number, low, high),
        **_toxicity(given if reading.value is not None else ()),
    }
    return _Value(reading, values, (Origin(seen, ("value",), "value"),), _limits(subject, reading, seen))


def _limits(subject: Subject, reading: Reading, seen: Observation) -> Origins:
    """Where the limits come from: the report itself, else the site's range that was in force."""
    if seen.quantity("low") is not None or seen.quantity("high") is not None:
        return (Origin(seen, ("low", "high"), "limits"),)
    day, told = reading.on.latest, (reading.low, reading.high)
    known = [one for one in subject.case.site.at(day).ranges if one.analyte == reading.concept and one.occurred <= day]
    ranges = [one for one in known if (one.low, one.high) == told]
    return tuple(Origin(one, ("low", "high"), "limits") for one in sorted(ranges, key=by_day)[-1:])


def _number(subject: Subject, concept: Concept, value: Quantity | str | None) -> float | None:
    """A quantity in the test's unit; None where it is none, or no conversion is known."""
    if not isinstance(value, Quantity):
        return None
    try:
        return float(value.in_unit(concept.value.unit or value.unit, subject.case.units, concept.id))
    except UnitMismatch:
        return None


def _indicator(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or (low is None and high is None):
        return ""
    if low is not None and value < low:
        return "LOW"
    return "HIGH" if high is not None and value > high else "NORMAL"


def _toxicity(given: Grades) -> dict[str, Cell]:
    low, high = _worst(given, LOW), _worst(given, HIGH)
    told = [grade for grade in (low, high) if grade]
    signed = f"-{low}" if low not in ("", "0") else high or low
    unknown = [each.because for _, each in given if each.grade is None]
    return {
        "ATOXGR": "" if unknown else signed if told else "",
        "ATOXGRL": low,
        "ATOXGRH": high,
        "ATOXDSCL": _terms(given, LOW),
        "ATOXDSCH": _terms(given, HIGH),
        "ATOXREAS": "; ".join(unknown),
    }


def _worst(given: Grades, direction: str) -> str:
    """The grade of one direction; empty where there is no term for it or a grade is not known."""
    grades = [each.grade for term, each in given if term.direction == direction]
    known = [one.number for one in grades if one is not None]
    return str(max(known)) if known and len(known) == len(grades) else ""


def _terms(given: Grades, direction: str) -> str:
    return ", ".join(term.short for term, _ in given if term.direction == direction)


def _baseline(values: Sequence[_Value], first: date | None) -> _Value | None:
    before = [
        one for one in values if first and one.reading.on.latest <= first and isinstance(one.reading.value, Quantity)
    ]
    return before[-1] if before else None


def _row(
    subject: Subject, shared: Mapping[str, Cell], code: str, concept: Concept, one: _Value, base: _Value | None
) -> Row:
    first = subject.person.first_dose
    after = first is not None and one.reading.on.latest > first
    unit = f" ({concept.value.unit})" if concept.value.unit not in (None, "", "1") else ""
    values = {**shared, **one.values, "PARAM": f"{concept.label}{unit}", "PARAMCD": code, "ABLFL": flag(one is base)}
    if base is not None:
        values |= _against(one.values, base.values, after)
    return Row(values, one.origins, _of(one, base))


def _of(one: _Value, base: _Value | None) -> dict[str, Origins]:
    """What the variables stand on that stand on other than the value alone."""
    judged, first = (*one.origins, *one.limits), base.origins if base else ()
    return {
        **dict.fromkeys(("ANRLO", "ANRHI"), one.limits),
        **dict.fromkeys(("ANRIND", "ATOXGR", "ATOXGRL", "ATOXGRH"), judged),
        **dict.fromkeys(("BASE", "BNRIND", "BTOXGR"), first),
        **dict.fromkeys(("CHG", "PCHG", "SHIFT1", "SHIFT2"), (*one.origins, *first)),
    }


def _against(now: Mapping[str, Cell], base: Mapping[str, Cell], after: bool) -> dict[str, Cell]:
    """The baseline on every row; changes and shifts on those after the first dose."""
    value, first = now["AVAL"], base["AVAL"]
    told: dict[str, Cell] = {"BASE": first, "BNRIND": base["ANRIND"], "BTOXGR": base["ATOXGR"]}
    if after and isinstance(value, float) and isinstance(first, float):
        change = Decimal(repr(value)) - Decimal(repr(first))  # 0.9 - 1.1 is -0.2, not -0.20000000000000007
        told["CHG"] = float(change)
        told["PCHG"] = float(100 * change / Decimal(repr(first))) if first else None
    if after:
        told["SHIFT1"] = _shift(base["ANRIND"], now["ANRIND"])
        told["SHIFT2"] = _shift(base["ATOXGR"], now["ATOXGR"])
    return told


def _shift(before: Cell, now: Cell) -> str:
    return f"{before} to {now}" if before and now else ""


ADLB = Layout(
    name="ADLB",
    label="Laboratory Results Analysis Dataset",
    structure="One row for each subject, test and value",
    keys=("STUDYID", "USUBJID", "PARAMCD", "ADT", "SRCVAR"),
    variables=VARIABLES,
    rows=adlb,
    locator=("PARAMCD", "ADT"),
)
