"""Treatment: what the rules say today is done, with the slips of daily life; adverse events come of what was taken.

A course starts and a dose is released only as decided, and each such event carries the answer it rests on. What the
patient takes is a fact and may differ. Read `decide`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from trialwright.adapters.simulation import ending
from trialwright.adapters.simulation.answers import Dosing
from trialwright.adapters.simulation.forms import drug_key, hand_in, named, run_items, submit
from trialwright.adapters.simulation.language import Tendency
from trialwright.adapters.simulation.mending import complete_dates
from trialwright.adapters.simulation.patient import Patient, Run
from trialwright.adapters.simulation.person import Taking
from trialwright.adapters.simulation.world import not_on_weekend
from trialwright.core.conditions import Ask, Condition, Measure, parts
from trialwright.core.ledger import CourseStarted, DoseReleased

MOST_WAITS = 12
"""After so many days without the data a decision needs, the investigator ends treatment."""


def decide(patient: Patient, on: date) -> None:
    """Ask what to do about each drug today, and do it; once treatment is over nothing is asked."""
    if patient.over or not patient.present:
        return
    if not patient.started and patient.planned_first_dose is not None and on < patient.planned_first_dose:
        patient.check = patient.planned_first_dose
        return
    found = _asked(patient, on)
    mine = [one for one in found if one.action != "none"]
    for one in mine:
        _do(patient, one, on)
    if mine and all(one.action == "stop" for one in mine):
        ending.end_treatment(patient, on, mine[0].reason or "stopped", mine[0].said)
    patient.check = _next_check(patient, mine, on) if not patient.over else None
    patient.fallback = _at_the_latest(patient, mine, on) if not patient.over else None


def _asked(patient: Patient, on: date) -> list[Dosing]:
    """The answer of the rules, after getting the data they miss."""
    answers, world = patient.world.setting.answers, patient.world
    found = list(answers.doses(world.study, patient.id, on))
    missing = [item for one in found if one.action in ("wait", "hold") for item in one.missing]
    wanted = [*named(patient, missing), *(assessed(patient) if "response assessment" in missing else ())]
    got = bool(missing) and complete_dates(patient, on)
    if wanted:
        patient.unscheduled += 1
        got = submit(patient, "unscheduled", f"u{patient.unscheduled}", wanted, on, delay=0) or got
    return list(answers.doses(world.study, patient.id, on)) if got else found


def assessed(patient: Patient) -> tuple[str, ...]:
    """What is looked at where the disease is assessed: a missed assessment is made up for."""
    visits = [one for one in patient.protocol.encounters if "disease_assessment" in one.collect]
    return tuple(dict.fromkeys(concept for one in visits for concept in one.collect))


def looked_at(patient: Patient) -> tuple[str, ...]:
    """What the dose rules and gates of the patient's drugs measure or ask: looked at again while treatment is held."""
    conditions: list[Condition] = []
    for regimen in patient.protocol.regimens_of(patient.person.arm):
        conditions += [one.when for one in regimen.rules]
        conditions += [one.when for one in (*regimen.start_course_when, *regimen.release_when)]
        conditions += [one.then.hold.until for one in regimen.rules if one.then.hold]
    every = [part for one in conditions for part in parts(one)]
    asked = [one.concept for one in every if isinstance(one, Measure)]
    asked += [one.question for one in every if isinstance(one, Ask)]
    return tuple(dict.fromkeys((*asked, "adverse_event_review", "adverse_event")))


def _do(patient: Patient, dosing: Dosing, on: date) -> None:
    running = patient.running(dosing.drug, on)
    if dosing.action == "give" and dosing.starts_course:
        start(patient, dosing, on)
    elif dosing.action == "give" and dosing.dose is not None:
        changed = running is not None and float(dosing.dose.value) != running.taking.amount
        if running is not None and changed:
            interrupt(patient, running, on)
        if (running is None or changed) and dosing.last is not None and on <= dosing.last:
            resume(patient, dosing, on)
    elif running is not None and dosing.action in ("hold", "stop", "wait"):
        interrupt(patient, running, on)


def _next_check(patient: Patient, mine: list[Dosing], on: date) -> date | None:
    """When to ask again: the day the rules name; a week later for what is held, a day later for what waits."""
    days = [not_on_weekend(one.next_check) for one in mine if one.action == "hold" and one.next_check]
    waits = any(one.action == "wait" for one in mine)
    patient.waited = patient.waited + 1 if waits else 0
    if patient.waited > MOST_WAITS:
        ending.end_treatment(patient, on, "data needed for the dose were not to be had", mine[0].said)
        return None
    days += [on + timedelta(days=1)] if waits else []
    days += [on + timedelta(days=7) for one in mine if one.action == "hold" and not one.next_check]
    days += [on + timedelta(days=1) for one in mine if one.action == "give" and not patient.running(one.drug, on)]
    return min((max(day, on + timedelta(days=1)) for day in days), default=None)


def _at_the_latest(patient: Patient, mine: list[Dosing], on: date) -> date | None:
    """Where no visit is planned, treatment is looked at again when the doses are taken or the rest is over."""
    days = [one.next_check for one in mine if one.next_check is not None]
    days += [run.taking.last + timedelta(days=1) for run in patient.runs if run.taking.last >= on]
    return max((day for day in days if day > on), default=on + timedelta(days=7) if mine else None)


# ---- courses --------------------------------------------------------------------------------------------------------


