"""A study as it stands on a day -> its protocol section: what was posted, what the protocol says, what the ledger says.

The posted record comes first, and over it what the sponsor says to the registry (`said`); what both leave out is taken
from the protocol's clauses; status, dates that were reached and enrolment are the ledger's. Nothing else is put in:
what nobody says is told by `prs_required`. A ledger that holds nothing by the day changes nothing.
Read `section_of_study`, then `_FILLED`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from trialwright.adapters.exchange.ctgov.protocol import (
    ArmGroup,
    ArmsInterventionsModule,
    DatedAs,
    DesignModule,
    EligibilityModule,
    Enrollment,
    IdentificationModule,
    Intervention,
    Outcome,
    OutcomesModule,
    ProtocolSection,
    StatusModule,
)
from trialwright.adapters.exchange.ctgov.protocol_places import ContactsLocationsModule, Location
from trialwright.adapters.exchange.ctgov.prs import IrbInfo
from trialwright.adapters.exchange.ctgov.said import NOTHING_SAID, SaidOfRecord, with_said
from trialwright.core.protocol import StudyProtocol
from trialwright.core.registration import STOPPED, Reached, RecordLife
from trialwright.core.subject import StudyRecord
from trialwright.core.terms import Finding, PartialDate, Severity


def section_of_study(
    protocol: StudyProtocol, posted: ProtocolSection, life: RecordLife, said: SaidOfRecord = NOTHING_SAID
) -> tuple[ProtocolSection, tuple[Finding, ...]]:
    """The protocol section as the study stands, and what was to be said of it."""
    section = with_said(posted, said.section)
    for fill in _FILLED:
        section = fill(protocol, section)
    if not life.began:
        return _before_it_begins(section), (*said.findings, _nothing_recorded(life))
    return _as_it_stands(section, life), (*said.findings, *life.findings)


def approval_of(study: StudyRecord, life: RecordLife) -> IrbInfo | None:
    """The ethics approval as the ledger has it: approved where a version is in force at a site; else nobody said."""
    held = any(site.version_in_force(life.on) for site in study.sites.values())
    return IrbInfo("Approved") if held else None


def _nothing_recorded(life: RecordLife) -> Finding:
    return Finding(
        about="status",
        says=f"The ledger holds nothing by {life.on}; status, dates and enrolment are those of the posted record.",
        matters="What has happened since the record was posted is not in it.",
        severity=Severity.NOTE,
    )


# --- what the protocol says ------------------------------------------------------------------------------------------


def _identified(protocol: StudyProtocol, section: ProtocolSection) -> ProtocolSection:
    ids = section.identification_module or IdentificationModule()
    return replace(section, identification_module=replace(ids, brief_title=ids.brief_title or protocol.title))


def _planned(protocol: StudyProtocol, section: ProtocolSection) -> ProtocolSection:
    design = section.design_module or DesignModule()
    count = design.enrollment_info or Enrollment(protocol.design.accrual.planned, "ESTIMATED")
    return replace(section, design_module=replace(design, enrollment_info=count))


def _with_arms(protocol: StudyProtocol, section: ProtocolSection) -> ProtocolSection:
    """Arms by their labels, and each drug with the arms it is given in."""
    told = section.arms_interventions_module or ArmsInterventionsModule()
    arms = tuple(ArmGroup(one.label, cast("Any", one.type.name)) for one in protocol.arms)
    labels = {one.id: one.label for one in protocol.arms}
    drugs = tuple(
        Intervention("DRUG", one.drug, arm_group_labels=tuple(labels[arm] for arm in one.arms or labels))
        for one in protocol.regimen
    )
    filled = replace(told, arm_groups=told.arm_groups or arms, interventions=told.interventions or drugs)
    return replace(section, arms_interventions_module=filled)


def _with_outcomes(protocol: StudyProtocol, section: ProtocolSection) -> ProtocolSection:
    if section.outcomes_module is not None:
        return section
    by_level = {
        level: tuple(
            Outcome(one.label, None, one.time_frame or None) for one in protocol.endpoints if one.level == level
        )
        for level in ("primary", "secondary", "other")
    }
    outcomes = OutcomesModule(by_level["primary"], by_level["secondary"] or None, by_level["other"] or None)
    return replace(section, outcomes_module=outcomes)


def _with_criteria(protocol: StudyProtocol, section: ProtocolSection) -> ProtocolSection:
    """The criteria in the words the protocol quotes, one a line, where the record has none."""
    told = section.eligibility_module or EligibilityModule()
    words = [f"* {one.words}" for one in protocol.eligibility]
    text = told.eligibility_criteria or "\n".join(words) or None
    return replace(section, eligibility_module=replace(told, eligibility_criteria=text))


def _with_places(protocol: StudyProtocol, section: ProtocolSection) -> ProtocolSection:
    told = section.contacts_locations_module or ContactsLocationsModule()
    places = told.locations or tuple(Location(one.name) for one in protocol.design.sites)
    return replace(section, contacts_locations_module=replace(told, locations=places))


_FILLED: tuple[Callable[[StudyProtocol, ProtocolSection], ProtocolSection], ...] = (
    _identified,
    _planned,
    _with_arms,
    _with_outcomes,
    _with_criteria,
    _with_places,
)
"""What is taken from the protocol's clauses where the record leaves it out."""


# --- what the ledger says --------------------------------------------------------------------------------------------


def _before_it_begins(section: ProtocolSection) -> ProtocolSection:
    """Nothing has happened: what was posted stands, and a study nobody has posted recruits nobody yet."""
    status = section.status_module or StatusModule()
    return replace(section, status_module=replace(status, overall_status=status.overall_status or "NOT_YET_RECRUITING"))


def _as_it_stands(section: ProtocolSection, life: RecordLife) -> ProtocolSection:
    status, design = section.status_module or StatusModule(), section.design_module or DesignModule()
    now = life.status
    why = (status.why_stopped or now.why_stopped or now.because) if now.status in STOPPED else None
    told = replace(
        status,
        overall_status=cast("Any", now.status.name),
        last_known_status=None,
        why_stopped=why,
        start_date_struct=_reached(life.start, status.start_date_struct),
        primary_completion_date_struct=_reached(life.primary_completion, status.primary_completion_date_struct),
        completion_date_struct=_reached(life.completion, status.completion_date_struct),
    )
    final = life.primary_completion.on is not None
    count = Enrollment(life.registered, "ACTUAL") if final else design.enrollment_info
    places = section.contacts_locations_module or ContactsLocationsModule()
    return replace(
        section,
        status_module=told,
        design_module=replace(design, enrollment_info=count),
        contacts_locations_module=replace(places, locations=tuple(_place(one, life) for one in places.locations or ())),
    )


def _reached(now: Reached, posted: DatedAs | None) -> DatedAs | None:
    """The day, where it was reached, as actual; else what the record estimates, as precisely as it does."""
    return posted if now.on is None else DatedAs(PartialDate.parse(now.on), "ACTUAL")


def _place(one: Location, life: RecordLife) -> Location:
    stands = life.at_place(one.facility or "")
    return one if stands is None else replace(one, status=cast("Any", stands.status.name))
