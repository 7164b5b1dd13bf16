"""What each answer about a subject stands on: clauses with their words, data with their days, and what is missing.

The modules that decide give their reasons; here they are completed, so that no answer is without a clause and without
either a datum or the name of the one that is missing. Nothing is decided here. Read `Ground`, then `grounds`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from trialwright.core.conditions import Measure, parts
from trialwright.core.deviations import Deviation, Untold
from trialwright.core.disposition import Disposition, last_follow_up
from trialwright.core.dosing import ContinuationDecision, CourseAccount, Dispensing, DoseDecision, Intensity
from trialwright.core.eligibility import Eligibility
from trialwright.core.ledger import ConsentWithdrawn, Event, Said
from trialwright.core.protocol import Clause, CourseGate, DoseRule, EndReason, Epoch, Regimen
from trialwright.core.response import Assessment, BestResponse
from trialwright.core.safety import SafetyClock
from trialwright.core.schedule import Duty, Sample, Visit
from trialwright.core.subject import Case, Course, Observation, observations, why_left
from trialwright.core.terms import Because, Evidence, Verdict


@dataclass(frozen=True)
class Ground:
    """What one answer stands on; where there is no datum, `missing` names the one there should be."""

    because: tuple[Because, ...]
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()


CONSENT = Because("consent", "Consent is given before anything is done for the study (ICH E6(R2) 4.8.8).")
"""What is cited of consent where no clause of the protocol is about it."""
MILESTONE_WORDS: Mapping[str, str] = {
    "SubjectScreened": "screened",
    "ScreeningFailed": "screening failed",
    "SubjectRegistered": "registered",
    "CourseStarted": "course started",
    "TreatmentEnded": "treatment ended",
    "StudyLeft": "off study",
    "SubjectMoved": "moved to another protocol version",
    "ConsentGiven": "consent given",
    "ConsentWithdrawn": "consent withdrawn",
    "SubjectTransferred": "transferred",
    "SubjectFound": "found again",
    "DoseReleased": "dose released",
}
"""Events of a subject in the words of a reason."""


def milestone(event: Event) -> Evidence:
    """An event as the datum an answer stands on."""
    kind = type(event).__name__
    version = getattr(event, "version", "")
    said = (
        getattr(event, "why", "")
        or getattr(event, "dose", "")
        or (f"under protocol version {version}" if version else "")
    )
    return Evidence(MILESTONE_WORDS.get(kind, kind), str(said) or "yes", event.occurred.isoformat(), event.id)


def last_milestone(case: Case, on: date, *names: str) -> Event | None:
    """The latest event of the kinds named that had happened by a day, in whatever order they were recorded."""
    known = (event for event in case.record.milestones if event.occurred <= on and type(event).__name__ in names)
    return max(known, key=lambda event: (event.occurred, event.id), default=None)


def observed(one: Observation, name: str = "value") -> Evidence:
    """An observation as the datum an answer stands on."""
    return Evidence(one.concept, one.text(name), str(one.on), one.event.id)


# --- where the subject stands ----------------------------------------------------------------------------------------


def ground_of_place(case: Case, place: Disposition, entry: Eligibility | None, on: date) -> Ground:
    """The clause under which the subject came where it is, and the event that brought it there."""
    brought = _brought(case, place, on)
    evidence = _death(case, on) if place.died else (milestone(brought),) if brought else ()
    open_ = () if entry is None else tuple(one.id for one in entry.criteria if one.verdict is not Verdict.MET)
    passed = (*ENTRIES, "TreatmentEnded") if place.epoch is Epoch.OFF_STUDY else ENTRIES
    ended = () if brought is None or type(brought).__name__ in passed else _said(brought).clauses
    if _withdrew(case, brought, place):
        return Ground((replace(CONSENT, saw=place.why),), evidence)
    named = _first_known(case, (*ended, *open_)) or _entered(case, place, on)
    return Ground((Because(named.id, named.words, place.why),), evidence, () if evidence else ("screening",))


def _withdrew(case: Case, brought: Event | None, place: Disposition) -> bool:
    """Whether it is the subject's own will, of which no clause of a protocol decides."""
    off = place.epoch is Epoch.OFF_STUDY and case.protocol.end_reason(place.why).category in OWN_WILL
    return not place.died and (off or isinstance(brought, ConsentWithdrawn))


def _entered(case: Case, place: Disposition, on: date) -> Clause:
    """The clause that a subject is in the study by: its treatment while that lasts, its follow-up once it is over."""
    if place.epoch is Epoch.TREATMENT and (given := case.protocol.regimens_of(case.record.arm)):
        return given[0]
    followed = last_follow_up(case, on) if place.epoch is Epoch.OFF_STUDY else None
    return followed or case.protocol.design.accrual


OWN_WILL = (EndReason.WITHDRAWAL_BY_SUBJECT, EndReason.WITHDRAWAL_OF_CONSENT)


ENTRIES = ("SubjectScreened", "SubjectRegistered")
"""Events that a subject comes in by; what they say names every criterion, which is no reason for where it stands."""


