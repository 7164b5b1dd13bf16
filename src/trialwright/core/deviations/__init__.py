"""What was done otherwise than the protocol asks: derived from the record, never typed, each with its clause.

    values      a deviation: what kind, when, in words, minor or major; and what cannot be told
    grading     which kinds there are and how each weighs, unless the protocol says otherwise
    entry       registration against the criteria, then and by what is known now; criteria at the actual first dose
    consent     consent given late, on another version than the one in force, or not at all to the version
    approval    registration and courses while the ethics approval of the version did not hold at the site
    treatment   courses and doses against what the rules would have decided before each
    days        the days on which doses were taken, against those of the course that were free of a hold
    conduct     visits outside their window or missed, samples, duties, prohibited medication
    assessments what a visit that was done should have collected and did not
    redacted    what cannot be told since something that was recorded is redacted

What was said stays said: where the answer recorded with a decision differs from what derives now, that is a finding
beside it. Unknown data are no deviation: they are told by `untold`. Read `deviations`, then `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from trialwright.core.deviations.approval import approval_deviations
from trialwright.core.deviations.assessments import assessment_deviations
from trialwright.core.deviations.conduct import conduct_deviations
from trialwright.core.deviations.consent import consent_deviations
from trialwright.core.deviations.days import day_deviations
from trialwright.core.deviations.entry import entry_deviations, over_plan
from trialwright.core.deviations.grading import KINDS, graded
from trialwright.core.deviations.redacted import unless_redacted
from trialwright.core.deviations.treatment import treatment_deviations
from trialwright.core.deviations.values import Deviation, Found, Untold
from trialwright.core.subject import Case

__all__ = ["KINDS", "Deviation", "Untold", "deviations", "over_plan", "untold"]

RULES: tuple[Callable[[Case, date], Iterator[Found]], ...] = (
    entry_deviations,
    consent_deviations,
    approval_deviations,
    treatment_deviations,
    day_deviations,
    conduct_deviations,
    assessment_deviations,
)
"""What is looked at."""


def deviations(case: Case, on: date) -> tuple[Deviation, ...]:
    """Every deviation of a subject up to a day, in order of the day it was."""
    key = ("deviations", on)
    if key not in case.memo:
        case.memo[key] = graded((one for one in _found(case, on) if isinstance(one, Deviation)), case.protocol)
    found: tuple[Deviation, ...] = case.memo[key]
    return found


def untold(case: Case, on: date) -> tuple[Untold, ...]:
    """Every deviation that there may have been up to a day, and what is missing to tell."""
    found = (one for one in _found(case, on) if isinstance(one, Untold))
    return tuple(sorted(found, key=lambda one: (one.on, one.kind, one.about)))


def _found(case: Case, on: date) -> tuple[Found, ...]:
    key = ("deviations found", on)
    if key not in case.memo:
        case.memo[key] = tuple(unless_redacted((one for rule in RULES for one in rule(case, on)), case, on))
    found: tuple[Found, ...] = case.memo[key]
    return found
