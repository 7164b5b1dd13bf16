"""The answer of a day: in a course, the days' dose, rest, hold or stop; between courses, whether the next may start.

`IN_COURSE` and `AT_START` are the tables of contents: questions in the order of what is most restrictive; the first
that answers decides. Every rule, gate and limit that was looked at is listed in the answer. Read `decide_dose`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from trialwright.core.dosing.amounts import Amounts
from trialwright.core.dosing.answers import ContinuationDecision, DoseDecision, HoldPeriod, RuleOutcome
from trialwright.core.dosing.continuing import continuation_by_rules
from trialwright.core.dosing.evidence import Data
from trialwright.core.dosing.looking import (
    View,
    delayed_until,
    limit_outcomes,
    release_gates,
    too_late,
)
from trialwright.core.dosing.next_dose import dose_words, missing_data, next_amount, unknown_that_matter
from trialwright.core.dosing.replay import Firing, Replay, Standing, replay
from trialwright.core.protocol import Regimen
from trialwright.core.subject import (
    Case,
    Course,
    in_words,
    known_on,
    labels_of,
    planned_last_day,
    treatment_over,
    why_left,
)
from trialwright.core.terms import Because, UnitMismatch, Verdict


def decide_dose(case: Case, regimen: Regimen, on: date) -> DoseDecision:
    """What to do about this drug on this day, with every clause that says so."""
    key = ("dose", regimen.id, regimen.drug, on)
    if key not in case.memo:
        decision = _outside(case, regimen, on) or _by_the_rules(case, regimen, on)
        case.memo[key] = replace(decision, frequency=regimen.frequency.value, route=regimen.route)
    found: DoseDecision = case.memo[key]
    return found


def _by_the_rules(case: Case, regimen: Regimen, on: date) -> DoseDecision:
    try:
        data, amounts, standing, _ = _replayed(case, regimen, on)
        return _decide(View(case, regimen, on, data, amounts, standing, case.courses(on, regimen.drug)))
    except UnitMismatch as problem:
        return _unreadable(regimen, str(problem))


def decided_before_courses(case: Case, regimen: Regimen, on: date) -> Mapping[int, tuple[Course, DoseDecision]]:
    """For each course begun by a day: the course, and what would have been decided on its day 1 before it began."""
    key = ("decided before courses", regimen.id, regimen.drug, on)
    if key not in case.memo:
        case.memo[key] = _before_courses(case, regimen, on)
    found: Mapping[int, tuple[Course, DoseDecision]] = case.memo[key]
    return found


def _before_courses(case: Case, regimen: Regimen, on: date) -> Mapping[int, tuple[Course, DoseDecision]]:
    try:
        data, amounts, _, before = _replayed(case, regimen, on)
        return {
            number: (course, _before(case, regimen, data, amounts, course, standing))
            for number, (course, standing) in before.items()
        }
    except UnitMismatch as problem:
        return {one.number: (one, _unreadable(regimen, str(problem))) for one in case.courses(on, regimen.drug)}


def decide_continuation(case: Case, on: date) -> ContinuationDecision:
    """Whether treatment goes on: never once it is over, or once every drug of the subject's arm is stopped."""
    going = continuation_by_rules(case, on)
    return going if going.action == "off treatment" else _over(case, on) or _all_stopped(case, on) or going


def _over(case: Case, on: date) -> ContinuationDecision | None:
    died, over = case.died(on), treatment_over(case.record, on)
    if died is None and over is None:
        return None
    said = f"died on {died}" if died or over is None else f"off treatment since {over.occurred}: {why_left(over)}"
    return ContinuationDecision("off treatment", said, 0, (Because("", "", said),))


def _all_stopped(case: Case, on: date) -> ContinuationDecision | None:
    said = [decide_dose(case, regimen, on) for regimen in case.protocol.regimens_of(case.record.arm)]
    if not said or any(one.action != "stop" for one in said):
        return None
    reason = "; ".join(dict.fromkeys(one.reason for one in said))
    return ContinuationDecision(
        "off treatment", reason, 0, tuple(dict.fromkeys(each for one in said for each in one.because))
    )


def hold_periods(case: Case, regimen: Regimen, on: date) -> tuple[HoldPeriod, ...]:
    """Every time up to a day in which a rule held or stopped the drug; none where its doses cannot be read."""
    try:
        return _replayed(case, regimen, on)[2].holds
    except UnitMismatch:
        return ()


