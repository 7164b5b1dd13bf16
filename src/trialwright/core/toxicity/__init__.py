"""Toxicity grades by the table a protocol names (CTCAE): laboratory values and events reported by the investigator.

    table     the shape of a grade table as data: bounds as printed, terms and the grades they have
    grading   one laboratory value -> its grade, or the grades it can have
    events    adverse events as entered, each one thing whose grade changes (event_grades)
    event_checks  what is wrong with them
    reported  adverse events -> toxicities
    case      a subject's toxicities up to a day; the worst grade of each term that treatment brought

The highest grade whose bound holds counts; where a limit of normal is missing the grades it can have are told, never
grade 0; grade 5 never follows from a laboratory value. The tables are in `standards.ctcae`. Read `grade_reading`.
"""

from __future__ import annotations

from trialwright.core.toxicity.case import (
    Emergence,
    apart,
    emergences,
    graded_readings,
    toxicities,
    toxicity_findings,
    worst_grades,
)
from trialwright.core.toxicity.event_grades import GradeSpan
from trialwright.core.toxicity.events import AdverseEvent, Attribution, adverse_events
from trialwright.core.toxicity.events_then import event_through_time
from trialwright.core.toxicity.grading import Graded, grade_reading
from trialwright.core.toxicity.table import (
    Bound,
    EarlierTable,
    LaboratoryTerm,
    NamedTerm,
    ToxicityTable,
    short_name,
)

__all__ = [
    "AdverseEvent",
    "Attribution",
    "Bound",
    "EarlierTable",
    "Emergence",
    "GradeSpan",
    "Graded",
    "LaboratoryTerm",
    "NamedTerm",
    "ToxicityTable",
    "adverse_events",
    "apart",
    "emergences",
    "event_through_time",
    "grade_reading",
    "graded_readings",
    "short_name",
    "toxicities",
    "toxicity_findings",
    "worst_grades",
]
