"""The dose of a day: regimen + data + rules -> give, hold, wait, rest or stop, each with its clause.

    answers     what is answered: `DoseDecision`, `RuleOutcome`, `ContinuationDecision`
    evidence    the data of a case as they stood on each day, put together once
    amounts     doses as exact numbers in the regimen's unit
    replay      the courses replayed over the days on which data were recorded: what each rule opened, closed, lowered
    continuing  whether treatment goes on after an assessment
    deciding    the answer of a day

All rules that hold apply and the most restrictive wins: stop, hold, reduce, no step up, cap, give. A hold stays open
until every rule that opened it is satisfied by later data. An unknown never releases a dose. Read `decide_dose`.
"""

from __future__ import annotations

from trialwright.core.dosing.answers import ContinuationDecision, DoseDecision, HoldPeriod, RuleOutcome
from trialwright.core.dosing.continuing import decide_continuation
from trialwright.core.dosing.deciding import decide_dose, decide_release, decided_before_courses, hold_periods

__all__ = [
    "ContinuationDecision",
    "DoseDecision",
    "HoldPeriod",
    "RuleOutcome",
    "decide_continuation",
    "decide_dose",
    "decide_release",
    "decided_before_courses",
    "hold_periods",
]
