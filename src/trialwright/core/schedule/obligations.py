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
    facts, anchors = case.facts(on), case.anchors(on)
    applies = judge_condition(obligation.applies_when, facts)
    promised = judge_condition(Ask(obligation.commitment), facts)
    first, last = anchors.get("first_dose"), anchors.get("last_dose")
    ended = last if "end_of_treatment" in anchors else None
    start = obligation.before.before(first) if first and obligation.before else first
    until = obligation.after.after(ended) if ended and obligation.after else ended
    earliest = _earliest_first_dose(obligation, promised.verdict, [one.on for one in promised.evidence])
    saw = f"from {start or 'the first dose'} until {until or 'after the last dose'}; {applies.why or 'for everyone'}"
    because = (Because(obligation.id, obligation.words, saw),)
    return Duty(obligation, applies.verdict, promised.verdict, start, until, earliest, because)


def _earliest_first_dose(obligation: Obligation, promised: Verdict, days: list[str]) -> date | None:
    if promised is not Verdict.MET or obligation.before is None or not days:
        return None
    return obligation.before.after(max(PartialDate.parse(day).latest for day in days))
