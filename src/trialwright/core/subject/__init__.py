"""The fold: events in, the record of a subject (and of the study) out, as known on a date.

Decided here: how items add up to observations, that a later correction wins, what counts as known on a day, and which
laboratory limits hold at a site. A record takes one event at a time (`advance`) at the same cost for the tenth and the
thousandth; a voiding looks through the subject's events. `standing` says what consent, leaving and locks amount to.
`SubjectFacts` shows a record to the conditions; `Case` is a subject under a protocol. Read `SubjectRecord`, `advance`,
`observations`, `Case`.
"""

from __future__ import annotations

from trialwright.core.subject.case import (
    Case,
    Course,
    course_by,
    planned_last_day,
)
from trialwright.core.subject.facts import (
    CodeSet,
    SubjectFacts,
    codes_of,
    episode,
    named_codes,
    placed,
    unreadable_items,
)
from trialwright.core.subject.items import Entry, History, Observation
from trialwright.core.subject.labels import criteria_called, in_words, labels_of, labels_with_criteria
from trialwright.core.subject.possible import (
    why_impossible,
)
from trialwright.core.subject.ranges import limits_of, overlapping
from trialwright.core.subject.record import (
    MILESTONES,
    SubjectRecord,
    advance,
    by_day,
    fold_subject,
    known_on,
    observations,
    voidings,
)
from trialwright.core.subject.standing import (
    consent_to_version,
    consented,
    left,
    treatment_over,
    versions_consented,
    why_left,
    withdrawn,
)
from trialwright.core.subject.study import (
    SiteRecord,
    StudyFold,
    StudyRecord,
    fold_study,
)

__all__ = [
    "MILESTONES",
    "Case",
    "CodeSet",
    "Course",
    "Entry",
    "History",
    "Observation",
    "SiteRecord",
    "StudyFold",
    "StudyRecord",
    "SubjectFacts",
    "SubjectRecord",
    "advance",
    "by_day",
    "codes_of",
    "consent_to_version",
    "consented",
    "course_by",
    "criteria_called",
    "episode",
    "fold_study",
    "fold_subject",
    "in_words",
    "known_on",
    "labels_of",
    "labels_with_criteria",
    "left",
    "limits_of",
    "named_codes",
    "observations",
    "overlapping",
    "placed",
    "planned_last_day",
    "treatment_over",
    "unreadable_items",
    "versions_consented",
    "voidings",
    "why_impossible",
    "why_left",
    "withdrawn",
]