Replayed = tuple[Data, Amounts, Standing, Mapping[int, tuple[Course, Standing]]]


def _replayed(case: Case, regimen: Regimen, on: date) -> Replayed:
    """The courses replayed up to a day, once for each case, regimen and day."""
    key = ("replayed", regimen.id, regimen.drug, on)
    if key not in case.memo:
        held = _replay_to(case, regimen, on)
        case.memo[key] = (held.data, held.amounts, *held.on(on))
    found: Replayed = case.memo[key]
    return found


def _replay_to(case: Case, regimen: Regimen, on: date) -> Replay:
    """A replay that tells of a day: that of a later day where both read alike and its doses can be read."""
    data = Data.that_tell_of(case, on)
    try:
        return _replay_of(case, regimen, data)
    except UnitMismatch:
        if data.until == on:
            raise
        return _replay_of(case, regimen, Data.of(case, on))


def _replay_of(case: Case, regimen: Regimen, data: Data) -> Replay:
    """The courses replayed over some data, once."""
    key = ("replay", regimen.id, regimen.drug, data.until)
    if key not in case.memo:
        case.memo[key] = replay(regimen, data, Amounts.of(regimen.dose, case.units))
    found: Replay = case.memo[key]
    return found


def _before(
    case: Case, regimen: Regimen, data: Data, amounts: Amounts, course: Course, standing: Standing
) -> DoseDecision:
    earlier = tuple(one for one in data.courses_before(course.day_1) if one.drug == regimen.drug)
    view = View(case, regimen, course.day_1, data, amounts, standing, earlier)
    return _outside(case, regimen, course.day_1) or _decide(view)


def decide_release(case: Case, regimen: Regimen, on: date) -> tuple[RuleOutcome, ...]:
    """The gates for handing out the drug of the course under way, or else of the next, each met, not met or unknown."""
    data, courses = Data.of(case, on), case.courses(on, regimen.drug)
    first = not courses or (len(courses) == 1 and on < regimen.cycle.after(courses[0].day_1))
    return tuple(one.outcome() for one in release_gates(regimen, data, on, first))


def _unreadable(regimen: Regimen, why: str) -> DoseDecision:
    saw = Because(regimen.id, regimen.words, why)
    return DoseDecision("wait", regimen.drug, because=(saw,), won=regimen.id, missing=(why,), reason=why)


def _outside(case: Case, regimen: Regimen, on: date) -> DoseDecision | None:
    """Dead, off treatment, not registered, or of another arm: no rule of the regimen is asked."""
    known, died = known_on(case.record, on), case.died(on)
    if died is not None:
        said = f"died on {died}"
        return DoseDecision("stop", regimen.drug, because=(Because("", "", said),), since=died, reason=said)
    over = treatment_over(case.record, on)
    if over is not None:
        said = f"off treatment since {over.occurred}: {why_left(over)}"
        return DoseDecision("stop", regimen.drug, because=(Because("", "", said),), since=over.occurred, reason=said)
    if known.registered is None:
        return DoseDecision("none", regimen.drug, because=(Because("", "", "not registered"),), reason="not registered")
    arm = case.protocol.arm_of(known.arm)
    if regimen.arms and arm is None:
        missing = ("allocation to an arm",)
        return DoseDecision(
            "wait", regimen.drug, because=(Because(regimen.id, regimen.words, "no arm yet"),), missing=missing
        )
    if regimen.arms and arm not in regimen.arms:
        return DoseDecision("none", regimen.drug, reason=f"arm {arm} is not given {regimen.drug}")
    return None


def _decide(view: View) -> DoseDecision:
    steps = IN_COURSE if view.in_course else AT_START
    return next(answer for step in steps if (answer := step(view)) is not None)


# --- stop ---------------------------------------------------------------------------------------------------------


def _stopped(view: View) -> DoseDecision | None:
    firing = view.standing.stopped
    if firing is None:
        return None
    reason = firing.rule.then.stop or f"the dose would fall under the least, {view.least}"
    return view.answer("stop", (_because(firing),), won=firing.rule.id, since=firing.since, reason=reason)


def _off_treatment(view: View) -> DoseDecision | None:
    going = view.continuation
    if going.action != "off treatment":
        return None
    return view.answer("stop", going.because, won=going.because[0].clause, reason=going.reason)


