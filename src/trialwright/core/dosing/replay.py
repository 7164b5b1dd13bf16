"""The courses of a drug replayed over the days on which data were recorded: what stands on the last of them.

A hold opens on any day its rule is met by data not seen before, and closes when its `until` is met by data later than
the last that opened it. Reductions and resumptions count from the dose the course began with. What the rules lowered
stays lowered in the courses after, unless the protocol lets the dose step up again. Data of the day a course starts
belong to the time before its first dose. Read `replay`, then `Standing.see`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from trialwright.core.conditions import Condition
from trialwright.core.conditions.constructs import ANCHORS
from trialwright.core.dosing.amounts import NOTHING, Amounts
from trialwright.core.dosing.answers import HoldPeriod
from trialwright.core.dosing.evidence import Data
from trialwright.core.dosing.judging import cannot_hold, judged, open_question, untreated, verdict_on
from trialwright.core.protocol import DoseRule, Hold, Regimen
from trialwright.core.subject import Course
from trialwright.core.terms import Answer, Evidence, Verdict

NOT_RECORDED = ("course", "day", "dose", *ANCHORS)
"""What an answer may stand on that is no datum anybody recorded, so that it is never news."""


@dataclass(frozen=True)
class Firing:
    """A rule that was met: since when, by data of which last day, what was seen, and the entries that say so.

    One that is not `told` may have been met: what was recorded that day does not tell, and later values do not undo it.
    """

    rule: DoseRule
    since: date
    last: date
    saw: str
    events: tuple[str, ...] = ()
    told: bool = True


@dataclass(frozen=True)
class Doubt:
    """A rule that could not be told on a day by what was recorded then, and what would tell it."""

    rule: DoseRule
    day: date
    why: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """What each rule of a regimen says on a day, judged when it is asked; before the first dose in that wording."""

    data: Data
    regimen: Regimen
    day: date
    untreated: bool

    def wording(self, rule: DoseRule) -> Condition:
        """The condition of the rule on this day."""
        return untreated(self.data, rule.when) if self.untreated else rule.when

    def of(self, rule: DoseRule) -> Answer:
        """What the rule says."""
        return judged(self.data, self.wording(rule), self.day)

    def cannot_hold(self, rule: DoseRule) -> bool:
        """Whether nothing recorded can meet the rule."""
        return cannot_hold(self.data, self.wording(rule), self.day)

    def verdict(self, rule: DoseRule) -> Verdict:
        """Whether the rule holds."""
        return verdict_on(self.data, self.wording(rule), self.day)


@dataclass
class Standing:
    """What stands on a day: the dose the rules leave, what is open, what was lowered, and what each rule says.

    `dose` is the dose the last course began with, or the start; `lowered` how much the rules took off it since.
    `ceiling` is what an earlier reduction left, where the dose may not step up again.
    """

    amounts: Amounts
    dose: Decimal
    course: Course | None = None
    lowered: Decimal = NOTHING
    ceiling: Decimal | None = None
    stopped: Firing | None = None
    open: dict[str, Firing] = field(default_factory=dict)
    resumed: date | None = None
    lowering: dict[str, Firing] = field(default_factory=dict)
    keeping: dict[str, Firing] = field(default_factory=dict)
    seen: dict[str, frozenset[Evidence]] = field(default_factory=dict)
    answers: Answers | None = None
    closed: tuple[HoldPeriod, ...] = ()
    doubts: dict[str, Doubt] = field(default_factory=dict)

    @property
    def holds(self) -> tuple[HoldPeriod, ...]:
        """Every time in which a rule held or stopped the dose, those that go on last."""
        going = [*self.open.values(), *([self.stopped] if self.stopped else [])]
        return (*self.closed, *(_period(firing, None) for firing in going))

    @property
    def left(self) -> Decimal:
        """The dose that the rules of this course leave."""
        return self.dose - self.lowered

    def answer(self, rule: DoseRule) -> Answer:
        """What a rule says on this day."""
        assert self.answers is not None, "nothing was seen yet"
        return self.answers.of(rule)

    def verdict(self, rule: DoseRule) -> Verdict:
        """Whether a rule holds on this day."""
        assert self.answers is not None, "nothing was seen yet"
        return self.answers.verdict(rule)

    def copy(self) -> Standing:
        """The standing as it is now, for later."""
        return replace(
            self,
            open=dict(self.open),
            lowering=dict(self.lowering),
            keeping=dict(self.keeping),
            seen=dict(self.seen),
            doubts=dict(self.doubts),
        )

    def see(self, regimen: Regimen, data: Data, day: date) -> None:
        """One day's data: close what they satisfy, then let every rule that they meet do what it does."""
        self.answers = Answers(data, regimen, day, self.course is None)
        was_open = bool(self.open)
        self._close(data, day)
        for rule in regimen.rules:
            if not _leaves_something(rule) or self.answers.cannot_hold(rule):
                continue
            if self.answers.verdict(rule) is Verdict.MET:
                self._fire(rule, self.answers.of(rule), day)
            else:
                self._remember(rule, data, day)
        if was_open and not self.open:
            self.resumed = day

    def _close(self, data: Data, day: date) -> None:
        for name, firing in tuple(self.open.items()):
            hold = firing.rule.then.hold
            assert hold is not None
            if judged(data, hold.until, day, firing.last).verdict is Verdict.MET:
                del self.open[name]
                self.closed = (*self.closed, _period(firing, day))

    def _remember(self, rule: DoseRule, data: Data, day: date) -> None:
        """What was recorded and does not tell is not forgotten over newer data: it is asked for, or no step up."""
        found = open_question(data, self.answers.wording(rule), day) if self.answers and lowers(rule) else None
        if found is None:
            return
        if found.event or rule.then.stop is not None:
            self.doubts.setdefault(rule.id, Doubt(rule, day, found.why, found.missing))
        else:
            self.keeping.setdefault(rule.id, Firing(rule, day, day, f"cannot be told: {found.why}", told=False))

    def _fire(self, rule: DoseRule, answer: Answer, day: date) -> None:
        told = tuple(dict.fromkeys(one.event for one in answer.evidence if one.event))
        then, firing = rule.then, Firing(rule, day, day, answer.why, told)
        if then.stop is not None:
            self.stopped = self.stopped or firing
        elif then.no_step_up:
            self.keeping.setdefault(rule.id, firing)
        elif (then.hold or then.reduce_by) and self._is_new(rule, answer):
            if then.hold:
                self._hold(firing, then.hold)
            self._lower(firing, self.amounts.number(then.hold.resume_lower_by if then.hold else then.reduce_by))

    def _is_new(self, rule: DoseRule, answer: Answer) -> bool:
        """Whether data not seen before meet the rule; a rule without a datum is new while it is not yet in force."""
        data = frozenset(one for one in answer.evidence if one.concept not in NOT_RECORDED)
        known = self.seen.get(rule.id, frozenset())
        self.seen[rule.id] = known | data
        return bool(data - known) or (not data and rule.id not in {**self.open, **self.lowering})

    def _hold(self, firing: Firing, hold: Hold) -> None:
        already = self.open.get(firing.rule.id)
        self.open[firing.rule.id] = replace(already, last=firing.since) if already else firing
        self.keeping.setdefault(firing.rule.id, firing)
        self.resumed = None

    def _lower(self, firing: Firing, by: Decimal) -> None:
        """Lower the dose the course began with; what would fall under the floor stops treatment."""
        if by <= NOTHING:
            return
        self.lowering.setdefault(firing.rule.id, firing)
        self.lowered = max(self.lowered, by)
        if self.amounts.too_low(self.left):
            self.stopped = self.stopped or firing

    def begin(self, course: Course) -> None:
        """A course begins, decided or taken in fact: never above what an earlier reduction left."""
        if self.lowered:
            self.ceiling = self.left
        before, self.course = self.course, course
        dose = max(self.amounts.number(course.decided.dose if course.decided else course.dose), self.amounts.floor)
        if before and dose < min(self.left, self.amounts.number(before.dose)):
            self.ceiling = dose if self.ceiling is None else min(self.ceiling, dose)
        self.dose = dose if self.ceiling is None else min(dose, self.ceiling)
        if self.amounts.again:
            self.ceiling = None
        self.lowered, self.lowering, self.resumed = NOTHING, {}, None
        self.keeping = dict(self.open)


