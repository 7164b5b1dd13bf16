"""The dose of a day: regimen + data + rules -> give, hold, wait, rest or stop, each with its clause.

    answers     what is answered: `DoseDecision`, `RuleOutcome`, `ContinuationDecision`
    evidence    the data of a case as they stood on each day, put together once
    amounts     doses as exact numbers in the regimen's unit
    replay      the courses replayed over the days on which data were recorded: what each rule opened, closed, lowered
    continuing  whether treatment goes on after an assessment
    deciding    the answer of a day
    judging     conditions on the days of a case, each verdict before its words
    capsules    a dose put together from strengths           supply      what the pharmacist hands out
    accounting  capsules handed out, returned and taken      intensity   planned against taken

All rules that hold apply and the most restrictive wins: stop, hold, reduce, no step up, cap, give. A hold stays open
until every rule that opened it is satisfied by later data. An unknown never releases a dose. Read `decide_dose`.
"""

from __future__ import annotations

from trialwright.core.dosing.accounting import CourseAccount, account_of
from trialwright.core.dosing.answers import ContinuationDecision, DoseDecision, HoldPeriod, RuleOutcome
from trialwright.core.dosing.capsules import capsule_findings, compose, doses_in_reach
from trialwright.core.dosing.deciding import (
    decide_continuation,
    decide_dose,
    decide_release,
    decided_before_courses,
    hold_periods,
)
from trialwright.core.dosing.intensity import CourseIntensity, Intensity, dose_intensity
from trialwright.core.dosing.supply import Dispensing, dispensing

__all__ = [
    "ContinuationDecision",
    "CourseAccount",
    "CourseIntensity",
    "Dispensing",
    "DoseDecision",
    "HoldPeriod",
    "Intensity",
    "RuleOutcome",
    "account_of",
    "capsule_findings",
    "compose",
    "decide_continuation",
    "decide_dose",
    "decide_release",
    "decided_before_courses",
    "dispensing",
    "dose_intensity",
    "doses_in_reach",
    "hold_periods",
]
