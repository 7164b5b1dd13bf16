"""The numbers of a report, counted from what `core.analysis` gathered: the one source for HTML, PDF, CSV and JSON.

    flow        participant flow              baseline    who they are
    response    response, waterfall, lanes    survival    Kaplan-Meier by group
    values      means, differences, pairs     safety      worst grades, deaths
    toxicity    by class, relation, course    laboratory  shifts of grade
    events      adverse and serious events    accrual     registrations over time
    burden      the disease over time         listed      what is listed by participant
    doses       exposure, dose intensity      conduct     versions, deviations, specimens, readiness
    comparison  published against ours        places      sites, roles, consents
    promises    the record against the trial  gaps        what is missing, and what rests on a question
    results     an endpoint in a few words    proportions  yes, no, not known
    against     a rate against that of an inactive drug, after a design in stages

Read `analyse`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.adapters.reports.analysis.accrual import Accrual, accrual_of
from trialwright.adapters.reports.analysis.against import Against, against
from trialwright.adapters.reports.analysis.baseline import BaselineRow, baseline
from trialwright.adapters.reports.analysis.burden import Burden, burdens
from trialwright.adapters.reports.analysis.comparison import Compared, compared
from trialwright.adapters.reports.analysis.conduct import Conduct, conduct
from trialwright.adapters.reports.analysis.doses import DoseAnalysis, dose_intensity
from trialwright.adapters.reports.analysis.events import EventAnalysis, events_of
from trialwright.adapters.reports.analysis.flow import Flow, participant_flow
from trialwright.adapters.reports.analysis.laboratory import Shift, shifts_of
from trialwright.adapters.reports.analysis.listed import Listed, listed_of
from trialwright.adapters.reports.analysis.places import Places, places
from trialwright.adapters.reports.analysis.proportions import ProportionAnalysis, proportions
from trialwright.adapters.reports.analysis.response import Lane, ResponseAnalysis, lanes, responses
from trialwright.adapters.reports.analysis.safety import SafetyAnalysis, safety
from trialwright.adapters.reports.analysis.survival import TimeAnalysis, times_to_event
from trialwright.adapters.reports.analysis.toxicity import ToxicityAnalysis, toxicity_of
from trialwright.adapters.reports.analysis.values import Measured, measured
from trialwright.core.analysis.people import Gathered
from trialwright.standards import load_standards


@dataclass(frozen=True)
class Analysis:
    """Every number of the report."""

    gathered: Gathered
    flow: Flow
    baseline: tuple[BaselineRow, ...]
    responses: tuple[ResponseAnalysis, ...]
    proportions: tuple[ProportionAnalysis, ...]
    against: tuple[Against, ...]
    lanes: tuple[Lane, ...]
    times: tuple[TimeAnalysis, ...]
    measured: tuple[Measured, ...]
    safety: SafetyAnalysis
    doses: DoseAnalysis
    conduct: Conduct
    places: Places
    toxicity: ToxicityAnalysis
    laboratory: tuple[Shift, ...]
    events: EventAnalysis
    accrual: Accrual
    burdens: tuple[Burden, ...]
    listed: Listed

    @property
    def response(self) -> ResponseAnalysis | None:
        """The first endpoint of response, which best responses and figures are told by; None where there is none."""
        return self.responses[0] if self.responses else None


def analyse(gathered: Gathered) -> Analysis:
    """All the numbers, from what was gathered."""
    standards = {name: load_standards(version) for name, version in gathered.versions.items()}
    return Analysis(
        gathered=gathered,
        flow=participant_flow(gathered),
        baseline=baseline(gathered),
        responses=responses(gathered),
        proportions=proportions(gathered),
        against=against(gathered),
        lanes=lanes(gathered),
        times=times_to_event(gathered),
        measured=measured(gathered),
        safety=safety(gathered),
        doses=dose_intensity(gathered),
        conduct=conduct(gathered),
        places=places(gathered),
        toxicity=toxicity_of(gathered, standards),
        laboratory=shifts_of(gathered),
        events=events_of(gathered),
        accrual=accrual_of(gathered),
        burdens=burdens(gathered),
        listed=listed_of(gathered),
    )


__all__ = ["Analysis", "Compared", "Gathered", "analyse", "compared"]
