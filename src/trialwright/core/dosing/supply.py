"""What the pharmacist hands out: so many of each strength for the days that are left, or nothing and why.

Handed out is what the dose of the day asks for, put together from the strengths of the site, for the days left in the
course, no more at a time than the protocol lets it and not again before it is used up. Every gate of release must be
met; what is unknown hands out nothing. Read `dispensing`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from trialwright.core.dosing.answers import DoseDecision
from trialwright.core.dosing.capsules import Units, compose, in_words, times
from trialwright.core.dosing.deciding import decide_dose, decide_release, hold_periods
from trialwright.core.ledger import DoseReleased
from trialwright.core.protocol import Regimen
from trialwright.core.subject import Case, known_on, observations
from trialwright.core.terms import Because, Quantity, UnitMismatch, UnitTable, Verdict

_COUNTED = re.compile(r"(\d+) x (\S.*)")


@dataclass(frozen=True)
class Dispensing:
    """What is handed out on a day, or that nothing is and for which reasons.

    `intake` are the capsules of one intake, `total` those for all `days`; both empty where the protocol names no
    strengths. `before` are the days of the course for which drug was handed out already. `refused` says why nothing is
    handed out, each reason with its clause; `missing` names what is not known.
    """

    drug: str
    course: int | None
    dose: Quantity | None = None
    per_day: int = 0
    days: int = 0
    first_day: date | None = None
    last_day: date | None = None
    intake: Units = field(default_factory=dict)
    total: Units = field(default_factory=dict)
    before: int = 0
    because: tuple[Because, ...] = ()
    refused: tuple[Because, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether anything is handed out."""
        return not self.refused

    def __str__(self) -> str:
        if self.refused:
            return f"hand out no {self.drug}: {'; '.join(one.saw for one in self.refused)}"
        units = f": {in_words(self.total)} ({in_words(self.intake)} at each intake)" if self.total else ""
        return f"{self.drug} {self.dose} for {self.days} days, {self.first_day} to {self.last_day}{units}"


def dispensing(case: Case, regimen: Regimen, on: date) -> Dispensing:
    """What to hand out of a drug on a day: capsules of each strength for the days left, or why nothing."""
    decision = decide_dose(case, regimen, on)
    refused = [*_not_due(decision), *_gates(case, regimen, on)]
    missing = tuple(dict.fromkeys([*decision.missing, *_gates_missing(case, regimen, on)]))
    if refused or decision.dose is None or decision.first_day is None or decision.last_day is None:
        return Dispensing(decision.drug, decision.course, refused=tuple(refused), missing=missing)
    days = _days(case, regimen, decision, on)
    first = days[0] if days else None
    last = first + timedelta(days=len(days) - 1) if first else None
    intake = _intake(case, regimen, decision.dose, on)
    refused += [
        *_in_hand(case, regimen, decision, on, days),
        *_cannot_compose(case, regimen, decision.dose, intake, on),
    ]
    counted = times(intake, len(days) * regimen.frequency.per_day) if intake else {}
    return Dispensing(
        drug=regimen.drug,
        course=decision.course,
        dose=decision.dose,
        per_day=regimen.frequency.per_day,
        days=0 if refused else len(days),
        first_day=None if refused else first,
        last_day=None if refused else last,
        intake=intake or {},
        total={} if refused else counted,
        before=sum(one.days for one in released(case, regimen, decision.course, on)),
        because=decision.because + _supply_words(regimen),
        refused=tuple(refused),
        missing=missing,
    )


def released(case: Case, regimen: Regimen, course: int | None, on: date) -> tuple[DoseReleased, ...]:
    """What was handed out of the drug for a course up to a day."""
    found = known_on(case.record, on).of_kind(DoseReleased)
    return tuple(one for one in found if (one.drug, one.course) == (regimen.drug, course))


def counted(case: Case, regimen: Regimen, one: DoseReleased) -> Units | None:
    """How many of each strength were handed out: as counted then, else as the dose is put together; None if neither."""
    if one.capsules:
        found = [match for text in one.capsules if (match := _COUNTED.fullmatch(text))]
        return {Quantity.parse(match[2]): int(match[1]) for match in found}
    intake = _intake(case, regimen, one.dose, one.occurred)
    return times(intake, one.days * regimen.frequency.per_day) if intake else None


def _intake(case: Case, regimen: Regimen, dose: Quantity, on: date) -> Units | None:
    return composed(dose, regimen.strengths_at(case.record.site_on(on), on), case.units)


def composed(dose: Quantity, strengths: Sequence[Quantity], units: UnitTable) -> Units | None:
    """The capsules of one intake; None where they cannot be put together, or their units do not compare."""
    try:
        return compose(dose, strengths, units)
    except UnitMismatch:
        return None


# --- why nothing is handed out ---------------------------------------------------------------------------------------


