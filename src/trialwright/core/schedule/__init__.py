"""What is due, its window, what was missed and when the next one is: visits, samples and duties of one subject.

    planning     an encounter -> the days it is planned for: anchors, days of a course, offsets, repetitions
    visits       planned days against what was recorded -> done, due, overdue, missed, coming, does not apply
    samples      planned specimens by encounter, site and sub-study
    obligations  duties around treatment, such as contraception: from when, until when

A course counts from its actual day 1; the next one is planned a cycle later while treatment goes on. What was done
late or early keeps its day; whether that is a deviation is decided in `deviations`. Read `visits`, then `planned`.
"""

from __future__ import annotations

from trialwright.core.schedule.obligations import Duty, duties
from trialwright.core.schedule.planning import (
    Planned,
    PlannedCourse,
    is_one_course,
    planned,
    planned_courses,
    visit_key,
)
from trialwright.core.schedule.samples import Sample, sample_key, samples
from trialwright.core.schedule.visits import STATES, Visit, due_on, visits

__all__ = [
    "STATES",
    "Duty",
    "Planned",
    "PlannedCourse",
    "Sample",
    "Visit",
    "due_on",
    "duties",
    "is_one_course",
    "planned",
    "planned_courses",
    "sample_key",
    "samples",
    "visit_key",
    "visits",
]
