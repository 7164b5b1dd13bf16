"""Outcome measures: each with its groups, who was analysed, its cells and its statistical analyses.

An outcome without data yet is there too, with the month in which data are expected. Read `OutcomeMeasure`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.results.choices import (
    AnalysisDispersion,
    Dispersion,
    MeasureParam,
    NonInferiority,
    OutcomeType,
    ReportingStatus,
    Sides,
)
from trialwright.adapters.exchange.ctgov.results.measures import Denom, Group, MeasureClass
from trialwright.adapters.exchange.ctgov.results.values import Posted, PValue, Words
from trialwright.core.terms import PartialDate


@dataclass(frozen=True)
class Analysis:
    """A statistical analysis: which groups, what was to be shown, the test, and the estimate with its interval."""

    param_type: str = ""
    param_value: Posted | None = None
    dispersion_type: AnalysisDispersion | None = None
    dispersion_value: Posted | None = None
    statistical_method: str = ""
    statistical_comment: str = ""
    p_value: PValue | None = None
    p_value_comment: str = ""
    ci_num_sides: Sides | None = None
    ci_pct_value: Posted | None = None
    ci_lower_limit: Posted | None = None
    ci_upper_limit: Posted | None = None
    ci_lower_limit_comment: str = ""
    ci_upper_limit_comment: str = ""
    estimate_comment: str = ""
    tested_non_inferiority: bool | None = None
    non_inferiority_type: NonInferiority | None = None
    non_inferiority_comment: str = ""
    other_analysis_description: str = ""
    group_description: str = ""
    group_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutcomeMeasure:
    """One outcome measure."""

    type: OutcomeType | None = None
    title: str = ""
    description: str = ""
    population_description: str = ""
    reporting_status: ReportingStatus | None = None
    anticipated_posting_date: PartialDate | None = None
    param_type: MeasureParam | None = None
    dispersion_type: Words[Dispersion] | None = None
    unit_of_measure: str = ""
    calculate_pct: bool | None = None
    time_frame: str = ""
    type_units_analyzed: str = ""
    denom_units_selected: str = ""
    groups: tuple[Group, ...] = ()
    denoms: tuple[Denom, ...] = ()
    classes: tuple[MeasureClass, ...] = ()
    analyses: tuple[Analysis, ...] = ()


@dataclass(frozen=True)
class OutcomeMeasures:
    """All of them, in the order of posting."""

    outcome_measures: tuple[OutcomeMeasure, ...] = ()
