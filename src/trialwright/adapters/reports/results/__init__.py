"""What was gathered at a cut-off -> the results section of the registry's record, with what is missing as findings.

    numbers   groups, columns, cells         flow       periods, milestones, reasons
    baseline  the standard measures          outcomes   one for each endpoint; values: of measured values
    events    three tables; organs: where a term belongs      more   limitations, agreements, contact
    said      what a sponsor says beside the data

The numbers are those of the report; nothing the study does not say is invented. Read `results_of`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from trialwright.adapters.exchange.ctgov.results import Results
from trialwright.adapters.exchange.ctgov.results.outcomes import OutcomeMeasures
from trialwright.adapters.exchange.ctgov.results.section import Modules
from trialwright.adapters.reports.results.baseline import baseline_of
from trialwright.adapters.reports.results.events import events_of
from trialwright.adapters.reports.results.flow import flow_of
from trialwright.adapters.reports.results.more import more_of
from trialwright.adapters.reports.results.numbers import NOBODY, arms_of
from trialwright.adapters.reports.results.outcomes import outcomes_of
from trialwright.adapters.reports.results.said import NOTHING_SAID, Said, read_said
from trialwright.core.analysis import Gathered
from trialwright.core.terms import Finding


@dataclass(frozen=True)
class RegistryResults:
    """A results section of ours, and what the registry asks for that is not in it."""

    results: Results
    findings: tuple[Finding, ...]


def results_of(gathered: Gathered, said: Said = NOTHING_SAID) -> RegistryResults:
    """The results section at the cut-off, with what the sponsor says beside the data."""
    placed = _placed(gathered)
    arms = arms_of(placed)
    outcomes, not_told = outcomes_of(placed, arms, said)
    events, of_events = events_of(placed, arms)
    modules = Modules(
        participant_flow=flow_of(gathered, arms),
        baseline=baseline_of(placed, arms),
        outcomes=OutcomeMeasures(outcomes),
        adverse_events=events,
        more_info=more_of(gathered, outcomes, said),
    )
    return RegistryResults(Results(modules, enrolled=len(gathered.registered)), (*not_told, *of_events))


def _placed(gathered: Gathered) -> Gathered:
    """Without those registered whom no arm was allocated to: the registry's tables are by arm."""
    unplaced = {one.subject for group in gathered.groups if group.id == NOBODY for one in group.people}
    return replace(gathered, people=tuple(one for one in gathered.people if one.subject not in unplaced))


__all__ = ["RegistryResults", "Said", "read_said", "results_of"]
