"""How it ends: treatment, follow-up and life; each end is an event with its reason.

Treatment ends by the rules, by the patient's decision or by death; the study by the end of follow-up, by loss, or by
death. Read `live_on` and `complete`.
"""

from __future__ import annotations

from datetime import date, timedelta

from trialwright.adapters.simulation.chance import one_of
from trialwright.adapters.simulation.forms import fields_of, fill, hand_in
from trialwright.adapters.simulation.patient import Patient
from trialwright.core.ledger import Said, StudyLeft, TreatmentEnded

DAYS_TO_LEARN_OF_IT = 20
PATIENT_SAID = "by the patient's decision"


def live_on(patient: Patient, on: date) -> None:
    """From registration on a patient may die, and may never start treatment."""
    died = patient.person.death(on)
    if died is not None:
        learnt = died + timedelta(days=patient.chance.days(0, DAYS_TO_LEARN_OF_IT, "learnt"))
        patient.world.at(died, lambda day: _die(patient, day))
        patient.world.at(learnt, lambda day: _report_death(patient, day))
    if patient.chance.happens(patient.rehearsal.ends.never_starts, "never starts"):
        patient.world.at(on + timedelta(days=1), lambda day: _leave(patient, day, "withdrew before treatment"))


def may_leave(patient: Patient, on: date) -> None:
    """From the first dose on a patient may withdraw from treatment or be lost."""
    ends = patient.rehearsal.ends
    withdraws, lost = (
        patient.person.leaves(ends.withdraws, "withdraws", on),
        patient.person.leaves(ends.lost, "lost", on),
    )
    if withdraws is not None:
        patient.world.at(withdraws, lambda day: _withdraw(patient, day))
    if lost is not None:
        patient.world.at(lost, lambda day: _leave(patient, day, "lost to follow-up"))


def end_treatment(patient: Patient, on: date, why: str, said: Said) -> None:
    """Treatment is over; nothing more is taken, and a new therapy may follow."""
    if patient.over:
        return
    _stop_taking(patient, on)
    patient.say(TreatmentEnded, on, "investigator", why=why, last_dose=patient.last_dose, said=said)
    patient.over, patient.check, patient.fallback, ends = True, None, None, patient.rehearsal.ends
    if ends.new_therapy_after and patient.started and patient.chance.happens(ends.new_therapy, "new therapy"):
        start = on + timedelta(days=max(1, int(ends.new_therapy_after.number(patient.chance, "new therapy after"))))
        code = one_of(patient.chance.fraction("new therapy code"), ends.new_therapy_codes or {"other": 1})
        patient.add("new_therapy", start, None, {"code": code})


def _stop_taking(patient: Patient, on: date) -> None:
    for run in patient.runs:
        run.taking.last = min(run.taking.last, on - timedelta(days=1))
        run.missed = min(run.missed, max(0, (run.taking.last - run.taking.first).days))
    items = fill(patient, ("exposure",), "end", on)
    hand_in(patient, "exposure", "end_of_treatment", items, on, delay=0)


def complete(patient: Patient, on: date) -> None:
    """Nothing is planned any more: follow-up is complete."""
    if patient.over:
        _leave(patient, on, "follow-up complete")


def _withdraw(patient: Patient, on: date) -> None:
    """Off treatment; the appointment that was made stands, and follow-up is planned from there."""
    if patient.present and not patient.over:
        end_treatment(patient, on, PATIENT_SAID, Said(PATIENT_SAID))


def _leave(patient: Patient, on: date, why: str) -> None:
    """Off study; treatment that was under way ends with it."""
    if not patient.present or (why.startswith("withdrew") and patient.started):
        return
    if patient.started and not patient.over:
        end_treatment(patient, on, why, Said(why))
    patient.say(StudyLeft, on, why=why)
    patient.left = True


def _die(patient: Patient, on: date) -> None:
    """Whatever was planned is not to be; the site learns of it later."""
    if patient.present:
        patient.dead_on = on


def _report_death(patient: Patient, on: date) -> None:
    """The site learns of a death: its date and cause, the end of treatment where it was under way, off study."""
    died = patient.dead_on
    if died is None or patient.left:
        return
    cause = one_of(patient.chance.fraction("cause"), patient.rehearsal.ends.causes or {"not known": 1})
    items = fields_of("vital_status", "death", {"value": "dead", "on": died.isoformat()})
    items += fields_of("death", 1, {"on": died.isoformat(), "cause": cause})
    hand_in(patient, "death", "death", items, on, delay=0)
    if patient.started and not patient.over:
        for run in patient.runs:
            run.taking.last = min(run.taking.last, died)
        end_treatment(patient, on, "death", Said("death"))
    patient.say(StudyLeft, on, why="died")
    patient.left = True
