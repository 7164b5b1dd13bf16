"""ADEX: what was planned and taken in each course of each drug, over all courses, and every dose that a rule changed.

Amounts and intensities are those of `core.dosing.intensity`: planned is the protocol's own titration, whatever rules
lowered; a course whose exposure is not recorded is unknown, and so is every sum with it. Read `adex`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origins, Row, Variable
from trialwright.adapters.exchange.cdisc.people import COMMON, LINKS, SETS, STANDING, Subject, common
from trialwright.core.analysis import DoseChange, clause_words
from trialwright.core.dosing import CourseIntensity, Intensity, dose_intensity
from trialwright.core.dosing.amounts import Amounts
from trialwright.core.dosing.intensity import days_taken, planned_amount
from trialwright.core.protocol import Regimen
from trialwright.core.subject import Course
from trialwright.core.terms import UnitMismatch

VARIABLES: tuple[Variable, ...] = (
    *COMMON,
    *SETS,
    Variable("EXTRT", "Name of Treatment", origin="Protocol", derivation="The drug."),
    Variable(
        "PARCAT1",
        "Parameter Category 1",
        origin="Assigned",
        derivation="INDIVIDUAL for a course, OVERALL for all that are over, DOSE CHANGE.",
    ),
    Variable("PARAM", "Parameter", origin="Assigned"),
    Variable("PARAMCD", "Parameter Code", origin="Assigned"),
    Variable(
        "COURSEN",
        "Number of the Course",
        "integer",
        derivation="The course, or the first of those changed.",
        by="Case.courses",
    ),
    Variable("ASTDT", "Analysis Start Date", "date", derivation="Day 1 of the course.", by="Case.courses"),
    Variable(
        "AENDT",
        "Analysis End Date",
        "date",
        derivation="The last dose of the course, where it is recorded.",
        by="Case.courses",
    ),
    Variable("ASTDY", "Analysis Start Relative Day", "integer", derivation="Study day of ASTDT; there is no day 0."),
    Variable("AENDY", "Analysis End Relative Day", "integer", derivation="Study day of AENDT; there is no day 0."),
    Variable(
        "AVAL",
        "Analysis Value",
        "float",
        derivation="The amount, number of days, or percent.",
        by="core.dosing.dose_intensity",
    ),
    Variable("AVALU", "Analysis Value Unit", origin="Assigned"),
    Variable(
        "AVALC",
        "Analysis Value (C)",
        derivation="What was done to the dose, in words.",
        by="core.dosing.decided_before_courses",
    ),
    Variable(
        "COURSES",
        "Courses Concerned",
        derivation="The courses, one after another, in which the rule held.",
        by="core.analysis",
    ),
    Variable(
        "DECIDFL",
        "Deciding Rule Flag",
        derivation="Y where this rule won over every other in one of the courses at least.",
        codelist="NY",
    ),
    Variable("ADJREAS", "Reason for the Dose", derivation="What the rule saw; or what is missing.", by="core.dosing"),
    Variable(
        "CLAUSE",
        "Clause of the Protocol",
        origin="Protocol",
        derivation="The regimen, or the rule that changed the dose.",
    ),
    Variable("CLAUSEW", "Words of the Clause", origin="Protocol", derivation="The words the clause stands on."),
    *LINKS,
    *STANDING,
)
Told = tuple[str, str, float | None, str]
"""Code, label, value, unit."""


def adex(subject: Subject) -> Iterator[Row]:
    """The rows of one participant, drug by drug."""
    shared = common(subject)
    for row in _rows(subject):
        row.values = {**shared, **row.values}
        for day, name in (("ASTDT", "ASTDY"), ("AENDT", "AENDY")):
            told = row.values.get(day)
            row.values[name] = subject.day(told if isinstance(told, date) else None)
        yield row


def _rows(subject: Subject) -> Iterator[Row]:
    for regimen in subject.case.protocol.regimens_of(subject.person.arm):
        courses = [one for one in subject.person.courses if one.drug == regimen.drug]
        over = _intensity(subject, regimen)
        known = {one.course: one for one in over.courses} if over else {}
        for course in courses:
            yield from _of_course(subject, regimen, course, known.get(course.number))
        if over and over.courses:
            yield from _over_all(subject, regimen, over)
    for change in subject.person.dose_changes:
        yield _changed(subject, change)


def _intensity(subject: Subject, regimen: Regimen) -> Intensity | None:
    """What was planned and taken; None where the plan's own parts measure different things."""
    try:
        return dose_intensity(subject.case, regimen, subject.cut)
    except UnitMismatch:
        return None


