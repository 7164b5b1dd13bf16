"""The one language of conditions, judged in three values.

Eligibility criteria, start-of-course rules, holds, reductions, continuation and prohibited medication are all
written in it. Decided here: what each construct means, and which datum is missing when it cannot be told.
Kleene's logic: all = least, any = greatest, not = opposite; absence is "no" only where someone looked. What a
subject's data are is asked of `Facts`, which `subject` implements. Read `CONSTRUCTS`, then `judge_condition`.
"""

from __future__ import annotations

from trialwright.core.conditions.constructs import (
    ALWAYS,
    Age,
    All,
    AnyOf,
    Ask,
    AtLeast,
    Condition,
    Elapsed,
    FirstKnown,
    GradeIs,
    Had,
    IfThen,
    Limit,
    Measure,
    Not,
    NumberIs,
    Rank,
    ResponseIs,
    Sex,
    TimeBefore,
    parts,
)
from trialwright.core.conditions.facts import (
    Episode,
    Facts,
    Reading,
    Review,
    Toxicity,
    age_readings,
)
from trialwright.core.conditions.judging import (
    judge_condition,
)
from trialwright.core.conditions.reading import (
    CONSTRUCTS,
    ConditionError,
    read_condition,
)

__all__ = [
    "ALWAYS",
    "CONSTRUCTS",
    "Age",
    "All",
    "AnyOf",
    "Ask",
    "AtLeast",
    "Condition",
    "ConditionError",
    "Elapsed",
    "Episode",
    "Facts",
    "FirstKnown",
    "GradeIs",
    "Had",
    "IfThen",
    "Limit",
    "Measure",
    "Not",
    "NumberIs",
    "Rank",
    "Reading",
    "ResponseIs",
    "Review",
    "Sex",
    "TimeBefore",
    "Toxicity",
    "age_readings",
    "judge_condition",
    "parts",
    "read_condition",
]
