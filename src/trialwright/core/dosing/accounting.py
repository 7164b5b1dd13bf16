"""Capsules of each course: handed out, returned, reported taken, and what is left over when they are counted.

A difference is a finding to look into, not an accusation. What was not returned or not reported is unknown and asked
for once the course is over; nothing is taken for granted. Read `account_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.core.dosing.capsules import Units, in_words, times
from trialwright.core.dosing.intensity import days_taken
from trialwright.core.dosing.supply import composed, counted, released
from trialwright.core.protocol import Regimen
from trialwright.core.subject import Case, Course, Observation, observations, planned_last_day
from trialwright.core.terms import Finding, Quantity, Severity


@dataclass(frozen=True)
class CourseAccount:
    """The capsules of one course by strength; None is not known. `difference` is what nobody accounts for."""

    drug: str
    course: int
    dispensed: Units | None
    returned: Units | None
    taken: Units | None
    difference: Mapping[Quantity, int] | None
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def account_of(case: Case, regimen: Regimen, on: date) -> tuple[CourseAccount, ...]:
    """Every course of a drug for which capsules were handed out or returned by a day; none without strengths."""
    begun = {one.number: one for one in case.courses(on, regimen.drug)}
    back = _returns(case, regimen, on)
    handed_out = {number for number in begun if released(case, regimen, number, on)}
    return tuple(
        _account(case, regimen, number, begun.get(number), back.get(number, []), on)
        for number in sorted(begun.keys() | back.keys())
        if number in back or (number in handed_out and regimen.strengths)
    )


def _account(
    case: Case, regimen: Regimen, number: int, course: Course | None, back: Sequence[Observation], on: date
) -> CourseAccount:
    dispensed = _total(counted(case, regimen, one) for one in released(case, regimen, number, on))
    returned = _total(_returned(one) for one in back) if back else None
    taken = _taken(case, regimen, course)
    known = dispensed is not None and returned is not None and taken is not None
    difference = _less(_less(dispensed or {}, returned or {}), taken or {}) if known else None
    account = CourseAccount(regimen.drug, number, dispensed, returned, taken, difference)
    missing = tuple(_missing(case, regimen, account, course, on))
    return CourseAccount(**{**vars(account), "missing": missing, "findings": tuple(_findings(regimen, account))})


def _returns(case: Case, regimen: Regimen, on: date) -> Mapping[int, Sequence[Observation]]:
    """What was brought back of a drug, by its course; a record that names none is of no course."""
    found: dict[int, list[Observation]] = {}
    for one in observations(case.record, "drug_return", on):
        number = _course(one)
        if one.text("drug") == regimen.drug and number is not None:
            found.setdefault(number, []).append(one)
    return found


def _course(one: Observation) -> int | None:
    text = one.text("course")
    return int(text) if text.isdigit() else None


def _returned(one: Observation) -> Units | None:
    """What came back; a record without its strength or number is not counted."""
    strength, number = one.quantity("strength"), one.quantity("capsules")
    return {strength: int(number.value)} if strength and number else None


def _total(each: Iterator[Units | None]) -> Units | None:
    """All of them together; None where one of them is not known."""
    told = list(each)
    total: Counter[Quantity] = Counter()
    for one in told:
        total.update(one or {})
    return None if None in told else dict(total)


def _taken(case: Case, regimen: Regimen, course: Course | None) -> Units | None:
    """What was reported taken: the days of each exposure, each intake put together as it can be at the site."""
    if course is None or not course.exposures:
        return None
    return _total(_taken_of(case, regimen, one) for one in course.exposures)


def _taken_of(case: Case, regimen: Regimen, one: Observation) -> Units | None:
    dose, days = one.quantity("dose"), days_taken(one)
    if days is None or dose is None:
        return None
    intake = composed(dose, _at_hand(case, regimen, one), case.units)
    nothing: Units | None = {} if not days or not dose.value else None
    return times(intake, days * regimen.frequency.per_day) if intake else nothing


def _at_hand(case: Case, regimen: Regimen, one: Observation) -> tuple[Quantity, ...]:
    """The strengths that could be had on the first day of an exposure, at the site of that day."""
    first = (one.date_of("first_dose") or one.on).latest
    return regimen.strengths_at(case.record.site_on(first), first)


def _less(units: Mapping[Quantity, int], fewer: Mapping[Quantity, int]) -> dict[Quantity, int]:
    return {one: units.get(one, 0) - fewer.get(one, 0) for one in {**units, **fewer}}


def _missing(case: Case, regimen: Regimen, account: CourseAccount, course: Course | None, on: date) -> Iterator[str]:
    """What is asked for once the days of dosing are over."""
    over = course is None or on > planned_last_day(course.day_1, regimen.days.last)
    name = f"course {account.course} of {regimen.drug}"
    if over and account.returned is None:
        yield f"what was returned of {name}, each strength (none is an answer)"
    if over and account.taken is None:
        yield from _untold(case, regimen, course, name)
    if account.dispensed is None:
        yield f"what was handed out for {name}"


def _untold(case: Case, regimen: Regimen, course: Course | None, name: str) -> Iterator[str]:
    """Why nobody can tell how many capsules were taken: no days, no dose, or a dose that no capsules make up."""
    if course is None or not course.exposures:
        yield f"days on which {name} was taken"
    asked: dict[str, None] = {}
    for one in course.exposures if course else ():
        dose, strengths = one.quantity("dose"), _at_hand(case, regimen, one)
        if days_taken(one) is None:
            asked[f"days on which {name} was taken"] = None
        if dose is None:
            asked[f"dose at which {name} was taken"] = None
        elif dose.value and not composed(dose, strengths, case.units):
            had = ", ".join(str(each) for each in strengths) or "no strength"
            asked[f"how {dose} of {name} was taken: it cannot be put together, {had} could be had"] = None
    yield from asked


def _findings(regimen: Regimen, account: CourseAccount) -> Iterator[Finding]:
    more = {one: -left for one, left in _less(account.dispensed or {}, account.returned or {}).items() if left < 0}
    if account.dispensed is not None and account.returned is not None and more:
        says = f"{in_words(more)} more came back than were handed out"
        yield _finding(regimen, account, says, "Count again, and look whether they belong to another course.")
    elif account.difference and any(account.difference.values()):
        told = "; ".join(_left_over(one, left) for one, left in account.difference.items() if left)
        yield _finding(regimen, account, told, "Count again and ask; a missed day or a lost unit explains it.")


def _left_over(strength: Quantity, left: int) -> str:
    told = "not accounted for" if left > 0 else "more taken or returned than handed out"
    return f"{abs(left)} x {strength} {told}"


def _finding(regimen: Regimen, account: CourseAccount, says: str, do: str) -> Finding:
    counts = (("handed out", account.dispensed), ("returned", account.returned), ("reported taken", account.taken))
    told = ", ".join(f"{word} {in_words(units)}" for word, units in counts if units is not None)
    return Finding(
        about=f"{regimen.drug} course {account.course}",
        says=f"{regimen.drug} course {account.course}: {says} ({told}).",
        matters="The dose taken is known only as far as what was handed out is accounted for.",
        do=do,
        clause=regimen.id,
        severity=Severity.WARNING,
    )