def _of_course(subject: Subject, regimen: Regimen, course: Course, known: CourseIntensity | None) -> Iterator[Row]:
    values: dict[str, Cell] = {
        "EXTRT": regimen.drug,
        "PARCAT1": "INDIVIDUAL",
        "COURSEN": course.number,
        "ASTDT": course.day_1,
        "AENDT": course.last_dose,
        "CLAUSE": regimen.id,
        "CLAUSEW": clause_words(subject.case.protocol, regimen),
        "ADJREAS": "; ".join(f"not known: {one}" for one in known.missing) if known else "",
    }
    taken = subject.of_course(course, f"course {course.number}")
    for code, label, value, unit in _told(subject, regimen, course, known):
        yield Row({**values, "PARAMCD": code, "PARAM": label, "AVAL": value, "AVALU": unit}, taken)


def _told(subject: Subject, regimen: Regimen, course: Course, known: CourseIntensity | None) -> Iterator[Told]:
    yield "DOSE", "Dose at Each Intake, Taken Last", float(course.dose.value), course.dose.unit
    days = [days_taken(one) for one in course.exposures]
    whole = [one for one in days if one is not None]
    yield "DURD", "Days Taken", float(sum(whole)) if whole and len(whole) == len(days) else None, "d"
    missed = [one.quantity("days_missed") for one in course.exposures]
    told = [one.value for one in missed if one is not None]
    yield "MISSD", "Days Missed", float(sum(told)) if told and len(told) == len(missed) else None, "d"
    if known is None:
        return
    amounts = Amounts.of(regimen.dose, subject.case.units)
    yield "PLDOSE", "Dose at Each Intake, Planned", float(planned_amount(amounts, course.number)), amounts.unit
    yield "PLDURD", "Days of Dosing Planned", float(known.days_planned), "d"
    yield "PLCUM", "Amount Planned", _number(known.planned), known.unit
    yield "CUM", "Amount Taken", _number(known.given), known.unit
    yield "RDI", "Relative Dose Intensity (%)", _percent(known.relative), "%"


def _over_all(subject: Subject, regimen: Regimen, over: Intensity) -> Iterator[Row]:
    values: dict[str, Cell] = {
        "EXTRT": regimen.drug,
        "PARCAT1": "OVERALL",
        "ASTDT": over.courses[0].day_1,
        "CLAUSE": regimen.id,
        "CLAUSEW": clause_words(subject.case.protocol, regimen),
        "ADJREAS": "; ".join(f"not known: {one}" for one in over.missing),
    }
    numbers = {one.course for one in over.courses}
    courses = [one for one in subject.person.courses if one.drug == regimen.drug and one.number in numbers]
    taken = tuple(origin for one in courses for origin in subject.of_course(one, f"course {one.number}"))
    for code, label, value, unit in (
        ("TCOURSE", "Courses That Are Over", float(len(over.courses)), "1"),
        ("TPLCUM", "Amount Planned, All Courses", _number(over.planned), over.unit),
        ("TCUM", "Amount Taken, All Courses", _number(over.given), over.unit),
        ("TRDI", "Relative Dose Intensity, All Courses (%)", _percent(over.relative), "%"),
        ("TRDIW", "Relative Dose Intensity by Week (%)", _percent(over.relative_per_week), "%"),
    ):
        yield Row({**values, "PARAMCD": code, "PARAM": label, "AVAL": value, "AVALU": unit}, taken)


def _number(told: Fraction | None) -> float | None:
    return None if told is None else float(told)


def _percent(told: Fraction | None) -> float | None:
    return None if told is None else float(told * 100)


def _changed(subject: Subject, change: DoseChange) -> Row:
    courses = [one for one in subject.person.courses if one.drug == change.drug and one.number in change.courses]
    taken: Origins = tuple(origin for one in courses for origin in subject.of_course(one, f"course {one.number}"))
    return Row(
        {
            "EXTRT": change.drug,
            "PARCAT1": "DOSE CHANGE",
            "PARAMCD": "DOSECHG",
            "PARAM": "Change of the Dose by a Rule",
            "COURSEN": change.courses[0],
            "ASTDT": change.on,
            "AVALC": f"{change.what}; given {', '.join(change.doses)}" if change.doses else change.what,
            "COURSES": " ".join(map(str, change.courses)),
            "DECIDFL": "Y" if change.decided else "N",
            "ADJREAS": change.saw,
            "CLAUSE": change.clause,
            "CLAUSEW": change.words,
        },
        taken,
        because={"AVALC": f"{change.clause}: {change.words}; {change.saw}"},
    )


ADEX = Layout(
    name="ADEX",
    label="Exposure Analysis Dataset",
    structure="One row for each subject, drug, parameter and course",
    keys=("STUDYID", "USUBJID", "EXTRT", "PARAMCD", "COURSEN", "CLAUSE"),
    variables=VARIABLES,
    rows=adex,
    locator=("PARAMCD", "COURSEN", "CLAUSE"),
)
