"""Screening: consent, the data the criteria ask for, the decision of the rules, and what follows from it.

The rules decide who enters; the site only gets the data, asks for what is missing, and gives up after so many tries.
An arm comes from a concealed list of permuted blocks. Read `arrive`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from trialwright.adapters.simulation import custody, ending, visits
from trialwright.adapters.simulation.answers import Entering
from trialwright.adapters.simulation.chance import Chance
from trialwright.adapters.simulation.forms import named, submit
from trialwright.adapters.simulation.mending import complete_dates
from trialwright.adapters.simulation.patient import Patient
from trialwright.adapters.simulation.person import Person
from trialwright.adapters.simulation.typist import Typist
from trialwright.adapters.simulation.world import World, not_on_weekend
from trialwright.core.ledger import (
    ArmAllocated,
    ConsentGiven,
    ScreeningFailed,
    SubjectRegistered,
    SubjectScreened,
    SubstudyJoined,
)
from trialwright.core.protocol import Allocation, Arm
from trialwright.core.subject import SiteRecord

FULL = "accrual is complete"


def arrive(world: World, site: str, number: int, on: date) -> None:
    """A patient comes to a site to be screened, unless the study is full or no protocol is in force there."""
    version = world.sites.get(site, SiteRecord(site)).version_in_force(on)
    if world.full or version is None:
        return
    name = f"{site}-{number:03}"
    person = Person(world.rehearsal, world.chance.of("patient", name), on)
    setting = world.setting
    typist = Typist(world.rehearsal, site, setting.concepts[version], setting.units)
    patient = Patient(world, name, site, person, typist, version)
    world.screened += 1
    patient.say(SubjectScreened, on, version=version)
    visits.do_one_by_one(patient, on)
    decide_later(patient, on, tries=world.rehearsal.screening.asks_again)


def decide_later(patient: Patient, on: date, tries: int) -> None:
    """The decision falls when the results are in."""
    screening = patient.rehearsal.screening
    wait = (screening.decision_after if tries == screening.asks_again else screening.again_after).number(
        patient.chance, "decision", tries
    )
    day = not_on_weekend(on + timedelta(days=max(0, int(wait))))
    patient.world.at(day, lambda at: decide(patient, at, tries))


def decide(patient: Patient, on: date, tries: int) -> None:
    """Register who is eligible; ask again for what is missing; end screening for the rest."""
    consent_again(patient, on)
    entering = patient.world.setting.answers.entering(patient.world.study, patient.id, on)
    if entering.word == "undetermined" and tries > 0:
        ask_again(patient, entering.missing, on, tries)
        entering = patient.world.setting.answers.entering(patient.world.study, patient.id, on)
    if entering.word == "undetermined" and tries > 0:
        decide_later(patient, on, tries - 1)
    elif entering.word != "eligible":
        fail(patient, entering, on, _why(entering))
    elif patient.world.full:
        fail(patient, entering, on, FULL)
    else:
        register(patient, entering, on)


def consent_again(patient: Patient, on: date) -> None:
    """A version that came into force since the screening is explained and consented to before the decision."""
    version = _version_now(patient, on)
    if version != patient.version:
        patient.say(ConsentGiven, on, version=version)
        patient.version = version
        patient.typist = replace(patient.typist, concepts=patient.world.setting.concepts[version])


def _why(entering: Entering) -> str:
    if entering.word == "undetermined":
        return f"not to be had: {', '.join(entering.missing)}"
    return f"not eligible: {', '.join(entering.failed)}"


def ask_again(patient: Patient, missing: Iterable[str], on: date, tries: int) -> None:
    """Get the data that are missing, once more."""
    visits.do_one_by_one(patient, on)
    complete_dates(patient, on)
    submit(patient, "screening again", f"again.{tries}", named(patient, missing), on, delay=0)


def fail(patient: Patient, entering: Entering, on: date, why: str) -> None:
    """Screening ends without registration."""
    patient.say(ScreeningFailed, on, "investigator", said=entering.said, why=why)
    patient.left = True


def register(patient: Patient, entering: Entering, on: date) -> None:
    """The decision to register, where the rules allow it; then the arm, the sub-studies and the first visit."""
    screening, world = patient.rehearsal.screening, patient.world
    wait = screening.first_dose_after.number(patient.chance, "first dose")
    planned, version = not_on_weekend(on + timedelta(days=max(0, int(wait)))), _version_now(patient, on)
    told: dict[str, Any] = {"version": version, "planned_first_dose": planned, "said": entering.said}
    if version != patient.version or not patient.may(SubjectRegistered, on, "investigator", **told):
        return fail(patient, entering, on, FULL if world.full else "registration was refused")
    patient.say(SubjectRegistered, on, "investigator", **told)
    world.registered += 1
    world.told(1)
    allocate(patient, on)
    join_substudies(patient, on)
    custody.ask_to_keep(patient, on)
    ending.live_on(patient, on)
    patient.check = patient.planned_first_dose = planned
    return visits.plan_next(patient, on)


def _version_now(patient: Patient, on: date) -> str:
    site = patient.world.sites.get(patient.site, SiteRecord(patient.site))
    return site.version_in_force(on) or patient.version


def join_substudies(patient: Patient, on: date) -> None:
    """Consent to each sub-study of the site while it is still offered."""
    for substudy in patient.protocol.design.substudies:
        joined = sum(
            event.substudy == substudy.id
            for record in patient.world.subjects.values()
            for event in record.of_kind(SubstudyJoined)
        )
        wants = patient.chance.happens(patient.rehearsal.screening.joins_substudy, "joins", substudy.id)
        if patient.site in substudy.sites and joined < substudy.offered_until and wants:
            patient.say(SubstudyJoined, on, substudy=substudy.id)


# ---- allocation -----------------------------------------------------------------------------------------------------


def allocate(patient: Patient, on: date) -> None:
    """The next place on the concealed list, where the study allocates; with one arm there is nothing to draw."""
    protocol, allocation = patient.protocol, patient.protocol.design.allocation
    if allocation is None or len(protocol.arms) < 2:
        return
    stratum = patient.site if allocation.by_site else ""
    taken = [
        event
        for record in patient.world.subjects.values()
        for event in record.of_kind(ArmAllocated)
        if event.stratum == stratum
    ]
    position = len(taken) + 1
    arm = arm_at(patient.world.chance.of("list", stratum), protocol.arms, allocation, position)
    patient.say(ArmAllocated, on, "statistician", arm=arm, stratum=stratum, position=position)
    patient.person.arm = arm


def arm_at(source: Chance, arms: tuple[Arm, ...], allocation: Allocation, position: int) -> str:
    """The arm at a place of a list of permuted blocks; each block holds the arms by their ratio."""
    block, place = divmod(position - 1, max(1, allocation.block_size))
    return permuted_block(source.of(block), arms, allocation.block_size)[place]


def permuted_block(source: Chance, arms: tuple[Arm, ...], size: int) -> list[str]:
    """One block in an order drawn by chance."""
    one = [arm.id for arm in arms for _ in range(arm.ratio)]
    whole = (one * (size // len(one) + 1))[: max(1, size)]
    order = sorted(range(len(whole)), key=lambda number: source.fraction(number))
    return [whole[number] for number in order]
