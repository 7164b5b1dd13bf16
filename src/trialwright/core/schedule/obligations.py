"""Duties of the subject around treatment, such as contraception: whom they bind, from when and until when.

The duty begins `before` the first dose and ends `after` the last one; while treatment goes on it has no end. A duty
with a time before treatment holds the first dose back: it cannot be earlier than that time after the promise.
Read `duties`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialwright.core.conditions import Ask, judge_condition
from trialwright.core.protocol import Obligation
from trialwright.core.subject import Case
from trialwright.core.terms import Because, PartialDate, Verdict


@dataclass(frozen=True)
class Duty:
    """One duty of one subject: whether it applies, whether it was promised, and the days it runs.

    `earliest_first_dose` is the first day on which the time before treatment has passed since the promise.
    """

    obligation: Obligation
    applies: Verdict
    promised: Verdict
    start: date | None
    until: date | None
    earliest_first_dose: date | None
    because: tuple[Because, ...] = ()

    def holds_on(self, day: date) -> Verdict:
        """Whether the subject is bound on a day; unknown where it is not known whether the duty applies at all."""
        running = self.start is not None and self.start <= day and (self.until is None or day <= self.until)
        return self.applies & Verdict.of(running)


def duties(case: Case, on: date) -> tuple[Duty, ...]:
    """Every duty of the protocol for a subject, as it stands on a day."""
    return tuple(_duty(one, case, on) for one in case.protocol.obligations)


def _duty(obligation: Obligation, case: Case, on: date) -> Duty:
    facts, first = case.facts(on), case.anchors(on).get("first_dose")
    applies = judge_condition(obligation.applies_when, facts)
    promised = judge_condition(Ask(obligation.commitment), facts)
    start = obligation.before.before(first) if first and obligation.before else first
    until, told = _until(obligation, case, on)
    earliest = _earliest_first_dose(obligation, promised.verdict, [one.on for one in promised.evidence])
    saw = f"from {start or 'the first dose'} until {told}; {applies.why or 'for everyone'}"
    because = (Because(obligation.id, obligation.words, saw),)
    return Duty(obligation, applies.verdict, promised.verdict, start, until, earliest, because)


def _until(obligation: Obligation, case: Case, on: date) -> tuple[date | None, str]:
    """The last day of the duty and how that is told; no day while treatment goes on or the last dose is not known.

    A subject who died is bound no longer, and one who was never treated is free once treatment has ended.
    """
    anchors, died = case.anchors(on), case.died(on)
    ended, last = anchors.get("end_of_treatment"), anchors.get("last_dose")
    after = f"{obligation.after} after the last dose" if obligation.after else "the last dose"
    if died:
        return died, f"the death on {died}"
    if ended is None:
        return None, after
    if last is None:
        return (None, f"{after}, whose day is not recorded") if case.courses(on) else (ended, f"{ended}: never treated")
    until = obligation.after.after(last) if obligation.after else last
    return until, str(until)


def _earliest_first_dose(obligation: Obligation, promised: Verdict, days: list[str]) -> date | None:
    if promised is not Verdict.MET or obligation.before is None or not days:
        return None
    return obligation.before.after(max(PartialDate.parse(day).latest for day in days))
