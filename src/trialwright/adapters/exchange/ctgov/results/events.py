"""Adverse events: all-cause mortality, serious events, and other events above a frequency. Read `AdverseEvents`."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.results.choices import Assessment, Organ
from trialwright.adapters.exchange.ctgov.results.values import Count, Posted, Words


@dataclass(frozen=True)
class EventGroup:
    """A column, with how many of it died, had a serious event, and had any other event of the table."""

    id: str = ""
    title: str = ""
    description: str = ""
    deaths_num_affected: Count | None = None
    deaths_num_at_risk: Count | None = None
    serious_num_affected: Count | None = None
    serious_num_at_risk: Count | None = None
    other_num_affected: Count | None = None
    other_num_at_risk: Count | None = None


@dataclass(frozen=True)
class EventStats:
    """One term in one group: how often, in how many, of how many."""

    group_id: str = ""
    num_events: Count | None = None
    num_affected: Count | None = None
    num_at_risk: Count | None = None


@dataclass(frozen=True)
class AdverseEvent:
    """One term in its organ system."""

    term: str = ""
    organ_system: Words[Organ] | None = None
    source_vocabulary: str = ""
    assessment_type: Assessment | None = None
    notes: str = ""
    stats: tuple[EventStats, ...] = ()


@dataclass(frozen=True)
class AdverseEvents:
    """The three tables; `frequency_threshold` is the percentage that an other event must exceed in some group."""

    frequency_threshold: Posted | None = None
    time_frame: str = ""
    description: str = ""
    all_cause_mortality_comment: str = ""
    event_groups: tuple[EventGroup, ...] = ()
    serious_events: tuple[AdverseEvent, ...] = ()
    other_events: tuple[AdverseEvent, ...] = ()
