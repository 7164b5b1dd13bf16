"""A status as one JSON document: every answer with its `because`, its data and what is missing.

`because` are clauses with their quotes and what was seen; `evidence` the data with their days and events; `missing`
the data that are not there, and under the document's `missing` who can give each. Keys that are here stay. Nothing is
decided here. Read `subject_document`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.core.conduct import Ground, SubjectStatus
from trialwright.core.conduct.grades import GradeAnswer
from trialwright.core.conduct.wanting import Task
from trialwright.core.dosing import CourseAccount, Dispensing, DoseDecision, Intensity
from trialwright.core.eligibility import Eligibility
from trialwright.core.schedule import Duty, Sample, Undated, Visit
from trialwright.core.terms import Because, Quantity


def subject_document(said: SubjectStatus, known_to: int, head: str) -> dict[str, Any]:
    """The status as one JSON document; every answer has its `because`, its `evidence` and what is `missing`."""
    doses = [{**dose_document(one), **_ground(said, f"dose {drug}")} for drug, one in said.doses.items()]
    place = said.disposition
    return {
        "subject": said.subject,
        "on": said.on,
        "known_to": known_to,
        "head": head,
        "simulated": said.simulated,
        "site": said.site,
        "site_name": said.site_name,
        "version": said.version,
        "arm": said.arm,
        "epoch": place.epoch.value,
        "disposition": {**_plain(place), **_ground(said, "disposition")},
        "history": [
            {"about": one.about, "on": one.on, "says": one.says, **ground_document(one.ground)} for one in said.history
        ],
        "course": said.course,
        "day": said.day,
        "dose": doses[0] if doses else None,
        "doses": doses,
        "eligibility": eligibility_document(said.eligibility) if said.eligibility else None,
        "supply": [{**_supply_document(one), **_ground(said, f"supply {drug}")} for drug, one in said.supply.items()],
        "accounts": [
            {**_account_document(one), **_ground(said, f"account {one.drug} {one.course}")} for one in said.accounts
        ],
        "intensity": [
            {**_intensity_document(one), **_ground(said, f"intensity {drug}")} for drug, one in said.intensity.items()
        ],
        "safety": [{**_plain(one), "says": one.says, **_ground(said, f"clock {one.id}")} for one in said.clocks],
        "continuation": {**_plain(said.continuation), **_ground(said, "continuation")},
        "due": _due(said),
        "coming": [{**_visit_document(one), **_ground(said, f"visit {one.key}")} for one in said.coming],
        "tasks": [_task_document(one) for one in said.tasks],
        "missing": [_plain(one) for one in said.wanted],
        "grades": {term: None if grade is None else grade.number for term, grade in said.grades.items()},
        "toxicity": [_grade_document(one) for one in said.grade_answers],
        "response": _response_document(said),
        "duties": [{**_duty_document(one), **_ground(said, f"duty {one.obligation.id}")} for one in said.duties],
        "undated": [{**_undated_document(one), **_ground(said, f"undated {one.key}")} for one in said.undated],
        "specimens": [{**_plain(one), **_ground(said, f"specimen {one.key} {one.to_do}")} for one in said.specimens],
        "untold": [{**_plain(one), **_ground(said, f"untold {place}")} for place, one in enumerate(said.untold)],
        "findings": [
            *({**_plain(one), **_ground(said, f"deviation {place}")} for place, one in enumerate(said.deviations)),
            *(as_data(one) for one in said.findings),
        ],
        "next_change": said.next_change,
    }


def _due(said: SubjectStatus) -> list[dict[str, Any]]:
    visits = [{**_visit_document(one), **_ground(said, f"visit {one.key}")} for one in said.due]
    return visits + [{**_sample_document(one), **_ground(said, f"sample {one.key}")} for one in said.samples]


def _ground(said: SubjectStatus, name: str) -> dict[str, Any]:
    """What an answer stands on, as the keys every answer has."""
    return ground_document(said.grounds.get(name, Ground(())))


def ground_document(ground: Ground) -> dict[str, Any]:
    """Reasons, data and what is missing, as data."""
    return {
        "because": reasons(ground.because),
        "evidence": as_data(ground.evidence),
        "missing": list(ground.missing),
    }


def _task_document(said: Task) -> dict[str, Any]:
    visit = said.visit
    return {
        "what": visit.encounter.label,
        "key": visit.key,
        "state": visit.state,
        "done_on": visit.done_on,
        "collects": list(said.collects),
        "lacks": list(said.lacks),
        "samples": [one.key for one in said.samples],
    }


def _grade_document(said: GradeAnswer) -> dict[str, Any]:
    return {
        "term": said.term,
        "laboratory": said.laboratory,
        "current": said.current.number if said.current else None,
        "now": said.now,
        "emergent": said.emergent,
        "worst": said.worst.number if said.worst else None,
        "worst_on": said.worst_on,
        "worst_was": said.worst_was,
        "worded": said.worded,
        **ground_document(said.ground),
    }


def _supply_document(said: Dispensing) -> dict[str, Any]:
    return {
        "drug": said.drug,
        "course": said.course,
        "allowed": said.allowed,
        "says": str(said),
        "days": said.days,
        "first_day": said.first_day,
        "last_day": said.last_day,
        "capsules": _units(said.total),
        "at_each_intake": _units(said.intake),
    }


def _account_document(said: CourseAccount) -> dict[str, Any]:
    counts = {name: _units(getattr(said, name)) for name in ("dispensed", "returned", "taken", "difference")}
    return {"drug": said.drug, "course": said.course, **counts}


def _units(units: Mapping[Quantity, int] | None) -> dict[str, int] | None:
    """Capsules by strength; None is not known."""
    return None if units is None else {str(strength): count for strength, count in units.items()}


def _intensity_document(said: Intensity) -> dict[str, Any]:
    """Amounts as exact fractions in text."""
    names = ("planned", "given", "relative", "relative_per_week")
    return {"drug": said.drug, "unit": said.unit, **{name: as_data(getattr(said, name)) for name in names}}


def _undated_document(said: Undated) -> dict[str, Any]:
    return {
        "what": said.encounter.label,
        "key": said.key,
        "waits_for": said.waits_for,
        "earliest": said.earliest,
        "latest": said.latest,
        "applies": said.applies.value,
    }


def _duty_document(said: Duty) -> dict[str, Any]:
    return {
        "id": said.obligation.id,
        "applies": said.applies.value,
        "promised": said.promised.value,
        "start": said.start,
        "until": said.until,
        "earliest_first_dose": said.earliest_first_dose,
    }


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = as_data(value)
    return found


def reasons(because: Iterable[Because]) -> list[dict[str, str]]:
    """Reasons as data: clause, quote, and what was seen."""
    return [{"clause": one.clause, "quote": one.words, "saw": one.saw} for one in because]


def dose_document(said: DoseDecision) -> dict[str, Any]:
    """A dose decision as data."""
    rules = [{**_plain(one), "verdict": one.verdict.value} for one in said.fired]
    return {**_plain(said), "because": reasons(said.because), "fired": rules, "says": dose_line(said)}


def eligibility_document(said: Eligibility) -> dict[str, Any]:
    """The verdict and every criterion."""
    return {
        "verdict": said.word,
        "criteria": [
            {
                "id": one.id,
                "verdict": one.verdict.value,
                "because": reasons(one.because),
                "evidence": as_data(one.evidence),
                "missing": list(one.missing),
            }
            for one in said.criteria
        ],
        "holds_until": said.holds_until,
    }


def _visit_document(one: Visit) -> dict[str, Any]:
    return {
        "what": one.encounter.label,
        "key": one.key,
        "due": one.due,
        "earliest": one.earliest,
        "latest": one.latest,
        "state": one.state,
        "because": reasons(one.because),
    }


def _sample_document(one: Sample) -> dict[str, Any]:
    visit = one.visit
    return {
        "what": one.specimen.label,
        "key": one.key,
        "due": visit.due,
        "earliest": visit.earliest,
        "latest": visit.latest,
        "state": one.state,
        "because": reasons(one.because),
    }


def _response_document(said: SubjectStatus) -> dict[str, Any] | None:
    if not said.assessments:
        return None
    last = said.assessments[-1]
    return {
        "latest": last.response.name,
        "on": last.on,
        **_ground(said, f"response {len(said.assessments) - 1}"),
        "best": {**_plain(said.best), **_ground(said, "best response")} if said.best else None,
        "assessments": [
            {**_plain(one), "response": one.response.name, **_ground(said, f"response {place}")}
            for place, one in enumerate(said.assessments)
        ],
    }


def dose_line(said: DoseDecision) -> str:
    """The answer in one line."""
    match said.action:
        case "give":
            begins = (
                f" (starts course {said.course})" if said.starts_course else f" (course {said.course}, day {said.day})"
            )
            how = " ".join(filter(None, (str(said.dose), said.route, said.frequency)))
            return f"GIVE {how}, from {said.first_day} to {said.last_day}{begins}"
        case "rest":
            return f"NO DOSE, rest: {said.reason}; course {(said.course or 0) + 1} not before {said.next_check}"
        case "hold":
            return f"HOLD since {said.since}: {said.reason}"
        case "wait":
            missing = f"{len(said.missing)} data are missing" if len(said.missing) > 1 else said.reason
            return f"WAIT, no dose yet: {missing}"
        case "stop":
            return f"STOP, no further dose: {said.reason}"
    return f"none: {said.reason}"
