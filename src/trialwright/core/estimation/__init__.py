"""Numbers in, estimates out: the statistics that a trial's tables and figures stand on.

Nothing here knows of patients or protocols; endpoints are derived in `core.endpoints`, and this package
estimates from them. Every answer that has no honest number is a `NotEstimable` with its reason, never a NaN
and never a crash. Survival agrees with R `survival` digit for digit, including a curve that lies flat on one half.

    values       NotEstimable, Interval, Mean: the shapes of an answer
    proportions  exact_binomial, wilson, difference_of_proportions
    survival     kaplan_meier -> KaplanMeier: survival_at, median, quantile, at_risk_table; restricted_mean
    comparisons  log_rank, signed_rank, mann_whitney, fisher_exact, mean_with_interval, difference_of_means
    designs      simon_two_stage: optimal and minimax

Read `exact_binomial` first, then `kaplan_meier`.
"""

from trialwright.core.estimation.comparisons import (
    Difference,
    FisherTest,
    LogRank,
    RankTest,
    difference_of_means,
    fisher_exact,
    log_rank,
    mann_whitney,
    mean_with_interval,
    signed_rank,
)
from trialwright.core.estimation.designs import SimonDesign, SimonDesigns, simon_two_stage
from trialwright.core.estimation.proportions import Proportion, difference_of_proportions, exact_binomial, wilson
from trialwright.core.estimation.survival import (
    AtRisk,
    KaplanMeier,
    Quantile,
    RestrictedMean,
    SurvivalAt,
    at_risk_table,
    kaplan_meier,
    restricted_mean,
)
from trialwright.core.estimation.values import Estimate, Interval, Mean, NotEstimable, estimable

__all__ = [
    "AtRisk",
    "Difference",
    "Estimate",
    "FisherTest",
    "Interval",
    "KaplanMeier",
    "LogRank",
    "Mean",
    "NotEstimable",
    "Proportion",
    "Quantile",
    "RankTest",
    "RestrictedMean",
    "SimonDesign",
    "SimonDesigns",
    "SurvivalAt",
    "at_risk_table",
    "difference_of_means",
    "difference_of_proportions",
    "estimable",
    "exact_binomial",
    "fisher_exact",
    "kaplan_meier",
    "log_rank",
    "mann_whitney",
    "mean_with_interval",
    "restricted_mean",
    "signed_rank",
    "simon_two_stage",
    "wilson",
]
