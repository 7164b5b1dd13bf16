"""A study at a clinical cut-off, as every analysis takes it: datasets, report, registry results and monitoring pack.

    around      approvals, roles, queries, corrections: what surrounds the participants
    people      a participant as judged by the core up to the cut-off; groups; `Gathered`
    asking      what concerns all participants, asked of each by itself
    gathering   a study's record -> `Gathered`: everything that is judged is asked of the core here, once

What is counted, drawn or written from it is made by adapters. Read `gather`, then `Person`.
"""

from __future__ import annotations

from trialwright.core.analysis.around import Activity, Approval, OpenQuery, Pause
from trialwright.core.analysis.gathering import each_judged, gather, safety_endpoint, setting_of
from trialwright.core.analysis.people import (
    Amended,
    Departure,
    DoseChange,
    Gathered,
    Group,
    NotAsked,
    Person,
    Setting,
    Unknown,
    clause_words,
    settled,
    thinned,
)

__all__ = [
    "Activity",
    "Amended",
    "Approval",
    "Departure",
    "DoseChange",
    "Gathered",
    "Group",
    "NotAsked",
    "OpenQuery",
    "Pause",
    "Person",
    "Setting",
    "Unknown",
    "clause_words",
    "each_judged",
    "gather",
    "safety_endpoint",
    "setting_of",
    "settled",
    "thinned",
]
