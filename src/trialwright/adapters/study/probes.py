"""Made-up subjects at every stage of a study, with the data that make a condition hold or fail.

A probe is a subject about whom nothing is out of the ordinary (every criterion met, every gate open, no rule fired) but
for one condition. What holds of a probe is asked of the one evaluator; `liveness` compares the answers. Probes never
reach a ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any

from trialwright.adapters.study.witness import Scene, Witness, joined, witnesses
from trialwright.core.bundle import Standards
from trialwright.core.conditions import ALWAYS, All, AnyOf, Condition, Had, Not, judge_condition
from trialwright.core.ledger import (
    ArmAllocated,
    Change,
    CourseStarted,
    Event,
    FormSubmitted,
    Said,
    SubjectRegistered,
    SubjectScreened,
    SubstudyJoined,
    TreatmentEnded,
)
from trialwright.core.protocol import Clause, MedicationRule, Regimen, StudyProtocol
from trialwright.core.subject import Case, SiteRecord, SubjectRecord, advance
from trialwright.core.terms import Verdict

SCREENED = date(2024, 1, 8)
WEEK = timedelta(days=7)
SUBJECT = "probe"
Wanted = tuple[Condition, Scene]
"""A condition that should hold, and where its data are put."""


class Stage(Enum):
    """How far a probe has come."""

    SCREENING = "screening"
    REGISTERED = "registered"
    IN_COURSE = "in a course"
    NEXT_COURSE = "on the day the next course may start"
    LATE = "on the last days a course may start"
    OVERDUE = "after the longest delay"
    ENDED = "after treatment"


@dataclass(frozen=True)
class Probe:
    """A made-up subject on a day."""

    case: Case
    on: date
    stage: Stage


def conditions_of(clause: Clause) -> Iterator[Condition]:
    """The conditions a clause rests on, its own and those of its parts; a prohibited set is one that is going on."""
    if isinstance(clause, MedicationRule):
        yield Had(clause.prohibits, "ongoing")
        return
    yield from _conditions_in(clause)


def _conditions_in(node: Any) -> Iterator[Condition]:
    if isinstance(node, Condition):
        yield node
    elif isinstance(node, tuple):
        for part in node:
            yield from _conditions_in(part)
    elif is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            yield from _conditions_in(getattr(node, each.name))


class Probes:
    """The made-up subjects of one protocol; what is ordinary is worked out once for each stage, site and arm."""

    def __init__(self, protocol: StudyProtocol, standards: Standards) -> None:
        self._places = [
            (_Builder(protocol, standards, *setting), stage) for setting in settings(protocol) for stage in Stage
        ]
        self._ordinary: dict[tuple[str | None, Stage, date], Witness] = {}

    def plain(self) -> Iterator[Probe]:
        """Subjects about whom nothing is out of the ordinary, and the same ones before anybody assessed them."""
        for builder, stage in self._places:
            for events, on in builder.moments(stage):
                usual = self._usual(builder, stage, on)
                yield builder.probe(events, usual, on, stage)
                yield builder.probe(events, replace(usual, assessed=(), graded=()), on, stage)

    def around(self, condition: Condition, stages: Sequence[Stage]) -> Iterator[Probe]:
        """Subjects for whom the condition holds, and for whom it fails, all else being ordinary."""
        for builder, stage in self._places:
            if stage not in stages:
                continue
            for events, on in builder.moments(stage):
                scene = builder.scene(on)
                usual = self._usual(builder, stage, on).without_episodes(condition, scene)
                for want in (Verdict.MET, Verdict.NOT_MET):
                    for way in witnesses(condition, want, scene):
                        yield builder.probe(events, builder.mended(usual.and_(way), condition, scene, stage), on, stage)

    def _usual(self, builder: _Builder, stage: Stage, on: date) -> Witness:
        key = (builder.arm, stage, on)
        if key not in self._ordinary:
            self._ordinary[key] = builder.settled(builder.wanted(builder.scene(on), stage))
        return self._ordinary[key]


def settings(protocol: StudyProtocol) -> Sequence[tuple[str, str | None]]:
    """Site and arm of the probes: each arm at the first site, and every site that an own rule may hold for."""
    arms: list[str | None] = [arm.id for arm in protocol.arms] or [None]
    sites = [site.id for site in protocol.design.sites]
    special = [site for encounter in protocol.encounters for site in encounter.sites]
    plain = next((site for site in sites if site not in special), sites[0])
    return [*((plain, arm) for arm in arms), *((site, arms[0]) for site in dict.fromkeys(special) if site != plain)]


@dataclass(frozen=True)
class _Builder:
    """Builds subjects of one site and arm."""

    protocol: StudyProtocol
    standards: Standards
    site: str
    arm: str | None

    @property
    def first_dose(self) -> date:
        return SCREENED + WEEK

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        return self.protocol.regimens_of(self.arm)

    def moments(self, stage: Stage) -> Iterator[tuple[list[Event], date]]:
        """The events that bring a subject to a stage, and the day it is looked at."""
        screened: Event = self._event(SubjectScreened, SCREENED, version=self.protocol.version)
        if stage is Stage.SCREENING:
            yield [screened], SCREENED
            return
        ready = [screened, *self._registered()]
        if stage is Stage.REGISTERED:
            yield ready, self.first_dose
            return
        for number in self._courses_to_look_at(stage):
            yield from self._in_course(stage, ready, number)

    def _courses_to_look_at(self, stage: Stage) -> Sequence[int]:
        named = {one.decide_after_course for one in self.protocol.continuation if one.decide_after_course}
        if stage is Stage.NEXT_COURSE:
            return sorted({1, *named})
        return (1,)

    def _in_course(self, stage: Stage, ready: list[Event], number: int) -> Iterator[tuple[list[Event], date]]:
        cycle = max((regimen.cycle.after(SCREENED) - SCREENED for regimen in self.regimens), default=4 * WEEK)
        starts = [self.first_dose + cycle * index for index in range(number)]
        begun = [*ready, *(event for place, day in enumerate(starts, 1) for event in self._course(place, day))]
        after = starts[-1] + cycle
        match stage:
            case Stage.IN_COURSE:
                yield begun, starts[-1] + timedelta(days=min(10, cycle.days // 2))
            case Stage.NEXT_COURSE:
                yield begun, after
            case Stage.OVERDUE:
                delays = [regimen.delay.at_most.after(after) for regimen in self.regimens if regimen.delay]
                if delays:
                    yield begun, max(delays) + WEEK
            case Stage.LATE:
                yield from self._near_the_limits(ready, cycle)
            case Stage.ENDED:
                end = self._event(TreatmentEnded, after, why="probe", last_dose=after - WEEK, said=Said("probe"))
                yield [*begun, end], after + timedelta(days=40)

    def _near_the_limits(self, ready: list[Event], cycle: timedelta) -> Iterator[tuple[list[Event], date]]:
        """The course before the one that a limit of time or number refuses."""
        for limit in (limit for regimen in self.regimens for limit in regimen.limits):
            first = list(self._course(1, self.first_dose))
            if limit.within:
                last = limit.within.after(self.first_dose) - timedelta(days=3)
                yield [*ready, *first, *self._course(2, last - cycle)], last
            if limit.courses:
                last = self.first_dose + cycle
                yield [*ready, *first, *self._course(limit.courses, last)], last + cycle

    def _registered(self) -> Iterator[Event]:
        day = SCREENED + timedelta(days=1)
        yield self._event(
            SubjectRegistered,
            day,
            version=self.protocol.version,
            planned_first_dose=self.first_dose,
            said=Said("eligible"),
        )
        if self.protocol.design.allocation and self.arm:
            yield self._event(ArmAllocated, day, arm=self.arm)
        for sub in self.protocol.design.substudies:
            if self.site in sub.sites:
                yield self._event(SubstudyJoined, day, substudy=sub.id)

    def _course(self, number: int, day: date) -> Iterator[Event]:
        for regimen in self.regimens:
            dose = regimen.dose.start
            yield self._event(CourseStarted, day, drug=regimen.drug, course=number, dose=dose, said=Said("give"))

    def _event(self, kind: type[Any], day: date, **own: Any) -> Any:
        common = {"actor": "probe", "role": "investigator", "site": self.site, "subject": SUBJECT, "occurred": day}
        return kind(**common, **own)

    def scene(self, on: date) -> Scene:
        """Where the data of a day are put."""
        return Scene(on, self.standards.concepts, {one.id: one for one in self.protocol.sets})

    def wanted(self, scene: Scene, stage: Stage) -> list[Wanted]:
        """What is ordinary: every criterion is met and, on treatment, every gate is open and no rule fires."""
        early = replace(scene, on=SCREENED)
        asked: list[Condition] = [one.must for one in self.protocol.eligibility if one.must]
        asked += [Not(one.must_not) for one in self.protocol.eligibility if one.must_not]
        entry = [(part, early) for condition in asked for part in _one_by_one(condition)]
        if stage is Stage.SCREENING:
            return entry
        treated: list[Condition] = [Not(rule.when) for regimen in self.regimens for rule in regimen.rules]
        for regimen in self.regimens:
            treated += [gate.when for gate in (*regimen.start_course_when, *regimen.release_when)]
        ending = [one for one in self.protocol.continuation if one.off_treatment and one.when != ALWAYS]
        treated += [Not(one.when) for one in ending]
        return [*entry, *((part, scene) for condition in treated for part in _one_by_one(condition))]

    def settled(self, wanted: Sequence[Wanted]) -> Witness:
        """Data under which as many as possible hold."""
        first = joined(next(iter(witnesses(one, Verdict.MET, at)), Witness()) for one, at in wanted)
        return self._mended(first, wanted, None)

    def mended(self, data: Witness, condition: Condition, scene: Scene, stage: Stage) -> Witness:
        """The data with everything else made ordinary again, as far as the condition's own verdict is kept."""
        others = [(one, at) for one, at in self.wanted(scene, stage) if one not in (condition, Not(condition))]
        return self._mended(data, others, (condition, scene))

    def _mended(self, data: Witness, wanted: Sequence[Wanted], kept: Wanted | None) -> Witness:
        """Each condition that fails is mended the way that costs the fewest others; what is kept stays as it is."""
        asked = [*wanted, kept] if kept else list(wanted)
        now = self._verdicts(data, asked)
        for place in (*range(len(wanted)), *range(len(wanted))):
            if now[place] is Verdict.MET:
                continue
            condition, scene = wanted[place]
            ways = [data.and_(way) for way in witnesses(condition, Verdict.MET, scene)]
            tried = [(way, self._verdicts(way, asked)) for way in ways]
            fitting = [(way, then) for way, then in tried if kept is None or then[-1] is now[-1]]
            data, now = max(fitting, key=lambda pair: pair[1].count(Verdict.MET), default=(data, now))
        return data

    def _verdicts(self, data: Witness, wanted: Sequence[Wanted]) -> list[Verdict]:
        case = self.probe((), data, SCREENED, Stage.SCREENING).case
        facts = {day: case.facts(day) for day in {scene.on for _, scene in wanted}}
        return [judge_condition(condition, facts[scene.on]).verdict for condition, scene in wanted]

    def probe(self, events: Sequence[Event], witness: Witness, on: date, stage: Stage) -> Probe:
        """A subject with these events and data, looked at on the day, or later where the data ask for time."""
        record = SubjectRecord(SUBJECT, self.site)
        for event in (*events, *_forms(self, witness.items)):
            record = advance(record, event)
        case = Case(
            record=record,
            protocol=self.protocol,
            units=self.standards.units,
            concepts=self.standards.concepts,
            site=SiteRecord(self.site),
            graded=witness.graded,
            assessed=witness.assessed,
        )
        return Probe(case, on + timedelta(days=witness.days_later), stage)


def _one_by_one(condition: Condition) -> Iterator[Condition]:
    """The parts that must each hold for the condition to hold, so that each can be mended by itself."""
    match condition:
        case All(of):
            for part in of:
                yield from _one_by_one(part)
        case Not(of=AnyOf(of)):
            for part in of:
                yield from _one_by_one(Not(part))
        case _:
            yield condition


def _forms(builder: _Builder, items: Sequence[Change]) -> Iterator[Event]:
    """Each item on a form of the day it holds for; a later item of the same place wins."""
    latest = {change.path: change for change in items}
    if latest:
        yield builder._event(FormSubmitted, SCREENED, form="probe", items=tuple(latest.values()))
