"""A study and its events -> `Gathered`: everything that is judged is asked of the core here, and nowhere else.

Two times: `cut` is the clinical date, what had happened; the events handed in are what was recorded by then. A subject
is analysed under the protocol version it is on at the cut-off. Read `gather`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from trialwright.adapters.reports.analysis.people import Departure, DoseChange, Gathered, Happened, Person
from trialwright.adapters.reports.analysis.safety import safety_endpoint
from trialwright.core.bundle import Standards
from trialwright.core.conduct import Trial
from trialwright.core.conduct.trial import assessed_case, bare_case
from trialwright.core.deviations import deviations
from trialwright.core.disposition import Disposition, disposition
from trialwright.core.dosing import DoseDecision, decided_before_courses
from trialwright.core.endpoints import (
    POPULATIONS,
    TimeToEvent,
    followed,
    readiness,
    subject_endpoints,
    time_to_event,
    values_at,
)
from trialwright.core.ledger import ScreeningFailed
from trialwright.core.protocol import Endpoint, Regimen, StudyProtocol, Variable
from trialwright.core.response import Assessment
from trialwright.core.subject import Case, Course, StudyRecord, known_on, observations
from trialwright.core.terms import Quantity, Response, Verdict
from trialwright.core.toxicity import worst_grades

SURVIVAL = "overall_survival"


def gather(
    trial: Trial,
    study: StudyRecord,
    cut: date,
    published: Sequence[Mapping[str, Any]] = (),
    contradictions: tuple[str, ...] = (),
) -> Gathered:
    """Everything the report stands on, at a clinical cut-off."""
    protocol = trial.versions[trial.latest]
    extra = added_endpoints(protocol)
    found = [_person(trial, study, subject, cut, extra) for subject in sorted(study.subjects)]
    people = tuple(one for one in found if one.screened or one.registered)
    return Gathered(
        protocol=protocol,
        versions=trial.versions,
        hashes=trial.hashes,
        cut=cut,
        people=people,
        activations=tuple(_activations(study, cut)),
        extra_endpoints=extra,
        readiness=_readiness(protocol, [one.case for one in people if one.registered], cut),
        published=published,
        contradictions=contradictions,
        simulated=study.kind == "simulated",
    )


def added_endpoints(protocol: StudyProtocol) -> tuple[Endpoint, ...]:
    """Overall survival where death is part of an endpoint and none asks for it alone."""
    asked = [one for one in protocol.endpoints if one.variable is Variable.TIME_TO_EVENT]
    if not any("death" in one.events for one in asked) or any(one.events == ("death",) for one in asked):
        return ()
    return (
        Endpoint(
            id=SURVIVAL, label="Overall survival", level="added", variable=Variable.TIME_TO_EVENT, events=("death",)
        ),
    )


def _activations(study: StudyRecord, cut: date) -> Iterable[tuple[str, str, date]]:
    for site in study.sites.values():
        for event in site.activations:
            if event.occurred <= cut:
                yield event.version, site.site, max(event.occurred, event.approved_on)


def _readiness(protocol: StudyProtocol, cases: Sequence[Case], cut: date) -> tuple[Any, ...]:
    return tuple(readiness(one, cases, protocol, cut) for one in protocol.endpoints if one.ready_when)


# ---- one person ---------------------------------------------------------------------------------------------------


def _person(trial: Trial, study: StudyRecord, subject: str, cut: date, extra: Sequence[Endpoint]) -> Person:
    record = study.subjects[subject]
    version = trial.version_of(study, record, cut)
    standards = trial.standards[version]
    case, assessments = assessed_case(bare_case(trial, study, record, version), standards, cut)
    place = disposition(case, cut)
    judged = _judged(case, assessments, standards, cut, extra) if place.registered else {}
    failed = known_on(record, cut).latest(ScreeningFailed)
    return Person(
        subject=subject,
        site=record.site,
        version=version,
        case=case,
        arm=record.arm,
        screened=place.screened,
        failed=(failed.occurred, failed.why or failed.said.answer) if failed else None,
        failed_clauses=failed.said.clauses if failed else (),
        registered=place.registered,
        first_dose=place.first_dose,
        last_dose=place.last_dose,
        off_treatment=place.off_treatment if place.first_dose else None,
        off_study=place.off_study,
        died=_death(case, place, cut),
        courses=case.courses(cut),
        **judged,
    )


def _judged(
    case: Case, assessments: tuple[Assessment, ...], standards: Standards, cut: date, extra: Sequence[Endpoint]
) -> Mapping[str, Any]:
    """What the core judges of a registered subject."""
    told = subject_endpoints(case, assessments, cut, standards.toxicity)
    evaluable = POPULATIONS["evaluable"](case, cut) if standards.response else bool(case.courses(cut))
    _, days = safety_endpoint(case.protocol.endpoints)
    return {
        "evaluable": evaluable,
        "not_evaluable": "" if evaluable else _not_evaluable(assessments),
        "assessments": assessments,
        "best": told.best,
        "worst": worst_grades(case, standards.toxicity, cut, days) if standards.toxicity else {},
        "times": {**told.times, **_added_times(case, assessments, cut, extra)},
        "values": _values(case, cut),
        "departures": tuple(
            Departure(case.record.subject, one.kind, one.on, one.says, one.clause, one.severity)
            for one in deviations(case, cut)
        ),
        "dose_changes": tuple(_dose_changes(case, cut)),
    }


def _not_evaluable(assessments: Sequence[Assessment]) -> str:
    if not assessments:
        return "no assessment after the first dose"
    judged = any(one.response is not Response.NE for one in assessments)
    return "no assessment after the first day of treatment" if judged else "no assessment could be evaluated"


def _death(case: Case, place: Disposition, cut: date) -> Happened | None:
    if place.died is None:
        return None
    causes = [one.text("cause") for one in observations(case.record, "death", cut)]
    return place.died, next((cause for cause in reversed(causes) if cause), "")


def _added_times(
    case: Case, assessments: Sequence[Assessment], cut: date, extra: Sequence[Endpoint]
) -> Mapping[str, TimeToEvent]:
    courses = case.courses(cut)
    if not courses or not extra:
        return {}
    seen = followed(case, assessments, courses[0].day_1, cut)
    return {one.id: time_to_event(seen, one.events, one.id) for one in extra}


def _values(case: Case, cut: date) -> Mapping[tuple[str, str], Quantity]:
    """Every variable of the endpoints of values, at every encounter they name, where there is one value of it."""
    found: dict[tuple[str, str], Quantity] = {}
    for endpoint in case.protocol.endpoints:
        if endpoint.variable in (Variable.VALUE, Variable.CHANGE):
            for encounter in (*(endpoint.baseline,) * bool(endpoint.baseline), *endpoint.at):
                told = values_at(endpoint, case, str(encounter), cut)
                found.update({(str(encounter), one.variable): one.value for one in told if one.value is not None})
    return found


# ---- doses that a rule changed ------------------------------------------------------------------------------------


def _dose_changes(case: Case, cut: date) -> Iterable[DoseChange]:
    for regimen in case.protocol.regimens_of(case.record.arm):
        decided = decided_before_courses(case, regimen, cut)
        for number in sorted(decided):
            course, decision = decided[number]
            yield from _changes(case, regimen, course, decision)
        yield from _holds(case, regimen, cut)


def _changes(case: Case, regimen: Regimen, course: Course, decision: DoseDecision) -> Iterable[DoseChange]:
    """The rules that held when the course began and did something about its dose; the one that won says so."""
    rules = {rule.id for rule in regimen.rules}
    for outcome in decision.fired:
        if outcome.clause in rules and outcome.verdict is Verdict.MET:
            won = " (this rule decided)" if outcome.clause == decision.won else ""
            what = f"{outcome.action}: course given at {course.dose}{won}"
            yield _change(case, course, what, outcome.clause, outcome.saw)


def _holds(case: Case, regimen: Regimen, cut: date) -> Iterable[DoseChange]:
    """Days not taken, as the exposures say."""
    for course in case.courses(cut, regimen.drug):
        for exposure in course.exposures:
            missed, why = exposure.quantity("days_missed"), exposure.text("why_missed")
            if missed is not None and missed.value > 0:
                told = f"{missed.value} days of the course not taken: {why or 'no reason recorded'}"
                yield DoseChange(
                    case.record.subject, course.day_1, course.number, course.drug, told, regimen.id, "as recorded"
                )


def _change(case: Case, course: Course, what: str, clause: str, saw: str) -> DoseChange:
    found = case.protocol.clause(clause)
    words = (found.words if found else clause) + (f" (seen: {saw})" if saw else "")
    return DoseChange(case.record.subject, course.day_1, course.number, course.drug, what, clause, words)
