"""What is asked of each endpoint, and what every outcome measure says of itself. Read `Asked`, then `headed`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from trialwright.adapters.exchange.ctgov.results.choices import OutcomeType, ReportingStatus
from trialwright.adapters.exchange.ctgov.results.outcomes import OutcomeMeasure
from trialwright.adapters.exchange.ctgov.results.values import PValue
from trialwright.adapters.reports.analysis.proportions import ProportionAnalysis, proportions
from trialwright.adapters.reports.analysis.response import ResponseAnalysis, responses
from trialwright.adapters.reports.analysis.safety import SafetyAnalysis, safety
from trialwright.adapters.reports.analysis.survival import TimeAnalysis, times_to_event
from trialwright.adapters.reports.analysis.values import Measured, measured
from trialwright.adapters.reports.results.frames import longest
from trialwright.adapters.reports.results.numbers import Arm
from trialwright.adapters.reports.results.said import Said
from trialwright.core.analysis import Gathered
from trialwright.core.protocol import Endpoint

TYPES: Mapping[str, OutcomeType] = {
    "primary": OutcomeType.PRIMARY,
    "secondary": OutcomeType.SECONDARY,
    "other": OutcomeType.OTHER_PRE_SPECIFIED,
    "added": OutcomeType.POST_HOC,
}
POPULATIONS: Mapping[str, str] = {
    "registered": "All registered participants.",
    "allocated": "All participants allocated to an arm.",
    "treated": "All participants who received at least one dose.",
    "evaluable": "All participants who received at least one dose and whose response could be evaluated afterwards.",
}


class Analyses:
    """The analyses of the report that outcome measures stand on, each made when it is first asked for, and once."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered

    @cached_property
    def responses(self) -> tuple[ResponseAnalysis, ...]:
        """Best responses and the rate, of each endpoint of response."""
        return responses(self.gathered)

    @cached_property
    def proportions(self) -> tuple[ProportionAnalysis, ...]:
        """In how many a condition held."""
        return proportions(self.gathered)

    @cached_property
    def times(self) -> tuple[TimeAnalysis, ...]:
        """Times to event."""
        return times_to_event(self.gathered)

    @cached_property
    def measured(self) -> tuple[Measured, ...]:
        """Measured values."""
        return measured(self.gathered)

    @cached_property
    def safety(self) -> SafetyAnalysis:
        """Worst grades."""
        return safety(self.gathered)


@dataclass(frozen=True)
class Asked:
    """What is to be told: the endpoint, of everyone gathered, in these groups."""

    endpoint: Endpoint
    gathered: Gathered
    arms: Sequence[Arm]
    said: Said
    made: Analyses


def headed(asked: Asked, title: str, description: str, frame: str = "") -> OutcomeMeasure:
    """What every outcome measure says of itself."""
    endpoint = asked.endpoint
    told = endpoint.time_frame.rstrip(".") or "From the first dose to the end of the study"
    return OutcomeMeasure(
        type=TYPES.get(endpoint.level, OutcomeType.OTHER_PRE_SPECIFIED),
        title=title,
        description=written_out(f"{title} {description}", description, asked.said),
        reporting_status=ReportingStatus.POSTED,
        time_frame=f"{told}{frame or longest(asked.gathered)}",
    )


def written_out(text: str, description: str, said: Said) -> str:
    """The description, and after it what the abbreviations in the text stand for."""
    told = [
        f"{short}: {words}"
        for short, words in said.abbreviations.items()
        if re.search(rf"\b{re.escape(short)}\b", text)
    ]
    return f"{description} {'; '.join(told)}." if told else description


def p_value(p: float) -> PValue:
    """A p value as posted: four decimals, and a limit below them.

    >>> p_value(0.03126).text, p_value(0.00001).text
    ('0.0313', '<0.0001')
    """
    return PValue("<0.0001" if p < 0.0001 else f"{p:.4f}")
