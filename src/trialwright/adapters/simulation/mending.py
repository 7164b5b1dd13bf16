"""Finding and correcting what was mistyped: by the site itself, or after a query; some of it never.

A correction is a later event with its reason; it carries the value it replaces, which stays in the ledger.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from trialwright.adapters.simulation.patient import Patient
from trialwright.adapters.simulation.typist import Slip
from trialwright.core.ledger import Change, FormCorrected, QueryAnswered, QueryClosed, QueryOpened
from trialwright.core.terms import Quantity

REASONS = {
    "digit": "Typing error: the value differs from the source.",
    "unit": "The unit was wrong; the value is as in the laboratory's report.",
    "date": "The date was wrong; corrected from the source.",
}


def mend(patient: Patient, slip: Slip, form: str, key: str, on: date) -> None:
    """Put a slip down to be found: by a query, by the site, or not at all."""
    source, habits = patient.chance.of("mend", slip.path, on), patient.habits
    glaring = times_off(slip) > habits.glaring
    if not glaring and not source.happens(habits.corrected, "found"):
        return
    wait = (habits.glaring_after if glaring else habits.corrected_after).number(source, "after")
    found = on + timedelta(days=max(1, int(wait)))
    if source.happens(habits.by_query, "query"):
        patient.world.at(found, lambda day: _query(patient, slip, form, key, day))
    else:
        patient.world.at(found, lambda day: _correct(patient, slip, form, key, day))


def complete_dates(patient: Patient, on: date) -> bool:
    """Where a decision needs it, the patient is asked again and partial dates are completed; false where none is."""
    items = []
    for concept, held in patient.episodes.items():
        for one in held:
            known = {"start": one.start, "end": one.end}
            items += [
                Change(f"{concept}/{one.number}/{name}", typed, day.isoformat())
                for name, typed in one.partial.items()
                if (day := known[name]) is not None
            ]
            one.partial.clear()
    if items:
        why = "The patient was asked again; the day is known now."
        patient.say(FormCorrected, on, form="dates", why=why, items=tuple(items), reason="completed")
    return bool(items)


def times_off(slip: Slip) -> float:
    """How many times too large or too small the number reads; a unit typed for another counts as glaring."""
    if not isinstance(slip.typed, Quantity) or not isinstance(slip.meant, Quantity):
        return 1.0
    if slip.typed.unit != slip.meant.unit or not slip.typed.value or not slip.meant.value:
        return math.inf
    ratio = abs(float(slip.typed.value / slip.meant.value))
    return max(ratio, 1 / ratio)


def _correct(patient: Patient, slip: Slip, form: str, key: str, day: date) -> None:
    changed = (Change(slip.path, slip.typed, slip.meant),)
    why = REASONS.get(slip.kind, REASONS["digit"])
    patient.say(FormCorrected, day, form=form, encounter=key, why=why, items=changed, reason="typing_error")


def _central(patient: Patient) -> dict[str, Any]:
    """The data manager who asks: no one of the site."""
    actor = f"u{patient.world.chance.tag('person', 'central', 'data manager')}"
    return {"actor": actor, "role": "data manager", "site": patient.site, "subject": patient.id}


def _query(patient: Patient, slip: Slip, form: str, key: str, day: date) -> None:
    asks = "The value is unexpected. Please compare it with the source."
    patient.world.say(QueryOpened, day, _central(patient), item=slip.path, asks=asks)
    patient.world.at(day + timedelta(days=3), lambda later: _answer(patient, slip, form, key, later))


def _answer(patient: Patient, slip: Slip, form: str, key: str, day: date) -> None:
    patient.say(QueryAnswered, day, item=slip.path, answer="A typing error; corrected.")
    _correct(patient, slip, form, key, day)
    patient.world.at(day + timedelta(days=2), lambda later: _close(patient, slip, later))


def _close(patient: Patient, slip: Slip, day: date) -> None:
    patient.world.say(QueryClosed, day, _central(patient), item=slip.path)
