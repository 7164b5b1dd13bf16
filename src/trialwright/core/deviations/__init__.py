"""What was done otherwise than the protocol asks: derived from the record, never typed, each with its clause.

    values      a deviation: what kind, when, in words, minor or major
    entry       registration against the criteria, then and by what is known now; criteria at the actual first dose
    treatment   courses and doses against what the rules would have decided before each
    conduct     visits outside their window or missed, samples, prohibited medication

What was said stays said: where the answer recorded with a decision differs from what derives now, that is a finding
beside it. More subjects than planned is a matter of the study and in `conduct`. Read `deviations`.
"""

from __future__ import annotations

from datetime import date

from trialwright.core.deviations.conduct import conduct_deviations
from trialwright.core.deviations.entry import entry_deviations
from trialwright.core.deviations.treatment import treatment_deviations
from trialwright.core.deviations.values import Deviation
from trialwright.core.subject import Case

__all__ = ["Deviation", "deviations"]


def deviations(case: Case, on: date) -> tuple[Deviation, ...]:
    """Every deviation of a subject up to a day, in order of the day it was."""
    found = (*entry_deviations(case, on), *treatment_deviations(case, on), *conduct_deviations(case, on))
    return tuple(sorted(found, key=lambda one: (one.on, one.kind, one.clause, one.says)))
