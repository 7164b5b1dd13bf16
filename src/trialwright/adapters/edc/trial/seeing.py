"""What one person may see of the trial as a whole: whose data, and whether the arms are told apart.

In a trial whose arms are masked only the statistician sees them apart; everybody else sees all arms together.
Read `sees_arms`, then `flow_of`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.reports.analysis.flow import Flow, participant_flow
from trialwright.core.analysis import Gathered, Person
from trialwright.core.conduct.totals import Standing
from trialwright.core.endpoints import POPULATIONS
from trialwright.core.ledger import ScreeningFailed
from trialwright.core.protocol import StudyProtocol
from trialwright.core.subject import StudyRecord, known_on

OPEN_LABEL = "NONE"
"""The registry's word for a trial in which nobody is masked."""
MASKING = "designModule.designInfo.maskingInfo.masking"


def masked(protocol: StudyProtocol) -> bool:
    """Whether the arms are kept from those who look after the trial: several arms, and not said to be open."""
    told = [str(fact.value) for fact in protocol.facts if fact.field.endswith(MASKING)]
    return len(protocol.arms) > 1 and told != [OPEN_LABEL]


def sees_arms(desk: Desk) -> bool:
    """Whether the arms are told apart for the person."""
    return Role.STATISTICIAN in desk.roles or not masked(desk.trial.versions[desk.trial.latest])


def scoped(desk: Desk) -> StudyRecord:
    """The record with the subjects the person sees and no others."""
    record = desk.open.record
    if desk.central:
        return record
    return replace(record, subjects={one: record.subjects[one] for one in desk.subjects()})


def site_names(desk: Desk) -> dict[str, str]:
    """The sites the person sees, by id, in the order of the protocol."""
    versions = desk.trial.versions.values()
    names = {site.id: site.name for version in versions for site in version.design.sites}
    return {site: name for site, name in names.items() if site in desk.sites}


def flow_of(desk: Desk) -> Flow:
    """Participant flow of those the person sees, as of today."""
    name = ("flow", desk.sites, desk.central, sees_arms(desk))
    return desk.open.answer(name, stands(desk), lambda: _flow(desk))


def stands(desk: Desk) -> tuple[int, date]:
    """What an answer about all of the trial rests on."""
    return desk.open.record.last_seq, desk.today


MANY = 500
"""Of so many subjects a page that asks everything of each would keep its reader waiting."""


def crowded(desk: Desk) -> bool:
    """Whether what asks everything of every subject is left to the process that makes figures and reports."""
    return len(desk.subjects()) > MANY


def _flow(desk: Desk) -> Flow:
    protocol = desk.trial.versions[desk.trial.latest]
    people = tuple(_person(desk, one) for one in desk.standings() if one.place.screened or one.place.registered)
    seen = Gathered(protocol, desk.trial.versions, desk.trial.hashes, desk.today, people, by_arm=sees_arms(desk))
    return participant_flow(seen)


def _person(desk: Desk, one: Standing) -> Person:
    """A subject as the flow counts it; nothing is judged but whether it can be evaluated."""
    case, place, on = one.case, one.place, one.on
    known = known_on(case.record, on)
    failed = known.latest(ScreeningFailed)
    evaluable = bool(place.registered) and is_evaluable(desk, one, on)
    return Person(
        subject=case.record.subject,
        site=case.record.site,
        version=case.protocol.version,
        case=case,
        arm=known.arm,
        screened=place.screened,
        failed=(failed.occurred, failed.why or failed.said.answer) if failed else None,
        failed_clauses=failed.against if failed else (),
        registered=place.registered,
        first_dose=place.first_dose,
        off_treatment=place.off_treatment if place.first_dose else None,
        off_study=place.off_study,
        treatment_reason=place.treatment_reason,
        study_reason=place.study_reason,
        evaluable=evaluable,
        not_evaluable="" if evaluable else "no assessment that could be evaluated yet",
    )


def is_evaluable(desk: Desk, one: Standing, on: date) -> bool:
    """Whether the response can be evaluated, as the analysis set of the core has it; treated where none is assessed."""
    assessed = desk.trial.standards[one.case.protocol.version].response
    return POPULATIONS["evaluable" if assessed else "treated"](one.case, on)
