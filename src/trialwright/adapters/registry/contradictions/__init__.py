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
    groups_of_participants,
    one_arm_design,
    part_above_whole,
    phase,
    placebo,
    sites,
)
from trialwright.adapters.registry.contradictions.eligibility import (
    age_groups,
    ages,
    both_ways,
    healthy_volunteers,
    limits_twice,
    sex,
    stages_asked,
    states_without_criterion,
    windows_twice,
)
from trialwright.adapters.registry.contradictions.finding import Contradiction
from trialwright.adapters.registry.contradictions.outcomes import (
    follow_up_ends,
    longer_than_followed,
    longer_than_study,
    removed_at_progression,
)
from trialwright.adapters.registry.contradictions.repeated import (
    drug_of_title,
    repeated_fields,
    repeated_lines,
    toxicity_criteria,
)
from trialwright.adapters.registry.contradictions.samples import sampling_times, site_only, time_frames
from trialwright.adapters.registry.contradictions.treatment import (
    days_of_a_cycle,
    dose_above_highest,
    follow_up_twice,
    number_of_courses,
    regimen,
    treatment_length,
    treatment_length_twice,
)
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
    groups_of_participants,
    part_above_whole,
    regimen,
    dose_above_highest,
    days_of_a_cycle,
    number_of_courses,
    treatment_length,
    treatment_length_twice,
    follow_up_twice,
    sampling_times,
    time_frames,
    site_only,
    follow_up_ends,
    removed_at_progression,
    longer_than_followed,
    longer_than_study,
    ages,
    age_groups,
    sex,
    healthy_volunteers,
    limits_twice,
    windows_twice,
    stages_asked,
    states_without_criterion,
    both_ways,
    repeated_lines,
    repeated_fields,
    drug_of_title,
    toxicity_criteria,
)


def contradictions(reading: RegistryReading) -> tuple[Contradiction, ...]:
    """Everything the record says against itself, each with the claims that stand against each other."""
    record = Record(reading)
    return tuple(dict.fromkeys(found for rule in RULES for found in rule(record)))
