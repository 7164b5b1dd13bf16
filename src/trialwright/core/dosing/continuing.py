"""Whether treatment goes on after an assessment, by the continuation rules of the protocol.

A rule that takes off treatment applies as soon as it is met. Courses counted from a response count from the course at
whose end it was first documented; a response that the next assessment does not confirm no longer counts. What is
unknown is undecided once the course is over: going on is then nobody's decision. Read `continuation_by_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.dosing.answers import ContinuationDecision
from trialwright.core.dosing.evidence import Data
from trialwright.core.dosing.judging import judged
from trialwright.core.protocol import Continuation, Regimen
from trialwright.core.subject import Case, Course, planned_last_day
from trialwright.core.terms import Answer, Because, Response, Verdict


@dataclass(frozen=True)
class _Question:
    """Does treatment go on after these courses, by the data of this day?"""

    data: Data
    on: date
    courses: tuple[Course, ...]

    @property
    def rules(self) -> tuple[Continuation, ...]:
        return self.data.case.protocol.continuation

    @property
    def number(self) -> int:
        return max((course.number for course in self.courses), default=0)

    @property
    def due(self) -> bool:
        """A decision is due once no course is under way."""
        return all(self.on >= regimen.cycle.after(course.day_1) for course, regimen in self._last_of_each())

    @property
    def doses_over(self) -> bool:
        """The last day of dosing of the latest courses is behind."""
        return all(
            self.on > planned_last_day(course.day_1, regimen.days.last) for course, regimen in self._last_of_each()
        )

    def _last_of_each(self) -> list[tuple[Course, Regimen]]:
        last = {course.drug: course for course in self.courses}
        regimens = self.data.case.protocol.regimens_of(self.data.case.record.arm)
        return [(last[regimen.drug], regimen) for regimen in regimens if regimen.drug in last]

    def in_time(self, rule: Continuation) -> bool:
        """A rule for after so many courses waits for them."""
        after = rule.decide_after_course
        return after is None or self.number > after or (self.number == after and self.doses_over)


def continuation_by_rules(
    case: Case, on: date, data: Data | None = None, courses: tuple[Course, ...] | None = None
) -> ContinuationDecision:
    """What the rules of continuation say: off treatment wins, then undecided, then may continue, then continue."""
    given = case.courses(on) if courses is None else courses
    question = _Question(data or Data.of(case, on), on, given)
    if not given:
        return ContinuationDecision("continue", "no course has been given yet")
    answers = [(rule, judged(question.data, rule.when, on)) for rule in question.rules]
    return (
        _off_treatment(question, answers)
        or _count_reached(question)
        or _undecided(question, answers)
        or _going_on(question, answers)
    )


def _off_treatment(question: _Question, answers: list[tuple[Continuation, Answer]]) -> ContinuationDecision | None:
    for rule, answer in answers:
        if _takes_off(rule) and answer.verdict is Verdict.MET and question.in_time(rule):
            return ContinuationDecision(
                "off treatment", rule.off_treatment or "", 0, (Because(rule.id, rule.words, answer.why),)
            )
    return None


def _takes_off(rule: Continuation) -> bool:
    return rule.off_treatment is not None and rule.courses_more is None


def _count_reached(question: _Question) -> ContinuationDecision | None:
    for rule, last, why in _counted(question):
        if question.number > last or (question.number == last and question.doses_over):
            return ContinuationDecision(
                "off treatment", rule.off_treatment or "completed", 0, (Because(rule.id, rule.words, why),)
            )
    return None


def _counted(question: _Question) -> list[tuple[Continuation, int, str]]:
    """Each rule that counts courses, the last course it allows, and since when it counts."""
    found = []
    for rule in question.rules:
        first = _documented(question, rule) if rule.courses_more is not None else None
        before = [course for course in question.courses if first and course.day_1 < first]
        if first and before:
            number = max(course.number for course in before)
            why = f"first documented on {first}, at the end of course {number}"
            found.append((rule, number + (rule.courses_more or 0), why))
    return found


def _documented(question: _Question, rule: Continuation) -> date | None:
    """The day the response was first documented that is confirmed, or that nothing speaks against yet."""
    confirm = question.data.case.protocol.response
    apart = timedelta(days=confirm.confirm_after_days if confirm else 0)
    for first, last, going in _runs(question, rule):
        if going or last - first >= apart:
            return first
    return None


def _runs(question: _Question, rule: Continuation) -> list[tuple[date, date, bool]]:
    """Assessments in a row at which the rule is met: first, last, and whether it still is; unknown ones are passed."""
    runs: list[tuple[date, date, bool]] = []
    for day in sorted({day for day, response in question.data.case.assessed if day <= question.on}):
        verdict = judged(question.data, rule.when, day).verdict
        going = bool(runs) and runs[-1][2]
        if verdict is Verdict.MET:
            runs = [*runs[:-1], (runs[-1][0], day, True)] if going else [*runs, (day, day, True)]
        elif verdict is Verdict.NOT_MET and going:
            runs[-1] = (runs[-1][0], runs[-1][1], False)
    return runs


def _undecided(question: _Question, answers: list[tuple[Continuation, Answer]]) -> ContinuationDecision | None:
    if not question.due:
        return None
    unknown = [
        (rule, answer)
        for rule, answer in answers
        if _takes_off(rule) and answer.verdict is Verdict.UNKNOWN and question.in_time(rule)
    ]
    because = tuple(Because(rule.id, rule.words, answer.why) for rule, answer in unknown)
    missing = tuple(dict.fromkeys(item for _, answer in unknown for item in answer.missing or (answer.why,)))
    lacking = _decision_without_response(question)
    if not unknown and not lacking:
        return None
    return ContinuationDecision(
        "undecided",
        f"whether treatment goes on after course {question.number} cannot be told yet",
        None,
        because
        + tuple(Because(rule.id, rule.words, "no response is known since the last course began") for rule in lacking),
        missing or ("response assessment",),
    )


def _decision_without_response(question: _Question) -> list[Continuation]:
    """A decision after so many courses needs a response assessed since the last of them began, or a flare then."""
    facts = question.data.on(question.on)
    begun = max((course.day_1 for course in question.courses), default=question.on)
    since = [one for one in facts.responses() if one[0] > begun]
    known = any(response is not Response.NE or facts.may_be_flare(day) for day, response in since)
    decides = [rule for rule in question.rules if rule.decide_after_course is not None and question.in_time(rule)]
    return [] if known else decides


def _going_on(question: _Question, answers: list[tuple[Continuation, Answer]]) -> ContinuationDecision:
    counted = _counted(question)
    if counted:
        rule, last, why = counted[0]
        left = last - question.number
        return ContinuationDecision("continue", f"{left} more after this", left, (Because(rule.id, rule.words, why),))
    leaving = [(rule, one) for rule, one in answers if rule.may_continue and question.in_time(rule)]
    allowed = [(rule, one) for rule, one in leaving if one.verdict is Verdict.MET]
    because = tuple(Because(rule.id, rule.words, one.why) for rule, one in allowed)
    if allowed:
        return ContinuationDecision("may continue", "the protocol leaves it to subject and investigator", None, because)
    when = "nothing speaks against it" if question.due else f"course {question.number} is under way"
    return ContinuationDecision("continue", when)
