"""The dose of the next course: the last actual one, a step up where nothing forbids it, never past the maximum.

The dose counts from what was decided or taken, whichever is less: a dose taken above what was decided is no step up.
A cap keeps the dose from rising past it; it does not lower a dose that is already higher. Read `next_amount`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from trialwright.core.conditions import judge_condition
from trialwright.core.dosing.amounts import NOTHING
from trialwright.core.dosing.answers import RuleOutcome
from trialwright.core.dosing.looking import View, action_words
from trialwright.core.dosing.replay import Firing
from trialwright.core.protocol import DoseRule
from trialwright.core.terms import Because, Verdict


@dataclass(frozen=True)
class NextDose:
    """An amount for the next course, and the clauses that made it this one."""

    amount: Decimal
    base: Decimal
    because: tuple[Because, ...]
    won: str


def next_amount(view: View) -> NextDose:
    """The dose of the next course by the rules as they stand."""
    standing = view.standing
    base = _base(view)
    steady = [*standing.lowering.values(), *standing.keeping.values()]
    caps = [rule for rule in view.regimen.rules if rule.then.cap and _holds(view, rule)]
    amount = _amount(view, base, bool(steady), caps)
    free = _amount(view, base, False, [])
    deciding = tuple(_because(one) for one in {one.rule.id: one for one in steady}.values())
    deciding += tuple(Because(one.id, one.words, standing.answer(one).why) for one in caps)
    told = deciding if amount < free or standing.lowered else ()
    told += view.words(_words(view, base, amount))
    return NextDose(amount, base, told, told[0].clause)


def unknown_that_matter(view: View) -> tuple[RuleOutcome, ...]:
    """The unknown rules and gates that could change the answer; one that could only warn never does."""
    unknown = [one.outcome() for one in view.gates if one.verdict is Verdict.UNKNOWN]
    for rule in view.regimen.rules:
        outcome = _unknown_now(view, rule) or _unknown_before(view, rule)
        if outcome:
            unknown.append(outcome)
    return tuple(unknown)


def _unknown_now(view: View, rule: DoseRule) -> RuleOutcome | None:
    if rule.then.warn is not None or view.standing.verdict(rule) is not Verdict.UNKNOWN:
        return None
    if not would_change(view, rule) or _nobody_seen_since(view, rule):
        return None
    answer = view.standing.answer(rule)
    return RuleOutcome(rule.id, answer.verdict, action_words(rule.then), answer.why, answer.missing)


def _unknown_before(view: View, rule: DoseRule) -> RuleOutcome | None:
    """A rule that newer data do not meet but that an event left open before: it is asked for until it is told."""
    doubt = view.standing.doubts.get(rule.id)
    if doubt is None or not _would_have_changed(view, rule):
        return None
    saw = f"could not be told on {doubt.day}: {doubt.why}"
    return RuleOutcome(rule.id, Verdict.UNKNOWN, action_words(rule.then), saw, doubt.missing)


def _would_have_changed(view: View, rule: DoseRule) -> bool:
    then = rule.then
    lower = then.hold.resume_lower_by if then.hold else then.reduce_by
    return then.stop is not None or view.amounts.number(lower) > view.standing.lowered


def _nobody_seen_since(view: View, rule: DoseRule) -> bool:
    """Whether all that is missing is a review of adverse events since day 1, and nobody recorded anything since then.

    The dose of these days was decided on day 1; the next time the subject is seen the review has to be there. An event
    that is told of later, and began or ended within these days, is judged as what it is.
    """
    last = view.last
    if last is None or not view.in_course or any(last.day_1 < day <= view.on for day in view.data.contacts):
        return False
    facts = replace(view.data.on(view.on), asked=view.on)
    return judge_condition(rule.when, facts).verdict is Verdict.NOT_MET


def missing_data(view: View) -> tuple[str, ...]:
    """The data without which something that matters is unknown."""
    unknown = unknown_that_matter(view)
    return tuple(dict.fromkeys(item for one in unknown for item in one.missing or (one.saw,)))


def would_change(view: View, rule: DoseRule) -> bool:
    """Whether a rule that is unknown would change the answer, were it met; a hold that was closed could open again."""
    then = rule.then
    if then.stop is not None or then.hold is not None:
        return rule.id not in view.standing.open
    if then.reduce_by is not None:
        return view.amounts.number(then.reduce_by) > view.standing.lowered
    if view.in_course or not (then.no_step_up or then.cap):
        return False
    now = next_amount(view)
    steady = bool(view.standing.lowering or view.standing.keeping) or then.no_step_up
    return _amount(view, now.base, steady, [rule] if then.cap else []) < now.amount


def _base(view: View) -> Decimal:
    """The dose to count from: what the rules left of the last course's, or less where less was taken."""
    standing, last = view.standing, view.last
    left = view.amounts.at_most(standing.left)
    if last is None or view.amounts.step <= NOTHING:
        return left
    taken = view.amounts.number(last.dose)
    return left if view.amounts.too_low(taken) else min(left, taken)


def _amount(view: View, base: Decimal, steady: bool, caps: list[DoseRule]) -> Decimal:
    standing, amounts = view.standing, view.amounts
    rises = view.last is not None and not steady and standing.ceiling is None
    amount = amounts.at_most(base + amounts.step if rises else base)
    if standing.ceiling is not None:
        amount = min(amount, standing.ceiling)
    for rule in caps:
        most = amounts.number(rule.then.cap)
        amount = min(amount, most if view.last is None else max(most, base))
    return amount


def _holds(view: View, rule: DoseRule) -> bool:
    return view.standing.verdict(rule) is Verdict.MET


def _because(firing: Firing) -> Because:
    return Because(firing.rule.id, firing.rule.words, f"since {firing.since}: {firing.saw}")


def _words(view: View, base: Decimal, amount: Decimal) -> str:
    if view.last is None:
        return f"course {view.course} starts at {view.amounts.dose(amount)}"
    last = f"course {view.last.number} was given at {view.last.dose}"
    change = amount - view.amounts.number(view.last.dose)
    if change == NOTHING:
        most = view.amounts.most is not None and amount == view.amounts.most
        return f"{last}; {'the maximum' if most else 'no step up'}"
    return f"{last}; {view.amounts.dose(abs(change))} {'up' if change > NOTHING else 'down'}"


def dose_words(view: View, found: NextDose) -> str:
    """The decision in one line."""
    return f"course {view.course} at {view.amounts.dose(found.amount)}: {_words(view, found.base, found.amount)}"
