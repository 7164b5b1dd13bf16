"""Whether a clause changes an answer: the protocol with it against the protocol without it.

A clause that no answer depends on binds nothing of the record, however well it quotes. Each clause is taken out, and the
answers for made-up subjects are compared: eligibility, dose, continuation, visits, samples, deviations, and what the
documents and the report are made of. The subjects are built from the protocol's own conditions (`witness`), at the edge
of each limit. Decided here: which answers count. The answers themselves come from core. Read `live_clauses`.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from trialwright.core import bundle
from trialwright.core.protocol import (
    Clause,
    Continuation,
    CourseGate,
    CourseLimit,
    Criterion,
    Delay,
    DoseRule,
    Encounter,
    MedicationRule,
    Obligation,
    Regimen,
    StudyProtocol,
    clauses,
)

DAY_0 = date(2024, 1, 8)
Path = tuple[str | int, ...]
Answers = tuple[Any, ...]
JUDGED = (
    Criterion,
    DoseRule,
    CourseGate,
    CourseLimit,
    Continuation,
    Delay,
    Encounter,
    MedicationRule,
    Obligation,
    Regimen,
)
"""Clauses whose effect is looked for in the answers for subjects; the others are looked for in the documents."""
WORDING = frozenset(each.name for each in fields(Clause))


def live_clauses(protocol: StudyProtocol, standards: bundle.Standards) -> frozenset[str]:
    """The ids of the clauses that change an answer."""
    probes = Probes(protocol, standards)
    judged = {clause.id for path, clause in clauses(protocol) if probes.changes_an_answer(path, clause)}
    pointing = {
        clause.id
        for _, clause in clauses(protocol)
        if isinstance(clause, Criterion) and clause.see and set(clause.see) <= judged
    }
    return frozenset(judged | pointing)