def _not_due(decision: DoseDecision) -> Iterator[Because]:
    if decision.action != "give":
        words = decision.because[0].words if decision.because else ""
        yield Because(decision.won or "", words, f"no dose is due: {decision.action}, {decision.reason}".rstrip(", "))


def _gates(case: Case, regimen: Regimen, on: date) -> Iterator[Because]:
    for gate in decide_release(case, regimen, on):
        if gate.verdict is not Verdict.MET:
            clause = case.protocol.clause(gate.clause)
            saw = f"{gate.clause} is {gate.verdict.value}: {gate.saw}"
            yield Because(gate.clause, clause.words if clause else "", saw)


def _gates_missing(case: Case, regimen: Regimen, on: date) -> list[str]:
    return [item for gate in decide_release(case, regimen, on) for item in gate.missing]


def _days(case: Case, regimen: Regimen, decision: DoseDecision, on: date) -> tuple[date, ...]:
    """The days of dosing that are left and for which no drug of this dose is in hand, as many as may be handed out."""
    assert decision.first_day and decision.last_day
    first, last = max(on, decision.first_day), decision.last_day
    start = max(first, _in_hand_until(case, regimen, decision, on) + timedelta(days=1))
    number = max((last - start).days + 1, 0)
    most = regimen.supply.at_most.after(on) if regimen.supply else date.max
    return tuple(day for step in range(number) if (day := start + timedelta(days=step)) < most)


def _in_hand_until(case: Case, regimen: Regimen, decision: DoseDecision, on: date) -> date:
    """The last day for which drug of this dose is in hand; a dose that changed since is handed out anew.

    A day on which the drug was held or rested used nothing up; what was returned is not in hand.
    """
    back = _days_returned(case, regimen, decision, on)
    same = [one for one in released(case, regimen, decision.course, on) if _same(one.dose, decision.dose, case.units)]
    held = [(one.since, one.until or on) for one in hold_periods(case, regimen, on)]
    begun = [one.day_1 for one in case.courses(on, regimen.drug) if one.number == decision.course]
    in_hand, last = 0, min((one.occurred for one in same), default=on)
    for day in (last + timedelta(days=step) for step in range((on - last).days)):
        in_hand += sum(one.days for one in same if one.occurred == day)
        in_hand = max(in_hand - back.get(day, 0), 0)
        dosing = any((day - day_1).days + 1 in regimen.days for day_1 in begun)
        if dosing and not any(since <= day < until for since, until in held):
            in_hand = max(in_hand - 1, 0)
    in_hand = max(in_hand + sum(one.days for one in same if one.occurred == on) - back.get(on, 0), 0)
    return max(on, decision.first_day or on) + timedelta(days=in_hand - 1)


def _days_returned(case: Case, regimen: Regimen, decision: DoseDecision, on: date) -> Mapping[date, int]:
    """For how many days of this dose capsules of the course came back, by the day they did."""
    intake = _intake(case, regimen, decision.dose, on) if decision.dose else None
    if not intake:
        return {}
    back: dict[date, Counter[Quantity]] = {}
    for one in observations(case.record, "drug_return", on):
        strength, number = one.quantity("strength"), one.quantity("capsules")
        mine = (one.text("drug"), one.text("course")) == (regimen.drug, str(decision.course))
        if mine and strength and number:
            back.setdefault(one.on.latest, Counter())[strength] += int(number.value)
    a_day = times(intake, regimen.frequency.per_day)
    return {day: min(units[one] // count for one, count in a_day.items()) for day, units in back.items()}


def _same(dose: Quantity, other: Quantity | None, units: UnitTable) -> bool:
    try:
        return other is not None and dose.in_unit(other.unit, units) == other.value
    except UnitMismatch:
        return False


def _in_hand(case: Case, regimen: Regimen, decision: DoseDecision, on: date, days: Sequence[date]) -> Iterator[Because]:
    """Drug for all the days left is in hand; or for some of them, and no more is handed out before it is used up."""
    until = _in_hand_until(case, regimen, decision, on)
    supply, more = regimen.supply, decision.last_day is not None and until < decision.last_day
    if not days or (until >= on and supply and not supply.refills):
        clause = supply if supply and more else regimen
        saw = f"drug for the days to {until} of course {decision.course} was handed out already"
        yield Because(clause.id, clause.words, saw)


def _cannot_compose(case: Case, regimen: Regimen, dose: Quantity, intake: Units | None, on: date) -> Iterator[Because]:
    if regimen.strengths and intake is None:
        had = ", ".join(str(one) for one in regimen.strengths_at(case.record.site, on)) or "no strength"
        saw = f"{dose} cannot be put together at {case.record.site} on {on}: {had} can be had"
        yield Because(regimen.id, regimen.words, saw)


def _supply_words(regimen: Regimen) -> tuple[Because, ...]:
    supply = regimen.supply
    return (Because(supply.id, supply.words, f"no more than {supply.at_most} at a time"),) if supply else ()
