"""Specimens taken at a visit, their way to the laboratory, and what it reports of them weeks later.

Where the protocol says nothing of the way, a specimen that is analysed goes to the leading site: processed on the day,
sent on the next, received on the one after. What may not be kept is destroyed once it was analysed.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

from trialwright.adapters.simulation import custody
from trialwright.adapters.simulation.answers import Planned
from trialwright.adapters.simulation.forms import Items, fields_of
from trialwright.adapters.simulation.language import Assayed
from trialwright.adapters.simulation.patient import Patient
from trialwright.adapters.simulation.typist import rounded
from trialwright.core.ledger import FormSubmitted, SubstudyJoined
from trialwright.core.protocol import Assay, Specimen
from trialwright.core.terms import Quantity


def taken(patient: Patient, visit: Planned, on: date) -> Items:
    """The specimens planned at a visit: collected, or not and why; results follow when the laboratory has them."""
    items: Items = []
    for specimen in patient.protocol.specimens:
        if not {visit.encounter, visit.key} & {*specimen.encounters} or not _is_for(patient, specimen):
            continue
        lost = patient.chance.happens(patient.habits.specimen_lost, "specimen", specimen.id, visit.key)
        told = {
            "specimen": specimen.id,
            "encounter": visit.key,
            "on": on.isoformat(),
            "collected": "no" if lost else "yes",
        }
        items += fields_of(
            "specimen", f"{specimen.id}.{visit.key}", told | ({"reason": "not possible"} if lost else {})
        )
        if not lost:
            items += custody.taken(patient, specimen, visit.key, on)
            custody.send(patient, specimen, visit.key, on)
            _send(patient, specimen, visit, on)
    return items


def _is_for(patient: Patient, specimen: Specimen) -> bool:
    joined = {event.substudy for event in patient.record.of_kind(SubstudyJoined)}
    return specimen.substudy is None or specimen.substudy in joined


def _send(patient: Patient, specimen: Specimen, visit: Planned, on: date) -> None:
    wait = patient.rehearsal.specimens.reported_after.number(patient.chance, "reported", specimen.id, visit.key)
    patient.world.at(on + timedelta(days=max(1, int(wait))), lambda day: _report(patient, specimen, visit, on, day))


def _report(patient: Patient, specimen: Specimen, visit: Planned, taken_on: date, day: date) -> None:
    """The laboratory's results, entered when they come; a patient's death does not stop them."""
    items = [
        item
        for assay in specimen.assays
        for analyte in assay.analytes or (assay.id,)
        for item in _result(patient, specimen, assay, analyte, visit, taken_on)
    ]
    items += custody.finished(patient, specimen, visit.key, day, bool(items))
    if items:
        patient.say(FormSubmitted, day, form="assay", items=tuple(items))


def _result(patient: Patient, specimen: Specimen, assay: Assay, analyte: str, visit: Planned, on: date) -> Items:
    spec = patient.rehearsal.specimens
    assayed = spec.analytes.get(f"{assay.id}.{analyte}") or spec.analytes.get(analyte) or spec.other
    if assayed is None:
        return []
    told = {
        "specimen": specimen.id,
        "encounter": visit.key,
        "assay": assay.id,
        "analyte": analyte,
        "on": on.isoformat(),
    }
    value = Quantity(rounded(_level(patient, assayed, f"{assay.id}.{analyte}", on), assayed.digits), assay.unit)
    instance = f"{specimen.id}.{visit.key}.{assay.id}.{analyte}"
    return fields_of("assay", instance, {**told, "value": value})


def _level(patient: Patient, assayed: Assayed, analyte: str, on: date) -> float:
    """The level before treatment, or changed by the class's factor once treatment has begun."""
    source, person = patient.chance.of("assay", analyte), patient.person
    level = assayed.first.number(source, "first") * math.exp(assayed.noise * source.normal(on))
    treated = person.first_dose is not None and on > person.first_dose
    later = assayed.later.get(person.kind) if treated else None
    return max(0.0, level * (later.number(source, "later") if later else 1.0))
