"""Courses and doses as they were, against what the rules would have decided before each by what is known now.

Read `treatment_deviations`, then `COURSE_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from trialwright.core.deviations.values import Deviation
from trialwright.core.dosing import DoseDecision, decide_dose, decided_before_courses
from trialwright.core.protocol import Regimen
from trialwright.core.subject import Case, Course, Observation, planned_last_day
from trialwright.core.terms import Because, Quantity, UnitMismatch

TELL = "Tell the investigator; what was taken stays recorded as it was."


@dataclass(frozen=True)
class Given:
    """One course as it was, the one before it, and what would have been decided before it."""

    case: Case
    regimen: Regimen
    course: Course
    previous: Course | None
    decision: DoseDecision
    on: date

    def deviation(self, kind: str, says: str, severity: str = "major", clause: str = "") -> Deviation:
        """A deviation of this course."""
        because = self.decision.because or (Because(self.regimen.id, self.regimen.words, says),)
        name = f"{self.course.drug} course {self.course.number}"
        return Deviation(kind, self.course.day_1, f"{name}: {says}", clause or self.regimen.id, severity, because, TELL)


def treatment_deviations(case: Case, on: date) -> Iterator[Deviation]:
    """Every deviation of the courses begun by a day; a drug that no regimen gives is one too."""
    regimens = case.protocol.regimens_of(case.record.arm)
    for regimen in regimens:
        previous: Course | None = None
        for course, decision in decided_before_courses(case, regimen, on).values():
            given = Given(case, regimen, course, previous, decision, on)
            for rule in COURSE_RULES:
                yield from rule(given)
            previous = course
    known = {regimen.drug for regimen in regimens}
    for course in case.courses(on):
        if course.drug not in known:
            says = f"{course.drug} was given, which no regimen of the subject's arm gives."
            yield Deviation("drug of no regimen", course.day_1, says, "", "major", do=TELL)


def _before_registration(given: Given) -> Iterator[Deviation]:
    registered = given.case.record.registered
    if registered is None or given.course.day_1 < registered.occurred:
        when = f"registered on {registered.occurred}" if registered else "the subject is not registered"
        yield given.deviation("dose before registration", f"first dose on {given.course.day_1}, {when}.")


def _before_day_1(given: Given) -> Iterator[Deviation]:
    if given.previous is None:
        return
    allowed = given.regimen.cycle.after(given.previous.day_1)
    if given.course.day_1 < allowed:
        says = f"began on {given.course.day_1}; the earliest day 1 was {allowed}."
        yield given.deviation("course begun too early", says)


def _against_the_rules(given: Given) -> Iterator[Deviation]:
    """The course was begun though the rules, by what is known now, do not let it."""
    decision = given.decision
    if decision.action in ("give", "rest", "none") or not _begun_in_time(given):
        return
    said = given.course.decided.said.answer if given.course.decided else ""
    then = f" Then it was said: {said}." if said else ""
    says = f"begun on {given.course.day_1} though the rules say {decision.action}: {decision.reason}.{then}"
    yield given.deviation("course begun against the rules", says, clause=decision.won or "")


def _begun_in_time(given: Given) -> bool:
    return given.previous is None or given.course.day_1 >= given.regimen.cycle.after(given.previous.day_1)


def _without_decision(given: Given) -> Iterator[Deviation]:
    if given.course.decided is None:
        yield given.deviation("dose without a decision", "taken without a recorded decision to start the course.")


def _other_than_derived(given: Given) -> Iterator[Deviation]:
    """The dose that was decided, against the dose that derives now."""
    decided, derived = given.course.decided, given.decision.dose
    if decided is None or derived is None or given.decision.action != "give":
        return
    way = _compared(given, decided.dose, derived)
    if way:
        says = f"decided at {decided.dose}; by what is known now the rules give {derived} ({given.decision.reason})."
        yield given.deviation(
            "dose decided otherwise than the rules", says, "major" if way > 0 else "minor", given.decision.won or ""
        )


def _other_than_decided(given: Given) -> Iterator[Deviation]:
    """Each exposure against the dose decided for the course, or left by the rules on the day it began."""
    decided = given.course.decided.dose if given.course.decided else given.decision.dose
    for exposure in given.course.exposures:
        dose, first = exposure.quantity("dose"), exposure.date_of("first_dose")
        way = _compared(given, dose, decided) if dose and decided else 0
        if not way or (first and first.exact and _is_dose_of_day(given, dose, first.exact)):
            continue
        says = f"taken at {dose}; {decided} was decided."
        yield given.deviation(
            "dose above what was decided" if way > 0 else "dose other than decided",
            says,
            "major" if way > 0 else "minor",
        )


def _is_dose_of_day(given: Given, dose: Quantity | None, day: date) -> bool:
    """A course resumed lower has a dose of its own from that day on."""
    said = decide_dose(given.case, given.regimen, day)
    return (
        said.action == "give" and dose is not None and said.dose is not None and not _compared(given, dose, said.dose)
    )


def _on_a_day_of_rest(given: Given) -> Iterator[Deviation]:
    last, planned = given.course.last_dose, planned_last_day(given.course.day_1, given.regimen.days.last)
    if last and last > planned:
        says = f"the last dose was taken on {last}; day {given.regimen.days.last} was {planned}."
        yield given.deviation("dose on a day of rest", says)


def _incomplete(given: Given) -> Iterator[Deviation]:
    missed = [text for one in given.course.exposures if (text := _days_missed(one)) not in ("", "0")]
    if missed:
        why = "; ".join(one.text("why_missed") for one in given.course.exposures if one.text("why_missed"))
        yield given.deviation("doses missed", f"{', '.join(missed)} days missed{f' ({why})' if why else ''}.", "minor")


def _days_missed(exposure: Observation) -> str:
    number = exposure.quantity("days_missed")
    return str(number.value) if number else exposure.text("days_missed")


def _compared(given: Given, dose: Quantity, other: Quantity) -> int:
    """1 above, 0 the same, -1 below; a dose that cannot be compared is other."""
    try:
        difference = Fraction(dose.in_unit(other.unit, given.case.units)) - Fraction(other.value)
    except UnitMismatch:
        return -1
    return (difference > 0) - (difference < 0)


COURSE_RULES: tuple[Callable[[Given], Iterator[Deviation]], ...] = (
    _before_registration,
    _before_day_1,
    _against_the_rules,
    _without_decision,
    _other_than_derived,
    _other_than_decided,
    _on_a_day_of_rest,
    _incomplete,
)
"""What can be wrong with a course."""
