"""Everything that holds for one subject on a day; each line names the module that decides it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from trialwright.core.bundle import Standards
from trialwright.core.conduct.ending import unknown_reasons
from trialwright.core.conduct.grades import GradeAnswer, grade_answers
from trialwright.core.conduct.grounds import (
    Ground,
    ground_of_account,
    ground_of_best,
    ground_of_clock,
    ground_of_continuation,
    ground_of_deviation,
    ground_of_dose,
    ground_of_duty,
    ground_of_intensity,
    ground_of_place,
    ground_of_response,
    ground_of_sample,
    ground_of_supply,
    ground_of_untold,
    ground_of_visit,
)
from trialwright.core.conduct.history import Told, history
from trialwright.core.conduct.orders import contradictions
from trialwright.core.conduct.trial import Trial, assessed_case, bare_case
from trialwright.core.conduct.twice import entered_twice
from trialwright.core.conduct.wanting import Task, Wanted, task_of, tasks, wanted
from trialwright.core.deviations import Deviation, Untold, deviations, over_plan, untold
from trialwright.core.disposition import Disposition, continuation, disposition
from trialwright.core.dosing import (
    ContinuationDecision,
    CourseAccount,
    Dispensing,
    DoseDecision,
    Intensity,
    account_of,
    decide_dose,
    dispensing,
    dose_intensity,
)
from trialwright.core.eligibility import Eligibility, judge_eligibility
from trialwright.core.endpoints import best_of
from trialwright.core.protocol import Epoch
from trialwright.core.response import Assessment, BestResponse
from trialwright.core.safety import SafetyClock, safety_clocks, safety_window
from trialwright.core.schedule import (
    Duty,
    Sample,
    Undated,
    Visit,
    duties,
    samples,
    schedule_findings,
    undated,
    visits,
)
from trialwright.core.specimens import SpecimenDue, assay_findings, custody_findings, specimens_due
from trialwright.core.subject import Case, StudyRecord, known_on, labels_of, unreadable_items
from trialwright.core.terms import Finding, Grade, Verdict
from trialwright.core.toxicity import toxicity_findings, worst_grades


@dataclass(frozen=True)
class SubjectStatus:
    """What holds for a subject on a day: where it stands, whether it may enter, the dose, what is due, what is wrong.

    `next_change` is the first later day on which something of this changes by itself; None where nothing does.
    `grounds` has what each answer stands on, by the name `answer_names` gives it; `wanted` what is missing and who can
    give it; `labels` what a person reads in place of an id.
    """

    subject: str
    on: date
    site: str
    version: str
    arm: str | None
    disposition: Disposition
    eligibility: Eligibility | None
    course: int | None
    day: int | None
    doses: Mapping[str, DoseDecision]
    continuation: ContinuationDecision
    due: tuple[Visit, ...]
    coming: tuple[Visit, ...]
    samples: tuple[Sample, ...]
    grades: Mapping[str, Grade | None]
    assessments: tuple[Assessment, ...]
    best: BestResponse | None
    deviations: tuple[Deviation, ...]
    findings: tuple[Finding, ...]
    next_change: date | None
    site_name: str = ""
    cycle: int | None = None
    simulated: bool = False
    tasks: tuple[Task, ...] = ()
    ahead: Task | None = None
    grade_answers: tuple[GradeAnswer, ...] = ()
    duties: tuple[Duty, ...] = ()
    undated: tuple[Undated, ...] = ()
    specimens: tuple[SpecimenDue, ...] = ()
    untold: tuple[Untold, ...] = ()
    clocks: tuple[SafetyClock, ...] = ()
    supply: Mapping[str, Dispensing] = field(default_factory=dict)
    accounts: tuple[CourseAccount, ...] = ()
    intensity: Mapping[str, Intensity] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = ()
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Told, ...] = ()


def subject_status(trial: Trial, study: StudyRecord, subject: str, on: date) -> SubjectStatus:
    """Everything that holds for a subject on a day, as far as the events folded into `study` tell.

    Raises KeyError for a subject that is not in the study or a protocol version that is not in the trial.
    """
    return case_and_status(trial, study, subject, on)[1]


def case_and_status(trial: Trial, study: StudyRecord, subject: str, on: date) -> tuple[Case, SubjectStatus]:
    """The same with the case it was judged on, for who asks more of it."""
    record = study.subjects[subject].on_its_site(on)
    version = trial.version_of(study, record, on)
    standards = trial.standards[version]
    case, assessments = assessed_case(bare_case(trial, study, record, version), standards, on)
    told = status_of(case, standards, assessments, on, of_accrual(case, study, on))
    return case, replace(told, simulated=study.kind == "simulated", history=history(case, study, on))


def of_accrual(case: Case, study: StudyRecord, on: date) -> tuple[Deviation, ...]:
    """That the subject was registered over plan, as far as is known on a day."""
    if known_on(case.record, on).registered is None:
        return ()
    return over_plan(case.protocol, case.record, study.places.get(case.record.subject, 0))


def status_of(
    case: Case,
    standards: Standards,
    assessments: tuple[Assessment, ...],
    on: date,
    entered: tuple[Deviation, ...] = (),
) -> SubjectStatus:
    """The status of a case that is graded and assessed, with what each answer of it stands on.

    `entered` are deviations that rest on the other subjects as well: see `of_accrual`.
    """
    bare = _answers(case, standards, assessments, on)
    bare = replace(bare, deviations=(*entered, *bare.deviations))
    grounds = dict(_grounds(case, bare))
    return replace(bare, grounds=grounds, wanted=wanted(case, _waiting(bare, grounds)), labels=labels_of(case))


def _answers(case: Case, standards: Standards, assessments: tuple[Assessment, ...], on: date) -> SubjectStatus:
    """Each line names the module that decides it."""
    place = disposition(case, on)
    arm = known_on(case.record, on).arm
    drugs = case.protocol.regimens_of(arm) if arm else case.protocol.regimen
    doses = {one.drug: decide_dose(case, one, on) for one in drugs}
    courses, planned, taken = case.courses(on), visits(case, on), samples(case, on)
    entry = judge_eligibility(case, _entering_on(place, on)) if place.epoch in ENTERING else None
    worst = worst_grades(case, standards.toxicity, on, safety_days(case)) if standards.toxicity else {}
    open_samples = tuple(one for one in taken if one.state in ("due", "overdue"))
    ahead = next((one for one in planned if one.state == "coming"), None)
    site = case.protocol.site(case.record.site)
    return SubjectStatus(
        subject=case.record.subject,
        on=on,
        site=case.record.site,
        version=case.protocol.version,
        arm=arm,
        disposition=place,
        eligibility=entry,
        course=courses[-1].number if courses else None,
        day=courses[-1].day(on) if courses else None,
        doses=doses,
        continuation=continuation(case, on),
        due=tuple(one for one in planned if one.state in ("due", "overdue")),
        coming=tuple(one for one in planned if one.state == "coming"),
        samples=open_samples,
        grades=worst,
        assessments=assessments,
        best=best_of(case, assessments, on) if assessments else None,
        deviations=deviations(case, on),
        findings=_findings(case, standards, on),
        next_change=_next_change(on, doses, planned, entry),
        site_name=site.name if site else "",
        cycle=drugs[0].cycle.days if drugs and courses else None,
        tasks=tasks(case, on, open_samples),
        ahead=task_of(case, ahead, on) if ahead else None,
        grade_answers=grade_answers(case, standards.toxicity, worst, on) if standards.toxicity else (),
        duties=tuple(one for one in duties(case, on) if one.applies is not Verdict.NOT_MET),
        undated=undated(case, on) if place.epoch is not Epoch.OFF_STUDY else (),
        specimens=specimens_due(case, on),
        untold=untold(case, on),
        supply={one.drug: dispensing(case, one, on) for one in drugs} if place.epoch is Epoch.TREATMENT else {},
        accounts=tuple(each for one in drugs for each in account_of(case, one, on)),
        intensity={one.drug: dose_intensity(case, one, on) for one in drugs} if courses else {},
        clocks=safety_clocks(case, standards.clock, on, table=standards.toxicity) if standards.clock else (),
    )


Grounds = Iterator[tuple[str, Ground]]


def _grounds(case: Case, said: SubjectStatus) -> Grounds:
    """What each answer stands on, by its name: the kind of answer, then which one."""
    for rule in (_of_treatment, _of_calendar, _of_disease, _of_safety, _of_deviations):
        yield from rule(case, said, said.on)


def _of_treatment(case: Case, said: SubjectStatus, on: date) -> Grounds:
    yield "disposition", ground_of_place(case, said.disposition, said.eligibility, on)
    for criterion in said.eligibility.criteria if said.eligibility else ():
        yield f"criterion {criterion.id}", Ground(criterion.because, criterion.evidence, criterion.missing)
    for drug, dose in said.doses.items():
        yield f"dose {drug}", ground_of_dose(case, dose, on)
    for drug, handed in said.supply.items():
        yield f"supply {drug}", ground_of_supply(case, handed, on)
    for account in said.accounts:
        yield f"account {account.drug} {account.course}", ground_of_account(case, account, on)
    for drug, taken in said.intensity.items():
        yield f"intensity {drug}", ground_of_intensity(case, taken, on)
    yield "continuation", ground_of_continuation(case, said.continuation, on)


def _of_calendar(case: Case, said: SubjectStatus, on: date) -> Grounds:
    for visit in (*said.due, *said.coming):
        yield f"visit {visit.key}", ground_of_visit(case, visit, on)
    for sample in said.samples:
        yield f"sample {sample.key}", ground_of_sample(case, sample, on)
    for duty in said.duties:
        yield f"duty {duty.obligation.id}", ground_of_duty(case, duty, on)
    for specimen in said.specimens:
        missing = () if specimen.evidence else (f"{specimen.to_do} {specimen.label}",)
        yield f"specimen {specimen.key} {specimen.to_do}", Ground((specimen.because,), specimen.evidence, missing)
    for waiting in said.undated:
        yield f"undated {waiting.key}", Ground(waiting.because, (), (waiting.waits_for.replace("_", " "),))


def _of_disease(case: Case, said: SubjectStatus, on: date) -> Grounds:
    for grade in said.grade_answers:
        yield f"grade {grade.term}", grade.ground
    for place, one in enumerate(said.assessments):
        yield f"response {place}", ground_of_response(case, one)
    if said.best:
        yield "best response", ground_of_best(case, said.best, said.assessments)


def _of_safety(case: Case, said: SubjectStatus, on: date) -> Grounds:
    for clock in said.clocks:
        yield f"clock {clock.id}", ground_of_clock(case, clock)


def _of_deviations(case: Case, said: SubjectStatus, on: date) -> Grounds:
    for place, deviation in enumerate(said.deviations):
        yield f"deviation {place}", ground_of_deviation(case, deviation)
    for place, open_ in enumerate(said.untold):
        yield f"untold {place}", ground_of_untold(case, open_)


def _waiting(said: SubjectStatus, grounds: Mapping[str, Ground]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each answer that waits for data, in words; what is yet to come, such as a sample to take, waits for nobody."""
    early = {f"undated {one.key}" for one in said.undated if not one.happened}
    early |= {f"specimen {one.key} {one.to_do}" for one in said.specimens}
    kinds = {f"untold {place}": f"{UNTOLD} ({one.kind})" for place, one in enumerate(said.untold)}
    for name, ground in grounds.items():
        if name not in early:
            yield kinds.get(name, name), ground.missing