def start(patient: Patient, dosing: Dosing, on: date) -> None:
    """Start a course as decided, release its dose, unless the patient declines to go on."""
    if dosing.course is None or dosing.dose is None or dosing.last is None:
        return
    going = patient.world.setting.answers.going(patient.world.study, patient.id, on) if patient.started else None
    declines = patient.rehearsal.ends.declines
    if going and going.action == "may continue" and patient.chance.happens(declines, "declines", dosing.course):
        ending.end_treatment(patient, on, "the patient did not wish to continue", going.said)
        return
    told: dict[str, Any] = {"drug": dosing.drug, "course": dosing.course, "dose": dosing.dose, "said": dosing.said}
    patient.say(CourseStarted, on, "investigator", **told)
    release(patient, dosing, on)
    if not patient.started:
        patient.started = True
        patient.person.first_dose = on
        patient.world.treated += 1
        ending.may_leave(patient, on)
    _take(patient, dosing, on, 0)
    for number, tendency in enumerate(patient.rehearsal.adverse_events):
        befall(patient, tendency, number)


def resume(patient: Patient, dosing: Dosing, on: date) -> None:
    """Go on within a course after a hold, at the dose decided."""
    release(patient, dosing, on)
    _take(patient, dosing, on, sum(run.taking.course == dosing.course for run in patient.runs))


def release(patient: Patient, dosing: Dosing, on: date) -> None:
    """Hand out the days' supply that was decided; within a course only what the rules still let go."""
    if dosing.course is None or dosing.dose is None or dosing.last is None:
        return
    told: dict[str, Any] = {
        "drug": dosing.drug,
        "course": dosing.course,
        "dose": dosing.dose,
        "days": (dosing.last - on).days + 1,
        "said": dosing.release or dosing.said,
        "capsules": dosing.capsules,
    }
    if dosing.starts_course or patient.may(DoseReleased, on, "pharmacist", **told):
        patient.say(DoseReleased, on, "pharmacist", **told)


def _take(patient: Patient, dosing: Dosing, on: date, piece: int) -> None:
    """What is taken from today on: as a rule what was released."""
    assert dosing.dose is not None and dosing.last is not None and dosing.course is not None
    source, habits = patient.chance.of("takes", dosing.drug, dosing.course, piece), patient.habits
    amount = float(dosing.dose.value)
    if source.happens(habits.other_dose, "other dose"):
        amount = _other(patient, dosing.drug, amount, source.fraction("which"))
    days = (dosing.last - on).days + 1
    missed = sum(source.happens(habits.day_missed, "day", number) for number in range(days - 1))
    taking = Taking(dosing.drug, dosing.course, amount, dosing.dose.unit, on, dosing.last)
    patient.person.taken.append(taking)
    patient.runs.append(Run(taking, piece, missed, capsules=dosing.capsules, supplied=days))


def _other(patient: Patient, drug: str, amount: float, fraction: float) -> float:
    """Another strength of the drug, taken by mistake."""
    regimen = next(one for one in patient.protocol.regimen if one.drug == drug)
    others = [float(each.value) for each in regimen.strengths if float(each.value) != amount]
    return others[int(fraction * len(others))] if others else amount


def interrupt(patient: Patient, run: Run, on: date) -> None:
    """No dose from today on; what was taken until yesterday is entered."""
    run.taking.last = on - timedelta(days=1)
    run.missed = min(run.missed, max(0, (run.taking.last - run.taking.first).days))
    run.interrupted = True
    key = f"exposure.c{run.taking.course}.{run.piece + 1}.{drug_key(patient, run.taking.drug)}"
    hand_in(patient, "exposure", key, run_items(patient, run, on), on, delay=0)


# ---- adverse events -------------------------------------------------------------------------------------------------


def befall(patient: Patient, tendency: Tendency, number: int) -> None:
    """Whether the course that begins brings this adverse event, how severe, from when and for how long."""
    run = patient.runs[-1]
    if tendency.drugs and run.taking.drug not in tendency.drugs:
        return
    if tendency.courses is not None and run.taking.course > tendency.courses:
        return
    grade = patient.person.severity(tendency, number, run.taking, 0)
    source = patient.chance.of("event", tendency.term, number, run.taking.course)
    begins = run.taking.first + timedelta(days=max(0, int(tendency.starts_on_day.number(source, "starts")) - 1))
    if grade == 0 or not _worse_than_now(patient, tendency.term, grade, begins):
        return
    ends = begins + timedelta(days=max(1, int(tendency.lasts.number(source, "lasts"))))
    related, serious = source.happens(tendency.related, "related"), grade >= tendency.serious_from
    told: dict[str, Any] = {
        "term": tendency.term,
        "grade": grade,
        "related": "yes" if related else "no",
        "serious": "yes" if serious else "no",
        **({_criterion(grade): "yes"} if serious else {}),
    }
    patient.add("adverse_event", begins, ends, told, grade=grade, related=related)
    if grade >= 3:
        patient.calls.append(begins + timedelta(days=1 + patient.chance.days(0, 2, "calls", tendency.term, begins)))


def _criterion(grade: int) -> str:
    """Why a serious event is serious: a stay in hospital, or what grades 4 and 5 are by their definition."""
    return {4: "serious_life_threatening", 5: "serious_death"}.get(grade, "serious_hospitalization")


def _worse_than_now(patient: Patient, term: str, grade: int, begins: date) -> bool:
    """One event of a term at a time: a worse one ends the milder, a milder one is part of the worse."""
    for one in patient.episodes.get("adverse_event", []):
        if one.fields["term"] == term and (one.end is None or one.end >= begins):
            if one.grade >= grade:
                return False
            one.end = max(one.start, begins)
    return True