def _brought(case: Case, place: Disposition, on: date) -> Event | None:
    """The event that brought the subject where it stands."""
    order = ("StudyLeft", "TreatmentEnded", "SubjectRegistered", "ScreeningFailed", "SubjectScreened")
    found = [event for name in order if (event := last_milestone(case, on, name))]
    ends = [one for one in found if one.occurred == place.since]
    gone = [one for one in case.record.of_kind(ConsentWithdrawn) if why_left(one) in place.why]
    here = [one for one in gone if one.occurred == place.since]
    return next(iter([*here, *ends, *found]), None)


def _said(event: Event) -> Said:
    said = getattr(event, "said", None)
    return said if isinstance(said, Said) else Said("")


def _death(case: Case, on: date) -> tuple[Evidence, ...]:
    told = [observed(one, "on") for one in observations(case.record, "death", on)]
    seen = [one for one in observations(case.record, "vital_status", on) if one.text("value") == "dead"]
    return tuple(told or [observed(one) for one in seen])


def _first_known(case: Case, ids: Iterable[str]) -> Clause | None:
    """The first of the clauses named that the protocol version of the subject has."""
    return next((found for name in ids if (found := case.protocol.clause(name))), None)


# --- dose and continuation -------------------------------------------------------------------------------------------


def ground_of_dose(case: Case, said: DoseDecision, on: date) -> Ground:
    """The decision's own reasons, each with a clause; the course, and what the rules that spoke looked at."""
    regimen = next(one for one in case.protocol.regimen if one.drug == said.drug)
    ended = last_milestone(case, on, "TreatmentEnded", "StudyLeft")
    clause = (_first_known(case, _said(ended).clauses) if ended else None) or regimen
    because = tuple(one if one.clause else Because(clause.id, clause.words, one.saw) for one in said.because)
    told = because or (Because(clause.id, clause.words, said.reason),)
    evidence = (*_treated(case, said, on), *_looked_at(case, regimen, said, on))
    return Ground(told, evidence, said.missing or (() if evidence else ("screening",)))


def _treated(case: Case, said: DoseDecision, on: date) -> tuple[Evidence, ...]:
    """The course under way or last given; without one the registration."""
    ended = last_milestone(case, on, "TreatmentEnded", "StudyLeft")
    if said.action == "stop" and (ended or case.died(on)):
        return (milestone(ended),) if ended else _death(case, on)
    courses = case.courses(on, said.drug)
    registered = last_milestone(case, on, "SubjectRegistered", "SubjectScreened")
    return (course_datum(courses[-1]),) if courses else (milestone(registered),) if registered else ()


def course_datum(one: Course) -> Evidence:
    """A course as the datum an answer stands on: its number, dose and day 1."""
    event = one.taken.event.id if one.taken else one.decided.id if one.decided else ""
    return Evidence(f"course {one.number} of {one.drug}", str(one.dose), one.day_1.isoformat(), event)


def _looked_at(case: Case, regimen: Regimen, said: DoseDecision, on: date) -> tuple[Evidence, ...]:
    """The last value of each concept that the rules and gates looked at read."""
    asked = {one.clause for one in said.fired}
    rules: Sequence[DoseRule | CourseGate] = (*regimen.rules, *regimen.start_course_when, *regimen.release_when)
    conditions = [part for one in rules if one.id in asked for part in parts(one.when)]
    concepts = dict.fromkeys(part.concept for part in conditions if isinstance(part, Measure))
    last = [observations(case.record, name, on)[-1:] for name in concepts]
    return tuple(observed(one) for some in last for one in some if one.text("value"))


def ground_of_continuation(case: Case, said: ContinuationDecision, on: date) -> Ground:
    """The clause that decides about going on, else the one that says how treatment goes; the course it counts from."""
    regimens = case.protocol.regimens_of(case.record.arm) or case.protocol.regimen
    usual = regimens[0] if regimens else case.protocol.design.accrual
    told = said.because or (Because(usual.id, usual.words, said.reason),)
    because = tuple(_named(one, one.clause or usual.id, one.words or usual.words) for one in told)
    courses = case.courses(on)
    registered = last_milestone(case, on, "SubjectRegistered", "SubjectScreened")
    evidence = (course_datum(courses[-1]),) if courses else (milestone(registered),) if registered else ()
    return Ground(because, evidence, said.missing or (() if evidence else ("screening",)))


def ground_of_supply(case: Case, said: Dispensing, on: date) -> Ground:
    """Why so much is handed out, or why nothing; the last supply, else the course, it is counted from."""
    regimen = next(one for one in case.protocol.regimen if one.drug == said.drug)
    told = said.refused or said.because
    because = tuple(one if one.clause else Because(regimen.id, regimen.words, one.saw) for one in told)
    released = last_milestone(case, on, "DoseReleased") or last_milestone(case, on, "SubjectRegistered")
    evidence = (milestone(released),) if released else ()
    return Ground(because or (Because(regimen.id, regimen.words, str(said)),), evidence, said.missing)


