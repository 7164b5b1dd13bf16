"""Contradictions inside one registry record: claims that cannot all be true.

`contradictions` judges every rule of `RULES`. What the record claims is read in `claims`; each rule compares claims
of one kind and says which words stand against which. Words that differ without contradicting ("28-day cycle", "every
4 weeks") are made equal by `claims.measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trialwright.adapters.registry.claims import Claim, Record
from trialwright.adapters.registry.contradictions.dates import dates_in_order
from trialwright.adapters.registry.contradictions.design import (
    arms,
    design_block,
    enrolment,
    one_arm_design,
    phase,
    placebo,
    sites,
)
from trialwright.adapters.registry.contradictions.finding import Contradiction
from trialwright.adapters.registry.reading import RegistryReading

__all__ = ["Claim", "Contradiction", "contradictions"]

RULES: tuple[Callable[[Record], Iterator[Contradiction]], ...] = (
    dates_in_order,
    phase,
    design_block,
    arms,
    one_arm_design,
    placebo,
    sites,
    enrolment,
)


def contradictions(reading: RegistryReading) -> tuple[Contradiction, ...]:
    """Everything the record says against itself, each with the claims that stand against each other."""
    record = Record(reading)
    return tuple(dict.fromkeys(found for rule in RULES for found in rule(record)))
