"""Trialwright turns a clinical-trial protocol into a running trial; this is its front page for Python.

Every name of PUBLIC can be had from here (`trialwright.judge`); its module is loaded when the name is first used,
so that `import trialwright` costs nothing. Inside the package, import from the module itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

PUBLIC: dict[str, str] = {
    # reading a registry record, opening a study
    "read_record": "trialwright.adapters.registry:read_file",
    "load_protocol": "trialwright.adapters.study:load_protocol",
    "load_study": "trialwright.adapters.study:load_study",
    # answers for one subject and for the trial
    "subject_status": "trialwright.core.conduct:subject_status",
    "trial_status": "trialwright.core.conduct:trial_status",
    "judge": "trialwright.core.eligibility:judge_eligibility",
    # estimates
    "cumulative_incidence": "trialwright.core.estimation:cumulative_incidence",
    "exact_binomial": "trialwright.core.estimation:exact_binomial",
    "fisher_exact": "trialwright.core.estimation:fisher_exact",
    "kaplan_meier": "trialwright.core.estimation:kaplan_meier",
    "koyama_chen": "trialwright.core.estimation:koyama_chen",
    "log_rank": "trialwright.core.estimation:log_rank",
    "mann_whitney": "trialwright.core.estimation:mann_whitney",
    "one_sample_log_rank": "trialwright.core.estimation:one_sample_log_rank",
    "proportional_hazards": "trialwright.core.estimation:proportional_hazards",
    "restricted_mean": "trialwright.core.estimation:restricted_mean",
    "signed_rank": "trialwright.core.estimation:signed_rank",
    "simon_two_stage": "trialwright.core.estimation:simon_two_stage",
    "stage_decision": "trialwright.core.estimation:stage_decision",
    # values that answers are made of
    "Finding": "trialwright.core.terms:Finding",
    "PartialDate": "trialwright.core.terms:PartialDate",
    "Quantity": "trialwright.core.terms:Quantity",
    "Verdict": "trialwright.core.terms:Verdict",
}

if TYPE_CHECKING:  # the same table, for type checkers; a test holds the two together
    from trialwright.adapters.registry import read_file as read_record  # noqa: F401
    from trialwright.adapters.study import load_protocol as load_protocol
    from trialwright.adapters.study import load_study as load_study
    from trialwright.core.conduct import subject_status as subject_status
    from trialwright.core.conduct import trial_status as trial_status
    from trialwright.core.eligibility import judge_eligibility as judge  # noqa: F401
    from trialwright.core.estimation import cumulative_incidence as cumulative_incidence
    from trialwright.core.estimation import exact_binomial as exact_binomial
    from trialwright.core.estimation import fisher_exact as fisher_exact
    from trialwright.core.estimation import kaplan_meier as kaplan_meier
    from trialwright.core.estimation import koyama_chen as koyama_chen
    from trialwright.core.estimation import log_rank as log_rank
    from trialwright.core.estimation import mann_whitney as mann_whitney
    from trialwright.core.estimation import one_sample_log_rank as one_sample_log_rank
    from trialwright.core.estimation import proportional_hazards as proportional_hazards
    from trialwright.core.estimation import restricted_mean as restricted_mean
    from trialwright.core.estimation import signed_rank as signed_rank
    from trialwright.core.estimation import simon_two_stage as simon_two_stage
    from trialwright.core.estimation import stage_decision as stage_decision
    from trialwright.core.terms import Finding as Finding
    from trialwright.core.terms import PartialDate as PartialDate
    from trialwright.core.terms import Quantity as Quantity
    from trialwright.core.terms import Verdict as Verdict


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first asked for."""
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=__name__)
    from importlib import import_module

    module, _, attribute = PUBLIC[name].partition(":")
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *PUBLIC})
