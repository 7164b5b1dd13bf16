"""Numbers in, estimates out: the statistics that a trial's tables and figures stand on.

Nothing here knows of patients or protocols; endpoints are derived in `core.endpoints`, and this package
estimates from them. Every answer that has no honest number is a `NotEstimable` with its reason, never a NaN
and never a crash. The numbers agree with R (docs/reference/validation.md), including a curve flat on one half.

    values       NotEstimable, Interval, Mean: the shapes of an answer
    proportions  exact_binomial, exact_p, mid_p, wilson, difference_of_proportions
    survival     kaplan_meier -> KaplanMeier: survival_at, median, quantile
    readings     landmark_rates, at_risk_table, restricted_mean
    batches      kaplan_meier_medians: thousands of curves at once
    competing    cumulative_incidence: one event where another may come first
    one_sample   one_sample_log_rank against a survival known before
    hazards      proportional_hazards (Cox), with partial_likelihood beneath it
    comparisons  log_rank, fisher_exact, mean_with_interval, difference_of_means
    ranks        signed_rank, signed_rank_of, mann_whitney, each with its shift
    correlation  spearman, kendall
    multiplicity holm
    designs      simon_two_stage, admissible_designs
    two_stage    stage_decision, umvue, koyama_chen: after a stage

Read `exact_binomial` first, then `kaplan_meier`.
"""

from trialwright.core.estimation.batches import Medians, kaplan_meier_medians
from trialwright.core.estimation.comparisons import (
    Difference,
    FisherTest,
    LogRank,
    difference_of_means,
    fisher_exact,
    log_rank,
    mean_with_interval,
)
from trialwright.core.estimation.competing import CumulativeIncidence, Incidence, IncidenceAt, cumulative_incidence
from trialwright.core.estimation.correlation import RankCorrelation, kendall, spearman
from trialwright.core.estimation.designs import (
    AdmissibleDesign,
    SimonDesign,
    SimonDesigns,
    TwoStagePlan,
    admissible_designs,
    simon_two_stage,
)
from trialwright.core.estimation.hazards import HazardRatio, ModelTest, ProportionalHazards, proportional_hazards
from trialwright.core.estimation.multiplicity import holm
from trialwright.core.estimation.one_sample import (
    OneSampleLogRank,
    exponential_survival,
    one_sample_log_rank,
    survival_through,
)
from trialwright.core.estimation.proportions import (
    Proportion,
    difference_of_proportions,
    exact_binomial,
    exact_p,
    mid_p,
    wilson,
)
from trialwright.core.estimation.ranks import RankTest, mann_whitney, signed_rank, signed_rank_of
from trialwright.core.estimation.readings import (
    AtRisk,
    RestrictedMean,
    at_risk_table,
    landmark_rates,
    restricted_mean,
)
from trialwright.core.estimation.survival import IntervalKind, KaplanMeier, Quantile, SurvivalAt, kaplan_meier
from trialwright.core.estimation.two_stage import (
    StageDecision,
    TwoStageInference,
    koyama_chen,
    stage_decision,
    umvue,
)
from trialwright.core.estimation.values import Estimate, Interval, Mean, NotEstimable, estimable

__all__ = [
    "AdmissibleDesign",
    "AtRisk",
    "CumulativeIncidence",
    "Difference",
    "Estimate",
    "FisherTest",
    "HazardRatio",
    "Incidence",
    "IncidenceAt",
    "Interval",
    "IntervalKind",
    "KaplanMeier",
    "LogRank",
    "Mean",
    "Medians",
    "ModelTest",
    "NotEstimable",
    "OneSampleLogRank",
    "Proportion",
    "ProportionalHazards",
    "Quantile",
    "RankCorrelation",
    "RankTest",
    "RestrictedMean",
    "SimonDesign",
    "SimonDesigns",
    "StageDecision",
    "SurvivalAt",
    "TwoStageInference",
    "TwoStagePlan",
    "admissible_designs",
    "at_risk_table",
    "cumulative_incidence",
    "difference_of_means",
    "difference_of_proportions",
    "estimable",
    "exact_binomial",
    "exact_p",
    "exponential_survival",
    "fisher_exact",
    "holm",
    "kaplan_meier",
    "kaplan_meier_medians",
    "kendall",
    "koyama_chen",
    "landmark_rates",
    "log_rank",
    "mann_whitney",
    "mean_with_interval",
    "mid_p",
    "one_sample_log_rank",
    "proportional_hazards",
    "restricted_mean",
    "signed_rank",
    "signed_rank_of",
    "simon_two_stage",
    "spearman",
    "stage_decision",
    "survival_through",
    "umvue",
    "wilson",
]
