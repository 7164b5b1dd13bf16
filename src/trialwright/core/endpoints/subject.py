"""All endpoints of the protocol for one subject at a cut date. Read `subject_endpoints`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trialwright.core.conditions import judge_condition
from trialwright.core.disposition import death
from trialwright.core.endpoints.populations import POPULATIONS
from trialwright.core.endpoints.seen import Followed, followed
from trialwright.core.endpoints.times import (
    TimeToEvent,
    best_of,
    duration_of_response,
    start_of,
    time_to_event,
    time_to_response,
)
from trialwright.core.endpoints.values import ChangeFromBaseline, Measured, changes_from_baseline, values_at, visit_of
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.response import Assessment, BestResponse
from trialwright.core.subject import Case
from trialwright.core.terms import Answer, Finding, Grade, Verdict
from trialwright.core.toxicity import ToxicityTable, worst_grades


@dataclass(frozen=True)
class SubjectEndpoints:
    """What the endpoints measure in one subject, each by the endpoint's id; what does not concern it is not there.

    `variants` are the times of the endpoints' variants, each by the variant's id.
    """

    subject: str
    site: str
    arm: str | None
    cut: date
    best: BestResponse | None = None
    times: Mapping[str, TimeToEvent] = field(default_factory=dict)
    variants: Mapping[str, TimeToEvent] = field(default_factory=dict)
    changes: Mapping[str, tuple[ChangeFromBaseline, ...]] = field(default_factory=dict)
    values: Mapping[str, tuple[Measured, ...]] = field(default_factory=dict)
    grades: Mapping[str, Mapping[str, Grade | None]] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def subject_endpoints(
    case: Case,
    assessments: Sequence[Assessment],
    on: date,
    table: ToxicityTable | None = None,
    baseline: bool | None = None,
) -> SubjectEndpoints:
    """Every endpoint of the protocol for a subject, with nothing later than the cut date.

    `assessments` come from the protocol's response instrument, `table` is its toxicity table; `baseline` says
    whether the disease was assessed before treatment where the record alone does not show it. What is dated after
    death counts for nothing and is a finding.
    """
    asked = [one for one in case.protocol.endpoints if not one.sites or case.record.site in one.sites]
    died = death(case, on)
    counted = [one for one in assessments if died is None or one.on <= died]
    best = best_of(case, counted, on)
    derive = _Times(case, counted, on, best, baseline)
    return SubjectEndpoints(
        subject=case.record.subject,
        site=case.record.site,
        arm=case.record.arm,
        cut=on,
        best=best,
        times=derive.of(asked),
        variants=derive.of([other for one in asked for other in one.and_variants()[1:]]),
        changes={one.id: changes_from_baseline(one, case, on) for one in _of(asked, Variable.CHANGE)},
        values={one.id: _values(one, case, on) for one in _of(asked, Variable.VALUE)},
        grades={one.id: worst_grades(case, table, on, one.safety_days or 0) for one in _graded(asked, case, table, on)}
        if table
        else {},
        answers={one.id: _holds(one, case, on) for one in _of(asked, Variable.PROPORTION)},
        findings=tuple(_after_death(case, day, died) for day in _later_than(case, assessments, on, died) if died),
    )


def _later_than(case: Case, given: Sequence[Assessment], on: date, died: date | None) -> list[date]:
    """The days of assessments and courses that lie after the day of death."""
    days = [one.on for one in given if one.on <= on] + [one.day_1 for one in case.courses(on)]
    return sorted({day for day in days if died is not None and day > died})


def _after_death(case: Case, day: date, died: date) -> Finding:
    return Finding(
        about=case.record.subject,
        says=f"An assessment or a dose is dated {day}, after the death of {died}.",
        matters="It counts for no endpoint.",
        do="Correct one of the two dates.",
    )


def _of(endpoints: Sequence[Endpoint], variable: Variable) -> list[Endpoint]:
    return [one for one in endpoints if one.variable is variable]


def _graded(endpoints: Sequence[Endpoint], case: Case, table: ToxicityTable | None, on: date) -> list[Endpoint]:
    return _of(endpoints, Variable.WORST_GRADE) if table and case.courses(on) else []


@dataclass(frozen=True)
class _Times:
    """What the times of one subject are derived from; what was seen from a start on is gathered once."""

    case: Case
    assessments: Sequence[Assessment]
    on: date
    best: BestResponse | None
    baseline: bool | None
    seen: dict[date, Followed] = field(default_factory=dict)

    def of(self, endpoints: Sequence[Endpoint]) -> dict[str, TimeToEvent]:
        """The times of those endpoints that are one, by id."""
        found = {one.id: self.time(one) for one in endpoints}
        return {name: time for name, time in found.items() if time}

    def time(self, endpoint: Endpoint) -> TimeToEvent | None:
        """The endpoint as a time; None for another variable, another population, and before the day it counts from."""
        if endpoint.variable not in (Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE):
            return None
        start, died = start_of(self.case, endpoint.since, self.on), death(self.case, self.on)
        if start is None or (died is not None and died < start):
            return None
        if not POPULATIONS[endpoint.population](self.case, self.on):
            return None
        return self._from(start, endpoint)

    def _from(self, start: date, endpoint: Endpoint) -> TimeToEvent | None:
        if start not in self.seen:
            self.seen[start] = followed(self.case, self.assessments, start, self.on, self.baseline)
        seen = self.seen[start]
        if endpoint.variable is Variable.DURATION_OF_RESPONSE:
            return duration_of_response(seen, self.best, endpoint) if self.best else None
        if "response" in endpoint.events:
            return time_to_response(seen, self.best, endpoint) if self.best else None
        return time_to_event(seen, endpoint)


def _values(endpoint: Endpoint, case: Case, on: date) -> tuple[Measured, ...]:
    return tuple(one for encounter in endpoint.at for one in values_at(endpoint, case, encounter, on))


def _holds(endpoint: Endpoint, case: Case, on: date) -> Answer:
    """Whether the endpoint's condition holds on the day of its last encounter, or at the cut where it names none."""
    if endpoint.condition is None:
        return Answer(Verdict.UNKNOWN, "the endpoint names no condition", missing=("condition",))
    if not endpoint.at:
        return judge_condition(endpoint.condition, case.facts(on))
    visit = visit_of(case, endpoint.at[-1], on)
    if visit is None or visit.done_on is None:
        return Answer(Verdict.UNKNOWN, f"{endpoint.at[-1]} was not done", missing=(endpoint.at[-1],))
    return judge_condition(endpoint.condition, case.facts(visit.done_on))
