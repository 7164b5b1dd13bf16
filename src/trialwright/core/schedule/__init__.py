"""What is due, its window, what was missed and when the next one is: visits, samples and duties of one subject.

    planning     an encounter -> the days it is planned for: anchors, days of a course, offsets, repetitions
    ending       death, leaving, the end of treatment, consent withdrawn: what falls away, and why
    naming       what a visit and a sample are called, by their key
    matching     recorded contacts -> the planned one each belongs to
    visits       planned days against what was recorded -> done, due, overdue, missed, coming, does not apply
    undated      what is planned and has no date yet, and why; `findings`: what is wrong with the recorded calendar
    samples      planned specimens by encounter, site and sub-study; `substudies`: how far a sub-study has come
    obligations  duties around treatment, such as contraception: from when, until when

A course counts from its actual day 1; the next one is planned a cycle later while treatment goes on. What was done
late or early keeps its day; whether that is a deviation is decided in `deviations`. Read `visits`, then `planned`.
"""

from __future__ import annotations

from trialwright.core.schedule.ending import End, ends, withdrawal_of
from trialwright.core.schedule.findings import schedule_findings, unscheduled
from trialwright.core.schedule.matching import Contact, Matched, match
from trialwright.core.schedule.naming import Labels, sample_called, visit_called
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
from trialwright.core.schedule.substudies import Joined, SubstudyProgress, joined, progress_of, substudy_progress
from trialwright.core.schedule.undated import Undated, undated
from trialwright.core.schedule.visits import STATES, Visit, due_on, visits

__all__ = [
    "STATES",
    "Contact",
    "Duty",
    "End",
    "Joined",
    "Labels",
    "Matched",
    "Planned",
    "PlannedCourse",
    "Sample",
    "SubstudyProgress",
    "Undated",
    "Visit",
    "due_on",
    "duties",
    "ends",
    "is_one_course",
    "joined",
    "match",
    "planned",
    "planned_courses",
    "progress_of",
    "sample_called",
    "sample_key",
    "samples",
    "schedule_findings",
    "substudy_progress",
    "undated",
    "unscheduled",
    "visit_called",
    "visit_key",
    "visits",
    "withdrawal_of",
]
