"""Worked patients: cases/*.yaml of a study folder, told in a nurse's words, judged by the real rules, compared.

    words      what a value may be: a day, an item, an amount; near misses; where in the file it stands
    reading    the files -> patients and cases; every word of a closed set, everything wrong at once
    worked     a case as it was read, and the words `given` may use
    telling    a case's `given` -> the events a site would have recorded, each asked of `refusals`
    comparing  what a word of `expect` is: how it is read, what comparing it gives
    expecting  the closed set of words of `expect`, those of entry, dose and calendar in full
    of_plan, of_endpoints  the words of the plan and the whole trial, and of what is measured in the end
    outcome    what came out of a case told, reckoned when asked for
    running    a case -> what was expected, what came out, by which clause; which clause no case names

Nothing is judged here: the answers are those of `core.conduct`. Read `run_case`, then `EXPECT`.
"""

from __future__ import annotations

from trialwright.adapters.study.cases.reading import load_cases
from trialwright.adapters.study.cases.running import CaseResult, Difference, coverage, run_case
from trialwright.adapters.study.cases.worked import WorkedCase

__all__ = ["CaseResult", "Difference", "WorkedCase", "coverage", "load_cases", "run_case"]