def _limited(view: View) -> DoseDecision | None:
    for limit, outcome in zip(view.regimen.limits, limit_outcomes(view), strict=True):
        if outcome.verdict is Verdict.MET:
            return view.answer(
                "stop", (Because(limit.id, limit.words, outcome.saw),), won=limit.id, reason=limit.reason
            )
    return None


def _too_late(view: View) -> DoseDecision | None:
    delay, why = view.regimen.delay, too_late(view)
    if delay is None or why is None:
        return None
    return view.answer("stop", (Because(delay.id, delay.words, why),), won=delay.id, reason=delay.then_stop)


# --- hold, wait, rest ----------------------------------------------------------------------------------------------


def _held(view: View) -> DoseDecision | None:
    held = list(view.standing.open.values())
    if not held:
        return None
    since = min(one.since for one in held)
    waits = "; ".join(dict.fromkeys(one.saw or f"“{one.rule.words}”" for one in held))
    return view.answer(
        "hold",
        tuple(_because(one) for one in held),
        won=held[0].rule.id,
        since=since,
        reason=f"held since {since}: {waits}",
        next_check=view.next_look(since),
        missing=missing_data(view),
    )


def _resting(view: View) -> DoseDecision | None:
    if view.day in view.regimen.days:
        return None
    reason = f"day {view.day} of course {view.course} is a day of rest"
    return view.answer("rest", view.words(reason), won=view.regimen.id, next_check=view.next_day_1, reason=reason)


def _delayed(view: View) -> DoseDecision | None:
    until = delayed_until(view)
    if until is None:
        return None
    gates, next_check = until
    return view.answer(
        "hold",
        tuple(view.because_of(one) for one in gates),
        won=gates[0].clause,
        since=view.next_day_1,
        reason=f"course {view.course} may not start: {'; '.join(one.saw for one in gates)}",
        next_check=next_check,
        missing=missing_data(view),
    )


def _undecided(view: View) -> DoseDecision | None:
    unknown = unknown_that_matter(view)
    going = view.continuation if not view.in_course and view.continuation.action == "undecided" else None
    if not unknown and going is None:
        return None
    because = tuple(view.because_of(one) for one in unknown) + (going.because if going else ())
    missing = missing_data(view)
    missing += tuple(item for item in (going.missing if going else ()) if item not in missing)
    return view.answer(
        "wait",
        because,
        won=because[0].clause if because else None,
        reason=f"wait for data: {', '.join(in_words(item, labels_of(view.case)) for item in missing)}",
        missing=missing,
    )


# --- give ----------------------------------------------------------------------------------------------------------


def _give_today(view: View) -> DoseDecision | None:
    last, standing = view.last, view.standing
    assert last is not None
    amount = view.amounts.at_most(standing.left)
    told = f"course {last.number} at {view.amounts.dose(amount)}"
    first = max(last.day_1, standing.resumed or last.day_1)
    return view.answer(
        "give",
        (*(_because(one) for one in standing.lowering.values()), *view.words(told)),
        won=next(iter(standing.lowering), view.regimen.id),
        dose=view.amounts.dose(amount),
        first_day=planned_last_day(first, view.regimen.days.first) if first == last.day_1 else first,
        last_day=planned_last_day(last.day_1, view.regimen.days.last),
        reason=told,
    )


def _give_next(view: View) -> DoseDecision | None:
    found = next_amount(view)
    if view.amounts.too_low(found.amount):
        return view.answer("stop", found.because, won=found.won, reason=f"the dose would fall under {view.least}")
    dose = view.amounts.dose(found.amount)
    return view.answer(
        "give",
        found.because,
        won=found.won,
        dose=dose,
        first_day=planned_last_day(view.on, view.regimen.days.first),
        last_day=planned_last_day(view.on, view.regimen.days.last),
        reason=dose_words(view, found),
        starts_course=True,
    )


def _because(firing: Firing) -> Because:
    return Because(firing.rule.id, firing.rule.words, f"since {firing.since}: {firing.saw}")


Step = Callable[[View], DoseDecision | None]
IN_COURSE: tuple[Step, ...] = (_stopped, _off_treatment, _resting, _held, _undecided, _give_today)
"""On a day of a course."""
AT_START: tuple[Step, ...] = (
    _stopped,
    _off_treatment,
    _limited,
    _too_late,
    _held,
    _delayed,
    _undecided,
    _give_next,
)
"""On a day on which the next course may start at the earliest, or later."""
