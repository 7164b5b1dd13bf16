"""What is looked at for the answer of a day: rules, gates of a course, limits of treatment, and delays, in words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from trialwright.core.conditions import Condition
from trialwright.core.dosing.amounts import Amounts
from trialwright.core.dosing.answers import ContinuationDecision, DoseDecision, LookedAt, RuleOutcome
from trialwright.core.dosing.continuing import continuation_by_rules
from trialwright.core.dosing.evidence import Data
from trialwright.core.dosing.judging import judged, untreated, verdict_on
from trialwright.core.dosing.replay import Standing
from trialwright.core.protocol import CourseGate, CourseLimit, DoseAction, DoseRule, Regimen
from trialwright.core.subject import Case, Course, planned_last_day
from trialwright.core.terms import Answer, Because, Quantity, Verdict


@dataclass(frozen=True)
class View:
    """One regimen of one case on one day: the courses so far and what stands after replaying them."""

    case: Case
    regimen: Regimen
    on: date
    data: Data
    amounts: Amounts
    standing: Standing
    courses: tuple[Course, ...]

    @property
    def last(self) -> Course | None:
        """The last course begun."""
        return self.courses[-1] if self.courses else None

    @property
    def next_day_1(self) -> date | None:
        """The first day on which the next course may start: one cycle after the actual day 1 of the last."""
        return self.regimen.cycle.after(self.last.day_1) if self.last else None

    @property
    def in_course(self) -> bool:
        """Whether the last course is under way."""
        return self.next_day_1 is not None and self.on < self.next_day_1

    @property
    def course(self) -> int:
        """The number of the course that the answer is about."""
        return (self.last.number if self.last else 0) + (0 if self.in_course else 1)

    @property
    def day(self) -> int:
        """The day of the course under way."""
        return self.last.day(self.on) if self.last else 0

    @property
    def least(self) -> Quantity:
        """The least dose."""
        return self.amounts.dose(self.amounts.floor)

    @cached_property
    def continuation(self) -> ContinuationDecision:
        """Whether treatment goes on, by the courses before this answer."""
        courses = self.case.courses(self.on) if self.in_course else self.data.courses_before(self.on)
        return continuation_by_rules(self.case, self.on, self.data, courses)

    def gates_of(self, day: date) -> tuple[Gate, ...]:
        """Every gate that asks something of the course that would start on a day; none in a course."""
        return () if self.in_course else gates_of(self.regimen, self.data, day, self.last is None)

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        """Those of this day."""
        return self.gates_of(self.on)

    def looked_at(self) -> tuple[RuleOutcome, ...]:
        """Every rule, gate and limit."""
        gates = tuple(one.outcome() for one in self.gates)
        return rule_outcomes(self) + gates + (() if self.in_course else limit_outcomes(self))

    def next_look(self, since: date | None) -> date | None:
        """When to count again: steps of the delay since the dose is withheld, or since something was recorded later."""
        if self.regimen.delay is None:
            return None
        looked = bisect_right(self.data.days, self.on)
        day = max(filter(None, (since, self.data.days[looked - 1] if looked else None)), default=self.on)
        while day <= self.on:
            day = self.regimen.delay.by.after(day)
        return day

    def words(self, saw: str) -> tuple[Because, ...]:
        """The regimen's own words as the reason, each quote by itself."""
        quotes = self.regimen.quotes or (self.regimen.words,)
        return tuple(Because(self.regimen.id, quote, saw) for quote in quotes)

    def because_of(self, outcome: RuleOutcome) -> Because:
        """An outcome as a reason."""
        clause = self.case.protocol.clause(outcome.clause)
        return Because(outcome.clause, clause.words if clause else "", outcome.saw)

    def answer(self, action: str, because: tuple[Because, ...], **others: Any) -> DoseDecision:
        """The answer of the day, with everything that was looked at."""
        day = self.day if self.in_course else None
        return DoseDecision(
            action, self.regimen.drug, self.course, because=because, fired=LookedAt(self.looked_at), day=day, **others
        )


def rule_outcomes(view: View) -> tuple[RuleOutcome, ...]:
    """Each dose rule as it stands: met where it opened, lowered or stopped something in this course, else as today."""
    return tuple(_rule_outcome(view, rule, view.standing.answer(rule)) for rule in view.regimen.rules)


def _rule_outcome(view: View, rule: DoseRule, answer: Answer) -> RuleOutcome:
    standing = view.standing
    places = (standing.open, standing.lowering, standing.keeping)
    firing = next((place[rule.id] for place in places if rule.id in place), None)
    if standing.stopped and standing.stopped.rule.id == rule.id:
        firing = standing.stopped
    if firing:
        verdict = Verdict.MET if firing.told else Verdict.UNKNOWN
        return RuleOutcome(rule.id, verdict, action_words(rule.then), f"since {firing.since}: {firing.saw}")
    return RuleOutcome(rule.id, answer.verdict, action_words(rule.then), answer.why, answer.missing)


