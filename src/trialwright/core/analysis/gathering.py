"""A study and its events -> `Gathered`: everything that is judged is asked of the core here, and nowhere else.

Two times: `cut` is the clinical date, what had happened; the events handed in are what was recorded by then. A subject
is analysed under the protocol version it is on at the cut-off. Read `gather`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from trialwright.core.analysis.around import activity_of, approvals, pauses
from trialwright.core.analysis.asking import counted, looked
from trialwright.core.analysis.people import (
    Departure,
    DoseChange,
    Gathered,
    Happened,
    Person,
    Setting,
    Unknown,
    clause_words,
)
from trialwright.core.bundle import Standards
from trialwright.core.conduct import Trial
from trialwright.core.conduct.halting import Monitored
from trialwright.core.conduct.totals import accrual_over
from trialwright.core.conduct.trial import assessed_case, bare_case
from trialwright.core.deviations import deviations, untold
from trialwright.core.disposition import Disposition, disposition
from trialwright.core.dosing import DoseDecision, RuleOutcome, decided_before_courses
from trialwright.core.dosing.evidence import let_go
from trialwright.core.endpoints import (
    POPULATIONS,
    Readiness,
    SubjectEndpoints,
    TimeToEvent,
    followed,
    readiness_of,
    subject_endpoints,
    time_to_event,
)
from trialwright.core.ledger import ScreeningFailed
from trialwright.core.monitoring import stages_of, stopping_of
from trialwright.core.protocol import DoseRule, Endpoint, StudyProtocol, Variable
from trialwright.core.response import Assessment
from trialwright.core.safety import safety_window
from trialwright.core.subject import Case, Course, StudyRecord, course_by, known_on, observations
from trialwright.core.terms import Grade, Quantity, Response, Verdict
from trialwright.core.toxicity import apart, worst_grades

SURVIVAL = "overall_survival"


def gather(
    trial: Trial,
    study: StudyRecord,
    cut: date,
    published: Sequence[Mapping[str, Any]] = (),
    contradictions: tuple[str, ...] = (),
    judged: Iterable[Person] | None = None,
) -> Gathered:
    """Everything the report stands on, at a clinical cut-off; `judged` are the people where each was judged before."""
    protocol = trial.versions[trial.latest]
    people = tuple(each_judged(trial, study, cut, sorted(study.subjects)) if judged is None else judged)
    return Gathered(
        protocol=protocol,
        versions=trial.versions,
        hashes=trial.hashes,
        cut=cut,
        people=people,
        activations=tuple(_activations(study, cut)),
        approvals=approvals(study, cut),
        pauses=pauses(study, cut),
        monitored=_monitored(protocol, people, cut),
        extra_endpoints=added_endpoints(protocol),
        readiness=tuple(_readiness(protocol, people, accrual_over(protocol, study, cut))),
        published=published,
        contradictions=contradictions,
        simulated=study.kind == "simulated",
    )


def each_judged(trial: Trial, study: StudyRecord, cut: date, subjects: Iterable[str]) -> Iterator[Person]:
    """Those of these subjects who came to screening by the cut-off, as the core judges them, one after another."""
    extra = added_endpoints(trial.versions[trial.latest])
    found = (_person(trial, study, subject, cut, extra) for subject in subjects)
    return (one for one in found if one.screened or one.registered)


def setting_of(trial: Trial, version: str, cut: date) -> Setting:
    """What the participants on a version are judged by."""
    tables = tuple(one.toxicity for name in trial.versions if (one := trial.standards[name]).toxicity)
    return Setting(cut, trial.versions[trial.latest], trial.standards[version], tables)


def _monitored(protocol: StudyProtocol, people: Sequence[Person], cut: date) -> Monitored:
    """The stopping rules and gates of the reference version, asked of everyone who was registered."""
    found = [told for one in people if one.registered and (told := one.ask(counted))]
    return Monitored(cut, stopping_of(protocol, found), stages_of(protocol, found))


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


def safety_endpoint(protocol: StudyProtocol) -> tuple[Endpoint | None, int | None]:
    """The endpoint that asks for worst grades, and how many days after the last dose count; None where nobody says."""
    found = next((one for one in protocol.endpoints if one.variable is Variable.WORST_GRADE), None)
    window = safety_window(protocol)
    own = found.safety_days if found else None
    return found, own if own is not None else window.days if window else None


def _activations(study: StudyRecord, cut: date) -> Iterable[tuple[str, str, date]]:
    for site in study.sites.values():
        for event in site.activations:
            if event.occurred <= cut:
                yield event.version, site.site, max(event.occurred, event.approved_on)


def _readiness(protocol: StudyProtocol, people: Sequence[Person], accrual_over: bool) -> Iterator[Readiness]:
    asked = [one.ask(looked) for one in people if one.registered]
    for endpoint in protocol.endpoints:
        if endpoint.ready_when:
            yield readiness_of(endpoint, [told[endpoint.id] for told in asked], protocol, accrual_over)


# ---- one person ---------------------------------------------------------------------------------------------------


def _person(
    trial: Trial, study: StudyRecord, subject: str, cut: date, extra: Sequence[Endpoint], conduct: bool = True
) -> Person:
    """A subject as judged by the cut-off; without its conduct, departures from the protocol are not looked for."""
    record = study.subjects[subject].on_its_site(cut)
    version = trial.version_of(study, record, cut)
    standards = trial.standards[version]
    bare = bare_case(trial, study, record, version)
    case, assessments = assessed_case(bare, standards, cut)
    let_go(bare)
    place = disposition(case, cut)
    judged = _judged(case, assessments, standards, cut, extra) if place.registered else {}
    if judged and conduct:
        judged |= _conduct(case, cut)
    if judged and standards.toxicity and (reported := trial.standards[trial.latest].toxicity):
        judged["worst"] = apart(judged["worst"], standards.toxicity.standard, reported.standard)
    known = known_on(record, cut)
    failed = known.latest(ScreeningFailed)
    return Person(
        subject=subject,
        site=record.site,
        version=version,
        case=case,
        setting=setting_of(trial, version, cut),
        arm=known.arm,
        screened=place.screened,
        failed=(failed.occurred, failed.why or failed.said.answer) if failed else None,
        failed_clauses=failed.against if failed else (),
        registered=place.registered,
        first_dose=place.first_dose,
        last_dose=place.last_dose,
        off_treatment=place.off_treatment if place.first_dose else None,
        off_study=place.off_study,
        treatment_reason=place.treatment_reason,
        study_reason=place.study_reason,
        died=_death(case, place, cut),
        courses=tuple(course_by(one, cut) for one in case.courses(cut)),
        activity=activity_of(record, cut),
        **judged,
    )


def _judged(
    case: Case, assessments: tuple[Assessment, ...], standards: Standards, cut: date, extra: Sequence[Endpoint]
) -> dict[str, Any]:
    """What the core judges of a registered subject."""
    told = subject_endpoints(case, assessments, cut, standards.toxicity)
    evaluable = POPULATIONS["evaluable"](case, cut) if standards.response else bool(case.courses(cut))
    return {
        "evaluable": evaluable,
        "not_evaluable": "" if evaluable else _not_evaluable(assessments),
        "assessments": assessments,
        "best": told.best,
        "worst": _worst(case, standards, told, cut),
        "times": {**told.times, **_added_times(case, assessments, cut, extra)},
        "variants": told.variants,
        "answers": told.answers,
        "values": _values(told),
        "dose_changes": tuple(_dose_changes(case, cut)),
    }


def _conduct(case: Case, cut: date) -> dict[str, Any]:
    """What was done otherwise than the protocol asks, and what may have been."""
    return {
        "departures": tuple(
            Departure(case.record.subject, one.kind, one.on, one.says, one.clause, one.severity, one.days_late, one.id)
            for one in deviations(case, cut)
        ),
        "untold": tuple(
            Unknown(case.record.subject, one.kind, one.clause, one.because, one.missing) for one in untold(case, cut)
        ),
    }


def _worst(case: Case, standards: Standards, told: SubjectEndpoints, cut: date) -> Mapping[str, Grade | None]:
    """The worst grades of the endpoint that asks for them, or by the table the protocol names."""
    endpoint, days = safety_endpoint(case.protocol)
    if endpoint is not None and endpoint.id in told.grades:
        return told.grades[endpoint.id]
    return worst_grades(case, standards.toxicity, cut, days) if standards.toxicity else {}


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
    return {one.id: time_to_event(seen, one) for one in extra}


def _values(told: SubjectEndpoints) -> Mapping[tuple[str, str], Quantity]:
    """Every variable of the endpoints of values, by encounter, where there is one value of it."""
    measured = [one for ones in told.values.values() for one in ones]
    measured += [one for ones in told.changes.values() for change in ones for one in (change.baseline, change.at)]
    return {(one.encounter, one.variable): one.value for one in measured if one.value is not None}


# ---- doses that a rule changed ------------------------------------------------------------------------------------


def _dose_changes(case: Case, cut: date) -> Iterable[DoseChange]:
    """The rules that did something about a dose, each once for courses that follow one another."""
    for regimen in case.protocol.regimens_of(case.record.arm):
        decided = decided_before_courses(case, regimen, cut)
        for rule in regimen.rules:
            if rule.then.warn is None:
                held = [decided[number] for number in sorted(decided) if _outcome(rule, decided[number][1])]
                yield from (_change(case, rule, run) for run in _runs(held))


def _outcome(rule: DoseRule, decision: DoseDecision) -> RuleOutcome | None:
    return next((one for one in decision.fired if one.clause == rule.id and one.verdict is Verdict.MET), None)


Decided = tuple[Course, DoseDecision]


def _runs(held: Sequence[Decided]) -> Iterable[list[Decided]]:
    """Courses that follow one another, together."""
    run: list[Decided] = []
    for one in held:
        if run and one[0].number != run[-1][0].number + 1:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _change(case: Case, rule: DoseRule, run: Sequence[Decided]) -> DoseChange:
    first, outcome = run[0][0], _outcome(rule, run[0][1])
    return DoseChange(
        subject=case.record.subject,
        on=first.day_1,
        courses=tuple(course.number for course, _ in run),
        drug=first.drug,
        what=outcome.action if outcome else "",
        doses=tuple(dict.fromkeys(str(course.dose) for course, _ in run)),
        clause=rule.id,
        words=clause_words(case.protocol, rule),
        saw=outcome.saw if outcome else "",
        decided=any(decision.won == rule.id for _, decision in run),
    )
