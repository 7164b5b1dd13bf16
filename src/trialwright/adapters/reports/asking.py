"""What the report asks of each participant's case before the case is dropped: all that any table, figure or text needs.

A question is a function of one participant, answered once (`Person.ask`). A report of participants without their cases
is the same, byte by byte, as one of whole ones; what is missing here is refused when it is asked. Read `OF_EACH`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trialwright.adapters.reports.analysis.baseline import had_before
from trialwright.adapters.reports.analysis.conduct import samples_planned
from trialwright.adapters.reports.analysis.events import clocks_started, events_had
from trialwright.adapters.reports.analysis.gaps import visits_planned
from trialwright.adapters.reports.analysis.laboratory import shifted
from trialwright.adapters.reports.analysis.listed import medications
from trialwright.adapters.reports.analysis.places import consented
from trialwright.adapters.reports.analysis.promises import in_substudies
from trialwright.adapters.reports.analysis.response import other_treatment
from trialwright.adapters.reports.analysis.toxicity import toxicities_had, worst_by_course
from trialwright.adapters.reports.analysis.values import joined_parts
from trialwright.core.analysis import Person
from trialwright.core.analysis.asking import OF_EACH as BY_THE_CORE

OF_EACH: tuple[Callable[[Person], Any], ...] = (
    *BY_THE_CORE,
    clocks_started,
    consented,
    events_had,
    had_before,
    in_substudies,
    joined_parts,
    medications,
    other_treatment,
    samples_planned,
    shifted,
    toxicities_had,
    visits_planned,
    worst_by_course,
)
"""What is asked of everyone."""