def action_words(then: DoseAction) -> str:
    """What a rule does, in words."""
    if then.stop is not None:
        return f"stop: {then.stop}"
    if then.hold is not None:
        lower = then.hold.resume_lower_by
        return f"hold, then resume {lower} lower" if lower else "hold"
    if then.reduce_by is not None:
        return f"reduce by {then.reduce_by}"
    if then.cap is not None:
        return f"no step up above {then.cap}"
    return "no step up" if then.no_step_up else f"warn: {then.warn}"


@dataclass(frozen=True)
class Gate:
    """One gate on one day: its verdict, and its words where they are asked for."""

    gate: CourseGate
    when: Condition
    data: Data
    day: date
    action: str

    @cached_property
    def verdict(self) -> Verdict:
        """Whether it is met."""
        return verdict_on(self.data, self.when, self.day)

    def outcome(self) -> RuleOutcome:
        """The gate with what was seen and what is missing."""
        answer = judged(self.data, self.when, self.day)
        return RuleOutcome(self.gate.id, answer.verdict, self.action, answer.why, answer.missing)


def gates_of(regimen: Regimen, data: Data, day: date, first: bool) -> tuple[Gate, ...]:
    """The gates for starting the next course and for handing out its drug, on a day."""
    return (
        *_gates(regimen.start_course_when, data, day, first, "start only when this holds"),
        *release_gates(regimen, data, day, first),
    )


def release_gates(regimen: Regimen, data: Data, day: date, first: bool) -> tuple[Gate, ...]:
    """The gates for handing out the drug."""
    return _gates(regimen.release_when, data, day, first, "release only when this holds")


def _gates(asked: Sequence[CourseGate], data: Data, day: date, first: bool, action: str) -> tuple[Gate, ...]:
    """Each gate on a day; one that is not for the first course is left out before it."""
    before_any = not data.courses_before(day)
    return tuple(
        Gate(gate, untreated(data, gate.when) if before_any else gate.when, data, day, action)
        for gate in asked
        if gate.first_course or not first
    )


def limit_outcomes(view: View) -> tuple[RuleOutcome, ...]:
    """Each limit of treatment: met where the next course may not start any more."""
    return tuple(_limit_outcome(view, limit) for limit in view.regimen.limits)


def _limit_outcome(view: View, limit: CourseLimit) -> RuleOutcome:
    reached, saw = False, "not reached"
    courses = view.data.courses_before(view.on)
    if limit.courses is not None and view.course > limit.courses:
        reached, saw = True, f"course {view.course} would be more than {limit.courses} courses"
    if limit.within is not None and courses:
        end = limit.within.after(courses[0].day_1)
        last_day = planned_last_day(view.on, limit.last_day or view.regimen.days.last)
        saw = saw if reached else f"its last day {last_day} against {limit.within} from {courses[0].day_1}: {end}"
        reached = reached or last_day > end
    return RuleOutcome(limit.id, Verdict.of(reached), f"no further course: {limit.reason}", saw)


def too_late(view: View) -> str | None:
    """Why the course may no longer start, where a gate or a hold delayed it for longer than the protocol lets it.

    A subject who merely comes late was delayed by neither, and is not taken off treatment for it.
    """
    delay, due = view.regimen.delay, view.next_day_1
    if delay is None or due is None or view.on <= delay.at_most.after(due):
        return None
    held = view.standing.open or (view.standing.resumed and view.standing.resumed > due)
    if not held and not _not_met(view.gates) and not _put_off(view)[1]:
        return None
    return f"course {view.course} was due on {due} and is delayed by more than {delay.at_most}"


def delayed_until(view: View) -> tuple[tuple[RuleOutcome, ...], date | None] | None:
    """The gates that keep the course from starting and when to look again; None where none does.

    A course put off on a day waits one step of the delay, whatever gate passes or fails in between.
    """
    failed = _not_met(view.gates)
    earliest, why = _put_off(view)
    if earliest and view.on < earliest:
        return failed or why, earliest
    return (failed, view.next_look(earliest or view.next_day_1)) if failed else None


def _put_off(view: View) -> tuple[date | None, tuple[RuleOutcome, ...]]:
    """Until when the days before this one put the course off, and by which gates."""
    delay, due = view.regimen.delay, view.next_day_1
    if delay is None or due is None:
        return None, ()
    earliest = due
    why: tuple[RuleOutcome, ...] = ()
    for day in sorted({due, *(one for one in view.data.days if due < one < view.on)}):
        failed = _not_met(view.gates_of(day)) if earliest <= day < view.on else ()
        if failed:
            earliest, why = delay.by.after(day), failed
    return (earliest, why) if why else (None, ())


def _not_met(gates: tuple[Gate, ...]) -> tuple[RuleOutcome, ...]:
    return tuple(one.outcome() for one in gates if one.verdict is Verdict.NOT_MET)
