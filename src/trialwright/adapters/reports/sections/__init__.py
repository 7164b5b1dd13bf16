"""The sections of the report: numbers of the analysis as sentences, tables and figures, in the order of ICH E3.

    synopsis      the trial on two pages            participants  flow, baseline
    plan          introduction, objectives, plan    responses     best response, waterfall
    governing     ethics, versions, sites           times         Kaplan-Meier by endpoint
    promised      the record against what was done  values        means, differences, before and after
    limiting      discussion, limits                safety        grades, deaths, doses
    comparing     published against ours            running       deviations, versions, questions
    monitoring    the pack of a monitoring committee  opening     the title page
    proportions   yes, no and not known             against     a rate against that of an inactive drug

A section appears when the protocol asks for what it shows, or when there is something to tell. Every number in a
sentence refers to the analysis (`tied`). Read CHAPTERS, then `chapters_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.document import Chapter, Section, Table
from trialwright.adapters.reports.sections.against import against_sections
from trialwright.adapters.reports.sections.comparing import comparison_section
from trialwright.adapters.reports.sections.doses import dose_section
from trialwright.adapters.reports.sections.estimands import estimand_section
from trialwright.adapters.reports.sections.events import serious_section
from trialwright.adapters.reports.sections.governing import ethics_section, site_section
from trialwright.adapters.reports.sections.laboratory import laboratory_section
from trialwright.adapters.reports.sections.limiting import discussion_section, gap_section, rest_section
from trialwright.adapters.reports.sections.listings import listing_sections
from trialwright.adapters.reports.sections.monitoring import (
    accrual_section,
    open_conduct_section,
    open_safety_section,
    recommendation_section,
    rule_section,
    summary_section,
)
from trialwright.adapters.reports.sections.participants import (
    accrual_curve_section,
    baseline_section,
    flow_section,
)
from trialwright.adapters.reports.sections.plan import (
    change_section,
    introduction_section,
    objective_section,
    plan_sections,
)
from trialwright.adapters.reports.sections.promised import promise_section, registry_section
from trialwright.adapters.reports.sections.proportions import proportion_sections
from trialwright.adapters.reports.sections.responses import further_response_sections, response_section
from trialwright.adapters.reports.sections.running import (
    deviation_section,
    open_section,
    readiness_section,
    version_section,
)
from trialwright.adapters.reports.sections.safety import safety_section
from trialwright.adapters.reports.sections.synopsis import synopsis_section
from trialwright.adapters.reports.sections.times import time_sections
from trialwright.adapters.reports.sections.values import specimen_section, value_sections
from trialwright.adapters.reports.tied import pointed

Made = Section | Iterable[Section] | None
Maker = Callable[[Analysis], Made]
Contents = Sequence[tuple[str, str, Sequence[Maker]]]
"""Number and title of each chapter, and what makes its sections."""

RATES: Sequence[Maker] = (response_section, further_response_sections, proportion_sections, against_sections)
"""What tells of how many it is so."""
EFFICACY: Sequence[Maker] = (baseline_section, *RATES, time_sections, value_sections, specimen_section)
CHAPTERS: Contents = (
    ("2", "Synopsis", (synopsis_section,)),
    ("5", "Ethics and protocol versions", (ethics_section, version_section, change_section)),
    ("6", "Sites and roles", (site_section,)),
    ("7", "Introduction", (introduction_section,)),
    ("8", "Objectives", (objective_section,)),
    ("9", "The plan", (plan_sections, estimand_section)),
    ("10", "Participants of the trial", (flow_section, accrual_curve_section, deviation_section)),
    ("11", "Efficacy", EFFICACY),
    ("12", "Safety", (dose_section, safety_section, serious_section, laboratory_section)),
    ("13", "Discussion and overall conclusions", (discussion_section,)),
    ("14", "The record against the trial", (promise_section, registry_section, comparison_section)),
    ("15", "Limits of the analysis", (gap_section, readiness_section, rest_section, open_section)),
    ("16", "Listings", (listing_sections,)),
)
"""The chapters of the report, by their numbers in ICH E3; the title page is 1, the contents are 3."""

MONITORING: Contents = (
    ("1", "What there is to decide", (summary_section, rule_section)),
    ("2", "Accrual and disposition", (accrual_section, accrual_curve_section, flow_section)),
    ("3", "Safety", (safety_section, serious_section, laboratory_section, dose_section)),
    ("4", "Efficacy for the decision", (*RATES, time_sections, value_sections)),
    ("5", "Conduct", (deviation_section, gap_section, readiness_section)),
    ("6", "On what it rests", (baseline_section, version_section, rest_section)),
    ("7", "Recommendation of the committee", (recommendation_section,)),
)
"""The chapters of a monitoring pack: of the only part where there is one arm, else of the closed part."""
OPEN: Contents = (
    ("1", "Accrual and disposition", (accrual_section, accrual_curve_section, flow_section)),
    ("2", "Safety", (open_safety_section,)),
    ("3", "Conduct", (open_conduct_section,)),
    ("4", "Participants", (baseline_section, version_section)),
)
"""The chapters of the open part of a pack with several arms."""


def chapters_of(analysis: Analysis, contents: Contents = CHAPTERS) -> tuple[Chapter, ...]:
    """Every chapter with a section that has something to say."""
    lean = len(analysis.gathered.groups) == 1
    made = [(number, title, _sections(analysis, makers, lean)) for number, title, makers in contents]
    chapters = tuple(Chapter(number, title, sections) for number, title, sections in made if sections)
    numbers = {section.name: number for chapter in chapters for number, section in chapter.numbered()}
    return tuple(replace(each, sections=tuple(_pointed(one, numbers) for one in each.sections)) for each in chapters)


def _pointed(section: Section, numbers: Mapping[str, str]) -> Section:
    """The section with the numbers of the sections it points at."""
    blocks = tuple(pointed(block, numbers) if isinstance(block, Table) else block for block in section.blocks)
    return replace(section, blocks=blocks)


def _sections(analysis: Analysis, makers: Sequence[Maker], lean: bool) -> tuple[Section, ...]:
    found = [section for maker in makers for section in _each(maker(analysis))]
    return tuple(section.lean() if lean else section for section in found)


def _each(made: Made) -> Iterable[Section]:
    if made is None:
        return ()
    return (made,) if isinstance(made, Section) else made