UNTOLD = "whether there was a deviation"
"""How an answer begins that waits for data to tell whether something was done otherwise."""


ENTERING = (Epoch.SCREENING, Epoch.NOT_REGISTERED)
"""Where the eligibility of a subject is what the day is about; afterwards it is in `deviations`."""


def _entering_on(place: Disposition, on: date) -> date:
    """The day of which eligibility is told: today in screening, the day screening ended for who was not registered.

    Data that were fresh on that day do not turn old behind a decision, and a washout does not end after it.
    """
    ended = place.since if place.epoch is Epoch.NOT_REGISTERED else None
    return place.registered or min(ended or on, on)


def safety_days(case: Case) -> int | None:
    """How many days after the last dose toxicity counts, as the protocol says; None where it does not say."""
    window = safety_window(case.protocol)
    return window.days if window else None


def _findings(case: Case, standards: Standards, on: date) -> tuple[Finding, ...]:
    """Events that contradict each other, and data that could not be used as they were entered."""
    found = [
        *contradictions(case, on),
        *unknown_reasons(case, on),
        *unreadable_items(case.record, case.concepts),
        *schedule_findings(case, on),
        *entered_twice(case, standards.toxicity, on),
    ]
    found += [*custody_findings(case, on), *assay_findings(case, on)]
    if standards.toxicity:
        found += toxicity_findings(case, standards.toxicity, on)
    if standards.response:
        found += standards.response.findings(case, on)
    if standards.staging:
        found += standards.staging.findings(case, on)
    return tuple(found)


def _next_change(
    on: date, doses: Mapping[str, DoseDecision], planned: tuple[Visit, ...], entry: Eligibility | None
) -> date | None:
    """The first later day on which a dose, a visit's window or the eligibility changes with nothing new recorded."""
    days = [day for one in doses.values() for day in (one.first_day, one.next_check) if day]
    days += [one.last_day + timedelta(days=1) for one in doses.values() if one.last_day]
    open_ = [one for one in planned if one.state in ("coming", "due", "overdue")]
    days += [one.earliest for one in open_] + [one.latest + timedelta(days=1) for one in open_]
    days += [one.due + timedelta(days=1) for one in open_]
    days += [entry.holds_until] if entry and entry.on == on and entry.holds_until else []
    return min((day for day in days if day > on), default=None)
