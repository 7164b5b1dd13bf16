"""The way of one specimen as the sites write it down: who had it when, where, how cold; nothing here goes wrong.

Times are told with each step. Temperatures are told where the protocol asks for one, in the middle of what it allows.
"""

from __future__ import annotations

from datetime import date, timedelta

from trialwright.adapters.simulation.forms import Items, fields_of
from trialwright.adapters.simulation.patient import Patient
from trialwright.adapters.simulation.world import not_on_weekend
from trialwright.core.ledger import ConsentGiven, FormSubmitted, SubstudyJoined
from trialwright.core.ledger import Value as Item
from trialwright.core.protocol import Specimen, TemperatureRange
from trialwright.core.terms import Quantity

PART = "stored specimens"
COLLECTED_AT = 9 * 60
"""Minutes after midnight at which specimens of a day are taken at the earliest."""


def ask_to_keep(patient: Patient, on: date) -> None:
    """A patient is asked whether specimens may be kept, where the protocol names the question for any of theirs."""
    joined = {one.substudy for one in patient.record.of_kind(SubstudyJoined)}
    theirs = [one for one in patient.protocol.specimens if one.substudy is None or one.substudy in joined]
    agrees = patient.rehearsal.specimens.agrees_to_storage
    if (
        any(one.storage_consent for one in theirs)
        and not _agreed(patient)
        and patient.chance.happens(agrees, "agrees to storage")
    ):
        patient.say(ConsentGiven, on, version=patient.version, scope=(PART,))


def _agreed(patient: Patient) -> bool:
    return any(PART in one.scope for one in patient.record.of_kind(ConsentGiven))


def taken(patient: Patient, specimen: Specimen, visit: str, on: date) -> Items:
    """Collected, and processed within the hour where anything more is done with it at the site."""
    start = COLLECTED_AT + patient.chance.days(0, 150, "collected at", specimen.id, visit)
    steps = [("collected", start)]
    if specimen.assays or specimen.stored_for or _asked(specimen, "processed"):
        steps.append(("processed", start + patient.chance.days(15, 55, "processed after", specimen.id, visit)))
    return [item for step, minute in steps for item in _step(patient, specimen, visit, step, on, minute, patient.site)]


def send(patient: Patient, specimen: Specimen, visit: str, on: date) -> None:
    """Sent on the next working day to the leading site, where it is analysed elsewhere than it was taken."""
    if specimen.assays and _laboratory(patient) != patient.site:
        patient.world.at(not_on_weekend(on + timedelta(days=1)), lambda day: _ship(patient, specimen, visit, day))


def _ship(patient: Patient, specimen: Specimen, visit: str, day: date) -> None:
    there = _laboratory(patient)
    parcel = f"p{patient.chance.days(10**8, 10**9 - 1, 'parcel', specimen.id, visit)}"
    items = _step(patient, specimen, visit, "shipped", day, 14 * 60, patient.site, to=there, tracking=parcel)
    patient.say(FormSubmitted, day, form="custody", items=tuple(items))
    patient.world.at(day + timedelta(days=1), lambda after: _receive(patient, specimen, visit, after, parcel))


def _receive(patient: Patient, specimen: Specimen, visit: str, day: date, parcel: str) -> None:
    items = _step(patient, specimen, visit, "received", day, 10 * 60, _laboratory(patient), tracking=parcel)
    patient.say(FormSubmitted, day, form="custody", items=tuple(items))


def finished(patient: Patient, specimen: Specimen, visit: str, day: date, reported: bool) -> Items:
    """Analysed, then kept where it is to be kept and may be, else destroyed."""
    place = _laboratory(patient) if specimen.assays else patient.site
    items = _step(patient, specimen, visit, "assayed", day, 11 * 60, place) if reported else []
    if specimen.stored_for:
        may = specimen.storage_consent is None or _agreed(patient)
        items += _step(patient, specimen, visit, "stored" if may else "destroyed", day, 15 * 60, place)
    return items


def _laboratory(patient: Patient) -> str:
    """The site that leads, else the first."""
    sites = patient.protocol.design.sites
    return next((one.id for one in sites if one.lead), sites[0].id)


def _step(
    patient: Patient,
    specimen: Specimen,
    visit: str,
    step: str,
    day: date,
    minute: int,
    place: str,
    **more: Item,
) -> Items:
    key = f"{specimen.id}.{visit}"
    told: dict[str, Item] = {
        "specimen": key,
        "step": step,
        "on": day.isoformat(),
        "time": f"{minute // 60:02}:{minute % 60:02}",
        "by": str(patient.world.person_at(place, "coordinator", step, key)["actor"]),
        "place": place,
        "condition": "good",
        "temperature": _temperature(specimen, step),
    }
    return fields_of("custody", f"{key}.{step}", {**told, **more})


def _asked(specimen: Specimen, step: str) -> bool:
    return any(one.step == step for one in specimen.handling)


def _temperature(specimen: Specimen, step: str) -> Quantity | None:
    asked = next((one.temperature for one in specimen.handling if one.step == step and one.temperature), None)
    return _middle(asked) if asked else None


def _middle(asked: TemperatureRange) -> Quantity | None:
    """The middle of a range; its one end where it has no other."""
    if asked.low is None or asked.high is None:
        return asked.low or asked.high
    return Quantity((asked.low.value + asked.high.value) / 2, asked.low.unit)
