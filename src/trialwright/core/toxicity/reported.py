"""Adverse events -> toxicities, one for each span of one grade, and what is wrong with the events as entered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.core.conditions import Toxicity
from trialwright.core.subject import Case
from trialwright.core.terms import Finding
from trialwright.core.toxicity.event_checks import event_findings
from trialwright.core.toxicity.events import adverse_events
from trialwright.core.toxicity.table import ToxicityTable


def reported_toxicities(case: Case, table: ToxicityTable, on: date) -> Iterator[Toxicity]:
    """Every reported adverse event up to a day, one toxicity for each span of one grade."""
    for event in adverse_events(case, table, on):
        for span in event.spans:
            yield Toxicity(
                term=event.term,
                grade=span.grade,
                onset=span.since,
                end=span.until,
                related=event.related,
                serious=event.serious,
                event=event.event,
                possible=(span.grade,) if span.grade is not None else span.possible,
                adverse_event=event.id,
                standard=span.standard,
            )


def reported_findings(case: Case, table: ToxicityTable, on: date) -> Iterator[Finding]:
    """What is wrong with the adverse events as entered."""
    return event_findings(case, table, on)
