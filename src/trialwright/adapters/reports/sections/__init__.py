"""The sections of the report: numbers of the analysis as sentences, tables and figures.

    participants  flow, baseline               times   Kaplan-Meier by endpoint
    responses     best response, waterfall     values  means, differences, before and after
    safety        grades, deaths, doses        running specimens, deviations, versions, questions
    comparing     published against ours       opening the title page

A section appears when the protocol asks for what it shows, or when there is something to tell. Every number in a
sentence comes from the analysis. Read `sections_of`.
"""

from __future__ import annotations

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.document import Section
from trialwright.adapters.reports.sections.comparing import comparison_section
from trialwright.adapters.reports.sections.participants import baseline_section, flow_section
from trialwright.adapters.reports.sections.responses import response_section
from trialwright.adapters.reports.sections.running import (
    deviation_section,
    open_section,
    readiness_section,
    version_section,
)
from trialwright.adapters.reports.sections.safety import dose_section, safety_section
from trialwright.adapters.reports.sections.times import time_sections
from trialwright.adapters.reports.sections.values import specimen_section, value_sections


def sections_of(analysis: Analysis) -> tuple[Section, ...]:
    """Every section that has something to say, in the order of the report."""
    found: tuple[Section | None, ...] = (
        flow_section(analysis),
        baseline_section(analysis),
        response_section(analysis),
        *time_sections(analysis),
        *value_sections(analysis),
        safety_section(analysis),
        dose_section(analysis),
        specimen_section(analysis),
        deviation_section(analysis),
        version_section(analysis),
        readiness_section(analysis),
        open_section(analysis),
        comparison_section(analysis),
    )
    kept = (section for section in found if section is not None)
    return tuple(section.lean() if len(analysis.gathered.groups) == 1 else section for section in kept)