def ground_of_account(case: Case, said: CourseAccount, on: date) -> Ground:
    """The regimen's clause; the course and what was brought back of it."""
    regimen = next(one for one in case.protocol.regimen if one.drug == said.drug)
    begun = [course_datum(one) for one in case.courses(on, said.drug) if one.number == said.course]
    back = [one for one in observations(case.record, "drug_return", on) if one.text("course") == str(said.course)]
    evidence = (*begun, *(Evidence("drug_return", one.text("count"), str(one.on), one.event.id) for one in back))
    saw = f"course {said.course}: handed out, brought back, taken"
    return Ground((Because(regimen.id, regimen.words, saw),), evidence, said.missing)


def ground_of_intensity(case: Case, said: Intensity, on: date) -> Ground:
    """The regimen's clause; the courses whose days of dosing are over."""
    regimen = next(one for one in case.protocol.regimen if one.drug == said.drug)
    courses = case.courses(on, said.drug)
    saw = f"{len(said.courses)} courses whose days of dosing are over"
    return Ground((Because(regimen.id, regimen.words, saw),), tuple(map(course_datum, courses)), said.missing)


# --- visits, samples, duties -----------------------------------------------------------------------------------------


def ground_of_visit(case: Case, visit: Visit, on: date) -> Ground:
    """The encounter's clause, and the day it counts from."""
    return Ground(visit.because, _counted_from(case, visit, on), () if _counted_from(case, visit, on) else ("its day",))


def ground_of_sample(case: Case, sample: Sample, on: date) -> Ground:
    """The specimen's clause and its visit's."""
    evidence = _counted_from(case, sample.visit, on)
    return Ground(sample.because, evidence, () if evidence else ("its day",))


def _counted_from(case: Case, visit: Visit, on: date) -> tuple[Evidence, ...]:
    """The course the visit belongs to, or the anchor it counts from."""
    courses = [one for one in case.courses(on) if one.number == visit.course]
    if visit.encounter.anchor == "course" and courses:
        return (course_datum(courses[-1]),)
    name = "course_day_1" if visit.encounter.anchor == "course" else visit.encounter.anchor
    anchors = case.anchors(on)
    day = anchors.get(name) or anchors.get("first_dose") or anchors.get("registration")
    return (Evidence(name.replace("_", " "), day.isoformat(), day.isoformat()),) if day else ()


def ground_of_duty(case: Case, duty: Duty, on: date) -> Ground:
    """The obligation's clause; the promise, or that it is missing."""
    promised = observations(case.record, duty.obligation.commitment, on)
    missing = () if duty.promised is not Verdict.UNKNOWN else (duty.obligation.commitment,)
    return Ground(duty.because, tuple(observed(one) for one in promised[-1:]), missing)


# --- disease and deviations ------------------------------------------------------------------------------------------


def ground_of_response(case: Case, one: Assessment) -> Ground:
    """The clause on response; the assessment with its day."""
    rules = case.protocol.response
    named = rules.id if rules else case.protocol.standards.response or "response"
    because = Because(named, (rules.words if rules else "") or one.words or named, one.why)
    value = f"{one.response.value}: {one.why}" if one.why else one.response.value
    return Ground((because,), (Evidence("disease assessment", value, one.on.isoformat()),))


def ground_of_best(case: Case, best: BestResponse, assessments: Sequence[Assessment]) -> Ground:
    """The clause on response; the assessments it is the best of."""
    rules = case.protocol.response
    named = rules.id if rules else case.protocol.standards.response or "response"
    words = (rules.words if rules else "") or (assessments[-1].words if assessments else "") or named
    told = tuple(Evidence("disease assessment", one.response.value, one.on.isoformat()) for one in assessments)
    return Ground((Because(named, words, best.why),), told)


def ground_of_clock(case: Case, said: SafetyClock) -> Ground:
    """The clause that asks for the report; the event it is about, and the report where one was sent."""
    clause = case.protocol.clause(said.clause)
    because = said.because or (Because(said.clause, clause.words if clause else said.clause, said.why),)
    started = said.started.date().isoformat() if said.started else ""
    event = Evidence("adverse_event", f"{said.term}, number {said.event}", started, said.entry)
    sent = (Evidence("safety_report", said.report, said.reported),) if said.reported else ()
    return Ground(because, (event, *sent), said.missing)


def ground_of_deviation(case: Case, one: Deviation) -> Ground:
    """The clause that was not kept, and what was seen on which day."""
    clause = case.protocol.clause(one.clause)
    words = clause.words if clause else one.clause
    because = tuple(_named(each, one.clause, words) for each in one.because) or (Because(one.clause, words, one.says),)
    return Ground(because, (Evidence(one.kind, one.says, one.on.isoformat(), one.event),))


def ground_of_untold(case: Case, one: Untold) -> Ground:
    """The clause of a deviation that may have been, and what is missing to tell."""
    clause = case.protocol.clause(one.clause)
    because = Because(one.clause, clause.words if clause else one.clause, one.because)
    return Ground((because,), (), one.missing or (one.because,))


def _named(one: Because, clause: str, words: str) -> Because:
    return one if one.clause and one.words else replace(one, clause=clause, words=words)
