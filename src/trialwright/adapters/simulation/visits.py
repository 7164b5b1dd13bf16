"""The site's calendar for one patient: when the next contact is, which visits are done at it, and what is left out.

The rules say which visits are open and when they are due; the habits of the site say whether the day is kept. Read
`plan_next` and `meet`.
"""

from __future__ import annotations

from datetime import date, timedelta

from trialwright.adapters.simulation import ending, specimens, treatment
from trialwright.adapters.simulation.answers import Planned
from trialwright.adapters.simulation.forms import fields_of, hand_in, submit
from trialwright.adapters.simulation.patient import Patient
from trialwright.adapters.simulation.world import SATURDAY
from trialwright.core.ledger import FormSubmitted

MOST_VISITS_OF_A_DAY = 20


def plan_next(patient: Patient, after: date) -> None:
    """Make the next appointment, or end the follow-up where none is left to make."""
    if not patient.present:
        return
    days = [day for day in (*patient.calls, patient.check, _next_visit(patient, after)) if day is not None]
    days = days or ([patient.fallback] if patient.fallback is not None and patient.fallback > after else [])
    if not days:
        ending.complete(patient, after)
        return
    day = max(min(days), after + timedelta(days=1))
    patient.contact += 1
    number = patient.contact
    patient.world.at(day, lambda on: meet(patient, on, number))


def _next_visit(patient: Patient, after: date) -> date | None:
    """The day of the next visit: that of the visit due first, together with those that can be done on one day."""
    found = patient.world.setting.answers.visits(patient.world.study, patient.id, after)
    open_visits = [one for one in found if not one.gone and one.key not in patient.done]
    aims = [(aim, one) for one in open_visits if (aim := target(patient, one)) is not None]
    if not aims:
        latest = [one.latest + timedelta(days=1) for one in open_visits]
        return min(latest, default=None)
    first, visit = min(aims, key=lambda each: (each[0], each[1].key))
    together = [
        aim for aim, one in aims if aim <= max(first, visit.latest) and one.earliest <= max(first, visit.latest)
    ]
    return max(together)


def target(patient: Patient, visit: Planned) -> date | None:
    """The day the site aims at for a visit; None where it will be missed."""
    key = (visit.key, visit.due)
    if key not in patient.targets:
        patient.targets[key] = _aim(patient, visit)
    return patient.targets[key]


def _aim(patient: Patient, visit: Planned) -> date | None:
    habits, source = patient.habits, patient.chance.of("visit", visit.key)
    if not visit.day_1 and patient.person.first_dose and source.happens(habits.missed, "missed"):
        return None
    if source.happens(habits.late, "late"):
        return visit.latest + timedelta(days=max(1, int(habits.late_by.number(source, "late by"))))
    if source.happens(habits.early, "early") and not visit.day_1:
        return visit.earliest + timedelta(days=int(source.fraction("how early") * (visit.due - visit.earliest).days))
    return _weekday(visit)


def _weekday(visit: Planned) -> date:
    """The due day, or a weekday beside it where the window has one."""
    due = visit.due
    if due.weekday() < SATURDAY:
        return due
    monday, friday = due + timedelta(days=7 - due.weekday()), due - timedelta(days=due.weekday() - 4)
    return monday if monday <= visit.latest else friday if friday >= visit.earliest and not visit.day_1 else due


# ---- a contact ------------------------------------------------------------------------------------------------------


def meet(patient: Patient, on: date, number: int) -> None:
    """The patient is seen: what can be done is done, then treatment is decided, then the next day is set."""
    if number != patient.contact or not patient.present:
        return
    called = any(day <= on for day in patient.calls) or (patient.started and _is_check(patient, on))
    patient.calls = [day for day in patient.calls if day > on]
    patient.check = None if _is_check(patient, on) else patient.check
    leave_out(patient, on)
    seen = do_open(patient, on)
    if called and not seen:
        _look_again(patient, on)
    treatment.decide(patient, on)
    plan_next(patient, on)


def _is_check(patient: Patient, on: date) -> bool:
    return patient.check is not None and patient.check <= on


def _look_again(patient: Patient, on: date) -> None:
    """Between visits, for something that happened or while treatment is held: what the dose rules look at."""
    patient.unscheduled += 1
    names = treatment.looked_at(patient) if not patient.over else ("adverse_event_review", "adverse_event")
    submit(patient, "unscheduled", f"u{patient.unscheduled}", names, on, delay=0)


def do_open(patient: Patient, on: date) -> bool:
    """Do the visits that are open today and not meant to be missed; false where there are none."""
    todo = _open_today(patient, on)
    for visit in todo:
        _do(patient, visit, on, None)
    return bool(todo)


def do_one_by_one(patient: Patient, on: date) -> None:
    """At screening one visit's answers say which others apply, such as that of fertile women; entered at once."""
    for _ in range(MOST_VISITS_OF_A_DAY):
        todo = _open_today(patient, on)
        if not todo:
            return
        _do(patient, todo[0], on, 0)


def _open_today(patient: Patient, on: date) -> list[Planned]:
    found = patient.world.setting.answers.visits(patient.world.study, patient.id, on)
    todo = [one for one in found if one.earliest <= on and not one.gone and one.key not in patient.done]
    return [one for one in todo if target(patient, one) is not None]


def _do(patient: Patient, visit: Planned, on: date, delay: float | None) -> None:
    """One visit: what it collects, its samples, and that it was done."""
    patient.done.add(visit.key)
    encounter = next(one for one in patient.protocol.encounters if one.id == visit.encounter)
    later = 0.0 if visit.day_1 else delay
    names = [name for name in encounter.collect if name not in _typed_today(patient, on)]
    _typed_today(patient, on).update(name for name in names if name in patient.rehearsal.baseline)
    submit(patient, visit.encounter, visit.key, names, on, later)
    told = {"encounter": visit.encounter, "on": on.isoformat(), "done": "yes"}
    items = (*fields_of("visit", visit.key, told), *specimens.taken(patient, visit, on))
    patient.say(
        FormSubmitted, on, delay=patient.delay(visit.key) if later is None else later, form="visit",
        encounter=visit.key, items=items,
    )  # fmt: skip


def _typed_today(patient: Patient, on: date) -> set[str]:
    """What one visit of the day has typed, another does not type again."""
    return patient.typed_on.setdefault(on, set())


def leave_out(patient: Patient, on: date) -> None:
    """Visits whose window has closed are recorded as not done, with the reason."""
    found = patient.world.setting.answers.visits(patient.world.study, patient.id, on)
    for visit in found:
        if visit.gone and visit.key not in patient.done:
            patient.done.add(visit.key)
            told = {"encounter": visit.encounter, "on": on.isoformat(), "done": "no", "reason": "did not come"}
            hand_in(patient, "visit", visit.key, fields_of("visit", visit.key, told), on)
