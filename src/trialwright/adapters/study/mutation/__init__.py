"""Protocol mutation: a protocol a step off at one place, to see whether a worked patient of the study notices.

    values      one value of a protocol file -> the values next to it, as they would be written
    conditions  one condition -> conditions that differ from it in one place
    mutants     a protocol file -> everything in it that can be a step off, each with its clause, its words, its place
    proving     a mutant -> refused by the loader, killed by a case, or survived
    survivors   survivors.yaml beside the cases: why what survives may; what is unexplained or out of date

A survivor is a number or a word of the protocol that could be wrong without any case failing. Read `mutants_of`, then
`Prover`.
"""

from __future__ import annotations

from trialwright.adapters.study.mutation.mutants import Mutant, mutants_of
from trialwright.adapters.study.mutation.proving import Fate, Prover, cannot_prove
from trialwright.adapters.study.mutation.survivors import Explained, explained_by, explanations, sampled, weighed

__all__ = [
    "Explained",
    "Fate",
    "Mutant",
    "Prover",
    "cannot_prove",
    "explained_by",
    "explanations",
    "mutants_of",
    "sampled",
    "weighed",
]
