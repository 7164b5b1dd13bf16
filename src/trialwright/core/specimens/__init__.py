"""Specimens from plan to destruction: chain of custody, handling, consent to keep them, and what was measured in them.

    moments   a day with its time and its offset from UTC, where they are told
    steps     what was done with each specimen, as recorded
    storage   whether it may be kept, and from when it must be destroyed
    checking  what went wrong on the way: order, places, temperature, time, consent
    custody   each specimen: its state, where it is, what is next, what is wrong
    assays    what was measured against what was planned, analyte by analyte
    due       what a site and a laboratory have to do

Which specimens are planned is decided in `schedule`. What happened is never refused. Read `custody_of`.
"""

from __future__ import annotations

from trialwright.core.specimens.assays import AssayResult, Panel, assay_findings, panels
from trialwright.core.specimens.custody import (
    CUSTODY_STATES,
    Custody,
    NextStep,
    custody_findings,
    custody_of,
    expected_steps,
)
from trialwright.core.specimens.due import LaboratoryRow, SpecimenDue, laboratory, specimens_due
from trialwright.core.specimens.moments import Moment
from trialwright.core.specimens.steps import Step, steps_of
from trialwright.core.specimens.storage import Destruction, consent_to_storage, destruction_due

__all__ = [
    "CUSTODY_STATES",
    "AssayResult",
    "Custody",
    "Destruction",
    "LaboratoryRow",
    "Moment",
    "NextStep",
    "Panel",
    "SpecimenDue",
    "Step",
    "assay_findings",
    "consent_to_storage",
    "custody_findings",
    "custody_of",
    "destruction_due",
    "expected_steps",
    "laboratory",
    "panels",
    "specimens_due",
    "steps_of",
]
