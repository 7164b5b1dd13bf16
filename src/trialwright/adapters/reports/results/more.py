"""Limitations, agreements and contact for the registry: what the study says of them, and nothing where it does not.

Read `more_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialwright.adapters.exchange.ctgov.results.choices import ReportingStatus
from trialwright.adapters.exchange.ctgov.results.more import LimitationsAndCaveats, MoreInfo, PointOfContact
from trialwright.adapters.exchange.ctgov.results.outcomes import OutcomeMeasure
from trialwright.adapters.reports.results.numbers import participants
from trialwright.adapters.reports.results.said import Said
from trialwright.adapters.reports.text import counted, day, listed
from trialwright.core.analysis import Gathered

LIMIT = 500
"""So many characters the registry takes for limitations (from memory of its data element definitions)."""
SIMULATED = "SIMULATED DATA: a rehearsal with virtual patients. No person was treated, and nothing here may be posted."
SPONSOR = "protocolSection.sponsorCollaboratorsModule.leadSponsor.name"


def more_of(gathered: Gathered, outcomes: Sequence[OutcomeMeasure], said: Said) -> MoreInfo:
    """What stands beside the tables: what the sponsor said, and what the data say of themselves."""
    told = said.more.limitations_and_caveats
    text = _within([*_limitations(gathered, outcomes), *([told.description] if told else [])])
    sponsor = next((str(one.value) for one in gathered.protocol.facts if one.field == SPONSOR), "")
    return MoreInfo(
        limitations_and_caveats=LimitationsAndCaveats(text) if text else None,
        certain_agreement=said.more.certain_agreement,
        point_of_contact=said.more.point_of_contact or (PointOfContact(organization=sponsor) if sponsor else None),
    )


def _within(sentences: list[str]) -> str:
    """As many of the sentences, the weightiest first, as the registry takes."""
    kept = ""
    for one in sentences:
        if len(kept) + len(one) < LIMIT:
            kept = f"{kept} {one}".strip()
    return kept


def _limitations(gathered: Gathered, outcomes: Sequence[OutcomeMeasure]) -> Iterator[str]:
    if gathered.simulated:
        yield SIMULATED
    planned, registered = gathered.protocol.design.accrual.planned, len(gathered.registered)
    if registered < planned:
        yield f"{registered} of {planned} planned participants were registered."
    if open_ := sum(one.registered is not None and one.off_study is None for one in gathered.people):
        yield f"{participants(open_)} still in the study at the data cut-off of {day(gathered.cut)}."
    waiting = [one.title for one in outcomes if one.reporting_status is ReportingStatus.NOT_POSTED]
    if waiting:
        yield f"Not yet reported: {listed(waiting)}."
    major = sum(one.severity == "major" for person in gathered.registered for one in person.departures)
    if major:
        yield f"{counted(major, 'major protocol deviation')} recorded."
    if len(gathered.versions) > 1:
        yield f"The protocol was amended: {counted(len(gathered.versions), 'version')} were in use."
