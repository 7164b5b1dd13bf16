"""Filling a form: each concept an encounter collects becomes the items a site would type, from what the patient has.

`FILLERS` is the table of contents: the first filler that knows a concept types it. Instances follow the conventions of
the ledger: one value under the visit's key, lesions under visit and lesion, episodes under their number. Read `fill`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from trialwright.adapters.simulation.chance import one_of
from trialwright.adapters.simulation.language import History, Value
from trialwright.adapters.simulation.mending import mend
from trialwright.adapters.simulation.patient import Episode, Patient, Run
from trialwright.adapters.simulation.typist import rounded
from trialwright.core.ledger import Change, FormSubmitted, Missing
from trialwright.core.ledger import Value as Item
from trialwright.core.protocol import Recipient
from trialwright.core.terms import Quantity

Items = list[Change]


def submit(patient: Patient, form: str, key: str, names: Iterable[str], on: date, delay: float | None = None) -> bool:
    """Fill a form and hand it in, slips and all; false where there was nothing to type."""
    return hand_in(patient, form, key, fill(patient, names, key, on), on, delay)


def hand_in(patient: Patient, form: str, key: str, items: Items, on: date, delay: float | None = None) -> bool:
    """Hand in items as this site types them; what was mistyped is put down to be found later."""
    if not items:
        return False
    typed, slips = patient.typist.slipped(patient.chance.of(form, key, on), items)
    later = patient.delay(form, key, on) if delay is None else delay
    patient.say(FormSubmitted, on, _signer(patient, typed), later, form=form, encounter=key, items=typed)
    for slip in slips:
        mend(patient, slip, form, key, on)
    return True


def _signer(patient: Patient, items: Iterable[Change]) -> str:
    """The role in which a form is signed: one that may judge, where a judgement stands on it."""
    asked = {one.id: one.signers for one in patient.protocol.asks if one.signers}
    signers = (asked[name] for item in items if (name := item.path.partition("/")[0]) in asked)
    return next((roles[0] for roles in signers), "coordinator")


def fill(patient: Patient, names: Iterable[str], key: str, on: date) -> Items:
    """The items of these concepts as they stand on a day."""
    return [item for name in dict.fromkeys(names) for item in _filled(patient, name, key, on)]


def _filled(patient: Patient, name: str, key: str, on: date) -> Items:
    return next((found for filler in FILLERS if (found := filler(patient, name, key, on)) is not None), [])


def change(concept: str, instance: object, field: str, new: Item) -> Change:
    """An item entered for the first time."""
    return Change(f"{concept}/{instance}/{field}", None, new)


def fields_of(concept: str, instance: object, told: Mapping[str, Item | None]) -> Items:
    """The fields of one instance that have a value."""
    return [change(concept, instance, name, value) for name, value in told.items() if value is not None]


def named(patient: Patient, missing: Iterable[str]) -> list[str]:
    """The concepts of the file that the words of what is missing name."""
    rehearsal, words = patient.rehearsal, {word for text in missing for word in re.split(r"[^\w]+", text)}
    known = [*rehearsal.baseline, *rehearsal.parts, *rehearsal.flags]
    asked = [each for name in rehearsal.histories for each in (f"{name}_review", name)]
    sets = {each.id: each.of for each in patient.protocol.sets}
    wanted = words | {sets[word] for word in words if word in sets}
    return [name for name in [*known, *asked] if name in wanted or name.removesuffix("_review") in wanted]


# ---- one value ------------------------------------------------------------------------------------------------------


def _one_value(patient: Patient, name: str, key: str, on: date) -> Items | None:
    value = patient.rehearsal.baseline.get(name)
    if value is None:
        return None
    if not patient.person.is_one(value):
        return []
    if value.not_done and patient.chance.happens(value.not_done, "not done", name, on):
        return [change(name, key, "value", Missing("not_done"))]
    typed = change(name, key, "value", _typed(patient, name, value, on))
    return [typed, change(name, key, "on", on.isoformat())] if _is_consent(patient, name) else [typed]


def _is_consent(patient: Patient, name: str) -> bool:
    """Whether it is a question of consent, which counts with a date of its own alone."""
    return any(one.id == name and one.kind == "consent" for one in patient.protocol.asks)


def _typed(patient: Patient, name: str, value: Value, on: date) -> Item:
    if value.by_worst_grade:
        worst = patient.worst_grade_since_course(on)
        share = value.by_worst_grade.get(worst, value.chance or 0.0)
        return "yes" if patient.chance.happens(share, name, on) else "no"
    return patient.typist.item(name, "value", value, patient.person.stands(name, value, on))


def _consent(patient: Patient, name: str, key: str, on: date) -> Items | None:
    """Consent is dated by the day the person came."""
    return [change(name, key, "value", patient.person.screened.isoformat())] if name == "consent_date" else None


# ---- assessments ----------------------------------------------------------------------------------------------------


def _parts(patient: Patient, name: str, key: str, on: date) -> Items | None:
    parts = patient.rehearsal.parts.get(name)
    if parts is None:
        return None
    count = max(0, int(parts.count.number(patient.chance, "parts", name)))
    items: Items = []
    for number in range(1, count + 1):
        part = f"L{number}"
        told: dict[str, Item] = {parts.key: part}
        for field, value in parts.fields.items():
            stands = patient.person.stands(f"{name}.{field}", value, on, within=part)
            told[field] = patient.typist.item(name, field, value, stands)
        items += fields_of(name, f"{key}.{part}", {**told, "on": on.isoformat()})
    return items


def _flags(patient: Patient, name: str, key: str, on: date) -> Items | None:
    flags = patient.rehearsal.flags.get(name)
    if flags is None:
        return None
    since = patient.assessed or date.min
    patient.assessed = on
    found = {field: patient.person.finding(name, field, flag, since, on) for field, flag in flags.items()}
    return fields_of(
        name, key, {"on": on.isoformat(), **{field: "yes" if is_so else "no" for field, is_so in found.items()}}
    )


# ---- episodes -------------------------------------------------------------------------------------------------------


def _review(patient: Patient, name: str, key: str, on: date) -> Items | None:
    """Someone asked: listed where there is or was any, else none."""
    concept = name.removesuffix("_review")
    if concept == name:
        return None
    known = concept in patient.rehearsal.histories or concept in ("adverse_event", "new_therapy")
    _come_up(patient, concept, key, on)
    any_yet = any(one.start <= on for one in patient.episodes.get(concept, []))
    return [change(name, key, "value", "listed" if any_yet else "none")] if known else None


def _episodes(patient: Patient, name: str, key: str, on: date) -> Items | None:
    if name not in patient.rehearsal.histories and name not in ("adverse_event", "new_therapy"):
        return None
    _come_up(patient, name, key, on)
    return [item for one in patient.episodes.get(name, []) for item in episode_items(patient, name, one, on)]


def episode_items(patient: Patient, concept: str, one: Episode, on: date) -> Items:
    """What is to be typed of an episode today: all of it the first time, its end when it has ended since."""
    if one.start > on or one.typed_end:
        return []
    ended = one.end is not None and one.end <= on
    end = {"end": _day_of(patient, one, "end", one.end)} if ended and one.end else {}
    if one.typed:
        one.typed_end = ended
        return (
            [Change(f"{concept}/{one.number}/ongoing", "yes", "no"), *fields_of(concept, one.number, end)]
            if ended
            else []
        )
    one.typed, one.typed_end = True, ended
    start = {"start": _day_of(patient, one, "start", one.start)}
    told = {**one.fields, **start, **end, "ongoing": "no" if ended else "yes"}
    serious = concept == "adverse_event" and one.fields.get("serious") == "yes"
    if serious:
        told |= {"aware": on.isoformat(), "expected": "yes"}
    typed = fields_of(concept, one.number, {name: told[name] for name in told if patient.typist.has(concept, name)})
    return [*typed, *_reports(patient, one, on)] if serious else typed


def _reports(patient: Patient, one: Episode, on: date) -> Items:
    """A serious event is reported to the sponsor the day the site knows of it, where the protocol asks for that."""
    safety = patient.protocol.safety
    asked = safety is not None and any(rule.to is Recipient.SPONSOR for rule in safety.reporting)
    told = {"adverse_event": str(one.number), "to": "sponsor", "on": on.isoformat(), "kind": "initial"}
    return fields_of("safety_report", one.number, told) if asked else []


def _day_of(patient: Patient, one: Episode, name: str, day: date) -> str:
    """A date as typed; one that is not exact is remembered, in case somebody needs to know."""
    typed = patient.typist.day(patient.chance, day)
    if typed != day.isoformat():
        one.partial[name] = typed
    return typed


def _come_up(patient: Patient, concept: str, key: str, on: date) -> None:
    """The episodes the patient brings along, the first time they are asked for; later, now and then a new one."""
    history = patient.rehearsal.histories.get(concept)
    if history is None:
        return
    if concept not in patient.episodes:
        _bring_along(patient, concept, history)
    elif patient.chance.happens(history.new_at_visit, "new", concept, key) and f"{concept}.{key}" not in patient.done:
        patient.done.add(f"{concept}.{key}")
        code = one_of(patient.chance.fraction("new code", concept, key), history.new_codes or history.codes)
        start = on - timedelta(days=patient.chance.days(0, 14, "new start", concept, key))
        lasted = history.lasted.number(patient.chance, "new lasted", concept, key)
        patient.add(concept, start, start + timedelta(days=int(lasted)), {"code": code})


def _bring_along(patient: Patient, concept: str, history: History) -> None:
    patient.episodes[concept] = []
    source, told = patient.chance.of("history", concept), dict(history.codes)
    count = max(len(history.always), int(history.count.number(source, "count")))
    for number in range(count):
        code = history.always[number] if number < len(history.always) else one_of(source.fraction("code", number), told)
        ended = patient.person.screened - timedelta(days=int(max(0, history.ended.number(source, "ended", number))))
        start = ended - timedelta(days=int(max(1, history.lasted.number(source, "lasted", number))))
        goes_on = source.happens(history.ongoing, "ongoing", number)
        others = {name: str(draw.draw(source, name, number)) for name, draw in history.fields.items()}
        patient.add(concept, start, None if goes_on else ended, {"code": code, **others})


# ---- treatment and outcome -----------------------------------------------------------------------------------------


def _exposure(patient: Patient, name: str, key: str, on: date) -> Items | None:
    if name != "exposure":
        return None
    return [item for run in patient.runs for item in run_items(patient, run, on)]


def run_items(patient: Patient, run: Run, on: date) -> Items:
    """What was taken in a run of doses, once it is over."""
    taking = run.taking
    if run.typed or taking.last >= on or taking.last < taking.first:
        return []
    run.typed = True
    taken = max(0, (taking.last - taking.first).days + 1 - run.missed)
    told: dict[str, Any] = {
        "drug": taking.drug,
        "course": taking.course,
        "dose": Quantity(rounded(taking.amount, _decimals(taking.amount)), taking.unit),
        "first_dose": taking.first.isoformat(),
        "last_dose": taking.last.isoformat(),
        "days_taken": taken,
        "days_missed": run.missed,
    }
    why = {"why_missed": "forgotten"} if run.missed else {}
    key = f"c{taking.course}.{run.piece + 1}.{drug_key(patient, taking.drug)}"
    return [*fields_of("exposure", key, {**told, **why}), *_returned(patient, run, key, taken, on)]


def _returned(patient: Patient, run: Run, key: str, taken: int, on: date) -> Items:
    """The capsules that were left of what was handed out for these days, strength by strength."""
    items: Items = []
    for place, text in enumerate(run.capsules, 1):
        count, _, strength = text.partition(" x ")
        each = int(count) // run.supplied
        told: dict[str, Any] = {
            "drug": run.taking.drug,
            "course": run.taking.course,
            "strength": Quantity.parse(strength),
            "capsules": int(count) - each * taken,
            "on": on.isoformat(),
        }
        items += fields_of("drug_return", f"{key}.{place}", told)
    return items


def drug_key(patient: Patient, drug: str) -> str:
    """A short key for a drug: its number among those of the protocol."""
    drugs = list(dict.fromkeys(one.drug for one in patient.protocol.regimen))
    return f"d{drugs.index(drug) + 1}"


def _decimals(amount: float) -> int:
    return 0 if amount == int(amount) else len(str(amount).partition(".")[2])


def _vital_status(patient: Patient, name: str, key: str, on: date) -> Items | None:
    if name not in ("vital_status", "death"):
        return None
    return fields_of("vital_status", key, {"value": "alive", "on": on.isoformat()}) if name == "vital_status" else []


Filler = Callable[[Patient, str, str, date], Items | None]
FILLERS: tuple[Filler, ...] = (_consent, _one_value, _parts, _flags, _review, _episodes, _exposure, _vital_status)
"""Who types what; a concept nobody knows stays empty, and reading the file has said so."""
