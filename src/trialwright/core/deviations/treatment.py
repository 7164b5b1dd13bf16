"""Courses and doses as they were, against what the rules would have decided before each by what is known now.

A course is late where nothing that is recorded held it. Read `treatment_deviations`, then `COURSE_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from trialwright.core.deviations.values import Deviation, Found, Untold
from trialwright.core.dosing import DoseDecision, decide_dose, decided_before_courses
from trialwright.core.protocol import Regimen
from trialwright.core.schedule import visits
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

    @property
    def about(self) -> str:
        """The course by drug and number."""
        return f"{self.course.drug}.{self.course.number}"

    def deviation(self, kind: str, says: str, clause: str = "", **others: Any) -> Deviation:
        """A deviation of this course; `others` are further fields of it."""
        because = self.decision.because or (Because(self.regimen.id, self.regimen.words, says),)
        told: dict[str, Any] = {"about": self.about, "event": self.event, "because": because, "do": TELL, **others}
        name = f"{self.course.drug} course {self.course.number}"
        return Deviation(kind, told.pop("on", self.course.day_1), f"{name}: {says}", clause or self.regimen.id, **told)

    @property
    def event(self) -> str:
        """The entry that shows the course: the decision, or else what was taken."""
        told = self.course.decided or (self.course.taken.event if self.course.taken else None)
        return told.id if told else ""


def courses_of(case: Case, on: date) -> Iterator[Given]:
    """Every course begun by a day, in the order of its drug."""
    for regimen in case.protocol.regimens_of(case.record.arm):
        key, previous = ("decided before courses", regimen.id, on), None
        if key not in case.memo:
            case.memo[key] = tuple(decided_before_courses(case, regimen, on).values())
        for course, decision in case.memo[key]:
            yield Given(case, regimen, course, previous, decision, on)
            previous = course


def treatment_deviations(case: Case, on: date) -> Iterator[Found]:
    """Every deviation of the courses begun by a day; a drug that no regimen gives is one too."""
    for given in courses_of(case, on):
        for rule in COURSE_RULES:
            yield from rule(given)
    known = {regimen.drug for regimen in case.protocol.regimens_of(case.record.arm)}
    for course in case.courses(on):
        if course.drug not in known:
            says = f"{course.drug} was given, which no regimen of the subject's arm gives."
            told = course.taken.event.id if course.taken else course.decided.id if course.decided else ""
            about = f"{course.drug}.{course.number}"
            yield Deviation("drug of no regimen", course.day_1, says, "", do=TELL, about=about, event=told)


def _before_registration(given: Given) -> Iterator[Found]:
    registered, day_1 = given.case.record.registered, given.course.day_1
    if registered is None or day_1 < registered.occurred:
        when = f"registered on {registered.occurred}" if registered else "the subject is not registered"
        planned = f"from {registered.occurred}" if registered else "after registration"
        says = f"first dose on {day_1}, {when}."
        yield given.deviation("dose before registration", says, planned=planned, done=str(day_1))


def _before_day_1(given: Given) -> Iterator[Found]:
    allowed = _allowed(given)
    if allowed and given.course.day_1 < allowed:
        says = f"began on {given.course.day_1}; the earliest day 1 was {allowed}."
        yield given.deviation("course begun too early", says, planned=f"from {allowed}", done=str(given.course.day_1))


def _allowed(given: Given) -> date | None:
    """The earliest day 1 of the course; none is set for the first."""
    return given.regimen.cycle.after(given.previous.day_1) if given.previous else None


def _late(given: Given) -> Iterator[Found]:
    """Begun after the window of its day 1, and nothing recorded held it on that day or on the day before it began."""
    allowed, day_1 = _allowed(given), given.course.day_1
    if allowed is None:
        return
    latest = allowed + timedelta(days=_window_after_day_1(given))
    if day_1 <= latest or any(_held(given, day) for day in (latest, day_1 - timedelta(days=1))):
        return
    late = (day_1 - latest).days
    says = f"began on {day_1}, {late} days after {latest}, and nothing recorded held it."
    planned = f"{allowed} to {latest}" if latest > allowed else str(allowed)
    yield given.deviation("course begun late", says, planned=planned, done=str(day_1), days_late=late)


def _window_after_day_1(given: Given) -> int:
    """How many days after the planned day 1 the visit of that day may be; none where no visit is planned on it."""
    days = [
        one.encounter.window[1]
        for one in visits(given.case, given.on)
        if one.course == given.course.number and one.encounter.anchor == "course" and one.encounter.day == 1
    ]
    return max(days, default=0)


def _held(given: Given, day: date) -> bool:
    return decide_dose(given.case, given.regimen, day).action == "hold"


def _against_the_rules(given: Given) -> Iterator[Found]:
    """The course was begun though the rules, by what is known now, do not let it, or though a gate had no data."""
    decision, day_1 = given.decision, given.course.day_1
    if decision.action in ("give", "rest", "none") or not _begun_in_time(given):
        return
    said = given.course.decided.said.answer if given.course.decided else ""
    then = f" Then it was said: {said}." if said else ""
    told: dict[str, Any] = {"clause": decision.won or "", "planned": decision.action, "done": f"begun on {day_1}"}
    if decision.action == "wait":
        says = f"begun on {day_1} without the data its gate asks for: {', '.join(decision.missing)}.{then}"
        yield given.deviation("course begun without its gate", says, **told)
    else:
        says = f"begun on {day_1} though the rules say {decision.action}: {decision.reason}.{then}"
        yield given.deviation("course begun against the rules", says, **told)


def _begun_in_time(given: Given) -> bool:
    allowed = _allowed(given)
    return allowed is None or given.course.day_1 >= allowed


def _without_decision(given: Given) -> Iterator[Found]:
    if given.course.decided is None:
        says = "taken without a recorded decision to start the course."
        yield given.deviation("dose without a decision", says, planned="a decision first", done=str(given.course.dose))


def _other_than_derived(given: Given) -> Iterator[Found]:
    """The dose that was decided, against the dose that derives now."""
    decided, derived = given.course.decided, given.decision.dose
    if decided is None or derived is None or given.decision.action != "give":
        return
    way = _compared(given, decided.dose, derived)
    told: dict[str, Any] = {"planned": str(derived), "done": str(decided.dose), "clause": given.decision.won or ""}
    says = f"decided at {decided.dose}; by what is known now the rules give {derived} ({given.decision.reason})."
    if way is None:
        yield _cannot_compare(given, "dose decided above the rules", decided.dose, derived)
    elif way:
        yield given.deviation(f"dose decided {'above' if way > 0 else 'below'} the rules", says, **told)


def _other_than_decided(given: Given) -> Iterator[Found]:
    """Each exposure against the dose decided for the course, or left by the rules on the day it began."""
    decided = given.course.decided.dose if given.course.decided else given.decision.dose
    for exposure in given.course.exposures:
        dose, first = exposure.quantity("dose"), exposure.date_of("first_dose")
        way = _compared(given, dose, decided) if dose and decided else 0
        if way == 0 or (first and first.exact and _is_dose_of_day(given, dose, first.exact)):
            continue
        assert dose is not None and decided is not None
        if way is None:
            yield _cannot_compare(given, "dose above what was decided", dose, decided)
            continue
        kind = f"dose {'above' if way > 0 else 'below'} what was decided"
        told: dict[str, Any] = {"planned": str(decided), "done": str(dose), "event": exposure.event.id}
        told["about"] = f"{given.about}.{exposure.instance}"
        day = first.exact if first and first.exact else given.course.day_1
        yield given.deviation(kind, f"taken at {dose}; {decided} was decided.", on=day, **told)


def _cannot_compare(given: Given, kind: str, dose: Quantity, other: Quantity) -> Untold:
    because = f"{dose} cannot be compared with {other}"
    return Untold(kind, given.course.day_1, because, given.regimen.id, given.about, (f"the dose in {other.unit}",))


def _is_dose_of_day(given: Given, dose: Quantity | None, day: date) -> bool:
    """A course resumed lower has a dose of its own from that day on."""
    said = decide_dose(given.case, given.regimen, day)
    if said.action != "give" or dose is None or said.dose is None:
        return False
    return _compared(given, dose, said.dose) == 0


def _on_a_day_of_rest(given: Given) -> Iterator[Found]:
    last, planned = given.course.last_dose, planned_last_day(given.course.day_1, given.regimen.days.last)
    if last and last > planned:
        says = f"the last dose was taken on {last}; day {given.regimen.days.last} was {planned}."
        told: dict[str, Any] = {"planned": f"to {planned}", "done": f"to {last}", "on": planned + timedelta(days=1)}
        taken: Observation | None = given.course.taken
        event = taken.event.id if taken else given.event
        yield given.deviation("dose on a day of rest", says, event=event, days_late=(last - planned).days, **told)


def _compared(given: Given, dose: Quantity, other: Quantity) -> int | None:
    """1 above, 0 the same, -1 below; None where the two cannot be compared."""
    try:
        difference = Fraction(dose.in_unit(other.unit, given.case.units)) - Fraction(other.value)
    except UnitMismatch:
        return None
    return (difference > 0) - (difference < 0)


COURSE_RULES: tuple[Callable[[Given], Iterator[Found]], ...] = (
    _before_registration,
    _before_day_1,
    _late,
    _against_the_rules,
    _without_decision,
    _other_than_derived,
    _other_than_decided,
    _on_a_day_of_rest,
)
"""What can be wrong with a course."""