def _period(firing: Firing, until: date | None) -> HoldPeriod:
    return HoldPeriod(firing.rule.id, firing.rule.words, firing.since, until, firing.saw, firing.events)


def _leaves_something(rule: DoseRule) -> bool:
    """Whether a rule, once met, matters on later days; a warning or a cap is looked at on the day asked of alone."""
    then = rule.then
    return then.stop is not None or then.no_step_up or then.hold is not None or then.reduce_by is not None


def lowers(rule: DoseRule) -> bool:
    """Whether a rule, once met, lowers the dose of later days or keeps it from rising."""
    then, lower = rule.then, rule.then.hold.resume_lower_by if rule.then.hold else rule.then.reduce_by
    return then.stop is not None or then.no_step_up or lower is not None


@dataclass(frozen=True)
class Replay:
    """A drug's courses replayed up to the last day of the data: what stood at the end of each day that was seen."""

    regimen: Regimen
    data: Data
    amounts: Amounts
    days: tuple[tuple[date, Standing], ...]
    before: Mapping[int, tuple[Course, Standing]]

    def on(self, day: date) -> tuple[Standing, Mapping[int, tuple[Course, Standing]]]:
        """What stands on a day, and what stood before each course that began by then (by its number).

        The day itself is seen, whether or not data were recorded on it: time alone can meet a rule.
        """
        place = bisect_right(self.days, day, key=lambda seen: seen[0])
        before = {number: told for number, told in self.before.items() if told[0].day_1 <= day}
        if place and self.days[place - 1][0] == day:
            return self.days[place - 1][1], before
        standing = self.days[place - 1][1].copy() if place else Standing(self.amounts, self.amounts.start)
        standing.see(self.regimen, self.data, day)
        return standing, before


def replay(regimen: Regimen, data: Data, amounts: Amounts) -> Replay:
    """The courses replayed over every day on which data were recorded or a course began, and the last day."""
    courses = data.case.courses(data.until, regimen.drug)
    standing, before = Standing(amounts, amounts.start), {}
    days = sorted({*_days_under_treatment(data, courses), *(one.day_1 for one in courses), data.until})
    waiting, seen = list(courses), []
    for day in days:
        standing.see(regimen, data, day)
        while waiting and waiting[0].day_1 == day:
            course = waiting.pop(0)
            before[course.number] = (course, standing.copy())
            standing.begin(course)
        seen.append((day, standing.copy()))
    return Replay(regimen, data, amounts, tuple(seen), before)


def _days_under_treatment(data: Data, courses: tuple[Course, ...]) -> list[date]:
    return [day for day in data.days if courses and day > courses[0].day_1]
